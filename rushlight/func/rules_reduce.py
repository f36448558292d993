"""Batching rules of operators that work along dimensions of one tensor: reductions, scans, sorts, softmax."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.func.batching import RULES, decomposed, front, loop
from rushlight.func.levels import Level
from rushlight.ops.declare import REGISTRY
from rushlight.ops.view import wrap_dim


def call(spec: str) -> Any:
    """An operator that calls itself by its name in the registry."""
    return lambda *args, **options: REGISTRY[spec](*args, **options)


def shifted(dim: Any, rank: int) -> Any:
    """Dimension numbers of an example as those of all examples, which are counted first."""
    if isinstance(dim, (list, tuple)):
        return [wrap_dim(entry, rank) + 1 for entry in dim]
    return wrap_dim(dim, rank) + 1


def along(param: str = "dim", *, all_if_none: bool = False, keeps: bool = True) -> Any:
    """A rule for an operator with the dimension parameter `param` (one or several).

    all_if_none: None or () there means every dimension. keeps: the result has the dimension (so a 0-d example's must go again).
    """

    def run(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
        first = op.tensor_params[0]
        value = front(values[first], dims[first])
        rank = value._array.ndim - 1
        place = op.params.index(param)
        dim = values[place]
        values = list(values)
        lone = rank == 0
        if lone:
            value = REGISTRY["unsqueeze"](value, 1)
        values[first] = value
        if dim is None or isinstance(dim, (list, tuple)) and not dim and all_if_none:
            if not all_if_none:
                return loop(op, values, [0 if index == first else None for index in range(len(values))], level)
            values[place] = list(range(1, max(rank, 1) + 1))
        else:
            values[place] = shifted(dim, rank)
        found = op.apply(values)
        if lone:
            found = squeezed(found)
        return found, 0

    return run


def squeezed(found: Any) -> Any:
    """Results without the dimension that a 0-d example was given."""
    if isinstance(found, (tuple, list)):
        return [squeezed(entry) for entry in found]
    return REGISTRY["squeeze.dim"](found, 1) if found._array.ndim > 1 else found


for _name in (
    "sum.dim_IntList", "nansum", "mean.dim", "amax", "amin", "var.correction", "std.correction", "var_mean.correction",
    "std_mean.correction", "linalg_vector_norm", "all.dims", "any.dims", "count_nonzero.dim_IntList", "logsumexp", "_norm_over",
):  # fmt: skip
    RULES[_name] = along(all_if_none=True)
for _name in (
    "prod.dim_int", "all.dim", "any.dim", "max.dim", "min.dim", "kthvalue", "median.dim", "nanmedian.dim", "mode", "cumsum", "cumprod",
    "cummax", "cummin", "logcumsumexp", "_softmax", "_log_softmax", "sort", "sort.stable", "topk", "glu", "_weight_norm", "_safe_softmax",
    "_cummax_helper", "_logcumsumexp",
):  # fmt: skip
    RULES[_name] = along()


@decomposed("renorm")
def _renorm(self: Any, p: Any, dim: int, maxnorm: Any) -> Any:
    """Parts along `dim` scaled down to the norm `maxnorm`."""
    rank = self._array.ndim
    if rank < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {rank} dimensions")
    others = [place for place in range(rank) if place != wrap_dim(dim, rank)]
    norm = REGISTRY["linalg_vector_norm"](self, p, others, True, dtype=None)
    return self * REGISTRY["where.ScalarOther"](norm > maxnorm, maxnorm / (norm + 1e-7), 1.0)


def flat(value: Any) -> Any:
    """A tensor as a vector."""
    return REGISTRY["reshape"](value, (value._array.size,))


def over_all(spec: str, *extra: Any) -> Any:
    """A full reduction by one along the only dimension of a flattened tensor."""
    return lambda self, *rest, **options: REGISTRY[spec](flat(self), 0, *extra, **options)


@decomposed("sum")
def _sum(self: Any, dtype: Any = None) -> Any:
    return REGISTRY["sum.dim_IntList"](self, [], False, dtype=dtype)


@decomposed("mean")
def _mean(self: Any, dtype: Any = None) -> Any:
    return REGISTRY["mean.dim"](self, [], False, dtype=dtype)


@decomposed("prod")
def _prod(self: Any, dtype: Any = None) -> Any:
    return REGISTRY["prod.dim_int"](flat(self), 0, False, dtype=dtype)


@decomposed("dist")
def _dist(self: Any, other: Any, p: Any = 2) -> Any:
    return REGISTRY["linalg_vector_norm"](self - other, p, None, False, dtype=None)


decomposed("all")(lambda self: REGISTRY["all.dim"](flat(self), 0, False))
decomposed("any")(lambda self: REGISTRY["any.dim"](flat(self), 0, False))
decomposed("max")(lambda self: REGISTRY["amax"](self, [], False))
decomposed("min")(lambda self: REGISTRY["amin"](self, [], False))
decomposed("median")(lambda self: REGISTRY["median.dim"](flat(self), 0, False)[0])
decomposed("nanmedian")(lambda self: REGISTRY["nanmedian.dim"](flat(self), 0, False)[0])


@decomposed("count_nonzero")
def _count_nonzero(self: Any, dim: Any = None) -> Any:
    return REGISTRY["count_nonzero.dim_IntList"](self, list(range(self._array.ndim)) if dim is None else [dim])


def _arg(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """argmax, argmin: without dim, the index into the flattened example."""
    value = front(values[0], dims[0])
    rank = value._array.ndim - 1
    dim, keepdim = values[1], values[2]
    if dim is None:
        found = op.apply([REGISTRY["reshape"](value, (level.size, -1)), 1, False])
        return (REGISTRY["view"](found, (level.size, *(1,) * rank)) if keepdim else found), 0
    if not rank:
        return squeezed(op.apply([REGISTRY["unsqueeze"](value, 1), shifted(dim, 0), keepdim])), 0
    return op.apply([value, shifted(dim, rank), keepdim]), 0


RULES["argmax"] = RULES["argmin"] = _arg


def _aminmax(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value = front(values[0], dims[0])
    rank = value._array.ndim - 1
    dim, keepdim = (values[op.params.index(name)] for name in ("dim", "keepdim"))
    if dim is None:
        found = op(REGISTRY["reshape"](value, (level.size, -1)), dim=1, keepdim=False)
        if keepdim:
            found = [REGISTRY["view"](entry, (level.size, *(1,) * rank)) for entry in found]
        return list(found), 0
    if not rank:
        return squeezed(op(REGISTRY["unsqueeze"](value, 1), dim=1, keepdim=keepdim)), 0
    return list(op(value, dim=shifted(dim, rank), keepdim=keepdim)), 0


RULES["aminmax"] = _aminmax


def along_several(count: int) -> Any:
    """A rule for an operator whose first `count` tensors have the same shape, with a `dim` parameter."""
    from rushlight.func.batching import full

    def run(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
        values = list(values)
        lone = False
        rank = 0
        for index in range(count):
            if isinstance(values[index], TensorBase):
                values[index] = full(values[index], dims[index], level)
                rank = values[index]._array.ndim - 1
                if not rank:
                    lone = True
                    values[index] = REGISTRY["unsqueeze"](values[index], 1)
        place = op.params.index("dim")
        values[place] = shifted(values[place], rank)
        found = op.apply(values)
        return (squeezed(found) if lone else found), 0

    return run


RULES["_softmax_backward_data"] = RULES["_log_softmax_backward_data"] = along_several(2)
