"""torch.utils._dtype_abbrs: short names of dtypes."""

from __future__ import annotations

from rushlight._core import dtypes

_SHORT = {"bits16": "b16x1", "bits8": "b8x1", "bits1x8": "b1x8", "bits2x4": "b2x4", "bits4x2": "b4x2", "float4_e2m1fn_x2": "f4e2m1fnx2"}
dtype_abbrs = {
    dtype: _SHORT.get(dtype.name, dtype.name.replace("float8_", "f8") if dtype.abbr == "f8" else dtype.abbr)
    for dtype in (*dtypes.ALL, *dtypes.RARE)
    if dtype.abbr != "q"
}
