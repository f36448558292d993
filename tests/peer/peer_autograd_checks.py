"""What custom functions, gradcheck and checkpoints refuse or restore."""

import warnings


def tangents_of_views(torch, log):
    fwAD = torch.autograd.forward_ad

    def made(answer):
        class Narrowed(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x.narrow(0, 0, 2)

            @staticmethod
            def jvp(ctx, tangent):
                return answer(tangent.narrow(0, 0, 2))

        return Narrowed.apply

    for answer in (lambda t: t, lambda t: t.clone(), lambda t: t.clone().view_as(t)):
        for change in (lambda x: x, lambda x: x.view_as(x)):
            with warnings.catch_warnings(), fwAD.dual_level():
                warnings.simplefilter("ignore")  # PyTorch's first entry compiles scripts, and warns of it
                x = change(fwAD.make_dual(torch.ones(3), torch.ones(3)))
                try:
                    log(fwAD.unpack_dual(made(answer)(x)).tangent)
                except RuntimeError as error:
                    log(str(error))


def outputs_that_depend_on_values(torch, log):
    functions = (lambda x: torch.cat([x, x]) if bool((x >= 1).all()) else x, lambda x: x.float() if bool((x >= 1).all()) else x)
    for function in functions:
        for fast in (False, True):
            try:
                torch.autograd.gradcheck(function, (torch.ones(1, dtype=torch.float64, requires_grad=True),), fast_mode=fast)
            except AssertionError as error:
                log(str(error))


def autocast_in_second_runs(torch, log):
    seen = []

    def function(x):
        seen.append((torch.is_autocast_enabled("cpu"), torch.mm(x, x).dtype))
        return torch.mm(x, x).float().sum()

    x = torch.ones(2, 2, requires_grad=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = torch.utils.checkpoint.checkpoint(function, x, use_reentrant=False)
    out.backward()
    log(seen, x.grad.tolist())


def inputs_returned_as_they_are(torch, log):
    class Own(torch.Tensor):
        pass

    class Same(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad

    log(type(Same.apply(torch.ones(2).as_subclass(Own))).__name__, type(Same.apply(torch.ones(2))).__name__)


def shapes_of_gradients(torch, log):
    calculate = torch.autograd._calculate_shape
    log(calculate(torch.ones(2, 3), torch.ones(3, 2), False), calculate(torch.ones(2, 3), torch.ones(4, 3, 2), True))
    log(torch._C._autograd._saved_tensors_hooks_is_enabled())
    with torch.autograd.graph.disable_saved_tensors_hooks("not now"):
        log(torch._C._autograd._saved_tensors_hooks_is_enabled())


def memory_written_by_out(torch, log):
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        a, b = torch.tensor(2.0, requires_grad=True), torch.tensor(3.0)
        product = a * b
        torch.sin(torch.tensor(1.0), out=b)
        product.backward()
        log(a.grad, b)
