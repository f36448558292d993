"""What an operation saves and which formulas it runs, worked out from the formulas' parameter names.

NOTE [ A formula's parameter names are its save list ]
A formula for the gradient of input `x` is a function whose parameters are named after what it needs:
    grad, grads        the gradient of the first output; the list of all outputs' gradients (None where there is none)
    <parameter>        an input of the operation (tensors are saved with their version, other values as they are)
    result, result1,
    <output name>      an output
    x_sym_sizes, x_sym_strides, x_sym_numel, x_scalar_type, x_dim    facts about input x, without keeping x alive
    output_mask        for a formula of several inputs: which gradients are wanted
The operation's plan for a set of inputs that need gradients is worked out on first use and kept.
"""

from __future__ import annotations

from typing import Any, Final

from rushlight._core import dtypes, memory

INPUT: Final = 0
OUTPUT: Final = 1
SIZES: Final = 2
STRIDES: Final = 3
NUMEL: Final = 4
SCALAR_TYPE: Final = 5
DIM: Final = 6
OFFSET: Final = 7
GRAD: Final = -1
GRADS: Final = -2
MASK: Final = -3

FACTS: Final = {
    "_sym_sizes": SIZES,
    "_sym_sizes_opt": SIZES,
    "_sym_strides": STRIDES,
    "_sym_numel": NUMEL,
    "_scalar_type": SCALAR_TYPE,
    "_dim": DIM,
    "_sym_storage_offset": OFFSET,
}
_SPECIAL = {"grad": GRAD, "grads": GRADS, "output_mask": MASK}


PASSES: Final = "passes"
PASSES_ONE: Final = "passes one"


class Step:
    """One formula of a plan: the edges that its results go to, and where its arguments come from."""

    def __init__(self, function: Any, edges: list[int], several: bool, slots: list[int], short: Any) -> None:
        self.function: Any = function
        self.short: Any = short if callable(short) else None  # computes the same of plain arrays, or answers None
        self.passes: bool = short is PASSES or short is PASSES_ONE  # the result is the gradient itself ...
        self.passes_one: bool = short is PASSES_ONE  # ... where the other argument is the number 1
        self.edges: list[int] = edges  # positions among the node's differentiable parameters
        self.several: bool = several
        self.slots: list[int] = slots  # GRAD, GRADS, MASK or an index into what was saved
        self.takes_grad: bool = GRAD in slots
        self.plain: bool = not several and MASK not in slots and GRADS not in slots and len(slots) <= 3


class Plan:
    """What to save, and the formulas to run, when a given set of inputs needs gradients."""

    def __init__(self, names: list[str], kinds: list[int], indices: list[int], steps: list[Step]) -> None:
        self.names: list[str] = names
        self.kinds: list[int] = kinds
        self.indices: list[int] = indices
        self.steps: list[Step] = steps
        self.plain: bool = all(step.plain for step in steps)
        self.number: int = -1  # which saved value is an operand that may be a Python number (the `other` of mul and div)
        self.promotes: bool = False  # the operator is pointwise: its saved operands may have other dtypes than its gradient
        self.saves_inputs: bool = INPUT in kinds
        self.saves_first: bool = any(kind == INPUT and index == 0 for kind, index in zip(kinds, indices))
        self.lasting: bool = False  # nothing that is saved is a tensor: it outlives the backward pass


def parameter_names(function: Any) -> tuple[str, ...]:
    """The names of a plain function's parameters."""
    code = function.__code__
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return names


def resolve(name: str, params: tuple[str, ...], outputs: tuple[str, ...]) -> tuple[int, int]:
    """The kind and index of one saved name."""
    if name in params:
        return INPUT, params.index(name)
    if name in outputs:
        return OUTPUT, outputs.index(name)
    if name.startswith("result"):
        return OUTPUT, int(name[6:] or 0)
    for suffix, kind in FACTS.items():
        if name.endswith(suffix) and name[: -len(suffix)] in params:
            return kind, params.index(name[: -len(suffix)])
    raise TypeError(f"a gradient formula asks for {name!r}, which is no parameter or output of the operation {params} -> {outputs}")


class _Shortcuts:
    """Finds what a formula may be replaced by on plain arrays; `rushlight/ops` registers it."""

    def __init__(self) -> None:
        self.find: Any = None  # formula -> PASSES, PASSES_ONE, a function of the same arguments, or None


SHORTCUTS: Final = _Shortcuts()


def always_saved(name: str, params: tuple[str, ...], tensor_params: tuple[int, ...], formulas: dict[str, Any]) -> list[str]:
    """The inputs that an operation saves whichever of its formulas will run.

    PyTorch leaves out only tensors that a single formula asks for, and in the operations of backward passes not even these: a later
    write into what was saved is an error, whether or not its value is needed.
    """
    found: list[str] = []
    once: set[str] = set()
    for formula in formulas.values():
        for wanted in parameter_names(formula):
            if wanted in params and wanted not in found and (wanted not in _SPECIAL or params.index(wanted) not in tensor_params):
                if params.index(wanted) not in tensor_params or wanted in once or "backward" in name:
                    found.append(wanted)
                once.add(wanted)
    return found


def build(
    params: tuple[str, ...], outputs: tuple[str, ...], grad_params: list[int], formulas: dict[str, Any], mask: int, kept: list[str]
) -> Plan:
    """The plan for the differentiable parameters whose bits are set in `mask`. kept: what is saved in any case."""
    # PyTorch runs formulas in the order of their names, and saves inputs in that order, outputs after them: the order in which later
    # passes add gradients up, and in which saved tensors are packed and checked, follows from it.
    chosen: list[tuple[Any, list[int], tuple[str, ...]]] = []
    found: dict[str, tuple[int, int]] = {name: (INPUT, params.index(name)) for name in kept}
    for key in sorted(formulas):
        for name in parameter_names(formulas[key]):  # outputs are saved, and checked, whichever formulas run
            if (name not in _SPECIAL and name not in params) and resolve(name, params, outputs)[0] == OUTPUT:
                found[name] = resolve(name, params, outputs)
        edges = [grad_params.index(params.index(part.strip())) for part in key.split(",")]
        if not any(mask >> edge & 1 for edge in edges):
            continue
        wanted = parameter_names(formulas[key])
        chosen.append((formulas[key], edges, wanted))
        for name in wanted:
            if name not in _SPECIAL or name in params:
                found[name] = resolve(name, params, outputs)
    names = sorted([name for name in found if found[name][0] != OUTPUT]) + [name for name in found if found[name][0] == OUTPUT]
    steps: list[Step] = []
    for function, edges, wanted in chosen:
        slots = [names.index(name) if name in found else _SPECIAL[name] for name in wanted]
        steps.append(Step(function, edges, len(edges) > 1, slots, None if SHORTCUTS.find is None else SHORTCUTS.find(function)))
    kinds = [found[name][0] for name in names]
    indices = [found[name][1] for name in names]
    return Plan(names, kinds, indices, steps)


def of_operator(op: Any, mask: int) -> Plan:
    """build(), for an Op."""
    kept = always_saved(op.name, op.params, op.tensor_params, op.formulas)
    if op.pair:  # alpha is mostly 1, and not worth a list
        kept = [name for name in kept if op.params.index(name) in op.tensor_params]
    found = build(op.params, op.outputs, op.grad_params, op.formulas, mask, kept)
    found.promotes = op.promotes
    if op.node_name == "NotImplemented":  # such a node has edges only for what needs a gradient: any step refuses
        for step in found.steps:
            step.edges, step.takes_grad = [0], False
    tensors = [index for kind, index in zip(found.kinds, found.indices) if kind == INPUT and index in op.tensor_params]
    found.lasting = not tensors and OUTPUT not in found.kinds
    if op.pair and len(op.grad_params) == 2 and "other" in found.names:
        found.number = found.names.index("other")
    return found


def fact(kind: int, array: Any) -> Any:
    """A fact about an array that a formula uses instead of the array."""
    if kind == SIZES:
        return array.shape
    if kind == STRIDES:
        return memory.element_strides(array)
    if kind == NUMEL:
        return array.size
    if kind == DIM:
        return array.ndim
    if kind == OFFSET:
        return memory.storage_offset(array)
    return dtypes.of(array)
