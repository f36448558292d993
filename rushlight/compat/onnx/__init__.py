"""torch.onnx: there is no exporter."""

from __future__ import annotations

from typing import Any


def is_in_onnx_export() -> bool:
    """False."""
    return False


def export(*args: Any, **kwargs: Any) -> Any:
    """Not available: it needs onnxscript, and a tracer of PyTorch's."""
    raise ModuleNotFoundError("No module named 'onnxscript'", name="onnxscript")


_SYMBOLICS: dict[tuple[str, int], Any] = {}  # what an exporter would ask for, by operator and version of ONNX's operators


def register_custom_op_symbolic(symbolic_name: str, symbolic_fn: Any, opset_version: int) -> None:
    """Remember how an operator ("namespace::name") would be exported. ValueError for a name of another form."""
    if symbolic_name.count("::") != 1 or not all(symbolic_name.split("::")):
        raise ValueError(f"Failed to register operator {symbolic_name}. The symbolic name must match the format domain::name")
    _SYMBOLICS[symbolic_name, opset_version] = symbolic_fn


def unregister_custom_op_symbolic(symbolic_name: str, opset_version: int) -> None:
    """Forget what register_custom_op_symbolic() was told."""
    _SYMBOLICS.pop((symbolic_name, opset_version), None)
