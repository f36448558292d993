"""Statements about what lasts: memory and data that tensors exchange, errors raised by hooks, formulas and half-done calls with what comes after
them, dtypes that meet in writes, functions of the user's own inside each other, several threads, warnings; see fuzz_table.py for the fields."""

# Data that is exchanged, storages that are written to, copies of leaves and of graphs.
SHARED = """
{leaf}.data = {leaf}.data.{part}.clone()
{leaf}.data = {leaf}.data.{part}
{leaf}.data = {y}.detach().to({leaf}.dtype).expand_as({leaf}).clone(); {f}.sum().backward(retain_graph=True)
{f}.data = {f}.data * 2; ({f} * {f}).sum().backward(retain_graph=True)
{w}.data, {x}.data = {x}.data, {w}.data
{w}.data = {w}.data.{part}; seen.append([{w}._version, {w}.is_leaf, {w}._is_view(), {w}.storage_offset()])
{new} = {w}.data; {new}.{writing}; seen.append([{w}._version, {new}._version])
{new} = {w}.detach(); {new}.data = {new}.data * 2; {new}.{writing}; seen.append({w}.tolist())
{new} = {w}.{part}; {w}.data = {w}.data.clone(); {new}.{writing}; seen.append([{new}._version, {w}._version])
{new} = ({w} * 1).{part}; {new}.data = {new}.data.clone(); {new}.{writing}; seen.append([{new}._is_view(), type({new}.grad_fn).__name__])
with torch.no_grad(): {w}.set_({w}.detach().{part})
with torch.no_grad(): {new} = torch.empty(0, dtype={x}.dtype).set_({x}.detach().{part}); {new}.{writing}
{new} = torch.empty(0, dtype={x}.dtype); {new}.set_({x}.detach().untyped_storage(), {int}, {shape}); {new}.{writing}
{new} = torch.tensor([], dtype={x}.dtype).set_({x}.detach().untyped_storage(), 0, ({int},), (2,))
{x}.detach().untyped_storage().fill_({int}); seen.append({x}._version)
{x}.detach().untyped_storage().copy_({y}.detach().untyped_storage())
{new} = {x}.detach().clone(); {new}.untyped_storage().resize_(96); seen.append([{new}.untyped_storage().nbytes(), {new}.shape])
{new} = {x}.detach().clone(); {new}.untyped_storage().resize_(800); {new}.resize_(2, 2)
seen.append([{x}.untyped_storage() == {x}.detach().untyped_storage(), {x}.untyped_storage().data_ptr() == {x}.{part}.untyped_storage().data_ptr()])
seen.append({x}.detach().untyped_storage().tolist()[:8]); seen.append({x}.detach().flatten().clone().untyped_storage()[0] if {x}.numel() else None)
seen.append(len({x}.{part}.untyped_storage())); seen.append({x}.{part}.storage().size()); seen.append(list({x}.detach().storage())[:3])
{new} = torch.tensor({x}.detach().untyped_storage(), dtype=torch.uint8)[:8]
{new} = {x}.detach().clone().resize_({shape}); {new}.{writing}
{new} = {x}.detach().clone(); t_other = {new}.{part}; {new}.resize_as_({y}.detach()).zero_(); seen.append([t_other._version, t_other.tolist()])
{new} = {f}.clone(); {new}.resize_(1)
{leaf}.resize_(1)
torch.utils.swap_tensors({leaf}, torch.ones(2, requires_grad=True))
{new} = {x}.detach().clone(); t_other = {y}.detach().clone(); torch.utils.swap_tensors({new}, t_other); {new}.{writing}
{new} = copy.deepcopy({leaf}); ({new} * {new}).sum().backward(); seen.append([{new}.grad, {leaf}.grad is None])
{new} = copy.copy({leaf}); ({new} * {new}).sum().backward(); seen.append([{new} is {leaf}, {new}.is_leaf, {leaf}.grad is None, {new}.grad is None])
{new} = copy.copy({f}); seen.append([{new}._version, type({new}.grad_fn).__name__, {new}.data_ptr() == {f}.data_ptr()]); {new}.{writing}
{new} = copy.deepcopy({f}); seen.append({new}.is_leaf)
{new} = copy.deepcopy({f}.detach().{part}); seen.append([{new}.stride(), {new}._version, {new}.untyped_storage().nbytes()])
{new}, t_other = copy.deepcopy(({leaf}.detach(), {leaf}.detach().{part})); t_other.{writing}; seen.append({new}.tolist())
{new} = pickle.loads(pickle.dumps({leaf})); seen.append([{new}.requires_grad, {new}.is_leaf, {new}.grad is None, {new}._version])
{new} = pickle.loads(pickle.dumps({x}.detach().{part})); seen.append([{new}.stride(), {new}.storage_offset(), {new}.untyped_storage().nbytes()])
{new} = pickle.loads(pickle.dumps({f}))
{new} = torch.nn.Parameter({leaf}); seen.append([{new} is {leaf}, {new}.is_leaf, {new}.data_ptr() == {leaf}.data_ptr()]); ({new} * 2).sum().backward()
{new} = torch.nn.Parameter({f}); {new}.data.{writing}; ({new} * {f}).sum().backward(retain_graph=True)
{new} = {x}.detach().numpy(); {new}[...] = 1; seen.append({x}._version)
{new} = torch.from_numpy({x}.detach().numpy()); {new}.{writing}; seen.append([{new}._version, {x}._version])
{new} = {x}.detach().share_memory_(); seen.append({new}.is_shared())
with torch.no_grad(): {new} = {f}.{part}; {new}.{writing}; seen.append([{new}._version, {f}._version, {new}.requires_grad])
with torch.no_grad(): {new} = {f}.{part}.{part}; {new}.{writing}
with torch.no_grad(): {f}.{part}.{part}.{writing}; seen.append(type({f}.grad_fn).__name__)
{new} = {f}.{part}.{part}; {new}.{writing}; seen.append([walk({new}), walk({f})])
{new} = ({f} * 1).{part}; t_other = {new}.{part}; t_other.{writing}; seen.append(walk({new})); {new}.sum().backward(retain_graph=True)
{new} = {f} * {f}; {f}.{part}.{writing}; {new}.sum().backward(retain_graph=True)
{new} = {f}.sin(); {f}.data.{writing}; {new}.sum().backward(retain_graph=True)
{leaf}.grad = {leaf}.detach().{part}
{leaf}.grad = {leaf}.detach().clone(); t_other = {leaf}.grad; {leaf}.grad.data = {leaf}.grad.data * 2; ({leaf} * 2).sum().backward(); seen.append([t_other is {leaf}.grad, t_other.tolist()])
{leaf}.sum().backward(); t_other = {leaf}.grad; t_other.{writing}; {leaf}.sum().backward(); seen.append([t_other is {leaf}.grad, t_other._version])
{leaf}.sum().backward(); {leaf}.grad.detach_(); {leaf}.grad.requires_grad_(); ({leaf} * {leaf}).sum().backward()
del {leaf}.grad
{leaf}.grad.data.zero_()
seen.append([{x}._version, {x}._is_view(), {x}.is_leaf, {x}.storage_offset(), {x}.untyped_storage().nbytes()])
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

# Hooks, functions and packers that raise, calls that fail half way; then everything once more.
RAISED = """
{f}.grad_fn; handle = {f}.register_hook(lambda g: {refusal})
{leaf}.register_hook(lambda g: {refusal})
handle = {leaf}.register_hook(lambda g: seen.append(g.tolist()) or (g * 2 if len(seen) % 2 else {refusal}))
{leaf}.register_post_accumulate_grad_hook(lambda p: {refusal})
{f}.grad_fn.register_hook(lambda i, o: {refusal})
{f}.grad_fn.register_prehook(lambda o: {refusal})
handle = torch.autograd.graph.register_multi_grad_hook([{f}, {leaf}], lambda g: {refusal})
{f}.grad_fn; {f}.register_hook(lambda g: {given_back})
{leaf}.register_hook(lambda g: {given_back})
{f}.grad_fn.register_hook(lambda i, o: {given_back})
{f}.grad_fn.register_prehook(lambda o: {given_back})
{f}.grad_fn.register_hook(lambda i, o: tuple({given_back} for g in i))
{f}.grad_fn.register_prehook(lambda o: tuple({given_back} for g in o))
{leaf}.register_post_accumulate_grad_hook(lambda p: {given_by_leaf})
handle.remove(); handle.remove()
with handle: {f}.sum().backward(retain_graph=True)
{new} = handed(lambda ctx, x: {refusal}, lambda ctx, g: g).apply({f})
{new} = handed(lambda ctx, x: x * 2, lambda ctx, g: {refusal}).apply({f}); {new}.sum().backward(retain_graph=True)
{new} = handed(lambda ctx, x: x * 2, lambda ctx, g: {given_back}).apply({f}); {new}.sum().backward(retain_graph=True)
{new} = handed(lambda ctx, x: {given_forward}, lambda ctx, g: g).apply({f}); {new}.sum().backward(retain_graph=True)
{new} = handed(lambda ctx, x: ctx.save_for_backward({saved_thing}) or x * 2, lambda ctx, g: g * len(ctx.saved_tensors)).apply({f}); {new}.sum().backward()
with torch.autograd.graph.saved_tensors_hooks(lambda t: {refusal}, lambda t: t): {new} = {f} * {f}
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: {refusal}): {new} = {f} * {f}; {new}.sum().backward(retain_graph=True)
with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: {given_unpacked}): {new} = {f} * {f}; {new}.sum().backward(retain_graph=True)
with torch.autograd.set_detect_anomaly(True): ({f} * {refused}).sum().backward(retain_graph=True)
with torch.no_grad(): {w}.mul_({refused}); {w}.add_({y})
with torch.no_grad(): {refusal}
with torch.inference_mode(): {refusal}
{w}.add_({refused})
{w}.{part}.copy_({refused})
{w}[{refused}] = 1
{w}[{index}] = {refused}
{new} = {w}.{part}; {new}.{writing}; {new}.add_({refused}); seen.append([{new}._version, type({new}.grad_fn).__name__])
{f}.backward({refused})
{f}.sum().backward(inputs=[{refused}], retain_graph=True)
torch.autograd.backward([{f}.sum(), {refused}], retain_graph=True)
{new} = torch.autograd.grad({f}.sum(), [{leaf}, {refused}], retain_graph=True)[0]
{new} = torch.autograd.grad({f}, {leaf}, {refused}, retain_graph=True)[0]
{new} = torch.autograd.grad({f}, {leaf}, [{refused}], retain_graph=True, allow_unused=True)[0]
{leaf}.grad = {refused}
{leaf}.data = {refused}
{f}.grad_fn; {f}.retain_grad(); {f}.register_hook(lambda g: g * 3); {f}.retain_grad(); ({f} * 2).sum().backward(retain_graph=True); seen.append({f}.grad)
{f}.grad_fn; {f}.retain_grad(); ({f} * {f}).sum().backward(create_graph=True); seen.append([{f}.grad.requires_grad, type({f}.grad.grad_fn).__name__]); {f}.grad = None; {leaf}.grad = None
{f}.grad_fn; {f}.register_hook(lambda g: seen.append([g.requires_grad, torch.is_grad_enabled()]) or g * {f}.detach()); {new} = torch.autograd.grad(({f} ** 3).sum(), {leaf}, create_graph=True, allow_unused=True)[0]
{f}.grad_fn; {f}.register_hook(lambda g: g * {f}); {new} = torch.autograd.grad({f}.sum(), {leaf}, create_graph=True, allow_unused=True)[0]
{leaf}.register_hook(lambda g: g * {leaf}); {new} = torch.autograd.grad(({leaf} ** 2).sum(), {leaf}, create_graph=True)[0]
{f}.grad_fn; {f}.register_hook(lambda g: torch.autograd.grad(({leaf} ** 2).sum(), {leaf})[0].sum() * g)
{f}.grad_fn; {f}.register_hook(lambda g: ({leaf} * 2).sum().backward() or g)
{leaf}.register_hook(lambda g: {leaf}.detach().{writing})
{leaf}.register_hook(lambda g: seen.append(id(g) != 0) or setattr({leaf}, "grad", None))
seen.append([torch.is_grad_enabled(), torch.is_inference_mode_enabled(), {leaf}.grad is None, {leaf}._backward_hooks is None, {x}._version])
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
seen.append(grads(({f} ** 2).sum(), [{leaf}, {f}]))
"""

# Dtypes that meet in writes, out=, accumulation and gradients.
MIXED = """
{w}.copy_({x}.to(torch.{dtype}))
{w}.copy_({f}.to(torch.{float_type})); ({w} * {w}).sum().backward(retain_graph=True)
{w}.{part}.copy_({f}.sum().to(torch.{float_type}))
{w} {operation_in_place}= {y}.to(torch.{dtype})
{w} {operation_in_place}= {f}.sum().to(torch.{float_type})
{w}.add_({y}.to(torch.{dtype}), alpha={scalar})
{w}.sub_({f}.sum().to(torch.{float_type}), alpha={number})
{w}.lerp_({y}.to({w}.dtype), {number})
{w}.addcmul_({y}.to(torch.{float_type}), {y}, value={number})
{w}.addcdiv_({y}, {y}.abs() + 1, value={number})
{w}.clamp_({y}.to(torch.{float_type}), {number})
{w}.masked_fill_({w} > 0, {f}.sum().to(torch.{float_type}))
{w}.fill_({f}.sum().to(torch.{float_type}))
{w}[{index}] = {f}.sum().to(torch.{float_type})
{w}[{index}] = {y}.to(torch.{dtype})
{w}[..., :1] += {y}.to(torch.{float_type}).sum()
{w}.index_put_((torch.tensor([0, 0]),), {f}.sum(), accumulate={flag})
{new} = {f}.index_put((torch.tensor([0, 0]),), {f}.sum().to(torch.{float_type}), accumulate={flag})
{new} = {f}.index_put((torch.tensor([0, -1]),), torch.ones_like({f}[0]).expand(2, *{f}.shape[1:]), accumulate=True); {new}.sum().backward(retain_graph=True)
{w}.index_put_(({x} > 0,), {f}.sum(), accumulate={flag})
{w}.index_put_((None, torch.tensor([0, 0])), {y}.sum().to({w}.dtype), accumulate={flag})
{w}.index_add_({dim}, torch.tensor([0, 0]), {f}.detach().narrow({dim}, 0, 1).repeat_interleave(2, {dim}).to(torch.{float_type}), alpha={number})
{w}.scatter_add_({dim}, torch.zeros_like({w}, dtype=torch.int64), {f} * 2)
{w}.scatter_({dim}, torch.zeros_like({w}, dtype=torch.int64), {f}, reduce="{old_reduce}")
{new} = {f}.scatter_reduce({dim}, torch.zeros_like({f}, dtype=torch.int64), {f} * 2, "{reduced_by}", include_self={flag})
{new} = {f}.index_reduce({dim}, torch.tensor([0]), {f}.narrow({dim}, 0, 1), "{reduced_by}", include_self={flag})
{w}.put_(torch.tensor([0, 0]), {f}.flatten()[:2].to({w}.dtype), accumulate={flag})
torch.{two_sided}({x}, {y}, out={w})
torch.{two_sided}({x}.detach(), {y}.to(torch.{dtype}).detach(), out={w}.detach())
torch.{two_sided}({x}.detach(), {y}.detach(), out={w}.detach().{part})
{new} = torch.{two_sided}({x}, {y}, out=torch.empty(0, dtype=torch.{dtype}))
torch.{one_sided}({x}.detach(), out={w}.detach())
torch.{one_sided}({x}.detach(), out=torch.zeros(2, dtype=torch.{dtype}))
torch.sum({x}.detach(), {dim}, dtype=torch.{dtype}, out={w}.detach())
torch.cat([{x}.detach(), {y}.to(torch.{dtype}).detach()], {dim}, out={w}.detach())
torch.where({x}.detach() > 0, {x}.detach(), {y}.detach(), out={w}.detach())
torch.clamp({x}.detach(), {y}.detach(), out={w}.detach())
{new} = {f}.to(torch.{float_type}); {new}.{writing}; {new}.sum().backward(retain_graph=True)
{new} = {f}.to(torch.{float_type}).{part} * {f}.{part}
{new} = {f}.float() + {f}.double().half() * {f}.bfloat16()
{new} = torch.cat([{f}, {f}.to(torch.{float_type})], {dim}); {new}.sum().backward(retain_graph=True)
{new} = torch.stack([{f}.to(torch.{dtype}), {f}])
{new} = torch.where({x} > 0, {f}.to(torch.{float_type}), {y})
{new} = torch.{two_sided}({f}.to(torch.{float_type}), {y})
{new} = torch.{two_sided}({f}, {y}.sum().to(torch.{float_type}))
{new} = {f}.to(torch.{float_type}).{mapped}
{new} = {f}.sum({dim}, dtype=torch.{float_type}) * {f}.{mapped}
{new} = {f}.softmax({dim}, dtype=torch.{float_type})
{new} = {f}.cumsum({dim}, dtype=torch.{float_type}); {new}.sum().backward(retain_graph=True)
{new} = torch.autograd.grad({f}.to(torch.{float_type}).sum(), {leaf}, allow_unused=True, retain_graph=True)[0]
{f}.backward(torch.ones_like({f}, dtype=torch.{float_type}), retain_graph=True)
{leaf}.grad = torch.ones_like({leaf}, dtype=torch.{float_type})
{leaf}.grad = {leaf}.detach().to(torch.{float_type}); {leaf}.sum().backward()
{leaf}.data = {leaf}.data.to(torch.{float_type})
{f}.grad_fn; {f}.register_hook(lambda g: g.to(torch.{float_type}))
{w}.real = {y}.real.to(torch.{float_type})
torch.set_default_dtype(torch.{float_type}); {new} = torch.tensor(0.5) * {f} + 1; torch.set_default_dtype(torch.float32)
seen.append([str(torch.result_type({x}, {y})), str(({x} * {scalar}).dtype), {x}.element_size()])
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

# Functions of the user's own that call each other, return and write into views, differentiate inside themselves.
NESTED = """
N = handed(lambda ctx, x: {inner_forward}, lambda ctx, g: {inner_backward}); {new} = N.apply({f})
N = handed(lambda ctx, x: {inner_forward}, lambda ctx, g: {inner_backward}); {new} = N.apply({f}.{part})
N = handed(lambda ctx, x: {inner_forward}, lambda ctx, g: {inner_backward}); {new} = N.apply({f} * 1); {new}.{writing}
N = handed(lambda ctx, x: kept_in(ctx, x) and {inner_forward}, lambda ctx, g: {inner_backward} * ctx.saved_tensors[0].sum()); {new} = N.apply({f})
N = handed(lambda ctx, x: ({inner_forward}, {inner_forward}), lambda ctx, g, h: {inner_backward} + h.sum()); {new}, t_other = N.apply({f})
N = handed(lambda ctx, x: ({inner_forward}, {inner_forward}), lambda ctx, g, h: {inner_backward}); {new}, t_other = N.apply({f} * 1); t_other.{writing}
N = handed(lambda ctx, x: ctx.mark_dirty(x) or x.{writing}, lambda ctx, g: {inner_backward}); {new} = N.apply({w})
N = handed(lambda ctx, x: ctx.mark_dirty(x) or x.{writing}, lambda ctx, g: {inner_backward}); {new} = N.apply({w}.{part}); seen.append(walk({w}) if {w}.is_floating_point() else None)
N = handed(lambda ctx, x: ctx.mark_dirty(x) or x.{writing}, lambda ctx, g: {inner_backward}); {new} = N.apply(({f} * 1).{part}); {new}.{writing}
N = handed(lambda ctx, x: ctx.mark_non_differentiable(x.{part}) or {inner_forward}, lambda ctx, g: {inner_backward}); {new} = N.apply({f})
N = handed(lambda ctx, x: ctx.set_materialize_grads(False) or ({inner_forward}, x * 1), lambda ctx, g, h: seen.append([g is None, h is None]) or (h if g is None else g)); {new} = N.apply({f})[{int}]
{new} = N.apply({f})
{new} = N.apply(N.apply({f}))
{new} = N.apply({f} * 1).{part}; {new}.{writing}
{new} = N.apply({f}.{part}).{part}
with {scope}: {new} = N.apply({f})
with {scope}: {new} = N.apply({f}.{part}); {new}.{writing}
with {packed}: {new} = N.apply({f})
{new} = N.apply({f}); {f}.{part}.{writing}; {new}.sum().backward(retain_graph=True)
{new} = N.apply({f}); {new}.sum().backward(create_graph=True); {leaf}.grad = None
{new} = torch.autograd.grad(N.apply({f}).sum(), {leaf}, create_graph=True, allow_unused=True)[0]
{new} = torch.autograd.grad(torch.autograd.grad(N.apply({f}).pow(2).sum(), {f}, create_graph=True)[0].sum(), {leaf}, allow_unused=True, retain_graph=True)[0]
{new} = N.apply({f}); {new}.retain_grad(); ({new} * 2).sum().backward(retain_graph=True); seen.append({new}.grad)
{new} = N.apply({f}); {new}.register_hook(lambda g: g * 2); {new}.sum().backward(retain_graph=True)
{new} = N.apply({f}); {new}.grad_fn.register_hook(lambda i, o: seen.append([[None if g is None else g.tolist() for g in i], [None if g is None else g.tolist() for g in o]])); {new}.sum().backward(retain_graph=True)
{new} = N.apply({f}); seen.append([walk({new}), {new}._version, {new}._is_view(), {new}.output_nr, {new}.is_leaf, {new} is {f}])
{new} = N.apply({f}); seen.append([{new}.grad_fn.name(), {new}.grad_fn.needs_input_grad, len({new}.grad_fn.saved_tensors), {new}.grad_fn.dirty_tensors])
{new} = N.apply({f}, {f})
{new} = N.apply({number})
{new} = N.apply(x={f})
{new} = N.apply()
{new} = N.apply({x}.detach()); seen.append({new}.requires_grad)
{new} = N()({f})
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

# Several threads, one after another: modes, graphs made here and differentiated there, hooks and state of each.
THREADS = """
in_thread(lambda: seen.append([torch.is_grad_enabled(), torch.is_inference_mode_enabled(), ({f} * 1).requires_grad, str(torch.get_default_dtype())]))
with {scope}: in_thread(lambda: seen.append([torch.is_grad_enabled(), torch.is_inference_mode_enabled(), ({f} * 1).requires_grad]))
in_thread(lambda: torch.set_grad_enabled(False)); seen.append([torch.is_grad_enabled(), ({f} * 1).requires_grad])
in_thread(lambda: torch.set_default_dtype(torch.float64)); seen.append(str(torch.tensor(1.0).dtype)); torch.set_default_dtype(torch.float32)
in_thread(lambda: torch.manual_seed({int})); {new} = torch.rand(2)
torch.manual_seed({int}); in_thread(lambda: seen.append(torch.rand(2).tolist())); {new} = torch.rand(2)
in_thread(lambda: globals().__setitem__("t_made", {f} * {f})); t_made.sum().backward(retain_graph=True); seen.append(walk(t_made)[0] if t_made.requires_grad else None)
in_thread(lambda: globals().__setitem__("t_made", {f}.{part})); t_made.{writing}; seen.append(walk(t_made)[0] if t_made.requires_grad else None)
with {scope}: in_thread(lambda: globals().__setitem__("t_made", {f}.{part})); t_made.{writing}; seen.append([t_made.requires_grad, t_made._version])
{new} = {f} * {f}; in_thread(lambda: {new}.sum().backward())
{new} = {f} * {f}; in_thread(lambda: {new}.sum().backward()); {new}.sum().backward()
in_thread(lambda: seen.append(grads(({f} ** 2).sum(), [{leaf}, {f}])))
{f}.grad_fn; {f}.register_hook(lambda g: seen.append([threading.current_thread() is threading.main_thread(), torch.is_grad_enabled()])); in_thread(lambda: ({f} * 2).sum().backward(retain_graph=True))
{leaf}.register_hook(lambda g: in_thread(lambda: seen.append([torch.is_grad_enabled(), g.tolist()]))); ({leaf} * 2).sum().backward()
{leaf}.register_hook(lambda g: in_thread(lambda: ({leaf} * {leaf}).sum().backward(inputs=[]))); ({leaf} * 2).sum().backward()
with {packed}: in_thread(lambda: seen.append(walk({f} * {f})[0]))
with torch.autograd.set_detect_anomaly(True): in_thread(lambda: ({f} * {f}).sum().backward(retain_graph=True))
with torch.autograd.set_multithreading_enabled({flag}): in_thread(lambda: ({f} * 2).sum().backward(retain_graph=True))
with torch.device("meta"): in_thread(lambda: seen.append(torch.ones(2).device.type))
in_thread(lambda: {w}.{writing}); seen.append({w}._version)
in_thread(lambda: {w}.{part}.{writing}); seen.append({w}._version)
in_thread(lambda: {leaf}.requires_grad_(False)); seen.append({leaf}.requires_grad)
in_thread(lambda: seen.append(torch.func.grad(lambda x: (x * x).sum())({f}.detach()).tolist()))
in_thread(lambda: seen.append(torch.func.vmap(lambda x: x * 2)({f}.detach()).tolist()))
seen.append(torch.func.vmap(lambda x: in_thread(lambda: seen.append(type(x).__name__)) or x * 2)({f}.detach()).tolist())
in_thread(lambda: {custom}.apply({f}).sum().backward(retain_graph=True))
in_thread(lambda: seen.append(repr({x}))); torch.set_printoptions(precision=2); in_thread(lambda: seen.append(repr({f} / 3))); torch.set_printoptions(profile="default")
in_thread(lambda: torch.set_printoptions(precision=1)); seen.append(repr({f}.detach() / 3)); torch.set_printoptions(profile="default")
in_thread(lambda: seen.append(torch.get_num_threads() > 0))
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

# Warnings: which, how many, in which order, and what is left where they are errors.
WARNED = """
{noisy}
{noisy}; {noisy}
with warned({filtered}): {noisy}
with warned({filtered}): {noisy}; {noisy}
with warned({filtered}): {new} = {f} * 2; {noisy}; {new} = {new} * 2
with warned("error"): {noisy}; seen.append("went on")
with {scope}: {noisy}
in_thread(lambda: seen.append(loud(lambda: {noisy_call})))
seen.append(loud(lambda: {noisy_call}))
seen.append(loud(lambda: [{noisy_call}, {noisy_call}]))
{new} = {noisy_call}
{leaf}.register_hook(lambda g: seen.append(loud(lambda: {noisy_call})) and None); {leaf}.sum().backward()
{f}.grad_fn; {f}.register_hook(lambda g: ({noisy_call}, None)[1]); {f}.sum().backward(retain_graph=True)
{new} = handed(lambda ctx, x: ({noisy_call}, x * 2)[1], lambda ctx, g: ({noisy_call}, g)[1]).apply({f}); {new}.sum().backward(retain_graph=True)
{f}.sum().backward(retain_graph=True)
"""

CHOICES = {
    "refusal": ["1 / 0", "[][1]", "(_ for _ in ()).throw(StopIteration('enough'))", "seen.missing", "{x}.view(7)", "(_ for _ in ()).throw(KeyError('gone'))", "(_ for _ in ()).throw(RuntimeError('no\\nmore'))", "exit(3) if False else undefined"],
    "given_back": ["g.double()", "g.sum()", "g.unsqueeze(0)", "3", "None", "g.detach().requires_grad_()", "g.expand(2, *g.shape)", "g.half()", "[g]", "g.long()", "(g,)", "(g, g)", "()", "g * 1j", "g.t()", "'g'", "g.data", "{x}", "torch.ones(7)"],
    "given_by_leaf": ["p.grad", "3", "p.grad.zero_()", "setattr(p, 'grad', p.grad * 2)", "p.data.{writing}", "p.{writing}", "p.sum().backward(inputs=[])", "p.requires_grad_(False)", "p.register_hook(lambda g: g)"],
    "given_forward": ["3", "None", "(x, 3)", "[x]", "x", "x.detach()", "x.data", "x.view(-1)", "(x * 1, x)", "{x}", "(x * 1, None)", "x.long()", "()", "x.numpy()", "torch.ones(2)"],
    "saved_thing": ["x", "x, x", "3", "None", "x.sum()", "[x]", "x * 1", "x, None", "'x'", "{x}"],
    "given_unpacked": ["t.double()", "3", "None", "t[:1]", "t * 2", "torch.ones(7)", "t.detach().clone()", "t.long()", "[t]"],
    "refused": ["'a'", "None", "torch.ones(7)", "{x}.long()", "[1, 2]", "{x} > 0", "torch.ones(2, 2, 2, 2)", "3j", "object()", "{y}.sum()", "{leaf}", "torch.tensor([])", "slice(1)", "torch.float32", "{x}.numpy()", "{f}"],
    "float_type": ["float16", "bfloat16", "float32", "float64", "float64", "float32", "complex64", "complex128"],
    "operation_in_place": ["+", "-", "*", "/", "//", "%", "**", "&", "|", "@"],
    "old_reduce": ["add", "multiply"],
    "reduced_by": ["sum", "prod", "mean", "amax", "amin"],
    "two_sided": ["add", "sub", "mul", "div", "maximum", "minimum", "pow", "atan2", "fmod", "remainder", "floor_divide", "eq", "lt", "logical_and", "bitwise_and", "hypot", "true_divide", "copysign", "fmax", "xlogy", "ldexp", "float_power", "gt", "dist"],
    "one_sided": ["exp", "neg", "abs", "sqrt", "floor", "sign", "isnan", "logical_not", "reciprocal", "sigmoid", "square", "round", "bitwise_not", "sin", "angle", "frac", "signbit", "real"],
    "inner_forward": [
        "x * 2", "x.clone()", "x.view(-1)", "x", "x.detach()", "x.t()", "x[..., :1]", "Double.apply(x)", "Same.apply(x)", "Viewed.apply(x)", "x.unbind(0)[0]", "x.sum()", "enabled(lambda: (x.detach().requires_grad_() ** 2))",
        "slope(enabled(lambda: x.detach().requires_grad_()), x) if False else x * 3", "x.mul_(1)", "x.{part}", "x.{part} * 2", "x.expand(2, *x.shape)", "torch.ones_like(x)", "Dirty.apply(x * 1)", "x.data", "x.real",
    ],
    "inner_backward": [
        "g * 2", "g", "g.clone()", "g.expand_as(g)", "Double.apply(g)", "None", "g.sum() * torch.ones(1)", "g.mul_(2)", "enabled(lambda: torch.autograd.grad((g.detach().requires_grad_() ** 2).sum(), [], allow_unused=True)) and g", "g.view(-1)",
        "g.contiguous() * 1", "(seen.append([g.requires_grad, torch.is_grad_enabled(), g.stride()]), g)[1]", "g.t()", "Same.apply(g)", "g.data",
    ],
    "filtered": ["'error'", "'ignore'", "'always'", "'once'", "'default'", "'error', UserWarning", "'ignore', UserWarning"],
    "noisy": [
        "{new} = {noisy_call}", "{x}.T", "{f}.grad", "{new} = {f}.grad", "({f} * {f}).sum().backward(create_graph=True); {leaf}.grad = None", "torch.add({x}.detach(), 1, out=torch.empty(7))", "{w}.expand(2, *{w}.shape).resize_(1)",
        "{new} = ({f} * 1).{part}; {new}.grad", "{leaf}.register_hook(lambda g: g); copy.deepcopy({leaf})",
    ],
    "noisy_call": [
        "torch.tensor({x})", "torch.tensor({x}.detach(), requires_grad=False)", "{x}.new_tensor({x})", "torch.std(torch.ones(1))", "torch.ones(2, 3).T if False else {x}.T", "{x}.mH if {x}.dim() < 2 else {x}", "float({f}.sum())", "int({f}.sum())",
        "{x}.cfloat().float()", "{x}.cfloat().to(torch.float64)", "torch.add({x}.detach(), 1, out=torch.empty(7))", "torch.mul({x}.detach(), 2, out=torch.empty(1, 5))", "torch.meshgrid({x}.flatten(), {x}.flatten())[0]", "{f}.grad", "({f} * 1).grad",
        "torch.nn.functional.mse_loss({f}, {f}.sum().expand(3))", "torch.nn.functional.l1_loss({f}, torch.ones(1, 2, 3))", "torch.nn.functional.softmax({f})", "torch.nn.functional.log_softmax({f})", "torch.nn.functional.sigmoid({f})", "torch.nn.functional.tanh({f})",
        "torch.nn.functional.dropout2d(torch.ones(2, 2))", "torch.norm({f})", "torch.cross(torch.ones(2, 3), torch.ones(2, 3))", "torch.range(0, 3)", "{x}.storage().size()", "torch.from_numpy(fixed({x}.detach().numpy()))", "torch.as_tensor(fixed({x}.detach().numpy()))",
        "{f}.masked_fill(torch.ones(1, dtype=torch.uint8), 1)", "{x}[torch.zeros({x}.shape, dtype=torch.uint8)]", "{x}.index_put((torch.zeros(1, dtype=torch.uint8),), {x}.sum())", "torch.nn.functional.interpolate(torch.ones(1, 1, 4), scale_factor=1.5, recompute_scale_factor={flag})",
        "torch.nn.functional.grid_sample(torch.ones(1, 1, 2, 2), torch.zeros(1, 1, 1, 2))", "torch.nn.functional.affine_grid(torch.ones(1, 2, 3), (1, 1, 2, 2))", "torch.nn.LSTM(1, 1, dropout=0.5)", "torch.nn.init.kaiming_uniform_(torch.empty(0))", "torch.nn.init.xavier_uniform_(torch.empty(0, 2))",
        "torch.nn.KLDivLoss()(torch.zeros(2), torch.ones(2))", "torch.nn.Softmax()({f})", "torch.nn.CrossEntropyLoss(size_average=True)", "torch.optim.lr_scheduler.StepLR(torch.optim.SGD([torch.ones(1)], 0.1), 1).step()", "torch.nn.utils.clip_grad_norm([], 1.0)",
        "torch.lu(torch.eye(2)) if hasattr(torch, 'lu') else 0", "torch.var(torch.ones(1), 0)", "torch.empty(2, 0).std()", "torch.chain_matmul(torch.eye(2), torch.eye(2))", "torch.cuda.amp.autocast()", "torch.nn.Parameter(torch.ones(1)).data_ptr() and 1", "torch.set_default_tensor_type(torch.FloatTensor)",
        "torch.utils.checkpoint.checkpoint(torch.sin, {f})", "torch.utils.checkpoint.checkpoint(torch.sin, {f}.detach(), use_reentrant=True)", "torch.nn.utils.weight_norm(torch.nn.Linear(1, 1)) and 1", "torch.utils.data.DataLoader([1], num_workers=0, prefetch_factor=None) and 1", "torch.nn.functional.hardtanh({f}, min_val=1) if False else 1",
    ],
}

PRELUDE = """
import contextlib, warnings
def handed(forward, backward):
    return type("Handed", (torch.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})
def kept_in(ctx, x):
    ctx.save_for_backward(x)
    return True
def enabled(f):
    with torch.enable_grad(): return f()
def fixed(array):
    array.flags.writeable = False
    return array
@contextlib.contextmanager
def warned(*filters):
    with warnings.catch_warnings():
        warnings.simplefilter(*filters)
        yield
def loud(f):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try: f()
        except Exception as error: caught.append(error)
    return [[type(w).__name__, str(w).split("\\n")[0]] if isinstance(w, Exception) else [w.category.__name__, str(w.message).split("\\n")[0]] for w in caught]
"""
