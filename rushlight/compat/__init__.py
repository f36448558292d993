"""The names of PyTorch's that programs import more than they run, apart from the rest.

NOTE [ Where a name of torch's is found ]
`torch.X` is `rushlight/X`, else `rushlight/compat/X` (code), else a line of `names.txt` (a list of PyTorch's modules and what they
define, written by `tools/names.py`). Python's own import system finds the first; the finder that `_install.py` appends to it asks this
module for the others, and all three are `rushlight.X` in `sys.modules`. A name that only the list knows imports, and a class of the list
can be a base and be asked for with isinstance; to call it raises NotImplementedError. Nothing of this is imported before a program
names it.
"""

from __future__ import annotations

import builtins
import copy
import json
import os
from collections import OrderedDict, namedtuple
from functools import cache, partial
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import ModuleType
from typing import Any

from rushlight._install import _AliasLoader, unsupported

__path__: list[str] = []  # what is below this directory goes by the names of torch only, not by rushlight.compat's
_OWN = "rushlight"
_PLACE = os.path.dirname(os.path.abspath(__file__))
# Modules that PyTorch spreads over several files and rushlight does not.
_SAME = {
    "signal.windows.windows": "signal.windows", "profiler.profiler": "profiler",
    "distributed._tensor.experimental": "distributed.tensor.experimental", "_C._functorch": "_functorch._c",
}  # fmt: skip
# Submodules whose names are nowhere but in rushlight itself: what they lack is missing, not for imports only.
_COMPLETE = frozenset(("",))


@cache
def table() -> dict[str, tuple[str, str]]:
    """PyTorch's modules by name (without "torch."): flags, and what they define as JSON."""
    with open(os.path.join(_PLACE, "names.txt"), encoding="utf-8") as file:
        rows = (line.split("\t", 2) for line in file)
        return {name: (flags, text) for name, flags, text in rows}


@cache
def described(relative: str) -> tuple[set[str], dict[str, Any], dict[str, Any], dict[str, tuple[str, str]]]:
    """Functions, classes, constants, and names of other modules (home and name there) of a module of the list."""
    functions, classes, values, others = (json.loads(table()[relative][1]) or ("", {}, {}, {}))[:4]
    elsewhere = {}
    for home, names in others.items():
        for entry in names.split():
            name, _, there = entry.partition("=")
            elsewhere[name] = (home, there or name)
    return set(functions.split()), classes, values, elsewhere


@cache
def _answers(relative: str) -> dict[str, Any]:
    """What calls of a module's functions answer where the device is missing: [value], or [error, text]."""
    found: list[Any] = json.loads(table()[relative][1])
    return found[4] if len(found) > 4 else {}


# ---------------------------------------------------------------- modules


def _code(relative: str) -> str | None:
    """The file of this package that has a module's code."""
    place = os.path.join(_PLACE, *relative.split("."))
    for file in (os.path.join(place, "__init__.py"), place + ".py"):
        if os.path.isfile(file):
            return file
    return None


def known(relative: str) -> bool:
    """Whether there is such a module, as code or in the list."""
    return relative in table() or _code(relative) is not None


def find_spec(fullname: str) -> ModuleSpec | None:
    """How to load the module `rushlight.X`, which is not in rushlight itself."""
    relative = fullname[len(_OWN) + 1 :]
    if relative in _SAME:
        return ModuleSpec(fullname, _AliasLoader(f"{_OWN}.{_SAME[relative]}"))
    file = _code(relative)
    package = "p" in table().get(relative, ("", ""))[0] or file is not None and file.endswith("__init__.py")
    if file is not None:
        spec = spec_from_file_location(fullname, file, loader=_CodeLoader(fullname, file))
        # Without search locations every submodule comes back here, so that it gets a __getattr__ as well.
        spec.submodule_search_locations = [] if package else None  # type: ignore[union-attr]
        return spec
    if relative not in table():
        return None
    return ModuleSpec(fullname, _ListLoader(), origin="names.txt", is_package=package)


class _CodeLoader(SourceFileLoader):
    """Loads a file of this package; what the file does not define, the list may."""

    def exec_module(self, module: ModuleType) -> None:
        vars(module).setdefault("__getattr__", partial(_attribute, module.__name__))
        super().exec_module(module)
        relative = module.__name__[len(_OWN) + 1 :]
        if relative in table():
            vars(module).setdefault("__dir__", partial(_listed, module, relative))


class _ListLoader:
    """Makes a module of which there is nothing but a line of the list."""

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        relative = module.__name__[len(_OWN) + 1 :]
        values = described(relative)[2]
        if values.get("__config__"):
            import_module(f"{_OWN}._config_module").make_config(module, {name: values[name] for name in values if name != "__config__"})
            return
        vars(module)["__getattr__"] = partial(_attribute, module.__name__)
        vars(module)["__dir__"] = partial(_listed, module, relative)
        module.__doc__ = f"torch.{relative}: its names, for programs that import them."


def _listed(module: ModuleType, relative: str) -> list[str]:
    functions, classes, values, elsewhere = described(relative)
    return sorted({*vars(module), *functions, *classes, *values, *elsewhere})


def _attribute(module: str, name: str) -> Any:
    return find(name, module)


def find(name: str, module: str) -> Any:
    """An attribute that a module of rushlight's does not define itself: a submodule, or what the list has by this name."""
    relative = module[len(_OWN) + 1 :]
    if name == "__all__" and relative in table() and _code(relative) is None:
        return [entry for part in described(relative) for entry in part if not entry.startswith("_")]
    if name.startswith("__") and name.endswith("__"):
        raise unsupported(name, module)
    child = f"{relative}.{name}" if relative else name
    hides = relative in table() and _code(relative) is None and name in described(relative)[3]  # what a package took from its module
    if known(child) and not hides or name == "compat" and not relative:
        return import_module(f"{_OWN}.{child}")
    if relative in _COMPLETE or relative not in table():
        raise unsupported(name, module)
    found = _named(relative, name)
    if found is _MISSING:
        raise unsupported(name, module)
    setattr(import_module(module), name, found)
    return found


# ---------------------------------------------------------------- names

_MISSING = object()


def _named(relative: str, name: str) -> Any:
    functions, classes, values, elsewhere = described(relative)
    if name in values:
        return tuple(values[name]) if isinstance(values[name], list) else values[name]
    if name in functions:
        return _function(relative, name)
    if name in classes:
        return _class(relative, name, classes[name])
    if name not in elsewhere:
        return _MISSING
    home, there = elsewhere[name]
    place = home[len("torch.") :]
    if _SAME.get(place) == relative:  # the same module here: only the list tells more
        return _named(place, there) if place in table() else _function(relative, name)
    try:
        return getattr(import_module(_OWN + home[len("torch") :]), there)
    except (ImportError, AttributeError):  # of PyTorch's extension module, for example
        return _function(relative, name)


def absent(name: str) -> NotImplementedError:
    """The error for the use of a name that is there for imports only."""
    return NotImplementedError(f"{name} is not implemented in rushlight (the name is there for programs that import it)")


def is_placeholder(value: Any) -> bool:
    """Whether a function or class is one that only stands for PyTorch's."""
    return getattr(value, "__rushlight_absent__", None) is True


def _answering(relative: str, name: str, given: Any) -> Any:
    """A function that answers what PyTorch's does without the device."""
    if len(given) > 1:
        error = getattr(builtins, given[0])

        def placeholder(*args: Any, **kwargs: Any) -> Any:
            raise error(given[1])

    else:

        def placeholder(*args: Any, **kwargs: Any) -> Any:
            return OrderedDict() if given[0] == {} and name.endswith("memory_stats") else copy.deepcopy(given[0])

    placeholder.__name__ = placeholder.__qualname__ = name
    placeholder.__module__ = f"torch.{relative}"
    return placeholder


def _function(relative: str, name: str) -> Any:
    given = _answers(relative).get(name)
    if given is not None:
        return _answering(relative, name, given)

    def placeholder(*args: Any, **kwargs: Any) -> Any:
        raise absent(f"torch.{relative}.{name}")

    placeholder.__name__ = placeholder.__qualname__ = name
    placeholder.__module__ = f"torch.{relative}"
    placeholder.__rushlight_absent__ = True  # type: ignore[attr-defined]
    return placeholder


def _class(relative: str, name: str, description: Any) -> Any:
    if isinstance(description, dict):
        made = _structure(name, description)
    else:
        base = _base(description)
        made = type(name, (base,), {})
        if not issubclass(made, BaseException):
            given = _answers(relative).get(name)
            if given is None:
                made.__rushlight_absent__ = True  # type: ignore[attr-defined]
                error = absent(f"torch.{relative}.{name}")
            else:
                error = getattr(builtins, given[0])(given[1])
            made.__init__ = _failing(error)  # type: ignore[misc]
    made.__module__ = f"torch.{relative}"
    return made


def _failing(error: Exception) -> Any:
    """The __init__ of a class that cannot be made."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        raise type(error)(*error.args)

    return __init__


def _structure(name: str, description: dict[str, Any]) -> Any:
    """An Enum, named tuple or dataclass."""
    if "enum" in description:
        from enum import Enum

        return Enum(name, description["enum"])
    if "tuple" in description:
        return namedtuple(name, description["tuple"])
    from dataclasses import field, make_dataclass

    rows = [(row[0], Any, field(default=row[1])) if len(row) > 1 else (row[0], Any) for row in description["fields"]]
    return make_dataclass(name, rows, frozen=description["frozen"])


def _base(description: str) -> Any:
    """The class that a class of the list is made from."""
    if not description:
        return object
    home, _, name = description.rpartition(".")
    if home == "builtins":
        base = ModuleType if name == "module" else getattr(builtins, name)
    elif home == "torch" and name != "Tensor":
        base = object
    else:
        try:
            base = getattr(import_module(_OWN + home[len("torch") :]), name)
        except (ImportError, AttributeError):
            return object
    return base if isinstance(base, type) and base not in (bool, type) else object
