"""torch._refs: PyTorch's operators in Python; here only their names, for PyTorch's tests list them."""

from __future__ import annotations

from rushlight.compat import _function

for _name in (
    "alias_copy", "as_strided_copy", "diagonal_copy", "expand_copy", "narrow_copy", "permute_copy", "squeeze_copy", "t_copy",
    "transpose_copy", "unbind_copy", "unsqueeze_copy", "view_copy",
):  # fmt: skip
    globals()[_name] = _function("_refs", _name)
