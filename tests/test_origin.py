"""The error for a modified saved tensor names the operation that wrote, its file and its line."""

import inspect

import pytest

import rushlight as torch


def line_of(text):
    lines, first = inspect.getsourcelines(inspect.currentframe().f_back.f_code)
    return first + next(number for number, line in enumerate(lines) if text in line)


def message(loss):
    with pytest.raises(RuntimeError, match="modified by an inplace operation") as caught:
        loss.backward()
    return str(caught.value)


def test_a_write_through_detach():
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    b = a.exp()
    b.detach().zero_()
    text = message(b.sum())
    assert f"It was modified by zero_() at {__file__}, line {line_of('.zero_()')}" in text
    assert "\n    b.detach().zero_()\n" in text


def test_the_first_write_after_the_save_is_named():
    x = torch.ones(2, requires_grad=True)
    y = x * 1
    y.mul_(2)
    z = y * y
    y.sub_(1)
    y.add_(3)
    assert f"modified by sub_() at {__file__}, line {line_of('y.sub_(1)')}" in message(z.sum())


def test_item_assignment_out_and_leaves():
    x = torch.ones(2, requires_grad=True)
    y = x * 1
    z = y * y
    y[0] = 5
    assert f"copy_() at {__file__}, line {line_of('y[0] = 5')}" in message(z.sum())
    w = torch.ones(2)
    z = x * w
    torch.add(torch.ones(2), 1, out=w)
    assert f"add() at {__file__}, line {line_of('out=w')}" in message(z.sum())
    z = x * x
    with torch.no_grad():
        x.add_(1)
    assert f"add_() at {__file__}, line {line_of('x.add_(1)')}" in message(z.sum())


def test_a_failed_backward_changes_nothing():
    x = torch.ones(2, requires_grad=True)
    y = x * 1
    z = y * y
    y.add_(1)
    message(z.sum())
    assert x.grad is None and y.tolist() == [2.0, 2.0]
