"""The type stub says what the signature tables say now."""

import ast
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import stubs


def test_stub_is_current() -> None:
    assert stubs.STUB.read_text() == stubs.text(), "run `python tools/stubs.py`"


def test_stub_is_python() -> None:
    tree = ast.parse(stubs.STUB.read_text())
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert {"add", "matmul", "einsum", "stft", "igamma"} <= functions
