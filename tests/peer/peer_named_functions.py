"""Functions and classes in files: under which names they stand there, so that both libraries read each other's."""

import copy
import io
import pickle
import pickletools
import zipfile


def spelled(torch, value):
    """The names and calls in the pickle of a file."""
    stream = io.BytesIO()
    torch.save(value, stream)
    with zipfile.ZipFile(stream) as file:
        text = file.read(next(name for name in file.namelist() if name.endswith("data.pkl")))
    wanted = ("GLOBAL", "BINUNICODE", "REDUCE", "TUPLE2")
    return [str(found) if found is not None else code.name for code, found, _ in pickletools.genops(text) if code.name in wanted]


def again(torch, value):
    stream = io.BytesIO()
    torch.save(value, stream)
    stream.seek(0)
    return torch.load(stream, weights_only=False)


def functions(torch):
    F = torch.nn.functional
    return {
        "torch": [getattr(torch, name) for name in (
            "add relu tanh where zeros tensor rand from_numpy conv2d split stft einsum meshgrid broadcast_tensors norm cdist tensordot "
            "get_default_dtype is_grad_enabled save pca_lowrank set_printoptions atleast_2d unravel_index").split()],
        "F": [getattr(F, name) for name in (
            "relu gelu softmax silu linear conv1d logsigmoid dropout cross_entropy mse_loss interpolate pad layer_norm embedding one_hot "
            "scaled_dot_product_attention threshold adaptive_avg_pool1d adaptive_avg_pool2d multi_head_attention_forward normalize prelu "
            "native_channel_shuffle glu grid_sample avg_pool2d celu_").split()],
        "others": [
            torch.special.erf, torch.special.entr, torch.linalg.norm, torch.linalg.svd, torch.fft.rfft, torch.nn.init.xavier_uniform_,
            torch.nn.utils.clip_grad_norm_, torch.utils.data.default_collate, torch.distributions.kl_divergence,
        ],
    }  # fmt: skip


def methods_come_back(torch, log):
    for method in (torch.Tensor.add, torch.Tensor.norm, torch.Tensor.backward, torch.Tensor.__add__, torch.ones(2).sum):
        made = again(torch, method)
        log(made == method or made())


def names_in_files(torch, log):
    for group in functions(torch).values():
        for function in group:
            log(spelled(torch, function))


def come_back_as_themselves(torch, log):
    for group in functions(torch).values():
        log([again(torch, function) is function for function in group])
        log([copy.deepcopy(function) is function for function in group])
        log([pickle.loads(pickle.dumps(function)) is function for function in group])


def classes_in_files(torch, log):
    schedules = torch.optim.lr_scheduler
    for cls in (
        schedules.CyclicLR, schedules.OneCycleLR, schedules.CosineAnnealingWarmRestarts, schedules.LambdaLR, torch.distributions.CatTransform,
        torch.distributions.transforms.CumulativeDistributionTransform, torch.distributions.Normal, torch.optim.Adam, torch.nn.Linear,
        torch.nn.TransformerEncoderLayer, torch.nn.Parameter, torch.utils.data.TensorDataset, torch.Generator, torch.no_grad,
        torch.optim.swa_utils.SWALR, torch.nn.utils.rnn.PackedSequence, torch.nn.modules.loss._Loss,
    ):  # fmt: skip
        log(spelled(torch, cls), again(torch, cls) is cls)


def layers_that_hold_functions(torch, log):
    for layer in (torch.nn.TransformerEncoderLayer(4, 2, 8), torch.nn.TransformerDecoderLayer(4, 2, 8, activation="gelu")):
        layer.eval()
        made = again(torch, layer)
        log(type(made).__name__, made.activation is layer.activation)
        log([name for name in spelled(torch, layer) if "functional" in name or "_nn" in name or "getattr" in name])


def outside():
    return None


replaced, outside = outside, None


def what_cannot_be_saved(torch, log):
    def local():
        return None

    class Inside:
        pass

    def stream():
        return io.BytesIO()

    for value in (local, Inside, Inside(), lambda: 0, replaced, [local], (entry for entry in ())):
        log.error(lambda value=value: torch.save(value, stream()))
    made = type("Elsewhere", (), {"__module__": "no.such.module"})
    log.error(lambda: torch.save(made, stream()))


def generators_in_files(torch, log):
    generator = torch.Generator().manual_seed(7)
    torch.rand(3, generator=generator)
    made = again(torch, generator)
    log(torch.rand(2, generator=made), made.initial_seed(), spelled(torch, generator)[:2])


def files_without_checksums(torch, log):
    torch.serialization.set_crc32_options(False)
    try:
        stream = io.BytesIO()
        torch.save({"a": torch.ones(3)}, stream)
        log(torch.serialization.get_crc32_options())
    finally:
        torch.serialization.set_crc32_options(True)
    with zipfile.ZipFile(stream) as file:
        log([entry.CRC for entry in file.infolist() if "data" in entry.filename and "serialization_id" not in entry.filename])
    stream.seek(0)
    log(torch.load(stream))
    for place in ("mps", "hpu", "cuda", "xpu:0"):
        stream.seek(0)
        log.error(lambda place=place: torch.load(stream, map_location=place))
