"""The ready queue of a backward pass."""

from __future__ import annotations

from rushlight._core.slot import Slot


class Heap:
    """A max-heap of slots by rank that breaks ties as PyTorch's does. It keeps its places when it shrinks."""

    def __init__(self) -> None:
        self.items: list[Slot] = []
        self.size: int = 0

    def push(self, item: Slot) -> None:
        hole = self.size
        self.size = hole + 1
        if hole == len(self.items):
            self.items.append(item)
        else:
            self.items[hole] = item
        if hole:
            self.rise(hole, 0, item)

    def rise(self, hole: int, top: int, item: Slot) -> None:
        items = self.items
        rank = item.rank
        parent = (hole - 1) // 2
        while hole > top and items[parent].rank < rank:
            items[hole] = items[parent]
            hole = parent
            parent = (hole - 1) // 2
        items[hole] = item

    def pop(self) -> Slot:
        items = self.items
        result = items[0]
        size = self.size = self.size - 1
        if size == 0:
            return result
        last = items[size]
        hole = 0
        child = 0
        while child < (size - 1) // 2:
            child = 2 * (child + 1)
            if items[child].rank < items[child - 1].rank:
                child -= 1
            items[hole] = items[child]
            hole = child
        if size % 2 == 0 and child == (size - 2) // 2:
            child = 2 * (child + 1)
            items[hole] = items[child - 1]
            hole = child - 1
        self.rise(hole, 0, last)
        return result
