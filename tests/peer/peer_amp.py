"""torch.autocast on the CPU, and GradScaler."""

import pickle
import warnings

LINES_SETTINGS = """
torch.autocast("cuda").device
torch.autocast("cpu", dtype=torch.float64)._enabled
torch.autocast("nowhere", dtype=torch.float16)
torch.autocast(5)
torch.autocast("cpu")(5)
torch.autocast("cpu").fast_dtype, torch.autocast("cpu", dtype=torch.float16).fast_dtype
torch.is_autocast_enabled(), torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu"), torch.get_autocast_dtype("cuda")
torch.is_autocast_cache_enabled(), torch.amp.is_autocast_available("cpu"), torch.amp.is_autocast_available("x")
torch.amp.GradScaler().is_enabled()
torch.amp.GradScaler("cpu", growth_factor=1.0)
torch.amp.GradScaler("cpu", backoff_factor=1.0)
torch.amp.GradScaler("cpu").get_scale()
torch.amp.GradScaler("cpu").state_dict()
torch.amp.GradScaler("cpu", enabled=False).state_dict()
torch.amp.GradScaler("cpu").update()
torch.amp.GradScaler("cpu").load_state_dict({})
torch.amp.GradScaler("cpu").step(torch.optim.SGD([torch.ones(1)]))
torch.amp.GradScaler("cpu").scale(5)
"""


def casts(torch, log):
    functional = torch.nn.functional
    torch.manual_seed(0)
    x, w, b = torch.randn(2, 3), torch.randn(4, 3), torch.randn(4)
    half = x.bfloat16()
    for options in ({}, {"dtype": torch.float16}, {"enabled": False}):
        with torch.autocast("cpu", **options):
            log.tolerance(2e-2, 1e-2)
            log(functional.linear(x, w, b), torch.mm(x, w.t()), x @ w.t(), torch.addmm(b, x, w.t()), torch.matmul(x, w.t()))
            log(torch.bmm(x[None], w.t()[None]), functional.conv1d(x[None], torch.ones(1, 2, 2)), functional.linear(x[None], w, b))
            log(torch.mm(x.double(), w.t().double()).dtype, torch.nn.Linear(3, 2)(x).dtype, (x + x).dtype, functional.relu(x).dtype)
            log(torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu"))
            if "dtype" not in options:
                log(functional.mse_loss(half, half).dtype, functional.cross_entropy(half, torch.tensor([0, 1])).dtype, (half + half).dtype)
                log(functional.softmax(half, -1).dtype, functional.binary_cross_entropy_with_logits(half, half).dtype, torch.cat([half, x]).dtype)
                log(functional.layer_norm(half, (3,)).dtype, functional.l1_loss(half, half).dtype, half.prod().dtype)
    log(torch.is_autocast_enabled("cpu"), functional.linear(x, w).dtype)


def gradients(torch, log):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    log.tolerance(5e-2, 2e-2)
    with torch.autocast("cpu"):
        out = model(torch.ones(2, 3))
        loss = torch.nn.functional.mse_loss(out, torch.zeros(2, 2))
    log(out.dtype, loss.dtype)
    loss.backward()
    log(*(param.grad for param in model.parameters()))
    with torch.autocast("cpu"):
        made = torch.mm(torch.ones(1, 2, requires_grad=True), torch.ones(2, 1))
    log(made)


def nesting(torch, log):
    x = torch.ones(1, 1)
    with torch.autocast("cpu"):
        with torch.autocast("cpu", enabled=False):
            log((x @ x).dtype)
        log((x @ x).dtype)
        with torch.autocast("cpu", dtype=torch.float16):
            log((x @ x).dtype)
        log((x @ x).dtype)

    @torch.autocast("cpu")
    def product(y):
        return y @ y

    log(product(x).dtype, product.__name__, (x @ x).dtype)

    class Twice(torch.autograd.Function):
        @staticmethod
        @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
        def forward(ctx, y):
            ctx.inner = (y @ y).dtype, torch.is_autocast_enabled("cpu")
            return y * 2

        @staticmethod
        @torch.amp.custom_bwd(device_type="cpu")
        def backward(ctx, grad):
            log(ctx.inner, torch.is_autocast_enabled("cpu"))
            return grad * 2

    leaf = torch.ones(1, 1, dtype=torch.bfloat16, requires_grad=True)
    with torch.autocast("cpu"):
        out = Twice.apply(leaf)
    log(out)
    out.sum().backward()
    log(leaf.grad)


def scaling(torch, log):
    weight = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([weight], lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=2)
    for factor in (1.0, 1.0, float("inf"), 1.0, 1.0, float("nan"), 2.0):
        optimizer.zero_grad()
        scaler.scale((weight * factor).sum()).backward()
        log(weight.grad)
        scaler.step(optimizer)
        scaler.update()
        log(weight, scaler.get_scale(), scaler.state_dict())
    log(scaler.scale([torch.ones(1), (torch.ones(1),)]))
    optimizer.zero_grad()
    scaler.scale(weight.sum()).backward()
    scaler.unscale_(optimizer)
    log(weight.grad)
    log.error(lambda: scaler.unscale_(optimizer))
    scaler.step(optimizer)
    log.error(lambda: scaler.step(optimizer))
    log.error(lambda: scaler.unscale_(optimizer))
    log.error(lambda: pickle.dumps(scaler))
    scaler.update(4.0)
    other = pickle.loads(pickle.dumps(scaler))
    log(other.state_dict(), other.is_enabled(), other.get_growth_factor(), other.get_backoff_factor(), other.get_growth_interval())
    other.load_state_dict({**scaler.state_dict(), "scale": 3.0})
    log(other.get_scale())
    log.error(lambda: scaler.step(optimizer, closure=1))
    half = torch.ones(1, dtype=torch.float16, requires_grad=True)
    half.grad = torch.ones(1, dtype=torch.float16)
    log.error(lambda: scaler.unscale_(torch.optim.SGD([half])))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        idle = torch.amp.GradScaler()
    log(idle.is_enabled(), idle.scale(5), idle.get_scale(), idle.update(), idle.state_dict())
