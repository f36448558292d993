"""torch.utils.flop_counter: floating-point operations of products and convolutions."""

from __future__ import annotations

import math
from collections import defaultdict
from math import prod
from typing import Any

from rushlight.utils._python_dispatch import TorchDispatchMode

from rushlight import _ops

__all__ = ["FlopCounterMode", "register_flop_formula"]

aten = _ops.OPS.aten
flop_registry: dict[Any, Any] = {}


def register_flop_formula(targets: Any, get_raw: bool = False) -> Any:
    """Say how many operations an operator takes: formula(*shapes and values, out_shape=...), or the tensors themselves (get_raw)."""

    def register(formula: Any) -> Any:
        chosen = formula if get_raw else _of_shapes(formula)
        for target in targets if isinstance(targets, (list, tuple)) else [targets]:
            if not isinstance(target, _ops.OpOverloadPacket):
                raise ValueError(
                    f"register_flop_formula(targets): expected each target to be OpOverloadPacket (i.e. torch.ops.mylib.foo), got {target} which is of type {type(target)}"
                )
            if target in flop_registry:
                raise RuntimeError(f"duplicate registrations for {target}")
            flop_registry[target] = chosen
        return formula

    return register


def _shape(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(map(_shape, value))
    return value.shape if hasattr(value, "shape") else value


def _of_shapes(formula: Any) -> Any:
    def counted(*args: Any, out_val: Any = None, **kwargs: Any) -> int:
        named = {name: _shape(value) for name, value in kwargs.items()}
        return int(formula(*map(_shape, args), out_shape=_shape(out_val), **named))

    return counted


@register_flop_formula(aten.mm)
def mm_flop(a_shape: Any, b_shape: Any, *args: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """A product of matrices."""
    return int(a_shape[0] * a_shape[1] * b_shape[1] * 2)


@register_flop_formula(aten.addmm)
def addmm_flop(self_shape: Any, a_shape: Any, b_shape: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """A product of matrices and a sum, which does not count."""
    return mm_flop(a_shape, b_shape)


@register_flop_formula(aten.bmm)
def bmm_flop(a_shape: Any, b_shape: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """A batch of products."""
    return int(a_shape[0] * a_shape[1] * a_shape[2] * b_shape[2] * 2)


@register_flop_formula(aten.baddbmm)
def baddbmm_flop(self_shape: Any, a_shape: Any, b_shape: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """A batch of products and a sum, which does not count."""
    return bmm_flop(a_shape, b_shape)


def conv_flop_count(x_shape: Any, w_shape: Any, out_shape: Any, transposed: bool = False) -> int:
    """A convolution."""
    places = (x_shape if transposed else out_shape)[2:]
    return int(prod(places) * prod(w_shape) * x_shape[0] * 2)


@register_flop_formula([aten.convolution, aten._convolution])
def conv_flop(
    x_shape: Any,
    w_shape: Any,
    _bias: Any,
    _stride: Any,
    _padding: Any,
    _dilation: Any,
    transposed: bool,
    *args: Any,
    out_shape: Any = None,
    **kwargs: Any,
) -> int:
    """A convolution."""
    return conv_flop_count(x_shape, w_shape, out_shape, transposed)


@register_flop_formula(aten.convolution_backward)
def conv_backward_flop(
    grad_shape: Any, x_shape: Any, w_shape: Any, _bias: Any, _stride: Any, _padding: Any, _dilation: Any, transposed: bool, _output_padding: Any,
    _groups: Any, output_mask: Any, out_shape: Any = None,
) -> int:  # fmt: skip
    """The gradients of a convolution."""
    swapped = lambda shape: [shape[1], shape[0], *shape[2:]]
    count = conv_flop_count(grad_shape, w_shape, x_shape, not transposed) if output_mask[0] else 0
    if output_mask[1]:
        left, right = (grad_shape, x_shape) if transposed else (x_shape, grad_shape)
        count += conv_flop_count(swapped(left), swapped(right), swapped(w_shape), transposed=False)
    return count


class FlopCounterMode(TorchDispatchMode):
    """Counts the floating-point operations of the block.

    >>> with FlopCounterMode(display=False) as counter:
    ...     torch.ones(2, 3) @ torch.ones(3, 4)
    >>> counter.get_total_flops()
    48
    """

    __module__ = "torch.utils.flop_counter"

    def __init__(self, mods: Any = None, depth: int = 2, display: bool = True, custom_mapping: Any = None) -> None:
        super().__init__()
        self.depth = depth
        self.display = display
        custom = {key: value if getattr(value, "_get_raw", False) else _of_shapes(value) for key, value in (custom_mapping or {}).items()}
        self.flop_registry = {**flop_registry, **custom}
        self.flop_counts: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))

    def get_total_flops(self) -> int:
        """How many there were."""
        return sum(self.flop_counts["Global"].values())

    def get_flop_counts(self) -> dict[str, dict[Any, int]]:
        """How many there were by operator, under "Global"; rushlight does not tell modules apart."""
        return {name: dict(counts) for name, counts in self.flop_counts.items()}

    def get_table(self, depth: int | None = None) -> str:
        """The counts as a table (needs the package tabulate)."""
        import tabulate

        total = self.get_total_flops()
        rows = [["Global", _scaled(total), "100.00%"]]
        rows += [
            [f" - {operator}", _scaled(count), f"{100 * count / max(total, 1):.2f}%"]
            for operator, count in self.flop_counts["Global"].items()
        ]
        return str(tabulate.tabulate(rows, headers=["Module", "FLOP", "% Total"], colalign=("left", "right", "right")))

    def __enter__(self) -> Any:
        self.flop_counts.clear()
        return super().__enter__()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if self.display:
            print(self.get_table(self.depth))

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        found = func(*args, **kwargs)
        formula = self.flop_registry.get(func.overloadpacket)
        if formula is not None:
            self.flop_counts["Global"][func.overloadpacket] += formula(*args, **kwargs, out_val=found)
        return found


def _scaled(number: float) -> str:
    if number < 1000:
        return str(number)
    power = min(int(math.log10(number)) // 3, 4)
    return f"{number / 1000**power:.3f}{' KMBT'[power]}"
