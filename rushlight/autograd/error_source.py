"""What can be read off a program's source for error texts: where it applies an operation to a tensor that it calls by some name."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from typing import Any


def place(code: Any, line: int) -> str:
    """A line as error texts show it."""
    source = linecache.getline(code.co_filename, line).strip()
    return f"{code.co_filename}, line {line}" + (f":\n    {source}" if source else "")


def function_at(frame: Any) -> Any:
    """The syntax tree of the code that a frame runs."""
    return function_of(frame.f_code, frame.f_globals)


def function_of(code: Any, names: Any = None) -> Any:
    """The syntax tree of some code; names: the globals of its module."""
    lines = linecache.getlines(code.co_filename, names)
    if not lines:
        return None
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return None
    if code.co_name == "<module>":
        return tree
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            first = min([node.lineno, *(entry.lineno for entry in getattr(node, "decorator_list", ()))])
            if first == code.co_firstlineno and getattr(node, "name", "<lambda>") == code.co_name:
                return node
    return None


_OPERATORS = {"mul": ast.Mult, "div": ast.Div, "pow": ast.Pow, "mm": ast.MatMult, "mv": ast.MatMult, "bmm": ast.MatMult, "dot": ast.MatMult}
_SHOWN = 3  # lines that are named, at most


def written_name(code: Any, line: int) -> str | None:
    """What the statement on a line writes into: h for `h += 1`, `h[0] = 1` and `h.add_(1)`."""
    tree = function_of(code)
    for node in () if tree is None else ast.walk(tree):
        if not isinstance(node, ast.stmt) or node.lineno != line:
            continue
        if isinstance(node, ast.AugAssign):
            target: Any = node.target
        elif isinstance(node, ast.Assign):
            target = node.targets[0]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            target = node.value.func.value
        else:
            continue
        while isinstance(target, ast.Subscript):
            target = target.value
        return ast.unparse(target) if isinstance(target, (ast.Name, ast.Attribute)) else None
    return None


def where_used(code: Any, names: Any, name: str, operation: str, is_result: bool, before: int) -> str:
    """The lines of a function that apply the operation to the name (or give the name its result): one that names it, or else calls that
    are given the tensor. "" where there are none, or too many to tell; `before`: the line of the write."""
    tree = function_of(code, names)
    if tree is None:
        return ""
    lines = set(_applied(tree, name, operation, is_result)) or set(_called(tree, name, is_result, before))
    earlier = sorted(line for line in lines if line < before) or sorted(lines)
    if not earlier or len(earlier) > _SHOWN:
        return ""
    if len(earlier) == 1:
        return place(code, earlier[0])
    return f"{code.co_filename}, line {', '.join(map(str, earlier[:-1]))} or {earlier[-1]}:" + "".join(
        f"\n    {linecache.getline(code.co_filename, line).strip()}" for line in earlier
    )


def _applied(tree: Any, name: str, operation: str, is_result: bool) -> Iterator[int]:
    """Lines where the operation stands under its own name."""
    for node in ast.walk(tree):
        parts: list[Any] = []
        if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS.get(operation, ())):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.lower() in (operation, operation + "_"):
            parts = [node.func.value, *node.args]
        if parts and is_result:
            yield from (assigned.lineno for assigned in _assigned(tree, name) if assigned.value is node)
        elif any(ast.unparse(part) == name for part in parts):
            yield node.lineno


def _assigned(tree: Any, name: str) -> list[Any]:
    """The statements `name = ...`."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and any(ast.unparse(entry) == name for entry in node.targets)]


def _called(tree: Any, name: str, is_result: bool, before: int) -> Iterator[int]:
    """Lines where a call, behind which the operation may stand, is given the tensor (or where its result gets the name)."""
    given = [node for node in _assigned(tree, name) if node.lineno < before]
    if is_result:
        if given and any(isinstance(node, ast.Call) for node in ast.walk(given[-1].value)):
            yield given[-1].lineno
        return
    first = given[-1].lineno if given else 0
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not first < node.lineno < before:
            continue
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(ast.unparse(entry) == name for entry in arguments) or name.startswith(ast.unparse(node.func) + "."):
            yield node.lineno
