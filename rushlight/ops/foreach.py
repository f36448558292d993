"""torch._foreach_*: one call for many tensors. Loaded when a program first names one of them.

Every function is an elementary operator run on each tensor. Out of place, one node holds the whole list, as in PyTorch; its gradients
are the elementary formulas, one tensor at a time. In place, each tensor is written and recorded by itself.
"""

from __future__ import annotations

from typing import Any

from rushlight._core import dtypes
from rushlight._core.op import Op
from rushlight._core.plan import parameter_names
from rushlight._core.tensor import TensorBase
from rushlight.ops import signatures
from rushlight.ops.carriers import array_of, masked, where
from rushlight.ops.declare import REGISTRY, composite, public_function

_PARAMS = ("self", "a", "b", "c")
_LISTS = (list, tuple)

# ---------------------------------------------------------------- checks


def _check(lists: Any) -> None:
    """Refuse empty lists, and lists of different lengths."""
    first = lists[0]
    if not len(first):
        raise RuntimeError("Tensor list must have at least one tensor.")
    for other in lists[1:]:
        if isinstance(other, _LISTS) and len(other) != len(first):
            if len(other) and isinstance(other[0], TensorBase):
                raise RuntimeError(f"Tensor lists must have the same number of tensors, got {len(first)} and {len(other)}")
            raise RuntimeError("Tensor list must have same number of elements as scalar list.")


def _number(value: Any) -> Any:
    """What a tensor given in a number's place stands for."""
    if isinstance(value, TensorBase):
        if value._array.ndim:
            raise RuntimeError(
                f"scalar tensor expected to be 0 dim but it has {value._array.ndim} dimensions and {value._array.size} elements."
            )
    return value


# ---------------------------------------------------------------- one operator over lists


def _row(base: Op, values: Any, index: int) -> list[Any]:
    """The elementary operator's arguments for one tensor of the lists."""
    row = [value[index] if isinstance(value, _LISTS) else value for value in values]
    base.fill(row, {})
    return row


def _fact(base: Op, row: list[Any], name: str) -> Any:
    """A formula's parameter, found again from the arguments."""
    if name in base.params:
        return row[base.params.index(name)]
    if name == "result" or name in base.outputs:
        return base(*row)
    for suffix, find in (
        ("_sym_sizes", lambda array: array.shape), ("_scalar_type", dtypes.of), ("_sym_numel", lambda array: array.size),
        ("_dim", lambda array: array.ndim), ("_sym_strides", lambda array: [step // array.itemsize for step in array.strides]),
    ):  # fmt: skip
        if name.endswith(suffix):
            return find(array_of(row[base.params.index(name[: -len(suffix)])]))
    raise TypeError(f"{base.name}: a gradient formula asks for {name!r}")


def _one_gradient(base: Op, key: str, position: int, grad: Any, row: list[Any]) -> Any:
    """The gradient of one tensor by the elementary formula `key`."""
    formula = base.formulas[key]
    known = {"grad": grad, "grads": [grad], "output_mask": [True] * len(key.split(","))}
    found = formula(*[known[name] if name in known else _fact(base, row, name) for name in parameter_names(formula)])
    return found[position] if "," in key else found


def _gradients(base: Op, key: str, position: int) -> Any:
    def formula(grads: Any, values: Any) -> Any:
        return [
            None if grad is None else _one_gradient(base, key, position, grad, _row(base, values, index))
            for index, grad in enumerate(grads)
        ]

    return formula


_SHAPES: dict[int, Any] = {
    1: lambda f: lambda grads, self: f(grads, (self,)),
    2: lambda f: lambda grads, self, a: f(grads, (self, a)),
    3: lambda f: lambda grads, self, a, b: f(grads, (self, a, b)),
    4: lambda f: lambda grads, self, a, b, c: f(grads, (self, a, b, c)),
}


def _formulas(base: Op, count: int, lists: tuple[int, ...]) -> dict[str, Any]:
    """The formulas of the list operator: one for each list of tensors that the elementary operator differentiates."""
    found = {}
    for key in base.formulas:
        for position, name in enumerate(part.strip() for part in key.split(",")):
            index = base.params.index(name)
            if index in lists:
                found[_PARAMS[index]] = _SHAPES[count](_gradients(base, key, position))
    return found


def listwise(name: str, overload: str, base: Op, node: str, count: int, lists: tuple[int, ...]) -> Op:
    """The operator on lists: `count` parameters, of which those at `lists` are lists of tensors."""

    def kernel(*values: Any) -> Any:
        return [base.compute(_row(base, values, index)) for index in range(len(values[0]))]

    made = Op(name, overload, kernel, _PARAMS[:count], ())
    made.tensor_params = tuple(range(count)) if base.promotes else lists
    made.formulas = _formulas(base, count, lists)
    made.grad_params = sorted(made.params.index(key) for key in made.formulas)
    made.node_name = node
    made.pack = tuple
    return made


def _declare(name: str, overload: str, base: Op, node: str, count: int, lists: tuple[int, ...], extra: Any = None) -> None:
    """_foreach_name.overload and its in-place form. extra: puts the values in the elementary operator's order."""
    made = listwise(f"_foreach_{name}", overload, base, node, count, lists)
    spec = f"_foreach_{name}" + (f".{overload}" if overload else "")

    def call(*values: Any) -> Any:
        values = values if extra is None else extra(*values)
        _check([values[index] for index in range(len(values))])
        return made.apply([list(value) if isinstance(value, _LISTS) else value for value in values])

    def write(*values: Any) -> Any:
        tensors = values[0]
        values = values if extra is None else extra(*values)
        _check(values)
        in_turn = REGISTRY.get(f"{name}_") if count == 1 else None  # the in-place forms that are no mere copies of the others
        for index in range(len(tensors)):
            if in_turn is None:
                base.apply_inplace(_row(base, values, index))
            else:
                in_turn(tensors[index])
        return tensors

    composite(spec)(call)
    in_place = f"_foreach_{name}_" + (f".{overload}" if overload else "")
    if in_place.partition(".")[0] in signatures.table("torch"):
        composite(in_place)(write)


def _title(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("log1p", "log1_p").split("_"))


# ---------------------------------------------------------------- the families

_UNARY = (
    "abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 neg reciprocal round rsqrt sigmoid sign "
    "sin sinh sqrt tan tanh trunc"
).split()
for _name in _UNARY:
    _declare(_name, "", REGISTRY[_name], f"Foreach{_title(_name)}Backward0", 1, (0,))


def _with_alpha(values: Any, other: Any, alpha: Any = 1) -> Any:
    return values, _number(other), alpha


for _name, _base in (("add", "add.Tensor"), ("sub", "sub.Tensor"), ("mul", "mul.Tensor"), ("div", "div.Tensor")):
    _found, _t = REGISTRY[_base], f"Foreach{_title(_name)}Backward"
    _alpha = _name in ("add", "sub")
    _declare(_name, "Scalar", _found, f"{_t}1Scalar", 2, (0,))
    _declare(_name, "ScalarList", _found, f"{_t}1ScalarList", 2, (0,))
    _declare(_name, "List", _found, "ForeachDivBackward0" if _name == "div" else f"{_t}0List", 3 if _alpha else 2, (0, 1),
             _with_alpha if _alpha else None)  # fmt: skip
    if _name != "sub":
        _declare(_name, "Tensor", _found, f"{_t}0Tensor", 3 if _alpha else 2, (0,), _with_alpha if _alpha else lambda x, y: (x, _number(y)))

for _name in ("clamp_max", "clamp_min"):
    _t = f"Foreach{_title(_name)}Backward"
    _declare(_name, "Scalar", REGISTRY[_name], f"{_t}0Scalar", 2, (0,))
    _declare(_name, "ScalarList", REGISTRY[_name], f"{_t}0ScalarList", 2, (0,))
    _declare(_name, "List", REGISTRY[f"{_name}.Tensor"], f"{_t}1List", 2, (0, 1))


def _at_bound(name: str, clamp: str, beyond: Any) -> Op:
    """clamp, with half of the gradient where the number is met: what maximum and minimum of a number and a tensor are in lists."""
    source = REGISTRY[clamp]
    made = Op(name, "Scalar", source.kernel, source.params, source.defaults)
    for field in ("promotes", "computes", "check_dtype", "direct", "direct_floats", "direct_kernel", "number_operand", "kind"):
        setattr(made, field, getattr(source, field))
    made.tensor_params = source.tensor_params
    made.grad_params = [0]
    bound = source.params[1]

    def gradient(grad: Any, self: Any, number: Any) -> Any:
        return masked(where(self == number, grad / 2, grad), beyond(self, number))

    made.formulas = {"self": (lambda grad, self, max: gradient(grad, self, max)) if bound == "max" else (
        lambda grad, self, min: gradient(grad, self, min))}  # fmt: skip
    made.node_name = _title(name) + "Backward0"
    return made


for _name, _clamp, _beyond in (
    ("maximum", "clamp_min", lambda x, number: x < number), ("minimum", "clamp_max", lambda x, number: x > number),
):  # fmt: skip
    _t, _found = f"Foreach{_title(_name)}Backward", _at_bound(_name, _clamp, _beyond)
    _declare(_name, "Scalar", _found, f"{_t}0", 2, (0,))
    _declare(_name, "ScalarList", _found, f"{_t}1", 2, (0,))
    _declare(_name, "List", REGISTRY[_name], f"{_t}0List", 2, (0, 1))

_declare("pow", "Scalar", REGISTRY["pow.Tensor_Scalar"], "ForeachPowBackward0Scalar", 2, (0,))
_declare("pow", "ScalarList", REGISTRY["pow.Tensor_Scalar"], "ForeachPowBackward1", 2, (0,))
_declare("pow", "List", REGISTRY["pow.Tensor_Tensor"], "ForeachPowBackward0", 2, (0, 1))


def _pow_number(number: Any, exponents: Any) -> Any:
    _check([exponents])
    return _POW_NUMBER.apply([number, list(exponents)])


def _pow_number_kernel(*values: Any) -> Any:
    base = REGISTRY["pow.Scalar"]
    return [base.compute([values[0], exponent]) for exponent in values[1]]


_POW_NUMBER = Op("_foreach_pow", "ScalarAndTensor", _pow_number_kernel, _PARAMS[:2], ())
_POW_NUMBER.tensor_params, _POW_NUMBER.grad_params = (1,), [1]
_POW_NUMBER.formulas = {
    "a": lambda grads, self, a: [
        None if grad is None else _one_gradient(REGISTRY["pow.Scalar"], "exponent", 0, grad, [self, a[index]])
        for index, grad in enumerate(grads)
    ]
}
_POW_NUMBER.node_name, _POW_NUMBER.pack = "ForeachPowBackward2", tuple
composite("_foreach_pow.ScalarAndTensor")(_pow_number)


def _spread(values: Any, first: Any, second: Any, scalars: Any) -> Any:
    """The values of addcmul and addcdiv, a tensor of numbers as their list."""
    if isinstance(scalars, TensorBase):
        if scalars._array.ndim != 1:
            raise RuntimeError(f"Expected packed scalar Tensor to be of dimension 1. Got {scalars._array.ndim} instead.")
        if len(values) != scalars._array.size:
            raise RuntimeError(f"Expected length of scalars to match input of length {len(values)} but got {scalars._array.size} instead.")
        scalars = scalars.tolist()
    return values, first, second, scalars


for _name in ("addcmul", "addcdiv"):
    _t = f"Foreach{_title(_name)}Backward0"
    for _overload, _node in (("Scalar", f"{_t}Scalar"), ("ScalarList", f"{_t}ScalarList"), ("Tensor", "NotImplemented")):
        _declare(_name, _overload, REGISTRY[_name], _node, 4, (0, 1, 2), _spread)

_declare("lerp", "Scalar", REGISTRY["lerp.Scalar"], "ForeachLerpBackward0Scalar", 3, (0, 1))
_declare("lerp", "ScalarList", REGISTRY["lerp.Scalar"], "ForeachLerpBackward0ScalarList", 3, (0, 1))
_declare("lerp", "List", REGISTRY["lerp.Tensor"], "ForeachLerpBackward1List", 3, (0, 1, 2))

# ---------------------------------------------------------------- what is not pointwise

_declare("clone", "", REGISTRY["clone"], "ForeachCloneBackward0", 1, (0,), lambda values, memory_format=None: (values,))
_declare("max", "", REGISTRY["max"], "ForeachMaxBackward1", 1, (0,))
_declare("mm", "", REGISTRY["mm"], "ForeachMmBackward0", 2, (0, 1))


@composite("_foreach_norm.Scalar")
def foreach_norm(values: Any, ord: Any = 2, dtype: Any = None) -> Any:
    """The norm of each tensor."""
    _check([values])
    return _NORM.apply([list(values), ord, None if dtype is None else dtype])


def _norm_row(x: Any, ord: Any, dtype: Any) -> list[Any]:
    return [x, ord, None, False, dtype]


def _norm_kernel(*values: Any) -> Any:
    return [REGISTRY["linalg_vector_norm"].compute(_norm_row(x, values[1], values[2])) for x in values[0]]


_NORM = Op("_foreach_norm", "Scalar", _norm_kernel, _PARAMS[:3], ())
_NORM.grad_params = [0]
_NORM.formulas = {
    "self": lambda grads, self, a, b: [
        None if grad is None else _one_gradient(REGISTRY["linalg_vector_norm"], "self", 0, grad, _norm_row(self[index], a, b))
        for index, grad in enumerate(grads)
    ]
}
_NORM.node_name, _NORM.pack = "ForeachNormBackward0", tuple


@composite("_foreach_powsum.Scalar")
def foreach_powsum(values: Any, ord: Any = 2, dtype: Any = None) -> Any:
    """The sum of each tensor's elements' sizes to a power."""
    _check([values])
    return tuple((x.abs() ** ord).sum(dtype=dtype) for x in values)


@composite("_foreach_zero_")
def foreach_zero(values: Any) -> Any:
    """Set every tensor to zero."""
    _check([values])
    for x in values:
        x.zero_()
    return values


@composite("_foreach_copy_")
def foreach_copy(values: Any, src: Any, non_blocking: Any = False) -> Any:
    """Write each source into its tensor."""
    _check([values, src])
    for x, source in zip(values, src):
        x.copy_(source, non_blocking)
    return values


def export(namespace: dict[str, Any]) -> None:
    """Put the functions into the namespace of `torch`."""
    for name in signatures.table("torch"):
        if name.startswith("_foreach_") and name not in namespace:
            namespace[name] = public_function("torch", name)
