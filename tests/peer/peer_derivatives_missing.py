"""Operators without a derivative, or without one in forward mode: what backward() and dual numbers say of them."""

import importlib
import warnings


def calls(torch, make):
    """(name, call) of operators that PyTorch refuses in one mode or both."""
    F, index = torch.nn.functional, torch.tensor([0, 1])
    plain = torch.tensor([0.5, 1.5, 2.5], dtype=torch.float64)
    square = torch.tensor([[4.0, 1.0], [1.0, 3.0]], dtype=torch.float64)
    return {
        "igamma": lambda: torch.igamma(plain, make(plain)),
        "igammac": lambda: torch.igammac(make(plain), plain),
        "zeta": lambda: torch.special.zeta(plain + 1, make(plain)),
        "scatter": lambda: torch.scatter(make(plain), 0, index, plain, reduce="add"),
        "scatter of a number": lambda: torch.scatter(make(plain), 0, index, 2.0, reduce="multiply"),
        "bincount": lambda: torch.bincount(index, make(plain)[:2]),
        "binomial": lambda: torch.binomial(make(plain), plain / 3),
        "dirichlet": lambda: torch._sample_dirichlet(make(plain)),
        "heaviside": lambda: torch.heaviside(make(plain), plain),
        "floor_divide": lambda: torch.floor_divide(make(plain), plain),
        "ldl_factor": lambda: torch.linalg.ldl_factor(make(square))[0],
        "ldl_solve": lambda: torch.linalg.ldl_solve(make(square), torch.tensor([1, 2], dtype=torch.int32), square),
        "geqrf": lambda: torch.geqrf(make(square))[0],
        "ormqr": lambda: torch.ormqr(square, plain[:2], make(square)),
        "conv_tbc": lambda: torch.conv_tbc(make(square)[:, None], square[None], plain[:2]),
        "grid_sample": lambda: F.grid_sample(make(square)[None, None], square[None, None] - 2, align_corners=True),
        "index_reduce": lambda: make(plain).index_reduce(0, index, plain[:2], "prod"),
        "gamma": lambda: torch._standard_gamma(make(plain)),
        "cdist": lambda: torch.cdist(make(square), square, p=1.0),
        "pack": lambda: torch.nn.utils.rnn.pack_padded_sequence(make(square)[:, None], [2]).data,
        "foreach_pow": lambda: torch._foreach_pow(2.0, [make(plain)])[0],
        "weight_norm": lambda: torch._weight_norm(make(square), plain[:2, None], 0),
    }


def forward_mode(torch, log):
    forward_ad = importlib.import_module(f"{torch.__name__}.autograd.forward_ad")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, call in calls(torch, lambda x: forward_ad.make_dual(x, torch.ones_like(x))).items():
            with forward_ad.dual_level():
                log(name)
                log.error(call)
        for name, call in calls(torch, lambda x: x).items():
            if name in ("igamma", "scatter", "grid_sample"):
                x = torch.zeros(())
                log.error(lambda call=call: torch.func.jvp(lambda x: call() * x, (x,), (x,)) and 1 / 0)


def reverse_mode(torch, log):
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, call in calls(torch, lambda x: x.clone().requires_grad_()).items():
            found = call()
            log(name, found.requires_grad, found.grad_fn.name())
            if found.requires_grad:
                try:
                    found.sum().backward()
                except RuntimeError as error:
                    log(type(error).__name__, str(error))


def results_without_tangents(torch, log):
    forward_ad = importlib.import_module(f"{torch.__name__}.autograd.forward_ad")
    square = torch.tensor([[4.0, 1.0], [1.0, 3.0]], dtype=torch.float64)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(square, torch.ones_like(square))
        factors, pivots = torch.linalg.lu_factor(dual)
        for found in (torch.linalg.lu(dual), torch.lu_unpack(factors, pivots), torch.linalg.lstsq(dual, square)[:2]):
            log([forward_ad.unpack_dual(part).tangent is not None for part in found])
