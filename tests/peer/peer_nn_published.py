"""What PyTorch's own tests of layers, optimizers and data look at, and earlier peer tests did not: choices, refusals, second gradients."""

import importlib
import pickle
import warnings

LINES_REFUSED = """
torch.Tensor._make_subclass(int, torch.ones(2))
torch.func.functional_call(torch.nn.Linear(1, 1), {"training": torch.ones(1)}, torch.ones(1))
torch.func.functional_call(torch.nn.Linear(1, 1), {"training.a": torch.ones(1)}, torch.ones(1))
torch.func.functional_call(torch.nn.Linear(1, 1), {"a.b": torch.ones(1)}, torch.ones(1))
torch.func.functional_call(torch.nn.Linear(1, 1), {"": torch.ones(1)}, torch.ones(1))
torch.func.functional_call(torch.nn.Linear(1, 1), {"weight": 3}, torch.ones(1))
torch.optim.SparseAdam([torch.zeros(3, layout=torch.sparse_coo)])
torch.optim.SparseAdam([{"params": [torch.zeros(2), torch.zeros(3, layout=torch.sparse_coo)]}])
torch.optim.SparseAdam([torch.zeros(2, dtype=torch.complex64)])
torch.lstm_cell(torch.ones(2, 3), [torch.ones(2, 4), torch.ones(4)], torch.ones(16, 3), torch.ones(16, 4))
torch.gru_cell(torch.ones(2, 3), torch.tensor(3.0), torch.ones(12, 3), torch.ones(12, 4))
torch.rnn_tanh_cell(torch.ones(2, 3), torch.ones(2), torch.ones(4, 3), torch.ones(4, 4))
torch.nn.functional.embedding_bag(torch.tensor([0, 1]), torch.ones(3, 2), torch.tensor([0.0]))
torch.nn.functional.embedding_bag(torch.tensor([0, 1]).short(), torch.ones(3, 2), torch.tensor([0]).short())
torch.nn.utils.rnn.pack_sequence([torch.ones(2)]).to(torch.float64, copy=True)
torch.nn.functional.scaled_dot_product_attention(torch.ones(1, 1, 2, 3), torch.ones(1, 1, 2, 3), torch.ones(1, 1, 2, 3), torch.ones(2))
torch.nn.functional.scaled_dot_product_attention(torch.ones(1, 1, 2, 3), torch.ones(1, 1, 2, 3), torch.ones(1, 1, 2, 3), dropout_p=-0.5)
"""


def attention_without_composition(torch, log):
    """Only the fused kernel is allowed: what it does not take is refused, with a warning that says why."""
    attention = importlib.import_module(f"{torch.__name__}.nn.attention")
    x = torch.arange(48.0).sin().view(2, 2, 3, 4)
    attend = torch.nn.functional.scaled_dot_product_attention
    for arguments, options in (
        ((x, x, x), {}),
        ((x, x, x), {"dropout_p": 0.5}),
        ((x[0], x[0], x[0]), {}),
        ((x, x[:, :1], x[:, :1]), {}),
        ((x, x[:1], x[:1]), {}),
        ((x, x, x[..., :2]), {}),
        ((x.int(), x.int(), x.int()), {}),
        ((x, x, x, torch.zeros(1, 3, 3)), {}),
        ((x.transpose(2, 3), x.transpose(2, 3), x.transpose(2, 3)), {}),
        ((x[:, :, :0], x, x), {}),
    ):
        with attention.sdpa_kernel(attention.SDPBackend.FLASH_ATTENTION), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                log(attend(*arguments, **options).sum())
            except RuntimeError as error:
                log(str(error))
        log([str(warning.message) for warning in caught])


def attention_choices(torch, log):
    attention = importlib.import_module(f"{torch.__name__}.nn.attention")
    kinds, cuda = attention.SDPBackend, importlib.import_module(f"{torch.__name__}.backends.cuda")

    def state():
        log([backend.name for backend in attention._cur_sdpa_kernel_backends()])
        log([backend.name for backend in attention._cur_sdpa_kernel_backends(with_priority=True)])
        log([cuda.flash_sdp_enabled(), cuda.math_sdp_enabled()])

    state()
    with attention.sdpa_kernel([kinds.MATH, kinds.FLASH_ATTENTION], set_priority=True):
        state()
        with attention.sdpa_kernel([kinds.EFFICIENT_ATTENTION, kinds.ERROR]):
            state()
    cuda.enable_flash_sdp(False)
    x = torch.ones(1, 1, 2, 3, requires_grad=True)
    log(torch.nn.functional.scaled_dot_product_attention(x, x, x).grad_fn.name())
    cuda.enable_flash_sdp(True)
    log([torch._fused_sdp_choice(x, x, x), torch._fused_sdp_choice(x, x, x, dropout_p=0.5)])
    state()


def attention_to_nothing(torch, log):
    x = torch.ones(2, 2, 3, 4, requires_grad=True)
    attend = torch.nn.functional.scaled_dot_product_attention
    for query, key, value in ((x[:, :, :0], x, x), (x, x[:, :, :0], x[:, :, :0]), (x[:0], x[:0], x[:0])):
        found = attend(query, key, value)
        log(found, found.grad_fn.name())
    log(attend(x[..., :0], x[..., :0], x))


def schedulers_of_groups_that_came_later(torch, log):
    schedulers = torch.optim.lr_scheduler
    for make in (
        lambda o: schedulers.StepLR(o, 3, 0.1),
        lambda o: schedulers.LambdaLR(o, lambda e: 0.9**e),
        lambda o: schedulers.MultiplicativeLR(o, [lambda e: 0.9]),
        lambda o: schedulers.CosineAnnealingWarmRestarts(o, 3),
        lambda o: schedulers.CyclicLR(o, 0.01, 0.1, 3),
    ):
        optimizer = torch.optim.SGD([torch.zeros(1)], 0.5, momentum=0.9)
        scheduler = make(optimizer)
        optimizer.add_param_group({"params": [torch.ones(2)], "lr": 3.0})
        optimizer.step()
        try:
            scheduler.step()
            log(scheduler.get_last_lr())
        except ValueError as error:
            log(str(error))


def second_gradients_of_relu_layers(torch, log):
    torch.manual_seed(0)
    layer = torch.nn.RNN(3, 4, nonlinearity="relu", dtype=torch.float64)
    x = torch.randn(2, 1, 3, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(layer(x)[0].sum(), [x], create_graph=True)
    log([found.tolist() for found in torch.autograd.grad((first**2).sum(), [x, layer.weight_ih_l0])])


def lengths_beyond_the_input(torch, log):
    rnn = torch.nn.utils.rnn
    x = torch.arange(6.0).view(3, 2).requires_grad_()
    packed = rnn.pack_padded_sequence(x, torch.tensor([5, 2]))
    log(packed.data, packed.batch_sizes)
    log.error(lambda: (packed.data**2).sum().backward())
    log(rnn.pack_padded_sequence(x.detach().t(), torch.tensor([5, 2]), batch_first=True).data)


def names_of_norms_that_prune(torch, log):
    prune = importlib.import_module(f"{torch.__name__}.nn.utils.prune")
    layer = torch.nn.Linear(3, 2)
    with torch.no_grad():
        layer.weight.copy_(torch.arange(6.0).view(2, 3))
    prune.ln_structured(layer, "weight", 1, "fro", 1)
    log(layer.weight)


def bags_of_mixed_integers(torch, log):
    bag = torch.nn.functional.embedding_bag
    log(bag(torch.tensor([0, 1]).short(), torch.ones(3, 2), torch.tensor([0])))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        log(bag(torch.ones(3, 2), torch.tensor([0, 1]), torch.tensor([0])))
    log([str(warning.message) for warning in caught])


def comparisons_of_sparse_tensors(torch, log):
    eye, ones = torch.eye(2), torch.ones(2, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for one, other in (
            (ones.to_sparse(), ones),
            (ones, eye.to_sparse_csr()),
            (ones.to_sparse_csc(), ones.to_sparse_csr()),
            (ones.to_sparse_csc(), eye.to_sparse_csc()),
            (ones.to_sparse_csr(), ones.to_sparse_csr() * 2),
            (ones.to_sparse(1), ones.to_sparse(2)),
        ):
            for options in ({}, {"check_layout": False}, {"check_layout": False, "check_stride": True}):
                try:
                    torch.testing.assert_close(one, other, **options)
                except AssertionError as error:
                    log(str(error))
                log(sorted(options))


def calls_that_failed_leave_the_module(torch, log):
    layer = torch.nn.Linear(1, 1)
    weight = layer.weight
    given = {"weight": torch.ones(1, 1), "extra": torch.ones(1)}
    log(torch.func.functional_call(layer, {**given, "bias": torch.zeros(1)}, torch.ones(1)))
    log([layer.weight is weight, hasattr(layer, "extra")])
    log.error(lambda: torch.func.functional_call(layer, {**given, "forward": torch.ones(1)}, torch.ones(1)))
    log([layer.weight is weight, hasattr(layer, "extra")])


def gradients_of_class_scores_in_other_orders(torch, log):
    target = torch.zeros(2, 4, 5, dtype=torch.long)
    nll = torch.nn.functional.nll_loss
    for make in (
        lambda x: x.contiguous(memory_format=torch.channels_last),
        lambda x: x.transpose(0, 1).contiguous().transpose(0, 1),
        lambda x: torch.cat([x, x], 1)[:, ::2],
    ):
        scores = make(torch.arange(120.0).sin().view(2, 3, 4, 5)).requires_grad_()
        loss = nll(scores, target)
        try:
            loss.backward()
            log(scores.grad)
        except RuntimeError as error:
            log(str(error))


def layout_of_random_slopes(torch, log):
    x = torch.ones(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)
    for training in (True, False):
        log(torch.nn.functional.rrelu(x, training=training).stride())


def options_of_the_fused_loss(torch, log):
    options = torch.nn.LinearCrossEntropyOptions
    log([options() == options(), options() == options(batch_chunk_size=2), hash(options()) == hash(options())])
    log.error(lambda: setattr(options(), "acc_dtype", None))
    log(repr(pickle.loads(pickle.dumps(options(chunking_method="aspect_ratio:2")))))
    layer = torch.nn.LinearCrossEntropyLoss(4, 3, options=options(batch_chunk_size=1))
    log(repr(pickle.loads(pickle.dumps(layer))))
    x, weight, target = torch.ones(3, 4), torch.arange(20.0).view(5, 4).sin(), torch.tensor([0, 1, 4])
    loss = torch.nn.functional.linear_cross_entropy
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        log([loss(x, weight, target, options=options()).item(), loss(x, weight, target, options=options(), label_smoothing=0.1).item()])
        log(loss(x, weight, torch.full((3, 5), 0.2), options=options()).item())
    log([str(warning.message) for warning in caught])
    log.error(lambda: loss(x, weight, torch.full((3, 5), 0.2), ignore_index=2))


def indices_that_make_no_matrix(torch, log):
    for name in ("csr", "csc"):
        make = getattr(torch, f"sparse_{name}_tensor")
        for outer, inner in (
            ([0, 2, 3], [0, 1, 1]),
            ([0, 2, 3], [1, 0, 1]),
            ([1, 2, 3], [0, 1, 1]),
            ([0, 2, 2], [0, 1, 1]),
            ([0, 2, 3], [0, 5, 1]),
            ([0, 1], [0, 1, 1]),
            ([0, 1, 2], [0, 1]),
        ):
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    log(make(outer, inner, [3.0, 4.0, 5.0], (2, 2), check_invariants=True).to_dense())
            except RuntimeError as error:
                log(str(error))
