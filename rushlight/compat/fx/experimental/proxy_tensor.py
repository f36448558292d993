"""torch.fx.experimental.proxy_tensor: tensors are not traced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def get_proxy_mode() -> None:
    """None: tensors are not traced."""


def get_innermost_proxy_mode() -> None:
    """None: tensors are not traced."""


@contextmanager
def disable_proxy_modes_tracing() -> Iterator[Any]:
    """Nothing to disable."""
    yield None


@contextmanager
def maybe_disable_fake_tensor_mode() -> Iterator[Any]:
    """Nothing to disable."""
    yield None
