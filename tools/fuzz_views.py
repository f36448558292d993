"""Statements about memory that several tensors share: complex views, memory that grows or is exchanged, functions of the user's own in
the middle, hooks that write, copies of views, empty tensors, inference mode. See fuzz_table.py for the fields."""

COMPLEX = """
{new} = torch.view_as_real({x})
{new} = torch.view_as_complex({x})
{new} = {x}.real
{new} = {x}.imag
{new} = {x}.mH
{new} = {x}.adjoint()
{new} = {x}.H
{new} = {x}.mT
{new} = {x}.conj()
{new} = {x}.conj_physical()
{new} = {x}.resolve_conj()
{new} = {x}.resolve_neg()
{new} = torch.complex({f}.abs(), {f}.abs())
{new} = torch.polar({f}.abs(), {f}.abs())
{new} = {x} * 1j
{new} = {x} + 1j
{new} = {x}.abs()
{new} = {x}.angle()
{new} = {x}.sgn()
{new} = {x} * {y}
{new} = {x} / ({y}.abs() + 1)
{new} = {x} @ {x}.mH
{new} = {x}.cfloat()
{new} = {x}.real * {x}.imag
{new} = {x}.conj() * {x}
{new} = torch.view_as_real({x}.conj())
{new} = {x}.conj().imag
{new} = {x}.conj().T
{new} = {x}.conj()[0]
{new} = {x}.conj().clone()
{new} = {x}.conj().detach()
{new} = {x}.conj().conj()
{new} = {x}.real.clone()
{w}.real.mul_(2)
{w}.imag.zero_()
{w}.imag.add_({number})
{w}.real = {number}
{w}.imag = {w}.real
{w}.conj().mul_(2)
{w}.conj()[0] = 1j
{w}.conj_physical_()
{w}.conj().imag.add_(1)
{w}.mH.add_(1j)
{w}.mul_(1j)
{w}.copy_({y}.conj())
{w}[0] = {x}.conj().sum()
torch.view_as_real({w}).select(-1, 0).mul_(2)
torch.view_as_real({w})[..., 1] = {number}
{w}.add_({y}.conj())
seen.append({x}.tolist())
seen.append({x}.conj().tolist())
seen.append([{x}.is_conj(), {x}.is_neg(), {x}.is_complex()])
seen.append(repr({x}.conj()))
seen.append({x}.detach().conj().numpy())
seen.append({x}.detach().conj().resolve_conj().numpy())
seen.append({x}.conj().data_ptr() == {x}.data_ptr())
{f}.abs().sum().backward(retain_graph=True)
({f}.conj() * {f}).real.sum().backward(retain_graph=True)
{f}.imag.sum().backward(retain_graph=True)
torch.view_as_real({f}).sum().backward(retain_graph=True)
{f}.backward(torch.ones_like({f}), retain_graph=True)
"""

# Memory that grows, is exchanged or is handed to out=.
MEMORY = """
{w}.data = {x}.data
{w}.data = {x}.detach().clone()
{w}.data = {w}.data[..., :1]
{w}.data = {w}.detach().double()
{w}.data.add_(1)
{w}.detach().set_({x}.detach().clone())
{w}.detach().set_({x}.untyped_storage(), 0, (1,), (1,))
{new} = {w}.detach(); {new}.set_({x}.detach())
{new} = torch.empty(0, dtype={x}.dtype).set_({x}.detach())
{new} = torch.empty(0, dtype={x}.dtype).set_({x}.untyped_storage(), 0, {x}.size(), {x}.stride())
{new} = {w}.detach(); {new}.resize_({new}.numel() + 2)[-2:] = 0
{new} = {w}.detach().clone(); t_view = {new}.view(-1); {new}.resize_(9).fill_(2); seen.append(t_view.tolist())
{new} = {w}.detach().clone(); t_view = {new}.view(-1); {new}.resize_(9).fill_(2); t_view.zero_()
{new} = {w}.detach().clone(); t_view = {new}.t(); {new}.resize_(2, 3); {new}.fill_(1)
{new} = {w}.detach().clone(); t_part = {new}[..., :1]; torch.add({x}.detach(), 1, out={new}); t_part.add_(1)
{new} = {w}.detach().clone().view(-1); torch.mul({x}.detach(), 2, out={new})
{new} = torch.empty(0); torch.add({x}.detach(), {y}.detach(), out={new})
{new} = torch.zeros(2, 2); torch.sum({x}.detach(), {dim}, out={new})
{new} = torch.zeros(2, {x}.numel() + 1, dtype={x}.dtype); torch.mul({x}.detach(), 2, out={new}[0, 1:].view_as({x}))
{new} = torch.zeros(2, {x}.numel(), dtype={x}.dtype); torch.add({x}.detach(), 1, out={new}[1].view({x}.shape))
{new} = torch.zeros({x}.shape[::-1], dtype={x}.dtype).mT; torch.sub({x}.detach(), {y}.detach(), out={new})
{new} = torch.zeros({x}.shape, dtype={x}.dtype).t(); torch.neg({x}.detach(), out={new})
torch.exp({f}.detach(), out={w}.detach())
torch.cat([{x}.detach(), {x}.detach()], {dim}, out={w}.detach())
torch.add({x}, {y}, out={w})
torch.mul({x}.detach(), {y}.detach(), out={w})
torch.add({x}.detach(), 1, out={w}.detach().view(-1))
{new} = {x}.as_strided((2,), (1,))
{new} = {x}.as_strided((2, 2), (1, 2), 0)
{new} = {x}.t().as_strided((2,), (1,), 1)
{new} = {x}.as_strided({x}.shape, {x}.stride())
{new} = torch.as_strided_copy({x}, (1,), (1,), 0)
{w}.as_strided((1,), (1,)).mul_(2)
{w}.view(-1).as_strided((2,), (1,), 0).add_(1)
{w}.expand(2, *{w}.shape).mul_(2)
{w}.expand(2, *{w}.shape)[0].mul_(2)
{w}.expand({expand}).select({dim}, 0).add_({number})
{w}.unfold({dim}, 1, 1).add_(1)
{w}.unfold({dim}, 2, 2).mul_(2)
{w}.expand(2, *{w}.shape).copy_({x})
{w}.unsqueeze(0).expand(1, *{w}.shape).add_(1)
seen.append([{x}.is_set_to({y}), {x}._is_view(), {x}.untyped_storage().nbytes()])
seen.append([{x}.data_ptr() - {x}.untyped_storage().data_ptr(), {x}.storage_offset(), {x}.is_contiguous()])
{new} = copy.deepcopy({x}.detach())
{new} = copy.copy({x})
{new} = copy.deepcopy({leaf})
{new} = pickle.loads(pickle.dumps({x}.detach()))
{new} = pickle.loads(pickle.dumps({x}.detach().t()))
{new}, t_other = copy.deepcopy([{x}.detach(), {x}.detach()[..., :1]]); t_other.add_(1)
{new} = copy.deepcopy({x}.detach()[..., :1])
{new} = {x}.new_empty(0).expand(2, 0)
{new} = {x}.contiguous(); {new} is {x}
{new} = {x}.to({x}.dtype)
{new} = {x}.reshape({x}.shape)
{new} = {x}.clone(memory_format=torch.preserve_format)
{new} = torch.empty_like({x}).copy_({x})
{new} = torch.zeros_like({x}, dtype=torch.{dtype})
{new} = {x}.t().clone()
{new} = {x}.mT.contiguous()
{new} = {x}.new_zeros({shape})
{f}.sum().backward(retain_graph=True)
({f} ** 2).sum().backward(retain_graph=True)
"""

# Views with several outputs, functions of the user's own that return or write into views, hooks that write.
WEAVE = """
{new}, *t_rest = {f}.unbind({dim})
{new} = {f}.split(1, {dim})[-1]
{new}, *t_rest = {f}.chunk(2, {dim}); {new}.mul_(2)
with torch.no_grad(): {f}.unbind({dim})[0].mul_(2)
with torch.no_grad(): {f}.split(1, {dim})[0].add_(1)
with torch.no_grad(): {new} = {f}.chunk(2, {dim})[0]
with torch.no_grad(): {new} = {f}.view(-1)
with torch.no_grad(): {f}.view(-1)[:1].zero_()
with torch.no_grad(): {f}[..., 0] = 1
{w}.mul_(2)
{w}.view(-1).mul_(2)
{w}.select({dim}, 0).add_(1)
{w}.detach().mul_(2)
{w}.zero_()
{new} = {w}.unbind({dim})[0]; {w}.add_(1); {new}.grad_fn
{new} = {w}[0]; {w}.mul_(2); {new} = {new} * 2
{new} = Dirty.apply({w})
{new} = Dirty.apply({w}.view(-1))
{new} = Dirty.apply({w} * 1)
{new} = Dirty.apply({w}[0])
Dirty.apply({w}.select({dim}, 0))
Swapped.apply({w}, {w} * 2)
{new}, t_second = Swapped.apply({f} * 1, {w} * 2)
{new} = Viewed.apply({f})
{new} = Viewed.apply({f}); {new}.mul_(2)
{new} = Viewed.apply({f} * 1)
{new} = Parts.apply({f})[0]
{new} = Parts.apply({f})[1]; {new}.add_(1)
{new} = Double.apply({f}); {new}.add_(1)
{new} = Same.apply({f}); {new}.add_(1)
{new} = Same.apply({f}.view(-1))
{new} = Saving.apply({f}, {y}); {new}.mul_(2)
{new} = Splitting.apply({f})[0]; {new}.mul_(2)
{new} = Fixed.apply({f})[0]; {new}.mul_(2)
with torch.no_grad(): {new} = Viewed.apply({f})
with torch.no_grad(): {new} = Dirty.apply({w})
{f}.grad_fn; {f}.register_hook(lambda g: g.mul_(2))
{f}.grad_fn; {f}.register_hook(lambda g: g.zero_())
{f}.grad_fn; {f}.register_hook(lambda g: g.clone().fill_(1))
{f}.grad_fn; {f}.register_hook(lambda g: g.expand_as(g))
{leaf}.register_hook(lambda g: g.add_(1))
{leaf}.register_hook(lambda g: g.t())
{leaf}.register_post_accumulate_grad_hook(lambda p: p.grad.zero_())
{leaf}.register_post_accumulate_grad_hook(lambda p: p.data.add_(p.grad))
{f}.grad_fn; {f}.retain_grad()
{w}.grad_fn; {w}.retain_grad(); {w}.mul_(2); {w}.retain_grad()
{new} = {f} * 1; {new}.retain_grad(); {new}.add_(1); {new}[0] = 0
{new} = {f} * 1; {new}.retain_grad(); {new}.view(-1).mul_(2)
{new} = {f} * 1; t_view = {new}.view(-1); t_view.retain_grad(); {new}.mul_(2); t_view.sum().backward(retain_graph=True)
{new} = {f} * 1; t_view = {new}.view(-1); t_view.mul_(2); seen.append([t_view.grad_fn.name(), {new}.grad_fn.name()])
{f}.grad_fn.register_hook(lambda i, o: tuple(None if g is None else g * 2 for g in i))
{f}.grad_fn.register_prehook(lambda o: tuple(None if g is None else g * 2 for g in o))
{f}.grad_fn.register_hook(lambda i, o: seen.append([None if g is None else g.tolist() for g in i]))
{new} = {f}.detach().requires_grad_(); {new}.view(-1)
{new} = ({f} * 1).data; {new}.add_(1)
{w}.requires_grad_(False)
{leaf}.data = {leaf}.data * 2
{leaf}.data.view(-1)[:1] = 0
{leaf}.grad = None
{leaf}.grad = {leaf}.detach().clone()
{leaf}.grad.add_(1)
seen.append([{x}._version, {x}._is_view(), {x}.is_leaf, {x}.output_nr, {x}.retains_grad])
seen.append([{leaf}.grad is None, {leaf}._backward_hooks is None])
{f}.sum().backward(retain_graph=True)
{f}.sum().backward()
({f} * {f}).sum().backward(retain_graph=True)
{new} = torch.autograd.grad(({f} * {f}).sum(), [{leaf}], retain_graph=True, allow_unused=True)[0]
seen.append(grads({f}.sum(), [{leaf}, {f}]))
"""

INFERENCE = """
with torch.inference_mode(): {new} = {x} * 2
with torch.inference_mode(): {new} = {x}.clone()
with torch.inference_mode(): {new} = {x}.detach()
with torch.inference_mode(): {new} = {x}.view(-1)
with torch.inference_mode(): {new} = {x}[..., :1]
with torch.inference_mode(): {new} = {x}.unbind({dim})[0]
with torch.inference_mode(): {new} = {x}.expand({expand})
with torch.inference_mode(): {new} = {x}.contiguous()
with torch.inference_mode(): {new} = {x}.t().contiguous()
with torch.inference_mode(): {new} = torch.ones(2, requires_grad=True)
with torch.inference_mode(): {new} = {f}.detach().requires_grad_()
with torch.inference_mode(): {w}.mul_(2)
with torch.inference_mode(): {w}.view(-1).add_(1)
with torch.inference_mode(): {w}[..., 0] = 2
with torch.inference_mode(): {w}.copy_({y})
with torch.inference_mode(): {w}.data = {x} * 1
with torch.inference_mode(): torch.add({x}, 1, out={w})
with torch.inference_mode(): {new} = {x} * 2; {new}.add_(1); {new}.view(-1).mul_(2)
with torch.inference_mode(): {new} = {f}.softmax({dim})
with torch.inference_mode(): {new} = copy.deepcopy({x})
with torch.inference_mode(): seen.append([{x}.requires_grad, {x}.is_inference(), {x}.is_leaf])
{new} = {x} * 2
{new} = {x}.clone()
{new} = {x}.detach()
{new} = {x}.view(-1)
{new} = {x}[0]
{new} = {x}.t()
{new} = {x}.sum()
{new} = {f}.mean()
{new} = {f}.var({dim}, correction=0)
{new} = {f}.softmax({dim})
{new} = {x}.reshape({shape})
{new} = {x}.flatten()
{new} = {x}.contiguous()
{new} = {x}.to(torch.{dtype})
{new} = torch.cat([{x}, {x}], {dim})
{new} = torch.where({x} > 0, {x}, {y})
{new} = torch.nn.functional.relu({x})
{new} = torch.nn.functional.mse_loss({f}, {f}.clone())
{new} = torch.einsum("...i,...i->...", {f}, {f})
{new} = {x} @ {x}.mT
{new} = {x}.roll(1, {dim})
{new} = {x}.flip({dim})
{new} = {x}.repeat(2, *[1] * {x}.dim())
{new} = {x}.tile(2)
{new} = {x}.cumsum({dim})
{new} = {x}.sort({dim})[0]
{new} = {x}.diff()
{new} = {x}.outer({x})
{new} = {x}.unflatten({dim}, (1, -1))
{new} = torch.stack([{x}, {x}])
{new} = torch.atleast_2d({x})
{new} = torch.block_diag({x}, {x})
{new} = torch.tensordot({x}, {x}, {x}.dim())
{new} = {f}.norm()
{new} = {f} * {f}
{x}.add_(1)
{x}.view(-1).add_(1)
{x}[..., :1] = 2
{x}.requires_grad_()
{x}.detach().add_(1)
{x}.data.add_(1)
{w}.copy_({y})
{w}.add_({y})
{w}.data = {x}
with torch.no_grad(): {x}.add_(1)
with torch.no_grad(): {new} = {x}.view(-1)
seen.append([{x}.is_inference(), {x}._is_view()])
seen.append({x}._version)
{f}.sum().backward(retain_graph=True)
"""

EMPTY = """
{new} = {x}.view({shape})
{new} = {x}.reshape({shape})
{new} = {x}.transpose({dim}, {dim2})
{new} = {x}.t().contiguous()
{new} = {x}[:0]
{new} = {x}[{index}]
{new} = {x}[{step}]
{new} = {x}.narrow({dim}, 0, 0)
{new} = {x}.split(1, {dim})[0]
{new} = {x}.tensor_split(3, {dim})[-1]
{new} = {x}.expand(2, *{x}.shape)
{new} = {x}.unsqueeze({dim})
{new} = {x}.flatten()
{new} = {x}.diagonal()
{new} = {x}.sum({dim})
{new} = {x}.sum()
{new} = {x}.prod({dim})
{new} = {f}.mean()
{new} = {x}.amax({dim})
{new} = {x}.cumsum({dim})
{new} = {x}.sort({dim})[0]
{new} = {x}.permute({perm})
{new} = {x} * 2
{new} = {x} + {y}
{new} = {f}.exp()
{new} = {x}.clone()
{new} = {x}.mT.clone()
{new} = {x}.to(torch.{dtype})
{new} = {x} @ {x}.mT
{new} = {x}.matmul({x})
{new} = torch.cat([{x}, {x}], {dim})
{new} = torch.stack([{x}, {x}], {dim})
{new} = torch.cat([{x}[:0], {x}])
{new} = {x}.unfold({dim}, 1, 1)
{new} = {x}.index_select({dim}, torch.tensor([], dtype=torch.int64))
{new} = {x}.masked_select({x} > 9)
{new} = {x}.nonzero()
{new} = torch.empty_like({x}).fill_(1)
{new} = torch.zeros_like({x}.t())
{new} = {x}.new_zeros(0, 2)
{new} = {x}.softmax({dim})
{new} = {x}.norm()
{new} = {x}.roll(1, {dim})
{new} = {x}.flip({dim})
{new} = {x}.repeat(0, *[1] * {x}.dim())
{new} = {x}.repeat_interleave(2, {dim})
{new} = {x}.as_strided((0, 2), (2, 1))
{new} = {x}.as_strided((0, 2), (2, 1), 0).t()
{new} = {x}.detach().numpy().shape
{w}.add_({number})
{w}[:0] = 1
{w}[:0].mul_(2)
{w}.fill_(1)
{w}.copy_({y})
{w}.t_()
{w}.resize_(0)
{w}.view(-1)[:0].add_(1)
torch.add({x}, 1, out={w})
seen.append([{x}.is_contiguous(), {x}.stride(), {x}.storage_offset(), {x}.untyped_storage().nbytes()])
seen.append(repr({x}))
{f}.sum().backward(retain_graph=True)
{f}.backward(torch.ones_like({f}), retain_graph=True)
({f} * {f}).sum().backward()
"""

PRELUDE = """
class Swapped(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, y):
        x.mul_(2)
        y.add_(1)
        ctx.mark_dirty(x, y)
        return x, y
    @staticmethod
    def backward(ctx, g, h): return g * 2, h
class Viewed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x.view(-1)
    @staticmethod
    def backward(ctx, g): return g.view(-1) * 3
class Parts(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.shape = x.shape
        return x.view(-1), x * 2
    @staticmethod
    def backward(ctx, g, h): return g.view(ctx.shape) + h * 2
"""
