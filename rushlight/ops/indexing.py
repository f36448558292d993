"""Python's indexing: x[...], x[...] = value, iteration, len() and `in`.

NOTE [ What x[...] is made of ]
Integers, slices, None and `...` apply one after the other as the view operators select, slice, unsqueeze (a lone `...` gives an
alias). Tensors, lists and booleans wait: together they make one index operation on what the views left, which copies. So x[0, [1, 2]]
is IndexBackward0 over SelectBackward0.
"""

from __future__ import annotations

import warnings
from numbers import Number
from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.loops import NATIVE
from rushlight._core.tensor import BATCHED, SUBCLASS, TYPES, TensorBase, values_of, wrap
from rushlight.ops import copying, examples, index as indices, view_parts as parts
from rushlight.ops.declare import REGISTRY
from rushlight.ops.view import unsqueeze, view_size
from rushlight.ops.view_composite import imag, real, transposed_property

_ZERO_DIM = (
    "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number"
)
_NOT_AN_INDEX = "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {})"
_SEQUENCE = (
    "Using a non-tuple sequence for multidimensional indexing is deprecated and will be changed in pytorch 2.9; use x[tuple(seq)] "
    "instead of x[seq]. In pytorch 2.9 this will be interpreted as tensor index, x[torch.tensor(seq)], which will result either in an "
    "error or a different result (Triggered internally at "
    "/__w/pytorch/pytorch/torch/csrc/autograd/python_variable_indexing.cpp:306.)"
)


select = parts.select.apply


def getitem(self: Any, key: Any) -> Any:
    """x[key]"""
    kind = type(key)
    if kind is int:
        shape = self._array.shape
        return select([self, 0, key]) if shape and -shape[0] <= key < shape[0] else pick(self, 0, key, 0)
    if kind is slice:
        return cut(self, 0, key)
    if kind is not tuple:
        if key is None:
            return unsqueeze.apply([self, 0])
        if key is Ellipsis:
            return parts.alias.apply([self])
        refuse_zero_dim(self, key)
        key = as_tuple(key)
    sliced, waiting = apply_views(self, key)
    if waiting:
        return indices.index.apply([sliced, waiting])
    if sliced is self:
        return parts.alias.apply([self])
    return sliced


def setitem(self: Any, key: Any, value: Any) -> None:
    """x[key] = value"""
    if not isinstance(value, TensorBase):
        value = as_tensor(value, self)
    kind = type(key)
    if kind is int:
        target = pick(self, 0, key, 0)
    elif kind is slice:
        target = cut_unless_whole(self, 0, key)
    elif key is Ellipsis:
        target = self
    elif kind is bool and not key:
        return  # nothing is selected
    elif kind is bool or key is None:
        target = unsqueeze.apply([self, 0])
    else:
        if kind is not tuple:
            refuse_zero_dim(self, key)
            key = as_tuple(key)
        target, waiting = apply_views(self, key)
        if waiting:
            put(target, waiting, value)
            return
    store(target, value)


# ---------------------------------------------------------------- basic indices


def pick(self: Any, dim: int, position: int, real_dim: int) -> Any:
    """One position of a dimension."""
    shape = self._array.shape
    if not shape and position == 0:
        raise IndexError(_ZERO_DIM)
    size = shape[dim] if dim < len(shape) else 0
    if not -size <= position < size:
        if not -(1 << 63) <= position < 1 << 63:
            raise ValueError("Overflow when unpacking long long")
        raise IndexError(f"index {position} is out of bounds for dimension {real_dim} with size {size}")
    return parts.select.apply([self, dim, position])


def cut(self: Any, dim: int, key: slice) -> Any:
    """A slice of a dimension."""
    start, end, step = slice_values(key)
    if not self._array.ndim:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    return parts.slice_tensor.apply([self, dim, start, end, step])


def slice_values(key: slice) -> tuple[int, int, int]:
    """A slice's three numbers, as PyTorch unpacks them."""
    step = 1 if key.step is None else number(key.step)
    if step == 0:
        raise ValueError("slice step cannot be zero")
    if step < 0:
        raise ValueError("step must be greater than zero")
    start = 0 if key.start is None else number(key.start)
    end = _END if key.stop is None else number(key.stop)
    return start, end, step


_END = (1 << 63) - 1


def number(value: Any) -> int:
    """A slice bound: an integer, or an integer tensor of one element."""
    if type(value) is int:
        return value
    if isinstance(value, TensorBase):
        array = value._array
        if array.size != 1 or array.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        examples.refuse(examples.ITEM, value)
        return int(array.item())
    if not hasattr(type(value), "__index__"):
        raise TypeError("slice indices must be integers or None or have an __index__ method")
    return int(value.__index__())


def apply_views(self: Any, key: Any) -> tuple[Any, Any]:
    """Apply the basic entries of a key; returns the view and the index tensors that wait (None where a dimension is kept)."""
    sliced = self
    waiting: list[Any] = []
    dim = 0
    ndim = self._array.ndim
    specified = count_specified(key)
    if specified > ndim:
        raise IndexError(f"too many indices for tensor of dimension {ndim}")
    for place, entry in enumerate(key):  # error texts count the entries, not the dimensions
        kind = type(entry)
        if kind is int:
            sliced = pick(sliced, dim, entry, place)
        elif kind is slice:
            if entry.start is None and entry.stop is None and entry.step is None:
                if not sliced._array.ndim:
                    raise IndexError("slice() cannot be applied to a 0-dim tensor.")
            else:
                sliced = cut_unless_whole(sliced, dim, entry)
            dim += 1
        elif entry is Ellipsis:
            dim += ndim - specified
        elif entry is None:
            sliced = unsqueeze.apply([sliced, dim])
            dim += 1
        elif kind is bool:
            sliced = unsqueeze.apply([sliced, dim])
            wait(waiting, dim, wrap(np.zeros(1 if entry else 0, np.int64)))
            dim += 1
        else:
            tensor = entry if isinstance(entry, TensorBase) else as_index(entry)
            if isinstance(tensor, int):
                sliced = pick(sliced, dim, tensor, place)
                continue
            array = tensor._array
            if array.ndim == 0 and array.dtype.kind in "iub" and not tensor._flags & BATCHED:
                if array.dtype.char in "?B":  # as many copies as it says: one or none
                    sliced = unsqueeze.apply([sliced, dim])
                    wait(waiting, dim, wrap(np.zeros(1 if array.item() else 0, np.int64)))
                    dim += 1
                else:
                    sliced = pick(sliced, dim, int(array), place)
                continue
            wait(waiting, dim, tensor)
            dim += array.ndim if array.dtype.char in "?B" else 1
    return sliced, waiting


def refuse_zero_dim(self: Any, key: Any) -> None:
    """Raise where a number that is no Python int is the index of a tensor without dimensions."""
    if not self._array.ndim and not isinstance(key, (TensorBase, np.ndarray)) and hasattr(type(key), "__index__") and type(key) is not bool:
        pick(self, 0, number(key), 0)


def cut_unless_whole(self: Any, dim: int, key: slice) -> Any:
    """A slice within a tuple; one that takes everything leaves the tensor as it is."""
    start, end, step = slice_values(key)
    shape = self._array.shape
    if not shape:
        raise IndexError("slice() cannot be applied to a 0-dim tensor.")
    if start == 0 and step == 1 and dim < len(shape) and end >= shape[dim]:
        return self
    return parts.slice_tensor.apply([self, dim, start, end, step])


def count_specified(key: Any) -> int:
    """How many dimensions the entries of a key consume."""
    count = 0
    for entry in key:
        kind = type(entry)
        if kind is int or kind is slice:
            count += 1
        elif entry is None or entry is Ellipsis or kind is bool:
            continue
        elif isinstance(entry, TensorBase) and entry._array.dtype.char in "?B":
            count += entry._array.ndim
        elif isinstance(entry, (list, tuple, np.ndarray)) and is_mask(entry):
            count += np.ndim(entry)
        else:
            count += 1
    return count


def is_mask(entry: Any) -> bool:
    """Whether a sequence becomes a bool tensor."""
    return not has_tensor(entry) and np.size(entry) > 0 and np.asarray(entry).dtype.char in "?B"


def has_tensor(entry: Any) -> bool:
    """Whether a sequence holds tensors."""
    return isinstance(entry, (list, tuple)) and any(isinstance(part, TensorBase) or has_tensor(part) for part in entry)


def wait(waiting: list[Any], dim: int, tensor: Any) -> None:
    """Put an index tensor at its dimension."""
    while len(waiting) < dim:
        waiting.append(None)
    waiting.append(tensor)


# ---------------------------------------------------------------- sequences, arrays and other things as indices


def as_tuple(key: Any) -> Any:
    """A key that is no tuple as one. A list that holds a slice, None, `...`, a tensor or a sequence means the tuple of its entries."""
    if isinstance(key, tuple):
        return key
    if isinstance(key, (TensorBase, np.ndarray)) or not hasattr(type(key), "__len__") or not hasattr(type(key), "__getitem__"):
        return (key,)
    if isinstance(key, dict) or len(key) >= 32:
        return (key,)
    for entry in key:
        if entry is None or entry is Ellipsis or isinstance(entry, (slice, TensorBase, list, tuple, np.ndarray, range, str)):
            try:
                warnings.warn(_SEQUENCE, UserWarning, stacklevel=3)
            except UserWarning:  # a filter made it an error; the error that strings lead to goes first
                if not isinstance(entry, str):
                    raise
            return tuple(key)
    return (key,)


def as_index(entry: Any) -> Any:
    """An index tensor, or an int."""
    if isinstance(entry, str):
        raise TypeError("new(): invalid data type 'str'")
    if isinstance(entry, np.ndarray) and entry.ndim == 0 and entry.dtype.kind in "iu":
        return int(entry)
    if isinstance(entry, np.ndarray):
        return wrap(entry if entry.dtype.char in "?B" or entry.dtype.kind in "iu" and entry.dtype.itemsize == 8 else as_long(entry))
    if isinstance(entry, (list, tuple, range)):
        array = np.asarray(unwrapped(entry))
        if array.dtype.kind in "US":
            raise TypeError("new(): invalid data type 'str'")
        return wrap(array if array.dtype.char == "?" and array.size else as_long(array))
    if not isinstance(entry, (bool, np.bool_)) and hasattr(type(entry), "__index__"):
        return int(entry.__index__())
    raise IndexError(_NOT_AN_INDEX.format(_type_name(entry)))


def _type_name(entry: Any) -> str:
    kind = type(entry)
    return kind.__name__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__name__}"


def unwrapped(entry: Any) -> Any:
    """A nested sequence with the tensors in it as NumPy's."""
    if isinstance(entry, TensorBase):
        return values_of(entry)
    return [unwrapped(part) for part in entry] if isinstance(entry, (list, tuple)) else entry


def as_long(array: Any) -> Any:
    """An array of int64."""
    return array.astype(np.int64)


# ---------------------------------------------------------------- writing


def store(target: Any, value: Any) -> None:
    """target[...] = value, for a view (or the tensor itself)."""
    shape = target._array.shape
    have = value._array.shape
    if have == shape:
        copying.copy_(target, value)
    elif not have:
        REGISTRY["fill_.Tensor"](target, value)
    else:
        extra = leading_ones(value)
        value = view_size(value, have[extra:])
        copying.copy_(target, value if value._array.shape == shape else REGISTRY["expand"](value, shape, False))


def without_leading_ones(value: Any) -> Any:
    """The value without its leading dimensions of size 1."""
    extra = leading_ones(value)
    return view_size(value, value._array.shape[extra:]) if extra else value


def leading_ones(value: Any) -> int:
    """How many dimensions of size 1 come first."""
    have = value._array.shape
    extra = 0
    while extra < len(have) and have[extra] == 1:
        extra += 1
    return extra


def as_tensor(value: Any, target: Any) -> Any:
    """A number that is assigned, as a tensor of the target's dtype."""
    np_dtype = target._array.dtype
    return wrap(np.asarray(copying.number_in(value_of(value, target), np_dtype), np_dtype))


def value_of(value: Any, target: Any) -> Any:
    """What is assigned, when it is no tensor: a number."""
    if isinstance(value, np.integer):  # other numbers of NumPy's are refused, but for the kinds of Python's float and complex
        value = value.item()
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        raise ValueError("Overflow when unpacking long long")
    if isinstance(value, (int, float, complex, bool)):
        return value
    raise TypeError(f"can't assign a {_type_name(value)} to a torch.{type_text(target)}")


def type_text(target: Any) -> str:
    """The tensor's type as PyTorch's error names it."""
    return dtypes.of(target._array).cpp + "Tensor"


def put(target: Any, waiting: Any, value: Any) -> None:
    """target[waiting] = value."""
    value = without_leading_ones(value)
    indices.index_put_(target, waiting, value, False)


def set_real(self: Any, value: Any) -> None:
    """x.real = value"""
    _copy_into(real(self), value)


def set_imag(self: Any, value: Any) -> None:
    """x.imag = value"""
    _copy_into(imag(self), value)


def _copy_into(part: Any, value: Any) -> None:
    REGISTRY["copy_"](part, value if isinstance(value, TensorBase) else as_tensor(value, part))


# ---------------------------------------------------------------- iteration


def length(self: Any) -> int:
    """len(x)"""
    shape = self._array.shape
    if not shape:
        raise TypeError("len() of a 0-d tensor")
    return int(shape[0])


def iterate(self: Any) -> Any:
    """iter(x)"""
    if not self._array.ndim:
        raise TypeError("iteration over a 0-d tensor")
    if self._flags & SUBCLASS and self.dim():
        return iter(self.unbind(0))
    return iter(parts.unbind.apply([self, 0]))


def backwards(self: Any) -> Any:
    """reversed(x)"""
    return REGISTRY["flip"](self, [0]) if self._array.ndim else self


def delete(self: Any, key: Any) -> None:
    """del x[key]"""
    raise TypeError("Tensor does not support deleting items")


def contains(self: Any, element: Any) -> bool:
    """element in x"""
    examples.refuse(examples.ITEM, self, element)
    if isinstance(element, TensorBase):
        element = values_of(element)
    elif not isinstance(element, Number):
        raise RuntimeError(f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}.")
    return bool((values_of(self) == element).any())


def _getitem_method() -> Any:
    """getitem(), by way of C where the native form was built."""
    if NATIVE is None:
        return getitem
    return NATIVE.subscript_method(getitem, parts.select, parts.slice_tensor, unsqueeze, parts.alias)


ATTRIBUTES = {
    "__getitem__": _getitem_method(), "__setitem__": setitem, "__delitem__": delete, "__len__": length,
    "__iter__": iterate, "__reversed__": backwards,
    "__contains__": contains,
    "T": transposed_property("T"), "H": transposed_property("H"), "mT": transposed_property("mT"), "mH": transposed_property("mH"),
    "real": property(real, set_real), "imag": property(imag, set_imag),
}  # fmt: skip
for _name, _value in ATTRIBUTES.items():
    setattr(TYPES.tensor, _name, _value)
