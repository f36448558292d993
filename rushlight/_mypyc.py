"""`mypyc_attr` without a run-time dependency: mypyc reads the decorator while compiling, interpreted code ignores it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr as mypyc_attr
else:

    def mypyc_attr(*names: str, **settings: Any) -> Callable[[Any], Any]:
        """Return the class unchanged."""
        return lambda cls: cls
