"""torch._utils: what saved files call to make tensors again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rushlight._core import dtypes
from rushlight._install import elsewhere
from rushlight._serialize import rebuild_meta_tensor, rebuild_tensor
from rushlight.storage import TypedStorage


def _rebuild_tensor(storage: Any, storage_offset: int, size: Any, stride: Any) -> Any:
    """A tensor over a storage."""
    typed = isinstance(storage, TypedStorage)
    dtype = storage.dtype if typed else dtypes.uint8
    return rebuild_tensor(storage._untyped_storage if typed else storage, dtype, storage_offset, size, stride, False)


def _finished(tensor: Any, requires_grad: Any, backward_hooks: Any, metadata: Any) -> Any:
    import rushlight

    for name, operator in (("conj", rushlight.conj), ("neg", rushlight._neg_view)):
        if metadata and metadata.get(name):
            turned = operator(tensor)
            tensor._flags = turned._flags
    tensor._requires_grad = bool(requires_grad)
    if backward_hooks:
        tensor._backward_hooks = backward_hooks
    return tensor


def _rebuild_tensor_v2(
    storage: Any, storage_offset: int, size: Any, stride: Any, requires_grad: bool, backward_hooks: Any, metadata: Any = None
) -> Any:
    """A leaf over a storage that knows its dtype."""
    return _finished(_rebuild_tensor(storage, storage_offset, size, stride), requires_grad, backward_hooks, metadata)


def _rebuild_tensor_v3(
    storage: Any, storage_offset: int, size: Any, stride: Any, requires_grad: bool, backward_hooks: Any, dtype: Any, metadata: Any = None
) -> Any:
    """A leaf of the given dtype over bytes."""
    untyped = storage._untyped_storage if isinstance(storage, TypedStorage) else storage
    tensor = rebuild_tensor(untyped, dtype, storage_offset, size, stride, False)
    return _finished(tensor, requires_grad, backward_hooks, metadata)


def _rebuild_meta_tensor_no_storage(dtype: Any, size: Any, stride: Any, requires_grad: bool) -> Any:
    """A tensor without data."""
    return rebuild_meta_tensor(dtype, size, stride, requires_grad)


def _rebuild_device_tensor_from_numpy(data: Any, dtype: Any, device: Any, requires_grad: bool) -> Any:
    """A tensor of a device whose memory was saved as an array."""
    import rushlight

    tensor: Any = rushlight.from_numpy(data).to(dtype=dtype, device=device)
    tensor.requires_grad = requires_grad
    return tensor


def _rebuild_device_tensor_from_cpu_tensor(data: Any, dtype: Any, device: Any, requires_grad: bool) -> Any:
    """A tensor of a device that was saved from the CPU."""
    tensor = data.to(device=device)
    tensor.requires_grad = requires_grad
    return tensor


def _rebuild_parameter(data: Any, requires_grad: bool, backward_hooks: Any) -> Any:
    """A Parameter."""
    from rushlight.nn.parameter import Parameter

    param = Parameter(data, requires_grad)
    if backward_hooks:
        param._backward_hooks = backward_hooks
    return param


def _rebuild_parameter_with_state(data: Any, requires_grad: bool, backward_hooks: Any, state: Any) -> Any:
    """A Parameter with the attributes that it had."""
    return _set_obj_state(_rebuild_parameter(data, requires_grad, backward_hooks), state)


def _set_obj_state(obj: Any, state: Any) -> Any:
    """Give an object the fields of its __dict__, and of its slots where `state` is a pair."""
    fields, slots = state if isinstance(state, tuple) else (state, None)
    if isinstance(state, tuple) and len(state) != 2:
        raise RuntimeError(f"Invalid serialized state: {state}")
    for name, value in (fields or {}).items():
        setattr(obj, name, value)
    for name, value in (slots or {}).items():
        setattr(obj, name, value)
    return obj


def _rebuild_wrapper_subclass(
    cls: Any, dtype: Any, size: Any, stride: Any, storage_offset: int, layout: Any, device: Any, requires_grad: bool
) -> Any:
    """A tensor of a subclass without memory of its own."""
    raise NotImplementedError("wrapper subclasses (Tensor._make_wrapper_subclass)")


def _no_such(kind: str) -> Any:
    def rebuild(*args: Any) -> Any:
        raise NotImplementedError(f"rushlight has no {kind} tensors")

    return rebuild


_rebuild_qtensor = _no_such("quantized")


def _rebuild_sparse_tensor(layout: Any, data: Any) -> Any:
    """A sparse tensor of what a pickle holds: indices, values, size, and whether it is coalesced."""
    from rushlight.sparse import _creation

    if repr(layout) == "torch.sparse_coo":
        indices, values, size, *coalesced = data
        return _creation.sparse_coo_tensor(indices, values, size, is_coalesced=coalesced[0] if coalesced else None, check_invariants=False)
    outer, inner, values, size = data
    return _creation.sparse_compressed_tensor(outer, inner, values, size, layout=layout, check_invariants=False)



_rebuild_nested_tensor = _no_such("nested")
_NO_HOOKS: Any = OrderedDict


def _element_size(dtype: Any) -> int:
    """The bytes of an element."""
    return int(dtype.itemsize)


def _get_available_device_type() -> Any:
    return None


def _flatten_dense_tensors(tensors: Any) -> Any:
    """All the tensors' elements in one tensor of one dimension."""
    import rushlight

    return rushlight.cat([tensor.contiguous().view(-1) for tensor in tensors]) if tensors else rushlight.empty(0)


def _unflatten_dense_tensors(flat: Any, tensors: Any) -> Any:
    """Views of a flat tensor shaped as `tensors`."""
    found, start = [], 0
    for tensor in tensors:
        found.append(flat.narrow(0, start, tensor.numel()).view_as(tensor))
        start += tensor.numel()
    return tuple(found)


class KeyErrorMessage(str):
    """A text that KeyError shows with its line breaks."""

    def __repr__(self) -> str:
        return str(self)


class ExceptionWrapper:
    """An error and its traceback as text, to be raised again in another process."""

    def __init__(self, exc_info: Any = None, where: str = "in background") -> None:
        import sys
        import traceback

        info = sys.exc_info() if exc_info is None else exc_info
        self.exc_type = info[0]
        self.exc_msg = "".join(traceback.format_exception(*info))
        self.where = where

    def reraise(self) -> None:
        """Raise an error of the same type that tells where the first one came from."""
        cls: Any = self.exc_type
        text = f"Caught {cls.__name__} {self.where}.\nOriginal {self.exc_msg}"
        if cls is KeyError:
            raise KeyError(KeyErrorMessage(text))
        if getattr(cls, "message", None):
            raise cls(message=text)
        try:
            error = cls(text)
        except Exception:
            raise RuntimeError(text) from None
        raise error


def cpu_count() -> int | None:
    """How many processors this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _is_privateuse1_backend_available() -> bool:
    """False: no backend of the user's can be registered."""
    return False


def is_compiling() -> bool:
    """False: nothing is compiled here."""
    return False


def _get_device_index(device: Any, optional: bool = False, allow_cpu: bool = False) -> int:
    """The number of a device: of the CPU -1, where that is allowed."""
    from rushlight import _objects

    if isinstance(device, str):
        device = _objects.device(device)
    if isinstance(device, _objects.device):
        if not allow_cpu and device.type == "cpu":
            raise ValueError(f"Expected a non cpu device, but got: {device}")
        index = -1 if device.type == "cpu" else device.index
    else:
        index = device
    if isinstance(index, int):
        return index
    if optional and index is None:
        return 0
    raise ValueError(f"Expected a torch.device with a specified index or an integer, but got:{device}")


def _get_all_device_indices() -> list[int]:
    """[]: there are no devices with numbers."""
    return []


def _handle_complex(tensor: Any) -> Any:
    """A complex tensor as real pairs; others as they are."""
    from rushlight.ops.declare import REGISTRY

    return REGISTRY["view_as_real"](tensor) if tensor.is_complex() else tensor


def _import_dotted_name(name: str) -> Any:
    """The object that "package.module.name" names."""
    first, *rest = name.split(".")
    found: Any = __import__(first)
    for part in rest:
        found = getattr(found, part)
    return found


def _take_tensors(tensors: Any, size_limit: int) -> Any:
    """The tensors in groups of one type and at most `size_limit` bytes."""
    groups: dict[str, tuple[list[Any], int]] = {}
    for tensor in tensors:
        kind = tensor.type()
        size = tensor.numel() * tensor.element_size()
        group, total = groups.get(kind, ([], 0))
        if group and total + size > size_limit:
            yield group
            group, total = [], 0
        group.append(tensor)
        groups[kind] = (group, total + size)
    for group, _ in groups.values():
        if group:
            yield group


def render_call(fn: Any, args: Any, kwargs: Any) -> str:
    """A call as text, with tensors as "tensor(...)"."""
    from rushlight._core.tensor import TensorBase
    from rushlight.overrides import resolve_name

    def text(value: Any) -> str:
        return "tensor(...)" if isinstance(value, TensorBase) else repr(value)

    parts = [*map(text, args), *(f"{name}={text(value)}" for name, value in kwargs.items())]
    return f"{resolve_name(fn) or str(fn)}({', '.join(parts)})"


def _dummy_type(name: str) -> type:
    """A class whose making fails, for what a build does not have."""

    def refuse(cls: Any, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(f"Tried to instantiate dummy base class {name}")

    return type(name, (object,), {"__new__": refuse, "__init__": refuse})


class CallbackRegistry:
    """Functions that are called together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.callback_list: list[Any] = []

    def add_callback(self, cb: Any) -> None:
        """Call `cb` too."""
        self.callback_list.append(cb)

    def fire_callbacks(self, *args: Any, **kwargs: Any) -> None:
        """Call them; an error of one is logged."""
        import logging

        for cb in self.callback_list:
            try:
                cb(*args, **kwargs)
            except Exception:
                logging.getLogger(__name__).exception("Exception in callback for %s registered with gpu trace", self.name)


def try_import(module_name: str) -> Any:
    """A module, or None where it is not installed."""
    import importlib.util

    return importlib.import_module(module_name) if importlib.util.find_spec(module_name) is not None else None


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
