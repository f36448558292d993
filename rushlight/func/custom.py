"""torch.autograd.Function inside transforms: its vmap rule (given or generated), its jvp, its backward in every stratum."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rushlight._core.state import GRAD, MODE, get_mode
from rushlight._core.tensor import BATCHED, DUAL, TensorBase, shape_text, version_of, wants_grad
from rushlight.autograd.function import Function, _forward
from rushlight.func import levels
from rushlight.func.batching import outside
from rushlight.func.levels import FORWARD_OFF, Level, lift, make, set_tangents, split, tangent_at, tangents_of
from rushlight.ops.declare import REGISTRY
from rushlight.ops.examples import transformed
from rushlight.utils._pytree import _broadcast_to_and_flatten, tree_flatten, tree_unflatten

_NOTES = "For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"


class VmapInfo(NamedTuple):
    """What a vmap staticmethod is told of the level."""

    batch_size: int
    randomness: str


def apply(cls: Any, args: Any) -> Any:
    """A call with batched or dual tensors, or inside a transform of torch.func."""
    if transformed() and cls.setup_context is Function.setup_context:
        raise RuntimeError(
            "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must override the "
            f"setup_context staticmethod. {_NOTES}"
        )
    level = _stratum(args)
    forward = _forward
    if level is not None:
        args = tuple(_lifted(arg, level) for arg in args)
        wants = any(isinstance(arg, TensorBase) and (wants_grad(arg) or tangents_of(arg)) for arg in args)
        if not wants:
            return _mapped(cls, args, level)

        word, off = get_mode(), FORWARD_OFF.get()

        def forward(cls: Any, ctx: Any, args: Any) -> Any:
            token, ahead = MODE.set(get_mode() | word & GRAD), FORWARD_OFF.set(off)  # graphs and tangents of the strata outside go on
            try:
                output = _same(_mapped(cls, tuple(_bare(arg) for arg in args), level), args)
            finally:
                FORWARD_OFF.reset(ahead)
                MODE.reset(token)
            cls.setup_context(ctx, args, output)
            return output

    live = _live(args)
    if not live:
        return cls._run(args, forward)
    made: list[Any] = []

    def remembered(cls: Any, ctx: Any, args: Any) -> Any:
        made.append(ctx)
        return forward(cls, ctx, args)

    token = FORWARD_OFF.set(True)
    try:
        output = cls._run(args, remembered, True)
    finally:
        FORWARD_OFF.reset(token)
    found = _with_tangents(cls, made[0], args, output, live)
    made[0].saved_for_forward = made[0].dirty_tensors = made[0].non_differentiable = None
    return found


def _bare(arg: Any) -> Any:
    return levels.bare(arg) if isinstance(arg, TensorBase) and arg._batch is not None else arg


def _stratum(args: Any) -> Level | None:
    found: Level | None = None
    for arg in args:
        if isinstance(arg, TensorBase):
            if arg._batch is not None and (found is None or arg._batch.level.number > found.number):
                found = arg._batch.level
        elif isinstance(arg, (list, tuple, dict)):
            inner = _stratum(tree_flatten(arg)[0])
            if inner is not None and (found is None or inner.number > found.number):
                found = inner
    return found


def _lifted(arg: Any, level: Level) -> Any:
    return lift(level, arg) if isinstance(arg, TensorBase) and (wants_grad(arg) or arg._flags & (BATCHED | DUAL)) else arg


def _live(args: Any) -> list[Level]:
    found: dict[int, Level] = {}
    if FORWARD_OFF.get():
        return []
    for arg in args:
        if isinstance(arg, TensorBase):
            for level, _ in tangents_of(arg):
                found[level.number] = level
    return [found[number] for number in sorted(found)]


# ---------------------------------------------------------------- forward mode


def _with_tangents(cls: Any, ctx: Any, args: Any, output: Any, live: list[Level]) -> Any:
    """The outputs with the tangents that cls.jvp gives them."""
    single = not isinstance(output, tuple)
    outputs = [output] if single else list(output)
    fixed = {id(tensor) for tensor in ctx.non_differentiable or ()}
    saved = ctx.saved_for_forward or ()
    for level in live:
        given = [_tangent_of(arg, level, ctx.materialize_grads) for arg in args]
        ctx.saved_in_jvp = tuple(
            levels.stripped(tensor, level.number) if isinstance(tensor, TensorBase) else tensor for tensor in saved
        )
        versions = [None if tangent is None else version_of(tangent) for tangent in given]
        try:
            found = cls.jvp(ctx, *given)
        finally:
            ctx.saved_in_jvp = None
        tangents = list(found) if isinstance(found, tuple) else [found]
        for number, tangent in enumerate(tangents):
            if tangent is not None and not isinstance(tangent, TensorBase):
                raise RuntimeError(f"expected Variable or None (got {type(tangent).__name__}) for grad output {number}.")
        if len(tangents) != len(outputs):
            raise RuntimeError(
                "Function's jvp returned an invalid number of forward gradients "
                f"(expected {len(outputs)} but got {len(tangents)})"
            )
        for number, (entry, tangent) in enumerate(zip(outputs, tangents)):
            _check_tangent(entry, tangent, number)
            _check_sharing(ctx, args, given, versions, entry, tangent)
            if isinstance(entry, TensorBase) and tangent is not None and id(entry) not in fixed:
                set_tangents(entry, (*[pair for pair in tangents_of(entry) if pair[0] is not level], (level, tangent)))
    for entry in outputs:
        if isinstance(entry, TensorBase) and entry._tangent is not None and entry._node is ctx:
            for item in ctx._saved or ():
                if getattr(item, "tensor", item) is None and item.array is entry._array:
                    item.exotic = (entry._flags, entry._tangent, entry._batch)
    return output


def _check_tangent(entry: Any, tangent: Any, number: int) -> None:
    """Refuse what cannot be an output's tangent."""
    if isinstance(entry, TensorBase) and tangent is not None and tangent._array.shape != entry._array.shape:
        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is "
            f"of size {shape_text(entry._array.shape)} while the given forward gradient is of size {shape_text(tangent._array.shape)}."
        )


def _check_sharing(ctx: Any, args: Any, given: list[Any], versions: list[Any], entry: Any, tangent: Any) -> None:
    """What is an input written to in place, or a view of one, needs a tangent that is that to the input's tangent."""
    if not isinstance(entry, TensorBase) or tangent is None:
        return
    dirty = ctx.dirty_tensors or ()
    for place, (arg, own) in enumerate(zip(args, given)):
        if own is None:
            continue
        if any(entry is value for value in dirty):
            if arg is entry and (tangent is not own or version_of(own) == versions[place]):
                raise RuntimeError(
                    "An inplace custom Function is not modifying the forward mode gradients inplace. If the forward is modifying an input "
                    "inplace, then the jvp function must modify the corresponding gradient inplace."
                )
        elif entry._view is not None and (entry._view.base is arg or arg._view is not None and entry._view.base is arg._view.base):
            shared = np.shares_memory(tangent._array, own._array)
            if tangent._view is None and (_is_same_view(arg, entry) or not shared):
                raise RuntimeError(
                    "A custom Function's forward is returning a view (or an input as-is) but the jvp is not returning a view."
                )
            if tangent is not own and not shared:
                what = "given grad input." if own._view is None else "same base as the given grad input."
                raise RuntimeError(f"A custom Function is returning a view but the jvp is not returning a view of the {what}")


def _is_same_view(arg: Any, entry: Any) -> bool:
    """Whether an output is an input as it is."""
    return arg._array.shape == entry._array.shape and arg._array.strides == entry._array.strides


def _tangent_of(arg: Any, level: Level, materialize: bool) -> Any:
    if not isinstance(arg, TensorBase):
        return None
    found = tangent_at(arg, level)
    if found is None and materialize and arg._array.dtype.kind in "fcV":
        return REGISTRY["detach"](arg).new_zeros(arg.shape)
    return found


# ---------------------------------------------------------------- vmap


def _mapped(cls: Any, args: Any, level: Level) -> Any:
    """The function on all examples of a level."""
    name = cls.__name__
    overridden = cls.vmap is not Function.vmap
    if cls.generate_vmap_rule and overridden:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it has both generate_vmap_rule=True and an overridden vmap staticmethod. Please set "
            f"generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity. {_NOTES}"
        )
    if not cls.generate_vmap_rule and not overridden:
        raise RuntimeError(
            f"You tried to vmap over {name}, but it does not have vmap support. Please override and implement the vmap staticmethod or "
            f"set generate_vmap_rule=True. {_NOTES}"
        )
    pairs = [_parts(arg, level) for arg in args]
    values, dims = tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs)
    with outside(level):
        if all(dim is None for dim in tree_flatten(dims)[0]):
            output = cls.apply(*values)
            return _wrapped(output, None, level)
        if cls.generate_vmap_rule:
            generated = _generated(cls, dims, level)
            output = generated.apply(*values)
            return _wrapped(output, generated.out_dims, level)
        found = cls.vmap(VmapInfo(level.size, level.randomness), dims, *values)
    if not (isinstance(found, tuple) and len(found) == 2):
        raise RuntimeError(
            "Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure compatible with the "
            f"output. Got a {type(found)} instead"
        )
    output, out_dims = found
    flat, spec = tree_flatten(output)
    places = _broadcast_to_and_flatten(out_dims, spec)
    if places is None:
        raise RuntimeError(
            "The autograd.Function's vmap staticmethod returned an incompatible (output, out_dims) tuple. Expected "
            f"out_dims={out_dims} to be compatible with the structure of `output`. out_dims has structure {tree_flatten(out_dims)[1]} but "
            f"output has structure {spec}. {_NOTES}"
        )
    return tree_unflatten([_made(entry, dim, level) for entry, dim in zip(flat, places)], spec)


def _same(output: Any, args: Any) -> Any:
    """The outputs, with an input itself in the place of an output that stands for what it stands for."""
    known = {id(arg._batch.value): arg for arg in args if isinstance(arg, TensorBase) and arg._batch is not None}

    def itself(entry: Any) -> Any:
        found = known.get(id(entry._batch.value)) if isinstance(entry, TensorBase) and entry._batch is not None else None
        return entry if found is None or found._batch.dim != entry._batch.dim else found

    return tuple(itself(entry) for entry in output) if isinstance(output, tuple) else itself(output)


def _parts(arg: Any, level: Level) -> tuple[Any, Any]:
    """An argument with what its tensors stand for at a level, and where their examples are counted."""
    if isinstance(arg, TensorBase):
        return split(arg, level)
    if not isinstance(arg, (list, tuple, dict)):
        return arg, None
    flat, spec = tree_flatten(arg)
    pairs = [_parts(entry, level) for entry in flat]
    return tree_unflatten([pair[0] for pair in pairs], spec), tree_unflatten([pair[1] for pair in pairs], spec)


def _made(entry: Any, dim: Any, level: Level) -> Any:
    if not isinstance(entry, TensorBase):
        return entry
    return make(level, entry, dim if dim is None else dim % entry._array.ndim)


def _wrapped(output: Any, dims: Any, level: Level) -> Any:
    if not isinstance(output, tuple):
        return _made(output, dims[0] if dims else None, level)
    return tuple(_made(entry, dim, level) for entry, dim in zip(output, dims or [None] * len(output)))


class _Context:
    """The ctx that a function's own methods see while they run inside the level of a generated rule."""

    def __init__(self) -> None:
        self.saved_tensors: tuple[Any, ...] = ()
        self.to_save: Any = ()
        self.saved_for_forward: Any = ()
        self.non_differentiable: Any = ()
        self.materialize_grads = True
        self.needs_input_grad: Any = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """As FunctionCtx's."""
        self.to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """As FunctionCtx's."""
        self.saved_for_forward = tensors

    def mark_dirty(self, *tensors: Any) -> None:
        """As FunctionCtx's; not possible here."""
        raise RuntimeError("NYI: vmap over autograd.Function with generate_vmap_rule=True and ctx.mark_dirty")

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """As FunctionCtx's."""
        self.non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """As FunctionCtx's."""
        self.materialize_grads = value


def _pairs(entries: Any, level: Level) -> tuple[list[Any], list[Any]]:
    found = [split(entry, level) if isinstance(entry, TensorBase) else (entry, None) for entry in entries]
    return [pair[0] for pair in found], [pair[1] for pair in found]


def _into_level(values: Any, dims: Any, level: Level) -> list[Any]:
    return [
        make(level, value, dim) if isinstance(value, TensorBase) and dim is not None else value for value, dim in zip(values, dims)
    ]


def _as_input(entry: Any, dim: Any, shape: Any, level: Level) -> Any:
    """What a method gives for an input: counted as the input is and summed to the shape of its examples, or added up when the input is
    the same for all examples."""
    if not isinstance(entry, TensorBase):
        return entry
    value, place = split(entry, level)
    if dim is None:
        return value if place is None else REGISTRY["sum.dim_IntList"](value, [place], False)
    if place is None:
        value, place = REGISTRY["expand"](value, (level.size, *value._array.shape), False), 0
    if shape is not None and entry._array.shape != shape:
        value, place = _summed(REGISTRY["movedim.int"](value, place, 0), shape), 0
    return REGISTRY["movedim.int"](value, place, dim)


def _summed(value: Any, shape: Any) -> Any:
    """Examples, counted first, summed over the dimensions along which inputs of the given shape were broadcast."""
    extra = value._array.ndim - 1 - len(shape)
    if extra > 0:
        value = REGISTRY["sum.dim_IntList"](value, list(range(1, extra + 1)), False)
    stretched = [place + 1 for place, size in enumerate(shape) if size == 1 and value._array.shape[place + 1] != 1]
    return REGISTRY["sum.dim_IntList"](value, stretched, True) if stretched else value


def _generated(cls: Any, dims: Any, level: Level) -> Any:
    """generate(), or what it gave before: classes are cyclic, so that they wait for the garbage collector."""
    known = cls.__dict__.get("_vmapped_classes")
    if known is None:
        known = cls._vmapped_classes = {}
    key = (dims, level.size, level.randomness)
    found = known.get(key)
    if found is None:
        if len(known) >= 64:
            known.clear()
        found = known[key] = generate(cls, dims, level.size, level.randomness)
    return found


def generate(cls: Any, dims: Any, size: int, randomness: str) -> Any:
    """The Function on all examples, whose methods map those of `cls`."""

    def level() -> Level:
        return Level("vmap", size, randomness)

    class Generated(Function):
        out_dims: Any = None

        @staticmethod
        def forward(*values: Any) -> Any:
            with level() as inner:
                output = cls.forward(*_into_level(values, dims, inner))
                found, Generated.out_dims = _pairs(output if isinstance(output, tuple) else (output,), inner)
            return tuple(found) if isinstance(output, tuple) else found[0]

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            single = not isinstance(output, tuple)
            outputs = (output,) if single else output
            with level() as inner:
                seen, ctx.out_dims = _Context(), Generated.out_dims
                shown = tuple(_into_level(outputs, Generated.out_dims, inner))
                given = tuple(_into_level(inputs, dims, inner))
                ctx.input_shapes = [entry._array.shape if isinstance(entry, TensorBase) else None for entry in given]
                cls.setup_context(seen, given, shown[0] if single else shown)
                saved, ctx.saved_dims = _pairs(seen.to_save, inner)
                ahead, ctx.ahead_dims = _pairs(seen.saved_for_forward, inner)
                fixed = [value for value, mark in zip(outputs, shown) if any(mark is entry for entry in seen.non_differentiable)]
            ctx.save_for_backward(*saved)
            ctx.save_for_forward(*ahead)
            if fixed:
                ctx.mark_non_differentiable(*fixed)
            ctx.set_materialize_grads(seen.materialize_grads)
            seen.to_save = seen.saved_for_forward = seen.non_differentiable = ()  # see Function._run
            ctx.seen = seen

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            with level() as inner:
                ctx.seen.saved_tensors = tuple(_into_level(ctx.saved_tensors, ctx.saved_dims, inner))
                ctx.seen.needs_input_grad = ctx.needs_input_grad
                method = cls.vjp if cls.vjp is not Function.vjp else cls.backward
                found = method(ctx.seen, *_into_level(grads, ctx.out_dims, inner))
                found = found if isinstance(found, tuple) else (found,)
                return tuple(_as_input(entry, dim, shape, inner) for entry, dim, shape in zip(found, dims, ctx.input_shapes))

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> Any:
            with level() as inner:
                ctx.seen.saved_tensors = tuple(_into_level(ctx.saved_tensors, ctx.ahead_dims, inner))
                found = cls.jvp(ctx.seen, *_into_level(tangents, dims, inner))
                many = found if isinstance(found, tuple) else (found,)
                values = tuple(_as_output(entry, dim, inner) for entry, dim in zip(many, ctx.out_dims))
            return values if isinstance(found, tuple) else values[0]

    Generated.generate_vmap_rule = True
    Generated.__name__ = f"Vmapped{cls.__name__}"
    return Generated


def _as_output(entry: Any, dim: Any, level: Level) -> Any:
    if not isinstance(entry, TensorBase):
        return entry
    value, place = split(entry, level)
    if dim is None or place == dim:
        return value
    if place is None:
        return REGISTRY["expand"](value, (level.size, *value._array.shape), False)
    return REGISTRY["movedim.int"](value, place, dim)


