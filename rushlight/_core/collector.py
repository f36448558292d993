"""Which objects the garbage collector visits.

NOTE [ What the garbage collector visits ]
A graph is many small objects: tensors, nodes, what they saved. Python's collector counts them as they are made and, while a graph
grows, visits all of them again and again in search of cycles: without this file that took three quarters of the time of a long forward
pass. But reference counts alone free a graph, which has no cycles by construction. So the native form makes all but the tensors (which
programs look for among gc.get_objects()) unknown to the collector, until the program does something that may close a cycle: registers a
hook, saves through hooks, keeps more than numbers in the ctx of a custom function, sets an attribute of its own on a tensor, or keeps a
gradient that has a history. From then on the collector sees everything, also what was made before, as in the pure form.
"""

from __future__ import annotations

from typing import Any, Final

from rushlight._core.loops import NATIVE


def unwatched(cls: Any) -> Any:
    """Have the collector pass over new objects of this class (not of its subclasses)."""
    if NATIVE is not None:
        NATIVE.unwatch(cls)
    return cls


def static(cls: Any) -> Any:
    """Let classes that programs derive from this one be freed: see make_static() in _unwatched.c."""
    if NATIVE is not None:
        NATIVE.make_static(cls)
    return cls


def guarded(cls: Any) -> Any:
    """Expect cycles where programs set attributes of their own on instances of this class or of its later subclasses."""
    if NATIVE is not None:
        NATIVE.guard(cls)
    return cls


def expect_cycle(start: Any) -> None:
    """A cycle may be closed, perhaps through `start`, a node that no tensor leads to yet."""
    if NATIVE is not None and not SEEN:
        SEEN.append(True)
        NATIVE.watch(start)


SEEN: Final[list[bool]] = []
FORGET: Final[Any] = None if NATIVE is None else NATIVE.forget  # the collector passes over these containers from now on
