"""The small value types: Size, device, layout, memory_format, and the device that new tensors get."""

from __future__ import annotations

import operator
from contextvars import ContextVar
from functools import partial
from typing import Any

from rushlight._core.loops import NATIVE

_INT64_MAX = (1 << 63) - 1


# ---------------------------------------------------------------- Size


class _Sizes(tuple):  # type: ignore[type-arg]
    """What Size inherits from in the pure form; the native form has the same in C."""

    __slots__ = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Size:
        return cls._checked(*args, **kwargs)  # type: ignore[attr-defined, no-any-return]

    def __add__(self, other: Any) -> Size:
        if not isinstance(other, tuple):
            raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")
        return Size(tuple.__add__(self, other))

    def __radd__(self, other: Any) -> Size:
        if not isinstance(other, tuple):
            return NotImplemented
        return Size(tuple.__add__(other, self))

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return size_of(found) if type(index) is slice else found

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        count = 1
        for size in self:
            count *= size
        return count


_SIZES: Any = _Sizes if NATIVE is None else NATIVE.Sizes


class Size(_SIZES):  # type: ignore[misc]
    """A tensor's shape: a tuple of ints whose slices and sums are shapes too."""

    __slots__ = ()
    __module__ = "torch"

    @classmethod
    def _checked(cls, *args: Any, **kwargs: Any) -> Size:
        """Size(...), of whatever is given."""
        if kwargs:
            raise TypeError("tuple() takes no keyword arguments")
        made = tuple(*args)
        for size in made:
            if type(size) is not int or size > _INT64_MAX:
                return size_of([_as_size(position, entry) for position, entry in enumerate(made)])  # type: ignore[no-any-return]
        return size_of(made)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __mul__(self, count: Any) -> Size:
        found = tuple.__mul__(self, count)
        return NotImplemented if found is NotImplemented else size_of(found)

    __rmul__ = __mul__

    def __reduce__(self) -> Any:
        return _make_size, (tuple(self),)

    def __copy__(self) -> Size:
        return self

    def __deepcopy__(self, memo: Any) -> Size:
        return self


if NATIVE is not None:
    NATIVE.set_size_class(Size)
# The Size of these items, unchecked.
size_of: Any = partial(tuple.__new__, Size) if NATIVE is None else Size._of


def _make_size(sizes: Any) -> Size:
    return Size(sizes)


def _as_size(position: int, value: Any) -> int:
    if type(value).__name__ == "Tensor" and not hasattr(value, "__index__"):
        raise TypeError(f"torch.Size() takes an iterable of 'int' (item {position} is 'Tensor')")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"torch.Size() takes an iterable of 'int' (item {position} is '{_type_name(value)}')"
        ) from None
    if not -_INT64_MAX - 1 <= number <= _INT64_MAX:
        raise ValueError("Overflow when unpacking long long")
    return number


# ---------------------------------------------------------------- device

_TYPES = (
    "cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy", "vulkan", "mps",
    "meta", "hpu", "mtia", "privateuseone",
)  # fmt: skip


class device:
    """Where a tensor lives: "cpu" (with data) or "meta" (without). Other names make device objects, but no tensors.

    As a context manager it is the device of the tensors that are made inside.

    >>> torch.device("cpu", 0)
    device(type='cpu', index=0)
    """

    __slots__ = ("_type", "_index")
    __module__ = "torch"
    _type: str
    _index: int | None

    def __new__(cls, *args: Any, **kwargs: Any) -> device:
        made = object.__new__(cls)
        if not kwargs and len(args) == 1 and type(args[0]) is str and args[0] in _PARSED:
            made._type, made._index = _PARSED[args[0]]
            return made
        values = _device_arguments(args, kwargs)
        first = values[0]
        if isinstance(first, device):
            made._type, made._index = first._type, first._index
            return made
        made._type, made._index = _parse(first)
        if len(values) > 1 and values[1] is not None:
            if made._index is not None:
                raise RuntimeError(f"type (string) must not include an index because index was passed explicitly: {first}")
            if values[1] < 0:
                raise RuntimeError("Device index must not be negative")
            made._index = _narrow(values[1])
        return made

    @property
    def type(self) -> str:
        """The kind of device, such as "cpu"."""
        return self._type

    @property
    def index(self) -> int | None:
        """Which of several devices of the type; None for the current one."""
        return self._index

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("type", "index"):
            raise AttributeError(f"attribute '{name}' of 'torch.device' objects is not writable")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        if name in ("type", "index"):
            raise AttributeError(f"attribute '{name}' of 'torch.device' objects is not writable")
        object.__delattr__(self, name)

    def __repr__(self) -> str:
        suffix = "" if self._index is None else f", index={self._index}"
        return f"device(type='{self._type}'{suffix})"

    def __str__(self) -> str:
        return self._type if self._index is None else f"{self._type}:{self._index}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, device):
            return NotImplemented
        return self._type == other._type and self._index == other._index

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, device):
            return NotImplemented
        raise TypeError("comparison not implemented")

    __gt__ = __le__ = __ge__ = __lt__

    def __hash__(self) -> int:
        return hash((self._type, self._index))

    def __reduce__(self) -> Any:
        kind = self._type.encode().decode()  # a new string, as in PyTorch: a pickle does not refer to an earlier one
        return device, ((kind,) if self._index is None else (kind, self._index))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _make_device, self.__reduce__()[1]

    def __copy__(self) -> device:
        return self

    def _check(self) -> None:
        check_device(self)

    def __deepcopy__(self, memo: Any) -> device:
        return self

    def __enter__(self) -> device:
        INNER_DEVICE.set((self, INNER_DEVICE.get()))
        return self

    def __exit__(self, *failure: Any) -> None:
        inner = INNER_DEVICE.get()
        assert inner is not None
        INNER_DEVICE.set(inner[1])


# What some names of devices say.
_PARSED: dict[str, tuple[str, int | None]] = {"cpu": ("cpu", None), "cpu:0": ("cpu", 0), "meta": ("meta", None), "cuda": ("cuda", None)}


def _make_device(*args: Any) -> device:
    return device(*args)


def _device_arguments(args: Any, kwargs: Any) -> list[Any]:
    """The device or string, and the index, of a call of device()."""
    values = list(args)
    for name in ("device",) if "device" in kwargs else ("type", "index"):
        if name in kwargs:
            if name == "index" and not values:
                break
            values.append(kwargs[name])
    first = values[0] if values else None
    count = len(args) + len(kwargs)
    is_text = isinstance(first, str)
    is_number = isinstance(first, int) and not isinstance(first, bool) and "type" not in kwargs
    if count == 2 and values:  # only one of the two signatures has two parameters, and what is wrong is told of that one
        if not is_text:
            raise TypeError(f"device(): argument 'type' (position 1) must be str, not {_type_name(first)}")
        for name in kwargs:
            if name not in ("type", "index"):
                raise TypeError(f"device() got an unexpected keyword argument '{name}'")
    if len(values) != count or count not in (1, 2) or not (is_text or count == 1 and (is_number or isinstance(first, device))):
        _refuse(args, kwargs)
    if is_number and not -_INT64_MAX - 1 <= first <= _INT64_MAX:
        raise ValueError("Overflow when unpacking long long")
    if count == 2 and values[1] is not None and (isinstance(values[1], bool) or not hasattr(values[1], "__index__")):
        raise TypeError(f"device(): argument 'index' (position 2) must be int, not {type(values[1]).__name__}")
    return values


def _type_name(value: Any) -> str:
    cls = type(value)
    if hasattr(value, "_array"):
        return "Tensor"
    return f"{cls.__module__}.{cls.__qualname__}" if cls.__module__ == "numpy" else cls.__name__


def _entries(value: Any) -> str:
    """What a list or tuple holds, as errors about arguments say it."""
    if not isinstance(value, (list, tuple)):
        return ""
    inner = ", ".join([_type_name(entry) for entry in value])
    if isinstance(value, list):
        return f" of [{inner}]"
    return f" of ({inner},)" if len(value) == 1 else f" of ({inner})"


def _refuse(args: Any, kwargs: Any) -> None:
    """The error for arguments that make no device; this module is below the parser that words such errors elsewhere."""
    given = [_type_name(value) for value in args] + [f"{name}={_type_name(value)}" for name, value in kwargs.items()]
    if kwargs and not args:
        given.append("")
    text = f"device() received an invalid combination of arguments - got ({', '.join(given)}), but expected one of:\n"
    text += " * (torch.device device)\n"
    if len(kwargs) == 1 and not args and "device" not in kwargs:
        text += f"      didn't match because some of the keywords were incorrect: {', '.join(kwargs)}\n"
    if len(args) == 1 and not kwargs:
        text += f"      didn't match because some of the arguments have invalid types: (!{given[0]}{_entries(args[0])}!)\n"
    raise TypeError(text + " * (str type, int index = -1)\n")


def _parse(text: Any) -> tuple[str, int | None]:
    """The type and index that "cuda:1" names."""
    if isinstance(text, int):
        if text < 0:
            raise RuntimeError("Device index must not be negative")
        raise RuntimeError("Cannot access accelerator device when none is available.")
    if not text:
        raise RuntimeError("Device string must not be empty")
    name, colon, number = text.partition(":")
    valid = name and name.replace("_", "").isalpha() and (not colon or number.isdigit() and (number == "0" or number[0] != "0"))
    if not valid:
        raise RuntimeError(f"Invalid device string: '{text}'")
    if name not in _TYPES:
        raise RuntimeError(f"Expected one of {', '.join(_TYPES)} device type at start of device string: {name}")
    return name, _narrow(int(number)) if number else None


def _narrow(index: int) -> int:
    """An index as the one byte that PyTorch keeps of it."""
    return (index + 128) % 256 - 128


CPU = device("cpu")
META = device("meta")

# ---------------------------------------------------------------- the default device

INNER_DEVICE: ContextVar[Any] = ContextVar("rushlight_device", default=None)  # (device, outer), from `with device:`
DEFAULT_DEVICE: ContextVar[Any] = ContextVar("rushlight_default_device", default=None)


def context_device() -> Any:
    """The device that new tensors get when the call names none; None means the CPU."""
    inner = INNER_DEVICE.get()
    return DEFAULT_DEVICE.get() if inner is None else inner[0]


def get_default_device() -> device:
    """The device on which factory functions put tensors.

    >>> torch.get_default_device()
    device(type='cpu')
    """
    found: device | None = context_device()
    return CPU if found is None else found


def set_default_device(device: Any) -> None:
    """Put the tensors of factory functions on `device` from now on; None goes back to the CPU."""
    DEFAULT_DEVICE.set(None if device is None else _DEVICE_CLASS(device))


_DEVICE_CLASS = device


def check_device(where: device) -> bool:
    """Whether tensors made there have no data (meta); raises as PyTorch's CPU build does for devices that are not there."""
    name = where._type
    if name == "cpu":
        return False
    if name == "meta":
        return True
    if name in ("cuda", "xpu", "mtia"):
        raise AssertionError(f"Torch not compiled with {name.upper()} enabled")
    if name in ("hpu", "privateuseone", "maia"):
        raise ModuleNotFoundError(f"No module named 'torch.{name}'")
    if name == "mps":
        raise RuntimeError("PyTorch is not linked with support for mps devices")
    raise NotImplementedError(
        f"Could not run 'aten::empty.memory_format' with arguments from the '{name.upper()}' backend. This could be because the "
        "operator doesn't exist for this backend, or was omitted during the selective/custom build process (if using custom build)."
    )


# ---------------------------------------------------------------- layout, memory_format


class layout:
    """How a tensor's elements are stored; only `torch.strided` here."""

    __slots__ = ("_name",)
    __module__ = "torch"

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"

    def __reduce__(self) -> Any:
        return _constant, (self._name,)

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: Any) -> Any:
        return self


class memory_format:
    """The order of dimensions in memory that a copy asks for."""

    __slots__ = ("_name",)
    __module__ = "torch"

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"

    __reduce__ = layout.__reduce__
    __copy__ = layout.__copy__
    __deepcopy__ = layout.__deepcopy__


class qscheme:
    """How a quantized tensor's numbers stand for others; only the names of the schemes are here."""

    __slots__ = ("_name",)
    __module__ = "torch"

    def __init__(self, name: str) -> None:
        self._name = name

    __repr__ = memory_format.__repr__
    __reduce__ = layout.__reduce__
    __copy__ = layout.__copy__
    __deepcopy__ = layout.__deepcopy__


def _constant(name: str) -> Any:
    return globals()[name]


strided = layout("strided")
sparse_coo = layout("sparse_coo")
sparse_csr = layout("sparse_csr")
sparse_csc = layout("sparse_csc")
sparse_bsr = layout("sparse_bsr")
sparse_bsc = layout("sparse_bsc")
jagged = layout("jagged")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
per_tensor_affine = qscheme("per_tensor_affine")
per_channel_affine = qscheme("per_channel_affine")
per_tensor_symmetric = qscheme("per_tensor_symmetric")
per_channel_symmetric = qscheme("per_channel_symmetric")
per_channel_affine_float_qparams = qscheme("per_channel_affine_float_qparams")
_mkldnn = layout("_mkldnn")
