"""Arithmetic of two operands, powers, and the ternary forms built on them."""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight._core.memory import in_step
from rushlight._core.promotion import check_shapes, result_dtype
from rushlight._core.tensor import TensorBase
from rushlight.ops.carriers import BOOL_OPERAND, conj, divided, is_complex, less_one, number_over, scaled, where, zeros_like
from rushlight.ops.declare import FLOAT, REGISTRY, also, composite, op, pointwise
from rushlight.ops.deprecated import deprecated

# ---------------------------------------------------------------- dtypes that operators refuse

# Kinds of dtypes, and the NumPy characters of each. PyTorch has few kernels for the wide unsigned integers.
KINDS = {"bool": "?", "int": "bBhilq", "wide": "HILQ", "float": "efd", "complex": "FD"}
NOT_FLOAT = "bool int wide complex"
NOT_INT = "bool wide float complex"
_WIDE = (dtypes.uint16, dtypes.uint32, dtypes.uint64)


def kind_of(dtype: dtypes.dtype) -> str:
    """The key of KINDS that a dtype belongs to."""
    if dtype in _WIDE:
        return "wide"
    return ("bool", "int", "float", "complex")[dtype.category]


def unimplemented(name: str) -> str:
    """PyTorch's text for a kernel that has no code for a dtype."""
    return f"\"{name}\" not implemented for '%s'"


def no_kernel(name: str, kinds: str) -> tuple[str, str]:
    """The rule that kernel `name` refuses some kinds of dtypes."""
    return kinds, unimplemented(name)


def elementwise(spec: str, kernel: Any, *rules: Any, refuse: Any = None, **settings: Any) -> Any:
    """pointwise() for an operator that refuses dtypes: rules are (kinds, text[, type of the error]).

    The kernel runs directly on what no rule refuses. refuse: called with the arguments before promotion, may raise.
    """
    refused: dict[str, tuple[str, type[Exception]]] = {}
    for kinds, text, *error in rules:
        for kind in kinds.split():
            refused.setdefault(kind, (text, error[0] if error else NotImplementedError))
    settings.setdefault("direct", "".join(chars for kind, chars in KINDS.items() if kind not in refused))

    def check(dtype: dtypes.dtype, values: Any) -> None:
        if refuse is not None and dtype.category != dtypes.BOOL:
            refuse(values)
        found = refused.get(kind_of(dtype))
        if found is not None:
            text, error = found
            raise error(text % dtype.cpp if "%s" in text else text)

    return pointwise(spec, kernel, check=check if refused or refuse else None, **settings)


def in_place_variant(spec: str, kernel: Any, grad_fn: str, *names: str, **formulas: Any) -> None:
    """Register in-place forms (`names`) that PyTorch differentiates by formulas of their own."""
    made = pointwise(spec, kernel, grad_fn=grad_fn, **formulas)

    def call(*values: Any) -> Any:
        return made.apply_inplace([*values, *made.defaults[len(made.defaults) - (len(made.params) - len(values)) :]])

    composite(*names)(call)


def no_derivative(name: str, text: str = "derivative for aten::{} is not implemented") -> Any:
    """The formula of an operator that PyTorch cannot differentiate: results require grad, and backward() raises."""

    def formula(grad: Any) -> Any:
        raise (NotImplementedError if text.startswith("the derivative") else RuntimeError)(text.format(name))

    return formula


# ---------------------------------------------------------------- sums and products

SUBTRACTED_BOOLS = (
    "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
)


def _one_bool(values: Any) -> None:
    """Refuse a bool operand beside one of another dtype."""
    for value in values[:2]:
        if isinstance(value, bool) or (isinstance(value, np.ndarray) and value.dtype.kind == "b"):
            raise RuntimeError(BOOL_OPERAND)


_SUB_RULES = (("bool", SUBTRACTED_BOOLS, RuntimeError), no_kernel("add_stub", "wide"))


def _scaled(value: Any, alpha: Any) -> Any:
    return value if alpha == 1 and not isinstance(alpha, bool) else scaled(value, alpha)


def _times_alpha(value: Any, alpha: Any, other: Any) -> Any:
    """The second operand times alpha, which must be of its kind. (Shapes come first: `other` is the first operand.)"""
    kind = value.dtype.kind
    if type(alpha) is int and alpha == 1:
        return value * _ONES[value.dtype.char] if kind == "c" else value
    check_shapes([other, value])
    if isinstance(alpha, bool) and kind != "b":
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if kind in "biu" and isinstance(alpha, (float, complex)):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, complex) and kind != "c":
        raise RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.")
    return np.multiply(value, np.asarray(alpha).astype(value.dtype))


def _add(self: Any, other: Any, alpha: Any = 1) -> Any:
    return np.add(self, _times_alpha(other, alpha, self))


def _sub(self: Any, other: Any, alpha: Any = 1) -> Any:
    return np.subtract(self, _times_alpha(other, alpha, self))


def _rsub(self: Any, other: Any, alpha: Any = 1) -> Any:
    return _sub(other, self, alpha=alpha)


# PyTorch multiplies complex operands by alpha, also by 1: an infinite part times the other part's zero is nan. They do not take the
# direct way.
_SUMMED = "bBhilqefd"
_ONES = {"F": np.complex64(1), "D": np.complex128(1)}

add = elementwise(
    "add.Tensor", _add, no_kernel("add_stub", "wide"), direct=_SUMMED + "?", direct_kernel=np.add,
    self=lambda grad: grad,
    other=lambda grad, alpha: _scaled(grad, conj(alpha)),
)  # fmt: skip
sub = elementwise(
    "sub.Tensor", _sub, *_SUB_RULES, refuse=_one_bool, direct=_SUMMED, direct_kernel=np.subtract,
    self=lambda grad: grad,
    other=lambda grad, alpha: _scaled(-grad, conj(alpha)),
)  # fmt: skip
rsub = elementwise(
    "rsub.Tensor", _rsub, *_SUB_RULES, refuse=_one_bool,
    self=lambda grad, alpha: _scaled(-grad, conj(alpha)),
    other=lambda grad: grad,
)  # fmt: skip
rsub_scalar = elementwise(
    "rsub.Scalar", _rsub, *_SUB_RULES, refuse=_one_bool, direct_kernel=lambda self, other: np.subtract(other, self),
    grad_fn="RsubBackward1",
    self=lambda grad, alpha: _scaled(-grad, conj(alpha)),
)  # fmt: skip
mul = elementwise(
    "mul.Tensor", np.multiply,
    self=lambda grad, other: grad * conj(other),
    other=lambda grad, self: grad * conj(self),
)  # fmt: skip
# What formulas use for numbers: Python's own `x * 2` means mul.Tensor.
elementwise("add.Scalar", _add, no_kernel("add_stub", "wide"), grad_fn="AddBackward1", self=lambda grad: grad)
elementwise("sub.Scalar", _sub, *_SUB_RULES, refuse=_one_bool, grad_fn="SubBackward1", self=lambda grad: grad)
elementwise("mul.Scalar", np.multiply, grad_fn="MulBackward1", self=lambda grad, other: scaled(grad, conj(other)))
also(sub, "subtract.Tensor", "subtract.Scalar")
also(mul, "multiply.Tensor", "multiply.Scalar")

# ---------------------------------------------------------------- division

ZERO_DIVISION = "ZeroDivisionError"


def _nonzero(dividend: Any, divisor: Any) -> None:
    if not np.all(divisor) and dividend.size:
        check_shapes([dividend, divisor])
        raise RuntimeError(ZERO_DIVISION)


def _floor_divide(self: Any, other: Any) -> Any:
    if self.dtype.kind in "iu":
        _nonzero(self, other)
    return np.floor_divide(self, other)


def _trunc_divide(self: Any, other: Any) -> Any:
    if self.dtype.kind in "iu":
        _nonzero(self, other)
        found = np.floor_divide(self, other)
        return found + ((found < 0) & (found * other != self)).astype(found.dtype)
    return np.trunc(np.true_divide(self, other))


def _fmod(self: Any, other: Any) -> Any:
    if self.dtype.kind in "iu":
        _nonzero(self, other)
    return np.fmod(self, other)


def _remainder(self: Any, other: Any) -> Any:
    """Python's remainder, whose zeros keep the dividend's sign (NumPy's take the divisor's)."""
    if self.dtype.kind in "iu":
        _nonzero(self, other)
        return np.remainder(self, other)
    found = np.remainder(self, other)
    return found if found.all() else np.where(found == 0, np.copysign(found, self), found)


# C++ works out a product's second factor before its first, which the order of the nodes shows: hence the formulas that name it first.


def _divisor(grad: Any, self: Any, other: Any) -> Any:
    slope = conj((self / other) / other)
    return -grad * slope


def _floored(grad: Any, self: Any, other: Any) -> Any:
    slope = div_mode(self, other, "floor")
    return -grad * slope


def _truncated(grad: Any, self: Any, other: Any) -> Any:
    slope = div_mode(self, other, "trunc")
    return -grad * slope


div = elementwise(
    "div.Tensor", np.true_divide, computes=FLOAT,
    self=lambda grad, other: grad / conj(other),
    other=_divisor,
)  # fmt: skip
elementwise("div.Scalar", np.true_divide, computes=FLOAT, grad_fn="DivBackward1", self=lambda grad, other: divided(grad, conj(other)))
also(div, "divide.Tensor", "divide.Scalar", "true_divide.Tensor", "true_divide.Scalar")

_NO_FLOOR = no_kernel("div_floor_cpu", "bool wide complex")


def _rounded_div(mode: str | None, kernel: Any, *rules: Any, **settings: Any) -> Any:
    """div(rounding_mode=...): one operator per mode, all with the same node."""
    if mode is None:
        self_formula: Any = lambda grad, other, rounding_mode: grad / conj(other)
        other_formula: Any = lambda grad, self, other, rounding_mode: _divisor(grad, self, other)
    else:
        self_formula = lambda grad, other, rounding_mode: zeros_like(grad)
        other_formula = lambda grad, self, other, rounding_mode: zeros_like(grad)

    def run(self: Any, other: Any, rounding_mode: Any = None) -> Any:
        return kernel(self, other)

    return elementwise(
        f"div.mode_{mode}", run, *rules, grad_fn="DivBackward2", self=self_formula, other=other_formula, **settings
    )


_MODES = {
    None: _rounded_div(None, np.true_divide, computes=FLOAT),
    "floor": _rounded_div("floor", _floor_divide, _NO_FLOOR),
    "trunc": _rounded_div("trunc", _trunc_divide, no_kernel("div_trunc_cpu", "bool wide complex")),
}


def _mode(rounding_mode: Any) -> Any:
    if rounding_mode not in _MODES:
        raise RuntimeError(
            f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'"
        )
    return _MODES[rounding_mode]


@composite("div.Tensor_mode", "div.Scalar_mode", "divide.Tensor_mode", "divide.Scalar_mode")
def div_mode(self: Any, other: Any, rounding_mode: Any = None) -> Any:
    """Division, rounded down or towards zero."""
    made = _mode(rounding_mode)
    if isinstance(self, np.ndarray) or isinstance(other, np.ndarray):
        return made(self, other, rounding_mode=rounding_mode)
    return made.apply([self, other, rounding_mode])  # two numbers make a tensor too


@composite("div_.Tensor_mode", "div_.Scalar_mode", "divide_.Tensor_mode", "divide_.Scalar_mode")
def div_mode_(self: Any, other: Any, rounding_mode: Any = None) -> Any:
    """div_mode in place."""
    return _mode(rounding_mode).apply_inplace([self, other, rounding_mode])


floor_divide = elementwise(
    "floor_divide", _floor_divide, _NO_FLOOR, grad_fn="NotImplemented",
    **{"self, other": no_derivative("floor_divide")},
)  # fmt: skip
also(floor_divide, "floor_divide.Scalar", "floor_divide.Tensor")

_NO_REMAINDER = no_kernel("remainder_cpu", "bool wide complex")
_NO_FMOD = no_kernel("fmod_cpu", "bool wide complex")

remainder = elementwise(
    "remainder.Tensor", _remainder, _NO_REMAINDER, grad_fn="RemainderBackward1",
    self=lambda grad: grad,
    other=_floored,
)  # fmt: skip
remainder_scalar = elementwise(
    "remainder.Scalar", _remainder, _NO_REMAINDER,
    grad_fn="RemainderBackward0", tensors=("self", "other"), self=lambda grad: grad,
)  # fmt: skip
remainder_of_scalar = elementwise(
    "remainder.Scalar_Tensor", _remainder, _NO_REMAINDER, grad_fn="NotImplemented", other=no_derivative("remainder")
)
fmod = elementwise(
    "fmod.Tensor", _fmod, _NO_FMOD, grad_fn="FmodBackward1",
    self=lambda grad: grad,
    other=_truncated,
)  # fmt: skip
fmod_scalar = elementwise(
    "fmod.Scalar", _fmod, _NO_FMOD, grad_fn="FmodBackward0",
    self=lambda grad: grad,
)  # fmt: skip

# ---------------------------------------------------------------- powers

_NO_POW = no_kernel("pow", "bool wide")
_NEGATIVE_POWER = "Integers to negative integer powers are not allowed."


def _integer_power(self: Any, exponent: Any) -> Any:
    """Negative powers of integers are 0, but for those of 1 and -1."""
    if np.all(exponent >= 0):
        return np.power(self, exponent)
    sign = np.where(exponent & 1, self, 1)
    inverse = np.where(self == 1, 1, np.where(self == -1, sign, 0))
    return np.where(exponent < 0, inverse, np.power(self, np.abs(exponent))).astype(self.dtype)


def _complex_power(self: Any, exponent: Any) -> Any:
    """By logarithms throughout, as C++ has it (NumPy multiplies for whole exponents)."""
    return np.exp(exponent * np.log(self))


def _power(self: Any, exponent: Any) -> Any:
    if self.dtype.kind == "c":
        return _complex_power(self, exponent)
    if self.dtype.kind in "iu":
        return _integer_power(self, exponent)
    if exponent.size == 1 and exponent.item() == 0.5:  # NumPy would take square roots: another result for -inf
        return np.power(self.reshape(-1), np.full(self.size, exponent)).reshape(np.broadcast_shapes(self.shape, exponent.shape))
    return np.power(self, exponent)


# PyTorch computes these powers of floats by multiplication and square roots.
_POWERS: dict[Any, Any] = {
    0.5: np.sqrt,
    2.0: np.square,
    3.0: loops.kernel("cube", lambda x: x * x * x),
    -0.5: lambda x: 1 / np.sqrt(x),
    -1.0: lambda x: 1 / x,
    -2.0: lambda x: 1 / (x * x),
    0.0: np.ones_like,
    1.0: lambda x: x.copy(),
}


def _power_scalar(self: Any, exponent: Any) -> Any:
    exponent = exponent.item() if isinstance(exponent, np.ndarray) else exponent
    if self.dtype.kind == "b":
        return self.copy() if exponent else np.ones_like(self)
    if self.dtype.kind in "iu":
        return np.square(self) if exponent == 2 else np.power(self, np.asarray(exponent).astype(self.dtype))
    made = _POWERS.get(exponent)
    if made is not None:
        return made(self)
    exponent = np.asarray(exponent).astype(self.dtype)
    return _complex_power(self, exponent) if self.dtype.kind == "c" else np.power(self, exponent)


_C_TYPES = {"uint8": "uint8_t", "int8": "int8_t", "int16": "int16_t", "int32": "int", "int64": "int64_t"}


def _check_exponent(values: Any) -> None:
    base, exponent = values
    if not isinstance(exponent, int) or base.dtype.kind not in "biu":
        return
    if exponent < 0:
        raise RuntimeError(_NEGATIVE_POWER)
    if base.dtype.char in KINDS["wide"] and exponent > 1:
        raise NotImplementedError(unimplemented("pow") % dtypes.of(base).cpp)
    if base.dtype.kind != "b" and exponent > np.iinfo(base.dtype).max:
        raise RuntimeError(f"value cannot be converted to type {_C_TYPES[base.dtype.name]} without overflow")


def _log_of(base: Any) -> Any:
    """The logarithm of a number, as C has it."""
    if isinstance(base, complex):
        return cmath.log(base) if base else complex(-math.inf, 0)
    if base == 0:
        return -math.inf
    return math.log(base) if base > 0 else math.nan


def _pow_scalar_self(grad: Any, self: Any, exponent: Any) -> Any:
    return zeros_like(grad) if exponent == 0 else grad * conj(scaled(pow_number(self, exponent - 1), exponent))


def _pow_exponent(grad: Any, self: Any, exponent: Any, result: Any) -> Any:
    """The gradient of the exponent is 0 where 0 is raised to a power that is not negative."""
    at_zero = self == 0
    if not is_complex(exponent):
        at_zero = at_zero & (exponent >= 0)
    base = self + 0j if is_complex(exponent) and not is_complex(self) else self
    return grad * where(at_zero, 0, conj(result * REGISTRY["log"](base)))


def _pow_scalar_exponent(grad: Any, self: Any, exponent: Any, result: Any) -> Any:
    slope = conj(scaled(result, _log_of(complex(self) if is_complex(exponent) else self)))
    if self == 0 and not is_complex(exponent):
        slope = where(exponent >= 0, 0, slope)
    return grad * slope


pow_tensor = elementwise(
    "pow.Tensor_Tensor", _power, _NO_POW, grad_fn="PowBackward1", tensors=("self", "exponent"), direct_kernel=_power,
    self=lambda grad, self, exponent: where(exponent == 0, 0, grad * conj(exponent * pow_tensor(self, less_one(exponent)))),
    exponent=_pow_exponent,
)  # fmt: skip
pow_number_op = elementwise(
    "pow.Tensor_Scalar", _power_scalar, refuse=_check_exponent, grad_fn="PowBackward0",
    tensors=("self", "exponent"),
    direct_kernel=_power_scalar, direct="fdFD",
    self=lambda grad, self, exponent: _pow_scalar_self(grad, self, exponent),
)  # fmt: skip
pow_scalar = elementwise(
    "pow.Scalar", _power, _NO_POW, grad_fn="PowBackward2", tensors=("self", "exponent"), exponent=_pow_scalar_exponent
)
also(pow_tensor, "pow.Tensor")


def pow_number(self: Any, exponent: Any) -> Any:
    """A tensor or array to the power of a number."""
    return pow_number_op.call2(self, exponent) if isinstance(self, TensorBase) else pow_number_op(self, exponent)


@composite("pow_.Scalar")
def pow_number_(self: Any, exponent: Any) -> Any:
    """pow_number in place."""
    return pow_number_op.apply_inplace([self, exponent])


@composite("square")
def square(self: Any) -> Any:
    """The square, a power in PyTorch too."""
    return pow_number_op.call2(self, 2)


@composite("square_")
def square_(self: Any) -> Any:
    """square in place."""
    return pow_number_op.apply_inplace([self, 2])


def _double(*values: Any) -> list[Any]:
    """Tensors and numbers in float64, or in complex128 where one of them is complex."""
    arrays = [value._array if isinstance(value, TensorBase) else value for value in values]
    wide = dtypes.complex128 if any(is_complex(value) for value in arrays) else dtypes.float64
    number = complex if wide is dtypes.complex128 else float
    return [value.to(wide) if isinstance(value, TensorBase) else number(value) for value in values]


@composite("float_power.Tensor_Tensor", "float_power.Tensor_Scalar", "float_power.Scalar")
def float_power(self: Any, exponent: Any) -> Any:
    """A power computed in float64 or complex128."""
    base, power = _double(self, exponent)
    if not isinstance(base, TensorBase):
        return pow_scalar(base, power)
    return pow_tensor(base, power) if isinstance(power, TensorBase) else pow_number(base, power)


@composite("float_power_.Tensor", "float_power_.Scalar")
def float_power_(self: Any, exponent: Any) -> Any:
    """float_power in place: the tensor must have the result's dtype already."""
    wide = dtypes.complex128 if is_complex(self) or is_complex(exponent) else dtypes.float64
    if dtypes.of(self._array) is not wide:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {dtypes.of(self._array).cpp} but the operation's result requires dtype {wide.cpp}"
        )
    made = pow_tensor if isinstance(exponent, TensorBase) else pow_number_op
    return made.apply_inplace([self, exponent])


# ---------------------------------------------------------------- of three operands

_INTEGER_ADDCDIV = (
    "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of "
    "tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / "
    "tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for float inputs. The future "
    "addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), for all dtypes."
)


def _valued(value: Any, like: Any) -> Any:
    """The factor `value` in the dtype of the computation."""
    return np.asarray(value).astype(like.dtype)


def _addcmul(self: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Any:
    return self + _valued(value, self) * tensor1 * tensor2


def _addcdiv(self: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Any:
    return self + _valued(value, self) * tensor1 / tensor2


addcmul = elementwise(
    "addcmul", _addcmul, no_kernel("addcmul_cpu_out", "bool wide"), tensors=("self", "tensor1", "tensor2"),
    self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * conj(scaled(tensor2, value)),
    tensor2=lambda grad, tensor1, value: grad * conj(scaled(tensor1, value)),
)  # fmt: skip
def _two_integers(values: Any) -> None:
    """Refuse two integer factors, whatever the sum's dtype."""
    if all(isinstance(value, np.ndarray) and value.dtype.kind in "biu" for value in values[1:3]):
        raise RuntimeError(_INTEGER_ADDCDIV)


def _addcdiv_tensor2(grad: Any, tensor1: Any, tensor2: Any, value: Any) -> Any:
    square = tensor2 * tensor2
    slope = conj(scaled(tensor1, value) / square)
    return -grad * slope


addcdiv = elementwise(
    "addcdiv", _addcdiv, ("bool int wide", _INTEGER_ADDCDIV, RuntimeError), refuse=_two_integers, tensors=("self", "tensor1", "tensor2"),
    self=lambda grad: grad,
    tensor1=lambda grad, tensor2, value: grad * conj(number_over(value, tensor2)),
    tensor2=_addcdiv_tensor2,
)  # fmt: skip

CPP_NAMES = {
    "Float": "float", "Double": "double", "Half": "c10::Half", "BFloat16": "c10::BFloat16", "Bool": "bool", "Long": "long int",
    "Int": "int", "Short": "short int", "Char": "signed char", "Byte": "unsigned char", "ComplexFloat": "c10::complex<float>",
    "ComplexDouble": "c10::complex<double>", "UInt16": "short unsigned int", "UInt32": "unsigned int", "UInt64": "long unsigned int",
}  # fmt: skip

# ---------------------------------------------------------------- choice


@op(
    "where.self", tensors=("condition", "self", "other"), kind="pointwise",
    self=lambda grad, condition: where(condition, grad, 0),
    other=lambda grad, condition: where(condition, 0, grad),
)  # fmt: skip
def where_self(condition: Any, self: Any, other: Any) -> Any:
    """Elements of `self` where the condition holds, of `other` elsewhere."""
    if condition.dtype.kind != "b":
        if condition.dtype.char != "B":
            raise RuntimeError(
                f"where expected condition to be a boolean tensor, but got a tensor with dtype {dtypes.of(condition).cpp}"
            )
        deprecated("where")
        condition = condition != 0
    if not (isinstance(self, np.ndarray) and isinstance(other, np.ndarray) and self.dtype is other.dtype):
        common = result_dtype((self, other)).np_dtype
        self, other = np.asarray(self).astype(common, copy=False), np.asarray(other).astype(common, copy=False)
    try:
        found = np.where(condition, self, other)
    except ValueError:
        check_shapes([condition, self, other])
        raise
    return in_step(found, (condition, self, other)) if found.ndim > 1 else found


also(where_self, "where.ScalarSelf", "where.ScalarOther", "where.Scalar")


@composite("where")
def where_places(condition: Any) -> Any:
    """The coordinates of the elements that are not zero, one tensor per dimension."""
    return REGISTRY["nonzero"](condition, True)
