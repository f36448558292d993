"""How sparse tensors print."""

from __future__ import annotations

from typing import Any

from rushlight._tensor_str import _add_suffixes, _contents, _grad_suffixes, default_dtype_name
from rushlight.sparse._layout import COO, ROWS


def _part(tensor: Any, indent: int) -> str:
    text = _contents(tensor._array, tensor.dtype, indent) if tensor.numel() else "[]"
    return text if tensor.numel() else f"{text}, size={tuple(tensor.shape)}"


def sparse_str(t: Any, prefix: str) -> str:
    """The text of a sparse tensor from `prefix` ("tensor(") on."""
    content = t._storage
    indent = len(prefix)
    coo = content.layout is COO
    nnz = content.values.shape[0]
    suffixes = [f"size={tuple(t.shape)}", f"nnz={nnz}"]
    implied = (default_dtype_name(), "torch.int64", "torch.bool")
    if content.values.dtype.is_complex:
        implied = (*implied, "torch.complex64" if default_dtype_name() == "torch.float32" else "torch.complex128")
    if str(t.dtype) not in implied:
        suffixes.append(f"dtype={t.dtype}")
    suffixes.append(f"layout={content.layout}")
    names = ("crow_indices", "col_indices") if content.layout in ROWS else ("ccol_indices", "row_indices")
    parts = [("indices", content.indices)] if coo else list(zip(names, (content.outer, content.inner)))
    texts = []
    for name, part in (*parts, ("values", content.values.detach())):
        head = f"{name}=tensor("
        text = _part(part, indent + len(head))
        if name != "values" and part.dtype is not _int64():
            text += f", dtype={part.dtype}"
        texts.append(head + text + ")")
    body = (",\n" + " " * indent).join(texts)
    return _add_suffixes(prefix + body, suffixes + _grad_suffixes(t), indent, coo)


def _int64() -> Any:
    from rushlight._core.dtypes import int64

    return int64


