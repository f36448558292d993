"""torch.masked.maskedtensor.core: the class.

NOTE [ Masked tensors ]
A MaskedTensor has no memory of its own: it holds a tensor of data and one of bools. Operators come to `__torch_dispatch__`, below
autograd, and are carried out on the data by the table in `_ops_refs.py`; what reductions and conversions need of autograd is done above
it, in `__torch_function__`, with the functions `get_data` and `_from_values`, whose gradients are masked as the tensor is.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from rushlight._ops import OPS

import rushlight as torch
from rushlight.overrides import default_torch_function

__all__ = ["MaskedTensor", "is_masked_tensor"]

_LAYOUTS = (torch.strided, torch.sparse_coo, torch.sparse_csr)
_DTYPES = frozenset((torch.float16, torch.float32, torch.float64, torch.bool, torch.int8, torch.int16, torch.int32, torch.int64))


def is_masked_tensor(obj: Any, /) -> bool:
    """Whether it is a MaskedTensor."""
    return isinstance(obj, MaskedTensor)


def _values_of(tensor: Any) -> Any:
    """The values of a sparse tensor, a dense one itself."""
    return tensor if tensor.layout == torch.strided else tensor.values()


def _parts(tensor: Any) -> list[Any]:
    """The tensors that a tensor consists of."""
    if tensor.is_sparse:
        tensor = tensor.coalesce()
        return [tensor.indices(), tensor.values()]
    if tensor.layout == torch.sparse_csr:
        return [tensor.crow_indices(), tensor.col_indices(), tensor.values()]
    return [tensor]


def _tensors_match(a: Any, b: Any, exact: bool = True, rtol: float = 1e-05, atol: float = 1e-08) -> bool:
    if is_masked_tensor(a) or is_masked_tensor(b):
        raise ValueError("Neither `a` nor `b` can be a MaskedTensor.")
    if a.layout != b.layout:
        raise ValueError(f"`a` and `b` must have the same layout. Got {a.layout} and {b.layout}")
    if a.dtype != b.dtype:
        b = b.type(a.dtype)
    firsts, seconds = _parts(a), _parts(b)
    if a.layout != torch.strided and a.is_sparse and firsts[1].shape != seconds[1].shape:
        return False
    if any(first.shape != second.shape for first, second in zip(firsts, seconds)):
        return False
    if exact:
        return all(first.dim() == second.dim() and torch.eq(first, second).all().item() for first, second in zip(firsts, seconds))
    return all(torch.allclose(first, second, rtol=rtol, atol=atol) for first, second in zip(firsts, seconds))


def _masks_match(a: Any, b: Any) -> bool:
    if is_masked_tensor(a) and is_masked_tensor(b):
        return _tensors_match(a.get_mask(), b.get_mask(), exact=True)
    return True


def _calls(names: list[str], helper: Callable[..., Any], inplace: bool) -> dict[Any, Callable[..., Any]]:
    """Operators by these names in PyTorch's schemas -> calls of helper(operator, args, kwargs, inplace)."""

    def call(packet: Any) -> Callable[..., Any]:
        return lambda *args, **kwargs: helper(packet, args, kwargs, inplace=inplace)

    return {packet: call(packet) for packet in [getattr(OPS.aten, name) for name in names]}


def _map_mt_args_kwargs(args: Any, kwargs: Any, map_fn: Callable[[Any], Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments with every MaskedTensor replaced."""

    def mapped(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return type(value)(mapped(entry) for entry in value)
        if isinstance(value, dict):
            return {name: mapped(entry) for name, entry in value.items()}
        return map_fn(value) if is_masked_tensor(value) else value

    return [mapped(value) for value in args], {name: mapped(value) for name, value in (kwargs or {}).items()}


def _wrap_result(result_data: Any, result_mask: Any) -> Any:
    """Data and masks, side by side in the same lists, as MaskedTensors."""
    if isinstance(result_data, (list, tuple)):
        return type(result_data)(_wrap_result(data, mask) for data, mask in zip(result_data, result_mask))
    if torch.is_tensor(result_data):
        return MaskedTensor(result_data, result_mask)
    return NotImplemented


def _get_data(a: Any) -> Any:
    return a._masked_data if is_masked_tensor(a) else a


def _maybe_get_mask(a: Any) -> Any:
    return a.get_mask() if is_masked_tensor(a) else None


# ---------------------------------------------------------------- as text


def _masked_tensor_str(data: Any, mask: Any, formatter: str) -> str:
    if data.layout in (torch.sparse_coo, torch.sparse_csr):
        data, mask = data.to_dense(), mask.to_dense()
    if data.dim() == 0:
        return formatter.format(data.item()) if mask.item() else "--"
    if data.dim() == 1:
        kept = mask.tolist()
        width = max(len(f"{entry:8.4f}") if counts else 8 for entry, counts in zip(data.tolist(), kept))
        shown = [formatter.format(entry) if isinstance(entry, float) else str(entry) for entry in data.tolist()]
        return "[" + ", ".join(entry if counts else "--".rjust(width) for entry, counts in zip(shown, kept)) + "]"
    rows = [_masked_tensor_str(row, kept, formatter) for row, kept in zip(data, mask)]
    return "[\n" + ",\n".join("\n".join("  " + line for line in row.split("\n")) for row in rows) + "\n]"


# ---------------------------------------------------------------- the class


class Constructor(torch.autograd.Function):
    """Data and a mask as a MaskedTensor. Gradients go back as they come, or plain, where the data came of plain operations."""

    @staticmethod
    def forward(ctx: Any, data: Any, mask: Any, plain: bool) -> Any:
        ctx.plain = plain
        return MaskedTensor(data, mask)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        return _get_data(grad_output) if ctx.plain else grad_output, None, None


class GetData(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, masked: Any) -> Any:
        ctx.mask = masked._masked_mask
        return masked._masked_data.detach()

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        return grad_output if is_masked_tensor(grad_output) else MaskedTensor(grad_output, ctx.mask)


class MaskedTensor(torch.Tensor):
    """Data, and a mask of the same size that says which of its elements count."""

    __module__ = "torch.masked.maskedtensor.core"
    _masked_data: Any
    _masked_mask: Any

    @staticmethod
    def __new__(cls: Any, data: Any, mask: Any, requires_grad: bool = False) -> Any:
        if is_masked_tensor(data) or not torch.is_tensor(data):
            raise TypeError("data must be a Tensor")
        if is_masked_tensor(mask) or not torch.is_tensor(mask):
            raise TypeError("mask must be a Tensor")
        warnings.warn(
            "The PyTorch API of MaskedTensors is in prototype stage and will change in the near future. Please open a Github issue "
            "for features requests and see our documentation on the torch.masked module for further information about the project.",
            UserWarning,
            stacklevel=2,
        )
        if data.requires_grad:
            warnings.warn(
                "It is not recommended to create a MaskedTensor with a tensor that requires_grad. "
                "To avoid this, you can use data.detach().clone()",
                UserWarning,
                stacklevel=2,
            )
        return torch.Tensor._make_wrapper_subclass(
            cls, data.size(), device=data.device, dtype=data.dtype, layout=data.layout, requires_grad=requires_grad,
            dispatch_sizes_strides_policy="strides", dispatch_layout=True,
        )  # fmt: skip

    def __init__(self, data: Any, mask: Any, requires_grad: bool = False) -> None:
        self._preprocess_data(data, mask)
        self._validate_members()

    def _preprocess_data(self, data: Any, mask: Any) -> None:
        if data.layout != mask.layout:
            raise TypeError("data and mask must have the same layout.")
        if data.layout == torch.sparse_coo:
            data, mask = data.coalesce(), mask.coalesce()
            if data._nnz() != mask._nnz():
                data = data.sparse_mask(mask)
        self._masked_data, self._masked_mask = data.clone(), mask.clone()

    def _validate_members(self) -> None:
        data, mask = self._masked_data, self._masked_mask
        if type(data) is not type(mask):
            raise TypeError(f"data and mask must have the same type. Got {type(data)} and {type(mask)}")
        if data.layout not in _LAYOUTS:
            raise TypeError(f"data layout of {data.layout} is not supported.")
        if data.layout == torch.sparse_coo and not _tensors_match(data.indices(), mask.indices()):
            raise ValueError("data and mask are both sparse COO tensors but do not have the same indices.")
        if data.layout == torch.sparse_csr and not (
            _tensors_match(data.crow_indices(), mask.crow_indices()) and _tensors_match(data.col_indices(), mask.col_indices())
        ):
            raise ValueError("data and mask are both sparse CSR tensors but do not share either crow or col indices.")
        if mask.dtype != torch.bool:
            raise TypeError("mask must have dtype bool.")
        if data.dtype not in _DTYPES:
            raise TypeError(f"{data.dtype} is not supported in MaskedTensor.")
        if data.dim() != mask.dim():
            raise ValueError("data.dim() must equal mask.dim()")
        if data.size() != mask.size():
            raise ValueError("data.size() must equal mask.size()")

    @staticmethod
    def _from_values(data: Any, mask: Any) -> Any:
        """A MaskedTensor through which gradients reach the data."""
        return Constructor.apply(data, mask, False)

    def _set_data_mask(self, data: Any, mask: Any) -> None:
        self._masked_data, self._masked_mask = data, mask
        self._validate_members()

    def __repr__(self) -> str:  # type: ignore[override]
        data, mask = self.get_data(), self.get_mask()
        formatter = "{0:8.4f}" if data.dtype in (torch.float16, torch.float32, torch.float64) else "{0}"
        text = _masked_tensor_str(data, mask, formatter)
        if data.dim() == 0:
            return f"MaskedTensor({text}, {mask.item()})"
        return "MaskedTensor(\n" + "\n".join("  " + line for line in text.split("\n")) + "\n)"

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        from rushlight.masked.maskedtensor._ops_refs import _MASKEDTENSOR_FUNCTION_TABLE

        kwargs = kwargs or {}
        if func in _MASKEDTENSOR_FUNCTION_TABLE:
            return _MASKEDTENSOR_FUNCTION_TABLE[func](*args, **kwargs)
        return default_torch_function(cls, func, types, args, kwargs)

    @classmethod
    def unary(cls, fn: Any, data: Any, mask: Any) -> Any:
        """A function of the data, under the same mask."""
        return MaskedTensor(fn(data), mask)

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any, kwargs: Any) -> Any:  # type: ignore[override]
        from rushlight.masked.maskedtensor._ops_refs import _MASKEDTENSOR_DISPATCH_TABLE

        packet = func.overloadpacket
        if packet in _MASKEDTENSOR_DISPATCH_TABLE:
            return _MASKEDTENSOR_DISPATCH_TABLE[packet](*args, **kwargs)
        message = (
            f"{packet.__name__} is not implemented in __torch_dispatch__ for MaskedTensor.\n"
            "If you would like this operator to be supported, please file an issue for a feature request at "
            "https://github.com/pytorch/maskedtensor/issues with a minimal reproducible code snippet.\n"
            "In the case that the semantics for the operator are not trivial, it would be appreciated "
            "to also include a proposal for the semantics."
        )
        warnings.warn(message, stacklevel=2)
        return NotImplemented

    def __lt__(self, other: Any) -> Any:
        return MaskedTensor(self.get_data() < _get_data(other), self.get_mask())

    def to_tensor(self, value: Any) -> Any:
        """The data, with a value where the mask is False."""
        return self.get_data().masked_fill(~self.get_mask(), value)

    def get_data(self) -> Any:
        """The data; gradients that come back are masked."""
        return GetData.apply(self)

    def get_mask(self) -> Any:
        """The mask."""
        return self._masked_mask

    def is_sparse_coo(self) -> bool:
        """Whether the layout is COO."""
        return bool(self.layout == torch.sparse_coo)

    def is_sparse_csr(self) -> bool:  # type: ignore[override]
        """Whether the layout is CSR."""
        return bool(self.layout == torch.sparse_csr)

    @property
    def is_sparse(self) -> bool:  # type: ignore[override]
        """Whether the layout is COO or CSR."""
        return self.is_sparse_coo() or self.is_sparse_csr()
