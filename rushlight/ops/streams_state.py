"""The generator's state: a Mersenne twister that hands out PyTorch's CPU draws, and PyTorch's 5056-byte form of it."""

import struct

import numpy as np

from rushlight._core import loops

DEFAULT_SEED = 67280421310721
BLOCK = 624  # outputs the twister makes at a time
STATE_SIZE = 5056

# seed, left, seeded, next | 624 words as uint64 | unused, next double normal, unused, its flag, next float normal, flag
_HEAD = struct.Struct("<QiiQ")
_TAIL = struct.Struct("<dddi4xf?3x")

_NO_OUTPUTS = np.empty(0, np.uint32)
_LOW_24 = np.uint32(0xFFFFFF)
_LOW_21 = np.uint32(0x1FFFFF)
_FLOAT_STEP = np.float32(2.0**-24)


# The same in C; they answer None in the pure form.
_native_draw, _native_seed = loops.helper("twister"), loops.helper("twister_seed")
_native_floats, _native_doubles = loops.helper("uniform_floats"), loops.helper("uniform_doubles")


class _NativeTwister:
    """The Mersenne twister in C."""

    def __init__(self) -> None:
        self.words = np.zeros(BLOCK, np.uint32)

    def seed(self, seed: int) -> None:
        """Start from a 32-bit seed."""
        _native_seed(self.words, seed)

    def draw(self, blocks: int) -> np.ndarray:
        """The outputs (uint32) of the next blocks."""
        return _native_draw(self.words, blocks)

    def place(self, words: np.ndarray) -> np.ndarray:
        """Go on from these words; the outputs of the block that they stand for."""
        self.words[:] = words
        return _native_draw(self.words, 0)


class _Twister:
    """NumPy's, which is slow to import."""

    def __init__(self) -> None:
        from numpy.random import MT19937, RandomState

        self._engine = MT19937(0)
        self._seeder = RandomState(self._engine)

    @property
    def words(self) -> np.ndarray:
        """The state of the block that was drawn last."""
        return self._engine.state["state"]["key"]

    def seed(self, seed: int) -> None:
        """Start from a 32-bit seed."""
        self._seeder.seed(seed)

    def draw(self, blocks: int) -> np.ndarray:
        """The outputs (uint32) of the next blocks."""
        return self._engine.random_raw(blocks * BLOCK).astype(np.uint32)

    def place(self, words: np.ndarray) -> np.ndarray:
        """Go on from these words; the outputs of the block that they stand for."""
        self._engine.state = {"bit_generator": "MT19937", "state": {"key": words, "pos": 0}}
        return self.draw(1)


_TWISTER = _Twister if _native_draw is loops.nothing else _NativeTwister


def _float_uniforms(outputs: np.ndarray) -> np.ndarray:
    """Map each 32-bit output to float32 in [0, 1): its low 24 bits."""
    found = _native_floats(outputs)
    if found is not None:
        return found
    uniforms = (outputs & _LOW_24).astype(np.float32)
    uniforms *= _FLOAT_STEP
    return uniforms


def _double_uniforms(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """Map pairs of outputs (high word first) to float64 in [0, 1): the low 53 of 64 bits. Every step is exact."""
    uniforms = (high & _LOW_21) * 2.0**-21
    uniforms += low * 2.0**-53
    return uniforms


class Stream:
    """One generator: `seed` it, read and write its state, draw raw numbers from it.

    The twister always stands at the end of a block of 624 outputs, and `_outputs` holds that block. So a small draw is
    a slice, and what is derived from a block (its uniforms, its normals' factors) is computed once for all of it.
    Arrays returned by the raw draws may be slices of those tables: never write into them.
    """

    __slots__ = ("__weakref__", "_doubles", "_engine", "_floats", "_left", "_next", "_outputs", "_seed",
                 "next_double", "next_float", "normals")

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self._engine = None
        self.seed(seed)

    # -- seeding -------------------------------------------------------------------------------------------------------

    def seed(self, seed: int) -> "Stream":
        """Start the stream of `seed`, an int in [-2**63, 2**64); negative ones count down from 2**64."""
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}")
        seed = seed.__index__()
        if not -(2**63) <= seed < 2**64:
            raise ValueError("Overflow when unpacking long long")
        self._seed = seed % 2**64
        if self._engine is not None:
            self._engine.seed(self._seed & 0xFFFFFFFF)
        self._place(None, 0, 1)
        self.next_double = self.next_float = None
        return self

    def reseed(self) -> int:
        """Seed from the system's entropy and return the seed."""
        import os

        self.seed(int.from_bytes(os.urandom(8), "little"))
        return self._seed

    @property
    def initial_seed(self) -> int:
        """The seed the stream was last started from."""
        return self._seed

    def _place(self, outputs: np.ndarray | None, position: int, left: int) -> None:
        self._outputs = outputs
        self._next = position
        self._left = left
        self._floats = self._doubles = self.normals = None

    def _start(self):
        """Make the engine on first use."""
        if self._engine is None:
            self._engine = _TWISTER()
            self._engine.seed(self._seed & 0xFFFFFFFF)
        return self._engine

    # -- state ---------------------------------------------------------------------------------------------------------

    def get_state(self) -> np.ndarray:
        """The state as PyTorch's 5056 bytes."""
        words = self._start().words.astype("<u8")
        head = _HEAD.pack(self._seed, self._left, 1, self._next)
        double, single = self.next_double, self.next_float
        tail = _TAIL.pack(0.0, double or 0.0, 0.0, double is not None, single or 0.0, single is not None)
        return np.frombuffer(bytearray(head + words.tobytes() + tail), np.uint8)

    def set_state(self, state: np.ndarray) -> "Stream":
        """Take over a state made by `get_state`, here or in PyTorch."""
        if not isinstance(state, np.ndarray):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(state).__name__}")
        if state.dtype != np.uint8:
            raise TypeError("RNG state must be a torch.ByteTensor")
        if state.size != STATE_SIZE:
            raise RuntimeError(f"Expected a CPUGeneratorImplState of size {STATE_SIZE} "
                               f"but found the input RNG state size to be {state.size}")
        data = state.tobytes()
        seed, left, seeded, position = _HEAD.unpack_from(data)
        if not (seeded == 1 and 0 < left <= BLOCK and position <= BLOCK):
            raise RuntimeError("Invalid mt19937 state")
        tail = _TAIL.unpack_from(data, STATE_SIZE - _TAIL.size)
        words = np.frombuffer(data, "<u8", BLOCK, _HEAD.size).astype(np.uint32)
        self._seed = seed
        self._place(self._start().place(words), position, left)
        self.next_double = tail[1] if tail[3] else None
        self.next_float = tail[4] if tail[5] else None
        return self

    def clone(self) -> "Stream":
        """An independent stream that goes on as this one would."""
        return Stream(self._seed).set_state(self.get_state())

    def __reduce__(self) -> tuple:
        return _restored, (self.get_state(),)

    # -- raw draws -----------------------------------------------------------------------------------------------------

    def bits32(self, count: int) -> np.ndarray:
        """The next `count` 32-bit draws (uint32); do not write into them."""
        position = self._next
        if count < self._left:
            self._next = position + count
            self._left -= count
            return self._outputs[position : position + count] if count else _NO_OUTPUTS
        return self._cross(count)

    def _cross(self, count: int) -> np.ndarray:
        """Draw past the end of the block."""
        rest = self._left - 1
        missing = count - rest
        blocks = -(-missing // BLOCK)
        fresh = self._start().draw(blocks)
        old = self._outputs[self._next : self._next + rest] if rest else None
        used = missing - (blocks - 1) * BLOCK
        self._place(fresh[-BLOCK:].copy() if blocks > 1 else fresh, used, BLOCK + 1 - used)
        return fresh[:missing] if old is None else np.concatenate((old, fresh[:missing]))

    def bits64(self, count: int) -> np.ndarray:
        """The next `count` 64-bit draws (uint64), each two 32-bit ones, the high word first."""
        words = self.bits32(2 * count)
        draws = words[::2].astype(np.uint64)
        draws <<= np.uint64(32)
        draws |= words[1::2]
        return draws

    def floats(self, count: int) -> np.ndarray:
        """`count` float32 draws from [0, 1), one 32-bit draw each; do not write into them."""
        if count >= self._left or not count:
            return _float_uniforms(self.bits32(count))
        table = self._floats
        if table is None:
            table = self._floats = _float_uniforms(self._outputs)
        position = self._next
        self._next = position + count
        self._left -= count
        return table[position : position + count]

    def doubles(self, count: int) -> np.ndarray:
        """`count` float64 draws from [0, 1), one 64-bit draw each; do not write into them."""
        used = 2 * count
        if used >= self._left or not count:
            words = self.bits32(used)
            found = _native_doubles(words)
            return _double_uniforms(words[::2], words[1::2]) if found is None else found
        table = self._doubles
        if table is None:
            table = self._doubles = _double_uniforms(self._outputs[:-1], self._outputs[1:])
        position = self._next
        self._next = position + used
        self._left -= used
        return table[position : position + used : 2]

    def float_table(self) -> np.ndarray:
        """The float32 uniforms of the whole current block."""
        if self._floats is None:
            self._floats = _float_uniforms(self._outputs)
        return self._floats

    @property
    def position(self) -> int:
        """How many outputs of the current block are used."""
        return self._next

    @property
    def left(self) -> int:
        """One more than the number of outputs the current block still holds."""
        return self._left

    def rewind(self, count: int) -> None:
        """Give back the last `count` 32-bit draws, all of them from the current block."""
        self._next -= count
        self._left += count


def _restored(state: np.ndarray) -> Stream:
    return Stream().set_state(state)
