"""Files of PyTorch's (in tests/data) load, and what rushlight writes is the same pickle; a broken write harms nothing."""

import collections
import importlib.util
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import rushlight

DATA = Path(__file__).resolve().parent / "data"


def expected() -> dict:
    torch = rushlight
    base = torch.arange(6.0).view(2, 3)
    return {
        "weight": base, "row": base[1], "turned": base.t(), "whole": torch.arange(3), "brain": torch.tensor([1.5, -2.0]).bfloat16(),
        "half": torch.ones(2).half(), "complex": torch.tensor([1 + 2j]), "nothing": torch.empty(0, 3), "number": torch.tensor(3.0),
        "parameter": torch.nn.Parameter(torch.ones(2)), "grad": torch.ones(1, requires_grad=True), "named": torch.ones(2),
        "mask": torch.tensor([True, False]),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["checkpoint.pt", "checkpoint_legacy.pt"])
@pytest.mark.parametrize("weights_only", [True, False])
def test_files_of_pytorch_load(name: str, weights_only: bool) -> None:
    found = rushlight.load(DATA / name, weights_only=weights_only)
    for key, value in expected().items():
        same = found[key]
        assert (type(same), same.dtype, same.shape, same.stride(), same.requires_grad) == (
            type(value), value.dtype, value.shape, value.stride(), value.requires_grad,
        )  # fmt: skip
        assert same.tolist() == value.tolist()
    assert type(found) is collections.OrderedDict
    assert found._metadata == {"version": 1}
    assert found["named"].label == "kept"
    assert found["row"].untyped_storage().data_ptr() == found["weight"].untyped_storage().data_ptr()
    assert found["plain"] == [1, 2.5, "x", None, (True,), {"k": {1}}]
    assert (found["dtype"], found["size"]) == (rushlight.float32, (2, 3))


def test_the_pickle_written_is_pytorchs_to_the_byte() -> None:
    for name in ("checkpoint", "training"):
        stream = io.BytesIO()
        rushlight.save(rushlight.load(DATA / f"{name}.pt"), stream)
        with zipfile.ZipFile(stream) as mine, zipfile.ZipFile(DATA / f"{name}.pt") as theirs:
            assert mine.read("archive/data.pkl") == theirs.read(f"{name}/data.pkl")
            for record in theirs.namelist():
                if "/data/" in record:
                    assert mine.read(record.replace(name, "archive", 1)) == theirs.read(record)


def test_storages_start_at_multiples_of_the_alignment(tmp_path: Path) -> None:
    rushlight.save([rushlight.ones(n) for n in range(1, 5)], tmp_path / "x.pt")
    with open(tmp_path / "x.pt", "rb") as file:
        from rushlight._serialize_zip import Reader

        reader = Reader(file)
        assert [reader.offset(f"data/{n}") % 64 for n in range(4)] == [0] * 4


def test_whole_modules_of_pytorch_load() -> None:
    model = rushlight.load(DATA / "module.pt", weights_only=False)
    assert type(model) is rushlight.nn.Sequential
    assert model(rushlight.ones(1, 2)).shape == (1, 2)
    saved = rushlight.load(DATA / "training.pt")
    model.load_state_dict(saved["model"])
    optimizer = rushlight.optim.Adam(model.parameters())
    optimizer.load_state_dict(saved["optimizer"])
    model(rushlight.ones(1, 2)).sum().backward()
    optimizer.step()
    assert optimizer.state_dict()["state"][0]["step"] == 2


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="needs PyTorch")
def test_pytorch_loads_ours(tmp_path: Path) -> None:
    value = {**expected(), "module": rushlight.nn.Linear(2, 3)}
    rushlight.save({key: item for key, item in value.items() if key != "module"}, tmp_path / "weights.pt")
    rushlight.save(value, tmp_path / "all.pt")
    code = (
        "import torch, sys; a = torch.load('weights.pt'); b = torch.load('all.pt', weights_only=False); "
        "print(a['turned'].tolist(), a['brain'].dtype, type(a['parameter']).__name__, b['module'])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    answer = "[[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]] torch.bfloat16 Parameter Linear(in_features=2, out_features=3, bias=True)"
    assert done.stdout.strip() == answer


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.pt"
    rushlight.save(rushlight.ones(2), path)
    with pytest.raises((AttributeError, TypeError, Exception), match="pickle"):
        rushlight.save([rushlight.zeros(2), lambda: 0], path)
    assert rushlight.load(path).tolist() == [1, 1]
    assert os.listdir(tmp_path) == ["x.pt"]


def test_geometry_beyond_the_storage_is_refused() -> None:
    stream, made = io.BytesIO(), io.BytesIO()
    rushlight.save(rushlight.ones(5), stream)
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"K\x05\x85", b"K\x7f\x85") if name.endswith("data.pkl") else data)
    made.seek(0)
    with pytest.raises(RuntimeError, match="out of bounds for storage of size 20"):
        rushlight.load(made)
