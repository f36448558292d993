"""torch.utils.checkpoint: keep a function's inputs instead of what its operations save, and compute it again in the backward pass.

NOTE [ Checkpointing without re-entrance ]
Inside the checkpointed function a pack hook keeps, in place of each saved tensor, a Slip that knows only its number. The first slip that
the backward pass unpacks makes the function run again, under a second pack hook that collects what the operations save this time, by
number; further slips find their tensor there. A second run serves one backward pass (and one unpack outside of any), and what it collected
is let go as it is used. Checkpoints inside checkpoints need nothing more: the second run of the outer function runs the inner checkpoint
as a first run does, so the inner slips are what the outer run collects. The inputs are kept by a node outside of the pack hook, so that
saved-tensor hooks around the checkpoint apply to them.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
import warnings
import weakref
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from rushlight._core.engine import RUNNING
from rushlight._core.state import AUTOCAST, get_mode
from rushlight._core.tensor import TensorBase, wants_grad
from rushlight._generator import default_generator
from rushlight._install import elsewhere
from rushlight.autograd import backward as run_backward
from rushlight.autograd.function import Function
from rushlight.autograd.grad_mode import enable_grad, is_grad_enabled, no_grad
from rushlight.autograd.graph import current_pass, saved_tensors_hooks
from rushlight.ops.declare import public_function
from rushlight.utils._pytree import tree_leaves

__all__ = [  # noqa: F822
    "checkpoint", "checkpoint_sequential", "CheckpointError", "CheckpointFunction", "check_backward_validity", "detach_variable",
    "get_device_states", "set_device_states", "noop_context_fn", "set_checkpoint_early_stop", "DefaultDeviceType",
    "set_checkpoint_debug_enabled", "CheckpointPolicy", "SelectiveCheckpointContext", "create_selective_checkpoint_contexts",
    "SAC_IGNORED_OPS", "GraphExecGroup",
]  # fmt: skip

_empty = public_function("torch", "empty")
_enable_checkpoint_early_stop: bool | None = None
_checkpoint_debug_enabled: bool | None = None

_PASS_IT = (
    "the use_reentrant parameter should be passed explicitly. {when} use_reentrant=False is recommended, but if you need to preserve the "
    "current default behavior, you can pass use_reentrant=True. Refer to docs for more details on the differences between the two variants."
)
_TIP = """

Tip: To see a more detailed error message, either pass `debug=True` to
`torch.utils.checkpoint.checkpoint(...)` or wrap the code block
with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to
enable checkpoint\u2011debug mode globally.

If this error occurs under torch.compile with automatic_dynamic_shapes enabled,
it may be because the recomputation selected a different compiled graph than the
forward pass (e.g., a dynamic graph instead of the original static graph).
To fix this, either:
  - Use torch._dynamo.mark_dynamic() to explicitly mark varying dimensions as
    dynamic upfront, avoiding the static-to-dynamic transition.
  - Call torch._C._dynamo.eval_frame._set_lru_cache(False) to disable LRU cache
    reordering, which can change which graph is checked first between forward
    and recompute.
See https://github.com/pytorch/pytorch/issues/166926 for more details and
workaround examples.
"""


_MORE = "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward pass."


class CheckpointError(RuntimeError):
    """The second run of a checkpointed function did not save what the first one saved."""

    __module__ = "torch.utils.checkpoint"


class DefaultDeviceType:
    """Which accelerator's random state is kept; there is none here."""

    _default_device_type = "cpu"

    @staticmethod
    def set_device_type(device: str = "cpu") -> None:
        """Remember a device type."""
        DefaultDeviceType._default_device_type = device

    @staticmethod
    def get_device_type() -> str:
        """The device type that was remembered."""
        return DefaultDeviceType._default_device_type


def _infer_device_type(*args: Any) -> str:
    """The device type of the arguments' tensors that are not on the CPU, the one that was remembered where there are none."""
    found = [value.device.type for value in tree_leaves(args) if isinstance(value, TensorBase) and value.device.type != "cpu"]  # type: ignore[attr-defined]
    return found[0] if found else DefaultDeviceType.get_device_type()


def _get_device_module(device: str = "cpu") -> Any:
    """The module of a device type."""
    return import_module(f"rushlight.{device}")


def _get_autocast_kwargs(device_type: str = "cpu") -> tuple[Any, Any]:
    """The settings of autocast for a device type and for the CPU, as keywords of torch.autocast."""
    from rushlight.amp import autocast_mode as amp

    def settings(kind: str) -> dict[str, Any]:
        cached = amp.is_autocast_cache_enabled()
        return {"enabled": amp.is_autocast_enabled(kind), "dtype": amp.get_autocast_dtype(kind), "cache_enabled": cached}

    return settings(device_type), settings("cpu")


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """The random states of the arguments' accelerators: there are none."""
    return [], []


def set_device_states(devices: Any, states: Any, *, device_type: Any = None) -> None:
    """Restore what get_device_states() returned."""


def noop_context_fn() -> tuple[Any, Any]:
    """Contexts for both runs that do nothing."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def detach_variable(inputs: Any) -> tuple[Any, ...]:
    """The tensors of a tuple as leaves that ask for a gradient where the originals did."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}")
    found = []
    for value in inputs:
        if isinstance(value, TensorBase):
            leaf: Any = value.detach()  # type: ignore[attr-defined]
            leaf.requires_grad = wants_grad(value)
            value = leaf
        found.append(value)
    return tuple(found)


def check_backward_validity(inputs: Any) -> None:
    """Warn where no input requires grad."""
    if not any(isinstance(value, TensorBase) and wants_grad(value) for value in inputs):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Iterator[None]:
    """Whether second runs stop as soon as they have saved all that is needed; overrides the argument of checkpoint()."""
    global _enable_checkpoint_early_stop
    before = _enable_checkpoint_early_stop
    _enable_checkpoint_early_stop = enable
    try:
        yield
    finally:
        _enable_checkpoint_early_stop = before


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled: bool | None) -> Iterator[None]:
    """Whether errors list what both runs saved; overrides the argument of checkpoint()."""
    global _checkpoint_debug_enabled
    before = _checkpoint_debug_enabled
    _checkpoint_debug_enabled = enabled
    try:
        yield
    finally:
        _checkpoint_debug_enabled = before


def _mark(stream: Any) -> tuple[Any, ...]:
    """Where the random stream stands, for comparing: its block of outputs (an object of its own) and the place in it."""
    return (stream._outputs, stream._seed, stream._next, stream._left, stream.next_double, stream.next_float)


def _same(first: tuple[Any, ...], second: tuple[Any, ...]) -> bool:
    return first[0] is second[0] and first[1:] == second[1:]


class _SameRandom:
    """In the block the default generator goes on from where it was when this was made; afterwards it is back where it was.

    Reading and writing its state takes longer than a small network, so both are left out while nobody draws random numbers.
    """

    _last: tuple[Any, Any] = ((None, None), None)  # the last mark, and the state there

    def __init__(self) -> None:
        self.mark = _mark(default_generator._stream)
        if not _same(_SameRandom._last[0], self.mark):
            state = default_generator._stream.get_state()
            self.mark = _mark(default_generator._stream)
            _SameRandom._last = (self.mark, state)
        self.state = _SameRandom._last[1]

    def __enter__(self) -> None:
        stream = default_generator._stream
        self.moved = not _same(_mark(stream), self.mark)
        self.outside = None
        if self.moved:
            self.outside = stream.get_state()
            stream.set_state(self.state)
        self.inside = _mark(stream)

    def __exit__(self, *error: object) -> None:
        stream = default_generator._stream
        if self.moved:
            stream.set_state(self.outside)
        elif not _same(_mark(stream), self.inside):
            stream.set_state(self.state)


# ---------------------------------------------------------------- with re-entrance


class CheckpointFunction(Function):
    """A checkpoint as one node, whose backward runs the function again and then a backward pass of its own."""

    @staticmethod
    def forward(ctx: Any, run_function: Any, preserve_rng_state: bool, *args: Any) -> Any:
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.random = _SameRandom() if preserve_rng_state else contextlib.nullcontext()
        ctx.inputs = [None if isinstance(value, TensorBase) else value for value in args]
        ctx.tensor_indices = [index for index, value in enumerate(args) if isinstance(value, TensorBase)]
        ctx.save_for_backward(*(args[index] for index in ctx.tensor_indices))
        with no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *args: Any) -> Any:
        task = RUNNING.get()
        if task is not None and (not task.accumulate or task.selective):
            raise RuntimeError(
                "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to "
                ".backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the "
                "`inputs` argument."
            )
        inputs = list(ctx.inputs)
        for index, tensor in zip(ctx.tensor_indices, ctx.saved_tensors):
            inputs[index] = tensor
        leaves = detach_variable(tuple(inputs))
        with ctx.random, enable_grad():
            outputs = ctx.run_function(*leaves)
        if isinstance(outputs, TensorBase):
            outputs = (outputs,)
        pairs = [(output, grad) for output, grad in zip(outputs, args) if isinstance(output, TensorBase) and wants_grad(output)]
        if not pairs:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        run_backward([output for output, _ in pairs], [grad for _, grad in pairs])
        return (None, None, *(value.grad if isinstance(value, TensorBase) else None for value in leaves))


# ---------------------------------------------------------------- without


class _Enough(Exception):
    """Ends a second run that has saved all that was saved the first time."""


class _Slip:
    """What a graph holds in place of a tensor that its checkpoint will compute again."""

    __slots__ = ("number", "used_up", "__weakref__")

    def __init__(self, number: int) -> None:
        self.number = number
        self.used_up: set[int] = set()  # the passes that had their tensor already


class _KeepInputs(Function):
    """A node that does nothing but save tensors."""

    @staticmethod
    def forward(ctx: Any, asking: Any, *tensors: Any) -> Any:
        ctx.save_for_backward(*tensors)
        return _empty((0,))

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise AssertionError("this node leads nowhere")


def _described(tensor: Any) -> dict[str, Any]:
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


_CHECKS: dict[str, Any] = {"default": _described, "none": lambda tensor: None}
_unpacks = itertools.count(2)


class _Call:
    """One call of a checkpointed function: its inputs, and what second runs collected. See NOTE [ Checkpointing without re-entrance ]."""

    def __init__(self, run_again: Callable[[Any], None], args: tuple[Any, ...], early_stop: bool, describe: Any) -> None:
        self.run_again = run_again
        self.early_stop = early_stop
        self.describe = describe
        self.logs: Any = None  # of debug=True
        self.slips: list[weakref.ref[_Slip]] = []
        self.metadata: list[Any] = []
        self.collected: dict[int, dict[int, Any]] = {}  # pass -> number -> tensor
        self.counts: dict[int, int] = {}  # pass -> how many tensors its run saved
        self.done = False  # the first run; before its end only a gradient taken inside it is unpacked
        self.positions = [index for index, value in enumerate(args) if isinstance(value, TensorBase)]
        self.others = [None if isinstance(value, TensorBase) else value for value in args]
        asking = _empty((0,), requires_grad=True)
        with enable_grad():
            self.keeper = _KeepInputs.apply(asking, *(args[index] for index in self.positions))

    def inputs(self) -> list[Any]:
        """The arguments of the call."""
        found = list(self.others)
        for index, tensor in zip(self.positions, self.keeper.grad_fn.saved_tensors):
            found[index] = tensor
        return found

    # ------------------------------------------------------------ the first run

    def pack(self, tensor: Any) -> _Slip:
        """Take a number instead of the tensor."""
        slip = _Slip(len(self.slips))
        self.slips.append(weakref.ref(slip))
        self.metadata.append(self.describe(tensor))
        return slip

    def unpack(self, slip: _Slip) -> Any:
        """The tensor of a number, after a second run where this pass had none."""
        key = current_pass()
        alone = key < 0  # nobody's backward pass: a look at what is saved
        if alone:
            key = -next(_unpacks)
        if key not in self.counts:
            try:
                self.run_second(key)
                self.check(key)
            except CheckpointError as error:
                if self.logs is None:
                    raise
                raise CheckpointError(self.logs.text()) from error
        if key in slip.used_up or slip.number not in self.collected[key]:
            was = "already unpacked once" if key in slip.used_up else "either never recomputed, or already unpacked once"
            raise CheckpointError(
                f"torch.utils.checkpoint: Unpack is being triggered for a tensor that was {was}. If you are calling ctx.saved_tensors in "
                "backward, make sure to do so only once. Otherwise please open an issue with details on your use case."
            )
        slip.used_up.add(key)
        found = self.collected[key].pop(slip.number)
        if alone:
            del self.counts[key], self.collected[key]
        return found

    # ------------------------------------------------------------ the second run

    def run_second(self, key: int) -> None:
        """Compute the function again, collecting what its operations save."""
        self.counts[key] = 0
        self.collected[key] = {}
        inputs = self.inputs()

        def collect(tensor: Any) -> Any:
            number = self.counts[key]
            self.counts[key] = number + 1
            if number >= len(self.slips):
                if self.done:
                    raise CheckpointError(_MORE + _TIP)
                return tensor.detach()
            if self.slips[number]() is not None:
                self.collected[key][number] = tensor.detach()
            if self.early_stop and number + 1 == len(self.slips):
                raise _Enough
            return tensor.detach()

        try:
            with saved_tensors_hooks(collect, lambda tensor: tensor), enable_grad():
                self.run_again(inputs)
        except _Enough:
            pass

    def check(self, key: int) -> None:
        """Raise where the second run saved other tensors than the first one."""
        if not self.done:
            return
        if self.counts[key] != len(self.slips):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n"
                f"Number of tensors saved during forward: {len(self.slips)}\n"
                f"Number of tensors saved during recomputation: {self.counts[key]}." + _TIP
            )
        lines = []
        for number, tensor in self.collected[key].items():
            before, now = self.metadata[number], self.describe(tensor)
            if before != now:
                lines.append(f"tensor at position {number}:\nsaved metadata: {before}\nrecomputed metadata: {now}")
        if lines:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward "
                "pass.\n" + "\n".join(lines) + "\n." + _TIP
            )


def _autocast() -> Any:
    """The autocast mode of the first run, for the second one."""
    if not get_mode() & AUTOCAST and "rushlight.amp.autocast_mode" not in sys.modules:
        return contextlib.nullcontext()
    from rushlight.amp import autocast_mode as modes

    enabled = modes.is_autocast_enabled("cpu")
    return modes.autocast("cpu", modes.get_autocast_dtype("cpu"), enabled, modes.is_autocast_cache_enabled())


@contextlib.contextmanager
def _first_run(
    function: Any, preserve: bool, contexts: Any, check: str, early_stop: bool, debug: bool, args: Any, kwargs: Any
) -> Iterator[None]:  # fmt: skip
    """The block in which a checkpointed function runs the first time."""
    if check not in _CHECKS:
        raise ValueError(f"determinism_check should be one of {list(_CHECKS)}, but got {check}")
    if not is_grad_enabled():
        yield
        return
    logs: Any = None
    if debug if _checkpoint_debug_enabled is None else _checkpoint_debug_enabled:
        from rushlight._checkpoint_log import Logs

        if contexts is not noop_context_fn:
            raise ValueError("debug=True is incompatible with non-default context_fn")
        logs = Logs()
        contexts = logs.contexts
    first, second = contexts()
    random: Any = _SameRandom() if preserve else contextlib.nullcontext()
    names = list(kwargs)
    count = len(args)

    casting = _autocast()

    def run_again(inputs: Any) -> None:
        with random, casting, second:
            function(*inputs[:count], **dict(zip(names, inputs[count:])))

    call = _Call(run_again, (*args, *kwargs.values()), early_stop, _CHECKS[check])
    call.logs = logs
    with saved_tensors_hooks(call.pack, call.unpack), first:
        yield
    call.done = True


def checkpoint(
    function: Any,
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Callable[[], tuple[Any, Any]] = noop_context_fn,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """function(*args, **kwargs), without keeping what its operations save: the backward pass computes it again.

    use_reentrant: True makes the call one node, whose backward starts a pass of its own; False (better) leaves the graph as it is.
    preserve_rng_state=False: the second run may draw other random numbers than the first.

    >>> x = torch.ones(2, requires_grad=True)
    >>> torch.utils.checkpoint.checkpoint(torch.exp, x, use_reentrant=False).sum().backward()
    >>> x.grad
    tensor([2.7183, 2.7183])
    """
    if use_reentrant is None:
        when = "Starting in PyTorch 2.9, calling checkpoint without use_reentrant will raise an exception."
        warnings.warn("torch.utils.checkpoint: " + _PASS_IT.format(when=when), stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs and use_reentrant:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if not use_reentrant:
        stop = early_stop if _enable_checkpoint_early_stop is None else _enable_checkpoint_early_stop
        with _first_run(function, preserve, context_fn, determinism_check, stop, debug, args, kwargs):
            return function(*args, **kwargs)
    if context_fn is not noop_context_fn or debug:
        raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    return CheckpointFunction.apply(function, preserve, *args)


def checkpoint_sequential(functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, **kwargs: Any) -> Any:
    """A chain of functions in `segments` checkpoints; the last segment is run as it is."""
    if use_reentrant is None:
        when = "In version 2.9 we will raise an exception if use_reentrant is not passed."
        warnings.warn("torch.utils.checkpoint.checkpoint_sequential: " + _PASS_IT.format(when=when), stacklevel=2)
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    chain = list(functions.children()) if hasattr(functions, "children") else list(functions)

    def part(first: int, last: int) -> Any:
        def run(value: Any) -> Any:
            for function in chain[first:last]:
                value = function(value)
            return value

        return run

    size = len(chain) // segments
    start = 0
    for start in range(0, size * (segments - 1), size):
        input = checkpoint(part(start, start + size), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return part(size * (segments - 1), len(chain))(input)


class GraphExecGroup:
    """Checkpoints that share one second run; accepted as a context manager."""

    def __enter__(self) -> GraphExecGroup:
        return self

    def __exit__(self, *error: object) -> None:
        return None


_SELECTIVE = ("CheckpointPolicy", "SelectiveCheckpointContext", "create_selective_checkpoint_contexts", "SAC_IGNORED_OPS")
_MODES = ("_CachingTorchDispatchMode", "_CachedTorchDispatchMode", "_VersionWrapper")


def __getattr__(name: str) -> Any:
    if name in _SELECTIVE or name in _MODES:  # loaded when a program asks: it is made of what stands below autograd
        from rushlight import _selective_checkpoint

        globals().update({entry: getattr(_selective_checkpoint, entry) for entry in (*_SELECTIVE, *_MODES)})
        return globals()[name]
    return elsewhere(name, __name__)
