"""Parameters of signatures: what values they accept, and what those become."""

import operator
from collections.abc import Callable
from typing import Any, Final

import numpy as np

TENSOR: Final = 0
SCALAR: Final = 1
INT: Final = 2
SYM_INT: Final = 3
DOUBLE: Final = 4
COMPLEX: Final = 5
BOOL: Final = 6
INT_LIST: Final = 7
TENSOR_LIST: Final = 8
FLOAT_LIST: Final = 9
SCALAR_LIST: Final = 10
DTYPE: Final = 11
DEVICE: Final = 12
STRING: Final = 13
INSTANCE: Final = 14
ANYTHING: Final = 15

# The type's name in a signature: its kind, and its name in a message.
KINDS: Final[dict[str, tuple[int, str]]] = {
    "Tensor": (TENSOR, "Tensor"),
    "Scalar": (SCALAR, "Number"),
    "int64_t": (INT, "int"),
    "SymInt": (SYM_INT, "int"),
    "double": (DOUBLE, "float"),
    "complex": (COMPLEX, "complex"),
    "bool": (BOOL, "bool"),
    "IntArrayRef": (INT_LIST, "tuple of ints"),
    "SymIntArrayRef": (INT_LIST, "tuple of ints"),
    "TensorList": (TENSOR_LIST, "tuple of Tensors"),
    "c10::List<::std::optional<Tensor>>": (TENSOR_LIST, "tuple of Tensors"),
    "ArrayRef<double>": (FLOAT_LIST, "tuple of floats"),
    "ScalarList": (SCALAR_LIST, "tuple of Scalars"),
    "ScalarType": (DTYPE, "torch.dtype"),
    "Device": (DEVICE, "torch.device"),
    "c10::string_view": (STRING, "str"),
    "std::string_view": (STRING, "str"),
    "Layout": (INSTANCE, "torch.layout"),
    "MemoryFormat": (INSTANCE, "torch.memory_format"),
    "Generator": (INSTANCE, "torch.Generator"),
    "Storage": (INSTANCE, "torch.Storage"),
    "PyObject*": (ANYTHING, "object"),
}

# Names NumPy uses for the same argument.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "dim": ("axis",),
    "keepdim": ("keepdims",),
    "input": ("x", "a", "x1"),
    "other": ("x2",),
}

# Functions whose Tensor parameters take a Python number.
NUMBERS_AS_TENSORS: Final = frozenset(
    name + suffix
    for name in ("add", "sub", "subtract", "mul", "multiply", "div", "divide", "true_divide", "floor_divide")
    for suffix in ("", "_")
) | {"to", "_to_copy", "copy", "copy_", "_conj"}

# What the type of a value says about a parameter.
NO: Final = 0
YES: Final = 1  # accepted, and used as it is
LOOK: Final = 2  # the value decides, or must be converted

HEAP_TYPE: Final = 1 << 9
_INT64_MIN: Final = -(1 << 63)
_INT64_MAX: Final = (1 << 63) - 1


SLOW: Final = object()


class _Missing:
    """Stands for a type that is not registered: nothing is an instance of it."""


_tensor: Any = _Missing
_dtype: Any = _Missing
_device: Any = _Missing
_instances: dict[str, Any] = {}
_scalar_types: dict[Any, Any] = {}
_constants: dict[str, Any] = {}
_type_names: dict[Any, str] = {}
_disabled_torch_function: Any = None
_is_number: Callable[[Any], bool] = lambda tensor: not tensor.requires_grad and tensor.dim() == 0
_forget: list[Callable[[], None]] = []


def register_types(
    *,
    tensor: Any = None,
    dtype: Any = None,
    device: Any = None,
    layout: Any = None,
    memory_format: Any = None,
    generator: Any = None,
    parameter: Any = None,
    size: Any = None,
    storage: Any = None,
    scalar_types: dict[Any, Any] | None = None,
    constants: dict[str, Any] | None = None,
    disabled_torch_function: Any = None,
    is_number: Callable[[Any], bool] | None = None,
) -> None:
    """Tell the parsers which classes PyTorch's type names mean; None leaves one as it is.

    `scalar_types` maps float, int, bool, complex to dtypes; `constants` gives the defaults that signatures name:
    "contiguous_format", "torch.strided", "torch.int64". `disabled_torch_function` is the `__torch_function__` of
    classes that take no part in that protocol. `is_number` says whether a tensor can stand for a number. `storage` may be a
    tuple of classes.
    """
    global _tensor, _dtype, _device, _disabled_torch_function, _is_number
    _is_number = is_number or _is_number
    _tensor = tensor or _tensor
    _dtype = dtype or _dtype
    _device = device or _device
    _disabled_torch_function = disabled_torch_function or _disabled_torch_function
    _scalar_types.update(scalar_types or {})
    _constants.update(constants or {})
    named = {
        "torch.dtype": dtype,
        "torch.device": device,
        "torch.layout": layout,
        "torch.memory_format": memory_format,
        "torch._C.Generator": generator,
        "torch.Size": size,
        "Parameter": parameter,
    }
    _type_names.update({cls: name for name, cls in named.items() if cls is not None and cls.__flags__ & HEAP_TYPE})
    classes = {
        "torch.layout": layout,
        "torch.memory_format": memory_format,
        "torch.Generator": generator,
        "torch.Storage": storage,
    }
    _instances.update({name: cls for name, cls in classes.items() if cls is not None})
    for forget in _forget:
        forget()


def registered_types() -> dict[str, Any]:
    """What register_types would have to be given to get back to the present state."""
    return {
        "tensor": _tensor,
        "dtype": _dtype,
        "device": _device,
        "layout": _instances.get("torch.layout"),
        "memory_format": _instances.get("torch.memory_format"),
        "generator": _instances.get("torch.Generator"),
        "storage": _instances.get("torch.Storage"),
        "scalar_types": dict(_scalar_types),
        "constants": dict(_constants),
        "disabled_torch_function": _disabled_torch_function,
        "is_number": _is_number,
    }


def on_register(forget: Callable[[], None]) -> None:
    """Have forget called when types are registered: what was remembered about them is then out of date."""
    _forget.append(forget)


def type_name(obj: object) -> str:
    """The name of obj's type as C code prints it: "int", "numpy.float32", "torch.dtype", "Tensor"."""
    cls = type(obj)
    known = _type_names.get(cls)
    if known is not None:
        return known
    if cls.__flags__ & HEAP_TYPE or cls.__module__ == "builtins":
        return cls.__name__
    return cls.__module__ + "." + cls.__qualname__


def is_tensor(value: object) -> bool:
    """Whether value is an instance of the registered tensor class."""
    return isinstance(value, _tensor)


class Param:
    """One parameter of a signature."""

    name: str
    kind: int
    type_name: str
    keyword_only: bool
    nullable: bool  # "Tensor?": an explicit None is None
    optional: bool
    allow_none: bool
    numbers: bool  # a Tensor parameter that takes Python numbers
    size: int  # of "IntArrayRef[2]", 0 for none: a single int stands for that many
    count: int  # of "TensorList[2]": exactly that many
    symbolic: bool  # "SymInt", "SymIntArrayRef": no bool tensor stands for an int
    default: object
    default_text: str
    aliases: tuple[str, ...]

    def __init__(self, text: str, keyword_only: bool, numbers: bool) -> None:
        type_text, name = text.split(" ", 1)
        self.nullable = type_text.endswith("?")
        type_text = type_text.removesuffix("?")
        length = 0
        if type_text.endswith("]"):
            type_text, size_text = type_text[:-1].split("[")
            length = int(size_text)
        self.kind, self.type_name = KINDS[type_text]
        self.symbolic = type_text.startswith("Sym")
        self.size = length if self.kind == INT_LIST else 0
        self.count = length if self.kind == TENSOR_LIST else 0
        self.name, equals, default_text = name.partition("=")
        self.default_text = default_text
        self.optional = bool(equals)
        self.allow_none = self.nullable or default_text == "None"
        self.keyword_only = keyword_only
        self.numbers = numbers and self.kind == TENSOR
        self.aliases = ALIASES.get(self.name, ())
        self.default = self._parse_default(default_text) if self.optional else None

    def _parse_default(self, text: str) -> object:
        if text == "None":
            # A list that may not be None has the empty list as its default; the signature writes None for it.
            return () if self.kind in (INT_LIST, FLOAT_LIST, SCALAR_LIST) and not self.nullable else None
        if self.kind == BOOL:
            return text in ("True", "true")
        if self.kind in (INT, SYM_INT):
            # PyTorch's parser reads "at::Reduction::Mean" as a number too, and finds 0.
            return 0 if "::" in text else int(text)
        if self.kind == DOUBLE:
            return float(text)
        if self.kind == SCALAR:
            return _number(text)
        if self.kind == COMPLEX:
            return complex(text)
        if self.kind == STRING:
            return text[1:-1]
        if self.kind == INT_LIST:
            if text.startswith("{"):
                return tuple([int(item) for item in text[1:-1].split(",")])
            return (int(text),) * max(self.size, 1)
        return _constants.get(text)

    def describe(self) -> str:
        """As error messages list it: "Number alpha = 1"."""
        text = self.type_name + " " + self.name
        return text + " = " + self.default_text if self.optional else text


def _number(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        return float(text)


# ---------------------------------------------------------------------------------------------------------------------
# What a parameter accepts: `judge` looks at the type only, `accepts` at the value, and `convert` makes what the kernel
# sees.


def is_overloaded(cls: Any) -> bool:
    """Whether instances of cls take over calls they are given to (`__torch_function__`); they fit every parameter.

    Tensors are never counted: one that takes over a call does so before its arguments are parsed.
    """
    if cls in _PLAIN_TYPES or issubclass(cls, _tensor):
        return False
    function = getattr(cls, "__torch_function__", None)
    return function is not None and function is not _disabled_torch_function


_PLAIN_TYPES: Final = frozenset({int, float, bool, complex, str, bytes, tuple, list, dict, type(None), type})


def judge(param: Param, cls: Any) -> int:
    """What the type of an argument says: NO, YES, or LOOK at the value."""
    if cls is type(None):
        return YES if param.allow_none or param.kind == ANYTHING else NO
    if is_overloaded(cls):
        return YES
    kind = param.kind
    if kind == TENSOR:
        return _judge_tensor(param, cls)
    if kind <= COMPLEX:
        return judge_number(kind, cls)
    if kind == BOOL:
        return YES if cls is bool else NO
    if kind == INT_LIST:
        if issubclass(cls, (tuple, list)):
            return LOOK
        return LOOK if param.size > 0 and judge_number(SYM_INT, cls) != NO else NO
    if kind in (TENSOR_LIST, FLOAT_LIST, SCALAR_LIST):
        return LOOK if issubclass(cls, (tuple, list)) else NO
    if kind == DTYPE:
        if issubclass(cls, _dtype):
            return YES
        return LOOK if cls is type else NO
    if kind == DEVICE:
        if issubclass(cls, _device):
            return YES
        return LOOK if cls is not bool and issubclass(cls, (int, np.integer, str, bytes)) else NO
    if kind == STRING:
        if cls is str:
            return YES
        return LOOK if issubclass(cls, (str, bytes)) else NO
    if kind == INSTANCE:
        return YES if issubclass(cls, _instances.get(param.type_name, _Missing)) else NO
    return YES


def _judge_tensor(param: Param, cls: Any) -> int:
    if issubclass(cls, _tensor):
        return YES
    if not param.numbers:
        return NO
    return judge_number(SCALAR, cls)


def judge_number(kind: int, cls: Any) -> int:
    if issubclass(cls, _tensor):
        return LOOK
    if kind == SCALAR:
        if cls in (float, bool, complex):
            return YES  # ints have to be looked at: there are some that are too big
        return LOOK if issubclass(cls, (int, float, complex, np.number, np.bool_)) else NO
    if kind == INT:
        return LOOK if cls is not bool and issubclass(cls, (int, np.integer)) else NO
    if kind == SYM_INT:
        if cls is bool or issubclass(cls, np.bool_):
            return NO
        return LOOK if hasattr(cls, "__index__") else NO
    if cls is float:
        return YES
    if issubclass(cls, (int, float, np.number, np.bool_)):
        return LOOK
    return LOOK if kind == COMPLEX and issubclass(cls, complex) else NO


def accepts(param: Param, value: Any, position: int) -> bool:
    """Whether a parameter takes a value; a list with something else than tensors in it is an error at once."""
    verdict = judge(param, type(value))
    if verdict != LOOK:
        return verdict == YES
    kind = param.kind
    if kind == INT_LIST:
        if isinstance(value, (tuple, list)):
            return not value or accepts_index(value[0])
        return accepts_index(value)
    if kind == TENSOR_LIST:
        _check_tensors(value, position)
        return True
    if kind == FLOAT_LIST:
        return not value or isinstance(value[0], (int, float, complex, np.number, np.bool_))
    if kind == SCALAR_LIST:
        return _all_numbers(value)
    if kind == DTYPE:
        return value in _scalar_types
    if kind == SYM_INT:
        return accepts_index(value)
    if kind != TENSOR and isinstance(value, _tensor):
        if not _is_number(value):
            return False
        return kind != INT or _is_integral(value, False)
    return True


def accepts_index(value: Any) -> bool:
    if type(value) is int:
        return True
    if isinstance(value, _tensor):
        return bool(value.numel() == 1) and _is_integral(value, True)
    if is_overloaded(type(value)):
        return True
    if isinstance(value, (bool, np.bool_)):
        return False
    try:
        operator.index(value)
    except Exception:  # whatever __index__ raises, the value is no int
        return False
    return True


def _is_integral(tensor: Any, include_bool: bool) -> bool:
    dtype = tensor.dtype
    if dtype.is_floating_point or dtype.is_complex:
        return False
    return include_bool or dtype is not _scalar_types.get(bool)


def _check_tensors(values: Any, position: int) -> None:
    for index, value in enumerate(values):
        if not isinstance(value, _tensor) and not is_overloaded(type(value)):
            raise TypeError(f"expected Tensor as element {index} in argument {position}, but got {type_name(value)}")


def _all_numbers(values: Any) -> bool:
    return all(isinstance(value, (int, float, complex, np.number, np.bool_)) for value in values)


def check_devices(values: list[Any]) -> None:
    """Raise where a device is given that is not there."""
    for value in values:
        if isinstance(value, _device):
            value._check()


def convert(param: Param, value: Any, function: str) -> object:
    """The value a kernel sees, for an accepted argument whose type alone did not settle it."""
    kind = param.kind
    if is_overloaded(type(value)):
        return value
    if kind == INT_LIST:
        return _convert_int_list(param, value, function)
    if kind == TENSOR_LIST:
        if param.count and len(value) != param.count:
            raise TypeError(f"expected tuple of {param.count} elements but got {len(value)}")
        return value
    if kind in (TENSOR, SCALAR):
        return _convert_number(value)
    if kind in (INT, SYM_INT):
        return _convert_int(param, value)
    if kind == DOUBLE:
        return _real(value)
    if kind == COMPLEX:
        return complex(value.item()) if isinstance(value, _tensor) else complex(value)
    if kind == FLOAT_LIST:
        return _convert_float_list(param, value, function)
    if kind == SCALAR_LIST:
        return tuple([_convert_number(item) for item in value])
    if kind == DTYPE:
        return _scalar_types[value]
    if kind == STRING:
        return value.decode() if isinstance(value, bytes) else str(value)
    if kind == DEVICE:
        text = value.decode() if isinstance(value, bytes) else value
        return _device(text if isinstance(text, str) else int(text))
    return value


def quick_convert(param: Param, value: Any) -> object:
    """What convert gives, for the plain ints and lists that most calls have; SLOW for everything else."""
    kind = param.kind
    cls = type(value)
    if cls is int:
        if kind <= SYM_INT:
            return value if _INT64_MIN <= value <= _INT64_MAX else SLOW
        if kind == DOUBLE:
            return float(value)
        return (value,) * param.size if kind == INT_LIST and _INT64_MIN <= value <= _INT64_MAX else SLOW
    if kind == INT_LIST and isinstance(value, (tuple, list)):
        for item in value:
            if type(item) is not int or not _INT64_MIN <= item <= _INT64_MAX:
                return SLOW
        return value if cls is tuple else tuple(value)
    if kind == TENSOR_LIST and not param.count:
        for item in value:
            if not isinstance(item, _tensor):
                return SLOW
        return value
    return SLOW


def _convert_number(value: Any) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, _tensor):
        return value.item()
    if isinstance(value, (int, np.integer)):
        number = int(value)
        if number < _INT64_MIN:
            raise OverflowError("can't convert negative int to unsigned")
        if number > 2 * _INT64_MAX + 1:
            raise OverflowError("int too big to convert")
        return number
    if isinstance(value, complex):
        return complex(value)
    # NumPy's bools and small complex numbers are read as floats here, as PyTorch reads them.
    return _real(value)


def _real(value: Any) -> float:
    if isinstance(value, _tensor):
        value = value.item()
        if isinstance(value, complex):
            raise RuntimeError("value cannot be converted to type double without overflow")
    return float(value.real)


def _convert_int(param: Param, value: Any) -> int:
    if isinstance(value, _tensor):
        value = value.item()
        if param.symbolic and isinstance(value, bool):
            raise RuntimeError(
                "Expected scalar.isIntegral( false) to be true, but got false.  "
                "(Could this error message be improved?  If so, please report an enhancement request to PyTorch.)"
            )
    number = operator.index(value)
    if number < _INT64_MIN or number > _INT64_MAX:
        raise ValueError("Overflow when unpacking long long")
    return number


def _convert_int_list(param: Param, value: Any, function: str) -> tuple[int, ...]:
    if isinstance(value, _tensor):
        return (int(value.item()),) * param.size
    if not isinstance(value, (tuple, list)):
        return (_convert_int(param, value),) * param.size
    for item in value:
        if type(item) is not int or item > _INT64_MAX or item < _INT64_MIN:
            return _convert_mixed_ints(param, value, function)
    return tuple(value)


def _convert_mixed_ints(param: Param, values: Any, function: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for item in values:
        reason = ""
        if isinstance(item, _tensor):
            accepted = accepts_index(item)
        else:
            accepted = hasattr(type(item), "__index__")
        if accepted:
            try:
                numbers.append(_convert_int(param, item))
                continue
            except ValueError as error:
                reason = str(error)
            except TypeError:
                reason = ""
        reason = reason or f"type must be {param.type_name},but got {type_name(item)}"
        raise TypeError(
            f"{function}(): argument '{param.name}' failed to unpack the object at pos {len(numbers) + 1} "
            f'with error "{reason}"'
        )
    return tuple(numbers)


def _convert_float_list(param: Param, values: Any, function: str) -> tuple[float, ...]:
    numbers: list[float] = []
    for item in values:
        try:
            numbers.append(float(item))
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"{function}(): argument '{param.name}' must be {param.type_name}, "
                f"but found element of type {type_name(item)} at pos {len(numbers) + 1}"
            ) from error
    return tuple(numbers)
