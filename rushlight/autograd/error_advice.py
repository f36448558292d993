"""What rushlight adds to PyTorch's error texts: which tensor, where in the user's code, and what to do.

All of it is worked out when an error is raised, from the frames that are on the stack and from their source, so operations pay nothing.
Each function gives the text to append, "" where there is nothing certain to say.
"""

from __future__ import annotations

import ast
from inspect import getattr_static
from typing import Any

from rushlight._core import dtypes, memory
from rushlight._core.origin import line_of, users_frame
from rushlight._core.tensor import INFERENCE, TensorBase, shape_text, wants_grad
from rushlight.autograd.error_source import function_at as _function_at, place as place, where_used, written_name

_CUTS = {
    "detach": "detach() cuts it off the graph", "data": ".data is outside of the graph", "item": "item() gives a plain number",
    "numpy": "numpy() leaves the graph", "tolist": "tolist() gives plain numbers", "tensor": "torch.tensor() copies values",
    "from_numpy": "from_numpy() makes a tensor without a history", "as_tensor": "as_tensor() of plain values has no history",
    "argmax": "argmax() has no gradient", "argmin": "argmin() has no gradient", "long": "long() gives integers, which have no gradients",
    "int": "int() gives integers, which have no gradients", "bool": "bool() has no gradient", "float": "", "round": "",
    "argsort": "argsort() has no gradient", "nonzero": "nonzero() has no gradient", "eq": "comparisons have no gradients",
    "sign": "", "one_hot": "one_hot() has no gradient", "bincount": "bincount() has no gradient",
}  # fmt: skip
_MODES = ("no_grad", "inference_mode")


# ---------------------------------------------------------------- names and source


def name_in(frame: Any, tensor: Any) -> str | None:
    """What the user's code calls a tensor: a variable, an attribute of self, an entry of a list, a module's parameter."""
    from rushlight.autograd.explain import Names

    return Names(frame).of(tensor)


def name_of_memory(frame: Any, array: Any) -> str | None:
    """A name of some tensor over the same memory."""
    from rushlight.autograd.explain import Names

    return Names(frame).memories.get(id(memory.root(array)))


def _assignments(tree: Any, name: str, before: int) -> list[Any]:
    """The statements that give `name` a value, last first, up to a line."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and node.lineno <= before and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(entry, ast.Name) and entry.id == name for target in targets for entry in ast.walk(target)):
                found.append(node)
    return sorted(found, key=lambda node: -node.lineno)


def _in_mode(tree: Any, statement: Any) -> Any:
    """The `with torch.no_grad():` around a statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.With) and node.lineno <= statement.lineno <= (node.end_lineno or 0):
            for item in node.items:
                called = item.context_expr.func if isinstance(item.context_expr, ast.Call) else item.context_expr
                if isinstance(called, ast.Attribute) and called.attr in _MODES:
                    return node
    return None


def _switched_off(tree: Any, statement: Any) -> Any:
    """The `torch.set_grad_enabled(False)` before a statement that no other such call follows."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    switches = [
        node for node in calls
        if getattr(node.value.func, "attr", None) == "set_grad_enabled" and node.value.args and node.lineno < statement.lineno
    ]  # fmt: skip
    last = max(switches, key=lambda node: node.lineno, default=None)
    return last if last is not None and getattr(last.value.args[0], "value", True) is False else None


def _unrecorded_call(expression: Any, frame: Any) -> str | None:
    """Why a function that an expression calls records nothing: the mode that it is decorated with, or a module's frozen parameters."""
    for node in ast.walk(expression):
        if not isinstance(node, ast.Call):
            continue
        held, path = None, ast.unparse(node.func).split(".")
        for step, part in enumerate(path):
            names = frame.f_globals | frame.f_locals
            held = getattr_static(held, part, None) if step else names.get(part)
        if isinstance(getattr(held, "_parameters", None), dict):
            parameters = list(held.parameters())
            if parameters and not any(parameter.requires_grad for parameter in parameters):
                return f"no parameter of {'.'.join(path)} requires grad"
        held = getattr(held, "__func__", held)
        for cell in getattr(held, "__closure__", None) or ():
            mode = type(getattr(cell.cell_contents, "__self__", None)).__name__
            if mode in _MODES:
                return f"{path[-1]}() is decorated with {mode}(), where nothing is recorded"
    return None


def _cut_in(expression: Any) -> str | None:
    """What in an expression ends a graph."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Attribute) and _CUTS.get(node.attr):
            return _CUTS[node.attr]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("float", "int", "bool"):
            return f"{node.func.id}() gives a plain number"
        if isinstance(node, ast.Compare):
            return "comparisons have no gradients"
    return None


# ---------------------------------------------------------------- lost gradients


def lost(tensor: Any) -> str:
    """For a tensor that should have had a history: where it was lost, as far as the source tells."""
    frame = users_frame()
    if frame is None or not isinstance(tensor, TensorBase):
        return ""
    name = name_in(frame, tensor)
    called = name or "The tensor"
    lead = ""
    if dtypes.of(tensor._array).category < dtypes.FLOATING:
        lead = f"\n{called} has dtype {dtypes.of(tensor._array)}: only floating-point and complex tensors have gradients."
    elif tensor._flags & INFERENCE:
        lead = f"\n{called} was made in inference mode, where nothing is recorded."
    tree = _function_at(frame)
    text = "" if tree is None else _trace(tree, frame, name or "", set())
    if text or lead:
        return lead + ("\n" + text if text else "")
    return f"\n{called} does not come from a tensor with requires_grad=True." if name else ""


def _trace(tree: Any, frame: Any, name: str, seen: set[str]) -> str:
    """Follow the assignments of a name back to where the graph ends."""
    line = frame.f_lineno
    statements = _assignments(tree, name, line) if name else [node for node in ast.walk(tree) if _on_line(node, line)]
    for statement in statements[:1]:
        where = place(frame.f_code, statement.lineno)
        shown = name or "The tensor"
        mode = _in_mode(tree, statement)
        if mode is not None:
            return f"{shown} was computed inside the block of {place(frame.f_code, mode.lineno)}\nNothing is recorded there."
        switch = _switched_off(tree, statement)
        if switch is not None:
            return f"{shown} was computed after recording had been switched off at {place(frame.f_code, switch.lineno)}"
        value = statement.value
        cut = _unrecorded_call(value, frame) or _cut_in(value)
        if cut is not None:
            return f"{shown} lost its history at {where}\n({cut})"
        inner = [node.id for node in ast.walk(value) if isinstance(node, ast.Name) and node.id not in seen | {name}]
        for other in dict.fromkeys(inner):
            held = frame.f_locals.get(other, frame.f_globals.get(other))
            if isinstance(held, TensorBase) and not wants_grad(held):
                text = _trace(tree, frame, other, seen | {name, other})
                if text:
                    return text
        if not inner or all(not isinstance(frame.f_locals.get(other, frame.f_globals.get(other)), TensorBase) for other in inner):
            return f"{shown} was made without requires_grad=True at {where}"
    return ""


def _on_line(node: Any, line: int) -> bool:
    return isinstance(node, ast.Expr) and node.lineno <= line <= (node.end_lineno or 0)


# ---------------------------------------------------------------- writes


def leaf_written(tensor: Any) -> str:
    """For an in-place operation on a leaf that requires grad."""
    frame = users_frame()
    name = None if frame is None else name_in(frame, tensor)
    who = name or "the leaf"
    return (
        f"\n{who} is a leaf of shape {shape_text(tensor._array.shape)}. To update it without recording, write inside `with "
        f"torch.no_grad():`; to compute with a changed copy, use an operation that is not in place, as in `{name or 'y'} = "
        f"{name or 'x'} * 2`{', which makes a new tensor' if name else ''}."
    )


def saved_changed(array: Any, owner: Any, saved: Any) -> str:
    """For a saved tensor that was written to: which it is, which operation had saved it, and the ways out."""
    saved_as = _field_of(owner, saved)
    operation = owner.name().removesuffix("0").removesuffix("Backward").lower() if hasattr(owner, "name") else ""
    is_result = saved_as is not None and saved_as not in getattr(getattr(owner, "op", None), "params", ())
    name, where = _saved_where(array, saved, operation.rstrip("0123456789"), is_result)
    text = f"\nThe tensor{f' ({name})' if name else ''} was saved by {owner.name()}" + (f" as its {saved_as}" if saved_as else "")
    if where:
        text += f", at {where}\nThat operation"
    else:
        text += ", which"
    return text + (
        " needs its old values. Use the form of the write that is not in place (`x = x + 1` for `x += 1`), write to a copy (`x.clone()`), "
        "or write after backward()."
    )


def _saved_where(array: Any, saved: Any, operation: str, is_result: bool) -> tuple[str | None, str]:
    """What the program calls a saved tensor, and where the operation stands that saved it: in the function that called for the backward
    pass, or in the one that wrote."""
    cell = saved.cell if saved.tensor is None else saved.tensor._cell
    _, code, instruction = (cell and (cell.writer or cell.earlier)) or (None, None, 0)
    written = line_of(code, instruction) if code is not None else 0
    frame = users_frame()
    name = None if frame is None else name_of_memory(frame, array)
    if frame is not None and name:
        found = where_used(frame.f_code, frame.f_globals, name, operation, is_result, written if frame.f_code is code else frame.f_lineno)
        if found:
            return name, found
    if code is None or frame is not None and frame.f_code is code:
        return name, ""
    own = written_name(code, written)
    return name or own, where_used(code, None, own, operation, is_result, written) if own else ""


def _field_of(owner: Any, saved: Any) -> str | None:
    """The name under which a node saved something."""
    plan = getattr(owner, "plan", None)
    held = getattr(owner, "saved", None)
    if plan is None or not isinstance(held, list):
        return None
    return next((name for name, entry in zip(plan.names, held) if entry is saved), None)


# ---------------------------------------------------------------- other errors


def unused(entry: Any) -> str:
    """For an input that the outputs do not depend on."""
    frame = users_frame()
    if not isinstance(entry, TensorBase) or frame is None:
        return ""
    name = name_in(frame, entry)
    if name is None:
        return ""
    text = f"\nNo operation that leads to the outputs used {name} as it is now."
    tree = _function_at(frame)
    if tree is not None and len(_assignments(tree, name, frame.f_lineno)) > 1:
        last = _assignments(tree, name, frame.f_lineno)[0]
        text += f" It was given a new value at {place(frame.f_code, last.lineno)}"
    return text


def user_function(function: Any) -> str:
    """Where a function of the user's is defined."""
    code = getattr(function, "__code__", None)
    return "" if code is None else f"\nIt is defined at {code.co_filename}, line {code.co_firstlineno}."


def freed(mark: Any) -> str:
    """For a graph that a backward pass has used up: which one."""
    if mark is None:
        return ""
    return (
        f"\nThe first pass was started at {place(mark[0], line_of(*mark))}\nCall it with retain_graph=True if the graph is needed again, "
        "or compute the result anew for each pass; a loss that keeps growing over steps usually wants .detach() on what the steps carry "
        "over."
    )


def not_finite(node: Any, grads: list[Any]) -> str:
    """For the first NaN of a backward pass: whether the forward values or the gradient that arrived had it, or the formula made it."""
    from numpy import asarray, isfinite

    from rushlight.autograd.explain import line_of as made_at, nodes_of, saved_arrays

    bad = [
        (entry.sequence, entry, name)
        for entry in nodes_of(node)
        if not isinstance(entry, TensorBase)
        for name, array in saved_arrays(entry)
        if array.dtype.kind in "fc" and not isfinite(array).all()
    ]
    if bad:
        _, entry, name = min(bad, key=lambda found: found[0])
        return f"\nThe forward pass already had a value that is not finite: {entry.name()} saved it as its {name}.{made_at(entry)}"
    arrays = [asarray(grad._array if isinstance(grad, TensorBase) else grad) for grad in grads if grad is not None]
    if all(isfinite(array).all() for array in arrays):
        return (
            f"\nWhat arrived there is finite, so the derivative of {node.name().partition('Backward')[0].lower()} itself is infinite or "
            "undefined at some element. If torch.where() masks such elements afterwards, their gradient is 0 * inf = nan all the same: "
            "mask the input too, as in torch.where(ok, f(torch.where(ok, x, 1.0)), 0.0)."
        )
    return "\nThe gradient that arrived there is not finite already: look at the operations after it."
