"""Broken programs of the kinds that users report: PyTorch's own message comes first, and then what rushlight adds.

`python tests/test_broken_programs.py` writes down what PyTorch says (where it is installed).
"""

import importlib
import importlib.util
import json
import re
import sys
import warnings
from pathlib import Path

import pytest

RECORDED = Path(__file__).resolve().parent / "data" / "broken_programs.json"
PROGRAMS = {}


def adds(*texts):
    """The program raises, and rushlight's message holds these texts behind PyTorch's."""

    def register(function):
        PROGRAMS[function.__name__] = (function, texts)
        return function

    return register


def outcome(function, torch):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            function(torch)
        except Exception as error:
            return type(error).__name__, re.sub(r"0x[0-9a-f]+", "0x...", str(error))
    return "", ""


# ---------------------------------------------------------------- saved tensors that changed


@adds("modified by add_()", "h.add_(1)", "(h) was saved by MulBackward0 as its other", "y = h * h", "not in place")
def in_place_on_an_operand(torch):
    w = torch.ones(3, requires_grad=True)
    h = w * 2
    y = h * h
    h.add_(1)
    y.sum().backward()


@adds("modified by mul_()", "y *= 2", "(y) was saved by ExpBackward0 as its result", "y = w.exp()")
def in_place_on_a_result(torch):
    w = torch.ones(3, requires_grad=True)
    y = w.exp()
    y *= 2
    y.sum().backward()


@adds("modified by relu_()", "torch.relu_(h)", "SigmoidBackward0")
def relu_in_place_after_sigmoid(torch):
    w = torch.ones(3, requires_grad=True)
    h = torch.sigmoid(w)
    torch.relu_(h)
    h.sum().backward()


@adds("h[0] = 5", "PowBackward0")
def item_assignment_between(torch):
    w = torch.ones(3, requires_grad=True)
    h = w * 1
    loss = (h**2).sum()
    h[0] = 5
    loss.backward()


@adds("modified by sub_()", "p.sub_(0.1 * p.grad)", "(p) was saved by")
def optimizer_step_before_the_second_loss(torch):
    p = torch.ones(3, requires_grad=True)
    x = torch.full((3,), 2.0, requires_grad=True)
    first = (p * x).sum()
    second = (p * p * x).sum()
    first.backward(retain_graph=True)
    with torch.no_grad():
        p.sub_(0.1 * p.grad)
    second.backward()


@adds("modified by zero_()", "state.zero_()", "MulBackward0")
def hidden_state_reset(torch):
    w = torch.ones(2, requires_grad=True)
    state = torch.ones(2)
    out = state * w
    state.zero_()
    out.sum().backward()


@adds("modified by fill_()", "row.fill_(0)")
def write_through_a_view(torch):
    w = torch.ones(2, 2, requires_grad=True)
    h = w * 3
    y = h.sin()
    row = h[0]
    row.fill_(0)
    y.sum().backward()


@adds("modified by add_()", "t.add_(1)", "(t) was saved")
def write_in_a_helper(torch):
    def clean(t):
        t.add_(1)

    w = torch.ones(2, requires_grad=True)
    t = w.tanh()
    clean(t)
    t.sum().backward()


@adds("modified by add_()", "memory += step", "(memory) was saved by MulBackward0")
def buffer_updated_in_a_loop(torch):
    w = torch.ones(2, requires_grad=True)
    memory = torch.zeros(2)
    losses = []
    for step in range(3):
        memory += step
        losses.append((w * memory).sum())
    sum(losses).backward()


# ---------------------------------------------------------------- graphs used twice


@adds("The first pass was started at", "loss.backward()  # first", "retain_graph=True")
def backward_twice(torch):
    w = torch.ones(3, requires_grad=True)
    loss = (w * w).sum()
    loss.backward()  # first
    loss.backward()


@adds("The first pass was started at", "torch.autograd.grad(loss, w)  # first")
def grad_then_backward(torch):
    w = torch.ones(3, requires_grad=True)
    loss = w.exp().sum()
    torch.autograd.grad(loss, w)  # first
    loss.backward()


@adds("The first pass was started at", "a.backward()", ".detach() on what the steps carry over")
def shared_trunk(torch):
    w = torch.ones(3, requires_grad=True)
    trunk = w.exp()
    a, b = trunk.sum(), (trunk * 2).sum()
    a.backward()
    b.backward()


@adds("The first pass was started at", "state.sum().backward()")
def recurrent_state_kept(torch):
    w = torch.ones(3, requires_grad=True)
    state = torch.zeros(3)
    for _ in range(2):
        state = torch.tanh(state + w)
        state.sum().backward()


@adds("The first pass was started at", "y.sum().backward()")
def saved_field_after_backward(torch):
    w = torch.ones(3, requires_grad=True)
    y = w.exp()
    y.sum().backward()
    y.grad_fn._saved_result


@adds("The first pass was started at")
def custom_function_twice(torch):
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a * a

        @staticmethod
        def backward(ctx, g):
            (a,) = ctx.saved_tensors
            return 2 * a * g

    w = torch.ones(3, requires_grad=True)
    y = Square.apply(w).sum()
    y.backward()
    y.backward()


# ---------------------------------------------------------------- histories that were lost


@adds("out lost its history at", "out = (w * 2).detach()", "detach() cuts it off")
def detached_on_the_way(torch):
    w = torch.ones(3, requires_grad=True)
    out = (w * 2).detach()
    loss = out.sum()
    loss.backward()


@adds("inside the block of", "with torch.no_grad():", "Nothing is recorded there")
def computed_under_no_grad(torch):
    w = torch.ones(3, requires_grad=True)
    with torch.no_grad():
        out = w * 2
    loss = out.sum()
    loss.backward()


@adds("loss lost its history at", "loss = torch.tensor((w * 2).sum().item())", "torch.tensor() copies values")
def loss_from_item(torch):
    w = torch.ones(3, requires_grad=True)
    loss = torch.tensor((w * 2).sum().item())
    loss.backward()


@adds("loss lost its history at", "torch.tensor() copies values")
def loss_wrapped_in_tensor(torch):
    w = torch.ones(3, requires_grad=True)
    parts = [p.item() for p in (w * 2)]
    loss = torch.tensor(parts).sum()
    loss.backward()


@adds("x was made without requires_grad=True at", "x = torch.ones(3)")
def nothing_asks_for_a_gradient(torch):
    x = torch.ones(3)
    y = x * 2
    y.sum().backward()


@adds("has dtype torch.int64", "comparisons have no gradients")
def accuracy_as_loss(torch):
    w = torch.ones(3, requires_grad=True)
    correct = (w > 0).sum()
    correct.backward()


@adds("has dtype torch.int64", "argmax() has no gradient")
def argmax_as_output(torch):
    w = torch.ones(3, requires_grad=True)
    choice = (w * 2).argmax()
    choice.backward()


@adds("copy lost its history at", ".data is outside of the graph")
def data_on_the_way(torch):
    w = torch.ones(3, requires_grad=True)
    copy = w.data * 2
    copy.sum().backward()


@adds("h lost its history at", "from_numpy() makes a tensor without a history")
def through_numpy(torch):
    w = torch.ones(3, requires_grad=True)
    h = torch.from_numpy((w * 2).detach().numpy())
    loss = h.sum()
    loss.backward()


@adds("target was made without requires_grad=True")
def gradient_of_a_plain_input(torch):
    target = torch.ones(3)
    w = torch.ones(3, requires_grad=True)
    torch.autograd.grad((w * target).sum(), target)


@adds("inference mode")
def result_of_inference_mode(torch):
    w = torch.ones(3, requires_grad=True)
    with torch.inference_mode():
        out = (w * 2).sum()
    out.backward()


@adds("No operation that leads to the outputs used v")
def unused_input(torch):
    w = torch.ones(3, requires_grad=True)
    v = torch.ones(3, requires_grad=True)
    torch.autograd.grad((w * 2).sum(), v)


@adds("used x as it is now", "It was given a new value at", "x = x.clone()")
def input_was_replaced(torch):
    x = torch.ones(3, requires_grad=True)
    loss = (x * 2).sum()
    x = x.clone()
    torch.autograd.grad(loss, x)


@adds("predict() is decorated with no_grad()")
def loss_of_a_decorated_prediction(torch):
    net = torch.nn.Linear(2, 1)

    @torch.no_grad()
    def predict(x):
        return net(x)

    y = predict(torch.ones(1, 2))
    y.mean().backward()


@adds("computed after recording had been switched off", "torch.set_grad_enabled(False)  # for evaluation")
def switched_off_and_on_again(torch):
    w = torch.ones(2, requires_grad=True)
    torch.set_grad_enabled(False)  # for evaluation
    y = (w * 3).sum()
    torch.set_grad_enabled(True)
    y.backward()


@adds("no parameter of net requires grad")
def everything_frozen(torch):
    net = torch.nn.Linear(2, 1)
    for parameter in net.parameters():
        parameter.requires_grad = False
    y = net(torch.ones(1, 2))
    y.sum().backward()


@adds("(y) was saved by TanhBackward0 as its result", "relu_()", "torch.nn.functional.relu(y, inplace=True)")
def layer_in_place_after_tanh(torch):
    y = torch.ones(2, requires_grad=True).tanh()
    torch.nn.functional.relu(y, inplace=True)
    y.sum().backward()


@adds("(D.weight) was saved by AddmmBackward0", "SGD.step()", "optimizer.step()  # of the critic")
def generator_after_the_critic_moved(torch):
    G, D = torch.nn.Linear(2, 2), torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(D.parameters(), 0.1)
    fake = G(torch.ones(4, 2))
    loss = D(fake).mean()
    loss.backward(retain_graph=True)
    optimizer.step()  # of the critic
    loss.backward()


@adds("cells[1]", "(cells[1]) was saved by ExpBackward0 as its result", "mul_()")
def writes_by_map(torch):
    w = torch.ones(2, requires_grad=True)
    cells = [w * 2, w.exp()]
    any(t.mul_(2) is None for t in cells)
    sum(cell.sum() for cell in cells).backward()


@adds("The first pass was started at", "torch.autograd.grad(y, w)")
def grad_and_then_backward(torch):
    w = torch.ones(2, requires_grad=True)
    y = (w.exp() * w).sum()
    torch.autograd.grad(y, w)
    y.backward()


@adds("The first pass was started at", "out.sum().backward()")
def hidden_state_kept_over_batches(torch):
    rnn, h = torch.nn.RNN(2, 2), torch.zeros(1, 1, 2)
    for _ in range(2):
        out, h = rnn(torch.ones(3, 1, 2), h)
        out.sum().backward()


# ---------------------------------------------------------------- leaves written to


@adds("w is a leaf of shape [3]", "with torch.no_grad():")
def update_without_no_grad(torch):
    w = torch.ones(3, requires_grad=True)
    w -= 0.1


@adds("w is a leaf of shape [3]")
def item_of_a_leaf(torch):
    w = torch.ones(3, requires_grad=True)
    w[0] = 1.0


@adds("weight is a leaf of shape [2, 2]")
def initializing_a_leaf(torch):
    weight = torch.empty(2, 2, requires_grad=True)
    weight.uniform_(-1, 1)


@adds("w is a leaf")
def view_of_a_leaf(torch):
    w = torch.ones(2, 2, requires_grad=True)
    w.view(-1).mul_(2)


# ---------------------------------------------------------------- shapes, dtypes, scalars


@adds()
def not_a_scalar(torch):
    w = torch.ones(3, requires_grad=True)
    y = w * 2
    y.backward()


@adds()
def unreduced_loss(torch):
    w = torch.ones(2, 3, requires_grad=True)
    errors = (w - 1) ** 2
    errors.backward()


@adds()
def gradient_of_the_wrong_shape(torch):
    w = torch.ones(3, requires_grad=True)
    (w * 2).backward(torch.ones(4))


@adds("It is defined at")
def custom_function_with_too_few_gradients(torch):
    class Mul(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            return a * b

        @staticmethod
        def backward(ctx, g):
            return g

    w = torch.ones(3, requires_grad=True)
    Mul.apply(w, w).sum().backward()


@adds("It is defined at")
def custom_function_that_returns_a_number(torch):
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return 2.0

    Twice.apply(torch.ones(3, requires_grad=True)).sum().backward()


@adds()
def custom_function_with_a_wrong_shape(torch):
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return torch.ones(7)

    Twice.apply(torch.ones(3, requires_grad=True)).sum().backward()


@adds()
def integer_that_asks_for_a_gradient(torch):
    torch.tensor([1, 2], requires_grad=True)


@adds()
def in_place_on_one_of_several_views(torch):
    w = torch.ones(2, 2, requires_grad=True)
    a = (w * 1).unbind(0)[0]
    a.mul_(2)


@adds()
def view_made_under_no_grad(torch):
    w = torch.ones(4, requires_grad=True)
    h = w * 1
    with torch.no_grad():
        v = h[:2]
    v.mul_(2)


@adds()
def numpy_of_a_tensor_in_a_graph(torch):
    torch.ones(3, requires_grad=True).numpy()


@adds()
def deepcopy_of_a_computed_tensor(torch):
    import copy

    copy.deepcopy(torch.ones(3, requires_grad=True) * 2)


# ---------------------------------------------------------------- NaN


@adds("derivative of sqrt itself is infinite or undefined", "mask the input too")
def nan_from_where(torch):
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        y = torch.where(x > 0, x.sqrt(), torch.zeros(2))
        y.sum().backward()


@adds("The forward pass already had a value that is not finite", "MulBackward0 saved it as its self", "test_broken_programs.py")
def log_of_a_negative(torch):
    x = torch.tensor([-1.0, 4.0], requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        y = x.log() * x
        (y * y).sum().backward()


# ---------------------------------------------------------------- the tests


def library():
    return importlib.import_module("rushlight")


@pytest.mark.parametrize("name", PROGRAMS)
def test_message(name):
    function, texts = PROGRAMS[name]
    kind, text = json.loads(RECORDED.read_text(encoding="utf-8"))[name]
    assert kind, "the program does not fail on PyTorch"
    found_kind, found = outcome(function, library())
    assert found_kind == kind, found
    assert found.startswith(text), found
    added = found[len(text) :]
    assert "could not say more" not in added
    for part in texts:
        assert part in added, added


def test_there_are_enough():
    assert len(PROGRAMS) >= 40
    assert sum(1 for _, texts in PROGRAMS.values() if texts) >= 30


class Model:
    """Stands for a module: explain() asks only for named_parameters()."""

    def __init__(self, torch):
        self.used = torch.ones(2, requires_grad=True)
        self.forgotten = torch.ones(3, requires_grad=True)

    def named_parameters(self):
        return [("used", self.used), ("forgotten", self.forgotten)]


def test_explain_names_unused_parameters_and_bytes():
    torch = library()
    model = Model(torch)
    x = torch.ones(2)
    loss = (model.used * x).sin().sum()
    text = str(torch.explain(loss))
    assert "It does not depend on these parameters: model.forgotten." in text
    assert "It reaches 1 leaf: model.used [2]." in text
    assert "SinBackward0  keeps self 8 B" in text
    assert "MulBackward0  keeps other = x 8 B" in text
    assert "3 operations, which keep 16 B alive." in text
    assert "loss.retain_grad()" in text


def test_explain_tells_why_a_gradient_is_missing():
    torch = library()
    w = torch.ones(2, requires_grad=True)
    plain = torch.ones(2)
    counts = torch.tensor([1, 2])
    h = w * 2
    assert "w is a leaf, but no backward pass has added to it" in torch.explain(w)
    assert "plain does not require grad" in torch.explain(plain)
    assert "dtype is torch.int64" in torch.explain(counts)
    assert "h is computed, and only leaves keep gradients" in torch.explain(h)
    h.sum().backward()
    assert "grad is None" not in torch.explain(w)
    y = w.exp()
    y.sum().backward()
    assert "freed by a backward pass" in torch.explain(y)
    with pytest.raises(TypeError, match="takes a tensor"):
        torch.explain(3)


def test_explain_does_not_tire_of_long_graphs():
    torch = library()
    x = torch.ones(1, requires_grad=True)
    y = x
    for _ in range(3000):
        y = y * 1.0
    text = torch.explain(y)
    assert "3000 operations" in text
    assert text.count("\n") < 300


if __name__ == "__main__":
    torch = importlib.import_module("torch")
    answers = {name: outcome(function, torch) for name, (function, _) in PROGRAMS.items()}
    RECORDED.write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(answers)} answers of PyTorch {torch.__version__}\n")
