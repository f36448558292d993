"""Statements about corners: hooks on views, modes, forms of calls, errors, printing, second derivatives, writes by index, custom functions.

See fuzz_table.py for the fields.
"""

# In-place writes into views whose tensors have hooks or keep their gradients. (A hook on a view whose history is stale crashes PyTorch
# 2.13; reading grad_fn first brings the history up to date.)
HOOKED = """
{f}.grad_fn; {f}.register_hook(lambda g: seen.append(g.detach().tolist()))
{f}.grad_fn; {f}.register_hook(lambda g: g * 0.5)
{f}.grad_fn; {f}.retain_grad()
{w}.grad_fn; {w}.retain_grad(); {w}.mul_(2)
{new} = {f}[0]; {new}.retain_grad(); {new}.mul_(3)
{new} = {f}.view(-1); {new}.grad_fn; {new}.register_hook(lambda g: seen.append(g.tolist())); {new}.add_(1)
{new} = {f}.unbind({dim})
{new} = {f}.split(1, {dim})[0]; {new}.add_(1)
{new} = {f}.chunk(2, {dim})[-1]; {new} = {new} * 2
{new}, *rest = {f}.tensor_split(2, {dim}); {new} = {new} + 1
{w}.detach_()
{w}.data.zero_()
{w}.data = {w}.data.clone()
{w}.requires_grad_()
{new} = {w}.detach(); {new}.mul_(2)
{w}.narrow({dim}, 0, 1).mul_(2)
{w}.select({dim}, 0).copy_({w}.detach().select({dim}, 0) * 3)
{w}.view({shape}).add_(1)
{w}.T.mul_({number})
{w}.diagonal().add_(1)
{w}[{step}].mul_(2)
{w}.expand({expand}).sum()
{new} = {w}.mul_(2).add_(1)
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
seen.append([{x}._version, {x}._is_view(), {x}.is_leaf, {x}.output_nr])
"""

MODES = """
with torch.no_grad(): {new} = {f} * 2
with torch.no_grad(): {new} = {f}[0]
with torch.no_grad(): {new} = {f}.view(-1); {new}.mul_(2)
with torch.no_grad(): {leaf}.add_(1)
with torch.no_grad(): {w}.mul_(2); {w}.requires_grad_()
with torch.enable_grad(): {new} = {f} + 1
with torch.set_grad_enabled(False): {new} = {x} * 2
with torch.inference_mode(): {new} = {x} * 2
with torch.inference_mode(): {new} = {x}.clone(); {new}.add_(1)
with torch.inference_mode(): {new} = {x}.view(-1)
with torch.inference_mode(): {new} = {x}[0]; {new} = {new} + 1
with torch.inference_mode(): {w}.add_(1)
with torch.inference_mode(False): {new} = {f} * 3
{new} = {x}.clone(); {new}.mul_(2)
{new} = {x}.detach(); {new}.add_(1)
{new} = {x}.view(-1)
{new} = {f} * {x}
{new} = {f} + {x}
{x}.add_(1)
{w}.copy_({y})
{new} = torch.no_grad()(lambda: {f} * 2)()
{new} = torch.inference_mode()(lambda: {x} * 2)()
seen.append([torch.is_grad_enabled(), torch.is_inference_mode_enabled(), {x}.is_inference()])
with torch.no_grad(): {new} = {f} * 2; {new}.requires_grad_()
{f}.sum().backward(retain_graph=True)
{f}.requires_grad_({x}.numel() > 2)
"""

# Keyword forms, out= forms, and spellings of the same call.
FORMS = """
{new} = torch.sum(input={x}, dim={dim})
{new} = torch.sum({x}, axis={dim}, keepdims=True)
{new} = torch.mean(input={f}, dim=({dim},), keepdim=True)
{new} = torch.add(input={x}, other={y}, alpha=2)
{new} = torch.sub({x}, {y}, alpha={scalar})
{new} = torch.clamp({x}, max={number})
{new} = torch.clamp(input={x}, min={number}, max=2)
{new} = torch.where(condition={x} > 0, input={x}, other={y})
{new} = torch.transpose({x}, dim0={dim}, dim1={dim2})
{new} = torch.permute({x}, dims={perm})
{new} = torch.reshape({x}, shape={shape})
{new} = {x}.view(size={shape})
{new} = {x}.permute(*{perm})
{new} = {x}.flatten(start_dim={dim})
{new} = torch.unsqueeze({x}, dim={dim})
{new} = torch.squeeze({x}, dim=({dim},))
{new} = torch.cat(tensors=[{x}, {x}], dim={dim})
{new} = torch.stack(({x}, {y}), {dim})
{new} = torch.max({x}, dim={dim}).values
{new} = torch.max({x}, {y})
{new} = torch.min({x}, {dim}, True)[1]
{new} = torch.sort({x}, dim={dim}, descending=True).indices
{new} = torch.std({f}, dim={dim}, unbiased=False)
{new} = torch.var({f}, {dim}, correction=0, keepdim=True)
{new} = torch.norm({f}, p=2, dim={dim})
{new} = torch.div({x}, {y}, rounding_mode=None)
{new} = torch.full(size={x}.shape, fill_value={number}, dtype=torch.{dtype})
{new} = torch.arange(start=0, end=6, step=2, dtype=torch.{dtype})
{new} = torch.as_strided({x}, size=(1,), stride=(1,))
{new} = torch.sum({x}, {dim}, out=torch.empty(0, dtype={x}.dtype))
{new} = torch.mul({x}, {y}, out=torch.empty(0))
{new} = torch.exp({f}.detach(), out={f}.detach().clone())
{new} = torch.max({x}.detach(), {dim}, out=({x}.detach().clone(), torch.empty(0, dtype=torch.int64)))[0]
{new} = torch.cat([{x}.detach(), {x}.detach()], {dim}, out=torch.empty(0))
{new} = torch.matmul({f}.detach(), {f}.detach().mT, out=torch.empty(0))
{new} = torch.index_select({x}, {dim}, index=torch.tensor([0]))
{new} = torch.gather(input={x}, dim={dim}, index=torch.zeros_like({x}, dtype=torch.int64))
{new} = {x}.sum(dim=[{dim}], dtype=torch.{dtype})
{new} = {x}.type(torch.{dtype})
{new} = {x}.to(device="cpu", dtype=torch.{dtype})
{new} = {x}.new_full(size=(2,), fill_value={number})
{new} = torch.nn.functional.softmax({f}, dim={dim})
{new} = torch.nn.functional.relu({x}, inplace=False)
{new} = torch.roll({x}, shifts=1, dims={dim})
{new} = torch.flip({x}, dims=({dim},))
{new} = torch.narrow({x}, dim={dim}, start=0, length=1)
{new} = torch.tile({x}, dims=(2,))
{new} = torch.repeat_interleave({x}, repeats=2, dim={dim})
{new} = torch.diagonal({x}, offset=0, dim1={dim}, dim2={dim2})
{new} = torch.einsum("i,i->i", {x}.flatten(), {x}.flatten())
"""

# Calls that mostly fail: types and texts of errors.
ERRORS = """
{new} = {x}.view(7)
{new} = {x}.reshape({x}.numel() + 1)
{new} = {x}.transpose({dim}, 9)
{new} = {x}.permute(0)
{new} = {x}.select({dim}, 9)
{new} = {x}.narrow({dim}, 0, 9)
{new} = {x}.expand(7, 7)
{new} = {x} @ {y}
{new} = {x}.mm({y})
{new} = {x}.dot({y})
{new} = {x} + torch.ones(7)
{new} = {x}[9]
{new} = {x}["a"]
{new} = {x}[1.5]
{new} = {x}[{index}, 9]
{x}[{index}] = torch.ones(7)
{x}[9] = 1
{new} = {x}.sum(9)
{new} = {x}.sum(({dim}, {dim}))
{new} = {x}.max(9)
{new} = {x}.softmax(9)
{new} = torch.cat([{x}, {y}], {dim})
{new} = torch.cat([])
{new} = torch.stack([{x}, torch.ones(7)])
{new} = torch.stack([])
{new} = {x}.squeeze(9)
{new} = {x}.unsqueeze(9)
{new} = {x}.split(0)
{new} = {x}.chunk(0)
{new} = {x}.unfold({dim}, 9, 1)
{new} = {x}.diagonal(0, 0, 0)
{new} = {x}.index_select({dim}, torch.tensor([9]))
{new} = {x}.index_select({dim}, torch.tensor([0.5]))
{new} = {x}.gather({dim}, torch.tensor([9]))
{new} = {x}.scatter({dim}, torch.tensor([9]), 1)
{new} = {x}.masked_fill(torch.tensor([1]), 1)
{new} = {x}.masked_select({x})
{new} = {x}.item()
{new} = bool({x})
{new} = int({x})
{new} = float({x})
{new} = len({x})
{new} = {x}.tolist()[0]
{new} = {x}.numpy()
{new} = {x} & {y}
{new} = {x} << 1
{new} = ~{x}
{new} = {x} ** "a"
{new} = {x} + None
{new} = {x} + "a"
{new} = {x}.add({y}, 1, 2)
{new} = {x}.sum(foo=1)
{new} = torch.sum()
{new} = torch.sum({x}, {x})
{new} = torch.zeros(-1)
{new} = torch.zeros("a")
{new} = torch.tensor([[1, 2], [3]])
{new} = torch.tensor("a")
{new} = torch.tensor({x}, dtype="float")
{new} = torch.ones(2, dtype=torch.int64, requires_grad=True)
{x}.backward()
{x}.sum().backward(torch.ones(7))
{f}.sum().backward(); {f}.sum().backward()
{new} = torch.autograd.grad({x}.sum(), [{x}])
{new} = torch.autograd.grad({f}.sum(), [{leaf}])
{new} = torch.autograd.grad({f}, {leaf}, retain_graph=True)
{leaf}.add_(1)
{leaf}[0] = 1
{leaf}.view(-1).add_(1)
{leaf}.requires_grad_(False); {leaf}.requires_grad_()
{f}.requires_grad_(False)
{x}.requires_grad_()
{x}.grad = 1
{x}.grad = torch.ones(7)
{x}.grad = {y}
{x}.data = 1
{x}.data = torch.ones(2, dtype=torch.int32)
{x}.t_()
{x}.retain_grad()
{x}.register_hook(1)
{x}.register_post_accumulate_grad_hook(lambda p: None)
{x}.foo
{x}.T.add_(torch.ones(7))
{x}.add_(1.5)
{x}.div_(2)
{x}.pow_(0.5)
{x}.mul_({y})
{x}.copy_(torch.ones(7))
{x}.fill_(torch.ones(2))
{x}.expand({expand}).add_(1)
{new} = {x}.mean()
{new} = {x}.mean({dim})
{new} = {x}.std()
{new} = {x}.norm()
{new} = {x}.softmax({dim})
{new} = {x}.prod(({dim},))
{new} = {x}.clamp()
{new} = {x}.median(9)
{new} = {x}.kthvalue(9)
{new} = {x}.topk(9)
{new} = {x}.cumsum(9)
{new} = {x}.tril()
{new} = {x}.trace()
{new} = {x}.nonzero(as_tuple=True)
{new} = {x}.view(torch.float64)
{new} = {x}.real
{new} = {x}.imag
{new} = torch.view_as_complex({x})
{new} = {x}.view_as({y})
{new} = {x}.unflatten({dim}, (2, 2))
{new} = torch.result_type({x}, "a")
{new} = torch.arange(0, 2, 0)
{new} = torch.arange(2, 0)
{new} = torch.eye(-1)
{new} = torch.linspace(0, 1, -1)
{new} = torch.full((2,), "a")
"""

PRINTS = """
seen.append(repr({x}))
seen.append(str({x}.to(torch.{dtype})))
seen.append(repr({x}.to(torch.{dtype}) * 1000))
seen.append(repr({x}.to(torch.{dtype}) * 0.001))
seen.append(repr({f} * 1e6))
seen.append(repr({f} / 0))
seen.append(repr({f} * float("nan")))
seen.append(repr({x}.expand(2, *{x}.shape)))
seen.append(repr({x}.flatten()[:0]))
seen.append(repr({x}.sum()))
seen.append(str({x}.sum().item()) if {x}.dtype not in (torch.bfloat16, torch.float16) else "")
seen.append("{:.3f}".format({x}.double().sum().item()) if not {x}.is_complex() else "")
seen.append(repr({x}.shape) + str({x}.dtype) + str({x}.device) + repr({x}.layout))
seen.append(repr(torch.zeros(60).to(torch.{dtype})))
seen.append(repr(torch.arange(1200).to(torch.{dtype})))
seen.append(repr(torch.arange(40.).reshape(1, 40)))
seen.append(repr([{x}, {y}]))
seen.append(repr({"a": {x}}))
seen.append(repr({x}.detach().requires_grad_()) if {x}.is_floating_point() else "")
seen.append(repr({x} > 0))
seen.append(repr({x}.long()))
seen.append(repr({x}.cfloat()))
seen.append(repr({x}.half()))
seen.append(repr({x}.bfloat16()))
seen.append(repr({x}.max({dim})))
seen.append(repr({f}.grad_fn))
{new} = {x}.to(torch.{dtype})
{new} = {x} * 12345.678
{new} = {x} * 1e-5
{new} = {f} / 3
torch.set_printoptions(precision=2); seen.append(repr({f} / 3)); torch.set_printoptions(profile="default")
torch.set_printoptions(sci_mode=True); seen.append(repr({f} / 3)); torch.set_printoptions(profile="default")
torch.set_printoptions(linewidth=40); seen.append(repr({x})); torch.set_printoptions(profile="default")
torch.set_printoptions(threshold=3, edgeitems=1); seen.append(repr({x})); torch.set_printoptions(profile="default")
"""

# Values of second and third derivatives; the names of their nodes are another matter, see docs/differences.md.
DOUBLE = """
seen.append(second({f} ** 3, {leaf}))
seen.append(second({f}.sin(), {leaf}))
seen.append(second({f}.tanh(), {leaf}))
seen.append(second({f}.sigmoid() * {f}, {leaf}))
seen.append(second({f}.exp().clamp(max=9), {leaf}))
seen.append(second(({f} * {f} + 1).sqrt(), {leaf}))
seen.append(second(({f} * {f} + 1).log(), {leaf}))
seen.append(second({f} / ({f} * {f} + 2), {leaf}))
seen.append(second({f}.softmax({dim}), {leaf}))
seen.append(second({f}.log_softmax({dim}), {leaf}))
seen.append(second({f}.logsumexp({dim}), {leaf}))
seen.append(second({f}.cumsum({dim}) ** 2, {leaf}))
seen.append(second(({f} * {f} + 1).cumprod({dim}), {leaf}))
seen.append(second(({f} * {f} + 1).prod({dim}), {leaf}))
seen.append(second(({f} * {f} + 1).norm(), {leaf}))
seen.append(second({f}.var({dim}, correction=0), {leaf}))
seen.append(second(({f} * {f}).mean({dim}) ** 2, {leaf}))
seen.append(second({f}.max({dim})[0] ** 2, {leaf}))
seen.append(second({f} @ {f}.mT, {leaf}))
seen.append(second(torch.outer({f}.flatten(), {f}.flatten()), {leaf}))
seen.append(second({f}[{index}] ** 2, {leaf}))
seen.append(second({f}.index_select({dim}, torch.tensor([0, 0])) ** 2, {leaf}))
seen.append(second(torch.cat([{f}, {f} * 2], {dim}) ** 2, {leaf}))
seen.append(second({f}.sort({dim})[0] ** 3, {leaf}))
seen.append(second({f}.unfold({dim}, 1, 1) ** 2, {leaf}))
seen.append(second({f}.diagonal() ** 2, {leaf}))
seen.append(second(torch.where({f} > 0, {f}, {f} ** 2), {leaf}))
seen.append(second({f}.masked_fill({f} > 1, 0) ** 2, {leaf}))
seen.append(second(torch.nn.functional.gelu({f}), {leaf}))
seen.append(second(torch.nn.functional.softplus({f}), {leaf}))
seen.append(second(torch.nn.functional.silu({f}), {leaf}))
seen.append(second(Saving.apply({f}, {f}), {leaf}))
seen.append(second(torch.nn.functional.mse_loss({f}, {f}.detach() + 1), {leaf}))
seen.append(second(torch.maximum({f}, -{f}) ** 2, {leaf}))
seen.append(second({f}.pow({number}), {leaf}))
seen.append(second(torch.atan2({f}, {f} * {f} + 1), {leaf}))
"""

SETITEM = """
{w}[{index}] = {number}
{w}[{index}] = {f}.sum()
{w}[{index}] = {w}[{index}] * 2
{w}[{index}] *= {number}
{w}[{index}] += {y}.sum()
{w}[{step}] = {f}.mean()
{w}[{w} > 0] = {number}
{w}[{w} > 0] *= 2
{w}[torch.tensor([0, 0])] = {number}
{w}[torch.tensor([0])] = {w}[0].clone()
{w}[None] = {w} * 2
{w}[...] = {y}
{w}[0] = {w}[-1].clone()
{w}.select({dim}, 0)[...] = {number}
{w}.view(-1)[0] = {f}.sum()
{w}.T[0] = {number}
{w}.index_put_((torch.tensor([0]),), {f}.sum(), accumulate=True)
{w}.masked_fill_({w} > 0, {f}.detach().sum())
{w}.index_fill_({dim}, torch.tensor([0]), {number})
{new} = {w}[{index}]
{new} = {w} * 2
{f}.sum().backward(retain_graph=True)
({f} ** 2).sum().backward(retain_graph=True)
"""

# Functions of the user's own, and saved tensors that are modified.
CUSTOM = """
{new} = Double.apply({f})
{new} = Saving.apply({f}, {y})
{new} = Both.apply({f}, 3)
{new} = Scaled.apply({f}, {number})
{new} = Splitting.apply({f})[1]
{new} = Same.apply({x})
{new} = Same.apply({f}); {new} = {new} * 2
{new} = Fixed.apply({f})[1]
{new} = Fixed.apply({f})[0]
{new} = Out.apply({f})
{new} = Once.apply({f})
{new} = Dirty.apply({w} * 1)
Dirty.apply({w})
{new} = Saving.apply({w}, {w}); {w}.add_(1)
{new} = {w} * {w}; {w}.add_(1)
{new} = {w}.exp(); {new}.mul_(2)
{new} = {w}.exp(); {w}.add_(1)
{new} = {f}.tanh(); {new} = {new} * 2
{new} = {w}[0] * {w}[0]; {w}.mul_(2)
{new} = {w}.view(-1) ** 2; {w}.zero_()
{new} = {f} * {w}.detach(); {w}.add_(1)
seen.append(Saving.apply({f}, {f}).grad_fn.saved_tensors[0].tolist())
seen.append([{x}._version])
with torch.no_grad(): {new} = Saving.apply({f}, {f})
with torch.no_grad(): {new} = Same.apply({x})
{f}.sum().backward(retain_graph=True)
{f}.sum().backward()
({f} * {f}).sum().backward(retain_graph=True)
seen.append(second(Double.apply({f}) ** 2, {leaf}))
seen.append(grads(Splitting.apply({f})[0].sum(), [{leaf}]))
"""

PRELUDE = """
def second(value, leaf):
    first = torch.autograd.grad(value.sum(), leaf, create_graph=True, allow_unused=True)[0]
    if first is None or not first.requires_grad: return first if first is None else first.tolist()
    again = torch.autograd.grad((first * first).sum(), leaf, retain_graph=True, allow_unused=True)[0]
    return [first.tolist(), None if again is None else again.tolist()]
class Both(torch.autograd.Function):
    @staticmethod
    def forward(x, n): return x * n
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)
        ctx.n = inputs[1]
    @staticmethod
    def backward(ctx, g): return g * ctx.n, None
class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        return x * factor
    @staticmethod
    def backward(ctx, g): return g * ctx.factor, None
class Fixed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y, z = x * 2, x > 0
        ctx.mark_non_differentiable(z)
        return y, z
    @staticmethod
    def backward(ctx, g, h): return g * 2
class Out(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp().clamp(max=5)
        ctx.save_for_backward(y)
        return y
    @staticmethod
    def backward(ctx, g): return g * ctx.saved_tensors[0]
class Once(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g): return g * 2
"""
