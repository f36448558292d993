"""Anomaly mode: which forward call a failing backward belongs to, and the first NaN."""

from __future__ import annotations

import os
import sys
import warnings
from contextvars import ContextVar
from typing import Any

import numpy as np

from rushlight._core import engine
from rushlight._core.origin import advice
from rushlight._core.state import ANOMALY, MODE, get_mode
from rushlight._core.tensor import TensorBase

_CHECK_NAN: ContextVar[bool] = ContextVar("rushlight_check_nan", default=True)
_RUNNING: ContextVar[Any] = ContextVar("rushlight_running_node", default=None)  # the node whose backward runs here
_HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_TRIGGERED = " (Triggered internally at /__w/pytorch/pytorch/torch/csrc/autograd/python_anomaly_mode.cpp:122.)"


def record_traceback(node: Any) -> None:
    """Remember where the user's code called the operation of `node`."""
    import traceback

    frames = [
        frame for frame in traceback.extract_stack(sys._getframe(1)) if not os.path.abspath(frame.filename).startswith(_HOME)
    ]
    if node._metadata is None:
        node._metadata = {}
    node._metadata["traceback_"] = traceback.format_list(frames)
    parent = _RUNNING.get()
    if parent is not None:
        node._metadata["parent_"] = parent


def _lines_of(node: Any) -> Any:
    lines = (node._metadata or {}).get("traceback_")
    inner = getattr(node, "inner", None)  # of CopySlices: the node of the operation that wrote into the view
    return (inner._metadata or {}).get("traceback_") if lines is None and inner is not None else lines


_NOWHERE = "No forward pass information available. Enable detect anomaly during forward pass for more information."


def _tell(node: Any) -> None:
    """Warn with the traceback of the call that made the node, and of those whose backward passes made it in turn."""
    lines = _lines_of(node)
    found = _NOWHERE if lines is None else f"Traceback of forward call that caused the error:\n{''.join(lines)}"
    warnings.warn(f"Error detected in {node.name()}. {found}" + _TRIGGERED, UserWarning, stacklevel=2)
    parent = (node._metadata or {}).get("parent_")
    while parent is not None:
        lines = _lines_of(parent)
        found = (
            _NOWHERE if lines is None else f"Traceback of forward call that induced the previous calculation:\n{''.join(lines)}"
        )
        warnings.warn(f"\n\nPrevious calculation was induced by {parent.name()}. {found}" + _TRIGGERED, UserWarning, stacklevel=2)
        parent = (parent._metadata or {}).get("parent_")


def run_watched(node: Any, grads: list[Any], graph: bool, needed: Any) -> Any:
    """node.run() that tells of the forward call when it fails or makes the first NaN."""
    token = _RUNNING.set(node)
    try:
        results = node.run(grads, graph, needed)
    except Exception:
        _tell(node)
        raise
    finally:
        _RUNNING.reset(token)
    if _CHECK_NAN.get():
        for number, result in enumerate(results):
            array = result._array if isinstance(result, TensorBase) else result
            if array is not None and np.asarray(array).dtype.kind in "fcV" and np.isnan(array).any():
                _tell(node)
                text = f"Function '{node.name()}' returned nan values in its {number}th output."
                raise RuntimeError(text + advice("not_finite", node, grads))
    return results


class set_detect_anomaly:
    """Turn anomaly mode on or off: at once as a function, until the end of the block as a context manager."""

    __module__ = "torch.autograd.anomaly_mode"

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.prev = bool(get_mode() & ANOMALY)
        self.prev_check_nan = _CHECK_NAN.get()
        _set(mode, check_nan)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: Any) -> None:
        _set(self.prev, self.prev_check_nan)


class detect_anomaly:
    """Anomaly mode inside the block: a failing backward also shows the traceback of its forward call; NaN is an error."""

    __module__ = "torch.autograd.anomaly_mode"

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan
        self.prev = bool(get_mode() & ANOMALY)
        self.prev_check_nan = _CHECK_NAN.get()
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for debugging.",
            UserWarning,
            stacklevel=2,
        )

    def __enter__(self) -> None:
        self.prev = bool(get_mode() & ANOMALY)
        self.prev_check_nan = _CHECK_NAN.get()
        _set(True, self.check_nan)

    def __exit__(self, *error: Any) -> None:
        _set(self.prev, self.prev_check_nan)


def _set(mode: bool, check_nan: bool) -> None:
    word = get_mode()
    MODE.set(word | ANOMALY if mode else word & ~ANOMALY)
    _CHECK_NAN.set(check_nan)


def set_anomaly_enabled(enabled: Any, check_nan: bool = True) -> None:
    """Turn anomaly mode on or off."""
    if not isinstance(enabled, bool):
        raise TypeError(f"set_anomaly_enabled(): argument 'enabled' (position 1) must be bool, not {type(enabled).__name__}")
    _set(enabled, check_nan)


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on here."""
    return bool(get_mode() & ANOMALY)


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode looks for NaN."""
    return _CHECK_NAN.get()


engine.TENSORS.anomaly = run_watched
