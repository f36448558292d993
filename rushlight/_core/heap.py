"""The ready queue of a backward pass."""

from __future__ import annotations

from typing import Any

from rushlight._core.node import LEAF_PRIORITY, Node


class Heap:
    """A max-heap of nodes and leaves by sequence number that breaks ties as PyTorch's does."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.ranks: list[int] = []

    def push(self, item: Any) -> None:
        rank = item.sequence if isinstance(item, Node) else LEAF_PRIORITY
        self.items.append(item)
        self.ranks.append(rank)
        if len(self.items) > 1:
            self.rise(len(self.items) - 1, 0, item, rank)

    def rise(self, hole: int, top: int, item: Any, rank: int) -> None:
        items = self.items
        ranks = self.ranks
        parent = (hole - 1) // 2
        while hole > top and ranks[parent] < rank:
            items[hole] = items[parent]
            ranks[hole] = ranks[parent]
            hole = parent
            parent = (hole - 1) // 2
        items[hole] = item
        ranks[hole] = rank

    def pop(self) -> Any:
        items = self.items
        ranks = self.ranks
        result = items[0]
        last = items.pop()
        rank = ranks.pop()
        size = len(items)
        if size == 0:
            return result
        hole = 0
        child = 0
        while child < (size - 1) // 2:
            child = 2 * (child + 1)
            if ranks[child] < ranks[child - 1]:
                child -= 1
            items[hole] = items[child]
            ranks[hole] = ranks[child]
            hole = child
        if size % 2 == 0 and child == (size - 2) // 2:
            child = 2 * (child + 1)
            items[hole] = items[child - 1]
            ranks[hole] = ranks[child - 1]
            hole = child - 1
        self.rise(hole, 0, last, rank)
        return result
