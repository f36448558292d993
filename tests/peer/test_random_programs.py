"""Random programs on both libraries at once, compared after every statement (collected where PyTorch is installed).

Hypothesis draws the kind of program and the seed that the program is written from, always the same ones, so that what passed on one
machine passes on the next. More programs, with other seeds: ``RUSHLIGHT_FUZZ=10000 pytest tests/peer/test_random_programs.py``.
A program that diverges is shrunk by the fuzzer, statement by statement.
"""

import importlib
import os

import fuzz
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st

PROGRAMS = int(os.environ.get("RUSHLIGHT_FUZZ", "300"))
SEEDS = 30 if PROGRAMS <= 300 else PROGRAMS  # of each kind

# Kinds of programs that came later, a few of each run under every seed; those that still meet differences often are run by hand.
LATER = (
    "checked", "derived", "draws", "faults", "files", "groups", "guarded", "layers", "makers", "masks", "mixed", "modules", "nested", "outs",
    "protocols", "raised", "shared", "subclasses", "threads", "training", "users", "warned", "wrong",
)  # fmt: skip
OPEN = {"transforms", "einsums", "printing", "functional", "chances", "deep", "duals", "walks", "mapped", *LATER}

# Programs that meet a difference of docs/differences.md. Whoever removes the difference removes the line.
KNOWN: dict[tuple[str, int], str] = {
    ("complex", 4): "the expanded gradient of an empty tensor",
    ("memory", 2): "empty tensors do not know that they share memory",
}


def divergence(kind: str, seed: int, shrinks: bool) -> list[str]:
    """The shortest program that diverges, and how; nothing where the libraries agree."""
    library = importlib.import_module(os.environ.get("RUSHLIGHT_PEER_LIBRARY", "rushlight"))
    oracle = importlib.import_module("torch")
    length, look_at_all = 4 + seed % 13, seed % 2 == 1
    program = fuzz.Writer(seed, kind, oracle).write(length)
    found = fuzz.compare(program, library, oracle, look_at_all)
    if found is None:
        return []
    if shrinks:
        program, differences = fuzz.shrink(program, library, oracle, look_at_all)
        return [f"kind {kind}, seed {seed}, length {length}", *program, *differences]
    return found[1]


def test_random_programs_do_not_diverge() -> None:
    diverging: list[str] = []

    @settings(
        max_examples=PROGRAMS, derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(kind=st.sampled_from([kind for kind in fuzz.KINDS if kind not in OPEN]), seed=st.integers(0, SEEDS - 1))
    @example(kind="views", seed=0)
    def look(kind: str, seed: int) -> None:
        if (kind, seed) not in KNOWN and (found := divergence(kind, seed, True)):
            diverging.append("\n".join(found))

    look()
    if diverging:
        pytest.fail("\n\n".join([f"{len(diverging)} programs diverge", *diverging]), pytrace=False)


@pytest.mark.parametrize("kind", LATER)
def test_programs_of_later_kinds_do_not_diverge(kind: str) -> None:
    for seed in range(max(2, PROGRAMS // 100)):
        found = divergence(kind, seed, True)
        assert not found, "\n".join(found)


def test_known_differences_are_still_there() -> None:
    for (kind, seed), difference in KNOWN.items():
        assert divergence(kind, seed, False), f"{difference} ({kind} {seed}): now as PyTorch, remove the line from KNOWN"
