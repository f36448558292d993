"""Selective checkpoints: operators whose results are kept between the two runs."""

import functools


def kept_and_computed_again(torch, log):
    checkpoint = torch.utils.checkpoint
    aten = torch.ops.aten
    x = torch.linspace(0.1, 0.9, 4).view(2, 2).requires_grad_()
    plain = torch.autograd.grad(torch.mm(x.cos(), x).sin().sum(), x)[0]

    def policy(context, op, *args, **kwargs):
        told.append((str(op), context.is_recompute, tuple(context.op_output.shape)))
        return checkpoint.CheckpointPolicy.MUST_SAVE if op is aten.mm.default else checkpoint.CheckpointPolicy.PREFER_RECOMPUTE

    for choice in ([aten.mm.default], policy, lambda context, op, *args, **kwargs: op is aten.sin.default):
        told = []
        contexts = functools.partial(checkpoint.create_selective_checkpoint_contexts, choice)
        out = checkpoint.checkpoint(lambda y: torch.mm(y.cos(), y).sin().sum(), x, use_reentrant=False, context_fn=contexts)
        log(told, torch.equal(torch.autograd.grad(out, x)[0], plain))


def refusals(torch, log):
    checkpoint = torch.utils.checkpoint
    make = checkpoint.create_selective_checkpoint_contexts
    for choice in ([2], [torch.ops.aten.sin], 2):
        try:
            make(choice)
        except (ValueError, TypeError) as error:
            log(type(error).__name__, str(error))
    keeps_sin = functools.partial(make, [torch.ops.aten.sin.default])
    for context, function in (
        (keeps_sin, lambda x: x.sin().mul_(2).cos().exp()),
        (functools.partial(make, [torch.ops.aten.sin.default], allow_cache_entry_mutation=True), lambda x: x.sin().mul_(2).cos().exp()),
        (keeps_sin, lambda x: x.sin().cos().exp()),
    ):
        x = torch.ones(3, requires_grad=True)
        out = checkpoint.checkpoint(function, x, use_reentrant=False, context_fn=context).sum()
        for _ in range(2):
            try:
                out.backward(retain_graph=True)
                log("done")
            except RuntimeError as error:
                log(str(error))


def operators_of_both_runs(torch, log):
    checkpoint = torch.utils.checkpoint.checkpoint
    runs = []

    def function(x, y):
        runs.append(None)
        z = x.sin() * y
        return (z.reshape(2, 1) if len(runs) % 2 == 0 else z).exp().sum()

    x, y = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    try:
        checkpoint(function, x, y, use_reentrant=False, debug=True).backward()
    except RuntimeError as error:
        text = str(error)
        log(type(error).__name__, text.splitlines()[:8], str(error.__cause__).splitlines()[:3])
        log(text.partition("original forward:\n\n")[2].partition("\n\n")[0], text[text.index(" ERROR:") :])
        log([line.partition(" = ")[2].partition("(")[0] for line in text.partition("during recomputation:\n\n")[2].splitlines() if "detach" not in line and "=" in line])
