"""Differential fuzzer: random programs on rushlight and on PyTorch, compared after every statement.

    python tools/fuzz.py --seeds 0:1000 --kind views|promotion|reduce|index|autograd|errors|...|all
    python tools/fuzz.py --print 17 --kind views          the program of a seed
    python tools/fuzz.py --program FILE                    compare one program, shrunk
    python tools/fuzz.py --write 40                        keep programs of each kind in the peer suite (then record)

It compares the installed rushlight; put ``PYTHONPATH=.`` before the command for the source tree.

A program is plain source text, made from the table in fuzz_table.py. A divergence is shrunk to the statements it needs;
divergences that look alike are shown once, with how many seeds gave them.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import math
import pickle
import random
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "peer"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import harness
from fuzz_table import CHOICES, DTYPES, EMPTY_SHAPES, FLOATING, KINDS, NUMBERS, PRELUDE, SCALARS, SHAPES, TABLE, WRAPPERS

TOLERANCE = {"float32": (1e-4, 1e-5), "complex64": (1e-4, 1e-5), "float16": (1e-2, 1e-2), "bfloat16": (5e-2, 5e-2)}
LARGEST = 1e4  # a program stays among numbers that both libraries round alike
LARGEST_SIZE = 200
HALF_DONE = ("Inplace update to inference tensor outside InferenceMode",)
PECULIAR = (  # errors of PyTorch's own machinery, which rushlight does not have
    "Setting requires_grad=True on inference tensor", "INTERNAL ASSERT", "moved into the graph interior",
    "ZeroTensors are immutable", "unallocated storage", "ComplexHalf",
)  # fmt: skip
WRITES = re.compile(r"_\(|[-+*/]= |\] = |\*\*= |out=")
NODES_NAMES = re.compile(r"(t\w+|seen[\w.\[\]]*)\.(grad\.)?(grad_fn|version)\b")
UNNAMED = re.compile(  # what records nodes of other names, see docs/differences.md
    r"slope\(slope\(|create_graph=True.*\.sum\(\)\.backward\(|torch\.func\.|forward_ad|autograd\.functional|nn\.(RNN|LSTM|GRU)\(|weight_norm"
    r"|seen\.append\((torch.*or )?(vmap|grad|grad_and_value|vjp|jvp|jacrev|jacfwd|hessian|AF)\b|AF\.|dual\("
)
UNREADABLE = "!RuntimeError: tolist() shouldn't be called on a tensor with unallocated storage"
FIELD = re.compile(r"\{(\w+)\}")
ZERO, ZERO_PART = re.compile(r"(?<=[\[\s,(])-(0\.0*)(?!\d)"), re.compile(r"-(0\.0*j)")
GRAPH = re.compile(r",?\s*grad_fn=<\w+>")
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")

Program = list[str]


# ---------------------------------------------------------------- running a program


class Machine:
    """One library running a program statement by statement."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.space: dict[str, Any] = {"torch": torch, "seen": [], "copy": copy, "pickle": pickle}
        torch.set_printoptions(profile="default")
        exec(PRELUDE, self.space)

    def execute(self, statement: str) -> dict[str, Any]:
        """Run a statement; its error and warnings."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                exec(compile(statement, "<program>", "exec"), self.space)
                found: dict[str, Any] = {}
            except Exception as error:
                found = {"error": type(error).__name__, "text": harness.clean(str(error))}
        if caught:
            found["warnings"] = [[item.category.__name__, harness.clean(str(item.message))] for item in caught]
        return found

    def tensors(self) -> dict[str, Any]:
        return {name: value for name, value in self.space.items() if isinstance(value, self.torch.Tensor)}

    def observe(self, names: list[str]) -> dict[str, Any]:
        tensors = self.tensors()
        by_identity = {id(tensor): name for name, tensor in tensors.items()}
        with self.torch._C.DisableTorchFunctionSubclass():
            found: dict[str, Any] = {name: self.tensor(tensors[name], by_identity) for name in names if name in tensors}
        found["seen"] = harness.describe(list(self.space["seen"]), self.torch)
        return found

    def tensor(self, tensor: Any, by_identity: dict[int, str]) -> dict[str, Any]:
        found = harness.describe_tensor(tensor)
        found["print"] = harness.clean(str(harness.attempt(lambda: repr(tensor))))
        base = harness.attempt(lambda: tensor._base)
        # PyTorch's gradients may be views of tensors that nobody has; whether they are is not for a program to rely on
        found["base"] = None if base is None else by_identity.get(id(base))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            grad = harness.attempt(lambda: tensor.grad)
        found["grad"] = harness.describe(grad, self.torch)
        for part in (found, found["grad"]):
            if isinstance(part, dict) and 0 in part.get("shape", ()):  # an expanded empty tensor may have any strides, or be copied
                part.pop("stride", None)
        if isinstance(found["grad"], dict):  # how often the formulas wrote into a gradient: see docs/differences.md
            found["grad"].pop("version", None)
        return found


def names_in(statement: str) -> list[str]:
    return sorted(set(re.findall(r"\bt\d+\b", statement)), key=lambda name: int(name[1:]))


def compare(program: Program, library: Any, oracle: Any, look_at_all: bool) -> tuple[int, list[str]] | None:
    """Number of the first statement after which the libraries differ, and the differences."""
    with harness.clean_state(library), harness.clean_state(oracle):
        expected, actual = Machine(oracle), Machine(library)
        for number, statement in enumerate(program):
            left, right = expected.execute(statement), actual.execute(statement)
            last = number == len(program) - 1
            names = list(expected.tensors()) if look_at_all or last else names_in(statement)
            if any(text in str(left) for text in PECULIAR):
                return None
            found = list(unlike(left, right))
            if not found and (half_done(left) or written_in_part(left, statement)):
                return None
            seen = expected.observe(names)
            if "INTERNAL ASSERT" in str(seen) or any("track version" in str(part.get("print")) for part in seen.values()):
                return None
            if any(recorded_integers(tensor) for tensor in seen.values()):
                return None
            found = found or list(unlike(seen, actual.observe(names)))
            if found and any(UNNAMED.search(text) for text in program[: number + 1]):
                found = [text for text in found if not NODES_NAMES.match(text) and not same_but_for_graph(text)]
            if found:
                return number, found
    return None


def same_but_for_graph(text: str) -> bool:
    """Whether a difference is one of prints that agree but for the name of the grad_fn and where it breaks the line."""
    left, found, right = text.partition(" != ")
    if not found or ".print: " not in left:
        return False
    left, right = (GRAPH.sub("", re.sub(r"\\n\s*|\s+", " ", part.split(".print: ")[-1])) for part in (left, right))
    return left.strip("'\" ") == right.strip("'\" ")


def recorded_integers(found: Any) -> bool:
    """Whether PyTorch shows an integer tensor that requires grad, which fill_ and its kin make of one: see docs/differences.md."""
    return isinstance(found, dict) and "requires_grad" in found and not found["dtype"].startswith(("float", "bfloat", "complex"))


def written_in_part(found: dict[str, Any], statement: str) -> bool:
    """Whether a statement failed that PyTorch may have done in part: see docs/differences.md."""
    return "error" in found and ("out=" in statement or "] = " in statement and "is out of bounds for dimension" in found["text"])


def half_done(found: dict[str, Any]) -> bool:
    """Whether a statement failed after PyTorch had changed the tensor, which rushlight leaves as it was."""
    return any(text in found.get("text", "") for text in HALF_DONE)


def unlike(expected: Any, actual: Any, tolerance: tuple[float, float] | None = None, path: str = "") -> Iterator[str]:
    """As ``harness.differences``, with tolerances for whole programs and printed numbers compared as numbers."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        dtype = str(expected.get("dtype"))
        inner = TOLERANCE.get(dtype, harness.TOLERANCES.get(dtype, (1e-5, 1e-5)))
        inner = (max(inner[0], 1e-6), max(inner[1], 1e-8))
        for key in dict.fromkeys([*expected, *actual]):
            left, right = expected.get(key, harness.ABSENT), actual.get(key, harness.ABSENT)
            place = f"{path}.{key}" if path else key
            if key == "print" and isinstance(left, str) and isinstance(right, str):
                if not same_print(left, right, dtype):
                    yield f"{place}: {left!r} != {right!r}"
            elif key in {"text", "warnings"}:
                yield from harness.differences({key: left}, {key: right}, None, path)
            else:
                yield from unlike(left, right, inner, place)
    elif isinstance(expected, str) and isinstance(actual, str) and path.startswith("seen"):  # what a program printed
        if not same_print(expected, actual, ""):
            yield f"{path}: {expected!r} != {actual!r}"
    elif expected == UNREADABLE or tolerance and without_order(expected, actual):
        return
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for i, (left, right) in enumerate(zip(expected, actual, strict=True)):
            yield from unlike(left, right, tolerance, f"{path}[{i}]")
    elif not harness.close(expected, actual, tolerance or (1e-4, 1e-5)):
        yield f"{path}: {harness.short(expected)} != {harness.short(actual)}"


def without_order(expected: Any, actual: Any) -> bool:
    """Whether two lists are the parts of complex numbers that are not finite: which part is nan depends on vector registers."""
    if not (isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual) == 2):
        return False
    pairs = [[type(part) is float and not math.isfinite(part) for part in value] for value in (expected, actual)]
    return any(pairs[0]) and any(pairs[1])


def same_print(left: str, right: str, dtype: str) -> bool:
    """Whether two prints are alike but for the last digits, and for what depends on vector registers, see docs/differences.md."""
    if left == right:
        return True
    if dtype.startswith("complex"):
        if "nan" in left or "inf" in left:
            return True
        left, right = (ZERO_PART.sub(r"+\1", ZERO.sub(r"\1", text)) for text in (left, right))
    if re.sub(r"\s+", "", NUMBER.sub("n", left)) != re.sub(r"\s+", "", NUMBER.sub("n", right)):
        return False
    pairs = zip(NUMBER.findall(left), NUMBER.findall(right), strict=True)
    relative = max(1e-3, TOLERANCE.get(dtype, (0, 0))[0])
    return all(x == y or abs(float(x) - float(y)) <= 2e-4 + relative * abs(float(x)) for x, y in pairs)


# ---------------------------------------------------------------- making a program


class Writer:
    """Writes a program for a seed, running it on the oracle so that most statements make sense."""

    def __init__(self, seed: int, kind: str, oracle: Any) -> None:
        self.random = random.Random(f"{kind}:{seed}")
        self.kind, self.oracle = kind, oracle
        self.program: Program = []
        self.machine = Machine(oracle)
        self.fresh = 0
        self.asked = ""  # "w" while a statement is made that writes

    def write(self, length: int) -> Program:
        with harness.clean_state(self.oracle):
            for _ in range(self.random.randint(2, 4)):
                self.accept(self.creation())
            parts = KINDS[self.kind]
            tries = 0
            while len(self.program) < length and tries < 10 * length:
                tries += 1
                part = self.random.choices(list(parts), list(parts.values()))[0]
                with self.oracle._C.DisableTorchFunctionSubclass():
                    statement = self.fill(self.random.choice(TABLE[part]))
                if statement is not None:
                    self.accept(self.wrapped(statement))
            self.finish()
        return self.program

    def finish(self) -> None:
        """End by differentiating what was built."""
        with self.oracle._C.DisableTorchFunctionSubclass():
            tensors = self.usable().items()
            recorded = [(name, tensor) for name, tensor in tensors if tensor.requires_grad and tensor.grad_fn is not None]
            last = [name for name, tensor in recorded[-2:] if not tensor.is_complex()]
        for name in last:
            self.accept(f"{name}.sum().backward(retain_graph=True)")

    def accept(self, statement: str) -> None:
        """Keep the statement unless its numbers grow beyond what rounding allows to compare."""
        if half_done(self.machine.execute(statement)):
            self.replay()
            return
        with self.oracle._C.DisableTorchFunctionSubclass():
            kept = all(harness.attempt(lambda tensor=tensor: self.moderate(tensor)) is True for tensor in self.usable().values())
        if kept:
            self.program.append(statement)
        else:
            self.replay()

    def replay(self) -> None:
        """Take the last statement back."""
        self.machine = Machine(self.oracle)
        for kept in self.program:
            self.machine.execute(kept)

    def usable(self) -> dict[str, Any]:
        """The tensors without those views that a write has made unusable, whose every flag raises."""
        tensors = self.machine.tensors()
        flags = {}
        for name, tensor in tensors.items():
            flags[name] = harness.attempt(lambda tensor=tensor: (tensor.requires_grad, tensor.is_leaf, tensor.grad_fn))
        return {name: tensor for name, tensor in tensors.items() if not isinstance(flags[name], str)}

    def moderate(self, tensor: Any) -> bool:
        if tensor.numel() > LARGEST_SIZE or tensor.dim() > 5:
            return False
        if not (tensor.is_floating_point() or tensor.is_complex()) or tensor.numel() == 0:
            return True
        parts = [tensor, *([tensor.grad] if tensor.is_leaf and tensor.grad is not None else [])]
        return all(part.dtype is self.oracle.complex32 or bool((part.detach().abs().nan_to_num(0, 0, 0) < LARGEST).all()) for part in parts)

    def wrapped(self, statement: str) -> str:
        if self.kind != "promotion" and ": " not in statement and "; " not in statement and self.random.random() < 0.08:
            wrapper = self.random.choice(WRAPPERS)
            if "inference" in wrapper and ("backward" in statement or ".data = " in statement):
                return statement
            return f"{wrapper}\n    {statement}"
        return statement

    def name(self) -> str:
        self.fresh += 1
        return f"t{self.fresh - 1}"

    def creation(self) -> str:
        shape = self.random.choice(EMPTY_SHAPES if self.kind == "empty" else SHAPES)
        dtype = self.random.choice(DTYPES.get(self.kind, FLOATING))
        count = 1
        for size in shape:
            count *= size
        low, step = (0, 1) if dtype in {"bool", "uint8"} else (-3, 1)
        values = [self.random.randrange(low, 4, step) for _ in range(count)]
        if dtype.startswith(("float", "bfloat", "complex")):
            values = [value / 2 for value in values]
        text = f"{self.name()} = torch.tensor({values}, dtype=torch.{dtype}).reshape({shape})"
        if dtype.startswith(("float", "bfloat", "complex")) and self.random.random() < 0.6:
            text += self.random.choice([".requires_grad_()", ".requires_grad_()", ".requires_grad_() * 1"])
        return text

    def fill(self, template: str) -> str | None:
        """The template with its fields filled in; None where no tensor fits."""
        template = self.chosen(template)
        tensors = self.usable()
        chosen: dict[str, Any] = {}
        values: dict[str, str] = {}
        self.asked = "w" if WRITES.search(template) else ""
        for field in sorted(set(FIELD.findall(template)), key="xwf".find, reverse=True):
            fitting = [name for name, tensor in tensors.items() if self.fits(field, tensor, chosen)]
            if field in {"x", "w", "f", "y", "leaf"}:
                if not fitting:
                    return None
                recording = [name for name in fitting if tensors[name].requires_grad]
                prefer = field in {"x", "f"} and recording and self.random.random() < 0.6
                values[field] = self.recent(recording if prefer else fitting)
                chosen[field] = tensors[values[field]]
        main = next((chosen[field] for field in ("x", "w", "f", "leaf") if field in chosen), None)
        for field in ("dim", "dim2", "shape", "index"):  # the same wherever it stands
            if "{" + field + "}" in template:
                values[field] = self.literal(field, main)
        if "{new}" in template:  # one name, however often it stands there
            values["new"] = self.name()
        return FIELD.sub(lambda match: values.get(match[1]) or self.literal(match[1], main), template)

    def chosen(self, template: str) -> str:
        """The template with the fields of CHOICES replaced, and those in what replaced them."""
        while any(field in CHOICES for field in FIELD.findall(template)):
            template = FIELD.sub(lambda match: self.random.choice(CHOICES.get(match[1], [match[0]])), template)
        return template

    def recent(self, names: list[str]) -> str:
        return self.random.choice(names[-4:] if self.random.random() < 0.5 else names)

    def fits(self, field: str, tensor: Any, chosen: dict[str, Any]) -> bool:
        if field == "f":
            return tensor.is_floating_point() or tensor.is_complex()
        if field in {"x", "w"} and "w" in self.asked and repeats(tensor):
            return False  # what is left after writing to elements that share memory is anybody's guess
        if field == "w":
            risky = tensor.is_leaf and tensor.requires_grad
            return not risky or self.random.random() < 0.15
        if field == "leaf":
            return tensor.is_leaf and tensor.requires_grad
        if field == "y":
            main = chosen.get("x", chosen.get("w"))
            if self.asked and main is not None and shares(main, tensor):
                return False
            return main is None or self.random.random() < 0.05 or broadcasts(tuple(main.shape), tuple(tensor.shape))
        return field == "x"

    def literal(self, field: str, tensor: Any) -> str:
        draw = self.random
        if field == "new":
            return self.name()
        if field in {"scalar", "number", "int", "dtype"}:
            choices = {"scalar": SCALARS, "number": NUMBERS, "int": ["0", "1", "-1"]}
            return draw.choice(choices.get(field, DTYPES["promotion"]))
        dims = tensor.dim()
        if field in {"dim", "dim2"}:
            if draw.random() < 0.03:
                return str(draw.choice([dims, -dims - 1, dims + 2]))
            return str(draw.randint(-dims, dims - 1) if dims else draw.choice([0, -1]))
        if field == "perm":
            return str(tuple(draw.sample(range(dims), dims)))
        if field == "shape":
            return str(self.split_sizes(tensor.numel()))
        if field == "expand":
            sizes = [draw.choice([2, 3]) if size == 1 else draw.choice([-1, size]) for size in tensor.shape]
            return str(tuple(([2] if draw.random() < 0.3 else []) + sizes))
        if field == "step":
            return draw.choice(["::2", "1:", ":-1", "..., ::2", "..., 1:", "..., None", ":, ::2"])
        assert field == "index", field
        return self.index(tuple(tensor.shape))

    def split_sizes(self, count: int) -> tuple[int, ...]:
        sizes, rest = [], count
        while rest > 1 and self.random.random() < 0.7:
            size = self.random.choice([n for n in range(1, rest + 1) if rest % n == 0])
            sizes.append(size)
            rest //= size
        sizes.append(rest)
        if self.random.random() < 0.3:
            sizes[self.random.randrange(len(sizes))] = -1
        if self.random.random() < 0.03:
            sizes.append(2)
        return tuple(sizes)

    def index(self, shape: tuple[int, ...]) -> str:
        draw, parts = self.random, []
        for size in shape[: draw.randint(0, len(shape))]:
            if draw.random() < 0.1:
                parts.append(draw.choice(["None", "..."] if "..." not in parts else ["None"]))
            ints = [draw.randrange(-size, size) if size else 0 for _ in range(draw.randint(1, 3))]
            mask = [draw.random() < 0.5 for _ in range(size)]
            parts.append(
                draw.choice(
                    [
                        str(ints[0] if draw.random() > 0.03 else size),
                        f"{draw.choice(['', str(draw.randint(-3, 3))])}:{draw.choice(['', str(draw.randint(-3, 4))])}",
                        f"::{draw.choice([1, 2, 3])}",
                        f"torch.tensor({ints})",
                        str(ints),
                        f"torch.tensor({mask})",
                        f"torch.tensor({ints[0]})",
                        ":",
                    ]
                )
            )
        return ", ".join(parts) if parts else draw.choice(["...", "None", "()", "True"])


def repeats(tensor: Any) -> bool:
    """Whether a tensor has elements that share memory in a way that no library refuses to write to."""
    places = [0]
    for size, step in zip(tensor.shape, tensor.stride(), strict=True):
        if step == 0 and size > 1:
            return False
        places = [place + step * index for place in places for index in range(size)]
    return len(set(places)) < len(places)


def shares(target: Any, value: Any) -> bool:
    """Whether a value lies in the memory that is written to, elsewhere than the target, so that the order of writing matters."""
    if target.untyped_storage().data_ptr() != value.untyped_storage().data_ptr() or not target.numel() or not value.numel():
        return False
    return (target.data_ptr(), target.shape, target.stride()) != (value.data_ptr(), value.shape, value.stride())


def broadcasts(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    pairs = zip(reversed(left), reversed(right), strict=False)
    return len(right) <= len(left) and all(x == y or y == 1 for x, y in pairs)


# ---------------------------------------------------------------- shrinking and reporting


def shrink(program: Program, library: Any, oracle: Any, look_at_all: bool) -> tuple[Program, list[str]]:
    """Drop every statement that the divergence does not need."""
    number, found = compare(program, library, oracle, look_at_all) or (0, [])
    wanted = signature(program[number], found)
    program = program[: number + 1]
    index = len(program) - 2
    while index >= 0:
        shorter = program[:index] + program[index + 1 :]
        again = compare(shorter, library, oracle, look_at_all)
        if again is not None and signature(shorter[again[0]], again[1]) == wanted:
            program, found = shorter[: again[0] + 1], again[1]
            index = min(index, len(program) - 1)
        index -= 1
    return program, found


def signature(statement: str, found: list[str]) -> str:
    """What makes two divergences alike: the statement and the kind of difference, without names and numbers."""
    missing = [text for text in found if "has no attribute" in text]
    if missing:  # a name that is not there is one divergence, wherever it is used
        return missing[0]
    field = re.sub(r"^(t\d+)\.|\[\d+\]", "", found[0].split(":")[0]) if found else ""
    message = found[0] if field in {"error", "text"} else field
    general = re.sub(r"\[[^]]*\]", "[]", re.sub(r"t[0-9]+", "t", statement))
    return re.sub(r"-?\d+(\.\d+)?", "#", f"{general} | {message}")[:300]


def diverging(
    seeds: range, kind: str, length: int, library: Any, oracle: Any
) -> Iterator[tuple[int, Program, list[str]]]:
    for seed in seeds:
        program = Writer(seed, kind, oracle).write(length)
        if compare(program, library, oracle, seed % 2 == 0) is not None:
            yield seed, *shrink(program, library, oracle, seed % 2 == 0)


def show(program: Program, found: list[str]) -> None:
    print("\n".join(f"    {line}" for statement in program for line in statement.splitlines()))
    for text in found[:6]:
        print(f"  PyTorch != rushlight  {text[:700]}")


KEPT_PROGRAMS = harness.HERE / "random_programs.txt"


# Programs that are not kept: they meet a difference of docs/differences.md, or an answer that no recording should hold.
NOT_KEPT: dict[tuple[str, int], str] = {}


def keep(count: int, length: int, oracle: Any) -> None:
    """Write programs of every kind to the file whose answers are recorded; " | " stands for a line break."""
    lines = []
    for kind in KINDS:
        for seed in [seed for seed in range(count) if (kind, seed) not in NOT_KEPT]:
            program = [statement.replace("\n    ", " | ") for statement in Writer(seed, kind, oracle).write(length)]
            lines += [f"# {kind} {seed}", *program, ""]
    KEPT_PROGRAMS.write_text("\n".join(lines), encoding="utf-8")


def kept_programs() -> dict[str, Program]:
    found = {}
    for block in KEPT_PROGRAMS.read_text(encoding="utf-8").strip().split("\n\n"):
        title, *statements = block.splitlines()
        found[title.removeprefix("# ")] = [statement.replace(": | ", ":\n    ") for statement in statements]
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", default="0:200", help="range of seeds, FIRST:END (default 0:200)")
    parser.add_argument("--kind", default="all", choices=KINDS, help="what the programs are about (default all)")
    parser.add_argument("--length", type=int, default=14, help="statements per program (default 14)")
    parser.add_argument("--show", type=int, default=15, help="distinct divergences to show (default 15)")
    parser.add_argument("--print", type=int, metavar="SEED", help="only print the program of this seed")
    parser.add_argument("--program", metavar="FILE", help="compare the program in a file, one statement a line")
    parser.add_argument("--write", type=int, metavar="COUNT", help="keep that many programs of each kind as tests")
    parser.add_argument("--library", default="rushlight", help="module to compare with PyTorch (default rushlight)")
    options = parser.parse_args(arguments)
    oracle = importlib.import_module("torch")
    if options.print is not None:
        print("\n".join(Writer(options.print, options.kind, oracle).write(options.length)))
        return 0
    if options.write is not None:
        keep(options.write, options.length, oracle)
        return 0
    library = importlib.import_module(options.library)
    if options.program:
        program = Path(options.program).read_text(encoding="utf-8").splitlines()
        if compare(program, library, oracle, True) is None:
            print("no divergence")
            return 0
        show(*shrink(program, library, oracle, True))
        return 1
    first, end = (int(part) for part in options.seeds.split(":"))
    groups: dict[str, list[tuple[int, Program, list[str]]]] = {}
    for seed, program, found in diverging(range(first, end), options.kind, options.length, library, oracle):
        groups.setdefault(signature(program[-1], found), []).append((seed, program, found))
    for members in sorted(groups.values(), key=len, reverse=True)[: options.show]:
        seed, program, found = min(members, key=lambda member: sum(map(len, member[1])))
        print(f"--- {len(members)} seeds, e.g. {seed}")
        show(program, found)
    count = sum(map(len, groups.values()))
    print(f"{end - first} programs of kind {options.kind}: {count} diverge, in {len(groups)} ways")
    return 1 if groups else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
