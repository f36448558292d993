"""torch._C: the few names of PyTorch's extension module that programs use."""

from __future__ import annotations

from contextvars import ContextVar
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import Any

from rushlight._generator import Generator as Generator
from rushlight._install import elsewhere
from rushlight.autograd.overriding import (
    MODES,
    DisableTorchFunction as DisableTorchFunction,
    DisableTorchFunctionSubclass as DisableTorchFunctionSubclass,
    _disabled_torch_function_impl as _disabled_torch_function_impl,
    get_mode,
    set_modes,
)
from rushlight.ops.warn import warn_user

from rushlight._core.state import FUNCTION_MODE, NO_SUBCLASS  # isort: skip
from rushlight._core.tensor import CONJUGATE, NEGATIVE  # isort: skip

__path__: list[str] = []  # PyTorch has modules below this name


def _is_torch_function_enabled() -> bool:
    """Whether tensors' __torch_function__ is called."""
    return not get_mode() & NO_SUBCLASS


def _is_torch_function_all_disabled() -> bool:
    """Whether not even function modes are asked."""
    from rushlight.autograd.overriding import ALL_OFF

    return ALL_OFF.get()


def _is_torch_function_mode_enabled() -> bool:
    """Whether a function mode is active."""
    return bool(get_mode() & FUNCTION_MODE)


def _len_torch_function_stack() -> int:
    return len(MODES.get())


def _get_function_stack_at(index: int) -> Any:
    return MODES.get()[index]


def _push_on_torch_function_stack(mode: Any) -> None:
    set_modes((*MODES.get(), mode))


def _pop_torch_function_stack() -> Any:
    stack = MODES.get()
    set_modes(stack[:-1])
    return stack[-1]


class _RestorePythonTLSSnapshot:
    """Inside a __torch_dispatch__: operators are recorded again."""

    def __enter__(self) -> None:
        from rushlight._core.state import GRAD, MODE

        self._token = MODE.set(get_mode() | GRAD)

    def __exit__(self, *error: object) -> None:
        from rushlight._core.state import MODE

        MODE.reset(self._token)


def _profiler_enabled() -> bool:
    """Whether a profiler records."""
    from rushlight.autograd import profiler

    return profiler._ACTIVE.get() is not None


def _current_graph_task_id() -> int:
    """A number of the backward pass that runs the caller; -1 outside of any."""
    from rushlight.autograd.graph import current_pass

    return current_pass()


def _will_engine_execute_node(node: Any) -> bool:
    """Whether the backward pass that runs the caller reaches a node."""
    from rushlight.autograd.multi_hooks import will_run

    return will_run(node)


def _current_autograd_node() -> Any:
    """The node whose backward runs the caller; None outside of any."""
    from rushlight._core import engine, node

    task = engine.RUNNING.get()
    current = None if task is None else task.current
    return node.accumulator_of(current) if isinstance(current, node.TensorBase) else current


def _current_graph_task_execution_order() -> Any:
    """The nodes that the backward pass which runs the caller has still to run, in their order."""
    from rushlight.autograd.multi_hooks import order_to_come

    return order_to_come()


def _is_multithreading_enabled() -> bool:
    """What set_multithreading_enabled() was told."""
    from rushlight.autograd.grad_mode import is_multithreading_enabled

    return is_multithreading_enabled()


def _set_multithreading_enabled(mode: bool) -> None:
    """set_multithreading_enabled() as a plain function."""
    from rushlight.autograd.grad_mode import set_multithreading_enabled

    set_multithreading_enabled.state.set(mode)


def _is_fwd_grad_enabled() -> bool:
    """Whether operations compute tangents."""
    from rushlight.func.levels import FORWARD_OFF

    return not FORWARD_OFF.get()


def _set_fwd_grad_enabled(enabled: bool) -> None:
    """Let operations compute tangents, or not."""
    from rushlight.func.levels import FORWARD_OFF

    FORWARD_OFF.set(not enabled)


_STASHED: ContextVar[dict[str, Any]] = ContextVar("rushlight_stashed")  # backward passes run where they are called, and see it


def _stash_obj_in_tls(key: str, arg: Any) -> None:
    """Keep an object under a name for code that backward passes run."""
    _STASHED.set({**_STASHED.get({}), key: arg})


def _is_key_in_tls(key: str) -> bool:
    """Whether an object is kept under a name."""
    return key in _STASHED.get({})


def _get_obj_in_tls(key: str) -> Any:
    """The object kept under a name."""
    if not _is_key_in_tls(key):
        raise RuntimeError(
            "Expected py_objects.obj_dict_.count(key) to be true, but got false.  (Could this error message be improved?  If so, please "
            "report an enhancement request to PyTorch.)"
        )
    return _STASHED.get()[key]


def _remove_obj_from_tls(key: str) -> None:
    """Forget the object kept under a name."""
    _STASHED.set({name: value for name, value in _STASHED.get({}).items() if name != key})


class _WeakTensorRef:
    """A reference that does not keep a tensor alive."""

    def __init__(self, tensor: Any) -> None:
        import weakref

        self._reference = weakref.ref(tensor)

    def expired(self) -> bool:
        """Whether the tensor is gone."""
        return self._reference() is None


def _log_api_usage_once(name: str) -> None:
    """Accepted; nothing is logged."""


def _get_tracing_state() -> None:
    """No tracing ever runs."""


def _are_functorch_transforms_active() -> bool:
    """Whether the caller runs inside of a transform of torch.func."""
    from rushlight.func import levels

    return bool(levels.STACK.get())


def _get_privateuse1_backend_name() -> str:
    """The name of the one kind of device that users may define; none is."""
    return "privateuseone"


def _get_cpu_capability() -> str:
    """"DEFAULT": NumPy picks the instructions."""
    return "DEFAULT"


def _jit_set_profiling_executor(*args: Any) -> bool:
    """Accepted: no script runs."""
    return False


_jit_set_profiling_mode = _jit_set_profiling_executor
_get_graph_executor_optimize = _set_graph_executor_optimize = _jit_set_profiling_executor


def _jit_set_num_profiled_runs(count: int) -> int:
    """Accepted: no script runs."""
    return 0


class _TorchFunctionState(Enum):
    """Who takes calls over: tensors and modes, modes only, nobody."""

    ENABLED = 0
    SUBCLASSES_DISABLED = 1
    ALL_DISABLED = 2


def _get_torch_function_state() -> _TorchFunctionState:
    """Who takes calls over here."""
    if _is_torch_function_all_disabled():
        return _TorchFunctionState.ALL_DISABLED
    return _TorchFunctionState.ENABLED if _is_torch_function_enabled() else _TorchFunctionState.SUBCLASSES_DISABLED


def _set_conj(tensor: Any, conj: bool) -> None:
    """Say whether a complex tensor's values are the conjugates of what its memory holds."""
    tensor._flags = tensor._flags | CONJUGATE if conj else tensor._flags & ~CONJUGATE


def _set_neg(tensor: Any, neg: bool) -> None:
    """Say whether a tensor's values are the negatives of what its memory holds."""
    tensor._flags = tensor._flags | NEGATIVE if neg else tensor._flags & ~NEGATIVE


class _Builtin(type):
    """The type of a class whose attributes are the operators of torch."""

    def __getattr__(cls, name: str) -> Any:
        found = getattr(import_module("rushlight"), name, None)
        if found is None or isinstance(found, (type, ModuleType)):
            raise AttributeError(f"type object '{cls.__name__}' has no attribute '{name}'")
        return found


class _VariableFunctionsClass(metaclass=_Builtin):
    """The class whose methods PyTorch's operators are; pickles of `torch.add` name it."""


_VariableFunctions = _VariableFunctionsClass


def _warn() -> None:
    """Give the warning by which PyTorch tests warnings from C++."""
    warn_user("Test message for TORCH_WARN (Triggered internally at /__w/pytorch/pytorch/torch/csrc/Module.cpp:1281.)")


def _warn_deprecation() -> None:
    """The same, of things that are deprecated."""
    text = "Test message for TORCH_WARN_DEPRECATION (Triggered internally at /__w/pytorch/pytorch/torch/csrc/Module.cpp:1291.)"
    warn_user(text, DeprecationWarning)


class DispatchKeySet:
    """A set of PyTorch's dispatch keys: packages make such sets while they are imported."""

    def __init__(self, key: Any = None) -> None:
        self.keys = frozenset(() if key is None else (key,))

    def __or__(self, other: DispatchKeySet) -> DispatchKeySet:
        found = DispatchKeySet()
        found.keys = self.keys | other.keys
        return found


class _ExcludeDispatchKeyGuard:
    """A block without the kernels of some dispatch keys, of which rushlight has none."""

    def __init__(self, keys: DispatchKeySet) -> None:
        self.keys = keys

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: Any) -> None:
        return None


class _IncludeDispatchKeyGuard(_ExcludeDispatchKeyGuard):
    """A block with the kernels of a dispatch key."""


def __getattr__(name: str) -> Any:
    if name == "_functorch":
        return import_module("rushlight._functorch._c")
    if name == "_LinAlgError":
        return import_module("rushlight.linalg").LinAlgError
    if name in ("TensorBase", "_TensorBase"):
        from rushlight._core.tensor import TYPES

        return TYPES.tensor
    if name == "_TensorMeta":
        from rushlight._core.tensor import TYPES

        return type(TYPES.tensor)


    if name == "_DisableTorchDispatch":
        return import_module("rushlight.utils._python_dispatch")._DisableTorchDispatch
    if name == "_disabled_torch_dispatch_impl":
        return import_module("rushlight._tensor_methods")._disabled_torch_dispatch_impl
    if name[:1] != "_":
        found = getattr(import_module("rushlight"), name, None)
        if found is not None and not isinstance(found, ModuleType):
            return found
    return elsewhere(name, __name__)
