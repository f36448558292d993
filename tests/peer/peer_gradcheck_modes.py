"""gradcheck's fast mode, forward mode and batched gradients."""

import sys
import warnings


def quiet(program):
    """A program without PyTorch's warning of torch.jit, which its forward mode uses inside."""

    def run(torch, log):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*torch.jit.script")
            program(torch, log)

    return run


def _functions(torch):
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 3

    class WrongTangent(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

        @staticmethod
        def jvp(ctx, tangent):
            return tangent * 3

    class WrongComplex(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * (1 + 2j)

        @staticmethod
        def backward(ctx, grad):
            return grad * (1 + 2j)

    return Wrong.apply, WrongTangent.apply, WrongComplex.apply


@quiet
def failing(torch, log):
    wrong, wrong_tangent, wrong_complex = _functions(torch)
    check = torch.autograd.gradcheck
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    z = torch.tensor([1 + 1j, 2.0], dtype=torch.complex128, requires_grad=True)
    log(check(wrong, x, fast_mode=True, raise_exception=False), check(wrong_tangent, x))
    for options in ({"check_forward_ad": True}, {"check_forward_ad": True, "fast_mode": True}):
        log(check(wrong_tangent, x, raise_exception=False, **options))
    for fast in (False, True):
        log(check(wrong_complex, z, fast_mode=fast, raise_exception=False))
    log.error(lambda: check(wrong_tangent, x, check_forward_ad=True))
    log.error(lambda: check(wrong, x, check_forward_ad=True))


@quiet
def passing(torch, log):
    gradcheck, gradgradcheck = torch.autograd.gradcheck, torch.autograd.gradgradcheck
    y = torch.tensor([[1.0, 2.5], [0.3, -4]], dtype=torch.float64, requires_grad=True)
    z = torch.tensor([1 + 1j, 2.0], dtype=torch.complex128, requires_grad=True)
    everything = {"fast_mode": True, "check_forward_ad": True, "check_batched_grad": True}
    for function in (lambda a, b: (a @ b, b.sin()), lambda a, b: (a * b).cumsum(0), lambda a, b: (torch.complex(a, b).exp(), a)):
        inputs = y, y.detach().clone().requires_grad_()
        for options in ({"fast_mode": True}, everything, {"check_forward_ad": True, "check_batched_grad": True}):
            log(gradcheck(function, inputs, **options))
        log(gradcheck(function, inputs, check_batched_forward_grad=True, **everything))
    for function in (torch.exp, torch.abs, lambda z: z * z.conj(), torch.view_as_real, torch.angle):
        for options in ({"fast_mode": True}, everything, {"check_forward_ad": True, "check_batched_grad": True}):
            log(gradcheck(function, z, **options))
        log(gradgradcheck(function, z, fast_mode=True, check_fwd_over_rev=True, check_batched_grad=True))


def jacobians(torch, log):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        __import__(f"{torch.__name__}.autograd.gradcheck")
    module = sys.modules[f"{torch.__name__}.autograd.gradcheck"]
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    log.tolerance(1e-6)
    found = module._get_numerical_jacobian(lambda x: (x * x, x.sum()), (x,))
    log([[jacobian.clone() for jacobian in row] for row in found], list(module._iter_tensors([x, [torch.ones(1)]], True)))
