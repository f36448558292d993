"""What every IterDataPipe's __iter__ does besides: resetting the pipe, and making older iterators of it invalid."""

from __future__ import annotations

import functools
import inspect
from typing import Any

_MANY = "\nThis may be caused by multiple references to the same IterDataPipe. We recommend using `.fork()` if that is necessary."
_FEEDBACK = (
    "\nFor feedback regarding this single iterator per IterDataPipe constraint, feel free to comment on this issue: "
    "https://github.com/pytorch/data/issues/45."
)
_THROWN = "thrown by __iter__ of"


def _arguments(pipe: Any) -> str:
    """The arguments of a pipe as text, as far as it keeps them under their names; other pipes without theirs."""
    from rushlight.utils.data.datapipes.datapipe import IterDataPipe

    try:
        names = inspect.signature(pipe.__class__).parameters
    except (TypeError, ValueError):
        return ""
    found = []
    for name, value in inspect.getmembers(pipe):
        if name in names:
            text = value.__class__.__name__ if isinstance(value, IterDataPipe) else getattr(value, "__name__", value)
            found.append(f"{name}={text}")
    return ", ".join(found)


def described(pipe: Any, simplify_dp_name: bool = False) -> str:
    """A pipe in an error text."""
    output = pipe.__class__.__name__
    return output if simplify_dp_name else f"{output}({_arguments(pipe)})"


def _gen_invalid_iterdatapipe_msg(pipe: Any) -> str:
    return (
        "This iterator has been invalidated because another iterator has been created from the same IterDataPipe: "
        f"{described(pipe)}{_MANY}{_FEEDBACK}"
    )


def check_iterator_valid(pipe: Any, iterator_id: Any) -> None:
    """Raise where a newer iterator was made."""
    if getattr(pipe, "_is_child_datapipe", False) is True:
        if not hasattr(pipe, "_check_valid_iterator_id"):
            raise RuntimeError("ChildDataPipe must have method `_check_valid_iterator_id`.")
        if not pipe._check_valid_iterator_id(iterator_id):
            raise RuntimeError(
                "This iterator has been invalidated, because a new iterator has been created from one of the ChildDataPipes of "
                f"{described(pipe.main_datapipe)}.{_FEEDBACK}"
            )
    elif pipe._valid_iterator_id != iterator_id:
        raise RuntimeError(_gen_invalid_iterdatapipe_msg(pipe))


def set_valid_iterator_id(pipe: Any) -> Any:
    """The number of a new iterator; the pipe is reset."""
    if getattr(pipe, "_is_child_datapipe", False) is True:
        if not hasattr(pipe, "_set_main_datapipe_valid_iterator_id"):
            raise RuntimeError("ChildDataPipe must have method `_set_main_datapipe_valid_iterator_id`.")
        pipe._set_main_datapipe_valid_iterator_id()
    else:
        pipe._valid_iterator_id = 0 if pipe._valid_iterator_id is None else pipe._valid_iterator_id + 1
        pipe.reset()
    return pipe._valid_iterator_id


class IteratorDecorator:
    """An iterator that knows the pipe which it came from."""

    def __init__(self, iterator: Any, datapipe: Any, iterator_id: Any, has_next_method: bool) -> None:
        self.iterator, self.datapipe, self.iterator_id = iterator, datapipe, iterator_id
        self._has_next_method = has_next_method
        self.self_and_has_next_method = iterator is datapipe and has_next_method

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if not self.self_and_has_next_method:
            check_iterator_valid(self.datapipe, self.iterator_id)
        found = next(self.iterator)
        if not self.self_and_has_next_method:
            self.datapipe._number_of_samples_yielded += 1
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self.iterator, name)


def _note(error: Exception, pipe: Any) -> None:
    message = f"{_THROWN} {described(pipe)}"
    if not error.args:
        error.args = (f"\nThis exception is {message}",)
    elif _THROWN not in str(error.args[0]):
        error.args = (f"{error.args[0]}\nThis exception is {message}", *error.args[1:])


def _generating(function: Any) -> Any:
    @functools.wraps(function)
    def wrap_generator(self: Any, *args: Any, **kwargs: Any) -> Any:
        iterator_id = set_valid_iterator_id(self)
        self._number_of_samples_yielded = 0
        generator = function(self, *args, **kwargs)
        response: Any = None
        try:
            while True:
                check_iterator_valid(self, iterator_id)
                try:
                    found = generator.send(response)
                except StopIteration:
                    return
                except Exception as error:
                    _note(error, self)
                    raise
                self._number_of_samples_yielded += 1
                response = yield found
        finally:
            generator.close()

    return wrap_generator


def _returning(function: Any, has_next_method: bool) -> Any:
    @functools.wraps(function)
    def wrap_iter(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = function(self, *args, **kwargs)
        return IteratorDecorator(found, self, set_valid_iterator_id(self), has_next_method)

    return wrap_iter


def hook_iterator(cls: Any) -> None:
    """Wrap the __iter__ that a class defines."""
    function = cls.__dict__.get("__iter__")
    if function is None:
        return
    if inspect.isgeneratorfunction(function):
        cls.__iter__ = _generating(function)
    else:
        cls.__iter__ = _returning(function, "__next__" in cls.__dict__)
