"""torch.multiprocessing: Python's multiprocessing. Tensors travel by value; memory is not shared between processes."""

from __future__ import annotations

import multiprocessing as _multiprocessing
import sys as _sys
from multiprocessing import *  # noqa: F403
from typing import Any

__all__ = [name for name in dir(_multiprocessing) if not name.startswith("_")] + [
    "get_all_sharing_strategies", "get_sharing_strategy", "set_sharing_strategy", "spawn", "start_processes",
]  # fmt: skip
_sharing_strategy = ["file_descriptor"]
__path__: list[str] = []  # PyTorch has modules below this name


def get_all_sharing_strategies() -> set[str]:
    """The names of ways to share memory."""
    return {"file_descriptor", "file_system"} if _sys.platform.startswith("linux") else {"file_system"}


def get_sharing_strategy() -> str:
    """The name that was set."""
    return _sharing_strategy[0]


def set_sharing_strategy(new_strategy: str) -> None:
    """Take note of a way to share memory; it changes nothing here."""
    if new_strategy not in get_all_sharing_strategies():
        raise AssertionError(f"invalid sharing strategy {new_strategy!r}")
    _sharing_strategy[0] = new_strategy


class ProcessException(Exception):
    """A spawned process failed."""

    def __init__(self, msg: str, error_index: int, pid: int) -> None:
        super().__init__(msg)
        self.msg = msg
        self.error_index = error_index
        self.pid = pid


class ProcessRaisedException(ProcessException):
    """A spawned process ended with an error; the text has its traceback."""


class ProcessExitedException(ProcessException):
    """A spawned process ended with an exit code other than 0."""

    def __init__(self, msg: str, error_index: int, error_pid: int, exit_code: int, signal_name: str | None = None) -> None:
        super().__init__(msg, error_index, error_pid)
        self.exit_code = exit_code
        self.signal_name = signal_name


def _call(fn: Any, index: int, args: Any, errors: Any) -> None:
    try:
        fn(index, *args)
    except KeyboardInterrupt:
        pass
    except Exception:
        import traceback

        errors.put(traceback.format_exc())
        errors.close()
        errors.join_thread()
        _sys.exit(1)


class ProcessContext:
    """Spawned processes, to be joined."""

    def __init__(self, processes: list[Any], error_queues: list[Any]) -> None:
        self.processes = processes
        self.error_queues = error_queues

    def pids(self) -> list[Any]:
        """The processes' ids."""
        return [process.pid for process in self.processes]

    def join(self, timeout: float | None = None, grace_period: float | None = None) -> bool:
        """Wait for a process to end; True when all have. A failure ends the others and is raised."""
        from multiprocessing import connection

        running = {process.sentinel: index for index, process in enumerate(self.processes) if process.exitcode is None}
        if running:
            connection.wait(list(running), timeout=timeout)
        failed = next((index for index, process in enumerate(self.processes) if process.exitcode not in (None, 0)), None)
        if failed is None:
            return all(process.exitcode is not None for process in self.processes)
        for process in self.processes:
            if process.is_alive():
                process.terminate()
            process.join()
        self._raise(failed)
        return True

    def _raise(self, index: int) -> None:
        process, errors = self.processes[index], self.error_queues[index]
        code = process.exitcode
        if errors.empty() and code != 1:
            if code < 0:
                import signal

                name = signal.Signals(-code).name
                text = f"process {index} terminated with signal {name}"
                raise ProcessExitedException(text, index, process.pid, code, name)
            raise ProcessExitedException(f"process {index} terminated with exit code {code}", index, process.pid, code)
        text = f"\n\n-- Process {index} terminated with the following error:\n{errors.get()}"
        raise ProcessRaisedException(text, index, process.pid)


SpawnContext = ProcessContext


def start_processes(
    fn: Any, args: Any = (), nprocs: int = 1, join: bool = True, daemon: bool = False, start_method: str = "spawn"
) -> ProcessContext | None:
    """Run `fn(index, *args)` in `nprocs` processes."""
    context = _multiprocessing.get_context(start_method)
    processes, queues = [], []
    for index in range(nprocs):
        errors = context.Queue()
        process = context.Process(target=_call, args=(fn, index, args, errors), daemon=daemon)  # type: ignore[attr-defined]
        process.start()
        processes.append(process)
        queues.append(errors)
    found = ProcessContext(processes, queues)
    if not join:
        return found
    while not found.join():
        pass
    return None


def spawn(fn: Any, args: Any = (), nprocs: int = 1, join: bool = True, daemon: bool = False, start_method: str = "spawn") -> Any:
    """Run `fn(index, *args)` in `nprocs` new processes."""
    return start_processes(fn, args, nprocs, join, daemon, start_method)
