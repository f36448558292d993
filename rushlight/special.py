"""torch.special: every operator of that namespace, by the signature table."""

from __future__ import annotations

from typing import Any

from rushlight._install import elsewhere
from rushlight.ops import signatures
from rushlight.ops.declare import available, public_function

__all__: list[str] = []


def _export() -> None:
    for name in signatures.table("special"):
        if not name.startswith("_") and available("special", name):
            globals()[name.removeprefix("special_")] = public_function("special", name)
            __all__.append(name.removeprefix("special_"))


_export()


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
