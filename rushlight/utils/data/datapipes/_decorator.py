"""Decorators of data pipes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from rushlight.utils.data.datapipes.datapipe import IterDataPipe, MapDataPipe


class functional_datapipe:
    """Decorates a pipe class to be a method of all pipes of its kind."""

    def __init__(self, name: str, enable_df_api_tracing: bool = False) -> None:
        self.name = name
        self.enable_df_api_tracing = enable_df_api_tracing

    def __call__(self, cls: Any) -> Any:
        pipe = cls.cls if isinstance(cls, non_deterministic) else cls
        if issubclass(pipe, (IterDataPipe, MapDataPipe)):
            pipe.register_datapipe_as_function(self.name, cls, enable_df_api_tracing=self.enable_df_api_tracing)
        return cls


_determinism = False


class guaranteed_datapipes_determinism:
    """While this is on, pipes that are not deterministic refuse to be made."""

    def __init__(self) -> None:
        global _determinism
        self.prev = _determinism
        _determinism = True

    def __enter__(self) -> None:
        pass

    def __exit__(self, *args: Any) -> None:
        global _determinism
        _determinism = self.prev


class non_deterministic:
    """Marks a pipe class whose order may differ from run to run; with a function, for some of its arguments."""

    cls: Any = None

    def __init__(self, arg: Any) -> None:
        if isinstance(arg, type):
            if not issubclass(arg, IterDataPipe):
                raise TypeError(f"Only `IterDataPipe` can be decorated with `non_deterministic`, but {arg.__name__} is found")
            self.cls = arg
        elif callable(arg):
            self.deterministic_fn: Callable[..., bool] = arg
        else:
            raise TypeError(f"{arg} can not be decorated by non_deterministic")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.cls is not None:
            if _determinism:
                raise TypeError(
                    f"{self.cls.__name__} is non-deterministic, but you set 'guaranteed_datapipes_determinism'. You can turn off "
                    "determinism for this DataPipe if that is acceptable for your application"
                )
            return self.cls(*args, **kwargs)
        if not (isinstance(args[0], type) and issubclass(args[0], IterDataPipe)):
            raise TypeError(f"Only `IterDataPipe` can be decorated, but {args[0].__name__} is found")
        self.cls = args[0]
        return self.deterministic_wrapper_fn

    def deterministic_wrapper_fn(self, *args: Any, **kwargs: Any) -> Any:
        """The class, once it is known to be deterministic for these arguments."""
        res = self.deterministic_fn(*args, **kwargs)
        if not isinstance(res, bool):
            raise TypeError(
                f"deterministic_fn of `non_deterministic` decorator is required to return a boolean value, but {type(res)} is found"
            )
        if _determinism and res:
            raise TypeError(f"{self.cls.__name__} is non-deterministic with the inputs, but you set 'guaranteed_datapipes_determinism'.")
        return self.cls(*args, **kwargs)


def argument_validation(function: Callable[..., Any]) -> Callable[..., Any]:
    """Check arguments that are pipes to be pipes of the kind that the annotations name."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            hint = signature.parameters[name].annotation
            if isinstance(hint, type) and issubclass(hint, IterDataPipe) and not isinstance(value, IterDataPipe):
                raise TypeError(f"Expected argument '{name}' as a IterDataPipe, but found {type(value)}")
        return function(*args, **kwargs)

    return wrapper


_validating = True


class runtime_validation_disabled:
    """Within this, types of samples are not checked."""

    def __init__(self) -> None:
        global _validating
        self.prev = _validating
        _validating = False

    def __enter__(self) -> None:
        pass

    def __exit__(self, *args: Any) -> None:
        global _validating
        _validating = self.prev


def runtime_validation(function: Callable[..., Any]) -> Callable[..., Any]:
    """Accepted: samples are not checked against annotations."""
    return function
