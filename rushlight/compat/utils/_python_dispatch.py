"""torch.utils._python_dispatch: modes and tensor subclasses that see operators below autograd.

They see the operators that calls are made of, and those of backward passes as rushlight's formulas are written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from rushlight._dispatching import OFF, STACK, install as _install, set_stack as _set, without_innermost as _without_innermost

from rushlight._core.state import PROFILE as PROFILE
from rushlight._core.tensor import TensorBase


class TorchDispatchMode:
    """A context manager whose __torch_dispatch__(func, types, args, kwargs) is called for operators (torch.ops.aten...) inside.

    >>> class Names(TorchDispatchMode):
    ...     def __torch_dispatch__(self, func, types, args=(), kwargs=None):
    ...         print(func)
    ...         return func(*args, **(kwargs or {}))
    """

    __module__ = "torch.utils._python_dispatch"
    supports_higher_order_operators = False

    def __init__(self, _dispatch_key: Any = None) -> None:
        self._dispatch_key = _dispatch_key

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise NotImplementedError

    def __enter__(self) -> Any:
        _install()
        _set((*STACK.get(), self))
        return self

    def __exit__(self, *error: object) -> None:
        _set(STACK.get()[:-1])

    @classmethod
    def push(cls, *args: Any, **kwargs: Any) -> Any:
        """The old spelling of `with Mode():`."""
        import warnings

        warnings.warn("`Mode.push()` is no longer necessary and can be replaced with just `with Mode()`", stacklevel=2)
        return cls(*args, **kwargs)

    @classmethod
    def is_infra_mode(cls) -> bool:
        """Whether the mode belongs to PyTorch's own compiler."""
        return False


class BaseTorchDispatchMode(TorchDispatchMode):
    """A mode that lets every operator pass."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **({} if kwargs is None else kwargs))


# ---------------------------------------------------------------- questions


def _get_current_dispatch_mode() -> Any:
    stack = STACK.get()
    return stack[-1] if stack else None


def _get_current_dispatch_mode_stack() -> list[Any]:
    return list(STACK.get())


def _len_torch_dispatch_stack() -> int:
    return len(STACK.get())


@contextlib.contextmanager
def _disable_current_modes() -> Iterator[list[Any]]:
    stack = STACK.get()
    _set(())
    try:
        yield list(stack)
    finally:
        _set(stack)


def _pop_mode_temporarily() -> Any:
    return _without_innermost()


def _push_mode(mode: Any) -> None:
    _install()
    _set((*STACK.get(), mode))


def _pop_mode() -> Any:
    stack = STACK.get()
    _set(stack[:-1])
    return stack[-1]


def is_in_torch_dispatch_mode(include_infra_modes: bool = True) -> bool:
    """Whether a mode is active."""
    return bool(STACK.get())


def is_in_any_mode_without_ignore_compile_internals() -> bool:
    """Whether a mode is active."""
    return bool(STACK.get())


def any_torch_dispatch_mode_on_stack(*, include_infra_modes: bool = True) -> bool:
    """Whether a mode is active."""
    return bool(STACK.get())


def is_traceable_wrapper_subclass(t: Any) -> bool:
    """Whether a tensor can be taken apart and put together again by its class."""
    from rushlight._core.tensor import TYPES

    kind = type(t)
    subclass = isinstance(t, TensorBase) and kind is not TYPES.tensor
    return subclass and hasattr(t, "__tensor_flatten__") and hasattr(kind, "__tensor_unflatten__")


def is_traceable_wrapper_subclass_type(t: type) -> bool:
    """Whether tensors of a class can be taken apart and put together again."""
    from rushlight._core.tensor import TYPES

    return issubclass(t, TensorBase) and t is not TYPES.tensor and hasattr(t, "__tensor_flatten__") and hasattr(t, "__tensor_unflatten__")


# ---------------------------------------------------------------- subclasses


class _DisableTorchDispatch:
    """As long as it lives, or inside, operators run as they are, whoever would take them over."""

    __module__ = "torch._C"

    def __init__(self) -> None:
        self._before = OFF.get()
        self._held = True
        OFF.set(True)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        if self._held:
            self._held = False
            OFF.set(self._before)

    __del__ = __exit__


class _Alias:
    """The alias annotations of one argument or result of a schema."""

    def __init__(self, entry: Any) -> None:
        info = entry.alias_info
        self.alias_set = set() if info is None else set(info.before_set)
        self.is_write = info is not None and info.is_write
        self.name = entry.name


def return_and_correct_aliasing(func: Any, args: Any, kwargs: Any, out: Any) -> Any:
    """What a handler computed, with the aliases that the operator's schema promises: an argument that was written to is returned itself."""
    schema = func._schema
    given = dict(kwargs)
    for entry, value in zip([entry for entry in schema.arguments if not entry.kwarg_only], args):
        given[entry.name] = value
    written: dict[str, Any] = {}
    for entry in schema.arguments:
        alias = _Alias(entry)
        if alias.is_write and entry.name in given:
            written.update((name, given[entry.name]) for name in alias.alias_set)
    if not written:
        return out
    results = [_Alias(entry) for entry in schema.returns]
    if len(results) == 1:
        names = results[0].alias_set
        return next((written[name] for name in names if name in written), out) if results[0].is_write else out
    found = [next((written[name] for name in alias.alias_set if name in written), entry) if alias.is_write else entry
             for alias, entry in zip(results, out)]  # fmt: skip
    return type(out)(found)


def transform_subclass(t: Any, callback: Any, outer_size: Any = None, outer_stride: Any = None) -> Any:
    """A wrapper subclass with each of its tensors changed by callback(name, tensor)."""
    names, context = t.__tensor_flatten__()
    size = outer_size if outer_size is not None else t.size()
    stride = outer_stride if outer_stride is not None else t.stride()
    return type(t).__tensor_unflatten__({name: callback(name, getattr(t, name)) for name in names}, context, size, stride)
