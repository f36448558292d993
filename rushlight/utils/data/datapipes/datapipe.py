"""The base classes of data pipes, which find registered pipes as methods: `pipe.map(f)` is `Mapper(pipe, f)`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from rushlight.utils.data.datapipes._hook_iterator import hook_iterator
from rushlight.utils.data.dataset import Dataset, IterableDataset

__all__ = ["DFIterDataPipe", "DataChunk", "IterDataPipe", "MapDataPipe"]


class _Pipe:
    """Finds registered pipes as methods, and lets users step in where pipes are pickled and printed."""

    functions: dict[str, Callable[..., Any]] = {}
    reduce_ex_hook: Callable[[Any], Any] | None = None
    getstate_hook: Callable[[Any], Any] | None = None
    str_hook: Callable[[Any], str] | None = None
    repr_hook: Callable[[Any], str] | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    def __getattr__(self, name: str) -> Any:
        functions = self._base().functions
        if name in functions:
            found = functools.partial(functions[name], self)
            functools.update_wrapper(wrapper=found, wrapped=functions[name], assigned=("__doc__",))
            return found
        raise AttributeError(f"'{self.__class__.__name__}' object has no attribute '{name}")  # as PyTorch writes it

    @classmethod
    def _base(cls) -> Any:
        """The class of all pipes of this kind, which has the hooks and the functions."""
        return next(entry for entry in cls.__mro__ if entry.__dict__.get("_is_base"))

    @classmethod
    def register_function(cls, function_name: str, function: Callable[..., Any]) -> None:
        """Let `pipe.function_name(...)` mean `function(pipe, ...)`."""
        cls._base().functions[function_name] = function

    @classmethod
    def register_datapipe_as_function(cls, function_name: str, cls_to_register: Any, enable_df_api_tracing: bool = False) -> None:
        """Let `pipe.function_name(...)` mean `cls_to_register(pipe, ...)`."""
        functions = cls._base().functions
        if function_name in functions:
            raise Exception(f"Unable to add DataPipe function name {function_name} as it is already taken")

        def make(cls: Any, source_dp: Any, *args: Any, **kwargs: Any) -> Any:
            return cls(source_dp, *args, **kwargs)

        function = functools.partial(make, cls_to_register)
        functools.update_wrapper(wrapper=function, wrapped=cls_to_register, assigned=("__doc__",))
        functions[function_name] = function

    def __getstate__(self) -> Any:
        hook = self._base().getstate_hook
        return self.__dict__ if hook is None else hook(self.__dict__)

    def __reduce_ex__(self, *args: Any, **kwargs: Any) -> Any:
        hook = self._base().reduce_ex_hook
        if hook is not None:
            try:
                return hook(self)
            except NotImplementedError:
                return super().__reduce_ex__(*args, **kwargs)
        return super().__reduce_ex__(*args, **kwargs)

    @classmethod
    def set_getstate_hook(cls, hook_fn: Any) -> None:
        """Let a function of the state make what is pickled of pipes; None takes it away."""
        if cls._base().getstate_hook is not None and hook_fn is not None:
            raise RuntimeError("Attempt to override existing getstate_hook")
        cls._base().getstate_hook = hook_fn

    @classmethod
    def set_reduce_ex_hook(cls, hook_fn: Any) -> None:
        """Let a function of the pipe do its __reduce_ex__; None takes it away."""
        if cls._base().reduce_ex_hook is not None and hook_fn is not None:
            raise RuntimeError("Attempt to override existing reduce_ex_hook")
        cls._base().reduce_ex_hook = hook_fn

    def __repr__(self) -> str:
        hook = self._base().repr_hook
        return str(self.__class__.__qualname__) if hook is None else hook(self)

    def __str__(self) -> str:
        hook = self._base().str_hook
        return str(self.__class__.__qualname__) if hook is None else hook(self)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._base().functions]


class IterDataPipe(_Pipe, IterableDataset[Any]):
    """A pipe of samples one after the other. Only its newest iterator is valid."""

    functions: dict[str, Callable[..., Any]] = {}
    _is_base = True
    _valid_iterator_id: int | None = None
    _number_of_samples_yielded = 0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        hook_iterator(cls)

    def __iter__(self) -> Iterator[Any]:
        return self  # type: ignore[return-value]

    def reset(self) -> None:
        """Called before each new iterator: back to the beginning."""


class DFIterDataPipe(IterDataPipe):
    """A pipe of data frames."""

    def _is_dfpipe(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        return self  # type: ignore[return-value]


class MapDataPipe(_Pipe, Dataset[Any]):
    """A pipe of samples by index."""

    functions: dict[str, Callable[..., Any]] = {}
    _is_base = True


class DataChunk(list):  # type: ignore[type-arg]
    """A batch of samples, a list that prints its members one by one."""

    def __init__(self, items: Any) -> None:
        items = list(items)
        super().__init__(items)
        self.items = items

    def as_str(self, indent: str = "") -> str:
        """The members as text."""
        return indent + "[" + ", ".join(str(item) for item in iter(self)) + "]"

    def __iter__(self) -> Iterator[Any]:
        yield from super().__iter__()

    def raw_iterator(self) -> Iterator[Any]:
        """The members, whatever a subclass makes of them in __iter__."""
        yield from self.items
