"""Statements of programs as users write them: a module of their own whose forward mixes operators, masks, indexing and einsum, trained with
groups of parameters and a schedule, looked at, saved and loaded, and errors caught and printed; see fuzz_table.py for the fields."""

USERS = """
net = made_module({user_layer}, {user_layer}, lambda self, x: {user_forward})
net = made_module({user_layer}, {user_layer}, lambda self, x: {user_forward}); seen.append(repr(net))
net = made_module({user_layer}, torch.nn.Sequential({user_layer}, {user_layer}), lambda self, x: {user_forward})
{new} = net(fit({f}, {user_shape}))
{new} = net(fit({f}, {user_shape})); seen.append(repr({new}))
{new} = net(fit({f}, {user_shape}).requires_grad_()); seen.append(tried(lambda: {new}.pow(2).mean().backward()))
seen.append(tried(lambda: net(fit({f}, {user_shape}))))
seen.append(tried(lambda: net({x})))
seen.append(tried(lambda: net(fit({f}, {user_shape}).to(torch.{dtype}))))
seen.append(tried(lambda: net.double()(fit({f}, {user_shape})))); net.float()
opt = {user_optimizer}; seen.append(repr(opt))
opt = {user_optimizer}; plan = torch.optim.lr_scheduler.{user_schedule}
seen.append(tried(lambda: fitted(net, opt, plan, fit({f}, {user_shape}), lambda out, x: {user_loss}, {count})))
seen.append(tried(lambda: fitted(net, opt, None, fit({f}, {user_shape}), lambda out, x: {user_loss}, {count})))
seen.append([[name, list(p.shape), p.requires_grad, None if p.grad is None else p.grad.norm().item()] for name, p in net.named_parameters()])
seen.append({k: v for k, v in net.state_dict().items()})
seen.append(opt.state_dict()["param_groups"])
seen.append(tried(lambda: net.load_state_dict({k: v * 0.5 for k, v in net.state_dict().items()})))
seen.append(tried(lambda: net.load_state_dict({k: v for k, v in net.state_dict().items() if "{user_name}" not in k})))
seen.append(tried(lambda: net.load_state_dict({k: v[..., :1] for k, v in net.state_dict().items()})))
seen.append(tried(lambda: made_module({user_layer}, {user_layer}, lambda self, x: x).load_state_dict(net.state_dict())))
buffer = io.BytesIO(); torch.save(net.state_dict(), buffer); buffer.seek(0); seen.append(tried(lambda: net.load_state_dict(torch.load(buffer))))
state = copy.deepcopy(opt.state_dict()); seen.append(tried(lambda: opt.load_state_dict(state)))
handle = net.first.register_forward_hook(lambda m, args, out: {user_hook})
handle = net.register_forward_pre_hook(lambda m, args: tuple(a * 2 for a in args))
handle = net.second.register_full_backward_hook(lambda m, gi, go: seen.append([None if g is None else g.sum().item() for g in (*gi, *go)]))
handle = net.scale.register_hook(lambda g: {user_hook_of_grad})
handle.remove()
net.train({flag}); seen.append([m.training for m in net.modules()])
net.requires_grad_({flag})
net.first.requires_grad_({flag})
net.zero_grad()
net = copy.deepcopy(net)
with torch.no_grad(): net.scale.{user_write}
with torch.no_grad(): net.steps.{user_write}; seen.append(net.steps)
for p in net.parameters(): torch.nn.init.normal_(p, std=0.1)
torch.nn.utils.clip_grad_norm_(net.parameters(), {rate})
seen.append(sum(p.numel() for p in net.parameters() if p.requires_grad))
{new} = torch.nn.functional.{user_functional}
seen.append(tried(lambda: torch.nn.functional.{user_functional}))
{new} = torch.einsum("{user_einsum}", fit({f}, 2, 3, 3), fit({f}, 3, 3))
seen.append(tried(lambda: torch.einsum("{user_einsum}", fit({f}, 2, 3), fit({f}, 3, 3))))
seen.append(tried(lambda: {x} + torch.ones(4, 5))); seen.append(tried(lambda: {x} @ {y})); seen.append(tried(lambda: {x}.view(7, -1)))
seen.append(tried(lambda: torch.cat([{x}, {y}], 1))); seen.append(tried(lambda: torch.stack([{x}, torch.ones(9)])))
seen.append(tried(lambda: {x}[{index}, 9])); seen.append(tried(lambda: {x}.long()[{f}]))
seen.append(tried(lambda: torch.nn.functional.cross_entropy(fit({f}, 2, 3), torch.tensor([0, {int}]))))
seen.append(tried(lambda: torch.nn.functional.cross_entropy(fit({f}, 2, 3), torch.tensor([0., 1.]))))
{new} = {f}.masked_fill({f} > {number}, {number}).sum(); {new}.backward(retain_graph=True)
{new} = torch.where({f} > 0, {f}, {f} * 0.1).cumsum(0) if {f}.dim() else {f}
mask = fit({f}, 3, 3) > {number}; {new} = fit({f}, 3, 3).masked_fill(mask, float("-inf")).softmax(-1); seen.append(mask)
mask = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1); {new} = (fit({f}, 3, 3) @ fit({f}, 3, 3).T).masked_fill(mask, -1e9).softmax(-1)
print_lines = f"{{f}.detach().mean():.4f} {{f}.shape} {{f}.dtype}"; seen.append(print_lines)
seen.append(repr({x})); seen.append(str(net.scale)); seen.append(repr(list(net.named_buffers())))
"""

CHOICES = {
    "user_layer": [
        "torch.nn.Linear(3, 3)", "torch.nn.Linear(3, 3, bias=False)", "torch.nn.LayerNorm(3)", "torch.nn.BatchNorm1d(3)", "torch.nn.Dropout(0.0)", "torch.nn.GELU()", "torch.nn.Linear(3, 4)", "torch.nn.Embedding(4, 3)",
        "torch.nn.Conv1d(2, 2, 1)", "torch.nn.Identity()", "torch.nn.ReLU()", "torch.nn.Bilinear(3, 3, 3)", "torch.nn.RMSNorm(3)", "torch.nn.GRUCell(3, 3)", "torch.nn.MultiheadAttention(3, 1)", "torch.nn.Flatten(0)",
    ],
    "user_forward": [
        "self.second(torch.relu(self.first(x))) * self.scale", "self.first(x) + self.second(x)", "torch.einsum('...i,i->...i', self.first(x), self.scale)", "self.second(self.first(x)[..., :3])", "self.count(self.first(x))",
        "torch.where(x > 0, self.first(x), self.second(x))", "self.first(x).masked_fill(x.abs() < 0.5, 0.0)", "torch.cat([self.first(x), self.second(x)], -1)", "torch.stack([self.first(x), x]).mean(0)",
        "self.first(x).softmax(-1) @ self.second(x).mT", "x[:, [0, 2]] @ self.first.weight[:2]", "torch.nn.functional.layer_norm(self.first(x), (3,)) + self.steps", "self.first(x.flatten(1))", "self.first(x, x)",
        "torch.nn.functional.linear(x, self.first.weight, self.scale)", "self.second(self.first(x).tanh()).clamp(-1, 1).cumsum(-1)", "self.first(x)[x[:, 0] > 0].sum(0)", "(self.first(x) - x.mean(0, keepdim=True)) / (x.std(0) + 1)",
        "self.missing(x)", "self.first(x).view(2, -1)", "self.first(x).gather(1, torch.zeros(x.shape[0], 1, dtype=torch.long))", "self.first(x).index_add(0, torch.tensor([0, 1]), self.second(x)[:2])", "self.first(x.long())",
    ],
    "user_shape": ["2, 3", "4, 3", "2, 3", "2, 2, 3", "2, 4", "3", "1, 3", "0, 3", "2, 3, 3"],
    "user_optimizer": [
        "torch.optim.SGD([{'params': [net.scale], 'lr': 0.5}, {'params': [p for n, p in net.named_parameters() if n != 'scale']}], lr={rate}, momentum=0.9)",
        "torch.optim.AdamW([{'params': [net.scale], 'weight_decay': 0.0}, {'params': [p for n, p in net.named_parameters() if n != 'scale']}], lr={rate})",
        "torch.optim.Adam(net.parameters(), lr={rate}, betas=(0.5, 0.9))", "torch.optim.SGD(net.parameters(), lr={rate}, nesterov={flag})", "torch.optim.RMSprop(net.parameters(), lr={rate}, centered={flag})",
        "torch.optim.Adagrad(net.parameters(), lr={rate})", "torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr={rate}, amsgrad={flag})", "torch.optim.NAdam(net.named_parameters(), lr={rate})",
        "torch.optim.SGD([{'params': [net.scale]}, {'params': net.parameters()}], lr={rate})",
    ],
    "user_schedule": [
        "StepLR(opt, 2, gamma=0.5)", "CosineAnnealingLR(opt, 5)", "LambdaLR(opt, [lambda e: 0.9 ** e] * len(opt.param_groups))", "OneCycleLR(opt, 0.2, total_steps=9)", "ExponentialLR(opt, 0.8)", "LinearLR(opt)",
        "SequentialLR(opt, [torch.optim.lr_scheduler.ConstantLR(opt), torch.optim.lr_scheduler.ExponentialLR(opt, 0.5)], [2])", "MultiStepLR(opt, [1, 2])", "LambdaLR(opt, [lambda e: 1.0])", "PolynomialLR(opt, 4)",
    ],
    "user_loss": [
        "torch.nn.functional.mse_loss(out, torch.zeros_like(out))", "out.pow(2).mean() + 0.1 * net.scale.abs().sum()", "torch.nn.functional.mse_loss(out, x)", "torch.nn.functional.cross_entropy(out, torch.zeros(len(x), dtype=torch.long))",
        "torch.nn.functional.binary_cross_entropy_with_logits(out, (out > 0).float())", "torch.nn.functional.huber_loss(out, x.detach() * 2, delta=0.5)", "out.logsumexp(-1).sum()", "out", "torch.nn.functional.kl_div(out.log_softmax(-1), x.softmax(-1), reduction='batchmean')",
        "torch.nn.functional.nll_loss(out.log_softmax(1), torch.ones(2, dtype=torch.long))", "out.detach().sum()",
    ],
    "user_name": ["first", "second", "scale", "steps", "bias"],
    "user_hook": ["out * 2", "None", "seen.append([type(m).__name__, len(args), list(out.shape)])", "out.detach()", "(out, 1)"],
    "user_hook_of_grad": ["g * 2", "seen.append(g.tolist())", "g.clamp(-0.1, 0.1)", "None", "torch.ones(7)"],
    "user_write": ["mul_(0.5)", "copy_(torch.zeros(()))", "add_(1)", "fill_({number})", "copy_(torch.ones(9))", "clamp_(min=0.5)"],
    "user_functional": [
        "pad(fit({f}, 2, 3), (1, 1), value={number})", "one_hot(torch.tensor([0, 2]), 3) * fit({f}, 2, 3)", "conv1d(fit({f}, 1, 2, 5), fit({f}, 3, 2, 2))", "normalize(fit({f}, 2, 3), dim={int})", "conv1d(fit({f}, 1, 2, 5), fit({f}, 3, 3, 2))",
        "softmax(fit({f}, 2, 3))", "embedding(torch.tensor([0, 5]), fit({f}, 3, 2))", "scaled_dot_product_attention(fit({f}, 1, 2, 3), fit({f}, 1, 2, 3), fit({f}, 1, 2, 3), is_causal={flag})", "linear(fit({f}, 2, 3), fit({f}, 4, 2))",
        "interpolate(fit({f}, 1, 1, 2, 2), scale_factor=2)", "batch_norm(fit({f}, 2, 3), None, None, training={flag})", "max_pool2d(fit({f}, 1, 4, 4), 2)", "cross_entropy(fit({f}, 2, 3), torch.tensor([0, 3]))", "mse_loss(fit({f}, 2, 3), fit({f}, 3))",
        "dropout(fit({f}, 2, 3), 1.5)", "layer_norm(fit({f}, 2, 3), (2,))", "avg_pool2d(fit({f}, 2, 2), 3)", "unfold(fit({f}, 1, 1, 3, 3), 2)", "cosine_similarity(fit({f}, 2, 3), fit({f}, 3))", "nll_loss(fit({f}, 2, 3), torch.tensor([0]))",
    ],
    "user_einsum": ["bij,jk->bik", "bij,ij->b", "bii,ij->bj", "ij,jk->ik", "...ij,jk->...ik", "bij,jk->z", "ij,jk", "bij->bi", "bij,kl->bkl", "ij,ji->"],
}  # fmt: skip

PRELUDE = """
import io
class Users(torch.nn.Module):
    def __init__(self, first, second, forward):
        super().__init__()
        self.first, self.second = first, second
        self.scale = torch.nn.Parameter(torch.linspace(0.5, 1.5, 3))
        self.register_buffer("steps", torch.zeros(()))
        self._forward = forward
    def count(self, x):
        self.steps += 1
        return x * self.steps
    def forward(self, x): return self._forward(self, x)
    def __deepcopy__(self, memo):
        made = Users(copy.deepcopy(self.first, memo), copy.deepcopy(self.second, memo), self._forward)
        made.load_state_dict(self.state_dict())
        return made
def made_module(first, second, forward):
    torch.manual_seed(1)
    net = Users(first, second, forward)
    for p in net.parameters(): torch.nn.init.uniform_(p, -0.5, 0.5)
    return net
def tried(f):
    try: return f()
    except Exception as error:
        first, _, rest = str(error).partition("\\n")  # further lines may be rushlight's advice
        return [type(error).__name__, str(error) if first.endswith(":") else first]
def fitted(net, opt, plan, x, loss, steps):
    found = []
    for _ in range(steps):
        opt.zero_grad()
        value = loss(net(x.detach()), x)
        value.backward()
        opt.step()
        if plan is not None: plan.step()
        found.append([value.item(), [round(g["lr"], 6) for g in opt.param_groups]])
    return found
"""
