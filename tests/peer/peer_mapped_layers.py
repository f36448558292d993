"""vmap of operators whose examples are not simply more samples: losses with margins, ctc_loss, bags, pools, index_add and its kin."""

import warnings

from harness import line_program

EACH = """
x = torch.arange(24.).reshape(2, 3, 4).sin(); t = torch.tensor([0, 3, 1]); torch.vmap(lambda x: F.multi_margin_loss(x, t, margin=.5))(x)
x = torch.arange(24.).reshape(2, 3, 4).sin(); t = torch.tensor([[0, 3, 1], [2, 2, 0]]); torch.vmap(lambda x, t: F.multi_margin_loss(x, t, p=2, reduction="none"))(x, t)
x = torch.arange(24.).reshape(2, 3, 4).sin(); t = torch.tensor([[0, 3, 1], [2, 2, 0]]); torch.vmap(lambda t: F.multi_margin_loss(x[0], t, weight=x[1, 0], reduction="sum"))(t)
x = torch.arange(24.).reshape(2, 3, 4).sin(); t = torch.tensor([0, 3, 1]); torch.vmap(torch.func.grad(lambda x: F.multi_margin_loss(x, t, weight=x.detach()[0])))(x)
x = torch.arange(24.).reshape(2, 3, 4).sin(); t = torch.tensor([0, 3, 1]); torch.vmap(torch.func.grad(lambda x: F.multi_margin_loss(x, t)))(x)
x = torch.arange(8.).reshape(2, 4).sin(); torch.vmap(torch.func.grad(lambda x: F.multi_margin_loss(x, torch.tensor(1), p=2)))(x)
x = torch.arange(8.).reshape(2, 4).sin(); torch.vmap(lambda x: F.multi_margin_loss(x, torch.tensor([0, 1])))(x)
x = torch.arange(24.).reshape(2, 3, 4).sin(); torch.vmap(lambda x: F.multi_margin_loss(x, torch.tensor([0, 1, 4])))(x)
x = torch.arange(24.).reshape(2, 3, 4).sin(); t = torch.tensor([[0, 3, -1, 1]] * 3); torch.vmap(torch.func.grad(lambda x: F.multilabel_margin_loss(x, t)))(x)
x = torch.arange(24.).reshape(2, 3, 4).sin(); t = torch.tensor([[0, 3, -1, 1]] * 3); torch.vmap(torch.func.grad(lambda x: F.multilabel_margin_loss(x, t, reduction="none").prod()))(x)
x = torch.arange(8.).reshape(2, 4).sin(); t = torch.tensor([[0, 3, -1, 1], [1, -1, 0, 0]]); torch.vmap(torch.func.grad(lambda x, t: F.multilabel_margin_loss(x, t)))(x, t)
x = torch.arange(48.).reshape(2, 2, 4, 3).sin().log_softmax(-1); t = torch.tensor([[1, 2], [2, 2]]); torch.vmap(torch.func.grad(lambda x: F.ctc_loss(x.transpose(0, 1), t, (4, 3), (2, 1), reduction="sum")))(x)
x = torch.arange(24.).reshape(2, 4, 3).sin().log_softmax(-1); torch.vmap(torch.func.grad(lambda x: F.ctc_loss(x, torch.tensor([1, 2]), (4,), (2,), reduction="none").sum()))(x)
w = torch.arange(12.).reshape(4, 3).sin(); i = torch.tensor([[1, 2, 0, 3], [3, 3, 1, 0]]); o = torch.tensor([0, 2, 2]); torch.vmap(torch.func.grad(lambda i, w: F.embedding_bag(i, w, o).pow(2).sum(), 1), (0, None))(i, w)
w = torch.arange(12.).reshape(4, 3).sin(); i = torch.tensor([[1, 2, 0, 3], [3, 3, 1, 0]]); torch.vmap(torch.func.grad(lambda i, w: F.embedding_bag(i, w, torch.tensor([0, 1]), mode="max").pow(2).sum(), 1), (0, None))(i, w)
w = torch.arange(24.).reshape(2, 4, 3).sin(); i = torch.tensor([1, 2, 0, 3]); torch.vmap(torch.func.grad(lambda w, s: F.embedding_bag(i, w, torch.tensor([0, 3]), mode="sum", per_sample_weights=s).pow(2).sum(), (0, 1)))(w, w[:, 1:, 0].repeat(1, 2)[:, :4])
w = torch.arange(24.).reshape(2, 4, 3).sin(); i = torch.tensor([[1, 2, 0, 3], [3, 3, 1, 0]]); torch.vmap(torch.func.grad(lambda w, i: F.embedding_bag(i, w, torch.tensor([0, 3, 4]), include_last_offset=True, padding_idx=1).pow(2).sum()))(w, i)
w = torch.arange(24.).reshape(2, 4, 3).sin(); i = torch.tensor([[1, 2, 0, 3], [3, 3, 1, 0]]); torch.vmap(torch.func.grad(lambda w: F.embedding_bag(i, w).pow(2).sum()))(w)
x = torch.arange(24.).reshape(2, 4, 3).sin(); torch.vmap(torch.func.grad(lambda x: F.pdist(x, 3.).pow(2).sum()))(x)
x = torch.arange(64.).reshape(2, 2, 4, 4).sin(); r = torch.full((1, 2, 2), .4); torch.vmap(torch.func.grad(lambda x: F.fractional_max_pool2d(x, 2, 2, _random_samples=r).pow(2).sum()))(x)
x = torch.arange(128.).reshape(2, 2, 2, 4, 4).sin(); r = torch.tensor([.1, .8]).reshape(2, 1, 1, 1).expand(2, 3, 2, 2); torch.vmap(lambda x, r: F.fractional_max_pool2d(x, 2, 2, _random_samples=r))(x, r)
x, i, s = torch.zeros(2, 3, 2), torch.tensor([[0, 2], [1, 1]]), torch.arange(8.).reshape(2, 2, 2); torch.vmap(lambda x, i, s: x.index_add(0, i, s, alpha=2))(x, i, s)
x, i, s = torch.ones(2, 2, 3), torch.tensor([[0, 2], [1, 1]]), torch.arange(8.).reshape(2, 2, 2) + 1; torch.vmap(lambda x, i, s: x.index_reduce(1, i, s, "prod"))(x, i, s)
x, i, s = torch.ones(2), torch.tensor([0, 0]), torch.arange(2.); torch.vmap(lambda x, i, s: x.index_add(0, i, s))(x, i, s)
x, i, s = torch.ones(2), torch.tensor([0, 0]), torch.arange(2.) + 2; torch.vmap(lambda x, i, s: (x.index_copy(0, i, s), x.index_fill(0, i, 5.) * 1))(x, i, s)
x = torch.arange(6.).reshape(2, 3); torch.vmap(torch.argwhere)(x.gt(3) | x.lt(3).flip(0)) * 1
x = torch.arange(6.).reshape(2, 3); torch.vmap(torch.diagflat)(x)
x = torch.arange(6.).reshape(2, 3); torch.vmap(lambda x: torch.isclose(x, x.flip(0)))(x)
x = torch.arange(6.).reshape(2, 3); torch.vmap(lambda x: torch.quantile(x, .3) * 1)(x)
x = torch.arange(6.).reshape(2, 3); torch.vmap(torch.func.grad(lambda x: torch.nanquantile(x, .3)))(x)
x = torch.arange(6.).reshape(2, 3); torch.vmap(lambda x: F.kl_div(x, x.flip(0)))(x)
x = torch.arange(12.).reshape(2, 2, 3).sin(); torch.vmap(F.pdist)(x)
x = torch.arange(12.).reshape(2, 2, 3); torch.vmap(lambda x: F.interpolate(x, 4, mode="nearest-exact"))(x)
x = torch.arange(6.).reshape(2, 3); torch.vmap(lambda x: x.clone().clamp_(1, 3).addcmul_(x, x) * 1)(x)
x = torch.arange(6.).reshape(2, 3); torch.vmap(lambda x: x.clone().lerp_(x, x).floor_divide_(2).gt_(1) * 1)(x)
x = torch.arange(18.).reshape(2, 3, 3); torch.vmap(lambda x: x.clone().tril_().pow_(x).addmm_(x, x) * 1)(x)
x = torch.arange(8.).reshape(2, 4); torch.vmap(torch.func.grad(lambda x: F.soft_margin_loss(x, x.detach().sign())))(x)
x = torch.arange(18.).reshape(2, 3, 3).cos(); torch.vmap(lambda x, r: torch.linalg.pinv(x, rtol=r))(x, torch.tensor([.9, .1]))
x = torch.ones(2, 3); torch.vmap(lambda y: y * torch.func.jvp(lambda a: a * (a.sum().item()), (x,), (y,))[1])(torch.arange(6.).reshape(1, 2, 3))
torch.manual_seed(0); torch.vmap(lambda x: torch.multinomial(x, 2), randomness="different")(torch.arange(1., 13.).reshape(2, 2, 3)).shape
x = torch.arange(9.).double().reshape(3, 3).sin(); [t.sum().item() for t in torch.func.jvp(lambda x: torch.linalg.eigh(x)[0] * torch.linalg.eigh(x)[1].abs(), (x @ x.T + torch.eye(3).double(),), (x,))]
F.rrelu(torch.tensor(-1.), 0., 0., True).shape
"""


def mapped_layers(torch, log):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.func.jvp(torch.sin, (torch.ones(1),), (torch.ones(1),))
    for line in EACH.strip().splitlines():
        line_program("F = torch.nn.functional; " + line)(torch, log)


def mapped_recurrent_layers(torch, log):
    """Ensembles of recurrent layers, per-sample gradients included."""
    for kind in (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN):
        torch.manual_seed(0)
        layers = [kind(3, 4, 2, batch_first=True, bidirectional=True) for _ in range(2)]
        parameters, _ = torch.func.stack_module_state(layers)
        x = torch.arange(60.0).reshape(2, 2, 5, 3).sin()

        def loss(parameters, x):
            return torch.func.functional_call(layers[0], parameters, (x,))[0].pow(2).sum()

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = torch.vmap(torch.func.grad(loss))(parameters, x)
        log({name: value.detach().clone() for name, value in found.items() if "l0" in name})
