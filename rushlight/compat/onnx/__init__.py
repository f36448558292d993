"""torch.onnx: there is no exporter."""

from __future__ import annotations

import re
from typing import Any


def is_in_onnx_export() -> bool:
    """False."""
    return False


def export(*args: Any, **kwargs: Any) -> Any:
    """Not available: it needs onnxscript, and a tracer of PyTorch's."""
    raise ModuleNotFoundError("No module named 'onnxscript'", name="onnxscript")


class OnnxExporterError(RuntimeError):
    """Errors of the exporter."""


OnnxExporterError.__module__ = "torch.onnx"
_NAME = re.compile("^[a-zA-Z0-9_-]*::[a-zA-Z_-][a-zA-Z0-9_-]*$")
_SYMBOLICS: dict[tuple[str, int], Any] = {}  # what an exporter would ask for, by operator and version of ONNX's operators


def _checked(symbolic_name: str) -> str:
    if not _NAME.match(symbolic_name):
        raise OnnxExporterError(
            f"Failed to register operator {symbolic_name}. The symbolic name must match the format domain::name, and should start with a "
            "letter and contain only alphanumeric characters"
        )
    return symbolic_name


def register_custom_op_symbolic(symbolic_name: str, symbolic_fn: Any, opset_version: int) -> None:
    """Remember how an operator ("namespace::name") would be exported; OnnxExporterError for a name of another form."""
    _SYMBOLICS[_checked(symbolic_name), opset_version] = symbolic_fn


def unregister_custom_op_symbolic(symbolic_name: str, opset_version: int) -> None:
    """Forget what register_custom_op_symbolic() was told."""
    _SYMBOLICS.pop((_checked(symbolic_name), opset_version), None)
