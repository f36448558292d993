"""The same calls several times, with arguments of other types in between: what the first call taught must hold, and no more than that."""

CALLS = """
x.view(6)
x.view(2, 3)
x.view((3, -1))
x.view(torch.Size([6]))
x.view([6])
x.view(True, 6)
x.view(torch.int32)
x.view(size=(6,))
x.sum()
x.sum(0)
x.sum((0, 1))
x.sum([0])
x.sum(0, True)
x.sum(dim=0, keepdim=True)
x.sum(keepdim=True, dim=0)
x.sum(axis=0)
x.sum(0, dtype=torch.float64)
x.sum(None)
x.sum(0, keepdims=True)
x.sum(7)
x.sum("0")
x.sum(0, 1, 2)
torch.sum(x)
torch.sum(x, 1)
torch.sum(x, 1, out=torch.empty(2))
torch.sum(input=x, dim=1)
torch.sum(x, dim=torch.tensor(1))
torch.sum(2.0)
torch.sum(i)
x.add(x)
x.add(2)
x.add(2, alpha=3)
x.add(x, alpha=0.5)
x.add(i)
x.add(i, alpha=0.5)
x.add("a")
x.add(x, out=torch.empty(2, 3))
torch.add(x, x, out=torch.empty(0))
torch.add(1, x)
torch.add(x, True)
torch.add(x, 1j)
torch.add(x, torch.nn.Parameter(torch.ones(3)))
torch.nn.Parameter(torch.ones(3)).mul(2)
x.pow(2)
x.pow(2.5)
x ** 2
2 ** x
x ** "a"
1 - x
x // 2
x * x
x * 2
x * 2.5
x * i
x * True
x * None
x @ x.t()
x @ x
x @ 2
x < 1
x == 1
x == "a"
x & i
i & i
i & 3
i >> 1
~i
-x
x.t()
x.t(1)
x[0].t()
torch.t(x)
torch.cat([x, x])
torch.cat((x, x), 1)
torch.cat([x, torch.nn.Parameter(torch.ones(1, 3))])
torch.cat([x, 1])
torch.cat([])
torch.cat(x)
torch.stack([x, x], dim=-1)
torch.stack(tensors=[x, x])
x.expand(4, 2, 3)
x.expand(-1, -1)
x.expand([4, 2, 3])
x.permute(1, 0)
x.permute((1, 0))
x.permute(1, 0, 2)
x.reshape(6)
x.reshape(-1, 2)
x.repeat(2, 1)
x.narrow(0, 0, 1)
x.narrow(0, torch.tensor(0), 1)
x.clamp(0, 1)
x.clamp(min=0)
x.clamp(0.5)
x.clamp(x, x)
x.clamp()
torch.clamp(x, max=1)
x.softmax(1)
x.softmax(1, torch.float64)
x.softmax(dim=-1)
x.softmax("a")
x.mean(1)
x.mean()
i.mean()
x.max(1)
x.max()
x.max(x)
x.max(1, True)
x.std(1, unbiased=False)
x.std(1, correction=0)
x.topk(2)
x.topk(k=1, largest=False)
x.split(1)
x.split([1, 1])
x.chunk(2, dim=1)
x.squeeze()
x.squeeze(0)
x.squeeze((0, 1))
x.to(torch.float64)
x.to("cpu")
x.to(i)
x.type(torch.int64)
x.norm()
x.norm(1)
x.norm(2, dim=1)
x.norm("fro")
torch.zeros(2, 3)
torch.zeros((2, 3))
torch.zeros(2, 3, dtype=torch.int64)
torch.zeros(2.5)
torch.full((2,), 3)
torch.full((2,), 3.5)
torch.arange(3)
torch.arange(1, 3)
torch.arange(1, 2, 0.5)
torch.arange(3.0)
torch.linspace(0, 1, 3)
torch.linspace(0, 1, steps=3)
torch.where(x > 1, x, 0.0)
torch.where(x > 1, x, x)
torch.where(x > 1)
torch.dropout(x, 0.5, False)
torch.nn.functional.linear(x, x)
torch.nn.functional.linear(x, x, None)
torch.nn.functional.linear(x, x, x[0, :2])
torch.relu(x)
torch.relu(input=x)
torch.relu(2)
torch.relu()
x.relu(1)
x.item()
x.clone().add_(1)
x.clone().add_(x, alpha=2)
x.clone().add_(1j)
x.clone().mul_(x)
x.clone().zero_()
x.clone().fill_(2)
x.clone().fill_(torch.tensor(2))
x.clone().copy_(i)
x.detach().clone().resize_(2)
i.add_(0.5)
""".strip().splitlines()


def call(torch, log, text):
    x = torch.tensor([[0.5, 1.0, 2.0], [1.5, 0.25, 3.0]], requires_grad=True)
    i = torch.tensor([[1, 2, 3], [4, 5, 6]])
    try:
        found = eval(text, {"torch": torch, "x": x, "i": i})
    except Exception as error:
        log(text, type(error).__name__, str(error))
        return
    parts = found if isinstance(found, tuple) else (found,)
    log(text, found, *(type(part.grad_fn).__name__ for part in parts if torch.is_tensor(part)))


def in_turn(torch, log):
    for text in CALLS:
        call(torch, log, text)


def again_and_backwards(torch, log):
    for text in CALLS:
        call(torch, lambda *shown: None, text)
    for text in reversed(CALLS):
        call(torch, log, text)
        call(torch, log, text)


def under_modes(torch, log):
    x = torch.ones(2, 3, requires_grad=True)
    forms = [lambda: x.view(6), lambda: x.sum(0), lambda: x * 2, lambda: torch.cat([x, x]), lambda: x.t(), lambda: x @ x.t()]
    for form in forms:
        for _ in range(3):
            form()

    class Watch(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            log(torch.overrides.resolve_name(func), len(args), kwargs)
            return func(*args, **(kwargs or {}))

    with Watch():
        for form in forms:
            form()
    with torch.no_grad():
        log([form().requires_grad for form in forms])
    with torch.inference_mode():
        log([form().is_inference() for form in forms])
    log([form().grad_fn.name() for form in forms])


def other_classes(torch, log):
    class Mine(torch.Tensor):
        pass

    class Logged(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            log(torch.overrides.resolve_name(func), [kind.__name__ for kind in types])
            return super().__torch_function__(func, types, args, kwargs)

    plain = torch.ones(2, 3)
    for cls in (Mine, Logged):
        x = plain.as_subclass(cls)
        for form in (lambda x: x.view(6), lambda x: x * 2, lambda x: x * plain, lambda x: plain * x, lambda x: torch.cat([plain, x]), lambda x: x.sum(0)):
            form(plain)
            form(plain)
            log(type(form(x)).__name__, type(form(x)).__name__)


def describes_methods(torch, log):
    for name in ("add", "view", "sum", "__add__", "__matmul__", "add_"):
        method = getattr(torch.Tensor, name)
        log(name, method.__name__, callable(method), method is getattr(torch.Tensor, name), hasattr(method, "__get__"))
        log(method(torch.ones(2, 2), *{"view": (4,), "sum": ()}.get(name, (torch.ones(2, 2),))))
    bound = torch.ones(2).add
    log(bound(1), bound(torch.ones(2)), bound.__name__, bound.__self__)
    try:
        torch.Tensor.add(1, 2)
    except TypeError as error:
        log(str(error))
    try:
        torch.Tensor.view()
    except TypeError as error:
        log(str(error))


def led_elsewhere(torch, log):
    # Calls that were learned before autocast, and before a mode that takes operators over, are led there too.
    x, w = torch.ones(2, 3), torch.ones(4, 3)
    forms = [lambda: x @ w.t(), lambda: torch.nn.functional.linear(x, w), lambda: torch.mm(x, w.t()), lambda: torch.zeros(2), lambda: x.softmax(1)]
    for _ in range(2):
        log([form().dtype for form in forms])
    with torch.autocast("cpu", torch.bfloat16):
        for _ in range(2):
            log([form().dtype for form in forms])
    log([form().dtype for form in forms])

    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            log(str(func))
            return func(*args, **(kwargs or {}))

    with Watch():
        for form in forms:
            form()


def operators_that_raise(torch, log):
    # What a program raises under an operator that was learned is raised once; of binary operators every TypeError is NotImplemented.
    x = torch.ones(2, 2)
    for _ in range(2):
        log(x @ x, x.int() & 1)

    class Refuse(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            log("asked", str(func))
            raise TypeError("mine")

    for form in (lambda: x @ x, lambda: x.int() & 1, lambda: x.view(4), lambda: x + x):
        with Refuse():
            try:
                form()
            except TypeError as error:
                log(str(error))
    for form in (lambda: x @ "a", lambda: x & "a", lambda: x @ None, lambda: [1] @ x, lambda: x.__matmul__(2), lambda: x.__and__("a")):
        for _ in range(2):
            try:
                log(form())
            except TypeError as error:
                log(str(error))
