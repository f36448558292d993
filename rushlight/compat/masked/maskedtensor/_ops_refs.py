"""torch.masked.maskedtensor._ops_refs: which functions and operators MaskedTensors know, and what these do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from rushlight._ops import OPS
from rushlight.masked.maskedtensor.binary import NATIVE_BINARY_FNS, NATIVE_INPLACE_BINARY_FNS, _apply_native_binary
from rushlight.masked.maskedtensor.core import MaskedTensor, _get_data, _masks_match, _maybe_get_mask, is_masked_tensor
from rushlight.masked.maskedtensor.passthrough import PASSTHROUGH_FNS, _apply_pass_through_fn
from rushlight.masked.maskedtensor.reductions import NATIVE_REDUCE_FNS, TENSOR_REDUCE_FNS, TORCH_REDUCE_FNS, _apply_reduction
from rushlight.masked.maskedtensor.unary import NATIVE_INPLACE_UNARY_FNS, NATIVE_UNARY_FNS, _apply_native_unary

import rushlight as torch

__all__: list[str] = []
aten = OPS.aten

# ---------------------------------------------------------------- above autograd


def _need_masked(name: str, value: Any) -> None:
    if not is_masked_tensor(value):
        raise ValueError(f"{name} forward: input must be a MaskedTensor.")


class _MaskedContiguous(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, input: Any) -> Any:
        _need_masked("MaskedContiguous", input)
        if input.is_contiguous():
            return input
        return MaskedTensor(input.get_data().contiguous(), input.get_mask().contiguous())

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        return grad_output


class _MaskedToDense(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, input: Any) -> Any:
        _need_masked("MaskedToDense", input)
        ctx.layout = input.layout
        if input.layout == torch.strided:
            return input
        return MaskedTensor(input.get_data().to_dense(), input.get_mask().to_dense())

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        if ctx.layout == torch.sparse_coo:
            return _MaskedToSparse.apply(grad_output)
        if ctx.layout == torch.sparse_csr:
            return _MaskedToSparseCsr.apply(grad_output)
        if ctx.layout == torch.strided:
            return _MaskedToDense.apply(grad_output)
        raise ValueError(f"to_dense: Unsupported input layout: {ctx.layout}")


class _MaskedToSparse(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, input: Any) -> Any:
        _need_masked("MaskedToSparse", input)
        if input.layout == torch.sparse_coo:
            return input
        mask = input.get_mask().to_sparse_coo().coalesce()
        return MaskedTensor(input.get_data().sparse_mask(mask), mask)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        return _MaskedToDense.apply(grad_output)


class _MaskedToSparseCsr(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, input: Any) -> Any:
        _need_masked("MaskedToSparseCsr", input)
        if input._masked_data.ndim != 2:
            raise ValueError(
                f"Only 2D tensors can be converted to the SparseCsr layout but got shape: {input._masked_data.size()}"
            )
        if input.layout == torch.sparse_csr:
            return input
        mask = input.get_mask().to_sparse_csr()
        return MaskedTensor(input.get_data().sparse_mask(mask), mask)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        return _MaskedToDense.apply(grad_output)


def _without_mask(masked: Any) -> Any:
    """A MaskedTensor of which no element counts."""
    return MaskedTensor(_get_data(masked), torch.zeros_like(masked.get_mask()))


class _MaskedWhere(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, cond: Any, self: Any, other: Any) -> Any:
        ctx.mark_non_differentiable(cond)
        ctx.save_for_backward(cond)
        return aten.where(cond, self, other)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        (cond,) = ctx.saved_tensors
        absent = _without_mask(grad_output)
        return None, aten.where(cond, grad_output, absent), aten.where(cond, absent, grad_output)


_MASKEDTENSOR_FUNCTION_TABLE: dict[Any, Callable[..., Any]] = {
    torch.Tensor.where: _MaskedWhere.apply,
    torch.where: _MaskedWhere.apply,
    torch.Tensor.contiguous: _MaskedContiguous.apply,
    torch.Tensor.to_dense: _MaskedToDense.apply,
    torch.Tensor.to_sparse: _MaskedToSparse.apply,
    torch.Tensor.to_sparse_coo: _MaskedToSparse.apply,
    torch.Tensor.to_sparse_csr: _MaskedToSparseCsr.apply,
}


def _bound(apply: Callable[..., Any], function: Any) -> Callable[..., Any]:
    return lambda *args, **kwargs: apply(function, *args, **kwargs)


for function in (*TORCH_REDUCE_FNS, *TENSOR_REDUCE_FNS):
    _MASKEDTENSOR_FUNCTION_TABLE[function] = _bound(_apply_reduction, function)

# ---------------------------------------------------------------- below autograd

_MASKEDTENSOR_DISPATCH_TABLE: dict[Any, Callable[..., Any]] = {}
for functions, apply in (
    (NATIVE_REDUCE_FNS, _apply_reduction),
    (PASSTHROUGH_FNS, _apply_pass_through_fn),
    (NATIVE_UNARY_FNS + NATIVE_INPLACE_UNARY_FNS, _apply_native_unary),
    (NATIVE_BINARY_FNS + NATIVE_INPLACE_BINARY_FNS, _apply_native_binary),
):
    for function in functions:
        _MASKEDTENSOR_DISPATCH_TABLE[function] = _bound(apply, function)


def register_dispatch_func(aten_ops: Any) -> Callable[[Any], Any]:
    """Give operators of aten (packets) a function that is called with the packet and the arguments."""

    def wrapper(func: Any) -> Any:
        for packet in aten_ops:
            _MASKEDTENSOR_DISPATCH_TABLE[packet] = _bound(func, packet)
        return func

    return wrapper


def _named(*names: str) -> Callable[[Any], Any]:
    return register_dispatch_func([getattr(aten, name) for name in names])


@_named("is_contiguous", "is_strides_like_format", "is_non_overlapping_and_dense")
def _of_memory(func: Any, *args: Any, **kwargs: Any) -> Any:
    data = _get_data(args[0])
    if data.is_sparse:
        raise ValueError(f"MaskedTensors with sparse data do not have {func.__name__}")
    return func(data, *args[1:], **kwargs)


_MASKEDTENSOR_FUNCTION_TABLE[torch.Tensor.is_contiguous] = _bound(_of_memory, torch.Tensor.is_contiguous)


@_named("contiguous")
def _contiguous(func: Any, *args: Any, **kwargs: Any) -> Any:
    if _get_data(args[0]).is_sparse:
        raise ValueError("MaskedTensors with sparse data do not have contiguous")
    return _MaskedContiguous.apply(args[0])


@_named("new_empty_strided")
def _new_empty_strided(func: Any, *args: Any, **kwargs: Any) -> Any:
    data, mask = _get_data(args[0]), _maybe_get_mask(args[0])
    for place, expected, what in ((1, data.size(), "size"), (2, data.stride(), "stride")):
        if tuple(args[place]) != tuple(expected):
            raise ValueError(f"__torch_dispatch__, {func}: args[{place}] expected to be the same as data.{what}()")
    return MaskedTensor(func(data, args[1], args[2], **kwargs), mask)


@_named("_local_scalar_dense")
def _local_scalar_dense(func: Any, *args: Any, **kwargs: Any) -> Any:
    if not _maybe_get_mask(args[0]):
        raise ValueError(f"__torch_dispatch__, {func}: expected a mask tensor")
    return _get_data(args[0]).item()


@_named("detach", "clone")
def _on_data(func: Any, *args: Any, **kwargs: Any) -> Any:
    return MaskedTensor(func(_get_data(args[0]), *args[1:], **kwargs), _maybe_get_mask(args[0]))


@_named("_to_copy")
def _to_copy(func: Any, *args: Any, **kwargs: Any) -> Any:
    return MaskedTensor(func(_get_data(args[0]), *args[1:], **kwargs), _maybe_get_mask(args[0]))


@_named("_softmax")
def _softmax(func: Any, *args: Any, **kwargs: Any) -> Any:
    data, mask = _get_data(args[0]), _maybe_get_mask(args[0])
    return MaskedTensor(torch.softmax(data.masked_fill(~mask, -math.inf), args[1]), mask)


@_named("ones_like")
def _ones_like(func: Any, *args: Any, **kwargs: Any) -> Any:
    return MaskedTensor(func(_get_data(args[0]), **kwargs), _maybe_get_mask(args[0]))


@_named("_softmax_backward_data")
def _softmax_backward_data(func: Any, *args: Any, **kwargs: Any) -> Any:
    grad, output = args[:2]
    if not (is_masked_tensor(grad) and is_masked_tensor(output)):
        raise ValueError(f"__torch_dispatch__, {func}: grad and output must both be MaskedTensors")
    if not _masks_match(grad, output):
        raise ValueError(f"__torch_dispatch__, {func}: expected the masks of grad and output to match")
    mask = _maybe_get_mask(grad)
    result = _get_data(output)
    slope = _get_data(grad).masked_fill(~mask, 0)
    return MaskedTensor(result * (slope - (slope * result).sum(args[2], keepdim=True)), mask)


@_named("copy_")
def _copy_(func: Any, *args: Any, **kwargs: Any) -> Any:
    if not _masks_match(_maybe_get_mask(args[0]), _maybe_get_mask(args[1])):
        raise ValueError("args[0] mask and args[1] mask must match but do not")
    func(_get_data(args[0]), _get_data(args[1]))
    return args[0]


def _masked(value: Any) -> Any:
    return value if is_masked_tensor(value) else MaskedTensor(value, torch.ones_like(value, dtype=torch.bool))


@_named("where")
def _where(func: Any, *args: Any, **kwargs: Any) -> Any:
    if not torch.is_tensor(args[0]):
        raise ValueError(f"__torch_dispatch__, {func}: expected args[0] to be a tensor")
    first, second = _masked(args[1]), _masked(args[2])
    data = func(args[0], _get_data(first), _get_data(second))
    return MaskedTensor(data, func(args[0], first.get_mask(), second.get_mask()))


@_named("_to_sparse")
def _to_sparse(func: Any, *args: Any, **kwargs: Any) -> Any:
    if not torch.is_tensor(args[0]):
        raise TypeError(f"__torch_dispatch__, {func}: expected args[0] to be a tensor")
    masked = _masked(args[0])
    if masked.is_sparse_coo():
        return masked
    mask = func(masked.get_mask()).coalesce()
    return MaskedTensor(_get_data(masked).sparse_mask(mask), mask)


@_named("_to_sparse_csr")
def _to_sparse_csr(func: Any, *args: Any, **kwargs: Any) -> Any:
    if not torch.is_tensor(args[0]):
        raise ValueError(f"__torch_dispatch__, {func}: expected args[0] to be a tensor")
    masked = _masked(args[0])
    if masked.is_sparse_csr():
        return masked
    mask = func(masked.get_mask())
    return MaskedTensor(_get_data(masked).sparse_mask(mask), mask)


@_named("_to_dense")
def _to_dense(func: Any, *args: Any, **kwargs: Any) -> Any:
    if not torch.is_tensor(args[0]):
        raise ValueError(f"__torch_dispatch__, {func}: expected args[0] to be a tensor")
    masked = _masked(args[0])
    return MaskedTensor(func(_get_data(masked)), func(masked.get_mask()))


@_named("_indices")
def _indices(func: Any, *args: Any, **kwargs: Any) -> Any:
    data = _get_data(args[0]).indices()
    return MaskedTensor(data, torch.ones_like(data, dtype=torch.bool))


@_named("_values")
def _values(func: Any, *args: Any, **kwargs: Any) -> Any:
    data = _get_data(args[0]).values()
    return MaskedTensor(data, torch.ones_like(data, dtype=torch.bool))


@_named("_sparse_coo_tensor_with_dims_and_tensors")
def _sparse_coo_tensor(func: Any, *args: Any, **kwargs: Any) -> Any:
    settings = {**kwargs, "dtype": torch.bool}
    data = func(*[_get_data(value) for value in args], **kwargs)
    values = [_get_data(value) for value in args]
    values[4] = torch.ones_like(values[4], dtype=torch.bool)
    return MaskedTensor(data, func(*values, **settings))


@_named("is_same_size")
def _is_same_size(func: Any, *args: Any, **kwargs: Any) -> Any:
    return _get_data(args[0]).is_same_size(_get_data(args[1]))


@_named("_is_any_true")
def _is_any_true(func: Any, *args: Any, **kwargs: Any) -> Any:
    data, mask = _get_data(args[0]), _maybe_get_mask(args[0])
    if mask is None:
        raise ValueError(f"__torch_dispatch__, {func}: expected args[0] to be a MaskedTensor")
    if data.dtype != torch.bool:
        raise ValueError(f"__torch_dispatch__, {func}: expected a boolean tensor")
    if data.is_sparse:
        raise ValueError(f"MaskedTensors with sparse data do not have {func}")
    return MaskedTensor(func(data & mask), torch.tensor(True))


