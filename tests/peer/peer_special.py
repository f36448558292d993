"""torch.special: values, dtypes, nodes, both derivatives, errors."""

ONE = (
    "airy_ai bessel_j0 bessel_j1 bessel_y0 bessel_y1 digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammaln i0 i0e i1 i1e log1p "
    "log_ndtr logit modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 modified_bessel_k1 ndtr ndtri psi scaled_modified_bessel_k0 "
    "scaled_modified_bessel_k1 sinc spherical_bessel_j0"
).split()
POLYNOMIALS = (
    "chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w hermite_polynomial_h hermite_polynomial_he "
    "laguerre_polynomial_l legendre_polynomial_p shifted_chebyshev_polynomial_t shifted_chebyshev_polynomial_u "
    "shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w"
).split()
POINTS = [0.1, 0.3, 0.62, 0.9]


def values(torch, log):
    log.tolerance(1e-9, 1e-11)
    x = torch.tensor([-1.0, -0.5, 0.0, 0.2, 0.5, 1.0, 3.0, 12.5], dtype=torch.float64)
    for name in ONE:
        log(name, getattr(torch.special, name)(x))


def integers_and_refusals(torch, log):
    for name in ONE:
        for dtype in (torch.bool, torch.int64, torch.uint16, torch.float16, torch.bfloat16, torch.complex64):
            log.error(lambda name=name, dtype=dtype: str(getattr(torch.special, name)(torch.ones(2).to(dtype)).dtype))


def derivatives(torch, log):
    log.tolerance(1e-8, 1e-10)
    for name in "digamma entr erfcx expit gammaln i0 i0e i1 i1e log_ndtr logit ndtr ndtri psi sinc".split():
        x = torch.tensor(POINTS, dtype=torch.float64, requires_grad=True)
        y = getattr(torch.special, name)(x)
        (first,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        log(name, y.grad_fn, first.detach().clone(), torch.autograd.grad(first.sum(), x)[0].clone())


def polynomials(torch, log):
    x = torch.tensor([-1.0, -0.4, 0.0, 0.7, 1.0, 1.5], dtype=torch.float64)
    for name in POLYNOMIALS:
        function = getattr(torch.special, name)
        log(name, function(x, torch.arange(6)), function(x, 3), function(0.5, torch.arange(4)))
        log.error(lambda function=function: function(x.half(), 2))


def pairs(torch, log):
    x, y = (torch.tensor(row, dtype=torch.float64, requires_grad=True) for row in ([0.4, 1.7, 0.0], [1.5, 2.5, 0.3]))
    for function in (torch.special.xlog1py, torch.special.xlogy):
        for first, second in ((x, y), (2, y), (x, 2), (x, -1.0)):
            result = function(first, second)
            log(result)
            if result.requires_grad:
                log(*torch.autograd.grad(result.sum(), (x, y), allow_unused=True))
    log(torch.special.zeta(x.detach() + 2, y.detach()), torch.special.zeta(2, y))
    log.error(lambda: torch.special.zeta(x, y).sum().backward())
    log(torch.autograd.grad(torch.special.zeta(x.detach() + 2, y).sum(), y)[0])


def incomplete_gamma(torch, log):
    log.tolerance(1e-7, 1e-9)
    a, x = torch.tensor([0.5, 1.5, 3.0, 20.0], dtype=torch.float64), torch.tensor([0.2, 2.0, 3.5, 15.0], dtype=torch.float64, requires_grad=True)
    for function in (torch.igamma, torch.igammac, torch.special.gammainc, torch.special.gammaincc):
        result = function(a, x)
        log(result, torch.autograd.grad(result.sum(), x)[0])
        log.error(lambda function=function: function(a.clone().requires_grad_(), x).sum().backward())
        log.error(lambda function=function: function(a.long(), x.detach().long()))
    log(a.clone().igamma_(x.detach()))


def multivariate_gamma(torch, log):
    x = torch.tensor([2.3, 4.7], dtype=torch.float64, requires_grad=True)
    for p in (1, 3):
        result = torch.mvlgamma(x, p)
        log(result, torch.autograd.grad(result.sum(), x)[0])
    for dtype in (torch.bool, torch.int32, torch.complex64):
        log.error(lambda dtype=dtype: torch.special.multigammaln(torch.tensor([3, 4]).to(dtype), 2))
    log.error(lambda: torch.mvlgamma(x, 0))


def other_names(torch, log):
    x = torch.tensor(POINTS)
    log(torch.special.logsumexp(x, 0), torch.special.softmax(x, 0), torch.special.log_softmax(x, 0), torch.special.polygamma(2, x))
    log(torch.special.round(x, decimals=1), x.clone().i0_(), torch.i0(x, out=torch.empty(4)))
