"""Statements about functions of functions, random draws, products named by strings and results written to where `out` says; see
fuzz_table.py for the fields."""

# torch.func and its transforms within each other.
TRANSFORMS = """
{new} = torch.func.grad({scalar_function})({f})
{new} = torch.func.grad({scalar_function})({x})
{new} = torch.func.grad({map})({f})
{new} = torch.func.vmap({map})({f})
{new} = torch.func.vmap({map}, in_dims={dim}, out_dims={int})({f})
{new} = torch.func.vmap({map}, in_dims={dim}, chunk_size=1)({f})
{new} = torch.func.vmap({scalar_function})({f})
{new} = torch.func.vmap(torch.func.vmap({map}))({f})
{new} = torch.func.vmap(torch.func.grad({scalar_function}))({f})
{new} = torch.func.grad(lambda x: torch.func.vmap({map})(x).sum())({f})
{new} = torch.func.grad(torch.func.grad({scalar_function}))({f}.sum())
{new} = torch.func.vmap({pair})({f}, {y})
{new} = torch.func.vmap({pair}, in_dims=(0, None))({f}, {y})
{new} = torch.func.vmap({pair}, in_dims=({dim}, {dim2}))({f}, {f})
{new} = torch.func.vmap(torch.func.vmap({pair}, in_dims=(None, 0)), in_dims=(0, None))({f}, {f})
{new}, t_other = torch.func.grad(lambda x, y: ({pair})(x, y).sum(), argnums=(0, 1))({f}, {y})
{new}, t_value = torch.func.grad_and_value({scalar_function})({f})
{new} = torch.func.jvp({map}, ({f},), (torch.ones_like({f}),))[1]
{new} = torch.func.jvp({map}, ({f},), ({y},))[1]
{new} = torch.func.jvp(lambda x: torch.func.jvp({map}, (x,), (torch.ones_like(x),))[1], ({f},), (torch.ones_like({f}),))[1]
{new} = torch.func.jvp(torch.func.grad({scalar_function}), ({f},), (torch.ones_like({f}),))[1]
{new} = torch.func.vmap(lambda x: torch.func.jvp({map}, (x,), (torch.ones_like(x),))[1])({f})
t_value, pull = torch.func.vjp({map}, {f}); {new} = pull(torch.ones_like(t_value))[0]
t_value, pull = torch.func.vjp({map}, {f}); {new} = torch.func.vmap(pull)(torch.stack([t_value, t_value * 2]))[0]
{new} = torch.func.jacrev({map})({f})
{new} = torch.func.jacfwd({map})({f})
{new} = torch.func.jacrev({map}, chunk_size=1)({f})
{new} = torch.func.hessian({scalar_function})({f})
{new} = torch.func.jacrev({pair}, argnums=1)({f}, {f})
{new} = torch.func.jacfwd(torch.func.jacrev({scalar_function}))({f})
{new} = torch.autograd.functional.jacobian({map}, {f})
{new} = torch.autograd.functional.jacobian({map}, {f}, create_graph=True)
{new} = torch.autograd.functional.hessian({scalar_function}, {f})
{new} = torch.autograd.functional.vjp({map}, {f}, torch.ones_like({f}))[1]
{new} = torch.autograd.functional.jvp({map}, {f}, torch.ones_like({f}))[1]
{new} = torch.autograd.functional.hvp({scalar_function}, {f}, torch.ones_like({f}))[1]
{new} = torch.autograd.functional.vhp({scalar_function}, {f}, {y})[1]
with torch.autograd.forward_ad.dual_level(): {new} = torch.autograd.forward_ad.unpack_dual(({map})(torch.autograd.forward_ad.make_dual({f}, torch.ones_like({f})))).tangent.clone()
{new} = torch.func.functional_call(torch.nn.Linear(3, 2), {"weight": torch.ones(2, 3), "bias": torch.zeros(2)}, (torch.ones(3),))
seen.append(torch.func.grad(lambda d: ({scalar_function})(d["a"]) + d["b"].sum())({"a": {f}, "b": {y}}))
seen.append(torch.func.vmap(lambda d: {"out": ({map})(d["a"])})({"a": {f}}))
seen.append(torch.func.vmap(lambda x: (x, x.sum(), {number}))({f}))
seen.append(torch.func.vmap(lambda x: x.item())({f}))
seen.append(torch.func.vmap(lambda x: x if x.sum() > 0 else -x)({f}))
{new} = torch.func.vmap(lambda x: torch.randn(2) + x, randomness="{randomness}")({f})
{new} = torch.func.grad({scalar_function})({leaf}); {new}.sum().backward()
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

# Random numbers from the default generator and from others, interleaved.
DRAWS = """
torch.manual_seed({seed})
gen.manual_seed({seed})
gen = torch.Generator().manual_seed({seed})
state = [torch.get_rng_state()]
torch.set_rng_state(state[0])
state = [gen.get_state()]; gen.set_state(state[0])
seen.append([torch.initial_seed(), gen.initial_seed()])
seen.append(torch.random.get_rng_state()[:8].tolist())
{new} = torch.rand({draw_size}{from_gen})
{new} = torch.randn({draw_size}{from_gen})
{new} = torch.rand({draw_size}, dtype=torch.{dtype}{from_gen})
{new} = torch.randn({draw_size}, dtype=torch.{dtype}{from_gen})
{new} = torch.randint({number}, 9, {draw_size}{from_gen})
{new} = torch.randint(5, {draw_size}, dtype=torch.{dtype}{from_gen})
{new} = torch.randperm({count}{from_gen})
{new} = torch.randperm({count}, dtype=torch.{dtype}{from_gen})
{new} = torch.bernoulli({f}.detach().abs().clamp(max=1){from_gen})
{new} = torch.bernoulli({x}{from_gen})
{new} = torch.multinomial({f}.detach().abs(), 2, replacement={flag}{from_gen})
{new} = torch.multinomial(torch.tensor([0.1, 0.0, 3.0, 2.0]), {count}, replacement={flag}{from_gen})
{new} = torch.normal({f}.detach(), 0.5{from_gen})
{new} = torch.normal(0.0, {f}.detach().abs(){from_gen})
{new} = torch.normal({f}.detach(), {y}.abs(){from_gen})
{new} = torch.normal(1.0, 2.0, {draw_size}{from_gen})
{new} = torch.poisson({f}.detach().abs(){from_gen})
{new} = torch.binomial(torch.full((3,), 5.0), torch.tensor([0.1, 0.5, 0.9]){from_gen})
{new} = torch.rand_like({f})
{new} = torch.randn_like({x})
{new} = torch.randn_like({f}, dtype=torch.float64)
{new} = torch.randint_like({x}, 5)
{new} = torch.randint_like({x}, -2, 5)
{w}.detach().uniform_(-1, {number}{from_gen})
{w}.detach().normal_({number}, 2{from_gen})
{w}.detach().exponential_(0.5{from_gen})
{w}.detach().random_({from_gen_alone})
{w}.detach().random_(2, 9{from_gen})
{w}.detach().bernoulli_(0.3{from_gen})
{w}.detach().geometric_(0.3{from_gen})
{w}.detach().cauchy_({number}, 1{from_gen})
{w}.detach().log_normal_(0, 0.5{from_gen})
{w}.uniform_(-1, 1)
{w}.normal_()
{w}.bernoulli_(0.5)
{new} = torch.nn.functional.dropout({f}, {chance})
{new} = torch.nn.functional.dropout({f}, {chance}); {new}.sum().backward(retain_graph=True)
{new} = torch.nn.functional.alpha_dropout({f}, {chance})
{new} = torch.nn.functional.feature_dropout({f}, {chance}) if hasattr(torch.nn.functional, "feature_dropout") else {f}
{new} = torch.nn.functional.rrelu({f}, 0.1, 0.3, training=True)
{new} = torch.nn.functional.gumbel_softmax({f}, tau=0.5, hard={flag})
{new} = torch.nn.init.{random_init}(torch.empty({draw_size}))
{new} = torch.nn.init.trunc_normal_(torch.empty(5), 0.0, 1.0, -1.0, 1.0)
{new} = torch.distributions.{distribution}.sample({sample_shape})
{new} = torch.distributions.{distribution}.rsample({sample_shape})
{new} = torch.distributions.{distribution}.log_prob({f})
seen.append(list(torch.utils.data.RandomSampler(range(7){data_gen})))
seen.append([b.tolist() for b in torch.utils.data.DataLoader(torch.arange(7), batch_size=3, shuffle=True{data_gen})])
seen.append([list(part) for part in torch.utils.data.random_split(range(7), [3, 4]{data_gen})])
with torch.random.fork_rng(): torch.manual_seed(9); {new} = torch.rand(2)
{new} = torch.rand({draw_size}).requires_grad_() * {number}
torch.rand({draw_size}, out={w}.detach())
torch.randperm(4, out=torch.empty(0, dtype=torch.int64))
{f}.sum().backward(retain_graph=True)
"""

# Products that a string or lists of dimensions describe.
EINSUMS = """
{new} = torch.einsum("{equation}", {f})
{new} = torch.einsum("{equation2}", {f}, {f})
{new} = torch.einsum("{equation2}", {x}, {y})
{new} = torch.einsum("{equation2}", fit({f}, 2, 3), fit({f}, 3, 2))
{new} = torch.einsum("{equation2}", fit({f}, 2, 2, 3), fit({f}, 2, 3, 2))
{new} = torch.einsum("{equation3}", fit({f}, 2, 3), fit({f}, 3, 2), fit({f}, 2, 2))
{new} = torch.einsum({f}, [0, 1], {f}, [0, 2], [1, 2])
{new} = torch.einsum({f}, [..., 0], [0, ...])
{new} = torch.tensordot({f}, {f}, dims={count})
{new} = torch.tensordot(fit({f}, 2, 3), fit({f}, 3, 2), dims={tensordot_dims})
{new} = torch.tensordot(fit({f}, 2, 2, 3), fit({f}, 3, 2, 2), dims={tensordot_dims})
{new} = torch.matmul({x}, {y})
{new} = torch.matmul(fit({f}, 2, 1, 2, 3), fit({f}, {product_size}))
{new} = {x} @ {y}
{new} = torch.inner({f}, {f})
{new} = torch.inner({x}, {y})
{new} = torch.outer({x}, {y})
{new} = torch.linalg.multi_dot([fit({f}, 2, 3), fit({f}, 3, 4), fit({f}, 4, 1)])
{new} = torch.chain_matmul(fit({f}, 2, 3), fit({f}, 3, 4))
{new} = torch.linalg.vecdot({f}, {f}, dim={dim})
{new} = torch.cross(fit({f}, 2, 3), fit({f}, 2, 3), dim={dim})
{new} = torch.linalg.cross({f}, {f})
{new} = torch.bmm(fit({f}, 2, 2, 3), fit({f}, 2, 3, 2))
{new} = torch.baddbmm(torch.ones({draw_size}), fit({f}, 2, 2, 3), fit({f}, 2, 3, 2), beta={number})
{new} = torch.addmv(torch.ones(2), fit({f}, 2, 3), fit({f}, 3), alpha={number})
{new} = torch.addr({x}, fit({f}, 2), fit({f}, 3))
{new} = torch.vander({f}.flatten()[:3])
{new} = torch.cartesian_prod(torch.ones(2), {f}.flatten()[:2])
{new} = torch.cdist(fit({f}, 2, 3), fit({f}, 4, 3), p={number})
{new} = torch.linalg.matrix_power(fit({f}, 2, 2), {count})
{new} = torch.linalg.norm({f}, ord={order})
{new} = torch.linalg.matrix_norm(fit({f}, 2, 3), ord={order})
{new} = torch.linalg.vector_norm({f}, ord={order}, dim={dim})
{new} = torch.linalg.det(fit({f}, 2, 2)); {new}.sum().backward(retain_graph=True)
{new} = torch.linalg.inv(fit({f}, 2, 2) + torch.eye(2) * 9)
{new} = torch.linalg.solve(fit({f}, 2, 2) + torch.eye(2) * 9, fit({f}, {product_size}))
{new} = torch.linalg.inv({x})
{new} = torch.linalg.cholesky(torch.eye(2) * 9 + fit({f}, 2, 2) @ fit({f}, 2, 2).mT)
{new} = torch.linalg.cholesky({x})
{new} = torch.trace({x})
{new} = torch.block_diag({x}, torch.ones(2, 1))
{new} = torch.kron({f}, {f})
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

# Results written to where `out` says, in other dtypes and shapes.
OUTS = """
{new} = torch.zeros({draw_size}, dtype=torch.{dtype}); torch.{binary}({x}, {y}, out={new})
{new} = torch.zeros({draw_size}, dtype=torch.{dtype}); torch.{unary}({x}, out={new})
{new} = torch.zeros(0, dtype=torch.{dtype}); torch.{unary}({x}.detach(), out={new})
{new} = torch.zeros(0, dtype=torch.{dtype}); torch.{binary}({x}.detach(), {y}.detach(), out={new})
{new} = torch.zeros(0, dtype=torch.{dtype}); torch.{binary}({x}.detach(), {scalar}, out={new})
{new} = torch.zeros(0, dtype=torch.{dtype}); torch.{reduction}({x}.detach(), {dim}, out={new})
{new} = torch.zeros(0, dtype=torch.{dtype}); torch.{reduction}({x}.detach(), {dim}, keepdim=True, out={new})
{new} = torch.zeros_like({x}.detach()); torch.{unary}({x}.detach(), out={new}.t())
{new} = torch.zeros_like({x}.detach()); torch.{unary}({x}.detach(), out={new}[..., :1])
{new} = torch.zeros({draw_size}).expand(2, 3); torch.{unary}({x}.detach(), out={new})
torch.{binary}({x}.detach(), {y}.detach(), out={x}.detach())
torch.{binary}({x}, {y}, out={w})
torch.{unary}({x}, out={w})
torch.{unary}({x}.detach(), out={w}.detach().view(-1)[1:])
with torch.no_grad(): torch.{binary}({x}, {y}, out={w})
with torch.no_grad(): torch.{unary}({x}, out={w}); {w}.sum()
{new} = torch.empty(0); torch.cat([{x}.detach(), {y}.detach()], {dim}, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.stack([{x}.detach(), {x}.detach()], {dim}, out={new})
t_i = torch.empty(0, dtype=torch.{dtype}); {new} = torch.empty(0); torch.{pair_reduction}({x}.detach(), {dim}, out=({new}, t_i)); seen.append(t_i.tolist())
t_i = torch.empty(0, dtype=torch.int64); {new} = torch.empty(0, dtype={x}.dtype); torch.{pair_reduction}({x}.detach(), {dim}, out=({new}, t_i)); seen.append(t_i.tolist())
{new} = torch.empty(0, dtype=torch.{dtype}); torch.{product}({f}.detach(), {f}.detach().mT, out={new})
{new} = torch.empty(0); torch.{product}({f}.detach(), {y}.detach(), out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.where({x} > 0, {x}.detach(), {y}.detach(), out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.clamp({x}.detach(), {number}, 2, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.index_select({x}.detach(), {dim}, torch.tensor([0, 0]), out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.gather({x}.detach(), {dim}, torch.zeros_like({x}, dtype=torch.int64), out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.arange({number}, 5, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.linspace({number}, 5, {count}, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.full((2, 2), {scalar}, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.eye({count}, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.cumsum({x}.detach(), {dim}, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.nonzero({x}.detach(), out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.tril({x}.detach(), out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.addcmul({x}.detach(), {y}.detach(), {y}.detach(), value={scalar}, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.add({x}.detach(), {y}.detach(), alpha={scalar}, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.pow({scalar}, {x}.detach(), out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.div({x}.detach(), {y}.detach(), rounding_mode="{rounding}", out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.masked_select({x}.detach(), {x} > 0, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.take({x}.detach(), torch.tensor([0]), out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.norm({f}.detach(), 2, {dim}, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.softmax({f}.detach(), {dim}, out={new})
{new} = torch.empty(0, dtype=torch.{dtype}); torch.bitwise_and({x}.detach(), {y}.detach(), out={new})
{f}.sum().backward(retain_graph=True)
"""

CHOICES = {
    "map": [
        "torch.sin", "torch.exp", "lambda x: x * x", "lambda x: x.cumsum(0)", "lambda x: x.sum(0)", "lambda x: x.softmax(-1)", "lambda x: x[..., 0]",
        "lambda x: x.t() * 2", "lambda x: x.view(-1)", "lambda x: x.clone().mul_(2)", "lambda x: x @ x.mT", "lambda x: torch.stack([x, x * 2])",
        "lambda x: x.max(-1)[0]", "lambda x: torch.where(x > 0, x, x * 0.1)", "lambda x: torch.cat([x, x])", "lambda x: x - x.mean()", "lambda x: x.sort()[0]",
        "lambda x: x / (1 + x * x)", "lambda x: x.prod()", "lambda x: torch.nn.functional.layer_norm(x, x.shape[-1:])", "lambda x: x.norm()", "lambda x: x.roll(1)",
        "lambda x: torch.nn.functional.gelu(x).tanh()", "lambda x: x.index_select(0, torch.tensor([0, 0]))", "lambda x: x.unsqueeze(0).expand(2, *x.shape)",
        "lambda x: x.detach() * x", "lambda x: Double.apply(x)", "lambda x: x.masked_fill(x > 0, 2)", "lambda x: torch.zeros(2)", "lambda x: x.abs().sqrt()",
        "lambda x: x.new_zeros(2).add_(x.sum())", "lambda x: x.var(-1, correction=0)", "lambda x: torch.einsum('...i,...i->...', x, x)", "lambda x: x.diff()",
    ],
    "scalar_function": [
        "lambda x: x.sin().sum()", "lambda x: (x * x).mean()", "lambda x: x.prod()", "lambda x: (({map})(x)).sum()", "lambda x: x.pow(3).sum().exp().log1p()",
        "lambda x: x.logsumexp(-1).sum()", "lambda x: x.norm()", "lambda x: x.flatten().dot(x.flatten())", "lambda x: torch.zeros(())", "lambda x: x.max()",
        "lambda x: (x.detach() * x).sum()", "lambda x: torch.nn.functional.mse_loss(x, torch.ones_like(x))", "torch.sum", "lambda x: x.tanh().pow(2).sum()",
    ],
    "pair": [
        "torch.add", "torch.mul", "lambda x, y: x.sin() * y", "lambda x, y: x @ y", "torch.dot", "lambda x, y: x - y.mean()", "torch.outer", "lambda x, y: x",
        "lambda x, y: torch.cat([x, y])", "lambda x, y: torch.maximum(x, y)", "lambda x, y: x * y.sum() + 1", "lambda x, y: torch.stack([x, y])", "torch.atan2",
    ],
    "randomness": ["error", "same", "different", "other"],
    "seed": ["0", "1", "42", "2147483647", "-1"],
    "from_gen": ["", "", ", generator=gen"],
    "from_gen_alone": ["", "generator=gen"],
    "data_gen": ["", ", generator=gen"],
    "count": ["0", "1", "2", "3", "5"],
    "draw_size": ["(2, 3)", "(3,)", "(17,)", "(5, 4)", "()", "(0, 2)", "(1, 3)"],
    "sample_shape": ["()", "(3,)", "(2, 2)"],
    "random_init": ["xavier_uniform_", "kaiming_normal_", "uniform_", "normal_", "orthogonal_", "trunc_normal_", "xavier_normal_", "kaiming_uniform_"],
    "distribution": [
        "Normal(0.5, 2.0)", "Uniform(-1.0, 1.0)", "Bernoulli(0.3)", "Categorical(torch.tensor([0.2, 0.3, 0.5]))", "Exponential(2.0)", "Normal({f}.detach(), 1.0)",
        "Laplace(0.0, 1.0)", "Gumbel(0.0, 1.0)", "Poisson(3.0)", "Geometric(0.4)", "Gamma(2.0, 1.0)", "Beta(2.0, 3.0)", "Dirichlet(torch.ones(3))", "Cauchy(0.0, 1.0)",
        "OneHotCategorical(logits=torch.zeros(3))", "Multinomial(4, torch.ones(3))", "StudentT(3.0)", "MultivariateNormal(torch.zeros(2), torch.eye(2))", "LogNormal(0.0, 1.0)",
        "Binomial(5, 0.5)", "Normal(0.0, -1.0)", "HalfNormal(1.0)", "Weibull(1.0, 2.0)", "Pareto(1.0, 2.0)", "Chi2(3.0)", "Independent(torch.distributions.Normal(torch.zeros(3), 1.0), 1)",
    ],
    "equation": ["ij->ji", "ij->i", "ii->i", "ii", "i->", "...i->i...", "ijk->kij", "ij", "ba", "i->ii", "...->...", "ij->k", "i j -> j i", "...ij->...", "a..."],
    "equation2": [
        "ij,jk->ik", "ij,jk", "i,j->ij", "ij,ij->ij", "ij,ij->", "bij,bjk->bik", "...i,...i->...", "ij,kj->ik", "ij,j", "ij,jk->ki", "i,i", "ij,jk->", "b...,b...->...",
        "...ij,...jk->...ik", "ij,jk->ijk", "ij;jk->ik", "ij,jk->ikk", "i,ij->j", "ij,ik->jk", "ij", "ij,jk,kl->il", "Ab,bA->Ab", "bij,bij->b", "ij,jk->il",
    ],
    "equation3": ["ij,jk,kl->il", "ij,jk,kl", "ij,ji,kk->", "ij,jk,ki->i", "ij,jk,kl->ijkl", "ij,jk,lk->li", "ij,jk->ik", "ab,bc,cd->db"],
    "tensordot_dims": ["1", "0", "2", "([1], [0])", "([0], [1])", "([0, 1], [1, 0])", "([], [])", "([0], [0, 1])", "([-1], [0])", "-1", "([1], [5])"],
    "product_size": ["3, 2", "3", "2, 3, 2", "2, 3", "2, 2", "2"],
    "order": ["2", "1", "0", "float('inf')", "-float('inf')", "'fro'", "'nuc'", "None", "3.5", "-1", "-2", "'other'"],
    "binary": [
        "add", "sub", "mul", "div", "pow", "maximum", "eq", "lt", "fmod", "remainder", "atan2", "logical_and", "bitwise_or", "floor_divide", "copysign", "true_divide", "ge",
        "logaddexp", "hypot", "fmin", "xlogy", "nextafter", "gcd", "bitwise_left_shift", "heaviside", "ne", "logical_xor",
    ],
    "unary": [
        "exp", "neg", "abs", "sqrt", "sin", "floor", "sign", "isfinite", "logical_not", "bitwise_not", "reciprocal", "tanh", "sigmoid", "square", "round", "log1p", "erf",
        "sgn", "angle", "signbit", "frac", "trunc", "rsqrt", "isposinf", "nan_to_num", "digamma", "expm1", "positive", "conj_physical", "asin",
    ],
    "reduction": ["sum", "mean", "prod", "amax", "argmax", "any", "all", "nansum", "std", "logsumexp", "argmin", "amin", "var", "count_nonzero", "nanmean"],
    "pair_reduction": ["max", "min", "sort", "median", "mode", "cummax", "topk", "kthvalue", "nanmedian", "cummin"],
    "product": ["matmul", "mm", "bmm", "dot", "mv", "outer", "inner", "kron"],
    "rounding": ["floor", "trunc", "other"],
}  # fmt: skip

PRELUDE = """
gen = torch.Generator().manual_seed(0)
state = [torch.get_rng_state()]
"""
