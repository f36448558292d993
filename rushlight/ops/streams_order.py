"""The order in which PyTorch fills a tensor with draws."""

from collections.abc import Callable, Sequence

import numpy as np

# NOTE [ Draws follow memory ]
#
# A tensor that is not contiguous is filled in the order of its memory, the dimension of the largest stride outermost,
# so a transposed matrix gets the draws of its base. `normal` moreover switches to its serial generator (see
# NOTE [ Two normal generators ]). New tensors that keep their model's layout (`rand_like`, `bernoulli(p)`) follow the
# same order.


def _comes_first(inner: int, outer: int, shape: Sequence[int], strides: Sequence[int]) -> int:
    """1 if `outer` must move inside `inner`, -1 if they stand right, 0 if their strides do not tell."""
    first, second = strides[inner], strides[outer]
    if first == 0 or second == 0:
        return 0
    if first != second:
        return 1 if first > second else -1
    return 1 if shape[inner] > shape[outer] else 0


def memory_order(shape: Sequence[int], strides: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The dimensions from outermost to innermost as the fill runs, and the inverse permutation."""
    rank = len(shape)
    inner_first = list(range(rank - 1, -1, -1))
    for start in range(1, rank):
        place = start
        for lower in range(start - 1, -1, -1):
            verdict = _comes_first(inner_first[lower], inner_first[place], shape, strides)
            if verdict > 0:
                inner_first[lower], inner_first[place] = inner_first[place], inner_first[lower]
                place = lower
            elif verdict < 0:
                break
    order = tuple(reversed(inner_first))
    back = [0] * rank
    for place, dim in enumerate(order):
        back[dim] = place
    return order, tuple(back)


def fill(target: np.ndarray, draw: Callable[..., np.ndarray]) -> None:
    """Fill `target` in place by `draw(shape, contiguous=...)` as PyTorch does: for an in-place draw on any layout."""
    if target.flags.c_contiguous:
        target[...] = draw(target.shape, contiguous=True)
        return
    order, back = memory_order(target.shape, target.strides)
    shape = tuple(target.shape[dim] for dim in order)
    target[...] = draw(shape, contiguous=False).transpose(back)
