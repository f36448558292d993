"""torch.utils.dlpack: tensors handed to other libraries, and arrays taken from them, without a copy."""

from __future__ import annotations

from rushlight.ops.dlpack import DLDeviceType as DLDeviceType, from_dlpack as from_dlpack, to_dlpack as to_dlpack
