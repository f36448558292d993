"""no_grad, enable_grad, set_grad_enabled, inference_mode."""

import asyncio


def nesting(torch, log):
    x = torch.ones(2, requires_grad=True)
    states = []
    with torch.no_grad():
        states.append(((x * 2).requires_grad, torch.is_grad_enabled()))
        with torch.enable_grad():
            states.append(((x * 2).requires_grad, torch.is_grad_enabled()))
            with torch.set_grad_enabled(False):
                states.append(torch.is_grad_enabled())
            states.append(torch.is_grad_enabled())
        states.append(torch.is_grad_enabled())
    torch.set_grad_enabled(False)
    states.append(torch.is_grad_enabled())
    torch.set_grad_enabled(True)
    log(states)


def errors_leave_the_mode(torch, log):
    def fails():
        with torch.no_grad():
            raise KeyError("inside")

    log.error(fails)
    log(torch.is_grad_enabled())


def decorators(torch, log):
    x = torch.ones(2, requires_grad=True)

    @torch.no_grad()
    def plain(t):
        "Documented."
        return t * 2

    @torch.no_grad
    def bare(t):
        return t * 2

    @torch.enable_grad()
    def enabled(t):
        return t * 2

    @torch.set_grad_enabled(False)
    def disabled(t):
        return t * 2

    log(plain(x), bare(x), disabled(x), plain.__name__, plain.__doc__, torch.is_grad_enabled())
    with torch.no_grad():
        log(enabled(x))
    torch.set_grad_enabled(True)


def decorated_generators(torch, log):
    x = torch.ones(2, requires_grad=True)

    @torch.no_grad()
    def numbers():
        received = yield (x * 2).requires_grad, torch.is_grad_enabled()
        yield received, torch.is_grad_enabled()

    generator = numbers()
    log(next(generator), torch.is_grad_enabled())
    log(generator.send(5), torch.is_grad_enabled())
    log(list(numbers()))


def no_grad_results(torch, log):
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        y = x * 2
        z = y.requires_grad_()
        fresh = torch.ones(2, requires_grad=True)
        copied = x.clone()
    log(y, z, fresh, copied, y.is_leaf)
    (y * fresh).sum().backward()
    log(y.grad, fresh.grad)


def backward_runs_with_its_own_mode(torch, log):
    x = torch.ones(2, requires_grad=True)
    y = (x * x).sum()
    with torch.no_grad():
        y.backward(retain_graph=True)
        log(torch.autograd.grad(y, x, create_graph=True))
    log(x.grad)


def inference_tensors(torch, log):
    x = torch.ones(2, requires_grad=True)
    with torch.inference_mode():
        y = x * 2
        log(y.is_inference(), y.requires_grad, torch.is_inference_mode_enabled(), torch.is_grad_enabled())
        y.add_(1)
        log.error(lambda: y._version)
    log(torch.is_inference_mode_enabled(), y.is_inference(), x.is_inference())
    log.error(lambda: y.add_(1))
    log.error(lambda: y * x)
    log.error(lambda: y.requires_grad_())
    log((y + 1).is_inference(), y.clone().is_inference())
    log.error(lambda: y[:1].add_(1))
    log.error(lambda: (y + x).requires_grad)


def inference_views_of_normal_tensors(torch, log):
    x = torch.ones(4)
    with torch.inference_mode():
        view = x[:2]
        log(view.is_inference(), view._is_view())
        view.add_(1)
        x.mul_(2)
    log(x, x._version, view.is_inference())
    view.add_(1)
    w = torch.ones(4, requires_grad=True)
    base = w * 1
    with torch.inference_mode():
        inner = base[:2]
    log(inner.tolist(), inner.requires_grad)
    log.error(lambda: inner.add_(1))


def inference_mode_off(torch, log):
    with torch.inference_mode():
        with torch.inference_mode(False):
            y = torch.ones(2, requires_grad=True) * 2
            log(y, y.is_inference())

    @torch.inference_mode()
    def function():
        return torch.ones(2)

    log(function().is_inference())


def mode_in_threads(torch, log):
    import threading

    states = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: states.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
        states.append(torch.is_grad_enabled())
    log(states)


def reprs_of_modes(torch, log):
    log(torch.no_grad().__class__.__name__, torch.enable_grad().__class__.__name__, torch.inference_mode().mode)
    log(torch.no_grad().prev if hasattr(torch.no_grad(), "prev") else None)


def async_functions(torch, log):
    @torch.no_grad()
    async def one():
        await asyncio.sleep(0)
        return torch.is_grad_enabled()

    @torch.no_grad()
    async def several():
        yield torch.is_grad_enabled()
        yield torch.is_grad_enabled()

    async def collect():
        return [value async for value in several()]

    log(asyncio.run(one()), asyncio.run(collect()), torch.is_grad_enabled())

    async def inside():
        with torch.no_grad():
            await asyncio.sleep(0)
            return torch.is_grad_enabled()

    async def beside():
        seen = []
        for _ in range(3):
            seen.append(torch.is_grad_enabled())
            await asyncio.sleep(0)
        return seen

    log(asyncio.run(inside()))


def writes_into_inference_tensors(torch, log):
    with torch.inference_mode():
        a = torch.ones(2, 3)
    for call in (
        lambda: a.add_(1), lambda: a.zero_(), lambda: torch.nn.Parameter(a),
        lambda: a.view(-1).add_(1), lambda: torch.add(torch.ones(2, 3), 1, out=a), lambda: a.__setitem__(0, 1), lambda: a.requires_grad_(),
        lambda: a.copy_(torch.ones(2, 3)), lambda: torch.no_grad()(lambda: a.mul_(1))(),
        lambda: a.resize_(3, 2),
    ):  # fmt: skip
        log.error(call)
    log(a.is_inference(), a.clone().is_inference(), a.detach().is_inference(), a.data.is_inference())
