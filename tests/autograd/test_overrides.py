"""Every function that torch.overrides lists reaches the handler of an object that is no tensor, under its own name."""

import inspect

import pytest

import rushlight as torch
from rushlight import fft as fft, linalg as linalg, overrides, special as special
from rushlight.nn import functional as functional

SEEN = []


class Duck:
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        SEEN.append(func)
        return -1


class Swimming(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        SEEN.append(func)
        return -1


# A few operators are the same function under two names.
SAME = {"nelement": "numel", "ndimension": "dim"}


def cases():
    listed = overrides.get_overridable_functions()
    tests = overrides.get_testing_overrides()
    for space, functions in listed.items():
        for function in functions:
            yield space, function, tests[function]


def call(space, function, dummy):
    SEEN.clear()
    count = len([entry for entry in inspect.signature(dummy).parameters.values() if entry.default is entry.empty and entry.kind == 1])
    if space is torch.Tensor or isinstance(space, property):
        self = torch.zeros(1).as_subclass(Swimming)
        return function(self, *(Duck() for _ in range(count - 1)))
    return function(*(Duck() for _ in range(max(count, 1))))


def test_every_function():
    wrong = []
    for space, function, dummy in cases():
        name = overrides.resolve_name(function)
        short = name.rpartition(".")[2]
        if short.startswith("__") and not short.endswith("get__") or short in ("_make_subclass", "stride"):
            continue
        try:
            answer = call(space, function, dummy)
        except (TypeError, NotImplementedError) as error:
            if "must be" in str(error) or "invalid combination" in str(error) or "takes" in str(error) or "missing" in str(error):
                continue  # the first signature takes no ducks
            wrong.append((name, repr(error)))
            continue
        if answer != -1:
            wrong.append((name, answer))
        elif overrides.resolve_name(SEEN[0]) != name and SAME.get(short) is None and SEEN[0] is not function:
            wrong.append((name, overrides.resolve_name(SEEN[0])))
    assert not wrong


def test_enough_are_tried():
    assert sum(1 for _ in cases()) > 1000


@pytest.mark.parametrize("name", ["add", "matmul", "relu", "cat"])
def test_functions_keep_their_identity_and_signature(name):
    before = getattr(torch, name)
    overrides.get_overridable_functions()
    assert getattr(torch, name) is before


def test_watched_functions_keep_their_signatures():
    assert list(inspect.signature(torch.Tensor.backward).parameters) == ["self", "gradient", "retain_graph", "create_graph", "inputs"]
    assert list(inspect.signature(functional.relu).parameters)[0] == "input"
    assert functional.relu.__name__ == "relu"
    assert functional.relu(torch.tensor([-1.0, 2.0])).tolist() == [0.0, 2.0]


def test_disabled_implementation():
    quiet = torch._C._disabled_torch_function_impl
    assert torch.nn.Parameter.__torch_function__ is quiet
    assert quiet(torch.add, (), (torch.ones(1), 1)).tolist() == [2.0]
