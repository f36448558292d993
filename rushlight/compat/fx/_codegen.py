"""Graphs written out as Python."""

from __future__ import annotations

import builtins
import enum
import keyword
import types
import typing
from collections import defaultdict, namedtuple
from dataclasses import dataclass
from typing import Any

import rushlight as torch
from rushlight.fx import _pytree as fx_pytree
from rushlight.fx._names import found_by_name, identifier, qualified_name, type_name
from rushlight.fx.node import Node, map_arg
from rushlight.utils import _pytree as pytree

_PyTreeInfo = namedtuple("_PyTreeInfo", ["orig_args", "in_spec", "out_spec"])
# What generated code may name without an import.
BUILTINS: dict[str, Any] = {
    "inf": float("inf"), "nan": float("nan"), "NoneType": type(None), "torch": torch, "device": torch.device, "fx_pytree": fx_pytree,
    "pytree": pytree,
}  # fmt: skip
MAGIC = {
    "eq": "{} == {}", "ne": "{} != {}", "lt": "{} < {}", "gt": "{} > {}", "le": "{} <= {}", "ge": "{} >= {}", "pos": "+{}", "neg": "-{}",
    "invert": "~{}", "add": "{} + {}", "sub": "{} - {}", "mul": "{} * {}", "floordiv": "{} // {}", "truediv": "{} / {}", "div": "{} / {}",
    "mod": "{} % {}", "pow": "{} ** {}", "lshift": "{} << {}", "rshift": "{} >> {}", "and_": "{} & {}", "or_": "{} | {}",
    "xor": "{} ^ {}", "getitem": "{}[{}]", "matmul": "{} @ {}",
}  # fmt: skip
INPLACE = {
    "iadd": "{} += {}", "iand": "{} &= {}", "ifloordiv": "{} //= {}", "ilshift": "{} <<= {}", "imod": "{} %= {}", "imul": "{} *= {}",
    "imatmul": "{} @= {}", "ior": "{} |= {}", "ipow": "{} **= {}", "irshift": "{} >>= {}", "isub": "{} -= {}", "itruediv": "{} /= {}",
    "ixor": "{} ^= {}", "setitem": "{}[{}] = {}",
}  # fmt: skip


class Namespace:
    """Names that are given out once."""

    def __init__(self) -> None:
        self._names: dict[Any, str] = {}
        self._used: set[str] = set()
        self._count: dict[str, int] = defaultdict(int)

    def create_name(self, candidate: str, obj: Any) -> str:
        """A name like the candidate that is free and allowed; for an object that has one, that one."""
        if obj is not None and obj in self._names:
            return self._names[obj]
        candidate = identifier(candidate) or "_unnamed"
        if candidate[0].isdigit():
            candidate = f"_{candidate}"
        base, underscore, suffix = candidate.rpartition("_")
        number: int | None = int(suffix) if underscore and suffix.isdigit() and suffix.isascii() else None
        if number is None:
            base = candidate
        else:
            candidate = f"{base}_{number}"
        number = number or self._count[base]
        while candidate in self._used or _taken(candidate, obj):
            number += 1
            candidate = f"{base}_{number}"
        self._used.add(candidate)
        self._count[base] = number
        if obj is not None:
            self._names[obj] = candidate
        return candidate

    def associate_name_with_obj(self, name: str, obj: Any) -> None:
        """Give a name to an object."""
        self._names.setdefault(obj, name)

    def copy(self) -> Namespace:
        """Another namespace with the same names."""
        made = Namespace()
        made._names, made._used, made._count = dict(self._names), set(self._used), defaultdict(int, self._count)
        return made


def _taken(name: str, obj: Any) -> bool:
    """Whether Python or generated code has another use for a name."""
    if name in keyword.kwlist:
        return True
    if name in vars(builtins):
        return obj is not vars(builtins)[name]
    return name in BUILTINS and obj is not BUILTINS[name]


@dataclass
class PythonCode:
    """Source text and the globals that it names."""

    src: str
    globals: dict[str, Any]
    _lineno_map: dict[int, int | None] | None = None
    _prologue_start: int = 0


def format_target(base: str, target: str) -> str:
    """The attribute that a dotted name leads to, such as `getattr(self.layers, "0")`."""
    for part in target.split("."):
        base = f"{base}.{part}" if part.isidentifier() else f'getattr({base}, "{part}")'
    return base


def last_uses(nodes: Any) -> dict[Node, list[Node]]:
    """For each node those whose values nobody needs after it."""
    seen: set[Node] = set()
    found: dict[Node, list[Node]] = {}
    for node in reversed(nodes):

        def note(used: Node, node: Node = node) -> Node:
            if used not in seen:
                seen.add(used)
                found.setdefault(node, []).append(used)
            return used

        map_arg(node.args, note)
        map_arg(node.kwargs, note)
    return found


class Writer:
    """One graph on its way to Python."""

    def __init__(self, codegen: Any, nodes: Any, root: str, namespace: Namespace, verbose: bool) -> None:
        self.codegen = codegen
        self.nodes = nodes
        self.root = root
        self.namespace = namespace
        self.verbose = verbose
        self.globals: dict[str, Any] = {}
        self.wrapped: dict[str, None] = {}
        self.arguments: list[str] = []
        self.body: list[str] = []
        self.returns = ""
        self.uses = last_uses(nodes)
        for name, value in BUILTINS.items():
            self.add_global(name, value)

    def add_global(self, hint: str, obj: Any) -> str:
        """The name under which the code reaches an object."""
        if (
            hint.startswith("torch.")
            and not hint.startswith("torch.Tensor.")
            and (found_by_name(hint) is not None or hasattr(obj, "overloadpacket"))
        ):
            return hint
        normalized = identifier(hint.replace(".", "_"))
        if self.globals.get(normalized, self) is obj:
            return normalized
        name = self.namespace.create_name(normalized, obj)
        self.globals[name] = obj
        return name

    def type_text(self, kind: Any) -> str:
        """A type as the code spells it."""
        if kind == ():
            return "()"
        text = type_name(kind)
        inner = getattr(kind, "__args__", None)
        if isinstance(kind, types.UnionType):
            return "|".join(map(self.type_text, kind.__args__))
        origin = typing.get_origin(kind)
        if inner and origin is not None:
            name = type_name(origin)
            if getattr(kind, "__module__", "") == "typing":
                short = "Union" if origin is typing.Union else kind._name
                name, origin = f"typing.{short}", getattr(typing, short)
            return f"{self.add_global(name, origin)}[{','.join(map(self.type_text, inner))}]"
        if isinstance(kind, type) and getattr(torch, text.partition(".")[2], None) is kind:
            return text
        return self.add_global(text, kind)

    def text(self, value: Any) -> str:
        """An argument as Python."""
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return f"{self.add_global(type_name(type(value)), type(value))}{tuple(map(_Raw, map(self.text, value)))!r}"
        if isinstance(value, tuple):
            return f"({', '.join(map(self.text, value))}{',' if len(value) == 1 else ''})"
        if isinstance(value, list):
            return f"[{', '.join(map(self.text, value))}]"
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key!r}: {self.text(entry)}" for key, entry in value.items()) + "}"
        if isinstance(value, slice):
            return f"slice({self.text(value.start)}, {self.text(value.stop)}, {self.text(value.step)})"
        if isinstance(value, enum.Enum):
            return f"{self.add_global(type_name(type(value)), type(value))}.{value.name}"
        if isinstance(value, torch.device):
            return f"{self.add_global('device', torch.device)}({repr(value)[len('device(') : -1]})"
        if isinstance(value, type):
            return self.type_text(value)
        if callable(value) and not isinstance(value, (Node, torch.dtype)) and hasattr(value, "__name__"):
            return self.add_global(qualified_name(value), value)
        return repr(value)

    def call_arguments(self, args: Any, kwargs: Any) -> str:
        return ", ".join([*map(self.text, args), *(f"{name} = {self.text(value)}" for name, value in kwargs.items())])

    # ------------------------------------------------------------ statements

    def write(self) -> PythonCode:
        for node in self.nodes:
            if self.verbose:
                self.comment(node)
            typed = f" : {self.type_text(node.type)}" if node.type is not None else ""
            getattr(self, f"emit_{node.op}")(node, typed)
            self.delete_unused(node)
        if not self.body:
            self.body.append("pass\n")
        text = "".join(self.body)
        if self.wrapped:
            wraps = "\n".join(f'torch.fx._symbolic_trace.wrap("{name}")' for name in self.wrapped)
        else:
            wraps = ""
        transform = self.codegen._body_transformer
        if transform is not None:
            self.body = transform(self.body)
            text = "".join(self.body)
        prologue = self.codegen.gen_fn_def(self.arguments, self.returns)
        for name, value in self.codegen.additional_globals():
            self.add_global(name, value)
        text = "\n".join("    " + line for line in text.split("\n"))
        source = f"\n{wraps}\n\n{prologue}\n{text}"
        return PythonCode(source, self.globals)

    def comment(self, node: Node) -> None:
        """Where the program made the node, above its line."""
        if node.op == "output":
            return
        trace = node.stack_trace
        if trace:
            lines = [line.strip() for line in trace.strip().split("\n")]
            text = next((line for line in reversed(lines) if line.startswith("File")), "")
            summary = f"# {text}, code: {lines[-1]}\n" if text else ""
        else:
            summary = "# No stacktrace found for following nodes\n" if node.op != "placeholder" else ""
        if summary and getattr(self, "_last_comment", "") != summary:
            self._last_comment = summary
            self.body.append(summary if not trace else "\n" + summary)

    def delete_unused(self, user: Node) -> None:
        if user.op == "placeholder":
            return
        if user.op == "output":
            self.body.append("\n")
            return
        gone = list(self.uses.get(user, []))
        if not user.users:
            gone.append(user)
        self.body.append(f";  {' = '.join([repr(node) for node in gone] + ['None'])}\n" if gone else "\n")

    def emit_placeholder(self, node: Node, typed: str) -> None:
        default = f" = {self.text(node.args[0])}" if node.args else ""
        self.arguments.append(f"{node.target}{typed}{default}")
        raw = node.target.replace("*", "")
        if raw != repr(node):
            self.body.append(f"{node!r} = {raw}\n")

    def emit_call_method(self, node: Node, typed: str) -> None:
        called = format_target(self.text(node.args[0]), node.target)
        self.body.append(f"{node!r}{typed} = {called}({self.call_arguments(node.args[1:], node.kwargs)})")

    def emit_call_function(self, node: Node, typed: str) -> None:
        target, args = node.target, node.args
        operator = getattr(target, "__module__", None) == "_operator"
        if operator and target.__name__ in MAGIC and not node.kwargs:
            self.body.append(f"{node!r}{typed} = {MAGIC[target.__name__].format(*map(self.text, args))}")
            return
        if operator and target.__name__ in INPLACE and not node.kwargs:
            self.body.append(f"{INPLACE[target.__name__].format(*map(self.text, args))};  {node!r}{typed} = {self.text(args[0])}")
            return
        name = qualified_name(target)
        reachable = self.add_global(name, target)
        if reachable == "getattr" and len(args) == 2 and isinstance(args[1], str) and args[1].isidentifier():
            self.body.append(f"{node!r}{typed} = {format_target(self.text(args[0]), args[1])}")
            return
        self.body.append(f"{node!r}{typed} = {reachable}({self.call_arguments(args, node.kwargs)})")
        if node.meta.get("is_wrapped", False):
            self.wrapped.setdefault(reachable)

    def emit_call_module(self, node: Node, typed: str) -> None:
        called = format_target(self.root, node.target)
        self.body.append(f"{node!r}{typed} = {called}({self.call_arguments(node.args, node.kwargs)})")

    def emit_get_attr(self, node: Node, typed: str) -> None:
        self.body.append(f"{node!r}{typed} = {format_target(self.root, node.target)}")

    def emit_output(self, node: Node, typed: str) -> None:
        if node.type is not None:
            self.returns = f" -> {self.type_text(node.type)}"
        self.body.append(self.codegen.generate_output(node.args[0], text=self.text))


class _Raw:
    """A text whose repr is itself."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class CodeGen:
    """How a graph becomes a function; subclasses write other ones."""

    __module__ = "torch.fx.graph"

    def __init__(self) -> None:
        self._body_transformer: Any = None
        self._func_name = "forward"

    def gen_fn_def(self, free_vars: list[str], maybe_return_annotation: str, **options: Any) -> str:
        """The line that defines the function."""
        if not free_vars or free_vars[0] != "self":
            free_vars.insert(0, "self")
        return f"def {self._func_name}({', '.join(free_vars)}){maybe_return_annotation}:"

    def generate_output(self, output_args: Any, *, text: Any = repr, **options: Any) -> str:
        """The line that returns."""
        return f"return {text(output_args)}"

    def process_inputs(self, *args: Any) -> Any:
        """What the placeholders get for the arguments of the function."""
        return args

    def process_outputs(self, outputs: Any) -> Any:
        """What the function returns for the value of the output node."""
        return outputs

    def additional_globals(self) -> list[tuple[str, Any]]:
        """Names that the code needs besides those of its nodes."""
        return []

    def _gen_python_code(self, nodes: Any, root_module: str, namespace: Namespace, *, verbose: bool = False, **options: Any) -> PythonCode:
        return Writer(self, nodes, root_module, namespace, verbose).write()


class _PyTreeCodeGen(CodeGen):
    """A function whose arguments are containers, which are taken apart for the placeholders."""

    __module__ = "torch.fx.graph"

    def __init__(self, pytree_info: Any) -> None:
        super().__init__()
        self.pytree_info = _PyTreeInfo(*pytree_info)

    def process_inputs(self, *inputs: Any) -> Any:
        return pytree.arg_tree_leaves(*inputs)

    def process_outputs(self, out: Any) -> Any:
        if self.pytree_info is None or self.pytree_info.out_spec is None:
            return out
        if not isinstance(out, (list, tuple)):
            out = [out]
        return pytree.tree_unflatten(out, self.pytree_info.out_spec)

    def gen_fn_def(self, free_vars: list[str], maybe_return_annotation: str, **options: Any) -> str:
        names = list(self.pytree_info.orig_args)
        takes_self = bool(names) and names[0] == "self"
        if takes_self:
            names = names[1:]
        definition = super().gen_fn_def(list(names), maybe_return_annotation)
        if not free_vars:
            return definition
        plain = [entry.split(" :")[0].split(" =")[0].strip() for entry in free_vars]
        annotated = [entry for entry in free_vars if " : " in entry]
        types = "".join(f"    {entry}\n" for entry in annotated)
        return f"{definition}\n{types}    {', '.join(plain)}, = fx_pytree.tree_flatten_spec([{', '.join(names)}], self._in_spec)"

    def generate_output(self, output_args: Any, *, text: Any = repr, **options: Any) -> str:
        if self.pytree_info and self.pytree_info.out_spec:
            return f"return pytree.tree_unflatten({text(output_args)}, self._out_spec)"
        return super().generate_output(output_args, text=text)
