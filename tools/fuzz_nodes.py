"""Statements about nodes, hooks, strides, errors and forms of calls, for the fuzzer; see fuzz_table.py for the fields."""

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

# Whole graphs: what they are made of, also where a backward pass recorded them, and gradients that only pass through.
GRAPHS = """
seen.append(walk({f}))
seen.append(walk({f}))
seen.append(walk(torch.autograd.grad({f}.sum(), {leaf}, create_graph=True, allow_unused=True)[0]))
seen.append(walk(torch.autograd.grad({f}, {leaf}, torch.ones_like({f}, requires_grad=True), create_graph=True, allow_unused=True)[0]))
{new} = torch.autograd.grad({f}, {leaf}, {f}.detach() * 2, create_graph=True, allow_unused=True, materialize_grads=True)[0]
seen.append(passed({f}, {leaf}))
{new} = {f} * {y}
{new} = {f} / ({y} * {y} + 1)
{new} = {f}.clone().mul_({y})
{new} = {f}[{index}] * {number}
{new} = {f}.exp().add_(1)
{new} = {f}.clone().pow_(2)
{new} = {f}.clone().sin_()
{new} = {f}.clone().copy_({y})
{new} = torch.cat([{f}, {f}], {dim}).sum({dim})
{new} = {f}.mean({dim}, keepdim=True)
{new} = {f}.var({dim}, correction=0)
{new} = {f}.norm()
{new} = {f}.amax({dim})
{new} = {f}.softmax({dim})
{new} = {f}.cumsum({dim})
{new} = {f}.float() + {f}.double()
{new} = {f}.tanh() * {f}.sigmoid()
{new} = {f}.detach().requires_grad_() * 2
{w}[{index}] = {f}.sum()
{w}.narrow({dim}, 0, 1).mul_({f}.sum())
{w}.view(-1)[:1].add_({f}.sum())
{w}.t().mul_({w}.detach())
{w}.data.mul_(2)
with torch.no_grad(): {new} = {w}.view(-1); {new}.mul_(2)
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
def walk(value):
    if value is None or value.grad_fn is None: return value is None
    nodes, places, words = [value.grad_fn], {value.grad_fn: 0}, []
    for node in nodes:
        for following, number in node.next_functions:
            if following is not None and following not in places:
                places[following] = len(nodes)
                nodes.append(following)
        edges = [None if following is None else (places[following], number) for following, number in node.next_functions]
        words.append((node.name(), edges))
    made = [node for node in nodes if "torch::autograd::" not in node.name()]
    return words, [places[node] for node in sorted(made, key=lambda node: node._sequence_nr())]
def passed(value, leaf):
    given = torch.ones_like(value)
    found = torch.autograd.grad(value, leaf, given, retain_graph=True, allow_unused=True)[0]
    return found is given, found is None or found.stride()
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
