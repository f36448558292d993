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


# Functions of no argument whose answer no test may leave changed.
STATE = ["is_grad_enabled", "is_inference_mode_enabled", "get_default_dtype", "is_anomaly_enabled"]


@pytest.fixture(autouse=True)
def no_leaked_state() -> Iterator[None]:
    """Fail a test that leaves a mode, the default dtype or an installed ``torch`` behind; put the RNG back."""
    if "rushlight" not in sys.modules:  # a test that runs rushlight in other processes only
        yield
        return
    import rushlight

    functions = [getattr(rushlight, name) for name in STATE if hasattr(rushlight, name)]

    def state() -> list[object]:
        return [sys.modules.get("torch") is rushlight, *(function() for function in functions)]

    restore = getattr(rushlight, "set_rng_state", lambda _: None)
    generator_state = getattr(rushlight, "get_rng_state", lambda: None)()
    before = state()
    yield
    after = state()
    restore(generator_state)
    if after != before:
        getattr(rushlight, "set_grad_enabled", lambda _: None)(True)
        getattr(rushlight, "set_default_dtype", lambda _: None)(rushlight.float32)
    names = ["torch is rushlight", *(function.__name__ for function in functions)]
    changed = [f"{name}: {x} -> {y}" for name, x, y in zip(names, before, after, strict=True) if x != y]
    assert not changed, f"the test leaked {', '.join(changed)}"
