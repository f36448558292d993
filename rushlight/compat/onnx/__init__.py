"""torch.onnx: there is no exporter."""

from __future__ import annotations

from typing import Any


def is_in_onnx_export() -> bool:
    """False."""
    return False


def export(*args: Any, **kwargs: Any) -> Any:
    """Not available: it needs onnxscript, and a tracer of PyTorch's."""
    raise ModuleNotFoundError("No module named 'onnxscript'", name="onnxscript")
