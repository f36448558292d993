"""torch._foreach_*: values, nodes, gradients, in-place forms, errors."""

ONE = (
    "abs acos asin atan ceil cos cosh erf erfc exp expm1 floor frac lgamma log log10 log1p log2 neg reciprocal round rsqrt sigmoid sign sin "
    "sinh sqrt tan tanh trunc"
).split()
TWO = "add sub mul div clamp_max clamp_min maximum minimum pow".split()


def lists(torch, grad=False):
    return [torch.tensor([1.0, 2.0, 0.5], requires_grad=grad), torch.tensor([[0.3, 0.9]], requires_grad=grad)]


def others(torch):
    return [2.0, 3, True, [2.0, 3.0], lists(torch), (2, 3), [2.0], [], torch.tensor([1.0, 2.0])]


def of_one(torch, log):
    for name in ONE:
        function = getattr(torch, f"_foreach_{name}")
        inputs = lists(torch, True)
        results = function(inputs)
        log(name, [result.detach() for result in results], results[0].grad_fn.name())
        log(*torch.autograd.grad(sum(result.sum() for result in results), inputs))
        inputs = lists(torch)
        getattr(torch, f"_foreach_{name}_")(inputs)
        log(inputs)


def of_two(torch, log):
    for name in TWO:
        for other in others(torch):
            inputs = lists(torch, True)

            def run(name=name, other=other, inputs=inputs):
                results = getattr(torch, f"_foreach_{name}")(inputs, other)
                gradients = torch.autograd.grad(sum(result.sum() for result in results), inputs)
                return [result.detach() for result in results], results[0].grad_fn.name(), [gradient.clone() for gradient in gradients]

            log.error(run)
            plain = lists(torch)
            log.error(lambda name=name, other=other, plain=plain: getattr(torch, f"_foreach_{name}_")(plain, other))


def of_three(torch, log):
    for name in ("addcmul", "addcdiv"):
        for options in ({}, {"value": 2.0}, {"scalars": [2.0, 3.0]}, {"scalars": torch.tensor([2.0, 3.0])}, {"scalars": [1.0]}):
            log.error(lambda name=name, options=options: getattr(torch, f"_foreach_{name}")(lists(torch), lists(torch), lists(torch), **options))
    for weight in (0.5, lists(torch), [0.1, 0.2]):
        ends = [one + 1 for one in lists(torch)]
        results = torch._foreach_lerp(lists(torch, True), ends, weight)
        log([result.detach() for result in results], results[0].grad_fn.name())


def whole_tensors(torch, log):
    for order in (1, 2, 3.0, float("inf")):
        inputs = lists(torch, True)
        results = torch._foreach_norm(inputs, order)
        log([result.detach() for result in results], results[0].grad_fn.name(), torch.autograd.grad(sum(results), inputs))
    log(torch._foreach_norm(lists(torch), 2, torch.float64), torch._foreach_max(lists(torch)), torch._foreach_clone(lists(torch)))
    zeros, target = lists(torch), lists(torch)
    torch._foreach_zero_(zeros)
    torch._foreach_copy_(target, [one * 2 for one in lists(torch)])
    log(zeros, target)


def refusals(torch, log):
    log.error(lambda: torch._foreach_exp([]))
    log.error(lambda: torch._foreach_add(lists(torch), lists(torch)[:1]))
    log.error(lambda: torch._foreach_lerp(lists(torch), lists(torch)[:1], 0.5))
    log.error(lambda: torch._foreach_exp(torch.ones(2)))
    log.error(lambda: torch._foreach_exp_([torch.tensor([1, 2])]))
    log.error(lambda: torch._foreach_exp_(lists(torch, True)))


def clipping(torch, log):
    weights = [torch.ones(3, requires_grad=True), torch.full((2, 2), 2.0, requires_grad=True)]
    sum((weight**3).sum() for weight in weights).backward()
    gradients = [weight.grad for weight in weights]
    total = torch.stack(torch._foreach_norm(gradients)).norm()
    torch._foreach_mul_(gradients, torch.clamp(1.0 / (total + 1e-6), max=1.0))
    log(total, gradients)
