"""torch.utils.deterministic: one setting, which is a field of the module itself."""

from __future__ import annotations

import sys
from types import ModuleType

from rushlight.ops.determinism import STATE


class _Deterministic(ModuleType):
    """The type of this module."""

    __module__ = "torch.utils.deterministic"

    @property
    def fill_uninitialized_memory(self) -> bool:
        """Whether torch.empty and its kin fill their memory while deterministic algorithms are asked for."""
        return STATE.fill_wanted

    @fill_uninitialized_memory.setter
    def fill_uninitialized_memory(self, wanted: bool) -> None:
        if not isinstance(wanted, bool):
            raise RuntimeError(f"expected a bool, but got {type(wanted).__name__}")
        STATE.ask_fill(wanted)


sys.modules[__name__].__class__ = _Deterministic
