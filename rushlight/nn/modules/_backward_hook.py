"""Hooks on the backward pass of a module: custom nodes around its inputs and outputs."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight._core.state import GRAD, get_mode
from rushlight.nn._torch import Tensor
from rushlight.nn.modules._functions import BackwardHookFunction
from rushlight.ops.warn import warn_user

_NO_INPUT = (
    "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs require gradients. See "
    "https://docs.pytorch.org/docs/main/generated/torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details."
)


class BackwardHook:
    """Calls hooks(module, grad_input, grad_output) once both gradients of one call are known."""

    __module__ = "torch.utils.hooks"

    def __init__(self, module: Any, user_hooks: Any, user_pre_hooks: Any) -> None:
        self.user_hooks = user_hooks
        self.user_pre_hooks = user_pre_hooks
        self.module = module
        self.grad_outputs: Any = None
        self.n_outputs = -1
        self.output_tensors_index: Any = None
        self.n_inputs = -1
        self.input_tensors_index: Any = None

    def _pack_with_none(self, indices: Any, values: Any, size: int) -> tuple[Any, ...]:
        result = [None] * size
        for index, value in zip(indices, values):
            result[index] = value
        return tuple(result)

    def _unpack_none(self, indices: Any, values: Any) -> tuple[Any, ...]:
        return tuple([values[index] for index in indices])

    def _on_inputs(self, grad_input: Any, _: Any) -> Any:
        """The hook of the node at the inputs."""
        if self.grad_outputs is None:  # the gradient came to the inputs by another way than the outputs
            return None
        found = self._pack_with_none(self.input_tensors_index, grad_input, self.n_inputs)
        for hook in self.user_hooks:
            out = hook(self.module, found, self.grad_outputs)
            if out is None:
                continue
            if len(out) != len(found):
                raise RuntimeError(f"Backward hook returned an invalid number of grad_input, got {len(out)}, but expected {len(found)}")
            found = out
        self.grad_outputs = None
        return self._unpack_none(self.input_tensors_index, found)

    def _on_outputs(self, _: Any, grad_output: Any) -> Any:
        """The hook of the node at the outputs."""
        self.grad_outputs = self._pack_with_none(self.output_tensors_index, grad_output, self.n_outputs)
        expected = len(self.grad_outputs)
        for hook in self.user_pre_hooks:
            out = hook(self.module, self.grad_outputs)
            if out is None:
                continue
            if len(out) != expected:
                raise RuntimeError(f"Backward pre hook returned an invalid number of grad_output, got {len(out)}, but expected {expected}")
            self.grad_outputs = out
        outputs = self.grad_outputs
        if self.input_tensors_index is None:
            self._without_inputs()
        return None if outputs is None else self._unpack_none(self.output_tensors_index, outputs)

    def _without_inputs(self) -> None:
        """No input requires a gradient: the hooks run when the outputs' gradients are there."""
        warn_user(_NO_INPUT)
        grad_inputs = self._pack_with_none([], [], self.n_inputs)
        for hook in self.user_hooks:
            out = hook(self.module, grad_inputs, self.grad_outputs)
            if out is not None and not (isinstance(out, tuple) and all(entry is None for entry in out)):
                raise RuntimeError(
                    "Backward hook for Modules where no input requires gradient should always return None or None for all gradients."
                )
        self.grad_outputs = None

    def _apply_on_tensors(self, hook: Any, args: Any) -> tuple[Any, Any]:
        """The arguments with their tensors sent through one custom node, which gets the hook; and where the tensors are."""
        places = [place for place, arg in enumerate(args) if isinstance(arg, Tensor)]
        if not (get_mode() & GRAD and any(args[place].requires_grad for place in places)):
            return args, None
        made = BackwardHookFunction.apply(*[args[place] for place in places])
        if not made:
            raise RuntimeError("Cannot set Module backward hook for a Module with no input Tensors.")
        nodes = [tensor.grad_fn for tensor in made if tensor.grad_fn is not None]
        nodes = [node for node in nodes if node.name() == "BackwardHookFunctionBackward"]
        if not nodes:
            raise RuntimeError("Error while setting up backward hooks. Please open an issue with a code sample to reproduce this.")
        nodes[0].register_hook(hook)
        found = list(args)
        for place, tensor in zip(places, made):
            found[place] = tensor
        return (tuple(found) if type(args) is tuple else type(args)(*found)), places

    def setup_input_hook(self, args: Any) -> Any:
        """The arguments for forward."""
        found, self.input_tensors_index = self._apply_on_tensors(self._on_inputs, args)
        self.n_inputs = len(args)
        return found

    def setup_output_hook(self, args: Any) -> Any:
        """The outputs for the caller."""
        single = not isinstance(args, tuple)
        outputs = (args,) if single else args
        found, self.output_tensors_index = self._apply_on_tensors(self._on_outputs, outputs)
        self.n_outputs = len(outputs)
        return found[0] if single else found


_PARTIAL = (
    "Using non-full backward hooks on a Module that does not {0} a single Tensor or a tuple of Tensors is deprecated and will be removed "
    "in future versions. This hook will be missing some of the {1}. Please use register_full_backward_hook to get the documented behavior."
)
_WHEN = "Using a non-full backward hook when {0} is deprecated and will be removed in future versions. This hook will be missing some {1}."
_FULL = " Please use register_full_backward_hook to get the documented behavior."


def warn_of_partial_hook(inputs: Any, result: Any, grad_fn: Any) -> None:
    """Say what a backward hook of the older kind will not see."""
    text = _partial_hook_warning(inputs, result, grad_fn)
    if text is not None:
        warnings.warn(text, FutureWarning, stacklevel=6)


def _partial_hook_warning(inputs: Any, result: Any, grad_fn: Any) -> str | None:
    kinds = []
    for values, does, missing in ((result, "return", "grad_output"), (inputs, "take as input", "grad_input")):
        if isinstance(values, Tensor):
            values = (values,)
        elif not (isinstance(values, tuple) and all(isinstance(value, Tensor) for value in values)):
            return _PARTIAL.format(does, missing)
        kinds.append({value.grad_fn for value in values if value.grad_fn is not None})
    outputs, before = kinds
    if not outputs or (len(outputs) == 1 and grad_fn not in outputs):
        return _WHEN.format("outputs are nested in python data structure", "grad_output")
    if len(outputs) > 1:
        return _WHEN.format("outputs are generated by different autograd Nodes", "grad_output") + _FULL
    if before != {edge[0] for edge in grad_fn.next_functions}:
        return _WHEN.format("the forward contains multiple autograd Nodes", "grad_input") + _FULL
    return None
