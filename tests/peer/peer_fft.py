"""torch.fft, windows, stft and istft: values, strides, nodes, errors."""

NAMES = "fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 hfft2 ihfft2 fftn ifftn rfftn irfftn hfftn ihfftn".split()


def wave(torch, *shape, complex=False):
    count = 1
    for size in shape:
        count *= size
    line = torch.sin(torch.arange(count, dtype=torch.float64) * 1.7).reshape(shape)
    return torch.complex(line, torch.cos(line * 3)) if complex else line


def plain_calls(torch, log):
    real, complex = wave(torch, 2, 3), wave(torch, 2, 3, complex=True)
    for name in NAMES:
        function = getattr(torch.fft, name)
        for source in (real, complex, real.float(), torch.arange(6).reshape(2, 3)):
            log.error(lambda f=function, s=source: f(s))
        for norm in ("forward", "backward", "ortho"):
            log.error(lambda f=function, n=norm: f(real, norm=n))


def sizes_and_dimensions(torch, log):
    real = wave(torch, 2, 3, 3)
    for name in NAMES:
        function = getattr(torch.fft, name)
        if name[-1] in "2n":
            options = [{"s": (2, 4)}, {"s": (4, -1)}, {"dim": (0, 2)}, {"dim": (2, 0)}, {"s": (2,), "dim": (1,)}, {"dim": (0, 0)}, {"s": (0, 1)},
                       {"dim": ()}, {"dim": 5}]  # fmt: skip
        else:
            options = [{"n": 3}, {"n": 8}, {"dim": 0}, {"dim": -2, "n": 6}, {"n": 0}, {"dim": 3}, {"norm": "x"}]
        for option in options:
            log.error(lambda f=function, o=option: f(real, **o))


def memory_order(torch, log):
    source = wave(torch, 2, 3, 4, 5, complex=True).permute(3, 1, 0, 2)
    for dim in ((0,), (1,), (2,), (3,), (0, 1), (1, 3)):
        for result in (torch.fft.fftn(source, dim=dim), torch.fft.rfftn(source.real, dim=dim), torch.fft.irfftn(source, dim=dim)):
            log(list(result.shape), result.stride())


def refused_dtypes(torch, log):
    for name in NAMES:
        for dtype in (torch.bool, torch.uint8, torch.float16, torch.bfloat16, torch.complex64):
            log.error(lambda name=name, dtype=dtype: str(getattr(torch.fft, name)(torch.ones(3, 4).to(dtype)).dtype))


def gradients(torch, log):
    for name in NAMES:
        for complex in (False, True):
            if complex and name.startswith(("rfft", "ihfft")):
                continue
            source = wave(torch, 3, 4, complex=complex).requires_grad_()
            result = getattr(torch.fft, name)(source)
            log(name, result.grad_fn)
            (gradient,) = torch.autograd.grad((result.abs() ** 2 * 0.5).sum() + result.real.sum(), source, create_graph=True)
            log(gradient.detach().clone(memory_format=torch.contiguous_format))
            log(torch.autograd.grad((gradient.abs() ** 2).sum(), source)[0].clone(memory_format=torch.contiguous_format))


def out_arguments(torch, log):
    real = wave(torch, 4)
    for name in ("fft", "rfft", "irfft", "hfft", "fftn", "irfftn"):
        for dtype in (torch.float64, torch.complex128, torch.int64):
            log.error(lambda name=name, dtype=dtype: getattr(torch.fft, name)(real, out=torch.empty(0, dtype=dtype)))


def frequencies(torch, log):
    for n in (1, 4, 5):
        log(torch.fft.fftfreq(n), torch.fft.rfftfreq(n, 0.5), torch.fft.fftfreq(n, 2.0, dtype=torch.float64))
    log.error(lambda: torch.fft.fftfreq(4, dtype=torch.int64))
    log.error(lambda: torch.fft.fftfreq(-1))
    x = torch.arange(12.0).reshape(3, 4)
    log(torch.fft.fftshift(x), torch.fft.ifftshift(x), torch.fft.fftshift(x, 1), torch.fft.ifftshift(x, (0,)))


def windows(torch, log):
    for name in ("hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window"):
        function = getattr(torch, name)
        for length in (-1, 0, 1, 2, 5):
            log.error(lambda f=function, n=length: f(n))
            log.error(lambda f=function, n=length: f(n, periodic=False))
        log(function(6, dtype=torch.float64), function(5, dtype=torch.bfloat16), function(4, requires_grad=True))
        log.error(lambda f=function: f(4, dtype=torch.int64))
        log.error(lambda f=function: f(4, dtype=torch.complex64))
    log(torch.hamming_window(5, True, 0.3), torch.hamming_window(5, True, 0.3, 0.2), torch.kaiser_window(5, True, 3.0))


def signal_windows(torch, log):
    import importlib

    module = importlib.import_module(f"{torch.__name__}.signal.windows")
    for name in module.__all__:
        options = {"a": [0.5, 0.3, 0.2]} if name == "general_cosine" else {}
        for length in (-1, 0, 1, 4, 5):
            log.error(lambda name=name, length=length, options=options: getattr(module, name)(length, **options))
            log.error(lambda name=name, length=length, options=options: getattr(module, name)(length, sym=False, **options))


def short_time(torch, log):
    source = wave(torch, 2, 30).requires_grad_()
    window = torch.hann_window(16, dtype=torch.float64)
    for options in ({}, {"hop_length": 5}, {"normalized": True}, {"onesided": False}, {"center": False}, {"pad_mode": "constant"}):
        result = torch.stft(source, 16, window=window, return_complex=True, **options)
        log(result.detach(), result.stride(), result.grad_fn)
        log(torch.autograd.grad((result.abs() ** 2).sum(), source)[0])
    log(torch.stft(source[0], 16, 4, 8, torch.ones(8), return_complex=True).detach())


def back_from_short_time(torch, log):
    source = wave(torch, 2, 30)
    window = torch.hann_window(16, dtype=torch.float64)
    spectrum = torch.stft(source, 16, 4, window=window, return_complex=True).requires_grad_()
    for options in ({}, {"length": 28}, {"length": 20}, {"normalized": True}, {"center": False}, {"onesided": False}, {"win_length": 10}):
        log.error(lambda options=options: torch.istft(spectrum, 16, 4, window=window, **options))
    result = torch.istft(spectrum, 16, 4, window=window, length=30)
    log(torch.allclose(result, source), torch.autograd.grad((result**2).sum(), spectrum)[0])


def short_time_errors(torch, log):
    source, window = wave(torch, 2, 30), torch.ones(16, dtype=torch.float64)
    for options in (
        {"return_complex": None}, {"hop_length": 0}, {"win_length": 20}, {"n_fft": 0}, {"n_fft": 40, "center": False},
        {"align_to_window": True},
    ):  # fmt: skip
        options = {"n_fft": 16, "window": window, "return_complex": True, **options}
        log.error(lambda options=options: torch.stft(source, **options))
    log.error(lambda: torch.istft(source, 16, window=window))
