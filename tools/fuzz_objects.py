"""Statements about files and copies of tensors, options of printing, indexing by mixtures, functions of the user's own that are put together at
random, writes under no_grad between hooks, and calls with arguments that do not fit; see fuzz_table.py for the fields."""

# Files, pickles and copies of several tensors that share memory or a graph.
FILES = """
{new} = kept({x}.detach())
{new} = kept({x})
{new} = kept({leaf})
{new}, t_other = kept([{x}.detach(), {y}.detach()]); t_other.add_(1)
{new}, t_other = kept([{x}.detach(), {x}.detach().view(-1)]); t_other.add_(1)
{new}, t_other = kept(({w}.detach()[..., :1], {w}.detach())); t_other.mul_(2)
{new} = kept({"a": {x}.detach(), "b": [1, "two", None, {y}.detach()]})["b"][3]
{new} = kept({x}.detach().t())
{new} = kept({x}.detach().expand({expand}))
{new} = kept({x}.detach().to(torch.{dtype}))
{new} = kept(torch.nn.Parameter({f}.detach()))
{new} = kept({x}.detach(), weights_only={flag})
{new} = kept({x}.conj())
{new} = torch.load(io.BytesIO(b"nothing"))
seen.append(kept({x}.shape)); seen.append(kept({x}.dtype)); seen.append(kept({"n": 3, "s": {x}.size()}))
seen.append(kept(torch.nn.Linear(2, 1).state_dict()))
seen.append(repr(kept(torch.nn.Linear(2, 1), weights_only=False)))
seen.append(kept(torch.nn.Linear(2, 1)))
seen.append(kept({x}.untyped_storage()).nbytes())
{new} = pickle.loads(pickle.dumps({x}.detach(), protocol={protocol}))
{new} = pickle.loads(pickle.dumps({x}))
{new} = pickle.loads(pickle.dumps(torch.nn.Parameter({f}.detach())))
seen.append(pickle.loads(pickle.dumps([{x}.dtype, {x}.shape, torch.device("cpu"), torch.strided, torch.contiguous_format])))
{new} = pickle.loads(pickle.dumps(net))[0].weight
{new} = copy.deepcopy({x})
{new} = copy.deepcopy({leaf})
{new} = copy.copy({x}); {new}.detach().add_(1)
{new}, t_other = copy.deepcopy([{leaf}, {leaf}]); seen.append({new} is t_other)
{new}, t_other = copy.deepcopy(({x}.detach(), {x}.detach()[..., :1])); t_other.add_(1)
{new} = copy.deepcopy({leaf}).grad
{new} = copy.deepcopy(net)[0].weight
{leaf}.note = "here"; {new} = copy.deepcopy({leaf}); seen.append(getattr({new}, "note", None))
{leaf}.note = [1]; {new} = pickle.loads(pickle.dumps({leaf})); seen.append(getattr({new}, "note", None))
{leaf}.register_hook(lambda g: g * 2); {new} = copy.deepcopy({leaf}); {new}.sum().backward()
{leaf}.grad = torch.ones_like({leaf}); {new} = kept({leaf}); seen.append({new}.grad is None)
{new} = torch.from_numpy({x}.detach().numpy()); {new}.add_(1)
{new} = torch.tensor({x}.detach().numpy())
{new} = torch.as_tensor({x}.detach().numpy()[..., ::-1].copy())
{new} = torch.from_numpy({x}.detach().numpy()[..., ::-1] if {x}.numel() else {x}.detach().numpy())
{new} = torch.from_dlpack({x}.detach()); {new}.mul_(2)
{new} = torch.frombuffer(bytearray(8), dtype=torch.{dtype})
{new} = torch.tensor({x}.tolist(), dtype=torch.{dtype})
{new} = torch.asarray({x}, copy={flag}); {new}.detach().add_(1)
{new} = {x}.detach().numpy().T; {new} = torch.from_numpy({new})
seen.append([{x}.numel() and {x}.detach().numpy().strides, str({x}.detach().numpy().dtype)])
{f}.sum().backward(retain_graph=True)
"""

PRINTING = """
torch.set_printoptions({options}); seen.append(repr({x}))
torch.set_printoptions({options}); seen.append(repr({x} * {scale}))
torch.set_printoptions({options}); seen.append(repr({f} / {scale}))
torch.set_printoptions({options}); seen.append(str({x}.to(torch.{dtype})))
torch.set_printoptions({options}, {options})
torch.set_printoptions({options}); seen.append(repr(torch.linspace(-1, 1, {long}).reshape({long_shape})))
torch.set_printoptions({options}); seen.append(repr(torch.arange({long}).to(torch.{dtype})))
torch.set_printoptions(profile="{profile}"); seen.append(repr({x} / 3 if not {x}.dtype == torch.bool else {x}))
torch.set_printoptions(profile="default")
seen.append(repr({x})); seen.append(str({x}))
seen.append(f"{{x}} {{x}!r}")
seen.append("{}".format({x}))
seen.append("{:.2f}".format({x}.sum()))
seen.append(f"{{f}.sum():.3e}")
seen.append("%s" % {x})
seen.append("%.2f" % {f}.sum())
seen.append(repr(({x}, [{y}], {"k": {x}})))
seen.append(repr(torch.cat([{f}.flatten().float(), torch.tensor([{special}])])))
seen.append(repr(torch.tensor([{special}, {special}])))
seen.append(repr(torch.tensor([{special}, {special}, {special}], dtype=torch.float64)))
seen.append(repr(torch.tensor([complex({special}, {special}), 1 + 2j])))
seen.append(repr(torch.nn.Parameter({f}.detach())))
seen.append(repr({x}.to_sparse().to_dense()) if False else repr({x}.to("meta")))
seen.append(repr(torch.zeros({draw_size}, dtype=torch.{dtype})))
seen.append(repr(torch.empty(0, {count}, dtype=torch.{dtype})))
seen.append(repr({x}.max({dim}))); seen.append(repr({x}.sort({dim}))); seen.append(repr({x}.size()))
seen.append(repr(torch.finfo({f}.real.dtype))); seen.append(repr(torch.iinfo(torch.int16)))
seen.append(repr({f}.grad_fn)); seen.append(repr({x}.grad)); seen.append(str({x}.dtype))
seen.append(repr({f}.detach().requires_grad_() * 1000)); seen.append(repr({x}.unsqueeze(0).expand(3, *{x}.shape)))
seen.append(torch.is_tensor({x})); seen.append(repr({x}.item()) if {x}.numel() == 1 else len(repr({x})))
{new} = {x} * {scale}
{new} = {x}.to(torch.{dtype})
"""

MASKS = """
{new} = {x}[{key}]
{new} = {x}[{key}, {key}]
{new} = {x}[{key}, {key}, {key}]
{new} = {x}[[{key}, {key}]]
{new} = {x}[({key},)]
{w}[{key}] = {number}
{w}[{key}, {key}] = {y}
{w}[{key}, {key}] = {number}
{w}[{key}] += {number}
{w}[{key}, {key}] *= 2
{w}[{key}] = {w}[{key}]
{w}[{key}, {key}] = {f}.sum()
{w}[{x} > {number}] = {scalar}
{w}[{w} > {number}] = {w}[{w} > {number}] * 2
{w}[{w}.isnan()] = 0
{new} = {x}[{x} > {number}]
{new} = {x}[{x}.bool()]
{new} = {x}[{x}.long() * 0]
{new} = {x}[..., {key}, {key}]
{new} = {x}[None, {key}, ..., {key}]
{new} = {x}[({x} > 0).nonzero(as_tuple=True)]
{new} = {x}[torch.where({x} > 0)]
{new} = {x}[{x}.argmax({dim})] if {x}.dim() and {x}.shape[0] else {x}
{new} = {x}[np.array([0, -1])]
{new} = {x}[np.array([True] * {x}.shape[0])]
{new} = {x}[np.int64(0)]
{new} = {x}[range(2)]
{new} = {x}[slice(None, torch.tensor(1))]
{new} = {x}[torch.tensor(0):torch.tensor(2)]
{new} = {x}.index_put(({key_tensor}, {key_tensor}), torch.tensor(2.0, dtype={x}.dtype), accumulate={flag})
{w}.index_put_(({key_tensor},), {w}[0].detach() * 2, accumulate={flag})
{new} = torch.masked_select({x}, {key_mask})
{new} = {x}.masked_fill({key_mask}, {number})
{w}.masked_fill_({key_mask}, {scalar})
{new} = {x}.masked_scatter({key_mask}, {x}.flatten())
{new} = torch.where({key_mask}, {x}, {scalar})
{new} = torch.take_along_dim({x}, {key_tensor}, {dim})
{new} = {x}.index_select({dim}, {key_tensor})
{new} = {x}.index_fill({dim}, {key_tensor}, {number})
{new} = {x}.gather({dim}, {key_tensor})
{new} = {x}.take({key_tensor})
{new} = {x}.put({key_tensor}, torch.ones_like({x}.flatten()[:2]), accumulate={flag})
del {x}[0]
seen.append(1 in {x})
seen.append([list(part.shape) for part in {x}])
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

# Functions of the user's own whose parts are drawn: class M(Function) is defined anew by each of the first statements.
FUNCTIONAL = """
M = made(lambda ctx, x: {forward}, lambda ctx, g: {backward})
M = made(lambda ctx, x: {forward}, lambda ctx, g: {backward}); {new} = M.apply({f})
M = made(lambda ctx, x: {forward}, lambda ctx, g: {backward}); {new} = M.apply({f} * 1)
M = made(lambda ctx, x: ({forward}, {forward}), lambda ctx, g, h: {backward} + h.sum()); {new}, t_other = M.apply({f})
M = made(lambda ctx, x: ({forward}, {forward}), lambda ctx, g, h: seen.append([g is None, h is None]) or {backward}); {new} = M.apply({f})[{int}]
M = made(lambda ctx, x, y: {forward} + y, lambda ctx, g: ({backward}, g)); {new} = M.apply({f}, {y})
M = made(lambda ctx, x, y: {forward}, lambda ctx, g: ({backward}, None)); {new} = M.apply({f}, {number})
M = made(lambda ctx, x, y: {forward}, lambda ctx, g: {backward}); {new} = M.apply({f}, {y})
{new} = M.apply({f})
{new} = M.apply({x})
{new} = M.apply({w}); {new}.add_(1)
{new} = M.apply({f}.view(-1))
{new} = M.apply(M.apply({f}))
with torch.no_grad(): {new} = M.apply({f})
with torch.inference_mode(): {new} = M.apply({f})
{new} = torch.func.grad(lambda x: M.apply(x).sum())({f})
{new} = torch.func.vmap(M.apply)({f})
{new} = torch.autograd.grad(M.apply({f}).sum(), {leaf}, create_graph=True, allow_unused=True)[0]
{new} = M.apply({f}); {f}.detach().add_(1); {new}.sum().backward()
{new} = M.apply({f}); seen.append([{new}.grad_fn is None, type({new}.grad_fn).__name__, {new}._version, {new}._is_view()])
{new} = M.apply({f}); seen.append([type(n).__name__ for n, _ in {new}.grad_fn.next_functions])
{new} = M.apply({f}); {new}.grad_fn.register_hook(lambda i, o: seen.append([None if g is None else g.tolist() for g in i]))
{new} = M.apply({f}); {new}.sum().backward(); {new}.sum().backward()
{new} = M.apply({f}, {f}, 3)
{new} = M.apply()
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
seen.append(grads({f}.sum(), [{leaf}, {f}]))
seen.append(second({f} ** 2, {leaf}))
"""

# Writes into views of parameters and activations under no_grad, between hooks and passes.
GUARDED = """
with torch.no_grad(): {w}.{writing}
with torch.no_grad(): {w}.{part}.{writing}
with torch.no_grad(): {w}.{part}.{part}.{writing}; {w}.{writing}
with torch.no_grad(): {new} = {w}.{part}; {new}.{writing}
with torch.no_grad(): {new} = {w}.{part}; {w}.{writing}; {new}.{writing}
with torch.no_grad(): {leaf}.{part}.{writing}; {leaf}.grad = None
with torch.no_grad(): {leaf}.data.{part}.{writing}
with torch.no_grad(): {leaf}.copy_({leaf} * 0.5)
with torch.no_grad(): {w}.{part}.{writing}; seen.append([{w}._version, {w}.requires_grad, {w}.is_leaf])
{w}.{part}.{writing}
{new} = {f}.{part}; {new}.{writing}
{new} = {f} * 1; {new}.{part}.{writing}
{new} = ({f} * 1).{part}; {new}.{writing}; {new}.{part}.{writing}
{w}.detach().{part}.{writing}
{new} = {f}.{part}
{new} = {f}.detach().{part}; {new}.{writing}
{new} = {f}.exp().clamp(max=9); {new}.{part}.{writing}
{new} = {f}.sigmoid(); {new}.{writing}; {new}.sum().backward(retain_graph=True)
{f}.grad_fn; {f}.register_hook(lambda g: {hook})
{leaf}.register_hook(lambda g: {hook})
{leaf}.register_post_accumulate_grad_hook(lambda p: p.grad.{part}.{writing})
{f}.grad_fn.register_hook(lambda i, o: seen.append([None if g is None else g.tolist() for g in i + o]))
{f}.grad_fn; {f}.retain_grad()
{new} = {f} * 1; {new}.retain_grad(); {new}.{part}.{writing}; {new}.sum().backward(retain_graph=True)
handle = {leaf}.register_hook(lambda g: {hook}); {leaf}.sum().backward(); handle.remove()
seen.append([{x}._version, {x}._is_view(), {x}.is_leaf, {x}.output_nr, {x}.requires_grad])
seen.append([None if {leaf}.grad is None else {leaf}.grad._is_view(), {leaf}._version])
seen.append(type({f}.grad_fn).__name__)
{f}.sum().backward(retain_graph=True)
{f}.sum().backward()
({f} * {f}).sum().backward(retain_graph=True)
"""

# Calls with arguments that do not fit.
FAULTS = """
{new} = torch.{called}({x})
{new} = torch.{called}({x}, {odd})
{new} = torch.{called}({x}, {odd}, {odd})
{new} = torch.{called}({odd})
{new} = torch.{called}({x}, {y})
{new} = torch.{called}({x}, {dim})
{new} = torch.{called}({x}, dim={odd})
{new} = torch.{called}({x}, unknown={odd})
{new} = torch.{called}({x}, out={odd})
{new} = torch.{called}(input={x}, other={odd})
{new} = {x}.{called}()
{new} = {x}.{called}({odd})
{new} = {x}.{called}({odd}, {odd})
{new} = {x}.{called}({y}, {odd})
{new} = {x}.{called}(dim={odd}, keepdim={odd})
{new} = {x}.{called_}({odd})
{new} = {x}.{called_}({odd}, {odd})
{new} = torch.nn.functional.{called_nn}({x}, {odd})
{new} = torch.nn.functional.{called_nn}({x}, {x}, {odd})
{new} = torch.{made_by}({odd})
{new} = torch.{made_by}({odd}, {odd})
{new} = torch.{made_by}({odd}, dtype={odd})
{new} = torch.tensor({odd}, dtype={odd})
{new} = {x} {infix} {odd}
{new} = {odd} {infix} {x}
{x} {infix}= {odd}
{x}[{odd}] = {odd}
{new} = {x}[{odd}]
{x}.{attribute} = {odd}
{new} = {x}.{attribute}
{x}.backward({odd})
{f}.sum().backward(retain_graph={odd})
{new} = torch.autograd.grad({f}.sum(), {odd})
{new} = torch.autograd.grad({odd}, {leaf})
"""

CHOICES = {
    "protocol": ["0", "1", "2", "4", "5"],
    "options": [
        "precision=2", "precision=0", "precision=8", "threshold=3", "threshold=0", "edgeitems=1", "edgeitems=2", "linewidth=30", "linewidth=120", "sci_mode=True",
        "sci_mode=False", "sci_mode=None", "profile='short'", "profile='full'", "threshold=5, edgeitems=2", "precision=3, linewidth=50", "unknown=1", "linewidth=10",
    ],
    "profile": ["default", "short", "full"],
    "scale": ["1000", "1e5", "1e-3", "1e9", "0.1", "123.456", "3", "7", "1e-9"],
    "long": ["12", "24", "120", "1200"],
    "long_shape": ["-1", "(2, -1)", "(3, 2, -1)", "(-1, 1)", "(2, 2, 3, -1)", "(1, -1)"],
    "special": ["float('nan')", "float('inf')", "-float('inf')", "1e20", "1e-20", "0.0", "-0.0", "1.0", "123456.0", "0.1", "1e8", "3.0"],
    "key": [
        "0", "-1", "1", ":", "1:", "::2", ":1", "None", "...", "True", "False", "[0, 1]", "[0]", "[-1, 0]", "[]", "torch.tensor(0)", "torch.tensor([0, 1])", "torch.tensor([[0, 1], [1, 0]])",
        "torch.tensor([True, False])", "torch.tensor([True, False, True])", "torch.tensor([[True, False], [True, True]])", "[True, False]", "torch.tensor(True)", "5", "-2:",
        "torch.tensor([], dtype=torch.int64)", "torch.tensor([0, 1], dtype=torch.uint8)", "torch.tensor([1], dtype=torch.int32)", "torch.tensor([0.0])", "'a'", "np.array([1, 0])", "1.0", "::-1",
    ],
    "key_tensor": ["torch.tensor([0, 1])", "torch.tensor([0, -1])", "torch.tensor([0])", "torch.tensor(0)", "torch.tensor([[0, 1]])", "torch.tensor([True, False])", "torch.tensor([9])"],
    "key_mask": ["{x} > 0", "{x} == {x}", "torch.tensor(True)", "torch.tensor([True])", "torch.tensor([True, False])", "{x} < {number}", "{x}.isnan()", "{x}.bool()"],
    "forward": [
        "x * 2", "x.clone()", "x", "x.view(-1)", "x.exp().clamp(max=9)", "x.sum()", "x.detach()", "x[0]", "x.new_ones(2)", "save(ctx, x) * 3", "x.t()", "ctx.mark_dirty(x) or x.mul_(2)",
        "save(ctx, x * 2)", "ctx.mark_non_differentiable(t := x * 2) or t", "ctx.set_materialize_grads(False) or x + 1", "x.mul_(2)", "None", "'text'", "x.long()", "x.double()", "(x * 2).requires_grad_()",
        "torch.zeros_like(x)", "seen.append([torch.is_grad_enabled(), x.requires_grad, ctx.needs_input_grad]) or x * 1", "keep(ctx, x) * 2", "1 / 0",
    ],
    "backward": [
        "g * 2", "g", "None", "g.sum()", "g.view(-1)", "g * ctx.saved_tensors[0]", "seen.append([len(ctx.saved_tensors), torch.is_grad_enabled()]) or g * 2", "g.expand_as(g)", "g.double()",
        "g.mul_(2)", "g.detach()", "(g, None)", "()", "torch.ones(7)", "'text'", "g.t()", "g * ctx.kept", "1 / 0", "torch.zeros(2)", "g + ctx.needs_input_grad[0]", "g[0]", "g.cfloat()",
    ],
    "writing": ["mul_(2)", "add_(1)", "zero_()", "fill_({number})", "sub_(0.5)", "neg_()", "clamp_(-1, 1)", "copy_(torch.ones(()))", "div_(2)", "relu_()", "tanh_()", "square_()", "addcmul_(torch.ones(()), torch.ones(()))"],
    "part": ["view(-1)", "t()", "select({int}, 0)", "narrow(0, 0, 1)", "unsqueeze(0)", "squeeze()", "detach()", "view_as({f})", "diagonal()", "expand_as({f})", "T", "data", "unbind()[0]", "split(1)[0]", "mT", "flatten()", "chunk(2)[0]"],
    "hook": ["g * 2", "None", "seen.append(g.tolist())", "g.mul_(2)", "g.clone()", "g.detach().{part}.{writing} and None", "seen.append([g.requires_grad, g.is_leaf])", "g.sum()", "g.view(-1)", "g + 1", "torch.zeros_like(g)", "'text'"],
    "odd": [
        "None", "'a'", "1.5", "True", "-1", "0", "7", "[]", "[1]", "[0, 1]", "(0, 0)", "torch.ones(7)", "torch.ones(2, 3)", "torch.tensor([1, 2])", "torch.float32", "int", "1j", "{y}", "{x}", "[{x}, {y}]", "object()",
        "[1.5]", "['a']", "10 ** 30", "float('nan')", "slice(0, 1)", "torch.tensor(1)", "torch.ones(2, dtype=torch.bool)", "{}", "lambda: 0", "np.float32(2)", "np.ones(2)", "torch.device('cpu')", "-5", "[[1, 2], [3]]",
    ],
    "called": [
        "sum", "mean", "add", "mul", "cat", "stack", "reshape", "transpose", "permute", "squeeze", "unsqueeze", "max", "min", "argmax", "sort", "topk", "cumsum", "softmax", "matmul", "mm", "bmm", "where", "clamp",
        "gather", "scatter", "index_select", "masked_fill", "split", "chunk", "flip", "roll", "norm", "std", "var", "median", "prod", "any", "all", "eq", "pow", "div", "sub", "expand", "repeat", "view", "narrow", "select",
        "unfold", "diagonal", "tril", "flatten", "unflatten", "movedim", "repeat_interleave", "tile", "kthvalue", "logsumexp", "dot", "mv", "outer", "einsum", "tensordot", "atan2", "lerp", "addmm", "addcmul", "fmod",
        "remainder", "maximum", "bitwise_and", "logical_or", "isclose", "allclose", "equal", "nonzero", "unique", "bincount", "histc", "searchsorted", "bucketize", "cross", "renorm", "take", "cdist", "kron", "diff",
        "quantile", "cummax", "trapezoid", "swapaxes", "hsplit", "vstack", "broadcast_to", "rot90", "as_strided", "count_nonzero", "nan_to_num", "round", "clone", "exp", "abs", "sigmoid", "logit", "polygamma", "t",
        "type", "to", "item", "tolist", "numpy", "backward", "detach", "requires_grad_", "new_zeros", "new_tensor", "size", "stride", "register_hook", "fill_diagonal_", "is_floating_point", "element_size", "numel",
    ],
    "called_": ["add_", "mul_", "copy_", "fill_", "zero_", "clamp_", "index_fill_", "scatter_", "masked_fill_", "transpose_", "resize_", "normal_", "uniform_", "random_", "pow_", "squeeze_", "t_", "lerp_", "addcmul_", "index_add_", "set_", "bernoulli_"],
    "called_nn": ["relu", "linear", "softmax", "dropout", "mse_loss", "cross_entropy", "conv2d", "conv1d", "max_pool2d", "layer_norm", "embedding", "pad", "interpolate", "gelu", "nll_loss", "one_hot", "normalize", "batch_norm", "elu", "glu"],
    "made_by": ["zeros", "ones", "rand", "randn", "full", "arange", "eye", "linspace", "randint", "randperm", "tensor", "as_tensor", "zeros_like", "from_numpy", "logspace", "full_like", "randn_like", "complex", "asarray", "Generator", "Size", "device"],
    "infix": ["+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>", "==", "<", ">=", "!="],
    "attribute": ["grad", "data", "requires_grad", "shape", "T", "mT", "H", "real", "imag", "is_leaf", "grad_fn", "dtype", "names", "retains_grad", "itemsize", "nbytes", "ndim", "device", "foo", "layout", "_version", "output_nr", "_base", "volatile"],
}  # fmt: skip

PRELUDE = """
import io, numpy as np
def kept(value, **options):
    memory = io.BytesIO()
    torch.save(value, memory)
    memory.seek(0)
    return torch.load(memory, **options)
def save(ctx, x):
    ctx.save_for_backward(x)
    return x
def keep(ctx, x):
    ctx.kept = x
    return x
def made(forward, backward):
    return type("M", (torch.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})
M = made(lambda ctx, x: x * 2, lambda ctx, g: g * 2)
"""
