"""torch.fx: symbolic tracing, printed graphs and code, interpreters, rewriting, copies."""

import copy
import math
import operator


def traced(torch, log, label, function, **options):
    try:
        made = torch.fx.symbolic_trace(function, **options)
    except Exception as error:
        log(f"{label}: {type(error).__name__}: {error}")
        return None
    log(label, made.code)
    log(str(made.graph))
    return made


def model(torch):
    nn, F = torch.nn, torch.nn.functional

    class M(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(3, 4)
            self.layers = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
            self.w = nn.Parameter(torch.ones(4))
            self.register_buffer("buf", torch.zeros(4))

        def forward(self, x, y=None, *, scale: float = 2.0):
            z = self.lin(x).relu()
            z = self.layers(z) + self.w * scale
            z = torch.add(z, self.buf, alpha=2)
            a, b = torch.split(z, 2, dim=-1)
            return {"o": F.gelu(a), "l": [b[:, 0], b[..., None]], "t": (z.shape[0], z.size(-1))}

    torch.manual_seed(0)
    return M()


def a_module_as_graph_and_code(torch, log):
    made = traced(torch, log, "model", model(torch))
    log(str(made))
    for node in made.graph.nodes:
        log(node.op, node.name, str(node.args), str(node.kwargs), str(list(node.users)), str(node.all_input_nodes))
    log(made.print_readable(print_output=False).replace(" \n", "\n"))
    x = torch.ones(2, 3)
    log(made(x)["o"], made(x)["t"])
    again = copy.deepcopy(made)
    log(again.code == made.code, type(again).__name__, again.lin.weight is made.lin.weight, again(x)["o"])
    log(torch.fx.symbolic_trace(made).code == made.code)
    torch.fx.passes.shape_prop.ShapeProp(made).propagate(x)
    for node in made.graph.nodes:
        log(node.name, str(node.meta.get("tensor_meta")), node.meta["type"].__name__)


def operators_of_proxies(torch, log):
    def signs(x):
        x += 1
        return (x + 1, 1 - x, x @ x, -x, ~x, x**2, 2**x, x // 2, x % 2, x < 1, x >= 1, x == 2, x & 1, 1 | x, x ^ 1, x << 1, x >> 1,
                abs(x), x[0, 1:2, None, ..., ::2], x.T, x.a.b, x / 2, 1 / x)  # fmt: skip

    traced(torch, log, "signs", signs)
    traced(torch, log, "methods", lambda x: getattr(x, "foo").bar(3, k=4) + x.view(-1, x.size(1)))
    traced(torch, log, "constant", lambda x: math.sqrt(2) * x + torch.ones(3))
    traced(torch, log, "math", lambda x: x.sum() if False else torch.clamp(x, min=float("inf"), max=math.pi))
    traced(torch, log, "condition", lambda x: x if x > 0 else -x)
    traced(torch, log, "loop", lambda x: [entry for entry in x])
    traced(torch, log, "len", lambda x: len(x))
    traced(torch, log, "in", lambda x: 1 in x)
    traced(torch, log, "shapes", lambda x: (torch.Size([1, 2]), torch.float16, torch.device("cpu"), slice(1, x), None, {"k": [x, (x,)]}))


def functions_of_proxies(torch, log):
    F = torch.nn.functional
    for label, function in {
        "cat": lambda x, y: torch.cat([x, y], dim=1),
        "linear": lambda x, w, b: F.linear(x, w, b),
        "dropout": lambda x: F.dropout(x, 0.3),
        "layer_norm": lambda x: F.layer_norm(x, (3,)),
        "linalg": lambda x: torch.linalg.norm(x, dim=1),
        "fft": lambda x: torch.fft.fft(x),
        "special": lambda x: torch.special.expit(x),
        "einsum": lambda x: torch.einsum("ij->i", x),
        "attention": lambda q: F.scaled_dot_product_attention(q, q, q, is_causal=True),
        "conv2d": lambda x, w: F.conv2d(x, w, padding=1),
        "max_pool": lambda x: F.max_pool2d(x, 2),
        "interpolate": lambda x: F.interpolate(x, scale_factor=2),
        "softmax": lambda x: F.softmax(x, dim=1),
        "tensor first": lambda x: torch.ones(2) + x,
        "relu": lambda x: (torch.relu(x), F.relu(x), x.relu()),
    }.items():
        traced(torch, log, label, function)


def arguments(torch, log):
    def stars(*args, **kwargs):
        return args[0] + kwargs["a"]

    def flag(x, c):
        return x + 1 if c else x

    def containers(d):
        return d["a"] + d["b"][0]

    def annotated(x: torch.Tensor, y: int = 3) -> torch.Tensor:
        return x + y

    def reserved(input, lambda_=1):
        return input + lambda_

    traced(torch, log, "stars", stars)
    traced(torch, log, "flag", flag, concrete_args={"c": True})
    traced(torch, log, "annotated", annotated)
    traced(torch, log, "reserved", reserved)
    made = traced(torch, log, "containers", containers, concrete_args={"d": {"a": torch.fx.PH, "b": [torch.fx.PH]}})
    log(made({"a": 1, "b": [2]}))


def graphs_by_hand(torch, log):
    graph = torch.fx.Graph()
    x, y = graph.placeholder("x"), graph.placeholder("y", default_value=3)
    added = graph.call_function(torch.add, (x, y))
    relu = graph.call_method("relu", (added,))
    module = graph.call_module("sub.mod", (relu,))
    graph.output((added, [relu, {"a": module}], slice(None, x, 2)))
    log(str(graph), graph.python_code("self").src)
    graph.lint()
    for label, step in {
        "erase": lambda: graph.erase_node(added),
        "dead code": lambda: graph.eliminate_dead_code(),
        "missing": lambda: torch.fx.GraphModule(torch.nn.Module(), graph),
        "missing in dict": lambda: torch.fx.GraphModule({}, graph),
        "mutation": lambda: added.args[0].append if False else relu.kwargs.update(a=1),
        "target": lambda: graph.call_function("relu", (x,)),
        "op": lambda: graph.create_node("call", "relu", ()),
    }.items():
        try:
            log(label, str(step()))
        except Exception as error:
            log(f"{label}: {type(error).__name__}: {error}")
    with graph.inserting_before(relu):
        negated = graph.call_function(torch.neg, (added,))
    relu.replace_input_with(added, negated)
    log(str(added.replace_all_uses_with(x, delete_user_cb=lambda user: user.op != "output")))
    made = torch.fx.GraphModule({"sub.mod": torch.nn.ReLU()}, graph, "Named")
    log(str(made), type(made).__name__)
    log(graph.eliminate_dead_code(), len(graph.nodes), str(negated.next), str(negated.prev))
    log(made.add_submodule("a.b", torch.nn.Identity()), made.delete_submodule("a.c"), [name for name, _ in made.named_modules()])
    made.delete_all_unused_submodules()
    log([name for name, _ in made.named_modules()])
    other = torch.fx.Graph()
    a = other.placeholder("a")
    for target in (operator.getitem, getattr, math.floor, print, operator.iadd, torch.nn.functional.gelu, torch.Tensor.add):
        other.call_function(target, (a, "b"))
    other.output(a)
    log(other.python_code("self").src)


def interpreters_and_transformers(torch, log):
    seen = []

    class Watch(torch.fx.Interpreter):
        def run_node(self, n):
            found = super().run_node(n)
            seen.append(f"{n.name}: {type(found).__name__}")
            return found

    class Mul(torch.fx.Transformer):
        def call_function(self, target, args, kwargs):
            if target is torch.add:
                return torch.mul(*args)
            return super().call_function(target, args, kwargs)

    made = torch.fx.symbolic_trace(lambda x, y: torch.add(x, y).relu())
    log(Watch(made).run(torch.ones(2), torch.ones(2)), seen)
    log(Mul(made).transform().code)
    try:
        Watch(made).run(torch.ones(2), torch.ones(3))
    except RuntimeError as error:
        log(str(error))
    try:
        Watch(made).run(torch.ones(2))
    except RuntimeError as error:
        log(str(error))


def patterns(torch, log):
    def program(x, w):
        return torch.cat([torch.add(x, w).relu(), torch.add(w, x).relu(), torch.add(x, 1)])

    made = torch.fx.symbolic_trace(program)
    found = torch.fx.replace_pattern(made, lambda a, b: torch.add(a, b).relu(), lambda a, b: torch.mul(a, b))
    log(made.code, len(found), str(found[0].anchor), {str(key): str(value) for key, value in found[0].nodes_map.items()})
    made = torch.fx.symbolic_trace(lambda x: x.relu().relu().relu())
    torch.fx.replace_pattern(made, lambda x: x.relu(), lambda x: torch.sigmoid(x + 1))
    log(made.code)
    used = torch.fx.symbolic_trace(lambda x: (torch.neg(x).relu(), torch.neg(x)))
    log(len(torch.fx.replace_pattern(used, lambda x: torch.neg(x).relu(), lambda x: x)), used.code)


def other_tracers(torch, log):
    class Deep(torch.fx.Tracer):
        def is_leaf_module(self, m, qualified):
            return False

    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Dropout(0.5))
    log(str(Deep().trace(net)))
    made = torch.fx.GraphModule(net, torch.fx.Tracer().trace(net))
    log(str(made), {node.name: str(node.meta.get("nn_module_stack")) for node in made.graph.nodes if node.op == "call_module"})


def annotations_and_defaults(torch, log):
    import typing

    class Typed(torch.nn.Module):
        def forward(self, x: torch.Tensor, m: typing.Optional[torch.Tensor] = None, l: typing.List[int] = [1],  # noqa: B006, UP006, UP045
                    t: typing.Tuple[int, str] = (1, "a"), q: "int" = 3, z: int | None = None, ll: list[int] = None  # noqa: RUF013, UP006
                    ) -> typing.Tuple[torch.Tensor, int]:  # noqa: UP006
            return x, 1

    traced(torch, log, "typed", Typed())
    traced(torch, log, "specialized", lambda x, y=2: x + y, concrete_args={"y": 5})


def sizes_and_lists(torch, log):
    F = torch.nn.functional

    def unpacked(x):
        a, b = x.chunk(2)
        return a * b

    for label, function in {
        "zeros": lambda x: torch.zeros(x.size(0), 3), "ones": lambda x: torch.ones(x.shape[0]) + x, "full": lambda x: torch.full((x.size(0), 2), 1.0),
        "view": lambda x: x.view(x.shape[0], -1), "matmul": lambda x: torch.ones(2) @ x, "index": lambda x: torch.ones(2)[x], "unpacked": unpacked,
        "batch_norm": lambda x: F.batch_norm(x, None, None, training=True), "cross_entropy": lambda x, y: F.cross_entropy(x, y),
        "masked": lambda x: x.masked_fill(x > 0, 0).sum(dim=-1, keepdim=True).to(x.dtype), "float": lambda x: float(x), "int": lambda x: int(x),
        "text": lambda x: f"{x}", "range": lambda x: list(range(x)), "norm": lambda x: torch.norm(x, dim=1), "assert": lambda x: torch._assert(x.size(0) == 2, "m"),
        "setitem": lambda x: operator.setitem(x, 0, 1), "isinstance": lambda x: isinstance(x, torch.Tensor), "init": lambda x: torch.nn.init.ones_(x),
    }.items():  # fmt: skip
        traced(torch, log, label, function)


def modules_split_into_parts(torch, log):
    split = torch.fx.passes.split_module.split_module
    parts = {"halves": lambda n: n // 4, "one": lambda n: 0, "words": lambda n: "ab"[n > 4], "cycle": lambda n: n % 2}
    settings = [{}, {"keep_original_order": True}, {"keep_original_node_name": True}, {"keep_original_input_name": False},
                {"partition_affix": "p", "tuple_return": True}]  # fmt: skip
    whole = model(torch)
    for label, part in parts.items():
        for options in settings:
            made, names, count = torch.fx.symbolic_trace(whole), {}, iter(range(99))
            try:
                cut = split(made, whole, lambda node: part(next(count)), names, **options)
            except RuntimeError as error:
                log(f"{label}: {error}")
                continue
            log(label, str(cut.graph), names, sorted(cut.state_dict()), cut(torch.ones(2, 3))["o"])
            log([module.code for _, module in cut.named_children() if hasattr(module, "graph")])
    log(str(torch.fx.passes.split_module.Partition("x")))
