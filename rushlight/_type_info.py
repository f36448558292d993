"""torch.finfo and torch.iinfo: the limits of a dtype."""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes

# name: (largest, step at 1, smallest normal, decimal resolution)
_FLOATS = {
    "float16": (65504.0, 2.0**-10, 2.0**-14, 0.001),
    "bfloat16": (3.3895313892515355e38, 2.0**-7, 2.0**-126, 0.01),
    "float32": (3.4028234663852886e38, 2.0**-23, 2.0**-126, 1e-06),
    "float8_e4m3fn": (448.0, 0.125, 2.0**-6, 1.0),
    "float8_e4m3fnuz": (240.0, 0.125, 2.0**-7, 1.0),
    "float8_e5m2": (57344.0, 0.25, 2.0**-14, 1.0),
    "float8_e5m2fnuz": (57344.0, 0.125, 2.0**-15, 1.0),
    "float8_e8m0fnu": (2.0**127, 1.0, 2.0**-127, 1.0),
    "float64": (1.7976931348623157e308, 2.0**-52, 2.0**-1022, 1e-15),
}


_PYTHON_TYPES: dict[Any, Any] = {float: dtypes.float64, int: dtypes.int64, bool: dtypes.bool_, complex: dtypes.complex128}


def _dtype_argument(name: str, args: Any, kwargs: Any, default: Any) -> Any:
    values = [*args, *([kwargs["type"]] if "type" in kwargs else [])]
    if not values:
        if default is None:
            raise TypeError(f'{name}() missing 1 required positional arguments: "type"')
        return default
    if isinstance(values[0], type) and values[0] in _PYTHON_TYPES:
        return _PYTHON_TYPES[values[0]]
    if not isinstance(values[0], dtypes.dtype):
        raise TypeError(f"{name}(): argument 'type' (position 1) must be torch.dtype, not {type(values[0]).__name__}")
    return values[0]


class _Info:
    """What finfo and iinfo share."""

    dtype: str
    bits: int

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.dtype == self.dtype  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]


class finfo(_Info):
    """The limits of a floating-point dtype (of the real part, for a complex one).

    >>> torch.finfo(torch.float64).eps
    2.220446049250313e-16
    """

    __module__ = "torch"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kind = _dtype_argument("finfo", args, kwargs, dtypes.get_default_dtype()).to_real()
        if kind.category != dtypes.FLOATING:
            raise TypeError("torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'")
        if kind.name not in _FLOATS:
            raise TypeError("bad argument type for built-in operation")
        self.dtype = kind.name
        self.bits = kind.itemsize * 8
        self.max, self.eps, self.smallest_normal, self.resolution = _FLOATS[kind.name]
        self.min = -self.max if kind.is_signed else self.smallest_normal
        self.tiny = self.smallest_normal

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


class iinfo(_Info):
    """The limits of an integer dtype.

    >>> torch.iinfo(torch.int8).max
    127
    """

    __module__ = "torch"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kind = _dtype_argument("iinfo", args, kwargs, None)
        if kind.category == dtypes.BOOL:
            raise TypeError("torch.bool is not supported by torch.iinfo")
        if kind.abbr == "q":
            raise NotImplementedError(f"\"dtype\" not implemented for '{kind.cpp}'")
        if kind.category != dtypes.INTEGRAL or kind.index >= dtypes.FIRST_RARE:
            raise TypeError("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        self.dtype = kind.name
        self.bits = kind.itemsize * 8
        self.max = 2 ** (self.bits - kind.is_signed) - 1
        self.min = -self.max - 1 if kind.is_signed else 0

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
