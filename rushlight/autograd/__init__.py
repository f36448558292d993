"""torch.autograd: backward passes, gradients, custom functions."""

from __future__ import annotations

import contextlib
import operator
import warnings
from typing import Any

import numpy as np

from rushlight._core import dtypes, engine, inplace
from rushlight._core.function import SOURCE
from rushlight._core.leaf import laid_out_as
from rushlight._core.node import edge_of
from rushlight._core.origin import ADVICE, advice
from rushlight._core.signature_types import type_name
from rushlight._core.state import GRAD, get_mode
from rushlight._core.tensor import BATCHED, DISPATCH, DUAL, SPARSE, TensorBase, wants_grad, wrap
from rushlight.autograd import anomaly_mode as anomaly_mode, grad_mode as grad_mode, graph as graph
from rushlight.autograd.anomaly_mode import detect_anomaly as detect_anomaly, set_detect_anomaly as set_detect_anomaly
from rushlight.autograd.grad_mode import (
    _force_original_view_tracking as _force_original_view_tracking,
    _unsafe_preserve_version_counter as _unsafe_preserve_version_counter,
    enable_grad as enable_grad,
    enforce_grad_layout_policy as enforce_grad_layout_policy,
    inference_mode as inference_mode,
    is_multithreading_enabled as is_multithreading_enabled,
    is_view_replay_enabled as is_view_replay_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
    set_multithreading_enabled as set_multithreading_enabled,
)
from rushlight.autograd.graph import GradientEdge, RawSaved as SavedTensor
from rushlight.ops.declare import REGISTRY
from rushlight.ops.examples import LEVELS
from rushlight.ops.warn import warn_once


def _as_tuple(values: Any) -> tuple[Any, ...]:
    if isinstance(values, (TensorBase, GradientEdge)):
        return (values,)
    if not isinstance(values, (tuple, list)) and not hasattr(type(values), "__iter__") and not hasattr(type(values), "__getitem__"):
        raise TypeError(f"'{type_name(values)}' object is not iterable")  # for the name: Python would say dtype, not torch.dtype
    return tuple(values)


def _flag(value: Any) -> bool:
    """A setting of the engine, which takes any integer of a byte's size and nothing else."""
    if value is True or value is False:
        return value  # type: ignore[no-any-return]
    if not hasattr(type(value), "__index__"):
        raise TypeError(f"'{type_name(value)}' object cannot be interpreted as an integer")
    number = operator.index(value)
    if number >= 1 << 63:
        raise OverflowError("Python int too large to convert to C long")
    if not 0 <= number <= 255:
        raise OverflowError(f"unsigned byte integer is {'greater than maximum' if number > 0 else 'less than minimum'}")
    return number != 0


def _shape_of(value: Any) -> Any:
    return value.shape if isinstance(value, TensorBase) else _size(value.node.output_shape(value.output_nr))


def _size(shape: Any) -> Any:
    from rushlight._objects import Size

    return Size(shape)


def _implicit_grad(output: Any) -> Any:
    """The gradient 1 of a scalar output; None for one that needs no gradient (which then is an error of its own)."""
    if isinstance(output, TensorBase):
        if LEVELS.implied is not None and output._array.size == 1:
            found = LEVELS.implied(output)
            if found is not NotImplemented:
                return found
        if output._array.size == 1 and output._array.dtype.char in "fd":
            return wrap(np.array(1, output._array.dtype, ndmin=output._array.ndim))
        if not wants_grad(output):
            return None
        dtype, count = dtypes.of(output._array), output._array.size
    elif not isinstance(output, GradientEdge):
        raise AssertionError("Expected output to be a torch.Tensor")
    else:
        dtype, count = dtypes.of_numpy(output.node.output_dtype(output.output_nr)), _shape_of(output).numel()
    if count != 1:
        raise RuntimeError("grad can be implicitly created only for scalar outputs")
    if not dtype.is_floating_point:
        raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {dtype}")
    ndim = output._array.ndim if isinstance(output, TensorBase) else len(_shape_of(output))
    return wrap(np.array(1, dtype.np_dtype, ndmin=ndim))


def _make_grads(outputs: tuple[Any, ...], grads: tuple[Any, ...], batched: bool) -> list[Any]:
    found: list[Any] = []
    for output, grad in zip(outputs, grads):
        if grad is None:
            found.append(_implicit_grad(output))
            continue
        if not isinstance(grad, TensorBase):
            raise TypeError(f"gradients can be either Tensors or None, but got {type(grad).__name__}")
        _check_grad(outputs, grads, output, grad, batched)
        found.append(grad)
    return found


def _check_grad(outputs: tuple[Any, ...], grads: tuple[Any, ...], output: Any, grad: Any, batched: bool) -> None:
    expected = _shape_of(output)
    if batched and not grad.shape:
        raise IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a "
            "number"
        )
    shape = grad.shape[1:] if batched else grad.shape
    if tuple(expected) != tuple(shape):
        index, place = grads.index(grad), outputs.index(output)  # as PyTorch finds them: comparing what stands before may raise
        if batched:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. The sizes of "
                "the remaining dimensions are expected to match the shape of corresponding output, but a mismatch was detected: "
                f"grad_output[{index}] has a shape of {shape[1:]} and output[{place}] has a shape of {expected}. If you only want some "
                "tensors in `grad_output` to be considered batched, consider using vmap."
            )
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{index}] has a shape of {shape} and output[{place}] has a shape of {expected}."
        )
    if isinstance(output, TensorBase) and output.dtype.is_complex != grad.dtype.is_complex:
        index, place = grads.index(grad), outputs.index(output)
        raise RuntimeError(
            "For complex Tensors, both grad_output and output are required to have the same dtype. Mismatch in dtype: "
            f"grad_output[{index}] has a dtype of {grad.dtype} and output[{place}] has a dtype of {output.dtype}."
        )


def _calculate_shape(output: Any, grad: Any, is_grads_batched: bool) -> tuple[Any, Any]:
    """The shapes of an output and of (one of a batch of) its gradients."""
    return output.shape, _size(grad.shape[1:] if is_grads_batched else grad.shape)


def _edges(outputs: tuple[Any, ...], name: str) -> list[Any]:
    found = []
    for index, output in enumerate(outputs):
        if isinstance(output, GradientEdge):
            found.append((output.node, output.output_nr))
            continue
        edge = edge_of(output)
        if edge[0] is None or not wants_grad(output):
            text = f"element {index} of tensors does not require grad and does not have a grad_fn"
            raise RuntimeError(text + advice("lost", output))
        found.append(edge)
    return found


def _grads_tuple(grads: Any, count: int) -> tuple[Any, ...]:
    if grads is None:
        return (None,) * count
    found = _as_tuple(grads)
    if len(found) < count:
        raise RuntimeError(f"got {count} tensors and {len(found)} gradients")
    return found


def _run(outputs: tuple[Any, ...], grads: list[Any], keep: bool, create: bool, inputs: Any, accumulate: bool) -> list[Any]:
    edges = _edges(outputs, "tensors")
    if not edges:
        return []
    filled = [_implicit_grad(output) if grad is None else grad for output, grad in zip(outputs, grads)]
    for number, (edge, grad) in enumerate(zip(edges, filled)):
        np_dtype = _edge_dtype(*edge)
        if grad is not None and grad._array.dtype is not np_dtype:
            filled[number] = grad.to(dtypes.of_numpy(np_dtype))
    return engine.execute(edges, filled, keep, create, inputs, accumulate)


def _run_batched(outputs: tuple[Any, ...], grads: list[Any], keep: bool, create: bool, inputs: Any, accumulate: bool) -> list[Any]:
    """_run() for a batch of gradients, by vmap."""
    if any(grad is not None and not grad.shape for grad in grads):  # a gradient that was implied
        raise ValueError(
            "vmap(vjp, in_dims=0, ...)(<inputs>): Got in_dim=0 for some input, but that input is a Tensor of dimensionality 0 so expected "
            "in_dim to satisfy 0 <= in_dim < 0."
        )
    sizes = [grad.shape[0] for grad in grads if grad is not None]
    if not sizes:
        return _run(outputs, grads, keep, create, inputs, accumulate)
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    if not sizes[0]:
        return [wrap(np.zeros((0, *_edge_shape(*edge)), _edge_dtype(*edge))) for edge in inputs]
    from rushlight.func.levels import Level, make
    from rushlight.func.mapping import removed

    with Level("vmap", sizes[0], internal=True) as level:
        rows = [grad if grad is None else make(level, grad, 0) for grad in grads]
        found = _run(outputs, rows, keep, create, inputs, accumulate)
        return [None if value is None else removed(value, 0, level) for value in found]


def _edge_shape(end: Any, number: int) -> Any:
    return end._array.shape if isinstance(end, TensorBase) else end.output_shape(number)


def _edge_dtype(end: Any, number: int) -> Any:
    return end._array.dtype if isinstance(end, TensorBase) else end.output_dtype(number)


def backward(
    tensors: Any, grad_tensors: Any = None, retain_graph: bool | None = None, create_graph: bool = False, grad_variables: Any = None,
    inputs: Any = None,
) -> None:  # fmt: skip
    """Add the gradients of `tensors` with respect to the graph's leaves (or `inputs`) to their `.grad`.

    grad_tensors: the vector of the vector-Jacobian product, one per tensor; None for scalars. retain_graph: keep what the graph
    saved, for another pass (default: create_graph). create_graph: record this pass, for higher derivatives.

    >>> x = torch.tensor([1., 2.], requires_grad=True)
    >>> torch.autograd.backward((x * x).sum())
    >>> x.grad
    tensor([2., 4.])
    """
    if grad_variables is not None:
        warnings.warn("`grad_variables` is deprecated. Use `grad_tensors` instead.", FutureWarning, stacklevel=2)
        if grad_tensors is not None:
            raise RuntimeError(
                "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please only use `grad_tensors`."
            )
        grad_tensors = grad_variables
    if isinstance(tensors, TensorBase) and grad_tensors is None and inputs is None and create_graph is False and wants_grad(tensors):
        engine.execute([edge_of(tensors)], [_implicit_grad(tensors)], retain_graph is not None and _flag(retain_graph), False, None, True)
        return
    wanted = None if inputs is None else _as_tuple(inputs.values() if isinstance(inputs, dict) else inputs)
    if wanted is not None and not wanted:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    roots = _as_tuple(tensors)
    grads = _make_grads(roots, _grads_tuple(grad_tensors, len(roots)), False)
    keep = _flag(create_graph if retain_graph is None else retain_graph)
    create_graph = _flag(create_graph)
    if create_graph or wanted is not None:
        _edges(roots, "backward")
    inputs = None if wanted is None else [_target(entry) for entry in wanted]
    try:
        _run(roots, grads, keep, create_graph, inputs, True)
    except Exception:
        if create_graph:
            with contextlib.suppress(Warning):  # where warnings are errors, the error of the pass comes first
                _warn_create_graph()
        raise
    if create_graph:  # PyTorch gives the warnings of a call when it is over
        _warn_create_graph()


def _warn_create_graph() -> None:
    warn_once(
        "Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a "
        "memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make "
        "sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak. (Triggered "
        "internally at /__w/pytorch/pytorch/torch/csrc/autograd/engine.cpp:1307.)"
    )


def _target(value: Any) -> Any:
    """The edge of an input of backward(); a non-leaf keeps its gradient from now on."""
    if isinstance(value, GradientEdge):
        return value.node, value.output_nr
    if not isinstance(value, TensorBase):
        raise RuntimeError(f"all inputs have to be Tensors or GradientEdges, but got {type_name(value)}")
    if not inplace.is_leaf(value):
        value.retain_grad()
    elif not wants_grad(value):
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    return edge_of(value)


def grad(
    outputs: Any, inputs: Any, grad_outputs: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
    only_inputs: bool = True, allow_unused: bool | None = None, is_grads_batched: bool = False, materialize_grads: bool = False,
) -> Any:  # fmt: skip
    """The gradients of `outputs` with respect to `inputs`, as a tuple; no `.grad` changes.

    allow_unused: give None for an input that the outputs do not depend on, instead of an error. materialize_grads: zeros instead.
    create_graph: record the pass, so that the gradients can be differentiated in turn.

    >>> x = torch.tensor(3., requires_grad=True)
    >>> first, = torch.autograd.grad(x ** 3, x, create_graph=True)
    >>> torch.autograd.grad(first, x)
    (tensor(18.),)
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: allow_unused=False."
        )
    if not only_inputs:
        warnings.warn(
            "only_inputs argument is deprecated and is ignored now (defaults to True). To accumulate gradient for other parts of the "
            "graph, please use torch.autograd.backward.",
            FutureWarning,
            stacklevel=2,
        )
    allow = materialize_grads if allow_unused is None else allow_unused
    names = list(inputs) if isinstance(inputs, dict) else None
    wanted = tuple(inputs.values()) if names is not None else _as_tuple(inputs)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    keep = _flag(create_graph if retain_graph is None else retain_graph)
    create_graph, allow = _flag(create_graph), _flag(allow)
    found: Any = None
    if grad_outputs is None and isinstance(outputs, TensorBase) and not is_grads_batched:
        found = engine.gradients_of_scalar(outputs, wanted, keep, create_graph)
    if found is None:
        found = _gradients(_as_tuple(outputs), wanted, grad_outputs, keep, create_graph, is_grads_batched)
    if any(value is None for value in found):
        entries = enumerate(zip(found, wanted))
        found = [_checked(index, value, entry, allow, materialize_grads, create_graph) for index, (value, entry) in entries]
    return dict(zip(names, found)) if names is not None else tuple(found)


def _gradients(roots: Any, wanted: Any, grad_outputs: Any, keep: bool, create_graph: bool, is_grads_batched: bool) -> list[Any]:
    grads = _make_grads(roots, _grads_tuple(grad_outputs, len(roots)), is_grads_batched)
    _edges(roots, "grad")
    for entry in wanted:
        if not isinstance(entry, (TensorBase, GradientEdge)):
            raise RuntimeError(f"all inputs have to be Tensors or GradientEdges, but got {type_name(entry)}")
        if isinstance(entry, TensorBase) and not wants_grad(entry):
            raise RuntimeError("One of the differentiated Tensors does not require grad" + advice("lost", entry))
    edges = [(entry.node, entry.output_nr) if isinstance(entry, GradientEdge) else edge_of(entry) for entry in wanted]
    run = _run_batched if is_grads_batched else _run
    found = run(roots, grads, keep, create_graph, edges, False) or [None] * len(wanted)
    return found if grad_outputs is None else [_as_given(value, grads) for value in found]


def _as_given(value: Any, grads: list[Any]) -> Any:
    """The caller's own tensor where a gradient came through the graph as it was."""
    for grad in grads:
        if value is not None and grad is not None and value._array is grad._array and value._flags == grad._flags:
            return grad
    return value


def _checked(index: int, value: Any, entry: Any, allow: bool, materialize: bool, recorded: bool) -> Any:
    if value is not None:
        return value
    if not allow:
        raise RuntimeError(
            f"The differentiated Tensor at index {index} appears to not have been used in the graph. Set allow_unused=True if this is the "
            "desired behavior." + advice("unused", entry)
        )
    if not materialize:
        return None
    if isinstance(entry, GradientEdge):
        raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge")
    made = wrap(np.zeros_like(entry._array))
    made._requires_grad = recorded
    return made


def _copy(grad: Any, leaf: Any) -> Any:
    """A copy of a gradient, laid out as its leaf; recorded where the pass is. Tensors that take calls over keep themselves."""
    if grad._flags & SPARSE:  # its own indices and values, for nobody copies them
        return grad if get_mode() & GRAD else REGISTRY["detach"].apply([grad])
    if grad._flags & DISPATCH:
        return grad if grad.stride() == leaf.stride() else grad.new_empty_strided(leaf.size(), leaf.stride()).copy_(grad)
    if not get_mode() & GRAD and not grad._flags:
        return wrap(laid_out_as(grad._array, leaf._array))
    return REGISTRY["copy_"](wrap(np.empty_like(leaf._array, dtype=grad._array.dtype)), grad, False)


def _add_up(present: Any, grad: Any) -> Any:
    """A leaf's `.grad` with another gradient added: the same tensor where nothing is recorded."""
    if get_mode() & GRAD or (present._flags | grad._flags) & (BATCHED | DUAL):
        return REGISTRY["add.Tensor"](present, grad)
    if (present._flags ^ grad._flags) & present._flags & SPARSE:
        return REGISTRY["add.Tensor"](grad, present)
    return REGISTRY["add.Tensor"].apply_inplace([present, grad, 1])


def _like_tensors(function: Any, args: Any, kwargs: Any) -> Any:
    """A call whose arguments have a __torch_function__ without being tensors."""
    from rushlight.autograd.overriding import offer_to_ducks

    return offer_to_ducks(function, args, kwargs)


def _advice(topic: str, *values: Any) -> str:
    """What to append to an error's text. That this fails must not hide the error itself."""
    try:
        from rushlight.autograd import error_advice

        return str(getattr(error_advice, topic)(*values))
    except Exception as failure:
        return f"\n(rushlight could not say more: {type(failure).__name__}: {failure})"


ADVICE.ask = _advice
SOURCE.like_tensors = _like_tensors
engine.TENSORS.copy = _copy
engine.TENSORS.add_up = _add_up
engine.TENSORS.add = lambda a, b: REGISTRY["add.Tensor"](a, b)


# name: the module that has it, loaded on first use
_LATER = {
    "Function": "function", "NestedIOFunction": "function", "gradcheck": "gradcheck", "gradgradcheck": "gradcheck",
    "Variable": "variable", "forward_ad": "", "function": "", "functional": "", "profiler": "", "profiler_util": "", "variable": "",
}  # fmt: skip


def _profiler_enabled() -> bool:
    """Whether a profiler records."""
    from rushlight.autograd import profiler

    return profiler._ACTIVE.get() is not None


def kineto_available() -> bool:
    """Whether PyTorch's tracing library is there."""
    return False


def __getattr__(name: str) -> Any:
    from rushlight._install import elsewhere

    if name not in _LATER:
        return elsewhere(name, __name__)
    from importlib import import_module

    module = import_module(f"{__name__}.{_LATER[name] or name}")
    if _LATER[name]:  # gradcheck is the function here, as in PyTorch, and not its module
        globals()[name] = getattr(module, name)
    return getattr(module, name) if _LATER[name] else module
