"""Pipes that apply functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rushlight.utils.data.datapipes.iter._base import length_of
from rushlight.utils.data.datapipes.utils.common import _check_unpickable_fn, validate_input_col

from rushlight.utils.data._utils.collate import default_collate
from rushlight.utils.data.datapipes._decorator import functional_datapipe
from rushlight.utils.data.datapipes.datapipe import IterDataPipe

__all__ = ["CollatorIterDataPipe", "MapperIterDataPipe"]


@functional_datapipe("map")
class MapperIterDataPipe(IterDataPipe):
    """The samples of a pipe, each put through a function; with columns, one or several columns of each sample."""

    def __init__(self, datapipe: Any, fn: Callable[..., Any], input_col: Any = None, output_col: Any = None) -> None:
        super().__init__()
        self.datapipe = datapipe
        _check_unpickable_fn(fn)
        self.fn, self.input_col = fn, input_col
        if input_col is None and output_col is not None:
            raise ValueError("`output_col` must be None when `input_col` is None.")
        if isinstance(output_col, (list, tuple)):
            if len(output_col) > 1:
                raise ValueError("`output_col` must be a single-element list or tuple")
            output_col = output_col[0]
        self.output_col = output_col
        validate_input_col(fn, input_col)

    def _apply_fn(self, data: Any) -> Any:
        if self.input_col is None and self.output_col is None:
            return self.fn(data)
        if self.input_col is None:
            found = self.fn(data)
        elif isinstance(self.input_col, (list, tuple)):
            found = self.fn(*(data[column] for column in self.input_col))
        else:
            found = self.fn(data[self.input_col])
        is_tuple = isinstance(data, tuple)
        if is_tuple:
            data = list(data)
        if self.output_col is None:
            if isinstance(self.input_col, (list, tuple)):
                data[self.input_col[0]] = found
                for index in sorted(self.input_col[1:], reverse=True):
                    del data[index]
            else:
                data[self.input_col] = found
        elif self.output_col == -1:
            data.append(found)
        else:
            data[self.output_col] = found
        return tuple(data) if is_tuple else data

    def __iter__(self) -> Iterator[Any]:
        for data in self.datapipe:
            yield self._apply_fn(data)

    def __len__(self) -> int:
        return length_of(self, self.datapipe)


@functional_datapipe("collate")
class CollatorIterDataPipe(MapperIterDataPipe):
    """Batches collated into tensors."""

    def __init__(self, datapipe: Any, conversion: Any = default_collate, collate_fn: Any = None) -> None:
        if collate_fn is not None:
            super().__init__(datapipe, fn=collate_fn)
        elif callable(conversion):
            super().__init__(datapipe, fn=conversion)
        else:
            raise NotImplementedError("rushlight has no pipes of data frames, which conversions by column need")
