"""Updates of optimizers as programs for the native kernel; in the pure form there are none.

NOTE [ Updates as programs ]
An optimizer's `_update` (see NOTE [ One formula, two carriers ]) is run once on values that only write down what is done. The result
is a short string of instructions, which the kernel works through for all parameters of a step in one call: a block of 256 elements goes
through the whole formula while it lies in the cache, and nothing has to be gathered. What its branches ask of the numbers (is it
zero, is it one, is it below a half) is the key under which a program is kept; a formula asks nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any

from rushlight._core.loops import kernel
from rushlight._core.tensor import TensorBase

TEMPORARY, CONSTANT, LAST_TEMPORARY = 64, 128, 80
NAMES = tuple("add sub mul div maximum minimum less greater equal choose copy sqrt abs negate sign fused".split())
CODES = {name: code for code, name in enumerate(NAMES)}

update_elements = kernel("update_elements")
count_up = kernel("count_up")


class Unwritable(Exception):
    """A formula that no program can hold."""


class Writer:
    """A program in the making: its code, and what its numbers are made of."""

    def __init__(self) -> None:
        self.code = bytearray()
        self.free = list(range(LAST_TEMPORARY - 1, TEMPORARY - 1, -1))
        self.numbers: list[tuple[Callable[[Any], Any] | None, Any]] = []  # (function, index of a constant), or (None, the number)
        self.products: dict[int, tuple[int, int]] = {}  # blocks of working memory that hold a product, and its factors

    def write(self, name: str, target: int, first: int, second: int) -> None:
        """Add an instruction. What adds a product to something rounds once, as PyTorch's add(alpha), addcmul and lerp do."""
        factors = self.products.get(second) if name == "add" else None
        self.products = {place: pair for place, pair in self.products.items() if target != place and target not in pair}
        if factors is not None and (first == target or target not in factors):
            if first != target:
                self.code += bytes((CODES["copy"], target, first, first))
            self.code += bytes((CODES["fused"], target, *factors))
            return
        self.code += bytes((CODES[name], target, first, second))
        if name == "mul" and target >= TEMPORARY and target not in (first, second):
            self.products[target] = first, second

    def number(self, function: Callable[[Any], Any] | None, source: Any) -> Number:
        """A new number among the program's."""
        self.numbers.append((function, source))
        return Number(self, CONSTANT + len(self.numbers) - 1, source if function else None)

    def temporary(self, name: str, first: int, second: int) -> Value:
        """The result of an operation, in a block of working memory."""
        factors = self.products.get(second, ())  # which are still to be read
        place = next((place for place in reversed(self.free) if place not in factors), None)
        if place is None:
            raise Unwritable
        self.free.remove(place)
        found = Value(self, place)
        self.write(name, found.place, first, second)
        return found

    def place_of(self, value: Any) -> int:
        """The register of an operand."""
        if isinstance(value, Place):
            return value.place
        return self.number(None, float(value)).place


class Place:
    """An operand of a program."""

    def __init__(self, writer: Writer, place: int) -> None:
        self.writer = writer
        self.place = place


class Number(Place):
    """One of an update's constants; in a formula's branches it is what it was when the program was written."""

    def __init__(self, writer: Writer, place: int, index: Any) -> None:
        super().__init__(writer, place)
        self.index = index
        self.value: Any = None

    def __bool__(self) -> bool:
        return bool(self.value)

    def __eq__(self, other: object) -> Any:
        if isinstance(other, Value):
            return NotImplemented
        if other not in (0, 1):
            raise Unwritable
        return self.value == other

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> bool:
        if other != 0.5:
            raise Unwritable
        return bool(self.value < other)

    def __gt__(self, other: Any) -> bool:
        if other != 0:
            raise Unwritable
        return bool(self.value > other)

    def __rsub__(self, other: Any) -> Any:
        return self.writer.number(lambda value: other - value, self.index)


class Value(Place):
    """Elements: a parameter's, its gradient's, its state's or of working memory."""

    dtype = None  # there is one dtype in a program

    def __del__(self) -> None:
        if self.place >= TEMPORARY:
            self.writer.free.append(self.place)


def _binary(name: str, swapped: bool = False) -> Any:
    def method(self: Value, other: Any) -> Value:
        operands = [self.place, self.writer.place_of(other)]
        if swapped:
            operands.reverse()
        return self.writer.temporary(name, *operands)

    return method


def _in_place(name: str) -> Any:
    def method(self: Value, other: Any) -> Value:
        self.writer.write(name, self.place, self.place, self.writer.place_of(other))
        return self

    return method


for _symbol, _name in (("add", "add"), ("sub", "sub"), ("mul", "mul"), ("truediv", "div")):
    setattr(Value, f"__{_symbol}__", _binary(_name))
    setattr(Value, f"__r{_symbol}__", _binary(_name, swapped=True))
    setattr(Value, f"__i{_symbol}__", _in_place(_name))
for _symbol, _name in (("lt", "less"), ("gt", "greater"), ("eq", "equal")):
    setattr(Value, f"__{_symbol}__", _binary(_name))
Value.__hash__ = object.__hash__  # type: ignore[method-assign]
Value.__abs__ = lambda self: self.writer.temporary("abs", self.place, self.place)  # type: ignore[attr-defined]
Value.__neg__ = lambda self: self.writer.temporary("negate", self.place, self.place)  # type: ignore[attr-defined]


class Programs:
    """The carrier of values that write a program."""

    @staticmethod
    def sqrt(x: Value) -> Value:
        return x.writer.temporary("sqrt", x.place, x.place)

    @staticmethod
    def sign(x: Value) -> Value:
        return x.writer.temporary("sign", x.place, x.place)

    @staticmethod
    def maximum(x: Value, y: Value) -> Value:
        return x.writer.temporary("maximum", x.place, y.place)

    @staticmethod
    def kept(x: Value) -> Value:
        return x

    @staticmethod
    def assign(target: Value, value: Value) -> None:
        target.writer.write("copy", target.place, value.place, value.place)

    @staticmethod
    def clamp(x: Value, low: Any, high: Any) -> None:
        x.writer.write("maximum", x.place, x.place, x.writer.place_of(low))
        x.writer.write("minimum", x.place, x.place, x.writer.place_of(high))

    @staticmethod
    def where(mask: Value, x: Any, y: Any) -> Value:
        other = mask.writer.place_of(y)
        found = mask.writer.temporary("copy", other, other)
        mask.writer.write("choose", found.place, mask.place, mask.writer.place_of(x))
        return found

    @staticmethod
    def lerp(start: Value, end: Value, weight: Any) -> None:
        if weight < 0.5:
            start += (end - start) * weight
        else:
            back = (start - end) * (1 - weight)
            Programs.assign(start, end)
            start += back

    @staticmethod
    def addcmul(target: Value, x: Value, y: Value, value: Any) -> None:
        target += x * value * y


def _key(constants: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """What branches can ask of the constants; None where one is no number."""
    found: list[Any] = []
    for value in constants:
        if value is None or value is True or value is False:
            found.append(value)
        elif isinstance(value, TensorBase):
            return None
        else:
            found.append((value < 0.5, value == 0, value == 1, value > 0))
    return tuple(found)


def _written(update: Any, moments: int, constants: tuple[Any, ...], maximizes: bool) -> Any:
    """(code, numbers) for an update; None where it cannot be written down."""
    writer = Writer()
    given: list[Any] = []
    for index, value in enumerate(constants):
        if value is None or value is True or value is False:
            given.append(value)
        else:
            given.append(writer.number(_itself, index))
            given[-1].value = value
    arrays = [Value(writer, place) for place in range(moments + 2)]
    try:
        update(Programs, arrays[0], -arrays[1] if maximizes else arrays[1], arrays[2:], tuple(given))
    except (Unwritable, ValueError):
        return None
    return bytes(writer.code), writer.numbers


def _itself(value: Any) -> Any:
    return value


_programs: dict[Any, Any] = {}


def program_of(update: Any, lists: int, constants: tuple[Any, ...], maximizes: bool) -> tuple[bytes, tuple[float, ...]] | None:
    """(code, numbers) of an update on so many lists of arrays (parameters, gradients, state); None where it cannot be written down."""
    key = _key(constants)
    if key is None:
        return None
    full = (update, lists, maximizes, key)
    program = _programs.get(full)
    if program is None:
        program = _programs[full] = _written(update, lists - 2, constants, maximizes) or (None, [])
    code, sources = program
    if code is None:
        return None
    return code, tuple([float(source if function is None else function(constants[source])) for function, source in sources])


class Settled:
    """A group that was stepped natively, and what the next step must find as it was to do the same with no further questions.

    program: where it depends on the group's options alone.
    """

    def __init__(self, group: Any, params: list[Any], entries: list[Any], program: Any) -> None:
        self.options = list(group.values())
        self.params, self.entries, self.program = params, entries, program

    def lists(self, group: Any, state: Any, names: tuple[str, ...]) -> list[list[Any]] | None:
        """The arrays to step: of the parameters, of their gradients and of each kind of state; None where something changed."""
        params = group["params"]
        if len(group) != len(self.options) or not all(map(is_, group.values(), self.options)):
            return None
        if len(params) != len(self.params) or not all(map(is_, params, self.params)):
            return None
        arrays, gradients = [], []
        for param in params:
            gradient = param._grad
            if gradient is None or param._flags | gradient._flags:
                return None
            arrays.append(param._array)
            gradients.append(gradient._array)
        if not self.entries:
            return [arrays, gradients]
        if not all(map(is_, map(state.get, params), self.entries)):
            return None
        moments = [[entry.get(name) for entry in self.entries] for name in names]
        if not all([isinstance(value, TensorBase) for values in moments for value in values]):
            return None
        return [arrays, gradients, *[[value._array for value in values] for values in moments]]
