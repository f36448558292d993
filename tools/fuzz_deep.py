"""Statements that weave the parts of autograd together: functions of the user's own, hooks on what is saved, modes, errors and what comes after
them, forward mode with views and writes, walks over graphs, derivatives of derivatives by functions, checks of gradients, checkpoints and
threads; see fuzz_table.py for the fields."""

# Functions, hooks, modes, passes and errors, all on the same tensors.
DEEP = """
{new} = {custom}.apply({f})
{new} = {custom}.apply({f}.{part})
{new} = {custom}.apply({f}) * {f}
{new} = {custom}.apply({f} * 1).{part}; {new}.{writing}
with {scope}: {new} = {custom}.apply({f})
with {scope}: {new} = {f}.{part}
with {scope}: {new} = {f}.{part}; {new}.{writing}
with {scope}: {w}.{writing}
with {scope}: {w}.{part}.{writing}
with {scope}: {new} = ({f} * {f}).{part}
with {scope}: {f}.sum().backward(retain_graph=True)
with {scope}: seen.append(grads(({f} * {f}).sum(), [{leaf}]))
with {scope}: {new} = torch.autograd.grad(({f} ** 2).sum(), {leaf}, create_graph=True, allow_unused=True)[0]
with {scope}: seen.append([{f}.requires_grad, ({f} * 1).requires_grad, {f}.{part}.requires_grad, {f}.detach().requires_grad])
with {scope}, {scope}: {new} = {f} * {f}
with {packed}: {new} = {f} * {f}
with {packed}: {new} = ({f} * 2).exp().clamp(max=9).{part}
with {packed}: {new} = {custom}.apply({f})
with {packed}, {packed}: {new} = {f} * {f}
with {packed}: {new} = torch.autograd.grad(({f} ** 3).sum(), {leaf}, create_graph=True, allow_unused=True)[0]
with {packed}: {w}.mul_({f}.sum())
{new} = {f} * {f}; {f}.{writing}; {new}.sum().backward()
{new} = {f}.exp().clamp(max=9); {new}.{part}.{writing}; {new}.sum().backward(retain_graph=True)
{new} = {f}.sigmoid(); {new}.{writing}; {new}.sum().backward(retain_graph=True)
{new} = {f} * 1; {new}.{part}.mul_({f}.sum()); {new}.{part}.{writing}
{new} = {f} * 1; t_other = {new}.{part}; {new}.{writing}; t_other.{writing}; seen.append([type(t_other.grad_fn).__name__, t_other._version])
{new} = {f}.detach(); {new}.{writing}; {f}.sum().backward(retain_graph=True)
{new} = {f}.data; {new}.{writing}; ({f} * {f}).sum().backward(retain_graph=True)
{leaf}.data = {leaf}.data.clone() * 2
{leaf}.data = torch.ones(2)
with torch.no_grad(): {leaf}.set_({leaf}.detach().clone())
with torch.no_grad(): {leaf}.grad = None; {leaf}.{writing}
{leaf}.grad = {leaf}.detach().clone(); {leaf}.sum().backward()
{leaf}.grad = {leaf}.detach().clone().requires_grad_(); ({leaf} * {leaf}).sum().backward()
({leaf} * {leaf}).sum().backward(create_graph=True); seen.append([{leaf}.grad.requires_grad, {leaf}.grad.is_leaf]); {leaf}.grad = None
({f} ** 2).sum().backward(create_graph=True, inputs=[{leaf}]); {new} = {leaf}.grad * 1; {leaf}.grad = None
{leaf}.grad.{part}.{writing}
{f}.sum().backward(inputs=[{f}, {leaf}], retain_graph=True)
torch.autograd.backward([{f}.sum(), {f}.{part}.sum()], [None, torch.tensor(2., dtype={f}.dtype)], retain_graph=True)
torch.autograd.backward(({f} * 2, {f}.{part}), (torch.ones_like({f}), torch.ones_like({f}.{part})), retain_graph=True)
{new} = torch.autograd.grad({f}.{part}.sum(), {f}, create_graph=True, allow_unused=True, materialize_grads=True)[0]
{new} = torch.autograd.grad({f}, {leaf}, torch.stack([torch.ones_like({f})] * 2), is_grads_batched=True, allow_unused=True, retain_graph=True)[0]
{new} = slope(slope({f}.{part} ** 3, {leaf}), {leaf})
{new} = {f} * 1; {new}.sum().backward(); {new}.sum().backward()
{new} = ({f} * {f}); {new}.sum().backward(retain_graph=True); {new}.sum().backward(); seen.append({leaf}.grad)
{f}.grad_fn; {f}.register_hook(lambda g: {hook})
{f}.grad_fn; {f}.register_hook(lambda g: seen.append(["hook", g.requires_grad, g._version, g.stride()]))
{f}.grad_fn; {f}.retain_grad(); ({f} * 2).sum().backward(retain_graph=True); seen.append({f}.grad)
{leaf}.register_hook(lambda g: {hook})
{leaf}.register_hook(lambda g: 1 / 0)
{f}.grad_fn; handle = {f}.register_hook(lambda g: 1 / 0); ({f} * {f}).sum().backward(retain_graph=True)
handle.remove(); ({f} * 1).sum().backward(retain_graph=True)
{leaf}.register_post_accumulate_grad_hook(lambda p: seen.append([p.grad.tolist(), p.grad.requires_grad, torch.is_grad_enabled()]))
{f}.grad_fn.register_hook(lambda i, o: seen.append([len(i), len(o), [None if g is None else g.tolist() for g in i]]))
{f}.grad_fn.register_prehook(lambda o: tuple(None if g is None else g * 2 for g in o))
{f}.grad_fn.register_hook(lambda i, o: tuple(None if g is None else g * 2 for g in i))
handle = torch.autograd.graph.register_multi_grad_hook([{f}, {leaf}], lambda g: seen.append([None if e is None else e.tolist() for e in g]))
handle = torch.autograd.graph.register_multi_grad_hook([{f}, {leaf}], lambda g: seen.append(g.tolist()), mode="any")
{new} = {f} * {f}; seen.append([{new}.grad_fn._saved_self is {f}, {new}.grad_fn._raw_saved_self is not None])
{new} = {f} * {f}; {new}.grad_fn._raw_saved_self.register_hooks(lambda t: t * 2, lambda t: t / 2)
{new} = {f}.exp().clamp(max=9); seen.append([{new}.grad_fn.next_functions[0][0].name(), {new}.grad_fn.next_functions[0][0]._saved_result.tolist()])
{new} = {f} * {f}; {new}.sum().backward(); seen.append({new}.grad_fn._saved_self)
with torch.autograd.set_multithreading_enabled(False): {f}.sum().backward(retain_graph=True)
with torch.autograd.detect_anomaly(check_nan=False): {new} = {f} * {f}; {new}.sum().backward(retain_graph=True)
with torch.autograd.graph.disable_saved_tensors_hooks("no hooks here"): {new} = {f} * {f}
with torch.autograd.graph.disable_saved_tensors_hooks("no hooks here"), {packed}: {new} = {f} * {f}
with torch.autograd.graph.allow_mutation_on_saved_tensors(): {new} = {f} * {f}; {f}.detach().mul_(2); {new}.sum().backward(retain_graph=True)
{new} = {f}.clone(); {new}.detach_(); {new}.requires_grad_(); ({new} * 2).sum().backward()
{new} = torch.nn.Parameter({f}.detach().clone()); ({new} * {new}).sum().backward(); seen.append([{new}.grad, {new}.is_leaf])
{new} = {f} * 1; {new}.requires_grad_(False)
{new} = {f}.{part}.detach_()
{new} = ({f} * 1).{part}; {new}.detach_()
seen.append([{x}._version, {x}._is_view(), {x}.is_leaf, {x}.output_nr, {x}.requires_grad, {x}.retains_grad, {x}.is_inference()])
seen.append([type({f}.grad_fn).__name__, {f}.grad_fn is {f}.grad_fn, {leaf}.grad_fn is None])
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

# Forward mode, with views and writes; programs are inside dual_level() from DUALS' first line on.
DUALS = """
{new} = dual({f}, torch.ones_like({f}))
{new} = dual({f}, {f}.detach() * 2)
{new} = dual({f}.{part}, torch.ones_like({f}.{part}))
{new} = dual({f}, torch.ones_like({f}, requires_grad=True))
{new} = dual({f} * 1, torch.ones_like({f})); {new}.{writing}; seen.append(pair({new}))
{new} = dual({f} * 1, torch.ones_like({f})); {new}.{part}.{writing}; seen.append(pair({new}))
{new} = dual({f} * 1, torch.ones_like({f})); t_other = {new}.{part}; {new}.{writing}; seen.append(pair(t_other))
{new} = {f} * 1; {new}.{part}.mul_(dual({f}, torch.ones_like({f})).sum()); seen.append(pair({new}))
{new} = {f} * 1; {new}.copy_(dual({f}, torch.ones_like({f}))); seen.append(pair({new}))
{new} = {custom}.apply(dual({f}, torch.ones_like({f}))); seen.append(pair({new}))
with {scope}: {new} = dual({f}, torch.ones_like({f})) * 2; seen.append(pair({new}))
with {scope}: {new} = dual({f} * 1, torch.ones_like({f})); {new}.{writing}; seen.append(pair({new}))
seen.append(pair(dual({f}, torch.ones_like({f})).{part}))
seen.append(pair(dual({f}, torch.ones_like({f})).{mapped}))
seen.append(pair(({f} * dual({f}, torch.ones_like({f}))).{part}))
seen.append(pair(torch.stack([dual({f}, torch.ones_like({f})), {f}])))
seen.append(pair(torch.cat([{f}, dual({f}, torch.ones_like({f}))])))
seen.append(pair(torch.where({f} > 0, dual({f}, torch.ones_like({f})), {f} * 2)))
seen.append(pair({x}))
seen.append(pair({x} * {f}))
seen.append(pair({f}.{mapped}))
seen.append(pair({f}.detach()))
seen.append(pair({f}.clone()))
seen.append(pair(dual(dual({f}, torch.ones_like({f})), torch.ones_like({f}))))
seen.append(repr(dual({f}, torch.ones_like({f}))))
seen.append([{f}._is_view(), {f}._version, {f}.requires_grad, fwd._is_fwd_grad_enabled()])
{new} = dual({f}, torch.ones({f}.numel() + 1))
{new} = dual({f}, torch.ones_like({f}).double())
{new} = dual({x}, torch.ones_like({x}))
{new} = unpacked(dual({f}, torch.ones_like({f})).{mapped})
{new} = unpacked(dual({f}, {f} * 2) * {f})
{new} = torch.autograd.grad(unpacked(dual({f}, torch.ones_like({f})) ** 3).sum(), {leaf}, allow_unused=True, retain_graph=True)[0]
{new} = torch.func.jvp(lambda x: x.{mapped}, ({f},), (torch.ones_like({f}),))[1]
{new} = torch.func.jvp(lambda x: x.clone().{writing}, ({f},), (torch.ones_like({f}),))[1]
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

# What a program that prints a graph sees.
WALKS = """
seen.append(walk({f}))
seen.append(attributes({f}.grad_fn))
seen.append(attributes(({f} * {f}).grad_fn))
seen.append(attributes({f}.{part}.grad_fn))
seen.append(attributes({f}.{mapped}.grad_fn))
seen.append(attributes({custom}.apply({f}).grad_fn))
seen.append(metadata({f}.grad_fn))
seen.append(metadata(({f} * {f}).{part}.grad_fn))
{f}.grad_fn.metadata["note"] = {number}; seen.append({f}.grad_fn.metadata)
seen.append([n is {f}.grad_fn for n, _ in ({f} * 1).grad_fn.next_functions])
seen.append([{f}.grad_fn == {f}.grad_fn, hash({f}.grad_fn) == hash({f}.grad_fn), {f}.grad_fn.name(), str({f}.grad_fn).split(" ")[0]])
seen.append(torch.autograd.graph.get_gradient_edge({f}).output_nr)
seen.append(grads(({f} * 2).sum(), [torch.autograd.graph.get_gradient_edge({f})]))
seen.append([torch.autograd.graph.get_gradient_edge({leaf}).node.name(), torch.autograd.graph.get_gradient_edge({leaf}).node.variable is {leaf}])
{w}.{writing}; seen.append(walk({w}) if {w}.is_floating_point() else None)
{w}.{part}.{writing}; seen.append(walk({w}) if {w}.is_floating_point() else None)
{new} = {f}.{part}; seen.append([type({new}.grad_fn).__name__, {new}.output_nr, {new}._base is {f}])
{new} = {f} * 1; {new}.{part}.{writing}; seen.append(walk({new}))
{new} = {f} * 1; t_other = {new}.{part}; {new}.{writing}; seen.append(walk(t_other))
{new} = torch.autograd.grad(({f} * {f}).sum(), {leaf}, create_graph=True, allow_unused=True)[0]; seen.append(walk({new}))
{new} = {f}.{mapped}
{new} = {custom}.apply({f})
{new} = torch.stack({f}.unbind(0)); seen.append(walk({new}))
{new} = torch.cat([{f}, {leaf}.sum().reshape([1] * {f}.dim()).expand_as({f})]); seen.append(walk({new}))
with {scope}: {new} = {f} * {f}; seen.append(walk({new}))
{f}.sum().backward(); seen.append(attributes({f}.grad_fn))
{f}.sum().backward(retain_graph=True)
seen.append([sorted(n for n in dir({f}.grad_fn) if not n.startswith("_saved") and not n.startswith("_raw") and not n.startswith("__"))])
"""

# Transforms over trees and in each other.
MAPPED = """
seen.append(vmap(lambda d: {"y": d["a"] * d["b"]}, in_dims=({"a": {dim}, "b": None},))({"a": {f}, "b": {number}}))
seen.append(vmap(lambda x, y: (x * 2, [y]), in_dims=({dim}, None), out_dims=({int}, [None]))({f}, {number}))
seen.append(vmap(lambda x, y: (x, y.sum()), in_dims=({dim}, {dim2}), out_dims={int})({f}, {f}))
seen.append(vmap(lambda x: x.{mapped}, in_dims={dim}, out_dims={int})({f}))
seen.append(vmap(lambda x: x.{part}, in_dims={dim})({f}))
seen.append(vmap(lambda x: x.clone().{writing}, in_dims={dim})({f}))
seen.append(vmap(lambda x: (x * 1).{part}.{writing}, in_dims={dim})({f}))
seen.append(vmap(vmap(lambda x: x.{mapped}, in_dims={int}), in_dims={dim})({f}))
seen.append(vmap(grad(lambda x: x.{mapped}.sum()), in_dims={dim})({f}))
seen.append(vmap(grad(lambda x: (x.{mapped} ** 2).sum()), chunk_size=2)({f}))
seen.append(vmap(lambda x: vjp(lambda y: y.{mapped}, x)[1](torch.ones_like(x.{mapped})))({f}))
seen.append(vmap(lambda x: jvp(lambda y: y.{mapped}, (x,), (torch.ones_like(x),)))({f}))
seen.append(grad(lambda x: vmap(lambda y: y.{mapped}.sum())(x).sum())({f}))
seen.append(grad(grad(lambda x: (x.{mapped} ** 3).sum()))({f}.sum()))
seen.append(grad(lambda x: grad(lambda y: (x * y.{mapped}).sum())(x).sum())({f}))
seen.append(grad(lambda d: (d["a"][0].{mapped} * d["b"]).sum())({"a": [{f}], "b": {f}.sum()}))
seen.append(grad(lambda x, y: (x * y).sum(), argnums=({int}, 0))({f}, {f}))
seen.append(grad_and_value(lambda x: (x.sum(), x.{mapped}), has_aux=True)({f}))
seen.append(grad(lambda x: x.{mapped})({f}))
seen.append(vjp(lambda x: (x.{mapped}, x.sum()), {f})[1]((torch.ones_like({f}.{mapped}), torch.ones_like({f}.sum()))))
seen.append(vjp(lambda x: {"y": x.{mapped}}, {f})[0])
seen.append(vjp(lambda x: (x * 2, x.detach()), {f}, has_aux=True)[2])
seen.append(jvp(lambda x, y: x * y.{mapped}.sum(), ({f}, {f}), (torch.ones_like({f}), torch.zeros_like({f}))))
seen.append(jvp(lambda x: (x.{mapped}, x), ({f},), (torch.ones_like({f}),), has_aux=True))
seen.append(jvp(grad(lambda x: x.{mapped}.sum()), ({f},), (torch.ones_like({f}),)))
seen.append(jacrev(lambda x: x.{mapped})({f}))
seen.append(jacfwd(lambda x: x.{mapped})({f}))
seen.append(jacrev(lambda x: {"y": x.{mapped}, "z": [x.sum()]})({f}))
seen.append(jacfwd(lambda x, y: x * y.sum(), argnums=(0, 1))({f}, {f}))
seen.append(jacrev(jacrev(lambda x: x.{mapped}.sum()))({f}))
seen.append(hessian(lambda x: (x.{mapped} ** 2).sum())({f}))
seen.append(hessian(lambda d: (d["a"] * d["b"]).sum())({"a": {f}, "b": {f}}))
seen.append(vmap(jacrev(lambda x: x.{mapped}))({f}))
seen.append(vmap(hessian(lambda x: (x ** 3).sum()))({f}))
seen.append(torch.manual_seed(3) is None or vmap(lambda x: x + torch.rand(2), randomness="{randomness}", in_dims={dim})({f}))
seen.append(torch.manual_seed(3) is None or vmap(lambda x: torch.nn.functional.dropout(x), randomness="{randomness}")({f}))
seen.append(torch.manual_seed(3) is None or vmap(lambda x: torch.randn_like(x) * x, randomness="{randomness}")({f}))
seen.append(torch.manual_seed(3) is None or vmap(vmap(lambda x: x + torch.randn(()), randomness="{randomness}"), randomness="{randomness}")({f}))
seen.append(vmap(lambda x: x[{key}])({f}))
seen.append(vmap(lambda x, i: x[i])({f}, torch.zeros({f}.shape[0], dtype=torch.int64)))
seen.append(vmap(lambda x: torch.where(x > 0, x, -x).sum())({f}))
seen.append(vmap(lambda x: x.new_zeros(2).add_(x.sum()))({f}))
seen.append(vmap(lambda x: torch.zeros(2).add_(x.sum()))({f}))
seen.append(vmap(lambda x: print(x) or x)({f}))
seen.append(vmap(lambda x: repr(x) and x)({f}))
seen.append(vmap(lambda x: float(x.sum()))({f}))
seen.append(vmap(lambda x: x.{mapped}, in_dims=(0, 0))({f}))
seen.append(vmap(lambda x: 1.0)({f}))
seen.append(vmap(lambda x: x, in_dims=9)({f}))
seen.append(vmap(lambda x: x, out_dims=9)({f}))
seen.append(vmap(lambda: 1)())
seen.append(grad(lambda x: x.sum().item())({f}))
seen.append(grad(lambda x: x.sum().detach())({f}))
seen.append(torch.func.functionalize(lambda x: x.clone().{writing})({f}))
with {scope}: seen.append(grad(lambda x: (x.{mapped} ** 2).sum())({f}))
with {scope}: seen.append(jvp(lambda x: x.{mapped}, ({f},), (torch.ones_like({f}),)))
with {scope}: seen.append(vmap(lambda x: x.{mapped})({f}))
seen.append(grad(lambda x: {custom}.apply(x).sum())({f}))
seen.append(grad(lambda x: nograd(x).sum() + x.sum())({f}))
({f} * {f}).sum().backward(retain_graph=True)
"""

# torch.autograd.functional with all its options.
DERIVED = """
{new} = AF.jacobian(lambda x: x.{mapped}, {f}, create_graph={flag}, strict={flag}, vectorize={flag})
{new} = AF.jacobian(lambda x: x.{mapped}, {f}, create_graph={flag})
{new} = AF.jacobian(lambda x: x.{mapped}, {f}, vectorize=True, strategy="{strategy}")
seen.append(AF.jacobian(lambda x, y: (x * y.sum(), y.{mapped}), ({f}, {f}), create_graph={flag}, vectorize={flag}))
seen.append(AF.jacobian(lambda x, y: x.{mapped}, ({f}, {f}), strict={flag}))
{new} = AF.hessian(lambda x: (x.{mapped} ** 2).sum(), {f}, create_graph={flag}, strict={flag}, vectorize={flag})
{new} = AF.hessian(lambda x: x.{mapped}.sum(), {f}, strict={flag})
{new} = AF.hessian(lambda x: (x ** 3).sum(), {f}, vectorize=True, outer_jacobian_strategy="{strategy}")
seen.append(AF.hessian(lambda x, y: (x * x * y.sum()).sum(), ({f}, {f}), create_graph={flag}, vectorize={flag}))
seen.append(AF.vjp(lambda x: x.{mapped}, {f}, torch.ones_like({f}.{mapped}), create_graph={flag}, strict={flag}))
seen.append(AF.vjp(lambda x: x.{mapped}.sum(), {f}, create_graph={flag}, strict={flag}))
seen.append(AF.vjp(lambda x: x.{mapped}, {f}))
seen.append(AF.jvp(lambda x: x.{mapped}, {f}, torch.ones_like({f}), create_graph={flag}, strict={flag}))
seen.append(AF.jvp(lambda x, y: x * y, ({f}, {f}), (torch.ones_like({f}), torch.ones_like({f})), create_graph={flag}))
seen.append(AF.jvp(lambda x: x.{mapped}, {f}))
seen.append(AF.vhp(lambda x: (x.{mapped} ** 2).sum(), {f}, torch.ones_like({f}), create_graph={flag}, strict={flag}))
seen.append(AF.hvp(lambda x: (x.{mapped} ** 2).sum(), {f}, torch.ones_like({f}), create_graph={flag}, strict={flag}))
seen.append(AF.hvp(lambda x: x.{mapped}.sum(), {f}, torch.ones_like({f}), strict={flag}))
seen.append(AF.hvp(lambda x: x.{mapped}, {f}, torch.ones_like({f})))
seen.append(AF.vhp(lambda x: x.detach().sum(), {f}, torch.ones_like({f}), strict={flag}))
seen.append(AF.jacobian(lambda x: x.detach() * 1, {f}, strict={flag}, vectorize={flag}))
seen.append(AF.jacobian(lambda x: torch.zeros(2), {f}, strict={flag}, create_graph={flag}))
seen.append(AF.jacobian(lambda x: 3, {f}))
seen.append(AF.jacobian(lambda x: x, 3))
seen.append(AF.jvp(lambda x: x * 2, {f}, torch.ones(7)))
with {scope}: {new} = AF.jacobian(lambda x: x.{mapped}, {f}, create_graph={flag})
with {scope}: seen.append(AF.hvp(lambda x: (x ** 3).sum(), {f}, torch.ones_like({f})))
{new} = AF.jacobian(lambda x: {custom}.apply(x), {f}, create_graph={flag}, vectorize={flag})
({f} * {f}).sum().backward(retain_graph=True)
"""

# Reports of gradient checks, checkpoints, and threads.
CHECKED = """
seen.append(check(lambda x: x.{mapped}, {f}.detach().double().requires_grad_()))
seen.append(check(lambda x: x.{part}, {f}.detach().double().requires_grad_()))
seen.append(check(lambda x: x.clone().{writing}, {f}.detach().double().requires_grad_(), check_batched_grad={flag}))
seen.append(check(lambda x: x.{mapped}, {f}.detach().double().requires_grad_(), check_forward_ad={flag}, check_backward_ad={flag}))
seen.append(check(lambda x: Wrong.apply(x), {f}.detach().double().requires_grad_()))
seen.append(check(lambda x: Wrong.apply(x) * 2, {f}.detach().double().requires_grad_(), fast_mode={flag}))
seen.append(check(lambda x: Wrong.apply(x), {f}.detach().double().requires_grad_(), check_undefined_grad={flag}, atol=10))
seen.append(check(lambda x: x * 2, {f}.detach()))
seen.append(check(lambda x: x * 2, {f}.detach().float().requires_grad_()))
seen.append(check(lambda x: (x * 2).detach(), {f}.detach().double().requires_grad_()))
seen.append(check(lambda x: x.{mapped} + torch.tensor(0.), ({f}.detach().double().requires_grad_(), )))
seen.append(check(lambda x, y: x * y.sum(), ({f}.detach().double().requires_grad_(), {f}.detach().double())))
seen.append(check(lambda x: {custom}.apply(x), {f}.detach().double().requires_grad_(), gradgrad=True))
seen.append(check(lambda x: x.{mapped}, {f}.detach().double().requires_grad_(), gradgrad=True))
seen.append(check(lambda x: Wrong.apply(x ** 2), {f}.detach().double().requires_grad_(), gradgrad=True))
{new} = checkpoint(lambda x: x.{mapped}, {f}, use_reentrant={flag})
{new} = checkpoint(lambda x: (x * x).{part}, {f}, use_reentrant={flag}); {new}.sum().backward(retain_graph=True)
{new} = checkpoint(lambda x: x.{mapped} * x, {f}, use_reentrant=False); {new}.grad_fn and {new}.register_hook(lambda g: {hook}); {new}.sum().backward()
{new} = checkpoint(lambda x: seen.append("run") or x * x, {f}, use_reentrant={flag}); {new}.sum().backward()
{new} = checkpoint(lambda x: seen.append("run") or x * x, {f}, use_reentrant=False); {new}.sum().backward(retain_graph=True); {new}.sum().backward()
{new} = checkpoint(lambda x: x * x * (1 + len(seen)), {f}, use_reentrant=False, determinism_check="none")
{new} = checkpoint(lambda x, y: x * y, {f}, {f}, use_reentrant={flag})
{new} = checkpoint(lambda x: {custom}.apply(x) * x, {f}, use_reentrant=False)
{new} = checkpoint(lambda x: x * x, {f}); {new}.sum().backward(retain_graph=True)
{new} = checkpoint(lambda x: checkpoint(lambda y: y * y, x * 2, use_reentrant={flag}), {f}, use_reentrant={flag}); {new}.sum().backward(retain_graph=True)
seen.append(grads(checkpoint(lambda x: x * x, {f}, use_reentrant={flag}).sum(), [{leaf}]))
seen.append(grads(checkpoint(lambda x: x ** 3, {f}, use_reentrant=False).sum(), [{leaf}, {f}]))
with {packed}: {new} = checkpoint(lambda x: x * x, {f}, use_reentrant=False); {new}.sum().backward(retain_graph=True)
with {scope}: {new} = checkpoint(lambda x: x * x, {f}, use_reentrant={flag})
{new} = torch.utils.checkpoint.checkpoint_sequential([torch.tanh, torch.sin, torch.exp], 2, {f}, use_reentrant={flag})
in_thread(lambda: ({f} * {f}).sum().backward(retain_graph=True))
in_thread(lambda: seen.append([torch.is_grad_enabled(), torch.is_inference_mode_enabled(), ({f} * 1).requires_grad]))
with {scope}: in_thread(lambda: seen.append([torch.is_grad_enabled(), torch.is_inference_mode_enabled(), ({f} * 1).requires_grad]))
with {packed}: in_thread(lambda: seen.append(walk({f} * {f})[0]))
in_thread(lambda: {w}.{writing})
in_thread(lambda: 1 / 0)
in_thread(lambda: seen.append(grads(({f} ** 2).sum(), [{leaf}])))
({f} * {f}).sum().backward(retain_graph=True)
{f}.sum().backward()
"""

CHOICES = {
    "custom": ["Double", "Keeping", "Same", "Dirty", "Wrong", "Refusing", "Nothing", "Twice", "Forth"],
    "scope": [
        "torch.no_grad()", "torch.enable_grad()", "torch.inference_mode()", "torch.set_grad_enabled(True)", "torch.inference_mode(False)", "torch.autograd.grad_mode.set_grad_enabled(False)",
    ],
    "packed": [
        "torch.autograd.graph.saved_tensors_hooks(lambda t: seen.append(['pack', t.shape]) or t, lambda t: seen.append('unpack') or t)",
        "torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach() * 2, lambda t: t / 2)", "torch.autograd.graph.saved_tensors_hooks(lambda t: t.tolist(), lambda t: torch.tensor(t, dtype=torch.float64))",
        "torch.autograd.graph.save_on_cpu()", "torch.autograd.graph.saved_tensors_hooks(lambda t: 1 / 0, lambda t: t)", "torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: 1 / 0)",
        "torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: 3)", "torch.autograd.graph.saved_tensors_hooks(lambda t: t.add_(1), lambda t: t)",
    ],
    "strategy": ["forward-mode", "reverse-mode"],
    "randomness": ["same", "different", "error"],
    "mapped": [
        "sin()", "exp()", "tanh()", "pow(2)", "mul(2)", "sum()", "sum(-1)", "mean()", "view(-1)", "t()", "mT", "softmax(-1)", "cumsum(0)", "clone()", "abs()", "flip(0)", "unsqueeze(0)", "max()", "prod()",
        "max(0)[0]", "norm()", "var()", "sort()[0]", "sigmoid()", "relu()", "square()", "logsumexp(-1)", "diff()", "detach()", "reciprocal()", "clamp(-1, 1)", "roll(1)", "cumprod(0)", "select(0, 0)", "expand(2, -1)",
    ],
}

PRELUDE = """
import threading
grad, grad_and_value, hessian, jacfwd, jacrev, jvp, vjp, vmap = [
    getattr(torch.func, name) for name in "grad grad_and_value hessian jacfwd jacrev jvp vjp vmap".split()
]
AF, fwd, checkpoint = torch.autograd.functional, torch.autograd.forward_ad, torch.utils.checkpoint.checkpoint
class Keeping(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp().clamp(max=9)
        ctx.save_for_backward(x, y)
        ctx.factor = 2
        return y
    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y * ctx.factor * x.cos()
    @staticmethod
    def jvp(ctx, t): return t * 2
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return g * 3
class Refusing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): raise ValueError("not today")
class Nothing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.mark_non_differentiable(y := x * 2)
        return y
    @staticmethod
    def backward(ctx, g): return None
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 2
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, g): return g * 2 * ctx.saved_tensors[0]
class Forth(torch.autograd.Function):
    generate_vmap_rule = True
    @staticmethod
    def forward(x): return x.sin()
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])
        ctx.save_for_forward(inputs[0])
    @staticmethod
    def backward(ctx, g): return g * ctx.saved_tensors[0].cos()
    @staticmethod
    def jvp(ctx, t): return t * ctx.saved_tensors[0].cos()
def dual(x, t):
    if fwd._current_level < 0: fwd.enter_dual_level()
    return fwd.make_dual(x, t)
def pair(x):
    if fwd._current_level < 0: return None
    found = fwd.unpack_dual(x)
    return found.primal, found.tangent
def unpacked(x): return fwd.unpack_dual(x).tangent.clone()
def attributes(node):
    if node is None: return None
    found = {}
    for name in sorted(n for n in dir(node) if n.startswith("_saved_")):
        try: found[name] = getattr(node, name)
        except Exception as error: found[name] = [type(error).__name__, str(error)]
    return node.name(), found
def metadata(node): return None if node is None else [node.metadata, node.name(), len(node.next_functions), type(node).__module__]
def nograd(x):
    with torch.no_grad(): return x * 2
def check(f, *inputs, gradgrad=False, **options):
    call = torch.autograd.gradgradcheck if gradgrad else torch.autograd.gradcheck
    try: return call(f, *inputs, **options)
    except Exception as error: return [type(error).__name__, str(error)]
def in_thread(f):
    def run():
        try: f()
        except Exception as error: seen.append([type(error).__name__, str(error).partition("\\n")[0]])
    thread = threading.Thread(target=run)
    thread.start(); thread.join()
"""
