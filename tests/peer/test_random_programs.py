"""Random programs on both libraries at once, compared after every statement (collected where PyTorch is installed)."""

import importlib
import os

import fuzz
import pytest

# More programs: RUSHLIGHT_FUZZ=10000 pytest tests/peer/test_random_programs.py, or tools/fuzz.py with a range of seeds.
# The seeds are always the same ones, so that what passed on one machine passes on the next.
PROGRAMS = int(os.environ.get("RUSHLIGHT_FUZZ", "300")) // len(fuzz.KINDS)

# Programs that meet a difference of docs/differences.md. Whoever removes the difference removes the line.
KNOWN = {
    ("index", 11): "the version of nonzero() of an inference tensor",
    ("operators", 12): "the nodes that quantile() is made of",
}


@pytest.mark.parametrize("kind", fuzz.KINDS)
def test_random_programs_do_not_diverge(kind: str) -> None:
    library = importlib.import_module(os.environ.get("RUSHLIGHT_PEER_LIBRARY", "rushlight"))
    oracle = importlib.import_module("torch")
    for seed in range(PROGRAMS):
        length, look_at_all = 4 + seed % 13, seed % 2 == 1
        program = fuzz.Writer(seed, kind, oracle).write(length)
        diverges = fuzz.compare(program, library, oracle, look_at_all) is not None
        if (kind, seed) in KNOWN:
            assert diverges, f"{KNOWN[kind, seed]} is now as PyTorch's: remove the line from KNOWN"
        elif diverges:
            program, found = fuzz.shrink(program, library, oracle, look_at_all)
            pytest.fail("\n".join([f"kind {kind}, seed {seed}, length {length}", *program, *found]), pytrace=False)
