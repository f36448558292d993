"""float16 between widening and narrowing: every value, every length of a block, the rounding of sums."""

import numpy as np
import pytest

import rushlight as torch

EVERY = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
NUMBERS = EVERY[~np.isnan(EVERY)]


@pytest.mark.parametrize("length", [*range(18), 1023, 1024, 1025, len(NUMBERS)])
def test_values_come_through(length: int) -> None:
    values = NUMBERS[-length:] if length else NUMBERS[:0]
    found = (torch.from_numpy(values.copy()) * 1).numpy()
    assert found.dtype == np.float16
    assert (found.view(np.uint16) == values.view(np.uint16)).all()


def test_nans_stay_nans() -> None:
    found = (torch.from_numpy(EVERY.copy()) * 1).numpy()
    assert (np.isnan(found) == np.isnan(EVERY)).all()


def test_sums_are_rounded_once() -> None:
    random = np.random.default_rng(0)
    a, b = random.permutation(NUMBERS), random.permutation(NUMBERS)
    found = (torch.from_numpy(a) + torch.from_numpy(b)).numpy()
    with np.errstate(all="ignore"):
        wanted = (a.astype(np.float32) + b.astype(np.float32)).astype(np.float16)
    same = found.view(np.uint16) == wanted.view(np.uint16)
    assert (same | np.isnan(found) & np.isnan(wanted)).all()
