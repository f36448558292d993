"""Forward mode of operators whose tangents are worth a formula: normalizations, moments, Cholesky factors. See tangents.py."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes
from rushlight.func.tangents import RULES, fitted, rule, twice
from rushlight.ops.declare import REGISTRY
from rushlight.ops.linalg import m_h


def _mean(value: Any, dims: list[int]) -> Any:
    return REGISTRY["mean.dim"](value, dims, True)


@rule("linalg_cholesky_ex")
def _cholesky(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """L times the lower triangle, its diagonal halved, of L^-1 dA L^-H; dA need not be symmetric."""
    upper, solve = bool(args[1]), REGISTRY["linalg_solve_triangular"]
    factor = m_h(outputs[0]) if upper else outputs[0]
    inner = solve(m_h(factor), solve(factor, tangents[0], False, True, False), True, False, False)
    diagonal = REGISTRY["diag_embed"](REGISTRY["diagonal"](inner, 0, -2, -1), 0, -2, -1)
    found = REGISTRY["matmul"](factor, REGISTRY["tril"](inner, 0) - diagonal * 0.5)
    return [m_h(found) if upper else found, None]


@rule("native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "_batch_norm_with_update")
def _batch_norm(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    given = dict(zip(op.params, args))
    moved = dict(zip(op.params, tangents))
    if moved.get("running_mean") is not None or moved.get("running_var") is not None:
        raise RuntimeError("batch_norm is not differentiable wrt running_mean and running_var, they cannot have forward grad defined")
    source = args[0]
    if dtypes.of(source._array) not in (dtypes.float32, dtypes.float64):
        return twice(op, args, tangents, outputs)
    rank = source._array.ndim
    dims, shape = [0, *range(2, rank)], [1, -1, *[1] * (rank - 2)]

    def channels(value: Any) -> Any:
        return REGISTRY["reshape"](value, shape)

    training = given.get("training", op.name == "_batch_norm_with_update")
    centre = _mean(source, dims) if training else channels(given["running_mean"])
    spread = _mean((source - centre) * (source - centre), dims) if training else channels(given["running_var"])
    scale = REGISTRY["rsqrt"](spread + given["eps"])
    normal = (source - centre) * scale
    total: Any = None
    tangent = tangents[0]
    if tangent is not None:
        if training:
            tangent = tangent - _mean(tangent, dims) - normal * _mean(tangent * normal, dims)
        total = tangent * scale
        if given["weight"] is not None:
            total = total * channels(given["weight"])
    for name, part in (("weight", normal), ("bias", None)):
        if moved[name] is not None:
            change = channels(moved[name])
            change = change if part is None else part * change
            total = change if total is None else total + change
    return [fitted(total, outputs[0]), *[None] * (len(outputs) - 1)]


def _degrees(source: Any, dims: Any, correction: Any) -> tuple[list[int], float]:
    """The dimensions of a variance, and what its sum is divided by."""
    shape = source._array.shape
    chosen = list(range(len(shape))) if dims is None or dims in ([], ()) else [dims] if isinstance(dims, int) else list(dims)
    count = 1
    for dim in chosen if shape else ():
        count *= shape[dim]
    return chosen, count - (1 if correction is None else correction)


@rule("var_mean.correction")
def _var_mean(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    source, dims, correction, keepdim = args
    if source._array.dtype.kind == "c":
        return twice(op, args, tangents, outputs)
    chosen, degrees = _degrees(source, dims, correction)
    centred = source - _mean(source, chosen)
    factor = 2 / degrees if degrees else float("inf")
    moved = REGISTRY["sum.dim_IntList"](centred * tangents[0], chosen, keepdim) * factor
    return [fitted(moved, outputs[0]), fitted(REGISTRY["mean.dim"](tangents[0], chosen, keepdim), outputs[1])]


@rule("std_mean.correction")
def _std_mean(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    if args[0]._array.dtype.kind == "c":
        return twice(op, args, tangents, outputs)
    chosen, _ = _degrees(args[0], args[1], args[2])
    mean = fitted(REGISTRY["mean.dim"](tangents[0], chosen, args[3]), outputs[1])
    return [RULES["std.correction"](op, args, tangents, outputs[:1])[0], mean]


@rule("_linalg_eigh")
def _eigh(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """Of the tangent as it is, symmetric or not, as in PyTorch."""
    values, vectors = outputs
    moved = vectors.mH @ tangents[0] @ vectors
    apart = values.unsqueeze(-2) - values.unsqueeze(-1)
    turned = moved / REGISTRY["diagonal_scatter"](apart, values.new_full(values.shape, float("inf")), 0, -2, -1)
    return [fitted(moved.diagonal(0, -2, -1), values), fitted(vectors @ turned, vectors)]
