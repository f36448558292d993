"""assert_close and what it is made of: pairs of values that know how to compare themselves."""

from __future__ import annotations

import cmath
import collections.abc
import contextlib
import warnings
from typing import Any, NoReturn

import numpy as np

import rushlight
from rushlight._core import dtypes

_torch: Any = rushlight
_DTYPE_PRECISIONS = {
    dtypes.float16: (0.001, 1e-5), dtypes.bfloat16: (0.016, 1e-5), dtypes.float32: (1.3e-6, 1e-5), dtypes.float64: (1e-7, 1e-7),
    dtypes.complex64: (1.3e-6, 1e-5), dtypes.complex128: (1e-7, 1e-7),
}  # fmt: skip


class ErrorMeta(Exception):
    """What went wrong with which item, before it is raised to the user."""

    def __init__(self, type: Any, msg: str, *, id: tuple[Any, ...] = ()) -> None:
        super().__init__("raise ErrorMeta.to_error() for errors that users see")
        self.type = type
        self.msg = msg
        self.id = id

    def to_error(self, msg: Any = None) -> Exception:
        """The error for users; `msg` replaces the text, or makes it from the one there is."""
        if not isinstance(msg, str):
            text = self.msg
            if self.id:
                text += f"\n\nThe failure occurred for item {_place(self.id)}"
            msg = msg(text) if callable(msg) else text
        found: Exception = self.type(msg)
        return found


def _place(id: tuple[Any, ...]) -> str:
    return "".join(str([entry]) for entry in id)


def _unwrap_dtensor_for_comparison(actual: Any, expected: Any) -> tuple[Any, Any]:
    """The two as they are: there are no distributed tensors."""
    return actual, expected


class UnsupportedInputs(Exception):
    """A kind of pair has nothing to say about two values."""


# ---------------------------------------------------------------- tolerances and texts


def default_tolerances(*inputs: Any, dtype_precisions: Any = None) -> tuple[float, float]:
    """(rtol, atol) for tensors or dtypes: the widest of theirs."""
    found = []
    for entry in inputs:
        if not isinstance(entry, (_torch.Tensor, dtypes.dtype)):
            raise TypeError(f"Expected a torch.Tensor or a torch.dtype, but got {type(entry)} instead.")
        dtype = entry if isinstance(entry, dtypes.dtype) else entry.dtype
        found.append((dtype_precisions or _DTYPE_PRECISIONS).get(dtype, (0.0, 0.0)))
    return max(pair[0] for pair in found), max(pair[1] for pair in found)


def get_tolerances(*inputs: Any, rtol: float | None, atol: float | None, id: tuple[Any, ...] = ()) -> tuple[float, float]:
    """The tolerances given, which must be both or none, or the default ones."""
    if (rtol is None) != (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ErrorMeta(ValueError, f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.", id=id)
    return default_tolerances(*inputs) if rtol is None or atol is None else (rtol, atol)


def _text(default: str, identifier: Any, extra: str, differences: list[tuple[str, Any, Any, float]]) -> str:
    """The text of a mismatch; differences are (kind, value, index or None, tolerance)."""
    exact = all(tolerance == 0 for *_, tolerance in differences)
    name = default if identifier is None else identifier(default) if callable(identifier) else identifier
    lines = [f"{name} are not {'equal' if exact else 'close'}!\n", extra]
    for kind, value, index, tolerance in differences:
        line = f"{kind.title()} difference: {value}" if index is None else f"Greatest {kind} difference: {value} at index {index}"
        lines.append(line if exact else f"{line} (up to {tolerance} allowed)")
    return "\n".join(lines)


def make_scalar_mismatch_msg(actual: Any, expected: Any, *, rtol: float, atol: float, identifier: Any = None) -> str:
    """The text for two numbers."""
    difference = abs(actual - expected)
    relative = float("inf") if expected == 0 else difference / abs(expected)
    rows = [("absolute", difference, None, atol), ("relative", relative, None, rtol)]
    return _text("Scalars", identifier, f"Expected {expected} but got {actual}.", rows)


def make_tensor_mismatch_msg(actual: Any, expected: Any, matches: Any, *, rtol: float, atol: float, identifier: Any = None) -> str:
    """The text for two tensors."""
    count = matches.numel()
    wrong = count - int(matches.sum())
    one, other, same = actual.flatten(), expected.flatten(), matches.flatten()
    if not (one.dtype.is_floating_point or one.dtype.is_complex):
        one, other = one.to(dtypes.int64), other.to(dtypes.int64)
    absolute = (one - other).abs()
    absolute[same] = 0
    relative = absolute / other.abs()
    relative[same] = 0
    rows = []
    for kind, values, tolerance in (("absolute", absolute, atol), ("relative", relative, rtol)):
        value, at = values.max(0)
        index = tuple(int(entry) for entry in np.unravel_index(int(at), tuple(matches.shape))) if matches.shape else ()
        rows.append((kind, value.item(), index, tolerance))
    return _text("Tensor-likes", identifier, f"Mismatched elements: {wrong} / {count} ({wrong / count:.1%})", rows)


# ---------------------------------------------------------------- pairs


class Pair:
    """Two values to be compared; kinds that do not know the values raise UnsupportedInputs."""

    def __init__(self, actual: Any, expected: Any, *, id: tuple[Any, ...] = (), **unknown_parameters: Any) -> None:
        self.actual = actual
        self.expected = expected
        self.id = id
        self._unknown_parameters = unknown_parameters

    @staticmethod
    def _inputs_not_supported() -> NoReturn:
        raise UnsupportedInputs

    @staticmethod
    def _check_inputs_isinstance(*inputs: Any, cls: Any) -> None:
        if not all(isinstance(entry, cls) for entry in inputs):
            raise UnsupportedInputs

    def _fail(self, type: Any, msg: str, *, id: tuple[Any, ...] = ()) -> NoReturn:
        raise ErrorMeta(type, msg, id=id or self.id)

    def compare(self) -> None:
        """Raise an ErrorMeta where the values differ."""
        raise NotImplementedError

    def extra_repr(self) -> Any:
        """More fields to show."""
        return []

    def __repr__(self) -> str:
        more = [(name, getattr(self, name)) if isinstance(name, str) else name for name in self.extra_repr()]
        fields = [("id", self.id), ("actual", self.actual), ("expected", self.expected), *more]
        return "\n".join([f"{type(self).__name__}(", *(f"    {name}={value!s}," for name, value in fields), ")"])


class ObjectPair(Pair):
    """Anything, by ==."""

    def compare(self) -> None:
        try:
            equal = self.actual == self.expected
        except Exception as error:
            raise ErrorMeta(ValueError, f"{self.actual} == {self.expected} failed with:\n{error}.", id=self.id) from error
        if not equal:
            self._fail(AssertionError, f"{self.actual} != {self.expected}")


class NonePair(Pair):
    """None, with anything."""

    def __init__(self, actual: Any, expected: Any, **other_parameters: Any) -> None:
        if actual is not None and expected is not None:
            raise UnsupportedInputs
        super().__init__(actual, expected, **other_parameters)

    def compare(self) -> None:
        if self.actual is not None or self.expected is not None:
            self._fail(AssertionError, f"None mismatch: {self.actual} is not {self.expected}")


class BooleanPair(Pair):
    """Two bools, NumPy's too."""

    def __init__(self, actual: Any, expected: Any, *, id: tuple[Any, ...] = (), **other_parameters: Any) -> None:
        actual, expected = self._process_inputs(actual, expected, id=id)
        super().__init__(actual, expected, id=id, **other_parameters)

    @property
    def _supported_types(self) -> tuple[type, ...]:
        return bool, np.bool_

    def _process_inputs(self, actual: Any, expected: Any, *, id: tuple[Any, ...]) -> Any:
        self._check_inputs_isinstance(actual, expected, cls=self._supported_types)
        return self._to_bool(actual, id=id), self._to_bool(expected, id=id)

    def _to_bool(self, bool_like: Any, *, id: tuple[Any, ...]) -> bool:
        if not isinstance(bool_like, (bool, np.bool_)):
            raise ErrorMeta(TypeError, f"Unknown boolean type {type(bool_like)}.", id=id)
        return bool(bool_like)

    def compare(self) -> None:
        if self.actual is not self.expected:
            self._fail(AssertionError, f"Booleans mismatch: {self.actual} is not {self.expected}")


class NumberPair(Pair):
    """Two numbers, NumPy's too."""

    _TYPE_TO_DTYPE = {int: dtypes.int64, float: dtypes.float64, complex: dtypes.complex128}
    _NUMBER_TYPES = tuple(_TYPE_TO_DTYPE)

    def __init__(
        self, actual: Any, expected: Any, *, id: tuple[Any, ...] = (), rtol: float | None = None, atol: float | None = None,
        equal_nan: bool = False, check_dtype: bool = False, **other_parameters: Any,
    ) -> None:  # fmt: skip
        actual, expected = self._process_inputs(actual, expected, id=id)
        super().__init__(actual, expected, id=id, **other_parameters)
        kinds = [self._TYPE_TO_DTYPE[bool in type(value).__mro__ and int or type(value)] for value in (actual, expected)]
        self.rtol, self.atol = get_tolerances(*kinds, rtol=rtol, atol=atol, id=id)
        self.equal_nan = equal_nan
        self.check_dtype = check_dtype

    @property
    def _supported_types(self) -> tuple[type, ...]:
        return (*self._NUMBER_TYPES, np.number)

    def _process_inputs(self, actual: Any, expected: Any, *, id: tuple[Any, ...]) -> Any:
        self._check_inputs_isinstance(actual, expected, cls=self._supported_types)
        return self._to_number(actual, id=id), self._to_number(expected, id=id)

    def _to_number(self, number_like: Any, *, id: tuple[Any, ...]) -> Any:
        if isinstance(number_like, np.number):
            return number_like.item()
        if not isinstance(number_like, self._NUMBER_TYPES):
            raise ErrorMeta(TypeError, f"Unknown number type {type(number_like)}.", id=id)
        return number_like

    def compare(self) -> None:
        actual, expected = self.actual, self.expected
        if self.check_dtype and type(actual) is not type(expected):
            self._fail(AssertionError, f"The (d)types do not match: {type(actual)} != {type(expected)}.")
        if actual == expected or (self.equal_nan and cmath.isnan(actual) and cmath.isnan(expected)):
            return
        difference = abs(actual - expected)
        if not (cmath.isfinite(difference) and difference <= self.atol + self.rtol * abs(expected)):
            self._fail(AssertionError, make_scalar_mismatch_msg(actual, expected, rtol=self.rtol, atol=self.atol))

    def extra_repr(self) -> Any:
        return ("rtol", "atol", "equal_nan", "check_dtype")


_SPARSE_PARTS = {
    "torch.sparse_coo": ("COO", ("_indices", "_values")), "torch.sparse_csr": ("CSR", ("crow_indices", "col_indices", "values")),
    "torch.sparse_csc": ("CSC", ("ccol_indices", "row_indices", "values")),
    "torch.sparse_bsr": ("BSR", ("crow_indices", "col_indices", "values")),
    "torch.sparse_bsc": ("BSC", ("ccol_indices", "row_indices", "values")),
}  # fmt: skip


class TensorLikePair(Pair):
    """Two tensors, or two things of one type that tensors can be made of."""

    def __init__(
        self, actual: Any, expected: Any, *, id: tuple[Any, ...] = (), allow_subclasses: bool = True, rtol: float | None = None,
        atol: float | None = None, equal_nan: bool = False, check_device: bool = True, check_dtype: bool = True, check_layout: bool = True,
        check_stride: bool = False, **other_parameters: Any,
    ) -> None:  # fmt: skip
        actual, expected = self._process_inputs(actual, expected, id=id, allow_subclasses=allow_subclasses)
        super().__init__(actual, expected, id=id, **other_parameters)
        self.rtol, self.atol = get_tolerances(actual, expected, rtol=rtol, atol=atol, id=id)
        self.equal_nan = equal_nan
        self.check_device = check_device
        self.check_dtype = check_dtype
        self.check_layout = check_layout
        self.check_stride = check_stride

    def _process_inputs(self, actual: Any, expected: Any, *, id: tuple[Any, ...], allow_subclasses: bool) -> Any:
        related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
        if not related or (not allow_subclasses and type(actual) is not type(expected)):
            self._inputs_not_supported()
        tensors = self._to_tensor(actual), self._to_tensor(expected)
        for tensor in tensors:
            self._check_supported(tensor, id=id)
        return tensors

    def _to_tensor(self, tensor_like: Any) -> Any:
        if isinstance(tensor_like, _torch.Tensor):
            return tensor_like
        try:
            return _torch.as_tensor(tensor_like)
        except Exception:
            self._inputs_not_supported()

    def _check_supported(self, tensor: Any, *, id: tuple[Any, ...]) -> None:
        """Refuse tensors that cannot be compared; there are none."""

    def compare(self) -> None:
        actual, expected = self.actual, self.expected
        self._compare_attributes(actual, expected)
        if "meta" in (actual.device.type, expected.device.type):
            return
        self._compare_values(*self._equalize_attributes(actual, expected))

    def _compare_attributes(self, actual: Any, expected: Any) -> None:
        rows = [
            ("shape", True, actual.shape, expected.shape), ("layout", self.check_layout, actual.layout, expected.layout),
            ("device", self.check_device, actual.device, expected.device), ("dtype", self.check_dtype, actual.dtype, expected.dtype),
        ]  # fmt: skip
        if self.check_stride and repr(actual.layout) == repr(expected.layout) == "torch.strided":
            rows.insert(2, ("stride()", True, actual.stride(), expected.stride()))
        for name, wanted, one, other in rows:
            if wanted and one != other:
                self._fail(AssertionError, f"The values for attribute '{name}' do not match: {one} != {other}.")

    def _equalize_attributes(self, actual: Any, expected: Any) -> tuple[Any, Any]:
        if actual.layout != expected.layout:
            actual, expected = [tensor.to_dense() if repr(tensor.layout) in _SPARSE_PARTS else tensor for tensor in (actual, expected)]
        if actual.dtype == expected.dtype:
            return actual, expected
        wide = {dtypes.uint16: dtypes.int64, dtypes.uint32: dtypes.int64, dtypes.uint64: dtypes.int64}
        common = _torch.promote_types(wide.get(actual.dtype, actual.dtype), wide.get(expected.dtype, expected.dtype))
        return actual.to(common), expected.to(common)

    def _compare_sparse(self, actual: Any, expected: Any) -> None:
        """The numbers of values, then each part."""
        kind, names = _SPARSE_PARTS[repr(actual.layout)]
        if kind == "COO" and actual.sparse_dim() != expected.sparse_dim():
            dims = f"{actual.sparse_dim()} != {expected.sparse_dim()}"
            self._fail(AssertionError, f"The number of sparse dimensions in sparse COO tensors does not match: {dims}")
        if actual._nnz() != expected._nnz():
            text = f"The number of specified values in sparse {kind} tensors does not match: {actual._nnz()} != {expected._nnz()}"
            self._fail(AssertionError, text)
        for name in names:
            one, other = (getattr(tensor, name)() for tensor in (actual, expected))
            exact = {} if name.endswith("values") else {"rtol": 0.0, "atol": 0.0}
            pair = type(self)(one, other, rtol=exact.get("rtol", self.rtol), atol=exact.get("atol", self.atol), equal_nan=self.equal_nan)
            try:
                pair._compare_values(*pair._equalize_attributes(one, other))
            except ErrorMeta as error:
                label = f"Sparse {kind} {name.lstrip('_')}"
                raise ErrorMeta(error.type, error.msg.replace("Tensor-likes", label, 1), id=self.id) from None

    def _compare_values(self, actual: Any, expected: Any) -> None:
        if repr(actual.layout) in _SPARSE_PARTS:
            self._compare_sparse(actual, expected)
            return
        tolerances = {"rtol": self.rtol, "atol": self.atol}
        matches = _torch.isclose(actual, expected, **tolerances, equal_nan=self.equal_nan)
        if bool(matches.all()):
            return
        if actual.shape == ():
            self._fail(AssertionError, make_scalar_mismatch_msg(actual.item(), expected.item(), **tolerances))
        self._fail(AssertionError, make_tensor_mismatch_msg(actual, expected, matches, **tolerances))

    def extra_repr(self) -> Any:
        return ("rtol", "atol", "equal_nan", "check_device", "check_dtype", "check_layout", "check_stride")


# ---------------------------------------------------------------- comparing


def _is(value: Any, types: Any) -> bool:
    return isinstance(value, types) and not isinstance(value, str)


def _pairs_of_mappings(actual: Any, expected: Any, id: tuple[Any, ...], options: dict[str, Any]) -> list[Pair]:
    missing, additional = set(expected) - set(actual), set(actual) - set(expected)
    if missing or additional:
        text = (
            "The keys of the mappings do not match:\n"
            f"Missing keys in the actual mapping: {sorted(missing)}\nAdditional keys in the actual mapping: {sorted(additional)}"
        )
        raise ErrorMeta(AssertionError, text, id=id)
    keys: Any = set(actual)
    with contextlib.suppress(Exception):
        keys = sorted(keys)
    return [pair for key in keys for pair in originate_pairs(actual[key], expected[key], id=(*id, key), **options)]


def originate_pairs(
    actual: Any, expected: Any, *, pair_types: Any, sequence_types: Any = (collections.abc.Sequence,),
    mapping_types: Any = (collections.abc.Mapping,), id: tuple[Any, ...] = (), **options: Any,
) -> list[Pair]:  # fmt: skip
    """The pairs that two values, or two containers of values, are made of."""
    inner = {"pair_types": pair_types, "sequence_types": sequence_types, "mapping_types": mapping_types, **options}
    if _is(actual, sequence_types) and _is(expected, sequence_types):
        if len(actual) != len(expected):
            raise ErrorMeta(AssertionError, f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", id=id)
        return [pair for n in range(len(actual)) for pair in originate_pairs(actual[n], expected[n], id=(*id, n), **inner)]
    if isinstance(actual, mapping_types) and isinstance(expected, mapping_types):
        return _pairs_of_mappings(actual, expected, id, inner)
    for pair_type in pair_types:
        try:
            return [pair_type(actual, expected, id=id, **options)]
        except UnsupportedInputs:
            continue
    text = f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}."
    raise ErrorMeta(TypeError, text, id=id)


def not_close_error_metas(actual: Any, expected: Any, *, pair_types: Any = (ObjectPair,), **options: Any) -> list[ErrorMeta]:
    """What is wrong with each pair that differs."""
    __tracebackhide__ = True
    try:
        pairs = originate_pairs(actual, expected, pair_types=pair_types, **options)
    except ErrorMeta as error:
        raise error.to_error() from None
    found = []
    for pair in pairs:
        try:
            pair.compare()
        except ErrorMeta as error:
            found.append(error)
    return found


def assert_close(
    actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: float | None = None, atol: float | None = None,
    equal_nan: bool = False, check_device: bool = True, check_dtype: bool = True, check_layout: bool = True, check_stride: bool = False,
    msg: Any = None,
) -> None:  # fmt: skip
    """Raise an AssertionError unless two tensors, numbers, or containers of them are as close as their dtypes let one expect.

    >>> torch.testing.assert_close(torch.ones(2), torch.ones(2) + 1e-7)
    """
    __tracebackhide__ = True
    errors = not_close_error_metas(
        actual, expected, pair_types=(NonePair, BooleanPair, NumberPair, TensorLikePair), allow_subclasses=allow_subclasses, rtol=rtol,
        atol=atol, equal_nan=equal_nan, check_device=check_device, check_dtype=check_dtype, check_layout=check_layout,
        check_stride=check_stride,
    )  # fmt: skip
    if errors:
        raise errors[0].to_error(msg)


def assert_allclose(
    actual: Any, expected: Any, rtol: float | None = None, atol: float | None = None, equal_nan: bool = True, msg: str = ""
) -> None:
    """The older form, with wider tolerances."""
    warnings.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. Please use "
        "`torch.testing.assert_close()` instead. You can find detailed upgrade instructions in "
        "https://github.com/pytorch/pytorch/issues/61844.",
        FutureWarning,
        stacklevel=2,
    )
    actual = actual if isinstance(actual, _torch.Tensor) else _torch.tensor(actual)
    expected = expected if isinstance(expected, _torch.Tensor) else _torch.tensor(expected, dtype=actual.dtype)
    if rtol is None and atol is None:
        wide = {dtypes.float16: (1e-3, 1e-3), dtypes.float32: (1e-4, 1e-5), dtypes.float64: (1e-5, 1e-8)}
        rtol, atol = default_tolerances(actual, expected, dtype_precisions=wide)
    assert_close(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None)
