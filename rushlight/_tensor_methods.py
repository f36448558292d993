"""The methods of Tensor that are no operators and stand in no signature table: construction, Python's and NumPy's protocols, what
the tensor is, its storage, copies."""

from __future__ import annotations

from functools import cache
from typing import Any

from numpy import ndarray

from rushlight import _objects
from rushlight._core import dtypes, state
from rushlight._core.tensor import (
    DISPATCH,
    INFERENCE,
    META,
    SPARSE,
    SUBCLASS,
    TYPES,
    TensorBase,
    new_as,
    uncounted,
    values_of,
    version_cell,
    wants_grad,
)
from rushlight.ops import examples
from rushlight.ops.data import warn_scalar
from rushlight.ops.declare import REGISTRY
from rushlight.ops.sparse_layer import NO_KERNEL
from rushlight.ops.warn import warn_user

_INTEGER_INDEX = "only integer tensors of a single element can be converted to an index"
_ONE_ELEMENT = "only one element tensors can be converted to Python scalars"


def _scalar(tensor: Any, warns: bool = True) -> Any:
    if warns:
        warn_scalar(tensor)
    if tensor._array.size != 1:
        raise ValueError(_ONE_ELEMENT)
    return tensor.item()


def adopt(cls: Any, tensor: TensorBase) -> Any:
    """A tensor of class `cls` over the memory of another, outside the graph."""
    made = new_as(cls, tensor._array)
    made._flags, made._batch, made._tangent = tensor._flags, tensor._batch, tensor._tangent
    made._cell = None if uncounted(tensor) else version_cell(tensor)
    made._storage = tensor._storage
    made._flags &= ~(SUBCLASS | DISPATCH)
    if cls is not TYPES.tensor:
        if takes_operators_over(cls):
            made._flags |= DISPATCH
        if takes_over(cls):
            made._flags |= SUBCLASS
    return made


def takes_operators_over(cls: Any) -> bool:
    """Whether operators on tensors of a subclass go to its __torch_dispatch__; its functions are then not offered to a __torch_function__
    that it merely inherits."""
    if cls.__torch_dispatch__ is _disabled_torch_dispatch_impl:
        return False
    from rushlight._dispatching import install
    from rushlight.autograd.overriding import _disabled_torch_function_impl

    if getattr(cls.__torch_function__, "__func__", None) is TYPES.tensor.__torch_function__.__func__:
        cls.__torch_function__ = _disabled_torch_function_impl
    install()
    return True


def _check_subclass(cls: Any) -> None:
    if not issubclass(cls, TensorBase):
        raise TypeError(
            "Creating a Tensor subclass from a class that does not inherit from Tensor is not possible. Make sure your class inherits from "
            "Tensor."
        )


@cache
def _storage_module() -> Any:
    """rushlight.storage, which imports this module."""
    from rushlight import storage

    return storage


class _Disabled:
    """`__torch_dispatch__` of classes that take nothing over."""

    __name__ = "_disabled_torch_dispatch_impl"

    def __call__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        from rushlight.utils._python_dispatch import _DisableTorchDispatch

        with _DisableTorchDispatch():
            return func(*args, **(kwargs or {}))

    def __repr__(self) -> str:
        return "<built-in function _disabled_torch_dispatch_impl>"

    def __reduce__(self) -> str:
        return "_disabled_torch_dispatch_impl"


_disabled_torch_dispatch_impl = _Disabled()


def takes_over(cls: Any) -> bool:
    """Whether calls with tensors of a subclass go to its __torch_function__; from the first one on, functions look for it."""
    from rushlight.autograd.overriding import _disabled_torch_function_impl, watch

    if cls.__torch_function__ is _disabled_torch_function_impl:
        return False
    watch()
    return True


def _adopted(cls: Any, tensor: Any) -> Any:
    """An instance of a subclass with the place in the graph, and among views, of a new tensor that nobody else has."""
    made = adopt(cls, tensor)
    made._requires_grad, made._node, made._output_nr = tensor._requires_grad, tensor._node, tensor._output_nr
    made._view = tensor._view
    return made


class TensorMethods(TensorBase):
    """What Tensor takes over (see absorb() in _tensor.py)."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        from rushlight._legacy import construct

        made = construct(dtypes.get_default_dtype(), args, kwargs, False)
        return made if cls is TYPES.tensor else _adopted(cls, made)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is left to do: __new__ takes the arguments."""

    def new(self, *args: Any, **kwargs: Any) -> Any:
        """A tensor of this one's dtype, made as torch.Tensor(...) makes it."""
        from rushlight._legacy import construct

        if self._flags & SPARSE:
            from rushlight import sparse

            return getattr(sparse, f"{dtypes.of(self._array).cpp}Tensor")(*args, **kwargs)
        return construct(dtypes.of(self._array), args, kwargs)

    @staticmethod
    def _make_subclass(kind: Any, data: Any, require_grad: bool = False, **options: Any) -> Any:
        """A leaf of a subclass over the memory of `data`."""
        if not isinstance(data, TensorBase):
            raise TypeError(f"_make_subclass(): argument 'data' (position 2) must be Tensor, not {type(data).__name__}")
        _check_subclass(kind)
        made = adopt(kind, data)
        if require_grad and dtypes.of(made._array).category < dtypes.FLOATING:
            raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")
        if require_grad and made._flags & INFERENCE and not state.get_mode() & state.INFERENCE:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        made._requires_grad = bool(require_grad)
        return made

    def as_subclass(self, cls: Any) -> Any:
        """The same tensor, with its place in the graph, as an instance of a subclass."""
        if not isinstance(cls, type):
            raise TypeError(f"cls must be a type (got {type(cls).__name__})")
        _check_subclass(cls)
        return _adopted(cls, REGISTRY["alias"].apply([self]))

    @staticmethod
    def _make_wrapper_subclass(
        kind: Any, size: Any, strides: Any = None, storage_offset: Any = None, memory_format: Any = None, dtype: Any = None,
        layout: Any = _objects.strided, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
        dispatch_sizes_strides_policy: Any = None, dispatch_device: bool = False, dispatch_layout: bool = False,
        _extra_dispatch_keys: Any = None, storage_size: Any = None,
    ) -> Any:  # fmt: skip
        """A tensor of a subclass with a __torch_dispatch__ that has sizes, strides and a dtype, but no memory."""
        from rushlight._wrappers import wrapper

        return wrapper(kind, size, strides, storage_offset, dtype, layout, device, requires_grad)

    __torch_dispatch__: Any = _disabled_torch_dispatch_impl

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run `func` on the tensors as they are, and give its results this class. Subclasses override this to see every call."""
        from rushlight.overrides import default_torch_function

        return default_torch_function(cls, func, types, args, {} if kwargs is None else kwargs)

    # ------------------------------------------------------------ Python's conversions

    def __bool__(self) -> bool:
        return bool(self.is_nonzero())

    __nonzero__ = __bool__

    def __int__(self) -> int:
        value = _scalar(self, False)
        if isinstance(value, complex):
            if value.imag:
                raise RuntimeError("value cannot be converted to type int64_t without overflow")
            value = value.real
        return int(value)

    __long__ = __int__

    def __float__(self) -> float:
        value = _scalar(self)
        if isinstance(value, complex):
            if value.imag:
                raise RuntimeError("value cannot be converted to type double without overflow")
            value = value.real
        return float(value)

    def __complex__(self) -> complex:
        return complex(_scalar(self))

    def __index__(self) -> int:
        array = self._array
        if array.size != 1 or dtypes.of(array).category > dtypes.INTEGRAL:
            raise TypeError(_INTEGER_INDEX)
        return int(self.item())

    def __format__(self, format_spec: str) -> str:
        if self._array.ndim == 0 and not self._flags & META and type(self) is TYPES.tensor:
            return self.item().__format__(format_spec)  # type: ignore[no-any-return]
        return object.__format__(self, format_spec)

    # ------------------------------------------------------------ NumPy, DLPack

    # NumPy deprecates both signatures, and says so in warnings. They are PyTorch's, so that the same programs see the same warnings.
    def __array__(self, dtype: Any = None) -> Any:
        array = self.numpy()
        return array if dtype is None else array.astype(dtype, copy=False)

    def __array_wrap__(self, array: Any) -> Any:
        from rushlight.ops.buffers import from_numpy

        if not isinstance(array, ndarray):
            import numpy

            array = numpy.asarray(array)
        if array.dtype.kind == "b":
            array = array.astype("uint8")
        return from_numpy(array)

    def __dlpack__(self, *, stream: Any = -1, max_version: Any = None, dl_device: Any = None, copy: Any = None) -> Any:
        from rushlight.ops.dlpack import export

        return export(self, stream, max_version, dl_device, copy)

    def __dlpack_device__(self) -> Any:
        from rushlight.ops.dlpack import device_of

        return device_of(self)

    # ------------------------------------------------------------ copies and pickles

    def __deepcopy__(self, memo: Any) -> Any:
        from rushlight._serialize import deepcopy_tensor

        return deepcopy_tensor(self, memo)

    def __reduce_ex__(self, protocol: Any) -> Any:
        from rushlight._serialize import reduce_tensor

        return reduce_tensor(self)

    # ------------------------------------------------------------ memory

    def untyped_storage(self) -> Any:
        """The memory below the tensor, as bytes."""
        if examples.followed(self):
            raise NotImplementedError(f"Cannot access storage of {'TensorWrapper' if self._batch is None else 'BatchedTensorImpl'}")
        return _storage_module().storage_of(self)

    def _typed_storage(self) -> Any:
        from rushlight.storage import TypedStorage, storage_of

        return TypedStorage(wrap_storage=storage_of(self), dtype=dtypes.of(self._array), _internal=True)

    def storage(self) -> Any:
        """The memory below the tensor, as elements of its dtype (deprecated: use untyped_storage())."""
        from rushlight.storage import warn_deprecated

        if examples.followed(self):
            raise NotImplementedError(f"Cannot access storage of {'TensorWrapper' if self._batch is None else 'BatchedTensorImpl'}")
        warn_deprecated()
        return self._typed_storage()

    def storage_type(self) -> Any:
        """The type of storage()."""
        return self._typed_storage()._get_legacy_storage_class()

    def is_shared(self) -> bool:
        """Whether share_memory_() was called on the tensor's memory."""
        return bool(self.untyped_storage().is_shared())

    def share_memory_(self) -> Any:
        """Mark the tensor's memory as shared between processes; it stays where it is."""
        self.untyped_storage().share_memory_()
        return self

    @property
    def itemsize(self) -> int:
        """The bytes of one element."""
        return int(self._array.itemsize)

    @property
    def nbytes(self) -> int:
        """The bytes of all elements."""
        if self._flags & SPARSE:
            raise RuntimeError(
                "nbytes is not defined for sparse tensors.  If you want the size of the constituent tensors, add the nbytes of the indices "
                "and values.  If you want the size of the  equivalent dense tensor, multiply numel() by element_size()"
            )
        return int(self._array.size * self._array.itemsize)

    def dim_order(self, *, ambiguity_check: Any = False) -> tuple[int, ...]:
        """The dimensions from outermost to innermost in memory."""
        strides = self.stride()
        return tuple(sorted(range(len(strides)), key=lambda dim: -strides[dim]))

    # ------------------------------------------------------------ what the tensor is

    @property
    def device(self) -> _objects.device:
        """Where the tensor lives."""
        if self._flags & META:
            return vars(self)["_wrapper"].device if self._flags & DISPATCH and "_wrapper" in vars(self) else _objects.META
        return _objects.CPU

    @property
    def is_cpu(self) -> bool:
        """Whether the tensor lives on the CPU."""
        return not self._flags & META or self.device.type == "cpu"

    @property
    def is_meta(self) -> bool:
        """Whether the tensor has no data."""
        return bool(self._flags & META) and self.device.type == "meta"

    @property
    def volatile(self) -> bool:
        """False; a relic."""
        warn_user("volatile was removed (Variable.volatile is always False)")
        return False

    @volatile.setter
    def volatile(self, value: Any) -> None:
        warn_user("volatile was removed and now has no effect. Use `with torch.no_grad():` instead.")

    @property
    def name(self) -> Any:
        """None; tensors have no names."""
        return self._name

    @property
    def is_sparse(self) -> bool:
        """Whether the layout is torch.sparse_coo."""
        return self._flags & SPARSE != 0 and self._storage.layout is _objects.sparse_coo

    @property
    def is_sparse_csr(self) -> bool:
        """Whether the layout is torch.sparse_csr."""
        return self._flags & SPARSE != 0 and self._storage.layout is _objects.sparse_csr

    def dense_dim(self) -> int:
        """The number of dimensions that are not sparse: all of a strided tensor's."""
        return int(self._array.ndim) - (self.sparse_dim() if self._flags & SPARSE else 0)

    def _indices(self) -> Any:
        """The indices of a sparse tensor, as they are."""
        return _part_of(self, "_indices").indices.detach()

    def _values(self) -> Any:
        """The values of a sparse tensor, as they are, outside the graph."""
        return _part_of(self, "_values").values.detach()

    def _nnz(self) -> int:
        """How many values a sparse tensor holds."""
        return int((self._storage if self._flags & SPARSE else _part_of(self, "_nnz")).values.shape[0])

    def _dimI(self) -> int:
        """sparse_dim()."""
        return int(self.sparse_dim())

    def _dimV(self) -> int:
        """dense_dim()."""
        return int(self.dense_dim())

    def _coalesced_(self, coalesced: bool) -> Any:
        """Say whether a COO tensor is coalesced."""
        _part_of(self, "_coalesced_").coalesced = bool(coalesced)
        return self

    def apply_(self, callable: Any) -> Any:
        """Replace every element by callable(element); slow."""
        return _mapped(self, "apply_", (), callable)

    def map_(self, other: Any, callable: Any) -> Any:
        """Replace every element by callable(element, element of other); slow."""
        return _mapped(self, "map_", (other,), callable)

    def map2_(self, x: Any, y: Any, callable: Any) -> Any:
        """Replace every element by callable(element, element of x, element of y); slow."""
        return _mapped(self, "map2_", (x, y), callable)


def _part_of(tensor: Any, name: str) -> Any:
    """What a COO tensor is made of."""
    if tensor._flags & SPARSE and tensor._storage.layout is _objects.sparse_coo:
        return tensor._storage
    raise NotImplementedError(NO_KERNEL.format(name, "SparseCsrCPU" if tensor._flags & SPARSE else "CPU"))


def _mapped(tensor: Any, name: str, others: Any, function: Any) -> Any:
    if wants_grad(tensor):
        raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
    if not callable(function):
        raise TypeError(f"'{type(function).__name__}' object is not callable")
    names = ("other",) if len(others) == 1 else ("x", "y")
    arrays = []
    for position, (label, other) in enumerate(zip(names, others)):
        if not isinstance(other, TensorBase):
            raise TypeError(f"{name}(): argument '{label}' (position {position + 1}) must be Tensor, not {type(other).__name__}")
        if other._array.dtype != tensor._array.dtype:
            place = f"argument '{label}'" if name == "map2_" else f"'{label}'"
            raise TypeError(f"{name}: expected {tensor.type()} for {place} (got {other.type()})")
        if wants_grad(other):
            raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
        arrays.append(values_of(other.expand(tensor.shape)))
    array = tensor._array
    cast = int if array.dtype.kind in "iu" else bool if array.dtype.kind == "b" else None
    for index, value in enumerate(array.reshape(-1).tolist() if array.ndim else [array.item()]):
        found = function(value, *[entry.flat[index].item() for entry in arrays])
        if isinstance(found, (str, bytes, type(None))):
            raise TypeError(f"must be real number, not {type(found).__name__}")
        array.flat[index] = cast(found) if cast is not None else found
    return tensor


def _never(name: str) -> property:
    def get(self: Any) -> bool:
        return False

    get.__name__ = name
    get.__doc__ = "False."
    return property(get)


for _name in (
    "is_cuda", "is_quantized", "is_mkldnn", "is_xpu", "is_mps", "is_ipu", "is_vulkan", "is_nested",
    "is_maia", "is_mtia", "is_xla",
):  # fmt: skip
    setattr(TensorMethods, _name, _never(_name))
