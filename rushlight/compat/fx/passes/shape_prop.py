"""torch.fx.passes.shape_prop: shapes and dtypes of every value of a graph."""

from __future__ import annotations

import traceback
from collections import namedtuple
from typing import Any

from rushlight.fx.interpreter import Interpreter
from rushlight.fx.node import Node, map_aggregate

import rushlight as torch

__all__ = ["TensorMetadata", "ShapeProp"]

TensorMetadata = namedtuple("TensorMetadata", "shape dtype requires_grad stride memory_format is_quantized qparams")
TensorMetadata.__module__ = "torch.fx.passes.shape_prop"
_FORMATS = (torch.contiguous_format, torch.channels_last, torch.channels_last_3d)
_DIMENSIONS = {torch.channels_last: 4, torch.channels_last_3d: 5}


def _extract_tensor_metadata(result: Any, include_contiguity: bool = True) -> TensorMetadata:
    """What a tensor is, without its values."""
    layout = None
    if include_contiguity:
        fitting = [form for form in _FORMATS if _DIMENSIONS.get(form, result.dim()) == result.dim()]
        layout = next((form for form in fitting if result.is_contiguous(memory_format=form)), None)
    return TensorMetadata(result.shape, result.dtype, result.requires_grad, result.stride(), layout, False, {})


class ShapeProp(Interpreter):
    """Runs a graph and leaves meta["tensor_meta"] and meta["type"] on its nodes."""

    __module__ = "torch.fx.passes.shape_prop"

    def __init__(self, gm: Any, fake_mode: Any = None) -> None:
        super().__init__(gm)
        self.fake_mode = fake_mode

    def run_node(self, n: Node) -> Any:
        """The value of a node."""
        try:
            result = super().run_node(n)
        except Exception as error:
            traceback.print_exc()
            raise RuntimeError(f"ShapeProp error for: node={n.format_node()} with meta={n.meta}") from error
        found = False

        def extract(value: Any) -> Any:
            nonlocal found
            if isinstance(value, torch.Tensor):
                found = True
                return _extract_tensor_metadata(value)
            return value

        meta = map_aggregate(result, extract)
        if found:
            n.meta["tensor_meta"] = meta
        n.meta["type"] = type(result)
        return result

    def propagate(self, *args: Any) -> Any:
        """Run the graph; returns its value."""
        return super().run(*args)
