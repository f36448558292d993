"""The comparison itself must be able to fail."""

import json
from pathlib import Path
from types import SimpleNamespace

import harness
import pytest


def tensor(values: list, dtype: str = "float32", **more: object) -> dict:
    return {"dtype": dtype, "shape": [len(values)], "stride": [1], "values": values, **more}


SAME = [
    (tensor([1.0]), tensor([1.0 + 1e-7])),
    (tensor([float("nan")]), tensor([float("nan")])),
    (tensor([1.0], "float16"), tensor([1.001], "float16")),
    ({"error": "RuntimeError", "text": "a"}, {"error": "RuntimeError", "text": "a, and where"}),
    ({"warnings": [["UserWarning", "a"]]}, {"warnings": [["UserWarning", "a, and more"]]}),
    ([1, "a", None, True], [1, "a", None, True]),
]
DIFFERENT = [
    (tensor([1.0]), tensor([1.0001])),
    (tensor([1.0]), tensor([float("nan")])),
    (tensor([float("inf")]), tensor([-float("inf")])),
    (tensor([1.0]), tensor([1])),
    (tensor([1.0]), tensor([1.0, 1.0])),
    (tensor([1.0]), tensor([1.0], version=1)),
    (tensor([1.0], grad_fn="A(B)"), tensor([1.0])),
    (tensor([1.0], "float32"), tensor([1.0], "float64")),
    ({"error": "RuntimeError", "text": "a, and where"}, {"error": "RuntimeError", "text": "a"}),
    ({"error": "RuntimeError", "text": "a"}, {"error": "ValueError", "text": "a"}),
    ({"error": "RuntimeError", "text": "a"}, {"no error": None}),
    ({"warnings": []}, {"warnings": [["UserWarning", "a"]]}),
    (True, 1),
    (1, 1.0),
    ("a", "ab"),
    ([1, 2], [1, 2, 3]),
]


@pytest.mark.parametrize("expected, actual", SAME)
def test_equal_answers_are_equal(expected: object, actual: object) -> None:
    assert not harness.differences(expected, actual)
    assert not list(harness.compare_logs([expected], json.loads(json.dumps([actual]))))


@pytest.mark.parametrize("expected, actual", DIFFERENT)
def test_differences_are_found(expected: object, actual: object) -> None:
    assert harness.differences(expected, actual)


def test_missing_and_extra_steps_are_found() -> None:
    assert list(harness.compare_logs([1, 2], [1])) == [(1, ["2 steps expected, 1 taken"])]
    assert list(harness.compare_logs([], [1]))


def test_a_stated_tolerance_holds_from_there_on() -> None:
    loose = {"tolerance": [0.1, 0.0]}
    assert list(harness.compare_logs([1.0, loose, 1.0], [1.05, loose, 1.05])) == [(0, ["1.0 != 1.05"])]


def test_graphs_are_written_once_per_node() -> None:
    leaf = type("Accumulate", (), {"next_functions": ()})()
    middle = type("Mul", (), {"next_functions": ((leaf, 0), (None, 0))})()
    root = type("Add", (), {"next_functions": ((middle, 1), (leaf, 0))})()
    assert harness.tree(root) == "Add(Mul:1(Accumulate, -), #2)"


def test_addresses_and_source_places_do_not_count() -> None:
    assert harness.clean("<Node object at 0x7F3a>") == "<Node object at 0x...>"
    assert harness.clean("text. (Triggered internally at /a/b.cpp:5.)") == "text."


def test_a_program_that_stops_says_where(tmp_path: Path) -> None:
    path = tmp_path / "peer_sample.py"
    path.write_text("def fails(torch, log):\n    log(1)\n    raise KeyError('a')\n\nLINES = '''\n1 + 1\n1 / 0\n'''\n")
    library = SimpleNamespace(
        Tensor=type("Tensor", (), {}), float32=None, set_grad_enabled=id, set_default_dtype=id, manual_seed=id
    )
    fails, adds, divides = harness.load_programs(path)
    log = fails.run(library)
    assert log.entries == [1, {"program stopped": "KeyError", "text": "'a'"}]
    assert log.lines == [2, 3]
    assert adds.run(library).entries == [{"no error": 2}]
    assert divides.run(library).entries == [{"error": "ZeroDivisionError", "text": "division by zero"}]
