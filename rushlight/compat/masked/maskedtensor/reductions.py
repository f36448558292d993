"""torch.masked.maskedtensor.reductions: sums, extrema and the like of the elements that count."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight._ops import OPS
from rushlight.masked.maskedtensor.core import Constructor, is_masked_tensor

import rushlight as torch

__all__: list[str] = []

REDUCE_NAMES = "sum mean amin amax argmin argmax prod all norm var std".split()


def _masked_all(data: Any, dim: Any = None, keepdim: bool = False, mask: Any = None) -> Any:
    filled = data if mask is None else data.masked_fill(~mask, True)
    return torch.all(filled) if dim is None else torch.all(filled, dim=dim, keepdim=keepdim)


def _multidim_any(mask: Any, dim: Any, keepdim: bool) -> Any:
    for entry in (dim,) if isinstance(dim, int) else sorted(dim, reverse=True):
        mask = torch.any(mask, dim=entry, keepdim=keepdim)
    return mask


def _get_masked_fn(name: str) -> Any:
    return _masked_all if name == "all" else getattr(torch.masked, name)


def _place_in(data: Any, at: Any) -> Any:
    """The index within a whole COO tensor of the value number `at`."""
    index = data.indices().unbind(1)[int(at)]
    steps = data.size().numel() / torch.tensor(data.size(), device=data.device).cumprod(0)
    return torch.sum(index * steps)


def _torch_reduce_all(name: str) -> Any:
    """The reduction over all dimensions."""

    def reduce_all(self: Any) -> Any:
        function = _get_masked_fn(name)
        data, mask = self._masked_data if self.is_sparse else self.get_data(), self.get_mask()
        mask = mask.values() if self.is_sparse else mask
        if name in ("argmin", "argmax") and self.is_sparse_coo():
            result = _place_in(data, function(data.values(), mask=mask).to(dtype=torch.int))
        else:
            result = function(data.values() if self.is_sparse else data, mask=mask)
        return Constructor.apply(result, torch.any(mask), True)

    return reduce_all


def _torch_reduce_dim(name: str) -> Any:
    """The reduction over some dimensions."""

    def reduce_dim(self: Any, dim: Any, keepdim: bool = False, dtype: Any = None) -> Any:
        if self.is_sparse:
            warnings.warn(
                f"The sparse version of {name} is not implemented in reductions.\n"
                "If you would like this operator to be supported, please file an issue for a feature request at "
                "https://github.com/pytorch/maskedtensor/issues with a minimal reproducible code snippet.\n"
                "In the case that the semantics for the operator are not trivial, it would be appreciated "
                "to also include a proposal for the semantics.",
                stacklevel=2,
            )
            return NotImplemented
        if not is_masked_tensor(self):
            raise TypeError("Input to reduce_dim must be a MaskedTensor")
        function = _get_masked_fn(name)
        data, mask = self.get_data(), self.get_mask()
        more = {} if name == "all" else {"dtype": dtype}
        result = function(data, dim=dim, keepdim=keepdim, mask=mask, **more)
        return Constructor.apply(result, _multidim_any(mask, dim, keepdim), True)

    return reduce_dim


def _reduce_dim_args(input: Any, dim: Any, keepdim: bool = False, dtype: Any = None) -> tuple[Any, Any, bool, Any]:
    return input, dim, keepdim, dtype


def _torch_grad_reduce(name: str) -> Any:
    """A reduction as programs call it."""
    whole, partial = _torch_reduce_all(name), _torch_reduce_dim(name)

    def grad_reduce(*args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs:
            return whole(args[0])
        return partial(*_reduce_dim_args(*args, **kwargs))

    return grad_reduce


def _torch_reduce(name: str) -> Any:
    """A reduction below autograd."""
    whole, partial = _torch_reduce_all(name), _torch_reduce_dim(name)

    def reduce_fn(*args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs:
            return whole(args[0])
        return partial(*args, **kwargs)

    return reduce_fn


NATIVE_REDUCE_MAP = {getattr(OPS.aten, name): _torch_reduce(name) for name in REDUCE_NAMES}
TORCH_REDUCE_MAP = {getattr(torch, name): _torch_grad_reduce(name) for name in REDUCE_NAMES}
TENSOR_REDUCE_MAP = {getattr(torch.Tensor, name): _torch_grad_reduce(name) for name in REDUCE_NAMES}
NATIVE_REDUCE_FNS = list(NATIVE_REDUCE_MAP)
TORCH_REDUCE_FNS = list(TORCH_REDUCE_MAP)
TENSOR_REDUCE_FNS = list(TENSOR_REDUCE_MAP)


def _is_reduction(fn: Any) -> bool:
    return fn in NATIVE_REDUCE_MAP or fn in TORCH_REDUCE_MAP or fn in TENSOR_REDUCE_MAP


def _apply_reduction(fn: Any, *args: Any, **kwargs: Any) -> Any:
    for table in (NATIVE_REDUCE_MAP, TORCH_REDUCE_MAP, TENSOR_REDUCE_MAP):
        if fn in table:
            return table[fn](*args, **kwargs)
    return NotImplemented
