"""Which dtypes `out=` may have: most operators want the result's own, some convert, and each refuses in its own words."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes, function, inplace
from rushlight._core.op import Op
from rushlight._core.tensor import TensorBase, shape_text
from rushlight.ops import examples
from rushlight.ops.pointwise import CPP_NAMES
from rushlight.ops.warn import warn_user

CASTABLE = "result type {Result} can't be cast to the desired output type {Out}"
EXACT = "Expected out tensor to have dtype {result}, but got {out} instead"
SAME = "Found dtype {Out} but expected {Result}"
CONCATENATED = "torch.cat(): input types can't be cast to the desired output type {Out}"
COMPLEX = "{transform} expects a complex output tensor, but got {Out}"
REAL = "{transform} expects a floating point output tensor, but got {Out}"
FLOATING = "{name}(): Expected floating point type for result tensor, but got: {Out}"
ANY = ""  # the result is converted

# Operators with rules of their own; other pointwise operators say CASTABLE, the rest EXACT.
_RULES = {
    ANY: "sum nansum prod cumsum cumprod linspace logspace full bernoulli eye zeros ones empty arange range randperm randint",
    COMPLEX: "fft ifft rfft ihfft fftn ifftn rfftn ihfftn fft2 ifft2 rfft2 ihfft2",
    REAL: "irfft hfft irfftn hfftn irfft2 hfft2",
    CASTABLE: "mean std var outer addr ger diff kron logit ldexp angle",
    EXACT: "softmax log_softmax matmul take_along_dim norm msort argsort cross renorm isin",
    CONCATENATED: "cat concat concatenate stack hstack vstack row_stack dstack column_stack",
    SAME: "clamp clip clamp_min clamp_max abs absolute conj_physical round fix trunc floor ceil sgn sign neg negative",
    "Expected the dtype for input and out to match, but got {Result} for input's dtype and {Out} for out's dtype.": "amax amin",
    "{name} only supports bool tensor for result, got: {Out}": "any all",
    FLOATING: "logsumexp",
    "{name}(): self and result must have the same scalar type": "index_select masked_select",
    "{name}(): self and out expected to have the same dtype, but got self.dtype = {Result} and out.dtype = {Out}": "take",
    "{name}: Expected out tensor to have scalar type {Result} but got scalar type{Out}": "nonzero",
    "{name} expects {Result} tensor out, got: {Out}": "multinomial",
    "{name}: dtype of out: {Out} should be same as input: {Result}": "nan_to_num",
    "tensordot: Expected the output tensor to have dtype {Result}, but got an output tensor with dtype {Out}": "inner tensordot",
    "result dtype {Out} does not match input dtype {Result}": "dot vdot",
    "expected scalar_type {Result} but found {Out}": "logcumsumexp cummax cummin",
    "{name}() out tensor must be same dtype as the input tensor": "quantile nanquantile",
    "Expected out type to be {Result} but got {Out}": "where",
    "{name} does not support non-boolean outputs.": "isposinf isneginf",
    "expected scalar type '{Result}' but got '{Out}' for values output": "mode",
}
_POINTWISE = ("where", "clamp", "clip")  # composites with a rule of their own
RULES = {name: text for text, names in _RULES.items() for name in names.split()}
ERRORS = {CONCATENATED: TypeError}
CASTS = {CASTABLE, CONCATENATED, COMPLEX, REAL, FLOATING}  # refuse only what would lose its kind of number


def check_out(name: str, target: Any, values: list[Any], out: TensorBase, value: TensorBase) -> bool:
    """Raise where a result cannot be stored in `out`; whether a pointwise operator's result is converted on the way."""
    examples.refuse_out(name, value, out)
    source = dtypes.of(value._array)
    into = dtypes.of(out._array)
    text = RULES.get(name)
    pointwise = target.kind == "pointwise" if isinstance(target, Op) else text is None or name in _POINTWISE
    if pointwise and out._array.shape != value._array.shape and any(entry is out for entry in values):
        shapes = shape_text(out._array.shape), shape_text(value._array.shape)
        raise RuntimeError(f"output with shape {shapes[0]} doesn't match the broadcast shape {shapes[1]}")
    if text == CONCATENATED and name.startswith(("cat", "concat")):
        _check_joined_apart(values[0], out, value)
    if source is into:
        return False
    if text is None:
        text = CASTABLE if pointwise else EXACT
    if text == REAL and into.is_complex:
        raise RuntimeError(text.format(transform=name.replace("2", "n"), Out=into.cpp))
    if not text or text in CASTS and dtypes.can_cast(source, into) or name in ("any", "all") and into is dtypes.uint8:
        return text == CASTABLE and name not in RULES and source.category != dtypes.BOOL
    transform = name.replace("2", "n")
    words = {"transform": transform, "result": CPP_NAMES.get(source.cpp, source.cpp), "out": CPP_NAMES.get(into.cpp, into.cpp)}
    raise ERRORS.get(text, RuntimeError)(text.format(name=name, Result=source.cpp, Out=into.cpp, **words))


def _check_joined_apart(parts: Any, out: TensorBase, value: TensorBase) -> None:
    """Raise where `out` overlaps what is joined, after the warning that it has another shape."""
    for entry in parts:
        try:
            inplace.check_apart(out._array, entry._array)
        except RuntimeError:
            if out._array.size and out._array.shape != value._array.shape:
                warn_resized(out._array.shape, value._array.shape)
            raise


def warn_resized(shape: tuple[int, ...], required: tuple[int, ...]) -> None:
    """Warn that a tensor given as `out=`, which is not empty, gets another shape."""
    warn_user(
        f"An output with one or more elements was resized since it had shape {shape_text(shape)}, which does not match the required "
        f"output shape {shape_text(required)}. This behavior is deprecated, and in a future PyTorch release outputs will not be resized "
        "unless they have zero elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero elements with "
        "t.resize_(0). (Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/Resize.cpp:30.)"
    )


function.SOURCE.check_out = check_out
function.SOURCE.warn_resized = warn_resized
