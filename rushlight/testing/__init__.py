"""torch.testing: comparing tensors, and making them."""

from __future__ import annotations

from typing import Any

from rushlight._install import elsewhere
from rushlight.testing import _utils as _utils
from rushlight.testing._comparison import assert_allclose as assert_allclose, assert_close as assert_close
from rushlight.testing._creation import make_tensor as make_tensor

__all__ = ["assert_allclose", "assert_close", "make_tensor"]


def __getattr__(name: str) -> Any:
    if name == "FileCheck":
        import rushlight

        return rushlight.FileCheck
    return elsewhere(name, __name__)
