"""torch.autograd.functional: whole Jacobians and Hessians, and their products with vectors, of functions of tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight.autograd import grad
from rushlight.autograd.grad_mode import enable_grad, is_grad_enabled, set_grad_enabled
from rushlight.ops.declare import public_function

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = tuple[Any, ...]

_STRICT = " This is not allowed in strict mode."
# What a strict run says of an entry that does not require grad, by what the entry is.
_UNTRACKED = {
    "outputs": "Output {i} of the user-provided function does not require gradients. The outputs must be computed in a differentiable "
    "manner from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {i} is independent of the inputs of the user-provided function." + _STRICT,
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with respect to input {i} is "
    "independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that "
    "the jacobian depends on the inputs (this would be violated by a linear function for example).",
    "hessian": "The hessian of the user-provided function with respect to input {i} is independent of the input. This is not allowed in "
    "strict mode. You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.",
}
_NO_GRADIENT = "The output of the user-provided function is independent of input {i}." + _STRICT
# What a strict run says of a missing result, and of one that is not recorded though create_graph asks for it.
_CONSTANT_JACOBIAN = (
    "The jacobian of the user-provided function is independent of input {i}. This is not allowed in strict mode when create_graph=True."
)
_CONSTANT_HESSIAN = _CONSTANT_JACOBIAN.replace("jacobian", "hessian")
_STAGES = {
    "vjp": (_NO_GRADIENT, _CONSTANT_JACOBIAN),
    "jvp": (
        "The gradient with respect to the input is independent of entry {i} in the grad_outputs when using the double backward trick to "
        "compute forward mode gradients." + _STRICT,
        _CONSTANT_JACOBIAN,
    ),
    "vhp": ("The jacobian of the user-provided function is independent of input {i}." + _STRICT, _CONSTANT_HESSIAN),
    "hvp": (
        "The hessian of the user-provided function is independent of entry {i} in the grad_jacobian. This is not allowed in strict mode "
        "as it prevents from using the double backward trick to replace forward mode AD.",
        _CONSTANT_HESSIAN,
    ),
}  # fmt: skip


# ---------------------------------------------------------------- arguments and results


def _listed(values: Any, what: str, caller: str) -> tuple[bool, Tensors]:
    """Whether a tuple was given, and the values as a tuple of tensors."""
    many = isinstance(values, tuple)
    entries = values if many else (values,)
    for index, entry in enumerate(entries):
        if not isinstance(entry, TensorBase):
            place = f"value at index {index}" if many else f"given {what}"
            raise TypeError(
                f"The {what} given to {caller} must be either a Tensor or a tuple of Tensors but the {place} has type {type(entry)}."
            )
    return many, entries


def _prepared(values: Tensors, create_graph: bool, track: bool) -> Tensors:
    """Stand-ins to differentiate by: connected to the caller's graph where that is to be kept, else leaves."""
    return tuple(
        value.view_as(value) if create_graph and value.requires_grad else value.detach().requires_grad_(track) for value in values
    )


def _released(values: Any, create_graph: bool) -> Any:
    """The results, outside of the graph unless it is wanted."""
    if create_graph:
        return values
    return tuple(value.detach() if isinstance(value, TensorBase) else _released(value, False) for value in values)


def _unpacked(values: Tensors, many: bool) -> Any:
    return values if many else values[0]


def _call(func: Callable[..., Any], inputs: Tensors, caller: str, strict: bool) -> tuple[bool, Tensors]:
    many, outputs = _listed(func(*inputs), "outputs of the user-provided function", caller)
    _require_tracked(outputs, "outputs", strict)
    return many, outputs


def _require_tracked(values: Tensors, what: str, strict: bool) -> None:
    if not strict:
        return
    for i, value in enumerate(values):
        if value is None:
            raise RuntimeError(_NO_GRADIENT.format(i=i))
        if not value.requires_grad:
            raise RuntimeError(_UNTRACKED[what].format(i=i))


def _vector(v: Any, like: Tensors, like_many: bool, create_graph: bool, caller: str, subject: str) -> Any:
    """The checked vector of a product; None where the one-element default will do."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise RuntimeError(f"The vector v can only be None if the {subject} a single Tensor with a single element.")
        return None
    found = _prepared(_listed(v, "v", caller)[1], create_graph, False)
    if len(found) != len(like):
        if like_many:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(found)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for index, (entry, other) in enumerate(zip(found, like)):
        if entry.shape != other.shape:
            place = f"Entry {index} in " if like_many else ""
            raise RuntimeError(f"{place}v has invalid size: should be {other.shape} but got {entry.shape}.")
    return found


_OF_OUTPUTS = "user-provided function returns"
_OF_INPUTS = "input to the user-provided function is"


# ---------------------------------------------------------------- derivatives


def _zeros_like(value: Any, requires_grad: bool = False) -> Any:
    return public_function("torch", "zeros_like")(value).requires_grad_(requires_grad)


def _gradients(outputs: Tensors, inputs: Tensors, vectors: Any, create_graph: bool, retain_graph: bool | None = None) -> Tensors:
    """autograd.grad of the outputs that depend on anything; None for an input that they do not depend on."""
    pairs = [
        (output, vector)
        for output, vector in zip(outputs, vectors or (None,) * len(outputs))
        if output is not None and output.requires_grad
    ]
    if not pairs:
        return (None,) * len(inputs)
    roots, grads = zip(*pairs)
    found = grad(roots, inputs, grads, create_graph=create_graph, retain_graph=retain_graph, allow_unused=True)
    return tuple(found)


def _filled(found: Tensors, like: Tensors, strict: bool, create_graph: bool, stage: str) -> Tensors:
    """Results with zeros for what does not depend on the input; a strict run refuses such results."""
    missing, constant = _STAGES[stage]
    results = []
    for i, value in enumerate(found):
        if strict and value is None:
            raise RuntimeError(missing.format(i=i))
        if strict and create_graph and not value.requires_grad:
            raise RuntimeError(constant.format(i=i))
        results.append(_zeros_like(like[i]) if value is None else value)
    return tuple(results)


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """func(inputs), and the product of `v` with the Jacobian there; `v` is shaped as the outputs, None for a single number.

    create_graph: record both, for higher derivatives. strict: an output that does not depend on an input is an error, not zero.

    >>> torch.autograd.functional.vjp(lambda x: x.exp(), torch.zeros(2), torch.tensor([1., 2.]))
    (tensor([1., 1.]), tensor([1., 2.]))
    """
    with enable_grad():
        inputs_many, given = _listed(inputs, "inputs", "vjp")
        points = _prepared(given, create_graph, True)
        outputs_many, outputs = _call(func, points, "vjp", strict)
        vector = _vector(v, outputs, outputs_many, create_graph, "vjp", _OF_OUTPUTS)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _filled(_gradients(outputs, points, vector, create_graph), points, strict, create_graph, "vjp")
    return _unpacked(_released(outputs, create_graph), outputs_many), _unpacked(_released(found, create_graph), inputs_many)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """func(inputs), and the product of the Jacobian there with `v`, which is shaped as the inputs; None for a single number.

    The product is the derivative of a vector-Jacobian product with respect to its vector, so the backward formulas serve it too.
    """
    with enable_grad():
        inputs_many, given = _listed(inputs, "inputs", "jvp")
        points = _prepared(given, create_graph, True)
        vector = _vector(v, points, inputs_many, create_graph, "jvp", _OF_INPUTS)
        outputs_many, outputs = _call(func, points, "jvp", strict)
        probes = tuple(_zeros_like(output, True) for output in outputs)
        first = _gradients(outputs, points, probes, True)
        _require_tracked(first, "grad_inputs", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _filled(_gradients(first, probes, vector, create_graph), outputs, strict, create_graph, "jvp")
    return _unpacked(_released(outputs, create_graph), outputs_many), _unpacked(_released(found, create_graph), outputs_many)


def _scalar_gradient(func: Callable[..., Any], points: Tensors, caller: str, strict: bool) -> tuple[Tensors, Tensors]:
    """The output of a scalar function, and its recorded gradient."""
    many, outputs = _call(func, points, caller, strict)
    if many:
        raise RuntimeError(f"The function given to {caller} should return a single Tensor")
    if outputs[0].numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {caller} should contain a single element")
    first = _gradients(outputs, points, None, True)
    _require_tracked(first, "jacobian", strict)
    return outputs, first


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """func(inputs) for a function with one number as result, and the product of `v` with the Hessian there."""
    with enable_grad():
        many, given = _listed(inputs, "inputs", "vhp")
        points = _prepared(given, create_graph, True)
        vector = _vector(v, points, many, create_graph, "vhp", _OF_INPUTS)
        outputs, first = _scalar_gradient(func, points, "vhp", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _filled(_gradients(first, points, vector, create_graph), points, strict, create_graph, "vhp")
    return _released(outputs, create_graph)[0], _unpacked(_released(found, create_graph), many)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """func(inputs) for a function with one number as result, and the product of the Hessian there with `v`.

    For a twice continuously differentiable function this is vhp(), which takes one pass fewer.
    """
    with enable_grad():
        many, given = _listed(inputs, "inputs", "hvp")
        points = _prepared(given, create_graph, True)
        vector = _vector(v, points, many, create_graph, "hvp", _OF_INPUTS)
        outputs, first = _scalar_gradient(func, points, "hvp", strict)
        probes = tuple(_zeros_like(point, True) for point in points)
        second = _gradients(first, points, probes, True)
        _require_tracked(first, "hessian", strict)
    with set_grad_enabled(create_graph or is_grad_enabled()):
        found = _filled(_gradients(second, probes, vector, create_graph), points, strict, create_graph, "hvp")
    return _released(outputs, create_graph)[0], _unpacked(_released(found, create_graph), many)


# ---------------------------------------------------------------- matrices


def _check_strategy(strategy: str, vectorize: bool, hint: str, caller: str) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f'Expected strategy to be either "forward-mode" or "reverse-mode".{hint}')
    if vectorize:
        raise NotImplementedError(f"torch.autograd.functional.{caller}(vectorize=True) is not in rushlight yet")
    if strategy == "forward-mode":
        raise NotImplementedError(
            "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for `vectorize=True`."
        )


_STRATEGY_HINT = (
    ' Hint: If your function has more outputs than inputs, "forward-mode" tends to be more performant. '
    'Otherwise, prefer to use "reverse-mode".'
)


def _row(element: Any, points: Tensors, number: int, create_graph: bool, strict: bool) -> Sequence[Any]:
    """The gradient of one element of output `number`."""
    rows = []
    for i, (value, point) in enumerate(zip(_gradients((element,), points, None, create_graph, True), points)):
        if strict and value is None:
            raise RuntimeError(f"Output {number} of the user-provided function is independent of input {i}." + _STRICT)
        if strict and create_graph and not value.requires_grad:
            raise RuntimeError(_CONSTANT_JACOBIAN.format(i=i))
        rows.append(_zeros_like(point) if value is None else value)
    return rows


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
    _check_strategy(strategy, vectorize, _STRATEGY_HINT, "jacobian")
    stack = public_function("torch", "stack")
    with enable_grad():
        inputs_many, given = _listed(inputs, "inputs", "jacobian")
        points = _prepared(given, create_graph, True)
        outputs_many, outputs = _call(func, points, "jacobian", strict)
        found: Tensors = ()
        for number, output in enumerate(outputs):
            rows = [_row(output.reshape(-1)[place], points, number, create_graph, strict) for place in range(output.numel())]
            columns: Any = zip(*rows) if rows else [()] * len(points)
            blocks = [stack(column, 0).view(output.shape + point.shape) for column, point in zip(columns, points)]
            found += (_unpacked(tuple(blocks), inputs_many),)
        return _unpacked(_released(found, create_graph), outputs_many)


def hessian(
    func: Callable[..., Any], inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:  # fmt: skip
    """The second derivatives of a function with one number as result: a tensor, or a tuple of tuples for a tuple of inputs."""
    many, given = _listed(inputs, "inputs", "hessian")
    _check_strategy(outer_jacobian_strategy, vectorize, "", "hessian")

    def single(*points: Any) -> Any:
        several, outputs = _call(func, points, "hessian", strict)
        if several:
            raise RuntimeError("The function given to hessian should return a single Tensor")
        if outputs[0].numel() != 1:
            raise RuntimeError("The Tensor returned by the function given to hessian should contain a single element")
        return outputs[0].squeeze()

    def first(*points: Any) -> Any:
        found = jacobian(single, points, create_graph=True)
        _require_tracked(found, "jacobian", strict)
        return found

    found = jacobian(first, given, create_graph=create_graph, strict=strict)
    return found if many else found[0][0]
