"""torch.autograd.gradcheck: gradients held against finite differences.

For a complex output the check runs twice, on the imaginary and on the real parts. The Jacobian of a complex input has the derivative
along the real axis plus i times that along the imaginary one, which is what a backward pass gives.
"""

from __future__ import annotations

import itertools
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase, wants_grad
from rushlight.autograd import _gradcheck_modes as modes, grad
from rushlight.autograd.function import Function
from rushlight.ops.declare import public_function

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

Tensors = tuple[Any, ...]
Options = dict[str, Any]


class GradcheckError(RuntimeError):
    """A gradient that does not stand the check."""


_NOT_REENTRANT = """Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different \
values, although analytical gradient matches numerical gradient.The tolerance for nondeterminism was {tolerance}.

NOTE: If your op relies on non-deterministic operations i.e., it is listed here:
https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
this failure might be expected.

If you are adding a new operator, please file an issue and then use one of the
workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck.
If the test
- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck
  with `nondet_tol=<tol>` as a keyword argument.
- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test
  to have `gradcheck_nondet_tol=<tol>`.
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have `gradcheck_nondet_tol=<tol>`
"""
_UNDEFINED_NOTE = ' Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'


def _listed(values: Any) -> Tensors:
    if isinstance(values, tuple):
        return values
    return tuple(values) if isinstance(values, list) else (values,)


def _differentiable(outputs: Any) -> Tensors:
    return tuple(output for output in _listed(outputs) if output.requires_grad)


def _tracked(inputs: Tensors) -> list[tuple[int, Any]]:
    """Positions and tensors of the inputs that require grad."""
    return [(index, value) for index, value in enumerate(inputs) if isinstance(value, TensorBase) and wants_grad(value)]


def _check_inputs(inputs: Tensors) -> None:
    tracked = _tracked(inputs)
    if not tracked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    for index, tensor in tracked:
        if tensor.dtype not in (dtypes.float64, dtypes.complex128):
            warnings.warn(
                f"Input #{index} requires gradient and is not a double precision floating point or complex. This check will likely fail "
                "if all the inputs are not of double precision floating point or complex. ",
                stacklevel=4,
            )
        if any(stride == 0 and size > 1 for stride, size in zip(tensor.stride(), tensor.shape)):
            raise RuntimeError(
                f"The {index}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able "
                "to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck."
            )


# ---------------------------------------------------------------- Jacobians, a row for each input element, a column for each output's


def _values(outputs: Any) -> Tensors:
    """Copies of outputs outside of the graph."""
    return tuple(output.detach().clone() for output in _listed(outputs))


def _difference(function: Callable[..., Any], inputs: Tensors, data: Any, place: Any, step: Any, eps: float) -> list[Any]:
    """The central differences of all outputs where one input element moves by `step`."""
    before = data[place].item()
    data[place] = before - step
    low = _values(function(*inputs))
    data[place] = before + step
    high = _values(function(*inputs))
    data[place] = before
    modes.check_alike(low, high, f"on index {place} by {eps}")
    return [(above - below) / (2 * eps) for below, above in zip(low, high)]


def _numerical(function: Callable[..., Any], inputs: Tensors, tensor: Any, count: int, eps: float) -> list[Any]:
    """One Jacobian for each of `count` outputs, by finite differences."""
    data = tensor.data  # changes here are no in-place operations on the input
    rows: list[list[Any]] = []
    for place in itertools.product(*[range(size) for size in tensor.shape]):
        found = _difference(function, inputs, data, place, eps, eps)
        if tensor.dtype.is_complex:
            turned = _difference(function, inputs, data, place, eps * 1j, eps)
            found = [(along + 1j * across).to(tensor.dtype) for along, across in zip(found, turned)]
        rows.append([value.reshape(-1) for value in found])
    if not rows:
        return [output.new_zeros((0, output.numel())) for output in _values(function(*inputs))]
    stack = public_function("torch", "stack")
    return [stack([row[number] for row in rows]) for number in range(count)]


def _analytical(inputs: Tensors, output: Any) -> list[Any]:
    """One Jacobian for each input, by a backward pass for each element of the output."""
    columns: list[list[Any]] = [[] for _ in inputs]
    for element in range(output.numel()):
        unit = output.detach().new_zeros(output.numel())
        unit[element] = 1
        found = grad(output, inputs, unit.view(output.shape), retain_graph=True, allow_unused=True)
        for column, value, tensor in zip(columns, found, inputs):
            column.append(tensor.detach().new_zeros(tensor.numel()) if value is None else value.detach().reshape(-1).to(tensor.dtype))
    stack = public_function("torch", "stack")
    return [
        stack(column, 1) if column else tensor.detach().new_zeros((tensor.numel(), 0)) for column, tensor in zip(columns, inputs)
    ]


class _Comparison:
    """One function, whose outputs are real: gradients in several ways held against finite differences."""

    def __init__(self, function: Callable[..., Any], inputs: Tensors, part: str, parted: list[bool], options: Options) -> None:
        self.function, self.inputs, self.part, self.parted, self.options = function, inputs, part, parted, options
        self.tracked = _tracked(inputs)
        self.tensors = tuple(tensor for _, tensor in self.tracked)

    def run(self, outputs: Any = None) -> None:
        """Compare in the ways that the options ask for; raises GradcheckError."""
        outputs = _differentiable(self.function(*self.inputs) if outputs is None else outputs)
        if self.options["fast_mode"]:
            fast = modes.Fast(self.function, self.inputs, self.tracked, self.options)
            numerical: Any = fast.numerical()
            if self.options["check_backward_ad"]:
                fast.backward(outputs, numerical, self.mismatch, self.reentrant)
            if self.options["check_forward_ad"]:
                fast.forward(numerical, self.mismatch)
            return
        numerical = [_numerical(self.function, self.inputs, tensor, len(outputs), self.options["eps"]) for tensor in self.tensors]
        if self.options["check_backward_ad"]:
            for number, output in enumerate(outputs):
                first = _analytical(self.tensors, output)
                self.reentrant(first, _analytical(self.tensors, output))
                for position, analytical in enumerate(first):
                    self.one(number, position, analytical, numerical[position][number], "")
        if self.options["check_forward_ad"]:
            for position, (index, _) in enumerate(self.tracked):
                self.hold(position, self.forward(index, outputs), numerical[position], "computed with forward mode ")

    def hold(self, position: int, analytical: list[Any], numerical: list[Any], how: str) -> None:
        for number, (one, other) in enumerate(zip(analytical, numerical)):
            self.one(number, position, one, other, how)

    def one(self, number: int, position: int, analytical: Any, numerical: Any, how: str) -> None:
        if not modes.close(analytical, numerical, self.options["rtol"], self.options["atol"]):
            self.mismatch(number, position, numerical, analytical, how)

    def forward(self, index: int, outputs: Tensors) -> list[Any]:
        """One Jacobian for each output, by a forward pass for each element of an input."""
        tensor = self.inputs[index]
        places = [place for place, _ in self.tracked]
        rows: list[list[Any]] = []
        for element in range(tensor.numel()):
            found: list[Any] = []
            for turn in (1, 1j) if tensor.dtype.is_complex else (1,):
                unit = tensor.detach().new_zeros(tensor.numel())
                unit[element] = turn
                values = modes.tangents(self.function, self.inputs, index, unit.view(tensor.shape), places)
                values = [value.reshape(-1) for value in values]
                found = values if not found else [along + 1j * across for along, across in zip(found, values)]
            rows.append(found)
        if not rows:
            return [output.detach().new_zeros((0, output.numel())) for output in outputs]
        stack = public_function("torch", "stack")
        return [stack([row[number] for row in rows]) for number in range(len(outputs))]

    def reentrant(self, first: Any, second: Any) -> None:
        """Refuse gradients that come out otherwise the second time."""
        pairs = [(one, other) for one, other in zip(first, second) if one is not None and other is not None]
        if not all(_within(one.detach(), other.detach(), self.options["nondet_tol"]) for one, other in pairs):
            raise GradcheckError(_NOT_REENTRANT.format(tolerance=self.options["nondet_tol"]))

    def mismatch(self, number: int, position: int, numerical: Any, analytical: Any, how: str) -> None:
        """Raise the error for a Jacobian that is not as it should be."""
        text = f"While considering the {self.part} part of complex outputs only, " if self.parted[number] else ""
        text += f"Jacobian {how}mismatch for output {number} with respect to input {position},\n"
        text += f"numerical:{numerical}\nanalytical:{analytical}\n"
        if self.options["fast_mode"]:
            expected = _numerical(self.function, self.inputs, self.tensors[position], len(self.parted), self.options["eps"])[number]
            outputs = _differentiable(self.function(*self.inputs))
            if how:
                found = self.forward(self.tracked[position][0], outputs)[number]
            else:
                found = _analytical(self.tensors, outputs[number])[position]
            difference = float((expected - found).abs().max()) if expected.numel() else 0.0
            text += modes.FAST_NOTE.format(numerical=expected, analytical=found, difference=difference)
        raise GradcheckError(text)


def _within(first: Any, second: Any, tolerance: float) -> bool:
    return first.numel() == 0 or not bool((first - second).abs().max() > tolerance)


def _check_dtypes(outputs: Tensors, inputs: Tensors) -> None:
    """Gradients must have the dtypes of the inputs."""
    tensors = [tensor for _, tensor in _tracked(inputs)]
    for output in outputs:
        found = grad(output, tensors, output.detach(), retain_graph=True, allow_unused=True)
        for value, tensor in zip(found, tensors):
            if value is not None and value.dtype is not tensor.dtype:
                raise GradcheckError("Gradient has dtype mismatch")


def _part(function: Callable[..., Any], name: str) -> Callable[..., Tensors]:
    """The function with real or imaginary parts in place of complex outputs."""

    def parts(*args: Any) -> Tensors:
        return tuple(getattr(output, name) if output.is_complex() else output for output in _differentiable(function(*args)))

    return parts


def _constant(function: Callable[..., Any], inputs: Tensors, eps: float, outputs: Tensors) -> None:
    """Where no output asks for gradients, none may depend on the inputs."""

    def floating(outputs: Any) -> Tensors:
        return tuple(output for output in _listed(outputs) if output.is_floating_point() or output.is_complex())

    def differentiable(*args: Any) -> Tensors:
        return floating(function(*args))

    count = len(floating(outputs))
    for _, tensor in _tracked(inputs):
        for jacobian in _numerical(differentiable, inputs, tensor, count, eps):
            if bool((jacobian != 0).any()):
                raise GradcheckError("Numerical gradient for function expected to be zero")


# ---------------------------------------------------------------- gradients of zero, and none at all


class _Undefined(Function):
    """Passes values on, and no gradient back."""

    @staticmethod
    def forward(ctx: Any, tensor: Any) -> Any:
        return tensor.view_as(tensor)

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        return None


def _zero_gradients(outputs: Tensors, inputs: Tensors) -> None:
    zeros_like = public_function("torch", "zeros_like")
    tensors = [tensor for _, tensor in _tracked(inputs)]
    found = grad(outputs, tensors, [zeros_like(output) for output in outputs], retain_graph=True, allow_unused=True)
    if any(value is not None and bool((value != 0).any()) for value in found):
        raise GradcheckError("backward not multiplied by grad_output")


def _undefined_gradients(function: Callable[..., Any], inputs: Tensors, count: int) -> None:
    """All output gradients missing, then each one of several."""
    choices: list[set[int]] = [set(range(count))]
    if count > 1:
        choices += [{number} for number in range(count)]
    zeros_like = public_function("torch", "zeros_like")
    tensors = [tensor for _, tensor in _tracked(inputs)]
    for missing in choices:
        outputs = [
            _Undefined.apply(output) if number in missing else output for number, output in enumerate(_differentiable(function(*inputs)))
        ]
        try:
            found = grad(outputs, tensors, [zeros_like(output) for output in outputs], allow_unused=True)
        except RuntimeError as error:
            _warn_undefined()
            raise GradcheckError("Expected backward function to handle undefined output grads." + _UNDEFINED_NOTE) from error
        if any(value is not None and bool((value != 0).any()) for value in found):
            _warn_undefined()
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are undefined or zero." + _UNDEFINED_NOTE
            )


def _warn_undefined() -> None:
    warnings.warn(
        "Backwards compatibility: New undefined gradient support checking feature is enabled by default, but it may break existing callers "
        'of this function. If this is true for you, you can call this function with "check_undefined_grad=False" to disable the feature',
        stacklevel=5,
    )


# ---------------------------------------------------------------- what PyTorch's own tests call


def _iter_tensors(x: Any, only_requiring_grad: bool = False) -> Iterator[Any]:
    """The tensors anywhere in lists."""
    if isinstance(x, TensorBase):
        if not only_requiring_grad or wants_grad(x):
            yield x
    elif isinstance(x, (list, tuple)):
        for entry in x:
            yield from _iter_tensors(entry, only_requiring_grad)


def _get_numerical_jacobian(
    fn: Callable[..., Any], inputs: Any, outputs: Any = None, target: Any = None, eps: float = 1e-3, is_forward_ad: bool = False
) -> list[tuple[Any, ...]]:
    """For each tensor of `target` (by default the inputs that require grad), the Jacobians of all outputs by finite differences."""
    given = _listed(inputs)
    count = len(_listed(fn(*given)) if outputs is None else outputs)
    tensors = list(_iter_tensors(given if target is None else target, only_requiring_grad=target is None))
    return [tuple(_numerical(fn, given, tensor, count, eps)) for tensor in tensors]


# ---------------------------------------------------------------- what users call


def _run(function: Callable[..., Any], inputs: Tensors, options: Options) -> None:
    _check_inputs(inputs)
    made = _listed(function(*inputs))
    outputs = _differentiable(made)
    if not outputs:
        _constant(function, inputs, options["eps"], made)
        if options["check_undefined_grad"]:
            _undefined_gradients(function, inputs, 0)
    else:
        parted = [output.is_complex() for output in outputs]
        if any(parted):
            _Comparison(_part(function, "imag"), inputs, "imaginary", parted, options).run()
        _Comparison(_part(function, "real"), inputs, "real", parted, options).run(None if any(parted) else outputs)
        if options["check_batched_forward_grad"]:
            modes.check_batched_forward(lambda *args: _differentiable(function(*args)), inputs, _tracked(inputs), GradcheckError)
        if not options["check_backward_ad"]:
            return
        if options["check_grad_dtypes"]:
            _check_dtypes(outputs, inputs)
        if options["check_batched_grad"]:
            modes.check_batched(outputs, [tensor for _, tensor in _tracked(inputs)], GradcheckError)
        _zero_gradients(outputs, inputs)
        if options["check_undefined_grad"]:
            _undefined_gradients(function, inputs, len(outputs))


def gradcheck(
    func: Callable[..., Any], inputs: Any, *, eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3, raise_exception: bool = True,
    nondet_tol: float = 0.0, check_undefined_grad: bool = True, check_grad_dtypes: bool = False, check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False, check_forward_ad: bool = False, check_backward_ad: bool = True, fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:  # fmt: skip
    """Whether backward gives func's derivatives at `inputs`, within rtol and atol of finite differences of step `eps`.

    Inputs should be float64 or complex128. A failure raises GradcheckError, or gives False without raise_exception.

    >>> x = torch.tensor([1., 2.], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(torch.exp, x)
    True
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    options = {
        "eps": eps, "atol": atol, "rtol": rtol, "nondet_tol": nondet_tol, "check_undefined_grad": check_undefined_grad,
        "check_forward_ad": check_forward_ad, "check_backward_ad": check_backward_ad, "check_batched_grad": check_batched_grad,
        "check_batched_forward_grad": check_batched_forward_grad, "check_grad_dtypes": check_grad_dtypes, "fast_mode": fast_mode,
    }  # fmt: skip
    try:
        _run(func, _listed(inputs), options)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _random_grads(outputs: Tensors, scattered: bool) -> Iterator[Any]:
    """Gradients in [-1, 1), which require grad themselves; scattered: not contiguous."""
    empty = public_function("torch", "empty")
    for output in outputs:
        made = empty(output.shape, dtype=output.dtype.to_real())
        if output.is_complex():
            pair = empty((*output.shape, 2), dtype=output.dtype.to_real()).uniform_(-1, 1)
            made = public_function("torch", "view_as_complex")(pair)
        else:
            made.uniform_(-1, 1)
        if scattered and made.numel() > 1:
            made = made.repeat_interleave(2, -1)[..., ::2]
        yield made.requires_grad_(True)


def gradgradcheck(
    func: Callable[..., Any], inputs: Any, grad_outputs: Any = None, *, eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False, raise_exception: bool = True, nondet_tol: float = 0.0, check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False, check_batched_grad: bool = False, check_fwd_over_rev: bool = False, check_rev_over_rev: bool = True,
    fast_mode: bool = False, masked: bool = False,
) -> bool:  # fmt: skip
    """gradcheck() of func's gradients: whether backward through a recorded backward gives the second derivatives.

    grad_outputs: the gradients to start from; random ones by default.
    """
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    if check_undefined_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_undefined_grad=True requires check_rev_over_rev to be True")
    if check_batched_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_batched_grad=True requires check_rev_over_rev to be True")
    given = _listed(inputs)
    if grad_outputs is None:
        starts = tuple(_random_grads(_differentiable(func(*given)), gen_non_contig_grad_outputs))
    else:
        starts = _listed(grad_outputs)
    wanted = [index for index, _ in _tracked(given)]

    def gradients(*args: Any) -> Tensors:
        points, grads = args[: -len(starts)], args[-len(starts) :]  # without outputs that require grad, no points: as in PyTorch
        outputs = _differentiable(func(*points))
        found = grad(outputs, [points[index] for index in wanted], grads, create_graph=True, allow_unused=True)
        return tuple(value for value in found if value is not None)

    return gradcheck(
        gradients, given + starts, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception, nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes, check_batched_grad=check_batched_grad,
        check_forward_ad=check_fwd_over_rev, check_backward_ad=check_rev_over_rev, fast_mode=fast_mode, masked=masked,
    )  # fmt: skip


class _CallableModule(type(warnings)):  # type: ignore[misc]
    """torch.autograd.gradcheck is the function; once this module is imported by its name, it stands there and serves as both."""

    def __call__(self, *args: Any, **options: Any) -> bool:
        return gradcheck(*args, **options)


sys.modules[__name__].__class__ = _CallableModule
