"""torch.masked.maskedtensor.unary: functions of each element, which keep the mask."""

from __future__ import annotations

from typing import Any

from rushlight.masked.maskedtensor.core import _calls, _map_mt_args_kwargs, _wrap_result

import rushlight as torch

__all__: list[str] = []

UNARY_NAMES = """abs absolute acos arccos acosh arccosh angle asin arcsin asinh arcsinh atan arctan atanh arctanh bitwise_not ceil clamp
    clip conj_physical cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 fix floor frac lgamma log log10 log1p log2 logit i0 isnan
    nan_to_num neg negative positive pow rad2deg reciprocal round rsqrt sigmoid sign sgn signbit sin sinc sinh sqrt square tan tanh
    trunc""".split()
INPLACE_UNARY_NAMES = [name + "_" for name in UNARY_NAMES if name not in ("angle", "positive", "signbit", "isnan")]
UNARY_NAMES_UNSUPPORTED = """atan2 arctan2 bitwise_left_shift bitwise_right_shift copysign float_power fmod frexp gradient imag ldexp
    lerp logical_not hypot igamma igammac mvlgamma nextafter polygamma real remainder true_divide xlogy""".split()


def _unary_helper(fn: Any, args: Any, kwargs: Any, inplace: bool) -> Any:
    if kwargs:
        raise ValueError(
            "MaskedTensor unary ops require that len(kwargs) == 0. If you need support for this, please open an issue on Github."
        )
    if any(torch.is_tensor(value) for value in args[1:]):
        raise TypeError("MaskedTensor unary ops do not support additional Tensor arguments")
    masks, _ = _map_mt_args_kwargs(args, kwargs, lambda masked: masked._masked_mask)
    datas, _ = _map_mt_args_kwargs(args, kwargs, lambda masked: masked._masked_data)
    data = datas[0]
    if data.layout == torch.sparse_coo:
        values = fn(*[data.coalesce().values(), *datas[1:]])
        result = torch.sparse_coo_tensor(data.indices(), values, size=data.size())
    elif data.layout == torch.sparse_csr:
        values = fn(*[data.values(), *datas[1:]])
        result = torch.sparse_csr_tensor(data.crow_indices(), data.col_indices(), values, size=data.size())
    else:
        result = fn(*datas)
    if inplace:
        args[0]._set_data_mask(result, masks[0])
        return args[0]
    return _wrap_result(result, masks[0])


NATIVE_UNARY_MAP = _calls(UNARY_NAMES, _unary_helper, False)
NATIVE_INPLACE_UNARY_MAP = _calls(INPLACE_UNARY_NAMES, _unary_helper, True)
NATIVE_UNARY_FNS = list(NATIVE_UNARY_MAP)
NATIVE_INPLACE_UNARY_FNS = list(NATIVE_INPLACE_UNARY_MAP)


def _is_native_unary(fn: Any) -> bool:
    return fn in NATIVE_UNARY_MAP or fn in NATIVE_INPLACE_UNARY_MAP


def _apply_native_unary(fn: Any, *args: Any, **kwargs: Any) -> Any:
    call = NATIVE_UNARY_MAP.get(fn) or NATIVE_INPLACE_UNARY_MAP.get(fn)
    return NotImplemented if call is None else call(*args, **kwargs)
