"""torch.types: names for annotations."""

from __future__ import annotations

import builtins
import os
from collections.abc import Sequence
from typing import Any, TypeAlias

import rushlight as torch
from rushlight._symbolic import SymBool as SymBool, SymFloat as SymFloat, SymInt as SymInt

__all__ = ["Number", "Device", "FileLike", "Storage"]

Tensor = torch.Tensor
_dtype, _device, _layout = torch.dtype, torch.device, torch.layout
_int, _float, _bool, _complex, _size = (
    builtins.int,
    builtins.float,
    builtins.bool,
    builtins.complex,
    torch.Size | list[int] | tuple[int, ...],
)
Number: TypeAlias = int | float | bool
_Number = (int, float, bool)
FileLike: TypeAlias = str | os.PathLike[str] | Any
Device: TypeAlias = torch.device | str | int | None
IntLikeType: TypeAlias = int | SymInt
FloatLikeType: TypeAlias = float | SymFloat
BoolLikeType: TypeAlias = bool | SymBool
py_sym_types = (SymInt, SymFloat, SymBool)
PySymType: TypeAlias = SymInt | SymFloat | SymBool
TensorOrTensors: TypeAlias = torch.Tensor | Sequence[torch.Tensor]
_TensorOrTensors = TensorOrTensors
_symint = IntLikeType
Storage = torch.UntypedStorage
