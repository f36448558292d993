"""Checks that hold for the whole suite: which form is tested, and that no test leaks global state."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """``RUSHLIGHT_EXPECT=compiled|pure`` asserts that the installed package, in that form, is what is tested."""
    expected = os.environ.get("RUSHLIGHT_EXPECT")
    if not expected:
        return
    import rushlight
    from rushlight._core import tensor

    place = Path(rushlight.__file__).resolve().parent
    form = "pure" if str(tensor.__file__).endswith(".py") else "compiled"
    if place == REPOSITORY / "rushlight":
        raise pytest.UsageError(f"tests must import the installed package, not {place}")
    if form != expected:
        raise pytest.UsageError(f"expected the {expected} form of rushlight, but {place} is {form}")


def pytest_report_header() -> str:
    import rushlight
    from rushlight._core import tensor

    form = "pure" if str(tensor.__file__).endswith(".py") else "compiled"
    return f"rushlight {rushlight.__version__}, {form}, {Path(rushlight.__file__).parent}"


@pytest.fixture(autouse=True)
def no_leaked_state() -> Iterator[None]:
    """Fail a test that leaves grad mode, the default dtype, the RNG's seed or print options changed."""
    if "rushlight" not in sys.modules:  # a test that runs rushlight in other processes only
        yield
        return
    import rushlight

    def state() -> dict[str, object]:
        return {
            "grad mode": rushlight.is_grad_enabled(),
            "inference mode": rushlight.is_inference_mode_enabled(),
            "default dtype": rushlight.get_default_dtype(),
            "anomaly mode": rushlight.is_anomaly_enabled(),
            "sys.modules['torch']": sys.modules.get("torch") is rushlight,
        }

    generator_state = rushlight.get_rng_state()
    before = state()
    yield
    after = state()
    rushlight.set_grad_enabled(True)
    rushlight.set_default_dtype(rushlight.float32)
    rushlight.set_rng_state(generator_state)
    changed = [f"{name}: {before[name]} -> {after[name]}" for name in before if before[name] != after[name]]
    assert not changed, f"the test leaked {', '.join(changed)}"
