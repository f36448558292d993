"""torch.nn.init: values, warnings, errors."""

import warnings


def filled(name, shape, *args, **kwargs):
    def program(torch, log):
        torch.manual_seed(11)
        log(getattr(torch.nn.init, name)(torch.full(shape, 7.0), *args, **kwargs))
        log(getattr(torch.nn.init, name)(torch.full(shape, 7.0, dtype=torch.float64, requires_grad=True), *args, **kwargs))
        log(torch.rand(1))

    return program


TABLE = (
    ("uniform_", (3, 4)), ("uniform_", (2,), -3.0, 5.0), ("normal_", (3, 7)), ("normal_", (20,), 1.0, 0.1), ("trunc_normal_", (4, 5)),
    ("trunc_normal_", (3,), 0.5, 0.2, 0.4, 0.9), ("constant_", (2,), 0.3), ("ones_", (2, 2)), ("zeros_", (2,)), ("eye_", (3, 2)),
    ("dirac_", (3, 2, 3)), ("dirac_", (4, 2, 3, 2), 2), ("dirac_", (2, 2, 1, 2, 3)), ("xavier_uniform_", (3, 4)), ("xavier_uniform_", (3, 4, 2), 2.0),
    ("xavier_normal_", (3, 4, 2, 2), 0.5), ("kaiming_uniform_", (3, 4)), ("kaiming_uniform_", (3, 4, 2), 1.0, "fan_out", "leaky_relu"),
    ("kaiming_uniform_", (3, 4), 0, "fan_in", "relu"), ("kaiming_normal_", (3, 4, 5), 0, "fan_out", "tanh"), ("kaiming_normal_", (2, 8), 0.2),
    ("sparse_", (5, 3), 0.4), ("sparse_", (4, 4), 0.5, 2.0),
)  # fmt: skip
for _number, _case in enumerate(TABLE):
    globals()[f"{_case[0]}{_number}"] = filled(*_case)


def orthogonal(torch, log):
    log.tolerance(1e-4, 1e-5)
    for shape, gain in (((3, 3), 1), ((4, 2), 2.0), ((2, 4), 1), ((3, 2, 2), 0.5), ((0, 3), 1)):
        torch.manual_seed(2)
        log(torch.nn.init.orthogonal_(torch.ones(shape), gain))


def generators(torch, log):
    for name in ("uniform_", "normal_", "trunc_normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"):
        log(getattr(torch.nn.init, name)(torch.ones(2, 3), generator=torch.Generator().manual_seed(3)))


def warnings_and_old_names(torch, log):
    init = torch.nn.init
    log.warns(lambda: init.trunc_normal_(torch.ones(2), mean=9.0))
    log.warns(lambda: init.kaiming_uniform_(torch.ones(0, 2)))
    log.warns(lambda: init.kaiming_normal_(torch.ones(2, 0)))
    log(log.warns(lambda: init.constant(torch.ones(2), 3)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        log(init.eye(torch.ones(2, 2)), init.uniform.__name__)
    log(sorted(name for name in ("uniform", "normal", "dirac", "xavier_uniform", "orthogonal", "sparse") if hasattr(init, name)))
    t = torch.ones(2, requires_grad=True)
    log(init.uniform_(t) is t, t.requires_grad, t.is_leaf)


LINES_GAINS = """
torch.nn.init.calculate_gain("linear")
torch.nn.init.calculate_gain("conv_transpose3d")
torch.nn.init.calculate_gain("sigmoid")
torch.nn.init.calculate_gain("tanh")
torch.nn.init.calculate_gain("relu")
torch.nn.init.calculate_gain("selu")
torch.nn.init.calculate_gain("leaky_relu")
torch.nn.init.calculate_gain("leaky_relu", 0.2)
torch.nn.init.calculate_gain("leaky_relu", True)
torch.nn.init.calculate_gain("leaky_relu", "x")
torch.nn.init.calculate_gain("gelu")
torch.nn.init.eye_(torch.ones(2))
torch.nn.init.dirac_(torch.ones(2, 2))
torch.nn.init.dirac_(torch.ones(3, 2, 2), groups=2)
torch.nn.init.xavier_uniform_(torch.ones(2))
torch.nn.init.kaiming_uniform_(torch.ones(2))
torch.nn.init.kaiming_uniform_(torch.ones(2, 2), mode="x")
torch.nn.init.kaiming_uniform_(torch.ones(2, 2), nonlinearity="x")
torch.nn.init.orthogonal_(torch.ones(2))
torch.nn.init.sparse_(torch.ones(2), 0.5)
torch.nn.init._calculate_fan_in_and_fan_out(torch.ones(2, 3, 4, 5))
"""
