"""How operators are declared, and the registry that everything public derives from.

    exp = pointwise("exp", np.exp, self=lambda grad, result: grad * conj(result))

    @reduction("sum.dim_IntList", grad_fn="SumBackward1", self=lambda grad, self_sym_sizes, dim, keepdim: ...)
    def sum_dim(self, dim, keepdim=False, *, dtype=None): ...

The first argument is the overload as PyTorch's schemas name it. A kernel takes arrays (and plain values) and returns arrays; its
parameter names are the schema's. Keywords are gradient formulas by input, see NOTE [ A formula's parameter names are its save
list ] in `_core/plan.py`. Signatures, argument checks, `out=`, the in-place form, the method and the node's class follow.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, ValuesView
from typing import Any

import numpy as np

from rushlight._core import function, loops, promotion, views
from rushlight._core.calls import FUNCTION, method as native_method
from rushlight._core.function import Function, Route
from rushlight._core.op import Op
from rushlight._core.plan import parameter_names
from rushlight._core.signature import Parser
from rushlight._core.signature_types import NUMBERS_AS_TENSORS
from rushlight._core.slot import RECORDED
from rushlight.ops import contents, native, signatures, unrecorded
from rushlight.ops.looped import looped

COMMON, FLOAT, COMPARE = promotion.COMMON, promotion.FLOAT, promotion.COMPARE


class Registry(dict[str, Any]):
    """overload -> Op, or a Python function of the signature's values (compositions and factories).

    A file of operators is imported when one of them is first asked for: contents.py says which file that is. A look at all of them
    imports all.
    """

    def __missing__(self, spec: str) -> Any:
        found = self.get(spec)
        if found is None:
            raise KeyError(spec)
        return found

    def get(self, spec: str, default: Any = None) -> Any:
        """What runs an overload, after importing the file that declares it."""
        found = dict.get(self, spec)
        if found is None and contents.declare(spec.partition(".")[0]):
            found = dict.get(self, spec)
        return default if found is None else found

    def __contains__(self, spec: object) -> bool:
        return self.get(str(spec)) is not None

    def __iter__(self) -> Iterator[str]:
        contents.declare_all()
        return super().__iter__()

    def values(self) -> ValuesView[Any]:
        """What runs each overload, of every file."""
        contents.declare_all()
        return super().values()

    def items(self) -> ItemsView[str, Any]:
        """Each overload and what runs it, of every file."""
        contents.declare_all()
        return super().items()


REGISTRY = Registry()

# Pointwise operators whose kernels take Python numbers as they are; to the others a number is a 0-d operand.
TAKE_NUMBERS = {"pow", "clamp", "clamp_min", "clamp_max"}
# Those that round numbers to 16 bits where the tensors are 16-bit floats; the others compute with them in float32.
ROUND_NUMBERS = {"add", "sub", "rsub", "fmod", "remainder", "pow"}

# Operators that draw random numbers.
RANDOM = frozenset(
    "uniform normal random bernoulli exponential geometric cauchy log_normal _standard_gamma _sample_dirichlet multinomial poisson "
    "binomial".split()
)

# Names of the operators that promote: of no other a call may skip the parser.
PROMOTING: set[str] = set()

REALS = "efd"
FLOATS = "efdFD"
INTEGERS = "bBhHiIlLqQ"
NUMBERS = FLOATS + INTEGERS
EVERY = NUMBERS + "?"


def _names_and_defaults(kernel: Any) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    code = kernel.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    defaults = list(kernel.__defaults__ or ())
    keyword_defaults = kernel.__kwdefaults__ or {}
    for name in names[code.co_argcount :]:
        if name in keyword_defaults:
            defaults.append(keyword_defaults[name])
        else:
            raise TypeError(f"kernel {kernel.__name__}: keyword-only parameter {name!r} needs a default")
    return names, tuple(defaults)


def _node_name(name: str) -> str:
    """PyTorch's node name for entry 0 of an operator: log_softmax -> LogSoftmaxBackward0."""
    lead = "_" if name.startswith("__") else ""
    return lead + "".join(part[:1].upper() + part[1:] for part in name.strip("_").split("_")) + "Backward0"


def _register(made: Op, spec: str, grad_fn: str | None, formulas: dict[str, Any], tensors: tuple[str, ...] | None) -> Op:
    made.node_name = grad_fn or _node_name(made.name)
    if tensors is not None:
        made.tensor_params = tuple(made.params.index(name) for name in tensors)
    made.refused = tuple(made.params.index(name) for name, formula in formulas.items() if formula is None)
    formulas = {name: formula for name, formula in formulas.items() if formula is not None}
    inputs: list[int] = []
    for key in formulas:
        inputs.extend(made.params.index(part.strip()) for part in key.split(","))
    made.grad_params = sorted(set(inputs))
    made.formulas = formulas
    # As in PyTorch: where no formula asks for all gradients, only the first output has one.
    made.first_only = len(made.outputs) > 1 and not any("grads" in parameter_names(formula) for formula in formulas.values())
    made.draws = made.name in RANDOM
    made.record_rule = unrecorded.rule(spec, made.name)
    enter(spec, made)
    return made


def enter(spec: str, made: Any) -> None:
    """Say what runs an overload, once: a file that was interrupted while it was imported may do so again."""
    if dict.get(REGISTRY, spec) is not None and not contents.interrupted():
        raise ValueError(f"operator {spec} is declared twice")
    REGISTRY[spec] = made


def counted(*writes: int | tuple[int, int]) -> int:
    """Node.writes: how often PyTorch writes into each input's gradient, in their order; pairs where recorded passes write less often."""
    found = 0
    for index, times in enumerate(writes):
        plain, recorded = times if isinstance(times, tuple) else (times, times)
        found |= plain << 4 * index | recorded << 4 * index + RECORDED
    return found


def _set_writes(made: Op, writes: Any) -> Op:
    if callable(writes):
        made.counts = writes
    elif writes is not None:
        made.writes = counted(*writes) if isinstance(writes, tuple) else counted(*[writes] * len(made.grad_params))
    return made


def _split(spec: str) -> tuple[str, str]:
    name, _, overload = spec.partition(".")
    return name, overload


def pointwise(
    spec: str, kernel: Any, /, *, grad_fn: str | None = None, computes: int = COMMON, direct: str = NUMBERS,
    tensors: tuple[str, ...] | None = None, check: Any = None, direct_kernel: Any = None, writes: Any = None, jvp: Any = None,
    vmap: Any = None, **formulas: Any,
) -> Op:  # fmt: skip
    """Declare an operator that maps elements; operands are promoted and broadcast.

    kernel: a ufunc, or a function whose parameters are the schema's. computes: COMMON (the operands' promoted dtype), FLOAT
    (integers become the default dtype first) or COMPARE (16-bit floats are not widened). direct: the dtype characters on which the
    kernel (or direct_kernel, called with the tensor operands only) runs as it is. tensors: the operands that take part in
    promotion; by default all of a ufunc's, or every parameter named self, other, input, tensor1, tensor2, end, ...
    check: called with the promoted dtype and the arguments, raises for those that the operator refuses. writes: as in op().
    """
    name, overload = _split(spec)
    if isinstance(kernel, np.ufunc):
        params: tuple[str, ...] = ("self",) if kernel.nin == 1 else ("self", "other")
        defaults: tuple[Any, ...] = ()
        tensors = tensors or params
    else:
        params, defaults = _names_and_defaults(kernel)
        tensors = tensors or tuple(name for name in params if name in ("self", "other", "input"))
    made = Op(name, overload, native.preferred(spec, kernel), params, defaults)
    made.kind = "pointwise"
    made.promotes = True
    PROMOTING.add(name)
    made.number_operand = name not in TAKE_NUMBERS
    made.rounds_numbers = name in ROUND_NUMBERS
    made.computes = computes
    made.direct = direct.replace("e", "") if not isinstance(kernel, np.ufunc) and direct_kernel is None else direct
    if computes == FLOAT:
        made.direct = "".join(char for char in made.direct if char in FLOATS)
    if spec in unrecorded.NO_COMPLEX:  # complex operands take the general path, which looks at the rule
        made.direct = "".join(char for char in made.direct if char not in "FD")
    made.direct_floats = "f" in made.direct and "d" in made.direct
    made.direct_kernel = direct_kernel or made.kernel
    made.in_steps = not isinstance(made.direct_kernel, np.ufunc)
    if made.direct_floats and isinstance(made.direct_kernel, np.ufunc):
        made.writes_directly = f"{'f' * made.direct_kernel.nin}->f" in made.direct_kernel.types
        made.loop = loops.loop(made.direct_kernel, made.direct, made.rounds_numbers)
    elif made.direct_floats and (direct_kernel is None or spec in native.KERNELS):
        made.loop = made.native = native.direct_loop(spec, kernel)
    made.check_dtype = check
    made.jvp, made.vmap = jvp, vmap
    _register(made, spec, grad_fn, formulas, tensors)
    _set_writes(made, writes)
    served = made.counts is None and grad_fn != "NotImplemented"
    made.pair = served and made.tensor_params in ((0,), (0, 1)) and tuple(made.grad_params) == made.tensor_params
    return made


def op(
    spec: str, /, *, grad_fn: str | None = None, tensors: tuple[str, ...] = ("self",), outputs: tuple[str, ...] = ("result",),
    pack: Any = None, kind: str = "op", writes: Any = None, jvp: Any = None, vmap: Any = None, **formulas: Any,
) -> Callable[[Any], Op]:  # fmt: skip
    """Declare any other operator; decorates its kernel.

    tensors: the parameters that are tensors, optional tensors or lists of tensors. outputs: names of several outputs, which
    formulas may ask for. pack: makes the result of several outputs from their list (a named tuple). writes: how often PyTorch's
    formulas write into the gradients that they give, which shows in their `_version`: one number, the arguments of counted(), or a
    function of the operator's arguments that answers counted(). A formula None: that input may not ask for a gradient.
    """

    def declare(kernel: Any) -> Op:
        name, overload = _split(spec)
        params, defaults = _names_and_defaults(kernel)
        made = Op(name, overload, native.preferred(spec, kernel), params, defaults)
        made.outputs = outputs
        made.pack = pack
        made.constants = getattr(pack, "constants", ())
        made.kind = kind
        made.jvp, made.vmap = jvp, vmap
        return _set_writes(_register(made, spec, grad_fn, formulas, tensors), writes)

    return declare


def reduction(spec: str, /, **settings: Any) -> Callable[[Any], Op]:
    """Declare an operator that removes dimensions; as op()."""
    return op(spec, kind="reduction", **settings)


def view(
    spec: str, /, *, grad_fn: str | None = None, multi: bool = False, made_by: Any = views.ViewOp, **formulas: Any
) -> Callable[[Any], Op]:  # fmt: skip
    """Declare an operator whose result shares its first argument's memory (several results with multi)."""

    def declare(kernel: Any) -> Op:
        name, overload = _split(spec)
        params, defaults = _names_and_defaults(kernel)
        made = made_by(name, overload, native.preferred(spec, kernel), params, defaults)
        made.kind = "view"
        made.is_view = True
        made.multi_view = multi
        return _register(made, spec, grad_fn, formulas, None)

    return declare


def also(made: Op, *specs: str) -> Op:
    """Let further overloads mean the same operator (lt.Scalar is lt.Tensor)."""
    for spec in specs:
        enter(spec, made)
        if made.promotes:
            PROMOTING.add(_split(spec)[0])
    return made


def composite(*specs: str) -> Callable[[Any], Any]:
    """Register a function of tensors that is made of other operators (or a factory) as overloads.

    It is called with the signature's values in their order (`self` first), without `out`.
    """

    def declare(made: Any) -> Any:
        for spec in specs:
            enter(spec, looped(spec, made))
            native.attempt(spec, made)
        return made

    return declare


# ---------------------------------------------------------------- public functions


def _load_parser(namespace: str, name: str) -> Parser:
    return Parser(name, signatures.signatures(namespace, name), namespace == "method")


def _missing(overload: str) -> Any:
    def raise_missing(*values: Any) -> Any:
        raise NotImplementedError(f"rushlight does not have the operator '{overload}'")

    return raise_missing


def find(overload: str) -> tuple[Any, bool]:
    """What runs an overload, and whether it must be called in place; (None, False) where there is nothing."""
    found = REGISTRY.get(overload)
    if found is not None:
        return found, False
    name, dot, variant = overload.partition(".")
    if name.endswith("_") and not name.endswith("__"):
        found = REGISTRY.get(name[:-1] + dot + variant)
        if found is not None and isinstance(found, Op) and not found.is_view:
            return found, True
    return None, False


def available(namespace: str, name: str) -> bool:
    """Whether any overload of a public function is registered."""
    for overload in signatures.overloads(namespace, name):
        if overload in REGISTRY or find(overload)[0] is not None:
            return True
    return False


def promised(namespace: str, name: str) -> bool:
    """Whether a public function has operators, as the table of contents says: nothing is imported to find out."""
    for fields in signatures.table(namespace)[name]:
        if contents.holds(fields[1].partition(".")[0]):
            return True
    return False


LOADED: list[tuple[str, str, list[Route]]] = []  # the routes of functions that were called so far, by namespace and name


def _load_routes(namespace: str, name: str) -> list[Route]:
    routes: list[Route] = []
    LOADED.append((namespace, name, routes))
    parser = _load_parser(namespace, name)
    for index, overload in enumerate(signatures.overloads(namespace, name)):
        names = [("self" if entry == "input" and position == 0 else entry) for position, entry in enumerate(parser.parameters(index))]
        if namespace == "method" and (not names or names[0] != "self"):
            names.insert(0, "self")
        arguments = signatures.call_arguments(namespace, name, index)
        if arguments and "self" in arguments and "self" not in names and "input" in names:  # deprecated forms begin with a number
            names[names.index("input")] = "self"
        target, in_place = find(overload)
        out = names.index("out") if "out" in names and not getattr(target, "takes_out", False) else -1
        if out >= 0:
            names.remove("out")
        order = _order(target, names, arguments)
        routes.append(Route(_missing(overload) if target is None else target, order, out, in_place, name, overload))
    return routes


def _order(target: Any, names: list[str], arguments: list[str] | None) -> Any:
    """How a target's parameters are taken from a signature's values: None when they are the same."""
    if arguments is not None:
        wanted: list[str] = ["self" if entry == "input" else entry for entry in arguments]
        return [names.index(entry) if entry in names else (_constant(entry),) for entry in wanted]
    if not isinstance(target, Op) or list(target.params) == names:
        return None
    skipped = len(target.params) - len(target.defaults)
    order: list[Any] = []
    for position, entry in enumerate(target.params):
        if entry in names:
            order.append(names.index(entry))
        elif entry == "self" and "input" in names:
            order.append(names.index("input"))
        elif entry == "input" and "self" in names:
            order.append(names.index("self"))
        elif position >= skipped:
            order.append((target.defaults[position - skipped],))
        else:
            raise TypeError(f"{target.name}.{target.overload}: the kernel's parameter {entry!r} is none of the signature's {names}")
    return order


def _constant(text: str) -> Any:
    return {"true": True, "false": False}.get(text.lower()) if not text.lstrip("-").isdigit() else int(text)


def _quick(namespace: str, name: str) -> tuple[Any, Any, int]:
    """The pointwise operators that a call with plain operands means (two tensors; a tensor and a number), and their arity."""
    if name not in PROMOTING or name not in signatures.table(namespace):
        return None, None, 0
    variants = {overload.partition(".")[2]: REGISTRY.get(overload) for overload in signatures.overloads(namespace, name)}
    plain = [found for key in ("Tensor", "Tensor_Tensor", "") if isinstance(found := variants.get(key), Op) and found.promotes]
    if not plain:
        return None, None, 0
    found = plain[0]
    if found.params == ("self",):
        return found, None, 1
    if found.params[0] != "self" or found.tensor_params != (0, 1):
        return None, None, 0
    number = found if name in NUMBERS_AS_TENSORS else variants.get("Tensor_Scalar") or variants.get("Scalar")
    return found, number if isinstance(number, Op) and number.promotes else None, 2


def public_function(namespace: str, name: str) -> Function:
    """The object behind `torch.name` or `Tensor.name`."""
    quick, number, arity = _quick(namespace, name)
    return FUNCTION(namespace, name, quick, number, arity)  # type: ignore[no-any-return]


def public_method(name: str) -> Any:
    """A plain function to hang on the Tensor class."""
    call = public_function("method", name)

    operate_alone, run = call.operate_alone, call.run

    def alone(self: Any, *args: Any, **kwargs: Any) -> Any:
        return call(self, *args, **kwargs) if args or kwargs else operate_alone(self)

    def method(*args: Any, **kwargs: Any) -> Any:
        return run(args, kwargs)

    if call.quick is not None and call.arity == 1:
        method = alone

    method.__name__ = name
    method.__qualname__ = f"Tensor.{name}"
    method.__module__ = "rushlight"
    call.public = hung = native_method(method, call)
    return hung


function.SOURCE.parser = _load_parser
function.SOURCE.routes = _load_routes
