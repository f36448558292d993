"""torch.signal.windows: windows by formula, symmetric by default."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import rushlight as torch
from rushlight import Tensor

__path__: list[str] = []  # PyTorch has a module below this name
__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]


def _options(name: str, M: int, options: dict[str, Any]) -> dict[str, Any]:
    """The factory options of a window, checked; its dtype is filled in."""
    unknown = [key for key in options if key not in ("dtype", "layout", "device", "requires_grad")]
    if unknown:
        raise TypeError(f"{name}() got an unexpected keyword argument '{unknown[0]}'")
    dtype = options.get("dtype") or torch.get_default_dtype()
    layout = options.get("layout", torch.strided)
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if layout != torch.strided:
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    if dtype not in (torch.float32, torch.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    return {"requires_grad": False, "device": None, **options, "layout": layout, "dtype": dtype}


def _empty(options: dict[str, Any]) -> Tensor:
    return torch.empty((0,), **options)


def _ones(options: dict[str, Any]) -> Tensor:
    return torch.ones((1,), **options)


def _steps(M: int, sym: bool) -> int:
    """How many steps lie between a window's ends."""
    return M if not sym and M > 1 else M - 1


def _points(start: float, end: float, M: int, options: dict[str, Any]) -> Tensor:
    return torch.linspace(start=start, end=end, steps=M, **options)


def exponential(M: int, *, center: float | None = None, tau: float = 1.0, sym: bool = True, **options: Any) -> Tensor:
    """exp(-|n - center| / tau)."""
    options = _options("exponential", M, options)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    if M == 0:
        return _empty(options)
    if center is None:
        center = _steps(M, sym) / 2.0
    return torch.exp(-torch.abs(_points(-center / tau, (-center + (M - 1)) / tau, M, options)))


def cosine(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Half a period of the sine."""
    options = _options("cosine", M, options)
    if M == 0:
        return _empty(options)
    constant = math.pi / (_steps(M, sym) + 1)
    return torch.sin(_points(0.5 * constant, (0.5 + (M - 1)) * constant, M, options))


def gaussian(M: int, *, std: float = 1.0, sym: bool = True, **options: Any) -> Tensor:
    """The normal curve of standard deviation std."""
    options = _options("gaussian", M, options)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    if M == 0:
        return _empty(options)
    start = -_steps(M, sym) / 2.0
    constant = 1 / (std * math.sqrt(2))
    return torch.exp(-(_points(start * constant, (start + (M - 1)) * constant, M, options) ** 2))


def kaiser(M: int, *, beta: float = 12.0, sym: bool = True, **options: Any) -> Tensor:
    """The Kaiser window of shape beta."""
    options = _options("kaiser", M, options)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    if M == 0:
        return _empty(options)
    if M == 1:
        return _ones(options)
    top = torch.tensor(beta, dtype=options["dtype"], device=options["device"])
    start = -top
    end = torch.minimum(top, start + (M - 1) * (2.0 * top / _steps(M, sym)))
    k = _points(start, end, M, options)
    return torch.i0(torch.sqrt(top * top - torch.pow(k, 2))) / torch.i0(top)


def bartlett(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """The triangle."""
    options = _options("bartlett", M, options)
    if M == 0:
        return _empty(options)
    if M == 1:
        return _ones(options)
    constant = 2 / _steps(M, sym)
    return 1 - torch.abs(_points(-1, -1 + (M - 1) * constant, M, options))


def general_cosine(M: int, *, a: Iterable[float], sym: bool = True, **options: Any) -> Tensor:
    """A sum of cosines with coefficients a, whose signs alternate."""
    options = _options("general_cosine", M, options)
    if M == 0:
        return _empty(options)
    if M == 1:
        return _ones(options)
    if not isinstance(a, (list, tuple)):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")
    constant = 2 * math.pi / _steps(M, sym)
    k = _points(0, (M - 1) * constant, M, options)
    signed = [(-1) ** place * weight for place, weight in enumerate(a)]
    weights = torch.tensor(signed, device=options["device"], dtype=options["dtype"], requires_grad=options["requires_grad"])
    multiples = torch.arange(weights.shape[0], dtype=weights.dtype, device=weights.device, requires_grad=weights.requires_grad)
    return (weights.unsqueeze(-1) * torch.cos(multiples.unsqueeze(-1) * k)).sum(0)


def general_hamming(M: int, *, alpha: float = 0.54, sym: bool = True, **options: Any) -> Tensor:
    """alpha - (1 - alpha) * cosine."""
    return general_cosine(M, a=[alpha, 1.0 - alpha], sym=sym, **options)


def hamming(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """general_hamming with alpha = 0.54."""
    return general_hamming(M, sym=sym, **options)


def hann(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """general_hamming with alpha = 0.5."""
    return general_hamming(M, alpha=0.5, sym=sym, **options)


def blackman(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Blackman's sum of three cosines."""
    options = _options("blackman", M, options)
    return general_cosine(M, a=[0.42, 0.5, 0.08], sym=sym, **options)


def nuttall(M: int, *, sym: bool = True, **options: Any) -> Tensor:
    """Nuttall's sum of four cosines."""
    return general_cosine(M, a=[0.3635819, 0.4891775, 0.1365995, 0.0106411], sym=sym, **options)
