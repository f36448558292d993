"""dtype, device, layout and memory-format objects, and the rules of type promotion."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

BOOL: Final = 0
INTEGRAL: Final = 1
FLOATING: Final = 2
COMPLEX: Final = 3


class dtype:
    """A tensor's element type, such as `torch.float32`. `np_dtype` is NumPy's dtype object of the same layout."""

    def __init__(self, name: str, index: int, category: int, itemsize: int, is_signed: bool, abbr: str, cpp: str) -> None:
        self.name: str = name
        self.index: int = index
        self.category: int = category
        self.itemsize: int = itemsize
        self._is_signed: bool = is_signed
        self.abbr: str = abbr
        self.cpp: str = cpp  # the name that PyTorch's error texts use, such as "Float"
        self._np: Any = None

    @property
    def np_dtype(self) -> Any:
        if self._np is None:
            self._np = _load_np_dtype(self)
        return self._np

    @property
    def is_signed(self) -> bool:
        if self.abbr == "bits":
            raise RuntimeError("Bits types are undefined")
        if self.abbr == "q":
            raise RuntimeError("isSignedType not supported for quantized types")
        return self._is_signed

    @property
    def is_floating_point(self) -> bool:
        return self.category == FLOATING

    @property
    def is_complex(self) -> bool:
        return self.category == COMPLEX

    def to_real(self) -> dtype:
        """The dtype of the real part."""
        return _TO_REAL.get(self, self)

    def to_complex(self) -> dtype:
        """The complex dtype that holds values of this one."""
        if self not in _TO_COMPLEX:
            raise RuntimeError(f"Unknown Complex ScalarType for {self.cpp}")
        return _TO_COMPLEX[self]

    def __repr__(self) -> str:
        return "torch." + self.name

    def __reduce__(self) -> Any:
        return by_name, (self.name,)

    def __copy__(self) -> dtype:
        return self

    def __deepcopy__(self, memo: Any) -> dtype:
        return self


_ALL = [
    dtype("bool", 0, BOOL, 1, False, "b8", "Bool"),
    dtype("uint8", 1, INTEGRAL, 1, False, "u8", "Byte"),
    dtype("int8", 2, INTEGRAL, 1, True, "i8", "Char"),
    dtype("int16", 3, INTEGRAL, 2, True, "i16", "Short"),
    dtype("int32", 4, INTEGRAL, 4, True, "i32", "Int"),
    dtype("int64", 5, INTEGRAL, 8, True, "i64", "Long"),
    dtype("uint16", 6, INTEGRAL, 2, False, "u16", "UInt16"),
    dtype("uint32", 7, INTEGRAL, 4, False, "u32", "UInt32"),
    dtype("uint64", 8, INTEGRAL, 8, False, "u64", "UInt64"),
    dtype("float16", 9, FLOATING, 2, True, "f16", "Half"),
    dtype("bfloat16", 10, FLOATING, 2, True, "bf16", "BFloat16"),
    dtype("float32", 11, FLOATING, 4, True, "f32", "Float"),
    dtype("float64", 12, FLOATING, 8, True, "f64", "Double"),
    dtype("complex64", 13, COMPLEX, 8, True, "c64", "ComplexFloat"),
    dtype("complex128", 14, COMPLEX, 16, True, "c128", "ComplexDouble"),
]
(bool_, uint8, int8, int16, int32, int64, uint16, uint32, uint64, float16, bfloat16, float32, float64, complex64, complex128) = _ALL
ALL = tuple(_ALL)


def _build_rare() -> list[dtype]:
    """The dtypes that no operator computes with: 8-bit floats can be stored and converted, the others are only names."""
    float8 = ("e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0fnu")
    found = [dtype(f"float8_{name}", 0, FLOATING, 1, name != "e8m0fnu", "f8", f"Float8_{name}") for name in float8]
    found.append(dtype("float4_e2m1fn_x2", 0, FLOATING, 1, True, "f4", "Float4_e2m1fn_x2"))
    found.append(dtype("complex32", 0, COMPLEX, 4, True, "c32", "ComplexHalf"))
    for count in range(1, 8):
        found.append(dtype(f"uint{count}", 0, INTEGRAL, 1, False, f"u{count}", f"UInt{count}"))
        found.append(dtype(f"int{count}", 0, INTEGRAL, 1, True, f"i{count}", f"Int{count}"))
    bits = ("bits1x8", "bits2x4", "bits4x2", "bits8", "bits16")
    found.extend([dtype(name, 0, INTEGRAL, 2 if name == "bits16" else 1, False, "bits", name.capitalize()) for name in bits])
    for name in ("quint8", "qint8", "qint32", "quint4x2", "quint2x4"):
        cpp = name.replace("quint", "QUInt").replace("qint", "QInt")
        found.append(dtype(name, 0, INTEGRAL, 4 if name == "qint32" else 1, False, "q", cpp))
    for position, made in enumerate(found):
        made.index = FIRST_RARE + position
    return found


FIRST_RARE: Final = 15  # dtypes with this index or a higher one are rare
RARE = tuple(_build_rare())
_BY_NAME: dict[str, dtype] = {d.name: d for d in (*_ALL, *RARE)}
_BY_NAME["bit"] = _BY_NAME["uint1"]
complex32 = _BY_NAME["complex32"]
ALIASES = {
    "half": float16, "float": float32, "double": float64, "chalf": complex32, "cfloat": complex64, "cdouble": complex128,
    "short": int16, "int": int32, "long": int64,
}  # fmt: skip
_TO_REAL: dict[dtype, dtype] = {complex32: float16, complex64: float32, complex128: float64}
_TO_COMPLEX: dict[dtype, dtype] = {
    float16: complex32, bfloat16: complex64, float32: complex64, float64: complex128,
    complex32: complex32, complex64: complex64, complex128: complex128,
}  # fmt: skip

# np.dtype.num -> dtype. NumPy has two type numbers for 8-byte integers (`long` and `long long`); both are int64.
BY_NUM: Final[dict[int, dtype]] = {}


def _register(d: dtype, np_dtype: Any) -> Any:
    BY_NUM[np_dtype.num] = d
    return np_dtype


class _RareHook:
    """What to call before the first array of a rare dtype is made: the operators' layer fills it in."""

    def __init__(self) -> None:
        self.prepare: Any = None


RARE_HOOK = _RareHook()


def _load_np_dtype(d: dtype) -> Any:
    if d.name == "bfloat16" or d.abbr == "f8":
        try:
            import ml_dtypes
        except ImportError as error:
            raise ImportError(f"{d.name} needs the package ml_dtypes: pip install rushlight[bfloat16]") from error
        if d.index >= FIRST_RARE and RARE_HOOK.prepare is not None:
            RARE_HOOK.prepare()
        return _register(d, np.dtype(getattr(ml_dtypes, d.name)))
    if d.index >= FIRST_RARE:
        raise NotImplementedError(f"rushlight has no tensors of dtype {d!r}")
    return _register(d, np.dtype(d.name))


def _load_builtin() -> None:
    for d in _ALL:
        if d.name != "bfloat16":
            d._np = _load_np_dtype(d)
    for char in "lLqQ":
        np_dtype = np.dtype(char)
        BY_NUM[np_dtype.num] = _BY_NAME[np_dtype.name]


_load_builtin()


def by_name(name: str) -> dtype:
    """The dtype called `name`, such as "float32"."""
    return _BY_NAME[name]


def type_text(array: Any) -> str:
    """An array's dtype as error texts name types: only the oldest dtypes have type names of their own."""
    name = of(array).cpp
    return f"torch.{name}Tensor" if name in _TYPE_NAMES else f"CPU{name}Type"


_TYPE_NAMES = ("Float", "Double", "Half", "Byte", "Char", "Short", "Int", "Long")


def of(array: Any) -> dtype:
    """The dtype of a NumPy array or of a np.dtype's holder."""
    found = BY_NUM.get(array.dtype.num)
    return found if found is not None else of_numpy(array.dtype)


def of_numpy(np_dtype: Any) -> dtype:
    """The dtype for a np.dtype; TypeError in PyTorch's words for one that has no counterpart."""
    found = BY_NUM.get(np_dtype.num)
    if found is not None and (np_dtype.kind != "V" or found is bfloat16 or found.index >= FIRST_RARE):
        return found
    if np_dtype.name == "bfloat16" or np_dtype.name in _FLOAT8:  # an array of ml_dtypes before the first such tensor
        found = _BY_NAME[np_dtype.name]
        if found.np_dtype is not None:
            return found
    raise TypeError(
        f"can't convert np.ndarray of type {np_dtype.type.__module__}.{np_dtype.type.__name__}. The only supported types are: "
        "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, and bool."
    )


_FLOAT8: Final = tuple([d.name for d in RARE if d.abbr == "f8"])


class _Defaults:
    def __init__(self) -> None:
        self.dtype: dtype = float32


DEFAULTS = _Defaults()


def get_default_dtype() -> dtype:
    """The dtype of floating-point results that nothing else decides; float32 at first."""
    return DEFAULTS.dtype


def set_default_dtype(d: Any) -> None:
    """Set the default floating-point dtype (TypeError for any other kind)."""
    if not isinstance(d, dtype):
        raise TypeError("invalid dtype object: only floating-point types are supported as the default type")
    if d.category != FLOATING:
        raise TypeError("only floating-point types are supported as the default type")
    if d.index >= FIRST_RARE:
        raise TypeError(f"couldn't find storage object {d.cpp}Storage")
    DEFAULTS.dtype = d


def default_complex() -> dtype:
    """The complex dtype that goes with the default dtype."""
    return _TO_COMPLEX[DEFAULTS.dtype]


# ---------------------------------------------------------------- promotion


def _build_promotion() -> list[list[int]]:
    """promote_types as a table of indices; -1 where PyTorch refuses (uint16/32/64 with another integer or a complex)."""
    signed = [2, 3, 4, 5]
    size = len(_ALL)
    table = [[-1] * size for _ in range(size)]
    for i, a in enumerate(_ALL):
        for j, b in enumerate(_ALL):
            table[i][j] = _promote_pair(a, b, signed)
    return table


def _promote_pair(a: dtype, b: dtype, signed: list[int]) -> int:
    if a is b:
        return a.index
    low, high = (a, b) if a.category <= b.category else (b, a)
    wide_unsigned = (6, 7, 8)
    if high.category == COMPLEX:
        if low.index in wide_unsigned:
            return -1
        double = 12 in (low.index,) or 14 in (low.index, high.index)
        return 14 if double else 13
    if high.category == FLOATING:
        if low.category != FLOATING:
            return high.index
        return 11 if {a.index, b.index} == {9, 10} else max(a.index, b.index)
    if a.index in wide_unsigned or b.index in wide_unsigned:
        return -1
    if low.category == BOOL:
        return high.index
    if 1 in (a.index, b.index):  # uint8 with a signed type: the next signed type that holds both
        other = a.index + b.index - 1
        return 3 if other == 2 else other
    return max(a.index, b.index)


_PROMOTE = _build_promotion()


def promote_types(a: dtype, b: dtype) -> dtype:
    """The smallest dtype to which both convert safely, as torch.promote_types."""
    if a.index >= FIRST_RARE or b.index >= FIRST_RARE:
        return _promote_rare(a, b)
    index = _PROMOTE[a.index][b.index]
    if index < 0:
        raise RuntimeError(
            "Promotion for uint16, uint32, uint64 types is not supported, attempted to promote " f"{a.cpp} and {b.cpp}"
        )
    return _ALL[index]


def _promote_rare(a: dtype, b: dtype) -> dtype:
    """promote_types where one of the dtypes is rare: only complex32 goes with others."""
    if a is b:
        return a
    for kind in (a.abbr, b.abbr):
        if kind == "q":
            raise RuntimeError(
                "promoteTypes with quantized numbers is not handled yet; figure out what the correct rules should be, offending types: "
                f"{a.cpp} {b.cpp}"
            )
        if kind == "bits":
            raise RuntimeError(f"Promotion from {a.cpp} and {b.cpp} is unsupported.")
        if kind == "f8":
            raise RuntimeError(f"Promotion for Float8 Types is not supported, attempted to promote {a.cpp} and {b.cpp}")
    narrow, other = (a, b) if a.index >= FIRST_RARE else (b, a)
    if narrow is complex32 and other.index < FIRST_RARE and other.index not in (6, 7, 8):
        if other.category == FLOATING:
            return _TO_COMPLEX[other]
        return other if other.category == COMPLEX else complex32
    if narrow.category == INTEGRAL and other.category == FLOATING and not narrow._is_signed:
        return other
    raise RuntimeError(f"Promotion for uint16, uint32, uint64 types is not supported, attempted to promote {a.cpp} and {b.cpp}")


def promote_optional(a: dtype | None, b: dtype | None) -> dtype | None:
    """promote_types where either may be absent."""
    if a is None:
        return b
    if b is None:
        return a
    return promote_types(a, b)


def combine_categories(higher: dtype | None, lower: dtype | None) -> dtype | None:
    """The result of operands of two priorities: tensors with dimensions before 0-d tensors before Python numbers."""
    if higher is None:
        return lower
    if lower is None or higher.category == COMPLEX:
        return higher
    if higher.category == FLOATING:
        return _TO_COMPLEX.get(higher, complex64) if lower.category == COMPLEX else higher
    if higher.category == BOOL or lower.category >= FLOATING:
        return promote_types(higher, lower)
    return higher


def of_scalar(value: Any) -> dtype:
    """The dtype that a Python number stands for in promotion."""
    if isinstance(value, bool):
        return bool_
    if isinstance(value, int):
        return int64
    if isinstance(value, complex):
        return default_complex()
    return DEFAULTS.dtype


def can_cast(source: dtype, target: dtype) -> bool:
    """Whether an in-place or out= result of dtype `source` may be stored as `target`."""
    if source.category > target.category:
        return False
    return not (source.category == INTEGRAL and target.category == BOOL)
