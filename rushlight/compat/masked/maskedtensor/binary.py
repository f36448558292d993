"""torch.masked.maskedtensor.binary: functions of two tensors, whose masks must be alike."""

from __future__ import annotations

from typing import Any

from rushlight.masked.maskedtensor.core import _calls, _map_mt_args_kwargs, _masks_match, _tensors_match, _wrap_result, is_masked_tensor

import rushlight as torch

__all__: list[str] = []

BINARY_NAMES = """add atan2 arctan2 bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift div divide floor_divide fmod
    logaddexp logaddexp2 mul multiply nextafter remainder sub subtract true_divide eq ne le ge greater greater_equal gt less_equal lt less
    maximum minimum fmax fmin not_equal""".split()
_NOT_IN_PLACE = "logaddexp logaddexp2 equal fmin minimum maximum fmax".split()
INPLACE_BINARY_NAMES = [name + "_" for name in BINARY_NAMES if name not in _NOT_IN_PLACE]


def _get_at_least_one_mask(a: Any, b: Any) -> Any:
    if not is_masked_tensor(a) and not is_masked_tensor(b):
        raise TypeError("At least one of `a` and `b` must be a MaskedTensor")
    if not _masks_match(a, b):
        raise ValueError("a and b must have matching masks")
    return a.get_mask() if is_masked_tensor(a) else b.get_mask()


def _indices(tensor: Any) -> tuple[Any, ...]:
    """Where a sparse tensor has values."""
    if tensor.layout == torch.sparse_coo:
        return (tensor.coalesce().indices(),)
    return (tensor.crow_indices(), tensor.col_indices())


def _on_values(fn: Any, datas: list[Any]) -> Any:
    """The function of the values of sparse operands, which have them in the same places."""
    layout = next(data.layout for data in datas[:2] if torch.is_tensor(data) and data.layout != torch.strided)
    name = "coo" if layout == torch.sparse_coo else "csr"
    sparse = [data for data in datas[:2] if torch.is_tensor(data) and data.layout == layout]
    if len(sparse) == 2:
        if not all(map(_tensors_match, _indices(sparse[0]), _indices(sparse[1]))):
            raise ValueError(f"sparse_{name} indices must match. If you need support for this, please open an issue on Github.")
        if sparse[0].size() != sparse[1].size():
            raise ValueError("input1 and input2 must have the same size for binary functions.")
    places, size = _indices(sparse[0]), sparse[0].size()
    values = [data.values() if torch.is_tensor(data) and data.layout == layout else data for data in datas]
    result = fn(*values)
    return torch.sparse_coo_tensor(*places, result, size) if name == "coo" else torch.sparse_csr_tensor(*places, result, size)


def _binary_helper(fn: Any, args: Any, kwargs: Any, inplace: bool) -> Any:
    if kwargs:
        raise ValueError("len(kwargs) must equal 0")
    if any(torch.is_tensor(value) for value in args[2:]):
        raise TypeError("MaskedTensor binary ops do not support Tensor arguments aside from the lhs and rhs")
    if not _masks_match(*args[:2]):
        raise ValueError("Input masks must match. If you need support for this, please open an issue on Github.")
    datas, _ = _map_mt_args_kwargs(args, kwargs, lambda masked: masked._masked_data)
    if any(torch.is_tensor(data) and data.layout != torch.strided for data in datas[:2]):
        result = _on_values(fn, datas)
    else:
        result = fn(*datas)
    if inplace:
        args[0]._set_data_mask(result, args[0]._masked_mask)
        return args[0]
    mask = _get_at_least_one_mask(*args[:2])
    if mask.layout == torch.strided:
        mask = mask.expand_as(result)
    return _wrap_result(result, mask)


NATIVE_BINARY_MAP = _calls(BINARY_NAMES, _binary_helper, False)
NATIVE_INPLACE_BINARY_MAP = _calls(INPLACE_BINARY_NAMES, _binary_helper, True)
NATIVE_BINARY_FNS = list(NATIVE_BINARY_MAP)
NATIVE_INPLACE_BINARY_FNS = list(NATIVE_INPLACE_BINARY_MAP)


def _is_native_binary(fn: Any) -> bool:
    return fn in NATIVE_BINARY_MAP or fn in NATIVE_INPLACE_BINARY_MAP


def _apply_native_binary(fn: Any, *args: Any, **kwargs: Any) -> Any:
    call = NATIVE_BINARY_MAP.get(fn) or NATIVE_INPLACE_BINARY_MAP.get(fn)
    return NotImplemented if call is None else call(*args, **kwargs)
