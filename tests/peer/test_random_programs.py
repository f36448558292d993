"""Random programs on both libraries at once, compared after every statement (collected where PyTorch is installed)."""

import importlib
import os

import fuzz
import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

# More programs: RUSHLIGHT_FUZZ=10000 pytest tests/peer/test_random_programs.py, or tools/fuzz.py with a range of seeds.
PROGRAMS = int(os.environ.get("RUSHLIGHT_FUZZ", "300")) // len(fuzz.KINDS)


@pytest.mark.parametrize("kind", fuzz.KINDS)
def test_random_programs_do_not_diverge(kind: str) -> None:
    library = importlib.import_module(os.environ.get("RUSHLIGHT_PEER_LIBRARY", "rushlight"))
    oracle = importlib.import_module("torch")

    # The fuzzer shrinks a program itself, so hypothesis only draws.
    @settings(
        max_examples=PROGRAMS,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 10**9), length=st.integers(4, 16), look_at_all=st.booleans())
    def run(seed: int, length: int, look_at_all: bool) -> None:
        program = fuzz.Writer(seed, kind, oracle).write(length)
        if fuzz.compare(program, library, oracle, look_at_all) is None:
            return
        program, found = fuzz.shrink(program, library, oracle, look_at_all)
        pytest.fail("\n".join([f"kind {kind}, seed {seed}, length {length}", *program, *found]), pytrace=False)

    run()
