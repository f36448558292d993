"""torch.autograd.graph: what users may ask of nodes."""

from __future__ import annotations

import itertools
from collections import OrderedDict
from typing import Any, NamedTuple

from rushlight import _objects
from rushlight._core import dtypes, engine, leaf, node as nodes, op_node, views
from rushlight._core.collector import expect_cycle
from rushlight._core.node import SECOND_TIME, SavedTensor, edge_of
from rushlight._core.origin import advice
from rushlight._core.plan import INPUT
from rushlight._core.tensor import INFERENCE, TensorBase, bump, values_of, wants_grad, wrap
from rushlight._install import elsewhere
from rushlight.autograd import saved_fields, saved_hooks
from rushlight.autograd.saved_hooks import (
    disable_saved_tensors_hooks as disable_saved_tensors_hooks,
    save_on_cpu as save_on_cpu,
    saved_tensors_hooks as saved_tensors_hooks,
)
from rushlight.utils.hooks import RemovableHandle, add_hook


class _InputMetadata:
    """Shape and dtype of one gradient that a node receives."""

    __module__ = "torch._C._autograd"

    def __init__(self, shape: Any, np_dtype: Any) -> None:
        self.shape = list(shape)
        self.dtype = dtypes.of_numpy(np_dtype)
        self.device = _objects.CPU
        self.is_nested_tensor = False
        self.is_cpp_nested_tensor = False


def _read_only(name: str, function: Any) -> Any:
    """A property that refuses to be set as attributes written in C do."""

    def refuse(self: Any, value: Any = None) -> None:
        raise AttributeError(f"attribute '{name}' of '{type(self).__name__}' objects is not writable")

    return property(function, refuse, refuse, function.__doc__)


_PASSAGE = "FuncInputBackward0"  # joins the input of a transform to the same tensor outside: users see what lies behind it


class Node:
    """A node of the recorded graph: `tensor.grad_fn`."""

    __slots__ = ()
    next_nodes: Any
    next_numbers: Any
    sequence: int
    pre_hooks: Any
    post_hooks: Any
    _metadata: Any

    def _next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The nodes (and their output numbers) that this node's gradients go to."""
        shown = tuple(zip(nodes.show_edges(self), self.next_numbers))  # type: ignore[arg-type]
        if any(type(entry).__name__ == _PASSAGE for entry, _ in shown):
            shown = tuple(entry.next_functions[0] if type(entry).__name__ == _PASSAGE else (entry, number) for entry, number in shown)
        return shown

    def _notes(self) -> dict[Any, Any]:
        """A dict for notes of any kind."""
        if self._metadata is None:
            self._metadata = {}
            expect_cycle(self)
        found: dict[Any, Any] = self._metadata
        return found

    def _always(self) -> bool:
        """Nodes exist only where gradients are wanted."""
        return True

    def _received(self) -> tuple[_InputMetadata, ...]:
        """What the node receives: shape and dtype of each gradient."""
        node: Any = self
        return tuple(_InputMetadata(node.output_shape(i), node.output_dtype(i)) for i in range(node.output_count()))

    next_functions = _read_only("next_functions", _next_functions)
    metadata = _read_only("metadata", _notes)
    requires_grad = _read_only("requires_grad", _always)
    _input_metadata = _read_only("_input_metadata", _received)

    def _sequence_nr(self) -> int:
        return self.sequence

    def _set_sequence_nr(self, number: int) -> None:
        self.sequence = number

    def register_hook(self, fn: Any) -> RemovableHandle:
        """Call `fn(grad_inputs, grad_outputs)` after this node ran; what it returns replaces grad_inputs."""
        if self.post_hooks is None:
            self.post_hooks = OrderedDict()
            expect_cycle(self)
        return add_hook(self.post_hooks, fn)

    def register_prehook(self, fn: Any) -> RemovableHandle:
        """Call `fn(grad_outputs)` before this node runs; what it returns replaces grad_outputs."""
        if self.pre_hooks is None:
            self.pre_hooks = OrderedDict()
            expect_cycle(self)
        return add_hook(self.pre_hooks, fn)

    def _register_hook_dict(self, hooks: Any) -> None:
        expect_cycle(self)
        nodes.add_tensor_hook(self, 0, hooks)  # type: ignore[arg-type]

    def __call__(self, *grads: Any) -> Any:
        """Run the node on gradient tensors, recording as the current grad mode says."""
        from rushlight._core.state import is_grad_enabled

        node: Any = self
        count = node.output_count()
        if len(grads) != count:
            raise TypeError(f"expected {count} arguments, got {len(grads)} instead")
        for position, grad in enumerate(grads):
            if grad is not None and not isinstance(grad, TensorBase):
                raise TypeError(f"argument {position} is not a Variable")
        graph = is_grad_enabled()
        carriers = [grad if graph or grad is None else values_of(grad) for grad in grads]
        found = engine.Task(True, graph, True).validate(node, node.run(carriers, graph, None))
        results = tuple(wrap(entry) if entry is not None and not isinstance(entry, TensorBase) else entry for entry in found)
        return results[0] if len(results) == 1 else results


_FREED = (
    "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed when you call "
    ".backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to "
    "access saved variables after calling backward."
)


class RawSaved:
    """A saved value as `_raw_saved_<name>` shows it, to register hooks on."""

    __module__ = "torch._C._autograd"

    def __init__(self, *args: Any) -> None:
        raise RuntimeError("Trying to create a SavedTensor object from Python is forbidden.")

    @property
    def data(self) -> Any:
        """The saved tensor."""
        return None if self.saved is None else self.saved.unpack(self.owner).detach()

    def register_hooks(self, pack_hook: Any, unpack_hook: Any) -> None:
        """Keep pack_hook(tensor) instead of the tensor, and use unpack_hook of that in the backward pass."""
        held = self.owner._saved if hasattr(self.owner, "_saved") else self.owner.saved
        if not isinstance(held, list):
            raise RuntimeError(_FREED)
        if self.saved is None:
            raise RuntimeError("Calling register_hooks on a saved tensor with value None is forbidden")
        if self.saved.unpack_hook is not None:
            raise RuntimeError(
                "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is allowed at a "
                "time."
            )
        saved_hooks.pack(self.saved, self.owner, pack_hook, unpack_hook)
        self.owner.packed = True

    saved: Any
    owner: Any


RawSaved.__name__ = RawSaved.__qualname__ = "SavedTensor"


def raw_saved(value: Any, owner: Any) -> Any:
    """The hookable form of a saved tensor (None for one that was not given); other values as they are."""
    if isinstance(value, list):
        return tuple(raw_saved(entry, owner) for entry in value)
    if value is not None and not isinstance(value, SavedTensor):
        return value
    made: Any = RawSaved.__new__(RawSaved)
    made.saved, made.owner = value, owner
    return made


def _wrapped_saved(value: Any, owner: Any, is_tensor: bool) -> Any:
    if isinstance(value, SavedTensor):
        return value.unpack(owner)
    if isinstance(value, list):
        return tuple(_wrapped_saved(entry, owner, is_tensor) for entry in value)
    if is_tensor and isinstance(value, (int, float, complex)):
        import numpy as np

        return wrap(np.asarray(value, dtypes.of_scalar(value).np_dtype if isinstance(value, int) else dtypes.float64.np_dtype))
    return value


_SHOWN = frozenset(
    "_input_metadata _register_hook_dict _sequence_nr _set_sequence_nr metadata name next_functions register_hook register_prehook "
    "requires_grad".split()
)


class OpNode(Node, op_node.OpNode):
    """The node of an operator; what it saved is read as `_saved_<name>`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        raw = name.startswith("_raw_saved_")
        if not raw and not name.startswith("_saved_"):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        field = name[len("_raw_saved_" if raw else "_saved_") :]
        op = self.op
        if field not in saved_fields.names_of(op):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        if not isinstance(self.saved, list):
            if raw:
                return raw_saved(None, self)
            index = op.params.index(field) if field in op.params else -1
            if index in op.tensor_params and (INPUT, index) not in zip(self.plan.kinds, self.plan.indices):  # never kept
                return None
            if not self.plan.lasting:
                raise RuntimeError(SECOND_TIME + advice("freed", self.saved))
            self.saved = []
        value = saved_fields.look_up(self, field)
        if raw:
            return raw_saved(value, self)
        is_tensor = field in op.params and op.params.index(field) in op.tensor_params and "Scalar" not in op.overload
        if is_tensor and isinstance(value, (int, float, complex)):
            is_tensor = op.overload.startswith(("Tensor", "mode")) and not op.overload.endswith("Scalar")  # else a plain number
        return saved_fields.shown(_wrapped_saved(value, self, is_tensor), field)

    def __dir__(self) -> list[str]:
        fields = saved_fields.names_of(self.op)
        raw = [field for field in fields if field not in self.op.params or self.op.params.index(field) in self.op.tensor_params]
        raw = [field for field in raw if "_sym_" not in field]
        names = [name for name in super().__dir__() if name in _SHOWN or name.startswith("__")]
        return [*names, *(f"_saved_{field}" for field in fields), *(f"_raw_saved_{field}" for field in raw)]


class AccumulateGrad(Node, nodes.AccumulateGrad):
    """The end of the graph at a leaf."""

    __module__ = "builtins"

    @property
    def _input_metadata(self) -> tuple[_InputMetadata, ...]:
        array = self.variable._array
        return (_InputMetadata(array.shape, array.dtype),)

    def __call__(self, *grads: Any) -> Any:
        leaf.accumulate(self.variable, values_of(grads[0]), False, False, 0, False)


class CopySlices(Node, views.CopySlices):
    """The grad_fn of a tensor whose view was written into."""

    __module__ = "builtins"


class GraphRoot(Node, engine.ManyRoots):
    """The start of a backward pass from several tensors."""

    __module__ = "builtins"


_PASSES = itertools.count(1)


def current_pass() -> int:
    """A number of the backward pass whose hook or custom function this is; -1 outside of any."""
    task = engine.RUNNING.get()
    if task is None:
        return -1
    if not task.number:
        task.number = next(_PASSES)
    return task.number


def increment_version(tensor: Any) -> None:
    """Count an in-place modification that nobody else saw, of a tensor or of each of several."""
    try:
        entries = (tensor,) if isinstance(tensor, TensorBase) else tuple(tensor)
    except TypeError:
        raise RuntimeError("increment_version expect a Iterable[Tensor] as input") from None
    for entry in entries:
        if not isinstance(entry, TensorBase):
            raise RuntimeError("increment_version expects each element of the iterable to be a tensor")
        if not entry._flags & INFERENCE:
            bump(entry)


def set_warn_on_accumulate_grad_stream_mismatch(enabled: bool) -> None:
    """Accepted: there are no streams."""


class GradientEdge(NamedTuple):
    """A node and the number of its output: where a gradient flows through."""

    node: Any
    output_nr: int
    ownership_token: Any = None


def get_gradient_edge(tensor: TensorBase) -> GradientEdge:
    """The edge of a tensor that requires grad: for a leaf its AccumulateGrad."""
    if not wants_grad(tensor):
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    node, number = edge_of(tensor)
    return GradientEdge(nodes.accumulator_of(node) if isinstance(node, TensorBase) else node, number)



op_node.NODE_BASE.op_node = OpNode
nodes.NODE_TYPES.accumulate = AccumulateGrad
views.COPY_SLICES.node_class = CopySlices
engine.ROOT_TYPES.root = GraphRoot


def region_activation_memory_budget(budget: float) -> Any:
    """A setting of torch.compile's: it raises outside of compiled code, and there is none here."""
    name = "torch.autograd.graph.region_activation_memory_budget"
    if isinstance(budget, bool) or not isinstance(budget, (int, float)):
        raise TypeError(f"{name}: expects a float, got {type(budget).__name__}")
    if not 0.0 <= budget <= 1.0:
        raise ValueError(f"{name}: must be in [0, 1], got {budget}")
    raise RuntimeError(f"{name} can only be used inside a torch.compile region; it has no effect in eager mode.")


# name: the module that has it, loaded on first use
_LATER = {"register_multi_grad_hook": "multi_hooks", "allow_mutation_on_saved_tensors": "mutation"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        return elsewhere(name, __name__)
    from importlib import import_module

    globals()[name] = found = getattr(import_module(f"rushlight.autograd.{_LATER[name]}"), name)
    return found
