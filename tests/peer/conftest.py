"""Collects the programs of ``peer_*.py`` and runs each on rushlight against PyTorch.

PyTorch answers live where it is installed, and then the recorded answers are checked to be current; elsewhere the
recorded answers are used. ``RUSHLIGHT_PEER=recorded`` uses them in any case.
"""

import importlib
import importlib.util
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import harness
import pytest


class Mismatch(Exception):
    """The two libraries, or the recording, do not agree; the text says where."""


@cache
def live() -> bool:
    return os.environ.get("RUSHLIGHT_PEER") != "recorded" and importlib.util.find_spec("torch") is not None


# These need PyTorch itself; the programs of peer_random.py stand for them where it is missing.
collect_ignore = [] if live() else ["test_random_programs.py"]


@cache
def library() -> Any:
    """rushlight; ``RUSHLIGHT_PEER_LIBRARY=torch`` puts PyTorch in its place, to try new programs."""
    return importlib.import_module(os.environ.get("RUSHLIGHT_PEER_LIBRARY", "rushlight"))


@cache
def oracle() -> Any:
    torch = importlib.import_module("torch")
    assert "rushlight" not in torch.__version__, "a test left rushlight installed as torch"
    harness.warm_up(torch)
    return torch


def report(path: Path, program: harness.Program, expected: list, log: harness.Log) -> str:
    lines = []
    for step, found in harness.compare_logs(expected, log.entries):
        line = log.lines[step] if step < len(log.lines) else program.line
        lines.append(f"{path.name}:{line} step {step} of {program.name}  (PyTorch != rushlight)")
        lines += [f"    {text}" for text in found]
        if len(lines) > 60:
            lines.append("    ...")
            break
    return "\n".join(lines)


class PeerProgram(pytest.Item):
    def __init__(self, *, program: harness.Program, recorded: list | None, **options: Any) -> None:
        super().__init__(**options)
        self.program, self.recorded = program, recorded

    def runtest(self) -> None:
        asked = live() and harness.as_recorded(self.program, oracle())
        expected = self.program.run(oracle()).entries if asked else self.recorded
        if expected is None:
            raise Mismatch("no recorded answer: run `python tools/record.py` where PyTorch is installed")
        if text := report(self.path, self.program, expected, self.program.run(library())):
            raise Mismatch(text)
        if asked and list(harness.compare_logs(expected, self.recorded or [])):
            raise Mismatch("the recorded answer is missing or out of date: run `python tools/record.py`")

    def repr_failure(self, excinfo: pytest.ExceptionInfo, *_: Any) -> Any:
        return str(excinfo.value) if isinstance(excinfo.value, Mismatch) else super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, max(self.program.line - 1, 0), self.name


class NothingElseRecorded(pytest.Item):
    """A program that is gone must not leave its answer behind."""

    def __init__(self, *, extra: set[str], **options: Any) -> None:
        super().__init__(**options)
        self.extra = extra

    def runtest(self) -> None:
        assert not self.extra, f"recorded, but no program any more: {sorted(self.extra)}; run `python tools/record.py`"


class PeerModule(pytest.File):
    def collect(self) -> Iterator[pytest.Item]:
        programs = harness.load_programs(self.path)
        recorded = harness.read_recording(self.path)
        for program in programs:
            answer = recorded.get(program.name)
            yield PeerProgram.from_parent(self, name=program.name, program=program, recorded=answer)
        extra = set(recorded) - {program.name for program in programs}
        yield NothingElseRecorded.from_parent(self, name="nothing_else_recorded", extra=extra)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PeerModule | None:
    if file_path.parent == harness.HERE and file_path.match("peer_*.py"):
        return PeerModule.from_parent(parent, path=file_path)
    return None
