"""What the core asks of modules that most programs never need, until they are imported."""

from __future__ import annotations

from typing import Any

from rushlight._core.dtypes import RARE_HOOK
from rushlight._core.function import SOURCE
from rushlight._core.loops import NATIVE
from rushlight._core.op import HOOKS
from rushlight._core.origin import wrote
from rushlight._core.tensor import META
from rushlight._generator import default_generator
from rushlight.ops import conjugation, copying, create, indexing, view_inplace, writing  # noqa: F401  (hooks and attributes of theirs)
from rushlight.ops.declare import REGISTRY
from rushlight.ops.later import later

_meta: Any = later("meta")
_out_rules: Any = later("out_rules")
_rare: Any = later("rare")
_resize: Any = later("resize")


def install() -> None:
    """Send calls with meta tensors to meta.py, those with out= to out_rules.py (which takes the hooks over)
    and resize.py, and the first 8-bit floats to rare.py."""
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        if flags & META:
            return _meta.run(op, args, flags)
        return NotImplemented if following is None else following(op, args, flags)

    HOOKS.dispatch = dispatch
    for name in ("check_out", "out_refused", "out_values", "out_count", "out_grad", "out_layout", "pack_out", "warn_resized"):
        setattr(SOURCE, name, _first(_out_rules, name))
    SOURCE.resize = _first(_resize, "resize")
    RARE_HOOK.prepare = _first(_rare, "guard")
    if NATIVE is not None:
        NATIVE.set_draws(default_generator, REGISTRY["mul.Tensor"], wrote)


def _first(module: Any, name: str) -> Any:
    def call(*args: Any) -> Any:
        return getattr(module, name)(*args)

    return call


install()
