"""Corners of autograd: second derivatives through writes into views, layouts of tangents, refused second derivatives, small names."""

import importlib
import warnings


def second_derivatives_through_writes_into_views(torch, log):
    functional = torch.nn.functional
    writes = [
        lambda v: v.exp_(), lambda v: v.sigmoid_(), lambda v: v.tanh_(), lambda v: v.reciprocal_(), lambda v: v.tan_(), lambda v: v.expm1_(),
        lambda v: functional.elu(v, inplace=True), lambda v: functional.celu_(v), lambda v: functional.selu_(v),
        lambda v: functional.leaky_relu_(v), lambda v: v.relu_(), lambda v: v.pow_(3), lambda v: v.abs_().rsqrt_(),
    ]  # fmt: skip
    for write in writes:
        for keeps in (True, False):  # whether the view is still there when it is differentiated
            x = torch.tensor([1.0, -0.5, 0.4, -1.0], dtype=torch.float64, requires_grad=True)
            base = x.clone()
            view = base.narrow(0, 1, 2)
            write(view)
            if not keeps:
                del view
            (first,) = torch.autograd.grad(base.sum(), x, create_graph=True)
            log(first.detach(), torch.autograd.grad((first * first).sum(), x)[0].detach())


def layouts_of_tangents(torch, log):
    fw = importlib.import_module(f"{torch.__name__}.autograd.forward_ad")
    whole, number = torch.arange(12.0).reshape(3, 4), torch.tensor([1 + 2j, 3 - 1j])
    pairs = [
        (torch.ones(5)[:4].detach(), torch.arange(4.0)), (whole[:, ::2], torch.arange(6.0).reshape(3, 2)), (whole.t(), whole.t()),
        (whole.t(), torch.ones(4, 3)), (torch.ones(3)[1:], torch.arange(2.0)), (torch.ones(2), torch.arange(3.0)[:2]),
        (torch.ones(2), torch.arange(2.0)), (torch.ones(1, 3), torch.ones(3, 1).t()), (number.conj(), number), (number, number.conj()),
    ]  # fmt: skip
    with warnings.catch_warnings(), fw.dual_level():  # PyTorch loads its decompositions, with a warning, on first use
        warnings.simplefilter("ignore")
        for primal, tangent in pairs:
            found = fw.unpack_dual(fw.make_dual(primal, tangent)).tangent
            log(found is tangent, found.stride(), found.storage_offset(), found.untyped_storage().nbytes(), found.is_conj())
            log(found.resolve_conj())


def second_derivatives_refused(torch, log):
    x = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    index = torch.tensor([0, 0])
    for factors in ([0.0, 0.0], [0.0, 2.0]):
        y = torch.tensor(factors, dtype=torch.float64, requires_grad=True)
        for reduce in (torch.scatter_reduce, torch.index_reduce):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # index_reduce is in beta
                grads = torch.autograd.grad(reduce(x, 0, index, y, "prod").sum(), (x, y), create_graph=True)
                log([grad.tolist() for grad in grads], type(grads[1].grad_fn).__name__)
                total = sum(grad.sum() for grad in grads)
                if factors[1]:
                    log([grad.tolist() for grad in torch.autograd.grad(total, (x, y))])
                else:
                    log.error(lambda total=total, y=y: torch.autograd.grad(total, (x, y), allow_unused=True))


def powers_of_negative_numbers(torch, log):
    exponent = torch.tensor([0.5 + 1j, -1 + 0.3j], dtype=torch.complex128, requires_grad=True)
    for base in (-2, -1.5, 2, 0, torch.tensor([-1.0, 2.0], dtype=torch.float64)):
        log(torch.autograd.grad(torch.pow(base, exponent).abs().sum(), exponent))


def small_names(torch, log):
    functional = importlib.import_module(f"{torch.__name__}.autograd.functional")
    log([rows.tolist() for rows in functional._construct_standard_basis_for((torch.ones(2, 1), torch.ones(())), (2, 1))])
    log.error(lambda: functional._construct_standard_basis_for((), ()))
    log.error(lambda: functional._construct_standard_basis_for((torch.ones(2),), (2, 3)))
    x = torch.ones(2, requires_grad=True)
    log(torch._test_autograd_multiple_dispatch(x), torch._test_autograd_multiple_dispatch_view(x.view(2, 1)))
    torch._test_autograd_multiple_dispatch(x).sum().backward()
    log(x.grad)


def old_vmap(torch, log):
    mapped = importlib.import_module(f"{torch.__name__}._vmap_internals")._vmap
    x = torch.arange(6.0).reshape(2, 3)
    log(mapped(lambda x: x * 2)(x), mapped(lambda x: (x, None), allow_none_pass_through=True)(x))
    log(mapped(lambda x, y: x + y, (0, None), 1)(x, torch.ones(3)))
    for call in (
        lambda: mapped(lambda x: None)(x), lambda: mapped(lambda x: (x, 3))(x), lambda: mapped(lambda x: [x])(x),
        lambda: mapped(lambda x: x, 0, (0, 0))(x),
    ):  # fmt: skip
        log.error(call)


def matrix_eigenvectors_by_conjugate_gradients(torch, log):
    torch.manual_seed(0)
    x = torch.rand(6, 6, dtype=torch.float64)
    x = (x @ x.mT).requires_grad_()
    values, _ = torch.lobpcg(x, k=1, X=torch.eye(6, 1, dtype=torch.float64))
    log(type(values.grad_fn).__name__, (torch.autograd.grad(values.sum(), x)[0] * 1e6).round() / 1e6)


def inputs_saved_and_returned(torch, log):
    class First(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            ctx.save_for_backward(a, b)
            return a

        @staticmethod
        def backward(ctx, grad):
            a, b = ctx.saved_tensors
            log(a is x, b is y, a.requires_grad, a.grad_fn is None, ctx.needs_input_grad)
            return grad if ctx.needs_input_grad[0] else None, grad

    for asks in (False, True):
        x, y = torch.ones(2, requires_grad=asks), torch.ones(2, requires_grad=True)
        found = First.apply(x, y)
        log(found is x, found.requires_grad, found._is_view())
        found.sum().backward()
        log(x.grad, y.grad)


def checkpoints_without_need(torch, log):
    checkpoint = importlib.import_module(f"{torch.__name__}.utils.checkpoint")
    x, y = torch.ones(2), torch.ones(2, requires_grad=True)
    found = checkpoint.checkpoint(lambda a, b: a, x, y, use_reentrant=True)
    log.error(lambda: found.sum().backward())
    log(checkpoint._infer_device_type(x), checkpoint._infer_device_type(torch.ones(1, device="meta"), [x]))
    log([{**settings, "dtype": str(settings["dtype"])} for settings in checkpoint._get_autocast_kwargs("cpu")])


def writes_under_vmap_of_jvp(torch, log):
    """What is written differs from example to example, the tangent of the values before did not."""
    func = torch.func
    x, one = torch.arange(12.0).reshape(3, 4) - 5, torch.ones(4)

    def through_a_view(x):
        y = torch.sin(one * 2 + 0 * x.sum()) * 1
        part = y[1:3]
        part.mul_(x[:2])
        return y, part

    def of_a_view_of_a_view(x):
        y = x * 1
        y.view(2, 2)[0].relu_()
        return y * y

    def ranking(x):
        return torch.nn.functional.margin_ranking_loss(x, one, torch.tensor([1.0, -1, 1, 1]), margin=0.3)

    for function in (lambda x: (x * 2).clamp_min_(0), through_a_view, of_a_view_of_a_view, ranking):
        found = func.vmap(lambda x, function=function: func.jvp(function, (x,), (one,))[1])(x)
        log([part.tolist() for part in found])


def handlers_of_dispatch(torch, log):
    """Handlers that return no tensors; guards that switch handlers off; tensors compared for closeness by way of handlers."""
    modes = importlib.import_module(f"{torch.__name__}.utils._mode_utils")

    class Odd(torch.Tensor):
        @staticmethod
        def __new__(cls, elem):
            return torch.Tensor._make_subclass(cls, elem, elem.requires_grad)

        @classmethod
        def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
            return "odd"

    for call in (lambda: Odd(torch.zeros(1)).neg(), lambda: Odd(torch.zeros(1)).detach(), lambda: Odd(torch.zeros(2)).sum()):
        log.error(call)

    class Plain(Odd):
        @classmethod
        def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
            seen.append(str(func))
            with modes.no_dispatch():
                return func(*args, **(kwargs or {}))

    seen = []
    x = Plain(torch.tensor([0.0, 1.0]))
    log([type(part).__name__ for part in (x + 1, x.sum(), torch.split(x, 1)[0])], seen)
    log(bool(torch.allclose(x, torch.tensor([0.0, 1.0]))), torch.isclose(x, torch.tensor([0.0, 1.5])).tolist())
