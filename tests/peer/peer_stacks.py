"""Random stacks of layers train alike: the same weights from the same seed, the same losses, the same keys."""

import random

KINDS = ("linear", "batch", "layer", "group", "activation", "dropout", "residual", "recurrent", "convolution", "attention", "normed")
ACTIVATIONS = ("ReLU", "GELU", "Tanh", "SiLU", "ELU", "Softplus", "LeakyReLU", "PReLU", "Hardswish", "Mish", "Sigmoid", "LogSigmoid")


def wrapped(torch, kind, size):
    """A layer of another shape, within one that takes and gives (batch, size)."""
    nn = torch.nn

    class Wrapped(nn.Module):
        def __init__(self):
            super().__init__()
            if kind == "residual":
                self.inner = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, size))
            elif kind == "recurrent":
                self.inner = nn.GRU(size, size, batch_first=True)
            elif kind == "convolution":
                self.inner = nn.Sequential(nn.Conv1d(1, 3, 3, padding=1), nn.ReLU(), nn.Conv1d(3, 1, 3, padding="same"), nn.Flatten())
            else:
                self.inner = nn.MultiheadAttention(size, 2, batch_first=True)

        def forward(self, x):
            if kind == "residual":
                return x + self.inner(x)
            if kind == "recurrent":
                return self.inner(x.unsqueeze(1))[0].squeeze(1)
            if kind == "convolution":
                return self.inner(x.unsqueeze(1))
            x = x.unsqueeze(0)
            return self.inner(x, x, x, need_weights=False)[0].squeeze(0)

    return Wrapped()


def stack(torch, seed):
    nn, choice = torch.nn, random.Random(seed)
    layers, size = [], 8
    for _ in range(choice.randint(2, 5)):
        kind = choice.choice(KINDS)
        if kind == "linear":
            wanted = choice.choice((4, 8, 16))
            layers.append(nn.Linear(size, wanted, bias=choice.random() < 0.8))
            size = wanted
        elif kind == "normed":
            layers.append(nn.utils.parametrizations.weight_norm(nn.Linear(size, size)))
        elif kind in ("batch", "layer", "dropout", "group"):
            layers.append({"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}[kind](size) if kind in ("batch", "layer") else
                          nn.Dropout(0.3) if kind == "dropout" else nn.GroupNorm(2, size))  # fmt: skip
        elif kind == "activation":
            layers.append(getattr(nn, choice.choice(ACTIVATIONS))())
        else:
            layers.append(wrapped(torch, kind, size))
    return nn.Sequential(*layers, nn.Linear(size, 3))


def trained(seed):
    def program(torch, log):
        log.tolerance(2e-4, 2e-5)
        torch.manual_seed(seed)
        model = stack(torch, seed)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
        inputs, targets = torch.randn(16, 8), torch.randint(0, 3, (16,))
        losses = []
        for _ in range(20):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(inputs), targets)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
        log(repr(model), losses, {name: list(value.shape) for name, value in model.state_dict().items()})
        log.tolerance(2e-3, 5e-4)  # twenty steps of rounding
        log(model.eval()(inputs[:2]).detach())

    return program


for _seed in range(20):
    globals()[f"stack_{_seed:02}"] = trained(_seed)
