"""torch.autograd.Function: operations with a backward of the user's own."""

from __future__ import annotations

import functools
import warnings
from typing import Any

import numpy as np

from rushlight._core import inplace, node as nodes, views
from rushlight._core.collector import expect_cycle
from rushlight._core.engine import RUNNING
from rushlight._core.node import SECOND_TIME, SavedTensor, edge_of, next_sequence, save_input, save_output
from rushlight._core.origin import advice, wrote
from rushlight._core.signature_types import type_name
from rushlight._core.state import ANOMALY, GRAD, INFERENCE, MODE, SAVED_HOOKS, get_mode, loudly, with_grad
from rushlight._core.tensor import (
    BATCHED,
    DISPATCH,
    DUAL,
    INFERENCE as INFERENCE_TENSOR,
    LAZY,
    SUBCLASS,
    TensorBase,
    View,
    differentiable,
    values_of,
    version_cell,
    version_of,
    wants_grad,
    wrap,
)
from rushlight._objects import Size
from rushlight.autograd.anomaly_mode import record_traceback
from rushlight.autograd.depth import shallow
from rushlight.autograd.error_nodes import DelayedError
from rushlight.autograd.graph import Node, raw_saved
from rushlight.autograd.saved_hooks import pack_all
from rushlight.ops.examples import transformed
from rushlight.ops.view import view_size

__all__ = [
    "BackwardCFunction", "Function", "FunctionCtx", "FunctionMeta", "InplaceFunction", "NestedIOFunction", "once_differentiable",
]  # fmt: skip


class FunctionCtx:
    """What a custom function's forward and backward call `ctx`: a place to save, and the settings of the call."""

    __module__ = "torch.autograd.function"

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors for backward; read them there as `ctx.saved_tensors`."""
        self.to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Keep tensors for the `jvp` static method."""
        for tensor in tensors:
            if not isinstance(tensor, TensorBase) and tensor is not None:
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx."
                )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args: Any) -> None:
        """Say which inputs forward modified in place; each must be returned."""
        self.dirty_tensors = args

    def mark_non_differentiable(self, *args: Any) -> None:
        """Say which outputs have no gradient."""
        self.non_differentiable = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros for outputs without a gradient (the default), or None."""
        self.materialize_grads = value


class BackwardCFunction(FunctionCtx, Node, nodes.Node):
    """The ctx of one call; when the call is recorded, also its node in the graph."""

    __module__ = "torch.autograd.function"
    _forward_cls: Any
    to_save: Any = None
    saved_for_forward: Any = None
    saved_in_jvp: Any = None  # while the `jvp` static method runs
    dirty_tensors: Any = None
    non_differentiable: Any = None
    materialize_grads = True
    needs_input_grad: Any = ()
    _saved: Any = None
    _released = False
    _freed_by: Any = None
    _is_variable: Any = ()

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What forward saved."""
        if self.saved_in_jvp is not None:
            return self.saved_in_jvp  # type: ignore[no-any-return]
        if self._released:
            raise RuntimeError(SECOND_TIME + advice("freed", self._freed_by))
        if self._saved is None:
            return ()
        return tuple(entry.unpack(self) if isinstance(entry, SavedTensor) else entry for entry in self._saved)

    @property
    def saved_variables(self) -> tuple[Any, ...]:
        """The old name of saved_tensors."""
        warnings.warn("'saved_variables' is deprecated; use 'saved_tensors'", DeprecationWarning, stacklevel=2)
        return self.saved_tensors

    @property
    def _raw_saved_tensors(self) -> tuple[Any, ...]:
        return tuple(raw_saved(entry, self) for entry in self._saved or ())

    def apply(self, *grads: Any) -> Any:
        """Run the user's backward on gradients, as it is."""
        return self._user_backward()(self, *grads)

    def maybe_clear_saved_tensors(self) -> None:
        """Let go of what was saved."""
        self.release()

    def name(self) -> str:
        return type(self).__name__

    def runs_without_grads(self) -> bool:
        return True

    def release(self) -> None:
        self._released = True
        if self._saved is not None:
            self._saved = ()
            task = RUNNING.get()
            self._freed_by = None if task is None else task.place

    def run(self, grads: list[Any], graph: bool, needed: Any) -> Any:
        seen = [wrap(grad) if isinstance(grad, np.ndarray) else grad for grad in grads]
        if self.materialize_grads:
            pairs = zip(seen, self.shapes, self.np_dtypes)
            seen = [
                _zeros(shape, np_dtype) if grad is None and shape is not None else grad for grad, shape, np_dtype in pairs
            ]
        found = shallow(loudly, self._user_backward(), self, *seen)
        return self._results(found if isinstance(found, tuple) else (found,), graph)

    def _user_backward(self) -> Any:
        cls = self._forward_cls
        plain, vjp = cls.backward is not Function.backward, cls.vjp is not Function.vjp
        if plain and vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement one of them."
            )
        return cls.vjp if vjp else cls.backward

    def _results(self, found: tuple[Any, ...], graph: bool) -> list[Any]:
        """The user's gradients, checked, one per tensor input."""
        count = len(self._is_variable)
        if len(found) > count and all(entry is None for entry in found[count:]):
            found = found[:count]
        if len(found) != count:
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {count}, got {len(found)})"
                + advice("user_function", self._user_backward())
            )
        results = []
        for position, (entry, is_variable) in enumerate(zip(found, self._is_variable)):
            if not is_variable:
                if entry is not None:
                    raise RuntimeError(
                        f"function {self.name()} returned a gradient different than None at position {position + 1}, but the "
                        "corresponding forward input was not a Variable"
                    )
                continue
            if entry is not None and not isinstance(entry, TensorBase):
                raise RuntimeError(
                    f"expected Variable or None (got {type_name(entry)})" + advice("user_function", self._user_backward())
                )
            results.append(entry if graph or entry is None else np.asarray(values_of(entry)))
        return results

    # ------------------------------------------------------------ recording

    def _save(self, outputs: list[Any]) -> None:
        """Pack what save_for_backward was given."""
        if self.to_save is None:
            return
        saved: list[Any] = []
        for position, tensor in enumerate(self.to_save):
            if tensor is None:
                saved.append(None)
                continue
            if not isinstance(tensor, TensorBase):
                raise TypeError(
                    f"save_for_backward can only save variables, but argument {position} is of type {type(tensor).__name__}"
                )
            if tensor._node is self:
                saved.append(save_output(tensor, tensor._output_nr, True))
            else:
                saved.append(save_input(tensor))
        self._saved = saved
        self.to_save = None
        if get_mode() & SAVED_HOOKS:
            pack_all(saved, self)


def _zeros(shape: Any, np_dtype: Any) -> Any:
    """The gradient of an output without one; PyTorch writes its zeros, which counts."""
    made = wrap(np.zeros(shape, np_dtype))
    version_cell(made).value = 1
    return made


_FIELDS = {*BackwardCFunction.__dict__, *BackwardCFunction.__annotations__}  # what this file keeps of a call
_NUMBERS = (int, float, complex, str, bytes, Size, type(None))


class FunctionMeta(type):
    """Gives each Function its own node class, called <name>Backward."""

    __module__ = "torch.autograd.function"

    def __init__(cls, name: str, bases: Any, attributes: Any) -> None:
        cls._backward_cls = type(name + "Backward", (BackwardCFunction,), {"_forward_cls": cls, "__module__": "torch.autograd.function"})
        super().__init__(name, bases, attributes)


class Function(metaclass=FunctionMeta):
    """Base of custom operations: static `forward` and `backward`, called through `apply`.

    >>> class Exp(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, i):
    ...         result = i.exp()
    ...         ctx.save_for_backward(result)
    ...         return result
    ...     @staticmethod
    ...     def backward(ctx, grad_output):
    ...         result, = ctx.saved_tensors
    ...         return grad_output * result
    >>> Exp.apply(torch.tensor(0., requires_grad=True))
    tensor(1., grad_fn=<ExpBackward>)
    """

    __module__ = "torch.autograd.function"
    generate_vmap_rule = False
    _backward_cls: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        warnings.warn(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should invoke them on the "
            "class itself. Instantiating an autograd function will raise an error in a future version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd function with static "
            "forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs: `forward(ctx, *args)`, or `forward(*args)` together with setup_context."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Save for backward, when forward takes no ctx."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of the inputs, one for each argument of forward (None where there is none)."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Any:
        """The tangents of the outputs, for forward mode."""
        raise NotImplementedError("You must implement the jvp function for custom autograd.Function to use it with forward mode AD.")

    @staticmethod
    def vmap(info: Any, in_dims: Any, *args: Any) -> Any:
        """How the function acts on a batch."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """Run forward; record the call when an argument requires grad."""
        if cls.setup_context is not Function.setup_context:
            args = _bind_defaults(cls.forward, args, kwargs)
        elif kwargs:
            args = _bind_keywords(cls.forward, args, kwargs)
        if transformed() or any(isinstance(arg, TensorBase) and arg._flags & (BATCHED | DUAL) for arg in args):
            from rushlight.func import custom

            return custom.apply(cls, args)
        return cls._run(args, _forward)

    @classmethod
    def _run(cls, args: Any, forward: Any, ahead: bool = False) -> Any:
        """apply(), with bound arguments; forward(cls, ctx, args) computes the outputs. ahead: what was saved for jvp is still needed."""
        ctx = cls._backward_cls()
        word = get_mode()
        is_tensor = [isinstance(arg, TensorBase) for arg in args]
        ctx._is_variable = is_tensor
        ctx.needs_input_grad = tuple(tensor and wants_grad(arg) for tensor, arg in zip(is_tensor, args))
        records = bool(word & GRAD) and any(ctx.needs_input_grad)
        if records:
            edges = [edge_of(arg) for arg in args if isinstance(arg, TensorBase)]
            ctx.next_nodes = tuple(edge[0] for edge in edges)
            ctx.next_numbers = tuple(edge[1] for edge in edges)
            ctx.sequence = next_sequence()
            if word & ANOMALY:
                record_traceback(ctx)
        token = MODE.set(with_grad(word, False))
        try:
            output = forward(cls, ctx, args)
        finally:
            MODE.reset(token)
        found = _finish(ctx, args, output, records)
        if records and _keeps_more(ctx):
            expect_cycle(ctx)
        if not ahead:
            ctx.saved_for_forward = ctx.dirty_tensors = ctx.non_differentiable = None  # an output among them would keep the node
        return found


class _SingleLevelFunction(Function):
    """Accepted as a base class name."""


class InplaceFunction(Function):
    """An old base class; `inplace` is kept for forward to read."""

    __module__ = "torch.autograd.function"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace


def _keeps_more(ctx: Any) -> bool:
    """Whether the user's attributes of `ctx` may hold tensors."""
    return any(not isinstance(value, _NUMBERS) for name, value in vars(ctx).items() if name not in _FIELDS)


def _bind_defaults(forward: Any, args: Any, kwargs: Any) -> Any:
    code = getattr(forward, "__code__", None)
    if not kwargs and not getattr(forward, "__defaults__", None) and (code is None or code.co_flags & 4 or len(args) == code.co_argcount):
        return args
    import inspect

    bound = inspect.signature(forward).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.args


def _bind_keywords(forward: Any, args: Any, kwargs: Any) -> Any:
    """The arguments behind ctx, in forward's order: keywords may only fill the places that follow the given ones."""
    code = forward.__code__
    names = code.co_varnames[1 : code.co_argcount]
    for name in kwargs:
        if name not in names:
            raise TypeError(f"forward() got an unexpected keyword argument '{name}'")
        if names.index(name) < len(args):
            raise TypeError(f"forward() got multiple values for argument '{name}'")
    found = list(args)
    while len(found) < len(args) + len(kwargs):
        name = names[len(found)]
        if name not in kwargs:
            raise TypeError(f"forward() missing required argument: '{name}' (position {len(found)})")
        found.append(kwargs[name])
    return tuple(found)


def _forward(cls: Any, ctx: Any, args: Any) -> Any:
    if cls.setup_context is not Function.setup_context:
        output = cls.forward(*args)
        cls.setup_context(ctx, args, output)
        return output
    return cls.forward(ctx, *args)


def _finish(ctx: Any, args: Any, output: Any, records: bool) -> Any:
    """Hang the outputs on the node, check what was marked, save."""
    single = not isinstance(output, tuple)
    outputs = [output] if single else list(output)
    if any(not isinstance(tensor, TensorBase) for tensor in ctx.non_differentiable or ()):
        raise RuntimeError("mark_non_differentiable only accepts variable arguments, but got ")
    dirty = list(ctx.dirty_tensors or ())
    if any(not isinstance(tensor, TensorBase) for tensor in dirty):
        raise RuntimeError("mark_dirty can only accept variables, but argument ")
    for tensor in dirty:
        wrote(tensor, f"{ctx._forward_cls.__name__}.forward")
    for tensor in dirty:
        if not any(tensor is entry for entry in outputs):
            raise RuntimeError(
                "Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified "
                "inplace must all be outputs of the Function."
            )
    if any(not any(tensor is arg for arg in args) for tensor in dirty):
        warnings.warn(_NOT_AN_INPUT, UserWarning, stacklevel=3)
    fixed = {id(tensor) for tensor in ctx.non_differentiable or ()}
    if records:
        ctx.shapes = [entry._array.shape if isinstance(entry, TensorBase) else None for entry in outputs]
        ctx.np_dtypes = [entry._array.dtype if isinstance(entry, TensorBase) else None for entry in outputs]
    results: list[Any] = []
    for number, entry in enumerate(outputs):
        if not isinstance(entry, TensorBase):
            results.append(entry)
            continue
        is_dirty = any(entry is tensor for tensor in dirty)
        flows = records and id(entry) not in fixed and differentiable(entry._array)
        if is_dirty:
            if flows and entry._view is not None:
                if entry._requires_grad and entry._node is None:  # not is_leaf(): a view out of date says so later
                    raise RuntimeError(_DIRTY_LEAF)
                if len(outputs) > 1:
                    raise RuntimeError(_SEVERAL_OUTPUTS)
                _check_written_view(entry)
        results.append(_output(ctx, entry, number, args, is_dirty, flows))
    if records:
        _forbid_writes_into_views(ctx, results)
        ctx._save(results)
    else:
        ctx.to_save = None
    return results[0] if single else tuple(results)


def _forbid_writes_into_views(ctx: Any, results: list[Any]) -> None:
    """Views among several differentiable outputs are outputs of a multi-view function, to PyTorch."""
    flowing = [entry for entry in results if isinstance(entry, TensorBase) and entry._node is ctx]
    if len(flowing) > 1:
        for entry in flowing:
            if entry._view is not None:
                entry._view.creation = views.MULTI_OUTPUT


def _output(ctx: Any, entry: Any, number: int, args: Any, is_dirty: bool, flows: bool) -> Any:
    """One output, joined to the graph as PyTorch does it for modified, returned and new tensors."""
    is_input = any(entry is arg for arg in args)
    if not flows:
        if is_input and (wants_grad(entry) or not is_dirty):
            return entry.view_as(entry) if entry._flags & SUBCLASS and not wants_grad(entry) else _alias_of(entry)
        if entry._view is not None and not is_input:
            entry._view.creation = views.CUSTOM_FUNCTION
        elif not is_input and wants_grad(entry):
            entry.detach_()
        return entry
    if is_dirty:
        if wants_grad(entry) and inplace.is_leaf(entry):
            raise RuntimeError(_DIRTY_LEAF)
        if entry._view is not None:
            inplace.check(entry)
            views.rebase(entry, ctx)
        else:
            inplace.set_edge(entry, ctx, number)
        return entry
    if is_input:
        entry = _view_of(entry)
    if entry._view is not None:
        entry._view.creation = views.CUSTOM_FUNCTION
        entry._view.version = version_of(entry)
    entry._node = ctx
    entry._output_nr = number
    entry._requires_grad = True
    return entry


_NOT_AN_INPUT = (
    "ctx.mark_dirty() received a tensor that was not an input. Only input Tensors that have been mutated should be passed to "
    "ctx.mark_dirty()."
)
_SEVERAL_OUTPUTS = (
    "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one Tensor. This "
    "is not supported by the current autograd engine. You should either make sure the input is not a view (using .clone() for example) or "
    "make your Function only return one Tensor (potentially splitting it into two Functions: one doing the inplace that returns a single "
    "Tensor and a second one that does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you need help to do "
    "this change."
)
_DIRTY_LEAF = "a leaf Variable that requires grad has been used in an in-place operation."


def _check_written_view(entry: Any) -> None:
    """Raise where forward modified a view that may not be modified."""
    if entry._node is None and entry._view.creation in (views.NO_GRAD, views.INFERENCE_MODE) and wants_grad(entry):
        raise RuntimeError(_DIRTY_LEAF)
    views.check_creation(entry, False)


def _alias_of(tensor: Any) -> Any:
    """An input that comes back as it is, where nothing is recorded: a view of it, or where it requires grad, a detached twin."""
    word = get_mode()
    detached = wants_grad(tensor)
    if (tensor._flags & INFERENCE_TENSOR or detached) and not tensor._flags & DISPATCH:
        made = wrap(tensor._array)
        made._flags = tensor._flags
        made._cell = tensor._cell if tensor._flags & INFERENCE_TENSOR else version_cell(tensor)
        return made
    made = _view_of(tensor)
    if detached:
        made._view = None
    elif made._view is not None:
        made._view.creation = views.INFERENCE_MODE if word & INFERENCE else views.NO_GRAD
    return made


def _view_of(tensor: Any) -> Any:
    """An alias of an input, so that the input itself keeps its place in the graph."""
    if tensor._flags & DISPATCH:  # its class says what a view of it is
        token = MODE.set(with_grad(get_mode(), False))
        try:
            return tensor.view_as(tensor)
        finally:
            MODE.reset(token)
    made = wrap(view_size.kernel(tensor._array, tensor._array.shape))
    made._flags |= tensor._flags & LAZY
    made._cell = version_cell(tensor)
    previous = tensor._view
    base = tensor if previous is None else previous.base
    made._view = View(base, previous, None, [], views.CUSTOM_FUNCTION, version_of(tensor))
    return made


def once_differentiable(fn: Any) -> Any:
    """Decorate a `backward` that must not itself be differentiated: doing so raises an error."""

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any) -> Any:
        token = MODE.set(with_grad(get_mode(), False))
        try:
            outputs = fn(ctx, *args)
        finally:
            MODE.reset(token)
        if not get_mode() & GRAD or not any(isinstance(arg, TensorBase) and wants_grad(arg) for arg in args):
            return outputs
        many = outputs if isinstance(outputs, tuple) else (outputs,)
        text = "trying to differentiate twice a function that was marked with @once_differentiable"
        return DelayedError(text, len(many))(*(_asking(entry) for entry in many))

    return wrapper


def _asking(entry: Any) -> Any:
    """A twin of an output of a once_differentiable backward that asks for a gradient and leads nowhere: a search for the gradients of some
    inputs does not find the error."""
    if not isinstance(entry, TensorBase):
        return entry
    made = wrap(entry._array)
    made._flags |= entry._flags & LAZY
    made._requires_grad = True
    return made


class NestedIOFunction(Function):
    """PyTorch's deprecated function with nested inputs and outputs."""

    __module__ = "torch.autograd.function"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("autograd.function.NestedIOFunction is deprecated and not in rushlight")


def __getattr__(name: str) -> Any:
    from rushlight._install import elsewhere

    return elsewhere(name, __name__)
