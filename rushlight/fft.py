"""torch.fft: every operator of that namespace, by the signature table."""

from __future__ import annotations

from typing import Any

from rushlight._install import elsewhere
from rushlight.ops import signatures
from rushlight.ops.declare import available, public_function

__all__: list[str] = []


def _export() -> None:
    for name in signatures.table("fft"):
        if not name.startswith("_") and available("fft", name):
            globals()[name.removeprefix("fft_")] = public_function("fft", name)
            __all__.append(name.removeprefix("fft_"))


_export()


def __getattr__(name: str) -> Any:
    return elsewhere(name, __name__)
