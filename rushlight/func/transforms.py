"""torch.func's gradients: grad, grad_and_value, vjp, jvp, linearize. See NOTE [ How transforms nest ]."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from rushlight._core import dtypes, engine
from rushlight._core.node import Node, edge_of, target
from rushlight._core.state import FORWARD_AD, GRAD, VMAP, get_mode
from rushlight._core.tensor import DUAL, INFERENCE, TensorBase, new_as, version_cell, wants_grad, wrap
from rushlight.func import dispatch as dispatch, levels
from rushlight.func.levels import Level, lift, refuse_hooks, set_tangents, stratum, stripped, tangent_at, tangents_of
from rushlight.func.passage import enter
from rushlight.func.tangents import laid_out
from rushlight.ops.create import like
from rushlight.ops.examples import for_each
from rushlight.utils._pytree import _LEAF_SPEC as _LEAF, tree_flatten, tree_map, tree_unflatten


class _Inputs:
    """The differentiated tensors of a level: fresh leaves of the innermost stratum, joined to outer graphs where there are any."""

    def __init__(self, outer: bool, level: Level) -> None:
        refuse_hooks()
        self.outer = outer
        self.base = stratum()
        self.leaves: list[Any] = []
        self.own: set[Any] = set()
        self.edges: list[Any] = []
        self.alone = False  # nothing but its leaves can be reached from the outputs
        level.leaves = self.edges

    def add(self, tensor: Any) -> Any:
        """The tensor that the function is to see in the place of `tensor`."""
        if not isinstance(tensor, TensorBase):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(tensor)}")
        if dtypes.of(tensor._array).category < dtypes.FLOATING:
            raise RuntimeError("only Tensors of floating point dtype can require gradients")
        tensor = lift(self.base, tensor)
        if self.outer and wants_grad(tensor):
            made = enter(tensor)
        else:
            made = new_as(type(tensor), tensor._array)
            made._flags, made._batch = tensor._flags & ~INFERENCE, tensor._batch
            if tensor._flags & DUAL:
                set_tangents(made, tangents_of(tensor))
            self.own.add(made)
            made._requires_grad = True
        made._cell = version_cell(tensor)
        self.leaves.append(made)
        self.edges.append(edge_of(made))
        return made

    def reaches_outside(self, tensors: Any) -> bool:
        """Whether anything but the level's own leaves can be reached from the tensors: then gradients must be differentiable."""
        if not self.outer:
            self.alone = False
            return False
        seen: set[Any] = set()
        stack: list[Any] = [edge_of(tensor)[0] for tensor in tensors if wants_grad(tensor)]
        while stack:
            item = target(stack.pop())
            if item in seen:
                continue
            seen.add(item)
            if isinstance(item, Node):
                stack.extend([entry for entry in item.next_nodes if entry is not None])
            elif item not in self.own and item._requires_grad:
                self.alone = False
                return True
        self.alone = True
        return False

    def ends(self, outputs: list[Any]) -> list[Any]:
        """The outputs' places in the graph; None for those that need no gradient."""
        lifted = [lift(self.base, output) for output in outputs]
        return [edge_of(output) if wants_grad(output) else None for output in lifted]

    def leave(self) -> None:
        """The function is done: outside of the level its leaves are the tensors that they stood for."""
        for leaf in self.own:
            leaf._requires_grad = False

    def gradients(self, outputs: list[Any], grads: list[Any], keep: bool, record: bool, ends: Any = None) -> list[Any]:
        """The gradients with respect to the inputs; zeros where the outputs do not depend on them."""
        roots, starts = [], []
        for end, grad in zip(self.ends(outputs) if ends is None else ends, grads):
            if end is not None:
                roots.append(end)
                starts.append(grad)
        below = self.outer and _any_inner_wants(outputs)  # the pass has to be recorded in an outer stratum
        if not roots:
            found: list[Any] = []
        elif below and not record:
            found = engine.execute(roots, starts, keep, True, list(self.edges), False)
            found = [None if grad is None else outside(grad, False) for grad in found]
        elif not record and len(self.own) == len(self.leaves) and not get_mode() & (VMAP | FORWARD_AD) and self.alone:
            found = engine.execute(roots, starts, keep, False, list(self.edges), False, True)
        else:
            found = engine.execute(roots, starts, keep, record, list(self.edges), False)
        found = found or [None] * len(self.leaves)
        if record and self.own:  # a gradient may lead to leaves of the level only
            found = [grad if grad is None or not wants_grad(grad) else outside(grad, self.reaches_outside([grad])) for grad in found]
        if not record and not below:
            for grad in found:
                if grad is not None:
                    grad._cell = None
        return [_zeros_like(leaf) if grad is None else grad for leaf, grad in zip(self.leaves, found)]



def _zeros_like(tensor: Any) -> Any:
    """Zeros that lie in memory as a tensor does; for a batched one, zeros for all examples."""
    batch = tensor._batch
    if batch is not None:
        return levels.make(batch.level, _zeros_like(batch.value), batch.dim)
    return wrap(like(tensor._array, tensor._array.dtype, None, 0))


def _one_for_each(output: Any) -> Any:
    """The gradient of a number with respect to itself, in memory of its own for each example."""
    one = wrap(np.ones((), output._array.dtype))
    return one if output._batch is None else for_each(one, output)


def outside(tensor: Any, attached: bool) -> Any:
    """A result as the levels outside see it: with its graph when that leads there, without it otherwise."""
    if attached or not isinstance(tensor, TensorBase) or not wants_grad(tensor):
        return tensor
    made = new_as(type(tensor), tensor._array)
    made._flags, made._batch = tensor._flags, tensor._batch
    if tensor._flags & DUAL:
        set_tangents(made, tangents_of(tensor))
    made._cell = version_cell(tensor)
    return made


# ---------------------------------------------------------------- argnums


def _check_argnums(argnums: Any, count: int) -> Any:
    if isinstance(argnums, int) and not isinstance(argnums, bool):
        return _check_argnum(argnums, count)
    if isinstance(argnums, tuple):
        found = tuple(_check_argnum(entry, count) for entry in argnums)
        if not found:
            raise RuntimeError("argnums must be non-empty")
        if len(set(found)) != len(found):
            raise RuntimeError(f"argnums elements must be unique, got {argnums}")
        return found
    raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")


def _check_argnum(argnum: Any, count: int) -> int:
    if not isinstance(argnum, int):
        raise RuntimeError(f"argnum must be int, got: {type(argnum)}")
    if 0 <= argnum < count:
        return argnum
    if argnum < 0 and -count <= argnum:
        return argnum + count
    raise RuntimeError(f"Got argnum={argnum}, but only {count} positional inputs")


def _chosen(args: Any, argnums: Any) -> Any:
    return args[argnums] if isinstance(argnums, int) else tuple(args[entry] for entry in argnums)


def _replaced(args: Any, argnums: Any, values: Any) -> Any:
    found = list(args)
    if isinstance(argnums, int):
        found[argnums] = values
    else:
        for place, value in zip(argnums, values):
            found[place] = value
    return tuple(found)


def _tensors_only(tree: Any) -> None:
    for value in tree_flatten(tree)[0]:
        if not isinstance(value, TensorBase):
            raise RuntimeError(f"Expected tensors, got unsupported type {type(value)}")


# ---------------------------------------------------------------- grad


def grad_and_value_impl(func: Any, argnums: Any, has_aux: bool, args: Any, kwargs: Any) -> Any:
    """The gradient of func's scalar result, and that result."""
    outer = bool(get_mode() & GRAD)
    with Level("grad") as level:
        argnums = _check_argnums(argnums, len(args))
        inputs = _Inputs(outer, level)
        single = args[argnums] if argnums.__class__ is int else None
        if isinstance(single, TensorBase):
            spec: Any = _LEAF
            new = inputs.add(single)
        else:
            chosen, spec = tree_flatten(_chosen(args, argnums))
            new = tree_unflatten([inputs.add(value) for value in chosen], spec)
        output = func(*_replaced(args, argnums, new), **kwargs)
        aux: Any = None
        if has_aux:
            if not (isinstance(output, tuple) and len(output) == 2):
                raise RuntimeError(
                    "grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True"
                )
            output, aux = output
        if not isinstance(output, TensorBase):
            raise RuntimeError(f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(output)}")
        array = output._array
        if array.ndim:
            raise RuntimeError(
                f"grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with {array.ndim} dims. Maybe you "
                "wanted to use the vjp or jacrev APIs instead?"
            )
        if array.dtype.kind == "c":
            raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {dtypes.of(array)}")
        record = inputs.reaches_outside([output])
        grads = inputs.gradients([output], [_one_for_each(output)], record, record)
        value = outside(output, record)
        if has_aux:
            _tensors_only(aux)
            aux = tree_map(lambda entry: outside(entry, inputs.reaches_outside([entry])), aux)
        inputs.leave()
    result = grads[0] if spec is _LEAF else tree_unflatten(grads, spec)
    return (result, (value, aux)) if has_aux else (result, value)


def _wraps(func: Any, wrapper: Any) -> Any:
    try:
        return functools.wraps(func)(wrapper)
    except AttributeError:
        return wrapper


def grad_and_value(func: Any, argnums: Any = 0, has_aux: bool = False) -> Any:
    """A function that computes the gradient of `func` and its value: (gradient, value)."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return grad_and_value_impl(func, argnums, has_aux, args, kwargs)

    return _wraps(func, wrapper)


def grad_impl(func: Any, argnums: Any, has_aux: bool, args: Any, kwargs: Any) -> Any:
    """The gradient of func's scalar result, with aux if there is any."""
    found, value = grad_and_value_impl(func, argnums, has_aux, args, kwargs)
    return (found, value[1]) if has_aux else found


def grad(func: Any, argnums: Any = 0, has_aux: bool = False) -> Any:
    """A function that computes the gradient of `func` with respect to the arguments named by `argnums`.

    func returns a scalar tensor, or (scalar, aux) with has_aux.

    >>> torch.func.grad(torch.sin)(torch.tensor(0.))
    tensor(1.)
    """

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return grad_impl(func, argnums, has_aux, args, kwargs)

    return _wraps(func, wrapper)


# ---------------------------------------------------------------- vjp


def _check_outputs(output: Any, api: str, kind: str = "f(*primals)") -> None:
    if isinstance(output, TensorBase):
        return
    flat = [] if output is None else tree_flatten(output)[0]
    if not flat:
        shown = [None] if output is None else flat
        raise RuntimeError(f"{api}: Expected f to be a function that has non-empty output (got output = {shown})")
    for value in flat:
        if not isinstance(value, TensorBase):
            raise RuntimeError(f"{api}: expected {kind} to return only tensors, got unsupported type {type(value)}")


def _split_aux(output: Any, api: str) -> tuple[Any, Any]:
    if not (isinstance(output, tuple) and len(output) == 2):
        raise RuntimeError(f"{api}: output of function f should be a tuple: (output, aux) if has_aux is True")
    _tensors_only(output[1])
    return output


def vjp(func: Any, *primals: Any, has_aux: bool = False) -> Any:
    """func(*primals), and a function that computes vector-Jacobian products there.

    >>> value, product = torch.func.vjp(torch.sin, torch.tensor(0.))
    >>> product(torch.tensor(2.))
    (tensor(2.),)
    """
    from rushlight.func.products import _vjp_with_argnums

    return _vjp_with_argnums(func, *primals, has_aux=has_aux)


def pullback(func: Any, primals: Any, argnums: Any, has_aux: bool) -> tuple[Any, Product, Any]:
    """func(*primals), what multiplies its Jacobian there with vectors from the left, and aux."""
    outer = bool(get_mode() & GRAD)
    with Level("grad") as level:
        inputs = _Inputs(True, level)  # joined to outer graphs even where the mode is off: the products may be recorded later
        if argnums is None:
            flat, spec = tree_flatten(primals)
            new = tree_unflatten([inputs.add(value) for value in flat], spec)
            output = func(*new)
        else:
            argnums = _check_argnums(argnums, len(primals))
            flat, spec = tree_flatten(_chosen(primals, argnums))
            new = tree_unflatten([inputs.add(value) for value in flat], spec)
            output = func(*_replaced(primals, argnums, new))
        aux = None
        if has_aux:
            output, aux = _split_aux(output, "vjp(f, *primals)")
        _check_outputs(output, "vjp(f, *primals)")
        outputs, out_spec = tree_flatten(output)
        for entry in outputs:
            if dtypes.of(entry._array).category < dtypes.FLOATING:
                raise RuntimeError(
                    "vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype "
                    f"{dtypes.of(entry._array)}"
                )
        record = inputs.reaches_outside(outputs)
        shown = tree_unflatten([outside(entry, record and outer) for entry in outputs], out_spec)
        aux = tree_map(lambda entry: outside(entry, outer and inputs.reaches_outside([entry])), aux) if has_aux else None
        product = Product(inputs, outputs, out_spec, spec, record)
        inputs.leave()
    return shown, product, aux


class Product:
    """What the function that vjp returns does: it keeps the graph."""

    def __init__(self, inputs: _Inputs, outputs: Any, out_spec: Any, spec: Any, record: bool) -> None:
        self.inputs, self.outputs, self.out_spec, self.spec = inputs, outputs, out_spec, spec
        self.ends = inputs.ends(outputs)
        self.record = record

    def call(self, cotangents: Any, retain_graph: Any, create_graph: Any) -> Any:
        """The gradients of the primals for the outputs' gradients."""
        flat, spec = tree_flatten(cotangents)
        if spec != self.out_spec:
            from rushlight.utils._pytree import treespec_pprint

            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. cotangents: "
                f"{treespec_pprint(spec)}, primal output: {treespec_pprint(self.out_spec)}"
            )
        for place, (grad, output) in enumerate(zip(flat, self.outputs)):
            if grad._array.shape != output._array.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{place}] has a shape of {grad.shape} and output[{place}] has a shape of "
                    f"{output.shape}."
                )
        if not isinstance(retain_graph, int):
            raise TypeError("only integer tensors of a single element can be converted to an index")
        record = bool(get_mode() & GRAD) if create_graph is None else create_graph
        record = record and (self.record or any(wants_grad(grad) for grad in flat) or _any_inner_wants(flat))
        found = self.inputs.gradients(self.outputs, flat, bool(retain_graph), bool(record), self.ends)
        return tree_unflatten(found, self.spec)


def _any_inner_wants(tensors: Any) -> bool:
    """Whether what a batched tensor stands for wants a gradient."""
    return any(tensor._batch is not None and levels.reaches_graph(tensor._batch.value) for tensor in tensors)


# ---------------------------------------------------------------- jvp


def jvp(func: Any, primals: Any, tangents: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    """func(*primals), and the product of its Jacobian there with the tangents.

    >>> torch.func.jvp(torch.sin, (torch.tensor(0.),), (torch.tensor(2.),))
    (tensor(0.), tensor(2.))
    """
    return _jvp_with_argnums(func, primals, tangents, argnums=None, strict=strict, has_aux=has_aux)


_JVP = "jvp(f, primals, tangents)"


def _check_tangents(primals: Any, tangents: Any) -> Any:
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{_JVP}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    flat, spec = tree_flatten(primals)
    flat_tangents, tangent_spec = tree_flatten(tangents)
    if spec != tangent_spec:
        raise RuntimeError(
            f"{_JVP}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of 3 tensors, "
            f"tangents also must be. Got primals with structure {spec} and tangents with structure {tangent_spec}"
        )
    for name, values in (("primals", flat), ("tangents", flat_tangents)):
        if not values:
            raise RuntimeError(f"{_JVP}: Expected {name} to contain at least one Tensor.")
        for value in values:
            if not isinstance(value, TensorBase):
                raise RuntimeError(f"{_JVP}: Expected {name} to only contain Tensors, got {type(value)}")
    return flat, flat_tangents, spec


def dual(base: Level | None, primal: Any, tangent: Any, level: Level) -> Any:
    """The primal with a tangent at a level."""
    for name, value in (("primal", primal), ("tangent", tangent)):
        if dtypes.of(value._array).category < dtypes.FLOATING:
            raise ValueError(f"Expected {name} to be floating point or complex, but got: {dtypes.of(value._array)}")
    if tangent._array.shape != primal._array.shape:
        from rushlight._core.tensor import shape_text

        raise RuntimeError(
            "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not supported. Tensor is "
            f"of size {shape_text(primal._array.shape)} while the given forward gradient is of size {shape_text(tangent._array.shape)}."
        )
    if levels.reaches_graph(primal):
        level.joined = True
    made = levels.twin(lift(base, primal))
    set_tangents(made, (*tangents_of(made), (level, laid_out(tangent, primal))))
    return made


def _jvp_with_argnums(func: Any, primals: Any, tangents: Any, argnums: Any, *, strict: bool = False, has_aux: bool = False) -> Any:
    chosen = primals if argnums is None else _chosen(primals, argnums)
    if argnums is not None and isinstance(argnums, int):
        chosen = (chosen,)
    flat, flat_tangents, spec = _check_tangents(chosen, tangents)
    kinds = [level.kind for level in levels.STACK.get()]
    if "dual" in kinds and "jvp" not in kinds:
        raise RuntimeError("Nested forward mode AD is not supported at the moment")
    with Level("jvp") as level:
        base = stratum()
        duals = tree_unflatten([dual(base, primal, tangent, level) for primal, tangent in zip(flat, flat_tangents)], spec)
        if argnums is not None:
            duals = _replaced(primals, argnums, duals[0] if isinstance(argnums, int) else duals)
        output = func(*duals)
        aux = None
        if has_aux:
            output, aux = _split_aux(output, _JVP)
            aux = tree_map(lambda entry: stripped(entry, level.number), aux)
        _check_outputs(output, _JVP)
        outputs, out_spec = tree_flatten(output)
        values = [stripped(entry, level.number) for entry in outputs]
        products = [_tangent(entry, level, strict) for entry in outputs]
    result = tree_unflatten(values, out_spec), tree_unflatten(products, out_spec)
    return (*result, aux) if has_aux else result


def _tangent(output: Any, level: Level, strict: bool) -> Any:
    found = tangent_at(output, level)
    if found is None:
        if strict:
            raise RuntimeError(
                f"{_JVP[:-1]}, strict=True): The output of f is independent of the inputs. This is not allowed with strict=True."
            )
        return _zeros_like(output)
    return found


# ---------------------------------------------------------------- linearize


def linearize(func: Any, *primals: Any) -> Any:
    """func(*primals), and a function that multiplies its Jacobian there with tangents without running func again."""
    from rushlight.autograd.grad_mode import enable_grad

    outer = bool(get_mode() & GRAD)
    flat, spec = tree_flatten(primals)
    with Level("grad") as level:
        inputs = _Inputs(outer, level)
        output = func(*tree_unflatten([inputs.add(value) for value in flat], spec))
        _check_outputs(output, _JVP)
        outputs, out_spec = tree_flatten(output)
        record = inputs.reaches_outside(outputs)
        shown = tree_unflatten([outside(entry, record) for entry in outputs], out_spec)
        dummies = _Inputs(False, level)
        with enable_grad():
            cotangents = [dummies.add(_zeros_like(entry)) for entry in outputs]
            transposed = inputs.gradients(outputs, cotangents, True, True)

    def product(*tangents: Any) -> Any:
        given, given_spec = tree_flatten(tangents)
        if given_spec != spec:
            raise RuntimeError(f"Expected the tangents {given_spec} to have the same argspec as the primals {spec}")
        for place, (tangent, primal) in enumerate(zip(given, flat)):
            for what, have, want in (("shape", tangent.shape, primal.shape), ("dtype", tangent.dtype, primal.dtype)):
                if have != want:
                    raise RuntimeError(
                        f"tangent:{place} with {what} {have} in flattened pytree doesn't match the {what} {want} of the corresponding "
                        "primal."
                    )
        found = dummies.gradients(transposed, given, True, bool(get_mode() & GRAD) and record)
        return tree_unflatten(found, out_spec)

    return shown, product

