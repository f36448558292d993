"""torch.ops and torch.library: operators by name, and those that programs define."""

from typing import List, Optional, Tuple  # noqa: UP035


def attempt(log, label, step):
    try:
        log(label, step())
    except Exception as error:
        log(f"{label}: {type(error).__name__}: {str(error)[:300]}")


def operators_by_name(torch, log):
    aten = torch.ops.aten
    x = torch.tensor([1.0, 2.0])
    log(repr(aten.add.Tensor), str(aten.add), aten.add.overloads(), aten.add.Tensor.name(), aten.add.Tensor.__module__)
    schema = aten.add.Tensor._schema
    log(str(schema), [(entry.name, str(entry.type), entry.default_value, entry.kwarg_only) for entry in schema.arguments])
    log(schema.is_mutable, aten.add_.Tensor._schema.is_mutable, aten.add.Tensor.overloadpacket is aten.add)
    log(isinstance(aten.add.Tensor, torch._ops.OpOverload), isinstance(aten.add, torch._ops.OpOverloadPacket))
    for label, step in {
        "add": lambda: aten.add.Tensor(x, x, alpha=2), "packet": lambda: aten.add(x, 1), "sum": lambda: aten.sum.dim_IntList(x, [0]),
        "view": lambda: aten.view.default(x, [2, 1]), "slice": lambda: aten.slice.Tensor(x, 0, 1), "cat": lambda: aten.cat.default([x, x]),
        "_to_copy": lambda: aten._to_copy.default(x, dtype=torch.int64), "relu_": lambda: aten.relu_(x.clone()),
        "select": lambda: aten.select.int(x, 0, 1), "index": lambda: aten.index.Tensor(x, [torch.tensor([1, 0])]),
        "_softmax": lambda: aten._softmax.default(x, 0, False), "zeros": lambda: aten.zeros.default([2], dtype=torch.float64).tolist(),
        "clone": lambda: aten.clone(x), "mul": lambda: aten.mul.Scalar(x, 2), "pow": lambda: aten.pow.Tensor_Scalar(x, 2),
        "native_layer_norm": lambda: aten.native_layer_norm.default(x[None], [2], None, None, 1e-5)[0], "self": lambda: aten.neg.default(self=x),
        "out": lambda: aten.add.out(x, x, out=torch.empty(2)).tolist(), "full": lambda: aten.full.default([2], 3).tolist(),
        "convolution": lambda: aten.convolution.default(x.reshape(1, 1, 2), x.reshape(1, 1, 2), None, [1], [0], [1], False, [0], 1),
        "missing": lambda: aten.add.Tensor(x), "no operator": lambda: aten.nope, "no overload": lambda: aten.add.nope,
        "no namespace": lambda: torch.ops.nowhere.foo,
    }.items():  # fmt: skip
        attempt(log, label, step)


def custom_operators(torch, log):
    @torch.library.custom_op("peer_lib::scaled", mutates_args=())
    def scaled(x: torch.Tensor, k: float = 2.0) -> torch.Tensor:
        return torch.from_numpy(k * x.detach().numpy())

    x = torch.tensor([1.0, 2.0])
    y = x.clone().requires_grad_()
    log(scaled(x), torch.ops.peer_lib.scaled(x, k=3.0), repr(scaled), str(torch.ops.peer_lib.scaled.default._schema))
    log(type(scaled(y).grad_fn).__name__)
    attempt(log, "no backward", lambda: scaled(y).sum().backward())
    attempt(log, "no fake", lambda: scaled(torch.ones(2, device="meta")))
    scaled.register_fake(lambda x, k=2.0: torch.empty_like(x))
    log(scaled(torch.ones(2, device="meta")).shape)

    def setup(ctx, inputs, output):
        ctx.k = inputs[1]

    scaled.register_autograd(lambda ctx, grad: (grad * ctx.k, None), setup_context=setup)
    scaled(y, 5.0).sum().backward()
    log(y.grad)
    log(torch.library.opcheck(scaled, (x,)))

    @torch.library.custom_op("peer_lib::increment", mutates_args={"x"})
    def increment(x: torch.Tensor) -> None:
        x.data.add_(1)

    z = torch.zeros(2)
    version = z._version
    increment(z)
    log(z, z._version - version, str(torch.ops.peer_lib.increment.default._schema))
    same = torch.library.custom_op("peer_lib::same", lambda x: x, mutates_args=(), schema="(Tensor x) -> Tensor")
    try:
        same(x)
    except RuntimeError as error:
        log(str(error).partition("): ")[2])


def schemas_from_annotations(torch, log):
    Tensor = torch.Tensor

    def many(a: Tensor, b: Optional[Tensor], c: List[Tensor], d: int, f: str = "q", *, h: bool = True, i: Optional[float] = None,  # noqa: UP006, UP045
             j: torch.dtype = torch.float32) -> Tuple[Tensor, Tensor]:  # noqa: UP006
        return a, a

    def none(a):
        return a

    def no_return(a: Tensor):
        return a

    for function, options in ((many, ()), (many, {"a"}), (many, "unknown"), (none, ()), (no_return, ()), (many, {"q"}), (many, {"d"})):
        attempt(log, function.__name__, lambda function=function, options=options: torch.library.infer_schema(function, mutates_args=options))


def libraries(torch, log):
    x = torch.tensor([1.0, 2.0])
    y = x.clone().requires_grad_()
    library = torch.library.Library("peer_lib2", "DEF")
    log(library.define("foo(Tensor x, int n=2) -> Tensor"), repr(library))
    library.impl("foo", lambda x, n=2: x * n, "CPU")
    foo = torch.ops.peer_lib2.foo
    log(foo(x), foo.default(x, 3), foo.overloads())
    for label, step in {
        "missing": lambda: foo(), "type": lambda: foo("a"), "again": lambda: torch.library.Library("peer_lib2", "DEF"),
        "kind": lambda: torch.library.Library("peer_lib2", "X"),
    }.items():  # fmt: skip
        attempt(log, label, step)
    torch.library.define("peer_lib2::bar", "(Tensor x) -> Tensor")
    torch.library.impl("peer_lib2::bar", "CompositeImplicitAutograd", lambda x: x * 3)
    log(type(torch.ops.peer_lib2.bar(y).grad_fn).__name__)
    torch.library.register_fake("peer_lib2::foo", lambda x, n=2: torch.empty_like(x))
    log(foo(torch.ones(2, device="meta")).shape)
    library._destroy()


def operators_in_graphs(torch, log):
    made = torch.fx.symbolic_trace(lambda x: torch.ops.aten.add.Tensor(torch.ops.aten.relu(x), 1))
    log(made.code, str(made.graph), made(torch.tensor([-1.0, 1.0])))
