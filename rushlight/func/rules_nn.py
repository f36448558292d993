"""Batching rules of the operators below torch.nn: convolution, normalization, pooling, resampling.

Most have a dimension of independent samples in front already: a vmap level's examples become more of those (fold). A convolution
whose weights differ between examples becomes one of as many groups; a batch norm's examples become more channels.
"""

from __future__ import annotations

import math
from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.func.batching import FORWARD_BY_PARTS, RULES, decomposed, front, full, loop_quietly, padded, rank_of, rule
from rushlight.func.levels import Level
from rushlight.func.rules_linalg import _leading
from rushlight.func.rules_reduce import shifted
from rushlight.ops.declare import REGISTRY
from rushlight.ops.normalization import check_normalized


def merged(value: Any) -> Any:
    """The first two dimensions as one."""
    shape = value._array.shape
    return REGISTRY["reshape"](value, (shape[0] * shape[1], *shape[2:]))


def parted(value: Any, count: int) -> Any:
    """The first dimension as `count` times the rest."""
    shape = value._array.shape
    return REGISTRY["reshape"](value, (count, shape[0] // count, *shape[1:]))


def fold(spatial: int, sizes: str = "") -> Any:
    """A rule for an operator on samples of channels of `spatial` dimensions (with fewer dimensions: on one sample).

    sizes: a parameter that holds the whole shape of the input.
    """

    def run(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
        found = list(values)
        places = [index for index in op.tensor_params if isinstance(values[index], TensorBase)]
        samples = rank_of(values[places[0]], dims[places[0]]) > spatial + 1
        for index in places:
            value = full(values[index], dims[index], level)
            found[index] = merged(value) if samples else value
        if sizes:
            place = op.params.index(sizes)
            found[place] = [level.size * values[place][0], *values[place][1:]]
        result = op.apply(found)
        outputs = list(result) if isinstance(result, (tuple, list)) else result
        if not samples:
            return outputs, 0
        if isinstance(outputs, list):
            return [parted(entry, level.size) for entry in outputs], 0
        return parted(outputs, level.size), 0

    return run


for _names, _rule in (
    ("max_pool2d_with_indices max_pool2d_with_indices_backward _max_pool2d_values avg_pool2d avg_pool2d_backward _adaptive_avg_pool2d "
     "_adaptive_avg_pool2d_backward adaptive_max_pool2d adaptive_max_pool2d_backward max_unpool2d reflection_pad2d replication_pad2d "
     "reflection_pad2d_backward replication_pad2d_backward im2col", fold(2)),
    ("max_pool3d_with_indices max_pool3d_with_indices_backward _max_pool3d_values avg_pool3d avg_pool3d_backward _adaptive_avg_pool3d "
     "_adaptive_avg_pool3d_backward adaptive_max_pool3d adaptive_max_pool3d_backward max_unpool3d reflection_pad3d replication_pad3d "
     "reflection_pad3d_backward replication_pad3d_backward", fold(3)),
    ("reflection_pad1d replication_pad1d reflection_pad1d_backward replication_pad1d_backward col2im", fold(1)),
    ("channel_shuffle native_channel_shuffle grid_sampler_2d grid_sampler_2d_backward grid_sampler_3d grid_sampler_3d_backward "
     "grid_sampler_2d_double_backward grid_sampler_3d_double_backward", fold(-1)),
    ("upsample_nearest1d upsample_nearest2d upsample_nearest3d _upsample_nearest_exact1d _upsample_nearest_exact2d "
     "_upsample_nearest_exact3d upsample_linear1d upsample_bilinear2d upsample_trilinear3d upsample_bicubic2d _upsample_bilinear2d_aa "
     "_upsample_bicubic2d_aa _upsample_lanczos2d_aa", fold(-1)),
    ("upsample_nearest1d_backward upsample_nearest2d_backward upsample_nearest3d_backward _upsample_nearest_exact1d_backward "
     "_upsample_nearest_exact2d_backward _upsample_nearest_exact3d_backward upsample_linear1d_backward upsample_bilinear2d_backward "
     "upsample_trilinear3d_backward upsample_bicubic2d_backward _upsample_bilinear2d_aa_backward _upsample_bicubic2d_aa_backward "
     "_upsample_lanczos2d_aa_backward", fold(-1, "input_size")),
    ("affine_grid_generator", fold(-1, "size")),
):  # fmt: skip
    for _name in _names.split():
        RULES[_name] = _rule


def _fractional(spatial: int) -> Any:
    """A rule for pooling by random windows: an example of samples has random numbers for at least as many of them."""

    def run(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
        source, random = full(values[0], dims[0], level), full(values[3], dims[3], level)
        samples = source._array.ndim > spatial + 2
        count = source._array.shape[1] if samples else 1
        if random._array.ndim != 4 or random._array.shape[1] < count:
            return loop_quietly(op, values, dims, level)  # which raises
        random = merged(REGISTRY["slice.Tensor"](random, 1, 0, count, 1))
        found = op.apply([merged(source) if samples else source, values[1], values[2], random])
        return [parted(entry, level.size) for entry in found] if samples else list(found), 0

    return run


for _count in (2, 3):
    RULES[f"fractional_max_pool{_count}d"] = _fractional(_count)
    RULES[f"fractional_max_pool{_count}d_backward"] = fold(_count)


@rule("one_hot")
def _one_hot(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    if values[1] <= 0:
        raise RuntimeError("When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive num_classes argument.")
    return op.apply(values), dims[0]


for _name in ("pixel_shuffle", "pixel_unshuffle", "linalg_ldl_factor_ex", "ormqr"):
    RULES[_name] = _leading


@rule("linalg_ldl_solve")
def _ldl_solve(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    ranks = [rank_of(values[index], dims[index]) + (index == 1) for index in range(3)]
    found = [padded(full(values[index], dims[index], level), 0, max(ranks) - (index == 1)) for index in range(3)]
    return op.apply([*found, values[3]]), 0


@decomposed("native_dropout_backward")
def _dropout_backward(grad_output: Any, mask: Any, scale: Any) -> Any:
    return grad_output * mask * scale


@rule("log_sigmoid_forward", "frexp")
def _alike(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    found = list(values)
    for index in op.tensor_params:
        found[index] = full(values[index], dims[index], level)
    result = op.apply(found)
    return (list(result), 0) if isinstance(result, (tuple, list)) else (result, 0)


@rule("_trilinear")
def _trilinear(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    operands = [full(values[index], dims[index], level) for index in range(3)]
    return op.apply([*operands, *[[dim + 1 for dim in entry] for entry in values[3:7]], values[7] + 1]), 0


@rule("glu_backward")
def _glu_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    grad, source = (full(values[index], dims[index], level) for index in (0, 1))
    return op.apply([grad, source, shifted(values[2], source._array.ndim - 1)]), 0


@rule("_fft_c2c", "_fft_r2c", "_fft_c2r")
def _fft(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value = front(values[0], dims[0])
    return op.apply([value, shifted(values[1], value._array.ndim - 1), *values[2:]]), 0


# ---------------------------------------------------------------- searches


@rule("searchsorted.Tensor", "searchsorted.Scalar")
def _searchsorted(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    found = list(values)
    for index in op.tensor_params:
        if isinstance(values[index], TensorBase):
            found[index] = full(values[index], dims[index], level)
    if op.overload == "Scalar":
        return loop_quietly(op, values, dims, level)
    sequence, wanted = found[0], found[1]
    if rank_of(values[0], dims[0]) == 1:  # one sequence for wanted values of any shape
        shape = wanted._array.shape
        found[1] = REGISTRY["reshape"](wanted, (shape[0], math.prod(shape[1:])))
        return REGISTRY["reshape"](op.apply(found), shape), 0
    found[0] = sequence
    return op.apply(found), 0


@rule("bucketize.Tensor", "bucketize.Scalar", "isin.Tensor_Tensor", "isin.Tensor_Scalar", "isin.Scalar_Tensor")
def _each(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    if dims[0] is not None and not any(dims[index] is not None for index in op.tensor_params[1:]) and op.tensor_params[0] == 0:
        if rank_of(values[0], dims[0]) or op.name != "isin":
            return op.apply(values), dims[0]
    return loop_quietly(op, values, dims, level)


# ---------------------------------------------------------------- convolution


def _into(value: Any, dim: int | None, place: int, level: Level) -> Any:
    """The examples next to dimension `place`, joined with it."""
    value = full(value, dim, level)
    value = REGISTRY["movedim.int"](value, 0, place)
    shape = value._array.shape
    return REGISTRY["reshape"](value, (*shape[:place], shape[place] * shape[place + 1], *shape[place + 2 :]))


def _out_of(value: Any, place: int, level: Level) -> Any:
    """A dimension parted into examples (now first) and the rest."""
    shape = value._array.shape
    value = REGISTRY["reshape"](value, (*shape[:place], level.size, shape[place] // level.size, *shape[place + 1 :]))
    return REGISTRY["movedim.int"](value, place, 0)


@rule("convolution")
def _convolution(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    found = list(values)
    if dims[1] is None and dims[2] is None:
        found[0] = merged(full(values[0], dims[0], level))
        return parted(op.apply(found), level.size), 0
    found[0] = _into(values[0], dims[0], 1, level)
    found[1] = _into(values[1], dims[1], 0, level)
    if values[2] is not None:
        found[2] = merged(full(values[2], dims[2], level))
    groups = op.params.index("groups")
    found[groups] = values[groups] * level.size
    return _out_of(op.apply(found), 1, level), 0


@rule("convolution_backward")
def _convolution_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    found = list(values)
    wanted = values[op.params.index("wanted")]
    if dims[2] is None and not wanted[1] and not wanted[2]:
        found[0], found[1] = (merged(full(values[index], dims[index], level)) for index in (0, 1))
        outputs = list(op.apply(found))
        return [None if entry is None else parted(entry, level.size) for entry in outputs[:1]] + outputs[1:], [0, None, None]
    found[0], found[1] = (_into(values[index], dims[index], 1, level) for index in (0, 1))
    found[2] = _into(values[2], dims[2], 0, level)
    groups, sizes = op.params.index("groups"), op.params.index("bias_sizes")
    found[groups] = values[groups] * level.size
    if values[sizes]:
        found[sizes] = [values[sizes][0] * level.size]
    outputs = list(op.apply(found))
    places = (1, 0, 0)
    return [
        entry if entry is None or not flag else _out_of(entry, place, level) for entry, place, flag in zip(outputs, places, wanted)
    ], [0 if flag else None for flag in wanted]


# ---------------------------------------------------------------- normalization


@rule("native_layer_norm")
def _layer_norm(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    value = full(values[0], dims[0], level)
    if not values[1]:
        check_normalized(value, values[1], None, None)
    if dims[2] is None and dims[3] is None:
        return list(op.apply([value, *values[1:]])), 0
    result, mean, rstd = op.apply([value, values[1], None, None, values[4]])
    rank = value._array.ndim - 1
    for index, join in ((2, REGISTRY["mul.Tensor"]), (3, REGISTRY["add.Tensor"])):
        if values[index] is not None:
            result = join(result, padded(values[index], dims[index], rank))
    return [result, mean, rstd], 0


def _moments(input: Any, rstd: Any, dims: Any) -> tuple[Any, Any]:
    """Mean and inverse deviation as functions of the input: those that a forward pass gives are constants to derivatives."""
    variance, mean = REGISTRY["var_mean.correction"](input, dims, 0, True)
    eps = REGISTRY["detach"](rstd**-2 - variance)
    return mean, REGISTRY["rsqrt"](variance + eps)


@decomposed("native_layer_norm_backward")
def _layer_norm_backward(
    grad: Any, input: Any, normalized_shape: Any, mean: Any, rstd: Any, weight: Any, bias: Any, output_mask: Any
) -> Any:
    own = len(normalized_shape)
    rank = input._array.ndim
    last, lead = list(range(rank - own, rank)), list(range(rank - own))
    mean, rstd = _moments(input, rstd, last)
    hat = (input - mean) * rstd
    scaled = grad if weight is None else grad * weight

    def mean_of(value: Any) -> Any:
        return REGISTRY["mean.dim"](value, last, True)

    def summed(value: Any) -> Any:
        return REGISTRY["sum.dim_IntList"](value, lead, False) if lead else value

    to_input = (scaled - mean_of(scaled) - hat * mean_of(scaled * hat)) * rstd if output_mask[0] else None
    to_weight = summed(grad * hat) if output_mask[1] and weight is not None else None
    to_bias = summed(grad) if output_mask[2] and bias is not None else None
    return [entry if entry is not None else grad.new_zeros(()) for entry in (to_input, to_weight, to_bias)]


def _layer_norm_by_parts(input: Any, normalized_shape: Any, weight: Any, bias: Any, eps: Any) -> Any:
    rank = input._array.ndim
    if not normalized_shape:
        check_normalized(input, normalized_shape, None, None)
    variance, mean = REGISTRY["var_mean.correction"](input, list(range(rank - len(normalized_shape), rank)), 0, True)
    rstd = REGISTRY["rsqrt"](variance + eps)
    found = (input - mean) * rstd
    found = found if weight is None else found * weight
    return found if bias is None else found + bias, REGISTRY["detach"](mean), REGISTRY["detach"](rstd)


def _channels(value: Any, rank: int) -> Any:
    """A vector over the channels as a factor of tensors of rank `rank`."""
    return REGISTRY["view"](value, (-1, *(1,) * (rank - 2)))


@decomposed("native_group_norm")
def _group_norm(input: Any, weight: Any, bias: Any, N: Any, C: Any, HxW: Any, group: Any, eps: Any) -> Any:
    shape = input._array.shape
    blocks = REGISTRY["reshape"](input, (N, group, C // group * HxW))
    variance, mean = REGISTRY["var_mean.correction"](blocks, [2], 0, True)
    rstd = REGISTRY["rsqrt"](variance + eps)
    found = REGISTRY["reshape"]((blocks - mean) * rstd, shape)
    if weight is not None:
        found = found * _channels(weight, len(shape))
    if bias is not None:
        found = found + _channels(bias, len(shape))
    return [found, REGISTRY["squeeze.dim"](mean, 2), REGISTRY["squeeze.dim"](rstd, 2)]


@decomposed("native_group_norm_backward")
def _group_norm_backward(
    grad: Any, input: Any, mean: Any, rstd: Any, weight: Any, N: Any, C: Any, HxW: Any, group: Any, output_mask: Any
) -> Any:
    shape = input._array.shape
    blocks = REGISTRY["reshape"](input, (N, group, C // group * HxW))
    mean, rstd = _moments(blocks, REGISTRY["unsqueeze"](rstd, 2), [2])
    hat = (blocks - mean) * rstd
    scaled = REGISTRY["reshape"](grad if weight is None else grad * _channels(weight, len(shape)), (N, group, C // group * HxW))

    def mean_of(value: Any) -> Any:
        return REGISTRY["mean.dim"](value, [2], True)

    others = [dim for dim in range(len(shape)) if dim != 1]
    to_input = REGISTRY["reshape"]((scaled - mean_of(scaled) - hat * mean_of(scaled * hat)) * rstd, shape)
    to_weight = REGISTRY["sum.dim_IntList"](grad * REGISTRY["reshape"](hat, shape), others, False)
    return [to_input, to_weight, REGISTRY["sum.dim_IntList"](grad, others, False)]


FORWARD_BY_PARTS.update(
    native_layer_norm=_layer_norm_by_parts, native_layer_norm_backward=_layer_norm_backward,
    native_group_norm=lambda *args: tuple(_group_norm(*args)), native_group_norm_backward=_group_norm_backward,
)  # fmt: skip
_RUNNING = (
    "Batch norm got a batched tensor as input while the running_mean or running_var, which will be updated in place, were not "
    "batched.\nIf you are using a module and do not need eval mode, please set `track_running_stats` to be False.If you are using a "
    "prebuilt module and do not need eval mode, please see the functorch website for resources on how to patch your module to work "
    "with vmap"
)


@rule("native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit.no_stats", "_native_batch_norm_legit_no_training",
      "native_batch_norm_backward", "_batch_norm_with_update", "_batch_norm_no_update")  # fmt: skip
def _batch_norm(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    said = [bool(value) for name, value in zip(op.params, values) if name in ("train", "training")]
    training = said[0] if said else op.name == "_batch_norm_with_update"
    wide = {"input", "grad_out"}
    for name in ("running_mean", "running_var"):
        if name in op.params and training and "backward" not in op.name:
            place = op.params.index(name)
            if values[place] is not None and dims[place] is None:
                raise RuntimeError(_RUNNING)
    found = list(values)
    for index in op.tensor_params:
        if not isinstance(values[index], TensorBase):
            continue
        if op.params[index] in wide:
            found[index] = _into(values[index], dims[index], 1, level)
        else:
            value = full(values[index], dims[index], level)
            found[index] = merged(value) if value._array.ndim > 1 and value._array.size else values[index]
    outputs = list(op.apply(found))
    results: list[Any] = []
    places: list[Any] = []
    for number, entry in enumerate(outputs):
        empty = entry is None or not entry._array.size
        results.append(entry if empty else _out_of(entry, 0 if number else 1, level))
        places.append(None if empty else 0)
    return results, places


@rule("_prelu_kernel_backward")
def _prelu_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    rank = max(rank_of(value, dim) for value, dim in zip(values, dims))
    grad, source, weight = (padded(value, dim, rank) for value, dim in zip(values, dims))
    if dims[0] is None and dims[1] is None:  # the results have the shape of the input
        grad = full(grad, None, level)
    return list(op.apply([grad, source, weight])), 0


@decomposed("conv_tbc")
def _conv_tbc(source: Any, weight: Any, bias: Any, pad: int = 0) -> Any:
    zero, one = [0], [1]
    moved = source.permute(1, 2, 0), weight.permute(2, 1, 0), bias
    return REGISTRY["convolution"](*moved, one, [pad], one, False, zero, 1).permute(2, 0, 1)
