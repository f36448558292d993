"""Argument parsing: which overload a call means, its values in order, and PyTorch's words when it means none.

A signature is the text PyTorch's own parser reads: "add(Tensor input, Tensor other, *, Scalar alpha=1, Tensor out=None)".
The first one whose parameters accept the arguments wins. Whether a parameter accepts a value follows, mostly, from the
value's type, so the outcome is remembered by the types of the arguments (a Plan) and repeated calls cost one look-up;
values that types cannot decide (a 0-d tensor given for a number, the elements of a list) are looked at on every call.
"""

import operator
import warnings
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

DEFAULT: Final = -1  # a parameter's source: its default ...
VARARGS: Final = -2  # ... or all positional arguments, as in x.view(2, 3)

PLAN_LIMIT: Final = 512
HEAP_TYPE: Final = 1 << 9
_INT64_MIN: Final = -(1 << 63)
_INT64_MAX: Final = (1 << 63) - 1


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
_parsers: list["Parser"] = []
_warned_deprecated: bool = False


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
) -> None:
    """Tell the parsers which classes PyTorch's type names mean; None leaves one as it is.

    `scalar_types` maps float, int, bool, complex to dtypes; `constants` gives the defaults that signatures name:
    "contiguous_format", "torch.strided", "torch.int64". `disabled_torch_function` is the `__torch_function__` of
    classes that take no part in that protocol. `storage` may be a tuple of classes.
    """
    global _tensor, _dtype, _device, _disabled_torch_function
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
    for name, cls in named.items():
        if cls is not None and cls.__flags__ & HEAP_TYPE:
            _type_names[cls] = name
    for name, cls in (
        ("torch.layout", layout),
        ("torch.memory_format", memory_format),
        ("torch.Generator", generator),
        ("torch.Storage", storage),
    ):
        if cls is not None:
            _instances[name] = cls
    for parser in _parsers:
        parser.forget()


def type_name(obj: object) -> str:
    """The name of obj's type as C code prints it: "int", "numpy.float32", "torch.dtype", "Tensor"."""
    cls = type(obj)
    known = _type_names.get(cls)
    if known is not None:
        return known
    if cls.__flags__ & HEAP_TYPE or cls.__module__ == "builtins":
        return cls.__name__
    return cls.__module__ + "." + cls.__qualname__


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
# What a parameter accepts. `judge` looks at the type only, `accepts` at the value, `convert` makes what the kernel sees.


def _is_overloaded(cls: Any) -> bool:
    """Whether instances of cls take over calls they are given to (`__torch_function__`); they fit every parameter."""
    if cls is _tensor or cls in _PLAIN_TYPES:
        return False
    function = getattr(cls, "__torch_function__", None)
    return function is not None and function is not _disabled_torch_function


_PLAIN_TYPES: Final = frozenset({int, float, bool, complex, str, bytes, tuple, list, dict, type(None), type})


def judge(param: Param, cls: Any) -> int:
    """What the type of an argument says: NO, YES, or LOOK at the value."""
    if cls is type(None):
        return YES if param.allow_none or param.kind == ANYTHING else NO
    if _is_overloaded(cls):
        return YES
    kind = param.kind
    if kind == TENSOR:
        return _judge_tensor(param, cls)
    if kind <= COMPLEX:
        return _judge_number(kind, cls)
    if kind == BOOL:
        return YES if cls is bool else NO
    if kind == INT_LIST:
        if issubclass(cls, (tuple, list)):
            return LOOK
        return LOOK if param.size > 0 and _judge_number(SYM_INT, cls) != NO else NO
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
    return _judge_number(SCALAR, cls)


def _judge_number(kind: int, cls: Any) -> int:
    if issubclass(cls, _tensor):
        return LOOK
    if kind == SCALAR:
        if cls in (int, float, bool, complex):
            return YES
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
            return not value or _accepts_index(value[0])
        return _accepts_index(value)
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
        return _accepts_index(value)
    if kind != TENSOR and isinstance(value, _tensor):
        if value.requires_grad or value.dim() != 0:
            return False
        return kind != INT or _is_integral(value, False)
    return True


def _accepts_index(value: Any) -> bool:
    if type(value) is int:
        return True
    if isinstance(value, _tensor):
        return bool(value.numel() == 1) and _is_integral(value, True)
    if _is_overloaded(type(value)):
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
    index = 0
    for value in values:
        if not isinstance(value, _tensor) and not _is_overloaded(type(value)):
            raise TypeError(f"expected Tensor as element {index} in argument {position}, but got {type_name(value)}")
        index += 1


def _all_numbers(values: Any) -> bool:
    for value in values:
        if not isinstance(value, (int, float, complex, np.number, np.bool_)):
            return False
    return True


def convert(param: Param, value: Any, function: str) -> object:
    """The value a kernel sees, for an accepted argument whose type alone did not settle it."""
    kind = param.kind
    if _is_overloaded(type(value)):
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
        return _convert_int(value)
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


def _convert_number(value: Any) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, _tensor):
        return value.item()
    if isinstance(value, (int, np.integer)):
        return int(value)
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


def _convert_int(value: Any) -> int:
    number = int(value.item()) if isinstance(value, _tensor) else operator.index(value)
    if number < _INT64_MIN or number > _INT64_MAX:
        raise ValueError("Overflow when unpacking long long")
    return number


def _convert_int_list(param: Param, value: Any, function: str) -> tuple[int, ...]:
    if not isinstance(value, (tuple, list)):
        return (_convert_int(value),) * param.size
    for item in value:
        if type(item) is not int or item > _INT64_MAX or item < _INT64_MIN:
            return _convert_mixed_ints(param, value, function)
    return tuple(value)


def _convert_mixed_ints(param: Param, values: Any, function: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for item in values:
        reason = ""
        if isinstance(item, _tensor):
            accepted = _accepts_index(item)
        else:
            accepted = hasattr(type(item), "__index__")
        if accepted:
            try:
                numbers.append(_convert_int(item))
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


# ---------------------------------------------------------------------------------------------------------------------
# Signatures and plans


class Plan:
    """How arguments of certain types become the values of one signature."""

    index: int
    varargs: bool
    tail: list[object]  # defaults of the parameters behind the positional arguments
    keywords: list[tuple[int, str]]  # slot of the value, name it was given under
    checked: list[tuple[int, Param]]  # slots whose value must be looked at
    nones: list[tuple[int, Param]]  # slots that were given None

    def __init__(self, index: int) -> None:
        self.index = index
        self.varargs = False
        self.tail = []
        self.keywords = []
        self.checked = []
        self.nones = []


class Signature:
    """One parsed signature."""

    name: str
    params: list[Param]
    min_args: int
    max_positional: int
    takes_varargs: bool  # a single list of ints may be spread over the call
    hidden: bool
    deprecated: bool

    def __init__(self, text: str) -> None:
        end = text.rindex(")")
        mark = text[end + 1 :]
        self.deprecated = mark == "|deprecated"
        self.hidden = self.deprecated or mark == "|hidden"
        start = text.index("(")
        self.name = text[:start]
        self.params = []
        keyword_only = False
        numbers = self.name in NUMBERS_AS_TENSORS
        for part in text[start + 1 : end].split(", ") if end > start + 1 else []:
            if part == "*":
                keyword_only = True
            else:
                self.params.append(Param(part, keyword_only, numbers))
        self.min_args = len([param for param in self.params if not param.optional])
        self.max_positional = len([param for param in self.params if not param.keyword_only])
        self.takes_varargs = self.max_positional == 1 and self.params[0].kind == INT_LIST

    def describe(self) -> str:
        """The parameters as error messages list them."""
        parts: list[str] = []
        starred = False
        for param in self.params:
            if param.keyword_only and not starred:
                parts.append("*")
                starred = True
            parts.append(param.describe())
        return "(" + ", ".join(parts) + ")"

    def match(self, args: tuple[Any, ...], kwargs: dict[str, Any], raises: bool) -> list[object] | None:
        """Where each parameter's value comes from: a position, a keyword, DEFAULT or VARARGS; None if it does not fit.

        With `raises`, what does not fit is said in a TypeError.
        """
        count = len(args)
        if count > self.max_positional and not (self.takes_varargs and _accepts_index(args[0])):
            return self._too_many(count) if raises else None
        sources: list[object] = []
        position = 0
        used = 0
        for number, param in enumerate(self.params):
            name = param.name
            if position < count:
                if param.keyword_only:
                    return self._too_many(count) if raises else None
                value = args[position]
            else:
                name = _given_name(param, kwargs)
                if not name:
                    if not param.optional:
                        return self._missing(number) if raises else None
                    sources.append(DEFAULT)
                    continue
                value = kwargs[name]
            if accepts(param, value, number):
                pass
            elif self.takes_varargs and number == 0 and count and _accepts_index(args[0]):
                sources.append(VARARGS)
                position = count
                continue
            else:
                return self._mismatch(param, value, position, count) if raises else None
            if position < count:
                sources.append(position)
                position += 1
            else:
                sources.append(name)
                used += 1
        if position < count:
            return self._too_many(count) if raises else None
        if used < len(kwargs):
            return self._unexpected(kwargs, count) if raises else None
        return sources

    def rejects(self, types: tuple[Any, ...], keywords: dict[str, Any]) -> bool:
        """Whether the types alone, and nothing in the values, keep the arguments from fitting."""
        count = len(types)
        if count > self.max_positional and not self.takes_varargs:
            return True
        position = 0
        used = 0
        for param in self.params:
            if position < count:
                if param.keyword_only:
                    return True
                verdict = judge(param, types[position])
                if verdict == NO and self.takes_varargs and _judge_number(SYM_INT, types[0]) != NO:
                    return False
                position += 1
            else:
                name = _given_name(param, keywords)
                if not name:
                    if not param.optional:
                        return True
                    continue
                used += 1
                verdict = judge(param, keywords[name])
            if verdict == NO:
                return True
            if verdict == LOOK and param.kind == TENSOR_LIST:
                return False  # looking at it may raise
        return used < len(keywords)

    def plan(self, index: int, sources: list[object], values: list[Any], offset: int) -> Plan:
        """The plan that leads from arguments placed as `sources` says to this signature's values."""
        plan = Plan(index)
        for number, param in enumerate(self.params):
            source = sources[number]
            slot = number + offset
            if source == DEFAULT:
                plan.tail.append(param.default)
                continue
            if source == VARARGS:
                plan.varargs = True
                plan.checked.append((slot, param))
                continue
            if isinstance(source, str):
                plan.tail.append(None)
                plan.keywords.append((slot, source))
            value = values[number]
            if value is None and param.kind != ANYTHING and not param.nullable:
                plan.nones.append((slot, param))
            elif judge(param, type(value)) == LOOK:
                plan.checked.append((slot, param))
        return plan

    # Errors

    def _mismatch(self, param: Param, value: Any, position: int, count: int) -> None:
        head = f"{self.name}(): argument '{param.name}'"
        if position >= count:
            raise TypeError(f"{head} must be {param.type_name}, not {type_name(value)}")
        head += f" (position {position + 1}) must be {param.type_name}"
        if param.kind == INT_LIST and isinstance(value, (tuple, list)):
            raise TypeError(f"{head}, but found element of type {type_name(value[0])} at pos 0")
        raise TypeError(f"{head}, not {type_name(value)}")

    def _too_many(self, count: int) -> None:
        most = self.max_positional
        if self.min_args != most:
            raise TypeError(f"{self.name}() takes from {self.min_args} to {most} positional arguments but {count} were given")
        verb = "was" if count == 1 else "were"
        plural = "" if most == 1 else "s"
        raise TypeError(f"{self.name}() takes {most} positional argument{plural} but {count} {verb} given")

    def _missing(self, number: int) -> None:
        names = [f'"{param.name}"' for param in self.params[number:] if not param.optional]
        plural = "s" if len(names) == 1 else ""  # the wrong way round in PyTorch too
        raise TypeError(
            f"{self.name}() missing {len(names)} required positional argument{plural}: " + ", ".join(names)
        )

    def _unexpected(self, kwargs: dict[str, Any], count: int) -> None:
        names = [param.name for param in self.params]
        for keyword in kwargs:
            if not isinstance(keyword, str):
                raise TypeError("keywords must be strings")
            if keyword not in names:
                raise TypeError(f"{self.name}() got an unexpected keyword argument '{keyword}'")
            if names.index(keyword) < count:
                raise TypeError(f"{self.name}() got multiple values for argument '{keyword}'")
        raise TypeError("invalid keyword arguments")


def _given_name(param: Param, keywords: dict[str, Any]) -> str:
    """The name under which a keyword argument for param was given, "" if it was not."""
    if param.name in keywords:
        return param.name
    for alias in param.aliases:
        if alias in keywords:
            return alias
    return ""


class Parser:
    """All overloads of one function, in the order they are tried.

    For a method the first argument is self: it stands first in the values, and error messages leave it out.
    """

    name: str
    texts: list[str]
    method: bool
    owner: str
    signatures: list[Signature]
    offset: int
    plans: dict[object, Plan]

    def __init__(self, name: str, signatures: list[str], method: bool = False, owner: str = "TensorBase") -> None:
        """`owner` is the class that methods without parameters name in their errors."""
        self.name = name
        self.texts = signatures
        self.method = method
        self.owner = owner
        self.signatures = []
        self.offset = 1 if method else 0
        self.plans = {}
        _parsers.append(self)

    def parse(self) -> list[Signature]:
        """The parsed signatures."""
        if not self.signatures:
            self.signatures = [Signature(text) for text in self.texts]
        return self.signatures

    def forget(self) -> None:
        """Drop what was remembered about types and defaults."""
        self.signatures = []
        self.plans.clear()

    def parameters(self, index: int) -> list[str]:
        """The names of the values that bind gives for one signature."""
        names = [param.name for param in self.parse()[index].params]
        return ["self", *names] if self.method else names

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> tuple[int, list[Any]]:
        """The index of the signature that a call means, and the values of its parameters, converted."""
        key: object = tuple(map(type, args))
        if kwargs:
            key = (key, tuple(kwargs), tuple(map(type, kwargs.values())))
        plan = self.plans.get(key)
        if plan is None:
            return self._resolve(args, kwargs or {}, key)
        values: list[Any] = list(args)
        if plan.varargs:
            values[self.offset :] = [args[self.offset :]]
        values += plan.tail
        if kwargs:
            for slot, name in plan.keywords:
                values[slot] = kwargs[name]
        if plan.checked:
            for slot, param in plan.checked:
                value = values[slot]
                if type(value) is int and param.kind <= SYM_INT:
                    continue
                if not accepts(param, value, slot - self.offset):
                    return self._resolve(args, kwargs or {}, None)
            for slot, param in plan.checked:
                value = values[slot]
                if type(value) is int and param.kind <= SYM_INT and _INT64_MIN <= value <= _INT64_MAX:
                    continue
                values[slot] = convert(param, value, self.signatures[plan.index].name)
        if plan.nones:
            for slot, param in plan.nones:
                values[slot] = param.default
        return plan.index, values

    def _resolve(self, args: tuple[Any, ...], kwargs: dict[str, Any], key: object) -> tuple[int, list[Any]]:
        """Try the signatures in order; remember the outcome under key where the types alone decided it."""
        signatures = self.parse()
        given = self._without_self(args, kwargs) if self.method else args
        single = len(signatures) == 1
        types = tuple(map(type, given))
        keyword_types = {name: type(value) for name, value in kwargs.items()}
        certain = key is not None
        for index, signature in enumerate(signatures):
            sources = signature.match(given, kwargs, single)
            if sources is None:
                certain = certain and signature.rejects(types, keyword_types)
                continue
            values = _values(signature, sources, given, kwargs)
            plan = signature.plan(index, sources, values, self.offset)
            if signature.deprecated:
                self._warn_deprecated(signature)
            elif certain and len(self.plans) < PLAN_LIMIT:
                self.plans[key] = plan
            for slot, param in plan.checked:
                number = slot - self.offset
                values[number] = convert(param, values[number], signature.name)
            return index, [args[0], *values] if self.method else values
        self._fail(given, kwargs)
        raise AssertionError("unreachable")

    def _without_self(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments behind self, after the checks that Python makes for methods written in C."""
        name = f"{self.owner}.{self.signatures[0].name}()"
        if not args:
            raise TypeError(f"unbound method {name} needs an argument")
        if not isinstance(args[0], _tensor):
            raise TypeError(
                f"descriptor '{self.signatures[0].name}' for 'torch._C.{self.owner}' objects "
                f"doesn't apply to a '{type_name(args[0])}' object"
            )
        if len(self.signatures) == 1 and not self.signatures[0].params:
            if kwargs:
                raise TypeError(f"{name} takes no keyword arguments")
            if len(args) > 1:
                raise TypeError(f"{name} takes no arguments ({len(args) - 1} given)")
        return args[1:]

    def _warn_deprecated(self, signature: Signature) -> None:
        global _warned_deprecated
        if _warned_deprecated:
            return
        _warned_deprecated = True
        name = signature.name
        message = f"This overload of {name} is deprecated:\n\t{name}{signature.describe()}"
        others = [f"\n\t{name}{other.describe()}" for other in self.signatures if not other.hidden]
        if others:
            message += "\nConsider using one of the following signatures instead:" + "".join(others)
        warnings.warn(message, UserWarning, stacklevel=4)

    def _fail(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Raise the TypeError for arguments that fit no signature."""
        count = len(args) + len(kwargs)
        shown = [signature for signature in self.signatures if not signature.hidden]
        plausible = [signature for signature in shown if signature.min_args <= count <= len(signature.params)]
        if len(plausible) == 1:
            plausible[0].match(args, kwargs, True)
        raise TypeError(_invalid_combination(self.signatures[0].name, shown, args, _hash_order(kwargs)))


def _values(signature: Signature, sources: list[object], args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """The values that stand at the sources, with defaults for what was not given, or given as None for a default."""
    values: list[Any] = []
    for number, param in enumerate(signature.params):
        source = sources[number]
        if isinstance(source, str):
            value = kwargs[source]
        elif source == DEFAULT:
            value = param.default
        elif source == VARARGS:
            value = args
        else:
            value = args[number]
        if value is None and param.kind != ANYTHING and not param.nullable:
            value = param.default
        values.append(value)
    return values


# ---------------------------------------------------------------------------------------------------------------------
# "received an invalid combination of arguments"


def _invalid_combination(name: str, signatures: list[Signature], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    message = f"{name}() received an invalid combination of arguments - got "
    if len(signatures) == 1:
        text = signatures[0].describe()
        option = _parse_option(text)
        unmatched = _unmatched_keywords(option, kwargs)
        if unmatched:
            return message + "unrecognized keyword arguments: " + ", ".join(unmatched)
        fits = len(option) == len(args) + len(kwargs)
        given = _compare(option, args, kwargs) if fits else _list_types(args, kwargs)
        return message + given + ", but expected " + text
    message += _list_types(args, kwargs) + ", but expected one of:\n"
    for signature in signatures:
        text = signature.describe()
        message += f" * {text}\n"
        option = _parse_option(text)
        if len(option) != len(args) + len(kwargs):
            continue
        unmatched = _unmatched_keywords(option, kwargs)
        message += "      didn't match because some of the "
        if unmatched:
            message += "keywords were incorrect: " + ", ".join(unmatched) + "\n"
        else:
            message += "arguments have invalid types: " + _compare(option, args, kwargs) + "\n"
    return message


def _parse_option(text: str) -> list[tuple[str, str]]:
    """Types and names, read back from the printed form as PyTorch does: "*" counts as one parameter, and the name of
    a parameter with a default is the default."""
    option: list[tuple[str, str]] = []
    for part in text[1:-1].split(", "):
        head, _, name = part.rpartition(" ")
        option.append((head or part, name))
    return option


def _unmatched_keywords(option: list[tuple[str, str]], kwargs: dict[str, Any]) -> list[str]:
    start = max(len(option) - len(kwargs), 0)
    names = [name for _, name in option[start:]]
    return [keyword for keyword in kwargs if keyword not in names]


def _list_types(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    parts = [type_name(value) for value in args]
    parts += [f"{name}={type_name(value)}" for name, value in kwargs.items()]
    text = ", ".join(parts)
    # PyTorch leaves a comma behind where there are only keywords.
    return f"({text}, )" if kwargs and not args else f"({text})"


def _compare(option: list[tuple[str, str]], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    parts: list[str] = []
    for number, (expected, name) in enumerate(option):
        keyword = number >= len(args)
        value = kwargs[name] if keyword else args[number]
        found = type_name(value)
        matches = found == expected or (expected == "float" and found == "int")
        if isinstance(value, (tuple, list)):
            inner = ", ".join([type_name(item) for item in value])
            if isinstance(value, tuple):
                found += f" of ({inner},)" if len(value) == 1 else f" of ({inner})"
            else:
                found += f" of [{inner}]"
        text = f"{name}={found}" if keyword else found
        parts.append(text if matches else f"!{text}!")
    text = ", ".join(parts)
    return f"({text}, )" if kwargs and not args else f"({text})"


def _hash_order(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The keywords in the order in which PyTorch lists them: that of a C++ hash table of 13 buckets."""
    order: list[str] = []
    for name in kwargs:
        bucket = _hash_bytes(name.encode()) % 13
        place = 0
        for index, other in enumerate(order):
            if _hash_bytes(other.encode()) % 13 == bucket:
                place = index
                break
        order.insert(place, name)
    return {name: kwargs[name] for name in order}


def _hash_bytes(data: bytes) -> int:
    """std::hash of a string in libstdc++ (MurmurHash64A)."""
    mask = (1 << 64) - 1
    factor = 0xC6A4A7935BD1E995
    value = 0xC70F6907 ^ (len(data) * factor & mask)
    whole = len(data) & ~7
    for start in range(0, whole, 8):
        block = int.from_bytes(data[start : start + 8], "little") * factor & mask
        value = (value ^ ((block ^ (block >> 47)) * factor & mask)) * factor & mask
    if whole < len(data):
        value = (value ^ int.from_bytes(data[whole:], "little")) * factor & mask
    value = (value ^ (value >> 47)) * factor & mask
    return value ^ (value >> 47)
