"""What meta tensors cannot do, in PyTorch's words: operators whose results' shapes depend on values."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import META

# What depends on values, by the operator that PyTorch's message names.
_NO_KERNEL = {
    "equal": "equal", "masked_select": "masked_select", "geqrf": "geqrf", "histogram": "histogram.bin_ct", "_unique2": "_unique2",
    "unique_consecutive": "unique_consecutive", "unique_dim": "unique_dim", "_histogramdd_bin_edges": "_histogramdd_bin_edges",
    "bincount": "bincount", "linalg_lstsq": "linalg_lstsq.out",
}  # fmt: skip
_REFUSED = (
    "aten::{}: attempted to run this operator with Meta tensors, but there was no fake impl or Meta kernel registered. You may have run "
    "into this message while using an operator with PT2 compilation APIs (torch.compile/torch.export); in order to use this operator "
    "with those APIs you'll need to add a fake impl. Please see the following for next steps:  "
    "https://pytorch.org/tutorials/advanced/custom_ops_landing_page.html"
)


_NONZERO = (
    "The register_meta function for torch.nonzero() raises unimplemented by default, as a correct data-independent implementation does "
    "not exist. This implementation returns a fake value, assuming all elements of the tensor are non-zero. To enable this registration, "
    "please set 'torch.fx.experimental._config.meta_nonzero_assume_all_nonzero' to True."
)


def check_kernel(name: str) -> None:
    if name == "nonzero_indices":
        raise NotImplementedError(_NONZERO)
    if name in _NO_KERNEL:
        raise NotImplementedError(_REFUSED.format(_NO_KERNEL[name]))


def check_places(indices: Any) -> None:
    """Refuse masks without data among indices."""
    for entry in indices:
        if entry is not None and entry._flags & META and entry._array.dtype.kind == "b":
            raise NotImplementedError(_NONZERO)
