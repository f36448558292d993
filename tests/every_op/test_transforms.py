"""Every operator of the registry under vjp, jvp, vmap and their compositions, against its own first principles.

jvp is the transpose of vjp; vmap is the loop over examples; derivatives of gradients agree however they are nested.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import samples

import rushlight
from rushlight._core.tensor import TensorBase, values_of, wrap
from rushlight.func import jvp, vjp, vmap
from rushlight.func.batching import RANDOM
from rushlight.func.tangents import REFUSED
from rushlight.ops.declare import REGISTRY

OPS = {spec: op for spec, op in samples.differentiable().items() if spec not in samples.WITHOUT and op.name not in RANDOM}


pytestmark = [pytest.mark.filterwarnings(f"ignore:{start}") for start in ("index_reduce", "torch.triangular_solve is deprecated")]
SECOND_ORDER = ("vjp of vjp", "jvp of vjp", "vmap of vjp")

# transform -> operators that it does not work on, and why
NO_SECOND = "its gradient has no derivative, in PyTorch neither"
TRIANGLE = "it reads one triangle of a matrix, or its gradient is that among symmetric matrices: finite differences see more"
FIRST_ORDER = dict.fromkeys(("_pdist_forward", "_cdist_forward", "_standard_gamma_grad"), NO_SECOND)
NO_FORWARD = dict.fromkeys(
    [spec for spec, op in OPS.items() if op.name in REFUSED or spec in REFUSED or op.node_name == "NotImplemented"],
    "PyTorch has no forward mode for it",
)
GRIDS = dict.fromkeys(("grid_sampler_2d_backward", "grid_sampler_3d_backward"), NO_SECOND)
ASYMMETRIC = "tangents need not be symmetric, gradients are: the transpose of the one is not the other, in PyTorch neither"
HOLES: dict[str, dict[str, str]] = {
    "jvp": {**NO_FORWARD, **FIRST_ORDER, **GRIDS, "linalg_cholesky_ex": ASYMMETRIC, "_linalg_eigh": ASYMMETRIC},
    "vmap": {},
    "vjp of vjp": {
        **FIRST_ORDER, **GRIDS, "hardsigmoid": NO_SECOND, "special_entr": "its samples are no positive numbers",
        **dict.fromkeys(("linalg_cholesky_ex", "cholesky", "cholesky_inverse", "cholesky_solve", "_linalg_eigh"), TRIANGLE),
    },
    "jvp of vjp": {
        **NO_FORWARD, **FIRST_ORDER, **GRIDS, "hardsigmoid": NO_SECOND, "linalg_cholesky_ex": ASYMMETRIC, "_linalg_eigh": ASYMMETRIC,
        **dict.fromkeys(("grid_sampler_2d", "grid_sampler_3d", "huber_loss", "soft_margin_loss"), "forward mode of its gradient is missing, in PyTorch too"),
    },
    "vmap of vjp": {},
}  # fmt: skip


class Sample:
    """One sample of an operator as a function of its floating-point tensors."""

    def __init__(self, spec: str, number: int) -> None:
        self.op = OPS[spec]
        random = samples.generator(spec, number)
        self.arguments = [samples.materialise(value, random) for value in samples.samples(spec, self.op)[number]]
        self.op.fill(self.arguments, {})
        self.places: list[tuple[int, int | None]] = []
        for index in self.op.tensor_params:
            value = self.arguments[index]
            if isinstance(value, np.ndarray):
                self.arguments[index] = wrap(value)
                if value.dtype.kind in "fc" and index in self.op.grad_params:
                    self.places.append((index, None))
            elif isinstance(value, (list, tuple)):
                entries = [wrap(entry) if isinstance(entry, np.ndarray) else entry for entry in value]
                self.arguments[index] = entries
                floating = [place for place, entry in enumerate(entries) if isinstance(entry, TensorBase) and entry.is_floating_point()]
                self.places += [(index, place) for place in floating if index in self.op.grad_params]
        self.inputs = tuple(
            self.arguments[index] if place is None else self.arguments[index][place] for index, place in self.places
        )
        self.random = random

    def __call__(self, *inputs: Any) -> tuple[Any, ...]:
        arguments = [list(value) if isinstance(value, list) else value for value in self.arguments]
        for (index, place), value in zip(self.places, inputs, strict=True):
            if place is None:
                arguments[index] = value
            else:
                arguments[index][place] = value
        found = self.op(*arguments)
        outputs = found if isinstance(found, (tuple, list)) else (found,)
        return tuple(entry for entry in outputs if entry.is_floating_point() or entry.is_complex())

    def like(self, tensors: Any) -> tuple[Any, ...]:
        """Random tensors of the same shapes and dtypes."""
        made = []
        for tensor in tensors:
            array = self.random.standard_normal(tuple(tensor.shape))
            if tensor.is_complex():
                array = array + 1j * self.random.standard_normal(tuple(tensor.shape))
            made.append(wrap(np.asarray(array, tensor._array.dtype)))
        return tuple(made)

    def gradient(self, *inputs: Any) -> tuple[Any, ...]:
        """The vector-Jacobian product with fixed cotangents."""
        outputs, product = vjp(self, *inputs)
        if not hasattr(self, "cotangents"):
            self.cotangents = self.like(outputs)
        return product(self.cotangents)


def usable(spec: str, number: int) -> bool:
    """Whether there is something to transform: a gradient of floating-point inputs. What fails here is for test_formulas.py to report."""
    sample = Sample(spec, number)
    if not sample.inputs:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return bool(sample(*sample.inputs)) and bool(sample.gradient(*sample.inputs))
    except (RuntimeError, ValueError, TypeError, IndexError):
        return False


def rows() -> list[tuple[str, int]]:
    """The samples of all operators."""
    found = []
    for spec, op in OPS.items():
        try:
            count = len(samples.samples(spec, op))
        except KeyError:  # a parameter without a default: test_formulas.py reports it
            continue
        found += [(spec, number) for number in range(count) if usable(spec, number)]
    return found


ROWS = rows()
FIRST = [(spec, number) for place, (spec, number) in enumerate(ROWS) if not place or ROWS[place - 1][0] != spec]


def inner(first: Any, second: Any) -> float:
    return sum(float(np.real(np.vdot(values_of(a), values_of(b)))) for a, b in zip(first, second, strict=True))


def same(found: Any, wanted: Any) -> None:
    for a, b in zip(found, wanted, strict=True):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        np.testing.assert_allclose(values_of(a), values_of(b), rtol=1e-7, atol=1e-9)


def stacked(tensor: Any) -> Any:
    return rushlight.stack([tensor, tensor * 1.01])


def skip(transform: str, spec: str) -> bool:
    return spec in HOLES[transform]


def test_holes_are_operators() -> None:
    for table in HOLES.values():
        assert not set(table) - set(REGISTRY)


@pytest.mark.parametrize(("spec", "number"), ROWS)
def test_jvp_is_the_transpose_of_vjp(spec: str, number: int) -> None:
    sample = Sample(spec, number)
    if spec in NO_FORWARD:
        with pytest.raises(NotImplementedError, match="does not support it"):
            jvp(sample, sample.inputs, sample.like(sample.inputs))
    if skip("jvp", spec):
        return
    outputs, product = vjp(sample, *sample.inputs)
    cotangents, tangents = sample.like(outputs), sample.like(sample.inputs)
    values, pushed = jvp(sample, sample.inputs, tangents)
    same(values, outputs)
    assert [entry.shape for entry in pushed] == [entry.shape for entry in values]
    np.testing.assert_allclose(inner(cotangents, pushed), inner(product(cotangents), tangents), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(("spec", "number"), ROWS)
def test_vmap_is_the_loop(spec: str, number: int) -> None:
    if skip("vmap", spec):
        return
    sample = Sample(spec, number)
    count = len(sample.inputs)
    choices = [(True,) * count] + ([tuple(place == chosen for place in range(count)) for chosen in range(count)] if count > 1 else [])
    for chosen in choices:
        inputs = [stacked(value) if batched else value for value, batched in zip(sample.inputs, chosen)]
        rows = [sample(*[value[row].clone() if batched else value for value, batched in zip(inputs, chosen)]) for row in range(2)]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "There is a performance drop")
            found = vmap(sample, tuple(0 if batched else None for batched in chosen))(*inputs)
        same(found, [rushlight.stack(list(column)) for column in zip(*rows)])


@pytest.mark.parametrize(("spec", "number"), FIRST)
@pytest.mark.parametrize("transform", SECOND_ORDER)
def test_transforms_of_gradients(spec: str, number: int, transform: str) -> None:
    if skip(transform, spec):
        return
    sample = Sample(spec, number)
    gradient = sample.gradient(*sample.inputs)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "There is a performance drop")
        if transform == "vmap of vjp":
            inputs = [stacked(value) for value in sample.inputs]
            rows = [sample.gradient(*[value[row].clone() for value in inputs]) for row in range(2)]
            same(vmap(sample.gradient)(*inputs), [rushlight.stack(list(column)) for column in zip(*rows)])
            return
        cotangents, tangents = sample.like(gradient), sample.like(sample.inputs)
        if transform == "vjp of vjp":
            _, product = vjp(sample.gradient, *sample.inputs)
            pulled, step = inner(product(cotangents), tangents), 1e-6
            shifted = [
                sample.gradient(*[value + tangent * (sign * step) for value, tangent in zip(sample.inputs, tangents)]) for sign in (1, -1)
            ]
            numeric = (inner(cotangents, shifted[0]) - inner(cotangents, shifted[1])) / (2 * step)
            np.testing.assert_allclose(pulled, numeric, rtol=1e-4, atol=1e-5)
        else:
            pushed = inner(cotangents, jvp(sample.gradient, sample.inputs, tangents)[1])
            _, product = vjp(sample.gradient, *sample.inputs)
            np.testing.assert_allclose(pushed, inner(product(cotangents), tangents), rtol=1e-6, atol=1e-7)
