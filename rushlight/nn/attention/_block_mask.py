"""BlockMask: which blocks of a mask over queries and keys are empty, in part or wholly set."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from rushlight._core import dtypes
from rushlight._objects import contiguous_format
from rushlight.nn._torch import torch

_FIELDS = (
    "kv_num_blocks", "kv_indices", "full_kv_num_blocks", "full_kv_indices", "q_num_blocks", "q_indices", "full_q_num_blocks",
    "full_q_indices", "dq_write_order", "dq_write_order_full", "dq_kv_order",
)  # fmt: skip


def noop_mask(batch: Any, head: Any, token_q: Any, token_kv: Any) -> Any:
    """A mask that lets everything through."""
    return batch.new_ones(size=(), dtype=dtypes.bool_, device=batch.device)


def listed(blocks: Any) -> tuple[Any, Any]:
    """For each row of a matrix of blocks how many are set, and the columns of those, the others behind them."""
    numbers = blocks.sum(dim=-1).to(dtypes.int32)
    return numbers, torch.argsort(blocks.to(dtypes.int32), dim=-1, descending=True, stable=True).to(dtypes.int32).contiguous()


def dense(numbers: Any, indices: Any) -> Any:
    """The matrix of blocks that listed() was made of."""
    columns = indices.shape[-1]
    chosen = torch.arange(columns, device=indices.device) < numbers[..., None]
    rows = torch.zeros((*indices.shape[:-1], columns + 1), dtype=dtypes.int32, device=indices.device)
    places = torch.where(chosen, indices.long(), columns)
    return rows.scatter(-1, places, 1)[..., :columns].clone(memory_format=contiguous_format)


def turned(numbers: Any, indices: Any) -> tuple[Any, Any]:
    """The lists of the transposed matrix."""
    return listed(dense(numbers, indices).transpose(-2, -1))


class BlockMask:
    """The blocks of a mask of size (queries, keys) for each batch and head, see create_block_mask()."""

    __module__ = "torch.nn.attention.flex_attention"

    def __init__(
        self, seq_lengths: Any, kv_num_blocks: Any, kv_indices: Any, full_kv_num_blocks: Any, full_kv_indices: Any, q_num_blocks: Any,
        q_indices: Any, full_q_num_blocks: Any, full_q_indices: Any, BLOCK_SIZE: Any = (128, 128), mask_mod: Any = noop_mask, *,
        dq_write_order: Any = None, dq_write_order_full: Any = None, dq_kv_order: Any = None, dq_kv_order_spt: Any = None,
    ) -> None:  # fmt: skip
        if kv_indices.dim() < 2:
            raise RuntimeError("BlockMask must have at least 2 dimensions")
        for first, second, name in ((full_kv_num_blocks, full_kv_indices, "kv"), (full_q_num_blocks, full_q_indices, "q")):
            if (first is None) != (second is None):
                raise AssertionError(f"full_{name}_num_blocks and full_{name}_indices must be both provided or omitted")
        self.seq_lengths = seq_lengths
        self.kv_num_blocks, self.kv_indices = kv_num_blocks, kv_indices
        self.full_kv_num_blocks, self.full_kv_indices = full_kv_num_blocks, full_kv_indices
        self.q_num_blocks, self.q_indices = q_num_blocks, q_indices
        self.full_q_num_blocks, self.full_q_indices = full_q_num_blocks, full_q_indices
        self.dq_write_order, self.dq_write_order_full = dq_write_order, dq_write_order_full
        self.dq_kv_order, self.dq_kv_order_spt = dq_kv_order, dq_kv_order_spt
        self.BLOCK_SIZE = BLOCK_SIZE
        self.mask_mod = mask_mod

    @classmethod
    def from_kv_blocks(
        cls, kv_num_blocks: Any, kv_indices: Any, full_kv_num_blocks: Any = None, full_kv_indices: Any = None, BLOCK_SIZE: Any = 128,
        mask_mod: Any = None, seq_lengths: Any = None, compute_q_blocks: bool = True, **orders: Any,
    ) -> BlockMask:  # fmt: skip
        """A mask of its lists for the queries; those for the keys are worked out."""
        if (full_kv_num_blocks is None) != (full_kv_indices is None):
            raise AssertionError("full_kv_num_blocks and full_kv_indices must be both provided or omitted")
        size = (BLOCK_SIZE, BLOCK_SIZE) if isinstance(BLOCK_SIZE, int) else tuple(BLOCK_SIZE)
        turn = turned if compute_q_blocks else (lambda *_: (None, None))
        q = turn(kv_num_blocks, kv_indices)
        full = (None, None) if full_kv_num_blocks is None else turn(full_kv_num_blocks, full_kv_indices)
        if seq_lengths is None:
            seq_lengths = (kv_indices.shape[-2] * size[0], kv_indices.shape[-1] * size[1])
        return cls(
            seq_lengths, kv_num_blocks, kv_indices, full_kv_num_blocks, full_kv_indices, *q, *full, size, mask_mod or noop_mask, **orders
        )

    def as_tuple(self, flatten: bool = True) -> tuple[Any, ...]:
        """The arguments of the class."""
        lengths, size = tuple(self.seq_lengths), tuple(self.BLOCK_SIZE)
        fields = [getattr(self, name) for name in _FIELDS]
        head = lengths if flatten else (lengths,)
        return (*head, *fields, self.dq_kv_order_spt, *(size if flatten else (size,)), self.mask_mod)

    @property
    def shape(self) -> tuple[int, ...]:
        """The size of the mask, batches and heads first."""
        return (*self.kv_indices.shape[:-2], *self.seq_lengths)

    def numel(self) -> int:
        """How many elements the mask has."""
        return math.prod(self.shape)

    def sparsity(self) -> float:
        """How much of the mask lies in blocks that are empty, in percent."""
        blocks = int(self.kv_num_blocks.sum())
        if self.full_kv_num_blocks is not None:
            blocks += int(self.full_kv_num_blocks.sum())
        return 100 * (1 - blocks * self.BLOCK_SIZE[0] * self.BLOCK_SIZE[1] / self.numel())

    def to_dense(self) -> Any:
        """A matrix of the blocks, 1 where anything is set."""
        found = dense(self.kv_num_blocks, self.kv_indices)
        return found if self.full_kv_num_blocks is None else found | dense(self.full_kv_num_blocks, self.full_kv_indices)

    def to_string(self, grid_size: Any = (20, 20), limit: int = 4) -> str:
        """A drawing of the blocks of up to `limit` batches and heads."""
        blocks = self.to_dense()
        wanted = (grid_size, grid_size) if isinstance(grid_size, int) else grid_size
        sizes = blocks.shape[-2:]
        steps = [max(1, -(-size // (size if want == -1 else want))) for size, want in zip(sizes, wanted)]
        drawings = []
        for index in itertools.islice(itertools.product(*map(range, blocks.shape[:-2])), limit + 1):
            if len(drawings) == limit:
                drawings.append(
                    "...\nTo print out more, set BlockMask.to_string(limit=N)\n"
                    "You can also index (BlockMask[batch, head]) to choose a specific batch or head"
                )
                break
            drawings.append(f"{index}\n" + _drawing(blocks[index], steps))
        return "\n".join(drawings)

    def to(self, device: Any) -> BlockMask:
        """The mask on a device."""
        return self._mapped(lambda value: value.to(device))

    def _mapped(self, function: Callable[[Any], Any], seq_lengths: Any = None) -> BlockMask:
        fields = {name: None if getattr(self, name) is None else function(getattr(self, name)) for name in _FIELDS}
        return BlockMask(
            seq_lengths or self.seq_lengths, BLOCK_SIZE=self.BLOCK_SIZE, mask_mod=self.mask_mod, dq_kv_order_spt=self.dq_kv_order_spt,
            **fields,
        )  # fmt: skip

    def __getitem__(self, index: Any) -> BlockMask:
        """The mask of some batches and heads, which stay dimensions."""
        entries = index if isinstance(index, tuple) else (index,)
        if len(entries) > 2 and self.kv_num_blocks.dim() == 3:
            entries = entries[:2]
        kept = tuple(slice(entry, entry + 1 or None) if isinstance(entry, int) else entry for entry in entries)
        return self._mapped(lambda value: value[kept])

    def _adjust(self, new_q_len: int, new_kv_len: int) -> BlockMask:
        """The upper left part of the mask."""
        rows, columns = -(-new_q_len // self.BLOCK_SIZE[0]), -(-new_kv_len // self.BLOCK_SIZE[1])

        def cut(numbers: Any, indices: Any) -> tuple[Any, Any]:
            return (None, None) if numbers is None else listed(dense(numbers, indices)[..., :rows, :columns])

        lists = [*cut(self.kv_num_blocks, self.kv_indices), *cut(self.full_kv_num_blocks, self.full_kv_indices)]
        return BlockMask.from_kv_blocks(*lists, self.BLOCK_SIZE, self.mask_mod, (new_q_len, new_kv_len))

    def __str__(self) -> str:
        return f"BlockMask(shape={self.shape}, sparsity={self.sparsity():.2f}%, \n{self.to_string().strip()}\n)"

    def __repr__(self) -> str:
        parts = [f"{name}={_size(getattr(self, name))}" for name in _FIELDS[:8]]
        parts += [f"BLOCK_SIZE={self.BLOCK_SIZE}", f"shape={self.shape}", f"sparsity={self.sparsity():.2f}%"]
        parts.append(f"mask_mod={getattr(self.mask_mod, '__name__', self.mask_mod)}")
        return "BlockMask(\n    " + ",\n    ".join(parts) + "\n)"


def _size(value: Any) -> str:
    return "None" if value is None else str(value.shape)


def _drawing(blocks: Any, steps: Any) -> str:
    """A line for each group of rows, two characters for each group of columns."""
    text = ""
    for row in range(0, blocks.shape[0], steps[0]):
        for column in range(0, blocks.shape[1], steps[1]):
            part = float(blocks[row : row + steps[0], column : column + steps[1]].float().mean())
            text += 2 * ("█" if part == 1 else " " if part == 0 else "░")
        text += "\n"
    return text
