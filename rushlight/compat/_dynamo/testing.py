"""torch._dynamo.testing: what tests of compiled programs count and prepare. Nothing is compiled, so counts stay 0 and graphs are none."""

from __future__ import annotations

import re
import sys
import unittest
from collections.abc import Callable
from typing import Any

import rushlight as torch
from rushlight._dynamo.backends.registry import lookup_backend

unsupported = None


class CompileCounter:
    """A backend that counts what it is given."""

    def __init__(self) -> None:
        self.frame_count = 0
        self.op_count = 0

    def __call__(self, gm: Any, example_inputs: Any) -> Callable[..., Any]:
        self.frame_count += 1
        self.op_count += sum("call" in node.op for node in gm.graph.nodes)
        return gm.forward  # type: ignore[no-any-return]

    def clear(self) -> None:
        """Start again at 0."""
        self.frame_count = self.op_count = 0


class CompileCounterWithBackend(CompileCounter):
    """A backend that counts, keeps the graphs and asks another one."""

    def __init__(self, backend: Any) -> None:
        super().__init__()
        self.backend = backend
        self.graphs: list[Any] = []

    def __call__(self, gm: Any, example_inputs: Any) -> Callable[..., Any]:
        super().__call__(gm, example_inputs)
        self.graphs.append(gm)
        return lookup_backend(self.backend)(gm, example_inputs)  # type: ignore[no-any-return]

    def clear(self) -> None:
        """Start again at 0, without graphs."""
        super().clear()
        self.graphs = []


class EagerAndRecordGraphs:
    """A backend that keeps the graphs and runs them as they are."""

    def __init__(self) -> None:
        self.graphs: list[Any] = []

    def __call__(self, gm: Any, example_inputs: Any) -> Callable[..., Any]:
        self.graphs.append(gm)
        return gm.forward  # type: ignore[no-any-return]


class AotEagerAndRecordGraphs(EagerAndRecordGraphs):
    """One that would keep the graphs of both passes."""

    def __init__(self) -> None:
        super().__init__()
        self.fw_graphs: list[Any] = []
        self.bw_graphs: list[Any] = []


class InductorAndRecordGraphs(EagerAndRecordGraphs):
    """One that would keep the graphs that PyTorch's own compiler gets."""

    def __init__(self) -> None:
        super().__init__()
        self.inductor_graphs: list[Any] = []


def reduce_to_scalar_loss(out: Any) -> Any:
    """A scalar of all tensors in a result, whose backward pass reaches each of them."""
    if isinstance(out, torch.Tensor):
        return out.sum() / out.numel()
    if isinstance(out, (list, tuple)):
        return sum(reduce_to_scalar_loss(entry) for entry in out) / len(out)
    if type(out).__name__ in ("MaskedLMOutput", "Seq2SeqLMOutput", "CausalLMOutputWithCrossAttentions"):
        return reduce_to_scalar_loss(out.logits)
    if type(out).__name__ == "SquashedNormal":
        return out.mean.sum()
    if isinstance(out, dict):
        return sum(reduce_to_scalar_loss(entry) for entry in out.values()) / len(out)
    raise NotImplementedError("Don't know how to reduce", type(out))


def requires_bwd_pass(out: Any) -> bool:
    """Whether a tensor in a result requires grad."""
    if isinstance(out, torch.Tensor):
        return out.requires_grad
    if isinstance(out, (list, tuple)):
        return any(requires_bwd_pass(entry) for entry in out)
    if out is None or isinstance(out, (int, str)):
        return False
    raise NotImplementedError("Don't know how to reduce", type(out))


def rand_strided(size: Any, stride: Any, dtype: Any = torch.float32, device: Any = "cpu", extra_size: int = 0) -> Any:
    """Random numbers with given strides."""
    needed = sum((length - 1) * step for length, step in zip(size, stride)) + 1 + extra_size
    if dtype.is_floating_point:
        flat = torch.randn(needed, dtype=dtype, device=device)
    else:
        flat = torch.zeros([needed], dtype=dtype, device=device)
    return torch.as_strided(flat, size, stride)


def reset_rng_state(use_xla: bool = False) -> None:
    """Seed every generator with 1337."""
    import random

    import numpy as np

    torch.manual_seed(1337)
    random.seed(1337)
    np.random.seed(1337)  # noqa: NPY002 (programs use it)


# ---------------------------------------------------------------- texts


def strip_comment(code: str) -> str:
    """Code without comments."""
    return re.sub(r"(?m)^ *#.*\n?", "", str(code))


def remove_trailing_space(code: str) -> str:
    """Code without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in code.split("\n"))


def empty_line_normalizer(code: str) -> str:
    """Code without empty lines."""
    return re.sub(r"[\r\n]+", "\n", code)


def normalize_gm(gm_str: Any) -> str:
    """The text of a graph module, for comparing."""
    return remove_trailing_space(strip_comment(gm_str))


# ---------------------------------------------------------------- decorators of tests


def _skip(where: bool, reason: str) -> Callable[[Any], Any]:
    return lambda function: unittest.skip(reason)(function) if where else function


skipIfNotPy311 = _skip(sys.version_info < (3, 11), "needs Python 3.11")
skipIfNotPy312 = _skip(sys.version_info < (3, 12), "needs Python 3.12")
skipIfOnlyNotPy312 = _skip(sys.version_info[:2] != (3, 12), "needs Python 3.12")
skipIfPy312 = _skip(sys.version_info >= (3, 12), "not for Python 3.12")


def xfailIfPy312(fn: Any) -> Any:
    """Expected to fail on Python 3.12."""
    return unittest.expectedFailure(fn) if sys.version_info >= (3, 12) else fn


def expectedFailureDynamic(fn: Any) -> Any:
    """Mark a test that fails with dynamic shapes."""
    fn._expected_failure_dynamic = True
    return fn


def expectedFailureCodegenDynamic(fn: Any) -> Any:
    """Mark a test that fails where code for dynamic shapes is made."""
    fn._expected_failure_codegen_dynamic = True
    return fn


def expectedFailureDynamicWrapper(fn: Any) -> Any:
    """Mark a test that fails with dynamic shapes in a wrapper."""
    fn._expected_failure_dynamic_wrapper = True
    return fn
