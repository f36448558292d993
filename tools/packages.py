"""Run programs over packages written for PyTorch on both libraries and write docs/packages.md.

    python tools/packages.py [--environments DIRECTORY] [--keep] [PROGRAM ...]

Makes two environments below DIRECTORY (with --keep, uses those that are there): one has PyTorch, the other has not and finds this
tree's rushlight by PYTHONPATH; both get tests/packages/requirements.txt without its dependencies. Needs downloads.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "tests" / "packages"
PAGE = ROOT / "docs" / "packages.md"
PYTORCH = ["torch==2.13.0"]
TOLERANCE = 2e-4  # of a printed number, or of the largest one on its line: a few optimizer steps apart in float32
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d*(?:e[-+]?\d+)?|\d+e[-+]?\d+|inf|nan)(?![\w])")
HEAD = """# Packages written for PyTorch

Written by `python tools/packages.py`. Each program of `tests/packages` runs unchanged on PyTorch 2.13 and, after
`rushlight.install()`, on rushlight; all that it prints (losses, gradients, samples, generated tokens) is compared,
numbers to {tolerance} of the largest on their line.
Ratio: PyTorch's processor time for the program over rushlight's, one thread each; above 1 rushlight is faster.
The figures below are of rushlight without its compiled core.

| program | agrees | ratio | what it runs, and what differs |
|---|---|---|---|
"""


def make(place: Path, packages: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    if packages:
        subprocess.run([*pip, *packages], check=True)
    subprocess.run([*pip, "--no-deps", "-r", str(PROGRAMS / "requirements.txt")], check=True)


def run(place: Path, which: str, out: Path, programs: list[str]) -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    if which == "rushlight":
        environment["PYTHONPATH"] = str(ROOT)
    for program in programs:
        subprocess.run(
            [str(place / "bin" / "python"), str(PROGRAMS / "_run.py"), which, str(out), "2", program], env=environment, check=False
        )


def differences(expected: str, actual: str) -> list[str]:
    """The lines that differ, as rushlight printed them."""
    first, second = expected.splitlines(), actual.splitlines()
    found = [] if len(first) == len(second) else [f"{len(second)} lines instead of {len(first)}"]
    for line, other in zip(first, second):
        wanted, given = ([float(text) for text in NUMBER.findall(each)] for each in (line, other))
        scale = max((abs(value) for value in wanted if abs(value) < float("inf")), default=0.0)
        near = all(a == b or a != a and b != b or abs(a - b) <= TOLERANCE * max(abs(a), scale) for a, b in zip(wanted, given))
        if NUMBER.sub("#", line) != NUMBER.sub("#", other) or not near:
            found.append(other)
    return found


def row(program: str, out: Path) -> str:
    about = (PROGRAMS / f"{program}.py").read_text(encoding="utf-8").split('"""')[1].rstrip(".")
    results = []
    for which in ("torch", "rushlight"):
        file = out / which / f"{program}.json"
        ended = file.exists()
        results.append(json.loads(file.read_text(encoding="utf-8")) if ended else {"error": "did not end", "output": "", "run": 0.0})
    reference, result = results
    both = (("PyTorch", reference), ("rushlight", result))
    wrong = [f"{where}: {each['error'].splitlines()[0]}" for where, each in both if each["error"]]
    wrong += [] if wrong else [f"`{line[:80]}`" for line in differences(reference["output"], result["output"])[:3]]
    ratio = f"{reference['run'] / result['run']:.2f}" if reference["run"] and result["run"] else ""
    return f"| {program} | {'no' if wrong else 'yes'} | {ratio} | {about}{'. ' if wrong else ''}{'; '.join(wrong)} |\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--environments", type=Path, default=ROOT / "build" / "packages")
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    programs = given.programs or sorted(file.stem for file in PROGRAMS.glob("[a-z]*.py"))
    for which, packages in (("torch", PYTORCH), ("rushlight", [])):
        place = given.environments / which
        if not (given.keep and place.exists()):
            make(place, packages)
        run(place, which, given.environments / "out" / which, programs)
    rows = [row(program, given.environments / "out") for program in programs]
    versions = (PROGRAMS / "requirements.txt").read_text(encoding="utf-8").split()
    PAGE.write_text(HEAD.format(tolerance=TOLERANCE) + "".join(rows) + f"\nVersions: {', '.join(versions)}.\n", encoding="utf-8")


if __name__ == "__main__":
    main()
