"""What the fuzzer's programs are made of: one line per statement, by kind.

Fields: {new} a fresh name; {x} any tensor; {f} a floating or complex one; {w} one that can mostly be written to; {y} a
tensor that broadcasts with {x}; {leaf} a leaf that requires grad; {dim} {dim2} {shape} {perm} {index} {expand} {step}
fit {x}; {scalar} {number} {int} {dtype} are literals.
"""

VIEWS = """
{new} = {x}.view({shape})
{new} = {x}.reshape({shape})
{new} = {x}.transpose({dim}, {dim2})
{new} = {x}.permute({perm})
{new} = {x}.t()
{new} = {x}.mT
{new} = {x}.select({dim}, {int})
{new} = {x}.narrow({dim}, 0, 1)
{new} = {x}.unsqueeze({dim})
{new} = {x}.squeeze()
{new} = {x}.squeeze({dim})
{new} = {x}.expand({expand})
{new} = {x}.diagonal()
{new} = {x}.diagonal({int}, {dim}, {dim2})
{new} = {x}.split(1, {dim})[0]
{new} = {x}.split(2, {dim})[-1]
{new} = {x}.chunk(2, {dim})[0]
{new} = {x}.unbind({dim})[0]
{new} = {x}.unfold({dim}, 2, 1)
{new} = {x}.movedim({dim}, {dim2})
{new} = {x}.flatten()
{new} = {x}.flatten({dim}, {dim2})
{new} = {x}.detach()
{new} = {x}.data
{new} = {x}[{index}]
{new} = {x}[{index}]
{new} = {x}[{step}]
{new} = {x}.view_as({x})
{new} = {x}.as_strided((2,), (1,))
{new} = {x}.real
{new} = {x}.contiguous()
{new} = {x}.clone()
{new} = {x}.flip({dim})
{new} = {x}.roll(1, {dim})
"""

IN_PLACE = """
{w}.add_({number})
{w}.mul_({number})
{w}.sub_({y})
{w}.mul_({y})
{w}.copy_({y})
{w}.fill_({number})
{w}.zero_()
{w}.neg_()
{w}.clamp_(-2, 2)
{w}.relu_()
{w}.tanh_()
{w}.pow_(2)
{w}.t_()
{w}.transpose_({dim}, {dim2})
{w}.unsqueeze_(0)
{w}.squeeze_()
{w}.masked_fill_({w} > 0, {number})
{w} += {y}
{w} -= {number}
{w} *= {number}
{w}[{index}] = {number}
{w}[{index}] = {y}
{w}[{index}] += {number}
{w}[{step}] *= 2
{w}.select({dim}, 0).mul_(2)
{w}.detach_()
{w}.requires_grad_()
{w}.detach().add_(1)
{w}.data.mul_(2)
{w}.data = {w}.data * 2
{w}.index_fill_({dim}, torch.tensor([0]), {number})
torch.add({x}, {y}, out={w})
"""

POINTWISE = """
{new} = {x} + {y}
{new} = {x} * {y}
{new} = {x} - {y}
{new} = {x} / ({y} * {y} + 1)
{new} = {x} * {scalar}
{new} = {x} + {scalar}
{new} = {scalar} - {x}
{new} = {x} ** 2
{new} = -{x}
{new} = {f}.tanh()
{new} = {f}.sigmoid()
{new} = {f}.sin()
{new} = ({f} * {f} + 1).log()
{new} = ({f} * {f} + 1).sqrt()
{new} = {f}.clamp(-1, 1).exp()
{new} = {x}.relu()
{new} = {x}.abs()
{new} = {x}.clamp(-1, 1)
{new} = torch.maximum({x}, {y})
{new} = torch.where({x} > 0, {x}, {y})
{new} = torch.lerp({f}, {f}, 0.5)
{new} = torch.addcmul({x}, {x}, {x}, value=2)
{new} = {x}.masked_fill({x} > 0, {number})
{new} = torch.cat([{x}, {x}], {dim})
{new} = torch.stack([{x}, {x}], {dim})
"""

PROMOTION = """
{new} = {x} + {y}
{new} = {x} - {y}
{new} = {x} * {y}
{new} = {x} / {y}
{new} = {x} // {y}
{new} = {x} % {y}
{new} = {x} ** {y}
{new} = {x} == {y}
{new} = {x} < {y}
{new} = {x} & {y}
{new} = {x} | {y}
{new} = {x} + {scalar}
{new} = {scalar} + {x}
{new} = {scalar} - {x}
{new} = {scalar} / {x}
{new} = {x} / {scalar}
{new} = {x} // {scalar}
{new} = {x} ** {scalar}
{new} = {scalar} ** {x}
{new} = {x} > {scalar}
{new} = {x} & {int}
{new} = ~{x}
{new} = {x}.to(torch.{dtype})
{new} = {x}.sum()
{new} = {x}.prod()
{new} = {x}.mean()
{new} = {x}.exp()
{new} = {x}.sqrt()
{new} = {x}.floor()
{new} = {x}.round()
{new} = {x}.sign()
{new} = {x}.abs()
{new} = {x}.reciprocal()
{new} = torch.where({x} > 0, {x}, {y})
{new} = torch.where({x} > 0, {x}, {scalar})
{new} = torch.maximum({x}, {y})
{new} = torch.minimum({x}, {y})
{new} = torch.clamp({x}, {scalar}, {scalar})
{new} = torch.cat([{x}.flatten(), {y}.flatten()])
{new} = torch.lerp({x}, {y}, {scalar})
{new} = torch.add({x}, {y}, alpha={scalar})
{new} = torch.addcmul({x}, {x}, {y}, value={scalar})
{new} = torch.tensor(str(torch.result_type({x}, {y})) == "torch.float32")
{new} = torch.atan2({x}, {y})
{new} = torch.fmod({x}, {y})
{new} = torch.logical_and({x}, {y})
{x} += {y}
{x} *= {scalar}
{x} /= {y}
{x} **= 2
{x}.copy_({y})
"""

REDUCE = """
{new} = {x}.sum()
{new} = {x}.sum({dim})
{new} = {x}.sum({dim}, keepdim=True)
{new} = {x}.sum(({dim}, {dim2}))
{new} = {x}.mean()
{new} = {x}.mean({dim})
{new} = {x}.prod()
{new} = {x}.prod({dim})
{new} = {x}.max()
{new} = {x}.max({dim})[0]
{new} = {x}.max({dim})[1]
{new} = {x}.min({dim}, keepdim=True)[0]
{new} = {x}.amax({dim})
{new} = {x}.amin()
{new} = {x}.argmax()
{new} = {x}.argmin({dim})
{new} = {x}.any({dim})
{new} = {x}.all()
{new} = {f}.var({dim}, correction=0)
{new} = {f}.std()
{new} = {f}.norm()
{new} = {f}.norm(1, {dim})
{new} = {f}.logsumexp({dim})
{new} = {f}.softmax({dim})
{new} = {f}.log_softmax({dim})
{new} = {x}.cumsum({dim})
{new} = {x}.cumprod({dim})
{new} = {x}.sort({dim})[0]
{new} = {x}.sort({dim}, descending=True, stable=True)[1]
{new} = {x}.topk(1, {dim})[0]
{new} = {x}.median()
{new} = {x}.count_nonzero()
{new} = {x}.diff()
{new} = {x} @ {x}.mT
{new} = {x}.matmul({y})
"""

INDEX = """
{new} = {x}[{index}]
{new} = {x}[{index}]
{new} = {x}[{index}]
{x}[{index}] = {number}
{x}[{index}] = {y}
{x}[{index}] = {x}[{index}]
{x}[{index}] += 1
{new} = {x}.index_select({dim}, torch.tensor([0, 0]))
{new} = {x}.gather({dim}, torch.zeros_like({x}, dtype=torch.int64))
{new} = {x}.scatter({dim}, torch.zeros_like({x}, dtype=torch.int64), 1)
{new} = {x}.scatter_add({dim}, torch.zeros_like({x}, dtype=torch.int64), {x})
{new} = {x}.index_add({dim}, torch.tensor([0]), {x}.narrow({dim}, 0, 1))
{new} = {x}.masked_select({x} > 0)
{new} = {x}.masked_fill({x} > 0, {number})
{new} = {x}.take(torch.tensor([0, -1]))
{new} = {x}.nonzero()
{new} = {x}.index_put((torch.tensor([0, 0]),), torch.tensor(2, dtype={x}.dtype), accumulate=True)
{new} = torch.where({x} > 0)[0]
{new} = {x} > 0
{new} = {x}.long() * 0
"""

# A hook on a view whose history is stale crashes PyTorch 2.13; reading grad_fn first brings the history up to date.
AUTOGRAD = """
{f}.sum().backward(retain_graph=True)
{f}.sum().backward()
{f}.backward(torch.ones_like({f}), retain_graph=True)
({f} * {f}).sum().backward()
{new} = torch.autograd.grad(({f} * 2).sum(), [{leaf}], retain_graph=True, allow_unused=True)[0]
{new} = torch.autograd.grad(({f} * {f}).sum(), [{leaf}], create_graph=True, allow_unused=True)[0]
{new} = torch.autograd.grad({f}.sum(), [{f}], create_graph=True, allow_unused=True)[0]
{f}.sum().backward(inputs=[{leaf}])
{leaf}.grad = None
{leaf}.grad.zero_()
{f}.grad_fn; {f}.retain_grad()
{f}.grad_fn; {f}.register_hook(lambda g: seen.append(g.detach().tolist()))
{f}.grad_fn; {f}.register_hook(lambda g: g * 2)
{f}.grad_fn; {f}.register_hook(lambda g: None)
{leaf}.register_hook(lambda g: seen.append(len(seen)))
{leaf}.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.tolist()))
{f}.grad_fn.register_hook(lambda inputs, outputs: seen.append(len(inputs)))
{f}.grad_fn.register_prehook(lambda outputs: seen.append(len(outputs)))
{new} = {f}.detach()
{new} = {f}.detach().requires_grad_()
{new} = {f}.clone()
{new} = {leaf} * 1
{f}.requires_grad_(False)
"""

FUNCTIONS = """
{new} = {x}.exp()
{new} = {f}.clamp(-2, 2).exp2()
{new} = {x}.log()
{new} = {x}.log2()
{new} = {x}.log10()
{new} = {x}.log1p()
{new} = {x}.expm1()
{new} = {x}.sqrt()
{new} = {x}.rsqrt()
{new} = {x}.square()
{new} = {x}.reciprocal()
{new} = {x}.pow({scalar})
{new} = torch.pow({scalar}, {x})
{new} = {x}.float_power({scalar})
{new} = {x}.abs()
{new} = {x}.neg()
{new} = {x}.sign()
{new} = {x}.sgn()
{new} = {x}.sin()
{new} = {x}.cos()
{new} = {x}.tan()
{new} = {x}.asin()
{new} = {x}.acos()
{new} = {x}.atan()
{new} = {x}.sinh()
{new} = {x}.cosh()
{new} = {x}.tanh()
{new} = {x}.asinh()
{new} = {x}.acosh()
{new} = {x}.atanh()
{new} = {x}.sigmoid()
{new} = {x}.logit(0.1)
{new} = {x}.relu()
{new} = {x}.erf()
{new} = {x}.erfc()
{new} = {x}.floor()
{new} = {x}.ceil()
{new} = {x}.round()
{new} = {x}.round(decimals=1)
{new} = {x}.trunc()
{new} = {x}.frac()
{new} = {x}.nan_to_num(0)
{new} = {x}.clamp({number}, {number})
{new} = {x}.clamp(min={y})
{new} = {x}.clamp_min({number})
{new} = {x}.clamp_max({y})
{new} = torch.maximum({x}, {y})
{new} = torch.fmin({x}, {y})
{new} = torch.where({x} > {y}, {x}, {y})
{new} = torch.where({x} == 0, {scalar}, {x})
{new} = torch.lerp({x}, {y}, {number})
{new} = torch.lerp({f}, {f}, {f})
{new} = torch.addcmul({x}, {y}, {y}, value={scalar})
{new} = torch.addcdiv({x}, {y}, {y} * {y} + 1, value={scalar})
{new} = torch.atan2({x}, {y})
{new} = torch.hypot({x}, {y})
{new} = torch.copysign({x}, {y})
{new} = torch.xlogy({x}, {y})
{new} = torch.logaddexp({x}, {y})
{new} = torch.div({x}, {y}, rounding_mode="floor")
{new} = torch.div({x}, {scalar}, rounding_mode="trunc")
{new} = {x}.remainder({y})
{new} = {x}.fmod({scalar})
{new} = {x}.isclose({y})
{new} = {x}.isnan()
{new} = {x}.isfinite()
{new} = {x}.logical_not()
{new} = {x}.logical_xor({y})
{new} = {x}.softmax({dim}, dtype=torch.float32)
{new} = torch.nn.functional.softplus({x})
{new} = torch.nn.functional.gelu({x})
{new} = torch.nn.functional.gelu({x}, approximate="tanh")
{new} = torch.nn.functional.silu({x})
{new} = torch.nn.functional.elu({x})
{new} = torch.nn.functional.leaky_relu({x}, 0.1)
{new} = torch.nn.functional.logsigmoid({x})
{new} = torch.nn.functional.hardtanh({x})
{new} = torch.nn.functional.mse_loss({f}, {f})
{new} = torch.exp({x}, out=torch.empty(0))
{new} = torch.add({x}, {y}, out={w})
{new} = torch.mul({x}, {number}, out=torch.empty(0, dtype=torch.{dtype}))
{w}.add_({y})
{w}.sub_({y}, alpha=2)
{w}.div_({number})
{w}.pow_({number})
{w}.exp_()
{w}.sigmoid_()
{w}.clamp_(min={number})
{w}.floor_()
{w}.lerp_({y}, 0.5)
{w}.addcmul_({y}, {y})
{w}.copy_({y})
{w}.logical_not_()
"""

REDUCTIONS = """
{new} = {x}.sum(dtype=torch.{dtype})
{new} = {x}.sum(({dim}, {dim2}), keepdim=True)
{new} = {x}.sum(())
{new} = {x}.mean({dim}, keepdim=True, dtype=torch.{dtype})
{new} = {x}.mean(({dim}, {dim2}))
{new} = {x}.prod({dim}, keepdim=True, dtype=torch.{dtype})
{new} = {x}.nansum({dim})
{new} = {x}.nanmean()
{new} = {f}.norm({number}, {dim}, keepdim=True)
{new} = {f}.norm(float("inf"))
{new} = {f}.logsumexp(({dim}, {dim2}), keepdim=True)
{new} = {f}.std({dim}, keepdim=True)
{new} = torch.var_mean({f}, {dim})[0]
{new} = {x}.cumsum({dim}, dtype=torch.{dtype})
{new} = {x}.cumprod({dim})
{new} = {x}.cummax({dim})[0]
{new} = {f}.logcumsumexp({dim})
{new} = {x}.aminmax(dim={dim})[0]
{new} = {x}.amax(({dim}, {dim2}), keepdim=True)
{new} = {x}.sort({dim}, descending=True)[0]
{new} = {x}.argsort({dim}, stable=True)
{new} = {x}.topk(1, {dim}, largest=False)[1]
{new} = {x}.kthvalue(1, {dim})[0]
{new} = {x}.median({dim})[0]
{new} = {x}.nanmedian()
{new} = {x}.mode({dim})[0]
{new} = {f}.quantile(0.5, {dim})
{new} = {x}.nonzero()
{new} = {x}.unique()
{new} = {x}.any()
{new} = {x}.all({dim}, keepdim=True)
{new} = {x}.count_nonzero({dim})
{new} = {x}.argmax({dim}, keepdim=True)
{new} = {x}.trace()
{new} = {x}.diff(dim={dim})
{new} = {x}.equal({y}) or {x}
{new} = torch.tensor({x}.tolist())
{new} = torch.tensor({x}.flatten()[0].item())
"""

PRODUCTS = """
{new} = {x} @ {x}.mT
{new} = {x}.mm({x}.t())
{new} = {x}.mv({x}[0])
{new} = torch.outer({x}.flatten(), {y}.flatten())
{new} = {x}.flatten().dot({x}.flatten())
{new} = {x}.bmm({x}.mT)
{new} = torch.einsum("...i,...i->...", {x}, {x})
{new} = torch.einsum("ij,kj->ik", {x}, {x})
{new} = torch.einsum("ij->ji", {x})
{new} = torch.tensordot({x}, {x}, 1)
{new} = torch.addmm({x} @ {x}.t(), {x}, {x}.t(), beta=0.5, alpha=2)
{new} = torch.kron({x}, {y})
{new} = {x}.gather({dim}, {x}.argsort({dim}))
{new} = {x}.scatter_add({dim}, {x}.argsort({dim}), {x})
{new} = {x}.scatter_reduce({dim}, {x}.argsort({dim}), {x}, "amax")
{new} = {x}.index_add({dim}, torch.tensor([0]), {x}.narrow({dim}, 0, 1), alpha=2)
{new} = {x}.index_copy({dim}, torch.tensor([0]), {x}.narrow({dim}, 0, 1))
{new} = {x}.take_along_dim({x}.argsort({dim}), {dim})
{new} = {x}.masked_scatter({x} > 0, {x})
{new} = {x}.tril()
{new} = {x}.repeat_interleave(2, {dim})
"""

FACTORIES = """
{new} = torch.zeros_like({x}, dtype=torch.{dtype})
{new} = torch.full_like({x}, {scalar})
{new} = torch.ones_like({x}, requires_grad=True)
{new} = {x}.new_zeros({x}.shape)
{new} = {x}.new_full((2, 2), {scalar})
{new} = {x}.new_tensor([{scalar}, {scalar}])
{new} = torch.full({x}.shape, {scalar})
{new} = torch.arange({x}.numel()).reshape({x}.shape)
{new} = torch.arange(0, {scalar}, 0.5)
{new} = torch.linspace({number}, {scalar}, 4)
{new} = torch.eye(2, dtype=torch.{dtype})
{new} = torch.tensor([{scalar}, {scalar}])
{new} = torch.as_tensor({x}, dtype=torch.{dtype})
{new} = {x}.to(torch.{dtype})
{new} = {x}.to({y})
{new} = {x}.to(torch.{dtype}, copy=True)
{new} = {x}.type(torch.{dtype})
{new} = {x}.float()
{new} = {x}.half()
{new} = {x}.bfloat16()
{new} = {x}.long()
{new} = {x}.bool()
{new} = {x}.cfloat()
{new} = {x}.to(torch.uint16)
{new} = {x}.view(torch.{dtype})
{new} = {x}.type_as({y})
"""

# Statements about nodes and leaves; a class that a program needs is in PRELUDE.
NODES = """
{new} = Double.apply({f})
{new} = Saving.apply({f}, {f})
{new} = Splitting.apply({f})[0]
{new} = Same.apply({f})
Dirty.apply({w})
{f}.grad_fn.next_functions[0][0].register_hook(lambda inputs, outputs: seen.append(len(outputs)))
{f}.grad_fn.next_functions[0][0].register_prehook(lambda outputs: seen.append(outputs[0].tolist()))
h = {f}.register_hook(lambda g: g + 1); h.remove()
{leaf}.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.mul_(2).tolist()))
{leaf}.register_post_accumulate_grad_hook(lambda p: setattr(p, "grad", None))
seen.append(grads({f}.sum(), [{leaf}, {leaf}]))
seen.append(grads([{f}.sum(), ({f} * 2).sum()], [{leaf}, {f}]))
{new} = slope(slope({f} ** 3, {leaf}), {leaf})
({f} * {f} * {f}).sum().backward(create_graph=True); {leaf}.grad = None
torch.autograd.backward([{f}.sum(), ({f} * 3).sum()], retain_graph=True)
torch.autograd.backward([{f}], [torch.ones_like({f})], inputs=[{leaf}])
{new} = copy.deepcopy({leaf})
{new} = copy.deepcopy({x}.detach())
{new} = pickle.loads(pickle.dumps({leaf}))
{new} = torch.autograd.grad({f}.sum(), {leaf}, allow_unused=True, materialize_grads=True, retain_graph=True)[0] * 1
seen.append({f}.grad_fn._saved_self.tolist())
seen.append([type(n).__name__ for n, _ in {f}.grad_fn.next_functions])
{new} = {f}.clone(); {new}.detach_()
{f}.requires_grad = True
{leaf}.grad = torch.ones_like({leaf})
{leaf}.grad += 1
with torch.no_grad(): {leaf}.mul_(0.5); {leaf}.add_(1)
with torch.no_grad(): {leaf} += 1
with torch.no_grad(): {leaf}[{index}] = 1
seen.append([torch.is_grad_enabled(), torch.is_inference_mode_enabled()])
with torch.autograd.graph.saved_tensors_hooks(lambda t: t * 1, lambda t: t): {new} = {f} * {f}
with torch.autograd.graph.save_on_cpu(): {new} = {f}.exp().clamp(-5, 5)
with torch.autograd.set_detect_anomaly(True): {new} = {f} * {f}
with torch.set_grad_enabled({f}.numel() > 2): {new} = {f} * 2
"""

STRIDED = """
{new} = {x}.as_strided((2, 2), (1, 1))
{new} = {x}.as_strided((1,), (1,), 1)
{new} = {x}.unfold({dim}, 1, 1)
{new} = {x}.unfold({dim}, 2, 2)
{new} = {x}.unfold({dim}, 1, 2)
{w}.unbind({dim})[-1].mul_(2)
{w}.chunk(2, {dim})[0].add_(1)
for part in {w}.unbind({dim}): part.add_(1)
{new}, *_ = {x}.tensor_split(2, {dim})
{w}.expand({expand}).add_(1)
{w}.view({shape}).mul_(2)
{w}.transpose({dim}, {dim2}).select({dim}, 0).add_(1)
{w}.unsqueeze(0).squeeze({dim}).sub_({number})
{w}.narrow({dim}, 0, 1).copy_({w}.narrow({dim}, -1, 1).clone())
{w}.diagonal().fill_({number})
{w}.flatten()[1:].mul_(-1)
{w}.T.add_(1)
{w}.resize_({w}.shape[::-1])
if {w}.numel(): {w}.resize_(1, 1)
with torch.no_grad(): {w}.detach().set_({x}.detach().clone())
{w}.swapaxes_({dim}, {dim2})
{w}.squeeze_({dim})
{w}.as_strided_((2,), (1,))
{new} = {x}.view(-1).as_strided((2,), (2,))
{new} = torch.broadcast_to({x}, {expand})
{new} = {x}.expand_as({y})
{new} = {x}.repeat_interleave(2, {dim})
{new} = {x}.tile(2)
{new} = {x}.repeat(2, *[1] * {x}.dim())
{new} = {x}.swapdims({dim}, {dim2})
{new} = {x}.view(torch.int32)
{new} = {x}.unflatten({dim}, (1, -1))
{new} = {x}.squeeze((0, -1))
{new} = torch.atleast_2d({x})
{new} = {x}.index_put((torch.tensor([0]),), {x}[0])
{new} = torch.block_diag({x}, {x})
{new} = {x}.rot90()
{new} = torch.tril({x})
{w}.triu_()
{w}.index_add_({dim}, torch.tensor([0, 0]), {w}.detach().narrow({dim}, 0, 1).repeat_interleave(2, {dim}))
{w}.index_copy_({dim}, torch.tensor([0]), {w}.detach().narrow({dim}, 0, 1) * 2)
{w}.scatter_({dim}, torch.zeros_like({w}, dtype=torch.int64).narrow({dim}, 0, 1), {number})
{w}.masked_scatter_({w} > 0, {w}.detach() * 2)
{w}.fill_diagonal_({number})
{w}.real.mul_(2)
{w}.copy_({x}.detach().sum())
{w}.mul_({w}.detach())
"""

PRELUDE = """
def grads(outputs, inputs):
    found = torch.autograd.grad(outputs, inputs, retain_graph=True, allow_unused=True)
    return [None if grad is None else grad.tolist() for grad in found]
def slope(value, leaf): return torch.autograd.grad((value * value).sum(), leaf, create_graph=True)[0]
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return g * 2
class Saving(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x + 2 * y
    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * x, (g * y if ctx.needs_input_grad[1] else None)
class Splitting(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 1, x * 3
    @staticmethod
    def backward(ctx, g, h): return g if h is None else h if g is None else g + h
class Same(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x
    @staticmethod
    def backward(ctx, g): return g * 3
class Dirty(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(2)
    @staticmethod
    def backward(ctx, g): return g * 2
"""

TABLE = {
    name: [line for line in text.splitlines() if line]
    for name, text in {
        "views": VIEWS,
        "in_place": IN_PLACE,
        "pointwise": POINTWISE,
        "promotion": PROMOTION,
        "reduce": REDUCE,
        "index": INDEX,
        "autograd": AUTOGRAD,
        "nodes": NODES,
        "strided": STRIDED,
        "functions": FUNCTIONS,
        "reductions": REDUCTIONS,
        "products": PRODUCTS,
        "factories": FACTORIES,
    }.items()
}

# kind of program: how often each part of the table is drawn from
KINDS = {
    "views": {"views": 6, "in_place": 5, "pointwise": 1, "autograd": 2},
    "promotion": {"promotion": 1},
    "reduce": {"reduce": 6, "views": 2, "pointwise": 1, "autograd": 2},
    "index": {"index": 6, "views": 1, "autograd": 2},
    "autograd": {"autograd": 6, "pointwise": 4, "in_place": 3, "views": 2},
    "operators": {"functions": 5, "reductions": 3, "products": 2, "factories": 2, "views": 1, "autograd": 1},
    "nodes": {"nodes": 6, "autograd": 2, "pointwise": 3, "in_place": 2, "views": 2},
    "strided": {"strided": 6, "views": 2, "in_place": 2, "pointwise": 1, "autograd": 1},
    "all": {"views": 3, "in_place": 3, "pointwise": 3, "promotion": 1, "reduce": 2, "index": 2, "autograd": 4},
}

FLOATING = ["float32", "float64"]
INTEGRAL = ["bool", "uint8", "int8", "int16", "int32", "int64"]
ALL_DTYPES = [*INTEGRAL, "float16", "bfloat16", *FLOATING, "complex64", "complex128"]
DTYPES = {
    "promotion": ALL_DTYPES,
    "reduce": [*FLOATING, *ALL_DTYPES],
    "operators": [*FLOATING, *FLOATING, *ALL_DTYPES],
    "index": [*FLOATING, "int64", "bool", "complex64"],
}
SHAPES = [(), (1,), (3,), (4,), (2, 3), (2, 3), (3, 2), (2, 2), (1, 3), (2, 1, 3), (2, 2, 2), (0, 3), (6,)]
SCALARS = ["2", "3", "-1", "0", "0.5", "2.5", "True", "1", "2", "0.5"]
NUMBERS = ["2", "-1", "0", "0.5", "3"]
WRAPPERS = [
    "with torch.no_grad():",
    "with torch.enable_grad():",
    "with torch.inference_mode():",
    "with torch.set_grad_enabled(False):",
]
