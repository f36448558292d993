"""Write rushlight/compat/names.txt, the list of PyTorch's modules and their names: ``python tools/names.py`` (needs PyTorch).

schemas.txt beside it has the schemas of PyTorch's operators.

One line a module: its name, its flags (p: a package, l: loaded by ``import torch``), and a JSON list of what it defines:
functions, classes (name to the base that matters, members, or fields), plain constants, names from other modules by their home, and
for modules of devices what calls answer: [value], or [error, text].
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import enum
import importlib
import io
import json
import os
import pkgutil
import sys
import types
import warnings
from functools import cache
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "rushlight" / "compat" / "names.txt"
SCHEMAS = TARGET.with_name("schemas.txt")
SKIPPED = ("torch.testing._internal", "torch.ops", "torch.classes", "torch._vendor", "torch._native", "torch._numpy.testing")
# Of these only that they exist: nobody imports names from them.
NAMES_LEFT_OUT = (
    "torch._inductor.", "torch._export.", "torch._dynamo.", "torch._C._", "torch._functorch._", "torch.onnx._internal.", "torch._lazy.",
    "torch._meta_registrations", "torch.utils._sympy", "torch.nativert", "torch.distributions.", "torch._strobelight",
)  # fmt: skip
# What PyTorch's own tests import besides what their helpers do.
IMPORTED_BY_TESTS = {
    "torch._prims_common.wrappers": {"_maybe_remove_out_wrapper"},
    "torch._inductor.exc": {"InvalidCxxCompiler", "CppCompileError"},
}
LONGEST_TEXT = 80
# Modules of devices: what their functions answer where there is no such device is written down too.
ANSWERED = ("torch.cuda", "torch.mps", "torch.xpu", "torch.mtia", "torch.accelerator", "torch.backends",
            "torch.utils._triton", "torch.utils._helion", "torch.utils._pallas")  # fmt: skip
NOT_CALLED = ("_sleep", "init", "_lazy_init", "_lazy_call", "classproperty", "caching_allocator_alloc")
ERRORS = (AssertionError, RuntimeError, ImportError, NotImplementedError, AttributeError)


def skipped(name: str) -> bool:
    return any(name == entry or name.startswith(entry + ".") for entry in SKIPPED) or ".test" in name or name.endswith("__main__")


def walk(path: Any, prefix: str, found: dict[str, Any]) -> None:
    """Import every module below a path."""
    for info in pkgutil.iter_modules(path, prefix):
        name = info.name
        if skipped(name):
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                module = importlib.import_module(name)
        except Exception:  # it wants a package that is not installed: it is listed without names
            found[name] = types.ModuleType(name)
            continue
        found[name] = module
        if info.ispkg:
            walk(getattr(module, "__path__", []), name + ".", found)


def is_plain(value: Any, depth: int = 0) -> bool:
    if type(value) in (tuple, list):
        return depth < 2 and len(value) < 20 and all(is_plain(entry, depth + 1) for entry in value)
    if type(value) is str:
        return len(value) <= LONGEST_TEXT
    return value is None or type(value) in (bool, int, float) and value == value and abs(value) != float("inf")


def plain_or_none(value: Any) -> Any:
    return value if is_plain(value) or value == {} else None


def is_private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split(".")[1:])


def described(cls: Any) -> Any:
    """What stands for a class: members of an Enum, fields of a tuple or dataclass, else the base that matters."""
    if issubclass(cls, enum.Enum) or isinstance(getattr(cls, "__members__", None), dict):  # the latter is an enumeration of C++
        members = {name: entry.value for name, entry in cls.__members__.items()}
        return {"enum": {name: value if is_plain(value) else name for name, value in members.items()}}
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return {"tuple": list(cls._fields)}
    if dataclasses.is_dataclass(cls) and not issubclass(cls, BaseException):
        fields = [field for field in dataclasses.fields(cls) if field.init]
        if all(field.default_factory is dataclasses.MISSING for field in fields) and fields:
            plain = [field.default is dataclasses.MISSING or is_plain(field.default) for field in fields]
            if all(plain):
                rows = [[field.name] if field.default is dataclasses.MISSING else [field.name, field.default] for field in fields]
                return {"fields": rows, "frozen": cls.__dataclass_params__.frozen}
    base = cls.__mro__[1]
    if base.__module__.startswith("torch") or base.__module__ == "builtins" and base is not object:
        return f"{base.__module__}.{base.__qualname__}"
    return ""


def answer(call: Any) -> Any:
    """What a call gives with arguments that fit in number, if it is a plain value or an error about the missing device."""
    for arguments in ((), (0,), (0, 0)):
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                value = call(*arguments)
        except (TypeError, ValueError, OSError, LookupError):
            continue
        except ERRORS as error:
            text = str(error)
            about_arguments = "object has no attribute" in text or "expects a bool" in text
            return None if about_arguments else [type(error).__name__, text]
        except Exception:  # whatever else it is, it is about the arguments
            continue
        return [value] if is_plain(value) or value == {} and isinstance(value, dict) else None
    return None


def answers_of(name: str, module: Any) -> dict[str, Any]:
    found = {}
    if any(name == prefix or name.startswith(prefix + ".") for prefix in ANSWERED):
        for key, value in vars(module).items():
            home = str(getattr(value, "__module__", None))
            if key.startswith("_") or is_private(name) and name not in ANSWERED:
                continue
            if key in NOT_CALLED or not callable(value) or not home.startswith(name):
                continue
            if isinstance(value, type) and "Tensor" in key:
                continue
            given = answer(value)
            if given is not None and not (isinstance(value, type) and given[0] is not None and len(given) == 1):
                found[key] = given
    return found


@cache
def imported_by_helpers() -> dict[str, set[str]]:
    """What the helpers of PyTorch's own tests, and functorch, import from each module, private names included."""
    import functorch
    import torch

    found = {module: set(names) for module, names in IMPORTED_BY_TESTS.items()}
    for package in (Path(torch.__path__[0]) / "testing" / "_internal", Path(functorch.__path__[0])):
        for file in package.rglob("*.py"):
            with contextlib.suppress(SyntaxError):  # a file for a later Python
                for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                        found.setdefault(node.module, set()).update(alias.name for alias in node.names)
    return found


def names_of(name: str, module: Any) -> list[Any]:
    public = getattr(module, "__all__", ())
    functions: list[str] = []
    classes: dict[str, Any] = {}
    values: dict[str, Any] = {}
    elsewhere: dict[str, list[str]] = {}
    hands_on = not is_private(name) or hasattr(module, "__path__")  # a package is where its users import what its modules define
    settings = getattr(module, "_config", None)
    if type(module) is not types.ModuleType and isinstance(settings, dict):
        return ["", {}, {"__config__": True, **{key: plain_or_none(getattr(module, key, None)) for key in settings}}, {}]
    wanted = imported_by_helpers().get(name, set())
    left_out = any(name.startswith(prefix) for prefix in NAMES_LEFT_OUT) and name != "torch._C._onnx"
    if left_out and not wanted:
        return []
    public = {*public, *wanted}
    for key, value in vars(module).items():
        if key.startswith("__") or is_private(name) and key.startswith("_") and key not in public and name != "torch._C":
            continue
        if left_out and key not in wanted:
            continue
        home = str(getattr(value, "__module__", None))
        if isinstance(value, types.ModuleType):
            continue
        if isinstance(value, type):
            if home == name and "." not in value.__qualname__:
                classes[key] = described(value)
            elif home.startswith("torch") and (key in public or hands_on):
                elsewhere.setdefault(home, []).append(key if key == value.__name__ else f"{key}={value.__name__}")
        elif callable(value) and hasattr(value, "__name__"):
            if home == name or not home.startswith("torch") and key in public:
                functions.append(key)
            elif home in sys.modules and hasattr(sys.modules[home], value.__name__) and (
                key in public or not is_private(name) or hands_on and home.startswith("torch.")
            ):
                elsewhere.setdefault(home, []).append(key if key == value.__name__ else f"{key}={value.__name__}")
            elif key in public:
                functions.append(key)
        elif is_plain(value) and (not key.startswith("_") or key.isupper()):
            values[key] = value
        elif home == name or key in public or type(value).__module__.startswith("torch"):
            functions.append(key)
    found = [" ".join(functions), classes, values, {home: " ".join(keys) for home, keys in elsewhere.items()}]
    answers = answers_of(name, module)
    return [*found, answers] if answers else found


def without_places(text: str, package: str) -> str:
    """The text with paths that begin where PyTorch is installed, or where this runs, relative to there."""
    for place in (str(Path(package).parent), os.getcwd(), str(Path.home())):
        text = text.replace(place + "/", "").replace(place, "")
    return text


def main() -> int:
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    warnings.simplefilter("ignore")
    import torch

    loaded = set(sys.modules)
    found: dict[str, Any] = {}
    walk(torch.__path__, "torch.", found)
    for name in loaded:
        if name.startswith("torch.") and isinstance(sys.modules[name], types.ModuleType) and not skipped(name):
            found.setdefault(name, sys.modules[name])
    lines = []
    for name, module in sorted(found.items()):
        flags = ("p" if hasattr(module, "__path__") else "") + ("l" if name in loaded else "")
        text = without_places(json.dumps(names_of(name, module), separators=(",", ":")), torch.__path__[0])
        lines.append(f"{name.removeprefix('torch.')}\t{flags}\t{text}\n")
    TARGET.write_text("".join(lines), encoding="utf-8")
    schemas = [str(schema).removeprefix("aten::") for schema in torch._C._jit_get_all_schemas() if str(schema).startswith("aten::")]
    SCHEMAS.write_text("\n".join(dict.fromkeys(schemas)) + "\n", encoding="utf-8")
    print(f"{len(lines)} modules, {sum(map(len, lines))} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
