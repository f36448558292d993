"""What must not look at, or must know of, the values of tensors inside vmap: there a tensor stands for many examples.

Operators get their examples from torch.func's dispatch. The functions here serve the rest: what reads values, factories that make a
tensor like another, and results taken out of the graph.
"""

from __future__ import annotations

from sys import modules
from typing import Any

import numpy as np

from rushlight._core.state import VMAP, get_mode
from rushlight._core.tensor import BATCHED, DUAL, LAZY, TensorBase, new_as, wants_grad, wrap
from rushlight.ops.declare import REGISTRY

ITEM = (
    "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite "
    "what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report."
)
CONTROL = (
    "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please file an "
    "issue at https://github.com/pytorch/pytorch/issues ."
)
POINTER = "Cannot access data pointer of Tensor that doesn't have storage"
EQUAL = "Batching rule not implemented for aten::equal. We could not generate a fallback."
ALLCLOSE = (
    "vmap over torch.allclose isn't supported yet. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this "
    "feature."
)
DETACHED = (
    "Can't detach views in-place. Use detach() instead. If you are using DistributedDataParallel (DDP) for training, and "
    "gradient_as_bucket_view is set as True, gradients are views of DDP buckets, and hence detach_() cannot be called on these gradients. "
    "To fix this error, please refer to the Optimizer.zero_grad() function in torch/optim/optimizer.py as the solution."
)
OUT = "Batching rule not implemented for aten::{}.out; the fallback path doesn't work on out= or view ops."
TRANSFORMED = (
    "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) inside of a function being "
    "transformed by a functorch transform. This is unsupported, please attempt to use the functorch transforms (e.g. grad, vjp, jacrev, "
    "jacfwd, hessian) or call requires_grad_() outside of a function being transformed instead."
)
RETAINED = (
    "You are attempting to call Tensor.retain_grad() inside of a function being transformed by a functorch transform. This is "
    "unsupported, please attempt to use the functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call retain_grad() outside "
    "of a function being transformed instead."
)
ESCAPED = (
    "Either your tensor may have escaped from inside a function being vmapped and this is a user error (see "
    "https://pytorch.org/functorch/stable/ux_limitations.html), or there is an internal functorch error in `gen_vmap_plumbing` Please "
    "file an issue if it looks like the latter"
)
HOOKED = (
    "torch.func.{grad, vjp, jacrev, hessian} don't yet support saved tensor hooks. Please open an issue with your use case."
)
BACKWARD = (
    "backward() called inside a functorch transform. This is not supported, please use functorch.grad or functorch.vjp instead or call "
    "backward() outside of functorch transforms."
)


RANDOM_OUT = (
    "vmap: We do not support calling out variants of random operations inside of vmap. Please use non-out variants as a workaround"
)


class _Levels:
    """What torch.func puts here when it is imported."""

    def __init__(self) -> None:
        self.make: Any = None  # (level, tensor, dimension) -> batched tensor
        self.draw: Any = None  # drawn(), inside vmap
        # What those who take operators over put here: the value of item(), the gradient 1 of a scalar, or NotImplemented.
        self.scalar: Any = None
        self.implied: Any = None


LEVELS = _Levels()


def refuse(text: str, *tensors: Any) -> None:
    """Raise where one of the tensors stands for many examples."""
    for tensor in tensors:
        if isinstance(tensor, TensorBase) and tensor._flags & BATCHED and stands_for_many(tensor):
            raise RuntimeError(text)


def stands_for_many(tensor: Any) -> bool:
    """Whether the examples of a batched tensor differ at some level; one that is the same for all is as good as a plain one."""
    while tensor._batch is not None:
        if tensor._batch.dim is not None:
            return True
        tensor = tensor._batch.value
    return False


def refuse_out(name: str, *tensors: TensorBase) -> None:
    """Raise where a result for `out=` stands for many examples or has a tangent."""
    refuse(OUT.format(name), *tensors)
    if any(tensor._flags & DUAL for tensor in tensors):
        raise NotImplementedError(
            f"Trying to use forward AD with {name}_out that does not support it because it is an out= function"
        )


def of_all(tensor: TensorBase) -> TensorBase:
    """The tensor of all examples; any other tensor itself."""
    while tensor._batch is not None:
        tensor = tensor._batch.value
    return tensor


def for_each(made: TensorBase, like: TensorBase) -> TensorBase:
    """A new tensor that was made like `like`, for each of its examples one: with memory of its own."""
    if not like._flags & BATCHED:
        return made
    make, batch = LEVELS.make, like._batch
    inner = for_each(made, batch.value)
    if batch.dim is None:
        return make(batch.level, inner, None)
    if not inner._flags:
        array = inner._array
        whole_array = np.empty((batch.level.size, *array.shape), array.dtype)
        whole_array[...] = array
        return make(batch.level, wrap(whole_array), 0)
    whole = REGISTRY["expand"](inner, (batch.level.size, *inner._array.shape), False)
    return make(batch.level, REGISTRY["clone"](whole, None), 0)


def constant(tensor: TensorBase) -> TensorBase:
    """The tensor outside of its graph, without tangents."""
    if not tensor._flags & (BATCHED | DUAL):
        found = wrap(tensor._array)
        found._flags = tensor._flags & LAZY
        return found
    found = new_as(type(tensor), tensor._array)
    found._flags = tensor._flags & ~DUAL
    found._batch = tensor._batch
    return found


def drawn(size: Any, make_values: Any) -> Any:
    """make_values(shape), a random tensor: inside vmap for each example another one, or one for all, or none."""
    if not get_mode() & VMAP:
        return make_values(tuple(size))
    return LEVELS.draw(size, make_values)  # type: ignore[no-any-return]


def refuse_random_out() -> None:
    """Raise where random numbers are to be drawn into `out` inside vmap."""
    if get_mode() & VMAP:
        raise RuntimeError(RANDOM_OUT)


def transformed(*kinds: str) -> bool:
    """Whether the program is inside a transform of torch.func (of one of these kinds)."""
    levels = modules.get("rushlight.func.levels")
    if levels is None:
        return False
    return any(level.kind in (kinds or ("vmap", "grad", "jvp")) and not level.internal for level in levels.STACK.get())


def followed(tensor: TensorBase) -> bool:
    """Whether the tensor belongs to a transform of torch.func that is being carried out."""
    return transformed() and (tensor._flags & (BATCHED | DUAL) != 0 or wants_grad(tensor))


def changed(tensor: TensorBase, array: Any) -> TensorBase:
    """The tensor with `array` in the place of all its examples."""
    batch = tensor._batch
    if batch is None:
        return wrap(array)
    return LEVELS.make(batch.level, changed(batch.value, array), batch.dim)
