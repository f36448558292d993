"""torch._dynamo: programs are not compiled, so its switches and marks change nothing."""

from __future__ import annotations

from typing import Any

from rushlight._dynamo.backends.registry import (
    list_backends as list_backends,
    lookup_backend as lookup_backend,
    register_backend as register_backend,
)
from rushlight._dynamo.decorators import (
    allow_in_graph as allow_in_graph,
    assume_constant_result as assume_constant_result,
    disable as disable,
    disallow_in_graph as disallow_in_graph,
    error_on_graph_break as error_on_graph_break,
    forbid_in_graph as forbid_in_graph,
    graph_break as graph_break,
    mark_dynamic as mark_dynamic,
    mark_static as mark_static,
    mark_static_address as mark_static_address,
    maybe_mark_dynamic as maybe_mark_dynamic,
    nonstrict_trace as nonstrict_trace,
    patch_dynamo_config as patch_dynamo_config,
    run as run,
    set_stance as set_stance,
    skip_frame as skip_frame,
    substitute_in_graph as substitute_in_graph,
)
from rushlight._dynamo.eval_frame import (
    OptimizedModule as OptimizedModule,
    explain as explain,
    export as export,
    is_dynamo_supported as is_dynamo_supported,
    is_inductor_supported as is_inductor_supported,
    optimize as optimize,
    optimize_assert as optimize_assert,
)
from rushlight._dynamo.external_utils import is_compiling as is_compiling


def reset() -> None:
    """Nothing: nothing was compiled."""


def reset_code_caches() -> None:
    """Nothing: nothing was compiled."""


def reset_recompile_user_contexts() -> None:
    """Nothing: nothing was compiled."""


def __getattr__(name: str) -> Any:
    from rushlight._install import elsewhere

    return elsewhere(name, __name__)
