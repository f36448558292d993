"""How calls reach a __torch_function__: who overrides a call, in which order they are asked, and the switches that stop it.

NOTE [ Functions that watch ]
Operators find tensors with a __torch_function__ by their flags, in Function.bind (`_core/function.py`). Functions written in Python, such
as `F.relu`, and the attributes of Tensor have no such test, so that plain tensors do not pay for it. When a program first needs them to
look (it imports torch.overrides, makes a tensor of a subclass, enters a function mode), watch() exchanges the code of each of these
functions for one that looks first. The functions stay the objects that they were, so what was imported before, or stands in a table of
handlers, still is the function that handlers receive.
"""

from __future__ import annotations

import types
import warnings
from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from typing import Any

from rushlight._core.function import MISSING, SOURCE, Function
from rushlight._core.state import FUNCTION_MODE, MODE, NO_SUBCLASS, get_mode
from rushlight._core.tensor import SUBCLASS, TYPES, TensorBase

MODES: ContextVar[tuple[Any, ...]] = ContextVar("rushlight_function_modes", default=())
ALL_OFF: ContextVar[bool] = ContextVar("rushlight_function_modes_off", default=False)


# ---------------------------------------------------------------- switches


class _Disabled:
    """`__torch_function__ = torch._C._disabled_torch_function_impl`: the class does not override anything."""

    __name__ = "_disabled_torch_function_impl"

    def __call__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        with DisableTorchFunctionSubclass():
            return func(*args, **(kwargs or {}))

    def __repr__(self) -> str:
        return "<built-in function _disabled_torch_function_impl>"

    def __reduce__(self) -> str:
        return "_disabled_torch_function_impl"


_disabled_torch_function_impl = _Disabled()


class _Switch:
    """A context manager that changes whom calls are offered to."""

    def __init__(self) -> None:
        self._before: list[tuple[int, bool]] = []

    def __enter__(self) -> None:
        word, off = get_mode(), ALL_OFF.get()
        self._before.append((word & (FUNCTION_MODE | NO_SUBCLASS), off))
        self._set(word)

    def __exit__(self, *error: object) -> None:
        bits, off = self._before.pop()
        MODE.set(get_mode() & ~(FUNCTION_MODE | NO_SUBCLASS) | bits)
        ALL_OFF.set(off)

    def _set(self, word: int) -> None:
        raise NotImplementedError


class DisableTorchFunctionSubclass(_Switch):
    """Inside, tensors' and duck types' __torch_function__ is not called; function modes are."""

    __module__ = "torch._C"

    def _set(self, word: int) -> None:
        MODE.set(word | NO_SUBCLASS)


class DisableTorchFunction(_Switch):
    """Inside, no __torch_function__ is called, not even a function mode's."""

    __module__ = "torch._C"

    def _set(self, word: int) -> None:
        MODE.set(word & ~FUNCTION_MODE | NO_SUBCLASS)
        ALL_OFF.set(True)


class EnableTorchFunction(_Switch):
    """Inside, everybody is asked again."""

    def _set(self, word: int) -> None:
        ALL_OFF.set(False)
        MODE.set(word & ~NO_SUBCLASS | (FUNCTION_MODE if MODES.get() else 0))


def set_modes(stack: tuple[Any, ...]) -> None:
    """Make `stack` the function modes of this context, innermost last."""
    MODES.set(stack)
    word = get_mode()
    MODE.set(word | FUNCTION_MODE if stack and not ALL_OFF.get() else word & ~FUNCTION_MODE)


class without_innermost:
    """The block in which a mode's own handler runs: the modes around it are the only ones."""

    def __enter__(self) -> Any:
        self.stack = MODES.get()
        set_modes(self.stack[:-1])
        return self.stack[-1]

    def __exit__(self, *error: object) -> None:
        set_modes(self.stack)


# ---------------------------------------------------------------- who overrides


def overrides_calls(value: Any) -> bool:
    """Whether a value has a __torch_function__ of its own."""
    if isinstance(value, TensorBase):
        return value._flags & SUBCLASS != 0 and type(value) is not TYPES.tensor  # a stand-in of torch.func's keeps the flags
    found = getattr(type(value), "__torch_function__", None)
    return found is not None and found is not _disabled_torch_function_impl


def like_tensors(values: Iterable[Any]) -> list[Any]:
    """The values (and entries of lists among them) that take part in the protocol, plain tensors included."""
    found: list[Any] = []
    for value in values:
        if type(value) is list or type(value) is tuple:
            found.extend(like_tensors(value))
        elif getattr(type(value), "__torch_function__", _disabled_torch_function_impl) is not _disabled_torch_function_impl:
            found.append(value)
    return found


def find_overriding(values: Iterable[Any], found: list[Any]) -> list[Any]:
    """Add those of the values (and of lists among them) that have a __torch_function__ to `found`."""
    for value in values:
        if type(value) is list or type(value) is tuple:
            found.extend(entry for entry in value if overrides_calls(entry))
        elif overrides_calls(value):
            found.append(value)
    return found


def in_order(values: Iterable[Any], kind: Any = type) -> list[Any]:
    """One value of each type, in the order in which they are asked: as given, but subclasses before their bases."""
    kinds: list[Any] = []
    chosen: list[Any] = []
    for value in values:
        cls = kind(value)
        if cls in kinds:
            continue
        place = len(chosen)
        for index, other in enumerate(kinds):
            if issubclass(cls, other):
                place = index
                break
        kinds.insert(place, cls)
        chosen.insert(place, value)
    return chosen


def _handler(value: Any, category: type[Warning], quote: str) -> Any:
    """The __torch_function__ of a value, with PyTorch's warning for one that is no class method."""
    method = value.__torch_function__
    if getattr(method, "__self__", None) is value:
        warnings.warn(
            f"Defining your `__torch_function__{quote} as a plain method is deprecated and will be an error in future, please define it "
            "as a classmethod.",
            category,
            stacklevel=5,
        )
    return method


def ask(func: Any, values: list[Any], args: Any, rest: tuple[Any, ...], category: type[Warning], quote: str) -> Any:
    """The first answer of the function modes and of `values`; NotImplemented where nobody has one. rest: kwargs, if they are passed."""
    kinds = tuple(type(value) for value in values)
    if get_mode() & FUNCTION_MODE:
        with without_innermost() as mode:
            if getattr(mode.__torch_function__, "__self__", mode) is type(mode):
                raise RuntimeError(
                    "Defining your mode's `__torch_function__` as a classmethod is not supported, please make it a plain method"
                )
            answer = mode.__torch_function__(func, kinds, args, *rest)
        if answer is not NotImplemented:
            return answer
    if not get_mode() & NO_SUBCLASS:
        for value in values:
            answer = _handler(value, category, quote)(func, kinds, args, *rest)
            if answer is not NotImplemented:
                return answer
    return NotImplemented


# ---------------------------------------------------------------- operators

# Public functions by another name than that under which the operator is called.
ALIASES = {"nelement": "numel", "ndimension": "dim"}
TAKE_ANYTHING = frozenset(("tensor", "as_tensor", "asarray"))  # their argument is data, not a tensor
_PREFIX = {"torch": "torch.", "method": "torch.Tensor.", "nn": "torch.nn."}
# Python functions of PyTorch's that are operators here: handlers see their defaults as keywords.
_DEFAULTS: dict[str, tuple[str, Any, int]] = {"split": ("dim", 0, 2)}


class _Lists:
    """The lists of functions and their names are in a module above this one; `rushlight/_tensor.py` says how to load it."""

    def __init__(self) -> None:
        self.load: Any = None


LISTS = _Lists()


def public(function: Function) -> Any:
    """The object that programs know a Function as."""
    return LISTS.load().public(function)


def offer(function: Function, args: Any, kwargs: Any) -> Any:
    """A call of an operator: what a __torch_function__ made of it, or MISSING where none is concerned."""
    asked = not get_mode() & NO_SUBCLASS and (function.namespace != "torch" or function.name not in TAKE_ANYTHING)
    found: list[Any] = find_overriding((*args, *kwargs.values()), []) if asked else []
    if not found and not get_mode() & FUNCTION_MODE:
        return MISSING
    values = in_order(found)
    watching_mode = MODES.get()[-1] if get_mode() & FUNCTION_MODE else None
    default = _DEFAULTS.get(function.name)
    if default is not None:
        if len(args) == default[2]:
            kwargs = {default[0]: default[1], **kwargs}
        where = "torch._tensor" if function.namespace == "method" else "torch.functional"
        return handle(public(function), f"{where}.{function.name}", like_tensors((*args, *kwargs.values())), args, kwargs)
    answer = ask(public(function), values, args, (kwargs,) if kwargs else (), UserWarning, "`")
    if answer is not NotImplemented:
        return answer
    space = function.namespace
    name = _PREFIX.get(space, f"torch.{space}.{space}_") + ALIASES.get(function.name, function.name)
    raise TypeError(refused_text(name, values, watching_mode))


def refused_text(name: str, values: list[Any], mode: Any) -> str:
    """PyTorch's text for an operator that nobody takes."""
    lines = [] if mode is None else [f"  - mode object {mode!r}"]
    lines += [f"  - tensor subclass {type(value)!r}" for value in values]
    return (
        f"Multiple dispatch failed for '{name}'; all __torch_function__ handlers returned NotImplemented:\n\n"
        + "\n".join(lines)
        + "\n\nFor more information, try re-running with TORCH_LOGS=not_implemented"
    )


def offer_to_ducks(function: Function, args: Any, kwargs: Any) -> Any:
    """A call whose arguments have a __torch_function__ without being tensors."""
    watch()
    answer = offer(function, args, kwargs)
    if answer is MISSING:
        assert function.parser is not None
        function.parser.refuse(args, kwargs)
    return answer


# ---------------------------------------------------------------- functions written in Python


def handle(func: Any, name: str, relevant: Iterable[Any], args: Any, kwargs: Any) -> Any:
    """handle_torch_function(), with the name that the error gives the function."""
    values = in_order(relevant)
    watching_mode = MODES.get()[-1] if get_mode() & FUNCTION_MODE else None
    answer = ask(func, values, args, (kwargs,), DeprecationWarning, "")
    if answer is not NotImplemented:
        return answer
    text = f"no implementation found for '{name}' on types that implement __torch_function__: {[type(value) for value in values]}"
    if watching_mode is not None:
        text += f" nor in mode {watching_mode}"
    raise TypeError(text)


class Watched:
    """A function of rushlight's, written in Python in PyTorch too, whose calls are offered to those who override them."""

    __slots__ = ("original", "public", "name", "takes_all", "positional", "count", "defaults")

    def __init__(self, original: Any, public: Any, name: str) -> None:
        self.original = original
        self.public = public
        self.name = name
        declared = getattr(original, "__wrapped__", original)
        code = declared.__code__
        count = code.co_argcount
        names = code.co_varnames[: count + code.co_kwonlyargcount]
        given = dict(zip(names[count - len(declared.__defaults__ or ()) : count], declared.__defaults__ or ()))
        given.update(declared.__kwdefaults__ or {})
        self.takes_all = bool(code.co_flags & 0x04)  # *args
        self.defaults = given
        self.positional = names
        self.count = count

    def __call__(self, args: Any, kwargs: Any) -> Any:
        word = get_mode()
        if word & FUNCTION_MODE or not word & NO_SUBCLASS:
            values = self.asked((*args, *kwargs.values()) if kwargs else args)
            found = [] if word & NO_SUBCLASS else find_overriding(values, [])
            if found or word & FUNCTION_MODE:
                return self.offered(found, values, args, kwargs)
        return self.original(*args, **kwargs)

    def asked(self, values: Any) -> Any:
        """The arguments that may override the call."""
        return values

    def offered(self, found: list[Any], values: Any, args: Any, kwargs: Any) -> Any:
        """The call, as handlers see it."""
        if len(args) > self.count and not self.takes_all:
            return self.original(*args, **kwargs)  # which refuses them
        given, named = self.arranged(args, kwargs)
        return handle(self.public, self.name, like_tensors(values), given, named)

    def arranged(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """The arguments as PyTorch's functions pass them on: what has a default by keyword, also where it was not given."""
        if self.takes_all:
            if self.name.endswith(".einsum") and len(args) == 2 and isinstance(args[1], (list, tuple)):
                args = (args[0], *args[1])  # a list of operands is taken apart before anybody is asked
            return args, {**self.defaults, **kwargs}
        named = dict(zip(self.positional, args))
        named.update(kwargs)
        by_keyword = _KEYWORDS.get(self.name, self.defaults)
        given = [named.pop(name) for name in self.positional if name not in by_keyword and name in named]
        return tuple(given), {**self.defaults, **named}


# Functions that pass arguments on by keyword which have no default.
_KEYWORDS = {"torch._tensor.__array_wrap__": ("array",)}


class WatchedOperator(Watched):
    """One of Python's operators: a refusal is NotImplemented."""

    def offered(self, found: list[Any], values: Any, args: Any, kwargs: Any) -> Any:
        try:
            return super().offered(found, values, args, kwargs)
        except TypeError:
            return NotImplemented


class BuiltIn(Watched):
    """A function that is written in C in PyTorch: handlers see the arguments as they are."""

    def offered(self, found: list[Any], values: Any, args: Any, kwargs: Any) -> Any:
        kinds = in_order(found)
        mode = MODES.get()[-1] if get_mode() & FUNCTION_MODE else None
        answer = ask(self.public, kinds, args, (kwargs,) if kwargs else (), UserWarning, "`")
        if answer is NotImplemented:
            raise TypeError(refused_text(self.name, kinds, mode))
        return answer


class Equality(BuiltIn):
    """__eq__, which asks the tensor that it is called on alone; the operator below asks both."""

    def asked(self, values: Any) -> Any:
        return values[:1]

    def offered(self, found: list[Any], values: Any, args: Any, kwargs: Any) -> Any:
        try:
            return super().offered(found, values, args, kwargs)
        except TypeError:
            return NotImplemented


def _enter(*args: Any, _watched: Any, **kwargs: Any) -> Any:
    return _watched(args, kwargs)


@cache
def entering(count: int) -> types.CodeType:
    """The code of _enter for a function with `count` variables from around it, which it takes with it as the compiler wants that done."""
    if not count:
        return _enter.__code__
    names = [f"free{number}" for number in range(count)]
    source = (
        f"def around({', '.join(names)}):\n  def _enter(*args, _watched, **kwargs):\n    return _watched(args, kwargs)\n"
        f"    {', '.join(names)}\n  return _enter"
    )
    space: dict[str, Any] = {}
    exec(compile(source, __file__, "exec"), space)
    found: types.CodeType = space["around"](*names).__code__
    return found


def watch_function(function: Any, public: Any, name: str, kind: type[Watched] = Watched) -> None:
    """Let a function look for overriding arguments before it runs, see NOTE [ Functions that watch ]."""
    if function.__code__.co_name == "_enter":
        return
    original = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    original.__kwdefaults__ = function.__kwdefaults__
    original.__qualname__ = function.__qualname__
    original.__dict__.update(function.__dict__)
    function.__wrapped__ = original
    function.__defaults__ = None
    function.__kwdefaults__ = {"_watched": kind(original, public, name)}
    function.__code__ = entering(len(function.__code__.co_freevars)).replace(co_freevars=function.__code__.co_freevars)


def watch() -> None:
    """Make every Python function that PyTorch lets programs override look; once."""
    if SOURCE.overridden is None:
        SOURCE.overridden = offer
        LISTS.load().install()

