"""torch.cuda, as it is where there is no such device: the questions have answers, everything else fails."""

from __future__ import annotations

from typing import Any


def is_available() -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def manual_seed(seed: int) -> None:
    """Nothing: there are no generators to seed."""


def manual_seed_all(seed: int) -> None:
    """Nothing: there are no generators to seed."""


def empty_cache() -> None:
    """Nothing: there is no cache."""


def _fail() -> Any:
    raise AssertionError("Torch not compiled with CUDA enabled")


def current_device() -> int:
    """Fails: there is no device."""
    return _fail()  # type: ignore[no-any-return]


def synchronize(device: Any = None) -> None:
    """Fails: there is no device."""
    _fail()


def get_device_name(device: Any = None) -> str:
    """Fails: there is no device."""
    return _fail()  # type: ignore[no-any-return]


def set_device(device: Any) -> None:
    """Fails: there is no device."""
    _fail()
