"""torch.linalg: every operator of that namespace, by the signature table."""

from __future__ import annotations

from typing import Any

from rushlight._install import elsewhere
from rushlight.ops import signatures
from rushlight.ops.declare import available, public_function
from rushlight.ops.linalg import LinAlgError as LinAlgError

__all__ = ["LinAlgError"]


def _export() -> None:
    for name in signatures.table("linalg"):
        if not name.startswith("_") and available("linalg", name):
            globals()[name.removeprefix("linalg_")] = public_function("linalg", name)
            __all__.append(name.removeprefix("linalg_"))


_export()


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
