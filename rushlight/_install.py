"""Make ``import torch`` mean rushlight.

``torch.X.Y`` becomes a second name of the module ``rushlight.X.Y``: one module object under both names, so that classes
exist once and ``isinstance`` never splits. The module keeps its own ``__name__`` and ``__spec__`` (``rushlight.X.Y``); only the
package itself calls itself ``torch`` while it is installed as that.
Pickles name some classes by where they live (``rushlight...``) and load wherever rushlight can be imported, installed as torch
or not; those that name ``torch...`` load wherever ``install()`` was called: see NOTE [ Names of classes ] in `_class_names.py`.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from types import CodeType, ModuleType, TracebackType
from typing import Any

from rushlight.version import __version__

_OWN = __name__.partition(".")[0]
_ALIAS = "torch"
# What the Python children of a program find under the name torch (see its torch.py).
_CHILD_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_as_torch")


def _own_name(fullname: str) -> str:
    """``torch.nn`` -> ``rushlight.nn``."""
    return _OWN + fullname[len(_ALIAS) :]


def _torch_name(module_name: str) -> str:
    """``rushlight.nn`` -> ``torch.nn``; any other name as it is."""
    if module_name == _OWN or module_name.startswith(_OWN + "."):
        return _ALIAS + module_name[len(_OWN) :]
    return module_name


def unsupported(name: str, module: str = _OWN) -> AttributeError:
    """The error for ``module.name`` where rushlight has no such name: return it from a module's ``__getattr__``.

    >>> raise unsupported("foo", "rushlight.nn")
    Traceback (most recent call last):
    AttributeError: module 'torch.nn' has no attribute 'foo' (this is rushlight, which does not have it)
    """
    message = f"module '{_torch_name(module)}' has no attribute '{name}'"
    if not (name.startswith("__") and name.endswith("__")):
        message += " (this is rushlight, which does not have it)"
    return AttributeError(message)


def elsewhere(name: str, module: str) -> Any:
    """What a module's ``__getattr__`` answers for a name that the module lacks, see NOTE [ Where a name of torch's is found ]."""
    if name == _ALIAS:  # PyTorch's modules import torch, and programs find it there
        return sys.modules[_OWN]
    if name.startswith("__") and name != "__all__":
        raise unsupported(name, module)
    return importlib.import_module(f"{_OWN}.compat").find(name, module)


class _CompatFinder:
    """Finds the modules ``rushlight.X`` that are kept apart from rushlight itself, in ``rushlight/compat``."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if not fullname.startswith(_OWN + ".") or fullname.startswith(f"{_OWN}._core."):
            return None
        found: ModuleSpec | None = importlib.import_module(f"{_OWN}.compat").find_spec(fullname)
        return found


sys.meta_path.append(_CompatFinder())


class _AliasLoader:
    """Loads ``torch.X`` by handing out the module ``rushlight.X``."""

    def __init__(self, own_name: str) -> None:
        self.own_name = own_name
        self.own_spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(self.own_name)
        self.own_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        # The import system has just written the alias's spec over the module's own one.
        module.__spec__ = self.own_spec

    # runpy, pkgutil and inspect ask a loader for these.
    def _real(self) -> Any:
        spec = importlib.util.find_spec(self.own_name)
        return spec.loader if spec is not None else None

    def get_code(self, fullname: str) -> CodeType:
        return self._real().get_code(self.own_name)

    def get_source(self, fullname: str) -> str:
        return self._real().get_source(self.own_name)

    def get_filename(self, fullname: str) -> str:
        return self._real().get_filename(self.own_name)

    def is_package(self, fullname: str) -> bool:
        return self._real().is_package(self.own_name)


# The helpers of PyTorch's own tests: a wheel of PyTorch brings them, and they run on rushlight as they are.
_HELPERS = "torch.testing._internal"


def _of_an_installed_pytorch(fullname: str) -> ModuleSpec | None:
    """Where an installed PyTorch keeps the source of one of its modules; None without one. PyTorch itself is not imported."""
    installed = PathFinder.find_spec(_ALIAS)
    if installed is None or not installed.submodule_search_locations or installed.origin == os.path.join(_CHILD_PATH, "torch.py"):
        return None
    place = os.path.join(next(iter(installed.submodule_search_locations)), *fullname.split(".")[1:])
    if os.path.isfile(os.path.join(place, "__init__.py")):
        return importlib.util.spec_from_file_location(fullname, os.path.join(place, "__init__.py"), submodule_search_locations=[place])
    return importlib.util.spec_from_file_location(fullname, place + ".py") if os.path.isfile(place + ".py") else None


def _asked_by_import_statement() -> bool:
    """Whether a finder's caller is an import, which fails without an answer, or a probe, which takes None for one.

    Frames: this function, the finder's find_spec, importlib's _find_spec, and then the one that tells.
    """
    return sys._getframe(3).f_code.co_name == "_find_and_load_unlocked"


class _TorchFinder:
    """Answers for ``torch`` and everything below it, before any installed PyTorch can."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != _ALIAS and not fullname.startswith(_ALIAS + "."):
            return None
        own_name = _own_name(fullname)
        if fullname == _HELPERS or fullname.startswith(_HELPERS + "."):
            found = _of_an_installed_pytorch(fullname)
            if found is not None:
                return found
        own_spec = importlib.util.find_spec(own_name)
        if own_spec is None:
            if _asked_by_import_statement():
                message = f"No module named '{fullname}' (torch is rushlight here, and rushlight does not have it)"
                raise ModuleNotFoundError(message, name=fullname)
            return None
        package = own_spec.submodule_search_locations is not None
        spec = ModuleSpec(fullname, _AliasLoader(own_name), origin=own_spec.origin, is_package=package)
        if package:
            spec.submodule_search_locations = list(own_spec.submodule_search_locations)
        # has_location makes spec.origin the file; spec.cached stays unset, since nothing is compiled for an alias.
        spec.has_location = own_spec.has_location
        return spec

    def find_distributions(self, context: Any = None) -> list[Any]:
        """What ``importlib.metadata`` is told of the distribution ``torch``."""
        name = getattr(context, "name", None)
        if name is not None and name.lower() != _ALIAS:
            return []
        return [_distribution()]

    def invalidate_caches(self) -> None:
        pass  # it has none


def end_at_failed_import(traceback: TracebackType | None) -> None:
    """Take the import system's frames off the end of a traceback that ends in the finder's own error.

    Python itself hides them, but only where the error is its own.
    """
    last, asking = traceback, None
    while last is not None:
        file = last.tb_frame.f_code.co_filename
        if file != __file__ and not file.startswith("<frozen importlib"):
            asking = last
        if last.tb_next is None and file == __file__ and asking is not None:
            asking.tb_next = None
        last = last.tb_next


def _distribution() -> Any:
    from importlib.metadata import Distribution  # costly to import, and loaded already by whoever asks

    texts = {
        "METADATA": f"Metadata-Version: 2.1\nName: {_ALIAS}\nVersion: {__version__}\n"
        "Summary: rushlight, standing in for PyTorch\nRequires-Dist: numpy\n",
        "top_level.txt": f"{_ALIAS}\n",
    }

    class RushlightAsTorch(Distribution):
        def read_text(self, filename: str) -> str | None:
            return texts.get(filename)

        def locate_file(self, path: Any) -> Any:
            return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), path)

    return RushlightAsTorch()


_FINDER = _TorchFinder()


def install() -> None:
    """Make ``import torch`` give rushlight from now on, in this process. Calling it again changes nothing.

    Raises RuntimeError when PyTorch itself is already imported: its classes would mix with rushlight's.
    """
    present = sys.modules.get(_ALIAS)
    if present is not None and present is not sys.modules[_OWN]:
        where = getattr(present, "__file__", None) or "no file"
        raise RuntimeError(
            f"rushlight.install() came too late: PyTorch is already imported as 'torch' (from {where}). "
            "Call rushlight.install() before the first import of torch or of a package that imports it, "
            "or start the program with 'rushlight run FILE'."
        )
    if _FINDER not in sys.meta_path:
        sys.meta_path.insert(0, _FINDER)
    for name in [name for name in sys.modules if name.startswith(_OWN + ".nn.")]:  # classes there go by the names of torch's modules
        sys.modules.setdefault(_ALIAS + name.removeprefix(_OWN), sys.modules[name])
    _rename(_torch_name)


def _rename(name_of: Callable[[str], str]) -> None:
    """Rename the modules that programs ask for their names: to find what they replace, and to name tests after layers."""
    for name in (_OWN, f"{_OWN}.nn.modules"):
        if name in sys.modules:
            sys.modules[name].__name__ = name_of(name)


def install_for_children() -> None:
    """Let the Python children of this program (multiprocessing, subprocess) find rushlight as torch too."""
    # A multiprocessing child takes over its parent's sys.path, any other one starts from PYTHONPATH.
    if _CHILD_PATH not in sys.path:
        sys.path.insert(0 if sys.flags.safe_path else 1, _CHILD_PATH)
    inherited = os.environ.get("PYTHONPATH")
    entries = inherited.split(os.pathsep) if inherited else []
    if _CHILD_PATH not in entries:
        os.environ["PYTHONPATH"] = os.pathsep.join([_CHILD_PATH, *entries])


def uninstall() -> None:
    """Undo ``install()``: the next ``import torch`` finds PyTorch, or nothing. Calling it again changes nothing."""
    if _FINDER in sys.meta_path:
        sys.meta_path.remove(_FINDER)
    _rename(lambda name: name)
    for name in [name for name in sys.modules if name == _ALIAS or name.startswith(_ALIAS + ".")]:
        if sys.modules[name] is sys.modules.get(_own_name(name)):
            del sys.modules[name]
    if _CHILD_PATH in sys.path:
        sys.path.remove(_CHILD_PATH)
    entries = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    if _CHILD_PATH in entries:
        entries.remove(_CHILD_PATH)
        os.environ["PYTHONPATH"] = os.pathsep.join(entries)
