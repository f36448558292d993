"""TensorBase: the fields of a tensor, and how the core makes and reads them. What users call lives in `rushlight/tensor.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from numpy import asarray, dtype, ndarray

from rushlight._core import dtypes
from rushlight._core.collector import static, unwatched
from rushlight._core.loops import NATIVE
from rushlight._mypyc import mypyc_attr

if TYPE_CHECKING:
    from rushlight._core.node import Node

# Bits of TensorBase._flags. A plain tensor has none; any bit sends an operation to the general path.
SUBCLASS: Final = 1  # has a __torch_function__ of its own
INFERENCE: Final = 2  # made in inference mode
META: Final = 256  # has no data (these bits are none of the mode word's, with which they are joined for dispatch)
DUAL: Final = 512  # carries a tangent
BATCHED: Final = 1024  # a vmap level holds its batch dimension; its array stands in for one example
CONJUGATE: Final = 2048  # its values are the conjugates of what its array holds, see NOTE [ Conjugates and negatives ]
NEGATIVE: Final = 4096  # its values are the negatives of what its array holds
LAZY: Final = CONJUGATE | NEGATIVE
DISPATCH: Final = 8192  # of a class with a __torch_dispatch__ of its own
SPARSE: Final = 16384  # of another layout than strided: its array has sizes and dtype, but no elements, which are in `_storage`
FOREIGN: Final = DISPATCH | SPARSE  # what computes with it stands elsewhere


class Version:
    """How often the memory shared by a tensor, its views and its detached twins was modified in place."""

    def __init__(self) -> None:
        self.value: int = 0
        self.detached: int = 0  # the sequence number that nodes had reached when detach_() cut the tensor off, 0 for never
        self.writer: Any = None  # the first write since a graph saved a tensor of this memory, see origin.py
        self.earlier: Any = None  # the same for an earlier save


class View:
    """How a view came from its base: the chain of view operations, newest last, and which in-place writes are allowed."""

    def __init__(self, base: TensorBase, previous: View | None, op: Any, args: Any, creation: int, version: int) -> None:
        self.base: TensorBase = base
        self.previous: View | None = previous
        self.op: Any = op
        self.args: Any = args
        self.creation: int = creation
        self.version: int = version  # the base's version that the view's grad_fn belongs to
        self.output: int = 0


unwatched(Version)
unwatched(View)


@mypyc_attr(allow_interpreted_subclasses=True)
class TensorBase:
    """An array with its place in the graph.

    `_array` is always an ndarray (0-d results of NumPy decay to scalars: wrap() undoes that). `_requires_grad` is true for
    leaves that ask for a gradient and for every recorded result; a view may owe it to its base (see wants_grad).
    """

    _array: Any
    _flags: int = 0
    _requires_grad: bool = False
    _node: Node | None = None
    _output_nr: int = 0
    _cell: Version | None = None
    _view: View | None = None
    _grad: TensorBase | None = None
    _hooks: Any = None  # id -> hook; shared with the grad_fn that runs them
    _post_hooks: Any = None  # post-accumulate hooks of a leaf
    _retains_grad: bool = False
    _accumulator: Any = None  # weak reference to the AccumulateGrad of a leaf
    _storage: Any = None
    _tangent: Any = None  # of forward mode: ((level, tangent), ...), innermost level last
    _batch: Any = None  # of vmap: the level, the tensor with all examples, and which dimension of it counts them
    _name: Any = None

    def __hash__(self) -> int:
        """id(x) itself, as in PyTorch, where Python's own hash would turn its bits."""
        return id(self)


static(TensorBase)


FIELDS: Final = frozenset(getattr(TensorBase, "__annotations__", ()))  # what uncompiled tensors keep in their __dict__ themselves


class _Types:
    """The class that results are made of; `rushlight/tensor.py` sets it once."""

    def __init__(self) -> None:
        self.tensor: Any = TensorBase


TYPES: Final = _Types()
new_tensor: Final[Any] = TensorBase.__new__ if NATIVE is None else NATIVE.maker(TensorBase)
# Names of NumPy's are looked up anew at each use in compiled code; constants of a module are not.
ARRAY: Final[Any] = ndarray
FLOAT32: Final[Any] = dtype("float32")
FLOAT64: Final[Any] = dtype("float64")


def wrap(array: Any) -> TensorBase:
    """A new plain tensor that holds `array`."""
    tensor: TensorBase = new_tensor(TYPES.tensor)
    tensor._array = array if isinstance(array, ARRAY) else asarray(array)
    return tensor


def new_as(cls: Any, array: Any) -> TensorBase:
    """A new tensor of class `cls` that holds `array`."""
    tensor: TensorBase = new_tensor(cls)
    tensor._array = array
    return tensor


def version_cell(tensor: TensorBase) -> Version:
    """The tensor's version counter, made on first use: most results are never saved, viewed or modified."""
    cell = tensor._cell
    if cell is None:
        cell = Version()
        tensor._cell = cell
    return cell


def version_of(tensor: TensorBase) -> int:
    """How often the tensor's memory was modified in place."""
    cell = tensor._cell
    return 0 if cell is None else cell.value


def bump(tensor: TensorBase) -> None:
    """Count one in-place modification."""
    if not uncounted(tensor):
        version_cell(tensor).value += 1


def uncounted(tensor: TensorBase) -> bool:
    """Whether nothing counts the writes: inference tensors have no counter, but for those that detach() or data made elsewhere."""
    return tensor._flags & INFERENCE != 0 and tensor._cell is None


def wants_grad(tensor: TensorBase) -> bool:
    """requires_grad, looking through to the base of a view."""
    if tensor._requires_grad:
        return True
    view = tensor._view
    return view is not None and view.base._requires_grad and differentiable(tensor._array)


def differentiable(array: Any) -> bool:
    """Whether values of this array's dtype can have gradients."""
    np_dtype = array.dtype
    return np_dtype is FLOAT32 or np_dtype is FLOAT64 or dtypes.of(array).category >= dtypes.FLOATING


# NOTE [ Conjugates and negatives ]
# conj() of a complex tensor is a view: the same memory with the flag CONJUGATE (and x.conj().imag one with NEGATIVE). Such a tensor
# takes the slow path, as all flags do. Views of it are made from its array as it is and inherit the flag (views.link). Every other
# operator gets a twin in its place, whose array holds the values and whose edges are the tensor's (HOOKS.settle), so that no kernel and
# no formula knows of these flags, and plain tensors pay nothing. A write into one turns the memory's values round, runs on the tensor
# without its flag, and turns them back (HOOKS.write_lazily); CopySlices does the same to the part of the gradient.
def settled(array: Any, flags: int) -> Any:
    """The values of a tensor with this array and these flags; what a write of values has to store, too."""
    if flags & CONJUGATE and array.dtype.kind == "c":
        array = asarray(array.conjugate())
    return asarray(-array) if flags & NEGATIVE else array


def values_of(tensor: TensorBase) -> Any:
    """The tensor's values as an array: its own array unless the tensor is a lazy conjugate or negative."""
    return settled(tensor._array, tensor._flags) if tensor._flags & LAZY else tensor._array


def type_name(tensor: TensorBase) -> str:
    """PyTorch's name of the tensor's type, such as "torch.FloatTensor"."""
    return "torch." + dtypes.of(tensor._array).cpp + "Tensor"


def shape_text(shape: Any) -> str:
    """A shape as PyTorch's error texts print it: [2, 3]."""
    return "[" + ", ".join(str(n) for n in shape) + "]"
