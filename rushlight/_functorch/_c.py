"""torch._C._functorch: what packages ask of tensors inside transforms, and vmap's levels one step at a time."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from rushlight._core.tensor import DUAL
from rushlight.func import batching, mapping
from rushlight.func.levels import STACK, Level, make, tangents_of, tracking_level
from rushlight.func.others import debug_unwrap
from rushlight.ops.declare import REGISTRY

_settings = {"fallback": True, "inplace_requires_grad": False, "single_level_function": False}


class TransformType(IntEnum):
    """The kinds of transforms."""

    Torch = 0
    Grad = 2
    Jvp = 3
    Functionalize = 4
    Vmap = 1

    def __repr__(self) -> str:
        return f"<TransformType.{self.name}: {self.value}>"

    def __str__(self) -> str:
        return f"TransformType.{self.name}"


class RandomnessType(IntEnum):
    """What random numbers the examples of a vmap get."""

    Error = 0
    Same = 1
    Different = 2

    def __repr__(self) -> str:
        return f"<RandomnessType.{self.name}: {self.value}>"

    def __str__(self) -> str:
        return f"RandomnessType.{self.name}"


for _class in (TransformType, RandomnessType):
    _class.__module__ = "torch._C._functorch"
_KINDS = {"grad": TransformType.Grad, "jvp": TransformType.Jvp, "vmap": TransformType.Vmap}


class CInterpreter:
    """A transform that is being carried out."""

    def __init__(self, level: Any) -> None:
        self._level = level._level if isinstance(level, CInterpreter) else level

    def key(self) -> TransformType:
        """Its kind."""
        return _KINDS[self._level.kind]

    def level(self) -> int:
        """Its number: 1 for the outermost."""
        return int(self._level.number)


class CVmapInterpreterPtr(CInterpreter):
    """A vmap."""

    def batchSize(self) -> int:
        """How many examples there are."""
        return int(self._level.size)

    def randomness(self) -> RandomnessType:
        """What random numbers they get."""
        return RandomnessType[self._level.randomness.capitalize()]


class CGradInterpreterPtr(CInterpreter):
    """A gradient that is being worked out."""


class CJvpInterpreterPtr(CInterpreter):
    """A product with tangents that is being worked out."""


for _class in (CInterpreter, CVmapInterpreterPtr, CGradInterpreterPtr, CJvpInterpreterPtr):
    _class.__module__ = "torch._C._functorch"


def _levels() -> list[Level]:
    return [level for level in STACK.get() if level.kind in _KINDS and not level.internal]


def peek_interpreter_stack() -> CInterpreter | None:
    """The innermost transform, or None."""
    found = _levels()
    return CInterpreter(found[-1]) if found else None


def get_interpreter_stack() -> list[CInterpreter] | None:
    """All transforms, outermost first, or None."""
    return [CInterpreter(level) for level in _levels()] or None


def get_dynamic_layer_stack_depth() -> int:
    """How many transforms there are."""
    return len(_levels())


def maybe_current_level() -> int | None:
    """The number of the innermost level, or None outside of transforms."""
    found = _levels()
    return int(found[-1].number) if found else None


def current_level() -> int:
    """The number of the innermost level."""
    found = maybe_current_level()
    if found is None:
        raise RuntimeError(
            'maybe_layer.has_value() INTERNAL ASSERT FAILED at "/__w/pytorch/pytorch/torch/csrc/functorch/init.cpp":421, please report a '
            "bug to PyTorch. "
        )
    return found


# ---------------------------------------------------------------- tensors


def _following(tensor: Any) -> int | None:
    """The innermost level at which a tensor is differentiated."""
    numbers = [level.number for level, _ in tangents_of(tensor) if level.kind == "jvp"] if tensor._flags & DUAL else []
    tracking = tracking_level(tensor)
    return max([*numbers, *([] if tracking is None else [tracking])], default=None)


def is_batchedtensor(tensor: Any) -> bool:
    """Whether a tensor stands for the examples of a vmap level (and is not differentiated at an inner one)."""
    return tensor._batch is not None and maybe_get_level(tensor) == tensor._batch.level.number


def is_legacy_batchedtensor(tensor: Any) -> bool:
    """Whether a tensor belongs to a batch of torch.autograd's own."""
    return tensor._batch is not None and tensor._batch.level.internal


def is_gradtrackingtensor(tensor: Any) -> bool:
    """Whether a transform follows the tensor's derivatives."""
    following = _following(tensor)
    return following is not None and following == maybe_get_level(tensor)


def is_functorch_wrapped_tensor(tensor: Any) -> bool:
    """Whether a tensor belongs to a transform."""
    return maybe_get_level(tensor) != -1


def is_functionaltensor(tensor: Any) -> bool:
    """False: nothing is functionalized."""
    return False


def is_dead_tensor_wrapper(tensor: Any) -> bool:
    """Whether the tensor belongs to a transform that is over."""
    return tensor._batch is not None and not tensor._batch.level.alive


def unwrap_if_dead(tensor: Any) -> Any:
    """The tensor."""
    return tensor


def get_unwrapped(tensor: Any) -> Any:
    """What a tensor stands for one level further out."""
    if not is_functorch_wrapped_tensor(tensor):
        raise RuntimeError("No wrappers present!")
    return tensor._batch.value if is_batchedtensor(tensor) else debug_unwrap(tensor, recurse=False)


def maybe_get_level(tensor: Any) -> int:
    """The number of the innermost level that a tensor belongs to, -1 for any other tensor."""
    own = -1 if tensor._batch is None else int(tensor._batch.level.number)
    following = _following(tensor)
    return own if following is None else max(own, following)


def dlevel(tensor: Any) -> int:
    """The number of the innermost level at which a tensor is differentiated, 0 for none."""
    return _following(tensor) or 0


def maybe_get_bdim(tensor: Any) -> int:
    """Which dimension counts a batched tensor's examples, -1 for any other tensor."""
    return -1 if tensor._batch is None or tensor._batch.dim is None else int(tensor._batch.dim)


# ---------------------------------------------------------------- vmap by hand


def _vmap_increment_nesting(batch_size: int, randomness: str) -> int:
    """Enter a vmap level; returns its number."""
    level = Level("vmap", batch_size, randomness)
    level.__enter__()
    return int(level.number)


def _vmap_decrement_nesting() -> int:
    """Leave the innermost level; returns its number."""
    level = STACK.get()[-1]
    level.__exit__()
    return int(level.number)


def _add_batch_dim(tensor: Any, in_dim: int, level: int) -> Any:
    """The batched tensor of a level whose examples are counted along `in_dim`."""
    return make(mapping.at(level), tensor, in_dim % tensor._array.ndim)


def _remove_batch_dim(tensor: Any, level: int, batch_size: int, out_dim: int) -> Any:
    """The tensor of all examples, counted along `out_dim`."""
    return mapping.removed(tensor, out_dim, mapping.at(level))


def _unwrap_batched(tensor: Any, level: int) -> tuple[Any, int | None]:
    """What a tensor stands for at a level, and its batch dimension there."""
    batch = tensor._batch
    return (tensor, None) if batch is None or batch.level.number != level else (batch.value, batch.dim)


def reshape_dim_into(src: int, dst: int, tensor: Any) -> Any:
    """Dimension `src` put in front of dimension `dst` of the others and joined with it."""
    rank = tensor._array.ndim
    src, dst = src % rank, dst % (rank - 1)
    sizes = [size for place, size in enumerate(tensor._array.shape) if place != src]
    sizes[dst] *= tensor._array.shape[src]
    return REGISTRY["reshape"](REGISTRY["movedim.int"](tensor, src, dst), sizes)


def reshape_dim_outof(src: int, size1: int, tensor: Any) -> Any:
    """Dimension `src` split in two, of which the first has `size1` elements."""
    src %= tensor._array.ndim
    sizes = list(tensor._array.shape)
    if size1 and sizes[src] % size1:
        raise RuntimeError(
            'shape[src] % size1 == 0 INTERNAL ASSERT FAILED at "/__w/pytorch/pytorch/aten/src/ATen/functorch/BatchRulesHelper.cpp":119, '
            "please report a bug to PyTorch. "
        )
    sizes[src : src + 1] = [size1, sizes[src] // size1 if size1 else 0]
    return REGISTRY["reshape"](tensor, sizes)


# ---------------------------------------------------------------- settings


def _is_vmap_fallback_enabled() -> bool:
    return _settings["fallback"]


def _set_vmap_fallback_enabled(enabled: bool) -> None:
    """Whether operators without a rule may loop."""
    _settings["fallback"] = batching.SETTINGS.loops = enabled


def _set_vmap_fallback_warning_enabled(enabled: bool) -> None:
    """Whether operators that loop say so."""
    batching.SETTINGS.warns = enabled


def get_inplace_requires_grad_allowed() -> bool:
    """Whether requires_grad_() works inside transforms: it is remembered, not heeded."""
    return _settings["inplace_requires_grad"]


def set_inplace_requires_grad_allowed(allowed: bool) -> None:
    """See get_inplace_requires_grad_allowed()."""
    _settings["inplace_requires_grad"] = allowed


def get_single_level_autograd_function_allowed() -> bool:
    """Whether custom functions are called one level at a time: it is remembered, not heeded."""
    return _settings["single_level_function"]


def set_single_level_autograd_function_allowed(allowed: bool) -> None:
    """See get_single_level_autograd_function_allowed()."""
    _settings["single_level_function"] = allowed
