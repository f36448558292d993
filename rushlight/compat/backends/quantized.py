"""torch.backends.quantized: the engine is remembered; there are no quantized tensors."""

from __future__ import annotations

from types import ModuleType
from typing import Any

supported_engines = ["qnnpack", "onednn", "x86", "fbgemm"]
engine = "x86"


class _Engine(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        if name == "engine" and value not in (*supported_engines, "none"):
            raise RuntimeError(f"{value} is not a valid value for quantized engine")
        super().__setattr__(name, value)


def _install() -> None:
    import sys

    sys.modules[__name__].__class__ = _Engine


_install()
