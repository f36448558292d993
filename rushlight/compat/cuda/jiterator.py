"""torch.cuda.jiterator: elementwise functions compiled for CUDA, which is not there."""

from __future__ import annotations

from typing import Any

__all__: list[str] = []


def _create_jit_fn(code_string: str, **kwargs: Any) -> Any:
    """A function that fails when it is called."""

    def jitted(*tensors: Any, **options: Any) -> Any:
        raise AssertionError("Torch not compiled with CUDA enabled")

    jitted.__name__ = code_string.partition("(")[0].split()[-1]
    return jitted


def _create_multi_output_jit_fn(code_string: str, num_outputs: int, **kwargs: Any) -> Any:
    """A function that fails when it is called."""
    return _create_jit_fn(code_string, **kwargs)
