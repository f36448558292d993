"""torch.nn.Parameter: a tensor that a module counts among its parameters."""

from __future__ import annotations

from typing import Any

from rushlight._core.signature import register_types
from rushlight._core.tensor import TYPES, TensorBase
from rushlight._install import unsupported

__all__ = ["Buffer", "Parameter", "is_lazy"]

_Tensor: Any = TYPES.tensor


class _ParameterMeta(type(_Tensor)):  # type: ignore[misc]
    """Makes tensors of other subclasses that were given to Parameter() its instances."""

    def __instancecheck__(self, instance: Any) -> bool:
        if self is Parameter and isinstance(instance, TensorBase) and getattr(instance, "_is_param", False):
            return True
        return bool(super().__instancecheck__(instance))


class Parameter(_Tensor, metaclass=_ParameterMeta):
    """A leaf over the memory of `data`, which requires grad unless told otherwise, also under no_grad.

    >>> torch.nn.Parameter(torch.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    __module__ = "torch.nn.parameter"

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        if data is None:
            data = _Tensor()
        if type(data) is _Tensor or type(data) is Parameter:
            return _Tensor._make_subclass(cls, data, requires_grad)
        made = data.detach().requires_grad_(requires_grad)
        if type(made) is not type(data):
            raise RuntimeError(
                f"Creating a Parameter from an instance of type {type(data).__name__} requires that detach() returns an instance of the "
                f"same type, but return type {type(made).__name__} was found instead. To use the type as a Parameter, please correct the "
                "detach() semantics defined by its __torch_dispatch__() implementation."
            )
        made._is_param = True
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        # The tensor below pickles itself; what users set on the parameter goes along.
        state = {name: value for name, value in self.__dict__.items() if name not in TensorBase.__annotations__}
        return _rebuilt, (self.data, self.requires_grad, state)


def _rebuilt(data: Any, requires_grad: bool, state: dict[str, Any]) -> Any:
    """What a pickled parameter becomes again."""
    made = Parameter(data, requires_grad)
    made.__dict__.update(state)
    return made


class _BufferMeta(type(_Tensor)):  # type: ignore[misc]
    def __instancecheck__(self, instance: Any) -> bool:
        if self is Buffer and isinstance(instance, TensorBase) and getattr(instance, "_is_buffer", False):
            return True
        return bool(super().__instancecheck__(instance))


class Buffer(_Tensor, metaclass=_BufferMeta):
    """A tensor that a module keeps as state without training it; `persistent` ones go into its state_dict."""

    __module__ = "torch.nn.parameter"

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        made = (_Tensor() if data is None else data).detach().requires_grad_(False if data is None else data.requires_grad)
        made.persistent = persistent
        made._is_buffer = True
        return made


register_types(parameter=Parameter)


def is_lazy(param: Any) -> bool:
    """Whether a parameter still waits for its shape: none does."""
    return False


def __getattr__(name: str) -> Any:
    raise unsupported(name, __name__)
