"""__torch_function__ on subclasses and duck types, function modes, torch.overrides, subclasses that are kept through operations."""

import copy
import operator
import pickle


def name_of(torch, func):
    return torch.overrides.resolve_name(func) or getattr(func, "__name__", str(func))


def logging_class(torch, seen):
    class Logged(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            kinds = [kind.__name__ for kind in types]
            seen.append(f"{name_of(torch, func)} {kinds} {len(args)} {'-' if kwargs is None else sorted(kwargs)}")
            return super().__torch_function__(func, types, args, kwargs)

    return Logged


def trace(torch, log, seen, label, call):
    seen.clear()
    try:
        outcome = type(call()).__name__
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"[:80]
    log(f"{label}: {'; '.join(seen)} -> {outcome}")


def binary_operators_as_handlers_see_them(torch, log):


    seen = []
    cls = logging_class(torch, seen)
    x = torch.ones(2, 2).as_subclass(cls)
    n = torch.ones(2, 2).int().as_subclass(cls)
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge", "eq", "ne"):
        op = getattr(operator, name)
        trace(torch, log, seen, f"{name} x 2", lambda op=op: op(x, 2))
        trace(torch, log, seen, f"{name} 2 x", lambda op=op: op(2, x))
        trace(torch, log, seen, f"{name} plain x", lambda op=op: op(torch.ones(2, 2), x))
    for name in ("and_", "or_", "xor", "lshift", "rshift"):
        op = getattr(operator, name)
        trace(torch, log, seen, f"{name} n 2", lambda op=op: op(n, 2))
        trace(torch, log, seen, f"{name} 2 n", lambda op=op: op(2, n))
    trace(torch, log, seen, "matmul", lambda: x @ x)
    for name in ("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow"):
        op = getattr(operator, name)
        y = torch.ones(2).as_subclass(cls)
        trace(torch, log, seen, name, lambda op=op, y=y: op(y, 2))
    for name in ("neg", "pos", "abs"):
        trace(torch, log, seen, name, lambda name=name: getattr(operator, name)(x))
    trace(torch, log, seen, "invert", lambda: ~n)


def attributes_as_handlers_see_them(torch, log):
    seen = []
    cls = logging_class(torch, seen)
    x = torch.ones(2, 2).as_subclass(cls)
    for name in (
        "shape", "dtype", "grad", "requires_grad", "is_leaf", "data", "T", "mT", "H", "device", "layout", "ndim", "grad_fn", "_version",
        "_base", "is_cuda", "output_nr", "real", "itemsize", "nbytes", "retains_grad", "_backward_hooks", "is_sparse",
    ):  # fmt: skip
        trace(torch, log, seen, name, lambda name=name: getattr(x, name))
    trace(torch, log, seen, "grad =", lambda: setattr(x, "grad", torch.ones(2, 2)))
    trace(torch, log, seen, "requires_grad =", lambda: setattr(x, "requires_grad", False))
    trace(torch, log, seen, "del grad", lambda: delattr(x, "grad"))
    trace(torch, log, seen, "data =", lambda: setattr(x, "data", torch.ones(2, 2)))


def methods_as_handlers_see_them(torch, log):
    seen = []
    cls = logging_class(torch, seen)
    x = torch.ones(2).as_subclass(cls)
    arguments = {
        "split": (1,), "new_tensor": ([1.0],), "new_zeros": (2,), "type_as": (torch.ones(1),), "to": (torch.float64,),
        "is_same_size": (x,), "__getitem__": (0,), "__format__": ("",), "__contains__": (1,),
    }  # fmt: skip
    for name in (
        "size", "stride", "dim", "numel", "nelement", "ndimension", "tolist", "detach", "clone", "requires_grad_", "contiguous",
        "is_contiguous", "storage_offset", "element_size", "is_floating_point", "cpu", "double", "untyped_storage", "is_inference",
        "_is_view", "norm", "split", "new_tensor", "new_zeros", "type_as", "to", "is_same_size", "__len__", "__getitem__", "__repr__",
        "__format__", "__contains__", "__iter__", "sum", "max", "share_memory_", "is_shared", "__reversed__", "unbind",
    ):  # fmt: skip
        trace(torch, log, seen, name, lambda name=name: getattr(x, name)(*arguments.get(name, ())))
    one = torch.ones(1).as_subclass(cls)
    for kind in (bool, int, float, complex):
        trace(torch, log, seen, kind.__name__, lambda kind=kind: kind(one))
    trace(torch, log, seen, "list", lambda: list(x))
    y = torch.ones(2).as_subclass(cls)
    trace(torch, log, seen, "setitem", lambda: operator.setitem(y, 0, 3))
    leaf = cls([1.0, 2.0]).requires_grad_()
    trace(torch, log, seen, "backward", lambda: (leaf * 2).sum().backward())
    trace(torch, log, seen, "hook", lambda: leaf.register_hook(print))


def functions_as_handlers_see_them(torch, log):
    F = torch.nn.functional
    seen = []
    cls = logging_class(torch, seen)
    s = torch.ones(2, 2).as_subclass(cls)
    v = torch.ones(2).as_subclass(cls)
    calls = {
        "relu": lambda: F.relu(s), "dropout": lambda: F.dropout(s, 0.5), "softmax": lambda: F.softmax(s, 1), "gelu": lambda: F.gelu(s),
        "linear": lambda: F.linear(s, s), "mse": lambda: F.mse_loss(s, s), "einsum": lambda: torch.einsum("ij->i", s),
        "split": lambda: torch.split(s, 1), "split kw": lambda: torch.split(s, 1, dim=1), "meshgrid": lambda: torch.meshgrid(v, v, indexing="ij"),
        "unique": lambda: torch.unique(s), "broadcast": lambda: torch.broadcast_tensors(s, s), "atleast": lambda: torch.atleast_2d(s),
        "cat": lambda: torch.cat([s, s]), "stack": lambda: torch.stack((s, torch.ones(2, 2))), "norm": lambda: torch.norm(s),
        "det": lambda: torch.linalg.det(s), "zeros_like": lambda: torch.zeros_like(s),
        "where": lambda: torch.where(s > 0, s, 0.0), "out": lambda: torch.add(s, s, out=torch.empty(2, 2)),
        "cross entropy": lambda: F.cross_entropy(s, torch.tensor([0, 1])), "result_type": lambda: torch.result_type(s, 1),
        "kwarg": lambda: torch.add(torch.ones(2, 2), other=s), "is_tensor": lambda: torch.is_tensor(s), "cdist": lambda: torch.cdist(s, s),
    }  # fmt: skip
    for name, call in calls.items():
        trace(torch, log, seen, name, call)


def identity_of_functions(torch, log):
    """What a handler receives is the object that programs name."""
    F = torch.nn.functional
    got = []

    class Catch:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            got.append(func)
            return -1

    d = Catch()
    log(torch.add(d, 1), torch.mean(d), torch.cat([d, d]), F.relu(d), F.gelu(d), torch.ones(1) + d, torch.linalg.det(d), torch.split(d, 1))
    wanted = [torch.add, torch.mean, torch.cat, F.relu, F.gelu, torch.Tensor.add, torch.linalg.det, torch.split]
    log([a is b for a, b in zip(got, wanted)], [a == b for a, b in zip(got, wanted)], [a in wanted for a in got])
    log([func.__name__ for func in got], [torch.overrides.resolve_name(func) for func in got])
    log(torch.Tensor.shape.__get__ == torch.Tensor.shape.__get__, torch.Tensor.shape.__get__ in {torch.Tensor.shape.__get__: 1})
    seen = []

    class Own(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            if func == torch.Tensor.shape.__get__:
                return "the shape"
            if func is torch.Tensor.size:
                return "the size"
            seen.append(getattr(func, "__name__", None))
            return super().__torch_function__(func, types, args, kwargs)

    x = torch.ones(2).as_subclass(Own)
    log(x.shape, x.size(), x.ndim, seen)


def ducks(torch, log):
    handled = {}

    def implements(function):
        def decorate(func):
            handled[function] = func
            return func

        return decorate

    class Scalar:
        def __init__(self, n, value):
            self.n, self.value = n, value

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            if func not in handled or not all(issubclass(kind, (torch.Tensor, Scalar)) for kind in types):
                return NotImplemented
            return handled[func](*args, **(kwargs or {}))

    @implements(torch.mean)
    def mean(input):
        return float(input.value) / input.n

    @implements(torch.nn.functional.softplus)
    def softplus(input, beta=1):
        return f"softplus {beta}"

    @implements(torch.add)
    def add(input, other, alpha=1):
        return "added"

    d = Scalar(5, 2)
    log(torch.mean(d), torch.add(d, 2), torch.add(torch.ones(1), d), torch.nn.functional.softplus(d, beta=3), torch.add(1.5, d))
    for call in (
        lambda: torch.mul(d, d), lambda: torch.sum(d), lambda: d + torch.ones(1), lambda: torch.ones(1) + d, lambda: torch.ones(1) * d,
        lambda: torch.add(d, 1, wrong=2), lambda: torch.add(d), lambda: torch.mean(d, dim="x"), lambda: torch.cat([d, torch.ones(1)]),
        lambda: torch.nn.functional.relu(d), lambda: torch.Tensor.add(d, 1), lambda: torch.einsum("i", d), lambda: torch.linalg.det(d),
        lambda: torch.reshape(torch.ones(2), d), lambda: torch.split(d, 1), lambda: torch.ones(2).mul_(d), lambda: torch.ones(2)[d],
    ):  # fmt: skip
        log.error(call)


def several_classes(torch, log):
    order = []

    class A:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            order.append((cls.__name__, [kind.__name__ for kind in types]))
            return NotImplemented

    class B(A):
        pass

    class C:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            order.append((cls.__name__, [kind.__name__ for kind in types]))
            return "C"

    log(torch.add(A(), C()), order)
    order.clear()
    log.error(lambda: torch.add(A(), B()))
    log(order)
    order.clear()
    log(torch.cat([A(), torch.ones(1), B(), C(), C()]), order)

    class S1(torch.Tensor):
        pass

    class S2(S1):
        pass

    class S3(torch.Tensor):
        pass

    a, b, c = torch.ones(1).as_subclass(S1), torch.ones(1).as_subclass(S2), torch.ones(1).as_subclass(S3)
    log(type(a + b).__name__, type(b + a).__name__, type(torch.cat([a, b])).__name__)
    log.error(lambda: a + c)
    log.error(lambda: torch.add(a, c))
    log.error(lambda: torch.cat([c, b]))


def subclasses_are_kept(torch, log):
    class S(torch.Tensor):
        pass

    s = S([[1.0, 2.0], [3.0, 4.0]])
    log.show(s, s + 1, s.max(0), s.split(1), s[0], s.T, s.data, s.detach(), torch.zeros_like(s), s.new_zeros(2), s.double(), s.clone())
    log(type(s.tolist()), type(s.shape), type(s.numpy()), type(s.size()), s.shape, type(s.max(0).values), type(s == 1), type(s.argmax()))
    log.show(torch.nn.functional.relu(s), torch.einsum("ij->i", s), torch.unique(s), torch.stack([s, s]), torch.ones(2) + s, 1 / s, 2 - s)
    x = torch.ones(2, requires_grad=True)
    y = x.as_subclass(S)
    log(y, y._base is x, y.is_leaf, (y * 2).grad_fn, type((y * 2).sum()))
    (y * y).sum().backward()
    log.show(x.grad)
    s.requires_grad_()
    (s * s).sum().backward()
    log.show(s.grad, s)
    log(type(s.grad), s.grad is s.grad, s.is_leaf)
    t = S([1.0])
    t.add_(1).mul_(2)
    t[0] = 7
    log.show(t)
    t += 1
    log.show(t, copy.copy(t))
    log(type(torch.ones(2).as_subclass(torch.Tensor)).__name__)
    log.error(lambda: torch.ones(2).as_subclass(int))
    log.error(lambda: torch.ones(2).as_subclass(3))
    log(isinstance(s, torch.Tensor), torch.is_tensor(s), torch.overrides.is_tensor_like(s), [type(row).__name__ for row in s.detach()])


def subclasses_with_own_construction(torch, log):
    class WithName(torch.Tensor):
        @staticmethod
        def __new__(cls, data, name, *args, **kwargs):
            return super().__new__(cls, data, *args, **kwargs)

        def __init__(self, data, name):
            self.label = name

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            found = super().__torch_function__(func, types, args, kwargs)
            if isinstance(found, cls):
                found.label = "+".join(entry.label for entry in args if isinstance(entry, cls) and hasattr(entry, "label"))
            return found

    a, b = WithName([1.0, 2.0], "a"), WithName(torch.tensor([3.0, 4.0]), "b")
    log(a.label, (a + b).label, type(a + b).__name__, (a * 2).label, torch.cat((a, b)).shape)

    class Made(torch.Tensor):
        @staticmethod
        def __new__(cls, data, requires_grad=False):
            return torch.Tensor._make_subclass(cls, data, requires_grad)

    m = Made(torch.ones(2), True)
    log(type(m).__name__, m.requires_grad, m.is_leaf, (m * 2).requires_grad, type(m * 2).__name__)
    log.error(lambda: torch.Tensor._make_subclass(Made, [1.0]))

    class Quiet(torch.Tensor):
        __torch_function__ = torch._C._disabled_torch_function_impl

    q = torch.ones(2).as_subclass(Quiet)
    log(type(q + 1).__name__, type(torch.relu(q)).__name__, type(q).__name__, type(q[0]).__name__, type(q.add_(1)).__name__)


def parameters_do_not_spread(torch, log):
    p = torch.nn.Parameter(torch.ones(2))
    log(type(p * 2).__name__, type(p.detach()).__name__, type(p.data).__name__, type(p.clone()).__name__, isinstance(p, torch.Tensor))
    log(torch.nn.Parameter.__torch_function__ is torch._C._disabled_torch_function_impl)
    log(torch.overrides.has_torch_function((p,)), torch.overrides.is_tensor_like(p))

    class S(torch.Tensor):
        pass

    ps = torch.nn.Parameter(S([1.0, 2.0]))
    log(type(ps).__name__, isinstance(ps, torch.nn.Parameter), ps.requires_grad, type(ps * 2).__name__)
    log.show(ps)

    class Mine(torch.nn.Parameter):
        pass

    m = Mine(torch.ones(2))
    log(type(m).__name__, type(m + 1).__name__, isinstance(m, torch.nn.Parameter), m.requires_grad)


def disabling(torch, log):
    seen = []
    cls = logging_class(torch, seen)
    x = torch.ones(2).as_subclass(cls)
    with torch._C.DisableTorchFunctionSubclass():
        log(type(x + 1).__name__, type(torch.nn.functional.relu(x)).__name__, x.shape, torch.overrides.has_torch_function((x,)))
        log(torch._C._is_torch_function_enabled())
    log(seen, torch._C._is_torch_function_enabled())
    with torch._C.DisableTorchFunction():
        log(type(x + 1).__name__, torch.overrides.has_torch_function_unary(x))
    log(seen, torch.overrides.has_torch_function_unary(x), torch.overrides.has_torch_function_variadic(1, torch.ones(1), x))
    log(torch.overrides.has_torch_function((torch.ones(1), 1, "a")))

    class Mode(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append("mode " + func.__name__)
            return func(*args, **(kwargs or {}))

    with Mode():
        with torch._C.DisableTorchFunctionSubclass():
            x + 1
        with torch._C.DisableTorchFunction():
            x + 1
        torch.ones(1).neg()
    log(seen)


def modes(torch, log):
    Mode = torch.overrides.TorchFunctionMode
    seen = []

    class A(Mode):
        def __init__(self, name="A"):
            self.name = name

        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append(f"{self.name}:{func.__name__}")
            return func(*args, **(kwargs or {}))

    x = torch.ones(2)
    with A():
        y = x + 1
        torch.zeros(2)
        torch.nn.functional.relu(x)
        x.shape
        torch.tensor([1.0])
        x[0]
        torch.einsum("i->", x)
        y.requires_grad_()
        (y * 2).sum().backward()
        x.max(0)
    log(seen)
    seen.clear()
    with A("outer"), A("inner"):
        x * 2
        torch.rand(1)
        log(len(torch.overrides._get_current_function_mode_stack()), torch.overrides._get_current_function_mode().name)
    log(seen, torch.overrides._get_current_function_mode())
    seen.clear()
    with A() as mode:
        log(isinstance(mode, A))
        with torch.overrides.BaseTorchFunctionMode():
            torch.neg(x)
    log(seen)
    seen.clear()

    class Replace(Mode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            if func is torch.add or func == torch.Tensor.add:
                func = torch.sub
            return func(*args, **(kwargs or {}))

    with Replace():
        log(torch.add(x, 1), x + 1)
    log(x + 1)

    class Refuse(Mode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            return NotImplemented

    texts = []
    with Refuse():
        for call in (lambda: torch.add(x, 1), lambda: torch.ones(1)):
            try:
                call()
            except TypeError as error:
                texts.append(error)
    log([str(error) for error in texts])

    def fails():
        with A():
            raise ValueError("out")

    log.error(fails)
    log(torch.overrides._len_torch_function_stack())


def modes_and_subclasses(torch, log):
    seen = []
    cls = logging_class(torch, seen)

    class Mode(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append(f"mode {func.__name__} {[kind.__name__ for kind in types]}")
            return func(*args, **(kwargs or {}))

    class Pass(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append("pass")
            return NotImplemented

    x = torch.ones(2).as_subclass(cls)
    with Mode():
        x + 1
    log(seen)
    seen.clear()
    with Pass():
        log.error(lambda: torch.add(x, 1))
    log(seen)


def own_functions(torch, log):
    from_overrides = torch.overrides

    class Duck:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return f"{func.__name__} {len(args)} {sorted(kwargs)} {[kind.__name__ for kind in types]}"

    def quux(a, b=2):
        if from_overrides.has_torch_function((a,)):
            return from_overrides.handle_torch_function(quux, (a,), a, b=b)
        return a + b

    log(quux(Duck()), quux(torch.ones(1)), quux(1))

    @from_overrides.wrap_torch_function(lambda a: (a,))
    def wrapped(a):
        """Its own text."""
        return a

    log(wrapped(Duck()), wrapped(3), wrapped.__doc__)

    class Refuses:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return NotImplemented

        def __repr__(self):
            return "<Refuses>"

    quux.__module__ = "here"
    log.error(lambda: quux(Refuses()))
    log([type(entry).__name__ for entry in from_overrides._get_overloaded_args((Duck(), 1, torch.ones(1), Refuses(), Duck()))])

    class Plain:
        def __torch_function__(self, func, types, args=(), kwargs=None):
            return "from an instance"

    log.warns(lambda: log(torch.add(Plain(), 1)))
    log.warns(lambda: log(torch.nn.functional.relu(Plain())))


def names_and_lists(torch, log):
    o = torch.overrides
    F = torch.nn.functional
    for func in (
        torch.add, torch.Tensor.add, F.relu, torch.linalg.det, torch.Tensor.shape.__get__, torch.Tensor.grad.__set__, torch.cat, F.gelu,
        torch.Tensor.__getitem__, torch.Tensor.backward, torch.einsum, torch.Tensor.__len__,
    ):  # fmt: skip
        log(o.resolve_name(func), func.__name__)
    log(o.resolve_name(print), o.is_tensor_method_or_property(torch.Tensor.add), o.is_tensor_method_or_property(torch.add))
    log(o.is_tensor_method_or_property(torch.Tensor.shape.__get__), o.is_tensor_like(1), o.is_tensor_like(torch.ones(1)))
    functions = o.get_overridable_functions()
    log(torch.add in functions[torch], torch.Tensor.add in functions[torch.Tensor], F.relu in functions[F])
    log(torch.ones in o.get_ignored_functions(), torch.is_tensor in o.get_ignored_functions(), torch.add in o.get_ignored_functions())
    tests = o.get_testing_overrides()
    log(torch.add in tests, tests[torch.add](1, 2), tests[torch.sum](1), tests[F.relu](1), tests[torch.Tensor.neg](1))
    log(sorted(o.__all__))


def views_gradients_and_copies_of_subclasses(torch, log):
    class S(torch.Tensor):
        pass

    x = torch.arange(4.0).as_subclass(S)
    v = x[1:3]
    v.mul_(10)
    log.show(x, v)
    log(type(v).__name__, v._base is None, v._is_view())
    w = S([1.0, 2.0]).requires_grad_()
    g = torch.autograd.grad((w * w).sum(), w, create_graph=True)[0]
    log.show(g)
    h = []
    w.register_hook(lambda grad: h.append(type(grad).__name__))
    (w * 3).sum().backward()
    log(h, type(w.grad).__name__)
    c = w.clone()
    log(torch.equal(w, c), torch.allclose(w, c), bool((w == c).all()))
    with torch.no_grad():
        w -= 1
        log.show(w)
    log(torch.save is not None if hasattr(torch, "save") else True, len(pickle.dumps(torch.ones(1))) > 0)


def subclasses_through_modules(torch, log):
    class S(torch.Tensor):
        pass

    s = S([[1.0, -2.0, 3.0]])
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    out = model(s)
    log(type(out).__name__, list(out.shape), type(torch.nn.functional.mse_loss(out, torch.zeros(1, 2))).__name__)
    for call in (
        lambda: s.sort()[1], lambda: s > 1, lambda: s[s > 1], lambda: torch.add(s, 1, out=torch.empty(1, 3)), lambda: s.add_(1),
        lambda: torch.rand_like(s), lambda: s.to(torch.float64), lambda: torch.as_tensor(s), lambda: torch.Tensor(s), lambda: s.cpu(),
        lambda: s.as_subclass(torch.Tensor), lambda: torch.where(s > 1, s, 0.0), lambda: torch.stack([s, s]), lambda: s.unbind()[0],
        lambda: torch.no_grad()(lambda: s * 2)(), lambda: torch.func.vmap(torch.sin)(s), lambda: torch.func.grad(lambda t: t.sum())(s),
    ):  # fmt: skip
        log(type(call()).__name__)

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    leaf = S([1.0, 2.0]).requires_grad_()
    out = Double.apply(leaf)
    log(type(out).__name__)
    out.sum().backward()
    log(type(leaf.grad).__name__, leaf.grad.tolist())
    lazy = torch.nn.LazyLinear(3)
    log(repr(lazy), type(lazy.weight).__name__)
    lazy(torch.ones(2, 4))
    log(repr(lazy), type(lazy.weight).__name__, type(lazy).__name__)


def wrappers_that_unwrap(torch, log):
    class Wrapper:
        def __init__(self, data):
            self.data_ = data

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            def inner(value):
                if isinstance(value, cls):
                    return value.data_
                return type(value)(map(inner, value)) if type(value) in (list, tuple) else value

            found = func(*map(inner, args), **{key: inner(value) for key, value in (kwargs or {}).items()})
            return cls(found) if isinstance(found, torch.Tensor) else found

    w = Wrapper(torch.arange(5.0))
    F = torch.nn.functional
    for call in (
        lambda: torch.add(w, 1), lambda: torch.arange(10)[Wrapper(torch.tensor([1, 2]))], lambda: F.relu(w), lambda: torch.sum(w, dim=0),
        lambda: torch.nn.Linear(5, 2, bias=False)(w), lambda: torch.where(torch.arange(5.0) > 1, w, torch.zeros(5)), lambda: torch.stack([w, w]),
        lambda: torch.einsum("i,i->", w, w), lambda: torch.equal(w, w), lambda: torch.ones(5) * w, lambda: torch.nn.init.constant_(w, 3.0),
    ):  # fmt: skip
        found = call()
        log(type(found).__name__, list(found.data_.shape) if isinstance(found, Wrapper) else found)
    x = torch.arange(10.0)
    x[Wrapper(torch.tensor([1, 2]))] = 7
    log(x)


def own_dictionary(torch, log):
    """A tensor's __dict__ has what the program put there, may be replaced, and never has the tensor itself."""
    x = torch.ones(2)
    x.a, x.b = 1, [2]
    log(dict(x.__dict__), vars(x)["a"])
    x.__dict__ = {"c": 3}
    log(x, x.c, hasattr(x, "a"), dict(x.__dict__))
    x.__dict__.update(d=4)
    x.__dict__["e"] = 5
    del x.e
    log(x.d, sorted(vars(x)), x.__dict__.pop("d"), dict(vars(x)))
    x.__dict__.clear()
    log(dict(x.__dict__), x)

    class Meta:
        def __init__(self):
            self.meta = {"k": 1}

    class Tagged(Meta, torch.Tensor):
        @staticmethod
        def __new__(cls, values):
            return torch.as_tensor(values).as_subclass(cls)

        def __init__(self, values):
            super().__init__()

        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            found = super().__torch_function__(function, types, args, kwargs or {})
            if isinstance(found, Tagged) and isinstance(args[0], Tagged):
                found.__dict__ = args[0].__dict__.copy()
            return found

    tagged = Tagged([[1.0, 2.0], [3.0, 4.0]])
    log(tuple(tagged[None].shape), (tagged * 2).sum(0).tolist(), dict(tagged.__dict__), tagged.t().meta)


def equality_asks_its_left_side_first(torch, log):
    seen = []
    cls = logging_class(torch, seen)

    class Plain(torch.Tensor):
        pass

    class Refusing(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(func.__name__)
            return NotImplemented

    class Duck:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(f"{func.__name__} {func is torch.Tensor.eq} {kwargs}")
            return len(args)

    x = torch.ones(3)
    pairs = {
        "plain duck": (x, Duck()), "duck plain": (Duck(), x), "logged plain": (x.as_subclass(cls), x), "plain logged": (x, x.as_subclass(cls)),
        "logged text": (x.as_subclass(cls), "a"), "two subclasses": (x.as_subclass(Plain), x.as_subclass(Refusing)),
        "refusing": (x.as_subclass(Refusing), x.as_subclass(Plain)), "refusing alone": (x.as_subclass(Refusing), 2),
    }  # fmt: skip
    for label, (left, right) in pairs.items():
        trace(torch, log, seen, label, lambda left=left, right=right: left == right)
    trace(torch, log, seen, "divided", lambda: Duck() / x)
    trace(torch, log, seen, "divided 2", lambda: 2 / x.as_subclass(cls))
    log([torch.Tensor.__rtruediv__.__name__, torch.Tensor.__rdiv__.__name__])


def deep_copies_of_subclasses_need_new_empty_or_clone(torch, log):
    class Plain(torch.Tensor):
        pass

    class Kept(torch.Tensor):
        __slots__ = ("tag",)

        def new_empty(self, *args, **kwargs):
            return super().new_empty(*args, **kwargs).as_subclass(type(self))

        def clone(self, *args, **kwargs):
            return super().clone(*args, **kwargs).as_subclass(type(self))

    for shape in (3, 0, (2, 2)):
        log.error(lambda shape=shape: copy.deepcopy(torch.ones(shape).as_subclass(Plain)))
        log.error(lambda shape=shape: copy.deepcopy(torch.nn.Parameter(torch.ones(shape).as_subclass(Plain))))
        kept = torch.ones(shape).as_subclass(Kept)
        kept.tag, kept.note = [1], 3
        made = copy.deepcopy(kept.requires_grad_())
        log([repr(made), made.tag, made.tag is kept.tag, made.note, made.is_leaf])
    seen = []
    value = torch.ones(2).as_subclass(logging_class(torch, seen))
    trace(torch, log, seen, "copy", lambda: copy.copy(value))
    trace(torch, log, seen, "dict", lambda: len(value.__dict__))
    trace(torch, log, seen, "wrapped", lambda: value.__array_wrap__(value.numpy(), None, True))
    trace(torch, log, seen, "wrapped", lambda: value.__array_wrap__(value.numpy()))


def the_old_constructors_make_recorded_views(torch, log):
    class Plain(torch.Tensor):
        pass

    x = torch.ones(2, 3)
    for source in (x, x[:1], torch.ones(2, 3, requires_grad=True), torch.ones(2, requires_grad=True) * 1, x.as_subclass(Plain)):
        for make in (Plain, torch.Tensor, torch.FloatTensor):
            made = make(source)
            log([type(made).__name__, made._is_view(), made._base is source, made.is_leaf, made.requires_grad, type(made.grad_fn).__name__])
    made = torch.Tensor(torch.ones(2, requires_grad=True) * 1)
    made.mul_(2)
    log(made)
