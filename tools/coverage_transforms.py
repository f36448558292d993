"""The part of docs/coverage.md on transforms: which compositions of torch.func work on which operators of the registry.

The checks are those of tests/every_op/test_transforms.py: jvp is the transpose of vjp, vmap is the loop over the examples, derivatives
of gradients agree with differences. `python tools/coverage.py transforms` runs them and writes the part anew (about two minutes).
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = ("vjp", "jvp", "vmap", "vjp of vjp", "jvp of vjp", "vmap of vjp")


def checks() -> tuple[Any, Any]:
    """The modules of the tests: of formulas, of transforms."""
    sys.path[:0] = [str(ROOT / "tests" / "every_op"), str(ROOT)]
    import test_formulas
    import test_transforms

    return test_formulas, test_transforms


def outcome(check: Any, *arguments: Any) -> str:
    """"yes", "loops" or "no". Loops take out one example; the warning only says that PyTorch loops."""
    from rushlight.func import batching

    taken, example = [], batching.example

    def watched(*given: Any) -> Any:
        taken.append(given)
        return example(*given)

    batching.example = watched
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            check(*arguments)
    except Exception:
        return "no"
    finally:
        batching.example = example
    return "loops" if taken else "yes"


def table(formulas: Any, tests: Any) -> dict[str, dict[str, str]]:
    """operator -> transform -> "yes", "loops", "no", or why it is a hole. The worst of an operator's samples counts."""
    found: dict[str, dict[str, str]] = {}
    rank = ("yes", "loops", "no")
    runs = {
        "vjp": formulas.test_first_order,
        "jvp": tests.test_jvp_is_the_transpose_of_vjp,
        "vmap": tests.test_vmap_is_the_loop,
    }
    for spec, number in tests.ROWS:
        row = found.setdefault(spec, {})
        for name, check in runs.items():
            row[name] = max(row.get(name, "yes"), outcome(check, spec, number), key=rank.index)
    for spec, number in tests.FIRST:
        for name in tests.SECOND_ORDER:
            found[spec][name] = outcome(tests.test_transforms_of_gradients, spec, number, name)
    for name, holes in {"vjp": formulas.NO_DERIVATIVE, **tests.HOLES}.items():
        for spec, why in holes.items():
            if spec in found:
                found[spec][name] = why
    found.pop("_func_input", None)  # the joint between two levels is no operator of anyone's
    return found


def lines() -> list[str]:
    """The page's part on transforms."""
    found = table(*checks())
    total = len(found)
    text = ["## Transforms", "", "The differentiable operators of the registry (their gradient operators included) under vjp, jvp, vmap"]
    text += ["and their compositions, each on the samples of `tests/every_op`, checked against differences, transposes and loops.", ""]
    text += ["| " + " | ".join(["", *COLUMNS]) + " |", "| --- " * (len(COLUMNS) + 1) + "|"]
    counts = [sum(row[name] in ("yes", "loops") for row in found.values()) for name in COLUMNS]
    text.append("| operators of " + str(total) + " | " + " | ".join(f"{n} ({100 * n / total:.1f} %)" for n in counts) + " |")
    for name in COLUMNS:
        holes = {spec: row[name] for spec, row in sorted(found.items()) if row[name] not in ("yes", "loops")}
        for why in sorted(set(holes.values())):
            listed = ", ".join(f"`{spec}`" for spec, reason in holes.items() if reason == why)
            text += ["", f"Not {name}{'' if why == 'no' else f' ({why})'}: {listed}."]
    slow = sorted(spec for spec, row in found.items() if "loops" in row.values())
    text += ["", "Loops over the examples under vmap: " + (", ".join(f"`{spec}`" for spec in slow) or "none") + "."]
    everything = sorted(spec for spec, row in found.items() if all(row[name] in ("yes", "loops") for name in COLUMNS))
    return [*text, "", f"All six, {len(everything)} operators: " + ", ".join(f"`{spec}`" for spec in everything) + "."]
