"""torch.save and torch.load: what comes back, what is refused, and in which words."""

import collections
import io
import os
import pathlib
import pickle
import tempfile
import warnings
import zipfile
from argparse import Namespace as Plain  # something that no file may make by itself


class Hostile:
    def __reduce__(self):
        return os.system, ("echo hostile",)


def again(torch, value, saving=None, **loading):
    stream = io.BytesIO()
    torch.save(value, stream, **(saving or {}))
    stream.seek(0)
    return torch.load(stream, **loading)


FORMATS = [{}, {"_use_new_zipfile_serialization": False}, {"pickle_protocol": 3}]


def tensors_come_back(torch, log):
    base = torch.arange(12.0).view(3, 4)
    values = [
        base, base[1:, ::2], base.t(), torch.ones(2, requires_grad=True), torch.nn.Parameter(torch.ones(2)), torch.tensor(3), torch.empty(0, 2),
        torch.ones(2, dtype=torch.bfloat16), torch.ones(2, dtype=torch.float16), torch.tensor([1 + 2j]), torch.tensor([True]),
        torch.ones(1, dtype=torch.int8), torch.ones(1, dtype=torch.float64), torch.nn.Parameter(torch.ones(1), requires_grad=False),
    ]  # fmt: skip
    for options in FORMATS[:2]:
        log(*again(torch, values, options))
        log(*again(torch, values, options, weights_only=False))
    log(again(torch, [torch.ones(2, dtype=torch.uint16), torch.ones(2, dtype=torch.uint64), torch.ones(2, device="meta")]))
    data = [1, 2**70, -3, 2.5, "text", None, True, (1, (2, ())), {"k": {1, 2}}, 3 + 4j, b"bytes", bytearray(b"x"), torch.float32,
            torch.device("cpu"), torch.Size([2, 3]), torch.strided]  # fmt: skip
    log(again(torch, data))
    made = again(torch, collections.OrderedDict(a=1))
    log(type(made).__name__, made, again(torch, collections.Counter("aab")))


def memory_stays_shared(torch, log):
    base = torch.arange(6.0)
    for options in FORMATS[:2]:
        first, second, third = again(torch, (base, base[2:], base.clone()), options)
        first[3] = 50
        log(second, third, first.untyped_storage().nbytes(), second.storage_offset())
        log(first.data_ptr() == second.data_ptr() - 8, again(torch, base[4:], options).untyped_storage().nbytes())
    log.error(lambda: again(torch, [base.view(torch.int32), base]))


def attributes(torch, log):
    named = torch.ones(2)
    named.label = {"a": 1}
    param = torch.nn.Parameter(torch.ones(1))
    param.label = "x"
    for value in again(torch, [named, param]):
        log(value, value.label)
    hooked = torch.ones(1, requires_grad=True)
    hooked.register_hook(len)
    log.warns(lambda: torch.save(hooked, io.BytesIO()))
    state = torch.nn.Linear(2, 2).state_dict()
    log(again(torch, state)._metadata)
    model = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.ReLU())
    log(repr(again(torch, model, weights_only=False)), again(torch, model, FORMATS[1], weights_only=False)(torch.ones(1, 2)).shape)


def refused(torch, log):
    for value in (Plain(), [print], Hostile(), torch.nn.Linear(1, 1), [torch.ones(1), {"a": Plain}]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for options in FORMATS[:2]:
                log(outcome(lambda value=value, options=options: again(torch, value, options)))
    log.error(lambda: again(torch, [torch.ones(1)], {"pickle_protocol": 4}))
    log.warns(lambda: again(torch, [torch.ones(1)], {"pickle_protocol": 3}))
    for data in (b"", b"garbage", b"PK\x03\x04garbage", pickle.dumps([1]), pickle.dumps(5)):
        log(outcome(lambda data=data: torch.load(io.BytesIO(data), weights_only=False)))
    log.error(lambda: torch.load(io.BytesIO(b"x"), pickle_module=pickle, weights_only=True))
    log.error(lambda: torch.load(None))
    log.error(lambda: torch.save(1, None))
    log.error(lambda: torch.save(1, 5))


def outcome(function):
    try:
        return repr(function())
    except Exception as error:
        text = str(error).replace("rushlight.", "torch.").replace("peer_save.", "")
        return f"{type(error).__name__}: {text}"


def allowing(torch, log):
    serialization = torch.serialization
    stream = io.BytesIO()
    value = Plain()
    value.field = torch.ones(1)
    torch.save([value], stream)

    def loaded():
        stream.seek(0)
        return torch.load(stream)[0].field

    log([name.split(".")[-1] for name in serialization.get_unsafe_globals_in_checkpoint(io.BytesIO(stream.getvalue()))])
    with serialization.safe_globals([Plain]):
        log(loaded(), Plain in serialization.get_safe_globals())
    log(Plain in serialization.get_safe_globals(), outcome(loaded)[:60])
    serialization.add_safe_globals([(Plain, "argparse.Namespace")])
    log(loaded())
    before = [entry for entry in serialization.get_safe_globals() if not isinstance(entry, tuple)]
    serialization.clear_safe_globals()
    log(serialization.get_safe_globals())
    serialization.add_safe_globals(before)
    with serialization.safe_globals([(Plain, 5)]):
        log.error(loaded)
    with serialization.safe_globals([(Plain,)]):
        log.error(loaded)


def elsewhere(torch, location):
    """A file whose tensor lived on another device."""
    stream = io.BytesIO()
    torch.save(torch.ones(2), stream)
    made = io.BytesIO()
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("data.pkl"):
                data = data.replace(b"X\x03\x00\x00\x00cpu", b"X" + len(location).to_bytes(4, "little") + location.encode())
            target.writestr(name, data)
    made.seek(0)
    return made


def locations(torch, log):
    log.error(lambda: torch.load(elsewhere(torch, "cuda")))
    log.error(lambda: torch.load(elsewhere(torch, "cuda:1"), map_location={"cuda": "cpu"}))
    log.error(lambda: torch.load(elsewhere(torch, "nowhere")))
    for place in ("cpu", torch.device("cpu"), {"cuda": "cpu"}, lambda storage, location: storage, "meta"):
        log(torch.load(elsewhere(torch, "cuda"), map_location=place))
    seen = []
    again(torch, [torch.ones(1), torch.ones(2)], map_location=lambda storage, location: seen.append((storage.nbytes(), location)))
    log(seen, torch.serialization.location_tag(torch.ones(1).untyped_storage()))


def on_disk(torch, log):
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory) / "tensors.pt"
        torch.save({"x": torch.arange(4.0)}, path)
        log(torch.load(path), torch.load(str(path)))
        with open(path, "rb") as file:
            log(torch.load(file))
        mapped = torch.load(path, mmap=True)["x"]
        mapped.add_(1)
        log(mapped, torch.load(path)["x"])
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            log(sorted({name.split("/")[0] for name in names}), [name for name in names if "data" in name.split("/") or "data.pkl" in name])
            log(archive.read("tensors/version").decode(), archive.read("tensors/byteorder").decode())
        try:
            torch.save([torch.ones(3), lambda: 0], path)
        except Exception as error:
            log(type(error).__name__ in ("PicklingError", "AttributeError"))
        log(outcome(lambda: torch.save(1, os.path.join("nowhere", "x.pt"))))
        torch.save(torch.ones(1), path, _use_new_zipfile_serialization=False)
        log(outcome(lambda: torch.load(path, mmap=True)))
        log(sorted(os.listdir(directory)))
    log(outcome(lambda: torch.load(io.BytesIO(path.name.encode()), mmap=True))[:20])


def several_in_one_stream(torch, log):
    stream = io.BytesIO()
    for value in (1, torch.ones(2)):
        torch.save(value, stream, _use_new_zipfile_serialization=False)
    stream.seek(0)
    log(torch.load(stream), torch.load(stream))


def pickles_and_copies(torch, log):
    import copy

    base = torch.arange(4.0)
    log(pickle.loads(pickle.dumps([base, base[1:]])))
    pair = copy.deepcopy([base, base[1:], base.untyped_storage()])
    pair[0][2] = 9
    log(pair[:2], pair[2].tolist())
