"""The names that programs written for PyTorch import are there; what only imports says so when it is used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import rushlight

NAMES = (Path(__file__).parent / "data" / "imported_names.txt").read_text(encoding="utf-8").split()

EVERY_NAME = """
import importlib, sys, warnings
import rushlight
from rushlight import compat

rushlight.install()
warnings.simplefilter("ignore")
for name in sys.stdin.read().split():
    home, _, last = name.rpartition(".")
    try:
        importlib.import_module("torch." + name)
    except ImportError:
        try:
            getattr(importlib.import_module("torch." + home if home else "torch"), last)
        except (ImportError, AttributeError) as error:
            print(name, error)
for name in compat.table():
    if not any(part.startswith("_") for part in name.split(".")):
        try:
            importlib.import_module("torch." + name if name != "torch" else name)
        except ImportError as error:
            if error.name != "tensorboard":  # PyTorch asks for that package too
                print(name, error)
"""


def test_every_name_imports(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(rushlight.__file__).parent.parent)}
    command = [sys.executable, "-c", EVERY_NAME]
    done = subprocess.run(command, cwd=tmp_path, env=environment, input="\n".join(NAMES), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    missing = done.stdout.splitlines()
    assert not missing


def test_placeholders_fail_when_they_are_used() -> None:
    wrapper = rushlight.distributed.fsdp.FullyShardedDataParallel
    assert issubclass(wrapper, rushlight.nn.Module) and not isinstance(rushlight.nn.Linear(1, 1), wrapper)
    with pytest.raises(NotImplementedError, match=r"torch\.distributed\.fsdp"):
        wrapper(rushlight.nn.Linear(1, 1))
    with pytest.raises(NotImplementedError, match=r"torch\.ao\.quantization\.quantize\.prepare"):
        rushlight.ao.quantization.prepare(rushlight.nn.Linear(1, 1))
    with pytest.raises(AttributeError, match="has no attribute 'nowhere'"):
        rushlight.ao.quantization.nowhere
    with pytest.raises(ModuleNotFoundError):
        __import__("rushlight.ao.nowhere")


def test_settings_are_remembered_and_checked() -> None:
    config = rushlight._dynamo.config
    with config.patch(verbose=True):
        assert config.verbose is True
    assert config.verbose is False
    with pytest.raises(AttributeError, match=r"torch\._dynamo\.config\.nowhere does not exist"):
        config.nowhere = 1
