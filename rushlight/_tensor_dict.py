"""What programs see as a tensor's __dict__ where the core is not compiled: their own attributes, not the fields of the core.

In the compiled form those fields are in C. Here they stand in the instance's dict; a program that copies or replaces the `__dict__` of
a tensor (subclasses that carry data along do) must not copy or lose them.
"""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import FIELDS, TensorBase

_HIDDEN = FIELDS
_REAL: Any = TensorBase.__dict__.get("__dict__")


class _Attributes(dict):  # type: ignore[type-arg]
    """A tensor's own attributes; what is written here is written to the tensor."""

    def __init__(self, real: Any) -> None:
        super().__init__({name: value for name, value in real.items() if name not in _HIDDEN})
        self._real = real

    def __setitem__(self, name: Any, value: Any) -> None:
        super().__setitem__(name, value)
        self._real[name] = value

    def __delitem__(self, name: Any) -> None:
        super().__delitem__(name)
        del self._real[name]

    def update(self, *others: Any, **values: Any) -> None:
        """dict.update."""
        for name, value in dict(*others, **values).items():
            self[name] = value

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def setdefault(self, name: Any, value: Any = None) -> Any:
        """dict.setdefault."""
        if name not in self:
            self[name] = value
        return self[name]

    def pop(self, name: Any, *default: Any) -> Any:
        """dict.pop."""
        self._real.pop(name, None)
        return super().pop(name, *default)

    def popitem(self) -> Any:
        """dict.popitem."""
        name, value = super().popitem()
        del self._real[name]
        return name, value

    def clear(self) -> None:
        """dict.clear."""
        for name in list(self):
            del self[name]

    def __reduce_ex__(self, protocol: Any) -> Any:
        return dict, (dict(self),)


def _get(tensor: Any) -> Any:
    return _Attributes(_REAL.__get__(tensor))


def _set(tensor: Any, value: Any) -> None:
    if not isinstance(value, dict):
        raise TypeError(f"__dict__ must be set to a dictionary, not a '{type(value).__name__}'")
    value = dict(value)
    attributes = _get(tensor)
    attributes.clear()
    attributes.update({name: entry for name, entry in value.items() if name not in _HIDDEN})


_OWN = property(_get, _set)


def _reached(cls: Any) -> Any:
    """What `__dict__` of an instance is answered by."""
    return next((kind.__dict__["__dict__"] for kind in cls.__mro__ if "__dict__" in kind.__dict__), None)


def _check_subclass(cls: Any, **options: Any) -> None:
    """Where a class without slots stands before Tensor, its own __dict__ would be asked first."""
    super(PLAIN[0], cls).__init_subclass__(**options)
    if _reached(cls) is _OWN:
        return
    get, put = cls.__getattribute__, cls.__setattr__

    def __getattribute__(self: Any, name: str) -> Any:
        return _get(self) if name == "__dict__" else get(self, name)

    def __setattr__(self: Any, name: str, value: Any) -> None:
        if name == "__dict__":
            _set(self, value)
        else:
            put(self, name, value)

    cls.__getattribute__, cls.__setattr__ = __getattribute__, __setattr__


PLAIN: list[Any] = []  # the class Tensor


def members() -> dict[str, Any]:
    """What the class Tensor gets for this."""
    return {"__dict__": _OWN, "__init_subclass__": classmethod(_check_subclass)} if PURE else {}


PURE = isinstance(TensorBase.__dict__.get("_flags"), int)  # the fields' usual values are attributes of an interpreted class
