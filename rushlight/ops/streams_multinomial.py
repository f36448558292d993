"""Draws of categories as `torch.multinomial` makes them on the CPU."""

import numpy as np

from .streams_common import FLOAT32, FLOATING, NAME, scalar_name
from .streams_order import memory_order
from .streams_real import exponential
from .streams_state import Stream
from .streams_topk import topk_indices

_LARGEST_CATEGORY = 2**24


def _check(probabilities: np.ndarray, samples: int, replacement: bool) -> None:
    if not 1 <= probabilities.ndim <= 2:
        raise RuntimeError("prob_dist must be 1 or 2 dim")
    if NAME[probabilities.dtype] not in FLOATING:
        raise RuntimeError("multinomial only supports floating-point dtypes for input, "
                           f"got: {scalar_name(probabilities.dtype)}")
    if samples <= 0:
        raise RuntimeError("cannot sample n_sample <= 0 samples")
    categories = probabilities.shape[-1]
    if not replacement and samples > categories:
        raise RuntimeError("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    if categories > _LARGEST_CATEGORY:
        raise RuntimeError("number of categories cannot exceed 2^24")


def _check_values(probabilities: np.ndarray) -> None:
    if not probabilities.shape[-1]:
        raise RuntimeError("aminmax(): cannot compute aminmax over an empty dimension "
                           "as the operation has no identity.")
    if not (probabilities.max() < np.inf and probabilities.min() >= 0):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if (probabilities.sum(-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")


def _race(stream: Stream, probabilities: np.ndarray, samples: int) -> np.ndarray:
    """Without replacement, or one sample: the categories whose p / (an exponential draw) is largest."""
    _check_values(probabilities)
    order, back = memory_order(probabilities.shape, probabilities.strides)
    shape = [probabilities.shape[dim] for dim in order]
    clocks = exponential(stream, shape, probabilities.dtype).transpose(back)
    with np.errstate(all="ignore"):
        if probabilities.dtype.itemsize == 2:
            scores = probabilities.astype(FLOAT32) / clocks.astype(FLOAT32)
            scores = scores.astype(probabilities.dtype).astype(FLOAT32)
        else:
            scores = probabilities / clocks
    if samples == 1:
        return scores.argmax(-1, keepdims=True).astype(np.int64, copy=False)
    return topk_indices(scores, samples)


def _cumulative(row: np.ndarray) -> np.ndarray:
    """The running sums of one distribution, divided by the last; float32 or float64."""
    if not (row >= 0).all():
        bad = int((~(row >= 0)).argmax())
        if np.isinf(row[:bad]).any():
            raise RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)")
        raise RuntimeError("invalid multinomial distribution (encountering probability entry < 0)")
    if np.isinf(row).any():
        raise RuntimeError("invalid multinomial distribution (encountering probability entry = infinity or NaN)")
    sums = np.add.accumulate(row)
    if not sums.size or not sums[-1] > 0:
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    return sums / sums[-1]


def _by_inversion(stream: Stream, probabilities: np.ndarray, samples: int) -> np.ndarray:
    """With replacement: one float64 uniform a sample, looked up in the running sums."""
    rows = probabilities if probabilities.ndim == 2 else probabilities[None]
    result = np.empty((len(rows), samples), np.int64)
    for index, row in enumerate(rows):
        wide = row.astype(FLOAT32) if row.dtype.itemsize == 2 else row
        sums = _cumulative(wide).astype(np.float64)
        sums[-1] = 1.0
        result[index] = np.searchsorted(sums, stream.doubles(samples), side="left")
    return result.reshape(*probabilities.shape[:-1], samples)


def multinomial(stream: Stream, probabilities: np.ndarray, samples: int, replacement: bool = False) -> np.ndarray:
    """Indices (int64) of `samples` categories for each row of weights, as `torch.multinomial` draws them."""
    _check(probabilities, samples, replacement)
    if not probabilities.size and probabilities.shape[-1]:
        return np.empty((*probabilities.shape[:-1], samples), np.int64)
    if not replacement or samples == 1:
        return _race(stream, probabilities, samples)
    return _by_inversion(stream, probabilities, samples)
