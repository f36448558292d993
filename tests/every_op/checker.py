"""Checks of one operator's gradient formulas on one list of arguments; a failed check is an AssertionError that tells the difference."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import rushlight
from rushlight._core.op import Op
from rushlight._core.tensor import values_of

Arrays = list[Any]
STEP = 1e-5


class Case:
    """An operator with sample arguments: its differentiable inputs flattened out of lists, and how they vary."""

    def __init__(self, op: Op, arguments: list[Any], outputs: int = 0, symmetric: bool = False) -> None:
        self.op, self.arguments, self.symmetric = op, arguments, symmetric
        self.outputs = outputs or self._outputs()
        self.in_place_only = op.overload.startswith("in_place")
        self.places = [
            (index, position)
            for index in op.grad_params
            for position in (range(len(arguments[index])) if isinstance(arguments[index], list) else (-1,))
            if _is_float(arguments[index] if position < 0 else arguments[index][position])
        ]
        self.inputs: Arrays = [arguments[index] if position < 0 else arguments[index][position] for index, position in self.places]

    def _outputs(self) -> int:
        """How many outputs have gradients: all where a formula takes `grads`, the first where all take `grad`."""
        codes = [formula.__code__ for formula in self.op.formulas.values()]
        takes = {name for code in codes for name in code.co_varnames[: code.co_argcount]}
        return 99 if "grads" in takes else 1

    def call(self, inputs: list[Any], in_place: bool = False) -> list[Any]:
        """The differentiable outputs for input tensors."""
        arguments = [
            list(value) if isinstance(value, list) else rushlight.tensor(value) if isinstance(value, np.ndarray) else value
            for value in self.arguments
        ]
        for (index, position), tensor in zip(self.places, inputs, strict=True):
            if position < 0:
                arguments[index] = tensor
            else:
                arguments[index][position] = tensor
        for value in arguments:
            if isinstance(value, list):
                value[:] = [rushlight.tensor(entry) if isinstance(entry, np.ndarray) else entry for entry in value]
        rushlight.manual_seed(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if self.in_place_only and not in_place:  # PyTorch differentiates this in-place form by a formula of its own
                arguments[0], in_place = arguments[0].clone(), True
            found = self.op.apply_inplace(arguments) if in_place else self.op(*arguments)
        if isinstance(found, rushlight.Tensor):
            return [found]
        return [entry for entry in found if _is_float(entry._array)][: self.outputs]

    def leaves(self, arrays: Arrays, wanted: Any = None) -> list[Any]:
        """Leaf tensors of arrays, those wanted (all, by default) requiring gradients."""
        return [rushlight.tensor(array, requires_grad=wanted is None or at in wanted) for at, array in enumerate(arrays)]

    def values(self, arrays: Arrays) -> Arrays:
        return [values_of(output) for output in self.call([rushlight.tensor(array) for array in arrays])]

    def cotangents(self) -> Arrays:
        return directions(self.values(self.inputs), 1)

    def steps(self) -> Arrays:
        """A random direction in the space of inputs; symmetric for the matrices of operators that read one triangle."""
        found = directions(self.inputs, 2)
        return [direction + direction.conj().swapaxes(-1, -2) for direction in found] if self.symmetric else found

    def gradients(self, arrays: Arrays, cotangents: Arrays, create_graph: bool = False, wanted: Any = None) -> Arrays:
        """The inputs' gradients, None for those that are not wanted."""
        leaves = self.leaves(arrays, wanted)
        found = backward(self.call(leaves), [leaf for leaf in leaves if leaf.requires_grad], cotangents, create_graph)
        remaining = iter(found)
        return [values_of(next(remaining)) if leaf.requires_grad else None for leaf in leaves]


def _is_float(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "fc"


def directions(arrays: Arrays, seed: int) -> Arrays:
    """Random arrays like the given ones."""
    random = np.random.default_rng([len(arrays), seed])
    found = []
    for array in arrays:
        drawn = random.uniform(-1, 1, array.shape)
        turned = drawn + 1j * random.uniform(-1, 1, array.shape) if array.dtype.kind == "c" else drawn
        found.append(np.asarray(turned, array.dtype))
    return found


def backward(outputs: list[Any], inputs: list[Any], cotangents: list[Any], create_graph: bool) -> list[Any]:
    """autograd.grad with zeros where there is no gradient."""
    chosen = [(output, seed) for output, seed in zip(outputs, cotangents, strict=True) if output.requires_grad]
    if not chosen:
        return [rushlight.zeros_like(leaf) for leaf in inputs]
    seeds = [seed if isinstance(seed, rushlight.Tensor) else rushlight.tensor(seed) for _, seed in chosen]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = rushlight.autograd.grad([output for output, _ in chosen], inputs, seeds, create_graph=create_graph, allow_unused=True)
    return [rushlight.zeros_like(leaf) if one is None else one for leaf, one in zip(inputs, found, strict=True)]


def inner(first: Arrays, second: Arrays) -> float:
    """The real inner product of lists of arrays."""
    return float(sum(np.sum(np.conj(x) * y).real for x, y in zip(first, second, strict=True)))


def same_bits(first: Arrays, second: Arrays, what: str) -> None:
    """Bitwise equal numbers (zeros of either sign are equal)."""
    for at, (x, y) in enumerate(zip(first, second, strict=True)):
        assert x.shape == y.shape, f"{what}: input {at} has shape {x.shape} and {y.shape}"
        assert np.array_equal(x, y, equal_nan=True), f"{what}: input {at} differs by {np.max(np.abs(x - y))}"


def close(expected: float, found: float, what: str) -> None:
    assert abs(expected - found) <= 2e-6 * (1 + abs(expected)), f"{what}: finite differences give {expected}, the formula {found}"


def check_likeness(gradients: Arrays, inputs: Arrays) -> None:
    """A gradient has its input's shape and dtype."""
    for gradient, array in zip(gradients, inputs, strict=True):
        assert (gradient.shape, gradient.dtype) == (array.shape, array.dtype)


def narrowed(value: Any) -> Any:
    """A sample's value in single precision."""
    if isinstance(value, list):
        return [narrowed(entry) for entry in value]
    if isinstance(value, np.ndarray):
        return value.astype({"d": np.float32, "D": np.complex64}.get(value.dtype.char, value.dtype))
    return rushlight.float32 if value is rushlight.float64 else value


def moved(arrays: Arrays, steps: Arrays, by: float) -> Arrays:
    return [array + by * step for array, step in zip(arrays, steps, strict=True)]


def check_first_order(case: Case) -> None:
    """The gradient along a random direction is the central difference of the outputs."""
    cotangents, steps = case.cotangents(), case.steps()
    ahead, behind = (inner(cotangents, case.values(moved(case.inputs, steps, by))) for by in (STEP, -STEP))
    gradients = case.gradients(case.inputs, cotangents)
    check_likeness(gradients, case.inputs)
    found = inner(gradients, steps)
    close((ahead - behind) / (2 * STEP), found, "first order")


def check_second_order(case: Case) -> None:
    """The gradient of <gradient, w> along a random direction of inputs and cotangents is the gradient's central difference."""
    cotangents, steps = case.cotangents(), case.steps()
    weights, turns = directions(case.inputs, 3), directions(cotangents, 4)
    ahead, behind = (inner(weights, case.gradients(moved(case.inputs, steps, by), moved(cotangents, turns, by))) for by in (STEP, -STEP))
    leaves, seeds = case.leaves(case.inputs), case.leaves(cotangents)
    gradients = backward(case.call(leaves), leaves, seeds, True)
    again = backward(gradients, [*leaves, *seeds], weights, False)
    found = inner([values_of(one) for one in again], [*steps, *turns])
    close((ahead - behind) / (2 * STEP), found, "second order")
