"""torch._prims.context: the mode under which torch.X means torch._refs.X, which it does here without a mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight.overrides import TorchFunctionMode


class TorchRefsMode(TorchFunctionMode):
    """Functions of torch are their references: nothing changes."""

    def __init__(self, strict: bool = False, should_fallback_fn: Callable[..., bool] = lambda *_: False, prims_mode_cls: Any = None) -> None:
        super().__init__()
        self.strict = strict
        self.should_fallback_fn = should_fallback_fn

    def __torch_function__(self, orig_func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return orig_func(*args, **(kwargs or {}))
