"""Notebooks under ``rushlight run``: the reference notebook cell by cell, and IPython's rules for what a cell shows."""

import json
import os
import re
import subprocess
import sys
from collections import Counter, OrderedDict, UserList, defaultdict, deque
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

PACKAGE_ROOT = str(Path(find_spec("rushlight").origin).resolve().parent.parent)
REFERENCE = Path(__file__).parent / "data" / "variable_and_autograd.ipynb"
EXAMPLES = Path(__file__).parent.parent / "examples"
# Expressions, and what IPython 8.12 shows for their values.
SHOWN_BY_IPYTHON = json.loads((REFERENCE.parent / "pretty_answers.json").read_text(encoding="utf-8"))
RunNotebook = Callable[..., subprocess.CompletedProcess]


def run_notebook(path: Path, *options: str, arguments: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": PACKAGE_ROOT, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "rushlight", "run", *options, str(path), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", timeout=120)


@pytest.fixture
def cells(tmp_path: Path) -> RunNotebook:
    """Run code cells given as texts; a text that starts with ``#md`` is a markdown cell."""

    def run(*sources: str, options: tuple[str, ...] = (), arguments: tuple[str, ...] = ()) -> object:
        notebook = {"cells": [cell(source) for source in sources], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        path = tmp_path / "book.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        return run_notebook(path, *options, arguments=arguments)

    return run


def cell(source: str) -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    if source.startswith("#md"):
        return {"cell_type": "markdown", "metadata": {}, "source": source[3:]}
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": lines}


def shown(output: dict[str, object]) -> str:
    """The plain text of one stored output; addresses differ from run to run."""
    if output["output_type"] == "error":
        return f"{output['ename']}: {output['evalue']}"
    text = output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"]
    return re.sub(r"0x[0-9a-fA-F]+", "0x...", "".join(text))


def code_cells(path: Path) -> list[dict[str, object]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def compare_with_stored(notebook: Path, saved: Path) -> None:
    """Every cell shows what PyTorch 2.13 showed; an error may say more at its end."""
    for expected, got in zip(code_cells(notebook), code_cells(saved), strict=True):
        number = expected["execution_count"]
        assert got["execution_count"] == number
        outputs = [output for output in got["outputs"] if output.get("name") != "stderr"]
        assert len(outputs) == len(expected["outputs"]), (number, outputs)
        for old, new in zip(expected["outputs"], outputs, strict=True):
            assert new["output_type"] == old["output_type"], number
            if old["output_type"] == "error":
                assert shown(new).startswith(shown(old)), number
            else:
                assert shown(new) == shown(old), number


def test_the_reference_notebook_shows_what_pytorch_shows(tmp_path: Path) -> None:
    saved = tmp_path / "saved.ipynb"
    got = run_notebook(REFERENCE, "--save", str(saved))
    compare_with_stored(REFERENCE, saved)
    assert len(code_cells(saved)) == 30
    assert got.returncode == 1  # the two cells that are meant to fail
    assert (
        got.stderr.count("UserWarning: The .grad attribute of a Tensor that is not a leaf Tensor is being accessed")
        == 5
    )
    assert "\nRuntimeError: grad can be implicitly created only for scalar outputs\n\nIn [15]:\n" in got.stdout
    assert "<torch.utils.hooks.RemovableHandle at 0x" in got.stdout


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda path: path.stem)
def test_an_example_shows_what_pytorch_shows(path: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.ipynb"
    run_notebook(path, "--save", str(saved))
    compare_with_stored(path, saved)


def test_the_text_that_is_printed(cells: RunNotebook) -> None:
    sources = ("#md# Title\ntext", "x = 1\nx", "", "print('a', end='')\n'b'", "x;", "None", "x = 2;  # done")
    got = cells(*sources)
    assert got.stdout == (
        "# Title\ntext\n\nIn [1]:\nx = 1\nx\n\n1\n\nIn [2]:\nprint('a', end='')\n'b'\n\na\n'b'\n\n"
        "In [3]:\nx;\n\nIn [4]:\nNone\n\nIn [5]:\nx = 2;  # done\n\n"
    )
    assert (got.stderr, got.returncode) == ("", 0)
    assert cells(*sources, options=("--output-only",)).stdout == "1\na\n'b'\n"


def test_an_error_is_shown_and_the_rest_goes_on(cells: RunNotebook, tmp_path: Path) -> None:
    sources = (
        "def f():\n    1 / 0\nx = 1",
        "f()\nx = 2",
        "x",
        "if x\n  y",
        "class E(Exception): pass\nraise E('mine')",
    )
    got = cells(*sources, options=("--output-only", "--save", str(tmp_path / "saved.ipynb")))
    first, _, rest = got.stdout.partition("\n1\n")
    assert first == (
        'Traceback (most recent call last):\n  File "book.ipynb In [2]", line 1, in <module>\n    f()\n'
        '  File "book.ipynb In [1]", line 2, in f\n    1 / 0\n    ~~^~~\nZeroDivisionError: division by zero'
    )
    assert rest.startswith('  File "book.ipynb In [4]", line 1\n    if x\n')
    assert "SyntaxError: expected ':'\n" in rest
    assert rest.endswith("\nE: mine\n")
    assert got.returncode == 1
    saved = code_cells(tmp_path / "saved.ipynb")
    assert [shown(cell["outputs"][0]) for cell in saved[1:]] == [
        "ZeroDivisionError: division by zero",
        "1",
        "SyntaxError: expected ':' (book.ipynb In [4], line 1)",
        "E: mine",
    ]
    stopped = cells(*sources, options=("--output-only", "--stop"))
    assert stopped.stdout == first + "\n"
    assert stopped.returncode == 1


def test_an_error_that_is_meant_does_not_fail_the_notebook(tmp_path: Path) -> None:
    meant = cell("1 / 0")
    meant["metadata"]["tags"] = ["raises-exception"]
    path = tmp_path / "book.ipynb"
    path.write_text(json.dumps({"cells": [meant, cell("2")], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    got = run_notebook(path, "--stop", "--output-only")
    assert got.stdout.endswith("\nZeroDivisionError: division by zero\n2\n")
    assert got.returncode == 0


def test_lines_that_only_ipython_understands(cells: RunNotebook) -> None:
    got = cells(
        "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\nprint('on')",
        "print('before')\n!ls -l\nprint('after')",
        "%time x = 1",
        "%%bash\nls",
        "files = !ls",
        "len?",
        "?len",
        "x = '''\n%time\n!ls'''\ny = (7\n  %4)\nprint(x, y)",
        options=("--output-only",),
    )
    lines = [line for line in got.stdout.splitlines() if not line.startswith((" ", "Traceback"))]
    refused = "NotImplementedError: rushlight run does not support"
    assert lines == [
        "on",
        "before",
        f"{refused} shell commands: !ls -l",
        f"{refused} this IPython syntax: %time x = 1",
        f"{refused} this IPython syntax: %%bash",
        f"{refused} this IPython syntax: files = !ls",
        f"{refused} this IPython syntax: len?",
        f"{refused} this IPython syntax: ?len",
        "",
        "%time",
        "!ls 3",
    ]
    assert '  File "book.ipynb In [2]", line 2, in <module>\n    !ls -l\n' in got.stdout


def test_top_level_await(cells: RunNotebook) -> None:
    got = cells(
        "import asyncio, contextvars\nmode = contextvars.ContextVar('mode', default=0)\nawait asyncio.sleep(0, 'slept')",
        "await asyncio.sleep(0)\ntoken = mode.set(5)",
        "async def f():\n    raise ValueError(mode.get())\nawait f()",
        "[x async for x in aiter_of(3)] if False else [await asyncio.sleep(0, i) for i in range(2)]",
        options=("--output-only",),
    )
    assert got.stdout == (
        "'slept'\nTraceback (most recent call last):\n  File \"book.ipynb In [3]\", line 3, in <module>\n    await f()\n"
        '  File "book.ipynb In [3]", line 2, in f\n    raise ValueError(mode.get())\nValueError: 5\n[0, 1]\n'
    )


def test_history_and_names_a_notebook_has(cells: RunNotebook) -> None:
    got = cells(
        "3 + 4",
        "'text'",
        "_, __, _1, Out, In[1], _i",
        "display([1, 2])\nget_ipython().execution_count, __name__, '__file__' in globals()",
        "import inspect\ndef f(x):\n    return x\nprint(inspect.getsource(f))",
        "from __future__ import annotations",
        "def g(x: Unknown): return x\ng.__annotations__",
        "_ = 'mine'\n5",
        "_",
        "import sys; sys.argv[1:]",
        options=("--output-only",),
        arguments=("a", "--stop"),
    )
    assert got.stdout.splitlines() == [
        "7",
        "'text'",
        "('text', 7, 7, {1: 7, 2: 'text'}, '3 + 4', \"'text'\")",
        "[1, 2]",
        "(4, '__main__', False)",
        "def f(x):",
        "    return x",
        "",
        "{'x': 'Unknown'}",
        "5",
        "'mine'",
        "['a', '--stop']",
    ]
    assert got.stderr == ""


def test_a_notebook_runs_where_it_lies(tmp_path: Path, cells: RunNotebook) -> None:
    (tmp_path / "neighbour.py").write_text("name = 'neighbour'")
    got = cells("import neighbour, os\nprint(neighbour.name, os.path.exists('book.ipynb'))", options=("--output-only",))
    assert got.stdout == "neighbour True\n"


def test_leaving_a_notebook(cells: RunNotebook, tmp_path: Path) -> None:
    got = cells("1", "import sys\nsys.exit(3)", "2", options=("--save", str(tmp_path / "saved.ipynb")))
    assert got.returncode == 3
    assert "In [3]" not in got.stdout
    assert len(code_cells(tmp_path / "saved.ipynb")[0]["outputs"]) == 1
    interrupted = cells("raise KeyboardInterrupt", "2")
    assert interrupted.stderr.startswith('Traceback (most recent call last):\n  File "book.ipynb In [1]", line 1')
    assert interrupted.returncode not in (0, 1)


def test_warnings_repeat_in_every_cell(cells: RunNotebook) -> None:
    got = cells(*["import warnings; warnings.warn('careful')"] * 2)
    assert [line for line in got.stderr.splitlines() if "UserWarning" in line] == [
        "book.ipynb In [1]:1: UserWarning: careful",
        "book.ipynb In [2]:1: UserWarning: careful",
    ]


def test_nbformat_3(tmp_path: Path) -> None:
    old = [
        {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Old"]},
        {"cell_type": "code", "language": "python", "metadata": {}, "input": ["x = 2\n", "x"], "outputs": []},
        {"cell_type": "code", "language": "python", "metadata": {}, "input": "print(x)", "outputs": []},
    ]
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": old}]}))
    got = run_notebook(path, "--save", str(tmp_path / "new.ipynb"))
    assert got.stdout == "## Old\n\nIn [1]:\nx = 2\nx\n\n2\n\nIn [2]:\nprint(x)\n\n2\n\n"
    assert json.loads((tmp_path / "new.ipynb").read_text())["nbformat"] == 4


@pytest.mark.parametrize("text", ["not json", "[]", '{"nbformat": 2}', '{"nbformat": 4}'])
def test_what_is_not_a_notebook(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.ipynb"
    path.write_text(text)
    got = run_notebook(path)
    assert got.returncode == 2
    assert got.stderr.startswith(f"rushlight: {path} is not a notebook: ")
    missing = run_notebook(tmp_path / "missing.ipynb")
    assert missing.returncode == 2
    assert "[Errno 2] No such file or directory" in missing.stderr


class Rows:
    """Prints over two lines, as a matrix does."""

    def __repr__(self) -> str:
        return "rows([[1., 2.],\n      [3., 4.]])"


pretty_loop: list[Any] = [1]
pretty_loop.append(pretty_loop)
CONTAINERS = (Counter, OrderedDict, UserList, defaultdict, deque, SimpleNamespace)
NAMES = {cls.__name__: cls for cls in CONTAINERS} | {
    "MappingProxyType": MappingProxyType,
    "Rows": Rows,
    "pretty_loop": pretty_loop,
    "re": re,
}


@pytest.mark.parametrize("expression", SHOWN_BY_IPYTHON)
def test_values_are_shown_as_ipython_shows_them(expression: str) -> None:
    from rushlight._pretty import pretty

    assert pretty(eval(expression, NAMES)) == SHOWN_BY_IPYTHON[expression]
