"""Operators are declared when they are first asked for."""

import os
import subprocess
import sys
from pathlib import Path

import contents
import pytest


def _run(code: str, tmp_path: Path) -> str:
    """What a program prints that has the package tested here, in a process of its own."""
    import rushlight

    environment = {**os.environ, "PYTHONPATH": str(Path(rushlight.__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_table_is_current() -> None:
    code = f"import sys; sys.path.insert(0, {str(contents.ROOT / 'tools')!r}); import contents; print(contents.text(contents.declared()), end='')"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(contents.ROOT)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == contents.TABLE.read_text(encoding="utf-8"), "run `python tools/contents.py`"


def test_files_wait_until_they_are_needed(tmp_path: Path) -> None:
    code = """
import sys, rushlight
print("rushlight.ops.convolution" in sys.modules, "rushlight.ops.sort" in sys.modules)
print(rushlight.conv1d.__name__, rushlight.ones(3).sort().values.tolist())
print("rushlight.ops.convolution" in sys.modules, "rushlight.ops.sort" in sys.modules)
print("conv2d" in dir(rushlight), "svd" in dir(rushlight.Tensor), hasattr(rushlight, "conv9d"), hasattr(rushlight.Tensor, "conv1d"))
"""
    assert _run(code, tmp_path).splitlines() == ["False False", "conv1d [1.0, 1.0, 1.0]", "True True", "True True False False"]


def test_what_is_promised_is_there(tmp_path: Path) -> None:
    code = """
import rushlight
from rushlight.ops import declare, signatures
for namespace in ("torch", "method"):
    names = signatures.table(namespace)
    promised, there = ([name for name in names if ask(namespace, name)] for ask in (declare.promised, declare.available))
    print(promised == there, len(there) > 500)
print([name for name in dir(rushlight.Tensor) if not hasattr(rushlight.Tensor, name)])
"""
    assert _run(code, tmp_path).splitlines() == ["True True", "True True", "[]"]


@pytest.mark.parametrize("backwards", [False, True])
def test_files_may_come_in_any_order(backwards: bool, tmp_path: Path) -> None:
    code = f"""
from importlib import import_module
from rushlight.ops.contents_table import FILES
for file in sorted(FILES, reverse={backwards}):
    import_module(f"rushlight.ops.{{file}}")
from rushlight.ops.declare import REGISTRY
print(len(REGISTRY) == len(list(REGISTRY)) > 1300)
"""
    assert _run(code, tmp_path) == "True\n"


def test_modes_see_nothing_of_declarations(tmp_path: Path) -> None:
    code = """
import rushlight as torch
from rushlight.overrides import TorchFunctionMode
from rushlight.utils._python_dispatch import TorchDispatchMode
seen = []
class Functions(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        seen.append(func)
        return func(*args, **(kwargs or {}))
class Operators(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        seen.append(func)
        return func(*args, **(kwargs or {}))
torch.set_default_dtype(torch.float64)
with Functions(), Operators(), torch.device("meta"), torch.inference_mode(), torch.autocast("cpu"):
    from rushlight.ops import contents
    contents.declare_all()
print(seen)
"""
    assert _run(code, tmp_path) == "[]\n"


def test_an_interrupted_file_declares_again(tmp_path: Path) -> None:
    code = """
import rushlight as torch
from rushlight.ops import declare
enter = declare.enter
def interrupt(spec, made):
    enter(spec, made)
    if spec == "sort.stable":
        raise KeyboardInterrupt
declare.enter = interrupt
try:
    torch.ones(3).sort()
except KeyboardInterrupt:
    print("interrupted")
declare.enter = enter
print(torch.tensor([2, 1]).sort().values)
try:
    from rushlight.ops.contents import _State
    _State.interrupted = False
    declare.enter("sort", None)
except ValueError as error:
    print(error)
"""
    assert _run(code, tmp_path).splitlines() == ["interrupted", "tensor([1, 2])", "operator sort is declared twice"]
