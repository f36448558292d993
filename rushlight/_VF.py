"""torch._VF: the operators that torch.functional hides behind functions of its own; here they are torch's."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    import rushlight

    return getattr(rushlight, name)
