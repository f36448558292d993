"""torch.distributed.distributed_c10d: groups and collectives of one process."""

from __future__ import annotations

import os
import warnings
from datetime import timedelta
from typing import Any

from rushlight.distributed import _groups
from rushlight.distributed._groups import Backend, DebugLevel, ProcessGroup, ReduceOp, Work, group_of
from rushlight.distributed.constants import default_pg_nccl_timeout, default_pg_timeout

_world = _groups.WORLD


class GroupMember:
    """What a process is of a group."""

    NON_GROUP_MEMBER = -100


class _WorldMeta(type):
    @property
    def WORLD(cls) -> ProcessGroup | None:
        """The default group."""
        return _world.default_pg


class group(metaclass=_WorldMeta):
    """group.WORLD is the default group."""


class P2POp:
    """A send or receive, for batch_isend_irecv."""

    def __init__(
        self, op: Any, tensor: Any, peer: int | None = None, group: Any = None, tag: int = 0, group_peer: int | None = None
    ) -> None:
        self.op, self.tensor, self.peer, self.group, self.tag = op, tensor, peer, group, tag


# ---------------------------------------------------------------- questions


def is_initialized() -> bool:
    """Whether there is a default group."""
    return _world.default_pg is not None


def is_gloo_available() -> bool:
    """True: one process needs nothing else."""
    return True


def is_nccl_available() -> bool:
    """False."""
    return False


def is_mpi_available() -> bool:
    """False."""
    return False


def is_ucc_available() -> bool:
    """False."""
    return False


def is_xccl_available() -> bool:
    """False."""
    return False


def is_backend_available(backend: str) -> bool:
    """Whether a group of a backend can be made."""
    return backend.lower() in ("gloo", "fake")


def is_torchelastic_launched() -> bool:
    """Whether torchelastic started the process."""
    return os.environ.get("TORCHELASTIC_RUN_ID") is not None


def get_default_backend_for_device(device: Any) -> str:
    """The backend for a type of device."""
    name = device if isinstance(device, str) else device.type
    found = Backend.default_device_backend_map.get(name.partition(":")[0])
    if not found:
        raise ValueError(f"Default backend not registered for device : {device}")
    return found


def get_node_local_rank(fallback_rank: int | None = None) -> int:
    """The number in LOCAL_RANK."""
    if "LOCAL_RANK" in os.environ:
        return int(os.environ["LOCAL_RANK"])
    if fallback_rank is not None:
        return int(fallback_rank)
    raise RuntimeError(
        "LOCAL_RANK is not in the environment. Consider passing fallback_rank to allow `get_node_local_rank` to work, assuming you are not "
        "running in a multi-device context and want the code to run locally instead."
    )


def _get_default_group() -> ProcessGroup:
    return group_of(None)


def _resolve_process_group(group_name: str) -> ProcessGroup:
    return group_of(None)


def _rank_not_in_group(group: Any) -> bool:
    return group == GroupMember.NON_GROUP_MEMBER


def get_rank(group: Any = None) -> int:
    """0; -1 outside of the group."""
    if _rank_not_in_group(group):
        return -1
    group_of(group)
    return 0


def get_world_size(group: Any = None) -> int:
    """1; -1 outside of the group."""
    if _rank_not_in_group(group):
        return -1
    group_of(group)
    return 1


def get_backend(group: Any = None) -> str:
    """The name of the group's backend."""
    return group_of(group)._backend


def get_backend_config(group: Any = None) -> str:
    """The backend by device."""
    return f"cpu:{group_of(group)._backend}"


def get_process_group_ranks(group: Any) -> list[int]:
    """[0]."""
    group_of(group)
    return [0]


def get_group_rank(group: Any, global_rank: int) -> int:
    """The rank in a group."""
    group_of(group)
    if global_rank != 0:
        raise ValueError(f"Global rank {global_rank} is not part of group {group}")
    return 0


def get_global_rank(group: Any, group_rank: int) -> int:
    """The rank of one of a group."""
    group_of(group)
    if group_rank != 0:
        raise ValueError(f"Group rank {group_rank} is not part of group {group}")
    return 0


def get_pg_count() -> int:
    """How many groups there are."""
    return len(_world.groups)


# ---------------------------------------------------------------- groups


def init_process_group(
    backend: str | None = None,
    init_method: str | None = None,
    timeout: timedelta | None = None,
    world_size: int = -1,
    rank: int = -1,
    store: Any = None,
    group_name: str = "",
    pg_options: Any = None,
    device_id: Any = None,
    **more: Any,
) -> None:
    """Make the default group: of this process alone."""
    if _world.default_pg is not None:
        raise ValueError("trying to initialize the default process group twice!")
    if init_method is not None and store is not None:
        raise AssertionError("Cannot specify both init_method and store.")
    scheme = (init_method or "env://").partition("://")[0]
    if store is None and scheme not in ("env", "tcp", "file"):
        raise RuntimeError(f"No rendezvous handler for {scheme}://")
    if store is None:
        rank, world_size = _groups.settings_from_environment(rank, world_size)
    name = "gloo" if backend is None else str(backend).lower().partition(",")[0].rpartition(":")[2]
    if name == "nccl":
        raise RuntimeError("Distributed package doesn't have NCCL built in")
    if name == "mpi":
        raise RuntimeError(
            "Distributed package doesn't have MPI built in. MPI is only included if you build PyTorch from source on a host that has MPI installed."
        )
    if world_size != 1:
        raise NotImplementedError(f"torch.distributed with {world_size} processes is not implemented in rushlight: there is one process")
    _world.default_pg = ProcessGroup(name)
    _world.groups.append(_world.default_pg)


def destroy_process_group(group: Any = None) -> None:
    """Undo a group, or all of them."""
    if group is None and _world.default_pg is None:
        raise AssertionError("Process group cannot be None")
    if group is None or group is _world.default_pg:
        _world.default_pg = None
        _world.groups.clear()
    elif group in _world.groups:
        _world.groups.remove(group)


def new_group(ranks: Any = None, timeout: Any = None, backend: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Another group of this process."""
    default = group_of(None)
    if ranks is not None and list(ranks) != [0]:
        if not list(ranks):
            return GroupMember.NON_GROUP_MEMBER
        raise ValueError("the new group's rank should be within the world_size set by init_process_group")
    made = ProcessGroup(backend or default._backend, str(len(_world.groups)))
    _world.groups.append(made)
    return made


def new_subgroups(group_size: int | None = None, group: Any = None, **options: Any) -> tuple[Any, list[Any]]:
    """Groups of this process."""
    made = new_group([0])
    return made, [made]


def split_group(*args: Any, **kwargs: Any) -> Any:
    """Another group of this process."""
    return new_group([0])


# ---------------------------------------------------------------- collectives


def _done(group: Any, async_op: bool, result: Any = None) -> Any:
    return Work(result) if async_op else None


def _mine(rank: Any, group: Any) -> None:
    group_of(group)
    if rank not in (None, 0):
        raise ValueError(f"Global rank {rank} is not part of group {group_of(group)}")


def all_reduce(tensor: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Any:
    """The tensor stays as it is."""
    group_of(group)
    return _done(group, async_op, [tensor])


def all_reduce_coalesced(tensors: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Any:
    """The tensors stay as they are."""
    group_of(group)
    return _done(group, async_op, tensors)


def reduce(
    tensor: Any, dst: int | None = None, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False, group_dst: Any = None
) -> Any:
    """The tensor stays as it is."""
    _mine(dst, group)
    return _done(group, async_op, [tensor])


def broadcast(tensor: Any, src: int | None = None, group: Any = None, async_op: bool = False, group_src: Any = None) -> Any:
    """The tensor stays as it is."""
    _mine(src, group)
    return _done(group, async_op, [tensor])


def _copied(target: Any, source: Any) -> None:
    import rushlight as torch

    with torch.no_grad():
        target.copy_(source.reshape(target.shape))


def all_gather(tensor_list: Any, tensor: Any, group: Any = None, async_op: bool = False) -> Any:
    """The one entry of the list becomes the tensor."""
    group_of(group)
    _copied(tensor_list[0], tensor)
    return _done(group, async_op, tensor_list)


def all_gather_single(output: Any, input: Any, group: Any = None, async_op: bool = False) -> Any:
    """The output becomes the input."""
    group_of(group)
    _copied(output, input)
    return _done(group, async_op, [output])


def all_gather_into_tensor(output_tensor: Any, input_tensor: Any, group: Any = None, async_op: bool = False) -> Any:
    """The output becomes the input."""
    group_of(group)
    _old("all_gather_into_tensor", "all_gather_single")
    return all_gather_single(output_tensor, input_tensor, group, async_op)


_all_gather_base = all_gather_into_tensor


def gather(
    tensor: Any, gather_list: Any = None, dst: int | None = None, group: Any = None, async_op: bool = False, group_dst: Any = None
) -> Any:
    """The one entry of the list becomes the tensor."""
    _mine(dst, group)
    if gather_list:
        _copied(gather_list[0], tensor)
    return _done(group, async_op, gather_list)


def scatter(
    tensor: Any, scatter_list: Any = None, src: int | None = None, group: Any = None, async_op: bool = False, group_src: Any = None
) -> Any:
    """The tensor becomes the one entry of the list."""
    _mine(src, group)
    if scatter_list:
        _copied(tensor, scatter_list[0])
    return _done(group, async_op, [tensor])


def reduce_scatter(output: Any, input_list: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Any:
    """The output becomes the one entry of the list."""
    group_of(group)
    _copied(output, input_list[0])
    return _done(group, async_op, [output])


def reduce_scatter_single(output: Any, input: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Any:
    """The output becomes the input."""
    group_of(group)
    _copied(output, input)
    return _done(group, async_op, [output])


def reduce_scatter_tensor(output: Any, input: Any, op: Any = ReduceOp.SUM, group: Any = None, async_op: bool = False) -> Any:
    """The output becomes the input."""
    group_of(group)
    _old("reduce_scatter_tensor", "reduce_scatter_single")
    return reduce_scatter_single(output, input, op, group, async_op)


_reduce_scatter_base = reduce_scatter_tensor


def all_to_all_single(
    output: Any, input: Any, output_split_sizes: Any = None, input_split_sizes: Any = None, group: Any = None, async_op: bool = False
) -> Any:
    """The output becomes the input."""
    group_of(group)
    _copied(output, input)
    return _done(group, async_op, [output])


def all_to_all(output_tensor_list: Any, input_tensor_list: Any, group: Any = None, async_op: bool = False) -> Any:
    """The one output becomes the one input."""
    group_of(group)
    _copied(output_tensor_list[0], input_tensor_list[0])
    return _done(group, async_op, output_tensor_list)


def _old(name: str, new: str) -> None:
    warnings.warn(f"`torch.distributed.{name}` is deprecated. Please use `torch.distributed.{new}` instead.", FutureWarning, stacklevel=3)


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> Any:
    """Nobody to wait for."""
    group_of(group)
    return _done(group, async_op)


def monitored_barrier(group: Any = None, timeout: Any = None, wait_all_ranks: bool = False) -> None:
    """Nobody to wait for."""
    group_of(group)


def all_gather_object(object_list: Any, obj: Any, group: Any = None) -> None:
    """The one entry of the list becomes a copy of the object."""
    import copy

    group_of(group)
    object_list[0] = copy.deepcopy(obj)


def gather_object(obj: Any, object_gather_list: Any = None, dst: int | None = None, group: Any = None, group_dst: Any = None) -> None:
    """The one entry of the list becomes a copy of the object."""
    _mine(dst, group)
    if object_gather_list is not None:
        all_gather_object(object_gather_list, obj, group)


def broadcast_object_list(object_list: Any, src: int | None = None, group: Any = None, device: Any = None, group_src: Any = None) -> None:
    """The objects stay as they are."""
    _mine(src, group)


def scatter_object_list(output: Any, input: Any = None, src: int | None = None, group: Any = None, group_src: Any = None) -> None:
    """The one entry of the output becomes that of the input."""
    _mine(src, group)
    if input is not None:
        output[0] = input[0]


def _no_peer(rank: Any, group: Any, what: str) -> None:
    group_of(group)
    kind = "destination" if what == "dst" else "source"
    raise ValueError(f"Invalid {kind} rank: {kind} rank should not be the same as the rank of the current process.")


def send(tensor: Any, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: Any = None) -> None:
    """Fails: there is nobody to send to."""
    _no_peer(dst, group, "dst")


def recv(tensor: Any, src: int | None = None, group: Any = None, tag: int = 0, group_src: Any = None) -> int:
    """Fails: nobody sends."""
    _no_peer(src, group, "src")
    raise AssertionError


def isend(tensor: Any, dst: int | None = None, group: Any = None, tag: int = 0, group_dst: Any = None) -> Any:
    """Fails: there is nobody to send to."""
    _no_peer(dst, group, "dst")


def irecv(tensor: Any, src: int | None = None, group: Any = None, tag: int = 0, group_src: Any = None) -> Any:
    """Fails: nobody sends."""
    _no_peer(src, group, "src")


def batch_isend_irecv(p2p_op_list: Any, group: Any = None) -> Any:
    """Fails: there is nobody to send to."""
    group_of(group)
    return [entry.op(entry.tensor, entry.peer, entry.group, entry.tag) for entry in p2p_op_list]


for _value in (GroupMember, group, P2POp):
    _value.__module__ = "torch.distributed.distributed_c10d"
__all__ = [name for name in globals() if not name.startswith("_") and name not in ("annotations", "os", "warnings", "timedelta", "Any")]
