"""Calls of public functions and methods without the parser.

NOTE [ Recipes ]
What the arguments of a call mean follows, mostly, from their types: the Parser's plans say how the operator's values are made of them.
The native form goes one step further. For each combination of argument types that a function was called with, _calls.c keeps a recipe:
which argument, constant or converted argument each of the operator's values is, and what to call with them. A call that has a recipe
never enters the interpreter. learn() writes recipes, once such a call was served in the general way; what it cannot describe stays there.

A function that is made of operators may say, as `tried_first`, which one it is wherever that operator's native kernel answers, or which
one it is for operands of how many dimensions: {(2, 2): mm}.

NOTE [ Served in C ]
Most calls are of operators with a native kernel, on plain tensors, in no mode but the grad mode. _record.c serves these: it calls the
kernel and makes the tensor, its place among views, the node and what that saves, as Op.fast1, fast2, apply_plain and ViewOp.apply do,
which say what is to be done and do it for all other calls. It reads and writes the fields of the core's classes as mypyc lays them out.
"""

from __future__ import annotations

from typing import Any, Final

from rushlight._core.function import SOURCE, Function, Route
from rushlight._core.loops import NATIVE, kernel
from rushlight._core.node import SavedTensor
from rushlight._core.op import Op
from rushlight._core.op_node import OpNode
from rushlight._core.plan import fact
from rushlight._core.signature import Plan, plan_key
from rushlight._core.signature_types import DEVICE, DOUBLE, INT_LIST, SYM_INT, TENSOR_LIST, Param, convert
from rushlight._core.state import FUNCTION_MODE, MODE, QUIET, SEQUENCE
from rushlight._core.tensor import TYPES, TensorBase, Version, View, differentiable
from rushlight._core.views import ViewOp, current_node

# As in _calls.c: where a value comes from ...
ARGUMENT, CONSTANT, INTEGER, NUMBER, REPEATED, INTEGERS, REST, TENSORS, SAME = range(9)
# ... and what is done with the values: nothing, target(list of them), target(*values), or that where None means that it does not serve.
GENERAL, LIST, SPREAD, ATTEMPT = range(4)

Source = tuple[int, int, int, Any]  # index of the argument, where the value comes from, size, constant
# What calls that lead to a function or an operator's in-place form ask first (the key says which): a native kernel of the same values,
# tensors among them, which answers None where it declines.
ATTEMPTS: Final[dict[Any, Any]] = {}
NO_RECIPE: Final[Any] = (GENERAL, None, [], None)


def learn(function: Function, args: tuple[Any, ...], kwargs: dict[str, Any], names: Any) -> Any:
    """The recipe for calls with arguments of these types: (what is done, target, sources of the values, the operator to serve in C)."""
    for value in [*args, *kwargs.values()]:
        if isinstance(value, TensorBase) and type(value) not in PLAIN:
            return NO_RECIPE
    quick = quick_operator(function, args)
    if quick is not None and not kwargs:
        target = quick.fast1 if len(args) == 1 else quick.fast2
        return ATTEMPT, target, [(index, ARGUMENT, 0, None) for index in range(len(args))], quick
    parser = function.parser
    plan = None if parser is None else parser.plans.get(plan_key(args, kwargs))
    if parser is None or plan is None or plan.overloaded:
        return NO_RECIPE
    sources = sources_of(plan, parser.offset, args, kwargs, names or ())
    if sources is None:
        return NO_RECIPE
    return routed(function.routes[plan.index], sources)


def quick_operator(function: Function, args: tuple[Any, ...]) -> Op | None:
    """The pointwise operator that such a call means without any parser, as Function.run() finds it."""
    if function.quick is None or len(args) != function.arity or not isinstance(args[0], TensorBase):
        return None
    if len(args) == 1 or isinstance(args[1], TensorBase):
        return function.quick
    return function.quick_number if type(args[1]) is float or type(args[1]) is int else None


def sources_of(plan: Plan, offset: int, args: tuple[Any, ...], kwargs: dict[str, Any], names: tuple[str, ...]) -> list[Source] | None:
    """Where each value of the signature comes from, as Parser.bind() makes them; None where that takes a look at the arguments."""
    sources: list[Source] = [(index, ARGUMENT, 0, None) for index in range(len(args))]
    if plan.varargs:
        sources[offset:] = [(offset, REST, 0, None)]
    sources.extend([(0, CONSTANT, 0, value) for value in plan.tail])
    for slot, name in plan.keywords:
        sources[slot] = (len(args) + names.index(name), ARGUMENT, 0, None)
    given = [*args, *[kwargs[name] for name in names]]
    for slot, param in plan.checked:
        index, how, _, _ = sources[slot]
        if how == REST:
            continue
        if param.kind == DEVICE and type(given[index]) is str:  # a device by its name, most often the same one
            sources[slot] = (index, SAME, 0, (given[index], convert(param, given[index], "")))
            continue
        found = conversion(param, given[index])
        if found is None:
            return None
        sources[slot] = (index, found[0], found[1], None)
    for slot, param in plan.nones:
        sources[slot] = (0, CONSTANT, 0, param.default)
    return sources


def conversion(param: Param, value: Any) -> tuple[int, int] | None:
    """What quick_convert() does to values of this type, and the size that the parameter has."""
    kind = param.kind
    cls = type(value)
    if cls is int:
        if kind <= SYM_INT:
            return INTEGER, 0
        if kind == DOUBLE:
            return NUMBER, 0
        return (REPEATED, param.size) if kind == INT_LIST else None
    if cls is not tuple and cls is not list:
        return None
    if kind == INT_LIST:
        return INTEGERS, 0
    return (TENSORS, 0) if kind == TENSOR_LIST and not param.count else None


def routed(route: Route, sources: list[Source]) -> Any:
    """The recipe for a signature's values that go this way, as Route.call() sends them."""
    if route.out >= 0:
        _, how, _, constant = sources.pop(route.out)
        if how != CONSTANT or constant is not None:
            return NO_RECIPE
    if route.order is not None:
        sources = [sources[entry] if isinstance(entry, int) else (0, CONSTANT, 0, entry[0]) for entry in route.order]
    target = route.target
    attempt = ATTEMPTS.get((target, route.in_place))
    if attempt is not None:
        return ATTEMPT, attempt, sources, None
    if route.in_place:
        return LIST, target.apply_inplace, sources, None
    if isinstance(target, Op):
        return LIST, target.apply, sources, target
    return SPREAD, target, sources, getattr(target, "tried_first", None)


PLAIN: Final[list[Any]] = []  # the classes of tensors without a __torch_function__ of their own


def plain_class(cls: Any) -> Any:
    """Let recipes serve tensors of exactly this class, which overrides nothing."""
    PLAIN.append(cls)
    if NATIVE is not None:
        NATIVE.set_tensors(tuple(PLAIN))
    return cls


def make_class() -> Any:
    """The class of functions: Function itself, or the native class that adds recipes to it."""
    if NATIVE is None:
        return Function
    SOURCE.relearn = NATIVE.relearn
    no_view = View(TensorBase(), None, None, None, 0, 0)
    shared = (TYPES, SEQUENCE, fact, current_node, differentiable, QUIET)
    NATIVE.start_record(TensorBase, OpNode, Op, ViewOp, Version(), no_view, SavedTensor(), *shared)
    return NATIVE.start_calls(MODE, FUNCTION_MODE, learn, Function)


FUNCTION: Final[Any] = make_class()


METHODS: Final[Any] = () if NATIVE is None else (NATIVE.Method,)  # the class of methods, besides Python's functions


def method(general: Any, function: Function, operator: bool = False) -> Any:
    """A method of Tensor: `general`, which calls `function`; with recipes in the native form. operator: a TypeError is NotImplemented."""
    return general if NATIVE is None else NATIVE.Method(general, function, operator)


def attempting(name: str, member: Any) -> Any:
    """A property or method that asks the native kernel `name` of the tensor first; itself in the pure form."""
    if NATIVE is None:
        return member
    made = kernel(name)
    return NATIVE.Property(made, member) if isinstance(member, property) else NATIVE.Method(member, None, False, made)
