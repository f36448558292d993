"""torch.overrides: what other tensor-like classes and function modes need to take calls over."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FunctionType
from typing import Any

from rushlight._core.function import Function
from rushlight._core.state import FUNCTION_MODE, NO_SUBCLASS, get_mode
from rushlight._core.tensor import TYPES, TensorBase
from rushlight._install import elsewhere
from rushlight.autograd import overriding
from rushlight.autograd.overriding import MODES, DisableTorchFunctionSubclass, in_order, set_modes

__all__ = [
    "get_ignored_functions",
    "get_overridable_functions",
    "get_testing_overrides",
    "handle_torch_function",
    "has_torch_function",
    "resolve_name",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "wrap_torch_function",
    "enable_reentrant_dispatch",
    "redispatch_function",
]

overriding.watch()
_PASSED: ContextVar[bool] = ContextVar("rushlight_offer_passed", default=False)  # the next question is answered with no


# ---------------------------------------------------------------- the default of subclasses


def default_torch_function(cls: Any, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
    """Tensor.__torch_function__: run the function without asking again; tensors among the results become instances of `cls`."""
    if not all(issubclass(cls, kind) for kind in types):
        return NotImplemented
    with DisableTorchFunctionSubclass():
        found = func(*args, **kwargs)
        return found if func in get_default_nowrap_functions() else _convert(found, cls)


def _convert(found: Any, cls: Any) -> Any:
    """The tensors of a result, also in tuples and lists, as instances of a subclass."""
    if cls is TYPES.tensor:
        return found
    if isinstance(found, TensorBase):
        return found if isinstance(found, cls) else found.as_subclass(cls)  # type: ignore[attr-defined]
    if isinstance(found, (tuple, list)):
        return type(found)(_convert(entry, cls) for entry in found)
    return found


@functools.cache
def get_default_nowrap_functions() -> set[Any]:
    """The attributes whose tensors a subclass gives as they are: what they refer to must stay the same object."""
    tensor = TYPES.tensor
    return {tensor._base.__get__, tensor.grad.__get__}


# ---------------------------------------------------------------- for functions that can be overridden


def is_tensor_like(inp: Any) -> bool:
    """Whether a value is a tensor or has a __torch_function__.

    >>> torch.overrides.is_tensor_like([1])
    False
    """
    return type(inp) is TYPES.tensor or hasattr(inp, "__torch_function__")


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether one of the arguments, or a function mode, takes calls over."""
    if _PASSED.get():
        _PASSED.set(False)
        return False
    word = get_mode()
    return bool(word & FUNCTION_MODE) or not word & NO_SUBCLASS and any(map(overriding.overrides_calls, relevant_args))


def has_torch_function_unary(arg: Any) -> bool:
    """has_torch_function() of one argument."""
    return has_torch_function((arg,))


def has_torch_function_variadic(*args: Any) -> bool:
    """has_torch_function() of each argument."""
    return has_torch_function(args)


def handle_torch_function(public_api: Any, relevant_args: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
    """Call the __torch_function__ of a function mode, or of the arguments, for `public_api(*args, **kwargs)`.

    >>> def twice(a):
    ...     if torch.overrides.has_torch_function((a,)):
    ...         return torch.overrides.handle_torch_function(twice, (a,), a)
    ...     return a + a
    """
    name = f"{public_api.__module__}.{public_api.__name__}"
    return overriding.handle(public_api, name, overriding.like_tensors(relevant_args), args, kwargs)


def _get_overloaded_args(relevant_args: Iterable[Any], get_type_fn: Any = None) -> list[Any]:
    if get_mode() & NO_SUBCLASS:
        return []
    return in_order(list(relevant_args) if get_type_fn else overriding.like_tensors(relevant_args), get_type_fn or type)


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[[Any], Any]:
    """Decorate a function so that it can be overridden; `dispatcher` takes its arguments and returns those that may do so."""

    def decorate(func: Any) -> Any:
        @functools.wraps(func)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return func(*args, **kwargs)

        return wrapped

    return decorate


def redispatch_function(func: Any, types: Any, args: Any, kwargs: Any = None) -> Any:
    """Run a function without offering this very call again; the calls that it makes are offered."""
    original = getattr(func, "__wrapped__", None)
    if original is not None:  # a Python function: only its own look is left out
        return original(*args, **(kwargs or {}))
    if isinstance(func, FunctionType) and func.__module__.partition(".")[0] != __name__.partition(".")[0]:
        token = _PASSED.set(True)  # a user's function asks has_torch_function() itself
        try:
            return func(*args, **(kwargs or {}))
        finally:
            _PASSED.reset(token)
    with overriding.DisableTorchFunction():
        return func(*args, **(kwargs or {}))


@contextmanager
def enable_reentrant_dispatch() -> Iterator[None]:
    """Inside a __torch_dispatch__: operators are recorded again."""
    from rushlight._C import _RestorePythonTLSSnapshot

    with _RestorePythonTLSSnapshot():
        yield


# ---------------------------------------------------------------- function modes


class TorchFunctionMode:
    """A context manager whose __torch_function__ sees every call of a function of torch inside the block.

    >>> class Names(torch.overrides.TorchFunctionMode):
    ...     def __torch_function__(self, func, types, args=(), kwargs=None):
    ...         print(func.__name__)
    ...         return func(*args, **(kwargs or {}))
    """

    inner: TorchFunctionMode

    def __init__(self) -> None:
        """Nothing to set up."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise NotImplementedError

    def __enter__(self) -> Any:
        set_modes((*MODES.get(), self))
        return self

    def __exit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        set_modes(MODES.get()[:-1])

    @classmethod
    def push(cls, *args: Any, **kwargs: Any) -> Any:
        """The old spelling of `with Mode():`."""
        warnings.warn("`Mode.push()` is no longer necessary and can be replaced with just `with Mode()`", stacklevel=2)
        return cls(*args, **kwargs)


class BaseTorchFunctionMode(TorchFunctionMode):
    """A mode that lets every call pass."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return func(*args, **({} if kwargs is None else kwargs))


_enable_torch_function = overriding.EnableTorchFunction
_pop_mode_temporarily = overriding.without_innermost


def _is_torch_function_mode_enabled() -> bool:
    return bool(get_mode() & FUNCTION_MODE)


def _get_current_function_mode() -> Any:
    stack = MODES.get()
    return stack[-1] if stack else None


def _get_current_function_mode_stack() -> list[Any]:
    return list(MODES.get())


def _len_torch_function_stack() -> int:
    return len(MODES.get())


def _push_mode(mode: Any) -> None:
    set_modes((*MODES.get(), mode))


def _pop_mode() -> Any:
    stack = MODES.get()
    set_modes(stack[:-1])
    return stack[-1]


# ---------------------------------------------------------------- which functions there are


@functools.cache
def _index() -> tuple[dict[Any, list[Any]], dict[Any, str]]:
    """The overridable functions by namespace, and the name of each."""
    from rushlight import _watching

    return _watching.overridable_functions()


def get_overridable_functions() -> dict[Any, list[Any]]:
    """The functions that can be overridden through __torch_function__, by the module or class that has them."""
    return {space: list(functions) for space, functions in _index()[0].items()}


def get_ignored_functions() -> set[Any]:
    """The public functions that cannot be overridden."""
    from rushlight import _watching

    return _watching.ignored_functions()


def get_testing_overrides() -> dict[Any, Any]:
    """For each overridable function one of the same signature that does nothing (it returns -1)."""
    from rushlight import _watching

    return {function: _watching.dummy(function) for functions in _index()[0].values() for function in functions}


def is_tensor_method_or_property(func: Any) -> bool:
    """Whether a function is a method of Tensor, or the access to one of its attributes."""
    return getattr(func, "__name__", None) == "__get__" or any(func is entry for entry in _index()[0][TYPES.tensor])


def resolve_name(f: Any) -> str | None:
    """The name under which programs know an overridable function, such as "torch.nn.functional.relu"; None for any other."""
    return _index()[1].get(overriding.public(f) if isinstance(f, Function) else f)


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
