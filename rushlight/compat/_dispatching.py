"""Operators offered to those who take them over: modes and tensors with a __torch_dispatch__.

NOTE [ Who takes operators over ]
HOOKS.dispatch of the core leads here for every operator while a mode is active (the PROFILE bit) or an argument's class has a
__torch_dispatch__ (the flag DISPATCH). The innermost mode is asked, else the classes of the tensors. A handler runs below autograd: with
grad mode off; what it returns becomes the result, and is recorded here as the operator's own result would be, on the tensors as they are.
Results that a node saves are kept as what `detach` gives, so that they keep their class. Tensors made by _make_wrapper_subclass have
shape, dtype and strides, but no memory: in the core they are meta tensors, whose device is told by themselves. Functions that are no
Ops here but operators in PyTorch (factories, some in-place forms) are offered by their routes, see _dispatched_calls.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from rushlight import _ops
from rushlight._core import dtypes, inplace, views
from rushlight._core.inplace import IN_PLACE
from rushlight._core.leaf import TENSORS
from rushlight._core.node import SavedTensor, short_name
from rushlight._core.op import HOOKS, records
from rushlight._core.origin import wrote
from rushlight._core.plan import OUTPUT
from rushlight._core.state import GRAD, MODE, PROFILE, get_mode
from rushlight._core.tensor import DISPATCH, TensorBase, differentiable, shape_text, version_cell, wants_grad
from rushlight._library import kernels
from rushlight._schema import FunctionSchema, aten
from rushlight.autograd import profiler
from rushlight.autograd.overriding import in_order
from rushlight.ops import graph_search, signatures
from rushlight.ops.declare import REGISTRY

STACK: ContextVar[tuple[Any, ...]] = ContextVar("rushlight_dispatch_modes", default=())
OFF: ContextVar[bool] = ContextVar("rushlight_dispatch_off", default=False)
_installed: list[bool] = []


def set_stack(stack: tuple[Any, ...]) -> None:
    """Make `stack` the modes; the bit that sends calls past the fast paths is the profiler's."""
    STACK.set(stack)
    watched = stack or profiler._ACTIVE.get() is not None
    MODE.set(get_mode() | PROFILE if watched else get_mode() & ~PROFILE)


@contextlib.contextmanager
def without_innermost() -> Iterator[Any]:
    """The block in which the innermost mode's own handler runs."""
    stack = STACK.get()
    set_stack(stack[:-1])
    try:
        yield stack[-1]
    finally:
        set_stack(stack)


def install() -> None:
    """Send operators to the modes and classes; once."""
    if _installed:
        return
    _installed.append(True)
    following = HOOKS.dispatch

    def dispatch(op: Any, args: Any, flags: int) -> Any:
        if (flags & DISPATCH or flags & PROFILE and STACK.get()) and not OFF.get():
            found = _offered(op, args, flags)
            if found is not NotImplemented:
                return found
        return NotImplemented if following is None else following(op, args, flags)

    HOOKS.dispatch = dispatch
    TENSORS.watched = lambda: bool(STACK.get())
    graph_search.expect(_takes_over, _saves_ours)
    from rushlight._dispatched_calls import offer_routes

    offer_routes()
    kernels._Offer.ask = _offered_custom


# ---------------------------------------------------------------- as handlers see it

# Operators of rushlight's own that are PyTorch's under another name.
_NAMES = {
    "clamp.of_numbers": "clamp", "clamp.of_tensors": "clamp.Tensor", "smooth_l1_loss.op": "smooth_l1_loss", "div.mode_None": "div.Tensor",
    "div.mode_floor": "div.Tensor_mode", "div.mode_trunc": "div.Tensor_mode", "nonzero_indices": "nonzero",
}  # fmt: skip


def overload_of(name: str, overload: str) -> Any:
    """The operator as programs know it; None for one that is rushlight's own."""
    if overload not in aten().get(name, {}):
        return None
    return getattr(getattr(_ops.OPS.aten, name), overload or "default")


def _overload(op: Any, args: Any, in_place: bool) -> Any:
    name, overload = op.name, op.overload
    if overload == "Tensor" and len(args) > 1 and not isinstance(args[1], TensorBase):
        number = f"{name}.Scalar"  # one operator here, two in PyTorch where its functions tell them apart
        if REGISTRY.get(number) is op and number in _public(name):
            overload = "Scalar"
    full = f"{name}.{overload}" if overload else name
    if full in _NAMES:
        name, _, overload = _NAMES[full].partition(".")
    if in_place and not name.endswith("_"):
        name += "_"
        known = aten().get(name, {})
        if overload not in known:  # the in-place form has fewer overloads, or an Op of its own
            wanted = "Scalar" if overload.endswith("Scalar") else "Tensor"
            overload = next((entry for entry in (wanted, "") if entry in known), overload)
    return overload_of(name, overload)


def _public(name: str) -> Any:
    for space in ("torch", "method"):
        if name in signatures.table(space):
            return signatures.overloads(space, name)
    return ()


def arranged(schema: FunctionSchema, values: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments as handlers see them: those that are as by default are left out."""
    plain = [entry for entry in schema.arguments if not entry.kwarg_only]
    given = [values.get(entry.name) for entry in plain]
    while given and plain[len(given) - 1].has_default_value() and _is_default(given[-1], plain[len(given) - 1]):
        given.pop()
    kwargs = {
        entry.name: values[entry.name]
        for entry in schema.arguments
        if entry.kwarg_only and entry.name in values and not _is_default(values[entry.name], entry)
    }
    return tuple(list(value) if type(value) is tuple else value for value in given), kwargs


def _is_default(value: Any, argument: Any) -> bool:
    if isinstance(value, TensorBase) or isinstance(value, (list, tuple)) and any(isinstance(entry, TensorBase) for entry in value):
        return False
    default = argument.default_value
    return value is default or type(value) is type(default) and value == default or value == default and isinstance(value, (int, float))


def _named(op: Any, func: Any, args: Any) -> dict[str, Any]:
    """The arguments by name; what the operator has no parameter for follows by position."""
    values = dict(zip(op.params, args))
    plain = [entry.name for entry in func._schema.arguments if not entry.kwarg_only]
    for name, value in zip(plain, args):
        values.setdefault(name, value)
    return values


def tensors_among(values: Any) -> list[Any]:
    """The tensors in arguments and lists of them."""
    found: list[Any] = []
    for value in values:
        if isinstance(value, TensorBase):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found.extend(entry for entry in value if isinstance(entry, TensorBase))
    return found


def ask(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What the innermost mode or the classes of the tensors make of an operator."""
    overriding = in_order(value for value in tensors_among((*args, *kwargs.values())) if value._flags & DISPATCH)
    kinds = tuple(type(value) for value in overriding)
    mode: Any = None
    if STACK.get():
        with without_innermost() as mode:
            found = mode.__torch_dispatch__(func, kinds, args, kwargs)
        if found is not NotImplemented:
            return found
    for value in overriding:
        found = type(value).__torch_dispatch__(func, kinds, args, kwargs)
        if found is not NotImplemented:
            return found
    lines = [] if mode is None else [f"  - mode object {mode!r}"]
    lines += [f"  - tensor subclass {kind!r}" for kind in kinds]
    raise TypeError(
        f"Multiple dispatch failed for 'torch._ops.{func}'; all __torch_dispatch__ handlers returned NotImplemented:\n\n"
        + "\n".join(lines)
        + "\n\nFor more information, try re-running with TORCH_LOGS=not_implemented"
    )


# ---------------------------------------------------------------- operators


def _offered(op: Any, args: Any, flags: int) -> Any:
    """An operator's result by those who take it over."""
    in_place = bool(flags & IN_PLACE)
    if op.name == "sum_to" and flags & DISPATCH:
        return _summed_to(*args)
    func = _overload(op, args, in_place) if hasattr(op, "overload") else None
    if func is None:
        if flags & DISPATCH:
            raise NotImplementedError(f"rushlight has no __torch_dispatch__ of '{op.name}', an operator of its own")
        return NotImplemented
    given, kwargs = arranged(func._schema, _named(op, func, args))
    word = get_mode()
    mask = 0
    for index in op.tensor_params:
        for value in args[index] if isinstance(args[index], (list, tuple)) else (args[index],):
            if isinstance(value, TensorBase) and wants_grad(value):
                mask |= op.grad_bit(index)
    mask = mask if records(word) and op.name != "detach" else 0
    if not flags & DISPATCH and (in_place or op.is_view):
        return ask(func, given, kwargs)  # of a mode's: recorded where the handler makes it
    if in_place:
        return _written(op, func, args, given, kwargs, mask)
    MODE.set(word & ~GRAD)
    try:
        found = ask(func, given, kwargs)
    finally:
        MODE.set(get_mode() & ~GRAD | word & GRAD)
    several = isinstance(found, (tuple, list))
    outputs = [entry for entry in found if isinstance(entry, TensorBase)] if several else [found]
    if not all(isinstance(entry, TensorBase) for entry in outputs):
        if not several and found is not None and [str(entry.type) for entry in func._schema.returns] == ["Tensor"]:
            raise RuntimeError(f"Unable to cast {found} to Tensor")
        return found
    recorded = mask != 0 and any(differentiable(output._array) for output in outputs)
    if recorded:
        outputs = [REGISTRY["detach"].apply([output]) if wants_grad(output) or _among(output, args) else output for output in outputs]
    if op.is_view and op.name != "detach":
        for number, output in enumerate(outputs):
            if output._view is None and output is not args[0]:
                views.link(args[0], output, op, args, number, word)
    elif op.name == "detach" and outputs[0] is not args[0]:
        outputs[0]._cell = version_cell(args[0])  # a view in all but its place in the graph
    if recorded:
        keep_classes(op.record(args, outputs, mask, word, None), op, outputs)
        found = outputs if several else outputs[0]
    if several and op.pack is not None:
        return op.pack(outputs)
    return tuple(found) if several and op.is_view else found


def _offered_custom(schema: FunctionSchema, args: Any, kwargs: Any) -> Any:
    """An operator of a program's own, by those who take operators over."""
    if OFF.get() or not STACK.get() and not any(value._flags & DISPATCH for value in tensors_among((*args, *kwargs.values()))):
        return NotImplemented
    return ask(_ops.DEFINED[schema.name][schema.overload_name or "default"], tuple(args), kwargs)


def _among(output: Any, args: Any) -> bool:
    return any(output is value for value in tensors_among(args))


def _written(op: Any, func: Any, args: Any, given: Any, kwargs: Any, mask: int) -> Any:
    """An in-place operator; whatever the handler returns, the target is the result."""
    target = args[0]
    word = get_mode()
    original: Any = target
    if mask:
        inplace.check(target)
        plan = op.plan_for(mask)
        if plan.saves_inputs:
            original = REGISTRY["clone"](target)
    MODE.set(word & ~GRAD)
    try:
        ask(func, given, kwargs)
    finally:
        MODE.set(get_mode() & ~GRAD | word & GRAD)
    wrote(target, func._opname)
    if mask:
        node = op.record(args, [target], mask, word, original)
        keep_classes(node, op, [target])
        inplace.rebase(target, node)
    return target


def _summed_to(grad: Any, shape: Any) -> Any:
    """A gradient summed down to the shape of what was broadcast."""
    own = grad._array.shape
    lead = len(own) - len(shape)
    dims = [dim for dim in range(len(own)) if dim < lead or shape[dim - lead] == 1 and own[dim] != 1]
    if dims:
        grad = grad.sum(dims, keepdim=True)
    return grad.view(tuple(shape)) if lead else grad


# ---------------------------------------------------------------- what nodes save


def _detached(tensor: Any) -> Any:
    """The result of `detach`, offered as any operator."""
    word = get_mode()
    MODE.set(word & ~GRAD)
    try:
        return REGISTRY["detach"].apply([tensor])
    finally:
        MODE.set(word)


def keep_classes(node: Any, op: Any, outputs: list[Any]) -> None:
    """Keep the results that a node saves as what `detach` gives: in the core they would be mere arrays."""
    if node is None or node.packed or not isinstance(node.saved, list):
        return
    for position, kind in enumerate(node.plan.kinds):
        item = node.saved[position]
        if kind != OUTPUT or not isinstance(item, SavedTensor):
            continue
        output = outputs[node.plan.indices[position]]
        item.packed = (_detached(output), item.cell, item.version, f"output {item.number} of {short_name(node)}")
        item.unpack_hook = _kept
        node.packed = True


def _kept(packed: Any) -> Any:
    """A saved result, if nobody wrote into it since."""
    tensor, cell, version, place = packed
    if cell is not None and cell.value != version:
        raise RuntimeError(
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"[{dtypes.type_text(tensor._array)} {shape_text(tensor._array.shape)}], which is {place}, is at version {cell.value}; expected "
            f"version {version} instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with "
            "torch.autograd.set_detect_anomaly(True, check_nan=False)."
        )
    return _detached(tensor)


def _takes_over(tensor: Any) -> bool:
    return tensor._flags & DISPATCH != 0


def _saves_ours(node: Any) -> bool:
    """Whether a node saved tensors that take operators over."""
    return getattr(node, "steps", None) is not None or any(map(_is_ours, _saved_by(node)))


def _saved_by(node: Any) -> Any:
    inner = getattr(node, "inner", None)
    saved = getattr(node if inner is None else inner, "saved", None)
    return saved if isinstance(saved, list) else ()


def _is_ours(item: Any) -> bool:
    if isinstance(item, list):
        return any(map(_is_ours, item))
    if not isinstance(item, SavedTensor):
        return False
    return item.unpack_hook is _kept or item.tensor is not None and item.tensor._flags & DISPATCH != 0
