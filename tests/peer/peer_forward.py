"""torch.autograd.forward_ad: dual tensors, their tangents through views and writes, with reverse mode around and inside."""

import importlib
import warnings


class Values:
    """A log of values: tensors by their contents, whatever their strides and how often a formula wrote into them."""

    def __init__(self, torch, log):
        self.torch, self.log, self.error = torch, log, log.error

    def __call__(self, *values):
        tree_map_only = importlib.import_module(f"{self.torch.__name__}.utils._pytree").tree_map_only
        self.log(*tree_map_only(self.torch.Tensor, lambda t: t.detach().clone().contiguous(), list(values)))


def forward(torch):
    found = importlib.import_module(f"{torch.__name__}.autograd.forward_ad")
    with warnings.catch_warnings(), found.dual_level():  # PyTorch loads its decompositions, with a warning, on first use
        warnings.simplefilter("ignore")
        found.make_dual(torch.ones(1), torch.ones(1))
    return found


def dual_tensors(torch, log):
    fw = forward(torch)
    x, t = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 0.5, -1.0])
    with fw.dual_level() as level:
        dual = fw.make_dual(x, t)
        log(level, fw.unpack_dual(dual), fw.unpack_dual(x), repr(dual), repr(dual * 2))
        log(dual._is_view(), dual._base is x, dual.requires_grad, dual.is_leaf)
        for found in (dual.sin(), dual @ dual, dual.sum(), dual[1:], dual.reshape(3, 1), 2 / dual, torch.stack([dual, x]), dual.softmax(0)):
            log(fw.unpack_dual(found))
        for found in (dual.detach(), dual.data, dual.long(), dual > 1, torch.zeros_like(dual)):
            log(fw.unpack_dual(found).tangent is None)
        with torch.no_grad():
            log(fw.unpack_dual(dual * 2))
    log(fw.unpack_dual(dual), repr(dual))


def refusals(torch, log):
    fw = forward(torch)
    x = torch.arange(3.0)
    log.error(lambda: fw.make_dual(x, x))
    log.error(lambda: fw.exit_dual_level())
    with fw.dual_level():
        log.error(lambda: fw.make_dual(x, x[:2]))
        log.error(lambda: fw.make_dual(x.long(), x))
        log.error(lambda: fw.make_dual(x, x.long()))
        log.error(lambda: fw.make_dual(fw.make_dual(x, x), x))
        log.error(lambda: fw.enter_dual_level())


def writes(torch, log):
    log = Values(torch, log)
    fw = forward(torch)
    x, t = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 0.5, -1.0])
    with fw.dual_level():
        dual = fw.make_dual(x.clone(), t.clone())
        part = dual[1:]
        part.mul_(3)
        log(fw.unpack_dual(dual), fw.unpack_dual(part))
        plain = torch.zeros(3)
        plain[1:] = dual[1:]
        log(fw.unpack_dual(plain))
        plain = torch.zeros(3)
        plain.add_(dual).mul_(dual)
        log(fw.unpack_dual(plain))
        base = torch.zeros(3)
        base[0].add_(dual[2])
        log(fw.unpack_dual(base))
        copied = dual.clone()
        copied.exp_()
        copied.copy_(dual)
        copied.zero_()
        log(fw.unpack_dual(copied))


def with_reverse_mode(torch, log):
    log = Values(torch, log)
    fw = forward(torch)
    with fw.dual_level():
        leaf = torch.tensor([1.0, 2.0], requires_grad=True)
        dual = fw.make_dual(leaf, torch.tensor([1.0, -1.0]))
        (found,) = torch.autograd.grad((dual**3).sum(), leaf)
        log(fw.unpack_dual(found))
        (found,) = torch.autograd.grad((dual.exp() * dual).sum(), leaf)
        log(fw.unpack_dual(found))
        tangent = torch.tensor([1.0, 3.0], requires_grad=True)
        point = torch.tensor([2.0, 5.0])
        primal, pushed = fw.unpack_dual(fw.make_dual(point, tangent) ** 2)
        log(primal.requires_grad, pushed.requires_grad, torch.autograd.grad(pushed.sum(), tangent))
        primal, pushed = fw.unpack_dual(fw.make_dual(leaf, torch.ones(2)) ** 3)
        log(torch.autograd.grad(pushed.sum(), leaf), torch.autograd.grad(primal.sum(), leaf))
    leaf = torch.tensor([1.0, 2.0], requires_grad=True)
    with fw.dual_level():
        (fw.make_dual(leaf, torch.ones(2)) ** 3).sum().backward()
    log(leaf.grad)


def custom_functions(torch, log):
    fw = forward(torch)

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b, factor):
            ctx.save_for_forward(a, b)
            ctx.factor = factor
            return a * b * factor

        @staticmethod
        def jvp(ctx, ta, tb, _):
            a, b = ctx.saved_tensors
            return (ta * b + a * tb) * ctx.factor

    class Nothing(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

    x = torch.tensor([1.0, 2.0])
    with fw.dual_level():
        dual = fw.make_dual(x, torch.tensor([1.0, -1.0]))
        log(fw.unpack_dual(Product.apply(dual, x, 2)), fw.unpack_dual(Product.apply(dual, dual, 3)))
        log.error(lambda: Nothing.apply(dual))


def layouts(torch, log):
    log = Values(torch, log)
    fw = forward(torch)
    x = torch.arange(6.0).reshape(2, 3).t()
    with fw.dual_level():
        dual = fw.make_dual(x, torch.ones(3, 2))
        found = fw.unpack_dual(dual)
        log(found.tangent.stride(), found.primal.stride(), fw.unpack_dual(dual.as_strided((2,), (1,), 1)).tangent)
        log(fw.unpack_dual(dual.reshape(6)).tangent, fw.unpack_dual(torch.linalg.inv(dual[:2] + torch.eye(2))))


def duals_of_wrappers(torch, log):
    import warnings

    class Wrapped(torch.Tensor):
        @staticmethod
        def __new__(cls, inner):
            made = torch.Tensor._make_wrapper_subclass(cls, inner.shape, dtype=inner.dtype)
            made.inner = inner
            return made

        @classmethod
        def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
            found = func(*[entry.inner if isinstance(entry, cls) else entry for entry in args], **(kwargs or {}))
            return cls(found) if isinstance(found, torch.Tensor) else found

    forward = torch.autograd.forward_ad
    with warnings.catch_warnings(), forward.dual_level():
        warnings.simplefilter("ignore", DeprecationWarning)  # of PyTorch's own use of torch.jit, at the first dual tensor
        dual = forward.make_dual(Wrapped(torch.ones(2, 3)), Wrapped(torch.full((2, 3), 2.0)))
        parts = forward.unpack_dual(dual)
        log(type(parts.primal) is Wrapped, type(parts.tangent) is Wrapped, parts.primal.inner, parts.tangent.inner)
