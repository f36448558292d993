"""Operators are declared when they are first asked for: which file declares which stands in contents_table.py."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from rushlight.ops.contents_table import FILES

_FILES_OF: dict[str, list[str]] = {}
for _file, _names in FILES.items():
    for _name in _names.split():
        _FILES_OF.setdefault(_name, []).append(_file)


class _State:
    interrupted = False  # the import of a file did not end, so it may have declared a part of its operators


@contextmanager
def uncollected() -> Iterator[None]:
    """Many objects are made to stay: the garbage collector would look through them again and again in vain."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def interrupted() -> bool:
    """Whether a file may be declaring its operators for a second time."""
    return _State.interrupted


def _import(file: str) -> None:
    try:
        import_module(f"rushlight.ops.{file}")
    except BaseException:  # such as Ctrl-C
        _State.interrupted = True
        raise


def holds(name: str) -> bool:
    """Whether there is an operator of this name, or one whose in-place form that is."""
    return name in _FILES_OF or name.endswith("_") and not name.endswith("__") and name[:-1] in _FILES_OF


def declare(name: str) -> bool:
    """Import the files that declare the overloads of an operator; whether there are any."""
    files = _FILES_OF.get(name)
    if files is None:
        return False
    with uncollected():
        for file in files:
            _import(file)
    return True


def declare_all() -> None:
    """Import every file of operators."""
    with uncollected():
        for file in FILES:
            _import(file)
