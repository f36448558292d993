"""Pickling and deep-copying of tensors.

A pickled tensor is a call of `rebuild_tensor` with its storage, so tensors that share memory share it again when they were
pickled together. The class Tensor itself is never named in a pickle: it calls itself `torch.Tensor`, and must load where nothing is
installed under that name.
"""

from __future__ import annotations

import copy
import copyreg
from typing import Any

from rushlight import _objects
from rushlight._core import dtypes, inplace, memory
from rushlight._core.state import INFERENCE, get_mode
from rushlight._core.tensor import (
    BATCHED,
    FIELDS,
    FOREIGN,
    INFERENCE as INFERENCE_TENSOR,
    LAZY,
    META,
    SPARSE,
    TYPES,
    bump,
    settled,
    wants_grad,
    wrap,
)
from rushlight.autograd.grad_mode import no_grad
from rushlight.ops.convert import strides_of
from rushlight.ops.create import without_data
from rushlight.ops.resize import window
from rushlight.ops.warn import warn_user
from rushlight.storage import deep_copied, storage_of

_NON_LEAF = (
    "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  If you were attempting to "
    "deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001"
)
_COPY_OF_SUBCLASS = (
    "The default implementation of __deepcopy__() for {0} subclasses only works for subclass types that implement {1} another instance of "
    "the same subclass. You should either properly implement {2} for your subclass or override __deepcopy__() if it is intended behavior "
    "for {2} to return an instance of a different type."
)
_OWN_FIELDS = FIELDS | {"_meta_strides"}  # everything else in the __dict__ is the user's


def user_state(tensor: Any) -> dict[str, Any]:
    """The attributes that users gave a tensor."""
    return {name: value for name, value in tensor.__dict__.items() if name not in _OWN_FIELDS}


def rebuild_tensor(
    storage: Any, dtype: Any, offset: int, size: Any, stride: Any, requires_grad: bool, hooks: Any = None, turned: int = 0
) -> Any:
    """A leaf over a storage. turned: the flags of a lazy conjugate or negative."""
    if storage._meta:
        tensor = rebuild_meta_tensor(dtype, size, stride, requires_grad)
        bump(tensor)
        return tensor
    needed = (offset + memory.extent(size, stride)) * dtype.itemsize if 0 not in size else 0
    if needed > storage.nbytes() or offset < 0 or any(step < 0 for step in stride) or any(length < 0 for length in size):
        raise RuntimeError(
            f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {offset}, and itemsize {dtype.itemsize} requiring a "
            f"storage size of {needed} are out of bounds for storage of size {storage.nbytes()}"
        )
    tensor = wrap(window(storage._root, dtype.np_dtype, size, stride, offset))
    if get_mode() & INFERENCE:
        tensor._flags |= INFERENCE_TENSOR
    tensor._flags |= turned
    tensor._storage = storage
    tensor._requires_grad = requires_grad
    bump(tensor)  # PyTorch makes an empty tensor and sets its storage, which counts as a write
    return tensor


def rebuild_meta_tensor(dtype: Any, size: Any, stride: Any, requires_grad: bool) -> Any:
    """A tensor without data."""
    tensor = wrap(without_data(size, dtype.np_dtype))
    tensor._flags |= META
    tensor._requires_grad = requires_grad
    return tensor


def rebuild_from_type(function: Any, cls: Any, args: Any, state: Any) -> Any:
    """A tensor of a subclass (None for Tensor itself), with the attributes that it had."""
    tensor = function(*args)
    if cls is not None and type(tensor) is not cls:
        tensor = tensor.as_subclass(cls)
    restore = getattr(type(tensor), "__setstate__", None)
    if restore is not None and restore is not getattr(TYPES.tensor, "__setstate__", None):
        restore(tensor, state)
    elif state:
        tensor.__dict__.update(state)
    return tensor


def rebuild_from_type_v2(function: Any, cls: Any, args: Any, state: Any) -> Any:
    """The same, as PyTorch's files have it."""
    return rebuild_from_type(function, cls, args, state)


def warn_if_hooked(tensor: Any) -> None:
    """Warn that hooks do not travel."""
    for hook in (tensor._hooks or {}).values():
        if not getattr(hook, "__torch_unserializable__", False):
            warn_user(
                f"backward hook {hook!r} on tensor will not be serialized.  If this is expected, you can decorate the function with "
                "@torch.utils.hooks.unserializable_hook to suppress this warning",
            )


def sparse_parts(tensor: Any) -> Any:
    """The arguments of _rebuild_sparse_tensor."""
    content = tensor._storage
    size = tensor.shape
    if content.layout is _objects.sparse_coo:
        return content.layout, (content.indices, content.values, size, content.coalesced)
    return content.layout, (content.outer, content.inner, content.values, size)


def reduce_tensor(tensor: Any) -> Any:
    """What pickle needs of a tensor."""
    warn_if_hooked(tensor)
    array = tensor._array
    dtype = dtypes.of(array)
    grad = wants_grad(tensor)
    if tensor._flags & SPARSE:
        from rushlight._utils import _rebuild_sparse_tensor

        function: Any = _rebuild_sparse_tensor
        args: Any = sparse_parts(tensor)
    elif tensor._flags & META:
        function = rebuild_meta_tensor
        args = (dtype, tuple(array.shape), strides_of(tensor), grad)
    else:
        function = rebuild_tensor
        args = (storage_of(tensor), dtype, memory.storage_offset(array), tuple(array.shape), strides_of(tensor), grad, None)
        if tensor._flags & LAZY:
            args = (*args, tensor._flags & LAZY)
    state = user_state(tensor)
    cls = type(tensor)
    if cls is TYPES.tensor and not state:
        return function, args
    return rebuild_from_type, (function, None if cls is TYPES.tensor else cls, args, state)


def deepcopy_tensor(tensor: Any, memo: Any) -> Any:
    """copy.deepcopy of a leaf: tensors that share memory share the copy."""
    if not inplace.is_leaf(tensor):
        raise RuntimeError(_NON_LEAF)
    if id(tensor) in memo:
        return memo[id(tensor)]
    if tensor._flags & BATCHED:
        raise NotImplementedError("Cannot access storage of BatchedTensorImpl")
    array = tensor._array
    if tensor._flags & FOREIGN:
        if tensor._flags & SPARSE and tensor.layout is not _objects.sparse_coo:
            raise NotImplementedError("Cannot access storage of SparseCsrTensorImpl")
        return _clone_of(tensor, memo)
    cls = type(tensor)
    if cls is not TYPES.tensor and not array.size and not tensor._flags & META:
        return _clone_of(tensor, memo)
    if cls is not TYPES.tensor and type(tensor.new_empty([])) is not cls:
        raise RuntimeError(_COPY_OF_SUBCLASS.format("non-wrapper", "new_empty() and for which that function returns", "new_empty()"))
    if tensor._flags & META:
        made = rebuild_meta_tensor(dtypes.of(array), array.shape, strides_of(tensor), wants_grad(tensor))
    else:
        storage = deep_copied(storage_of(tensor), memo)
        offset = memory.storage_offset(array)
        grad = cls is TYPES.tensor and wants_grad(tensor)
        made = rebuild_tensor(storage, dtypes.of(array), offset, array.shape, strides_of(tensor), grad)
        if tensor._flags & LAZY:  # as in PyTorch, where the copy is computed; its memory is not that of the copied storage
            made = wrap(settled(made._array, tensor._flags))
            made._requires_grad = wants_grad(tensor)
    if cls is not TYPES.tensor:
        made = TYPES.tensor._make_subclass(cls, made, wants_grad(tensor))
    return _with_state_of(tensor, made, memo)


def _clone_of(tensor: Any, memo: Any) -> Any:
    """copy.deepcopy of a tensor that takes operators over, or has no memory: what its own clone() gives."""
    with no_grad():
        made = tensor.clone()
    if type(made) is not type(tensor):
        raise RuntimeError(_COPY_OF_SUBCLASS.format("wrapper", "clone() and for which cloning returns", "clone()"))
    made._requires_grad = wants_grad(tensor)
    return _with_state_of(tensor, made, memo)


def _with_state_of(tensor: Any, made: Any, memo: Any) -> Any:
    """The copy of a tensor, with copies of its gradient and of what users gave it."""
    if tensor._grad is not None:
        made._grad = copy.deepcopy(tensor._grad, memo)
    if type(tensor) is not TYPES.tensor:
        for slot in copyreg._slotnames(type(tensor)):  # type: ignore[attr-defined]
            if hasattr(tensor, slot):
                setattr(made, slot, copy.deepcopy(getattr(tensor, slot), memo))
    state = user_state(tensor)
    if state:
        made.__dict__.update(copy.deepcopy(state, memo))
    memo[id(tensor)] = made
    return made
