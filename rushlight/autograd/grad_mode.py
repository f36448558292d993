"""no_grad, enable_grad, set_grad_enabled, inference_mode: context managers and decorators, local to the thread and task."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from rushlight._core import state
from rushlight._core.state import GRAD, INFERENCE, MODE, get_mode, with_grad
from rushlight._core.tensor import TensorBase, version_cell, version_of
from rushlight._core.views import VIEW_REPLAY

_GENERATOR = 0x20  # the code flag of generator functions. As in PyTorch, an async function is only *called* in the mode


class _Mode:
    """A context manager that is also a decorator. The decorated function runs in a fresh copy of the mode on every call."""

    def clone(self) -> Any:
        """A new manager with the same setting."""
        return type(self)()

    def __call__(self, func: Any) -> Any:
        return context_decorator(self.clone, func)

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        raise NotImplementedError


def context_decorator(make: Callable[[], Any], func: Any) -> Any:
    """Wrap a function, generator function or class (its __init__ and methods stay; instances are made inside)."""
    if isinstance(func, type):
        import warnings

        warnings.warn(
            "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or methods. "
            "To preserve the current behavior of class decoration, you can directly decorate the `__init__` method and nothing else.",
            FutureWarning,
            stacklevel=3,
        )
    flags = getattr(getattr(func, "__code__", None), "co_flags", 0)
    if flags & _GENERATOR:
        return _decorate_generator(make, func)

    @functools.wraps(func, updated=() if isinstance(func, type) else ("__dict__",))
    def decorate_context(*args: Any, **kwargs: Any) -> Any:
        with make():
            return func(*args, **kwargs)

    return decorate_context


def _decorate_generator(make: Callable[[], Any], func: Any) -> Any:
    """The generator's own code runs in the mode; the code that it yields to does not."""

    @functools.wraps(func)
    def generator_context(*args: Any, **kwargs: Any) -> Any:
        generator = func(*args, **kwargs)
        try:
            with make():
                response = generator.send(None)
            while True:
                try:
                    request = yield response
                except GeneratorExit:
                    with make():
                        generator.close()
                    raise
                except BaseException as error:
                    with make():
                        response = generator.throw(error)
                else:
                    with make():
                        response = generator.send(request)
        except StopIteration as stop:
            return stop.value

    return generator_context


class _SwitchesGrad(_Mode):
    """Turns recording on or off inside, and back on leaving."""

    _enabled = False

    def __new__(cls, orig_func: Any = None) -> Any:
        made = super().__new__(cls)
        return made if orig_func is None else made(orig_func)

    def __init__(self, orig_func: Any = None) -> None:
        self.prev = False

    def __enter__(self) -> None:
        word = get_mode()
        self.prev = bool(word & GRAD)
        MODE.set(with_grad(word, self._enabled))

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        MODE.set(with_grad(get_mode(), self.prev))


class no_grad(_SwitchesGrad):
    """Nothing is recorded inside: results have requires_grad=False.

    >>> x = torch.tensor([1.], requires_grad=True)
    >>> with torch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    __module__ = "torch.autograd.grad_mode"
    _enabled = False


class enable_grad(_SwitchesGrad):
    """Operations are recorded inside, also within no_grad."""

    __module__ = "torch.autograd.grad_mode"
    _enabled = True


class set_grad_enabled(_Mode):
    """Turn recording on or off: at once as a function, inside a block as a context manager, in calls as a decorator."""

    __module__ = "torch.autograd.grad_mode"

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise TypeError(f"set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {type(mode).__name__}")
        word = get_mode()
        self.prev = bool(word & GRAD)
        self.mode = mode
        MODE.set(with_grad(word, mode))

    def __call__(self, func: Any) -> Any:
        MODE.set(with_grad(get_mode(), self.prev))
        return super().__call__(func)

    def __enter__(self) -> None:
        MODE.set(with_grad(get_mode(), self.mode))

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        MODE.set(with_grad(get_mode(), self.prev))

    def clone(self) -> Any:
        return self.__class__(self.mode)

    def __repr__(self) -> str:
        return f"{self.__class__.__module__}.{self.__class__.__name__}(mode={self.mode})"


class inference_mode(_Mode):
    """As no_grad, and results are inference tensors: no version counters, never part of a graph."""

    __module__ = "torch.autograd.grad_mode"

    def __new__(cls, mode: Any = True) -> Any:
        if isinstance(mode, bool):
            return super().__new__(cls)
        return cls(True)(mode)  # the bare decorator

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode
        self._previous: list[int] = []

    def __enter__(self) -> None:
        from rushlight.ops import inference as inference  # what such tensors do in normal mode

        word = get_mode()
        self._previous.append(word & (GRAD | INFERENCE))
        changed = word & ~GRAD | INFERENCE if self.mode else (word | GRAD) & ~INFERENCE
        MODE.set(changed)

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        MODE.set(get_mode() & ~(GRAD | INFERENCE) | self._previous.pop())

    def clone(self) -> Any:
        return self.__class__(self.mode)


def is_grad_enabled() -> bool:
    """Whether operations are recorded here."""
    return state.is_grad_enabled()


def is_inference_mode_enabled() -> bool:
    """Whether inference mode is on here."""
    return bool(get_mode() & INFERENCE)


class _Setting(_Mode):
    """A switch that is remembered and changes nothing here: a function and a context manager."""

    state: ContextVar[bool]

    def __init__(self, mode: bool) -> None:
        self.prev = self.state.get()
        self.mode = mode
        self.state.set(mode)

    def __enter__(self) -> None:
        return None

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        self.state.set(self.prev)

    def clone(self) -> Any:
        return self.__class__(self.mode)


class _force_original_view_tracking(_Setting):
    """Whether views of a tensor that was written into get their new history step by step, and not as one strided view."""

    __module__ = "torch.autograd.grad_mode"
    state = VIEW_REPLAY


class enforce_grad_layout_policy(_Setting):
    """Accepted: gradients always get the layout that PyTorch's contract gives them."""

    __module__ = "torch.autograd.grad_mode"
    state = ContextVar("rushlight_grad_layout", default=True)

    def __init__(self, enable: bool = True) -> None:
        super().__init__(enable)


class set_multithreading_enabled(_Setting):
    """Accepted for PyTorch programs: backward passes run on the calling thread here. A function and a context manager."""

    __module__ = "torch.autograd.grad_mode"
    state = ContextVar("rushlight_multithreading", default=True)


def is_multithreading_enabled() -> bool:
    """What set_multithreading_enabled() was told."""
    return set_multithreading_enabled.state.get()


def is_view_replay_enabled() -> bool:
    """What _force_original_view_tracking() was told."""
    return _force_original_view_tracking.state.get()


class _unsafe_preserve_version_counter(_Mode):
    """In-place operations on the given tensors inside the block are not counted: graphs that saved them will not notice."""

    __module__ = "torch.autograd.grad_mode"

    def __init__(self, tensors: Any) -> None:
        self.tensors = (tensors,) if isinstance(tensors, TensorBase) else tensors
        if not isinstance(self.tensors, tuple):
            raise AssertionError("expected a tensor or a tuple of them")
        self.versions = [version_of(tensor) for tensor in self.tensors]

    def __enter__(self) -> None:
        return None

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        for tensor, version in zip(self.tensors, self.versions):
            version_cell(tensor).value = version

    def clone(self) -> Any:
        return self.__class__(self.tensors)
