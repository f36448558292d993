"""What torch.nn.functional has among its names without meaning to, and other packages use all the same."""

from __future__ import annotations

from collections.abc import Callable as Callable
from importlib import import_module
from typing import Any, Optional as Optional

TYPE_CHECKING = False
GRID_SAMPLE_INTERPOLATION_MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}
GRID_SAMPLE_PADDING_MODES = {"zeros": 0, "border": 1, "reflection": 2}
# Texts that PyTorch puts into its own docstrings.
reproducibility_notes: dict[str, str] = {}
tf32_notes: dict[str, str] = {}
sparse_support_notes: dict[str, str] = {}


class BroadcastingListCls:
    """What annotates arguments that are one value or a list of values."""

    def __getitem__(self, types: Any) -> None:
        return None


BroadcastingList1 = BroadcastingList2 = BroadcastingList3 = BroadcastingListCls()


def assert_int_or_pair(arg: Any, arg_name: str, message: str) -> None:
    """Refuse what is neither an int nor two of something."""
    if not isinstance(arg, int) and len(arg) != 2:
        raise AssertionError(message.format(arg_name))


def boolean_dispatch(
    arg_name: str, arg_index: int, default: bool, if_true: Any, if_false: Any, module_name: Any = None, func_name: Any = None
) -> Any:
    """One of two functions, as a flag among the arguments says."""

    def fn(*args: Any, **kwargs: Any) -> Any:
        chosen = kwargs[arg_name] if arg_name in kwargs else args[arg_index] if arg_index < len(args) else default
        return (if_true if chosen else if_false)(*args, **kwargs)

    doc = if_true.__doc__ or if_false.__doc__
    fn.__doc__ = doc
    for name, value in (("__name__", func_name), ("__module__", module_name)):
        if value is not None:
            setattr(fn, name, value)
    return fn


def __getattr__(name: str) -> Any:
    if name.startswith(("has_torch_function", "handle_torch_function")):
        return getattr(import_module("rushlight.overrides"), name)
    raise AttributeError(name)
