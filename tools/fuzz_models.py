"""Statements about layers, losses, optimizers and whole models, for the fuzzer; see fuzz_table.py for the fields."""

# Small training loops. `net`, `opt` and `plan` (a schedule) are there from the start and are exchanged as the program goes.
TRAINING = """
net = {net}
net = {net}; opt = {optimizer}
opt = {optimizer}
plan = {schedule}
seen.append(train(net, opt, {loss}, {samples}, {steps}))
seen.append(train(net, opt, {loss}, {samples}, {steps})); seen.append([p.tolist() for p in net.parameters()])
net.zero_grad({flag}); {loss}(net({samples}), {targets}).backward(); opt.step()
{loss}(net({samples}), {targets}).backward(); seen.append([None if p.grad is None else p.grad.tolist() for p in net.parameters()])
seen.append(opt.step(lambda: closure(net, opt, {samples})))
opt.zero_grad(set_to_none={flag}); opt.step()
opt.step(); plan.step(); seen.append(plan.get_last_lr())
opt.step(); plan.step(); plan.step(); seen.append([group["lr"] for group in opt.param_groups])
seen.append(plan.state_dict())
seen.append(opt.state_dict())
opt.load_state_dict(copy.deepcopy(opt.state_dict()))
opt.load_state_dict({"state": {}, "param_groups": []})
opt.add_param_group({"params": [torch.nn.Parameter(torch.ones(2))], "lr": 0.5})
opt.param_groups[0]["lr"] = {rate}
opt.register_step_post_hook(lambda o, args, kwargs: seen.append("stepped"))
seen.append(repr(opt))
seen.append(repr(net))
seen.append([[name, list(p.shape)] for name, p in net.named_parameters()])
seen.append(net.state_dict())
net.load_state_dict({k: v * 0.5 for k, v in net.state_dict().items()})
net.load_state_dict({"nothing": torch.ones(1)})
seen.append(str(net.load_state_dict({"nothing": torch.ones(1)}, strict=False)))
net = copy.deepcopy(net)
net.train(); seen.append(net.training)
net.eval()
net.double()
net.float()
net.requires_grad_({flag})
net[0].requires_grad_(False)
net[0].register_forward_hook(lambda m, i, o: o * 2)
net[0].register_forward_hook(lambda m, i, o: seen.append([type(m).__name__, o.sum().item()]))
net[0].register_forward_pre_hook(lambda m, i: (i[0] + 1,))
net[0].register_full_backward_hook(lambda m, i, o: seen.append([g is None or g.sum().item() for g in i + o]))
net[-1].register_full_backward_pre_hook(lambda m, o: (o[0] * 2,))
next(net.parameters()).register_hook(lambda g: g * 0.5)
net.apply(lambda m: torch.nn.init.{init}(m.weight) if getattr(m, "weight", None) is not None and m.weight.dim() > 1 else None)
seen.append(torch.nn.utils.clip_grad_norm_(net.parameters(), {number}).item())
torch.nn.utils.clip_grad_value_(net.parameters(), 0.1)
{new} = torch.nn.utils.parameters_to_vector(net.parameters())
torch.nn.utils.vector_to_parameters(torch.linspace(-1, 1, sum(p.numel() for p in net.parameters())), net.parameters())
torch.nn.utils.parametrizations.weight_norm(net[0])
torch.nn.utils.parametrizations.spectral_norm(net[0])
torch.nn.utils.prune.l1_unstructured(net[0], "weight", amount=2); seen.append(net[0].weight.tolist())
{new} = net({samples})
{new} = net({x})
{new} = net({samples}).detach()
{new} = {loss}(net({samples}), {targets})
with torch.no_grad(): {new} = net({samples})
with torch.no_grad(): [p.mul_(0.5) for p in net.parameters()]
with torch.no_grad(): [p.sub_(0.1 * p.grad) for p in net.parameters() if p.grad is not None]
{new} = torch.func.functional_call(net, {k: v * 2 for k, v in net.named_parameters()}, ({samples},))
{new} = torch.autograd.grad(net({samples}).sum(), list(net.parameters()), allow_unused=True)[0]
{new} = torch.autograd.grad(net({samples}).pow(2).sum(), next(net.parameters()), create_graph=True)[0]
net.register_buffer("noise", torch.ones(2)); seen.append([name for name, _ in net.named_buffers()])
net.extra = torch.nn.{layer}; seen.append(list(dict(net.named_modules())))
del net[0]
net.append(torch.nn.{layer})
net.insert(0, torch.nn.{layer})
seen.append(len(net)); seen.append(repr(net[-1]))
average = torch.optim.swa_utils.AveragedModel(net); average.update_parameters(net); seen.append(average({samples}).tolist())
"""

# Layers and functions of torch.nn one by one, with what they refuse.
LAYERS = """
{new} = torch.nn.{layer}({samples})
{new} = torch.nn.{layer}({x})
{new} = torch.nn.{image_layer}({images})
{new} = torch.nn.{image_layer}({images}); {new}.sum().backward(retain_graph=True)
{new} = torch.nn.{image_layer}({x})
{new} = torch.nn.{activation}({f})
{new} = torch.nn.{activation}({x})
{new} = torch.nn.{row_layer}(fit({f}, 2, 4, 6))
{new} = torch.nn.{criterion}(fit({f}, 2, 3), fit({f}, 2, 3).detach())
{new} = torch.nn.{criterion}(fit({f}, 2, 3), fit({f}, 2, 3).detach().sigmoid())
{new} = torch.nn.{criterion}({f}, {y})
{new} = torch.nn.{classes}(fit({f}, 2, 3), torch.tensor([0, 2]))
{new} = torch.nn.{classes}(fit({f}, 2, 3, 2), torch.tensor([[0, 2], [1, 1]]))
{new} = torch.nn.{classes}(fit({f}, 2, 3), torch.tensor([0, 3]))
{new} = torch.nn.{classes}({f}, {y})
{new} = torch.nn.functional.{function}
{new} = torch.nn.functional.{function}; {new}.sum().backward(retain_graph=True)
{new} = torch.nn.{recurrent}(fit({f}, 4, 2, 3))[0]
{new} = torch.nn.{recurrent}(fit({f}, 4, 2, 3))[1][0]
{new} = torch.nn.MultiheadAttention(4, 2, batch_first={flag})(*[fit({f}, 2, 3, 4)] * 3)[0]
{new} = torch.nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first={flag})(fit({f}, 2, 3, 4))
{new} = torch.nn.Embedding(4, 3, padding_idx={index_or_none})(torch.tensor([[0, 1], [3, 3]]))
{new} = torch.nn.Embedding(4, 3)(torch.tensor([4]))
{new} = torch.nn.EmbeddingBag(4, 3, mode="{bag}")(torch.tensor([0, 1, 3, 3]), torch.tensor([0, 2]))
{new} = torch.nn.Bilinear(3, 3, 2)(fit({f}, 2, 3), fit({f}, 2, 3))
seen.append(repr(torch.nn.{layer})); seen.append(repr(torch.nn.{image_layer}))
seen.append(repr(torch.nn.{activation})); seen.append(repr(torch.nn.{criterion})); seen.append(repr(torch.nn.{recurrent}))
seen.append([list(p.shape) for p in torch.nn.{recurrent}.parameters()])
seen.append(torch.nn.{layer}.state_dict())
{f}.sum().backward(retain_graph=True)
({f} * {f}).sum().backward(retain_graph=True)
"""

CHOICES = {
    "flag": ["True", "False"],
    "steps": ["1", "2", "3"],
    "rate": ["0.1", "0.01", "0.5", "0.0", "-1.0"],
    "index_or_none": ["None", "0", "-1", "5"],
    "samples": ["fit({f}, 4, 3)", "torch.linspace(-1, 1, 12).reshape(4, 3)", "torch.ones(2, 3)", "fit({f}, 2, 3)"],
    "targets": ["torch.zeros(4, 2)", "torch.linspace(0, 1, 8).reshape(4, 2)", "fit({f}, 4, 2).detach()"],
    "images": ["fit({f}, 2, 4, 4, 4)", "fit({f}, 1, 4, 5, 6)", "fit({f}, 4, 5, 4)", "fit({f}, 2, 4, 4, 4).permute(0, 3, 1, 2)"],
    "net": [
        "torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.{activation}, torch.nn.Linear(4, 2))",
        "torch.nn.Sequential(torch.nn.Linear(3, 2))",
        "torch.nn.Sequential(torch.nn.Linear(3, 3, bias={flag}), torch.nn.{layer}, torch.nn.Linear(3, 2))",
        "torch.nn.Sequential(torch.nn.{layer}, torch.nn.{activation}, torch.nn.Linear(3, 2, bias={flag}))",
        "torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 4), torch.nn.Dropout({chance}), torch.nn.Linear(4, 2))",
        "torch.nn.Sequential(torch.nn.Unflatten(1, (1, 3)), torch.nn.Conv1d(1, 2, 2), torch.nn.{activation}, torch.nn.Flatten())",
    ],
    "chance": ["0.5", "0.2", "0.0", "1.0"],
    "optimizer": [
        "torch.optim.SGD(net.parameters(), lr={rate})",
        "torch.optim.SGD(net.parameters(), lr={rate}, momentum=0.9, nesterov={flag}, weight_decay=0.1)",
        "torch.optim.SGD(net.parameters(), lr={rate}, momentum=0.9, dampening=0.5, maximize={flag})",
        "torch.optim.Adam(net.parameters(), lr={rate}, amsgrad={flag})",
        "torch.optim.Adam(net.parameters(), lr={rate}, betas=(0.5, 0.9), eps=1e-3, weight_decay=0.1)",
        "torch.optim.AdamW(net.parameters(), lr={rate}, weight_decay=0.2, maximize={flag})",
        "torch.optim.RMSprop(net.parameters(), lr={rate}, centered={flag}, momentum=0.5)",
        "torch.optim.Adagrad(net.parameters(), lr={rate}, lr_decay=0.1)",
        "torch.optim.Adadelta(net.parameters(), lr={rate}, rho=0.5)",
        "torch.optim.Adamax(net.parameters(), lr={rate})",
        "torch.optim.NAdam(net.parameters(), lr={rate})",
        "torch.optim.RAdam(net.parameters(), lr={rate})",
        "torch.optim.Rprop(net.parameters(), lr={rate})",
        "torch.optim.ASGD(net.parameters(), lr={rate})",
        "torch.optim.SGD([{'params': net[0].parameters()}, {'params': net[-1].parameters(), 'lr': 0.5}], lr={rate})",
        "torch.optim.SGD([], lr={rate})",
        "torch.optim.Adam(net.parameters(), lr={rate}, betas=(1.0, 0.9))",
    ],
    "schedule": [
        "torch.optim.lr_scheduler.StepLR(opt, 2, gamma=0.5)",
        "torch.optim.lr_scheduler.MultiStepLR(opt, [1, 3], gamma=0.1)",
        "torch.optim.lr_scheduler.ExponentialLR(opt, 0.9)",
        "torch.optim.lr_scheduler.CosineAnnealingLR(opt, 4, eta_min=0.01)",
        "torch.optim.lr_scheduler.LinearLR(opt, 0.5, total_iters=3)",
        "torch.optim.lr_scheduler.LambdaLR(opt, lambda epoch: 0.9 ** epoch)",
        "torch.optim.lr_scheduler.OneCycleLR(opt, 0.2, total_steps=5)",
        "torch.optim.lr_scheduler.CyclicLR(opt, 0.1, 0.3, step_size_up=2, cycle_momentum=False)",
        "torch.optim.lr_scheduler.PolynomialLR(opt, 3, power=2.0)",
        "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, 2)",
        "torch.optim.lr_scheduler.ConstantLR(opt, 0.5, 2)",
    ],
    "loss": [
        "torch.nn.functional.mse_loss", "torch.nn.MSELoss(reduction='sum')", "torch.nn.SmoothL1Loss()", "torch.nn.HuberLoss(delta=0.5)",
        "torch.nn.L1Loss()", "(lambda out, goal: torch.nn.functional.cross_entropy(out, goal.softmax(-1)))",
        "(lambda out, goal: (out.logsumexp(1) - goal.sum(1)).mean())", "(lambda out, goal: out.pow(2).mean() + out.abs().sum())",
    ],
    "init": ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_", "orthogonal_", "ones_", "normal_", "eye_"],
    "activation": [
        "ReLU()", "ReLU(inplace=True)", "Tanh()", "Sigmoid()", "GELU()", "GELU(approximate='tanh')", "SiLU()", "ELU(0.5)", "SELU()",
        "CELU(2.0)", "Softplus(beta=2)", "LeakyReLU(0.2)", "Hardtanh(-0.5, 0.5)", "Hardswish()", "Hardsigmoid()", "Mish()", "LogSigmoid()",
        "Softsign()", "Tanhshrink()", "Softshrink(0.3)", "Hardshrink(0.3)", "Threshold(0.1, 2.0)", "ReLU6()", "PReLU()",
        "Softmax(dim=-1)", "Softmin(dim=0)", "LogSoftmax(dim=-1)", "GLU(-1)", "RReLU(0.1, 0.3)", "Identity()", "Softmax()",
    ],
    "layer": [
        "Linear(3, 3)", "Linear(3, 2, bias=False)", "LayerNorm(3)", "LayerNorm(3, elementwise_affine=False)", "LayerNorm((2, 3))", "RMSNorm(3)",
        "BatchNorm1d(3)", "BatchNorm1d(3, affine=False)", "BatchNorm1d(3, track_running_stats=False, momentum=None)",
        "Dropout({chance})", "Flatten()", "Flatten(0)", "Unflatten(1, (3, 1))", "Identity(3, 2)", "AlphaDropout({chance})",
        "GroupNorm(3, 3)", "InstanceNorm1d(3)", "Linear(4, 2)", "Sequential()", "ModuleList([])", "LocalResponseNorm(2)",
    ],
    "image_layer": [
        "Conv2d(4, 2, 3)", "Conv2d(4, 4, 2, stride=2, padding=1, bias={flag})", "Conv2d(4, 4, 3, groups=2, dilation=2, padding='same')",
        "Conv2d(4, 8, 1, groups=4)", "ConvTranspose2d(4, 2, 2, stride=2)", "ConvTranspose2d(4, 2, 3, padding=1, output_padding=0)",
        "MaxPool2d(2)", "MaxPool2d(3, stride=1, padding=1)", "MaxPool2d(2, ceil_mode=True)", "AvgPool2d(2)", "AvgPool2d(3, 2, 1, count_include_pad={flag})",
        "AdaptiveAvgPool2d((2, 3))", "AdaptiveMaxPool2d(2)", "LPPool2d(2, 2)", "BatchNorm2d(4)", "InstanceNorm2d(4, affine=True)",
        "GroupNorm(2, 4)", "Upsample(scale_factor=2)", "Upsample((6, 6), mode='bilinear', align_corners={flag})", "PixelShuffle(2)",
        "ZeroPad2d(1)", "ReflectionPad2d(1)", "ReplicationPad2d((1, 0, 2, 1))", "ConstantPad2d(-1, 2.0)", "CircularPad2d(1)", "Dropout2d({chance})",
        "Unfold(2)", "Conv2d(3, 2, 3)", "MaxPool2d(9)", "Conv2d(4, 2, 9)", "ReflectionPad2d(9)", "ChannelShuffle(2)", "Softmax2d()", "PixelUnshuffle(2)",
    ],
    "row_layer": [
        "Conv1d(4, 2, 3)", "Conv1d(4, 4, 2, stride=2, padding=1, padding_mode='circular')", "ConvTranspose1d(4, 2, 3)", "MaxPool1d(2)",
        "AvgPool1d(2, stride=1)", "AdaptiveAvgPool1d(3)", "AdaptiveMaxPool1d(2)", "BatchNorm1d(4)", "InstanceNorm1d(4)", "GroupNorm(2, 4)",
        "Linear(6, 2)", "LayerNorm(6)", "LayerNorm((4, 6))", "Upsample(scale_factor=2, mode='linear')", "LPPool1d(2, 3)", "Linear(5, 2)",
        "ReflectionPad1d(2)", "Flatten()", "GLU(1)", "MaxPool1d(2, return_indices=False, dilation=2)", "RMSNorm((4, 6))",
    ],
    "criterion": [
        "MSELoss()", "MSELoss(reduction='none')", "L1Loss(reduction='sum')", "SmoothL1Loss(beta=0.5)", "HuberLoss(reduction='none')",
        "BCELoss()", "BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 3.0]))", "BCEWithLogitsLoss(reduction='sum')", "KLDivLoss(reduction='batchmean')",
        "KLDivLoss(log_target=True)", "PoissonNLLLoss()", "SoftMarginLoss()", "CrossEntropyLoss(label_smoothing=0.1)", "HingeEmbeddingLoss()",
        "MultiLabelSoftMarginLoss()", "MSELoss(reduction='other')", "CosineSimilarity(dim=0)", "PairwiseDistance(keepdim=True)",
    ],
    "classes": [
        "CrossEntropyLoss()", "CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]))", "CrossEntropyLoss(ignore_index=2, reduction='sum')",
        "CrossEntropyLoss(label_smoothing=0.2, reduction='none')", "NLLLoss()", "NLLLoss(reduction='none', ignore_index=0)",
        "MultiMarginLoss()", "NLLLoss(weight=torch.tensor([1.0, 2.0]))",
    ],
    "function": [
        "linear(fit({f}, 2, 3), fit({f}, 4, 3))", "linear(fit({f}, 2, 3), fit({f}, 3), torch.ones(1))", "linear({f}, {y})",
        "layer_norm({f}, {f}.shape[-1:])", "layer_norm({f}, (3,))", "normalize({f}, dim={dim})", "normalize({f}, p={number}, dim={dim}, eps=0.1)",
        "cosine_similarity(fit({f}, 2, 3), fit({f}, 1, 3), dim={dim})", "pairwise_distance(fit({f}, 2, 3), torch.ones(3))",
        "one_hot({x}.detach().abs().long(), 9)", "one_hot({x}.long())", "glu({f}, {dim})", "softmin({f}, {dim})", "log_softmax({f}, {dim}, dtype=torch.float64)",
        "gumbel_softmax({f}, hard={flag}, dim={dim})", "dropout({f}, {chance})", "dropout({f}, {chance}, training=False)", "feature_alpha_dropout(fit({f}, 2, 3, 2), {chance})",
        "pad({f}, (1, 1))", "pad({f}, (1, -1), value=2.5)", "pad(fit({f}, 2, 3, 4), (1, 1), mode='{pad_mode}')", "pad({f}, (1, 1), mode='{pad_mode}')",
        "interpolate(fit({f}, 1, 2, 3, 4), scale_factor=2, mode='{grow}')", "interpolate(fit({f}, 1, 2, 4), size=7, mode='{grow}')",
        "avg_pool2d(fit({f}, 1, 4, 4), 2)", "max_pool2d(fit({f}, 1, 4, 4), 2, return_indices=True)[1]", "unfold(fit({f}, 1, 2, 3, 3), 2)",
        "conv2d(fit({f}, 1, 2, 4, 4), fit({f}, 3, 2, 2, 2), stride={number})", "conv1d(fit({f}, 2, 5), fit({f}, 3, 2, 2), padding='same')",
        "conv_transpose1d(fit({f}, 1, 2, 4), fit({f}, 2, 1, 3), stride=2, output_padding=1)", "conv1d({f}, {y})",
        "scaled_dot_product_attention(*[fit({f}, 2, 3, 4)] * 3, is_causal={flag})", "prelu(fit({f}, 2, 3), torch.tensor([0.1, 0.2, 0.3]))",
        "batch_norm(fit({f}, 4, 3), torch.zeros(3), torch.ones(3), training={flag})", "group_norm(fit({f}, 2, 4, 3), 2)", "group_norm({f}, 2)",
        "embedding(torch.tensor([0, 2]), fit({f}, 3, 2))", "embedding({x}, fit({f}, 3, 2))", "nll_loss(fit({f}, 2, 3).log_softmax(1), torch.tensor([1, 0]))",
        "triplet_margin_loss(fit({f}, 2, 3), torch.ones(2, 3), torch.zeros(2, 3))", "cosine_embedding_loss(fit({f}, 2, 3), torch.ones(2, 3), torch.tensor([1, -1]))",
        "margin_ranking_loss({f}, {f} * 0.5, torch.ones_like({f}))", "gaussian_nll_loss({f}, {f}.detach(), torch.ones_like({f}))", "poisson_nll_loss({f}, {f}.detach())",
        "grid_sample(fit({f}, 1, 2, 3, 3), torch.linspace(-1, 1, 8).reshape(1, 2, 2, 2), align_corners={flag})", "pixel_shuffle(fit({f}, 4, 2, 2), 2)",
        "affine_grid(fit({f}, 1, 2, 3), (1, 1, 2, 2), align_corners={flag})", "hardshrink({f})", "threshold({f}, 0.5, {number})", "local_response_norm(fit({f}, 1, 3, 4), 2)",
    ],
    "pad_mode": ["reflect", "replicate", "circular", "constant", "other"],
    "grow": ["nearest", "linear", "bilinear", "bicubic", "area", "nearest-exact"],
    "bag": ["sum", "mean", "max"],
    "recurrent": ["RNN(3, 2)", "LSTM(3, 2)", "GRU(3, 2, bidirectional={flag})", "LSTM(3, 2, num_layers=2, batch_first=True)", "RNN(3, 2, nonlinearity='relu', bias=False)"],
}  # fmt: skip

PRELUDE = """
import importlib
for name in (".nn.utils.prune", ".optim.swa_utils"): importlib.import_module(torch.__name__ + name)
def fit(t, *shape):
    count = 1
    for size in shape: count *= size
    t = t.real if t.is_complex() else t
    return torch.cat([t.flatten().float(), torch.linspace(-1, 1, count)])[:count].reshape(shape)
def train(net, opt, loss, samples, steps):
    found = []
    for _ in range(steps):
        opt.zero_grad()
        value = loss(net(samples.detach()), torch.linspace(0, 1, 2 * len(samples)).reshape(-1, 2))
        value.backward()
        opt.step()
        found.append(value.item())
    return found
def closure(net, opt, samples):
    opt.zero_grad()
    value = net(samples.detach()).pow(2).mean()
    value.backward()
    return value
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
plan = torch.optim.lr_scheduler.StepLR(opt, 2)
"""
