"""`out=`: which dtypes it may have (most operators want the result's own, some convert, each refuses in its own words), and the rest
of what PyTorch's operators do with it in ways of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes, function, inplace, memory
from rushlight._core.op import Op
from rushlight._core.promotion import COMPARE, common_dtype
from rushlight._core.tensor import TensorBase, shape_text, version_cell, wrap
from rushlight.ops import examples, warn
from rushlight.ops.copying import warn_discard
from rushlight.ops.pointwise import CPP_NAMES

CASTABLE = "result type {Result} can't be cast to the desired output type {Out}"
EXACT = "Expected out tensor to have dtype {result}, but got {out} instead"
SAME = "Found dtype {Out} but expected {Result}"
CONCATENATED = "torch.cat(): input types can't be cast to the desired output type {Out}"
COMPLEX = "{transform} expects a complex output tensor, but got {Out}"
REAL = "{transform} expects a floating point output tensor, but got {Out}"
FLOATING = "{name}(): Expected floating point type for result tensor, but got: {Out}"
SAFE = "{safe}: Expected {output} to be safely castable from {Result} dtype, but got {output} with dtype {Out}"
SCALARS = "Expected object of scalar type {Result} but got scalar type {Out} for argument 'out'"
MEAN = "mean.dtype_out(): input types can't be cast to the desired output type {Out}"
EXTREMUM = (
    "Expected canCast( typeMetaToScalarType(self.dtype()), typeMetaToScalarType(out.dtype())) to be true, but got false.  "
    "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
)
NARROW = (
    "Expected self.dtype() == output.dtype() to be true, but got false.  "
    "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
)
SEARCH = (
    "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or Long(int64) depending on whether out_int32 "
    "flag is True, but we got output tensor's dtype {Out} and out_int32 flag is {wanted}"
)
MVLGAMMA = "mvlgamma: result type {Result} can't be cast to the desired output type {Result}"
HEAVISIDE = "heaviside is not yet implemented for {heaviside}"
DIAGONAL = "diag: result type {Result} can't be cast to the desired out= type {Out}"
VECTOR = "addmv input tensors must have the same dtype, but got {Out}, {Result}, and {Result}"
ANY = ""  # the result is converted

# Operators with rules of their own, by overload or by name; other pointwise operators say CASTABLE, the rest EXACT.
_RULES = {
    ANY: "sum nansum prod cumsum cumprod linspace logspace full bernoulli eye zeros ones empty arange range randperm randint",
    COMPLEX: "fft_fft fft_ifft fft_rfft fft_ihfft fft_fftn fft_ifftn fft_rfftn fft_fft2 fft_ifft2 fft_rfft2 fft_ihfftn fft_ihfft2",
    REAL: "fft_irfft fft_hfft fft_irfftn fft_hfftn fft_irfft2 fft_hfft2",
    CASTABLE: "std var outer addr ger diff kron logit clamp.Tensor clip.Tensor clamp_min.Tensor clamp_max.Tensor angle where "
    "threshold nanmean max.other min.other lerp",
    EXACT: "mean.dim softmax log_softmax "
    "matmul take_along_dim norm msort argsort linalg_cross renorm isin linear linalg_det linalg_cholesky "
    "linalg_eigh linalg_eigvalsh linalg_inv inverse linalg_solve linalg_solve_ex linalg_qr linalg_slogdet linalg_lu_factor linalg_svd "
    "linalg_svdvals linalg_lu_solve lu_solve svd qr triangular_solve slogdet linalg_ldl_factor "
    "linalg_vector_norm cross max.dim min.dim",
    SAFE: "cholesky cholesky_inverse cholesky_solve linalg_matrix_power linalg_tensorinv linalg_tensorsolve linalg_cond linalg_pinv geqrf "
    "linalg_lstsq linalg_eig linalg_eigvals linalg_householder_product matrix_power linalg_matrix_rank",
    CONCATENATED: "cat concat concatenate stack hstack vstack row_stack dstack column_stack _chunk_cat",
    SAME: "clamp clip clamp_min clamp_max abs absolute conj_physical round fix trunc floor ceil sgn sign neg negative frac softshrink "
    "bitwise_not hardshrink gelu softplus elu hardsigmoid hardtanh leaky_relu silu mish hardswish lerp.Tensor",
    SCALARS: "complex polar",
    MEAN: "mean",
    EXTREMUM: "max min",
    NARROW: "narrow_copy",
    SEARCH: "searchsorted bucketize",
    MVLGAMMA: "mvlgamma special_multigammaln",
    HEAVISIDE: "heaviside",
    VECTOR: "mv",
    "ldexp can't be cast to the desired output type {Out}": "ldexp",
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
    "quantile() out tensor must be same dtype as the input tensor": "quantile nanquantile",
    "Expected out type to be {Result} but got {Out}": "where",
    "{name} does not support non-boolean outputs.": "isposinf isneginf signbit",
    "expected scalar type '{Result}' but got '{Out}' for {output} output": "mode",
    "expected scalar type {Result} but found {Out}": "log_sigmoid native_batch_norm _native_batch_norm_legit linalg_solve_triangular",
    "self and mat2 must have the same dtype, but got {Out} and {Result}": "addbmm",
    "output {output} must be {kth}": "kthvalue",
    "the output given to float_power has dtype {Out} but the operation's result requires dtype {Result}": "float_power",
    "torch.frexp() expects {output} to have dtype {result} but got {out}": "frexp",
    "torch.ormqr: Expected input and result to have the same dtype, but input has dtype{Result} and result has dtype {Out}": "ormqr",
    "torch.histogram: input tensor and {output} tensor should have the same dtype, but got input {result} and {output} {out}{dimension}":
    "histogram histc",
    "{linalg} expected out tensor dtype {Result} but got: {Out}": "linalg_norm linalg_matrix_norm nuclear_norm",
    "linalg.vecdot: Expected out of dtype{Result} but found {Out}": "linalg_vecdot",
    "multi_dot(): expected out tensor to have dtype {result} but got {out}": "linalg_multi_dot chain_matmul",
    "Expected result to be of dtype uint64, but got {Out}": "hash_tensor",
    "Expected tensor for {median} (while checking arguments for median)": "median.dim nanmedian.dim",
}  # fmt: skip
_POINTWISE = ("where", "clamp", "clip")  # composites with a rule of their own
RULES = {name: text for text, names in _RULES.items() for name in names.split()}
ERRORS = {CONCATENATED: TypeError}
CASTS = {  # refuse only what would lose its kind of number
    CASTABLE, CONCATENATED, COMPLEX, REAL, FLOATING, SAFE, MEAN, EXTREMUM, MVLGAMMA, RULES["ldexp"],
}  # fmt: skip
_OUTPUTS = {
    "geqrf": ("a", "tau"), "linalg_lstsq": ("solution", "residuals", "rank", "singular_values"),
    "linalg_eig": ("eigenvalues", "eigenvectors"), "linalg_eigvals": ("eigenvalues",), "frexp": ("mantissa", "exponent"),
    "histogram": ("hist", "bin_edges"), "histc": ("hist",), "mode": ("values", "indices"), "kthvalue": ("values", "indices"),
}  # fmt: skip
_SAFE_NAMES = {
    "linalg_matrix_power": "matrix_power", "linalg_tensorinv": "tensorinv", "linalg_tensorsolve": "tensorsolve",
    "linalg_cond": "linalg.cond", "linalg_pinv": "linalg.pinv", "geqrf": "torch.geqrf", "linalg_lstsq": "torch.linalg.lstsq",
    "linalg_eig": "torch.linalg.eig", "linalg_eigvals": "torch.linalg.eigvals", "linalg_matrix_rank": "torch.linalg.matrix_rank",
    "linalg_householder_product": "torch.linalg.householder_product",
}  # fmt: skip
_TRANSFORMS = {"ifft2": "fftn", "ifftn": "fftn"}
_NO_CODE = {  # composites that compute in the dtype of `out`: (kinds of dtypes, text)
    "nansum": ("int complex", "nansum_cpu"), "nanmean": ("int complex", "nansum_cpu"),
    "bernoulli": ("complex", "bernoulli_tensor_cpu_self_"),
}  # fmt: skip


def check_out(route: Any, values: list[Any], position: int, out: TensorBase, value: TensorBase) -> bool:
    """Raise where a result cannot be stored in `out`; whether a pointwise operator's result is converted on the way."""
    name, target, operator = route.name, route.target, route.overload.partition(".")[0]
    examples.refuse_out(name, value, out)
    source = dtypes.of(value._array)
    into = dtypes.of(out._array)
    if operator in ("matmul", "linear") and (values[0]._array.ndim, values[1]._array.ndim) == (1, 2) and out._array.size:
        if out._array.shape == value._array.shape:  # PyTorch multiplies a matrix of one row
            warn_resized(None, out._array.shape, (1, *out._array.shape))
    text = _by_operands(operator, values, into, RULES.get(route.overload, RULES.get(operator)))
    pointwise = target.kind == "pointwise" if isinstance(target, Op) else text is None or name in _POINTWISE
    if pointwise and out._array.shape != value._array.shape and any(entry is out for entry in values):
        shapes = shape_text(out._array.shape), shape_text(value._array.shape)
        raise RuntimeError(f"output with shape {shapes[0]} doesn't match the broadcast shape {shapes[1]}")
    if text == CONCATENATED and name.startswith(("cat", "concat")):
        if value._array.size and any(entry is out for entry in values[0]):
            raise RuntimeError(inplace.SHARED)
        _check_apart(values[0], out, value, True)
    elif operator in _APART or route.overload in _APART:
        inplace.check_overlap(out._array)
        _check_apart(values, out, value, False)
    elif operator in _IN_STEP:
        if operator in ("gather", "take_along_dim"):
            _check_apart(values[:1], out, value, True)
        target = _as_resized(out._array, value._array.shape)
        for entry in values:
            if isinstance(entry, TensorBase):
                inplace.check_shared(target, entry._array)
    if operator == "kron":
        version_cell(out).value -= 1  # the write that follows is not counted
    elif operator == "nanmean":
        version_cell(out).value += 1  # the sum is written, then divided in place
    if isinstance(target, Op) and target.computes == COMPARE and into.category not in (dtypes.BOOL, dtypes.COMPLEX):
        if any(isinstance(entry, TensorBase) and entry._array.dtype.kind == "c" for entry in values):
            warn_discard()  # the operands become out's dtype
    kinds, kernel = _NO_CODE.get(operator, ("", ""))
    plain_sum = operator == "nansum" and dtypes.of(values[0]._array).category < dtypes.FLOATING
    if (("int", "int", "float", "complex")[into.category]) in kinds.split() and not plain_sum:
        raise NotImplementedError(f"\"{kernel}\" not implemented for '{into.cpp}'")
    if source is into:
        return False
    if text is None or text == ANY and value._array.dtype is not out._array.dtype and operator in _ACCUMULATED and not plain_sum:
        text = CASTABLE if pointwise and text is None else EXACT
    if text == REAL and into.is_complex:
        raise RuntimeError(text.format(transform=name.replace("2", "n"), Out=into.cpp))
    if not text or text in CASTS and dtypes.can_cast(source, into) or name in ("any", "all") and into is dtypes.uint8:
        if source.category == dtypes.BOOL:  # the operands of comparisons become out's dtype
            compares = isinstance(target, Op) and target.computes == COMPARE and not operator.startswith("logical")
            return compares and common_dtype(target, [getattr(value, "_array", value) for value in values]) is not into
        return text == CASTABLE and RULES.get(route.overload, RULES.get(operator)) is None
    words = {"name": name, "Result": source.cpp, "Out": into.cpp, **words_for(route, values, position, into)}
    words["result"], words["out"] = CPP_NAMES.get(source.cpp, source.cpp), CPP_NAMES.get(into.cpp, into.cpp)
    raise ERRORS.get(text, RuntimeError)(text.format(**words))


def _by_operands(operator: str, values: list[Any], into: dtypes.dtype, text: Any) -> Any:
    """The rule of an operator that hands on to others, by its operands."""
    if operator == "matmul" and values[1]._array.ndim == 1:
        return RULES["dot"] if values[0]._array.ndim == 1 else VECTOR
    if operator == "diag":
        return EXACT if values[0]._array.ndim != 1 or dtypes.can_cast(dtypes.of(values[0]._array), into) else DIAGONAL
    if operator == "inner" and 0 in (values[0]._array.ndim, values[1]._array.ndim):
        return CASTABLE
    if operator in ("abs", "absolute") and values[0]._array.dtype.kind == "c":
        return CASTABLE
    if operator == "pow" and _is_one(values[0]):
        return ANY  # `out` is filled with ones
    if operator in ("fft_ifft", "fft_ihfft") and into.is_complex and values[0]._array.dtype.kind != "c":
        return SAME
    return text


# Operators whose out must have no memory in common with what is read, and those where it may be the same elements in the same layout.
_APART = {
    "take", "index_select", "masked_select", "stack", "kthvalue", "topk", "mode", "nanmedian", "median", "nonzero",
    "max.dim", "min.dim", "cross", "linalg_cross",
}  # fmt: skip
_IN_STEP = {"where", "clamp", "clip", "clamp_min", "clamp_max", "lerp", "cumsum", "cumprod", "sort", "gather", "take_along_dim"}


def _check_apart(given: Any, out: TensorBase, value: TensorBase, warns: bool) -> None:
    """Raise where `out` overlaps what is read, after the warning that it has another shape."""
    for entry in given:
        if isinstance(entry, (list, tuple)):
            _check_apart(entry, out, value, warns)
        if not isinstance(entry, TensorBase):
            continue
        try:
            inplace.check_apart(_as_resized(out._array, value._array.shape) if warns else out._array, entry._array)
        except RuntimeError:
            if warns and out._array.size and out._array.shape != value._array.shape:
                warn_resized(None, out._array.shape, value._array.shape)
            raise


def _as_resized(array: Any, shape: Any) -> Any:
    """What `out` will cover once it is resized, where its memory is large enough for that."""
    root, item = memory.root(array), array.itemsize
    strides = [step * item for step in memory.contiguous_strides(shape)]
    start = memory.byte_offset(array)
    if array.shape == shape or start + max(1, memory.extent(shape, strides) - 1 + item) > root.nbytes:
        return array
    return memory.strided(root, array.dtype, shape, strides, start)


_MEDIAN = (
    "'values' to have the same type as tensor for argument #2 'self'; but type torch.{into}Tensor does not equal torch.{source}Tensor",
    "argument #1 'indices' to have scalar type Long; but got torch.{into}Tensor instead",
)
_ACCUMULATED = {"sum", "nansum", "prod", "cumsum", "cumprod"}
_CHECKED_FIRST = {"std", "var", "dot", "vdot", "amax", "amin", "cummax", "cummin"}  # before anything else that may be wrong


def out_values(route: Any, values: list[Any], outs: list[Any]) -> list[Any]:
    """The values that a call computes with: sums and products are those of elements of out's dtype, if no other is asked for."""
    target, operator = route.target, route.overload.partition(".")[0]
    if operator in _CHECKED_FIRST:
        like = values[0]._array.real if operator in ("std", "var") else values[0]._array
        if like.dtype.kind not in "biu" or operator not in ("std", "var"):
            check_out(route, values, 0, outs[0], wrap(like[..., :0] if like.ndim else like))
    if operator == "pow" and values[0] is not outs[0] and _is_one(values[0]) and values[1]._array.dtype.kind == "c":
        return [1, wrap(values[1]._array.real)]  # one to any power is one, which any `out` takes
    if route.overload == "mean.dim" and values[-1] is None and values[0]._array.dtype.kind not in "biu":
        if dtypes.of(outs[0]._array).category < dtypes.FLOATING:  # the sum is one of whole numbers there, and cannot be divided in place
            inplace.check_cast(dtypes.get_default_dtype(), outs[0]._array)
    elif operator not in _ACCUMULATED or not isinstance(target, Op) or "dtype" not in target.params:
        return values
    place = target.params.index("dtype")
    if values[place] is not None:
        return values
    return [*values[:place], dtypes.of(outs[0]._array), *values[place + 1 :]]


def _is_one(value: Any) -> bool:
    return type(value) is not bool and not isinstance(value, TensorBase) and value == 1


def words_for(route: Any, values: list[Any], position: int, into: dtypes.dtype) -> dict[str, Any]:
    """What else the texts of some operators speak of."""
    name, operator = route.name, route.overload.partition(".")[0]
    outputs = _OUTPUTS.get(operator, ("result",))
    return {
        "transform": _TRANSFORMS.get(name, name.replace("2", "n")),
        "output": outputs[min(position, len(outputs) - 1)],
        "safe": _SAFE_NAMES.get(operator, operator),
        "kth": "of scalar type Long" if position else "of same type as input",
        "dimension": " for dimension 0" if position else "",
        "linalg": "linalg." + {"nuclear_norm": "matrix_norm"}.get(operator, operator.removeprefix("linalg_")),
        "wanted": next((entry for entry in values if isinstance(entry, bool)), False),
        "median": _MEDIAN[min(position, 1)].format(into=into.cpp, source=dtypes.of(values[0]._array).cpp) if "median" in operator else "",
        "heaviside": "complex tensors." if into.is_complex else "tensors with different dtypes.",
    }


# ---------------------------------------------------------------- gradients

_RECORDED = "{}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
_LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
# Compositions name the operator inside that refuses; operators whose out= form PyTorch generates say "aten::".
_GRAD_NAMES = {
    "cross": "linalg_cross", "true_divide": "div", "divide": "div", "outer": "mul", "ger": "mul", "kron": "mul", "square": "pow",
    "column_stack": "cat", "hstack": "cat", "vstack": "cat", "dstack": "cat", "row_stack": "cat", "concat": "cat", "concatenate": "cat",
    "msort": "sort", "take_along_dim": "gather", "norm": "linalg_vector_norm", "nanmean": "nansum", "multiply": "mul", "subtract": "sub",
    "log_sigmoid": "log_sigmoid_forward", "float_power": "pow", "lu_solve": "linalg_lu_solve", "qr": "linalg_qr",
    "max.other": "maximum", "min.other": "minimum", "linalg_inv": "linalg_inv_ex", "inverse": "linalg_inv_ex", "linalg_det": "_linalg_det",
    "linalg_eigh": "_linalg_eigh", "linalg_eigvalsh": "_linalg_eigh", "linalg_solve": "_linalg_solve_ex", "linalg_svd": "_linalg_svd",
    "linalg_svdvals": "_linalg_svd", "linalg_multi_dot": "mm", "linalg_matrix_power": "matmul", "matrix_power": "matmul",
    **dict.fromkeys(("fft_hfft", "fft_hfft2", "fft_hfftn", "fft_irfft", "fft_irfft2", "fft_irfftn"), "_fft_c2r"),
}  # fmt: skip
_GRAD_NAMES |= {
    f"special_{name}": {"expit": "sigmoid", "psi": "digamma", "gammaln": "lgamma", "multigammaln": "mvlgamma", "gammainc": "igamma",
                        "gammaincc": "igammac"}.get(name, name)
    for name in "expit psi digamma gammaln multigammaln gammainc gammaincc polygamma logsumexp erf erfc erfinv exp2 expm1 i0 log1p logit "
    "round sinc xlogy".split()
}  # fmt: skip
_GENERATED = set(
    "conj_physical expand_copy diagonal_copy alias_copy floor_divide softmax as_strided_copy view_copy permute_copy _chunk_cat "
    "slice_scatter scatter.reduce scatter.value_reduce heaviside _native_batch_norm_legit histogram "
    "unfold_copy squeeze_copy unsqueeze_copy transpose_copy log_softmax t_copy linalg_ldl_solve "
    "detach_copy slice_copy select_copy select_scatter diagonal_scatter as_strided_scatter".split()
)
_INSIDE = {
    "svd", "quantile", "nanquantile", "inner", "tensordot", "special_ndtr", "linalg_cond", "linalg_norm", "linalg_matrix_norm",
    "nuclear_norm", "linalg_tensorinv", "linalg_tensorsolve",
}  # they write into out with an in-place operator
_REFUSES = {"geqrf", "linalg_ldl_solve"}  # for all that they have no derivative
_NO_DERIVATIVE = {"isposinf", "isneginf", "nonzero"}
_UNRECORDED = {"histc", "split_with_sizes_copy"}  # nobody asks
_NEVER = ("airy_ai", "bessel_", "chebyshev_", "hermite_", "laguerre_", "legendre_", "modified_",
          "scaled_modified_", "shifted_", "spherical_")  # fmt: skip


def out_grad(route: Any, values: list[Any], outs: list[Any]) -> None:
    """Raise for an out= call that would have to be recorded, as PyTorch's operator does."""
    operator = route.overload.partition(".")[0]
    target = route.target
    if operator not in _REFUSES and isinstance(target, Op) and not target.formulas and target.node_name != "NotImplemented":
        return
    if operator in _NO_DERIVATIVE:
        return
    if operator in _UNRECORDED or operator.startswith("special_") and operator[8:].startswith(_NEVER):
        return
    if operator in _INSIDE and all(out._node is None for out in outs) and any(out._requires_grad for out in outs):
        raise RuntimeError(_LEAF)
    name = _GRAD_NAMES.get(route.overload, _GRAD_NAMES.get(operator, operator))
    if operator == "diag":
        name = "aten::diag_embed" if values[0]._array.ndim == 1 else "aten::diagonal_copy"
    elif operator in ("fft_fft", "fft_ifft", "fft_rfft", "fft_ihfft"):
        name = "_fft_c2c" if values[0]._array.dtype.kind == "c" else "_fft_r2c"
    raise RuntimeError(_RECORDED.format("aten::" + name if {operator, route.overload} & _GENERATED else name))


# ---------------------------------------------------------------- layout

_OWN_LAYOUT = {"linalg_cholesky", "linalg_lu_solve", "lu_solve", "linalg_inv", "inverse", "linalg_solve", "linalg_solve_triangular"}
_OWN_LAYOUT |= {
    "linalg_ldl_solve", "linalg_cholesky_ex", "qr", "linalg_qr", "linalg_ldl_factor", "linalg_ldl_factor_ex", "linalg_lu_factor",
    "linalg_lu_factor_ex", "linalg_inv_ex", "nonzero", "linalg_solve_ex", "svd", "linalg_svd", "triangular_solve", "fft_ihfft",
}
_OWN_IF_EMPTY = {"linalg_householder_product", "orgqr", "ormqr", "geqrf", "cholesky_inverse", "triangular_solve", "linalg_lstsq"}
_SILENT = {"narrow_copy", "addbmm", "multinomial", "bernoulli", "log_sigmoid"}  # resize without a warning


def out_layout(route: Any, outs: list[TensorBase]) -> bool:
    """Whether an `out` that is resized gets the strides of the result."""
    target, operator = route.target, route.overload.partition(".")[0]
    if isinstance(target, Op) and target.kind == "pointwise" or operator in _OWN_LAYOUT:
        return True
    return operator in _OWN_IF_EMPTY and not outs[0]._array.size


def pack_out(route: Any, result: Any, outs: list[TensorBase]) -> Any:
    """What a call with several outs returns."""
    if "_copy" in route.overload:
        return None
    pack = getattr(type(result), "of_out", None)  # named results have a class of their own where they were given
    return tuple(outs) if pack is None else pack(outs)


def out_refused(route: Any, values: list[Any], outs: list[TensorBase]) -> None:
    """Of a pointwise operator without a kernel for its operands: raise where `out` would not do either, which PyTorch sees first."""
    target = route.target
    if not isinstance(target, Op) or not target.promotes:
        return
    operands = [value._array if isinstance(value, TensorBase) else value for value in values]
    common = common_dtype(target, operands)
    shape = np.broadcast_shapes(*[value.shape for value in operands if isinstance(value, np.ndarray)])
    if target.computes != COMPARE:
        check_out(route, values, 0, outs[0], wrap(np.empty(shape, common.np_dtype)))
    if outs[0]._array.size and outs[0]._array.shape != shape:
        warn_resized(route, outs[0]._array.shape, shape)


_COUNTED = {
    "split_copy.Tensor": "split_copy_Tensor_out()", "split_with_sizes_copy": "split_with_sizes_copy_out",
    "unbind_copy.int": "unbind_copy_int_out",
}  # fmt: skip


def out_count(route: Any, results: int, outs: int) -> None:
    """Raise where a list of results is given too few or too many tensors to be stored in."""
    name = _COUNTED.get(route.overload.removesuffix("_out").removesuffix(".out"))
    if name is not None:
        raise RuntimeError(f"{name} expected an out= argument of size {results}, got size {outs}")


def warn_resized(route: Any, shape: tuple[int, ...], required: tuple[int, ...]) -> None:
    """Warn that a tensor given as `out=`, which is not empty, gets another shape."""
    if route is not None and route.overload.partition(".")[0] in _SILENT:
        return
    warn.warn_resized(shape, required)


function.SOURCE.check_out = check_out
function.SOURCE.out_refused = out_refused
function.SOURCE.out_values = out_values
function.SOURCE.out_count = out_count
function.SOURCE.out_grad = out_grad
function.SOURCE.out_layout = out_layout
function.SOURCE.pack_out = pack_out
function.SOURCE.warn_resized = warn_resized
