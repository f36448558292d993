"""What pipes check of the functions that they are given; files as streams."""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import inspect
import os
import random
import warnings
from collections.abc import Iterable, Iterator
from io import IOBase
from typing import Any

import rushlight as torch

DILL_AVAILABLE = False
_LAMBDA = (
    "Lambda function is not supported by pickle, please use regular python function or functools.partial instead."
)
_LOCAL = "Local function is not supported by pickle, please use regular python function or functools.partial instead."


def validate_input_col(fn: Any, input_col: Any) -> None:
    """Raise where a function cannot take as many columns as there are."""
    try:
        parameters = inspect.signature(fn).parameters.values()
    except ValueError:
        return
    count = len(input_col) if isinstance(input_col, (list, tuple)) else 1
    positional, defaults, required_keywords, any_number = [], [], [], False
    for parameter in parameters:
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.POSITIONAL_ONLY):
            (positional if parameter.default is parameter.empty else defaults).append(parameter)
        elif parameter.kind is parameter.VAR_POSITIONAL:
            any_number = True
        elif parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty:
            required_keywords.append(parameter)
    name = fn.func.__name__ if isinstance(fn, functools.partial) else getattr(fn, "__name__", str(fn))
    if required_keywords:
        raise ValueError(
            f"The function {name} takes {len(required_keywords)} keyword-only arguments without default values, which is not allowed."
        )
    if count < len(positional):
        raise ValueError(f"The function {name} takes {len(positional)} positional parameters, but {count} are required.")
    if not any_number and count > len(positional) + len(defaults):
        raise ValueError(f"The function {name} takes {len(positional) + len(defaults)} parameters, but {count} are required.")


def _is_local_fn(fn: Any) -> bool:
    if hasattr(fn, "__code__"):
        return bool(fn.__code__.co_flags & inspect.CO_NESTED)
    return bool("<locals>" in fn.__qualname__) if hasattr(fn, "__qualname__") else False


def _check_unpickable_fn(fn: Any) -> None:
    """Warn of functions that pickle cannot take to worker processes."""
    if not callable(fn):
        raise TypeError(f"A callable function is expected, but {type(fn)} is provided.")
    if isinstance(fn, functools.partial):
        fn = fn.func
    if _is_local_fn(fn):
        warnings.warn(_LOCAL, UserWarning, stacklevel=3)
    elif hasattr(fn, "__name__") and fn.__name__ == "<lambda>":
        warnings.warn(_LAMBDA, UserWarning, stacklevel=3)


def match_masks(name: str, masks: Any) -> bool:
    """Whether a file's name fits a mask or one of several; all fit none."""
    if not masks:
        return True
    return any(fnmatch.fnmatch(name, mask) for mask in ([masks] if isinstance(masks, str) else masks))


def get_file_pathnames_from_root(
    root: str, masks: Any, recursive: bool = False, abspath: bool = False, non_deterministic: bool = False
) -> Iterator[str]:
    """The paths of files below a directory, or the file itself."""

    def unreadable(error: OSError) -> None:
        warnings.warn(error.filename + " : " + error.strerror, stacklevel=2)
        raise error

    if os.path.isfile(root):
        path = os.path.abspath(root) if abspath else root
        if match_masks(os.path.basename(path), masks):
            yield path
        return
    for path, directories, files in os.walk(root, onerror=unreadable):
        path = os.path.abspath(path) if abspath else path
        if not non_deterministic:
            files.sort()
        yield from (os.path.join(path, file) for file in files if match_masks(file, masks))
        if not recursive:
            break
        if not non_deterministic:
            directories.sort()


def get_file_binaries_from_pathnames(pathnames: Any, mode: str, encoding: str | None = None) -> Iterator[tuple[str, Any]]:
    """Paths, each with its open file."""
    if not isinstance(pathnames, Iterable):
        pathnames = [pathnames]
    mode = "r" + mode if mode in ("b", "t") else mode
    for pathname in pathnames:
        if not isinstance(pathname, str):
            raise TypeError(f"Expected string type for pathname, but got {type(pathname)}")
        yield pathname, StreamWrapper(open(pathname, mode, encoding=encoding))  # noqa: SIM115


def validate_pathname_binary_tuple(data: Any) -> None:
    """Raise where a sample is not a pair of a path and an open file."""
    if not isinstance(data, tuple):
        raise TypeError(f"pathname binary data should be tuple type, but it is type {type(data)}")
    if len(data) != 2:
        raise TypeError(f"pathname binary stream tuple length should be 2, but got {len(data)}")
    if not isinstance(data[0], str):
        raise TypeError(f"pathname within the tuple should have string type pathname, but it is type {type(data[0])}")
    if not isinstance(data[1], (IOBase, StreamWrapper)):
        raise TypeError(f"binary stream within the tuple should have IOBase or its subclasses as type, but it is type {type(data[1])}")


class Shuffling:
    """What pipes that shuffle share: the switch, and where the seed of an iterator comes from."""

    _enabled: bool
    _seed: int | None
    _rng: random.Random

    def set_shuffle(self, shuffle: bool = True) -> Any:
        """Turn shuffling on or off."""
        self._enabled = shuffle
        return self

    def set_seed(self, seed: int) -> Any:
        """Fix the order of the next iterator."""
        self._seed = seed
        return self

    def _draw_seed(self) -> None:
        """Seed the generator: as set_seed() said, or anew from torch's."""
        if self._seed is None:
            self._seed = int(torch.empty((), dtype=torch.int64).random_().item())
        self._rng.seed(self._seed)
        self._seed = None


class StreamWrapper:
    """An open file that closes when nobody refers to it."""

    def __init__(self, file_obj: Any, parent_stream: Any = None, name: str | None = None) -> None:
        self.file_obj, self.name, self.closed = file_obj, name, False

    @classmethod
    def close_streams(cls, v: Any, depth: int = 0) -> None:
        """Close the streams in a structure."""
        if depth > 10:
            return
        if isinstance(v, StreamWrapper):
            v.close()
        elif isinstance(v, dict):
            for value in v.values():
                cls.close_streams(value, depth + 1)
        elif isinstance(v, (list, tuple)):
            for value in v:
                cls.close_streams(value, depth + 1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["file_obj"], name)

    def close(self, *args: Any, **kwargs: Any) -> None:
        """Close the file."""
        with contextlib.suppress(AttributeError):  # what cannot be closed
            self.file_obj.close(*args, **kwargs)
        self.closed = True

    def autoclose(self) -> None:
        """Accepted."""
        self.close()

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *dir(StreamWrapper), *dir(self.file_obj)})

    def __del__(self) -> None:
        if not self.closed:
            self.close()

    def __iter__(self) -> Iterator[Any]:
        yield from self.file_obj

    def __next__(self) -> Any:
        return next(self.file_obj)

    def __repr__(self) -> str:
        return f"StreamWrapper<{self.name},{self.file_obj!r}>" if self.name is not None else f"StreamWrapper<{self.file_obj!r}>"

    def __getstate__(self) -> Any:
        return self.file_obj

    def __setstate__(self, obj: Any) -> None:
        self.file_obj, self.name, self.closed = obj, None, False
