"""Operators on sparse tensors: the table of their kernels, how they are recorded, and where calls turn off to them.

See NOTE [ Tensors without strided memory ] in _layout.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight._core import views
from rushlight._core.function import SOURCE
from rushlight._core.inplace import IN_PLACE, check, rebase
from rushlight._core.leaf import TENSORS
from rushlight._core.node import SavedTensor
from rushlight._core.op import HOOKS, Op, records
from rushlight._core.origin import wrote
from rushlight._core.plan import OUTPUT
from rushlight._core.state import GRAD, MODE, get_mode
from rushlight._core.tensor import BATCHED, DUAL, SPARSE, TensorBase, differentiable, wants_grad
from rushlight.ops import declare, graph_search
from rushlight.ops.declare import REGISTRY
from rushlight.ops.sparse_layer import NO_KERNEL
from rushlight.sparse._layout import COO, layout_name, put

KERNELS: dict[str, Any] = {}  # of operators: a function of their arguments that is recorded with their formulas, or a SparseOp
WRITES: dict[str, Any] = {}  # of in-place forms that are not the kernel's result put into the target
COMPOSITES: dict[str, Any] = {}  # of functions that are no operators here, where an argument is sparse
# Operators that PyTorch's error texts name otherwise.
_NAMES = {
    "slice.Tensor": "as_strided", "squeeze": "as_strided", "squeeze.dim": "as_strided", "diagonal": "diagonal_copy", "mean": "mean.dim",
    "split.Tensor": "as_strided", "narrow": "as_strided", "remainder.Scalar": "remainder.Tensor", "clamp.of_numbers": "clamp",
    "clamp.of_tensors": "clamp.Tensor", "sort": "sort.stable",
}  # fmt: skip


def kernel(*specs: str) -> Callable[[Any], Any]:
    """Register a function of an operator's arguments as what computes it for sparse tensors."""

    def register(function: Any) -> Any:
        for spec in specs:
            KERNELS[spec] = function
        return function

    return register


def write(*specs: str) -> Callable[[Any], Any]:
    """Register a function that writes into its first argument."""

    def register(function: Any) -> Any:
        for spec in specs:
            WRITES[spec] = function
        return function

    return register


def composite(*specs: str) -> Callable[[Any], Any]:
    """Register what takes the place of a function that is no operator, where an argument is sparse."""

    def register(function: Any) -> Any:
        for spec in specs:
            COMPOSITES[spec] = function
        return function

    return register


class SparseOp(Op):
    """An operator that exists for sparse tensors only: its kernel takes tensors."""

    def apply(self, args: list[Any]) -> Any:
        return run(self, self.kernel, args)


def sparse_op(spec: str, /, *, grad_fn: str, tensors: tuple[str, ...] = ("self",), view: bool = False, **formulas: Any) -> Any:
    """Declare such an operator; decorates its kernel."""

    def register(function: Any) -> SparseOp:
        name, _, overload = spec.partition(".")
        params, defaults = declare._names_and_defaults(function)
        made = SparseOp(name, overload, function, params, defaults)
        made.node_name = grad_fn
        made.tensor_params = tuple(params.index(each) for each in tensors)
        made.grad_params = sorted({params.index(part.strip()) for key in formulas for part in key.split(",")})
        made.formulas = formulas
        made.is_view = view
        made.first_only = True
        if view:
            made.kind = "view"
        return made

    return register


def missing(spec: str, values: Any) -> NotImplementedError:
    """PyTorch's error for an operator that a layout does not have."""
    backend = "SparseCPU"
    for value in tensors_among(values):
        if value._flags & SPARSE and value._storage.layout is not COO:
            backend = "SparseCsrCPU"
    return NotImplementedError(NO_KERNEL.format(spec, backend))


def tensors_among(values: Any) -> Any:
    """The tensors in arguments and in lists of them."""
    for value in values:
        if isinstance(value, TensorBase):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from (entry for entry in value if isinstance(entry, TensorBase))


def any_sparse(values: Any) -> bool:
    """Whether a tensor among arguments is sparse."""
    return any(value._flags & SPARSE for value in tensors_among(values))


def spec_of(op: Any) -> str:
    """An operator's name with its overload."""
    overload = getattr(op, "overload", "")
    return f"{op.name}.{overload}" if overload else str(op.name)


# ---------------------------------------------------------------- running


def dispatch(op: Any, args: Any, flags: int) -> Any:
    """The result of an operator that has a sparse argument."""
    if flags & (BATCHED | DUAL):
        raise NotImplementedError("rushlight has no transforms (vmap, forward mode) of sparse tensors")
    spec = spec_of(op)
    if flags & IN_PLACE:
        return _written(op, spec, args)
    found = KERNELS.get(spec)
    if found is None:
        if spec == "_reshape_alias":
            raise RuntimeError("reshape is not implemented for sparse tensors")
        first = next(value for value in tensors_among(args) if value._flags & SPARSE)
        if first._storage.layout is not COO and op.kind == "pointwise":
            raise RuntimeError(f"unsupported tensor layout: {layout_name(first)}")
        raise missing(_shown(spec, args), args)
    return found.apply(list(args)) if isinstance(found, SparseOp) else run(op, found, args)


def _shown(spec: str, args: Any) -> str:
    """How PyTorch's error names an operator: comparisons with numbers have names of their own."""
    name, _, overload = spec.partition(".")
    if overload == "Tensor" and name in ("eq", "ne", "lt", "le", "gt", "ge") and not isinstance(args[1], TensorBase):
        return f"{name}.Scalar"
    return _NAMES.get(spec, spec)


def mask_of(op: Any, args: Any) -> int:
    """The differentiable parameters whose tensors want gradients, where calls are recorded."""
    if not records(get_mode()):
        return 0
    mask = 0
    for index in op.tensor_params:
        for value in tensors_among((args[index],)):
            if wants_grad(value):
                mask |= op.grad_bit(index)
    return mask


def below(function: Any, args: Any) -> Any:
    """A call with the grad mode off."""
    word = get_mode()
    MODE.set(word & ~GRAD)
    try:
        return function(*args)
    finally:
        MODE.set(get_mode() & ~GRAD | word & GRAD)


def run(op: Any, function: Any, args: Any) -> Any:
    """A kernel's result, recorded as the operator's."""
    mask = mask_of(op, args)
    word = get_mode()
    found = below(function, args)
    several = isinstance(found, (tuple, list))
    outputs = list(found) if several else [found]
    if not all(isinstance(entry, TensorBase) for entry in outputs):
        return found
    recorded = mask != 0 and any(differentiable(output._array) for output in outputs)
    if recorded or op.is_view:
        outputs = [_other(output) if any(output is value for value in tensors_among(args)) else output for output in outputs]
    if op.is_view and op.name != "detach":
        for number, output in enumerate(outputs):
            if output._view is None:
                views.link(args[0], output, op, args, number, word)
    if recorded:
        keep_sparse(op.record(list(args), outputs, mask, word, None), outputs)
    if not several:
        return outputs[0]
    if op.pack is not None:
        return op.pack(outputs)
    return tuple(outputs) if op.is_view else outputs


def _other(tensor: Any) -> Any:
    return below(REGISTRY["detach"].apply, ([tensor],))


def _written(op: Any, spec: str, args: Any) -> Any:
    """The operator's result in the first argument's place."""
    target = args[0]
    writer, found = WRITES.get(spec), KERNELS.get(spec)
    if writer is None and found is None:
        raise missing(_NAMES.get(spec, _in_place_name(op)), args)
    mask = mask_of(op, args)
    original = target
    if mask:
        check(target)
        if op.plan_for(mask).saves_inputs:
            original = REGISTRY["clone"](target)
    if writer is not None:
        below(writer, args)
    else:
        made = below(found.kernel if isinstance(found, SparseOp) else found, args)
        store(target, made)
    wrote(target, op.name if op.name.endswith("_") else op.name + "_")
    if mask and differentiable(target._array):
        node = op.record(list(args), [target], mask, get_mode(), original)
        keep_sparse(node, [target])
        rebase(target, node)
    return target


def _in_place_name(op: Any) -> str:
    overload = getattr(op, "overload", "")
    return f"{op.name}_.{overload}" if overload else f"{op.name}_"


def store(target: Any, made: Any) -> None:
    """Put a result into a sparse or a strided target."""
    if target._flags & SPARSE:
        if not made._flags & SPARSE:
            raise RuntimeError("a strided result cannot be written into a sparse tensor")
        put(target, made)
        return
    values = made.to_dense() if made._flags & SPARSE else made
    REGISTRY["copy"].apply_inplace([target, values, False])
    if target._cell is not None:
        target._cell.value -= 1  # counted by the caller


# ---------------------------------------------------------------- what nodes save


def keep_sparse(node: Any, outputs: list[Any]) -> None:
    """Keep sparse results that a node saves with what they are made of: in the core they would be their sizes."""
    if node is None or node.packed or not isinstance(node.saved, list):
        return
    for position, kind in enumerate(node.plan.kinds):
        item = node.saved[position]
        if kind != OUTPUT or not isinstance(item, SavedTensor):
            continue
        output = outputs[node.plan.indices[position]]
        if output._flags & SPARSE:
            item.packed, item.unpack_hook = _other(output), _other
            node.packed = True


def _is_sparse(tensor: Any) -> bool:
    """Whether a tensor, or the gradient that it has, is sparse."""
    grad = tensor._grad
    return bool(tensor._flags & SPARSE or grad is not None and grad._flags & SPARSE)


def _sparse_node(node: Any) -> bool:
    """Whether a node saved sparse tensors, or its formula will make some."""
    if isinstance(getattr(node, "variable", None), TensorBase):
        return _is_sparse(node.variable)
    inner = getattr(node, "inner", None) or node
    op = getattr(inner, "op", None)
    if isinstance(op, SparseOp):
        return True
    saved = getattr(inner, "saved", None)
    if not isinstance(saved, list):
        return False
    names = getattr(inner.plan, "names", ())
    return any(value is True and name in ("sparse", "sparse_grad") for name, value in zip(names, saved)) or any(map(_keeps, saved))


def _keeps(item: Any) -> bool:
    if isinstance(item, list):
        return any(map(_keeps, item))
    if not isinstance(item, SavedTensor):
        return False
    return item.unpack_hook is _other or item.tensor is not None and item.tensor._flags & SPARSE != 0


# ---------------------------------------------------------------- installation

_installed: list[bool] = []


def install() -> None:
    """Let calls with sparse tensors find their kernels; once, when a program makes the first one."""
    if _installed:
        return
    _installed.append(True)
    from rushlight.sparse import _arithmetic, _compressed, _coordinates, _products, _properties, _reduce, _shapes  # noqa: F401

    following, added, summed = HOOKS.dispatch, TENSORS.add, TENSORS.sum_to

    def first(op: Any, args: Any, flags: int) -> Any:
        if flags & SPARSE:
            return dispatch(op, args, flags)
        return NotImplemented if following is None else following(op, args, flags)

    def plus(one: Any, other: Any) -> Any:
        return added(other, one) if one._flags & SPARSE and not other._flags & SPARSE else added(one, other)

    def sum_to(tensor: Any, shape: Any) -> Any:
        if not tensor._flags & SPARSE:
            return summed(tensor, shape)
        lead = tensor.ndim - len(shape)
        dims = [dim for dim in range(tensor.ndim) if dim < lead or shape[dim - lead] == 1 and tensor.shape[dim] != 1]
        kept = [dim for dim in dims if dim >= lead]
        found = tensor.sum(dims)
        for dim in kept:
            found = found.unsqueeze(dim - lead)
        return found

    HOOKS.dispatch = first
    graph_search.expect(_is_sparse, _sparse_node)
    TENSORS.add, TENSORS.sum_to = plus, sum_to
    for namespace, name, routes in declare.LOADED:
        lead_routes(namespace, name, routes)
    loaded = SOURCE.routes

    def load(namespace: str, name: str) -> Any:
        routes = loaded(namespace, name)
        lead_routes(namespace, name, routes)
        return routes

    SOURCE.routes = load


def lead_routes(namespace: str, name: str, routes: Any) -> None:
    """Lead functions that are no operators to what takes their place for sparse tensors."""
    for route in routes:
        instead = COMPOSITES.get(route.overload)
        if instead is not None and not isinstance(route.target, Op):
            route.redirect(_either(route.target, instead))


def _either(target: Any, instead: Any) -> Any:
    def call(*values: Any) -> Any:
        return instead(*values) if any_sparse(values) else target(*values)

    call.__wrapped__ = target  # type: ignore[attr-defined]
    return call
