"""torch.autograd.functional: whole Jacobians and Hessians, and their products with vectors, of functions of tensors.

Everything here is a chain of two moves on a function that was evaluated once (_Evaluated): pull() carries a vector of output space back
to input space, which is a backward pass; push() carries a vector of input space forward to output space. With backward formulas
alone, push() is the derivative of pull() with respect to its vector, in which pull() is linear. So

    vjp: pull        jvp: push        vhp: pull the gradient's vector        hvp: push through the gradient

and a Jacobian is pull() of every unit vector of output space (or, with strategy="forward-mode", a tangent for every one of input space).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight._core import engine
from rushlight._core.node import edge_of
from rushlight._core.state import GRAD, get_mode
from rushlight._core.tensor import TYPES, TensorBase, wrap
from rushlight.autograd import grad
from rushlight.autograd.grad_mode import enable_grad, is_grad_enabled, set_grad_enabled
from rushlight.ops.declare import public_function

__all__ = ["vjp", "jvp", "vhp", "hvp", "hessian", "jacobian"]

Tensors = tuple[Any, ...]
_zeros_like, _stack = public_function("torch", "zeros_like"), public_function("torch", "stack")
_split = public_function("torch", "split")

# What a strict run says. {i} is the number of the input or output concerned.
_STRICT = " This is not allowed in strict mode."
_NO_OUTPUT_GRAD = (
    "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from "
    "the input when running in strict mode."
)
_UNUSED = "The output of the user-provided function is independent of input {i}." + _STRICT
_LINEAR_PULL = "The gradient with respect to input {i} is independent of the inputs of the user-provided function." + _STRICT
_NO_PUSH = (
    "The gradient with respect to the input is independent of entry {i} in the grad_outputs when using the double backward trick to "
    "compute forward mode gradients." + _STRICT
)
_LINEAR = (
    "While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} is independent of the "
    "input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian "
    "depends on the inputs (this would be violated by a linear function for example)."
)
_QUADRATIC = (
    "The hessian of the user-provided function with respect to input {i} is independent of the input. This is not allowed in strict mode. "
    "You should ensure that your function is thrice differentiable and that the hessian depends on the inputs."
)
_NO_HESSIAN_PULL = "The jacobian of the user-provided function is independent of input {i}." + _STRICT
_NO_HESSIAN_PUSH = (
    "The hessian of the user-provided function is independent of entry {i} in the grad_jacobian. This is not allowed in strict mode as it "
    "prevents from using the double backward trick to replace forward mode AD."
)
_CONSTANT = (
    "The {what} of the user-provided function is independent of input {i}. This is not allowed in strict mode when create_graph=True."
)
_HINT = (
    ' Hint: If your function has more outputs than inputs, "forward-mode" tends to be more performant. '
    'Otherwise, prefer to use "reverse-mode".'
)


def _tensors(values: Any, what: str, caller: str) -> tuple[bool, Tensors]:
    """Whether a tuple was given, and its tensors."""
    if not isinstance(values, tuple):
        if not isinstance(values, TensorBase):
            raise TypeError(
                f"The {what} given to {caller} must be either a Tensor or a tuple of Tensors but the given {what} has type {type(values)}."
            )
        return False, (values,)
    for index, entry in enumerate(values):
        if not isinstance(entry, TensorBase):
            raise TypeError(
                f"The {what} given to {caller} must be either a Tensor or a tuple of Tensors but the value at index {index} has type "
                f"{type(entry)}."
            )
    return True, values


def _zeros(like: Any) -> Any:
    return _zeros_like(like)


def _outside(values: Any) -> Any:
    """Tensors, also in tuples, without their graph."""
    return values.detach() if isinstance(values, TensorBase) else tuple(map(_outside, values))


class _Evaluated:
    """A function, the point where it is differentiated, and (after call()) its outputs there."""

    def __init__(self, caller: str, func: Callable[..., Any], inputs: Any, create_graph: bool, strict: bool) -> None:
        self.caller, self.func, self.keeps, self.strict = caller, func, create_graph, strict
        self.many_inputs, given = _tensors(inputs, "inputs", caller)
        self.inputs = tuple(map(self.stand_in, given))
        for tensor, original in zip(self.inputs, given):
            if not (create_graph and original.requires_grad):
                tensor.requires_grad_()

    def stand_in(self, tensor: Any) -> Any:
        """What is differentiated by: part of the caller's graph where that is wanted, a leaf otherwise."""
        return tensor.view_as(tensor) if self.keeps and tensor.requires_grad else tensor.detach()

    def call(self, scalar: bool = False) -> Tensors:
        """Evaluate; the outputs as a tuple."""
        found = self.func(*self.inputs)
        self.many_outputs, self.outputs = _tensors(found, "outputs of the user-provided function", self.caller)
        self.require(self.outputs, _NO_OUTPUT_GRAD)
        if scalar:
            if self.many_outputs:
                raise RuntimeError(f"The function given to {self.caller} should return a single Tensor")
            if self.outputs[0].numel() != 1:
                raise RuntimeError(f"The Tensor returned by the function given to {self.caller} should contain a single element")
        return self.outputs

    def require(self, values: Tensors, text: str) -> None:
        """In a strict run, raise where a value is missing or not recorded."""
        for i, value in enumerate(values if self.strict else ()):
            if value is None:
                raise RuntimeError(_UNUSED.format(i=i))
            if not value.requires_grad:
                raise RuntimeError(text.format(i=i))

    def vector(self, v: Any, like: Tensors, many: bool, subject: str) -> Any:
        """The checked vector of a product; None where the one-element default will do."""
        if v is None:
            if len(like) == 1 and like[0].numel() == 1:
                return None
            raise RuntimeError(f"The vector v can only be None if the {subject} a single Tensor with a single element.")
        found = tuple(map(self.stand_in, _tensors(v, "v", self.caller)[1]))
        if len(found) != len(like):
            raise RuntimeError(
                f"v is a tuple of invalid length: should be {len(like)} but got {len(found)}."
                if many
                else "The given v should contain a single Tensor."
            )
        for index, (entry, other) in enumerate(zip(found, like)):
            if entry.shape != other.shape:
                where = f"Entry {index} in v" if many else "v"
                raise RuntimeError(f"{where} has invalid size: should be {other.shape} but got {entry.shape}.")
        return found

    # ------------------------------------------------------------ the moves

    def pull(self, ends: Tensors, starts: Tensors, vector: Any, record: bool, keep: bool | None = None, batched: bool = False) -> Tensors:
        """`vector` at the ends, carried back to the starts; None for those that the ends do not depend on."""
        used = [index for index, end in enumerate(ends) if end is not None and end.requires_grad]
        if not used:
            return (None,) * len(starts)
        weights = None if vector is None else [vector[index] for index in used]
        roots = [ends[index] for index in used]
        return tuple(
            grad(roots, starts, weights, create_graph=record, retain_graph=keep, allow_unused=True, is_grads_batched=batched)
        )

    def probes(self, like: Tensors) -> Tensors:
        """Vectors to differentiate a pull by."""
        return tuple(_zeros(tensor).requires_grad_() for tensor in like)

    def settle(self, found: Tensors, like: Tensors, missing: str, what: str) -> Tensors:
        """Zeros for what does not depend; a strict run refuses that, and results that create_graph could not record."""
        results = []
        for i, (value, other) in enumerate(zip(found, like)):
            if self.strict and value is None:
                raise RuntimeError(missing.format(i=i))
            if self.strict and self.keeps and not value.requires_grad:
                raise RuntimeError(_CONSTANT.format(i=i, what=what))
            results.append(_zeros(other) if value is None else value)
        return tuple(results)

    def give(self, values: Tensors, many: bool) -> Any:
        """Results as the caller gets them."""
        if not self.keeps:
            values = _outside(values)
        return values if many else values[0]

    def recording(self) -> Any:
        """The mode for the last move: recorded where the caller wants a graph."""
        return set_grad_enabled(self.keeps or is_grad_enabled())


_OF_OUTPUTS, _OF_INPUTS = "user-provided function returns", "input to the user-provided function is"


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """func(inputs), and the product of `v` with the Jacobian there; `v` is shaped as the outputs, None for a single number.

    create_graph: record both, for higher derivatives. strict: an output that does not depend on an input is an error, not zero.

    >>> torch.autograd.functional.vjp(lambda x: x.exp(), torch.zeros(2), torch.tensor([1., 2.]))
    (tensor([1., 1.]), tensor([1., 2.]))
    """
    with enable_grad():
        at = _Evaluated("vjp", func, inputs, create_graph, strict)
        outputs = at.call()
        vector = at.vector(v, outputs, at.many_outputs, _OF_OUTPUTS)
    with at.recording():
        found = at.settle(at.pull(outputs, at.inputs, vector, create_graph), at.inputs, _UNUSED, "jacobian")
    return at.give(outputs, at.many_outputs), at.give(found, at.many_inputs)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """func(inputs), and the product of the Jacobian there with `v`, which is shaped as the inputs; None for a single number.

    >>> torch.autograd.functional.jvp(lambda x: x.exp(), torch.zeros(2), torch.tensor([1., 2.]))
    (tensor([1., 1.]), tensor([1., 2.]))
    """
    with enable_grad():
        at = _Evaluated("jvp", func, inputs, create_graph, strict)
        vector = at.vector(v, at.inputs, at.many_inputs, _OF_INPUTS)
        outputs = at.call()
        probes = at.probes(outputs)
        pulled = at.pull(outputs, at.inputs, probes, True)
        at.require(pulled, _LINEAR_PULL)
    with at.recording():
        found = at.settle(at.pull(pulled, probes, vector, create_graph), outputs, _NO_PUSH, "jacobian")
    return at.give(outputs, at.many_outputs), at.give(found, at.many_outputs)


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """func(inputs) for a function with one number as result, and the product of `v` with the Hessian there."""
    with enable_grad():
        at = _Evaluated("vhp", func, inputs, create_graph, strict)
        vector = at.vector(v, at.inputs, at.many_inputs, _OF_INPUTS)
        outputs = at.call(scalar=True)
        gradient = at.pull(outputs, at.inputs, None, True)
        at.require(gradient, _LINEAR)
    with at.recording():
        found = at.settle(at.pull(gradient, at.inputs, vector, create_graph), at.inputs, _NO_HESSIAN_PULL, "hessian")
    return at.give(outputs, False), at.give(found, at.many_inputs)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """func(inputs) for a function with one number as result, and the product of the Hessian there with `v`.

    For a twice continuously differentiable function this is vhp(), which takes one pass fewer.
    """
    with enable_grad():
        at = _Evaluated("hvp", func, inputs, create_graph, strict)
        vector = at.vector(v, at.inputs, at.many_inputs, _OF_INPUTS)
        outputs = at.call(scalar=True)
        gradient = at.pull(outputs, at.inputs, None, True)
        at.require(gradient, _LINEAR)
        probes = at.probes(at.inputs)
        pulled = at.pull(gradient, at.inputs, probes, True)
        at.require(gradient, _QUADRATIC)
    with at.recording():
        found = at.settle(at.pull(pulled, probes, vector, create_graph), at.inputs, _NO_HESSIAN_PUSH, "hessian")
    return at.give(outputs, False), at.give(found, at.many_inputs)


# ---------------------------------------------------------------- matrices


def _check_ways(caller: str, strategy: str, hint: str, strict: bool, create_graph: bool, vectorize: bool) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f'Expected strategy to be either "forward-mode" or "reverse-mode".{hint}')
    if strategy == "forward-mode" and caller == "jacobian":
        if create_graph:
            raise NotImplementedError(
                'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not supported together (yet). '
                'Please either set `create_graph=False` or `strategy="reverse-mode"`.'
            )
        if vectorize and strict:
            raise RuntimeError(
                'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported together (yet). '
                'Please either set `strict=False` or `strategy="reverse-mode"`.'
            )
        if not vectorize:
            raise NotImplementedError(
                "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`."
            )


def _unit(like: Any, place: int) -> Any:
    """The tensor of `like`'s shape that is one at one place."""
    from numpy import zeros

    made = zeros(like._array.size, like._array.dtype)
    made[place] = 1
    return wrap(made.reshape(like._array.shape))


def _puller(at: _Evaluated, output: Any, create_graph: bool) -> Callable[[Any], Any]:
    """pull() from one output, for one vector after the other."""
    if get_mode() != GRAD or any(type(tensor) is not TYPES.tensor for tensor in (output, *at.inputs)) or not output.requires_grad:
        return lambda vector: at.pull((output,), at.inputs, (vector,), create_graph, True)
    ends, starts = [edge_of(output)], [edge_of(point) for point in at.inputs]
    nothing = [None] * len(starts)
    return lambda vector: engine.execute(ends, [vector], True, create_graph, starts, False) or nothing


def _rows(at: _Evaluated, number: int, create_graph: bool) -> list[Tensors]:
    """For each input, the gradients of each element of output `number`, stacked: one backward pass an element."""
    output = at.outputs[number]
    if output._array.dtype.kind == "c":
        raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {output.dtype}")
    columns: list[list[Any]] = [[] for _ in at.inputs]
    pull = _puller(at, output, create_graph)
    for place in range(output.numel()):
        found = pull(_unit(output, place))
        for i, (value, point) in enumerate(zip(found, at.inputs)):
            if at.strict and value is None:
                raise RuntimeError(f"Output {number} of the user-provided function is independent of input {i}." + _STRICT)
            if at.strict and create_graph and not value.requires_grad:
                raise RuntimeError(_CONSTANT.format(i=i, what="jacobian"))
            columns[i].append(_zeros(point) if value is None else value)
    return [_stack(column, 0).view(output.shape + point.shape) for column, point in zip(columns, at.inputs)]


def _vectors(tensors: Tensors) -> list[Any]:
    """All unit vectors of the joint space of some tensors, as one batch for each tensor."""
    from rushlight.func.jacobians import basis_of

    return basis_of(tensors)


def _construct_standard_basis_for(tensors: Tensors, tensor_numels: tuple[int, ...]) -> tuple[Any, ...]:
    """All unit vectors of the joint space of some tensors, as one matrix for each of them."""
    from rushlight.func.jacobians import basis_of

    if len(tensors) != len(tensor_numels):
        raise AssertionError(f"Expected tensors and tensor_numels to have the same length, but got {len(tensors)} and {len(tensor_numels)}")
    if not tensors:
        raise AssertionError("Expected at least one tensor")
    return tuple([rows.view(sum(tensor_numels), count) for rows, count in zip(basis_of(tensors), tensor_numels)])


def _as_tuple(inp: Any, arg_name: str | None = None, fn_name: str | None = None) -> Any:
    """Values as a tuple; for a named argument, whether it was one and its checked tensors. Packages use it as PyTorch's module does."""
    if arg_name is None and fn_name is None:
        return inp if isinstance(inp, tuple) else (inp,)
    return _tensors(inp, str(arg_name), str(fn_name))


def _tuple_postprocess(res: Any, to_unpack: Any) -> Any:
    """Tuples, or their only entry where one tensor was given."""
    if isinstance(to_unpack, tuple):
        if not to_unpack[1]:
            res = tuple(entry[0] for entry in res)
        return res if to_unpack[0] else res[0]
    return res if to_unpack else res[0]


def _grad_preprocess(inputs: Any, create_graph: bool, need_graph: bool) -> Tensors:
    """What to differentiate by in place of the inputs: other tensors of the caller's graph, or leaves."""
    results = []
    for tensor in inputs:
        if create_graph and tensor.requires_grad:
            results.append(tensor.view_as(tensor) if not tensor.is_sparse else tensor.clone())
        else:
            results.append(tensor.detach().requires_grad_(need_graph))
    return tuple(results)


def _grad_postprocess(inputs: Any, create_graph: bool) -> Any:
    """Results without their graph, unless there is to be one."""
    return inputs if create_graph else _outside(inputs)


def _blocks(batch: Any, shapes: list[Any], place: Any) -> list[Any]:
    """The rows of a batch that belong to each of the tensors with these shapes, as place(rows, shape) arranges them."""
    return [place(rows, shape) for rows, shape in zip(_split(batch, [shape.numel() for shape in shapes]), shapes)]


def _batched_rows(at: _Evaluated, create_graph: bool) -> list[list[Any]]:
    """_rows() of all outputs in one backward pass, for a batch of unit vectors."""
    basis = tuple(_vectors(at.outputs))
    total, shapes = basis[0].shape[0], [output.shape for output in at.outputs]
    if not total and any(output.requires_grad for output in at.outputs):
        raise IndexError("index 0 is out of bounds for dimension 0 with size 0")
    columns = []
    for value, point in zip(at.pull(at.outputs, at.inputs, basis, create_graph, True, batched=True), at.inputs):
        found = _zeros(point).expand((total, *point.shape)) if value is None else value
        columns.append(_blocks(found, shapes, lambda rows, shape, point=point: rows.view(shape + point.shape)))
    return [list(block) for block in zip(*columns)]


def _forward_jacobian(func: Callable[..., Any], inputs: Any) -> Any:
    """The Jacobian from one run of the function in forward mode, for a batch of unit vectors as tangents."""
    from rushlight.autograd import forward_ad
    from rushlight.func.levels import Level, make
    from rushlight.func.mapping import removed

    many, points = _tensors(inputs, "inputs", "jacobian")
    basis = _vectors(points)
    with Level("vmap", len(basis[0]), internal=True) as level:
        vectors = [make(level, vector, 0) for vector in basis]
        with forward_ad.dual_level():
            duals = [forward_ad.make_dual(point, vector.view_as(point)) for point, vector in zip(points, vectors)]
            many_outputs, outputs = _tensors(func(*duals), "outputs of the user-provided function", "jacobian")
            pairs = [forward_ad.unpack_dual(output) for output in outputs]
        tangents = [_zeros(pair.primal) if pair.tangent is None else pair.tangent for pair in pairs]
        products = [removed(tangent, 0, level) for tangent in tangents]
    found = []
    for product, out_shape in zip(products, [pair.primal.shape for pair in pairs]):
        found.append(_blocks(product, [point.shape for point in points], lambda columns, shape, out_shape=out_shape: columns.permute(
            *range(1, columns.dim()), 0).reshape(out_shape + shape)))  # fmt: skip
    if many:
        return found if many_outputs else found[0]
    return tuple([block[0] for block in found]) if many_outputs else found[0][0]


def jacobian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The derivatives of every output element with respect to every input element.

    One output and one input give a tensor of the output's shape followed by the input's; a tuple of either gives a tuple, of both a
    tuple (by output) of tuples (by input).

    >>> torch.autograd.functional.jacobian(lambda x: x * x, torch.tensor([1., 2.]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    _check_ways("jacobian", strategy, _HINT, strict, create_graph, vectorize)
    if strategy == "forward-mode":
        return _forward_jacobian(func, inputs)
    with enable_grad():
        at = _Evaluated("jacobian", func, inputs, create_graph, strict)
        count = len(at.call())
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either set "
                "`strict=False` or `vectorize=False`."
            )
        blocks = _batched_rows(at, create_graph) if vectorize else [_rows(at, number, create_graph) for number in range(count)]
        return at.give(tuple(tuple(entry) if at.many_inputs else entry[0] for entry in blocks), at.many_outputs)


def hessian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The second derivatives of a function with one number as result: a tensor, or a tuple of tuples for a tuple of inputs.

    >>> torch.autograd.functional.hessian(lambda x: (x ** 3).sum(), torch.tensor([1., 2.]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    many, points = _tensors(inputs, "inputs", "hessian")
    _check_ways("hessian", outer_jacobian_strategy, "", False, False, vectorize)

    def number(*arguments: Any) -> Any:
        """The function, checked, as a 0-d tensor."""
        found = func(*arguments)
        several, outputs = _tensors(found, "outputs of the user-provided function", "hessian")
        if strict and not outputs[0].requires_grad:
            raise RuntimeError(_NO_OUTPUT_GRAD.format(i=0))
        if several:
            raise RuntimeError("The function given to hessian should return a single Tensor")
        if outputs[0].numel() != 1:
            raise RuntimeError("The Tensor returned by the function given to hessian should contain a single element")
        return outputs[0].squeeze()

    def gradient(*arguments: Any) -> Any:
        if outer_jacobian_strategy == "forward-mode":
            arguments = tuple(argument if argument.requires_grad else argument.requires_grad_() for argument in arguments)
        found = jacobian(number, arguments, create_graph=True)
        for i, value in enumerate(found if strict else ()):
            if not value.requires_grad:
                raise RuntimeError(_LINEAR.format(i=i))
        return found

    found = jacobian(gradient, points, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found if many else found[0][0]
