"""Selective checkpoints: which results of operators are kept between the two runs of a checkpointed function."""

from __future__ import annotations

import enum
from collections import defaultdict
from typing import Any

from rushlight import _ops
from rushlight._core.tensor import TensorBase, version_of
from rushlight.utils._python_dispatch import TorchDispatchMode
from rushlight.utils._pytree import tree_map


class CheckpointPolicy(enum.Enum):
    """What a selective checkpoint does with an operator's result: keep it, or compute it again. (There is nowhere to offload to.)"""

    MUST_SAVE = 0
    PREFER_SAVE = 1
    MUST_RECOMPUTE = 2
    PREFER_RECOMPUTE = 3
    MUST_CPU_OFFLOAD = 4
    PREFER_CPU_OFFLOAD = 5


class SelectiveCheckpointContext:
    """Given to policies: the operator's result, and is_recompute, which is always False."""

    def __init__(self, *, is_recompute: bool, op_output: Any = None) -> None:
        self.is_recompute = is_recompute
        self.op_output = op_output


SAC_IGNORED_OPS: set[Any] = {_ops.OPS.aten.detach.default}

_AGAIN, _USED = object(), object()
_MISMATCH = (
    "This can happen if the operations in the checkpointed region are nondeterministic or depend on global state that changed between "
    "forward and backward."
)


class _VersionWrapper:
    """A result, and how often its memory had been written to."""

    def __init__(self, value: Any) -> None:
        self.val = value.detach() if isinstance(value, TensorBase) else value
        self.version = version_of(self.val) if isinstance(value, TensorBase) else None

    def get_val(self, may_change: bool) -> Any:
        """The result; an error where it was written to."""
        if self.version is not None and not may_change and version_of(self.val) != self.version:
            raise RuntimeError("Tensor cached during selective activation checkpoint has been mutated")
        return self.val


class _CachingTorchDispatchMode(TorchDispatchMode):
    """Keeps the results that the policy names."""

    def __init__(self, policy: Any, kept: Any) -> None:
        super().__init__()
        self.policy_fn, self.storage = policy, kept
        self.counts: dict[Any, int] = defaultdict(int)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = {} if kwargs is None else kwargs
        found = func(*args, **kwargs)
        if func in SAC_IGNORED_OPS:
            return found
        number = self.counts[func]
        self.counts[func] += 1
        policy = self.policy_fn(SelectiveCheckpointContext(is_recompute=False, op_output=found), func, *args, **kwargs)
        if isinstance(policy, bool):
            policy = CheckpointPolicy.MUST_SAVE if policy else CheckpointPolicy.PREFER_RECOMPUTE
        keeps = policy in (CheckpointPolicy.MUST_SAVE, CheckpointPolicy.PREFER_SAVE)
        self.storage[func][number] = tree_map(_VersionWrapper, found) if keeps else _AGAIN
        return found


class _CachedTorchDispatchMode(TorchDispatchMode):
    """Hands out what the first run kept."""

    def __init__(self, kept: Any, may_change: bool) -> None:
        super().__init__()
        self.storage, self.may_change = kept, may_change
        self.counts: dict[Any, int] = defaultdict(int)

    def __enter__(self) -> Any:
        self.counts.clear()
        return super().__enter__()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = {} if kwargs is None else kwargs
        if func in SAC_IGNORED_OPS:
            return func(*args, **kwargs)
        number = self.counts[func]
        self.counts[func] += 1
        entries = self.storage.get(func)
        if entries is None:
            raise RuntimeError(f"{func} encountered during backward but not found in storage. {_MISMATCH}")
        entry = entries.get(number)
        if entry is None:
            raise RuntimeError(f"{func} invocation index {number} encountered during backward but not found in storage. {_MISMATCH}")
        if entry is _USED:
            raise RuntimeError(
                "Trying to backward an extra time. You are only allowed to backward once on any region computed under selective activation "
                "checkpoint."
            )
        if entry is _AGAIN:
            return func(*args, **kwargs)
        entries[number] = _USED
        return tree_map(lambda kept: kept.get_val(self.may_change), entry)


def create_selective_checkpoint_contexts(policy_fn_or_list: Any, allow_cache_entry_mutation: bool = False) -> tuple[Any, Any]:
    """Contexts for both runs of a checkpoint that keep the results of some operators.

    policy_fn_or_list: policy(context, operator, *args, **kwargs) -> CheckpointPolicy, or a list of the operators whose results are kept.

    >>> ops = [torch.ops.aten.mm.default]
    >>> contexts = functools.partial(create_selective_checkpoint_contexts, ops)
    >>> torch.utils.checkpoint.checkpoint(torch.matmul, x, y, use_reentrant=False, context_fn=contexts)
    """
    if isinstance(policy_fn_or_list, list):
        for op in policy_fn_or_list:
            if not isinstance(op, (_ops.OpOverload, _ops.HigherOrderOperator)):
                more = ""
                if isinstance(op, _ops.OpOverloadPacket):
                    more = (
                        "Please update the OpOverloadPacket to a specific OpOverload.For example, if you have `torch.ops.aten.mm`, change "
                        "it to `torch.ops.aten.mm.default`."
                    )
                raise ValueError(f"Expected op in `op_list` to be an OpOverload but got: {op} of type {type(op)}. {more}")
        chosen = policy_fn_or_list

        def policy(context: Any, op: Any, *args: Any, **kwargs: Any) -> CheckpointPolicy:
            return CheckpointPolicy.MUST_SAVE if op in chosen else CheckpointPolicy.PREFER_RECOMPUTE

    elif callable(policy_fn_or_list):
        policy = policy_fn_or_list
    else:
        raise TypeError("policy_fn_or_list must be either a function or a list of ops.")
    kept: Any = defaultdict(dict)
    return _CachingTorchDispatchMode(policy, kept), _CachedTorchDispatchMode(kept, allow_cache_entry_mutation)


for _cls in (CheckpointPolicy, SelectiveCheckpointContext):
    _cls.__module__ = "torch.utils.checkpoint"
