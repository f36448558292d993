"""torch._functorch.functional_call."""

from __future__ import annotations

from rushlight.func.modules import (
    construct_stacked_leaf as construct_stacked_leaf,
    functional_call as functional_call,
    stack_module_state as stack_module_state,
)
