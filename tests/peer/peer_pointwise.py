"""Every pointwise operator: values where they are delicate, both derivatives, node names, dtypes refused, in-place forms."""

UNARY = (
    "neg square sqrt rsqrt reciprocal exp exp2 expm1 log log2 log10 log1p abs sign sgn signbit sin cos tan asin acos atan sinh "
    "cosh tanh asinh acosh atanh sigmoid logit erf erfc erfinv lgamma digamma floor ceil round trunc frac isnan isinf isfinite "
    "isposinf isneginf isreal logical_not bitwise_not positive conj_physical angle relu selu celu deg2rad rad2deg sinc nan_to_num"
).split()
BINARY = (
    "add sub mul div remainder fmod pow atan2 maximum minimum hypot copysign xlogy ldexp logaddexp logaddexp2 rsub clamp_min "
    "clamp_max eq ne lt le gt ge logical_and logical_or logical_xor floor_divide heaviside"
).split()
INTEGERS = "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift gcd lcm floor_divide remainder fmod".split()
SPECIAL = [-3.5, -2.5, -1.0, -0.5, -0.0, 0.0, 0.25, 0.5, 1.0, 1.5, 3.0, 7.25, float("inf"), float("-inf"), float("nan")]
POINTS = [0.3, -0.7, 1.6, 0.9, -2.5, 3.0]
DTYPES = "bool uint8 int64 uint16 float16 bfloat16 float32 complex64".split()


def attempt(log, function):
    """The result, or the error's type and text."""
    try:
        log(function())
    except Exception as error:
        log(type(error).__name__, str(error))


def special_values(torch, log):
    values = torch.tensor(SPECIAL, dtype=torch.float64)
    for name in UNARY:
        log(name)
        attempt(log, lambda name=name: getattr(torch, name)(values))


def pairs_of_special_values(torch, log):
    values = torch.tensor(SPECIAL, dtype=torch.float64)
    for name in BINARY:
        log(name)
        log(getattr(torch, name)(values.reshape(-1, 1), values[::2]))


def integers(torch, log):
    for dtype in (torch.uint8, torch.int32, torch.bool):
        left = torch.tensor([[1, 2, 3], [7, 9, 100]]).to(dtype)
        right = torch.tensor([1, 2, 3]).to(dtype)
        for name in INTEGERS:
            attempt(log, lambda name=name, left=left, right=right: getattr(torch, name)(left, right))


def refused_dtypes(torch, log):
    for name in UNARY + BINARY:
        for dtype in DTYPES:
            operand = torch.ones(2).to(getattr(torch, dtype))
            operands = [operand] if name in UNARY else [operand, operand]
            try:
                log(name, dtype, str(getattr(torch, name)(*operands).dtype))
            except Exception as error:
                log(name, dtype, type(error).__name__, str(error))


def plain(torch, grad):
    """The values of a gradient; its own graph and version are not compared."""
    return None if grad is None else torch.zeros(grad.shape, dtype=grad.dtype) + grad.detach()


def derivatives(torch, log, function, *points):
    """The node, the gradients, and the gradients of the sum of their squares."""
    operands = [torch.tensor(values, dtype=torch.float64, requires_grad=True) for values in points]
    result = function(*operands)
    log(type(result.grad_fn).__name__)
    first = torch.autograd.grad(result.sum(), operands, create_graph=True, allow_unused=True)
    for grad in first:
        log(plain(torch, grad))
    second = [grad for grad in first if grad is not None and grad.requires_grad]
    if second:
        total = sum((grad * grad).sum() for grad in second)
        for grad in torch.autograd.grad(total, operands, allow_unused=True):
            log(plain(torch, grad))


def unary_derivatives(torch, log):
    for name in UNARY:
        if not name.startswith(("is", "logical", "bitwise", "signbit", "positive", "conj")):
            log(name)
            derivatives(torch, log, getattr(torch, name), POINTS)


def binary_derivatives(torch, log):
    for name in BINARY:
        if name not in ("eq", "ne", "lt", "le", "gt", "ge", "floor_divide", "heaviside") and not name.startswith("logical"):
            log(name)
            derivatives(torch, log, getattr(torch, name), POINTS, [1.3, 0.7, 1.6, -0.9, 2.0, 0.5])


def activations(torch, log):
    nn = torch.nn.functional
    for name in "relu6 leaky_relu elu softplus gelu silu mish hardtanh hardswish logsigmoid".split():
        log(name)
        derivatives(torch, log, getattr(nn, name), [*POINTS, 25.0, -25.0])
    derivatives(torch, log, lambda x: nn.gelu(x, approximate="tanh"), POINTS)
    derivatives(torch, log, lambda x: nn.threshold(x, 0.5, 2.0), POINTS)
    for name in ("elu_", "leaky_relu_", "celu_", "selu_", "hardtanh_"):
        leaf = torch.tensor(POINTS, requires_grad=True)
        result = getattr(nn, name)(leaf * 1)
        result.sum().backward()
        log(name, type(result.grad_fn).__name__, result, leaf.grad)


def powers(torch, log):
    for exponent in (2, 3, 0.5, 0, 1, -1, -2, 2.5):
        derivatives(torch, log, lambda x, exponent=exponent: x**exponent, [0.3, 1.6, 2.0])
        log(torch.tensor([0.0, -1.0, float("inf"), float("-inf")]) ** exponent)
    derivatives(torch, log, lambda x: 2**x, POINTS)
    derivatives(torch, log, lambda x: 0**x, [0.0, 1.0, 2.0])
    derivatives(torch, log, lambda x, y: x**y, [0.0, 0.0, 2.0], [0.0, 2.0, 3.0])
    attempt(log, lambda: torch.tensor([1, 2]) ** -1)
    log(torch.tensor([1, -1, 2]) ** torch.tensor([-1, -3, -2]))


def choices(torch, log):
    a, b = torch.tensor(POINTS, dtype=torch.float64), torch.tensor([0.3, 0.7, 1.0, 2.0, -3.0, 3.0], dtype=torch.float64)
    for name in ("maximum", "minimum", "fmax", "fmin"):
        derivatives(torch, log, getattr(torch, name), a.tolist(), b.tolist())
    derivatives(torch, log, lambda x: torch.clamp(x, 0, 1), POINTS)
    derivatives(torch, log, lambda x, y: torch.clamp(x, y, y + 1), POINTS, b.tolist())
    derivatives(torch, log, lambda x, y: torch.clamp(x, max=y), POINTS, b.tolist())
    derivatives(torch, log, lambda x, y: torch.where(x > y, x, y), POINTS, b.tolist())
    derivatives(torch, log, lambda x, y: torch.lerp(x, y, 0.3), POINTS, b.tolist())
    derivatives(torch, log, lambda x, y: torch.addcdiv(x, y, x * 2 + 9, value=1.5), POINTS, b.tolist())
    attempt(log, lambda: torch.clamp(a))
    attempt(log, lambda: torch.where(a, a, b))
    attempt(log, lambda: torch.lerp(a, b.float(), 0.5))
    log(torch.where(a > 0, 1, 2) + 0, torch.where(a > 0, 1.5, 2) + 0, torch.where(a > 0, a.float(), b) + 0)
    log(torch.isclose(a, b).tolist(), torch.allclose(a, b), torch.equal(a, a), torch.isclose(a / 0, a / 0, equal_nan=True).tolist())


def rounding_division(torch, log):
    values = torch.tensor([-7.0, -3.5, -0.5, 0.0, 2.0, 7.0])
    for mode in (None, "floor", "trunc", "up"):
        attempt(log, lambda mode=mode: torch.div(values, 2.0, rounding_mode=mode))
        attempt(log, lambda mode=mode: torch.div(values.int(), torch.tensor([2, -2, 3, 1, -3, 2]), rounding_mode=mode))
    for name in ("floor_divide", "remainder", "fmod"):
        attempt(log, lambda name=name: getattr(torch, name)(torch.tensor([1, 2]), 0))
    log(torch.round(torch.tensor([1.234, -5.678, 25.0]), decimals=1), torch.round(torch.tensor([125.0]), decimals=-1))


def python_operators(torch, log):
    t, i = torch.tensor([1.0, 2.0]), torch.tensor([1, 2])
    log(2 - t, 2 / t, 5 // t, 5 % t, 2**t, 1 << i, 8 >> i, 3 & i, 3 | i, 3 ^ i, ~i, ~(i > 1), abs(-t), t > 1, t == 2)
    log(t == None, t != "a", (+t) is t)  # noqa: E711
    for other in (None, "a", [1], object):
        for operator in ("+", "-", "*", "/", "//", "**", "&", "<<", "<"):
            if operator != "*":
                attempt(log, lambda operator=operator, other=other: eval(f"t {operator} other", {"t": t, "other": other}))
    attempt(log, lambda: ~t)
    attempt(log, lambda: -(i > 1))
    attempt(log, lambda: (i > 1) - (i > 0))
    attempt(log, lambda: (i > 1) - 1)


def writing_in_place(torch, log):
    for dtype in (torch.int64, torch.bool, torch.float32):
        for name, argument in (("add_", 2.5), ("mul_", 2), ("div_", 2), ("pow_", 2), ("eq_", 1), ("exp_", None), ("sub_", 1)):
            target = torch.tensor([1, 0, 1]).to(dtype)
            arguments = () if argument is None else (argument,)
            attempt(log, lambda target=target, name=name, arguments=arguments: getattr(target, name)(*arguments))
    leaf = torch.tensor([0.5, 2.0], requires_grad=True)
    for name in ("eq_", "lt_", "gt_"):
        result = getattr(leaf * 1, name)(1)
        result.sum().backward()
        log(name, type(result.grad_fn).__name__, leaf.grad)


def shapes_that_do_not_fit(torch, log):
    a, b = torch.ones(2, 3), torch.ones(2)
    for function in (torch.add, torch.pow, torch.atan2, torch.maximum, torch.lt, torch.logical_and):
        attempt(log, lambda function=function: function(a, b))
    attempt(log, lambda: torch.where(a > 0, a, b))
    attempt(log, lambda: torch.lerp(a, b, 0.5))
    attempt(log, lambda: torch.addcmul(a, a, b))
