"""Tensor: TensorBase with everything that users call.

Methods that are operators come from the registry (attach_methods, called once by the package's __init__); here is what
is no operator: the autograd fields, Python's operators and conversions.
"""

from __future__ import annotations

import copyreg
from importlib import import_module
from sys import modules
from typing import Any

from numpy import ndarray

from rushlight import _objects, _tensor_dict, ops
from rushlight._core import dtypes
from rushlight._core.calls import FUNCTION, METHODS, attempting, method as native_method, plain_class
from rushlight._core.collector import guarded
from rushlight._core.function import SOURCE, Function
from rushlight._core.loops import NATIVE
from rushlight._core.signature import register_types
from rushlight._core.tensor import DISPATCH, SPARSE, TYPES, TensorBase, wants_grad, wrap
from rushlight._python_forms import FORMS, over_operator, unsupported
from rushlight._relics import RelicMethods
from rushlight._tensor_methods import TensorMethods
from rushlight.autograd.overriding import LISTS
from rushlight.autograd.tensor_fields import AutogradFields
from rushlight.ops.sparse_layer import SPARSE_LAYER


def absorb(*parts: type) -> Any:
    """Decorate a class to have the members of `parts` as its own: isinstance() in the core walks the bases, so Tensor has one."""

    def decorate(cls: Any) -> Any:
        for part in parts:
            for name, member in part.__dict__.items():
                if name not in cls.__dict__:
                    if getattr(member, "__qualname__", None) == f"{part.__name__}.{name}":
                        member.__qualname__ = f"{cls.__name__}.{name}"  # errors about arguments name it so
                    setattr(cls, name, member)
        return cls

    return decorate


@absorb(TensorMethods, AutogradFields, RelicMethods)
class Tensor(TensorBase):
    """A multi-dimensional array of one dtype that records how it was computed."""

    __module__ = "torch"
    __array_priority__ = 1000
    locals().update(_tensor_dict.members())

    # ------------------------------------------------------------ what it is

    @property
    def shape(self) -> _objects.Size:
        """The sizes of the dimensions."""
        return _objects.size_of(self._array.shape)  # type: ignore[no-any-return]

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of the elements."""
        return dtypes.of(self._array)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._array.ndim  # type: ignore[no-any-return]

    @property
    def layout(self) -> _objects.layout:
        """How the tensor is stored: torch.strided, or a sparse layout."""
        if self._flags & DISPATCH and "_wrapper" in vars(self):
            return vars(self)["_wrapper"].layout
        return self._storage.layout if self._flags & SPARSE else _objects.strided

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        if "rushlight.func.levels" in modules:  # inside torch.func's transforms tensors show their levels
            from rushlight import _levels_str

            if _levels_str.transformed(self):
                return _levels_str.text(self)
        from rushlight._tensor_str import tensor_str

        return tensor_str(self, tensor_contents=tensor_contents)


def _sparse(name: str) -> Any:
    return import_module(f"{__package__}.sparse.{name}")


def _watching() -> Any:
    from rushlight import _watching

    return _watching


def _function_named(namespace: str, name: str) -> Any:
    """The public function that a pickle names."""
    import rushlight

    if namespace == "torch":
        return getattr(rushlight, name)
    if namespace == "nn":
        return getattr(rushlight._C._nn, name)
    return getattr(getattr(rushlight, namespace), name.removeprefix(f"{namespace}_"))


# Copies of a function are the function itself, and pickles name it.
for _class in {Function, FUNCTION}:
    copyreg.pickle(_class, lambda function: (_function_named, (function.namespace, function.name)))
for _class in METHODS:
    copyreg.pickle(_class, lambda method: method.__qualname__)
LISTS.load = _watching
_tensor_dict.PLAIN.append(Tensor)
SPARSE_LAYER.load = _sparse
TYPES.tensor = plain_class(guarded(Tensor))
register_types(
    tensor=TensorBase, dtype=dtypes.dtype, device=_objects.device, layout=_objects.layout,
    memory_format=_objects.memory_format, size=_objects.Size, is_number=lambda tensor: not wants_grad(tensor) and not tensor._array.ndim,
    scalar_types={float: dtypes.float64, int: dtypes.int64, bool: dtypes.bool_, complex: dtypes.complex128},
    constants={"contiguous_format": _objects.contiguous_format, "torch.strided": _objects.strided, "torch.int64": dtypes.int64},
)  # fmt: skip


if NATIVE is not None:
    NATIVE.set_objects(_objects.contiguous_format, _objects.CPU, dtypes.BY_NUM)


# ---------------------------------------------------------------- Python's operators

SOURCE.unsupported = unsupported
_BINARY = {
    "__add__": "add", "__radd__": "add", "__sub__": "sub", "__mul__": "mul", "__rmul__": "mul", "__truediv__": "div",
    "__floordiv__": "floor_divide", "__mod__": "remainder", "__pow__": "pow", "__matmul__": "matmul",
    "__lt__": "lt", "__le__": "le", "__gt__": "gt", "__ge__": "ge", "__ne__": "ne",
    "__and__": "__and__", "__or__": "__or__", "__xor__": "__xor__", "__lshift__": "__lshift__", "__rshift__": "__rshift__",
    "__rand__": "bitwise_and", "__ror__": "bitwise_or", "__rxor__": "bitwise_xor",
    "__iadd__": "add_", "__isub__": "sub_", "__imul__": "mul_", "__itruediv__": "div_", "__ifloordiv__": "floor_divide_",
    "__imod__": "remainder_", "__iand__": "__iand__", "__ior__": "__ior__", "__ixor__": "__ixor__",
    "__ilshift__": "__ilshift__", "__irshift__": "__irshift__", "__rsub__": "rsub", "__ipow__": "pow_",
}  # fmt: skip
# Called with the operands exchanged: a number or a tensor comes first.
_REFLECTED = {
    "__rfloordiv__": "floor_divide", "__rmod__": "remainder", "__rpow__": "pow", "__rmatmul__": "matmul",
    "__rlshift__": "bitwise_left_shift", "__rrshift__": "bitwise_right_shift",
}  # fmt: skip
_UNARY = {"__neg__": "neg", "__abs__": "abs", "__pos__": "positive"}


def _binary(name: str, call: Any) -> Any:
    call.special = name
    operate = call.operate

    def method(self: Any, other: Any) -> Any:
        return operate(self, other)

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    return native_method(method, call, operator=True)


def _equality(call: Any) -> Any:
    """__eq__, the one operator that takes NumPy's arrays itself."""
    operate = call.operate

    def __eq__(self: Any, other: Any) -> Any:
        if not isinstance(self, TensorBase):
            raise TypeError(f"descriptor '__eq__' for 'torch._C.TensorBase' objects doesn't apply to a '{type(self).__name__}' object")
        return operate(self, wrap(other) if isinstance(other, ndarray) else other)

    __eq__.__qualname__ = "Tensor.__eq__"
    return __eq__


def _reflected(name: str, call: Any) -> Any:
    call.special = name
    operate = call.operate

    def method(self: Any, other: Any) -> Any:
        return operate(other, self)

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    return method


def _invert(self: Any) -> Any:
    if self._array.dtype.kind not in "biu":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors")
    return self.bitwise_not()


def _divide_into(self: Any, other: Any) -> Any:
    """other / self: the reciprocal times other, as PyTorch has it."""
    try:
        return self.reciprocal() * other
    except TypeError:
        return unsupported("__rtruediv__", other, self)


_divide_into.__name__ = "__rdiv__"


def _sealed(name: str, member: property) -> property:
    """A property that refuses to be set or deleted as attributes written in C do."""

    def refuse(self: Any, value: Any = None) -> None:
        raise AttributeError(f"attribute '{name}' of 'torch._C.TensorBase' objects is not writable")

    return property(member.fget, refuse, refuse, member.__doc__)


class _Waiting:
    """A method that is made when it is first asked for: only then are its operators declared."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        made = ops.method(self.name)
        setattr(Tensor, self.name, made)
        return made.__get__(instance, owner)


def attach_methods() -> None:
    """Give Tensor the methods of every operator, and Python's operators."""
    from rushlight.ops import declare, native, signatures

    for name in signatures.table("method"):
        if name not in Tensor.__dict__ and name not in _BINARY and declare.promised("method", name):
            setattr(Tensor, name, _Waiting(name))
    for name in ops.METHODS:
        setattr(Tensor, name, _Waiting(name))
    for form in FORMS:
        setattr(Tensor, form.__name__, over_operator(form))
    for special, name in {**_BINARY, **_UNARY}.items():
        namespace = "torch" if name == "rsub" else "method"
        if name in signatures.table(namespace) and declare.available(namespace, name) and special not in Tensor.__dict__:
            if special in _BINARY:
                setattr(Tensor, special, _binary(special, declare.public_function(namespace, name)))
            else:
                setattr(Tensor, special, declare.public_method(name))
    if declare.available("method", "eq"):
        Tensor.__eq__ = _equality(declare.public_function("method", "eq"))  # type: ignore[method-assign]
    for special, name in _REFLECTED.items():
        if declare.available("torch", name) and special not in Tensor.__dict__:
            setattr(Tensor, special, _reflected(special, declare.public_function("torch", name)))
    if declare.available("method", "bitwise_not") and "__invert__" not in Tensor.__dict__:
        Tensor.__invert__ = _invert  # type: ignore[attr-defined]
    if declare.available("method", "reciprocal") and "__rtruediv__" not in Tensor.__dict__:
        Tensor.__rtruediv__ = Tensor.__rdiv__ = _divide_into  # type: ignore[attr-defined]
    Tensor.__hash__ = TensorBase.__hash__  # type: ignore[method-assign]
    for name, member in list(vars(Tensor).items()):
        if isinstance(member, property) and member.fset is None:
            setattr(Tensor, name, _sealed(name, member))
    for name, reader in native.ATTRIBUTES.items():
        setattr(Tensor, name, attempting(reader, vars(Tensor)[name]))
    Tensor.__nonzero__, Tensor.__long__ = vars(Tensor)["__bool__"], vars(Tensor)["__int__"]
