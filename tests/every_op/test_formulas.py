"""Every gradient formula of the registry: both carriers, finite differences, subsets of inputs, in-place forms, node names, memory."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import checker
import numpy as np
import pytest
import samples
from checker import Case, same_bits

import rushlight
from rushlight._core.op import Op
from rushlight._core.tensor import values_of
from rushlight.ops import declare, signatures

OPS = samples.differentiable()
SAMPLED = {spec: op for spec, op in OPS.items() if spec not in samples.WITHOUT}


def rows(spec: str) -> range:
    """The numbers of an operator's samples; none where a parameter has no default, which a test of its own reports."""
    try:
        return range(len(samples.samples(spec, OPS[spec])))
    except KeyError:
        return range(0)


ROWS = [(spec, number) for spec in SAMPLED for number in rows(spec)]

# Operators that read one triangle of a symmetric matrix, or whose gradients are those among symmetric matrices.
SYMMETRIC = {"linalg_cholesky_ex", "cholesky", "_linalg_eigh"}
# How many outputs are functions of the inputs that formulas know: the others are intermediate results or have a free phase.
OUTPUTS = {"_linalg_slogdet": 2, "linalg_eig": 1, "_linalg_det": 1, "linalg_lstsq": 1}

# Gradients that are conventions of PyTorch, and no derivatives.
NO_DERIVATIVE = {
    **dict.fromkeys(("normal.Tensor_float", "normal.float_Tensor", "normal.Tensor_Tensor"), "a drawn number's gradient is zero"),
    "cholesky_solve": "the gradient of the factor is not restricted to the triangle that is read",
    "cholesky_inverse": "the gradient of the factor is not restricted to the triangle that is read",
}
# What PyTorch says when a formula is differentiated that it cannot differentiate; None where NO_DERIVATIVE's reason holds.
FIRST_ORDER = {
    "_cdist_forward": "the derivative for '_cdist_backward' is not implemented",
    "grid_sampler_2d_backward": "derivative for aten::grid_sampler_2d_double_backward is not implemented",
    "grid_sampler_3d_backward": "derivative for aten::grid_sampler_3d_double_backward is not implemented",
    "hardsigmoid": "derivative for aten::hardsigmoid_backward is not implemented",
    "cholesky_solve": None,
    "cholesky_inverse": None,
}
# Their bare formulas use the LU factors or eigenvectors at hand, where recorded ones solve anew (PyTorch does so too), or arrays' products.
ROUNDED = {
    "_linalg_det", "_linalg_slogdet", "_linalg_solve_ex", "linalg_eig", "renorm", "ormqr", "conv_tbc", "linalg_inv_ex", "linalg_cholesky_ex",
    "linalg_householder_product",
}  # fmt: skip
# Results that are no views to autograd and share memory all the same, as in PyTorch.
SHARING = {"_unsafe_view", "unsafe_split.Tensor", "unsafe_split_with_sizes", "_squeeze_first"}


def case_of(spec: str, number: int, op: Op | None = None) -> Case:
    return Case(op or OPS[spec], samples.samples(spec, OPS[spec])[number], OUTPUTS.get(spec, 0), spec in SYMMETRIC)


def in_place_forms() -> set[str]:
    """Operators that PyTorch has in-place forms of which run through the same Op."""
    found = set()
    by_id = {id(op): spec for spec, op in SAMPLED.items()}
    for name in signatures.table("method"):
        for overload in signatures.overloads("method", name):
            target, in_place = declare.find(overload)
            if in_place and id(target) in by_id:
                found.add(by_id[id(target)])
    return found


every_sample = pytest.mark.parametrize(("spec", "number"), ROWS)


def test_every_differentiable_operator_has_a_sample() -> None:
    missing = []
    for spec, op in SAMPLED.items():
        sampled = {index for number in rows(spec) for index, _ in case_of(spec, number).places}
        if sampled != set(op.grad_params):
            missing.append(f"{spec} ({', '.join(op.params[index] for index in op.grad_params if index not in sampled)})")
    assert not missing, f"tests/every_op/samples.py has no samples for these operators (inputs): {missing}"


def test_lists_name_differentiable_operators() -> None:
    in_samples = (samples.TABLE, samples.DOMAINS, samples.WITHOUT, samples.COMPLEX)
    for table in (*in_samples, SYMMETRIC, OUTPUTS, NO_DERIVATIVE, FIRST_ORDER, ROUNDED, SHARING):
        assert not set(table) - set(OPS)


@every_sample
def test_carriers_agree(spec: str, number: int) -> None:
    case = case_of(spec, number)
    cotangents = case.cotangents()
    bare, recorded = (case.gradients(case.inputs, cotangents, create_graph) for create_graph in (False, True))
    if spec in ROUNDED:
        for x, y in zip(bare, recorded, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-14)
    else:
        same_bits(bare, recorded, "create_graph")


@every_sample
def test_first_order(spec: str, number: int) -> None:
    if spec in NO_DERIVATIVE:
        return
    checker.check_first_order(case_of(spec, number))


@every_sample
def test_second_order(spec: str, number: int) -> None:
    refusal = FIRST_ORDER.get(spec, "")
    if refusal:
        with pytest.raises((RuntimeError, NotImplementedError), match=refusal):
            checker.check_second_order(case_of(spec, number))
    elif refusal is not None:
        checker.check_second_order(case_of(spec, number))


@every_sample
def test_single_precision(spec: str, number: int) -> None:
    """In float32 and complex64 the gradients have those dtypes, on either carrier, and the values of double precision."""
    wide = case_of(spec, number)
    narrow = Case(wide.op, checker.narrowed(wide.arguments), wide.outputs, wide.symmetric)
    expected = wide.gradients(wide.inputs, wide.cotangents())
    for create_graph in (False, True):
        found = narrow.gradients(narrow.inputs, narrow.cotangents(), create_graph)
        checker.check_likeness(found, narrow.inputs)
        for x, y in zip(expected, found, strict=True):
            np.testing.assert_allclose(x, y, rtol=2e-3, atol=2e-3)


@every_sample
def test_subsets_of_inputs(spec: str, number: int) -> None:
    """Asking for fewer gradients changes none of them."""
    case = case_of(spec, number)
    cotangents = case.cotangents()
    whole = case.gradients(case.inputs, cotangents)
    everything = range(len(case.inputs))
    for count in range(1, len(case.inputs)):
        for wanted in itertools.combinations(everything, count):
            part = case.gradients(case.inputs, cotangents, wanted=wanted)
            same_bits([whole[at] for at in wanted], [part[at] for at in wanted], f"inputs {wanted}")


@every_sample
def test_node_and_memory(spec: str, number: int) -> None:
    """The node's name, and whether the results share the first input's memory."""
    case = case_of(spec, number)
    leaves = case.leaves(case.inputs)
    outputs = [output for output in case.call(leaves) if output.requires_grad]
    assert outputs
    for output in outputs:
        assert type(output.grad_fn).__name__ == case.op.node_name
        shared = any(np.shares_memory(output._array, leaf._array) for leaf in leaves)
        assert shared == ((case.op.is_view or spec in SHARING) and output.numel() > 0)


@pytest.mark.parametrize("spec", sorted(in_place_forms()))
def test_in_place_form(spec: str) -> None:
    """The in-place form gives the value and the gradients of the other."""
    checked = 0
    for number in range(len(samples.samples(spec, OPS[spec]))):
        case = case_of(spec, number)
        values = case.values(case.inputs)
        kept = case.places[0] == (0, -1) and values[0].shape == case.inputs[0].shape and values[0].dtype == case.inputs[0].dtype
        if not kept:
            continue
        checked += 1
        cotangents = case.cotangents()
        leaves = case.leaves(case.inputs)
        written = leaves[0].clone()
        outputs = case.call([written, *leaves[1:]], in_place=True)
        assert outputs[0] is written
        same_bits(values, [written._array], "value")
        found = checker.backward(outputs, leaves, cotangents, False)
        same_bits(case.gradients(case.inputs, cotangents), [values_of(one) for one in found], "gradient")
    assert checked, "no sample keeps its shape: add one"


# ---------------------------------------------------------------- the checks can fail


def with_wrong_formula(op: Op, key: str) -> Op:
    """A copy of an operator with one formula's gradient 1% too large."""
    wrong = copy.copy(op)
    right = op.formulas[key]
    code = right.__code__
    names = ", ".join(code.co_varnames[: code.co_argcount])
    space: dict[str, Any] = {"right": right, "larger": lambda found: found * 1.01}
    wrong.formulas = {**op.formulas, key: eval(f"lambda {names}: larger(right({names}))", space)}
    wrong.plans, wrong.quick_plans, wrong.node_class = {}, [None] * 8, None
    return wrong


PLANTED = [("exp", "self"), ("mul.Tensor", "other"), ("sum.dim_IntList", "self"), ("permute", "self"), ("mm", "mat2"), ("gather", "self")]


@pytest.mark.parametrize(("spec", "key"), PLANTED)
def test_a_wrong_formula_is_caught(spec: str, key: str) -> None:
    case = case_of(spec, 0, with_wrong_formula(OPS[spec], key))
    with pytest.raises(AssertionError, match="first order"):
        checker.check_first_order(case)


def with_formula(spec: str, formula: Any) -> Case:
    op = copy.copy(OPS[spec])
    op.formulas = {"self": formula}
    op.plans, op.quick_plans, op.node_class = {}, [None] * 8, None
    return case_of(spec, 0, op)


def test_a_wrong_second_derivative_is_caught() -> None:
    """A formula with the right value that is not recorded."""
    case = with_formula("exp", lambda grad, result: grad * (result.detach() if isinstance(result, rushlight.Tensor) else result))
    checker.check_first_order(case)
    with pytest.raises(AssertionError, match="second order"):
        checker.check_second_order(case)


def test_a_difference_between_carriers_is_caught() -> None:
    case = with_formula("exp", lambda grad, result: grad * result * (2.0 if isinstance(grad, rushlight.Tensor) else 1.0))
    with pytest.raises(AssertionError, match="create_graph"):
        same_bits(*(case.gradients(case.inputs, case.cotangents(), graph) for graph in (False, True)), "create_graph")
