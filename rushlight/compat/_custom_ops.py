"""torch._custom_ops: the old names of torch.library."""

from __future__ import annotations

from typing import Any

from rushlight import library


def custom_op(qualname: str, func_or_schema: Any = None) -> Any:
    """Define an operator by a schema, or by a function with annotations."""

    def define(given: Any) -> Any:
        library.define(qualname, given if isinstance(given, str) else library.infer_schema(given, mutates_args=()))
        return given

    if isinstance(func_or_schema, str):
        define(func_or_schema)
        return None
    return define if func_or_schema is None else define(func_or_schema)


def impl(qualname: str, *, device_types: Any = ("cpu", "cuda"), func: Any = None) -> Any:
    """Give an operator its function; a decorator."""
    return library.impl(qualname, device_types, func)


def impl_abstract(qualname: str, *, func: Any = None) -> Any:
    """Give an operator the function that computes without values; a decorator."""
    return library.register_fake(qualname, func) if func is not None else library.register_fake(qualname)
