"""Settings of torch.save and torch.load, as attributes of `load` and `save`."""

from __future__ import annotations

import sys
from typing import Any


class load:
    """Settings of torch.load."""

    mmap: bool = False
    endianness: Any = None
    mmap_flags: int | None = None if sys.platform == "win32" else 2
    calculate_storage_offsets: bool = False


class save:
    """Settings of torch.save."""

    compute_crc32: bool = True
    use_pinned_memory_for_d2h: bool = False
    storage_alignment: int = 64
