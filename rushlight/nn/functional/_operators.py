"""What the parts of torch.nn.functional share."""

from __future__ import annotations

import sys
from typing import Any

from rushlight._core.function import Function
from rushlight.ops import signatures
from rushlight.ops.declare import public_function

_calls: dict[str, Any] = {}


def operator(name: str) -> Any:
    """The operator's function: torch._C._nn's, or else torch's."""
    found = _calls.get(name)
    if found is None:
        namespace = "nn" if name in signatures.table("nn") else "torch"
        found = _calls[name] = getattr(sys.modules["rushlight"], name, None) if namespace == "torch" else None
        if not isinstance(found, Function):  # torch's own function is the one that handlers of __torch_function__ know
            found = _calls[name] = public_function(namespace, name)
    return found
