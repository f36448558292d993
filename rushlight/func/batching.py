"""vmap's rules: how an operator acts on all examples at once.

A rule is a function (op, values, dims, level) -> (result, dim of its batch): values are the arguments with batched tensors replaced by
what they stand for, dims say where their examples are counted (None: the same for all; a list for a list of tensors). With several
results both may be lists. Rules are found by the operator's own `.vmap`, by its name in RULES (filled by `rules_*.py`), or by its kind:

- pointwise operators keep their batch dimension, or align it in front of the broadcast dimensions;
- DECOMPOSED operators are written as other operators on the batched tensors themselves;
- the rest loop over the examples, with PyTorch's warning about performance.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import numpy as np

from rushlight._core import dtypes, inplace
from rushlight._core.promotion import join_operands, result_dtype
from rushlight._core.state import FORWARD_AD, MODE, VMAP, get_mode
from rushlight._core.tensor import DUAL, TensorBase, shape_text, wants_grad, wrap
from rushlight._core.views import ViewOp
from rushlight.func.levels import STACK, Batch, Level, bare, make, split
from rushlight.ops import examples, looped
from rushlight.ops.declare import RANDOM, REGISTRY

RULES: dict[str, Any] = {}  # "name.overload", or "name" for every overload
DECOMPOSED: dict[str, Any] = {}  # same keys -> a function of the operator's arguments
# operators whose tangents are those of their parts, since they keep what derivatives would have to go through
FORWARD_BY_PARTS: dict[str, Any] = {}
NOT_IN_PLACE = (
    "vmap: {0}(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has more elements than `self`. "
    "This happened due to `other` being vmapped over but `self` not being vmapped over {1}. Please try to use out-of-place operators "
    "instead of {0}. If said operator is being called inside the PyTorch framework, please file a bug report instead."
)
# What refuses to write examples into a tensor that is the same for all, in the words of PyTorch's rule for each operator.
REFUSED_BY_SHAPE = frozenset(
    "add atan2 bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift copysign gcd lcm".split()
)
REFUSED_AS_ARITHMETIC = frozenset(
    "sub mul div clamp_max clamp_min copy logical_and logical_or logical_xor masked_fill.Scalar".split()
)
REFUSED_BY_NAME = frozenset("fill index_add index_fill index_put scatter_add scatter_reduce".split())
RANDOM_ERROR = (
    "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on "
    "vmap or perform the randomness operation out of vmap"
)
RANDOM_ERROR_INSIDE = (
    "vmap: We do not yet support calling random operations inside of vmap. Please perform random operations outside of vmap as a workaround"
)


class _Settings:
    """What torch._C._functorch sets for operators without a rule: may they loop, and do they say so."""

    def __init__(self) -> None:
        self.loops = True
        self.warns = True


SETTINGS = _Settings()


def rule(*names: str) -> Any:
    """Register a batching rule."""

    def register(function: Any) -> Any:
        for name in names:
            RULES[name] = function
        return function

    return register


def decomposed(*names: str) -> Any:
    """Register a function of batched tensors that does the same by other operators."""

    def register(function: Any) -> Any:
        for name in names:
            DECOMPOSED[name] = function
        return function

    return register


def run(op: Any, args: list[Any], level: Level) -> tuple[Any, Any]:
    """The operator on the examples of a level: the result for all of them and where they are counted in it."""
    if op.name in RANDOM:
        return random_at(op, args, level)
    chosen = op.vmap
    if chosen is None:
        chosen = op.vmap = find(op)
    if chosen is by_composition:
        return by_composition(op, args, None, level)
    values = list(args)
    dims: list[Any] = [None] * len(args)
    some = False
    for index in op.tensor_params:
        value = args[index]
        if isinstance(value, TensorBase):
            values[index], dims[index] = split(value, level)
            some = some or dims[index] is not None
        elif isinstance(value, (list, tuple)):
            pairs = [split(entry, level) if isinstance(entry, TensorBase) else (entry, None) for entry in value]
            values[index] = [pair[0] for pair in pairs]
            dims[index] = [pair[1] for pair in pairs]
            some = some or any(dim is not None for dim in dims[index])
    if not some:
        return op.apply(values), None
    return chosen(op, values, dims, level)  # type: ignore[no-any-return]


def plain(op: Any, values: list[Any]) -> bool:
    """Whether no tensor among an operator's arguments belongs to a level."""
    for index in op.tensor_params:
        value = values[index]
        if isinstance(value, TensorBase):
            if value._flags:
                return False
        elif isinstance(value, (list, tuple)):
            for entry in value:
                if isinstance(entry, TensorBase) and entry._flags:
                    return False
    return True


def find(op: Any) -> Any:
    """The rule of an operator; it warns where PyTorch loops over the examples, although this one need not."""
    rule = find_quiet(op)
    if rule is loop or not looped.loops(op.name, op.overload):
        return rule
    if rule is by_composition:
        key = f"{op.name}.{op.overload}"
        DECOMPOSED[key] = warned(DECOMPOSED.get(key) or DECOMPOSED[op.name], op)
        return rule
    return warned(rule, op)


def warned(function: Any, op: Any) -> Any:
    """A rule, or a composition, behind PyTorch's warning about a loop."""

    def run(*arguments: Any) -> Any:
        fall_back(op.name, op.overload)
        return function(*arguments)

    return run


@contextmanager
def silently() -> Any:
    """Loops inside say nothing: what they are part of has."""
    before, SETTINGS.warns = SETTINGS.warns, False
    try:
        yield
    finally:
        SETTINGS.warns = before


def looped_function(spec: str, function: Any, values: Any) -> Any:
    """A function made of other operators, for which PyTorch loops where no other transform stands inside the vmap."""
    level = STACK.get()[-1] if STACK.get() else None
    if level is None or level.kind != "vmap" or not runs_over(values, level):
        return function(*values)
    name, _, overload = spec.partition(".")
    fall_back(name, overload)
    with silently():
        if spec != "argwhere":
            return function(*values)
        pairs = [split(value, level) if isinstance(value, TensorBase) else (value, None) for value in values]
        with outside(level):
            rows = [looped_function(spec, function, [example(*pair, number) for pair in pairs]) for number in range(level.size)]
            return make(level, REGISTRY["stack"](rows, 0), 0)


def runs_over(values: Any, level: Level) -> bool:
    """Whether any tensor among arguments has examples at a level."""
    for value in values:
        for entry in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(entry, TensorBase) and split(entry, level)[1] is not None:
                return True
    return False


def find_quiet(op: Any) -> Any:
    """The rule of an operator."""
    from rushlight.func import rules_indexing, rules_linalg, rules_losses, rules_nn, rules_reduce, rules_sequences, rules_shape  # noqa: F401

    key = f"{op.name}.{op.overload}"
    for name in (key, op.name):
        if name in DECOMPOSED:
            return by_composition
        if name in RULES:
            return RULES[name]
    if op.kind == "pointwise":
        return unary if len(op.tensor_params) == 1 else pointwise
    return loop


def by_composition(op: Any, args: Any, _: Any, level: Level) -> tuple[Any, Any]:
    """A rule in terms of other operators, on the wrappers."""
    values = list(args)
    for index in op.tensor_params:
        value = values[index]
        if isinstance(value, TensorBase):
            values[index] = plain_at(value, level)
        elif isinstance(value, (list, tuple)):
            values[index] = [plain_at(entry, level) if isinstance(entry, TensorBase) else entry for entry in value]
    function = DECOMPOSED.get(f"{op.name}.{op.overload}") or DECOMPOSED[op.name]
    found = function(*values)
    if not isinstance(found, (tuple, list)):
        return split(found, level)
    pairs = [split(entry, level) for entry in found]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def plain_at(tensor: Any, level: Level) -> Any:
    """A tensor without the graph that it has in the stratum of `level`."""
    return bare(tensor) if tensor._batch is not None and tensor._batch.level is level else tensor


# ---------------------------------------------------------------- batch dimensions


def front(value: Any, dim: int | None) -> Any:
    """A tensor with its batch dimension first."""
    if not dim:
        return value
    order = [dim, *range(dim), *range(dim + 1, value._array.ndim)]
    return REGISTRY["permute"](value, order)


def full(value: Any, dim: int | None, level: Level) -> Any:
    """A tensor with a batch dimension, first; one that is the same for all examples is expanded."""
    if dim is not None:
        return front(value, dim)
    return REGISTRY["expand"](value, (level.size, *value._array.shape), False)


def padded(value: Any, dim: int | None, rank: int) -> Any:
    """The batch dimension first, and the example's shape made one of `rank` dimensions by leading 1s."""
    value = front(value, dim)
    if dim is None:
        return value
    missing = rank - (value._array.ndim - 1)
    for _ in range(missing):
        value = REGISTRY["unsqueeze"](value, 1)
    return value


def rank_of(value: Any, dim: int | None) -> int:
    """How many dimensions an example has."""
    return value._array.ndim - (dim is not None)  # type: ignore[no-any-return]


# ---------------------------------------------------------------- pointwise


def unary(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """A pointwise operator of one tensor: its batch stays where it is."""
    return applied(op, values), dims[op.tensor_params[0]]


def pointwise(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """Operands with their batches in front and their examples' shapes aligned."""
    if op.tensor_params == (0, 1):
        first, second = values[0], values[1]
        if isinstance(first, TensorBase) and dims[0] == 0:
            array = first._array
            if isinstance(second, TensorBase):
                other = second._array
                if dims[1] == 0 and other.ndim == array.ndim and other.dtype is array.dtype:
                    return applied(op, values), 0
            elif array.ndim > 1:
                return applied(op, values), 0
    places = [index for index in op.tensor_params if isinstance(values[index], TensorBase)]
    ranks = [rank_of(values[index], dims[index]) for index in places]
    rank = max(ranks)
    batched = [index for index in places if dims[index] is not None]
    same = {dims[index] for index in batched}
    if min(ranks) != max(ranks) or len({values[index]._array.dtype for index in places}) > 1:
        operands = [index for index in places if op.params[index] != "condition"]
        promote_scalars(op, values, dims, operands, [rank_of(values[index], dims[index]) for index in operands])
    if same == {0} and all(r == rank if dims[index] is not None else r == 0 for index, r in zip(places, ranks)):
        return applied(op, values), 0
    for index in places:
        values[index] = padded(values[index], dims[index], rank)
    return applied(op, values), 0


def applied(op: Any, values: list[Any]) -> Any:
    """The operator; if it is a pointwise one, by the fast path of one or two operands where that serves."""
    if op.kind == "pointwise":
        if len(values) == 1:
            return op.call1(values[0])
        if op.tensor_params == (0, 1) and values[2:] == list(op.defaults):
            return op.call2(values[0], values[1])
    return op.apply(values)


def promote_scalars(op: Any, values: list[Any], dims: list[Any], places: list[int], ranks: list[int]) -> None:
    """Cast examples without dimensions, which do not count fully in promotion, to the dtype that the examples have together."""
    single = [rank == 0 and dims[index] is not None for index, rank in zip(places, ranks)]
    if not any(single):
        return
    if len(single) == 2 and not all(single) and not values[places[single.index(True)]]._array.size:
        raise IndexError("select(): index 0 out of range for tensor of size [0] at dimension 0")  # PyTorch asks an example for its dtype
    if len({values[index]._array.dtype for index in places}) == 1:
        if all(isinstance(values[index], TensorBase) or values[index] is None for index in op.tensor_params):
            return
    shown = [example_array(values[index], dims[index]) for index in op.tensor_params if op.params[index] != "condition"]
    common = result_dtype(shown, join_operands)
    for index, rank in zip(places, ranks):
        if rank == 0 and dims[index] is not None and dtypes.of(values[index]._array) is not common:
            if dtypes.of(values[index]._array).category <= common.category:
                values[index] = REGISTRY["_to_copy"](values[index], dtype=common)


def example_array(value: Any, dim: int | None) -> Any:
    """An array with an example's rank and dtype."""
    if not isinstance(value, TensorBase):
        return value
    return np.empty((1,) * rank_of(value, dim), value._array.dtype)


# ---------------------------------------------------------------- the last resort


def loop(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """One example after the other."""
    fall_back(op.name, op.overload)
    return loop_quietly(op, values, dims, level)


def fall_back(name: str, overload: str) -> None:
    """Warn, or raise, where PyTorch would loop."""
    if not SETTINGS.loops:
        raise RuntimeError(f"aten::{name}{'.' + overload if overload else ''} hit the vmap fallback which is currently disabled")
    warn_of_loop(name, overload)


def warn_of_loop(name: str, overload: str) -> None:
    """PyTorch's warning about an operator without a batching rule."""
    from rushlight.ops.warn import warn_user

    if SETTINGS.warns:
        warn_user(
            f"There is a performance drop because we have not yet implemented the batching rule for aten::{name}"
            f"{'.' + overload if overload else ''}. Please file us an issue on GitHub so that we can prioritize its "
            "implementation. (Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/functorch/BatchedFallback.cpp:84.)"
        )


def loop_quietly(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """loop() without the warning."""
    if not level.size:
        raise RuntimeError(
            f"The fallback path does not support vmap over dims of size 0. Got dim 0 for aten::{op.name}. Please file an issue."
        )
    rows = []
    for number in range(level.size):
        arguments = list(values)
        for index in op.tensor_params:
            arguments[index] = example(values[index], dims[index], number)
        rows.append(op.apply(arguments))
    if not isinstance(rows[0], (tuple, list)):
        return REGISTRY["stack"](rows, 0), 0
    return [REGISTRY["stack"](list(column), 0) for column in zip(*rows)], 0


def example(value: Any, dim: Any, number: int) -> Any:
    """One example of an argument."""
    if isinstance(value, TensorBase):
        return value if dim is None else REGISTRY["select.int"](value, dim, number)
    if isinstance(value, (list, tuple)):
        return [example(entry, place, number) for entry, place in zip(value, dim)]
    return value


# ---------------------------------------------------------------- writes


def refuse_write(op: Any, target: Any, args: Any, level: Level) -> None:
    """Raise where examples would have to be written into a tensor that is the same for all."""
    name = op.name.removesuffix("_")
    if name in RANDOM and len(op.tensor_params) > 1:  # draws for parameters that are tensors
        check_randomness(level, True)
        raise RuntimeError(NOT_IN_PLACE.format(f"inplace {name}", "in a vmap"))
    if name in REFUSED_BY_SHAPE:
        shape = target._array.shape
        raise RuntimeError(
            f"output with shape {shape_text(shape)} doesn't match the broadcast shape {shape_text((level.size, *shape))}"
        )
    if name in REFUSED_AS_ARITHMETIC or f"{name}.{op.overload}" in REFUSED_AS_ARITHMETIC:
        raise RuntimeError(NOT_IN_PLACE.format("inplace arithmetic", "in a vmap"))
    if name in REFUSED_BY_NAME:
        raise RuntimeError(NOT_IN_PLACE.format(f"{name}_", "in a vmap"))
    warn_of_loop(f"{name}_", op.overload)
    raise RuntimeError(NOT_IN_PLACE.format(f"aten::{name}_", f"at level {level.number}"))


def write(op: Any, args: list[Any], level: Level) -> None:
    """Write an operator's result into its first argument, for all examples."""
    target = args[0]
    batch = target._batch
    if not isinstance(op, ViewOp) and any_recorded(op, args):  # what is recorded of the old value must not be overwritten
        args = [make(level, REGISTRY["clone"](batch.value, None), batch.dim), *args[1:]]
    said = looped.in_place(op.name, op.overload)
    if said is not None and runs_over(args, level):
        fall_back(*said)
        with silently():
            found, dim = run(op, args, level)
    else:
        found, dim = run(op, args, level)
    if isinstance(op, ViewOp):
        target._batch = Batch(level, found, dim)
        return
    if batch.dim is None and dim is not None:
        refuse_write(op, target, args, level)
    shown = make(level, found, dim)._array
    if shown.ndim > target._array.ndim:  # PyTorch compares what it has aligned, the examples' dimension included
        missing = (1,) * (shown.ndim - target._array.ndim)
        own, result = (level.size, *missing, *target._array.shape), (level.size, *shown.shape)
        raise RuntimeError(f"output with shape {shape_text(own)} doesn't match the broadcast shape {shape_text(result)}")
    inplace.check_result(op.name, target._array, shown)
    _refuse_further_out(op, batch.value, found, args, level)
    place = front(batch.value, batch.dim)
    if dim is None and batch.dim is not None:
        found = REGISTRY["expand"](found, place._array.shape, False)
    REGISTRY["copy_"](place, front(found, dim), False)


def _refuse_further_out(op: Any, target: Any, found: Any, args: Any, level: Level) -> None:
    """Raise where the write would bring examples of an outer level into a tensor that is the same for all of them."""
    outer = {entry.number: entry for entry in levels_of(found)}
    for entry in levels_of(target):
        outer.pop(entry.number, None)
    if outer:
        refuse_write(op, target, args, outer[max(outer)])


def levels_of(tensor: Any) -> list[Level]:
    """The vmap levels over whose examples a tensor runs, innermost first."""
    found = []
    while tensor._batch is not None:
        if tensor._batch.dim is not None:
            found.append(tensor._batch.level)
        tensor = tensor._batch.value
    return found


def any_recorded(op: Any, args: list[Any]) -> bool:
    """Whether something below the tensors of a level wants a gradient or has tangents."""
    for index in op.tensor_params:
        value = args[index]
        for entry in value if isinstance(value, (list, tuple)) else (value,):
            batch = entry._batch if isinstance(entry, TensorBase) else None
            while batch is not None:
                if batch.value._flags & DUAL or wants_grad(batch.value):
                    return True
                batch = batch.value._batch
    return False


# ---------------------------------------------------------------- random numbers


@contextmanager
def outside(level: Level) -> Any:
    """Run as the levels around a level do."""
    stack = STACK.get()
    outer = stack[: stack.index(level)] if level in stack else ()
    word = get_mode() & ~(VMAP | FORWARD_AD)
    for entry in outer:
        word |= {"vmap": VMAP, "jvp": FORWARD_AD, "dual": FORWARD_AD}.get(entry.kind, 0)
    token, mode = STACK.set(outer), MODE.set(word)
    try:
        yield
    finally:
        MODE.reset(mode)
        STACK.reset(token)


def innermost() -> Level:
    """The vmap level that the program is in."""
    found: Level | None = None
    for level in STACK.get():
        if level.kind == "vmap":
            found = level
    assert found is not None
    return found


def check_randomness(level: Level, batched: bool) -> None:
    """Raise where a level gives no random numbers, or none for parameters that differ between the examples (`batched`)."""
    if level.randomness == "error":
        raise RuntimeError(RANDOM_ERROR_INSIDE if level.internal else RANDOM_ERROR)
    if batched and level.randomness == "same":
        raise RuntimeError(
            "Vmap does not currently support same randomness with a batched tensor input. Please file an issue with functorch"
        )


def random(op: Any, args: Any, _: Any, writes: int) -> Any:
    """A random operator on tensors that are no examples, inside vmap."""
    level = innermost()
    check_randomness(level, False)
    if level.randomness == "same":
        with outside(level):
            return op.apply_inplace(args) if writes else op.apply(args)
    if writes:
        raise RuntimeError(
            "vmap: Cannot ask for different inplace randomness on an unbatched tensor. This will appear like same randomness. If this is "
            "necessary for your usage, please file an issue with functorch."
        )
    found, dim = random_at(op, args, level)
    if isinstance(found, (tuple, list)):
        return type(found)([make(level, entry, 0) for entry in found])
    return make(level, found, dim)


_ROWS = {"multinomial": 1, "_sample_dirichlet": 1}


def random_at(op: Any, args: Any, level: Level) -> tuple[Any, Any]:
    """A random operator at a level."""
    check_randomness(level, False)
    values, batched = list(args), False
    for index in op.tensor_params:
        if isinstance(args[index], TensorBase):
            value, dim = split(args[index], level)
            batched = batched or dim is not None
            if level.randomness == "different":
                value = full(value, dim, level)
            elif dim is not None and only_written(op, index):
                value = REGISTRY["select.int"](value, dim, 0)
                if not value._flags:  # drawn in the order of new memory
                    value = wrap(np.empty(value._array.shape, value._array.dtype))
            elif dim is not None:
                check_randomness(level, True)
            values[index] = value
    with outside(level):
        if level.randomness == "same":
            return op.apply(values), None
        if op.name == "multinomial" and values[0]._array.ndim > 2:
            shape = values[0]._array.shape
            found = op.apply([REGISTRY["reshape"](values[0], (-1, shape[-1])), *values[1:]])
            return REGISTRY["reshape"](found, (*shape[:-1], -1)), 0
        return op.apply(values), 0


def only_written(op: Any, index: int) -> bool:
    """Whether nothing but the shape and dtype of an argument of a random operator matters."""
    if op.name == "bernoulli":
        return op.overload in ("p", "float") or op.overload == "Tensor" and index == 0
    return op.defaults == () and len(op.tensor_params) == 1


def draw(size: Any, make_values: Any) -> Any:
    """A random factory inside vmap: make_values(shape) gives a tensor."""
    different: list[Level] = []
    for level in STACK.get():
        if level.kind != "vmap":
            continue
        if level.randomness == "error":
            raise RuntimeError(RANDOM_ERROR_INSIDE if level.internal else RANDOM_ERROR)
        if level.randomness == "different":
            different.append(level)
    token = MODE.set(get_mode() & ~VMAP)
    try:
        found = make_values((*[level.size for level in different], *size))
    finally:
        MODE.reset(token)
    for level in different:
        found = make(level, found, 0)
    return found


examples.LEVELS.make, examples.LEVELS.draw = make, draw
looped.HOOK.run = looped_function
