"""The autograd part of Tensor: gradients, hooks, `.data`."""

from __future__ import annotations

import functools
import warnings
from collections import OrderedDict
from typing import Any

from rushlight._core import dtypes, engine, inplace, node as nodes
from rushlight._core.collector import expect_cycle
from rushlight._core.signature_types import type_name
from rushlight._core.tensor import (
    DUAL,
    FOREIGN,
    INFERENCE,
    LAZY,
    SPARSE,
    TensorBase,
    Version,
    shape_text,
    uncounted,
    version_cell,
    version_of,
    wants_grad,
    wrap,
)
from rushlight.ops import examples
from rushlight.utils.hooks import RemovableHandle, add_hook

_NON_LEAF_GRAD = (
    "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during "
    "autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the "
    "non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See "
    "github.com/pytorch/pytorch/pull/30531 for more information. (Triggered internally at "
    "/__w/pytorch/pytorch/build/aten/src/ATen/core/TensorBody.h:493.)"
)
_CHANGE_FLAG = (
    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't "
    "require differentiation use var_no_grad = var.detach()."
)


def _flag_of(args: Any, kwargs: Any) -> Any:
    """The argument of requires_grad_()."""
    if len(args) > 1:
        raise TypeError(f"requires_grad_() takes from 0 to 1 positional arguments but {len(args)} were given")
    if len(args) + ("requires_grad" in kwargs) == 1:
        flag = args[0] if args else kwargs["requires_grad"]
        if not isinstance(flag, bool) or len(args) + len(kwargs) == 1:
            return flag
    for name in kwargs:
        if args and name == "requires_grad":
            raise TypeError("requires_grad_() got multiple values for argument 'requires_grad'")
        if name != "requires_grad":
            raise TypeError(f"requires_grad_() got an unexpected keyword argument '{name}'")
    return None


def _without_arguments(method: Any) -> Any:
    """A method that refuses arguments in the words of one that is written in C."""

    @functools.wraps(method)
    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise TypeError(f"TensorBase.{method.__name__}() takes no keyword arguments")
        if args:
            raise TypeError(f"TensorBase.{method.__name__}() takes no arguments ({len(args)} given)")
        return method(self)

    return checked


class AutogradFields(TensorBase):
    """What a tensor knows of the graph."""

    @property
    def requires_grad(self) -> bool:
        """Whether gradients reach this tensor."""
        return wants_grad(self)

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise RuntimeError("requires_grad must be a bool")
        if value and not inplace.is_leaf(self):
            raise RuntimeError("you can only change requires_grad flags of leaf variables.")
        _set_requires_grad(self, value, "only Tensors of floating point and complex dtype can require gradients")

    @requires_grad.deleter
    def requires_grad(self) -> None:
        raise RuntimeError("requires_grad must be a bool")

    def requires_grad_(self, *args: Any, **kwargs: Any) -> Any:
        """Set requires_grad (to True by default); returns the tensor. Only leaves of floating or complex dtype can ask for gradients."""
        requires_grad = True
        if args or kwargs:
            requires_grad = _flag_of(args, kwargs)
        if not isinstance(requires_grad, bool):
            raise TypeError(
                f"requires_grad_(): argument 'requires_grad' (position 1) must be bool, not {type(requires_grad).__name__}"
            )
        if examples.transformed():
            raise RuntimeError(examples.TRANSFORMED)
        _set_requires_grad(self, requires_grad, "only Tensors of floating point dtype can require gradients")
        return self

    @property
    def grad_fn(self) -> Any:
        """The node of the operation that made this tensor; None for a leaf."""
        node = nodes.VIEWS.current_node(self) if self._view is not None else self._node
        return None if isinstance(node, nodes.AccumulateGrad) else node

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made the tensor."""
        return inplace.is_leaf(self)

    @property
    def output_nr(self) -> int:
        """Which output of grad_fn this tensor is."""
        return self._output_nr

    @property
    def grad(self) -> Any:
        """The accumulated gradient of a leaf (or of a non-leaf that retains it), or None."""
        node = self._node  # a view's may be out of date, which does not matter here
        if self._grad is None and not self._retains_grad and node is not None and not isinstance(node, nodes.AccumulateGrad):
            warnings.warn(_NON_LEAF_GRAD, UserWarning, stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None:
            _check_grad(self, value)
            if wants_grad(value):
                expect_cycle(self)
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def _version(self) -> int:
        if self._flags and uncounted(self):
            raise RuntimeError("Inference tensors do not track version counter.")
        return version_of(self)

    @property
    def _base(self) -> Any:
        view = self._view
        return None if view is None else view.base

    def _is_view(self) -> bool:
        return self._view is not None

    def is_inference(self) -> bool:
        """Whether the tensor was made in inference mode."""
        return bool(self._flags & INFERENCE)

    @property
    def data(self) -> Any:
        """The same memory as a tensor that autograd knows nothing of: writes to it are not counted by the version counter."""
        examples.refuse("accessing `data` under vmap transform is not allowed", self)
        if self._flags & FOREIGN:
            found = self.detach()  # type: ignore[attr-defined]
            found._cell = None
            return found
        made = wrap(self._array)
        made._storage = self._storage
        made._flags = self._flags & ~DUAL
        if self._flags & INFERENCE and not _in_inference_mode():
            made._cell = Version()
        return made

    @data.setter
    def data(self, value: Any) -> None:
        if not isinstance(value, TensorBase):
            raise TypeError(f"Variable data has to be a tensor, but got {type_name(value)}")
        examples.refuse("mutating directly with `.data` under vmap transform is not allowed.", self, value)
        if self._requires_grad and not differentiable_dtype(value):
            raise RuntimeError("data set to a tensor that requires gradients must be floating point or complex dtype")
        self._array = value._array
        self._storage = value._storage
        self._flags = self._flags & ~SPARSE | value._flags & SPARSE
        if value._flags & INFERENCE and not self._flags & INFERENCE:
            version_cell(self)  # goes on counting
        self._flags = self._flags & ~(LAZY | INFERENCE) | value._flags & (LAZY | INFERENCE)

    @data.deleter
    def data(self) -> None:
        raise RuntimeError("Deleting tensor data is not allowed. Delete tensor instead!")

    # ------------------------------------------------------------ backward and hooks

    def backward(self, gradient: Any = None, retain_graph: Any = None, create_graph: bool = False, inputs: Any = None) -> None:
        """Compute the gradients of the graph's leaves with respect to this tensor; see torch.autograd.backward."""
        if examples.transformed():
            raise RuntimeError(examples.BACKWARD)
        plain = gradient is None and inputs is None and create_graph is False
        if plain and (retain_graph is None or type(retain_graph) is bool) and engine.backward_from_scalar(self, retain_graph is True):
            return
        from rushlight import autograd

        autograd.backward(self, gradient, retain_graph, create_graph, inputs=inputs)

    @property
    def _backward_hooks(self) -> Any:
        return self._hooks

    @_backward_hooks.setter
    def _backward_hooks(self, value: Any) -> None:
        expect_cycle(self)
        self._hooks = value

    @_backward_hooks.deleter
    def _backward_hooks(self) -> None:
        raise RuntimeError("Deletion of _backwards_hooks not allowed!")

    @property
    def _grad_fn(self) -> Any:
        return self.grad_fn

    @_grad_fn.setter
    def _grad_fn(self, value: Any) -> None:
        if value is not None:
            raise RuntimeError("_grad_fn can be only set to None")
        self.detach_()  # type: ignore[attr-defined]

    @_grad_fn.deleter
    def _grad_fn(self) -> None:
        raise RuntimeError("Deletion of _grad_fn not allowed. Detach tensor instead!")

    @property
    def _post_accumulate_grad_hooks(self) -> Any:
        return self._post_hooks

    def register_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(grad)` when this tensor's gradient is computed; what it returns (if not None) replaces it.

        >>> v = torch.tensor([0., 0.], requires_grad=True)
        >>> h = v.register_hook(lambda grad: grad * 2)
        >>> v.backward(torch.tensor([1., 2.]))
        >>> v.grad
        tensor([2., 4.])
        """
        if not wants_grad(self):
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self._hooks is None:
            self._hooks = OrderedDict()
            expect_cycle(self)
            node = self.grad_fn
            if node is not None:
                nodes.add_tensor_hook(node, self._output_nr, self._hooks)
        return add_hook(self._hooks, hook)

    def register_post_accumulate_grad_hook(self, hook: Any) -> RemovableHandle:
        """Call `hook(param)` after a gradient was added to this leaf's `.grad`."""
        if not wants_grad(self):
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if not inplace.is_leaf(self):
            raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")
        if self._post_hooks is None:
            self._post_hooks = OrderedDict()
            expect_cycle(self)
        return add_hook(self._post_hooks, hook)

    @_without_arguments
    def retain_grad(self) -> None:
        """Keep this non-leaf's gradient in `.grad` during backward; does nothing for a leaf."""
        if not wants_grad(self):
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if examples.transformed():
            raise RuntimeError(examples.RETAINED)
        node = self.grad_fn
        if node is None or self._retains_grad:
            return
        import weakref

        if node.retains is None:
            node.retains = {}
        node.retains[self._output_nr] = weakref.ref(self)
        self._retains_grad = True

    @property
    def retains_grad(self) -> bool:
        """Whether retain_grad() was called on this non-leaf."""
        return self._retains_grad


def differentiable_dtype(tensor: TensorBase) -> bool:
    """Whether the tensor's dtype can have gradients."""
    return dtypes.of(tensor._array).category >= dtypes.FLOATING


def _set_requires_grad(tensor: TensorBase, value: bool, refusal: str) -> None:
    if value and tensor._node is not None and not isinstance(tensor._node, nodes.AccumulateGrad):
        return  # it requires grad already
    if not inplace.is_leaf(tensor):
        if not value:
            raise RuntimeError(_CHANGE_FLAG)
        return
    if value and not differentiable_dtype(tensor):
        raise RuntimeError(refusal)
    if value and tensor._flags & INFERENCE and not _in_inference_mode():
        raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
    tensor._requires_grad = value
    view = tensor._view
    if value and view is not None:
        view.version = version_of(tensor)


def _in_inference_mode() -> bool:
    from rushlight.autograd.grad_mode import is_inference_mode_enabled

    return is_inference_mode_enabled()


def _check_grad(tensor: TensorBase, value: Any) -> None:
    """Refuse what cannot be the tensor's gradient."""
    if not isinstance(value, TensorBase):
        raise TypeError(f"assigned grad expected to be a Tensor or None but got grad of type {type_name(value)}")
    if value is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    wanted: Any = tensor._array.dtype
    if "_grad_dtype" in (fields := getattr(tensor, "__dict__", {})):
        wanted = value._array.dtype if fields["_grad_dtype"] is None else fields["_grad_dtype"].np_dtype
    if value._array.dtype != wanted:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{_C_NAMES.get(dtypes.of(value._array).name, dtypes.of(value._array).name)}' to a "
            f"tensor with grad_dtype '{dtypes.of_numpy(wanted).cpp}'. The gradient must match the tensor's grad_dtype (defaults to the "
            "tensor's dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set "
            "grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they "
            "match."
        )
    if value._array.shape != tensor._array.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{shape_text(value._array.shape)}' to a tensor of size "
            f"'{shape_text(tensor._array.shape)}'. Please ensure that the gradient and the tensor are the same size"
        )


# C++ type names, as one message has them
_C_NAMES = {
    "float64": "double", "float32": "float", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "int64": "long int", "int32": "int",
    "int16": "short int", "int8": "signed char", "uint8": "unsigned char", "complex64": "c10::complex<float>",
    "complex128": "c10::complex<double>",
}  # fmt: skip
