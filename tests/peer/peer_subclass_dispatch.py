"""Tensor subclasses with a __torch_dispatch__, and what backward passes show of themselves."""


def wrapping(torch, seen):
    """A class whose tensors hold another one, and write down the operators that they see."""

    def plain(value):
        return value.held if isinstance(value, Wrapping) else [plain(entry) for entry in value] if isinstance(value, list) else value

    class Wrapping(torch.Tensor):
        @staticmethod
        def __new__(cls, held, requires_grad=False):
            made = torch.Tensor._make_wrapper_subclass(
                cls, held.size(), strides=held.stride(), dtype=held.dtype, device=held.device, requires_grad=requires_grad
            )
            made.held = held.detach() if requires_grad else held
            return made

        def __repr__(self):
            return super().__repr__(tensor_contents=repr(self.held))

        @classmethod
        def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
            seen.append(f"{func} {[kind.__name__ for kind in types]}")
            found = func(*(plain(value) for value in args), **{name: plain(value) for name, value in (kwargs or {}).items()})
            if isinstance(found, (tuple, list)):
                return type(found)(cls(value) if isinstance(value, torch.Tensor) else value for value in found)
            return cls(found) if isinstance(found, torch.Tensor) else found

    return Wrapping


def a_wrapper(torch, log):
    seen = []
    Wrapping = wrapping(torch, seen)
    x = Wrapping(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), requires_grad=True)
    log(repr(x), x.shape, x.dtype, str(x.device), x.stride(), x.is_leaf, x.requires_grad, isinstance(x, torch.Tensor))
    y = x * x + 1
    log(type(y).__name__, repr(y), y.held.tolist(), y.grad_fn.name(), seen)
    seen.clear()
    (grad,) = torch.autograd.grad(y.sum(), x)
    log(type(grad).__name__, grad.held.tolist(), seen)
    x.exp().t()[0].sum().backward()
    log(type(x.grad).__name__, x.grad.held.tolist())
    first = x.grad
    (x * 2).sum().backward()
    log(first is x.grad, x.grad.held.tolist())
    (second,) = torch.autograd.grad(torch.autograd.grad((x**3).sum(), x, create_graph=True)[0].sum(), x)
    log(second.held.tolist())
    bias = Wrapping(torch.ones(2), requires_grad=True)
    torch.nn.functional.linear(x, x, bias).relu().mean().backward()
    log(bias.grad.held.tolist(), x.grad.held.tolist())


def of_many_operators(torch, log):
    seen = []
    Wrapping = wrapping(torch, seen)
    x = Wrapping(torch.tensor([4.0, 1.0, 3.0]))
    for call in (
        lambda: x.max(0), lambda: x.split(1), lambda: list(x), lambda: x[0].item(), lambda: bool(x[1] > 0), lambda: torch.cat([x, x.held]),
        lambda: torch.equal(x, x), lambda: x.double(), lambda: x.contiguous(), lambda: torch.zeros_like(x), lambda: x.new_ones(2),
        lambda: x.detach(), lambda: x.data, lambda: x.numpy(), lambda: x.tolist(), lambda: x.add_(1), lambda: x.zero_(), lambda: x.__setitem__(0, 5.0),
        lambda: x.clamp(0, 1), lambda: x.lt_(2), lambda: x.sort(), lambda: torch.stack([x, x]), lambda: x.view(3, 1), lambda: x.type(),
    ):  # fmt: skip
        seen.clear()
        try:
            found = call()
        except RuntimeError as error:
            log(str(error))
            continue
        log(seen, [entry.held.tolist() if isinstance(entry, Wrapping) else str(type(entry)) for entry in (found if isinstance(found, (tuple, list)) else [found])])


def writes_into_views(torch, log):
    Wrapping = wrapping(torch, [])
    x = Wrapping(torch.ones(2, 3), requires_grad=True)
    whole = x.clone()
    row = whole[0]
    row.mul_(3)
    log(whole.grad_fn.name(), row._version, whole._version, row._base is whole)
    (whole * 2).sum().backward()
    log(x.grad.held.tolist())


def refusals(torch, log):
    class Refusing(torch.Tensor):
        @staticmethod
        def __new__(cls, size):
            return torch.Tensor._make_wrapper_subclass(cls, size)

        @classmethod
        def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
            return NotImplemented

    for call in (
        lambda: torch.sin(Refusing((2,))), lambda: Refusing((2,)) + 1, lambda: torch.Tensor._make_wrapper_subclass(torch.Tensor, (2,)),
        lambda: torch.Tensor._make_wrapper_subclass(int, (2,)),
    ):  # fmt: skip
        try:
            call()
        except TypeError as error:
            log(str(error).partition(" object at ")[0].replace("peer_subclass_dispatch.", ""))


def without_dispatch(torch, log):
    class Kept(torch.Tensor):
        @staticmethod
        def __new__(cls, data):
            return torch.Tensor._make_subclass(cls, data)

        @classmethod
        def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
            with torch._C._DisableTorchDispatch():
                return func(*args, **(kwargs or {})) * 2

    log(type(Kept(torch.ones(2)) + 1).__name__, Kept(torch.ones(2)) + 1, repr(Kept.__torch_function__))


def factories_in_modes(torch, log):
    class Watch(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            log(str(func), [str(entry) for entry in args if not isinstance(entry, torch.Tensor)], sorted(f"{k}={v}" for k, v in (kwargs or {}).items()))
            return func(*args, **(kwargs or {}))

    x = torch.ones(2, 2)
    with Watch():
        torch.rand(2, requires_grad=True), torch.zeros(2, dtype=torch.int64), torch.full((2,), 3.0), torch.arange(0, 3, 2), torch.tensor([1.0])
        torch.empty_like(x), torch.ones_like(x, dtype=torch.float64), x.new_zeros(2), torch.eye(2), torch.randint(3, (2,)), torch.randperm(2)
        x > 0, x[0, 0].item(), torch.equal(x, x), x.clamp(0, 1)


def the_node_that_runs(torch, log):
    log(torch._C._current_autograd_node())
    x = torch.ones(2, requires_grad=True)
    y = x.exp() * 2
    y.register_hook(lambda grad: log(torch._C._current_autograd_node().name()))
    x.register_hook(lambda grad: log(torch._C._current_autograd_node().name()))
    z = y.sum()
    with torch.autograd.set_multithreading_enabled(False):
        z.register_hook(lambda grad: log([node.name() for node in torch._C._current_graph_task_execution_order()]))
        z.backward()


def nodes_without_arithmetic(torch, log):
    functions = torch._C._functions
    x = torch.ones(2, requires_grad=True)
    late = functions.DelayedError("too late", 2)
    a, b = late(x, x * 2)
    log(a, b.output_nr, a.grad_fn is b.grad_fn, a.grad_fn.name(), functions.DelayedError("no", 1)(torch.ones(1)))
    for call in (lambda: a.sum().backward(), lambda: late(x), lambda: late(1, x)):
        try:
            call()
        except (RuntimeError, TypeError) as error:
            log(str(error))
    lost = functions.UndefinedGrad()(x)
    lost.sum().backward()
    log(lost, x.grad, isinstance((x * 2).grad_fn, functions.MulBackward0), isinstance((x * 2).grad_fn.next_functions[0][0], functions.AccumulateGrad))


def views_step_by_step(torch, log):
    def chain(tensor):
        names, node = [], tensor.grad_fn
        while node is not None:
            names.append(type(node).__name__)
            node = node.next_functions[0][0] if node.next_functions else None
        return names

    whole = torch.ones(2, 3, requires_grad=True).clone()
    with torch.autograd._force_original_view_tracking(True):
        part, row = whole.t()[1:], whole[0]
        part.mul_(2)
        log(chain(part), chain(row), chain(whole))
    part = whole.t()[1:]
    whole.mul_(2)
    log(chain(part))


def what_stays_of_hooks(torch, log):
    base = torch.tensor([1.0], requires_grad=True).clone()
    view, other = base[:], base[:]
    other.register_hook(lambda grad: log("lost", grad))
    view.mul_(2)
    log(other.grad_fn.name(), other._backward_hooks)
    other.register_hook(lambda grad: log("kept", grad))
    (view + other).sum().backward()
    for name in ("requires_grad", "_grad_fn", "_backward_hooks", "data"):
        try:
            delattr(base, name)
        except RuntimeError as error:
            log(str(error))


def gradients_that_are_made_up(torch, log):
    x = torch.tensor(0.5, requires_grad=True)
    (slope,) = torch.autograd.grad(x * 2, x, create_graph=True)
    y = (x * torch.tensor(1.0, requires_grad=True)) * 1
    (slope,) = torch.autograd.grad(y, x, create_graph=True)
    (zero,) = torch.autograd.grad(slope, x, create_graph=True, materialize_grads=True)
    log(zero, zero.requires_grad, torch.autograd.grad(zero, x, materialize_grads=True))
    edge = torch.autograd.graph.get_gradient_edge(torch.ones(1, requires_grad=True).clone())
    try:
        torch.autograd.grad(y * 2, edge, materialize_grads=True)
    except RuntimeError as error:
        log(str(error))


def versions_of_wrappers(torch, log):
    """A wrapper, its views and what is detached from it are counted as one; its data is not."""
    kind = wrapping(torch, [])
    wrapper = kind(torch.ones(3))
    apart, view, data = wrapper.detach(), wrapper.view(3), wrapper.data
    for write in (lambda: wrapper.add_(1), lambda: apart.mul_(2), lambda: view.zero_(), lambda: data.add_(1)):
        write()
        log([value._version for value in (wrapper, apart, view, data, wrapper.detach(), wrapper[0], wrapper.clone())])
