"""Op: one operator overload. Promotion, the kernel call, recording; every operator is an instance, none is known here."""

from __future__ import annotations

from typing import Any, Final

from numpy import asarray, dtype

from rushlight._core import blocks, plan as plans
from rushlight._core.collector import FORGET
from rushlight._core.loops import NATIVE
from rushlight._core.memory import in_step
from rushlight._core.node import edge_of, next_sequence, save_input, save_output
from rushlight._core.op_calls import (
    REFUSED,
    as_arrays,
    broadcast_error,
    call_with as call_with,
    check_not_refused,
    fill,
    has_tensor,
    mark_inference as mark_inference,
    raise_first,
    run_quiet_with,
)
from rushlight._core.op_inplace import HOOKS as HOOKS, apply_inplace, is_small_number, records as records
from rushlight._core.op_node import NODE_BASE, OpNode, new_op_node
from rushlight._core.plan import INPUT, OUTPUT, Plan
from rushlight._core.promotion import as_array, promote_arguments
from rushlight._core.state import (
    EXOTIC,
    GRAD as GRAD_MODE,
    INFERENCE,
    LEVELS,
    PASSABLE,
    SEQUENCE,
    get_mode,
    quiet_begin,
    quiet_end,
    quietly,
    run_quiet as shared_run_quiet,
)
from rushlight._core.tensor import (
    ARRAY,
    FLOAT32,
    FLOAT64,
    INFERENCE as INFERENCE_TENSOR,
    LAZY,
    TYPES,
    TensorBase,
    differentiable,
    new_tensor,
    wants_grad,
    wrap,
)
from rushlight._mypyc import mypyc_attr

run_quiet: Final = shared_run_quiet
SERVE: Final[Any] = None if NATIVE is None else NATIVE.serve  # see NOTE [ Served in C ] in calls.py
INT64: Final = dtype("int64")


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
        self.refused: tuple[int, ...] = ()  # parameters that may not require grad
        self.tensor_bits: list[int] = []  # for each of tensor_params its bit in masks, see grad_bit(); made on first use
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
        self.direct_floats: bool = False  # float32 and float64 are among them
        self.rounds_numbers: bool = False  # to 16 bits, where the operands are 16-bit floats
        self.in_steps: bool = False  # the direct kernel is no ufunc: on large arrays it runs block by block, see blocks.py
        self.native: Any = None  # of pointwise operators: the native kernel alone, which answers None where it declines
        self.direct_kernel: Any = kernel
        self.loop: Any = None  # runs the direct kernel on operands that need no thought, see loops.py
        self.writes_directly: bool = False  # it is a ufunc from floats to the same floats
        self.is_view: bool = False
        self.multi_view: bool = False
        self.changes_meaning: bool = False  # of a view: its elements are others than the base's, as numbers (view_as_real, conj)
        self.writes: int = 0  # Node.writes
        self.counts: Any = None  # where the operator's arguments decide on it: (arguments) -> Node.writes
        self.first_only: bool = False  # only the first of several outputs is differentiable
        self.constants: tuple[int, ...] = ()  # outputs that are not differentiable though they are floats: they have no number
        self.jvp: Any = None
        self.vmap: Any = None
        self.kind: str = "op"
        self.record_rule: Any = None  # (result's array), raises for results that PyTorch will not record
        self.draws: bool = False  # it draws random numbers, for which the mode counts too
        self.number_operand: bool = True  # a Python number in an operand's place counts as a 0-d tensor, for the result's layout
        self.inplace_kernel: Any = None
        self.pair: bool = False  # pointwise, at most two operands, differentiable in each: record_pair() serves it
        self.quick_plans: list[Plan | None] = [None] * 8  # plan_for() of the first masks
        self.service: int = -1  # how _record.c serves it, -1 until it was asked

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
        fill(self, values, kwargs)

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
        return call_with(self.kernel, values)

    def apply(self, args: list[Any]) -> Any:
        """The operator on tensors: the general path."""
        if SERVE is not None:
            served = SERVE(self, args)
            if served is not None:
                return served
        word = get_mode()
        if (word == GRAD_MODE or not word & ~PASSABLE and not self.draws) and not self.promotes:
            answer = self.apply_plain(args, word)
            if answer is not None:
                return answer
        flags = word & EXOTIC
        mask = 0
        values = list(args)
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
        if flags & LAZY:
            return self.apply(HOOKS.settle(args))
        if flags and (flags & ~LEVELS or self.draws) and HOOKS.dispatch is not None:
            answer = HOOKS.dispatch(self, args, flags)
            if answer is not NotImplemented:
                return answer
        token = quiet_begin()
        try:
            found = self.compute_for(args, values)
        except Exception as error:
            raise_first(self, args, mask if records(word) else 0, error)
            raise
        finally:
            quiet_end(token)
        return self.finish(args, found, word, mask)

    def apply_plain(self, args: list[Any], word: int) -> Any:
        """apply(), for plain tensors in modes that mean nothing to them; None for anything else."""
        values = list(args)
        bits = self.tensor_bits
        if not bits:
            bits = self.tensor_bits = [self.grad_bit(index) for index in self.tensor_params]
        mask = 0
        for position, index in enumerate(self.tensor_params):
            value = args[index]
            if isinstance(value, TensorBase):
                if value._flags:
                    return None
                values[index] = value._array
                if value._requires_grad or value._view is not None and wants_grad(value):
                    mask |= bits[position]
            elif isinstance(value, (list, tuple)):
                arrays: list[Any] = []
                for entry in value:
                    if isinstance(entry, TensorBase):
                        if entry._flags:
                            return None
                        arrays.append(entry._array)
                        if entry._requires_grad or entry._view is not None and wants_grad(entry):
                            mask |= bits[position]
                    else:
                        arrays.append(entry)
                values[index] = arrays
        found: Any
        try:
            found = run_quiet_with(self.kernel, values)
        except Exception as error:
            raise_first(self, args, mask if word & GRAD_MODE else 0, error)
            return None
        if isinstance(found, (tuple, list)):
            return self.finish(args, found, word, mask)
        output: TensorBase = new_tensor(TYPES.tensor)
        output._array = found if isinstance(found, ARRAY) else asarray(found)
        if mask and word & GRAD_MODE:
            if self.record_rule is not None:
                self.record_rule(output._array)
            if differentiable(output._array):
                self.record_plain(args, output, mask)
        return output

    def compute_for(self, args: list[Any], values: list[Any]) -> Any:
        """compute(), for tensor arguments."""
        return self.compute(values)

    def grad_bit(self, index: int) -> int:
        """The bit of parameter `index` in masks; 0 when it has no gradient."""
        grad_params = self.grad_params
        for position in range(len(grad_params)):
            if grad_params[position] == index:
                return 1 << position
        return REFUSED << index if index in self.refused else 0

    def finish(self, args: list[Any], found: Any, word: int, mask: int) -> Any:
        """Wrap the kernel's results and record."""
        if isinstance(found, (tuple, list)):
            outputs = [wrap(array) for array in found]
            if word & INFERENCE:
                mark_inference(outputs)
            if mask and records(word):
                if self.record_rule is not None:
                    self.record_rule(outputs[0]._array)
                self.record(args, outputs, mask, word, None)
            return outputs if self.pack is None else self.pack(outputs)
        output = wrap(found)
        if word & INFERENCE:
            output._flags |= INFERENCE_TENSOR
        if mask and records(word):
            if self.record_rule is not None:
                self.record_rule(output._array)
            if differentiable(output._array):
                self.record(args, [output], mask, word, None)
        return output

    # ------------------------------------------------------------ recording

    def plan_for(self, mask: int) -> Plan:
        """The plan for a set of differentiable parameters."""
        found = self.plans.get(mask)
        if found is None:
            check_not_refused(self, mask)
            found = self.plans[mask] = plans.of_operator(self, mask)
        return found

    def new_node(self) -> Any:
        """A node of the operator's own class."""
        if self.node_class is None:
            self.node_class = NODE_BASE.derived(self.node_name, self.is_view)
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
        node.writes = self.writes if self.counts is None else self.counts(*args)
        self.connect(node, args)
        ours = [output for index, output in enumerate(outputs) if index not in self.constants] if self.constants else outputs
        if len(outputs) == 1 or self.first_only:
            array = outputs[0]._array
            node.shape = array.shape
            node.np_dtype = array.dtype
        else:
            node.shapes = [output._array.shape for output in ours]
            node.np_dtypes = [output._array.dtype for output in ours]
        count = 1 if self.first_only else len(ours)
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
                if self.constants:
                    own = index not in self.constants
                    index -= sum([1 for constant in self.constants if constant < index])
                else:
                    own = index < count and differentiable(output._array)
                saved.append(save_output(output, index if own else 0, own))
            else:
                value = args[index]
                if isinstance(value, (list, tuple)):
                    saved.append([plans.fact(kind, entry._array) for entry in value])
                else:
                    saved.append(plans.fact(kind, value._array) if isinstance(value, TensorBase) else None)
        node.saved = saved
        if original is None:
            for number in range(count):
                output = ours[number]
                if differentiable(output._array):
                    output._requires_grad = True
                    output._node = node
                    output._output_nr = number
        if word & EXOTIC and HOOKS.recorded is not None:
            HOOKS.recorded(node, args)
        return node

    def record_plain(self, args: list[Any], output: TensorBase, mask: int) -> None:
        """record(), for one output and no mode but the grad mode."""
        node: OpNode = self.start_node(output, mask)
        if self.counts is not None:
            node.writes = self.counts(*args)
        grad_params = self.grad_params
        if len(grad_params) == 1 and isinstance(args[grad_params[0]], TensorBase):
            following, number = edge_of(args[grad_params[0]])
            node.next_nodes = (following,)
            node.next_numbers = (number,) if number else ONE_ZERO
        else:
            self.connect(node, args)
        plan: Plan = node.plan
        kinds = plan.kinds
        if kinds:
            saved: list[Any] = []
            for position, index in enumerate(plan.indices):
                kind = kinds[position]
                if kind == OUTPUT:
                    saved.append(save_output(output, 0, True))
                    continue
                value = args[index]
                if isinstance(value, TensorBase):
                    saved.append(save_input(value) if kind == INPUT else plans.fact(kind, value._array))
                elif kind != INPUT:
                    saved.append([plans.fact(kind, entry._array) for entry in value] if isinstance(value, (list, tuple)) else None)
                elif isinstance(value, (list, tuple)) and index in self.tensor_params:
                    saved.append([save_input(entry) if isinstance(entry, TensorBase) else entry for entry in value])
                else:
                    saved.append(value)
            node.saved = saved
        if FORGET is not None:
            FORGET(node.next_nodes, node.saved)

    def start_node(self, output: TensorBase, mask: int) -> OpNode:
        """A new node that is the output's history, with all but its edges and what it saves."""
        node_class = self.node_class
        node: OpNode = new_op_node(node_class) if node_class is not None else self.new_node()
        plan = self.quick_plans[mask] if mask < 8 else self.plan_for(mask)
        if plan is None:
            plan = self.quick_plans[mask] = self.plan_for(mask)
        number = SEQUENCE.value
        SEQUENCE.value = number + 1
        node.sequence = number
        node.op = self
        node.plan = plan
        node.writes = self.writes
        array = output._array
        node.shape = array.shape
        node.np_dtype = array.dtype
        output._requires_grad = True
        output._node = node
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
        if self.node_name == "NotImplemented":  # as in PyTorch, such a node has edges only for what needs a gradient
            numbers = [number for following, number in zip(nodes, numbers) if following is not None]
            nodes = [following for following in nodes if following is not None]
        node.next_nodes = tuple(nodes)
        node.next_numbers = tuple(numbers)
        if not flat:
            node.spans = spans

    def apply_inplace(self, args: list[Any]) -> TensorBase:
        """The operator with its result written into the first argument."""
        return apply_inplace(self, args)

    # ------------------------------------------------------------ fast paths

    def call1(self, a: Any) -> Any:
        """A pointwise operator of one tensor."""
        found = self.fast1(a)
        return self.invoke([a, *self.defaults]) if found is None else found

    def call2(self, a: Any, b: Any) -> Any:
        """A pointwise operator of two operands."""
        found = self.fast2(a, b)
        return self.invoke([a, b, *self.defaults]) if found is None else found

    def fast1(self, a: Any) -> Any:
        """The result for a plain tensor that needs no promotion, in plain grad mode; None for anything else."""
        if not isinstance(a, TensorBase) or a._flags:
            return None
        word = get_mode()
        if word != GRAD_MODE and word & ~PASSABLE:
            return None
        found: Any = None
        loop = self.loop
        if loop is not None:
            found = loop(a._array)
        if found is None:
            found = None if self.in_steps and a._array.size >= blocks.LARGE else self.direct1(a._array)
            if found is None:
                return None
        output: TensorBase = new_tensor(TYPES.tensor)
        output._array = found
        if (a._requires_grad or a._view is not None and wants_grad(a)) and word & GRAD_MODE:
            self.record_fast(a, None, None, output, 1)
        return output

    def direct1(self, x: Any) -> Any:
        """fast1() on the array, by the direct kernel."""
        np_dtype = x.dtype
        if not (self.direct_floats and (np_dtype is FLOAT32 or np_dtype is FLOAT64)) and np_dtype.char not in self.direct:
            return None
        try:
            found = run_quiet(self.direct_kernel, x)
        except RuntimeError:
            found = quietly(self.direct_kernel, (x,))
        if x.ndim > 1 and found.strides != x.strides:
            return in_step(found, (x,))
        return found if isinstance(found, ARRAY) else asarray(found)

    def fast2(self, a: Any, b: Any) -> Any:
        """fast1, for two tensors or a tensor and a Python number."""
        if not isinstance(a, TensorBase) or a._flags:
            return None
        word = get_mode()
        if word != GRAD_MODE and word & ~PASSABLE:
            return None
        other: TensorBase | None = None
        mask = 0
        y: Any = b
        if isinstance(b, TensorBase):
            if b._flags:
                return None
            other = b
            y = b._array
            if b._requires_grad or b._view is not None and wants_grad(b):
                mask = 2
        found: Any = None
        loop = self.loop
        if loop is not None:
            found = loop(a._array, y)
        if found is None:
            found = None if self.in_steps and a._array.size >= blocks.LARGE else self.direct2(a._array, y, other is None)
            if found is None:
                return None
        output: TensorBase = new_tensor(TYPES.tensor)
        output._array = found
        if a._requires_grad or a._view is not None and wants_grad(a):
            mask |= 1
        if mask and word & GRAD_MODE:
            self.record_fast(a, other, b, output, mask)
        return output

    def direct2(self, x: Any, y: Any, number: bool) -> Any:
        """fast2() on the arrays (y is a Python number with `number`), by the direct kernel."""
        np_dtype = x.dtype
        floats = self.direct_floats and (np_dtype is FLOAT32 or np_dtype is FLOAT64)
        if number:
            if not is_small_number(y) or not floats and (np_dtype is not INT64 or "l" not in self.direct or type(y) is not int):
                return None
            y = as_array(y, np_dtype)
        elif np_dtype is not y.dtype or not floats and np_dtype.char not in self.direct:
            return None
        try:
            found = run_quiet(self.direct_kernel, x, y)
        except RuntimeError:
            found = quietly(self.direct_kernel, (x, y))
        except ValueError:
            raise broadcast_error(x, y) from None
        if found.ndim > 1 and found.strides != x.strides:
            return in_step(found, (x, y) if self.number_operand or not number else (x,))
        return found if isinstance(found, ARRAY) else asarray(found)

    def record_fast(self, a: TensorBase, other: TensorBase | None, b: Any, output: TensorBase, mask: int) -> None:
        """record(), for a pointwise operator of one operand (b is None) or two (other is b, if b is a tensor)."""
        if not differentiable(output._array):
            return
        if not self.pair:
            self.record_unlike(a, b, output, mask)
            return
        node: OpNode = self.start_node(output, mask)
        plan: Plan = node.plan
        first: Any = a
        first_number = 0
        if a._node is not None or a._view is not None or not a._requires_grad:
            first, first_number = edge_of(a)
        if len(self.grad_params) == 1:
            node.next_nodes = (first,)
            node.next_numbers = (first_number,) if first_number else ONE_ZERO
        elif other is None:
            node.next_nodes = (first, None)
            node.next_numbers = (first_number, 0) if first_number else TWO_ZEROS
        else:
            second, second_number = edge_of(other)
            node.next_nodes = (first, second)
            node.next_numbers = (first_number, second_number) if first_number or second_number else TWO_ZEROS
        kinds = plan.kinds
        if kinds:
            saved: list[Any] = []
            for position in range(len(kinds)):
                kind = kinds[position]
                index = plan.indices[position]
                if kind == INPUT:
                    if index == 0:
                        saved.append(save_input(a))
                    elif index == 1:
                        saved.append(b if other is None else save_input(other))
                    else:
                        saved.append(self.defaults[index - len(self.params)])
                elif kind == OUTPUT:
                    saved.append(save_output(output, 0, True))
                else:
                    value = a if index == 0 else other
                    saved.append(None if value is None else plans.fact(kind, value._array))
            node.saved = saved
        if FORGET is not None:
            FORGET(node.next_nodes, node.saved)

    def record_unlike(self, a: TensorBase, b: Any, output: TensorBase, mask: int) -> None:
        """record_fast, for an operator that is not differentiable in each operand."""
        args = [a, *self.defaults] if b is None else [a, b, *self.defaults]
        bits = (self.grad_bit(0) if mask & 1 else 0) | (self.grad_bit(1) if mask & 2 else 0)
        if bits:
            self.record(args, [output], bits, GRAD_MODE, None)


ONE_ZERO: Final[Any] = (0,)
TWO_ZEROS: Final[Any] = (0, 0)
