"""How conversions replace a module's parameters (torch.__future__), torch.utils.swap_tensors, and corner cases of layers."""

import warnings
import weakref


def with_modes(torch, overwrite, swap, act):
    future = torch.__future__
    future.set_overwrite_module_params_on_conversion(overwrite)
    future.set_swap_module_params_on_conversion(swap)
    try:
        act()
    finally:
        future.set_overwrite_module_params_on_conversion(False)
        future.set_swap_module_params_on_conversion(False)


def conversions(torch, log):
    for overwrite in (False, True):
        for swap in (False, True):
            with_modes(torch, overwrite, swap, lambda: one_by_one(torch, log))


def one_by_one(torch, log):
    log(torch.__future__.get_overwrite_module_params_on_conversion(), torch.__future__.get_swap_module_params_on_conversion())
    layer = torch.nn.Linear(2, 2)
    layer.register_buffer("held", torch.ones(2))
    layer(torch.ones(1, 2)).sum().backward()
    weight, grad = layer.weight, layer.weight.grad
    for step in (
        lambda: layer.double(), lambda: layer.to(torch.float64), lambda: layer.half(), lambda: layer.to("meta"),
        lambda: layer.to_empty(device="cpu").float(),
    ):  # fmt: skip
        step()
        log(layer.weight is weight, layer.weight.grad is grad, type(layer.weight).__name__, layer.weight.requires_grad)
        log(str(layer.weight.dtype), str(weight.dtype), str(grad.dtype), str(layer.weight.device), layer.weight._version)


def loading(torch, log):
    for swap in (False, True):
        with_modes(torch, False, swap, lambda: load(torch, log))


def load(torch, log):
    layer = torch.nn.Linear(2, 2)
    weight = layer.weight
    layer.load_state_dict({"weight": torch.zeros(2, 2), "bias": torch.zeros(2)})
    log(layer.weight is weight, layer.weight._version, layer.weight)
    layer.load_state_dict({"weight": torch.zeros(2, 2, dtype=torch.float64), "bias": torch.zeros(2)}, assign=True)
    log(layer.weight is weight, layer.weight, type(layer.weight).__name__)
    watch = weakref.ref(layer.weight)
    log(watch() is layer.weight)
    try:
        layer.float()
    except RuntimeError as error:
        log(str(error), str(error.__cause__))
    try:
        layer.load_state_dict({"weight": torch.zeros(2, 2), "bias": torch.zeros(2)})
    except RuntimeError as error:
        log(str(error))


def exchanged(torch, log):
    first, second = torch.ones(2, requires_grad=True), torch.zeros(3) * 2
    first.label = 1
    torch.utils.swap_tensors(first, second)
    log(first, second, hasattr(first, "label"), second.label)
    kept = torch.nn.Parameter(torch.ones(2))
    torch.utils.swap_tensors(first, kept)
    log(type(first).__name__, type(kept).__name__, first, kept)
    watch = weakref.ref(first)
    log.error(lambda: torch.utils.swap_tensors(first, kept))
    log.error(lambda: torch.utils.swap_tensors(kept, first))
    log(watch() is first)


def corner_cases_of_layers(torch, log):
    F = torch.nn.functional
    for layer in (torch.nn.GRUCell(3, 0), torch.nn.LSTMCell(3, 0), torch.nn.RNNCell(3, 0)):
        log([tuple(value.shape) for value in layer(torch.ones(2, 3))])
    x = torch.tensor([[-1.0, 2.0]]).expand(2, 2)
    log(F.threshold(x, 0.5, 0.25, inplace=True), F.threshold_(x, 0.5, 0.125))
    for lower, upper in ((-1.0, float("nan")), (float("-inf"), 1.0), (0.0, float("inf")), (2.0, 1.0)):
        for training in (True, False):
            log.error(lambda: F.rrelu(torch.zeros(2), lower, upper, training=training))
            if upper == upper and abs(lower) < 9 and upper < 9:
                log.error(lambda: F.rrelu_(torch.zeros(2), lower, upper, training=training))
    module = torch.nn.Module()
    module.name = 5
    log.error(lambda: setattr(module, "name", torch.nn.Buffer(torch.ones(1))))
    log(module.name)
    log.error(lambda: torch.norm(torch.ones(2, 2, 2), "nuc"))
    log.error(lambda: torch.linalg.matrix_norm(torch.ones(2), "what", (0,)))
    log.error(lambda: torch.linalg.matrix_norm(torch.ones(2, 2), "what", (0,)))
    log.error(lambda: torch.linalg.matrix_norm(torch.ones(2, 2), 2, (0, 1), dtype=torch.int32))


def statistics_with_tangents(torch, log):
    warnings.simplefilter("ignore")  # PyTorch's forward mode warns of something of its own
    F, ad = torch.nn.functional, torch.autograd.forward_ad
    x, mean, var = torch.ones(3, 2), torch.zeros(2), torch.ones(2)
    with ad.dual_level():
        dual = [ad.make_dual(value.clone(), torch.ones_like(value)) for value in (x, mean, var)]
        log.error(lambda: F.batch_norm(dual[0], dual[1], var))
        log.error(lambda: F.batch_norm(dual[0], mean, dual[2]))
        log(F.batch_norm(x, dual[1], dual[2]).shape, F.batch_norm(dual[0], mean.clone(), var.clone(), training=True).shape)


def recorded_steps_on_lists(torch, log):
    for name in ("SGD", "Adam", "NAdam", "RAdam", "Adamax", "Adagrad", "Adadelta", "RMSprop", "Rprop", "ASGD"):
        param = torch.ones(2, requires_grad=True).clone()
        param.retain_grad()
        param.sum().backward()
        optimizer = getattr(torch.optim, name)([param], lr=0.1, foreach=True, differentiable=True)
        if name == "SGD":
            optimizer.step()
            log(param)
        else:
            log.error(optimizer.step)


def matrices_with_nan(torch, log):
    D, nan = torch.distributions, float("nan")
    for matrix in (torch.eye(2) * nan, torch.tensor([[1.0, 0.0], [nan, 2.0]]), torch.stack([torch.eye(2), torch.eye(2) * nan])):
        log(torch.linalg.cholesky_ex(matrix).info)
        log.error(lambda matrix=matrix: torch.linalg.cholesky(matrix))
    log.error(lambda: D.MultivariateNormal(torch.zeros(2), torch.eye(2) * nan, validate_args=False))
    log.error(lambda: D.LowRankMultivariateNormal(torch.zeros(2), torch.ones(2, 1) * nan, torch.ones(2)))
    log.error(lambda: D.FisherSnedecor(torch.tensor(-1.0), torch.tensor(2.0)))
    bernoulli = D.ContinuousBernoulli(torch.tensor([0.2, 0.7]))
    for low, high in ((0.0, 1.0), (-1.0, 2.0), (0.2, 0.8), (-1.0, 0.5)):
        uniform = D.Uniform(torch.tensor(low), torch.tensor(high))
        log(D.kl_divergence(bernoulli, uniform), D.kl_divergence(uniform, bernoulli))
    log(D.constraints.__all__)
