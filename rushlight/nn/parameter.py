"""torch.nn.parameter: the tensors that modules own. Parameters are trained, buffers are not; either may wait for its shape."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rushlight._core.calls import plain_class
from rushlight._core.signature import register_types
from rushlight._core.tensor import FIELDS, SUBCLASS, TYPES, TensorBase
from rushlight._install import elsewhere
from rushlight.autograd.overriding import _disabled_torch_function_impl

__all__ = ["Parameter", "UninitializedParameter", "is_lazy", "Buffer", "UninitializedBuffer", "UninitializedTensorMixin"]

_Tensor: Any = TYPES.tensor


def _marked_kind(mark: str) -> type:
    """A metaclass whose first class also counts every tensor with the attribute `mark` as an instance: a tensor of another subclass
    becomes a parameter without changing its class."""

    class Kind(type(_Tensor)):  # type: ignore[misc]
        def __instancecheck__(cls, instance: Any) -> bool:
            if type.__instancecheck__(cls, instance):
                return True
            return mark in cls.__dict__.get("_marks", ()) and isinstance(instance, TensorBase) and bool(getattr(instance, mark, False))

    return Kind


class Parameter(_Tensor, metaclass=_marked_kind("_is_param")):
    """A leaf over the memory of `data`, which requires grad unless told otherwise, also under no_grad.

    >>> torch.nn.Parameter(torch.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    __module__ = "torch.nn.parameter"
    __torch_function__ = _disabled_torch_function_impl
    _marks = ("_is_param",)

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        source = _Tensor() if data is None else data
        if type(source) in (_Tensor, Parameter):
            return _Tensor._make_subclass(cls, source, requires_grad)
        leaf = source.detach().requires_grad_(requires_grad)
        if type(leaf) is not type(source):
            raise RuntimeError(
                f"Creating a Parameter from an instance of type {type(source).__name__} requires that detach() returns an instance of the "
                f"same type, but return type {type(leaf).__name__} was found instead. To use the type as a Parameter, please correct the "
                "detach() semantics defined by its __torch_dispatch__() implementation."
            )
        leaf._is_param = True
        return leaf

    def __repr__(self) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = memo.get(id(self))
        if made is None:
            made = memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)
        return made

    def __reduce_ex__(self, protocol: Any) -> Any:
        # The tensor below pickles itself; what users set on the parameter goes along.
        state = {name: value for name, value in self.__dict__.items() if name not in FIELDS}
        if state:
            return _with_state, (self.data, self.requires_grad, OrderedDict(), state)
        return _without_state, (self.data, self.requires_grad, OrderedDict())


def _without_state(data: Any, requires_grad: bool, backward_hooks: Any) -> Any:
    """What a pickled parameter becomes again."""
    return Parameter(data, requires_grad)


def _with_state(data: Any, requires_grad: bool, backward_hooks: Any, state: dict[str, Any]) -> Any:
    """The same, with the attributes that users gave it."""
    made = Parameter(data, requires_grad)
    made.__dict__.update(state)
    return made


class Buffer(_Tensor, metaclass=_marked_kind("_is_buffer")):
    """A tensor that a module keeps as state without training it; `persistent` ones go into its state_dict."""

    __module__ = "torch.nn.parameter"
    _marks = ("_is_buffer",)

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        source = _Tensor() if data is None else data
        leaf = source.detach().requires_grad_(source.requires_grad)
        leaf.persistent = persistent
        leaf._is_buffer = True
        return leaf

    __torch_function__ = _disabled_torch_function_impl


# ---------------------------------------------------------------- without a shape yet

# What may be done with a tensor that has no shape yet: nothing that looks at its elements.
_ALLOWED = (
    "__hash__", "size", "copy_", "is_complex", "is_floating_point", "half", "float", "double", "char", "short", "int", "long", "cuda",
    "cpu", "to", "get_device", "_has_compatible_shallow_copy_type",
)  # fmt: skip
_NO_SHAPE = (
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when trying to load "
    "an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters before accessing their attributes."
)
_NO_SHARING = (
    "Can't share memory on an uninitialized parameter or buffer. Call `forward` to initialize the parameters before calling "
    "`module.share_memory()`."
)


class UninitializedTensorMixin:
    """What parameters and buffers without a shape share: almost every use is an error until materialize() gives them one."""

    __module__ = "torch.nn.parameter"
    cls_to_become: Any

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary parameter (or buffer) of a shape, with whatever values its memory holds."""
        from rushlight.ops.declare import public_function

        tensor: Any = self
        wanted = {"device": device or tensor.data.device, "dtype": dtype or tensor.data.dtype}
        tensor.data = public_function("torch", "empty")(shape, **wanted)
        tensor.__class__ = self.cls_to_become
        tensor._flags &= ~SUBCLASS

    @property
    def shape(self) -> Any:
        """Not known yet."""
        raise RuntimeError(_NO_SHAPE)

    def share_memory_(self) -> Any:
        """There is no memory yet."""
        raise RuntimeError(_NO_SHARING)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _shapeless, (type(self).__name__, self.requires_grad)  # type: ignore[attr-defined]

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if any(func is getattr(_Tensor, name, None) for name in _ALLOWED) or type(func).__name__ == "method-wrapper":
            return super().__torch_function__(func, types, args, {} if kwargs is None else kwargs)  # type: ignore[misc]
        raise ValueError(
            f"Attempted to use an uninitialized parameter in {func}. This error happens when you are using a `LazyModule` or explicitly "
            "manipulating `torch.nn.parameter.UninitializedParameter` objects. When using LazyModules Call `forward` with a dummy batch to "
            "initialize the parameters before calling torch functions"
        )


def _shapeless(name: str, requires_grad: bool) -> Any:
    """What a pickled parameter or buffer without a shape becomes again."""
    return {"UninitializedParameter": UninitializedParameter, "UninitializedBuffer": UninitializedBuffer}[name](requires_grad)


def _empty(device: Any, dtype: Any) -> Any:
    from rushlight.ops.declare import public_function

    return public_function("torch", "empty")(0, device=device, dtype=dtype)


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter whose shape a lazy module finds out from its first input."""

    __module__ = "torch.nn.parameter"
    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return _Tensor._make_subclass(cls, _empty(device, dtype), requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = memo.get(id(self))
        if made is None:
            made = memo[id(self)] = type(self)(self.requires_grad, self.data.device, self.data.dtype)
        return made


class UninitializedBuffer(UninitializedTensorMixin, _Tensor):
    """A buffer whose shape a lazy module finds out from its first input."""

    __module__ = "torch.nn.parameter"
    cls_to_become = _Tensor

    def __new__(cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True) -> Any:
        made = _Tensor._make_subclass(cls, _empty(device, dtype), requires_grad)
        made.persistent = persistent
        made._is_buffer = True
        return made


def is_lazy(param: Any) -> bool:
    """Whether a parameter or buffer still waits for its shape."""
    return isinstance(param, UninitializedTensorMixin)


register_types(parameter=plain_class(Parameter), disabled_torch_function=_disabled_torch_function_impl)


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
