"""Picklers that write PyTorch's names, and unpicklers that read them."""

from __future__ import annotations

import copyreg
import pickle
import sys
from collections import OrderedDict
from operator import attrgetter
from typing import Any

from rushlight import _objects
from rushlight._C import _VariableFunctionsClass
from rushlight._class_names import renamed
from rushlight._core import dtypes, memory
from rushlight._core.function import Function
from rushlight._core.tensor import CONJUGATE, LAZY, META, NEGATIVE, SPARSE, TYPES, TensorBase, wants_grad
from rushlight._generator import Generator
from rushlight._serialize import rebuild_from_type_v2, sparse_parts, user_state, warn_if_hooked
from rushlight._serialize_names import find, method_name, name_of, operator_name, own_module
from rushlight.ops.convert import strides_of
from rushlight.storage import LEGACY, TypedStorage, UntypedStorage, storage_of
from rushlight.utils.hooks import RemovableHandle


def reduce_tensor(tensor: Any) -> Any:
    """A tensor as PyTorch's files have it: a function of torch._utils and its arguments."""
    from rushlight import _utils
    from rushlight.nn.parameter import Parameter

    cls, state = type(tensor), user_state(tensor)
    if cls is Parameter:  # whose hooks PyTorch drops without a word
        args = (tensor.data, tensor.requires_grad, OrderedDict())
        if state:
            return _utils._rebuild_parameter_with_state, (*args, state)
        return _utils._rebuild_parameter, args
    warn_if_hooked(tensor)
    array = tensor._array
    if tensor._flags & SPARSE:
        function, args = _utils._rebuild_sparse_tensor, sparse_parts(tensor)
        return (function, args) if cls is TYPES.tensor and not state else (rebuild_from_type_v2, (function, cls, args, state))
    dtype, shape, strides, grad = dtypes.of(array), tuple(array.shape), strides_of(tensor), wants_grad(tensor)
    if tensor._flags & META:
        function: Any = _utils._rebuild_meta_tensor_no_storage
        args = (dtype, shape, strides, grad)
    elif f"{dtype.cpp}Storage" in LEGACY:
        storage = TypedStorage(wrap_storage=storage_of(tensor), dtype=dtype, _internal=True)
        function = _utils._rebuild_tensor_v2
        args = (storage, memory.storage_offset(array), shape, strides, grad, OrderedDict())
    else:
        function = _utils._rebuild_tensor_v3
        args = (storage_of(tensor), memory.storage_offset(array), shape, strides, grad, OrderedDict(), dtype)
    if tensor._flags & LAZY and not tensor._flags & META:
        bits = {"conj": tensor._flags & CONJUGATE, "neg": tensor._flags & NEGATIVE}
        args = (*args, {name: True for name, bit in bits.items() if bit})
    if cls is TYPES.tensor and not state:
        return function, args
    return rebuild_from_type_v2, (function, cls, args, state)


def reduced(obj: Any) -> Any:
    """How PyTorch pickles an object of rushlight's; NotImplemented for everything else."""
    if isinstance(obj, TensorBase):
        shapeless = getattr(sys.modules.get("rushlight.nn.parameter"), "UninitializedTensorMixin", None)
        if shapeless is not None and isinstance(obj, shapeless):
            return type(obj), (obj.requires_grad,)
        plain = type(obj).__reduce_ex__ is TYPES.tensor.__reduce_ex__ or getattr(type(obj), "__name__", "") == "Parameter"
        return reduce_tensor(obj) if plain else NotImplemented
    if isinstance(obj, dtypes.dtype):
        return obj.name
    if isinstance(obj, Function):
        module, name = operator_name(obj)
        return name if module else (getattr, (_VariableFunctionsClass, name))
    if type(obj) is _objects.Size:
        return _objects.Size, (tuple(obj),)
    if type(obj) is _objects.device:
        return _objects.device, obj.__reduce__()[1]
    if type(obj) is Generator:
        return Generator, (obj.device,), (obj.initial_seed(), None, obj.get_state())
    if type(obj) is _objects.layout:
        from rushlight.serialization import _get_layout

        return _get_layout, (repr(obj),)
    if type(obj) is RemovableHandle or type(obj).__name__ == "_WrappedHook":
        return copyreg.__newobj__, (type(obj),), obj.__getstate__()  # type: ignore[attr-defined]
    return _reduced_module(obj)


def _reduced_module(obj: Any) -> Any:
    """A layer or the like, by its class and fields: here PyTorch's names are at hand, also where nothing is installed under them."""
    if renamed(type(obj)):
        return obj.__reduce_ex__(2)
    layers = sys.modules.get("rushlight.nn.modules.module")
    if layers is not None and isinstance(obj, layers.Module) and type(obj).__reduce_ex__ is layers.Module.__reduce_ex__:
        return object.__reduce_ex__(obj, 2)
    return NotImplemented


def _save_other(save: Any, obj: Any, name: Any) -> None:
    """Pickle what is not PyTorch's; errors in the words of the pickler in C, which PyTorch uses."""
    own = name or getattr(obj, "__qualname__", None) or obj.__name__
    if "<locals>" in own.split(".") and sys.version_info < (3, 14):
        raise AttributeError(f"Can't pickle local object {own!r}")
    try:
        save(obj, name)
    except pickle.PicklingError as error:
        before, found, after = str(error).partition("it's not found as ")
        if not found:
            raise
        module = after.removesuffix(f".{own}")
        what = f"attribute lookup {own} on {module} failed" if module in sys.modules else f"import of module {module!r} failed"
        raise pickle.PicklingError(before + what) from None


class Pickler(pickle._Pickler):  # type: ignore[name-defined,misc]
    """Writes what PyTorch's own would."""

    def __init__(self, file: Any, protocol: Any, persistent_id: Any) -> None:
        super().__init__(file, protocol=protocol)
        self.persistent_id = persistent_id

    def reducer_override(self, obj: Any) -> Any:
        """Rushlight's objects the way PyTorch pickles its own."""
        return reduced(obj)

    def save_global(self, obj: Any, name: Any = None) -> None:
        """A class or function, under PyTorch's name."""
        method = method_name(obj)
        if method is not None:
            self.save_reduce(getattr, (TYPES.tensor, method), obj=obj)
            return
        found = name_of(obj, name)
        if found is None:
            _save_other(super().save_global, obj, name)
            return
        module, own_name = found
        owner, _, last = own_name.rpartition(".")
        if owner:  # these protocols have no names within names
            self.save_reduce(getattr, (attrgetter(owner)(sys.modules[own_module(module)]), last), obj=obj)
            return
        self.write(pickle.GLOBAL + module.encode() + b"\n" + own_name.encode() + b"\n")
        self.memoize(obj)

    def save_type(self, obj: Any) -> None:
        """A class."""
        if obj in (type(None), type(NotImplemented), type(...)):
            super().save_type(obj)
        else:
            self.save_global(obj)

    dispatch = dict(pickle._Pickler.dispatch)  # type: ignore[attr-defined]
    dispatch[type] = save_type
    dispatch[type(reduced)] = save_global


def pickler(module: Any, file: Any, protocol: Any, persistent_id: Any) -> Any:
    """A pickler of the module `pickle`, or of another that stands in for it."""
    if module is pickle or module is None:
        return Pickler(file, protocol, persistent_id)

    class Other(module.Pickler):  # type: ignore[misc,name-defined]
        def persistent_id(self, obj: Any) -> Any:
            return persistent_id(obj)

    return Other(file, protocol=protocol)


def unpickler(module: Any, file: Any, persistent_load: Any, options: dict[str, Any]) -> Any:
    """An unpickler that finds PyTorch's names in rushlight."""

    class Other(module.Unpickler):  # type: ignore[misc,name-defined]
        def find_class(self, module_name: str, name: str) -> Any:
            try:
                return find(module_name, name)
            except KeyError:
                return super().find_class(module_name, name)

        def persistent_load(self, pid: Any) -> Any:
            return persistent_load(pid)

    return Other(file, **options)


class Storages:
    """The storages that were met while pickling, by key."""

    def __init__(self, by_address: bool) -> None:
        self.by_address = by_address  # the legacy format's keys are addresses
        self.keys: dict[int, str] = {}
        self.found: dict[str, Any] = {}
        self.dtypes: dict[int, Any] = {}

    def key(self, storage: Any, dtype: Any) -> str:
        """The key of a storage; the same memory may be of one dtype alone."""
        if storage.nbytes() and self.dtypes.setdefault(storage._cdata, dtype) != dtype:
            raise RuntimeError("Cannot save multiple tensors or storages that view the same data as different types")
        key = self.keys.setdefault(storage._cdata, str(storage._cdata) if self.by_address else str(len(self.keys)))
        self.found[key] = storage
        return key

    def persistent_id(self, obj: Any) -> Any:
        """What stands for a storage in the pickle."""
        from rushlight.serialization import location_tag

        if isinstance(obj, TypedStorage):
            storage, dtype, cls, count = obj._untyped_storage, obj.dtype, LEGACY[f"{obj.dtype.cpp}Storage"], obj._size()
        elif isinstance(obj, UntypedStorage):
            storage, dtype, cls, count = obj, dtypes.uint8, UntypedStorage, obj.nbytes()
        else:
            return None
        found = ("storage", cls, self.key(storage, dtype), location_tag(storage), count)
        return (*found, None) if self.by_address else found
