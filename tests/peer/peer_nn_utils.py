"""torch.nn.utils: packed sequences, clipping, parametrizations, norms, pruning, fusion, functional calls."""

import copy
import importlib
import pickle
import warnings

LINES_REFUSED = """
torch.nn.utils.rnn.pad_sequence(3)
torch.nn.utils.rnn.pad_sequence([])
torch.nn.utils.rnn.pad_sequence([3])
torch.nn.utils.rnn.pad_sequence([torch.ones(2)], padding_side="x")
torch.nn.utils.rnn.pad_sequence([torch.ones(2, 3), torch.ones(2, 4)])
torch.nn.utils.rnn.pack_sequence([torch.ones(2), torch.ones(3)])
torch.nn.utils.rnn.pack_padded_sequence(torch.ones(5, 3, 2), [5, 3, 0])
torch.nn.utils.rnn.pack_padded_sequence(torch.ones(5, 3, 2), [5, 3])
torch.nn.utils.rnn.pack_padded_sequence(torch.ones(5, 3, 2), [5, 3, 4])
torch.nn.utils.rnn.pad_packed_sequence(torch.nn.utils.rnn.pack_sequence([torch.ones(3)]), total_length=2)
torch.nn.utils.rnn.PackedSequence(torch.ones(3))
torch.nn.utils.vector_to_parameters([1.0], [])
torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(2, 2), "nothing")
torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(2, 2), "bias")
torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(2, 2), "weight", "x")
torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(2, 2), "nothing")
torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(2, 2), dim=3)
torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(2, 2), n_power_iterations=0)
torch.nn.utils.parametrize.remove_parametrizations(torch.nn.Linear(2, 2), "weight")
torch.nn.utils.parametrize.register_parametrization(torch.nn.Linear(2, 2), "nothing", torch.nn.Identity())
torch.nn.utils.spectral_norm(torch.nn.Linear(2, 2), n_power_iterations=0)
torch.nn.utils.remove_spectral_norm(torch.nn.Linear(2, 2))
torch.nn.utils.remove_weight_norm(torch.nn.Linear(2, 2))
torch.nn.utils.skip_init(torch.nn.ReLU)
torch.nn.utils.fusion.fuse_conv_bn_eval(torch.nn.Conv1d(2, 2, 2), torch.nn.BatchNorm1d(2))
"""


def packing(torch, log):
    rnn = torch.nn.utils.rnn
    x = torch.arange(30.0).view(5, 3, 2).requires_grad_()
    p = rnn.pack_padded_sequence(x, [5, 3, 1])
    log(p.data, p.batch_sizes, p.sorted_indices, p.unsorted_indices, repr(rnn.pack_sequence([torch.ones(2), torch.zeros(1)])))
    (p.data * torch.arange(18.0).view(9, 2)).sum().backward()
    log(x.grad.clone())
    q = rnn.pack_padded_sequence(x.detach().transpose(0, 1), torch.tensor([1, 3, 2]), batch_first=True, enforce_sorted=False)
    log(list(q), [x.clone() for x in rnn.pad_packed_sequence(q, batch_first=True, padding_value=-1.0)], rnn.pad_packed_sequence(q, total_length=4)[0].shape)
    w = torch.ones(6, 2, requires_grad=True)
    padded, lengths = rnn.pad_packed_sequence(rnn.PackedSequence(w * 1, torch.tensor([3, 2, 1])))
    log(padded.detach().clone(), lengths, padded.stride())
    (padded * padded.detach() * 2).sum().backward()
    log(w.grad.clone())
    log(q.to(torch.float64).data.dtype, q.to(torch.float32) is q, q.double().data.dtype, q.int().data.dtype, q.is_cuda, q.is_pinned(), q.cpu() is q)
    log([x.clone() for x in rnn.unpack_sequence(q)], rnn.unpad_sequence(x.detach(), torch.tensor([2, 1, 5]))[1].clone())
    log(rnn.invert_permutation(torch.tensor([2, 0, 1])).clone())
    a = pickle.loads(pickle.dumps(q))
    log(type(a).__name__, list(a), list(copy.deepcopy(q)), isinstance(q, tuple))
    a, b = torch.ones(2, 3), torch.ones(4, 3, requires_grad=True)
    log(rnn.pad_sequence([a, b * 2], padding_value=5.0), rnn.pad_sequence([a, a + 1], batch_first=True).clone())
    log(rnn.pad_sequence([a, b.detach()], batch_first=True, padding_side="left").clone())


def packed_recurrence(torch, log):
    log.tolerance(1e-4, 1e-5)
    torch.manual_seed(1)
    x = torch.randn(4, 3, 2)
    for kind in (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN):
        m = kind(2, 3, 2, bidirectional=True)
        p = torch.nn.utils.rnn.pack_padded_sequence(x, [2, 4, 3], enforce_sorted=False)
        output, hidden = m(p)
        log(output.data.detach(), output.batch_sizes, output.unsorted_indices)
        log([h.detach() for h in hidden] if isinstance(hidden, tuple) else hidden.detach())
        output.data.sum().backward()
        log(m.weight_ih_l1.grad)


def clipping(torch, log):
    utils = torch.nn.utils
    torch.manual_seed(3)
    m = torch.nn.Linear(3, 2)

    def fresh():
        m.zero_grad()
        (m(torch.arange(3.0)) * 5).sum().backward()

    for norm in (2.0, 1.0, float("inf"), 0.5):
        fresh()
        log(utils.clip_grad_norm_(m.parameters(), 1.0, norm), m.weight.grad, m.bias.grad)
    fresh()
    log(utils.clip_grad_norm_(m.weight, 100.0), m.weight.grad, utils.clip_grad_norm_([], 1.0), utils.get_total_norm([torch.ones(4), torch.ones(5)]))
    log.warns(lambda: utils.clip_grad_norm_((p for p in ()), 1.0))
    log(utils.clip_grad_value_(m.parameters(), 2.5), m.weight.grad.clone())
    fresh()
    utils.clip_grads_with_norm_(m.parameters(), 2.0, torch.tensor(4.0))
    log(m.weight.grad)
    m.weight.grad[0] = float("nan")
    log.error(lambda: utils.clip_grad_norm_(m.parameters(), 1.0, error_if_nonfinite=True))
    log.warns(lambda: utils.clip_grad_norm(m.bias, 1.0))


def vectors(torch, log):
    m = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
    v = torch.nn.utils.parameters_to_vector(m.parameters())
    log(v.shape, v.grad_fn, v.requires_grad)
    torch.nn.utils.vector_to_parameters(torch.arange(9.0), m.parameters())
    log(m.state_dict(), m[0].weight.requires_grad)


def old_weight_norm(torch, log):
    torch.manual_seed(4)
    log.tolerance(1e-5, 1e-6)
    m = log.warns(lambda: torch.nn.utils.weight_norm(torch.nn.Linear(3, 2)))
    log(repr(m), sorted(m.state_dict()), m.weight_g, m.weight_v.shape, type(m.weight).__name__)
    x = torch.ones(1, 3)
    m(x).sum().backward()
    log(m(x).detach(), m.weight_g.grad.clone(), m.weight_v.grad.clone())
    log.error(lambda: torch.nn.utils.weight_norm(m))
    torch.nn.utils.remove_weight_norm(m)
    log(sorted(m.state_dict()), type(m.weight).__name__, m(x).detach(), len(m._forward_pre_hooks))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        c = torch.nn.utils.weight_norm(torch.nn.Conv1d(2, 3, 2), dim=1)
        n = torch.nn.utils.weight_norm(torch.nn.Conv1d(2, 3, 2), dim=None)
    log(c.weight_g.shape, n.weight_g.shape)


def old_spectral_norm(torch, log):
    torch.manual_seed(4)
    log.tolerance(1e-4, 1e-5)
    m = torch.nn.utils.spectral_norm(torch.nn.Linear(3, 2), n_power_iterations=2)
    log(sorted(m.state_dict()), m.weight_u, m.weight_v, m.state_dict()._metadata)
    x = torch.ones(1, 3)
    y = m(x)
    y.sum().backward()
    log(y.detach(), m.weight_orig.grad, m.weight_u, m.eval()(x).detach(), m.weight_u)
    log.error(lambda: torch.nn.utils.spectral_norm(m))
    n = torch.nn.utils.spectral_norm(torch.nn.Linear(3, 2))
    log(n.load_state_dict(m.state_dict()), n.weight_v)
    torch.nn.utils.remove_spectral_norm(m)
    log(sorted(m.state_dict()), m.weight, len(m._forward_pre_hooks), len(m._state_dict_hooks), len(m._load_state_dict_pre_hooks))
    log(torch.nn.utils.spectral_norm(torch.nn.ConvTranspose1d(2, 3, 2)).weight_u.shape)


def parametrized(torch, log):
    P = torch.nn.utils.parametrize

    class Symmetric(torch.nn.Module):
        def forward(self, X):
            return X.triu() + X.triu(1).T

        def right_inverse(self, A):
            return A.triu()

    class Double(torch.nn.Module):
        def forward(self, X):
            return X * 2

    torch.manual_seed(1)
    m = torch.nn.Linear(2, 2)
    original = m.weight
    log(P.register_parametrization(m, "weight", Symmetric()) is m, repr(m), type(m).__name__, P.is_parametrized(m), P.is_parametrized(m, "bias"))
    log(m.weight, m.parametrizations.weight.original is original, [name for name, _ in m.named_parameters()], P.type_before_parametrizations(m).__name__)
    log(m.weight is m.weight)
    with P.cached():
        log(m.weight is m.weight)
    m.weight = torch.ones(2, 2)
    log(m.parametrizations.weight.original)
    m(torch.ones(1, 2)).sum().backward()
    log(m.parametrizations.weight.original.grad)
    P.register_parametrization(m, "weight", Double())
    log(m.weight, repr(m))
    log.error(lambda: setattr(m, "weight", torch.ones(2, 2)))
    log.error(lambda: pickle.dumps(m))
    c = copy.deepcopy(m)
    log(c.weight, c.parametrizations.weight.original is m.parametrizations.weight.original, type(c).__name__)
    n = torch.nn.Linear(2, 2)
    log(repr(P.transfer_parametrizations_and_params(m, n)), n.weight)
    P.remove_parametrizations(m, "weight")
    log(repr(m), type(m).__name__, m.weight, m.weight is original, hasattr(m, "parametrizations"))
    P.remove_parametrizations(n, "weight", leave_parametrized=False)
    log(n.weight)

    class Bigger(torch.nn.Module):
        def forward(self, X):
            return torch.cat([X, X])

    class Whole(torch.nn.Module):
        def forward(self, X):
            return X.double()

    class Nothing(torch.nn.Module):
        def forward(self, X):
            return None

    for kind in (Bigger, Whole, Nothing):
        log.error(lambda: P.register_parametrization(torch.nn.Linear(2, 2), "weight", kind()))
        log.error(lambda: P.register_parametrization(P.register_parametrization(torch.nn.Linear(2, 2), "weight", Double()), "weight", kind()))
    log(P.register_parametrization(torch.nn.Linear(2, 2), "weight", Bigger(), unsafe=True).weight.shape)
    b = torch.nn.BatchNorm1d(2)
    P.register_parametrization(b, "running_mean", Double())
    log(list(b.state_dict()), type(b).__name__)


def newer_weight_norm(torch, log):
    torch.manual_seed(4)
    log.tolerance(1e-5, 1e-6)
    m = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(3, 2))
    log(repr(m), list(m.state_dict()), m.parametrizations.weight.original0, m.weight.detach())
    m(torch.ones(1, 3)).sum().backward()
    log(m.parametrizations.weight.original0.grad.clone(), m.parametrizations.weight.original1.grad.clone())
    m.weight = torch.ones(2, 3) * 2
    log(m.parametrizations.weight.original0, m.weight.detach())
    old = {"bias": torch.ones(2), "weight_g": torch.ones(2, 1), "weight_v": torch.ones(2, 3)}
    log(m.load_state_dict(old), m.weight.detach())
    torch.nn.utils.parametrize.remove_parametrizations(m, "weight")
    log(repr(m), m.weight, type(m.weight).__name__, list(m.state_dict()))
    log(torch.nn.utils.parametrizations.weight_norm(torch.nn.Conv2d(2, 3, 2), dim=None).parametrizations.weight.original0.shape)


def newer_spectral_norm(torch, log):
    torch.manual_seed(4)
    log.tolerance(1e-4, 1e-5)
    m = torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(3, 2))
    log(repr(m), list(m.state_dict()), m.parametrizations.weight[0]._u, m.weight.detach(), m.weight.detach())
    m(torch.ones(1, 3)).sum().backward()
    log(m.parametrizations.weight.original.grad, m.eval().weight.detach())
    c = torch.nn.utils.parametrizations.spectral_norm(torch.nn.ConvTranspose1d(2, 3, 2), n_power_iterations=3)
    log(c.weight.detach(), torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(3, 2), "bias").bias.detach())


def orthogonal(torch, log):
    torch.manual_seed(4)
    log.tolerance(1e-4, 1e-5)
    for kind, shape in (("matrix_exp", (3, 3)), ("cayley", (3, 3)), ("householder", (2, 3)), ("matrix_exp", (3, 2)), (None, (2, 4))):
        m = torch.nn.utils.parametrizations.orthogonal(torch.nn.Linear(*shape), "weight", kind)
        w = m.weight.detach()
        short = w if w.shape[0] <= w.shape[1] else w.T
        log(repr(m), list(m.state_dict()), (short @ short.T).round(decimals=3) + 0.0)
        m(torch.ones(1, shape[0])).sum().backward()
        log(m.parametrizations.weight.original.grad.shape)


def pruning_refused(torch, log):
    prune = importlib.import_module(torch.__name__ + ".nn.utils.prune")
    linear = torch.nn.Linear(2, 2)
    for call in (
        lambda: prune.remove(linear, "weight"), lambda: prune.l1_unstructured(linear, "weight", "x"),
        lambda: prune.l1_unstructured(linear, "weight", 1.5), lambda: prune.l1_unstructured(linear, "weight", -1),
        lambda: prune.l1_unstructured(linear, "weight", 9), lambda: prune.ln_structured(linear, "bias", 1, 2, 0),
        lambda: prune.ln_structured(linear, "weight", 1, 2, 5), lambda: prune.global_unstructured(3, prune.L1Unstructured, amount=1),
    ):  # fmt: skip
        log.error(call)
    log(type(linear.weight).__name__, list(linear.state_dict()))


def pruning(torch, log):
    prune = importlib.import_module(torch.__name__ + ".nn.utils.prune")
    torch.manual_seed(6)
    m = torch.nn.Linear(4, 3)
    log(prune.l1_unstructured(m, "weight", 0.5) is m, list(m.state_dict()), m.weight_mask, m.weight.detach(), prune.is_pruned(m))
    log(type(m.weight).__name__, "weight" in vars(m), [type(hook).__name__ for hook in m._forward_pre_hooks.values()])
    m(torch.ones(1, 4)).sum().backward()
    log(m.weight_orig.grad)
    prune.random_unstructured(m, "weight", 2)
    prune.ln_structured(m, "weight", 1, 2, 0)
    log(m.weight_mask, [type(hook).__name__ for hook in m._forward_pre_hooks.values()])
    container = next(iter(m._forward_pre_hooks.values()))
    log([type(method).__name__ for method in container], len(container), type(container[0]).__name__)
    log.error(lambda: copy.deepcopy(m))
    prune.remove(m, "weight")
    log(list(m.state_dict()), m.weight, type(m.weight).__name__, prune.is_pruned(m), len(m._forward_pre_hooks))
    n = torch.nn.Linear(4, 3)
    prune.random_structured(n, "weight", 1, 1)
    prune.custom_from_mask(n, "bias", torch.tensor([1, 0, 1]))
    log(n.weight_mask, n.bias, prune.identity(torch.nn.Linear(2, 2), "weight").weight_mask)
    a, b = torch.nn.Linear(2, 3), torch.nn.Linear(3, 2)
    prune.global_unstructured([(a, "weight"), (b, "weight")], prune.L1Unstructured, amount=5)
    log(a.weight_mask, b.weight_mask)
    log(prune.L1Unstructured(2).prune(torch.arange(6.0).view(2, 3)), prune.RandomUnstructured(0.5).amount)
    log.error(lambda: prune.L1Unstructured(2).prune(torch.ones(2), importance_scores=torch.ones(3)))
    log(prune.l1_unstructured(torch.nn.Linear(2, 2), "weight", 1, importance_scores=torch.tensor([[4.0, 3], [2, 1]])).weight_mask)
    log.error(lambda: prune.PruningContainer(prune.L1Unstructured(1)))


def fusing(torch, log):
    torch.manual_seed(6)
    log.tolerance(1e-4, 1e-5)
    for layer, norm, x in (
        (torch.nn.Conv2d(2, 3, 2), torch.nn.BatchNorm2d(3), torch.randn(4, 2, 3, 3)),
        (torch.nn.Conv1d(2, 3, 2, bias=False), torch.nn.BatchNorm1d(3, affine=False), torch.randn(4, 2, 3)),
    ):
        norm(layer(x))
        layer.eval(), norm.eval()
        fused = torch.nn.utils.fuse_conv_bn_eval(layer, norm)
        log(fused(x).detach() - norm(layer(x)).detach() + 1, fused.weight, type(fused.weight).__name__, repr(fused))
    linear, norm = torch.nn.Linear(3, 2).eval(), torch.nn.BatchNorm1d(2).eval()
    log(torch.nn.utils.fuse_linear_bn_eval(linear, norm).weight)
    log.error(lambda: torch.nn.utils.fuse_linear_bn_eval(linear, torch.nn.BatchNorm1d(3).eval()))


def functional_calls(torch, log):
    stateless = torch.nn.utils.stateless
    m = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    before = m[0].weight
    given = {"0.weight": torch.ones(2, 2, requires_grad=True), "0.bias": torch.zeros(2), "1.num_batches_tracked": torch.tensor(4)}
    y = torch.func.functional_call(m, given, (torch.tensor([[1.0, 2], [3, 5]]),))
    y.sum().backward()
    log(y.detach(), given["0.weight"].grad is not None, m[0].weight is before, m[1].num_batches_tracked, given["1.num_batches_tracked"])
    log(log.warns(lambda: stateless.functional_call(m[0], {"weight": torch.zeros(2, 2)}, torch.ones(1, 2))).shape)
    log.error(lambda: stateless._functional_call(m, {"zoo.x": torch.ones(2)}, torch.ones(2, 2)))
    log.error(lambda: torch.func.functional_call(m, {"0.weight": torch.ones(2)}, torch.ones(2, 2), strict=True))
    tied = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    tied[1].weight = tied[0].weight
    log.error(lambda: torch.func.functional_call(tied, {"0.weight": torch.ones(2, 2), "1.weight": torch.zeros(2, 2)}, torch.ones(1, 2)))
    zero = {"0.weight": torch.zeros(2, 2), "0.bias": torch.zeros(2), "1.bias": torch.ones(2)}
    log(torch.func.functional_call(tied, zero, torch.ones(1, 2)), torch.func.functional_call(tied, zero, (torch.ones(1, 2),), tie_weights=False).shape)


def the_rest(torch, log):
    m = torch.nn.utils.skip_init(torch.nn.Linear, 3, 2)
    log(m.weight.shape, m.weight.is_meta, m.weight.requires_grad)
    c = torch.nn.utils.convert_conv2d_weight_memory_format(torch.nn.Sequential(torch.nn.Conv2d(2, 3, 2)), torch.channels_last)
    log(c[0].weight.stride())
    d = torch.nn.DataParallel(torch.nn.Linear(2, 3))
    log(repr(d), d(torch.ones(1, 2)).shape, d.device_ids, list(d.state_dict()))
    state = {"module.a": 1, "module.b": 2, "c": 3}
    torch.nn.modules.utils.consume_prefix_in_state_dict_if_present(state, "module.")
    log(state, torch.nn.modules.utils._pair(3), torch.nn.modules.utils._triple([1, 2, 3]), torch.nn.modules.utils._reverse_repeat_tuple((1, 2), 2))
    log(torch.nn.modules.utils._list_with_default([None, 3], [5, 6, 7]))
    log.error(lambda: torch.nn.modules.utils._list_with_default([None, 3], [5]))
