"""torch.jit.annotations: what programs annotate scripted functions with."""

from __future__ import annotations

from typing import Any as Any, Dict as Dict, List as List, Tuple as Tuple  # noqa: UP035

from rushlight._jit_internal import (
    BroadcastingList1 as BroadcastingList1,
    BroadcastingList2 as BroadcastingList2,
    BroadcastingList3 as BroadcastingList3,
)
