"""Updates of optimizers: the native programs against bare arrays, and parameters that are stepped together."""

import numpy as np
import pytest

import rushlight as torch
from rushlight.optim import _elementwise, _program

OPTIONS = [
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}), ("SGD", {"lr": 0.1, "momentum": 0.5, "dampening": 0.3}),
    ("Adam", {"weight_decay": 0.1, "amsgrad": True}), ("Adam", {"betas": (0.3, 0.6), "maximize": True}), ("AdamW", {}), ("Adamax", {}),
    ("NAdam", {}), ("RAdam", {}), ("Adagrad", {"lr_decay": 0.1}), ("Adadelta", {}), ("RMSprop", {"momentum": 0.9, "centered": True}),
    ("Rprop", {}), ("ASGD", {"t0": 2}),
]  # fmt: skip


def made(dtype):
    torch.manual_seed(0)
    params = [torch.randn(3, 4, dtype=dtype), torch.randn(700, dtype=dtype), torch.randn((), dtype=dtype), torch.randn(5, 6, dtype=dtype).t()]
    return [param.requires_grad_() for param in params]


def stepped(optimizer, params, steps):
    for number in range(steps):
        for param in params:
            param.grad = (param.detach() * (number + 1)).sin()
        optimizer.step()


def interpreted(code, numbers, arrays):
    """What the kernel does, by NumPy: one instruction after the other."""
    registers = dict(enumerate(arrays)) | {_program.CONSTANT + index: number for index, number in enumerate(numbers)}
    binary = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "maximum": np.maximum, "minimum": np.minimum,
              "less": np.less, "greater": np.greater, "equal": np.equal}  # fmt: skip
    unary = {"copy": np.positive, "sqrt": np.sqrt, "abs": np.abs, "negate": np.negative, "sign": np.sign}
    for operation, target, first, second in zip(*[iter(code)] * 4, strict=True):
        name = _program.NAMES[operation]
        if name == "choose":
            value = np.where(registers[first] != 0, registers[second], registers[target])
        elif name == "fused":
            value = registers[first] * registers[second] + registers[target]
        elif name in unary:
            value = unary[name](registers[first])
        else:
            value = binary[name](registers[first], registers[second])
        if target < _program.TEMPORARY:
            registers[target][...] = value
        else:
            registers[target] = np.array(np.broadcast_to(value, arrays[0].shape), arrays[0].dtype)


def by_programs(code, numbers, *lists):
    for arrays in zip(*lists, strict=True):
        interpreted(code, numbers, arrays)
    return True


def counted(arrays):
    for array in arrays:
        array += 1
    return float(arrays[0])


@pytest.mark.parametrize("name, options", OPTIONS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_program_does_what_the_formula_does(name, options, dtype, monkeypatch):
    found = []
    kernels = [(None, None), (by_programs, counted)]
    if _program.update_elements is not None:
        kernels.append((_program.update_elements, _program.count_up))
    for update, count in kernels:
        monkeypatch.setattr(_elementwise, "update_elements", update)
        monkeypatch.setattr(_program, "update_elements", update)
        monkeypatch.setattr(_elementwise, "count_up", count)
        params = made(dtype)
        stepped(getattr(torch.optim, name)(params, **options), params, 5)
        found.append(params)
    for params in found[1:]:
        for mine, other in zip(params, found[0], strict=True):
            torch.testing.assert_close(mine, other)


def test_loaded_state_is_stepped_together():
    params = made(torch.float32)[:3]
    first = torch.optim.Adam(params)
    stepped(first, params, 2)
    second = torch.optim.Adam(params)
    second.load_state_dict({**first.state_dict()})
    other = [param.detach().clone().requires_grad_() for param in params]
    third = torch.optim.Adam(other)
    third.load_state_dict(torch.optim.Adam.state_dict(first))
    for entry in third.state.values():  # memories of their own, as a file gives them
        entry.update({name: value.clone() for name, value in entry.items()})
    entries = [third.state[param] for param in other]
    units = third._sorted(third.param_groups[0], other)
    assert [len(unit.params) for unit in units] == [3] and units[0].moments[0].copied
    stepped(second, params, 2)
    stepped(third, other, 2)
    for mine, its in zip(other, params, strict=True):
        assert torch.equal(mine, its)
    assert [entry["step"].item() for entry in entries] == [4.0] * 3


def test_counts_that_differ():
    params = made(torch.float64)[:2]
    optimizer = torch.optim.Adam(params)
    params[0].grad = torch.ones_like(params[0])
    optimizer.step()
    stepped(optimizer, params, 2)
    alone = made(torch.float64)[:2]
    for index, param in enumerate(alone):
        single = torch.optim.Adam([param])
        if index == 0:
            param.grad = torch.ones_like(param)
            single.step()
        stepped(single, [param], 2)
    for mine, its in zip(params, alone, strict=True):
        torch.testing.assert_close(mine, its)
    assert [optimizer.state[param]["step"].item() for param in params] == [3.0, 2.0]


def test_a_formula_that_asks_too_much_has_no_program():
    def update(k, p, g, s, c):
        if c[0] < 0.25:
            p += g

    assert _program._written(update, 0, (0.1,), False) is None
