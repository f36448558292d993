"""torch.nn.utils.rnn: sequences of different lengths in one tensor, packed or padded."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable
from typing import Any

from rushlight._class_names import name_as_torch
from rushlight._core.dtypes import int64
from rushlight.nn._torch import Tensor, torch
from rushlight.nn.modules._convert import _parse_to

__all__ = [
    "PackedSequence", "invert_permutation", "pack_padded_sequence", "pad_packed_sequence", "pad_sequence", "unpad_sequence",
    "pack_sequence", "unpack_sequence",
]  # fmt: skip

_NOT_ON_CPU = (
    "batch_sizes should always be on CPU. Instances of PackedSequence should never be created manually. They should be instantiated by "
    "functions like pack_sequence and pack_padded_sequences in nn.utils.rnn. "
    "https://pytorch.org/docs/stable/nn.html#torch.nn.utils.rnn.pack_sequence"
)

PackedSequence_ = namedtuple("PackedSequence_", ["data", "batch_sizes", "sorted_indices", "unsorted_indices"])
PackedSequence_.__annotations__ = dict.fromkeys(PackedSequence_._fields, Any)


def bind(optional: Any, fn: Callable[[Any], Any]) -> Any:
    """fn of a value, None of None."""
    return None if optional is None else fn(optional)


class PackedSequence(PackedSequence_):
    """Sequences without padding: `data` holds all first elements, then all second ones...; `batch_sizes` how many there are of each.

    Made by pack_padded_sequence and pack_sequence, taken by RNN, LSTM and GRU.
    """

    def __new__(cls, data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None) -> Any:
        return super().__new__(cls, *_packed_sequence_init_args(data, batch_sizes, sorted_indices, unsorted_indices))

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """The sequences with their data converted; self where nothing is to be done."""
        data = self.data.to(*args, **kwargs)
        if data is self.data:
            return self
        _parse_to(args, kwargs)  # which takes less than a tensor's to()
        kwargs = {name: value for name, value in kwargs.items() if name not in ("device", "dtype")}
        moved = [bind(indices, lambda tensor: tensor.to(data.device, **kwargs)) for indices in (self.sorted_indices, self.unsorted_indices)]
        return type(self)(data, self.batch_sizes, *moved)

    def pin_memory(self) -> Any:
        """The sequences in pinned memory."""
        moved = [bind(indices, lambda tensor: tensor.pin_memory()) for indices in (self.sorted_indices, self.unsorted_indices)]
        return type(self)(self.data.pin_memory(), self.batch_sizes, *moved)

    def cuda(self, *args: Any, **kwargs: Any) -> Any:
        """The sequences on a GPU."""
        return self.to(*args, device="cuda", **kwargs)

    def cpu(self, *args: Any, **kwargs: Any) -> Any:
        """The sequences on the CPU."""
        return self.to(*args, device="cpu", **kwargs)

    @property
    def is_cuda(self) -> bool:
        """Whether the data is on a GPU."""
        return bool(self.data.is_cuda)

    def is_pinned(self) -> bool:
        """Whether the data is in pinned memory."""
        return bool(self.data.is_pinned())


def _caster(name: str) -> Callable[[Any], Any]:
    def cast(self: Any) -> Any:
        return self.to(dtype=getattr(self.data, name)().dtype)

    cast.__name__ = name
    cast.__qualname__ = f"PackedSequence.{name}"
    cast.__doc__ = f"The sequences with {name}() of their data."
    return cast


for _name in ("double", "float", "half", "long", "int", "short", "char", "byte"):
    setattr(PackedSequence, _name, _caster(_name))


def _packed_sequence_init_args(data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None) -> Any:
    if unsorted_indices is None:
        unsorted_indices = invert_permutation(sorted_indices)
    if batch_sizes is not None:
        if batch_sizes.device.type != "cpu":
            raise ValueError(_NOT_ON_CPU)
        return data, batch_sizes, sorted_indices, unsorted_indices
    if not isinstance(data, (list, tuple)) or len(data) != 2:
        raise AssertionError("Expected data to be a list or tuple of length 2")
    return data[0], data[1], sorted_indices, unsorted_indices


def _packed_sequence_init(data: Any, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None) -> Any:
    return PackedSequence(*_packed_sequence_init_args(data, batch_sizes, sorted_indices, unsorted_indices))


def invert_permutation(permutation: Any) -> Any:
    """The permutation that undoes another."""
    if permutation is None:
        return None
    output = torch.empty_like(permutation)
    output.scatter_(0, permutation, torch.arange(0, permutation.numel(), device=permutation.device))
    return output


def pack_padded_sequence(input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> PackedSequence:
    """The sequences of a padded tensor, packed. With `enforce_sorted` they must come longest first."""
    if not isinstance(lengths, Tensor):
        lengths = torch.tensor(lengths, dtype=int64, device="cpu")
    else:
        lengths = lengths.to(device="cpu", dtype=int64)
    sorted_indices = None
    if not enforce_sorted:
        lengths, sorted_indices = torch.sort(lengths, descending=True)
        sorted_indices = sorted_indices.to(input.device)
        input = input.index_select(0 if batch_first else 1, sorted_indices)
    data, batch_sizes = torch._pack_padded_sequence(input, lengths, batch_first)
    return _packed_sequence_init(data, batch_sizes, sorted_indices, None)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, Any]:
    """A padded tensor of packed sequences, and their lengths."""
    steps = sequence.batch_sizes.size(0)
    if total_length is not None:
        if total_length < steps:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {steps}"
            )
        steps = total_length
    padded, lengths = torch._pad_packed_sequence(sequence.data, sequence.batch_sizes, batch_first, padding_value, steps)
    back = sequence.unsorted_indices
    if back is not None:
        return padded.index_select(0 if batch_first else 1, back), lengths[back.cpu()]
    return padded, lengths


def pad_sequence(sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right") -> Any:
    """Sequences of different lengths in one tensor."""
    if not isinstance(sequences, Iterable):
        raise RuntimeError(f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}")
    sequences = sequences.unbind(0) if isinstance(sequences, Tensor) else tuple(sequences)
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    for place, sequence in enumerate(sequences):
        if not isinstance(sequence, Tensor):
            raise TypeError(f"expected Tensor as element {place} in argument 0, but got {type(sequence).__name__}")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    longest = max(sequence.size(0) for sequence in sequences)
    sizes = (len(sequences), longest) if batch_first else (longest, len(sequences))
    first = sequences[0]
    output = torch.empty((*sizes, *first.shape[1:]), dtype=first.dtype, device=first.device).fill_(padding_value)
    for place, sequence in enumerate(sequences):
        length = sequence.size(0)
        row = output.select(0 if batch_first else 1, place)
        row.narrow(0, longest - length if padding_side == "left" else 0, length).copy_(sequence)
    return output


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """The sequences of a padded tensor as a list."""
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    kept = torch.arange(padded_sequences.shape[1], device=lengths.device)
    return [sequence[kept < length] for sequence, length in zip(padded_sequences, lengths)]


def pack_sequence(sequences: list[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences of different lengths, packed."""
    lengths = torch.tensor([sequence.size(0) for sequence in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """Packed sequences as a list."""
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


name_as_torch(__name__)
