"""torch.optim: every optimizer and scheduler for twenty steps, options and their refusals, state dicts and hooks."""

import copy
import importlib
import pickle
import warnings

OPTIMIZERS = [
    ("SGD", "lr=0.1"), ("SGD", "lr=0.1, momentum=0.9, weight_decay=0.01"), ("SGD", "lr=0.1, momentum=0.9, dampening=0.3, maximize=True"),
    ("SGD", "lr=0.1, momentum=0.9, nesterov=True"), ("SGD", "lr=torch.tensor(0.1), momentum=0.5"), ("SGD", "foreach=True, momentum=0.9"),
    ("Adam", ""), ("Adam", "weight_decay=0.1, amsgrad=True"), ("Adam", "maximize=True, lr=0.1"), ("Adam", "lr=torch.tensor(0.01)"),
    ("Adam", "betas=(0.3, 0.6), eps=0.1, foreach=True"), ("AdamW", ""), ("AdamW", "amsgrad=True, betas=(0.3, 0.8), weight_decay=0.2"),
    ("Adamax", ""), ("Adamax", "weight_decay=0.1, maximize=True"), ("NAdam", ""), ("NAdam", "weight_decay=0.1, decoupled_weight_decay=True"),
    ("RAdam", ""), ("RAdam", "weight_decay=0.1, decoupled_weight_decay=True"), ("RAdam", "weight_decay=0.1"),
    ("Adagrad", "lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.1"), ("Adadelta", ""), ("Adadelta", "weight_decay=0.1, rho=0.5"),
    ("RMSprop", ""), ("RMSprop", "momentum=0.9, centered=True, weight_decay=0.1"), ("Rprop", ""), ("Rprop", "etas=(0.3, 1.4), maximize=True"),
    ("ASGD", "t0=5, lambd=0.01"), ("ASGD", "weight_decay=0.1"), ("Adafactor", ""), ("Adafactor", "weight_decay=0.1, lr=0.1"), ("Muon", "lr=0.1"),
    ("LBFGS", "max_iter=2"), ("LBFGS", "line_search_fn='strong_wolfe', history_size=3, max_iter=3"),
]  # fmt: skip


def made(torch, name, options, params):
    return eval(f"torch.optim.{name}(params, {options})", {"torch": torch, "params": params})


def parameters(torch, dtype, matrices=False):
    torch.manual_seed(1)
    shapes = [(3, 4), (4,), (), (2, 3)]
    found = [torch.randn(shape, dtype=dtype) for shape in shapes if not matrices or len(shape) == 2]
    if not matrices:
        found.append(torch.randn(5, 3, dtype=dtype).t().clone())
    return [value.requires_grad_() for value in found]


def loss_of(params):
    total = 0.0
    for weight, param in enumerate(params, 1):
        square = (param * param.conj()).real if param.is_complex() else param * param
        total = total + weight * square.sum() + (square * square).sum() / 10
    return total


def trained(torch, log, name, options, dtype, steps=20):
    params = parameters(torch, dtype, name == "Muon")
    if name == "LBFGS":
        params = params[:-1]
    optimizer = made(torch, name, options, params)

    def closure():
        optimizer.zero_grad()
        loss = loss_of(params)
        loss.backward()
        return loss

    log([optimizer.step(closure).item() for _ in range(steps)])
    log(*params)
    log(optimizer.state_dict()["state"])
    log(repr(optimizer))
    return optimizer


def single_precision(torch, log):
    log.tolerance(2e-4, 2e-5)
    for name, options in OPTIMIZERS:
        trained(torch, log, name, options, torch.float32)


def double_precision(torch, log):
    log.tolerance(1e-7, 1e-8)
    for name, options in OPTIMIZERS:
        trained(torch, log, name, options, torch.float64)


def complex_parameters(torch, log):
    log.tolerance(2e-4, 2e-5)
    for name, options in OPTIMIZERS:
        if name not in ("Adafactor", "Muon", "LBFGS"):
            trained(torch, log, name, options, torch.complex64, steps=5)


def differentiable_steps(torch, log):
    log.tolerance(1e-5, 1e-6)
    for name in ("SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta", "RMSprop", "ASGD"):
        for more in ("", ", weight_decay=0.1"):
            source = torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)
            grad = torch.tensor([0.5, 0.4, -0.3], dtype=torch.float64, requires_grad=True)
            param = source.clone()
            optimizer = made(torch, name, "differentiable=True, lr=0.1" + more, [param])
            param.grad = grad
            optimizer.step()
            log(torch.autograd.grad((param * param).sum(), (source, grad)))


def groups(torch, log):
    a, b, c = (torch.full((n,), float(n), requires_grad=True) for n in (1, 2, 3))
    optimizer = torch.optim.SGD([{"params": [a]}, {"params": b, "lr": 0.5, "momentum": 0.9}], lr=0.1)
    optimizer.add_param_group({"params": iter([c]), "weight_decay": 0.5})
    for _ in range(3):
        optimizer.zero_grad()
        (a.sum() + (b * b).sum() + (c * c).sum()).backward()
        optimizer.step()
    log(a, b, c, optimizer.state_dict())
    b.grad = None
    optimizer.step()
    log(a, b, c)
    log.error(lambda: optimizer.add_param_group({"params": [a]}))
    log.error(lambda: optimizer.add_param_group([c]))
    log.error(lambda: optimizer.add_param_group({"params": [("x", torch.ones(1))]}))


def some_gradients_missing(torch, log):
    params = [torch.full((n,), float(n), requires_grad=True) for n in (1, 2, 3)]
    optimizer = torch.optim.Adam(params, lr=0.1)
    for step in range(6):
        optimizer.zero_grad()
        for index, param in enumerate(params):
            if (step + index) % 3:
                param.grad = torch.full_like(param, index + 1.0)
        optimizer.step()
    log(*params, optimizer.state_dict()["state"])
    optimizer.state[params[0]]["step"].fill_(10)
    optimizer.step()
    log(*params, optimizer.state_dict()["state"])


def named(torch, log):
    a, b = torch.ones(1, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([("a", a), ("b", b)], lr=0.1)
    log(optimizer.param_groups[0]["param_names"], optimizer.state_dict())
    plain = torch.optim.SGD([a, b], lr=0.1)
    plain.load_state_dict(optimizer.state_dict())
    log(plain.state_dict())
    optimizer.load_state_dict(torch.optim.SGD([a, b], lr=0.2).state_dict())
    log(optimizer.state_dict())
    log.error(lambda: torch.optim.SGD([("a", a), b]))


def state_dicts(torch, log):
    for name in ("SGD", "Adam", "NAdam", "Adagrad", "RMSprop"):
        options = "lr=0.1, momentum=0.9" if name in ("SGD", "RMSprop") else "lr=0.1"
        params = parameters(torch, torch.float32)
        first = made(torch, name, options, params)
        loss_of(params).backward()
        first.step()
        twins = [param.detach().clone().requires_grad_() for param in params]
        second = made(torch, name, options, twins)
        second.load_state_dict(copy.deepcopy(first.state_dict()))
        for _ in range(3):
            for optimizer, values in ((first, params), (second, twins)):
                optimizer.zero_grad()
                loss_of(values).backward()
                optimizer.step()
        log([bool((x == y).all()) for x, y in zip(params, twins, strict=True)], second.state_dict())
        again = pickle.loads(pickle.dumps(second))
        log(again.state_dict(), copy.deepcopy(second).state_dict())
        for group in again.param_groups:
            for param in group["params"]:
                param.grad = torch.ones_like(param)
        again.step()
        log(again.param_groups[0]["params"])
    a = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.SGD([a], lr=0.1)
    log.error(lambda: optimizer.load_state_dict({"state": {}, "param_groups": []}))
    log.error(lambda: optimizer.load_state_dict({"state": {}, "param_groups": [{"params": [0, 1]}]}))
    adam = torch.optim.Adam([torch.ones(2, dtype=torch.float64, requires_grad=True)])
    state = {"step": torch.tensor(3.0), "exp_avg": torch.ones(2), "exp_avg_sq": torch.ones(2)}
    adam.load_state_dict({"state": {0: state}, "param_groups": adam.state_dict()["param_groups"]})
    log(adam.state_dict())
    adam.load_state_dict({"state": {0: {**state, "step": 5}}, "param_groups": adam.state_dict()["param_groups"]})
    log(adam.state_dict())


def hooks(torch, log):
    a = torch.ones(1, requires_grad=True)
    optimizer = torch.optim.SGD([a], lr=0.1)
    seen = []
    a.grad = torch.ones(1)
    module = importlib.import_module(torch.__name__ + ".optim.optimizer")
    first = module.register_optimizer_step_pre_hook(lambda o, args, kwargs: seen.append(("global pre", args, kwargs)))
    last = module.register_optimizer_step_post_hook(lambda o, args, kwargs: seen.append(("global post", len(args), kwargs)))
    handle = optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(("pre", len(args), kwargs)))
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(("post", len(args), kwargs)))
    optimizer.step()
    handle.remove()
    first.remove()
    last.remove()
    optimizer.step()
    log([entry[0] for entry in seen], a)
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 5)
    try:
        optimizer.step()
    except RuntimeError as error:
        log(str(error).split(">")[1])
    other = torch.optim.SGD([a], lr=0.1)
    order = []
    other.register_state_dict_pre_hook(lambda o: order.append("pre"))
    other.register_state_dict_pre_hook(lambda o: order.append("first"), prepend=True)
    other.register_state_dict_post_hook(lambda o, d: {**d, "more": 1})
    other.register_load_state_dict_pre_hook(lambda o, d: order.append(sorted(d)))
    other.register_load_state_dict_post_hook(lambda o: order.append("loaded"))
    other.load_state_dict(other.state_dict())
    log(other.state_dict(), order)


def zeroing(torch, log):
    a = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([a], lr=0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (a * a).sum().backward(create_graph=True)
    grad = a.grad
    optimizer.zero_grad(set_to_none=False)
    log(a.grad, grad is a.grad)
    optimizer.zero_grad()
    log(a.grad)
    with torch.no_grad():
        log(optimizer.step(lambda: torch.is_grad_enabled()))
    a.grad = None
    optimizer.step()
    log(a, optimizer.state_dict())


def versions(torch, log):
    p = torch.ones(2, requires_grad=True)
    for name, options in OPTIMIZERS:
        if name not in ("LBFGS", "Muon"):
            q = p.detach().clone().requires_grad_()
            optimizer = made(torch, name, options, [q])
            found = []
            for _ in range(3):
                q.grad = torch.ones(2)
                optimizer.step()
                state = optimizer.state_dict()["state"].get(0, {})
                found.append((q._version, q.grad._version, [value._version for value in state.values()]))
            log(name, found)
    weight = torch.ones(2, requires_grad=True)
    loss = (weight * weight).sum()
    weight.grad = torch.ones(2)
    torch.optim.SGD([weight], lr=0.1).step()
    log.error(lambda: loss.backward())


LINES_REFUSED = """
torch.optim.SGD([], lr=0.1)
torch.optim.SGD(torch.ones(1))
torch.optim.SGD([1])
torch.optim.SGD({torch.ones(1)})
torch.optim.SGD([torch.ones(1, requires_grad=True) * 2])
torch.optim.SGD([torch.ones(1)], lr=-1)
torch.optim.SGD([torch.ones(1)], lr=torch.ones(2))
torch.optim.SGD([torch.ones(1)], momentum=-1)
torch.optim.SGD([torch.ones(1)], weight_decay=-1)
torch.optim.SGD([torch.ones(1)], nesterov=True)
torch.optim.SGD([torch.ones(1)], fused=True, foreach=True)
torch.optim.SGD([torch.ones(1)], fused=True, differentiable=True)
p = torch.ones(1); torch.optim.SGD([p, p])
torch.optim.Adam([torch.ones(1)], lr=-1)
torch.optim.Adam([torch.ones(1)], lr=torch.tensor(0.1), foreach=True)
torch.optim.Adam([torch.ones(1)], betas=(1.0, 0.9))
torch.optim.Adam([torch.ones(1)], betas=(0.5, -0.9))
torch.optim.Adam([torch.ones(1)], betas=(0, 0.9))
torch.optim.Adam([torch.ones(1)], betas=(torch.tensor(0.5), 0.9))
torch.optim.Adam([torch.ones(1)], betas=(torch.tensor([0.5, 0.4]), torch.tensor(0.9)))
torch.optim.Adam([torch.ones(1)], eps=-1)
torch.optim.Adam([torch.ones(1)], weight_decay=-1)
torch.optim.Adam([torch.ones(1)], fused=True, foreach=True)
torch.optim.Adam([torch.ones(1)], fused=True, differentiable=True)
torch.optim.AdamW([torch.ones(1)], lr=-1)
torch.optim.Adamax([torch.ones(1)], eps=-1)
torch.optim.Adamax([torch.ones(1)], betas=(0.5, 2))
torch.optim.NAdam([torch.ones(1)], momentum_decay=-1)
torch.optim.RAdam([torch.ones(1)], weight_decay=-1)
torch.optim.Adagrad([torch.ones(1)], lr_decay=-1)
torch.optim.Adagrad([torch.ones(1)], initial_accumulator_value=-1)
torch.optim.Adadelta([torch.ones(1)], rho=2)
torch.optim.RMSprop([torch.ones(1)], alpha=-1)
torch.optim.RMSprop([torch.ones(1)], momentum=-1)
torch.optim.Rprop([torch.ones(1)], etas=(1, 2))
torch.optim.ASGD([torch.ones(1)], weight_decay=-1)
torch.optim.Adafactor([torch.ones(1)], beta2_decay=0.5)
torch.optim.Adafactor([torch.ones(1)], eps=(-1, 0.1))
torch.optim.Adafactor([torch.ones(1)], eps=(None, -0.1))
torch.optim.Adafactor([torch.ones(1)], d=0.5)
torch.optim.Adafactor([torch.ones(1)], lr=-1)
torch.optim.Muon([torch.ones(1)])
torch.optim.Muon([torch.ones(1, 1)], adjust_lr_fn="x")
torch.optim.LBFGS([{"params": [torch.ones(1)]}, {"params": [torch.ones(1)]}])
torch.optim.SparseAdam([torch.ones(1)], lr=0)
p = torch.ones(1); p.grad = torch.ones(1); torch.optim.SparseAdam([p]).step()
p = torch.ones(1); p.grad = torch.ones(1); torch.optim.Adam([p], capturable=True).step()
p = torch.ones(1); p.grad = torch.ones(1); torch.optim.NAdam([p], capturable=True).step()
p = torch.ones(1); p.grad = torch.ones(1); torch.optim.ASGD([p], capturable=True).step()
p = torch.ones(1); p.grad = torch.ones(1); torch.optim.Adadelta([p], capturable=True).step()
torch.optim.Optimizer([torch.ones(1)], {}).step()
import importlib; required = importlib.import_module(torch.__name__ + ".optim.optimizer").required; torch.optim.Optimizer([{"params": [torch.ones(1)]}], {"lr": required})
import importlib; repr(importlib.import_module(torch.__name__ + ".optim.optimizer").required)
torch.optim.Adam([torch.ones(1)], fused=True).param_groups
torch.optim.lr_scheduler.StepLR(5, 1)
"""

SCHEDULERS = [
    "LambdaLR(o, lambda n: 0.9 ** n)", "LambdaLR(o, [lambda n: 0.9 ** n, lambda n: 1 / (n + 1)])", "MultiplicativeLR(o, lambda n: 0.95)",
    "StepLR(o, 3)", "StepLR(o, 3, gamma=0.5)", "MultiStepLR(o, [2, 5, 5, 9], gamma=0.5)", "ConstantLR(o)", "ConstantLR(o, 0.5, 7)",
    "LinearLR(o)", "LinearLR(o, 0.1, 0.8, 7)", "ExponentialLR(o, 0.9)", "PolynomialLR(o)", "PolynomialLR(o, 8, 2.0)",
    "CosineAnnealingLR(o, 5)", "CosineAnnealingLR(o, 7, eta_min=0.01)", "CosineAnnealingWarmRestarts(o, 3)",
    "CosineAnnealingWarmRestarts(o, 2, 2, 0.01)", "CyclicLR(o, 0.01, 0.1, 3)", "CyclicLR(o, 0.01, 0.1, 3, 4, mode='triangular2')",
    "CyclicLR(o, 0.01, [0.1, 0.2], 3, mode='exp_range', gamma=0.9)", "CyclicLR(o, 0.1, 1, 3, scale_fn=lambda x: 1 / x)",
    "OneCycleLR(o, 0.1, total_steps=22)", "OneCycleLR(o, [0.1, 0.2], epochs=5, steps_per_epoch=5, three_phase=True)",
    "OneCycleLR(o, 0.1, total_steps=30, anneal_strategy='linear', pct_start=0.5)",
    "SequentialLR(o, [ConstantLR(o, 0.1, 4), ExponentialLR(o, 0.9)], [4])",
    "SequentialLR(o, [LinearLR(o), CosineAnnealingLR(o, 5), StepLR(o, 2)], [3, 8])",
    "ChainedScheduler([ConstantLR(o, 0.1, 4), ExponentialLR(o, 0.9)])", "swa.SWALR(o, 0.05)",
    "swa.SWALR(o, [0.05, 0.5], anneal_epochs=4, anneal_strategy='linear')",
]  # fmt: skip


def scheduled(torch, source, **options):
    a, b = torch.ones(1, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([{"params": [a]}, {"params": [b], "lr": 0.5}], lr=0.1, momentum=0.9, **options)
    space = {**vars(torch.optim.lr_scheduler), "o": optimizer, "torch": torch, "swa": None}
    if "swa." in source:
        space["swa"] = torch.optim.swa_utils
    return optimizer, eval(source, space)


def schedules(torch, log):
    for source in SCHEDULERS:
        optimizer, scheduler = scheduled(torch, source)
        rates = []
        for _ in range(20):
            optimizer.step()
            scheduler.step()
            rates.append([(group["lr"], group["momentum"]) for group in optimizer.param_groups])
        log(source, rates, scheduler.get_last_lr())
        fields = scheduler.state_dict()
        log({name: value for name, value in sorted(fields.items()) if isinstance(value, (int, float, list, str, bool, type(None)))})
        log(sorted(fields))
        _, other = scheduled(torch, source)
        other.load_state_dict(copy.deepcopy(fields))
        log(other.get_last_lr(), sorted(optimizer.param_groups[0]))


def closed_forms(torch, log):
    for source in SCHEDULERS:
        if source.startswith(("Sequential", "Chained", "swa", "OneCycle", "Cyclic")):
            continue
        optimizer, scheduler = scheduled(torch, source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for epoch in (0, 3, 7, 2):
                scheduler.step(epoch)
                log([group["lr"] for group in optimizer.param_groups])
    log.warns(lambda: scheduled(torch, "StepLR(o, 2)")[1].step(3))


def plateaus(torch, log):
    for options in ("", ", mode='max', patience=2", ", patience=0, cooldown=2", ", threshold_mode='abs', threshold=0.5, patience=1",
                    ", factor=0.5, min_lr=[0.05, 0.2], patience=0", ", patience=0, eps=0.1"):  # fmt: skip
        _, scheduler = scheduled(torch, f"ReduceLROnPlateau(o{options})")
        for metric in (1.0, 0.9, 0.95, 0.94, 0.9, 0.9, 0.9, 0.3, 0.4, torch.tensor(0.5), 0.5, 0.5, 0.5, 0.5):
            scheduler.step(metric)
            log(scheduler.get_last_lr(), scheduler.num_bad_epochs, scheduler.in_cooldown)
        log(dict(sorted(scheduler.state_dict().items())))


def tensor_rates(torch, log):
    rate = torch.tensor(0.5)
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=rate)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    scheduler.step()
    log(rate, optimizer.param_groups[0]["lr"] is rate, scheduler.get_last_lr(), scheduler.base_lrs)


def step_order(torch, log):
    _, scheduler = scheduled(torch, "StepLR(o, 2)")
    log.warns(scheduler.step)
    optimizer, scheduler = scheduled(torch, "StepLR(o, 2)")
    optimizer.step()
    log.warns(scheduler.step)
    log.warns(scheduler.get_lr)
    optimizer, scheduler = scheduled(torch, "StepLR(o, 2)")
    optimizer.step = lambda: None
    log.warns(scheduler.step)
    log.warns(lambda: scheduled(torch, "LambdaLR(o, lambda n: n)")[1].get_lr())


def schedulers_refuse(torch, log):
    for source in (
        "LambdaLR(o, [lambda n: n])", "MultiplicativeLR(o, 5)", "ConstantLR(o, 2)", "LinearLR(o, 0)", "LinearLR(o, 0.5, 2)",
        "StepLR(o, 2, last_epoch=3)", "CosineAnnealingWarmRestarts(o, 0)", "CosineAnnealingWarmRestarts(o, 1, 0)", "CosineAnnealingWarmRestarts(o, 1, 1, 'a')",
        "CyclicLR(o, 0.1, 1, mode='x')", "CyclicLR(o, [0.1], 1)", "OneCycleLR(o, 0.1)", "OneCycleLR(o, 0.1, total_steps=0)",
        "OneCycleLR(o, 0.1, epochs=1, steps_per_epoch=-1)", "OneCycleLR(o, 0.1, total_steps=5, pct_start=2.0)",
        "OneCycleLR(o, 0.1, total_steps=5, anneal_strategy='x')", "SequentialLR(o, [], [])", "SequentialLR(o, [StepLR(o, 1)], [1])",
        "SequentialLR(o, [StepLR(o, 1), ReduceLROnPlateau(o)], [1])", "SequentialLR(o, [5], [])", "ChainedScheduler([])",
        "ReduceLROnPlateau(o, factor=1.0)", "ReduceLROnPlateau(o, mode='x')", "ReduceLROnPlateau(o, threshold_mode='x')",
        "ReduceLROnPlateau(o, min_lr=[1])", "swa.SWALR(o, 0.1, anneal_epochs=-1)", "swa.SWALR(o, 0.1, anneal_strategy='x')", "swa.SWALR(o, [1])",
    ):  # fmt: skip
        log.error(lambda source=source: scheduled(torch, source) and None)


def averages(torch, log):
    from itertools import pairwise

    swa = torch.optim.swa_utils
    for function in (swa.get_ema_avg_fn(0.9), swa.get_swa_avg_fn()):
        values = [torch.tensor([float(n)]) for n in range(5)]
        average = values[0]
        for count, (_, new) in enumerate(pairwise(values), 1):
            average = function(average, new, torch.tensor(count))
        log(average)
    for function in (swa.get_ema_multi_avg_fn(0.9), swa.get_swa_multi_avg_fn()):
        average = [torch.tensor([0.0, 1.0]), torch.ones(1)]
        for count in range(1, 4):
            function(average, [torch.tensor([5.0, 2.0]), torch.zeros(1)], torch.tensor(count))
        log(average)
    log.error(lambda: swa.get_ema_avg_fn(2))
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    for options in ({}, {"avg_fn": lambda a, b, n: 0.5 * a + 0.5 * b}, {"multi_avg_fn": swa.get_ema_multi_avg_fn(0.5)}, {"use_buffers": True}):
        averaged = swa.AveragedModel(model, **options)
        for _ in range(3):
            averaged.update_parameters(model)
            with torch.no_grad():
                for param in model.parameters():
                    param.add_(1)
        log(dict(averaged.state_dict()))
        swa.update_bn([torch.arange(6.0).view(2, 3), torch.ones(2, 3)], averaged)
        log(dict(averaged.state_dict()))
