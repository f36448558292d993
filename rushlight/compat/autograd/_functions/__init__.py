"""torch.autograd._functions: two functions from before tensors had these methods."""

from __future__ import annotations

from rushlight.autograd._functions.tensor import Resize as Resize, Type as Type
