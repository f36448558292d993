"""Which objects the garbage collector visits.

NOTE [ What the garbage collector visits ]
A graph is many small objects: a tensor, a node, what it saved. Python's collector counts them as they are made and, while a graph
grows, visits all of them again and again in search of cycles: without this file that took three quarters of the time of a long forward
pass. But reference counts alone free a graph, which has no cycles by construction. So the native form makes these objects unknown to the
collector, until the program does something that may close a cycle: registers a hook, saves through hooks, uses a custom function, sets
an attribute of its own on a tensor, or keeps a gradient that has a history. From then on, and for what can be reached from the object
concerned, the collector sees everything, as in the pure form.
"""

from __future__ import annotations

from typing import Any, Final

from rushlight._core.loops import NATIVE


def unwatched(cls: Any, attributes: bool = False) -> Any:
    """Have the collector pass over new objects of this class (not of its subclasses). attributes: programs may set some on them."""
    if NATIVE is not None:
        NATIVE.unwatch(cls, attributes)
    return cls


def expect_cycle(start: Any) -> None:
    """A cycle through `start` may be closed."""
    if NATIVE is not None and not SEEN:
        SEEN.append(True)
        NATIVE.watch(start)


SEEN: Final[list[bool]] = []
FORGET: Final[Any] = None if NATIVE is None else NATIVE.forget  # the collector passes over these containers from now on
