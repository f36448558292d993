"""The text that Jupyter shows for a displayed value: ``repr``, with long containers broken over lines.

IPython's plain-text form differs from ``repr`` where a container does not fit in 79 columns or holds something of
several lines (a matrix, say): every comma of the outermost container then ends its line, and so on inwards as needed.
"""

from __future__ import annotations

import re
import sys
import types
from collections import Counter, OrderedDict, UserList, defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Any

_WIDTH = 79
_LONGEST = 1000  # items shown of one container

_RUSHLIGHT = __name__.partition(".")[0]


class _Group:
    """A bracketed stretch whose breaks are all spaces or all line ends."""

    __slots__ = ("breaks", "broken")

    def __init__(self) -> None:
        self.breaks = 0  # undecided ones
        self.broken = False


class _Break:
    __slots__ = ("group", "indentation")

    def __init__(self, group: _Group, indentation: int) -> None:
        self.group = group
        self.indentation = indentation


class Printer:
    """Lays text out as it comes. Text waits behind an undecided break until a line overflows or ends.

    A class's ``_repr_pretty_(printer, cycle)`` may use ``text``, ``breakable``, ``break_``, ``pretty`` and ``group``.
    """

    def __init__(self) -> None:
        self.written: list[str] = []
        self.column = 0
        self.waiting: deque[str | _Break] = deque()
        self.waiting_width = 0
        self.indentation = 0
        self.open_groups = [_Group()]
        self.undecided: list[list[_Group]] = [[self.open_groups[0]]]  # by depth
        self.inside: list[int] = []  # ids of the objects being printed

    def text(self, text: str) -> None:
        if not self.waiting:
            self._write(text)
            return
        self.waiting.append(text)
        self.waiting_width += len(text)
        while self.column + self.waiting_width > _WIDTH:
            group = self._outermost_undecided()
            if group is None:
                return
            self._settle(group)

    def breakable(self, space: str = " ") -> None:
        """A space, or a line end if the group does not fit."""
        group = self.open_groups[-1]
        if group.broken:
            self._flush()
            self._line_end(self.indentation)
            return
        group.breaks += 1
        self.waiting.append(_Break(group, self.indentation))
        self.waiting_width += 1

    def break_(self) -> None:
        """A line end, which breaks the outermost open group that has an undecided break."""
        if (group := self._outermost_undecided()) is not None:
            self._settle(group)
        self._flush()
        self._line_end(self.indentation)

    def begin_group(self, indent: int = 0, text: str = "") -> None:
        if text:
            self.text(text)
        group = _Group()
        self.open_groups.append(group)
        depth = len(self.open_groups) - 1
        while len(self.undecided) <= depth:
            self.undecided.append([])
        self.undecided[depth].append(group)
        self.indentation += indent

    def end_group(self, dedent: int = 0, text: str = "") -> None:
        self.indentation -= dedent
        group = self.open_groups.pop()
        depth = len(self.open_groups)
        if not group.breaks and group in self.undecided[depth]:
            self.undecided[depth].remove(group)
        if text:
            self.text(text)

    def group(self, indent: int = 0, opening: str = "", closing: str = "") -> Any:
        from contextlib import contextmanager

        @contextmanager
        def grouped() -> Any:
            self.begin_group(indent, opening)
            try:
                yield
            finally:
                self.end_group(indent, closing)

        return grouped()

    def pretty(self, value: Any) -> None:
        cycle = id(value) in self.inside
        self.inside.append(id(value))
        self.begin_group()
        try:
            _printer_for(value)(value, self, cycle)
        finally:
            self.end_group()
            self.inside.pop()

    def finish(self) -> str:
        self._flush()
        return "".join(self.written)

    def _write(self, text: str) -> None:
        self.written.append(text)
        self.column += len(text)

    def _line_end(self, indentation: int) -> None:
        self.written.append("\n" + " " * indentation)
        self.column = indentation

    def _outermost_undecided(self) -> _Group | None:
        """Break the outermost group that can be broken, and with it those around it that have no break yet."""
        for groups in self.undecided:
            for index, group in enumerate(reversed(groups)):
                if group.breaks:
                    # Counted from the wrong end, as IPython does it: in deep nests this spares a sibling from breaking.
                    del groups[index]
                    group.broken = True
                    return group
            for group in groups:
                group.broken = True
            groups.clear()
        return None

    def _settle(self, group: _Group) -> None:
        while group.breaks:
            self._put(self.waiting.popleft())
        while self.waiting and isinstance(self.waiting[0], str):
            self._put(self.waiting.popleft())

    def _put(self, item: str | _Break) -> None:
        if isinstance(item, str):
            self.waiting_width -= len(item)
            self._write(item)
            return
        self.waiting_width -= 1
        item.group.breaks -= 1
        if item.group.broken:
            self._line_end(item.indentation)
            return
        if not item.group.breaks:
            for groups in self.undecided:
                if item.group in groups:
                    groups.remove(item.group)
        self._write(" ")

    def _flush(self) -> None:
        while self.waiting:
            self._put(self.waiting.popleft())
        self.waiting_width = 0


def pretty(value: Any) -> str:
    """The text/plain form of ``value``.

    >>> print(pretty({"a": list(range(9)), "b": "x" * 60}))
    {'a': [0, 1, 2, 3, 4, 5, 6, 7, 8],
     'b': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'}
    """
    printer = Printer()
    printer.pretty(value)
    return printer.finish()


def _as_repr(value: Any, printer: Printer, cycle: bool = False) -> None:
    printer.begin_group()
    for number, line in enumerate(repr(value).splitlines()):
        if number:
            printer.break_()
        printer.text(line)
    printer.end_group()


def _items(printer: Printer, values: Iterable[Any], show: Callable[[Any], None]) -> None:
    for index, value in enumerate(values):
        if index:
            printer.text(",")
            printer.breakable()
        if index >= _LONGEST:
            printer.text("...")
            return
        show(value)


def _sequence(opening: str, closing: str) -> Callable[[Any, Printer, bool], None]:
    def show(value: Any, printer: Printer, cycle: bool) -> None:
        if cycle:
            printer.text(opening + "..." + closing)
            return
        printer.begin_group(len(opening), opening)
        _items(printer, value, printer.pretty)
        if len(value) == 1 and isinstance(value, tuple):
            printer.text(",")
        printer.end_group(len(opening), closing)

    return show


def _set(opening: str, closing: str) -> Callable[[Any, Printer, bool], None]:
    def show(value: Any, printer: Printer, cycle: bool) -> None:
        if not value:
            printer.text(type(value).__name__ + "()")
            return
        values: Iterable[Any] = value
        if len(value) < _LONGEST:
            try:
                values = sorted(value)
            except Exception:  # whatever the elements' comparison raises, the set's own order will do
                values = value
        printer.begin_group(len(opening), opening)
        _items(printer, values, printer.pretty)
        printer.end_group(len(opening), closing)

    return show


def _mapping(opening: str, closing: str) -> Callable[[Any, Printer, bool], None]:
    def show(value: Any, printer: Printer, cycle: bool) -> None:
        if cycle:
            printer.text("{...}")
            return

        def show_item(key: Any) -> None:
            printer.pretty(key)
            printer.text(": ")
            printer.pretty(value[key])

        printer.begin_group(len(opening), opening)
        _items(printer, value, show_item)
        printer.end_group(len(opening), closing)

    return show


def _call(printer: Printer, name: str, *args: Any, **kwargs: Any) -> None:
    """``name(arg, key=value)``."""
    indent = len(name) + 1
    printer.begin_group(indent, name + "(")

    def show(item: tuple[str, Any]) -> None:
        key, value = item
        if key:
            printer.begin_group(len(key) + 1, key + "=")
        printer.pretty(value)
        if key:
            printer.end_group(len(key) + 1)

    _items(printer, [("", arg) for arg in args] + list(kwargs.items()), show)
    printer.end_group(indent, ")")


def _nested_call(printer: Printer, name: str, *args: Any, **kwargs: Any) -> None:
    """The same one group deeper, which shows in how far a long line breaks."""
    printer.begin_group()
    _call(printer, name, *args, **kwargs)
    printer.end_group()


class _Raw:
    def __init__(self, text: str) -> None:
        self.text = text

    def _repr_pretty_(self, printer: Printer, cycle: bool) -> None:
        printer.text(self.text)


def _defaultdict(value: Any, printer: Printer, cycle: bool) -> None:
    contents = _Raw("...") if cycle else dict(value)
    _nested_call(printer, type(value).__name__, value.default_factory, contents)


def _ordered_dict(value: Any, printer: Printer, cycle: bool) -> None:
    contents = [_Raw("...")] if cycle else [list(value.items())] if value else []
    _nested_call(printer, type(value).__name__, *contents)


def _counter(value: Any, printer: Printer, cycle: bool) -> None:
    contents = [_Raw("...")] if cycle else [dict(value)] if value else []
    _nested_call(printer, type(value).__name__, *contents)


def _deque(value: Any, printer: Printer, cycle: bool) -> None:
    limit = {} if value.maxlen is None or cycle else {"maxlen": value.maxlen}
    _nested_call(printer, type(value).__name__, _Raw("...") if cycle else list(value), **limit)


def _user_list(value: Any, printer: Printer, cycle: bool) -> None:
    _nested_call(printer, type(value).__name__, _Raw("...") if cycle else value.data)


def _namespace(value: Any, printer: Printer, cycle: bool) -> None:
    name = "namespace" if type(value) is types.SimpleNamespace else type(value).__name__
    if cycle:
        _call(printer, name, _Raw("..."))
    else:
        _call(printer, name, **vars(value))


def _exception(value: Any, printer: Printer, cycle: bool) -> None:
    _call(printer, _qualified(type(value)), *(value.args if not cycle else [_Raw("...")]))


def _regular_expression(value: Any, printer: Printer, cycle: bool) -> None:
    text = repr(value.pattern)
    if text[:1] in "uU":
        text = text[1:]
        prefix = "ur"
    else:
        prefix = "r"
    flags = [
        name
        for name in ("TEMPLATE", "IGNORECASE", "LOCALE", "MULTILINE", "DOTALL", "UNICODE", "VERBOSE", "DEBUG")
        if value.flags & getattr(re, name, 0)
    ]
    printer.text("re.compile(" + (prefix + text).replace("\\\\", "\\"))
    printer.text(("".join([", ", "|".join("re." + name for name in flags)]) if flags else "") + ")")


def _module_shown(module: Any) -> str | None:
    """A class of rushlight is shown under the name by which the notebook imported it."""
    if not isinstance(module, str):
        return None
    if module.partition(".")[0] == _RUSHLIGHT and sys.modules.get("torch") is sys.modules[_RUSHLIGHT]:
        return "torch" + module[len(_RUSHLIGHT) :]
    return module


def _qualified(thing: Any) -> str:
    module = _module_shown(getattr(thing, "__module__", None))
    name = getattr(thing, "__qualname__", None) or getattr(thing, "__name__", "<unknown type>")
    return name if module in (None, "", "builtins", "exceptions") else f"{module}.{name}"


def _class(value: Any, printer: Printer, cycle: bool) -> None:
    """A class by its dotted name, unless its metaclass has its own way."""
    shown_by = next(base for base in type(value).__mro__ if "__repr__" in vars(base))
    if shown_by is type:
        printer.text(_qualified(value))
    else:
        _as_repr(value, printer)


def _function(value: Any, printer: Printer, cycle: bool) -> None:
    import inspect  # costly, and rarely needed

    try:
        arguments = str(inspect.signature(value))
    except ValueError:
        arguments = ""
    printer.text(f"<function {_qualified(value)}{arguments}>")


def _super(value: Any, printer: Printer, cycle: bool) -> None:
    printer.begin_group(8, "<super: ")
    printer.pretty(value.__thisclass__)
    printer.text(",")
    printer.breakable()
    printer.pretty(value.__self__)
    printer.end_group(8, ">")


def _plain_object(value: Any, printer: Printer, cycle: bool) -> None:
    if type(value).__repr__ is not object.__repr__:
        _as_repr(value, printer)
        return
    printer.begin_group(1, "<")
    printer.pretty(type(value))
    printer.text(f" at 0x{id(value):x}")
    if cycle:
        printer.text(" ...")
    printer.end_group(1, ">")


_PRINTERS: dict[type, Callable[[Any, Printer, bool], None]] = {
    list: _sequence("[", "]"),
    tuple: _sequence("(", ")"),
    set: _set("{", "}"),
    frozenset: _set("frozenset({", "})"),
    dict: _mapping("{", "}"),
    types.MappingProxyType: _mapping("mappingproxy({", "})"),
    defaultdict: _defaultdict,
    OrderedDict: _ordered_dict,
    Counter: _counter,
    deque: _deque,
    UserList: _user_list,
    types.SimpleNamespace: _namespace,
    BaseException: _exception,
    re.Pattern: _regular_expression,
    type: _class,
    super: _super,
    types.FunctionType: _function,
    types.BuiltinFunctionType: _function,
}


def _printer_for(value: Any) -> Callable[[Any, Printer, bool], None]:
    """What the nearest class of the value has: an entry in this table, ``_repr_pretty_`` or ``__repr__``."""
    for cls in type(value).__mro__:
        if cls in _PRINTERS:
            return _PRINTERS[cls]
        if callable(vars(cls).get("_repr_pretty_")):
            return cls._repr_pretty_
        if cls is not object and callable(vars(cls).get("__repr__")):
            return _as_repr
    return _plain_object
