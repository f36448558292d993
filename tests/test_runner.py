"""``rushlight run`` against python itself, and what ``import torch`` means under it and after ``install()``."""

import os
import pickle
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGE_ROOT = str(Path(find_spec("rushlight").origin).resolve().parent.parent)
RUSHLIGHT = ["-m", "rushlight", "run"]
Run = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run python in ``tmp_path`` with the rushlight that is being tested."""

    def run(*arguments: str, before_path: str | None = None, **options: object) -> subprocess.CompletedProcess:
        path = [entry for entry in (before_path, PACKAGE_ROOT) if entry]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=60, **options
        )

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], str]:
    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return name

    return write


PROGRAMS = {
    "identity": """
        import sys
        print(sys.argv, __name__, __file__, sys.path[0], __spec__, __package__, __doc__, type(__loader__).__name__)
        print(sys.modules["__main__"].__dict__ is globals(), sorted(globals()))
        """,
    "exit_with_a_number": "import sys\nprint('out')\nsys.exit(7)",
    "exit_with_a_text": "import sys\nsys.exit('a reason')",
    "exit_with_none": "import sys\nsys.exit(None)",
    "exit_with_true": "raise SystemExit(True)",
    "uncaught": "def f(x):\n    return 1 / x\n\nf(0)",
    "uncaught_chain": """
        def f():
            try:
                {}["k"]
            except KeyError as error:
                raise ValueError("outer") from error
        try:
            f()
        except ValueError:
            raise TypeError
        """,
    "exception_group": "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])",
    "base_exception": "class Own(BaseException): pass\nraise Own('x')",
    "syntax_error": "x = 1\nif x\n    print(x)",
    "indentation_error": "if True:\nprint(1)",
    "own_excepthook": "import sys\nsys.excepthook = lambda t, e, tb: print('hook', t.__name__, tb.tb_lineno)\n1 / 0",
    "own_threadhook": """
        import threading
        t = threading.Thread(target=lambda: 1 / 0, name="worker")
        t.start()
        t.join()
        """,
    "atexit": "import atexit\natexit.register(print, 'last')\n1 / 0",
    "interrupted": "raise KeyboardInterrupt",
    "deep": "import sys\nsys.setrecursionlimit(300)\ndef f(): f()\ntry:\n    f()\nexcept RecursionError as e:\n    print(e)",
    "future": "from __future__ import annotations\ndef f(x: Unknown): return f.__annotations__\nprint(f(1))",
    "flags_of_the_runner": "def f(x: Unknown): pass",
    "not_latin": "print('참고 → ∂')",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_runs_as_under_python(name: str, run: Run, write: Callable[[str, str], str]) -> None:
    file = write(f"{name}.py", textwrap.dedent(PROGRAMS[name]).lstrip("\n"))
    expected = run(file, "one", "--two")
    got = run(*RUSHLIGHT, file, "one", "--two")
    assert (got.stdout, got.stderr, got.returncode) == (expected.stdout, expected.stderr, expected.returncode)


def test_a_program_in_another_directory_imports_its_neighbours(run: Run, write: Callable[[str, str], str]) -> None:
    write("sub/neighbour.py", "name = 'neighbour'")
    file = write("sub/program.py", "import neighbour, sys\nprint(neighbour.name, sys.argv[0], __file__)")
    assert run(*RUSHLIGHT, file).stdout == run(file).stdout


def test_a_missing_file_is_python_s_error(run: Run) -> None:
    expected = run("missing.py")
    got = run(*RUSHLIGHT, "missing.py")
    assert got.returncode == expected.returncode == 2
    assert got.stderr.split(": ", 1)[1] == expected.stderr.split(": ", 1)[1]


def test_a_program_from_standard_input(run: Run) -> None:
    got = run(*RUSHLIGHT, "-", "x", input="import sys, torch\nprint(sys.argv, torch.ones(1).item())")
    assert got.stdout == "['-', 'x'] 1.0\n"


def test_a_module(run: Run, write: Callable[[str, str], str]) -> None:
    write("package/__init__.py", "")
    write("package/__main__.py", "import sys\nprint(__spec__.name, __file__, sys.argv, sys.path[0])\n1/0")
    write("package/uses_torch.py", "import torch\nprint(torch.ones(2).sum().item())")
    expected = run("-m", "package", "x")
    got = run(*RUSHLIGHT, "-m", "package", "x")
    assert (got.stdout, got.stderr, got.returncode) == (expected.stdout, expected.stderr, 1)
    assert run(*RUSHLIGHT, "-m", "package.uses_torch").stdout == "2.0\n"
    missing = run(*RUSHLIGHT, "-m", "no_such_module")
    assert missing.returncode == 1
    assert missing.stderr.endswith("No module named no_such_module\n")


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        ([], 2, "usage: rushlight run"),
        (["--help"], 0, "usage: rushlight run"),
        (["--version"], 0, "rushlight 2."),
        (["walk"], 2, "rushlight: unknown command 'walk'\n"),
        (["rn", "x.py"], 2, "rushlight: unknown command 'rn' (did you mean 'run'?)\n"),
        (["x.py"], 2, "rushlight: unknown command 'x.py'; to run a file: rushlight run x.py\n"),
        (["run"], 2, "rushlight: run needs a file"),
        (["run", "-m"], 2, "rushlight: -m needs the name of a module"),
        (["run", "--save"], 2, "rushlight: --save needs the name of a file"),
        (["run", "--fast", "x.py"], 2, "rushlight: unknown option '--fast'"),
        (["run", "--stop", "x.py"], 2, "rushlight: --output-only, --stop and --save are for notebooks"),
    ],
)
def test_the_command_line(arguments: list[str], status: int, text: str, run: Run) -> None:
    got = run("-m", "rushlight", *arguments)
    assert got.returncode == status
    assert (got.stdout + got.stderr).startswith(text)


@pytest.mark.parametrize("runner", [[], RUSHLIGHT], ids=["python", "rushlight"])
def test_ctrl_c_ends_the_program_by_the_signal(
    runner: list[str], write: Callable[[str, str], str], tmp_path: Path
) -> None:
    file = write(
        "sleeper.py",
        "import atexit, time\natexit.register(print, 'cleaned up')\nprint('ready', flush=True)\ntime.sleep(30)\n",
    )
    process = subprocess.Popen(
        [sys.executable, *runner, file],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": PACKAGE_ROOT},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert out == "cleaned up\n"
    assert err == (
        f'Traceback (most recent call last):\n  File "{tmp_path / file}", line 4, in <module>\n'
        "    time.sleep(30)\nKeyboardInterrupt\n"
    )


ONE_MODULE = """
import sys
import torch
import torch.nn.functional as F
from torch.autograd import Function
from torch import nn
import rushlight, rushlight.nn.functional
assert torch is rushlight and nn is rushlight.nn and F is rushlight.nn.functional
assert Function is rushlight.autograd.Function
assert sys.modules["torch.nn.functional"] is sys.modules["rushlight.nn.functional"]
assert torch.__name__ == "torch" and torch.__spec__.name == "rushlight"
assert torch.__file__ == rushlight.__path__[0] + "/__init__.py"
import importlib.util, importlib.metadata as metadata
assert importlib.util.find_spec("torch") is not None
assert importlib.util.find_spec("torch.nope") is None
assert metadata.version("torch") == rushlight.__version__ == metadata.distribution("torch").version
assert "torch" in metadata.packages_distributions()["torch"]
import importlib
assert importlib.reload(F) is F
for attempt in ("import torch.nope", "import torch.nn.nope", "from torch.nope import x"):
    try:
        exec(attempt)
    except ModuleNotFoundError as error:
        print(error.name, "|", error)
for attempt in ("torch.nope", "torch.nn.nope"):
    try:
        eval(attempt)
    except AttributeError as error:
        print(error)
try:
    from torch import nope
except ImportError as error:
    print(str(error).partition(" (")[0])
"""
ONE_MODULE_OUTPUT = """\
torch.nope | No module named 'torch.nope' (torch is rushlight here, and rushlight does not have it)
torch.nn.nope | No module named 'torch.nn.nope' (torch is rushlight here, and rushlight does not have it)
torch.nope | No module named 'torch.nope' (torch is rushlight here, and rushlight does not have it)
module 'torch' has no attribute 'nope'
module 'torch.nn' has no attribute 'nope'
cannot import name 'nope' from 'torch'
"""


def test_torch_is_one_module_with_rushlight(run: Run, write: Callable[[str, str], str]) -> None:
    got = run(*RUSHLIGHT, write("program.py", ONE_MODULE))
    assert got.stderr == ""
    lines = [line.partition(" (this is rushlight")[0] for line in got.stdout.splitlines()]
    assert lines == ONE_MODULE_OUTPUT.splitlines()


def test_the_traceback_of_a_missing_module_ends_at_the_import(run: Run, write: Callable[[str, str], str]) -> None:
    got = run(*RUSHLIGHT, write("program.py", "def f():\n    import torch.nope\nf()"))
    frames = re.findall(r"line \d+, in .*", got.stderr)
    assert frames == ["line 3, in <module>", "line 2, in f"]


def test_the_spec_before_torch_is_imported(run: Run) -> None:
    program = """
import rushlight, importlib.util, sys
rushlight.install()
spec = importlib.util.find_spec("torch")
assert "torch" not in sys.modules
print(spec.name, spec.origin == rushlight.__file__, list(spec.submodule_search_locations) == list(rushlight.__path__))
print(importlib.util.find_spec("torch.nn").name)
"""
    got = run("-c", program)
    assert got.stderr == ""
    assert got.stdout == "torch True True\ntorch.nn\n"


def test_rushlight_goes_before_an_installed_torch(run: Run, write: Callable[[str, str], str], tmp_path: Path) -> None:
    write("site/torch/__init__.py", "raise SystemExit('this is another torch')")
    write("site/torch/only_there.py", "")
    program = """
import torch, importlib.util
print(torch.__version__.partition("+")[2].partition(".")[0], importlib.util.find_spec("torch.only_there"))
"""
    got = run(*RUSHLIGHT, write("program.py", program), before_path=str(tmp_path / "site"))
    assert (got.stdout, got.stderr) == ("rushlight None\n", "")


CHILDREN = """
import multiprocessing, subprocess, sys
import torch

def double(x):
    import torch.nn.functional
    assert torch.__version__.partition("+")[2].startswith("rushlight")
    return (torch.ones(2) * x).tolist()

if __name__ == "__main__":
    for method in sys.argv[1:]:
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(method, pool.map(double, [2]))
    sys.stdout.flush()
    subprocess.run([sys.executable, "-c", "import torch.nn as nn, torch; print(torch.__version__, nn.__name__)"])
"""


def test_child_processes_find_rushlight_as_torch(run: Run, write: Callable[[str, str], str], tmp_path: Path) -> None:
    write("site/torch/__init__.py", "raise SystemExit('this is another torch')")
    methods = ["spawn"] if sys.platform == "win32" else ["spawn", "forkserver", "fork"]
    got = run(*RUSHLIGHT, write("program.py", CHILDREN), *methods, before_path=str(tmp_path / "site"))
    version = run("-m", "rushlight", "--version").stdout.split()[1]
    expected = [f"{method} [[2.0, 2.0]]" for method in methods] + [f"{version} rushlight.nn"]
    assert (got.stdout.splitlines(), got.stderr) == (expected, "")


INSTALL = """
import sys, types
import rushlight
rushlight.install()
rushlight.install()
import torch, torch.nn, typing
assert torch is rushlight and sys.modules["torch.nn"] is rushlight.nn
assert typing.get_type_hints(torch.nn.Linear)["training"] is bool
from rushlight._install import uninstall
uninstall()
uninstall()
assert "torch" not in sys.modules and "torch.nn" not in sys.modules
assert "_TorchFinder" not in [type(finder).__name__ for finder in sys.meta_path]
sys.modules["torch"] = other = types.ModuleType("torch")
other.__file__ = "/somewhere/torch/__init__.py"
uninstall()
assert sys.modules["torch"] is other
try:
    rushlight.install()
except RuntimeError as error:
    print(error)
"""


def test_install_and_uninstall(run: Run) -> None:
    got = run("-c", INSTALL)
    assert got.stderr == ""
    assert got.stdout == (
        "rushlight.install() came too late: PyTorch is already imported as 'torch' (from /somewhere/torch/__init__.py). "
        "Call rushlight.install() before the first import of torch or of a package that imports it, "
        "or start the program with 'rushlight run FILE'.\n"
    )


def test_importing_from_two_threads_at_once(run: Run) -> None:
    program = """
import rushlight, threading
rushlight.install()
seen = []
def load():
    import torch.nn.functional
    seen.append(torch.nn.functional is rushlight.nn.functional and torch is rushlight)
threads = [threading.Thread(target=load) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(seen == [True] * 8)
"""
    got = run("-c", program)
    assert (got.stdout, got.stderr) == ("True\n", "")


def test_a_pickle_made_in_an_installed_program_loads_anywhere(
    run: Run, write: Callable[[str, str], str], tmp_path: Path
) -> None:
    program = """
import pickle, torch
with open("made.pickle", "wb") as file:
    pickle.dump({"weight": torch.arange(3.0), "dtype": torch.float64, "size": torch.Size([2])}, file)
"""
    assert run(*RUSHLIGHT, write("program.py", program)).stderr == ""
    loaded = pickle.loads((tmp_path / "made.pickle").read_bytes())
    assert loaded["weight"].tolist() == [0.0, 1.0, 2.0]
    assert "torch" not in sys.modules or "rushlight" not in repr(sys.modules["torch"])
    assert str(loaded["dtype"]) == "torch.float64"
    assert tuple(loaded["size"]) == (2,)
