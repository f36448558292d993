"""Op: one operator overload. Promotion, the kernel call, recording; every operator is an instance, none is known here."""

from __future__ import annotations

from typing import Any

from numpy import asarray, copyto, ndarray

from rushlight._core import dtypes, inplace, plan as plans
from rushlight._core.node import SECOND_TIME, Node, SavedTensor, edge_of, next_sequence, save_input, save_output
from rushlight._core.plan import GRAD, GRADS, INPUT, OUTPUT, Plan, Step
from rushlight._core.promotion import promote_arguments
from rushlight._core.state import EXOTIC, GRAD as GRAD_MODE, INFERENCE, get_mode, quiet_begin, quiet_end
from rushlight._core.tensor import INFERENCE as INFERENCE_TENSOR, TensorBase, differentiable, version_cell, wants_grad, wrap
from rushlight._mypyc import mypyc_attr


class _Hooks:
    """What the layers above the core add to the general path."""

    def __init__(self) -> None:
        self.dispatch: Any = None  # (op, args) -> result, for calls with exotic tensors or modes
        self.recorded: Any = None  # (node, args): under anomaly mode, saved-tensor hooks, ...


HOOKS = _Hooks()


@mypyc_attr(allow_interpreted_subclasses=True)
class OpNode(Node):
    """The node of a recorded Op; each Op has a subclass of its own that bears PyTorch's name."""

    op: Any = None
    plan: Any = None
    saved: Any = None  # None once released
    spans: Any = None  # for tensor-list parameters: how many edges each differentiable parameter has

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        op: Op = self.op
        plan: Plan = self.plan
        saved = self.saved
        if saved is None:
            if plan.names:
                raise RuntimeError(SECOND_TIME)
            saved = []
        values: list[Any] = []
        exact = True  # whether the formula may run on bare arrays: everything saved has the gradient's dtype
        np_dtype: Any = None
        if not graph:
            np_dtype = first_dtype(grads)
            exact = np_dtype.char in RAW_CHARS
        for item in saved:
            if isinstance(item, SavedTensor):
                if graph:
                    values.append(item.unpack(self))
                else:
                    array = item.raw(self)
                    if op.promotes and array.dtype is not np_dtype and array.dtype.kind != "b":
                        exact = False
                    values.append(array)
            elif isinstance(item, list):
                values.append([unpack_entry(entry, graph, self) for entry in item])
            else:
                values.append(item)
        if not exact:
            values = [wrap_arrays(value) for value in values]
            grads = [wrap_arrays(grad) for grad in grads]
        results = self.run_steps(plan, values, grads, needed)
        if not exact:
            results = [value._array if isinstance(value, TensorBase) else value for value in results]
        return results

    def run_steps(self, plan: Plan, values: list[Any], grads: list[Any], needed: Any) -> list[Any]:
        """The formulas' results, one entry per edge."""
        spans = self.spans
        results: list[Any] = [None] * len(self.next_nodes)
        for step in plan.steps:
            if spans is None:
                first = step.edges[0]
                count = 1
            else:
                first, count = spans[step.edges[0]]
            if not step.several and not edges_wanted(self.next_nodes, needed, first, count):
                continue
            arguments: list[Any] = []
            for slot in step.slots:
                if slot >= 0:
                    arguments.append(values[slot])
                elif slot == GRAD:
                    arguments.append(grads[0])
                elif slot == GRADS:
                    arguments.append(grads)
                else:
                    arguments.append([edges_wanted(self.next_nodes, needed, edge, 1) for edge in step.edges])
            if slots_lack_grad(step, grads):
                continue
            found = step.function(*arguments)
            if step.several:
                for position, edge in enumerate(step.edges):
                    if self.next_nodes[edge] is not None:
                        results[edge] = found[position]
            elif isinstance(found, (list, tuple)):
                for position in range(count):
                    results[first + position] = found[position]
            else:
                results[first] = found
        return results

    def release(self) -> None:
        self.saved = None


class _NodeBase:
    """What the node classes of operators derive from; `rushlight/autograd/graph.py` adds what users call."""

    def __init__(self) -> None:
        self.op_node: Any = OpNode


NODE_BASE = _NodeBase()

RAW_CHARS = "fdFD"  # dtypes whose formulas run on bare arrays; float16 and bfloat16 need the operators' float32 arithmetic


def first_dtype(grads: list[Any]) -> Any:
    """The NumPy dtype of the first gradient that is there."""
    for grad in grads:
        if grad is not None:
            return grad.dtype
    raise RuntimeError("a node ran without any gradient")


def slots_lack_grad(step: Step, grads: list[Any]) -> bool:
    """Whether the formula needs the gradient of the first output and there is none."""
    return grads[0] is None and GRAD in step.slots


def edges_wanted(next_nodes: Any, needed: Any, first: int, count: int) -> bool:
    """Whether any edge of a range leads somewhere that wants a gradient."""
    for index in range(first, first + count):
        if next_nodes[index] is not None and (needed is None or needed[index]):
            return True
    return False


def unpack_entry(entry: Any, graph: bool, owner: Node) -> Any:
    """One entry of a saved tensor list."""
    if isinstance(entry, SavedTensor):
        return entry.unpack(owner) if graph else entry.raw(owner)
    return entry


def wrap_arrays(value: Any) -> Any:
    """Arrays (also in a list) as tensors."""
    if isinstance(value, ndarray):
        return wrap(value)
    if isinstance(value, list):
        return [wrap_arrays(entry) for entry in value]
    return value


@mypyc_attr(allow_interpreted_subclasses=True)
class Op:
    """One overload of an operator, such as "sum.dim_IntList".

    params: the kernel's parameter names, in the order of PyTorch's schema. tensor_params: which of them are tensors or lists of
    tensors. formulas: parameter name (or "a, b") -> gradient formula, see NOTE [ A formula's parameter names are its save list ].
    """

    def __init__(self, name: str, overload: str, kernel: Any, params: tuple[str, ...], defaults: tuple[Any, ...]) -> None:
        self.name: str = name
        self.overload: str = overload
        self.kernel: Any = kernel
        self.params: tuple[str, ...] = params
        self.defaults: tuple[Any, ...] = defaults
        self.tensor_params: tuple[int, ...] = (0,)
        self.grad_params: list[int] = []
        self.outputs: tuple[str, ...] = ("result",)
        self.formulas: dict[str, Any] = {}
        self.plans: dict[int, Plan] = {}
        self.node_class: Any = None
        self.node_name: str = ""
        self.pack: Any = None  # makes the named tuple of several outputs
        self.promotes: bool = False  # pointwise: operands are promoted to one dtype
        self.computes: int = 0  # see promotion.py
        self.check_dtype: Any = None  # raises for operand dtypes that the operator refuses
        self.direct: str = ""  # dtype characters for which the kernel may run on operands as they are
        self.direct_kernel: Any = kernel
        self.is_view: bool = False
        self.multi_view: bool = False
        self.saves_nothing: bool = False
        self.jvp: Any = None
        self.vmap: Any = None
        self.kind: str = "op"
        self.ufunc: bool = False
        self.inplace_kernel: Any = None

    # ------------------------------------------------------------ calls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run on tensors (recording) or on bare arrays (the kernel alone)."""
        values = list(args)
        count = len(self.params)
        if kwargs or len(values) < count:
            self.fill(values, kwargs)
        return self.invoke(values)

    def invoke(self, values: list[Any]) -> Any:
        """__call__ on a full list of arguments."""
        for index in self.tensor_params:
            value = values[index]
            if isinstance(value, TensorBase):
                return self.apply(values)
            if isinstance(value, (list, tuple)) and has_tensor(value):
                return self.apply(values)
        return self.raw(values)

    def fill(self, values: list[Any], kwargs: dict[str, Any]) -> None:
        """Complete positional arguments from keywords and defaults."""
        count = len(self.params)
        skipped = count - len(self.defaults)
        for index in range(len(values), count):
            name = self.params[index]
            if name in kwargs:
                values.append(kwargs[name])
            elif index >= skipped:
                values.append(self.defaults[index - skipped])
            else:
                raise TypeError(f"{self.name}() missing argument '{name}'")

    def raw(self, values: list[Any]) -> Any:
        """The kernel on bare arrays. Results are arrays, never NumPy scalars."""
        token = quiet_begin()
        try:
            found = self.compute(values)
        finally:
            quiet_end(token)
        return as_arrays(found)

    def compute(self, values: list[Any]) -> Any:
        """The kernel on arrays, with the operands promoted when the operator is pointwise."""
        if self.promotes:
            return promote_arguments(self, values)
        return self.kernel(*values)

    def apply(self, args: list[Any]) -> Any:
        """The operator on tensors: the general path."""
        word = get_mode()
        flags = word & EXOTIC
        mask = 0
        values = list(args)
        bit = 1
        for index in self.tensor_params:
            value = values[index]
            if isinstance(value, TensorBase):
                flags |= value._flags
                values[index] = value._array
                if (value._requires_grad or value._view is not None) and wants_grad(value):
                    mask |= self.grad_bit(index)
            elif isinstance(value, (list, tuple)):
                arrays: list[Any] = []
                for entry in value:
                    if isinstance(entry, TensorBase):
                        flags |= entry._flags
                        arrays.append(entry._array)
                        if wants_grad(entry):
                            mask |= self.grad_bit(index)
                    else:
                        arrays.append(entry)
                values[index] = arrays
        if flags and HOOKS.dispatch is not None:
            answer = HOOKS.dispatch(self, args, flags)
            if answer is not NotImplemented:
                return answer
        token = quiet_begin()
        try:
            found = self.compute_for(args, values)
        finally:
            quiet_end(token)
        return self.finish(args, found, word, mask)

    def compute_for(self, args: list[Any], values: list[Any]) -> Any:
        """compute(), for tensor arguments."""
        return self.compute(values)

    def grad_bit(self, index: int) -> int:
        """The bit of parameter `index` in masks; 0 when it has no gradient."""
        grad_params = self.grad_params
        for position in range(len(grad_params)):
            if grad_params[position] == index:
                return 1 << position
        return 0

    def finish(self, args: list[Any], found: Any, word: int, mask: int) -> Any:
        """Wrap the kernel's results and record."""
        if isinstance(found, (tuple, list)):
            outputs = [wrap(array) for array in found]
            if word & INFERENCE:
                mark_inference(outputs)
            if mask and records(word):
                self.record(args, outputs, mask, word, None)
            return outputs if self.pack is None else self.pack(outputs)
        output = wrap(found)
        if word & INFERENCE:
            output._flags |= INFERENCE_TENSOR
        if mask and records(word) and differentiable(output._array):
            self.record(args, [output], mask, word, None)
        return output

    # ------------------------------------------------------------ recording

    def plan_for(self, mask: int) -> Plan:
        """The plan for a set of differentiable parameters."""
        found = self.plans.get(mask)
        if found is None:
            found = plans.build(self.params, self.outputs, self.grad_params, self.formulas, mask)
            self.plans[mask] = found
        return found

    def new_node(self) -> Any:
        """A node of the operator's own class."""
        if self.node_class is None:
            self.node_class = type(self.node_name, (NODE_BASE.op_node,), {"__module__": "builtins", "__slots__": ()})
        return self.node_class()

    def record(self, args: list[Any], outputs: list[TensorBase], mask: int, word: int, original: Any) -> Any:
        """Make the node of this call and hang it on the outputs.

        original: for an in-place call, the value that the first argument had before (saved where a formula asks for it).
        """
        node: OpNode = self.new_node()
        plan = self.plan_for(mask)
        node.sequence = next_sequence()
        node.op = self
        node.plan = plan
        self.connect(node, args)
        node.shapes = [output._array.shape for output in outputs]
        node.np_dtypes = [output._array.dtype for output in outputs]
        saved: list[Any] = []
        for position, kind in enumerate(plan.kinds):
            index = plan.indices[position]
            if kind == INPUT:
                value = args[index]
                if original is not None and index == 0:
                    value = original
                if isinstance(value, TensorBase):
                    saved.append(save_input(value))
                elif isinstance(value, (list, tuple)) and index in self.tensor_params:
                    saved.append([save_input(entry) if isinstance(entry, TensorBase) else entry for entry in value])
                else:
                    saved.append(value)
            elif kind == OUTPUT:
                output = outputs[index]
                saved.append(save_output(output, index, differentiable(output._array)))
            else:
                value = args[index]
                if isinstance(value, (list, tuple)):
                    saved.append([plans.fact(kind, entry._array) for entry in value])
                else:
                    saved.append(plans.fact(kind, value._array) if isinstance(value, TensorBase) else None)
        node.saved = saved
        if original is None:
            number = 0
            for output in outputs:
                if differentiable(output._array):
                    output._requires_grad = True
                    output._node = node
                    output._output_nr = number
                number += 1
        if word & EXOTIC and HOOKS.recorded is not None:
            HOOKS.recorded(node, args)
        return node

    def connect(self, node: OpNode, args: list[Any]) -> None:
        """The node's edges: one per differentiable parameter, one per element of a tensor list."""
        nodes: list[Any] = []
        numbers: list[int] = []
        spans: list[tuple[int, int]] = []
        flat = True
        for index in self.grad_params:
            value = args[index]
            first = len(nodes)
            if isinstance(value, TensorBase):
                following, number = edge_of(value)
                nodes.append(following)
                numbers.append(number)
            elif isinstance(value, (list, tuple)):
                flat = False
                for entry in value:
                    following, number = edge_of(entry) if isinstance(entry, TensorBase) else (None, 0)
                    nodes.append(following)
                    numbers.append(number)
            else:
                nodes.append(None)
                numbers.append(0)
            spans.append((first, len(nodes) - first))
        node.next_nodes = nodes
        node.next_numbers = numbers
        if not flat:
            node.spans = spans

    # ------------------------------------------------------------ in place

    def apply_inplace(self, args: list[Any]) -> TensorBase:
        """The operator with its result written into the first argument."""
        target: TensorBase = args[0]
        word = get_mode()
        mask = 0
        flags = word & EXOTIC
        values = list(args)
        for index in self.tensor_params:
            value = values[index]
            if isinstance(value, TensorBase):
                flags |= value._flags
                values[index] = value._array
                if wants_grad(value):
                    mask |= self.grad_bit(index)
            elif isinstance(value, (list, tuple)):
                for entry in value:
                    if isinstance(entry, TensorBase):
                        flags |= entry._flags
                        if wants_grad(entry):
                            mask |= self.grad_bit(index)
                values[index] = [entry._array if isinstance(entry, TensorBase) else entry for entry in value]
        if flags and HOOKS.dispatch is not None:
            answer = HOOKS.dispatch(self.inplace_kernel or self, args, flags | inplace.IN_PLACE)
            if answer is not NotImplemented:
                result: TensorBase = answer
                return result
        if target._flags & INFERENCE_TENSOR and not word & INFERENCE:
            raise RuntimeError(inplace.INFERENCE_WRITE)
        recording = mask != 0 and records(word)
        if recording:
            inplace.check(target)
        inplace.check_overlap(target._array)
        token = quiet_begin()
        try:
            found = self.compute(values)
        finally:
            quiet_end(token)
        inplace.check_result(self.name, target._array, found)
        if not recording or not differentiable(target._array):
            copyto(target._array, found, casting="unsafe")
            version_cell(target).value += 1
            return target
        plan = self.plan_for(mask)
        original: Any = target
        if plan.saves_inputs:
            original = wrap(target._array.copy())
            original._node, original._output_nr = edge_of(target)
            original._requires_grad = target._requires_grad
        copyto(target._array, found, casting="unsafe")
        version_cell(target).value += 1
        node = self.record(args, [target], mask, word, original)
        inplace.rebase(target, node)
        return target

    # ------------------------------------------------------------ fast paths

    def call1(self, a: Any) -> Any:
        """A pointwise operator of one tensor."""
        if not isinstance(a, TensorBase) or a._flags or a._array.dtype.char not in self.direct:
            return self.invoke([a])
        word = get_mode()
        if word != GRAD_MODE:
            return self.invoke([a])
        token = quiet_begin()
        try:
            found = self.kernel(a._array)
        finally:
            quiet_end(token)
        output = wrap(found)
        if self.grad_params and (a._requires_grad or a._view is not None and wants_grad(a)):
            if differentiable(output._array):
                self.record([a], [output], 1, word, None)
        return output

    def call2(self, a: Any, b: Any) -> Any:
        """A pointwise operator of two operands, one of them perhaps a Python number."""
        word = get_mode()
        if word == GRAD_MODE and isinstance(a, TensorBase) and not a._flags:
            x = a._array
            if isinstance(b, TensorBase):
                y = b._array
                if not b._flags and x.dtype is y.dtype and x.dtype.char in self.direct:
                    return self.finish2(a, b, x, y, word)
            elif scalar_is_direct(x.dtype.char, b) and x.dtype.char in self.direct:
                return self.finish2(a, b, x, b, word)
        return self.invoke([a, b, *self.defaults])

    def finish2(self, a: TensorBase, b: Any, x: Any, y: Any, word: int) -> Any:
        """Compute and record call2 on operands that need no promotion."""
        token = quiet_begin()
        try:
            found = self.direct_kernel(x, y)
        finally:
            quiet_end(token)
        output = wrap(found)
        mask = 0
        if a._requires_grad or a._view is not None and wants_grad(a):
            mask = self.grad_bit(0)
        if isinstance(b, TensorBase) and (b._requires_grad or b._view is not None and wants_grad(b)):
            mask |= self.grad_bit(1)
        if mask and differentiable(output._array):
            self.record([a, b, *self.defaults], [output], mask, word, None)
        return output


def scalar_is_direct(char: str, value: Any) -> bool:
    """Whether NumPy's own arithmetic of an array of dtype `char` with a Python number is PyTorch's."""
    if type(value) is float:
        return char == "f" or char == "d"
    return type(value) is int and (char == "f" or char == "d" or char == "l") and -1000000000 < value < 1000000000


def records(word: int) -> bool:
    """Whether a mode word asks for recording: inference mode records nothing, whatever the grad mode."""
    return word & (GRAD_MODE | INFERENCE) == GRAD_MODE


def has_tensor(values: Any) -> bool:
    """Whether a sequence holds a tensor."""
    for value in values:
        if isinstance(value, TensorBase):
            return True
    return False


def as_arrays(found: Any) -> Any:
    """Kernel results as arrays (NumPy gives scalars for 0-d ones)."""
    if isinstance(found, ndarray):
        return found
    if isinstance(found, (tuple, list)):
        return [entry if isinstance(entry, ndarray) else asarray(entry) for entry in found]
    return asarray(found)


def mark_inference(outputs: list[TensorBase]) -> None:
    """Results made in inference mode are inference tensors."""
    for output in outputs:
        output._flags |= INFERENCE_TENSOR

