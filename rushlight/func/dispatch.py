"""What an operator does with batched and dual tensors: HOOKS.dispatch of the core leads here, see NOTE [ How transforms nest ]."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from rushlight._core import inplace, views
from rushlight._core.node import SavedTensor
from rushlight._core.op import HOOKS, Op, records
from rushlight._core.origin import wrote
from rushlight._core.plan import OUTPUT
from rushlight._core.state import GRAD, INFERENCE, LEVELS, MODE, VMAP, get_mode
from rushlight._core.tensor import BATCHED, DUAL, TensorBase, differentiable, version_of, wants_grad
from rushlight.func import batching, levels, rules_nn as rules_nn, tangents
from rushlight.func.batching import applied
from rushlight.func.levels import Level, bare, lift, make, set_tangents, stripped, tangent_at, tangents_of
from rushlight.ops.declare import RANDOM
from rushlight.ops.examples import ESCAPED

_PLAIN: ContextVar[Any] = ContextVar("rushlight_plain_arguments", default=None)  # arguments that are to be taken as they are
_WRITTEN: ContextVar[Any] = ContextVar("rushlight_written", default=None)  # (arguments, tangents before the write)


def dispatch(op: Any, args: Any, flags: int) -> Any:
    """The result of an operator on batched or dual tensors; NotImplemented where the ordinary path serves."""
    if not flags & (BATCHED | DUAL):
        if flags & VMAP and op.name in RANDOM:
            return batching.random(op, args, None, flags & inplace.IN_PLACE)
        return NotImplemented
    if flags & ~LEVELS == BATCHED:  # nothing but batched and plain tensors, in no mode but those of transforms
        found = simply_batched(op, args)
        if found is not NotImplemented:
            return found
    elif flags & ~LEVELS == DUAL:
        found = simply_dual(op, args)
        if found is not NotImplemented:
            return found
    if _PLAIN.get() is args:
        _PLAIN.set(None)
        return NotImplemented
    if flags & DUAL and op.name in batching.FORWARD_BY_PARTS:
        return batching.FORWARD_BY_PARTS[op.name](*args)
    level, dual, strange = survey(op, args)
    if level is not None and not level.alive:
        raise RuntimeError(ESCAPED)
    if flags & inplace.IN_PLACE:
        return _in_place(op, args, level)
    lifted = lift_all(op, args, level) if strange and level is not None else args
    found = _plainly(op, args) if level is None else _at_level(op, lifted, level)
    if dual:
        live = dual_levels(op, lifted)
        if live:
            _attach(op, lifted, found, live)
    return found


def simply_batched(op: Any, args: list[Any]) -> Any:
    """dispatch() for what is most frequent: the batched tensors are of one level, and nothing has tangents."""
    level: Any = None
    some = strange = False
    mask = 0
    values = list(args)
    dims: list[Any] = [None] * len(args)
    for index in op.tensor_params:
        value = args[index]
        if isinstance(value, TensorBase):
            batch = value._batch
            if batch is None:
                strange = strange or value._requires_grad or value._view is not None
                continue
            if batch.level is not level:
                if level is not None:
                    return NotImplemented
                level = batch.level
            values[index] = batch.value
            if batch.dim is not None:
                dims[index] = batch.dim
                some = True
            if value._requires_grad or value._view is not None and wants_grad(value):
                mask |= op.grad_bit(index)
        elif isinstance(value, (list, tuple)):
            return NotImplemented
    if level is None or not level.alive or op.name in RANDOM:
        return NotImplemented
    rule = op.vmap
    if rule is None:
        rule = op.vmap = batching.find(op)
    word = get_mode()
    if level.quiet:
        MODE.set(word & ~GRAD)
    try:
        if rule is batching.by_composition:
            found, dim = rule(op, args, None, level)
        else:
            found, dim = rule(op, values, dims, level) if some else (applied(op, values), None)
    finally:
        if level.quiet:
            MODE.set(word)
    if not word & GRAD:
        mask = 0
    if mask and strange:
        args = lift_all(op, args, level)
    if isinstance(found, (tuple, list)):
        return finish_several(op, args, found, dim, level, mask)
    output = make(level, found, dim)
    if op.is_view and op.name != "detach" and (mask or level.recorded and word & GRAD):
        views.link(args[0], output, op, args, 0, word)
    if mask and op.name != "detach" and records(word) and differentiable(output._array):
        if op.record_rule is not None:
            op.record_rule(output._array)
        op.record(args, [output], mask, word, None)
    return output


def simply_dual(op: Any, args: list[Any]) -> Any:
    """dispatch() for dual tensors of one level that want no gradients: their primals are plain tensors."""
    level: Any = None
    primals = list(args)
    given: list[Any] = [None] * len(args)
    for index in op.tensor_params:
        value = args[index]
        if isinstance(value, TensorBase):
            if value._requires_grad or value._view is not None:
                return NotImplemented
            pairs = value._tangent
            if pairs is None:
                continue
            own, tangent = pairs[0]
            if len(pairs) > 1 or level is not None and own is not level or not own.alive:
                return NotImplemented
            level = own
            given[index] = tangent
            primals[index] = bare(value)
        elif isinstance(value, (list, tuple)):
            return NotImplemented
    if level is None or op.is_view or op.name in batching.FORWARD_BY_PARTS or levels.FORWARD_OFF.get():
        return NotImplemented
    found = applied(op, primals)
    outputs = outputs_of(found)
    for output, tangent in zip(outputs, tangents.push(op, primals, given, outputs)):
        if tangent is not None:
            output._tangent = ((level, tangents.laid_out(tangent, output)),)
            output._flags |= DUAL
    return found


def survey(op: Any, args: Any) -> tuple[Level | None, bool, bool]:
    """The innermost vmap level among the arguments, whether any is dual, whether any may be of an outer stratum."""
    level: Level | None = None
    dual = strange = False
    for index in op.tensor_params:
        value = args[index]
        for tensor in (value,) if isinstance(value, TensorBase) else value if isinstance(value, (list, tuple)) else ():
            if not isinstance(tensor, TensorBase):
                continue
            flags = tensor._flags
            if flags & DUAL:
                dual = True
            if flags & BATCHED:
                own = tensor._batch.level
                if level is None:
                    level = own
                elif own is not level:
                    strange = True
                    if own.number > level.number:
                        level = own
            elif flags or tensor._requires_grad or tensor._view is not None:
                strange = True
    return level, dual, strange


def tensors_of(op: Any, args: Any) -> Any:
    """The tensors among an operator's arguments."""
    for index in op.tensor_params:
        value = args[index]
        if isinstance(value, TensorBase):
            yield value
        elif isinstance(value, (list, tuple)):
            for entry in value:
                if isinstance(entry, TensorBase):
                    yield entry


def mapped(op: Any, args: Any, change: Any) -> list[Any]:
    """The arguments with every tensor changed."""
    found = list(args)
    for index in op.tensor_params:
        value = found[index]
        if isinstance(value, TensorBase):
            found[index] = change(value)
        elif isinstance(value, (list, tuple)):
            found[index] = [change(entry) if isinstance(entry, TensorBase) else entry for entry in value]
    return found


def lift_all(op: Any, args: Any, level: Level) -> list[Any]:
    """The arguments with tensors of outer strata that have a graph or tangents made constants of this one."""

    def change(tensor: Any) -> Any:
        if tensor._batch is not None and tensor._batch.level is level:
            return tensor
        return lift(level, tensor) if wants_grad(tensor) or tensor._flags & (DUAL | BATCHED) else tensor

    return mapped(op, args, change)


def _plainly(op: Any, args: Any) -> Any:
    """The operator's ordinary path."""
    _PLAIN.set(args)
    return op.apply(args)


def outputs_of(found: Any) -> list[Any]:
    """An operator's result as a list."""
    return list(found) if isinstance(found, (tuple, list)) else [found]


# ---------------------------------------------------------------- in a stratum


def _at_level(op: Any, args: list[Any], level: Level) -> Any:
    """The operator by its batching rule, recorded on the batched tensors where they want gradients."""
    word = get_mode()
    if level.quiet:  # what the examples stand for is computed in the mode that the grad level was entered in
        MODE.set(word & ~GRAD)
    try:
        found, dims = batching.run(op, args, level)
    finally:
        if level.quiet:
            MODE.set(word)
    several = isinstance(found, (tuple, list))
    packed = finish_several(op, args, found if several else [found], dims, level, _mask(op, args) if get_mode() & GRAD else 0)
    return packed if several else outputs_of(packed)[0]


def finish_several(op: Any, args: list[Any], found: Any, dims: Any, level: Level, mask: int) -> Any:
    """An operator's results for all examples as batched tensors, recorded where `mask` says that operands want gradients."""
    word = get_mode()
    dims = dims if isinstance(dims, (tuple, list)) else [dims] * len(found)
    outputs = [make(level, value, dim) for value, dim in zip(found, dims)]
    packed = tuple(outputs) if op.is_view else outputs if op.pack is None else op.pack(outputs)
    if op.is_view and op.name != "detach" and (mask or level.recorded and word & GRAD):
        for number, output in enumerate(outputs):
            views.link(args[0], output, op, args, number, word)
    if mask and op.name != "detach" and records(word) and differentiable_any(outputs):
        if op.record_rule is not None:
            op.record_rule(outputs[0]._array)
        op.record(args, outputs, mask, word, None)
    return packed


def differentiable_any(outputs: list[Any]) -> bool:
    """Whether some output can have a gradient."""
    for output in outputs:
        if differentiable(output._array):
            return True
    return False


def _mask(op: Op, args: Any) -> int:
    """The differentiable parameters whose tensors want gradients in their stratum."""
    mask = 0
    for index in op.grad_params:
        value = args[index]
        if isinstance(value, TensorBase):
            if value._flags & BATCHED and wants_grad(value):
                mask |= op.grad_bit(index)
        elif isinstance(value, (list, tuple)):
            if any(isinstance(entry, TensorBase) and entry._flags & BATCHED and wants_grad(entry) for entry in value):
                mask |= op.grad_bit(index)
    return mask


# ---------------------------------------------------------------- tangents


def dual_levels(op: Any, args: Any) -> list[Level]:
    """The forward-mode levels that the arguments have tangents of, outermost first."""
    found: dict[int, Level] = {}
    if levels.FORWARD_OFF.get() or get_mode() & INFERENCE:
        return []
    for tensor in tensors_of(op, args):
        if tensor._flags & DUAL:
            for level, _ in tangents_of(tensor):
                found[level.number] = level
    return [found[number] for number in sorted(found)]


def tangent_list(op: Any, args: Any, level: Level) -> list[Any]:
    """The arguments' tangents at a level, None for other arguments and where there is none."""
    found: list[Any] = [None] * len(args)
    for index in op.tensor_params:
        value = args[index]
        if isinstance(value, TensorBase):
            found[index] = tangent_at(value, level)
        elif isinstance(value, (list, tuple)):
            entries = [tangent_at(entry, level) if isinstance(entry, TensorBase) else None for entry in value]
            found[index] = entries if any(entry is not None for entry in entries) else None
    return found


def _attach(op: Any, args: list[Any], found: Any, live: list[Level]) -> None:
    """Give the results their tangents."""
    outputs = outputs_of(found)
    for level in live:
        primals = mapped(op, args, lambda tensor, number=level.number: stripped(tensor, number))
        given, results = tangent_list(op, args, level), [levels.twin(output) for output in outputs]
        made = tangents.push(op, primals, given, results)
        if level.joined:
            made = tangents.joined(op, primals, given, results, made)
        for output, tangent in zip(outputs, made):
            if tangent is not None:
                set_tangents(output, (*(output._tangent or ()), (level, tangents.laid_out(tangent, output))))
    for output in outputs:
        node = output._node
        if node is not None and output._tangent is not None:
            _keep(node, output)


def _keep(node: Any, output: Any) -> None:
    """Let what the node saved of its output have the output's tangents."""
    for item in getattr(node, "saved", None) or ():
        if not isinstance(item, SavedTensor) or item.tensor is not None:
            continue
        if item.array is output._array:
            item.exotic = (output._flags, output._tangent, output._batch)
        elif item.unpack_hook is not None and item.requires_grad and item.number == output._output_nr:  # hooks do not see tangents
            item.exotic = (DUAL, output._tangent, None)


def _recorded(node: Any, args: Any) -> None:
    """After an in-place write into a dual tensor was recorded: the saved old value has the old tangents."""
    pending = _WRITTEN.get()
    if pending is None or pending[0] is not args:
        return
    for item in node.saved or ():
        if isinstance(item, SavedTensor) and item.tensor is not None and not any(item.tensor is value for value in args):
            set_tangents(item.tensor, pending[1])


# ---------------------------------------------------------------- in place


def _in_place(op: Any, args: Any, level: Level | None) -> Any:
    """A write into the first argument."""
    target = args[0]
    lifted = args
    if level is not None:
        if target._batch is None or target._batch.level is not level:
            batching.refuse_write(op, target, args, level)
        lifted = lift_all(op, args, level)
    live = dual_levels(op, lifted)
    if live and get_mode() & GRAD and any(wants_grad(tensor) for tensor in tensors_of(op, lifted)):
        inplace.check(target)  # before tangents change
    before = [(entry, tangents.ops("clone")(tangent)) for entry, tangent in tangents_of(target)] if live else ()
    if live:
        set_tangents(target, _written_tangents(op, lifted, live))
    if level is None:
        _WRITTEN.set((args, before))
        return NotImplemented
    return _in_place_at_level(op, lifted, level, before)


def _written_tangents(op: Any, args: list[Any], live: list[Level]) -> list[Any]:
    """The target's tangents after the write; a tangent that it has already is written into, for its views to see."""
    target = args[0]
    old = args
    if op.kind != "view":
        old = [tangents.ops("clone")(levels.twin(target)), *args[1:]]
    made: list[Any] = []
    for level in live:
        primals = mapped(op, old, lambda tensor, number=level.number: stripped(tensor, number))
        given, results = tangent_list(op, old, level), outputs_of(op(*primals))
        found = tangents.push(op, primals, given, results)
        tangent = (tangents.joined(op, primals, given, results, found) if level.joined else found)[0]
        present = tangent_at(target, level)
        if tangent is None:
            tangent = tangents.zeros_like(results[0])
        if present is not None and op.kind != "view":
            if tangents.is_wider(tangent, present):  # the tangent of the values before was the same for all examples
                tangent = tangents.for_view(target, level, tangent)
            elif present is not tangent:
                tangents.ops("copy_")(present, tangent)
                tangent = present
        elif present is None and op.kind != "view":
            tangent = tangents.for_view(target, level, tangent)
        made.append((level, tangent))
    return made


def _in_place_at_level(op: Any, args: list[Any], level: Level, before: Any) -> Any:
    """A write into a batched tensor: into all examples, recorded on the wrapper."""
    target = args[0]
    word = get_mode()
    mask = _mask(op, args) if word & GRAD and records(word) else 0
    if mask:
        inplace.check(target)
    if op.kind == "view":
        return _reshape_at_level(op, args, level, mask)
    original = target
    if mask:
        plan = op.plan_for(mask)
        if plan.saves_inputs:
            original = tangents.ops("clone")(levels.bare(target))
            edge = levels.twin(target)
            original._node, original._output_nr, original._requires_grad = edge._node, edge._output_nr, edge._requires_grad
            set_tangents(original, before)
    late = mask and OUTPUT in op.plan_for(mask).kinds
    node = op.record(args, [target], mask, word, original) if mask and not late and differentiable(target._array) else None
    batching.write(op, args, level)
    target._array = make(level, target._batch.value, target._batch.dim)._array
    wrote(target, op.name if op.name.endswith("_") else op.name + "_")
    if late and differentiable(target._array):
        node = op.record(args, [target], mask, word, original)
    if node is not None:
        inplace.rebase(target, node)
    return target


def _reshape_at_level(op: Any, args: list[Any], level: Level, mask: int) -> Any:
    """unsqueeze_() and its kin on a batched tensor: it gets another geometry, and a new place in the graph."""
    target = args[0]
    before = levels.twin(target)
    batching.write(op, args, level)
    target._array = make(level, target._batch.value, target._batch.dim)._array
    wrote(target, op.name if op.name.endswith("_") else op.name + "_")
    if mask and differentiable(target._array):
        node = op.record([before, *args[1:]], [target], mask, get_mode(), before)
        inplace.set_edge(target, node, 0)
        if target._view is not None:
            target._view.version = version_of(target)
    return target


# ---------------------------------------------------------------- installation


def _install() -> None:
    following, recorded = HOOKS.dispatch, HOOKS.recorded

    def both(op: Any, args: Any, flags: int) -> Any:
        if flags & (BATCHED | DUAL | VMAP):
            answer = dispatch(op, args, flags)
            if answer is not NotImplemented:
                return answer
        return NotImplemented if following is None else following(op, args, flags)

    def recorded_too(node: Any, args: Any) -> None:
        _recorded(node, args)
        if recorded is not None:
            recorded(node, args)

    HOOKS.dispatch = both
    HOOKS.recorded = recorded_too


_install()
