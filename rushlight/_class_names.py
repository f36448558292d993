"""Classes go by PyTorch's names, `torch.optim.sgd.SGD`, wherever they print and wherever programs look at them.

NOTE [ Names of classes ]
A class's `__module__` is the name of PyTorch's file. Where rushlight is installed as torch, that name can be imported and pickles
hold it. Where it is not, pickles name the file of rushlight that a class is in: layers see to that themselves
(nn/modules/_names.py), the other classes through copyreg, which pickle and copy ask before a class.
`torch.save` writes PyTorch's names in both cases.
"""

from __future__ import annotations

import copyreg
import sys
from enum import EnumMeta
from importlib import import_module
from typing import Any

from rushlight._install import _TorchFinder

_OWN, _ALIAS = __name__.partition(".")[0], "torch"
_FILES: dict[type, str] = {}  # the file of rushlight's that a class is in


def importable(cls: type) -> bool:
    """Whether importing a class by its name would find it: not so when torch is not rushlight."""
    if not cls.__module__.startswith(_ALIAS + "."):
        return True
    alias = sys.modules.get(_ALIAS)
    return alias is sys.modules[_OWN] if alias is not None else any(isinstance(finder, _TorchFinder) for finder in sys.meta_path)


def name_as_torch(package: str, places: dict[str, str] | None = None) -> None:
    """Rename the classes of a package's files. places: in which file PyTorch has what is in a file here, "" for the package."""
    for own in [name for name in sys.modules if name == package or name.startswith(package + ".")]:
        module = sys.modules[own]
        leaf = own.removeprefix(package + ".")
        renamed = f"{package}.{(places or {}).get(leaf, leaf)}".rstrip(".") if own != package else package
        theirs = _ALIAS + renamed.removeprefix(_OWN)
        if sys.modules.get(_ALIAS) is sys.modules[_OWN]:  # inspect looks for a class's source in the module that it names
            sys.modules.setdefault(_ALIAS + own.removeprefix(_OWN), module)
        for value in list(vars(module).values()):
            if isinstance(value, type) and value.__module__ == own and not isinstance(value, EnumMeta):
                value.__module__ = theirs
                pickle_by_file(value, own)


def pickle_by_file(cls: type, own: str) -> None:
    """Let objects of a class be pickled by the file that it is in, where its name cannot be imported. Layers do that themselves."""
    if not hasattr(cls, "named_parameters") and cls not in copyreg.dispatch_table:
        _FILES[cls] = own
        copyreg.pickle(cls, _reduce)  # type: ignore[arg-type]


def renamed(cls: type) -> bool:
    """Whether a class is one that name_as_torch() has renamed."""
    return cls in _FILES


def _reduce(obj: Any) -> Any:
    """How an object is pickled: as ever where its class can be imported, else by the file that the class is in."""
    cls = type(obj)
    found = obj.__reduce_ex__(2)
    if isinstance(found, str) or importable(cls):
        return found
    function, args, *rest = found
    if function is copyreg.__newobj__ and args and args[0] is cls:  # type: ignore[attr-defined]
        return (_new, (_FILES[cls], cls.__qualname__, *args[1:]), *rest)
    if function is cls:
        return (_call, (_FILES[cls], cls.__qualname__, *args), *rest)
    return found


def _new(file: str, name: str, *args: Any) -> Any:
    cls: Any = getattr(import_module(file), name)
    return cls.__new__(cls, *args)


def _call(file: str, name: str, *args: Any) -> Any:
    return getattr(import_module(file), name)(*args)
