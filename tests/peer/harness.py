"""The same program on two libraries: running it, writing down what it can see, and comparing.

A program is a plain function ``def name(torch, log)`` in a file ``peer_*.py``; it uses the library only through ``torch``.
What it logs becomes plain JSON data, so an answer of PyTorch compares the same whether it was given just now or recorded.
"""

from __future__ import annotations

import ast
import contextlib
import gzip
import importlib.util
import inspect
import io
import json
import math
import re
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "recorded"
TREE_LIMIT = 60  # nodes of a graph that are written down

# dtype: (relative, absolute) tolerance. Dtypes not listed compare exactly.
TOLERANCES = {
    "float16": (2e-3, 1e-4),
    "bfloat16": (1.6e-2, 1e-3),
    "float32": (1e-5, 1e-6),
    "float64": (1e-11, 1e-12),
    "complex64": (1e-5, 1e-6),
    "complex128": (1e-11, 1e-12),
}
PLAIN_NUMBER = (1e-5, 1e-7)
SIGNIFICANT_DIGITS = {"float16": 6, "bfloat16": 6, "float32": 9, "complex64": 9}

ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
CPP_STACK = re.compile(r"\nException raised from .*", re.DOTALL)
TRIGGERED = re.compile(r"\s*\(Triggered internally at .*?\)\s*$", re.DOTALL)


def clean(text: str) -> str:
    """A text without what differs from run to run: addresses, and lines of PyTorch's C++ sources and stack."""
    return ADDRESS.sub("0x...", CPP_STACK.sub("", TRIGGERED.sub("", text))).rstrip()


# ---------------------------------------------------------------- describing values


def node_name(node: Any) -> str:
    return "-" if node is None else type(node).__name__


def tree(root: Any) -> str:
    """A graph as text: ``Mul(Accumulate, Exp:1(...))``; a node met again is ``#n``, in order of first meeting."""
    seen: dict[int, tuple[int, Any]] = {}

    def write(node: Any, index: int) -> str:
        suffix = f":{index}" if index else ""
        if node is None:
            return "-"
        if id(node) in seen:
            return f"#{seen[id(node)][0]}{suffix}"
        if len(seen) >= TREE_LIMIT:
            return "..."
        seen[id(node)] = (len(seen), node)  # keeping the node keeps its id its own
        inner = ", ".join(write(child, number) for child, number in node.next_functions)
        return f"{node_name(node)}{suffix}" + (f"({inner})" if inner else "")

    return write(root, 0)


def number(value: Any, digits: int | None = None) -> Any:
    if isinstance(value, complex):
        return [number(value.real, digits), number(value.imag, digits)]
    if isinstance(value, float) and digits is not None and math.isfinite(value):
        return float(f"{value:.{digits}g}")
    return value


def flat(values: Any) -> list:
    if not isinstance(values, list):
        return [values]
    return [item for value in values for item in flat(value)]


def attempt(function: Callable[[], Any]) -> Any:
    """What the function gives; the error as text where it gives one: a missing attribute is a difference like any other."""
    try:
        return function()
    except Exception as error:
        return f"!{type(error).__name__}: {clean(str(error))}"


def describe_tensor(tensor: Any) -> dict[str, Any]:
    dtype = str(tensor.dtype).removeprefix("torch.")
    digits = SIGNIFICANT_DIGITS.get(dtype)
    found = {
        "tensor": type(tensor).__name__,
        "dtype": dtype,
        "shape": attempt(lambda: list(tensor.shape)),
        "stride": attempt(lambda: list(tensor.stride())),
        "offset": attempt(tensor.storage_offset),
        "requires_grad": attempt(lambda: tensor.requires_grad),
        "is_leaf": attempt(lambda: tensor.is_leaf),
        "grad_fn": attempt(lambda: tree(tensor.grad_fn)),
        "output_nr": attempt(lambda: tensor.output_nr),
        "version": attempt(lambda: tensor._version),
        "device": attempt(lambda: str(tensor.device)),
        "values": attempt(lambda: [number(value, digits) for value in flat(tensor.detach().tolist())]),
    }
    usual = {"offset": 0, "requires_grad": False, "is_leaf": True, "grad_fn": "-", "output_nr": 0, "version": 0,
             "device": "cpu", "tensor": "Tensor"}  # fmt: skip
    return {key: value for key, value in found.items() if not (key in usual and usual[key] == value)}


def describe(value: Any, torch: Any) -> Any:
    """JSON data for anything that a program can log."""
    if isinstance(value, torch.Tensor):
        return describe_tensor(value)
    if value is None or isinstance(value, (bool, str)):
        return clean(value) if isinstance(value, str) else value
    if isinstance(value, (int, float)) and type(value) in (int, float):
        return value
    if type(value) is complex:
        return {"complex": number(value)}
    if type(value) in (list, tuple):
        return {type(value).__name__: [describe(item, torch) for item in value]}
    if type(value) is dict:
        return {"dict": [[describe(key, torch), describe(item, torch)] for key, item in value.items()]}
    if isinstance(value, tuple):  # named results, and sizes
        return {type(value).__name__: [describe(item, torch) for item in value]}
    if hasattr(value, "next_functions"):
        return {"node": clean(attempt(value.name)), "tree": tree(value)}
    if isinstance(value, numpy.ndarray):
        return {"ndarray": str(value.dtype), "shape": list(value.shape), "values": [number(x) for x in value.ravel().tolist()]}
    return {"repr": clean(repr(value))}


# ---------------------------------------------------------------- the log of a run


class Log:
    """What a program writes to: ``log(value)`` and, for what is not a value, the methods below."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.entries: list[Any] = []
        self.lines: list[int] = []

    def add(self, entry: Any, depth: int = 2) -> None:
        self.entries.append(entry)
        self.lines.append(sys._getframe(depth).f_lineno)

    def __call__(self, *values: Any) -> None:
        """Record values of any kind; each is an entry of its own."""
        for value in values:
            self.add(describe(value, self.torch))

    def show(self, *values: Any) -> None:
        """Record values and how they print."""
        for value in values:
            self.add({"show": clean(repr(value)), "value": describe(value, self.torch)})

    def error(self, function: Callable[[], Any]) -> None:
        """Record the type and text of the error that the function raises, or what it returned."""
        self.add(outcome(function, self.torch))

    def warns(self, function: Callable[[], Any]) -> Any:
        """Record the warnings that the function gives (none is an answer too); its result is returned, not recorded."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            result = function()
        self.add({"warnings": [[item.category.__name__, clean(str(item.message))] for item in caught]})
        return result

    def printed(self, function: Callable[[], Any]) -> None:
        """Record what the function prints."""
        stream = io.StringIO()
        with contextlib.redirect_stdout(stream):
            function()
        self.add(clean(stream.getvalue()))

    def tolerance(self, relative: float, absolute: float = 0.0) -> None:
        """Compare floats from here on with this tolerance, whatever their dtype."""
        self.add({"tolerance": [relative, absolute]})


def outcome(function: Callable[[], Any], torch: Any) -> Any:
    try:
        return {"no error": describe(function(), torch)}
    except Exception as error:
        return {"error": type(error).__name__, "text": clean(str(error))}


# ---------------------------------------------------------------- programs


def warm_up(torch: Any) -> None:
    """Have PyTorch load what its forward mode is made of: it warns of itself where it first does, in whichever program that is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.func.jvp(torch.sin, (torch.ones(1),), (torch.ones(1),))


# PyTorch leaves these to oneDNN where the processor has AVX-512, and answers otherwise elsewhere. rushlight answers as there, on every
# machine: elsewhere the recorded answers stand in for PyTorch's, and are not recorded anew.
BY_PROCESSOR = {("peer_nn_corners", "recurrent_autocast"), ("peer_order_of_checks", "convolutions")}


def as_recorded(program: Program, torch: Any) -> bool:
    """Whether PyTorch answers a program as it did where it was recorded."""
    return (program.function.__module__, program.name) not in BY_PROCESSOR or torch.backends.cpu.get_cpu_capability().startswith("AVX512")


class Program:
    """A named function of (torch, log)."""

    def __init__(self, name: str, function: Callable[[Any, Log], None], line: int) -> None:
        self.name, self.function, self.line = name, function, line

    def run(self, torch: Any) -> Log:
        log = Log(torch)
        with clean_state(torch), warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                self.function(torch, log)
            except Exception as error:
                traceback = error.__traceback__
                while traceback.tb_next is not None and "peer_" not in traceback.tb_frame.f_code.co_filename:
                    traceback = traceback.tb_next
                log.entries.append({"program stopped": type(error).__name__, "text": clean(str(error))})
                log.lines.append(traceback.tb_lineno)
        return log


@contextlib.contextmanager
def clean_state(torch: Any) -> Iterator[None]:
    """The modes that a fresh interpreter has, before the program and after it."""

    def reset() -> None:
        for name, value in (("set_grad_enabled", True), ("set_default_dtype", torch.float32), ("manual_seed", 0)):
            getattr(torch, name, id)(value)

    getattr(torch, "set_warn_always", id)(True)
    getattr(getattr(torch, "storage", None), "_reset_warn_typed_storage_removal", tuple)()
    reset()
    try:
        yield
    finally:
        reset()


def line_program(source: str) -> Callable[[Any, Log], None]:
    """A program from one line: statements, of which the last is an expression whose value, or error, is logged."""
    body = ast.parse(source, mode="exec").body
    if isinstance(body[-1], ast.Expr):
        body[-1] = ast.Assign(targets=[ast.Name("result", ast.Store())], value=body[-1].value)
    code = compile(ast.fix_missing_locations(ast.Module(body, [])), f"<{source}>", "exec")

    def run(torch: Any, log: Log) -> None:
        space = {"torch": torch, "np": numpy, "math": math}

        def execute() -> Any:
            exec(code, space)
            return space.get("result")

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            log.error(execute)
        for item in caught:
            log.add({"warnings": [[item.category.__name__, clean(str(item.message))]]})

    return run


def load_programs(path: Path) -> list[Program]:
    """The programs of a file: functions of (torch, log), and each line of every string named ``LINES...``."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    programs = []
    for name, value in vars(module).items():
        if isinstance(value, types.FunctionType) and list(inspect.signature(value).parameters) == ["torch", "log"]:
            programs.append(Program(name, value, value.__code__.co_firstlineno))
        elif name.startswith("LINES") and isinstance(value, str):
            lines = (line.strip() for line in value.splitlines())
            programs += [Program(line, line_program(line), 0) for line in lines if line and not line.startswith("#")]
    names = [program.name for program in programs]
    repeated = {name for name in names if names.count(name) > 1}
    assert not repeated, f"{path.name}: programs given twice: {sorted(repeated)}"
    return programs


# ---------------------------------------------------------------- comparing


def close(expected: Any, actual: Any, tolerance: tuple[float, float]) -> bool:
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(close(x, y, tolerance) for x, y in zip(expected, actual, strict=True))
    if type(expected) is float and type(actual) is float:
        if math.isnan(expected) or math.isnan(actual):
            return math.isnan(expected) and math.isnan(actual)
        if math.isinf(expected) or math.isinf(actual):
            return expected == actual
        return abs(expected - actual) <= tolerance[1] + tolerance[0] * abs(expected)
    return type(expected) is type(actual) and expected == actual


def differences(expected: Any, actual: Any, tolerance: tuple[float, float] | None = None, path: str = "") -> list[str]:
    """Where two descriptions differ. A text of an error or warning may go on after PyTorch's."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = []
        inner = tolerance or TOLERANCES.get(str(expected.get("dtype")), PLAIN_NUMBER)
        for key in [*expected, *(key for key in actual if key not in expected)]:
            place = f"{path}.{key}" if path else key
            left, right = expected.get(key, ABSENT), actual.get(key, ABSENT)
            if key == "values":
                found += [] if close(left, right, inner) else [f"{place}: {short(left)} != {short(right)}"]
            elif key == "text" and isinstance(right, str) and right.startswith(str(left)):
                continue
            elif key == "warnings":
                same = len(left) == len(right) and all(
                    x[0] == y[0] and y[1].startswith(x[1]) for x, y in zip(left, right, strict=True)
                )
                found += [] if same else [f"{place}: {left} != {right}"]
            else:
                found += differences(left, right, tolerance, place)
        return found
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = zip(expected, actual, strict=True)
        return [text for i, (x, y) in enumerate(pairs) for text in differences(x, y, tolerance, f"{path}[{i}]")]
    if close(expected, actual, tolerance or PLAIN_NUMBER):
        return []
    return [f"{path}: {short(expected)} != {short(actual)}".lstrip(": ")]


ABSENT = "(as usual)"


def short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 600 else text[:600] + "..."


def compare_logs(expected: list, actual: list) -> Iterator[tuple[int, list[str]]]:
    """Number and differences of every step that differs; a missing or extra step ends the comparison."""
    tolerance: tuple[float, float] | None = None
    for step, (left, right) in enumerate(zip(expected, actual, strict=False)):
        if isinstance(left, dict) and "tolerance" in left:
            tolerance = tuple(left["tolerance"])
        if found := differences(left, right, tolerance):
            yield step, found
    if len(expected) != len(actual):
        yield min(len(expected), len(actual)), [f"{len(expected)} steps expected, {len(actual)} taken"]


# ---------------------------------------------------------------- recordings


COMPRESSED = {"random"}  # answers nobody reads as text


def recording_path(programs: Path) -> Path:
    name = programs.stem.removeprefix("peer_")
    return RECORDED / (f"{name}.json.gz" if name in COMPRESSED else f"{name}.json")


def read_recording(programs: Path) -> dict[str, list]:
    path = recording_path(programs)
    if not path.exists():
        return {}
    data = path.read_bytes()
    return json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)["programs"]


def write_recording(programs: Path, answers: dict[str, list], version: str) -> Path:
    """One program a line, so that a change shows as the programs it concerns."""
    path = recording_path(programs)
    path.parent.mkdir(exist_ok=True)
    rows = [f"{json.dumps(name)}:{json.dumps(entries, separators=(',', ':'))}" for name, entries in answers.items()]
    body = ",\n".join(rows)
    data = f'{{"torch":{json.dumps(version)},"programs":{{\n{body}\n}}}}\n'.encode()
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
    return path


def program_files() -> list[Path]:
    return sorted(HERE.glob("peer_*.py"))
