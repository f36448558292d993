"""The functions of torch.masked. Elements whose mask is False are replaced by the operation's neutral element."""

from __future__ import annotations

import math
from typing import Any

import rushlight as torch
from rushlight import Tensor

# ---------------------------------------------------------------- masks and dimensions


def _dims(dim: Any, ndim: int) -> tuple[int, ...]:
    """The dimensions that `dim` names, sorted; all for None."""
    if dim is None:
        return tuple(range(ndim))
    count = max(ndim, 1)
    found: list[int] = []
    for entry in (dim,) if isinstance(dim, int) else dim:
        if entry in found:
            raise RuntimeError(f"dim={entry} appears multiple times in the list of dims")
        if not -count <= entry < count:
            raise IndexError(f"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {entry})")
        found.append(entry % count)
    return tuple(sorted(found))


def _input_mask(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """The mask (by keyword, else the next argument) in the input's shape, as bools; other arguments do not count."""
    mask = kwargs["mask"] if "mask" in kwargs else args[0] if args else None
    if mask is None:
        raise ValueError("_input_mask requires explicit mask")
    if mask.shape != input.shape:
        if mask.ndim > input.ndim:
            raise IndexError("_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)")
        mask = torch.broadcast_to(mask.clone(), input.shape).to(dtype=torch.bool)
    return mask if mask.dtype == torch.bool else mask.to(dtype=torch.bool)


def _count(input: Tensor, mask: Any, dims: tuple[int, ...], keepdim: bool) -> Tensor:
    """How many elements of each result the mask keeps (all without one)."""
    taken = torch.ones(input.shape, dtype=torch.int64, device=input.device) if mask is None else mask
    return torch.sum(taken, dims, keepdim, dtype=torch.int64)


_REDUCTIONS = frozenset("sum prod amax amin argmax argmin mean median norm logsumexp var std".split())
_NORMALIZATIONS = frozenset("softmax log_softmax softmin normalize cumsum cumprod".split())


def _output_mask(op: Any, input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Which elements of a masked operation's result stand for elements that its mask kept."""
    name = op.__name__ if callable(op) else str(op)
    if name not in _REDUCTIONS | _NORMALIZATIONS:
        shown = f"{op.__module__}.{name}" if callable(op) else repr(op)
        raise ValueError(f"_output_mask expected masked operation (got callable {shown})")
    mask = _input_mask(input, mask=kwargs.get("mask"))
    if name in _NORMALIZATIONS:
        return mask
    place = 1 if name == "norm" else 0
    dim = args[place] if len(args) > place else kwargs.get("dim", -1 if name == "median" else None)
    for at in _dims(dim, input.ndim)[::-1]:
        mask = mask.any(dim=at, keepdim=bool(kwargs.get("keepdim", False))) if input.ndim else mask
    return mask


def _filled(input: Tensor, mask: Any, value: Any) -> Tensor:
    """The input with a number (or that of its dtype) where the mask is False."""
    if hasattr(input, "_masked_data"):  # a MaskedTensor
        input = input.get_data()
    if mask is None:
        return input
    fill = torch.tensor(value(input.dtype) if callable(value) else value, dtype=input.dtype, device=input.device)
    return torch.where(_input_mask(input, mask), input, fill)


def _lowest(dtype: Any) -> Any:
    if dtype.is_floating_point:
        return -math.inf
    return False if dtype == torch.bool else torch.iinfo(dtype).min


def _highest(dtype: Any) -> Any:
    if dtype.is_floating_point:
        return math.inf
    return True if dtype == torch.bool else torch.iinfo(dtype).max


def _reduction_identity(op_name: str, input: Tensor, *args: Any) -> Any:
    """What changes no result of an operation when it stands among the elements; None where there is no such value."""
    name = op_name.rsplit(".", 1)[-1]
    if name in ("mean", "var", "std"):
        return None
    if name == "norm":
        value: Any = math.inf if args and args[0] == -math.inf else 0
    elif name == "logsumexp" and input.dtype.is_complex:
        value = -math.inf
    elif name in _NEUTRAL:
        value = _NEUTRAL[name]
    else:
        raise NotImplementedError(f"identity of {op_name} on {input.dtype} input")
    dtype = input.dtype if name != "median" or input.dtype.is_floating_point else torch.float32
    return torch.tensor(value(input.dtype) if callable(value) else value, dtype=dtype, device=input.device)


def _combine_input_and_mask(op: Any, input: Tensor, mask: Any, *args: Any) -> Tensor:
    """The input of a masked operation with the operation's neutral element where the mask is False."""
    if mask is None:
        return input
    if not callable(op):
        raise ValueError(f"_combine_input_and_mask expected masked operation (got {type(op).__name__} object)")
    fill = _reduction_identity(op.__name__, input, *args)
    return torch.where(_input_mask(input, mask=mask), input, fill)


_NEUTRAL = {
    "sum": 0, "cumsum": 0, "prod": 1, "cumprod": 1, "amax": _lowest, "argmax": _lowest, "logaddexp": _lowest, "logsumexp": _lowest,
    "amin": _highest, "argmin": _highest, "median": math.nan,
}  # fmt: skip
_SMALL = (torch.uint8, torch.bool, torch.int8, torch.int16, torch.int32)


def _widened(input: Tensor, dtype: Any) -> Any:
    """The dtype in which sums and products are taken."""
    if dtype is not None:
        return dtype
    return torch.int64 if input.dtype in _SMALL else input.dtype


# ---------------------------------------------------------------- reductions


def sum(input: Tensor, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The sum of the elements that the mask keeps."""
    dtype = _widened(input, dtype)
    return torch.sum(_filled(input, mask, 0), _dims(dim, input.ndim), bool(keepdim), dtype=dtype)


def prod(input: Tensor, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The product of the elements that the mask keeps."""
    dtype = _widened(input, dtype)
    result = _filled(input, mask, 1).to(dtype=dtype)
    for entry in reversed(_dims(dim, input.ndim)):
        result = result.prod(dim=entry, keepdim=bool(keepdim))
    return result.to(dtype=dtype)


def cumsum(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """The running sum of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    return torch.cumsum(_filled(input, mask, 0), _dims(dim, input.ndim)[0], dtype=dtype).to(dtype=dtype)


def cumprod(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """The running product of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    return torch.cumprod(_filled(input, mask, 1), _dims(dim, input.ndim)[0], dtype=dtype).to(dtype=dtype)


def amax(input: Tensor, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The largest of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    return torch.amax(_filled(input, mask, _lowest), _dims(dim, input.ndim), bool(keepdim)).to(dtype=dtype)


def amin(input: Tensor, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The smallest of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    return torch.amin(_filled(input, mask, _highest), _dims(dim, input.ndim), bool(keepdim)).to(dtype=dtype)


def argmax(input: Tensor, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The index of the largest of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    return torch.argmax(_filled(input, mask, _lowest), dim, bool(keepdim)).to(dtype=dtype)


def argmin(input: Tensor, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The index of the smallest of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    return torch.argmin(_filled(input, mask, _highest), dim, bool(keepdim)).to(dtype=dtype)


def mean(input: Tensor, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The mean of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    dims = _dims(dim, input.ndim)
    if not (dtype.is_floating_point or dtype.is_complex):
        raise ValueError(
            "mean(): Could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {dtype}"
        )
    kept = None if mask is None else _input_mask(input, mask)
    count = _count(input, kept, dims, bool(keepdim))
    return sum(input, dims, keepdim=keepdim, dtype=dtype, mask=kept) / count


def median(input: Tensor, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The median of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    along = _dims(dim, input.ndim)[0]
    floats = input if input.dtype.is_floating_point else input.to(dtype=torch.float)
    output = torch.nanmedian(_filled(floats, mask, math.nan), along, keepdim).values
    if floats is input:
        return output
    if torch.isnan(output).any():
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    return output.to(dtype=dtype)


def norm(
    input: Tensor, ord: Any = 2.0, dim: Any = None, *, keepdim: Any = False, dtype: Any = None, mask: Any = None
) -> Tensor:  # fmt: skip
    """The vector norm of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    neutral = math.inf if ord in (-math.inf,) or isinstance(ord, (int, float)) and ord < 0 else 0
    return torch.linalg.vector_norm(_filled(input, mask, neutral), ord, _dims(dim, input.ndim), bool(keepdim), dtype=dtype)


def logsumexp(input: Tensor, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None) -> Tensor:
    """The logarithm of the sum of exponentials of the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    filled = _filled(input, mask, -math.inf if input.dtype.is_complex else _lowest)
    return torch.logsumexp(filled, _dims(dim, input.ndim), keepdim=keepdim).to(dtype=dtype)


def logaddexp(
    input: Tensor, other: Tensor, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None
) -> Tensor:  # fmt: skip
    """logaddexp of the elements that each operand's mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    first, second = _filled(input, input_mask, _lowest), _filled(other, other_mask, _lowest)
    return torch.logaddexp(first, second).to(dtype=dtype)


# ---------------------------------------------------------------- variance


def _spread(input: Tensor, dim: Any, correction: Any, keepdim: Any, dtype: Any, mask: Any, take_sqrt: bool) -> Tensor:
    dtype = input.dtype if dtype is None else dtype
    if not (dtype.is_floating_point or dtype.is_complex):
        dtype = torch.float32
    working = input.to(dtype=dtype) if not (input.dtype.is_floating_point or input.dtype.is_complex) else input
    dims = _dims(dim, input.ndim)
    kept = None if mask is None else _input_mask(input, mask)
    count = _count(input, kept, dims, True)
    middle = torch.divide(sum(working, dims, keepdim=True, dtype=dtype, mask=kept), count)
    off = working - middle
    total = sum(off * off.conj(), dims, keepdim=keepdim, dtype=dtype, mask=kept)
    if not keepdim:
        count = count.reshape(total.shape)
    if correction:
        count = torch.subtract(count, correction)
        count = torch.maximum(count, count.new_zeros([]))
    output = torch.divide(total, count).to(dtype=dtype)
    return torch.sqrt(output) if take_sqrt else output


def _correction(unbiased: Any, correction: Any) -> Any:
    if unbiased is not None and correction is not None:
        raise ValueError("Only one of unbiased and correction may be given")
    if unbiased is not None:
        return 1 if unbiased else 0
    return 1 if correction is None else correction


def var(
    input: Tensor, dim: Any = None, unbiased: Any = None, *, correction: Any = None, keepdim: Any = False, dtype: Any = None,
    mask: Any = None,
) -> Tensor:  # fmt: skip
    """The variance of the elements that the mask keeps."""
    return _spread(input, dim, _correction(unbiased, correction), keepdim, dtype, mask, False)


def std(
    input: Tensor, dim: Any = None, unbiased: Any = None, *, correction: Any = None, keepdim: Any = False, dtype: Any = None,
    mask: Any = None,
) -> Tensor:  # fmt: skip
    """The standard deviation of the elements that the mask keeps."""
    return _spread(input, dim, _correction(unbiased, correction), keepdim, dtype, mask, True)


# ---------------------------------------------------------------- normalizations


def softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """softmax over the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    return torch.nn.functional.softmax(_filled(input, mask, _lowest), _dims(dim, input.ndim)[0], dtype=dtype)


def log_softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """log_softmax over the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    return torch.nn.functional.log_softmax(_filled(input, mask, _lowest), _dims(dim, input.ndim)[0], dtype=dtype)


def softmin(input: Tensor, dim: int, *, dtype: Any = None, mask: Any = None) -> Tensor:
    """softmin over the elements that the mask keeps."""
    dtype = input.dtype if dtype is None else dtype
    return torch.nn.functional.softmin(_filled(input, mask, _highest), _dims(dim, input.ndim)[0], dtype=dtype)


def normalize(
    input: Tensor, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None, mask: Any = None
) -> Tensor:  # fmt: skip
    """The elements that the mask keeps, divided by their norm."""
    dtype = input.dtype if dtype is None else dtype
    size = norm(input, ord, _dims(dim, input.ndim)[0], keepdim=True, dtype=dtype, mask=mask)
    least = torch.max(size, size.new_full([], eps))
    return torch.divide(_filled(input, mask, 0), least)
