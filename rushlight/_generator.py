"""torch.Generator: a random stream as users see it."""

from __future__ import annotations

from typing import Any

from rushlight import _objects
from rushlight._core.signature import register_types
from rushlight._core.signature_types import type_name
from rushlight._core.tensor import TensorBase, wrap
from rushlight.ops.streams_state import Stream


class Generator:
    """A source of random numbers with a state of its own.

    >>> g = torch.Generator().manual_seed(0)
    >>> torch.rand(1, generator=g)
    tensor([0.4963])
    """

    __module__ = "torch._C"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if len(args) > 1:
            raise TypeError(f"Generator() takes from 0 to 1 positional arguments but {len(args)} were given")
        device = args[0] if args else kwargs.pop("device", "cpu")
        if device is not None and not isinstance(device, (str, int, _objects.device)) or isinstance(device, bool):
            raise TypeError(f"Generator(): argument 'device' (position 1) must be torch.device, not {type_name(device)}")
        for name in kwargs:
            raise TypeError(f"Generator() got an unexpected keyword argument '{name}'")
        where = _objects.device("cpu" if device is None else device)
        if _objects.check_device(where):
            raise RuntimeError(f"{where.type.upper()} device type not an accelerator.")
        self._stream = Stream()

    def __repr__(self) -> str:
        return f"<torch._C.Generator object at {id(self):#x}>"

    @property
    def device(self) -> _objects.device:
        """Where its numbers go: the CPU."""
        return _objects.CPU

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream that belongs to `seed`."""
        self._stream.seed(seed)
        return self

    def seed(self) -> int:
        """Start a stream of a seed from the system's entropy; returns the seed."""
        return self._stream.reseed()

    def initial_seed(self) -> int:
        """The seed that the stream was last started from."""
        return self._stream.initial_seed

    def get_state(self) -> TensorBase:
        """The state as a tensor of bytes, in PyTorch's own form."""
        return wrap(self._stream.get_state())

    def set_state(self, new_state: Any) -> Generator:
        """Go on from a state that get_state() returned."""
        if not isinstance(new_state, TensorBase):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        self._stream.set_state(new_state._array)
        return self

    def get_offset(self) -> int:
        """Only generators of accelerators have this."""
        raise RuntimeError("CPU Generator does not use offset")

    def set_offset(self, offset: int) -> None:
        """Only generators of accelerators have this."""
        raise RuntimeError("CPU Generator does not use offset")

    def clone_state(self) -> Generator:
        """A new generator that goes on as this one would."""
        made = Generator()
        made._stream = self._stream.clone()
        return made

    def graphsafe_get_state(self) -> Generator:
        """Only generators of accelerators have this."""
        raise NotImplementedError("graphsafe_get_state is not supported in this Generator")

    def graphsafe_set_state(self, state: Any) -> Generator:
        """Only generators of accelerators have this."""
        raise NotImplementedError("graphsafe_set_state is not supported in this Generator")

    def __setstate__(self, state: Any) -> None:
        """What PyTorch's files have: the seed, an offset that only devices use, and the state."""
        self.set_state(state[2])

    def __reduce__(self) -> Any:
        return _restored, (self._stream.initial_seed, None, self._stream.get_state())


def _restored(seed: int, offset: Any, state: Any) -> Generator:
    made = Generator()
    made._stream.set_state(state)
    return made


default_generator = Generator()


def stream_of(generator: Any) -> Stream:
    """The stream of a generator argument; None means the default generator's."""
    return default_generator._stream if generator is None else generator._stream


register_types(generator=Generator)
