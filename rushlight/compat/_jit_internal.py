"""torch._jit_internal: annotations and decorators that TorchScript reads; they change nothing when Python runs."""

from __future__ import annotations

import contextlib
import inspect
import typing
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Dict, Final, ForwardRef, Generic, List, Optional, Tuple, TypeVar, Union  # noqa: UP035

from rushlight import futures

T = TypeVar("T")
Future = futures.Future


class FunctionModifiers:
    """What _torchscript_modifier of a function may be."""

    UNUSED = "unused (ignored and replaced with raising of an exception)"
    IGNORE = "ignore (leave as a call to Python, cannot be torch.jit.save'd)"
    EXPORT = "export (compile this function even if nothing calls it)"
    DEFAULT = "default (if called from a exported method / forward)"
    COPY_TO_SCRIPT_WRAPPER = "if this method is not scripted, copy the python method onto the scripted model"
    _DROP = "_drop (function is fully ignored, declaration can be unscriptable)"


def export(fn: Any) -> Any:
    """Mark a method for TorchScript; it is returned as it is."""
    fn._torchscript_modifier = FunctionModifiers.EXPORT
    return fn


def unused(fn: Any) -> Any:
    """Mark a function that TorchScript leaves out; it is returned as it is."""
    if isinstance(fn, property):
        for part in (fn.fget, fn.fset):
            if part is not None:
                part._torchscript_modifier = FunctionModifiers.UNUSED
        return fn
    fn._torchscript_modifier = FunctionModifiers.UNUSED
    return fn


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """Mark a function that TorchScript leaves to Python; it is returned as it is."""
    if callable(drop):
        drop._torchscript_modifier = FunctionModifiers.IGNORE
        return drop
    if not isinstance(drop, bool):
        raise RuntimeError(f"Argument to @torch.jit.ignore must be a bool or a function but got {drop}")
    drop_on_export = kwargs.pop("drop_on_export", None)
    if drop_on_export or drop:
        text = "ignore(drop_on_export=True)" if drop_on_export else "ignore(True)"
        warnings.warn(
            f"{text} has been deprecated. TorchScript will now drop the function call on compilation. Use torch.jit.unused now. {{}}",
            category=FutureWarning,
            stacklevel=2,
        )
        drop = True

    def decorate(fn: Any) -> Any:
        fn._torchscript_modifier = FunctionModifiers.UNUSED if drop else FunctionModifiers.IGNORE
        return fn

    return decorate


def _drop(fn: Any) -> Any:
    fn._torchscript_modifier = FunctionModifiers._DROP
    return fn


def _copy_to_script_wrapper(fn: Any) -> Any:
    fn._torchscript_modifier = FunctionModifiers.COPY_TO_SCRIPT_WRAPPER
    return fn


def get_torchscript_modifier(fn: Any) -> Any:
    """What a function was marked as."""
    if not callable(fn):
        return None
    return getattr(getattr(fn, "__func__", fn), "_torchscript_modifier", FunctionModifiers.DEFAULT)


def is_ignored_fn(fn: Any) -> bool:
    """Whether TorchScript leaves a function out."""
    return get_torchscript_modifier(fn) in (FunctionModifiers.UNUSED, FunctionModifiers.IGNORE, FunctionModifiers._DROP)


def should_drop(fn: Any) -> bool:
    """Whether TorchScript replaces a function by an error."""
    return bool(get_torchscript_modifier(fn) == FunctionModifiers.UNUSED)


def module_has_exports(mod: Any) -> bool:
    """Whether a module has a method that is marked for export."""
    return any(get_torchscript_modifier(getattr(mod, name, None)) is FunctionModifiers.EXPORT for name in dir(mod))


def is_scripting() -> bool:
    """False."""
    return False


def boolean_dispatch(
    arg_name: str,
    arg_index: int,
    default: bool,
    if_true: Callable[..., Any],
    if_false: Callable[..., Any],
    module_name: str,
    func_name: str,
) -> Callable[..., Any]:
    """A function that calls one of two, as a flag among its arguments says."""

    def fn(*args: Any, **kwargs: Any) -> Any:
        flag = args[arg_index] if arg_index < len(args) else kwargs.get(arg_name, default)
        return if_true(*args, **kwargs) if flag else if_false(*args, **kwargs)

    fn.__doc__ = if_true.__doc__ or if_false.__doc__
    if module_name is not None:
        fn.__module__ = module_name
    if func_name is not None:
        fn.__name__ = func_name
    return fn


# ---------------------------------------------------------------- overloads

_overloaded_fns: dict[str, list[Any]] = {}
_overloaded_methods: dict[str, dict[str, list[Any]]] = {}


def _check_body(function: Any) -> None:
    """Declarations of overloads have no body."""
    with contextlib.suppress(OSError, SyntaxError, IndentationError):
        import ast
        import textwrap

        source = inspect.getsource(function)
        body = ast.parse(textwrap.dedent(source)).body[0].body  # type: ignore[attr-defined]
        first = body[-1]
        is_dots = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.value.value is ...
        if not (isinstance(first, ast.Pass) or is_dots):
            raise RuntimeError(
                "Only `pass` statement or `...` can be the body of overload declaration:\n"
                + "\n".join(source.split("\n")[:3])
                + " <- Expecting `pass` or `...` here!\n"
            )


def _overload(func: Any) -> Any:
    """Note a declaration; it is returned as it is."""
    _check_body(func)
    _overloaded_fns.setdefault(f"{func.__module__}.{func.__qualname__}", []).append(func)
    return func


def _overload_method(func: Any) -> Any:
    """Note a declaration of a method; it is returned as it is."""
    _check_body(func)
    cls = func.__qualname__.rpartition(".")[0]
    _overloaded_methods.setdefault(f"{func.__module__}.{func.__name__}", {}).setdefault(cls, []).append(func)
    return func


# ---------------------------------------------------------------- types


class _Broadcasting:
    """BroadcastingList2[int]: an annotation."""

    def __getitem__(self, types: Any) -> None:
        return None


BroadcastingList1 = _Broadcasting()
for _count in range(2, 7):
    globals()[f"BroadcastingList{_count}"] = BroadcastingList1


def is_tuple(ann: Any) -> bool:
    """Whether an annotation is a tuple."""
    if ann is Tuple:  # noqa: UP006
        raise RuntimeError("Attempted to use Tuple without a contained type. Please add a contained type, e.g. Tuple[int]")
    return typing.get_origin(ann) is tuple


def is_list(ann: Any) -> bool:
    """Whether an annotation is a list."""
    if ann is List:  # noqa: UP006
        raise RuntimeError("Attempted to use List without a contained type. Please add a contained type, e.g. List[int]")
    return typing.get_origin(ann) is list


def is_dict(ann: Any) -> bool:
    """Whether an annotation is a dict."""
    if ann is Dict:  # noqa: UP006
        raise RuntimeError("Attempted to use Dict without contained types. Please add contained type, e.g. Dict[int, int]")
    return typing.get_origin(ann) is dict


def is_union(ann: Any) -> bool:
    """Whether an annotation is a Union."""
    import types

    return typing.get_origin(ann) is Union or isinstance(ann, types.UnionType)


def is_optional(ann: Any) -> bool:
    """Whether an annotation is of something or None."""
    return is_union(ann) and type(None) in typing.get_args(ann) and len(typing.get_args(ann)) == 2


def is_future(ann: Any) -> bool:
    """Whether an annotation is a Future."""
    return ann is Future or typing.get_origin(ann) is Future


def is_final(ann: Any) -> bool:
    """Whether an annotation is Final."""
    return ann is Final or typing.get_origin(ann) is Final


def check_args_exist(target_type: Any) -> None:
    """Refuse containers without element types."""
    if target_type in (list, List):  # noqa: UP006
        raise RuntimeError("Attempted to use List without a contained type. Please add a contained type, e.g. List[int]")
    if target_type in (tuple, Tuple):  # noqa: UP006
        raise RuntimeError("Attempted to use Tuple without a contained type. Please add a contained type, e.g. Tuple[int]")
    if target_type in (dict, Dict):  # noqa: UP006
        raise RuntimeError("Attempted to use Dict without contained types. Please add contained type, e.g. Dict[int, int]")
    if target_type in (None, Optional):
        raise RuntimeError("Attempted to use Optional without a contained type. Please add a contained type, e.g. Optional[int]")


def check_empty_containers(obj: Any) -> None:
    """Warn about containers whose element type cannot be seen."""
    if obj == [] or obj == {} or obj == ():
        warnings.warn(
            "The inner type of a container is lost when calling torch.jit.isinstance in eager mode. For example, List[int] would become "
            "list and therefore falsely return True for List[float] or List[str].",
            stacklevel=2,
        )


def container_checker(obj: Any, target_type: Any) -> bool:
    """Whether a container is of an annotation."""
    origin, args = typing.get_origin(target_type), typing.get_args(target_type)
    check_args_exist(target_type)
    if origin is None:
        return False
    if origin in (list, dict):
        check_empty_containers(obj)
        if not isinstance(obj, origin):
            return False
        if origin is list:
            return all(_is_of(entry, args[0]) for entry in obj)
        return all(_is_of(key, args[0]) and _is_of(value, args[1]) for key, value in obj.items())
    if origin is tuple:
        check_empty_containers(obj)
        return isinstance(obj, tuple) and len(args) == len(obj) and all(map(_is_of, obj, args))
    if is_union(target_type):
        if obj is None:
            return type(None) in args
        check_empty_containers(obj)
        return any(_is_of(obj, kind) for kind in args if kind is not type(None))
    return False


def _is_of(value: Any, kind: Any) -> bool:
    return container_checker(value, kind) if typing.get_origin(kind) is not None else isinstance(value, kind)


def _isinstance(obj: Any, target_type: Any) -> bool:
    """isinstance() that takes annotations such as List[int]."""
    if isinstance(target_type, (tuple, list)) and not typing.get_origin(target_type):
        if not isinstance(target_type, tuple):
            raise RuntimeError("The second argument to `torch.jit.isinstance` must be a type or a tuple of types")
        return any(_isinstance(obj, kind) for kind in target_type)
    check_args_exist(target_type)
    return _is_of(obj, target_type)


# ---------------------------------------------------------------- what programs touch besides


class RFuture(Generic[T]):
    """An annotation."""


class RRef(Generic[T]):
    """An annotation."""


def is_rref(ann: Any) -> bool:
    """Whether an annotation is an RRef."""
    return ann is RRef or typing.get_origin(ann) is RRef


def is_rref_instance(obj: Any) -> bool:
    """False: there is no rpc."""
    return False


def raise_error_container_parameter_missing(target_type: str) -> None:
    """The error for a container without element types."""
    example = f"{target_type}[int, int]" if target_type.endswith("ict") else f"{target_type}[int]"
    raise RuntimeError(f"Attempted to use {target_type} without a contained type. Please add a contained type, e.g. {example}")


def _qualified_name(obj: Any, mangle_name: bool = True) -> str:
    """The name that TorchScript gives a class or function."""
    if hasattr(obj, "_jit_override_qualname"):
        return str(obj._jit_override_qualname)
    name = "_lambda" if obj.__name__ == "<lambda>" else obj.__name__
    module = obj.__module__
    if module == "torch._classes":
        return str(obj.qualified_name)
    if module is None:
        raise RuntimeError(f"Could not get qualified name for class '{name}': __module__ can't be None.")
    module = "__torch__" if module == "__main__" else "__torch__." + module
    if "." in name:
        raise RuntimeError(f"Could not get qualified name for class '{name}': '{name}' is not a valid identifier")
    return f"{module}.{name}"


@contextlib.contextmanager
def _disable_emit_hooks() -> Iterator[None]:
    yield


def createResolutionCallbackFromFrame(frames_up: int = 0) -> Callable[[str], Any]:
    """A function that finds names as a calling frame does."""
    frame = inspect.currentframe()
    for _ in range(frames_up + 1):
        frame = frame.f_back if frame is not None else None
    if frame is None:
        raise AssertionError("frame is None")
    names = {**frame.f_globals, **frame.f_locals}
    return lambda name: names.get(name)
