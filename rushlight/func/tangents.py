"""Forward mode: the tangents of an operator's results from those of its arguments.

In order: the operator's own `.jvp`; LINEAR operators are applied to the tangents; BILINEAR ones to each in turn; a real pointwise
operator's gradient formulas are its derivatives; and any other operator is differentiated by reverse mode twice: its vector-Jacobian
product is linear in the vector, and the gradient of a linear function, for the tangent as vector, is the Jacobian's product with it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes, engine, memory
from rushlight._core.node import edge_of
from rushlight._core.plan import GRAD as GRAD_SLOT, GRADS, INPUT, OUTPUT, fact
from rushlight._core.state import FORWARD_AD, GRAD, MODE, VMAP, get_mode
from rushlight._core.tensor import FOREIGN, LAZY, TensorBase, differentiable, wants_grad, wrap
from rushlight.func import levels
from rushlight.func.batching import plain
from rushlight.ops.declare import REGISTRY
from rushlight.ops.examples import for_each

RULES: dict[str, Any] = {}  # "name.overload" or "name" -> function (op, args, tangents, outputs) -> tangents of the outputs
LINEAR = frozenset(
    "sum mean trace cumsum cat stack clone _to_copy copy fill index index_select gather take index_put scatter_add index_add index_copy "
    "put select_scatter slice_scatter diagonal_scatter masked_scatter flip roll rot90 tril triu diag_embed repeat _unsafe_view "
    "unsafe_split unsafe_split_with_sizes masked_select block_diag select_backward slice_backward diagonal_backward unfold_backward "
    "index_backward as_strided_backward trace_backward masked_scatter_backward strided_part strided_replace _as_strided_scatter "
    "_squeeze_first _func_input _fft_c2c _fft_r2c _fft_c2r max_unpool2d max_unpool3d embedding embedding_dense_backward "
    "reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d replication_pad3d pixel_shuffle "
    "pixel_unshuffle channel_shuffle native_channel_shuffle im2col col2im avg_pool2d avg_pool3d _adaptive_avg_pool2d _adaptive_avg_pool3d "
    "upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d _upsample_nearest_exact2d "
    "_upsample_nearest_exact3d upsample_linear1d upsample_bilinear2d upsample_trilinear3d upsample_bicubic2d".split()
)
BILINEAR = frozenset("mm mv dot bmm vdot linalg_cross mul".split())
NOT_LINEAR = frozenset({"fill.Scalar"})
REFUSED = frozenset(
    "conv_tbc geqrf grid_sampler_2d grid_sampler_3d igamma igammac index_reduce special_zeta ormqr _standard_gamma "
    "rrelu_with_noise.in_place _pack_padded_sequence _foreach_pow _weight_norm_interface fake_quantize_per_tensor_affine_cachemask "
    "cholesky native_dropout_backward huber_loss_backward fake_quantize_per_channel_affine_cachemask _euclidean_dist "
    "_cdist_forward grid_sampler_2d_backward grid_sampler_3d_backward soft_margin_loss_backward".split()
)  # differentiable by reverse mode only, in PyTorch
ZERO_VALUE = {"scatter.value": "value", "masked_fill.Scalar": "value", "index_fill.int_Scalar": "value", "constant_pad_nd": "value"}


def ops(name: str) -> Any:
    """An operator by its name in the registry."""
    return REGISTRY[name]


def zeros_like(tensor: Any) -> Any:
    """Plain zeros of a tensor's shape and dtype."""
    return wrap(np.zeros(tensor._array.shape, tensor._array.dtype))


def push(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """The tangents of the outputs (None for those that have none), given the arguments' tangents (None for zeros)."""
    if not any(tangents[index] is not None for index in op.grad_params):
        return [None] * len(outputs)
    rule = op.jvp
    if rule is None:
        rule = op.jvp = find(op)
    word = get_mode()
    if rule is twice and word & (FORWARD_AD | VMAP) and plain(op, args) and plain(op, tangents):  # so the pass works on arrays
        token = MODE.set(word & ~(FORWARD_AD | VMAP))
        try:
            return rule(op, args, tangents, outputs)  # type: ignore[no-any-return]
        finally:
            MODE.reset(token)
    return rule(op, args, tangents, outputs)  # type: ignore[no-any-return]


def not_implemented(op: Any) -> str:
    """PyTorch's text for an operator without forward mode."""
    if op.node_name == "NotImplemented":
        return f"Trying to use forward AD with aten::{op.name} that does not support it."
    end = "." if op.node_name == "NotImplemented" else " or submit a PR adding the implementation to derivatives.yaml"
    return (
        f"Trying to use forward AD with {op.name} that does not support it because it has not been implemented yet.\nPlease file an issue "
        "to PyTorch at https://github.com/pytorch/pytorch/issues/new?template=feature-request.yml so that we can prioritize its "
        f"implementation{end}"
    )


def refuse(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """The rule of an operator without forward mode."""
    raise NotImplementedError(not_implemented(op))


def find(op: Any) -> Any:
    """The rule of an operator."""
    from rushlight.func import tangents_more  # noqa: F401  (it fills RULES)

    key = f"{op.name}.{op.overload}" if op.overload else op.name
    if op.node_name == "NotImplemented" or op.name in REFUSED or key in REFUSED:
        return refuse
    for name in (key, op.name):
        if name in RULES:
            return RULES[name]
    if key in ZERO_VALUE:
        return with_zero_value
    if op.kind == "view" or op.is_view or op.name in LINEAR and key not in NOT_LINEAR or op.name.endswith("_copy"):
        return linear
    if op.name in BILINEAR:
        return bilinear if len(op.grad_params) == 2 else elementwise
    if op.kind == "pointwise":
        return elementwise
    return twice


# ---------------------------------------------------------------- by kind


def linear(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """The operator itself, on the tangents."""
    arguments = list(args)
    for index in op.grad_params:
        arguments[index] = filled(args[index], tangents[index])
    found = op(*arguments)
    made = list(found) if isinstance(found, (tuple, list)) else [found]
    return [fitted(tangent, output) for tangent, output in zip(made, outputs)]


def filled(value: Any, tangent: Any) -> Any:
    """A tangent, or zeros in its place."""
    if isinstance(value, (tuple, list)):
        parts = [None] * len(value) if tangent is None else tangent
        return [filled(entry, part) for entry, part in zip(value, parts)]
    if not isinstance(value, TensorBase):
        return value * 0 if isinstance(value, (int, float, complex, np.number)) else value
    return zeros_like(value) if tangent is None else tangent


def with_zero_value(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """A linear operator that also writes a number: there the tangent is zero."""
    arguments = list(args)
    arguments[op.params.index(ZERO_VALUE[f"{op.name}.{op.overload}" if op.overload else op.name])] = 0
    arguments[0] = tangents[0]
    return [fitted(op(*arguments), outputs[0])]


def bilinear(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """The product rule."""
    total: Any = None
    for index in op.grad_params:
        if tangents[index] is None:
            continue
        arguments = list(args)
        arguments[index] = tangents[index]
        part = op(*arguments)
        total = part if total is None else total + part
    return [fitted(total, outputs[0])]


def elementwise(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """Each derivative (the gradient formula of the tangent) added up. Complex operands need both parts: see twice()."""
    output = outputs[0]
    if any(isinstance(value, TensorBase) and value._array.dtype.kind == "c" for value in (*args, *outputs)) or len(outputs) > 1:
        return twice(op, args, tangents, outputs)
    if not differentiable(output._array):
        return [None]
    total: Any = None
    for index in op.grad_params:
        if tangents[index] is None:
            continue
        tangent = fitted(tangents[index], output)
        part = evaluate(op, op.grad_bit(index), args, outputs, [tangent])[op.grad_params.index(index)]
        if part is not None:
            part = fitted(part, output)
            if part is tangents[index] and len(op.grad_params) == 1 or part is tangent and total is None:
                part = REGISTRY["clone"](part, None)  # a tangent of its own: writes into the result change it
            total = part if total is None else total + part
    return [total]


def fitted(tangent: Any, output: Any) -> Any:
    """A tangent in the shape and dtype of what it belongs to."""
    if tangent is None or not differentiable(output._array):
        return None
    if tangent._array.shape != output._array.shape:
        tangent = REGISTRY["expand"](tangent, output._array.shape, False)
    if tangent._array.dtype is not output._array.dtype:
        if tangent._array.dtype.kind == "c" and output._array.dtype.kind != "c":
            tangent = REGISTRY["real"](tangent)
        if tangent._array.dtype is not output._array.dtype:
            tangent = REGISTRY["_to_copy"](tangent, dtype=dtypes.of(output._array))
    return tangent


def joined(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any], made: list[Any]) -> list[Any]:
    """The tangents, part of the graphs that PyTorch's are part of: its product rule has a term of zeros for each argument without a
    tangent, so that the other factors' graphs lead to the sum."""
    if op.jvp in LINEAR_RULES or made[0] is None or levels.reaches_graph(made[0]):
        return made
    for index in op.grad_params:
        value = args[index]
        if tangents[index] is not None or isinstance(value, (list, tuple)) or value is None:
            continue
        tensor = isinstance(value, TensorBase)
        if tensor and not differentiable(value._array):
            continue
        zeros: list[Any] = [None] * len(args)
        zeros[index] = zeros_like(value) if tensor else wrap(np.zeros((), outputs[0]._array.dtype))
        term = op.jvp(op, args, zeros, outputs)[0]
        if term is not None and levels.reaches_graph(term):
            return [made[0] + REGISTRY["nan_to_num"](term, 0.0, 0.0, 0.0), *made[1:]]
    return made


# ---------------------------------------------------------------- formulas


def evaluate(op: Any, mask: int, args: list[Any], outputs: list[Any], grads: list[Any]) -> list[Any]:
    """The gradient formulas of an operator, on tensors: one result for each differentiable parameter."""
    plan = op.plan_for(mask)
    values: list[Any] = []
    for kind, index in zip(plan.kinds, plan.indices):
        if kind == INPUT:
            values.append(args[index])
        elif kind == OUTPUT:
            values.append(outputs[index])
        else:
            value = args[index]
            if isinstance(value, (list, tuple)):
                values.append([fact(kind, entry._array) for entry in value])
            else:
                values.append(fact(kind, value._array) if isinstance(value, TensorBase) else None)
    results: list[Any] = [None] * len(op.grad_params)
    for step in plan.steps:
        wanted = [bool(mask >> edge & 1) for edge in step.edges]
        arguments = [
            values[slot] if slot >= 0 else grads[0] if slot == GRAD_SLOT else grads if slot == GRADS else wanted for slot in step.slots
        ]
        found = step.function(*arguments)
        if step.several:
            for position, edge in enumerate(step.edges):
                results[edge] = found[position]
        else:
            results[step.edges[0]] = found
    return results


def twice(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """The gradient, with respect to the vector, of the vector-Jacobian product."""
    word = get_mode()
    mask = 0
    for index in op.grad_params:
        if tangents[index] is not None:
            mask |= op.grad_bit(index)
    base = _stratum(args)
    token = MODE.set(word | GRAD)
    try:
        dummies: list[Any] = []
        wanted = given_outputs(op, args, len(outputs))
        for number, output in enumerate(outputs):
            dummy = levels.lift(base, zeros_like(output)) if differentiable(output._array) and wanted[number] else None
            if dummy is not None:
                dummy._requires_grad = True
            dummies.append(dummy)
        given = [dummy for index, dummy in enumerate(dummies) if index not in op.constants]
        products = differentiable_products(op, mask, args, outputs, given)
        roots, starts = _paired(op, args, products, tangents)
    finally:
        MODE.reset(token)
    live = [dummy for dummy in dummies if dummy is not None]
    if not roots:
        return [None if dummy is None else zeros_like(dummy) for dummy in dummies]
    record = bool(word & GRAD)
    try:
        found = engine.execute(roots, starts, record, record, [(dummy, 0) for dummy in live], False)
    except (RuntimeError, IndexError) as error:  # a gradient that has no derivative itself
        if isinstance(error, IndexError) or "is not implemented" in str(error):
            raise NotImplementedError(not_implemented(op)) from None
        raise
    made = iter(found or [None] * len(live))
    result: list[Any] = []
    for dummy, output in zip(dummies, outputs):
        tangent: Any = None if dummy is None else next(made)
        if dummy is not None and tangent is None:
            tangent = zeros_like(dummy)
        result.append(tangent if tangent is None else fitted(tangent, output))
    return result


def differentiable_products(op: Any, mask: int, args: list[Any], outputs: list[Any], dummies: list[Any]) -> list[Any]:
    """evaluate(), with PyTorch's error for operators whose gradients have no derivatives."""
    try:
        return evaluate(op, mask, args, outputs, dummies)
    except (RuntimeError, NotImplementedError) as error:
        if "is not implemented" in str(error):
            raise NotImplementedError(not_implemented(op)) from None
        raise


def given_outputs(op: Any, args: list[Any], count: int) -> Any:
    """Which outputs have derivatives: not all where an operator has an `output_mask` or results that are constant."""
    for name in ("output_mask", "wanted"):
        if name in op.params:
            return args[op.params.index(name)]
    return [index not in op.constants for index in range(count)]


def _paired(op: Any, args: list[Any], products: list[Any], tangents: list[Any]) -> tuple[list[Any], list[Any]]:
    """The products that depend on the vector, summed to their inputs' shapes, with the tangents."""
    roots: list[Any] = []
    starts: list[Any] = []
    for place, index in enumerate(op.grad_params):
        given = products[place]
        if given is None or tangents[index] is None:
            continue
        listed = isinstance(args[index], (tuple, list))
        trios = zip(given, tangents[index], args[index]) if listed else [(given, tangents[index], args[index])]
        for product, tangent, value in trios:
            if tangent is None or not isinstance(product, TensorBase) or not wants_grad(product):
                continue
            if product._array.shape != value._array.shape:
                product = REGISTRY["sum_to"](product, value._array.shape)
            if product._array.dtype.kind == "c" and value._array.dtype.kind != "c":
                product = REGISTRY["real"](product)
            if tangent._array.dtype is not product._array.dtype:
                tangent = fitted(tangent, product)
            roots.append(edge_of(product))
            starts.append(tangent)
    return roots, starts


def _stratum(args: list[Any]) -> Any:
    """The innermost vmap level among some arguments."""
    found: Any = None
    for value in args:
        for entry in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(entry, TensorBase) and entry._batch is not None:
                level = entry._batch.level
                if found is None or level.number > found.number:
                    found = level
    return found


# ---------------------------------------------------------------- memory


def laid_out(tangent: Any, tensor: Any) -> Any:
    """The tangent with the primal's layout in memory: a copy where it has another one, so that views of both go together."""
    first, second = tangent._array, tensor._array
    if first.base is None and second.base is None and first.flags.c_contiguous and second.flags.c_contiguous:
        return tangent
    if (tangent._flags | tensor._flags) & FOREIGN:  # no memory whose layout would tell
        return tangent
    batched = tangent._batch is not None or tensor._batch is not None
    if batched and memory.element_strides(tangent._array) != memory.element_strides(tensor._array) or _lie_alike(tangent, tensor, batched):
        return tangent
    made = REGISTRY["_new_zeros_with_same_feature_meta"](tangent, tensor, 0)
    made._flags |= tensor._flags & LAZY
    return REGISTRY["copy_"](made, tangent, False)


def _lie_alike(tangent: Any, tensor: Any, batched: bool) -> bool:
    """Whether two tensors of the same sizes mean the same elements of equally large memory."""
    if (tangent._flags ^ tensor._flags) & LAZY:
        return False
    shape = tensor._array.shape
    for size, step, other in zip(shape, memory.element_strides(tangent._array), memory.element_strides(tensor._array)):
        if step != other and size > 1:
            return False
    if batched or tensor._array.base is None and tangent._array.base is None:
        return True
    first, second = tensor._array, tangent._array
    if memory.byte_offset(first) != memory.byte_offset(second) and first.size:
        return False
    return bool(memory.root(first).nbytes == memory.root(second).nbytes)


def is_wider(tangent: Any, other: Any) -> bool:
    """Whether a tangent has examples of a level that another one knows nothing of."""
    level, known = _stratum([tangent]), _stratum([other])
    return level is not None and (known is None or known.number < level.number)


def for_view(target: Any, level: Any, tangent: Any) -> Any:
    """The tangent of a tensor that is written into and has none yet, or a narrower one: a view's base gets one, of which the view's is a
    part."""
    view = target._view
    if view is None:
        return tangent
    base = view.base
    whole = levels.tangent_at(base, level)
    if whole is None:
        whole = for_each(zeros_like(base), tangent)
        levels.set_tangents(base, (*levels.tangents_of(base), (level, whole)))
    elif is_wider(tangent, whole):
        whole = for_each(REGISTRY["clone"](whole, None), tangent)
        levels.set_tangents(base, [(entry, whole if entry is level else held) for entry, held in levels.tangents_of(base)])
    array = target._array
    offset = memory.storage_offset(array) - memory.storage_offset(base._array)
    strides = memory.element_strides(array)
    if memory.element_strides(base._array) != memory.element_strides(whole._array):
        return tangent
    part = REGISTRY["as_strided"](whole, array.shape, strides, offset)
    REGISTRY["copy_"](part, tangent, False)
    return part


# ---------------------------------------------------------------- rules of single operators


def rule(*names: str) -> Any:
    """Register a rule."""

    def register(function: Any) -> Any:
        for name in names:
            RULES[name] = function
        return function

    return register


@rule("detach")
def _detach(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    return [None]


@rule("view", "_reshape_alias", "_unsafe_view")
def _view(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """A tangent need not have the memory layout of its primal."""
    if op.name == "_unsafe_view" and tangents[0]._array.flags.c_contiguous:
        return [op(tangents[0], args[1])]
    return [REGISTRY["reshape"](tangents[0], outputs[0]._array.shape)]


@rule("as_strided")
def _as_strided(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    array, tangent = args[0]._array, tangents[0]
    strides = memory.element_strides(array)
    offset = memory.storage_offset(array) if args[3] is None else args[3]
    offset -= memory.storage_offset(array)
    if tangent._batch is None and memory.element_strides(tangent._array) != strides:
        made = REGISTRY["empty_strided"](array.shape, strides, tangent.dtype, None, None, None, False)
        tangent = REGISTRY["copy_"](made, tangent, False)
    if offset >= 0 or tangent._batch is None and memory.storage_offset(tangent._array) + offset >= 0:
        return [op(tangent, args[1], args[2], memory.storage_offset(tangent._array) + offset)]
    raise NotImplementedError("forward mode of as_strided over memory that lies before the tensor")


def _pushed_logsumexp(source: Any, tangent: Any, dims: Any, keepdim: bool) -> Any:
    """The tangent of logsumexp: the mean of the tangents, weighted by the exponentials."""
    highest = REGISTRY["amax"](source, dims, True) if source._array.size else None
    weights = REGISTRY["exp"](source if highest is None else source - highest)
    total = REGISTRY["sum.dim_IntList"]
    return total(weights * tangent, dims, keepdim) / total(weights, dims, keepdim)


@rule("logsumexp")
def _logsumexp(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    if args[0]._array.dtype.kind == "c":
        return twice(op, args, tangents, outputs)
    return [_pushed_logsumexp(args[0], tangents[0], args[1], args[2])]


@rule("_softmax")
def _softmax(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    tangent = fitted(tangents[0], outputs[0])
    return [outputs[0] * (tangent - _pushed_logsumexp(args[0], tangent, [args[1]], True))]


@rule("_log_softmax")
def _log_softmax(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    tangent = fitted(tangents[0], outputs[0])
    return [tangent - _pushed_logsumexp(args[0], tangent, [args[1]], True)]


@rule("logcumsumexp")
def _logcumsumexp(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    dim, size = args[1], REGISTRY["real"](args[0])
    highest = REGISTRY["amax"](size, [dim], True) if args[0]._array.ndim else size
    highest = REGISTRY["nan_to_num"](REGISTRY["detach"](highest), 0.0, 0.0, 0.0)
    scaled = REGISTRY["cumsum"](REGISTRY["exp"](args[0] - highest) * tangents[0], dim)
    limit = math.log(float(np.finfo(outputs[0]._array.dtype).max)) - 1  # beyond it all terms are zero
    apart = highest - outputs[0]
    apart = apart if apart.is_complex() else REGISTRY["clamp_max"](apart, limit)
    return [scaled * REGISTRY["exp"](apart)]


@rule("std.correction")
def _std(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """Zero where all elements are the same, as PyTorch has it."""
    source, dims, correction, keepdim = args
    if source._array.dtype.kind == "c":
        return twice(op, args, tangents, outputs)
    rank = source._array.ndim
    dims = list(range(rank)) if dims is None or dims == [] or dims == () else [dims] if isinstance(dims, int) else list(dims)
    count = math.prod([source._array.shape[dim] for dim in dims]) if rank else 1
    centred = source - REGISTRY["mean.dim"](source, dims, True)
    product = REGISTRY["sum.dim_IntList"](centred * tangents[0], dims, keepdim)
    found = product / (outputs[0] * max(count - (1 if correction is None else correction), 0))
    return [REGISTRY["masked_fill.Scalar"](found, REGISTRY["eq.Scalar"](outputs[0], 0), 0)]


@rule("sort", "topk", "cummax", "cummin")
def _gathered(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    dim = args[op.params.index("dim")]
    return [REGISTRY["gather"](tangents[0], dim, outputs[1], False), None]


@rule("linalg_vector_norm", "_norm_over")
def _norm(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    """The gradient of each result in its own elements, times the tangent, summed: zero where the gradient is masked."""
    result = outputs[0]
    gradient = evaluate(op, 1, args, outputs, [REGISTRY["add.Scalar"](zeros_like(result), 1)])[0]
    if gradient is None:  # a count of elements
        return [zeros_like(result)]
    product = REGISTRY["_conj_physical"](gradient) * tangents[0] if gradient.is_complex() else gradient * tangents[0]
    product = REGISTRY["real"](product) if product.is_complex() else product
    return [fitted(REGISTRY["sum.dim_IntList"](product, args[2], args[3]), result)]


@rule("convolution")
def _convolution(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    source, weight, bias = tangents[:3]
    total: Any = None
    if source is not None:
        total, bias = op(source, args[1], bias, *args[3:]), None
    if weight is not None:
        part = op(args[0], weight, bias, *args[3:])
        total, bias = part if total is None else total + part, None
    if bias is not None:
        total = op(zeros_like(args[0]), args[1], bias, *args[3:])
    return [fitted(total, outputs[0])]


@rule("addmm", "addmv", "addr", "baddbmm", "addbmm")
def _affine(op: Any, args: list[Any], tangents: list[Any], outputs: list[Any]) -> list[Any]:
    own, first, second = tangents[:3]
    beta, alpha = args[3], args[4]
    total = None if own is None else own * beta
    for place, tangent in ((1, first), (2, second)):
        if tangent is None:
            continue
        factors = [args[1], args[2]]
        factors[place - 1] = tangent
        part = op(zeros_like(outputs[0]), *factors, 0, alpha)
        total = part if total is None else total + part
    return [fitted(total, outputs[0])]


LINEAR_RULES = frozenset({linear, with_zero_value, _detach, _view, _as_strided})
