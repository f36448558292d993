"""torch.while_loop: a loop over tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import rushlight as torch


def while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Any) -> Any:
    """Replace the inputs by body_fn of them as long as cond_fn of them is true.

    >>> torch.while_loop(lambda i: i < 3, lambda i: (i + 1,), (torch.tensor(0),))
    (tensor(3),)
    """
    if not callable(cond_fn) or not callable(body_fn):
        raise RuntimeError("Expect cond_fn and body_fn to be callable.")
    if not isinstance(carried_inputs, (tuple, list)):
        raise RuntimeError(f"Expect carried_inputs to be a tuple, but got {type(carried_inputs)}.")
    values = tuple(carried_inputs)
    while True:
        goes_on = cond_fn(*values)
        if not isinstance(goes_on, bool) and not (isinstance(goes_on, torch.Tensor) and goes_on.numel() == 1):
            raise RuntimeError(f"cond_fn must return a boolean scalar tensor or a boolean but got {goes_on}")
        if not goes_on:
            return values
        found = body_fn(*values)
        if not isinstance(found, tuple) or len(found) != len(values):
            raise RuntimeError(f"body_fn should return a tuple of {len(values)} entries, got {found}")
        values = found
