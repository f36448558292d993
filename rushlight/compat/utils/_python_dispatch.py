"""torch.utils._python_dispatch: modes that see operators below autograd.

A mode sees the operators that calls are made of, and those of backward passes as rushlight's formulas are written. Factories, item()
and the `detach` of saved results do not come by. Subclasses with a __torch_dispatch__ of their own are not there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from rushlight._schema import FunctionSchema, aten

from rushlight import _ops
from rushlight._core.inplace import IN_PLACE
from rushlight._core.leaf import TENSORS
from rushlight._core.op import HOOKS, Op, records
from rushlight._core.state import GRAD, MODE, PROFILE, get_mode
from rushlight._core.tensor import TensorBase, wants_grad
from rushlight.autograd import profiler

STACK: ContextVar[tuple[Any, ...]] = ContextVar("rushlight_dispatch_modes", default=())
_installed: list[bool] = []


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


def _set(stack: tuple[Any, ...]) -> None:
    """Make `stack` the modes; the bit that sends calls past the fast paths is the profiler's."""
    STACK.set(stack)
    watched = stack or profiler._ACTIVE.get() is not None
    MODE.set(get_mode() | PROFILE if watched else get_mode() & ~PROFILE)


@contextlib.contextmanager
def _without_innermost() -> Iterator[Any]:
    stack = STACK.get()
    _set(stack[:-1])
    try:
        yield stack[-1]
    finally:
        _set(stack)


def _install() -> None:
    """Send operators to the modes; once."""
    if _installed:
        return
    _installed.append(True)
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        if flags & PROFILE and STACK.get():
            found = _offered(op, args, flags)
            if found is not NotImplemented:
                return found
        return NotImplemented if following is None else following(op, args, flags)

    HOOKS.dispatch = dispatch
    TENSORS.watched = lambda: bool(STACK.get())


def _overload(op: Any, in_place: bool) -> Any:
    """The operator as programs know it; None for one that is rushlight's own."""
    name, overload = op.name, op.overload
    if in_place and not name.endswith("_"):
        name += "_"
    if overload not in aten().get(name, {}):
        return None
    return getattr(getattr(_ops.OPS.aten, name), overload or "default")


def _arranged(schema: FunctionSchema, op: Any, args: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments as handlers see them: those that are as by default are left out."""
    values = dict(zip(op.params, args))
    plain = [entry for entry in schema.arguments if not entry.kwarg_only]
    given = [values.get(entry.name, value) for entry, value in zip(plain, [*args, *([None] * len(plain))])]
    while given and plain[len(given) - 1].has_default_value() and _is_default(given[-1], plain[len(given) - 1]):
        given.pop()
    kwargs = {
        entry.name: values[entry.name]
        for entry in schema.arguments
        if entry.kwarg_only and entry.name in values and not _is_default(values[entry.name], entry)
    }
    return tuple(list(value) if type(value) is tuple else value for value in given), kwargs


def _is_default(value: Any, argument: Any) -> bool:
    if isinstance(value, TensorBase) or isinstance(value, (list, tuple)) and any(isinstance(entry, TensorBase) for entry in value):
        return False
    default = argument.default_value
    return value is default or type(value) is type(default) and value == default or value == default and isinstance(value, (int, float))


def _offered(op: Any, args: Any, flags: int) -> Any:
    """What the innermost mode makes of an operator."""
    in_place = bool(flags & IN_PLACE)
    func = _overload(op, in_place) if hasattr(op, "overload") else None
    if func is None:
        return NotImplemented
    given, kwargs = _arranged(func._schema, op, args)
    word = get_mode()
    mask = 0
    for index in op.tensor_params:
        for value in args[index] if isinstance(args[index], (list, tuple)) else (args[index],):
            if isinstance(value, TensorBase) and wants_grad(value):
                mask |= op.grad_bit(index)
    # A new result is recorded here, around what the handler does; writes and views record themselves where the handler makes them.
    around = type(op) is Op and not in_place and mask != 0 and records(word)
    with _without_innermost() as mode:
        if around:
            MODE.set(get_mode() & ~GRAD)
        try:
            found = mode.__torch_dispatch__(func, (), given, kwargs)
        finally:
            MODE.set(get_mode() & ~GRAD | word & GRAD)
    if not around:
        return found
    if isinstance(found, TensorBase):
        return op.finish(args, found._array, word, mask)
    if isinstance(found, (tuple, list)) and all(isinstance(entry, TensorBase) for entry in found):
        return op.finish(args, [entry._array for entry in found], word, mask)
    return found


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
