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


def test_the_saving_line():
    x = torch.ones(3, requires_grad=True)
    y = x.exp()
    loss = y.sum()
    y.add_(1)
    assert f"saved by ExpBackward0 as its result, at {__file__}, line {line_of('y = x.exp()')}:" in message(loss)


def test_several_lines_that_may_have_saved():
    x = torch.ones(3, requires_grad=True)
    y = x * 3
    first = y * y
    second = y * y
    y += 1
    text = message((first + second).sum())
    assert f"The tensor (y) was saved by MulBackward0 as its other, at {__file__}, line " in text
    assert f", line {line_of('first = ')} or {line_of('second = ')}:" in text


class Layers(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Linear(3, 3), torch.nn.Linear(3, 3)

    def forward(self, x):
        h = self.first(x)
        out = self.second(h)
        h += 1
        return out


def test_a_save_inside_a_call():
    """The function that wrote has returned: its source says which call had the tensor."""
    loss = Layers()(torch.ones(2, 3)).sum()
    assert "The tensor (h) was saved by AddmmBackward0 as its mat1" in message(loss) and "\n    out = self.second(h)\n" in message(loss)
    model = torch.nn.Linear(3, 1)
    found = model(torch.ones(2, 3, requires_grad=True)).sum()
    with torch.no_grad():
        model.weight.add_(1)
    assert f"(model.weight) was saved by AddmmBackward0 as its mat2, at {__file__}, line {line_of('found = model(')}:" in message(found)


def squashed(x):
    return x.sigmoid()


def test_a_result_of_a_function():
    s = squashed(torch.ones(3, requires_grad=True) * 2)
    loss = s.sum()
    s.mul_(2)
    assert f"(s) was saved by SigmoidBackward0 as its result, at {__file__}, line {line_of('s = squashed(')}:" in message(loss)
