"""Statements of whole programs: modules with hooks and state, parameter groups and schedulers, constructors, Python's and NumPy's protocols,
subclasses, distributions; see fuzz_table.py for the fields."""

# What a module is made of: attributes, buffers, hooks, state, copies.
MODULES = """
net = {made_net}
net = {made_net}; seen.append(repr(net))
net = net.{moved}
net.{switched}
seen.append([name for name, _ in net.named_modules()]); seen.append([name for name, _ in net.named_parameters(recurse={flag})])
seen.append([name for name, _ in net.named_buffers()]); seen.append([type(m).__name__ for m in net.children()])
seen.append({k: list(v.shape) for k, v in net.state_dict().items()})
seen.append(list(net.state_dict(prefix="a.", keep_vars={flag})))
seen.append(str(net.load_state_dict(net.state_dict(), strict={flag})))
seen.append(str(net.load_state_dict({made_net}.state_dict(), strict={flag})))
seen.append(str(net.load_state_dict({**net.state_dict(), "extra": torch.ones(1)}, strict={flag})))
seen.append(str(net.load_state_dict({}, strict={flag}, assign={flag})))
other = copy.deepcopy(net); other.load_state_dict(net.state_dict()); seen.append(repr(other))
net.{attribute_name} = {attribute_value}
net.register_buffer("{attribute_name}", {attribute_value}, persistent={flag})
net.register_parameter("{attribute_name}", {attribute_value})
net.register_module("{attribute_name}", {attribute_value})
net.add_module("{attribute_name}", {attribute_value})
del net.{attribute_name}
seen.append(repr(getattr(net, "{attribute_name}", "absent")))
seen.append(repr(net.{attribute_name}))
seen.append(repr(net.get_submodule("{path}")))
seen.append(repr(net.get_parameter("{path}")))
seen.append(repr(net.get_buffer("{path}")))
net.set_submodule("{path}", torch.nn.ReLU())
net[{int}] = torch.nn.{activation}
net.insert({int}, torch.nn.{activation})
net.append(torch.nn.{activation}); seen.append(len(net))
net.extend([torch.nn.{activation}])
seen.append(repr(net[{int}:])); seen.append(repr(net.pop({int})))
del net[{int}]
net = net + torch.nn.Sequential(torch.nn.{activation})
net = torch.nn.Sequential(*net, torch.nn.{activation})
net.apply(lambda m: seen.append(type(m).__name__))
net.requires_grad_({flag}); seen.append([p.requires_grad for p in net.parameters()])
net.zero_grad(set_to_none={flag}); seen.append([p.grad is None for p in net.parameters()])
for p in net.parameters(): torch.nn.init.constant_(p, {number})
torch.manual_seed({int}); [m.reset_parameters() for m in net.modules() if hasattr(m, "reset_parameters")]
handle = net.register_forward_pre_hook(lambda m, args: {pre_hooked})
handle = net.register_forward_pre_hook(lambda m, args, kwargs: (args, kwargs), with_kwargs=True)
handle = net.register_forward_hook(lambda m, args, out: {hooked})
handle = net.register_forward_hook(lambda m, args, kwargs, out: {hooked}, with_kwargs=True)
handle = net.register_forward_hook(lambda m, args, out: {hooked}, prepend=True, always_call={flag})
handle = net.register_full_backward_hook(lambda m, gi, go: {back_hooked})
handle = net.register_full_backward_pre_hook(lambda m, go: {back_pre_hooked})
handle = list(net.modules())[-1].register_forward_hook(lambda m, args, out: {hooked})
handle = list(net.modules())[-1].register_full_backward_hook(lambda m, gi, go: {back_hooked})
handle = net.register_state_dict_pre_hook(lambda m, prefix, keep: seen.append(["state", prefix, keep]))
handle = net.register_load_state_dict_post_hook(lambda m, keys: seen.append([list(keys.missing_keys), list(keys.unexpected_keys)]))
handle = net.register_load_state_dict_pre_hook(lambda m, state, prefix, *rest: seen.append([sorted(state), prefix]))
handle.remove()
with handle: {new} = net(fit({f}, {net_input}))
{new} = net(fit({f}, {net_input}))
{new} = net(fit({f}, {net_input})); {new}.sum().backward(retain_graph=True); seen.append([None if p.grad is None else p.grad.tolist() for p in net.parameters()])
{new} = net(fit({f}, {net_input}).requires_grad_()); {new}.sum().backward()
{new} = net(fit({leaf}, {net_input}).double())
{new} = net({x})
{new} = net(fit({f}, {net_input}), 1)
{new} = net()
{new} = torch.func.functional_call(net, {k: v * 2 for k, v in net.state_dict().items()}, fit({f}, {net_input}))
seen.append(repr(torch.nn.utils.parameters_to_vector(net.parameters()).shape))
torch.nn.utils.vector_to_parameters(torch.nn.utils.parameters_to_vector(net.parameters()) * 0.5, net.parameters())
seen.append(repr(torch.nn.utils.clip_grad_norm_(net.parameters(), {number}, norm_type={order}, error_if_nonfinite={flag})))
torch.nn.utils.clip_grad_value_(net.parameters(), 0.1)
net = pickle.loads(pickle.dumps(net)) if not net._forward_hooks else net
net = copy.deepcopy(net)
net = torch.nn.utils.parametrizations.{parametrized}; seen.append(repr(net))
seen.append(repr(torch.nn.{container}))
{new} = torch.nn.{container}.{container_use}
seen.append(list(torch.nn.{container}.state_dict()))
"""

# Optimizers with groups, schedulers on schedulers, state that goes from one to another.
GROUPS = """
opt = {grouped_optimizer}
opt = {grouped_optimizer}; seen.append(repr(opt))
plan = {chained_schedule}
plan = {chained_schedule}; seen.append(plan.get_last_lr())
plan.step(); seen.append([g["lr"] for g in opt.param_groups])
plan.step({number}); seen.append(plan.last_epoch)
for _ in range({count}): opt.step(); plan.step(); seen.append(plan.get_last_lr())
seen.append(plan.state_dict())
plan.load_state_dict(plan.state_dict())
seen.append(opt.state_dict())
seen.append(opt.state_dict()["param_groups"])
state = copy.deepcopy(opt.state_dict()); opt = type(opt)(net.parameters(), lr=0.2); opt.load_state_dict(state)
opt.load_state_dict(type(opt)(net.parameters(), lr=0.3).state_dict())
opt = copy.deepcopy(opt); seen.append(repr(opt))
opt.add_param_group({"params": torch.nn.Parameter({f}.detach().real.clone()), "lr": {rate}})
opt.add_param_group({"params": {leaf}})
opt.add_param_group({"params": list(net.parameters())})
opt.add_param_group({"params": {x}})
opt.add_param_group({odd_group})
opt.param_groups[0]["lr"] = {rate}
opt.zero_grad(set_to_none={flag})
opt.zero_grad(); net(fit({f}, 2, 3)).pow(2).mean().backward(); opt.step(); seen.append([p.tolist() for p in net.parameters()])
opt.zero_grad(); net(fit({f}, 2, 3)).sum().backward(); opt.step(); opt.step(); seen.append([p.tolist() for p in net.parameters()])
net(torch.ones(2, 3)).sum().backward(); opt.step(lambda: net(torch.ones(2, 3)).sum())
seen.append(repr(opt.step(lambda: torch.tensor(3.0))))
handle = opt.register_step_pre_hook(lambda o, args, kwargs: seen.append([len(args), sorted(kwargs)]))
handle = opt.register_step_post_hook(lambda o, args, kwargs: seen.append(len(o.param_groups)))
handle = opt.register_state_dict_post_hook(lambda o, state: {**state, "more": 1})
handle = opt.register_load_state_dict_pre_hook(lambda o, state: seen.append(sorted(state)))
handle.remove()
seen.append(len(opt.state)); seen.append([sorted(s) for s in opt.state.values()])
seen.append([[k, v] for k, v in sorted(opt.defaults.items()) if isinstance(v, (int, float, str, bool, tuple, type(None)))])
average = torch.optim.swa_utils.AveragedModel(net, {averaging}); average.update_parameters(net); seen.append([p.tolist() for p in average.parameters()])
plan = torch.optim.swa_utils.SWALR(opt, swa_lr={rate}, anneal_epochs={steps}); plan.step(); seen.append(plan.get_last_lr())
torch.nn.utils.clip_grad_norm_(net.parameters(), {rate}); seen.append([None if p.grad is None else p.grad.norm().item() for p in net.parameters()])
net[0].weight.grad = None; opt.step()
net[0].weight.requires_grad_(False); opt.step(); net[0].weight.requires_grad_()
plan = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, {plateau}); [plan.step(v) for v in [1.0, 1.0, 0.9, 0.95, 1.2, 1.3]]; seen.append([g["lr"] for g in opt.param_groups])
"""

# Tensors made of numbers, lists, arrays, shapes and options, most of them odd.
MAKERS = """
{new} = torch.{sized}({size_args})
{new} = torch.{sized}({size_args}, dtype=torch.{dtype})
{new} = torch.{sized}(*{x}.shape, dtype=torch.{dtype}, requires_grad={flag})
{new} = torch.{sized}({size_args}, {make_option})
{new} = torch.{sized}({size_args}, {make_option}, {make_option2})
{new} = {x}.new_{new_sized}({size_args})
{new} = {x}.new_{new_sized}({size_args}, {make_option})
{new} = torch.full({size_args}, {odd_number})
{new} = torch.full({size_args}, {odd_number}, {make_option})
{new} = torch.full_like({x}, {odd_number})
{new} = torch.full_like({x}, {odd_number}, {make_option})
{new} = torch.{like}_like({x}, {make_option})
{new} = torch.{like}_like({x}, {make_option}, {make_option2})
{new} = {x}.new_full({size_args}, {odd_number})
{new} = {x}.new_tensor({nested})
{new} = {x}.new_tensor({nested}, {make_option})
{new} = torch.tensor({nested})
{new} = torch.tensor({nested}, {make_option})
{new} = torch.tensor({nested}, dtype=torch.{dtype})
{new} = torch.as_tensor({nested}, dtype=torch.{dtype})
{new} = torch.asarray({nested}, {make_option})
{new} = torch.tensor([{nested}, {nested}])
{new} = torch.tensor(({x}, {x}))
{new} = torch.tensor([{x}.sum(), {odd_number}])
{new} = torch.tensor([np.float32(1), {odd_number}])
{new} = torch.tensor(np.array({nested}, dtype=object))
{new} = torch.tensor(np.array({nested}))
{new} = torch.arange({odd_number})
{new} = torch.arange({odd_number}, {odd_number})
{new} = torch.arange({odd_number}, {odd_number}, {odd_number})
{new} = torch.arange({odd_number}, {odd_number}, {odd_number}, dtype=torch.{dtype})
{new} = torch.linspace({odd_number}, {odd_number}, {odd_count})
{new} = torch.linspace({odd_number}, {odd_number}, {odd_count}, dtype=torch.{dtype})
{new} = torch.logspace({odd_number}, {odd_number}, {odd_count}, base={odd_number})
{new} = torch.range({odd_number}, {odd_number})
{new} = torch.eye({odd_count})
{new} = torch.eye({odd_count}, {odd_count}, dtype=torch.{dtype})
{new} = torch.{window}_window({odd_count})
{new} = torch.{window}_window({odd_count}, periodic={flag}, dtype=torch.{dtype})
{new} = torch.tril_indices({odd_count}, {odd_count}, {int})
{new} = torch.triu_indices({odd_count}, {odd_count}, offset={int}, dtype=torch.{dtype})
{new} = torch.combinations({x}.flatten()[:3], {odd_count}, with_replacement={flag})
{new} = torch.cartesian_prod({x}.flatten()[:2], {y}.flatten()[:2])
{new} = torch.meshgrid({x}.flatten()[:2], {y}.flatten()[:3], indexing={indexing})[0]
{new} = torch.complex({x}, {y})
{new} = torch.polar({x}, {y})
{new} = torch.vander({x}.flatten(), {odd_count})
{new} = torch.diag_embed({x}, {int}, {dim}, {dim2})
{new} = torch.block_diag({x}, {y}, {x})
{new} = torch.Tensor({size_args}).fill_(1)
{new} = torch.FloatTensor({nested}).floor()
{new} = torch.LongTensor({nested}).clamp(0, 3)
{new} = torch.scalar_tensor({odd_number}, dtype=torch.{dtype})
{new} = torch.empty_strided({size_args}, {size_args}).zero_()
{new} = torch.empty_permuted((2, 3), (1, 0)).zero_()
{new} = torch.zeros({size_args}).new({size_args}).fill_(1)
{new} = torch.frombuffer(bytearray(range(16)), dtype=torch.{dtype}, count={odd_count}, offset={int})
{new} = torch.from_numpy(np.arange(6).reshape(2, 3).astype({array_type}))
{new} = torch.randint({odd_number}, {odd_number}, (3,))
{new} = torch.randperm({odd_count})
{new} = torch.normal({odd_number}, {odd_number}, (2,))
{new} = torch.rand({size_args}, {make_option})
torch.set_default_dtype({default_type}); {new} = torch.tensor({nested}); torch.set_default_dtype(torch.float32)
with torch.device("{place}"): {new} = torch.{sized}({size_args})
seen.append(str(torch.result_type({x}, {odd_number}))); seen.append(torch.can_cast({x}.dtype, torch.{dtype})); seen.append(str(torch.promote_types({x}.dtype, torch.{dtype})))
"""

# Python's protocols and NumPy's functions on tensors.
PROTOCOLS = """
seen.append({pythonic}({x}))
seen.append({pythonic}({x}.sum()))
seen.append({pythonic}({x}.flatten()[:1]))
seen.append(f"{{x}.sum():{spec}}")
seen.append(f"{{x}.sum().item():{spec}}")
seen.append(format({x}, "{spec}"))
seen.append("{percent}" % {x}.sum())
seen.append("{percent}" % {x})
seen.append([{x}.__format__(""), str({x}), repr({x})])
{new} = round({x}, {int})
{new} = divmod({x}, {number})[0]
{new} = divmod({number}, {x})[1]
{new} = pow({x}, {number})
{new} = pow({number}, {x})
{new} = abs({x}); {new} = +{x}; {new} = -{x}
{new} = ~{x}
{new} = {x} {operation} {y}
{new} = {x} {operation} {operand}
{new} = {operand} {operation} {x}
{new} = {x} {operation} {array}
{new} = {array} {operation} {x}
{w} {operation}= {operand}
{w} {operation}= {y}
{w} {operation}= {array}
{new} = sum({x})
{new} = max({x}.flatten()); {new} = min({x}.flatten())
{new} = sorted({x}.flatten())[0]
{new}, *rest = {x}
{new} = list({x})[{int}]
{new} = next(iter({x}))
{new} = next(reversed({x})) if hasattr({x}, "__next__") else torch.stack(list(reversed({x})))
seen.append({operand} in {x})
seen.append([a.tolist() for a, b in zip({x}, {x})])
seen.append([i for i, _ in enumerate({x})])
seen.append(list(map(float, {x}.flatten())))
seen.append([1, 2, 3][{x}])
seen.append(range(5)[{x}.flatten()[0].long()] if {x}.numel() else 0)
seen.append(dict.fromkeys([{x}, {x}, {y}]).__len__())
seen.append({x} is {x}.contiguous()); seen.append({x}.__hash__() == id({x})); seen.append(len({{x}, {x}}))
seen.append({x}.{dunder}())
seen.append({x}.{dunder2}({operand}))
{new} = np.{numeric}({x}.detach())
{new} = torch.as_tensor(np.{numeric}({x}.detach().numpy()))
{new} = torch.as_tensor(np.asarray({x}.detach(), dtype={array_type}))
seen.append(np.asarray({x}.detach()).tolist()); seen.append(np.array({x}))
seen.append(np.array([{x}.sum().detach(), 1.0]).tolist())
seen.append(str(np.{numeric2}({x}.detach(), {y}.detach())))
seen.append(str(np.{numeric2}({x}.detach(), {array})))
seen.append(repr(np.float32(2) * {x})); seen.append(repr({x} * np.float64(2))); seen.append(repr(np.int64(2) + {x}))
seen.append(repr({array} @ {x}.numpy()))
{new} = torch.from_numpy({array}) + {x}
seen.append(str({x}.numpy(force={flag})))
seen.append({x}.__array__().dtype.name); seen.append({x}.__array__(np.{array_kind}).dtype.name)
seen.append({x}.tolist()); seen.append({x}.item() if {x}.numel() == 1 else {x}.dim())
seen.append([{x}.ndim, {x}.nbytes, {x}.itemsize, {x}.element_size(), {x}.numel(), {x}.nelement(), len({x}.shape)])
seen.append([{x}.is_floating_point(), {x}.is_complex(), {x}.is_signed(), {x}.is_contiguous(), {x}.is_nonzero() if {x}.numel() == 1 else None])
seen.append([{x}.type(), {x}.type(torch.DoubleTensor).type(), {x}.device.type, str({x}.layout), {x}.get_device()])
seen.append([{x}.size({dim}), {x}.stride({dim}), {x}.storage_offset(), {x}.shape[{int}:]])
seen.append([{x}.shape + (1,), {x}.shape == tuple({x}.shape), {x}.shape.numel(), torch.Size([1]) + {x}.shape])
seen.append({x}.equal({y})); seen.append(torch.equal({x}, {x}.clone())); seen.append(torch.allclose({f}, {f}))
"""

# Subclasses of Tensor and Parameter, with and without __torch_function__.
SUBCLASSES = """
{new} = {x}.as_subclass({class_name})
{new} = {class_name}({x}.detach())
{new} = torch.Tensor._make_subclass({class_name}, {x}.detach(), {flag})
{new} = {class_name}.{class_call}
{new} = {x}.{tensor_method}
{new} = {x}.as_subclass({class_name}).{tensor_method}
{new} = {x}.as_subclass({class_name}) {plus} {y}
{new} = {y} {plus} {x}.as_subclass({class_name})
{new} = {x}.as_subclass({class_name}) {plus} {number}
{new} = torch.{torch_call}({x}.as_subclass({class_name}))
{new} = torch.{torch_call}({x})
{new} = {x}.as_subclass({class_name}) + {y}.as_subclass({class_name2})
{new} = torch.cat([{x}.as_subclass({class_name}), {x}])
{new} = torch.stack([{x}, {x}.as_subclass({class_name2})])
{new} = torch.nn.functional.relu({f}.as_subclass({class_name}))
{new} = torch.nn.Parameter({f}.detach().as_subclass({class_name}))
{new} = torch.nn.Linear(3, 2)(fit({f}, 2, 3).as_subclass({class_name}))
{new} = copy.deepcopy({x}.detach().as_subclass({class_name}))
{new} = copy.copy({x}.detach().as_subclass({class_name}))
{new} = {f}.as_subclass({class_name}); {new}.sum().backward(retain_graph=True)
{new} = {leaf}.as_subclass({class_name}); seen.append([{new}.requires_grad, {new}.is_leaf, type({new}.grad_fn).__name__])
{new} = torch.autograd.grad({f}.as_subclass({class_name}).sum(), {leaf}, allow_unused=True, retain_graph=True)[0]
{x}.as_subclass({class_name}).note = 1; seen.append(hasattr({x}, "note"))
{new} = {x}.as_subclass({class_name}); {new}.note = [1]; seen.append(hasattr({new} * 2, "note")); seen.append(copy.deepcopy({new}.detach()).__dict__)
{w}.as_subclass({class_name}).add_(1)
{w}[{index}] = {y}.as_subclass({class_name}).sum()
{new} = {x}.as_subclass({class_name})[{index}]
{new}, *rest = {x}.as_subclass({class_name})
seen.append([type(v).__name__ for v in {x}.as_subclass({class_name}).max({dim})])
seen.append([type(v).__name__ for v in {x}.as_subclass({class_name}).split(1)])
seen.append(repr({x}.as_subclass({class_name}))); seen.append(str({x}.as_subclass({class_name}).sum()))
seen.append([isinstance({x}, {class_name}), type({x}).__name__, isinstance({x}.as_subclass({class_name}), torch.Tensor)])
seen.append(type({x}.as_subclass({class_name}).data).__name__); seen.append(type({x}.as_subclass({class_name}).detach()).__name__)
seen.append(type({x}.as_subclass({class_name}).{attribute}).__name__)
with torch._C.DisableTorchFunctionSubclass(): {new} = {x}.as_subclass({class_name}) * 2; seen.append(type({new}).__name__)
with Counting() as counting: {new} = {x} * 2 + {y}; seen.append(counting.names)
with Counting() as counting: {new} = {x}.as_subclass({class_name}).{tensor_method}; seen.append(counting.names)
seen.append(list(logged)); logged.clear()
{new} = Wrapper({x}) {plus} {y}
{new} = {y} {plus} Wrapper({x})
{new} = torch.{torch_call}(Wrapper({x}))
seen.append(torch.overrides.has_torch_function([{x}.as_subclass({class_name}), {y}])); seen.append(torch.overrides.is_tensor_like(Wrapper({x})))
"""

# Distributions: what they say of themselves, their methods at odd places, and data loaders.
CHANCES = """
d = torch.distributions.{any_distribution}; seen.append(repr(d))
d = torch.distributions.{any_distribution}; torch.manual_seed({int}); {new} = d.sample({sample_shape})
d = torch.distributions.{any_distribution}; {new} = d.rsample({sample_shape}); {new}.sum().backward(retain_graph=True)
{new} = d.{chance_method}({f})
{new} = d.{chance_method}({f}.detach().abs().clamp(0.05, 0.95))
{new} = d.log_prob(d.sample({sample_shape}))
{new} = d.cdf(d.sample())
{new} = d.{chance_property}
seen.append([list(d.batch_shape), list(d.event_shape), d.has_rsample, d.has_enumerate_support])
seen.append(repr(d.support)); seen.append({k: repr(v) for k, v in d.arg_constraints.items()})
{new} = d.support.check({f})
d = d.expand({sample_shape}); seen.append(repr(d))
{new} = d.enumerate_support(expand={flag})
{new} = torch.distributions.kl_divergence(d, torch.distributions.{any_distribution})
d = torch.distributions.Independent(d, {count}); seen.append(repr(d))
d = torch.distributions.TransformedDistribution(d, [torch.distributions.transforms.{transform}]); seen.append(repr(d))
d = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(torch.ones(2)), torch.distributions.Normal(torch.zeros(2), torch.ones(2)))
{new} = torch.distributions.transforms.{transform}({f})
{new} = torch.distributions.transforms.{transform}.inv({f})
{new} = torch.distributions.transforms.{transform}.log_abs_det_jacobian({f}, {f})
seen.append(repr(torch.distributions.transforms.{transform})); seen.append(torch.distributions.transforms.{transform}.inv.inv == torch.distributions.transforms.{transform})
{new} = torch.distributions.biject_to(torch.distributions.constraints.{constraint})({f})
{new} = torch.distributions.transform_to(torch.distributions.constraints.{constraint})({f})
{new} = torch.distributions.constraints.{constraint}.check({f})
torch.manual_seed({int}); seen.append([describe(b) for b in torch.utils.data.DataLoader({data}, {loading})])
seen.append(len(torch.utils.data.DataLoader({data}, {loading})))
seen.append(list(torch.utils.data.{sampler}))
seen.append([len(p) for p in torch.utils.data.random_split(range(7), {parts})])
seen.append(describe(torch.utils.data.default_collate({batch})))
seen.append(describe(torch.utils.data.default_convert({batch})))
seen.append(torch.initial_seed()); seen.append(torch.rand(1).item())
"""

CHOICES = {
    "made_net": [
        "torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.{activation}, torch.nn.Linear(4, 2))",
        "torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3), torch.nn.{activation})",
        "torch.nn.Sequential(torch.nn.Conv1d(2, 3, 2), torch.nn.{activation}, torch.nn.Flatten(), torch.nn.Linear(6, 2))",
        "torch.nn.Sequential(collections.OrderedDict([('first', torch.nn.Linear(3, 2)), ('act', torch.nn.{activation})]))",
        "Block(3)", "torch.nn.Sequential(Block(3), Block(3))", "torch.nn.Sequential()", "torch.nn.Linear(3, 2)", "Tied()", "Several()",
        "torch.nn.Sequential(torch.nn.LayerNorm(3), torch.nn.Dropout({chance}), torch.nn.Linear(3, 2, bias=False))",
    ],
    "net_input": ["2, 3", "2, 3", "2, 3", "4, 3", "3", "2, 2, 3", "2, 4"],
    "moved": ["double()", "float()", "half()", "to(torch.float64)", "to('cpu')", "bfloat16()", "to(torch.int64)", "cpu()", "to('meta')", "type(torch.float64)", "to(torch.zeros(1, dtype=torch.float64))", "to()"],
    "switched": ["train()", "eval()", "train({flag})", "training = {flag}", "train(mode=1)"],
    "attribute_name": ["scale", "extra", "note", "0", "a.b", "weight", "forward", "running"],
    "attribute_value": ["torch.ones(2)", "None", "torch.nn.Parameter(torch.ones(2))", "torch.nn.ReLU()", "3", "'text'", "{leaf}", "{f}", "[torch.nn.ReLU()]"],
    "path": ["0", "0.weight", "first", "", "9", "0.lin", "a.b", "first.weight", "lin.weight", "running"],
    "pre_hooked": ["None", "seen.append([list(a.shape) for a in args])", "args[0] * 2", "(args[0] + 1,)", "'text'", "[args[0]]"],
    "hooked": ["None", "seen.append(list(out.shape))", "out * 2", "out.detach()", "(out, out)", "seen.append([type(m).__name__, m.training])", "1 / 0"],
    "back_hooked": ["None", "seen.append([None if g is None else g.tolist() for g in gi + go])", "tuple(None if g is None else g * 2 for g in gi)", "gi", "(None,) * 3"],
    "back_pre_hooked": ["None", "seen.append([g.tolist() for g in go])", "tuple(g * 2 for g in go)", "go[0]"],
    "parametrized": ["weight_norm(torch.nn.Linear(3, 2))", "spectral_norm(torch.nn.Linear(3, 2))", "orthogonal(torch.nn.Linear(3, 3))", "weight_norm(torch.nn.Linear(3, 2), dim=1)"],
    "container": [
        "ParameterList([torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.zeros(1))])", "ParameterDict({'a': torch.nn.Parameter(torch.ones(2))})",
        "ModuleList([torch.nn.ReLU(), torch.nn.Linear(1, 1)])", "ModuleDict({'a': torch.nn.ReLU(), 'b': torch.nn.Tanh()})", "ParameterList([1, torch.ones(1)])",
        "ParameterDict({'b': torch.ones(1), 'a': 3})", "ModuleList()", "ModuleDict()", "ModuleList([1])", "ParameterList(3)",
    ],
    "container_use": ["__getitem__({int})", "__getitem__('a')", "__len__()", "keys()", "append(torch.ones(1))", "pop({int})", "extend([torch.ones(1)])", "pop('a')", "update({'c': torch.ones(1)})", "__contains__('a')", "values()"],
    "grouped_optimizer": [
        "torch.optim.{optimizer_name}([{'params': [net[0].weight]}, {'params': [net[0].bias], 'lr': {rate}}], lr={rate})",
        "torch.optim.{optimizer_name}(net.parameters(), lr={rate}, weight_decay={rate})", "torch.optim.{optimizer_name}(net.parameters())",
        "torch.optim.{optimizer_name}(net.named_parameters(), lr={rate})", "torch.optim.{optimizer_name}([{'params': net[0].parameters(), '{option_name}': {odd_value}}])",
        "torch.optim.{optimizer_name}(net.parameters(), {option_name}={odd_value})", "torch.optim.{optimizer_name}(net.parameters(), foreach={flag}, maximize={flag})",
        "torch.optim.{optimizer_name}([{leaf}], lr={rate})", "torch.optim.{optimizer_name}({leaf})", "torch.optim.{optimizer_name}([{x}])", "torch.optim.SGD(net.parameters(), lr={rate}, momentum=0.9)",
        "torch.optim.{optimizer_name}(net.parameters(), lr=torch.tensor(0.1))",
    ],
    "optimizer_name": ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "Rprop", "ASGD", "LBFGS", "Adafactor", "SparseAdam", "Muon"],
    "option_name": ["lr", "momentum", "betas", "eps", "weight_decay", "maximize", "differentiable", "capturable", "alpha", "rho", "lr_decay", "nesterov", "amsgrad", "unknown", "fused"],
    "odd_value": ["0.1", "-1", "True", "None", "(0.9, 0.99)", "(0.9,)", "'a'", "0", "(1.5, 0.9)", "torch.tensor(0.1)", "1e-3"],
    "odd_group": ["{'params': []}", "{}", "{'lr': 1}", "[torch.ones(1)]", "{'params': set()}", "{'params': [1]}", "{'params': net[0].weight, 'lr': None}", "{'params': [('w', torch.nn.Parameter(torch.ones(1)))]}", "None"],
    "chained_schedule": [
        "{schedule}", "{schedule}",
        "torch.optim.lr_scheduler.SequentialLR(opt, [torch.optim.lr_scheduler.ConstantLR(opt, 0.1), torch.optim.lr_scheduler.ExponentialLR(opt, 0.9)], milestones=[2])",
        "torch.optim.lr_scheduler.ChainedScheduler([torch.optim.lr_scheduler.ConstantLR(opt, 0.1), torch.optim.lr_scheduler.ExponentialLR(opt, 0.9)])",
        "torch.optim.lr_scheduler.MultiplicativeLR(opt, lambda e: 0.95)", "torch.optim.lr_scheduler.LambdaLR(opt, [lambda e: 0.9 ** e] * 2)",
        "torch.optim.lr_scheduler.CyclicLR(opt, 0.1, 0.3, mode='{cycle}')", "torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=0.1, epochs=2, steps_per_epoch=3)",
        "torch.optim.lr_scheduler.StepLR(opt, 2, last_epoch=3)", "torch.optim.lr_scheduler.StepLR(net, 2)", "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, 0)",
        "torch.optim.lr_scheduler.LinearLR(opt, -1)", "torch.optim.lr_scheduler.MultiStepLR(opt, [3, 1])",
    ],
    "cycle": ["triangular", "triangular2", "exp_range", "other"],
    "plateau": ["'min'", "'max', factor=0.5, patience=1", "factor=0.1, patience=0, threshold=0.2", "mode='other'", "factor=1.5", "patience=1, cooldown=1, min_lr=0.01", "min_lr=[0.1, 0.2, 0.3]", "threshold_mode='abs'"],
    "averaging": ["avg_fn=None", "multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9)", "avg_fn=lambda a, b, n: a + b", "use_buffers=True", "torch.device('cpu')"],
    "sized": ["zeros", "ones"],
    "new_sized": ["zeros", "ones"],
    "like": ["zeros", "ones", "rand", "randn", "zeros", "ones"],
    "size_args": ["2, 3", "(2, 3)", "[2]", "()", "0", "2, 0", "-1", "2, -3", "1.5", "'a'", "(2, 'a')", "torch.Size([2])", "torch.tensor(2)", "{x}.shape", "None", "True", "(True, 2)", "[[2]]", "2, (3,)", "np.int64(2)", "(torch.tensor(2), 3)", "10 ** 20", ""],
    "make_option": [
        "dtype=torch.{dtype}", "dtype=torch.{dtype}", "requires_grad={flag}", "device='cpu'", "device='meta'", "device='cuda'", "device='nowhere'", "layout=torch.strided", "dtype=float", "dtype=None",
        "dtype='float32'", "memory_format=torch.contiguous_format", "memory_format=torch.channels_last", "pin_memory=False", "unknown=1", "device=torch.device('cpu')", "device=0", "dtype=int", "dtype=bool", "requires_grad=1",
    ],
    "make_option2": ["dtype=torch.{dtype}", "requires_grad={flag}", "device='cpu'", "layout=torch.strided", "names=None"],
    "odd_number": ["1", "0", "-3", "2.5", "0.1", "True", "False", "1j", "None", "'a'", "float('nan')", "float('inf')", "10 ** 20", "-1e30", "np.float32(1.5)", "np.int64(3)", "torch.tensor(2)", "torch.tensor([1.5])", "{x}.sum()", "2", "7", "1e-3", "300"],
    "odd_count": ["0", "1", "3", "5", "-1", "2.5", "True", "None", "np.int64(2)", "torch.tensor(3)", "4"],
    "nested": [
        "[1, 2]", "[1, 2.5]", "[True, 2]", "[[1, 2], [3, 4]]", "[[1, 2], [3]]", "[]", "[[]]", "[[], []]", "[1, 'a']", "'a'", "[None]", "(1, 2)", "[(1, 2), [3, 4]]", "3", "2.5", "1j", "[1, 1j]", "[True]", "range(3)",
        "[range(2), range(2)]", "{1: 2}", "{1, 2}", "None", "[[1], 2]", "[1, [2]]", "[10 ** 12]", "[2 ** 63]", "[-2 ** 63]", "[1e400]", "b'ab'", "np.array([1, 2])", "np.array([1.5], dtype=np.float32)", "np.float32(2)", "[np.array([1, 2]), np.array([3, 4])]",
        "[torch.tensor(1), torch.tensor(2.5)]", "[torch.ones(2)]", "torch.ones(2)", "bytearray(b'ab')", "array.array('i', [1, 2])", "memoryview(bytearray(2))", "iter([1])", "np.array(['a'])", "np.bool_(True)", "[np.float64(1), 2]", "[float('nan'), 1]", "(i for i in [1])", "[[True], [1.5]]",
    ],
    "window": ["hann", "hamming", "bartlett", "blackman", "kaiser"],
    "indexing": ["'ij'", "'xy'", "None", "'other'"],
    "array_type": ["np.float32", "np.float64", "np.int16", "np.uint8", "bool", "np.complex64", "np.float16", "np.uint16", "'>f4'", "object", "'U1'", "np.int64"],
    "array_kind": ["float32", "float64", "int16", "uint8", "complex64", "int64", "float16"],
    "default_type": ["torch.float64", "torch.float16", "torch.bfloat16", "torch.int64", "torch.complex64", "'torch.float64'"],
    "place": ["cpu", "meta", "cuda"],
    "pythonic": ["bool", "int", "float", "complex", "len", "list", "str", "repr", "abs", "round", "math.floor", "math.ceil", "math.trunc", "hash and bool", "operator.index", "bin", "chr", "tuple", "any", "all", "set and len", "iter and type", "math.sqrt", "sum", "sorted", "hex", "range", "bytes"],
    "spec": ["", ".2f", "d", "e", "10", ">8.3f", "s", ".3", "x", "+", "g", "%", "c", "08.3f", ",", "a"],
    "percent": ["%d", "%s", "%.3f", "%r", "%x", "%e", "%5.1f", "%i", "%c"],
    "operand": ["2", "-1", "0", "2.5", "True", "1j", "None", "'a'", "[1]", "(1, 2)", "np.float32(2)", "np.int64(2)", "np.float64(0.5)", "{array}", "{y}", "torch.tensor(2)", "torch.tensor(1.5, dtype=torch.float64)", "float('nan')", "10 ** 20", "np.bool_(True)", "Ellipsis"],
    "operation": ["+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">="],
    "array": ["np.array(2.0)", "np.array([1, 2, 3])", "np.array([1.5, 2.5, 0.5], dtype=np.float32)", "np.ones((2, 3))", "np.array([True, False, True])", "np.array([[1], [2]], dtype=np.int16)", "np.array([1j, 2, 3])", "np.arange(3)"],
    "dunder": ["__len__", "__bool__", "__int__", "__float__", "__index__", "__neg__", "__abs__", "__invert__", "__iter__().__next__", "__dir__().__len__ and (lambda: 0)", "__hash__ and (lambda: 1)", "__complex__", "__reversed__", "__pos__", "__array__", "__sizeof__ and (lambda: 1)", "__dlpack_device__"],
    "dunder2": ["__add__", "__radd__", "__iadd__", "__sub__", "__rsub__", "__mul__", "__rmul__", "__truediv__", "__rtruediv__", "__floordiv__", "__rfloordiv__", "__mod__", "__rmod__", "__pow__", "__rpow__", "__matmul__", "__rmatmul__", "__and__", "__rand__", "__or__", "__xor__", "__lshift__", "__rlshift__", "__eq__", "__ne__", "__lt__", "__ge__", "__contains__", "__getitem__", "__idiv__"],
    "numeric": ["exp", "sin", "abs", "sum", "mean", "max", "sort", "argmax", "sqrt", "cumsum", "negative", "transpose", "ravel", "isnan", "square", "std", "any", "unique", "floor", "sign", "median", "prod", "squeeze", "conj", "nonzero"],
    "numeric2": ["add", "multiply", "subtract", "maximum", "equal", "dot", "outer", "power", "array_equal", "allclose", "matmul", "true_divide", "greater"],
    "class_name": ["Plain", "Logging", "Refusing", "Plain", "Logging", "Renaming", "Child"],
    "class_name2": ["Plain", "Logging", "Child", "Refusing"],
    "class_call": ["{x}", "__name__", "_make_subclass({class_name}, {x}.detach())", "__new__({class_name}, {x}.detach())", "__mro__[1].__name__"],
    "plus": ["+", "*", "-", "/", "@", "==", "<", "**"],
    "tensor_method": ["sum()", "exp()", "view(-1)", "t()", "clone()", "detach()", "add(1)", "mul_(2)", "to(torch.float64)", "max()", "sort()[0]", "unsqueeze(0)", "reshape(-1)", "new_zeros(2)", "new_tensor([1])", "requires_grad_()", "T", "mean()", "tolist()", "item()", "numpy()", "size()", "shape", "grad_fn", "is_leaf", "data", "double()", "softmax(0)", "norm()", "contiguous()"],
    "torch_call": ["sum", "exp", "zeros_like", "ones_like", "clone", "neg", "isnan", "numel", "is_tensor", "max", "sort", "unbind", "tanh", "mean", "flatten", "is_floating_point", "empty_like", "var_mean", "abs", "stack", "square", "norm", "relu"],
    "any_distribution": [
        "Normal({f}.detach(), 1.0)", "Normal(torch.zeros(2), torch.ones(2))", "Normal(0.0, torch.tensor(1.0, requires_grad=True))", "Uniform(torch.zeros(2), torch.ones(2))", "Bernoulli(logits={f}.detach())", "Categorical(logits=torch.zeros(2, 3))",
        "Gamma(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5]))", "Beta(torch.tensor([2.0]), torch.tensor([3.0]))", "Dirichlet(torch.tensor([1.0, 2.0, 3.0]))", "Exponential(torch.tensor([1.0, 2.0]))", "Laplace(torch.zeros(2), 1.0)",
        "Poisson(torch.tensor([1.0, 4.0]))", "Geometric(torch.tensor([0.3]))", "Binomial(3, torch.tensor([0.2, 0.8]))", "MultivariateNormal(torch.zeros(2), torch.eye(2))", "MultivariateNormal(torch.zeros(2), scale_tril=torch.eye(2))", "LowRankMultivariateNormal(torch.zeros(2), torch.ones(2, 1), torch.ones(2))",
        "OneHotCategorical(torch.ones(3))", "StudentT(torch.tensor([3.0]))", "Cauchy(torch.zeros(2), 1.0)", "HalfNormal(torch.ones(2))", "HalfCauchy(torch.ones(1))", "LogNormal(torch.zeros(2), 1.0)", "Gumbel(torch.zeros(2), 1.0)", "Weibull(torch.ones(2), 2.0)", "Pareto(torch.ones(2), 3.0)",
        "Chi2(torch.tensor([2.0]))", "FisherSnedecor(torch.tensor([2.0]), torch.tensor([3.0]))", "Kumaraswamy(torch.tensor([2.0]), torch.tensor([3.0]))", "VonMises(torch.zeros(1), torch.ones(1))", "ContinuousBernoulli(torch.tensor([0.3]))", "RelaxedBernoulli(torch.tensor([0.5]), torch.tensor([0.3]))",
        "RelaxedOneHotCategorical(torch.tensor([0.5]), torch.ones(3))", "NegativeBinomial(torch.tensor([3.0]), torch.tensor([0.3]))", "Multinomial(3, torch.ones(3))", "LKJCholesky(3, 1.0)", "Wishart(torch.tensor(3.0), torch.eye(2))", "InverseGamma(torch.ones(2), torch.ones(2))", "LogisticNormal(torch.zeros(2), torch.ones(2))",
        "Normal(torch.zeros(2), -torch.ones(2))", "Normal('a', 1)", "Categorical(probs=torch.tensor([-1.0, 2.0]))", "Bernoulli(2.0)", "Bernoulli(0.5, logits=0.0)", "Normal(torch.zeros(2), torch.ones(3))", "Delta(1)", "Normal(0, 1)", "Uniform(1.0, 0.0)", "Normal(0.0, 1.0, validate_args=False)", "GeneralizedPareto(torch.zeros(1), torch.ones(1), torch.ones(1))",
    ],
    "chance_method": ["log_prob", "cdf", "icdf", "log_prob", "perplexity and d.log_prob"],
    "chance_property": ["mean", "variance", "stddev", "mode", "entropy()", "logits", "probs", "loc", "scale", "rate", "perplexity()", "covariance_matrix", "param_shape", "concentration"],
    "transform": ["ExpTransform()", "SigmoidTransform()", "TanhTransform()", "AffineTransform(1.0, 2.0)", "PowerTransform(2.0)", "SoftmaxTransform()", "StickBreakingTransform()", "AbsTransform()", "SoftplusTransform()", "ComposeTransform([torch.distributions.transforms.ExpTransform(), torch.distributions.transforms.AffineTransform(0, 2)])", "ReshapeTransform((2, 3), (6,))", "CumulativeDistributionTransform(torch.distributions.Normal(0., 1.))", "LowerCholeskyTransform()", "CorrCholeskyTransform()", "PositiveDefiniteTransform()"],
    "constraint": ["positive", "real", "unit_interval", "simplex", "lower_cholesky", "interval(-1.0, 2.0)", "greater_than(1.0)", "less_than(0.0)", "positive_definite", "boolean", "integer_interval(0, 3)", "nonnegative", "corr_cholesky", "independent(torch.distributions.constraints.positive, 1)", "real_vector", "half_open_interval(0, 1)", "nonnegative_integer", "square", "symmetric", "one_hot", "multinomial(3)", "greater_than_eq(1)", "cat([torch.distributions.constraints.positive], 0)"],
    "data": ["range(7)", "torch.utils.data.TensorDataset(torch.arange(5), torch.arange(5.0) * 2)", "[{'a': 1, 'b': 2.5}] * 4", "[(1, 'x'), (2, 'y'), (3, 'z')]", "torch.arange(6).reshape(3, 2)", "['a', 'b', 'c']", "torch.utils.data.ConcatDataset([range(2), range(3)])", "torch.utils.data.Subset(range(9), [1, 5, 2])", "[[1, 2], [3]]", "Stream()", "[]", "[np.float32(1), np.float32(2)]", "[None]", "5"],
    "loading": ["batch_size=2", "batch_size=3, shuffle=True", "batch_size=None", "batch_size=2, drop_last=True", "shuffle=True", "batch_size=0", "batch_size=2, sampler=[2, 0, 1]", "batch_sampler=[[0], [1, 2]]", "batch_size=2, collate_fn=list", "batch_size=2, shuffle=True, sampler=[0]", "batch_size=-1", "num_workers=-1", "batch_size=2, generator=torch.Generator().manual_seed(1), shuffle=True", "timeout=-1", "prefetch_factor=2", "batch_size=2, shuffle='a'", "batch_size=1.5"],
    "sampler": ["SequentialSampler(range(4))", "RandomSampler(range(4))", "RandomSampler(range(4), replacement=True, num_samples=6)", "SubsetRandomSampler([3, 1, 2])", "WeightedRandomSampler([0.1, 0.9, 0.5], 5)", "BatchSampler(range(5), 2, {flag})", "WeightedRandomSampler([1.0], 0)", "RandomSampler([], num_samples=2)", "RandomSampler(range(3), num_samples=-1)", "BatchSampler(range(5), 0, False)", "RandomSampler(range(3), num_samples=7)", "WeightedRandomSampler([0.5, 0.5], 3, replacement=False)", "DistributedSampler(range(5), 2, 1, shuffle={flag})"],
    "parts": ["[3, 4]", "[0.5, 0.5]", "[3, 3]", "[0.3, 0.3, 0.4]", "[7, 0]", "[0.9, 0.2]", "[-1, 8]"],
    "batch": ["[1, 2]", "[1.5, 2.5]", "['a', 'b']", "[(1, 2), (3, 4)]", "[{'a': 1}, {'a': 2}]", "[torch.ones(2), torch.zeros(2)]", "[torch.ones(2), torch.zeros(3)]", "[np.ones(2), np.zeros(2)]", "[[1, 2], [3]]", "[None, None]", "[]", "[np.float32(1), np.float32(2)]", "[True, False]", "[Pair(1, 2), Pair(3, 4)]", "[{'a': 1}, {'b': 2}]", "[b'a', b'b']", "[np.array(['a']), np.array(['b'])]", "[set([1]), set([2])]", "torch.ones(2, 3)"],
}  # fmt: skip

PRELUDE = """
import array, collections, math, operator
import numpy as np
for name in (".nn.utils.parametrizations", ".optim.swa_utils", ".overrides", ".utils.data", ".distributions"): importlib.import_module(torch.__name__ + name)
Pair = collections.namedtuple("Pair", "a b")
d = torch.distributions.Normal(0.0, 1.0)
logged, handle = [], torch.zeros(1, requires_grad=True).register_hook(print)
def describe(value):
    if isinstance(value, torch.Tensor): return [value.tolist(), str(value.dtype)]
    if isinstance(value, dict): return {k: describe(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)): return [type(value).__name__, *[describe(v) for v in value]]
    return repr(value)
class Stream(torch.utils.data.IterableDataset):
    def __iter__(self): return iter(range(5))
class Block(torch.nn.Module):
    def __init__(self, n):
        super().__init__()
        self.lin = torch.nn.Linear(n, n)
        self.scale = torch.nn.Parameter(torch.full((n,), 2.0))
        self.register_buffer("calls", torch.zeros(()))
        self.register_buffer("hidden", torch.ones(1), persistent=False)
    def forward(self, x):
        self.calls += 1
        return torch.relu(self.lin(x)) * self.scale + x
    def extra_repr(self): return f"n={self.lin.in_features}"
class Tied(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.one = torch.nn.Linear(3, 3)
        self.two = torch.nn.Linear(3, 3)
        self.two.weight = self.one.weight
        self.rest = torch.nn.ModuleDict({"a": torch.nn.ReLU(), "b": self.one})
        self.none = None
    def forward(self, x, again=False): return self.two(self.rest["a"](self.one(x)))
class Several(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = torch.nn.ModuleList([torch.nn.Linear(3, 2), torch.nn.Linear(3, 2)])
        self.weights = torch.nn.ParameterList([torch.ones(1), torch.zeros(2)])
    def forward(self, x): return sum(part(x) for part in self.parts) * self.weights[0]
class Plain(torch.Tensor): pass
class Child(Plain):
    def double(self): return super().double() * 1
    def extra(self): return 1
class Logging(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        logged.append([getattr(func, "__name__", str(func)), sorted(t.__name__ for t in types), len(args), sorted(kwargs or {})])
        return super().__torch_function__(func, types, args, kwargs or {})
class Refusing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if getattr(func, "__name__", "") in ("add", "exp", "sum", "__get__"): return NotImplemented
        return super().__torch_function__(func, types, args, kwargs or {})
class Renaming(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            found = func(*args, **(kwargs or {}))
        return found.as_subclass(Plain) if type(found) is torch.Tensor else found
class Wrapper:
    def __init__(self, inner): self.inner = inner
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        seen.append([func.__name__, [t.__name__ for t in types]])
        return func(*[a.inner if isinstance(a, cls) else a for a in args], **(kwargs or {}))
class Counting(torch.overrides.TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.names = []
    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.names.append(getattr(func, "__name__", str(func)))
        return func(*args, **(kwargs or {}))
"""
