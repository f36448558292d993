"""torch.utils.weak: dictionaries whose keys are compared by identity and not kept alive."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any
from weakref import ref

__all__ = ["TensorWeakRef", "WeakIdRef", "WeakIdKeyDictionary", "WeakTensorKeyDictionary"]


class WeakIdRef(ref):  # type: ignore[type-arg]
    """A weak reference that equals another one to the same object, and hashes by its identity."""

    __slots__ = ["_id"]

    def __init__(self, key: Any, callback: Any = None) -> None:
        self._id = id(key)
        super().__init__(key, callback)  # type: ignore[call-arg]

    def __call__(self) -> Any:
        return super().__call__()

    def __hash__(self) -> int:
        return self._id

    def __eq__(self, other: object) -> bool:
        own, theirs = self(), other() if isinstance(other, ref) else None
        return own is theirs if own is not None and theirs is not None else self is other

    def __ne__(self, other: object) -> bool:
        return not self == other


WeakTensorRefKey = WeakIdKey = WeakIdRef


class WeakIdKeyDictionary(MutableMapping[Any, Any]):
    """A dictionary that forgets an entry once nobody holds its key; keys are compared by identity."""

    def __init__(self, dict: Any = None, ref_type: Any = WeakIdRef) -> None:
        self.data: Any = {}
        self.ref_type = ref_type
        own = weakref.ref(self)

        def remove(key: Any) -> None:
            found = own()
            if found is not None:
                found.data.pop(key, None)

        self._remove = remove
        if dict is not None:
            self.update(dict)

    def __delitem__(self, key: Any) -> None:
        del self.data[self.ref_type(key)]

    def __getitem__(self, key: Any) -> Any:
        return self.data[self.ref_type(key)]

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"<{self.__class__.__name__} at {id(self):#x}>"

    def __setitem__(self, key: Any, value: Any) -> None:
        self.data[self.ref_type(key, self._remove)] = value

    def __contains__(self, key: object) -> bool:
        try:
            return self.ref_type(key) in self.data
        except TypeError:
            return False

    def __iter__(self) -> Iterator[Any]:
        for reference in list(self.data):
            key = reference()
            if key is not None:
                yield key

    def items(self) -> Any:
        """Keys that are still there, with their values."""
        for reference, value in list(self.data.items()):
            key = reference()
            if key is not None:
                yield key, value

    keys = __iter__  # type: ignore[assignment]

    def values(self) -> Any:
        """The values of keys that are still there."""
        for entry in self.items():
            yield entry[1]

    def copy(self) -> WeakIdKeyDictionary:
        """A new dictionary of the same entries."""
        made = WeakIdKeyDictionary(ref_type=self.ref_type)
        made.update(self.items())
        return made

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> WeakIdKeyDictionary:
        from copy import deepcopy

        made = self.__class__()
        made.update((key, deepcopy(value, memo)) for key, value in self.items())
        return made

    def keyrefs(self) -> list[Any]:
        """The weak references to the keys."""
        return list(self.data)

    def popitem(self) -> Any:
        """Take out some entry."""
        while True:
            reference, value = self.data.popitem()
            key = reference()
            if key is not None:
                return key, value

    def pop(self, key: Any, *args: Any) -> Any:
        """Take out an entry."""
        return self.data.pop(self.ref_type(key), *args)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The value of a key, set where there was none."""
        return self.data.setdefault(self.ref_type(key, self._remove), default)

    def update(self, dict: Any = None, **kwargs: Any) -> None:  # type: ignore[override]
        """Set entries from a mapping or pairs."""
        pairs: Iterable[Any] = () if dict is None else dict.items() if hasattr(dict, "items") else dict
        for key, value in pairs:
            self[key] = value
        for key, value in kwargs.items():
            self[key] = value


WeakTensorKeyDictionary = WeakIdKeyDictionary


class TensorWeakRef:
    """A weak reference to a tensor."""

    def __init__(self, tensor: Any) -> None:
        self.ref = weakref.ref(tensor)

    def __call__(self) -> Any:
        return self.ref()
