"""Process groups of one process."""

from __future__ import annotations

import enum
import os
from datetime import timedelta
from typing import Any

from rushlight.futures import Future

MISSING = "Default process group has not been initialized, please make sure to call init_process_group."


class RedOpType(enum.Enum):
    """How values of several processes become one."""

    SUM, AVG, PRODUCT, MIN, MAX, BAND, BOR, BXOR, PREMUL_SUM, UNUSED = range(10)

    def __repr__(self) -> str:
        return f"<RedOpType.{self.name}: {self.value}>"


class _ReduceOpMeta(type):
    def __getattr__(cls, name: str) -> Any:
        if name in RedOpType.__members__:
            return RedOpType[name]
        raise AttributeError(f"type object 'torch._C._distributed_c10d.ReduceOp' has no attribute '{name}'")


class ReduceOp(metaclass=_ReduceOpMeta):
    """How values of several processes become one: SUM, AVG, PRODUCT, MIN, MAX, BAND, BOR, BXOR."""

    __module__ = "torch._C._distributed_c10d"
    RedOpType = RedOpType

    def __init__(self, op: Any) -> None:
        self.op = op

    def __eq__(self, other: object) -> bool:
        return self.op == getattr(other, "op", other)

    def __hash__(self) -> int:
        return hash(self.op)


class DebugLevel(enum.IntEnum):
    """How much is checked."""

    OFF, INFO, DETAIL = range(3)

    __str__ = enum.Enum.__str__


class Backend(str):
    """The name of a backend, in lower case."""

    __module__ = "torch.distributed.distributed_c10d"
    UNDEFINED, GLOO, NCCL, UCC, MPI, XCCL, FAKE = "undefined", "gloo", "nccl", "ucc", "mpi", "xccl", "fake"
    backend_list = ["undefined", "gloo", "nccl", "xccl", "ucc", "mpi", "fake"]
    default_device_backend_map = {"cpu": "gloo", "cuda": "nccl", "xpu": "xccl", "mps": "gloo"}
    backend_capability = {"gloo": ["cpu", "cuda"], "nccl": ["cuda"], "xccl": ["xpu"], "ucc": ["cpu", "cuda"], "mpi": ["cpu", "cuda"]}

    def __new__(cls, name: str) -> Any:
        if not isinstance(name, str):
            raise ValueError("Backend constructor parameter must be string-ish")
        return (
            getattr(cls, name.upper(), name.lower())
            if name.upper() in ("GLOO", "NCCL", "UCC", "MPI", "XCCL", "FAKE")
            else str(name.lower())
        )

    @classmethod
    def register_backend(cls, name: str, func: Any, extended_api: bool = False, devices: Any = None) -> None:
        """Accepted: the name is known from now on."""
        cls.backend_list.append(name.lower())


class Work:
    """A collective that is over."""

    __module__ = "torch._C._distributed_c10d"

    def __init__(self, result: Any = None) -> None:
        self._result = result

    def wait(self, timeout: timedelta | None = None) -> bool:
        """True: it is over."""
        return True

    def is_completed(self) -> bool:
        """True: it is over."""
        return True

    def is_success(self) -> bool:
        """True."""
        return True

    def exception(self) -> None:
        """None: there was no error."""

    def result(self) -> Any:
        """The tensors."""
        return self._result

    def get_future(self) -> Future:
        """A future that is done."""
        made = Future()
        made.set_result(self._result)
        return made


class ProcessGroup:
    """The group of this process alone."""

    __module__ = "torch.distributed"

    def __init__(self, backend: str = "gloo", name: str = "0") -> None:
        self._backend = backend
        self.group_name = name
        self.group_desc = "default_pg" if name == "0" else "undefined"

    def rank(self) -> int:
        """0."""
        return 0

    def size(self) -> int:
        """1."""
        return 1

    def name(self) -> str:
        """The backend."""
        return self._backend

    def barrier(self, *args: Any) -> Work:
        """Nobody to wait for."""
        return Work()


class World:
    """The groups that were made."""

    def __init__(self) -> None:
        self.default_pg: ProcessGroup | None = None
        self.groups: list[ProcessGroup] = []
        self.pg_map: dict[Any, Any] = {}


WORLD = World()


def group_of(group: Any) -> ProcessGroup:
    """The group that an argument means."""
    if WORLD.default_pg is None:
        raise ValueError(MISSING)
    return WORLD.default_pg if group is None else group  # type: ignore[no-any-return]


def settings_from_environment(rank: int, world_size: int) -> tuple[int, int]:
    """Rank and size where the call does not say them."""
    for name, given in (("RANK", rank), ("WORLD_SIZE", world_size)):
        if given == -1 and name not in os.environ:
            raise ValueError(
                f"Error initializing torch.distributed using env:// rendezvous: environment variable {name} expected, but not set"
            )
    return (int(os.environ["RANK"]) if rank == -1 else rank), (int(os.environ["WORLD_SIZE"]) if world_size == -1 else world_size)
