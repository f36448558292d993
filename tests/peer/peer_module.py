"""torch.nn.Module and the containers: attributes, hooks, state, walks, conversion, printing, pickling."""

import copy
import pickle
import warnings
from collections import OrderedDict


def net(torch):
    nn = torch.nn
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)))


def own(torch):
    nn = torch.nn

    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(2))
            self.register_buffer("kept", torch.zeros(2))
            self.register_buffer("lost", torch.zeros(1), persistent=False)
            self.register_parameter("none", None)
            self.inner = nn.Linear(2, 2)
            self.plain = 3

        def forward(self, x, scale=1.0):
            return self.inner(x) * self.weight * scale

    return Own


def what_a_module_holds(torch, log):
    m = own(torch)()
    log(sorted(vars(m)), sorted(m._parameters), list(m._buffers), sorted(m._non_persistent_buffers_set), list(m._modules))
    log([type(value).__name__ for value in vars(m).values()])
    log([name for name in dir(m) if not name.startswith("_")])
    log(m.plain, m.none, m.training, m._version, m.dump_patches, m.call_super_init)
    log.error(lambda: m.nothing)
    log.error(lambda: torch.nn.Module()(1))
    log.error(lambda: torch.nn.Module(1))
    log.error(lambda: torch.nn.Module(a=1))
    log(m._get_name(), m.extra_repr(), repr(m), repr(torch.nn.Module()))
    log(type(m.weight).__name__, type(torch.nn.Linear(1, 1)).__module__, torch.typename(torch.nn.ReLU()))


def assigning(torch, log):
    nn = torch.nn
    m = own(torch)()
    log.error(lambda: setattr(m, "weight", torch.ones(2)))
    log.error(lambda: setattr(m, "weight", 3))
    log.error(lambda: setattr(m, "inner", 3))
    log.error(lambda: setattr(m, "inner", torch.ones(2)))
    log.error(lambda: setattr(m, "kept", 3))
    m.kept = torch.ones(3)
    m.kept = None
    log(list(m._buffers), m.kept)
    m.kept = torch.ones(1)
    m.weight = None
    log(m._parameters, m.weight)
    m.inner = None
    log(m._modules, m.inner)
    m.plain = nn.Parameter(torch.ones(1))
    log(sorted(m._parameters), "plain" in vars(m))
    m.plain = None
    m.other = nn.ReLU()
    m.other = nn.Parameter(torch.ones(1))
    log(sorted(m._parameters), sorted(m._modules))
    log.error(lambda: setattr(m, "other", nn.Tanh()))
    m.held = nn.Buffer(torch.ones(1))
    m.gone = nn.Buffer(torch.ones(1), persistent=False)
    log(list(m._buffers), sorted(m._non_persistent_buffers_set), type(m.held).__name__)
    m.lost = torch.ones(4)
    log(sorted(m._non_persistent_buffers_set))
    del m.held, m.lost
    log(list(m._buffers), sorted(m._non_persistent_buffers_set))
    log.error(lambda: delattr(m, "nothing"))
    del m.other
    log(sorted(m._modules))


def registering(torch, log):
    nn = torch.nn
    m = nn.Module()
    values = (torch.ones(1), nn.Parameter(torch.ones(1)), nn.ReLU())
    for register, value in zip((m.register_buffer, m.register_parameter, m.add_module), values):
        log.error(lambda: register(3, value))
        log.error(lambda: register("a.b", value))
        log.error(lambda: register("", value))
        log.error(lambda: register("training", value))
        log.error(lambda: register("x", 3))
        log.error(lambda: register("x", "text"))
    x = torch.ones(1, requires_grad=True)
    log.error(lambda: m.register_parameter("x", x * 2))
    log.error(lambda: m.register_parameter("x", x))
    m.register_module("child", nn.Tanh())
    m.add_module("empty", None)
    log(m._modules, repr(m))

    class Early(nn.Module):
        def __init__(self, what):
            made = {"module": nn.ReLU(), "parameter": nn.Parameter(torch.ones(1)), "buffer": nn.Buffer(torch.ones(1)), "number": 3}
            self.a = made[what]
            super().__init__()

    for what in ("module", "parameter", "buffer"):
        log.error(lambda: Early(what))
    log(Early("number").a)


def walks(torch, log):
    m = net(torch)
    m[2].register_buffer("extra", torch.ones(1))
    m.shared = m[0]
    log([name for name, _ in m.named_parameters()], [name for name, _ in m.named_parameters(remove_duplicate=False)])
    log([name for name, _ in m.named_parameters(prefix="p", recurse=False)], [name for name, _ in m.named_buffers(prefix="b")])
    log([name for name, _ in m.named_modules()], [name for name, _ in m.named_modules(prefix="q", remove_duplicate=False)])
    log([name for name, _ in m.named_children()], len(list(m.children())), len(list(m.modules())), len(list(m.buffers(recurse=False))))
    log(m.get_submodule("2.0") is m[2][0], m.get_submodule("") is m, m.get_parameter("2.1.weight") is m[2][1].weight)
    log(m.get_buffer("2.extra") is m[2].extra)
    for call in (
        lambda: m.get_submodule("2.7"), lambda: m.get_submodule("0.weight"), lambda: m.get_parameter("0.nothing"),
        lambda: m.get_parameter("2.extra"), lambda: m.get_buffer("0.weight"), lambda: m.get_buffer("nothing"),
        lambda: m.get_parameter("5.weight"),
    ):  # fmt: skip
        log.error(call)
    m.set_submodule("2.0", torch.nn.Identity())
    m.set_submodule("added", torch.nn.Tanh())
    log(repr(m))
    log.error(lambda: m.set_submodule("", torch.nn.Identity()))
    log.error(lambda: m.set_submodule("x", 3))
    log.error(lambda: m.set_submodule("nothing", torch.nn.Identity(), strict=True))
    log.error(lambda: m.set_submodule("0.weight", torch.nn.Identity()))
    seen = []
    log(m.apply(lambda module: seen.append(type(module).__name__)) is m, seen)


def modes(torch, log):
    m = net(torch)
    log(m.eval() is m, [x.training for x in m.modules()], m.train().training, m[2][1].training)
    log.error(lambda: m.train("no"))
    log(m.requires_grad_(False) is m, [p.requires_grad for p in m.parameters()])
    m.requires_grad_()
    m(torch.ones(3, 2)).sum().backward()
    m.zero_grad(set_to_none=False)
    log([p.grad for p in m.parameters()])
    m.zero_grad()
    log([p.grad for p in m.parameters()])


def conversion(torch, log):
    m = net(torch)
    m.register_buffer("whole", torch.ones(2, dtype=torch.int64))
    weight = m[0].weight
    m(torch.ones(3, 2)).sum().backward()
    log(m.double() is m, m[0].weight is weight, m[0].weight.dtype, m[0].weight.grad.dtype, m.whole.dtype, m[2][1].running_mean.dtype)
    log(m.half()[0].bias, m.bfloat16()[0].bias, m.float()[0].bias, m.to(torch.float64)[0].bias)
    log(m.to(torch.ones(1))[0].bias, m.to("cpu", torch.float16)[0].bias, m.to(device="cpu", dtype=torch.float32)[0].bias, m.cpu()[0].bias)
    log(m.type(torch.float64).whole, m.to(non_blocking=True) is m, m.to(None)[0].bias)
    log.error(lambda: m.to(torch.int64))
    log.error(lambda: m.to("nowhere"))
    log.error(lambda: m.to(1, 2))
    log.error(lambda: m.to("cpu", copy=True))
    log.error(lambda: m.cuda())
    log.error(lambda: m.to("cuda"))
    log.warns(lambda: torch.nn.Linear(1, 1).to(torch.complex64))
    e = net(torch).to_empty(device="cpu")
    log(e[0].weight.shape, e[0].weight.requires_grad)
    c = torch.nn.Conv2d(2, 2, 2).to(memory_format=torch.channels_last)
    log(c.weight.stride())


def state(torch, log):
    m = net(torch)
    found = m.state_dict()
    log(type(found).__name__, found, found._metadata)
    log(list(m.state_dict(prefix="p.")), m.state_dict(keep_vars=True)["0.weight"] is m[0].weight)
    log(found["0.weight"].requires_grad, found["0.weight"].data_ptr() == m[0].weight.data_ptr())
    log.warns(lambda: m.state_dict(OrderedDict(), "x."))
    log(list(own(torch)().state_dict()))
    other = net(torch)
    torch.nn.init.zeros_(other[0].weight)
    log(other.load_state_dict(found), other[0].weight)
    log(repr(other.load_state_dict({"0.weight": torch.ones(3, 2), "zoo": 1}, strict=False)))
    for bad in (
        {}, {"0.weight": torch.ones(3, 3)}, {"0.weight": 3}, {"zoo.a": torch.ones(1), "0.zoo": torch.ones(1), "2": torch.ones(1)},
        {**found, "0.weight": torch.ones(2)},
    ):  # fmt: skip
        log.error(lambda: other.load_state_dict(bad))
    log.error(lambda: other.load_state_dict([1]))
    log.error(lambda: other.load_state_dict({"0.weight": torch.ones(3, 3)}, strict=False))
    fresh = net(torch)
    given = {key: value.double() for key, value in found.items()}
    weight = fresh[0].weight
    log(fresh.load_state_dict(given, assign=True), fresh[0].weight is weight, fresh[0].weight, type(fresh[0].weight).__name__)
    log(fresh[2][1].running_mean)
    fresh[0].weight.requires_grad_(False)
    fresh.load_state_dict(given, assign=True)
    log(fresh[0].weight.requires_grad)


def extra_state(torch, log):
    class Extra(torch.nn.Module):
        def __init__(self, number):
            super().__init__()
            self.number = number

        def get_extra_state(self):
            return self.number

        def set_extra_state(self, state):
            self.number = state

    m = torch.nn.Sequential(Extra(3), Extra(4))
    found = m.state_dict()
    log(dict(found))
    n = torch.nn.Sequential(Extra(0), Extra(0))
    log(n.load_state_dict(found), n[0].number, n[1].number)
    log.error(lambda: n.load_state_dict({"0._extra_state": 1}))
    log.error(lambda: torch.nn.ReLU().load_state_dict({"_extra_state": 1}))
    log.error(lambda: torch.nn.ReLU().get_extra_state())
    log.error(lambda: torch.nn.ReLU().set_extra_state(1))


def state_hooks(torch, log):
    m = net(torch)
    seen = []
    m.register_state_dict_pre_hook(lambda module, prefix, keep_vars: seen.append(("pre", type(module).__name__, prefix, keep_vars)))
    m[2].register_state_dict_post_hook(lambda module, found, prefix, local: seen.append(("post", prefix, sorted(local))))
    old = m._register_state_dict_hook(lambda module, found, prefix, local: OrderedDict(list(found.items())[:1]))
    log(list(m.state_dict()), seen)
    old.remove()
    post = lambda module, found, prefix, local: 1
    handle = m.register_state_dict_post_hook(post)
    log.error(lambda: m.state_dict())
    log.error(lambda: m._register_state_dict_hook(post))
    handle.remove()
    seen.clear()

    def before(module, found, prefix, local, strict, missing, unexpected, errors):
        seen.append((type(module).__name__, prefix, strict, sorted(local)))

    m.register_load_state_dict_pre_hook(before)
    m[2]._register_load_state_dict_pre_hook(lambda found, prefix, *rest: found.pop("2.0.bias"))
    m.register_load_state_dict_post_hook(lambda module, keys: (seen.append(list(keys.missing_keys)), keys.missing_keys.clear())[1])
    log(m.load_state_dict(m.state_dict()), seen)
    m.register_load_state_dict_post_hook(lambda module, keys: keys)
    log.error(lambda: m.load_state_dict(m.state_dict()))


def forward_hooks(torch, log):
    m = own(torch)()
    torch.nn.init.ones_(m.inner.weight)
    torch.nn.init.zeros_(m.inner.bias)
    x = torch.ones(1, 2)
    seen = []
    a = m.register_forward_pre_hook(lambda module, args: (args[0] * 2,))
    b = m.register_forward_pre_hook(lambda module, args: args[0] + 1)
    log(m(x))
    c = m.register_forward_pre_hook(lambda module, args, kwargs: (args, {"scale": 10.0}), with_kwargs=True, prepend=True)
    log(m(x), m(x, scale=3.0))
    d = m.register_forward_hook(lambda module, args, output: seen.append((args, output)))
    e = m.register_forward_hook(lambda module, args, kwargs, output: output + kwargs["scale"], with_kwargs=True)
    f = m.register_forward_hook(lambda module, args, output: seen.append("first"), prepend=True)
    log(m(x), seen, list(m._forward_hooks) == [f.id, d.id, e.id], len(m._forward_hooks_with_kwargs))
    for handle in (a, b, c, d, e, f):
        handle.remove()
    log(m(x), len(m._forward_hooks_with_kwargs), len(m._forward_pre_hooks_with_kwargs))
    with m.register_forward_hook(lambda module, args, output: output * 0):
        log(m(x))
    log(m(x))
    m.register_forward_pre_hook(lambda module, args, kwargs: 3, with_kwargs=True)
    log.error(lambda: m(x))


def hooks_that_are_always_called(torch, log):
    class Fails(torch.nn.Module):
        def forward(self, x):
            raise ValueError("no")

    seen = []
    m = Fails()
    m.register_forward_hook(lambda module, args, output: seen.append(("always", output)), always_call=True)
    m.register_forward_hook(lambda module, args, output: seen.append("never"))
    log.error(lambda: m(torch.ones(1)))
    log(seen)

    def bad(module, args, output):
        raise RuntimeError("worse")

    m.register_forward_hook(bad, always_call=True)

    def run():
        try:
            m(torch.ones(1))
        except ValueError as error:
            return str(error)

    log(log.warns(run))
    n = torch.nn.Identity()
    n.register_forward_hook(bad)
    n.register_forward_hook(lambda module, args, output: seen.append(("late", output)), always_call=True)
    log.error(lambda: n(torch.ones(1)))
    log(seen)


def global_hooks(torch, log):
    from_module = torch.nn.modules.module
    seen = []
    handles = [
        from_module.register_module_forward_pre_hook(lambda module, args: seen.append(("pre", type(module).__name__))),
        from_module.register_module_forward_hook(lambda module, args, output: seen.append(("post", type(module).__name__))),
        from_module.register_module_forward_hook(
            lambda module, args, kwargs, output: seen.append(sorted(kwargs)), with_kwargs=True, always_call=True
        ),
        from_module.register_module_full_backward_pre_hook(lambda module, grad: seen.append(("before", type(module).__name__))),
        from_module.register_module_full_backward_hook(lambda module, gi, go: seen.append(("after", type(module).__name__))),
    ]
    log.error(lambda: from_module.register_module_backward_hook(lambda *args: None))
    m = net(torch)
    m(torch.ones(2, 2, requires_grad=True)).sum().backward()
    log(seen)
    for handle in handles:
        handle.remove()
    from_module._global_is_full_backward_hook = None
    seen.clear()
    handles = [
        from_module.register_module_buffer_registration_hook(lambda module, name, value: seen.append(("buffer", name))),
        from_module.register_module_parameter_registration_hook(lambda module, name, value: seen.append(("parameter", name))),
        from_module.register_module_module_registration_hook(lambda module, name, value: seen.append(("module", name))),
    ]
    own(torch)()
    log(seen)
    for handle in handles:
        handle.remove()
    seen.clear()
    m(torch.ones(2, 2))
    own(torch)()
    log(seen)


def backward_hooks(torch, log):
    m = net(torch)
    seen = []
    x = torch.ones(2, 2, requires_grad=True)
    m[0].register_full_backward_hook(lambda module, gi, go: seen.append((type(module).__name__, gi, go)))
    m[2].register_full_backward_hook(lambda module, gi, go: (gi[0] * 2,))
    m[2].register_full_backward_pre_hook(lambda module, go: (go[0] + 1,))
    y = m(x)
    log(y.grad_fn)
    y.sum().backward()
    log(seen, x.grad)
    log.error(lambda: m[0].register_backward_hook(lambda *args: None))
    seen.clear()
    n = torch.nn.Linear(2, 2)
    n.register_full_backward_hook(lambda module, gi, go: seen.append((gi, go[0].shape)))
    log.warns(lambda: n(torch.ones(1, 2)).sum().backward())
    log(seen)
    with torch.no_grad():
        log(n(torch.ones(1, 2)).requires_grad)
    n.register_full_backward_hook(lambda module, gi, go: (None, None))
    log.error(lambda: n(torch.ones(1, 2, requires_grad=True)).sum().backward())
    p = torch.nn.Linear(2, 2)
    p.register_full_backward_pre_hook(lambda module, go: (go[0], go[0]))
    log.error(lambda: p(torch.ones(1, 2)).sum().backward())


def backward_hooks_with_several_values(torch, log):
    class Two(torch.nn.Module):
        def forward(self, a, number, b):
            return a * number, "text", b + a

    seen = []
    m = Two()
    m.register_full_backward_hook(lambda module, gi, go: seen.append([None if x is None else x.tolist() for x in (*gi, *go)]))
    a, b = torch.ones(2, requires_grad=True), torch.ones(2)
    first, text, second = m(a, 3, b)
    log(text, first.grad_fn, second.requires_grad)
    (first + second).sum().backward()
    log(seen, a.grad, b.grad)

    class Odd(torch.nn.Module):
        def forward(self, a):
            return {"a": a * 2}

    m = Odd()
    m.register_full_backward_hook(lambda module, gi, go: seen.append("odd"))
    out = log.warns(lambda: m(a))
    out["a"].sum().backward()
    log(len(seen))


def partial_backward_hooks(torch, log):
    m = net(torch)
    seen = []
    m[0].register_backward_hook(lambda module, gi, go: seen.append((len(gi), go)))
    x = torch.ones(2, 2, requires_grad=True)
    log.warns(lambda: m(x).sum().backward())
    log(seen)
    log.error(lambda: m[0].register_full_backward_hook(lambda *args: None))
    n = torch.nn.Sequential(torch.nn.ReLU())
    n.register_backward_hook(lambda module, gi, go: (gi[0] * 3,))
    log.warns(lambda: n(x).sum().backward())
    log(x.grad)

    class Listed(torch.nn.Module):
        def forward(self, a):
            return [a * 2]

    p = Listed()
    p.register_backward_hook(lambda module, gi, go: None)
    log.warns(lambda: p(x)[0].sum().backward())


def copies(torch, log):
    m = net(torch)
    m.note = [1]
    c = copy.deepcopy(m)
    log(c[0].weight is m[0].weight, c[0].weight, c.note is m.note, repr(c) == repr(m))
    s = copy.copy(m)
    log(s[0] is m[0], s._modules is m._modules)
    p = pickle.loads(pickle.dumps(m))
    log(p.state_dict(), repr(p), p.note, p[0].weight.requires_grad, type(p[0].weight).__name__)
    m(torch.ones(2, 2)).sum().backward()
    log(copy.deepcopy(m)[0].weight.grad, pickle.loads(pickle.dumps(m))[2][1].num_batches_tracked)
    tied = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    tied[1].weight = tied[0].weight
    t = copy.deepcopy(tied)
    log(t[0].weight is t[1].weight, len(list(t.parameters())))


def sequential(torch, log):
    nn = torch.nn
    s = nn.Sequential(OrderedDict([("a", nn.Linear(2, 2)), ("b", nn.ReLU())]))
    log(repr(s), s.a is s[0], s[-1] is s.b, len(s), [name for name in dir(s) if name in "ab"], repr(s[:1]), list(s[1:]._modules))
    s = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())
    s[1] = nn.ELU()
    log(repr(s.append(nn.Mish())), repr(s.insert(1, nn.GELU())), repr(s.extend([nn.SiLU()])), repr(s.pop(0)), repr(s.pop(-1)))
    del s[0]
    log(repr(s), list(s._modules))
    del s[0:2]
    log(repr(s), list(s._modules), repr(s + nn.Sequential(nn.ReLU())), repr(s * 2), repr(2 * s))
    s += nn.Sequential(nn.Tanh())
    s *= 2
    log(repr(s), len(s))
    for call in (
        lambda: s[9], lambda: s.pop(9), lambda: s.insert(9, nn.ReLU()), lambda: s["x"], lambda: s + [1], lambda: s * 1.5, lambda: s * 0,
        lambda: s.__iadd__([1]), lambda: s.append(3), lambda: s.insert(0, 3), lambda: nn.Sequential(3), lambda: nn.Sequential([nn.ReLU()]),
    ):  # fmt: skip
        log.error(call)


def module_list_and_dict(torch, log):
    nn = torch.nn
    m = nn.ModuleList([nn.Linear(2, 3), nn.Linear(2, 3), nn.ReLU()])
    log(repr(m), repr(nn.ModuleList()), len(m), repr(m[1:]), repr(m[-1]), m[0] in m)
    m.append(nn.Tanh()).extend([nn.ELU(), nn.ELU()])
    m.insert(0, nn.Identity())
    m += [nn.Mish()]
    log(repr(m), repr(m + [nn.ReLU()]), repr(m.pop(0)))
    del m[1]
    del m[2:]
    m[0] = nn.Tanh()
    log(repr(m), list(m._modules))
    for call in (lambda: m[9], lambda: m.extend(3), lambda: m.append(3), lambda: m(1), lambda: m["x"], lambda: m + 3):
        log.error(call)
    d = nn.ModuleDict({"b": nn.ReLU(), "a": nn.Tanh()})
    d["c"] = nn.ELU()
    d.update([("d", nn.Mish())])
    log(repr(d), list(d), list(d.keys()), len(d), "a" in d, repr(d.pop("a")), [key for key, _ in d.items()], repr(list(d.values())))
    del d["b"]
    for call in (
        lambda: d["zoo"], lambda: d.pop("zoo"), lambda: d.update(3), lambda: d.update([1]), lambda: d.update([(1, 2, 3)]),
        lambda: d.update([("keys", nn.ReLU())]), lambda: d.__setitem__("x", 3), lambda: d.__setitem__("a.b", nn.ReLU()), lambda: d(1),
    ):  # fmt: skip
        log.error(call)
    d.clear()
    log(repr(d))


def parameter_list_and_dict(torch, log):
    nn = torch.nn
    p = nn.ParameterList([torch.zeros(2), torch.ones(3, 3), 3, "a", nn.Parameter(torch.ones(2)), [1, 2]])
    log(repr(p), len(p), list(p._parameters), [type(value).__name__ for value in p], repr(p[1:3]), p[-1], repr(nn.ParameterList()))
    p.append(torch.ones(1)).extend([torch.ones(2)])
    p += [torch.ones(3)]
    p[0] = torch.ones(5)
    p[3] = torch.ones(1)
    log(repr(p), list(p.state_dict()), [name for name, _ in p.named_parameters()])
    for call in (lambda: p[99], lambda: p.extend(3), lambda: p(1), lambda: nn.ParameterList(3), lambda: p.append(torch.tensor([1]))):
        log.error(call)
    d = nn.ParameterDict({"b": torch.ones(2), "a": 3, "c": nn.Parameter(torch.ones(2, 2))})
    log(repr(d), list(d), len(d), "a" in d, d["a"], type(d["b"]).__name__, list(reversed(d)), repr(nn.ParameterDict()))
    d["z"] = torch.ones(1)
    d.update({"y": 1, "x": torch.ones(1)})
    log(repr(d), repr(d.copy()), repr(d.pop("a")), d.popitem()[0], d.get("zoo"), d.get("zoo", 3), d.setdefault("q", 7), d.setdefault("q"))
    log(repr(nn.ParameterDict({"a": 1}) | nn.ParameterDict({"b": 2})), repr(d.fromkeys(["k", "l"], torch.ones(1))), list(d.keys()))
    log([key for key, _ in d.items()], len(list(d.values())), list(d.state_dict()))
    del d["b"]
    for call in (
        lambda: d["zoo"], lambda: d[3], lambda: d.update(3), lambda: d.update([1]), lambda: d.update([(1, 2, 3)]), lambda: d(1),
        lambda: d.pop("zoo"), lambda: d.__delitem__("zoo"),
    ):  # fmt: skip
        log.error(call)
    d.clear()
    log(repr(d), len(d))


def lazy(torch, log):
    nn = torch.nn
    m = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d(), nn.LazyLinear(2, bias=False))
    log(repr(m), m[0].weight.__repr__(), m[0].has_uninitialized_params(), list(m.state_dict()), type(m[0].weight).__name__)
    log.error(lambda: m[0].weight.shape)
    log.error(lambda: m[0].weight.share_memory_())
    torch.manual_seed(2)
    x = torch.ones(4, 5)
    log(m(x).shape, repr(m), m[0].weight, type(m[0]).__name__, [name for name in vars(m[0]) if "hook" in name and "_hooks" not in name])
    n = nn.LazyLinear(3)
    n.load_state_dict(m[0].state_dict())
    log(repr(n), n.weight, type(n).__name__)
    log(repr(nn.LazyConv2d(3, 2)(torch.ones(1, 2, 4, 4)).shape), repr(nn.LazyConvTranspose1d(3, 2)(torch.ones(1, 2, 4)).shape))
    log.error(lambda: nn.LazyConv2d(3, 2)(torch.ones(4, 4)))
    log(repr(copy.deepcopy(nn.LazyLinear(2))), repr(nn.LazyLinear(2).to(torch.float64).weight.dtype))

    class Lazy(nn.modules.lazy.LazyModuleMixin, nn.Module):
        pass

    log.error(lambda: Lazy()(1))


def subclasses(torch, log):
    nn = torch.nn

    class Base:
        def __init__(self, *args, **kwargs):
            self.said = (args, kwargs)

    class Both(nn.Module, Base):
        call_super_init = True

    log(Both(1, a=2).said)

    class Shown(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.ReLU()

        def extra_repr(self):
            return "one\ntwo"

    log(repr(Shown()), repr(nn.Sequential(Shown())))

    class Version(nn.Linear):
        _version = 7

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *rest):
            self.seen = (prefix, local_metadata.get("version"), len(rest))
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest)

    m = nn.Sequential(Version(1, 1))
    m.load_state_dict(m.state_dict())
    log(m[0].seen)

    class OldBuffer(nn.Module):
        def register_buffer(self, name, tensor):
            super().register_buffer(name, tensor)

    o = OldBuffer()
    o.a = nn.Buffer(torch.ones(1))
    log(list(o._buffers))
    log.error(lambda: setattr(o, "b", nn.Buffer(torch.ones(1), persistent=False)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nn.Container(a=nn.ReLU())
    log([str(item.message) for item in caught])
