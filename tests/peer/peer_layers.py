"""Every layer of torch.nn: printing, state, initial weights, forward and gradients, for a table of constructor arguments."""

import copy
import warnings

# constructor | shape of the input (several: separated by ;) ; an "i" before a shape asks for indices below 5, "s" for signs, "b" for bits
LAYERS = """
Identity(1, a=2) | 2,3
Linear(3, 2) | 4,3
Linear(3, 2, bias=False) | 3
Linear(3, 2, dtype=torch.float64) | -
Bilinear(2, 3, 4) | 5,2; 5,3
Bilinear(2, 3, 4, bias=False) | 2,3,2; 2,3,3
Conv1d(2, 4, 3) | 2,2,7
Conv1d(2, 4, 3, stride=2, padding=1, dilation=2, groups=2, bias=False) | 2,9
Conv1d(2, 4, 3, padding="same", padding_mode="circular") | 1,2,7
Conv2d(2, 4, 3) | 2,2,5,6
Conv2d(2, 4, (3, 2), stride=(2, 1), padding=(0, 1), dilation=(1, 2), groups=2) | 1,2,6,6
Conv2d(2, 4, 3, padding="same", padding_mode="reflect", bias=False) | 2,5,6
Conv2d(2, 4, 2, padding="valid", padding_mode="replicate") | 1,2,4,4
Conv3d(1, 2, 2, padding=1) | 1,1,3,3,4
Conv3d(2, 2, (1, 2, 2), groups=2, stride=2) | 2,3,3,4
ConvTranspose1d(2, 4, 3, stride=2, output_padding=1) | 2,2,5
ConvTranspose2d(2, 4, 3, stride=2, padding=1, output_padding=1, groups=2) | 1,2,4,4
ConvTranspose2d(2, 3, 2, dilation=2, bias=False) | 2,4,4
ConvTranspose3d(2, 1, 2) | 1,2,2,3,2
MaxPool1d(2) | 1,2,7
MaxPool2d(2) | 1,2,6,6
MaxPool2d((3, 2), stride=(2, 1), padding=(1, 0), dilation=1, ceil_mode=True) | 1,2,6,5
MaxPool2d(2, return_indices=True) | 1,1,4,4
MaxPool3d(2) | 1,1,4,4,4
AvgPool1d(2) | 1,2,6
AvgPool2d(3, stride=2, padding=1, count_include_pad=False) | 1,2,5,5
AvgPool2d(2, divisor_override=3, ceil_mode=True) | 2,5,5
AvgPool3d(2) | 1,1,4,4,4
LPPool1d(2, 2) | 1,2,6
LPPool2d(3, 2, stride=1) | 1,2,4,4
LPPool3d(2, 2, ceil_mode=True) | 1,1,4,4,5
AdaptiveAvgPool1d(3) | 1,2,7
AdaptiveAvgPool2d((2, None)) | 1,2,5,4
AdaptiveAvgPool3d(2) | 1,1,4,5,4
AdaptiveMaxPool1d(3) | 1,2,7
AdaptiveMaxPool2d((2, 3), return_indices=True) | 1,2,5,4
AdaptiveMaxPool3d(2) | 1,1,4,5,4
FractionalMaxPool2d(2, output_size=3) | 1,2,6,6
FractionalMaxPool2d(2, output_ratio=(0.5, 0.6), return_indices=True) | 1,2,6,6
FractionalMaxPool3d(2, output_size=2) | 1,2,5,5,5
ReflectionPad1d(2) | 1,2,5
ReflectionPad2d((1, 2, 0, 1)) | 1,2,4,4
ReflectionPad3d(1) | 1,1,3,3,3
ReplicationPad1d((1, 2)) | 2,5
ReplicationPad2d(2) | 1,2,3,3
ReplicationPad3d(1) | 1,1,2,2,3
ZeroPad1d(1) | 2,3
ZeroPad2d((1, -1, 2, 0)) | 1,2,3,3
ZeroPad3d(1) | 1,2,2,2,2
ConstantPad1d(2, 3.5) | 2,3
ConstantPad2d(1, -1) | 1,2,3,3
ConstantPad3d(1, 0.5) | 1,2,2,2,2
CircularPad1d(1) | 1,2,3
CircularPad2d((1, 0, 2, 1)) | 2,3,3
CircularPad3d(1) | 1,1,2,3,3
Threshold(0.1, 20) | 2,3
ReLU() | 2,3
ReLU6() | 2,3
RReLU(0.1, 0.3) | 2,3
Hardtanh(-0.5, 0.7) | 2,3
Sigmoid() | 2,3
Hardsigmoid() | 2,3
Tanh() | 2,3
SiLU() | 2,3
Mish() | 2,3
Hardswish() | 2,3
ELU(0.7) | 2,3
CELU(1.3) | 2,3
SELU() | 2,3
GLU() | 2,4
GLU(0) | 4,3
GELU() | 2,3
GELU("tanh") | 2,3
Hardshrink(0.4) | 2,3
LeakyReLU(0.2) | 2,3
LogSigmoid() | 2,3
Softplus(2, 1) | 2,3
Softshrink(0.3) | 2,3
PReLU() | 2,3
PReLU(3, 0.1) | 2,3
Softsign() | 2,3
Tanhshrink() | 2,3
Softmin(1) | 2,3
Softmax(0) | 2,3
Softmax() | 2,3
Softmax2d() | 1,3,2,2
LogSoftmax(-1) | 2,3
Dropout(0.4) | 4,5
Dropout1d(0.4) | 2,4,3
Dropout2d(0.4) | 2,4,2,2
Dropout3d(0.4) | 2,4,1,2,2
AlphaDropout(0.4) | 4,5
FeatureAlphaDropout(0.4) | 2,4,2
BatchNorm1d(3) | 4,3
BatchNorm1d(3, momentum=None, bias=False) | 4,3,2
BatchNorm2d(2, affine=False, eps=0.01) | 2,2,3,3
BatchNorm3d(2, track_running_stats=False) | 2,2,1,2,3
InstanceNorm1d(3) | 2,3,4
InstanceNorm2d(3, affine=True, track_running_stats=True) | 2,3,3,2
InstanceNorm3d(2, affine=True, bias=False) | 2,2,2,2
LayerNorm(4) | 2,3,4
LayerNorm((3, 4), elementwise_affine=False) | 2,3,4
LayerNorm([4], bias=False, eps=0.1) | 2,4
GroupNorm(2, 4) | 2,4,3
GroupNorm(1, 4, affine=False) | 2,4
GroupNorm(2, 4, bias=False) | 2,4
RMSNorm(4) | 2,4
RMSNorm((3, 4), eps=0.01, elementwise_affine=False) | 2,3,4
LocalResponseNorm(2) | 1,4,3,3
CrossMapLRN2d(3, alpha=0.1) | 1,5,2,2
Embedding(5, 3) | i2,4
Embedding(5, 3, padding_idx=-2, max_norm=1.0, scale_grad_by_freq=True) | i6
Embedding(5, 3, norm_type=1.0, _freeze=True) | i2
EmbeddingBag(5, 3) | i2,4
EmbeddingBag(5, 3, mode="sum", padding_idx=1, include_last_offset=True) | i2,4
EmbeddingBag(5, 3, mode="max", max_norm=1.0) | i2,4
Flatten() | 2,3,4
Flatten(0, 1) | 2,3,4
Unflatten(1, (2, 3)) | 2,6
Unflatten(-1, [3, -1]) | 2,6
Fold((4, 5), 2) | 1,4,12
Unfold(2, padding=1, stride=2, dilation=1) | 1,2,4,4
PixelShuffle(2) | 1,8,2,3
PixelUnshuffle(2) | 1,2,4,4
ChannelShuffle(2) | 1,4,2,2
Upsample(scale_factor=2) | 1,2,3,4
Upsample(size=(4, 5), mode="bilinear") | 1,2,3,4
Upsample(scale_factor=(2.0, 1.5), mode="bicubic", align_corners=True) | 1,1,4,4
Upsample(size=7, mode="linear", align_corners=False) | 1,2,4
Upsample(scale_factor=2, mode="trilinear") | 1,1,2,2,3
UpsamplingNearest2d(scale_factor=2) | 1,2,2,2
UpsamplingBilinear2d(size=5) | 1,2,3,3
CosineSimilarity(0) | 3,2; 3,2
PairwiseDistance(1.0, keepdim=True) | 3,2; 3,2
L1Loss() | 3,2; 3,2
MSELoss(reduction="sum") | 3,2; 3,2
SmoothL1Loss(beta=0.5) | 3,2; 3,2
HuberLoss(delta=0.3) | 3,2; 3,2
NLLLoss(weight=torch.tensor([1.0, 2, 3, 4, 5])) | 3,5; i3
CrossEntropyLoss(label_smoothing=0.1) | 3,5; i3
CrossEntropyLoss(ignore_index=1, reduction="none", weight=torch.tensor([1.0, 2, 3, 4, 5])) | 2,5,3; i2,3
KLDivLoss(reduction="batchmean", log_target=True) | 3,2; 3,2
PoissonNLLLoss(full=True) | 3,2; b3,2
PoissonNLLLoss(log_input=False, reduction="sum") | b3,2; b3,2
GaussianNLLLoss(full=True) | 3,2; 3,2; b3,2
BCELoss() | b3,2; b3,2
BCEWithLogitsLoss(pos_weight=torch.tensor([2.0, 3.0])) | 3,2; b3,2
HingeEmbeddingLoss(0.5) | 3,2; s3,2
SoftMarginLoss() | 3,2; s3,2
MarginRankingLoss(0.1) | 3; 3; s3
CosineEmbeddingLoss(0.1) | 3,2; 3,2; s3
MultiMarginLoss(p=2, margin=0.7) | 3,5; i3
MultiLabelMarginLoss() | 2,5; i2,5
MultiLabelSoftMarginLoss() | 2,3; b2,3
TripletMarginLoss(swap=True) | 3,2; 3,2; 3,2
TripletMarginWithDistanceLoss(distance_function=torch.nn.PairwiseDistance(1.0)) | 3,2; 3,2; 3,2
LinearCrossEntropyLoss(3, 5) | 4,3; i4
AdaptiveLogSoftmaxWithLoss(8, 5, [1, 3], div_value=2.0) | 4,8; i4
RNN(3, 4) | 5,2,3
RNN(3, 4, 2, nonlinearity="relu", bias=False, bidirectional=True) | 5,3
LSTM(3, 4) | 5,2,3
LSTM(3, 4, num_layers=2, batch_first=True, bidirectional=True) | 2,5,3
LSTM(3, 4, proj_size=2, bias=False) | 5,3
GRU(3, 4, 2, bidirectional=True) | 5,2,3
RNNCell(3, 4) | 2,3
RNNCell(3, 4, nonlinearity="relu", bias=False) | 3; 4
LSTMCell(3, 4) | 2,3
GRUCell(3, 4) | 2,3; 2,4
MultiheadAttention(4, 2) | 3,2,4; 3,2,4; 3,2,4
MultiheadAttention(4, 2, batch_first=True, kdim=3, vdim=2, add_bias_kv=True, add_zero_attn=True) | 2,3,4; 2,5,3; 2,5,2
MultiheadAttention(4, 1, bias=False) | 3,4; 5,4; 5,4
TransformerEncoderLayer(4, 2, 8, dropout=0.0) | 3,2,4
TransformerEncoderLayer(4, 2, 8, dropout=0.0, activation="gelu", batch_first=True, norm_first=True, bias=False) | 2,3,4
TransformerDecoderLayer(4, 2, 8, dropout=0.0) | 3,2,4; 5,2,4
TransformerEncoder(torch.nn.TransformerEncoderLayer(4, 2, 8, 0.0, batch_first=True), 2, torch.nn.LayerNorm(4)) | 2,3,4
TransformerDecoder(torch.nn.TransformerDecoderLayer(4, 2, 8, 0.0), 2) | 3,2,4; 5,2,4
Transformer(4, 2, 1, 1, 8, 0.0) | 3,2,4; 5,2,4
"""


def inputs_of(torch, shapes):
    found = []
    for text in shapes.split(";"):
        text = text.strip()
        kind = text[0] if text[0] in "isb" else ""
        shape = [int(size) for size in text[len(kind) :].split(",")]
        if kind == "i":
            found.append(torch.randint(0, 5, shape))
        elif kind == "s":
            found.append(torch.randint(0, 2, shape) * 2.0 - 1)
        elif kind == "b":
            found.append(torch.rand(shape) * 0.9 + 0.05)
        else:
            found.append(torch.randn(shape, requires_grad=True))
    return found


def tensors(torch, value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [tensor for entry in value for tensor in tensors(torch, entry)] if isinstance(value, (list, tuple)) else []


def numbers(value):
    return None if value is None else value.detach().clone().float() if value.is_floating_point() else value


def one_layer(line):
    """Inputs are drawn after the weights, so that a draw too many or too few shows."""
    constructor, _, shapes = line.partition("|")

    def program(torch, log):
        log.tolerance(2e-4, 2e-5)
        torch.manual_seed(3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layer = eval("torch.nn." + constructor, {"torch": torch})
        log(repr(layer), [(name, value.dtype, numbers(value)) for name, value in layer.state_dict().items()])
        log([name for name, value in layer.named_parameters() if value.requires_grad], layer.training)
        log(sorted(name for name in vars(layer) if not name.startswith("_flat_weight")))
        log(sorted(getattr(layer, "__constants__", [])))
        if shapes.strip() == "-":
            return
        for training in (True, False):
            layer.train(training)
            given = inputs_of(torch, shapes)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = tensors(torch, layer(*given))
            log([(list(value.shape), list(value.stride()), value.requires_grad, numbers(value)) for value in found])
            wanted = [value for value in found if value.requires_grad]
            if wanted:
                layer.zero_grad()
                sum((value * value).sum() for value in wanted).backward()
                log([numbers(value.grad) for value in (*given, *layer.parameters())])
            log([(name, numbers(value)) for name, value in layer.named_buffers()])
        log(torch.rand(2))

    return program


for _number, _line in enumerate(LAYERS.strip().splitlines()):
    _name = "".join(letter if letter.isalnum() else "_" for letter in _line.partition("|")[0].strip())
    globals()[f"layer_{_number:03}_{_name}"[:80]] = one_layer(_line)

LINES_REFUSED = """
torch.nn.Bilinear(0, 2, 3)
torch.nn.Conv2d(3, 4, 2, groups=2)
torch.nn.Conv2d(4, 3, 2, groups=2)
torch.nn.Conv2d(4, 4, 2, groups=0)
torch.nn.Conv2d(4, 4, 2, padding="same", stride=2)
torch.nn.ConvTranspose2d(4, 4, 2, padding_mode="circular")
torch.nn.ConvTranspose1d(2, 2, 3, stride=2)(torch.ones(1, 2, 4), output_size=[99])
torch.nn.ConvTranspose1d(2, 2, 3, stride=2)(torch.ones(1, 2, 4), output_size=[9, 9])
torch.nn.ConvTranspose1d(2, 2, 3, stride=2)(torch.ones(1, 2, 4), output_size=[10]).shape
torch.nn.Dropout(2)
torch.nn.Dropout1d(-0.1)
torch.nn.Hardtanh(2, 1)
torch.nn.Softmax2d()(torch.ones(2))
torch.nn.BatchNorm1d(2)(torch.ones(2))
torch.nn.BatchNorm2d(2)(torch.ones(2, 2))
torch.nn.BatchNorm3d(2)(torch.ones(2, 2))
torch.nn.BatchNorm1d(2)(torch.ones(1, 2))
torch.nn.SyncBatchNorm(2)(torch.ones(2))
torch.nn.InstanceNorm1d(2)(torch.ones(2))
torch.nn.InstanceNorm2d(2)(torch.ones(2))
torch.nn.InstanceNorm3d(2)(torch.ones(2))
torch.nn.InstanceNorm1d(3, affine=True)(torch.ones(2, 2, 4))
torch.nn.InstanceNorm1d(3)(torch.ones(2, 2, 4))
torch.nn.GroupNorm(2, 3)
torch.nn.CircularPad1d(1)(torch.ones(2))
torch.nn.CircularPad3d(1)(torch.ones(2))
torch.nn.Unflatten(1, 3)
torch.nn.Unflatten(1, (2, 1.5))
torch.nn.FractionalMaxPool2d(2)
torch.nn.FractionalMaxPool2d(2, output_size=2, output_ratio=0.5)
torch.nn.FractionalMaxPool2d(2, output_ratio=1.5)
torch.nn.FractionalMaxPool3d(0, output_size=2)
torch.nn.Embedding(3, 2, padding_idx=3)
torch.nn.Embedding(3, 2, _weight=torch.ones(2, 2))
torch.nn.Embedding.from_pretrained(torch.ones(2))
torch.nn.EmbeddingBag(3, 2, padding_idx=-4)
torch.nn.EmbeddingBag.from_pretrained(torch.ones(2))
torch.nn.HuberLoss(delta="x")
torch.nn.MultiMarginLoss(p=3)
torch.nn.MultiMarginLoss(weight=torch.ones(2, 2))
torch.nn.TripletMarginLoss(margin=-1)
torch.nn.TripletMarginWithDistanceLoss(margin=0)
torch.nn.LinearCrossEntropyLoss(2, 3, weight=torch.ones(2))
torch.nn.LinearCrossEntropyLoss(2, 3, label_smoothing=2.0)
torch.nn.L1Loss(size_average=False).reduction
torch.nn.L1Loss(reduce=False).reduction
torch.nn.NLLLoss2d()
torch.nn.AdaptiveLogSoftmaxWithLoss(4, 10, [])
torch.nn.AdaptiveLogSoftmaxWithLoss(4, 10, [4, 2])
torch.nn.AdaptiveLogSoftmaxWithLoss(16, 10, [2, 4])(torch.ones(2, 16), torch.tensor([1]))
torch.nn.AdaptiveLogSoftmaxWithLoss(16, 10, [2, 4])(torch.ones(2, 16), torch.tensor([1, 99]))
torch.nn.AdaptiveLogSoftmaxWithLoss(16, 10, [2, 4])(torch.ones(16), torch.tensor([1]))
torch.nn.MultiheadAttention(3, 2)
torch.nn.MultiheadAttention(0, 2)
torch.nn.TransformerEncoderLayer(4, 2, activation="x")
torch.nn.Transformer(4, 2, 1, 1, 8)(torch.ones(3, 2, 4), torch.ones(3, 1, 4))
torch.nn.Transformer(4, 2, 1, 1, 8)(torch.ones(3, 2, 3), torch.ones(3, 2, 4))
torch.nn.Transformer.generate_square_subsequent_mask(3)
torch.nn.LSTM(2, 3, dropout=2)
torch.nn.LSTM(2, 3, dropout=True)
torch.nn.LSTM(2, 3, dropout=0.5)
torch.nn.LSTM(2, 0)
torch.nn.LSTM(0, 1)
torch.nn.LSTM(2.0, 1)
torch.nn.LSTM(2, 3, 0)
torch.nn.LSTM(2, 3, bias=3)
torch.nn.LSTM(2, 3, proj_size=3)
torch.nn.LSTM(2, 3, proj_size=-1)
torch.nn.GRU(2, 3, proj_size=1)
torch.nn.RNN(2, 3, proj_size=1)
torch.nn.RNN(2, 3, nonlinearity="x")
torch.nn.RNNBase("X", 2, 3)
torch.nn.LSTM(2, 3)(torch.ones(2))
torch.nn.LSTM(2, 3)(torch.ones(2, 2, 5))
torch.nn.LSTM(2, 3)(torch.ones(2, 2, 2).double())
torch.nn.LSTM(2, 3)(torch.ones(2, 2, 2), (torch.ones(1, 2, 3), torch.ones(1, 2, 4)))
torch.nn.LSTM(2, 3)(torch.ones(2, 2, 2), (torch.ones(1, 3, 3), torch.ones(1, 2, 3)))
torch.nn.LSTM(2, 3)(torch.ones(2, 2, 2), (torch.ones(1, 3), torch.ones(1, 3)))
torch.nn.GRU(2, 3)(torch.ones(2, 2, 2), torch.ones(2, 3))
torch.nn.GRU(2, 3)(torch.ones(2, 2), torch.ones(1, 2, 3))
torch.nn.GRU(2, 3)(torch.ones(2))
torch.nn.RNN(2, 3)(torch.ones(2))
torch.nn.RNN(2, 3)(torch.ones(2, 2, 2), torch.ones(1, 2, 4))
torch.nn.RNNCell(2, 3)(torch.ones(2, 2, 2))
torch.nn.LSTMCell(2, 3)(torch.ones(2, 2), (torch.ones(1, 1, 2), torch.ones(1)))
torch.nn.GRUCell(2, 3)(torch.ones(2, 2), torch.ones(1, 2, 3))
"""


def batch_norms_convert_to_synchronised_ones(torch, log):
    m = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2), torch.nn.Sequential(torch.nn.BatchNorm1d(2, affine=False)))
    s = torch.nn.SyncBatchNorm.convert_sync_batchnorm(m)
    log(repr(s), s is m, s[1].weight is m[1].weight, list(s.state_dict()))
    log(s.eval()(torch.ones(2, 2)).shape)


def states_of_early_versions(torch, log):
    b = torch.nn.BatchNorm1d(2)
    found = b.state_dict()
    del found["num_batches_tracked"]
    found._metadata[""]["version"] = 1
    log(b.load_state_dict(found), b.num_batches_tracked)
    i = torch.nn.InstanceNorm1d(2)
    log.error(lambda: i.load_state_dict({"running_mean": torch.ones(2), "running_var": torch.ones(2)}))


def recurrent_parameters(torch, log):
    m = torch.nn.LSTM(2, 3, 2, bidirectional=True)
    log(m._flat_weights_names, m.all_weights[1][2] is m.bias_ih_l0_reverse, len(m._flat_weights), m._flat_weights[0] is m.weight_ih_l0)
    m.weight_ih_l0 = torch.nn.Parameter(torch.ones(12, 2))
    log(m._flat_weights[0] is m.weight_ih_l0, m.flatten_parameters())
    m.double()
    log(m._flat_weights[0].dtype, m._flat_weights[0] is m.weight_ih_l0)
    c = copy.deepcopy(m)
    log(c._flat_weights[0] is c.weight_ih_l0, c.weight_ih_l0 is m.weight_ih_l0, torch.equal(c.weight_ih_l0, m.weight_ih_l0))


def adaptive_softmax_predicts(torch, log):
    torch.manual_seed(1)
    m = torch.nn.AdaptiveLogSoftmaxWithLoss(16, 10, [2, 5])
    x = torch.randn(6, 16)
    found = m.log_prob(x)
    log(found.exp().sum(1), m.predict(x), found.argmax(1))
    log(m(x, torch.tensor([0, 3, 9, 5, 1, 2])), m(x[0], torch.tensor(7)))


def embeddings_from_vectors(torch, log):
    e = torch.nn.Embedding.from_pretrained(torch.arange(6.0).view(3, 2), padding_idx=1)
    log(repr(e), e.weight, e(torch.tensor([2, 1])))
    b = torch.nn.EmbeddingBag.from_pretrained(torch.arange(6.0).view(3, 2), freeze=False, mode="sum")
    log(repr(b), b.weight, b(torch.tensor([2, 1, 0]), torch.tensor([0, 1])))
    log(repr(torch.nn.Embedding(3, 2, norm_type=1.0, max_norm=2.0, sparse=True)))


def encoders_leave_zeros_where_the_padding_was(torch, log):
    torch.manual_seed(4)
    layer = torch.nn.TransformerEncoderLayer(4, 2, 8, 0.0, batch_first=True)
    encoder = torch.nn.TransformerEncoder(layer, 2).eval()
    x = torch.randn(2, 3, 4)
    mask = torch.tensor([[False, False, True], [False, False, False]])
    log.tolerance(1e-4, 1e-5)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns that it uses nested tensors
        log(encoder(x, src_key_padding_mask=mask))
    log(encoder(x, src_key_padding_mask=mask).detach())
    causal = torch.nn.Transformer.generate_square_subsequent_mask(3)
    log(encoder(x, mask=causal).detach(), encoder(x, mask=causal, is_causal=True).detach())
    log.warns(lambda: torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(4, 2), 1))
    log.warns(lambda: torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(3, 3, batch_first=True), 1))


def attention_masks(torch, log):
    torch.manual_seed(5)
    m = torch.nn.MultiheadAttention(4, 2, batch_first=True)
    x = torch.randn(2, 3, 4)
    padding = torch.tensor([[False, False, True], [False, False, False]])
    log.tolerance(1e-4, 1e-5)
    log(m(x, x, x, key_padding_mask=padding.float() * -9, attn_mask=torch.zeros(3, 3), average_attn_weights=False))
    log(m(x, x, x, need_weights=False, attn_mask=torch.ones(3, 3, dtype=torch.bool).triu(1)))
    log(m.merge_masks(torch.zeros(3, 3), torch.zeros(2, 3), x), m.merge_masks(None, padding, x), m.merge_masks(None, None, x))


def ctc(torch, log):
    torch.manual_seed(0)
    log.tolerance(1e-4, 1e-5)
    x = torch.randn(6, 2, 4).log_softmax(2).detach().requires_grad_()
    targets = torch.tensor([[1, 2, 2], [3, 1, 2]])
    for steps, sizes, infinite in (((6, 5), (3, 2), False), ((2, 5), (3, 2), True), ((6, 5), (0, 2), False), ((3, 6), (3, 3), True)):
        for reduction in ("none", "mean", "sum"):
            loss = torch.nn.CTCLoss(reduction=reduction, zero_infinity=infinite)(x, targets, torch.tensor(steps), torch.tensor(sizes))
            loss.sum().backward()
            log(loss, x.grad.clone())
            x.grad = None
    log(torch.nn.functional.ctc_loss(x, torch.tensor([1, 2, 2, 3, 1]), (6, 5), (3, 2), reduction="none"))
    log(torch.nn.functional.ctc_loss(x[:, 0], targets[0], (6,), (3,), blank=3, reduction="none"))
    call = torch.nn.functional.ctc_loss
    for refused in (
        lambda: call(x, targets, (6, 7), (3, 2)), lambda: call(x, targets, (6, -1), (3, 2)), lambda: call(x, targets, (6, 5), (4, 2)),
        lambda: call(x, targets, (6, 5), (-1, 2)), lambda: call(x, targets, (6,), (3, 2)), lambda: call(x, targets, (6, 5), (3,)),
        lambda: call(x, targets, (6, 5), (3, 2), blank=4), lambda: call(x[0, 0], targets, (6,), (3,)), lambda: call(x.half(), targets, (6, 5), (3, 2)),
        lambda: call(x, targets, torch.tensor([6.0, 5]), torch.tensor([3, 2])), lambda: call(x, torch.tensor(3), (6, 5), (3, 2)),
    ):  # fmt: skip
        log.error(refused)


def random_draws_in_layers(torch, log):
    """Dropout within layers takes PyTorch's random numbers, whatever way its input lies in memory."""
    log.tolerance(2e-4, 2e-5)
    nn = torch.nn
    for make, shapes in (
        (lambda: nn.LSTM(3, 4, 2, dropout=0.5), ((5, 2, 3),)),
        (lambda: nn.GRU(3, 4, 3, dropout=0.5, bidirectional=True, batch_first=True), ((5, 2, 3),)),
        (lambda: nn.MultiheadAttention(8, 2, dropout=0.3), ((3, 2, 8),) * 3),
        (lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), ((2, 3, 8),)),
        (lambda: nn.TransformerDecoderLayer(8, 2, 16, batch_first=True), ((2, 3, 8), (2, 4, 8))),
        (lambda: nn.Transformer(8, 2, 1, 1, 16, dropout=0.2), ((3, 2, 8), (4, 2, 8))),
    ):
        torch.manual_seed(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layer = make()
        found = tensors(torch, layer(*[torch.randn(shape) for shape in shapes]))
        log([value.detach().clone() for value in found], torch.rand(2))
    x = torch.ones(3, 2, 4).transpose(0, 1)
    for name in ("dropout", "alpha_dropout", "feature_alpha_dropout", "dropout1d"):
        torch.manual_seed(2)
        log(getattr(nn.functional, name)(x, 0.5).clone())
