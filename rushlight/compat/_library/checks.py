"""torch.library.opcheck."""

from __future__ import annotations

from typing import Any

from rushlight._library.kernels import tensors_in

import rushlight as torch
from rushlight.utils import _pytree as pytree

_TESTS = ("test_schema", "test_autograd_registration", "test_faketensor", "test_aot_dispatch_dynamic")


def _test_schema(overload: Any, args: Any, kwargs: Any) -> None:
    """Arguments that the schema does not mark stay as they are."""
    before = [tensor.detach().clone() for tensor in tensors_in(args)]
    overload(*args, **kwargs)
    written = any(entry.is_write for entry in overload._schema.arguments)
    for tensor, copy in zip(tensors_in(args), before):
        if not written and not torch.equal(tensor.detach(), copy):
            raise RuntimeError(f"Argument of {overload} is not defined as mutable but was mutated")


def _test_faketensor(overload: Any, args: Any, kwargs: Any) -> None:
    """The function without values says sizes and dtypes as they are."""
    real = tensors_in([overload(*args, **kwargs)])
    fake_args, fake_kwargs = pytree.tree_map_only(torch.Tensor, lambda tensor: tensor.detach().to("meta"), (args, kwargs))
    fake = tensors_in([overload(*fake_args, **fake_kwargs)])
    for left, right in zip(real, fake, strict=True):
        if left.shape != right.shape or left.dtype != right.dtype:
            raise AssertionError(f"Outputs of {overload} differ from its fake: {left.shape}, {left.dtype} and {right.shape}, {right.dtype}")


def _nothing(overload: Any, args: Any, kwargs: Any) -> None:
    """There is no compiler to check against."""


def opcheck(
    overload: Any, args: Any, kwargs: Any, *, test_utils: Any = _TESTS, raise_exception: bool = True, **options: Any
) -> dict[str, str]:
    """Run the checks by name; returns "SUCCESS" or the error of each."""
    names = [test_utils] if isinstance(test_utils, str) else list(test_utils)
    checks = {"test_schema": _test_schema, "test_faketensor": _test_faketensor}
    found: dict[str, Any] = {}
    for name in names:
        if name not in _TESTS:
            raise ValueError(f"Unknown test_utils: {name}")
        try:
            checks.get(name, _nothing)(overload, args, kwargs)
            found[name] = "SUCCESS"
        except Exception as error:
            if raise_exception:
                raise
            found[name] = error
    return found
