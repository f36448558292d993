"""Argument parsing: which overload a call means, its values in order, and PyTorch's words when it means none.

A signature is the text PyTorch's own parser reads: "sum(Tensor input, *, ScalarType? dtype=None)". The first one whose
parameters accept the arguments wins. Whether a parameter accepts a value follows, mostly, from the
value's type, so the outcome is remembered by the types of the arguments (a Plan) and repeated calls cost one look-up;
values that types cannot decide (a 0-d tensor given for a number, the elements of a list) are looked at on every call.
"""

import warnings
from typing import Any, Final

from .signature_errors import hash_order, invalid_combination
from .signature_types import (
    ANYTHING,
    INT_LIST,
    LOOK,
    NO,
    NUMBERS_AS_TENSORS,
    SLOW,
    SYM_INT,
    TENSOR_LIST,
    Param,
    accepts,
    accepts_index,
    check_devices,
    convert,
    is_overloaded,
    is_tensor,
    judge,
    judge_number,
    on_register,
    quick_convert,
    register_types,
    type_name,
)

__all__ = ["Parser", "Signature", "register_types", "type_name"]

DEFAULT: Final = -1  # a parameter's source: its default ...
VARARGS: Final = -2  # ... or all positional arguments, as in x.view(2, 3)
OVERLOADED: Final = -1  # bind's answer for arguments that take the call over (a __torch_function__ of something that is no tensor)

PLAN_LIMIT: Final = 512


class _Warned:
    """Whether the warning of deprecated signatures was given, which comes once unless it is to come always."""

    def __init__(self) -> None:
        self.done: bool = False
        self.always: bool = False


WARNED: Final = _Warned()


class Plan:
    """How arguments of certain types become the values of one signature."""

    index: int
    varargs: bool
    tail: list[object]  # defaults of the parameters behind the positional arguments
    keywords: list[tuple[int, str]]  # slot of the value, name it was given under
    checked: list[tuple[int, Param]]  # slots whose value must be looked at
    nones: list[tuple[int, Param]]  # slots that were given None
    overloaded: bool  # an argument takes calls over: nothing is converted

    def __init__(self, index: int) -> None:
        self.index = index
        self.overloaded = False
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
    single: bool  # of a C function with exactly one argument, which Python itself checks

    def __init__(self, text: str) -> None:
        end = text.rindex(")")
        mark = text[end + 1 :]
        self.deprecated = mark == "|deprecated"
        self.hidden = self.deprecated or mark == "|hidden"
        self.single = mark == "|single"
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
        if count > self.max_positional and not (self.takes_varargs and accepts_index(args[0])):
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
            elif self.takes_varargs and number == 0 and count and accepts_index(args[0]):
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
        for param in self.params:
            if param.keyword_only and not param.optional and not _given_name(param, keywords):
                return True
        position = 0
        used = 0
        for param in self.params:
            if position < count:
                if param.keyword_only:
                    return True
                verdict = judge(param, types[position])
                if verdict == NO and self.takes_varargs and judge_number(SYM_INT, types[0]) != NO:
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
        plan.checked.sort(key=_comes_last)
        return plan

    # What does not fit. These only raise; they are typed so that match can end with them.

    def _mismatch(self, param: Param, value: Any, position: int, count: int) -> list[object] | None:
        head = f"{self.name}(): argument '{param.name}'"
        if position >= count:
            raise TypeError(f"{head} must be {param.type_name}, not {type_name(value)}")
        head += f" (position {position + 1}) must be {param.type_name}"
        if param.kind == INT_LIST and isinstance(value, (tuple, list)):
            raise TypeError(f"{head}, but found element of type {type_name(value[0])} at pos 0")
        raise TypeError(f"{head}, not {type_name(value)}")

    def _too_many(self, count: int) -> list[object] | None:
        most = self.max_positional
        if self.min_args != most:
            span = f"from {self.min_args} to {most}"
            raise TypeError(f"{self.name}() takes {span} positional arguments but {count} were given")
        verb = "was" if count == 1 else "were"
        plural = "" if most == 1 else "s"
        raise TypeError(f"{self.name}() takes {most} positional argument{plural} but {count} {verb} given")

    def _missing(self, number: int) -> list[object] | None:
        names = [f'"{param.name}"' for param in self.params[number:] if not param.optional]
        plural = "s" if len(names) == 1 else ""  # the wrong way round in PyTorch too
        raise TypeError(
            f"{self.name}() missing {len(names)} required positional argument{plural}: " + ", ".join(names)
        )

    def _unexpected(self, kwargs: dict[str, Any], count: int) -> list[object] | None:
        names = [param.name for param in self.params]
        for keyword in kwargs:
            if not isinstance(keyword, str):
                raise TypeError("keywords must be strings")
            if keyword not in names:
                raise TypeError(f"{self.name}() got an unexpected keyword argument '{keyword}'")
            if names.index(keyword) < count:
                raise TypeError(f"{self.name}() got multiple values for argument '{keyword}'")
        raise TypeError("invalid keyword arguments")


def has_overloaded(values: list[Any]) -> bool:
    """Whether an argument, or an entry of one, takes calls over without being a tensor."""
    for value in values:
        if isinstance(value, (tuple, list)):
            for entry in value:
                if is_overloaded(type(entry)):
                    return True
        elif is_overloaded(type(value)):
            return True
    return False


def _given_name(param: Param, keywords: dict[str, Any]) -> str:
    """The name under which a keyword argument for param was given, "" if it was not."""
    if param.name in keywords:
        return param.name
    for alias in param.aliases:
        if alias in keywords:
            return alias
    return ""


def _comes_last(entry: tuple[int, Param]) -> bool:
    """Whether PyTorch reads an argument after the others: it unpacks a factory's sizes when it has its numbers and its device."""
    return entry[1].kind == INT_LIST


def _convert_all(plan: Plan, values: list[Any], offset: int, name: str) -> None:
    """Convert what the types of the arguments do not settle."""
    for slot, param in plan.checked:
        try:
            values[slot - offset] = convert(param, values[slot - offset], name)
        except TypeError:
            if param.kind == INT_LIST:
                check_devices(values)
            raise


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

    def __init__(self, name: str, signatures: list[str], method: bool = False, owner: str = "") -> None:
        """`owner` is the class that C functions with less than two parameters name in their errors."""
        self.name = name
        self.texts = signatures
        self.method = method
        self.owner = owner or ("TensorBase" if method else "torch._VariableFunctionsClass")
        self.signatures = []
        self.offset = 1 if method else 0
        self.plans = {}
        on_register(self.forget)

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
        """The index of the signature that a call means (OVERLOADED where arguments take it over), and the values, converted."""
        key = plan_key(args, kwargs)
        plan = self.plans.get(key)
        if plan is None:
            return self._resolve(args, kwargs or {}, key)
        values: list[Any] = list(args)
        if plan.overloaded:
            return OVERLOADED, values
        if plan.varargs:
            values[self.offset :] = [args[self.offset :]]
        values.extend(plan.tail)
        if kwargs:
            for slot, name in plan.keywords:
                values[slot] = kwargs[name]
        for slot, param in plan.checked:
            value = quick_convert(param, values[slot])
            if value is SLOW:
                return self._look(plan, values, args, kwargs or {})
            values[slot] = value
        for slot, param in plan.nones:
            values[slot] = param.default
        return plan.index, values

    def _look(
        self, plan: Plan, values: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[int, list[Any]]:
        """Check the values that types do not settle, then convert them; try all signatures anew if one does not fit."""
        for slot, param in plan.checked:
            if not accepts(param, values[slot], slot - self.offset):
                return self._resolve(args, kwargs, None)
        name = self.signatures[plan.index].name
        if has_overloaded(values):
            return OVERLOADED, values
        _convert_all(plan, values, 0, name)
        for slot, param in plan.nones:
            values[slot] = param.default
        return plan.index, values

    def _resolve(self, args: tuple[Any, ...], kwargs: dict[str, Any], key: object) -> tuple[int, list[Any]]:
        """Try the signatures in order; remember the outcome under key where the types alone decided it."""
        signatures = self.parse()
        given = self._without_self(args, kwargs) if self.method else args
        single = len(signatures) == 1
        if single:
            self._check_count(given, kwargs)
        types = tuple(map(type, given))
        keyword_types = {name: type(value) for name, value in kwargs.items()}
        certain = key is not None
        order = [index for index in range(len(signatures)) if not signatures[index].deprecated]
        for index in [*order, *[index for index in range(len(signatures)) if signatures[index].deprecated]]:
            signature = signatures[index]
            sources = signature.match(given, kwargs, single)
            if sources is None:
                certain = certain and signature.rejects(types, keyword_types)
                continue
            values = _values(signature, sources, given, kwargs)
            plan = signature.plan(index, sources, values, self.offset)
            overloaded = has_overloaded(values)
            plan.overloaded = overloaded and any([is_overloaded(type(value)) for value in values])
            if signature.deprecated:
                self._warn_deprecated(signature)
            elif certain and len(self.plans) < PLAN_LIMIT:
                self.plans[key] = plan
            if overloaded:
                return OVERLOADED, [args[0], *values] if self.method else values
            _convert_all(plan, values, self.offset, signature.name)
            for slot, param in plan.nones:
                values[slot - self.offset] = param.default
            return index, [args[0], *values] if self.method else values
        self._fail(given, kwargs)
        raise AssertionError("unreachable")

    def _without_self(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments behind self, after the checks that Python makes for methods written in C."""
        name = f"{self.owner}.{self.signatures[0].name}()"
        if not args:
            raise TypeError(f"unbound method {name} needs an argument")
        if not is_tensor(args[0]):
            raise TypeError(
                f"descriptor '{self.signatures[0].name}' for 'torch._C.{self.owner}' objects "
                f"doesn't apply to a '{type_name(args[0])}' object"
            )
        return args[1:]

    def _check_count(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """What Python checks itself for C functions of no or one argument; it counts differently from PyTorch."""
        signature = self.signatures[0]
        if signature.single:
            expected = "exactly one argument"
            fits = len(args) == 1
        elif self.method and not signature.params:
            expected = "no arguments"
            fits = not args
        else:
            return
        name = f"{self.owner}.{signature.name}()"
        if kwargs:
            raise TypeError(f"{name} takes no keyword arguments")
        if not fits:
            raise TypeError(f"{name} takes {expected} ({len(args)} given)")

    def _warn_deprecated(self, signature: Signature) -> None:
        if WARNED.done and not WARNED.always:
            return
        WARNED.done = True
        name = signature.name
        message = f"This overload of {name} is deprecated:\n\t{name}{signature.describe()}"
        others = [f"\n\t{name}{other.describe()}" for other in self.signatures if not other.hidden]
        if others:
            message += "\nConsider using one of the following signatures instead:" + "".join(others)
        message += " (Triggered internally at /__w/pytorch/pytorch/torch/csrc/utils/python_arg_parser.cpp:1841.)"
        warnings.warn(message, UserWarning, stacklevel=4)

    def refuse(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Raise for arguments that fit only because they take calls over, where nobody asks them."""
        self._fail(self._without_self(args, kwargs) if self.method else args, kwargs)

    def _fail(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Raise the TypeError for arguments that fit no signature."""
        count = len(args) + len(kwargs)
        shown = [signature for signature in self.signatures if not signature.hidden]
        plausible = [signature for signature in shown if signature.min_args <= count <= len(signature.params)]
        if len(plausible) == 1:
            plausible[0].match(args, kwargs, True)
        options = [signature.describe() for signature in shown]
        raise TypeError(invalid_combination(self.signatures[0].name, options, args, hash_order(kwargs)))


def plan_key(args: tuple[Any, ...], kwargs: dict[str, Any] | None) -> object:
    """What plans are kept under: the types of the arguments."""
    # Displays of one to three are built in half the time of tuple(map(type, args)).
    if kwargs:
        return _keyword_key(args, kwargs)
    count = len(args)
    if count == 2:
        return (type(args[0]), type(args[1]))
    if count == 1:
        return (type(args[0]),)
    if count == 3:
        return (type(args[0]), type(args[1]), type(args[2]))
    return tuple([type(value) for value in args])


def _keyword_key(args: tuple[Any, ...], kwargs: dict[str, Any]) -> object:
    """The types of positional arguments, then each keyword and its value's type."""
    key: list[object] = [type(value) for value in args]
    for name, value in kwargs.items():
        key.append(name)
        key.append(type(value))
    return tuple(key)


def _values(signature: Signature, sources: list[object], args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """The values that stand at the sources, with defaults for what was not given."""
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
        values.append(value)
    return values
