"""Windows (`torch.hann_window` and its kin), and the short-time Fourier transform with its inverse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight import _objects
from rushlight._core import dtypes
from rushlight._core.tensor import shape_text, wrap
from rushlight.ops.carriers import REGISTRY
from rushlight.ops.create import factory, is_meta, made, without_data
from rushlight.ops.declare import composite
from rushlight.ops.fft import _fft_c2c, _fft_c2r, _fft_r2c
from rushlight.ops.padding import constant_pad_nd
from rushlight.ops.pointwise import CPP_NAMES
from rushlight.ops.view import reshaped, transpose, unsqueeze, wrap_dim
from rushlight.ops.view_parts import slice_tensor, unfold_backward
from rushlight.ops.warn import warn_once, warn_user

# ---------------------------------------------------------------- windows


def _options_text(window: str, dtype: dtypes.dtype, layout: Any) -> str:
    name = CPP_NAMES.get(dtype.cpp, dtype.cpp)
    sparse = layout is not None and layout is not _objects.strided
    name += " (default)" if window == "hann_window" and sparse else ""
    return (
        f"TensorOptions(dtype={name}, device=cpu, layout={'Sparse' if sparse else 'Strided (default)'}, requires_grad=false (default), "
        "pinned_memory=false, memory_format=(nullopt))"
    )


def _window(name: str, values: Any, length: int, periodic: bool, options: Any) -> Any:
    """The window whose values the function `values(count, index)` gives, index being an array of the wanted dtype."""
    dtype, layout, device, _, requires_grad = options
    target = dtype or dtypes.get_default_dtype()
    if layout is not None and layout is not _objects.strided:
        raise RuntimeError(f"{name} is not implemented for sparse types, got: {_options_text(name, target, layout)}")
    if target.category < dtypes.FLOATING:
        raise RuntimeError(f"{name} expects floating point dtypes, got: {_options_text(name, target, layout)}")
    if length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={length}")
    if target.is_complex and length > 1:
        raise NotImplementedError(f"\"arange_cpu\" not implemented for '{target.cpp}'")
    if is_meta(device):
        return made(without_data((length,), target.np_dtype), requires_grad, True)
    if length < 2:
        return made(np.ones(length, target.np_dtype), requires_grad)
    count = length + 1 if periodic else length
    index = wrap(np.arange(count).astype(target.np_dtype))
    array = values(count, index)._array
    return made(np.ascontiguousarray(array[:length]), requires_grad)


def _number(value: float, like: Any) -> Any:
    """A number in the dtype of a tensor: PyTorch rounds the constants of 16-bit windows."""
    return wrap(np.asarray(value).astype(like._array.dtype))


def _hamming_values(alpha: float, beta: float) -> Any:
    def values(count: int, index: Any) -> Any:
        return (index * _number(math.pi * 2.0 / (count - 1), index)).cos() * _number(-beta, index) + _number(alpha, index)

    return values


def _blackman_values(count: int, index: Any) -> Any:
    angle = index * _number(math.pi / (count - 1), index)
    return (angle * 4).cos() * _number(0.08, index) - (angle * 2).cos() * 0.5 + _number(0.42, index)


def _bartlett_values(count: int, index: Any) -> Any:
    rising = index * _number(2.0 / (count - 1), index)
    first_half = ((count - 1) >> 1) + 1
    rising._array[first_half:] = (rising * -1 + 2)._array[first_half:]
    return rising


def _kaiser_values(beta: float) -> Any:
    def values(count: int, index: Any) -> Any:
        from rushlight.ops.kernels_special import i0

        half = (count - 1) / 2.0
        ratio = (index._array.astype(np.float64) - half) / half
        found = i0(beta * np.sqrt(np.maximum(1 - ratio * ratio, 0))) / i0(np.float64(beta))
        return wrap(found.astype(index._array.dtype))

    return values


def _declare_windows() -> None:
    """window and window.periodic, for the windows without parameters; those with parameters have further overloads."""

    def declare(name: str, values: Any) -> None:
        def plain(window_length: Any, *options: Any) -> Any:
            return _window(name, values, window_length, True, options)

        def choosing(window_length: Any, periodic: Any, *options: Any) -> Any:
            return _window(name, values, window_length, periodic, options)

        factory(name)(plain)
        factory(f"{name}.periodic")(choosing)

    declare("hann_window", _hamming_values(0.5, 0.5))
    declare("hamming_window", _hamming_values(0.54, 0.46))
    declare("blackman_window", _blackman_values)
    declare("bartlett_window", _bartlett_values)
    declare("kaiser_window", _kaiser_values(12.0))


_declare_windows()


@factory("hamming_window.periodic_alpha")
def hamming_window_alpha(window_length: Any, periodic: Any, alpha: Any, *options: Any) -> Any:
    """The Hamming window with another constant part."""
    return _window("hamming_window", _hamming_values(alpha, 0.46), window_length, periodic, options)


@factory("hamming_window.periodic_alpha_beta")
def hamming_window_alpha_beta(window_length: Any, periodic: Any, alpha: Any, beta: Any, *options: Any) -> Any:
    """The Hamming window with other parts."""
    return _window("hamming_window", _hamming_values(alpha, beta), window_length, periodic, options)


@factory("kaiser_window.beta")
def kaiser_window_beta(window_length: Any, periodic: Any, beta: Any, *options: Any) -> Any:
    """The Kaiser window of shape beta."""
    return _window("kaiser_window", _kaiser_values(beta), window_length, periodic, options)


# ---------------------------------------------------------------- stft


def _described(value: Any) -> str:
    return "None" if value is None else str(int(value))


def _tensor_text(tensor: Any, open_: str = "", close: str = "") -> str:
    if tensor is None:
        return "None"
    return f"{dtypes.type_text(tensor._array)}{open_}{shape_text(tensor._array.shape)}{close}"


def _centred(window: Any, win_length: int, n_fft: int) -> Any:
    """The window with zeros around it, n_fft long."""
    left = (n_fft - win_length) // 2
    return constant_pad_nd(window, [left, n_fft - win_length - left], 0)


_NO_WINDOW = (
    "A window was not provided. A rectangular window will be applied,which is known to cause spectral leakage. Other windows such as "
    "torch.hann_window or torch.hamming_window are recommended to reduce spectral leakage.To suppress this warning and use a "
    "rectangular window, explicitly set `window=torch.ones(n_fft, device=<device>)`."
)
_NO_WINDOW_BACK = (
    "A window was not provided. A rectangular window will be applied.Please provide the same window used by stft to make the inversion "
    "lossless.To suppress this warning and use a rectangular window, explicitly set `window=torch.ones(n_fft, device=<device>)`."
)
_REAL_PAIRS = (
    "stft with return_complex=False is deprecated. In a future pytorch release, stft will return complex tensors for all inputs, and "
    "return_complex=False will raise an error.\nNote: you can still call torch.view_as_real on the complex output to recover the old "
    "return format."
)
_NEED_COMPLEX = (
    "stft requires the return_complex parameter be given for real inputs, and will further require that return_complex=True in a "
    "future PyTorch release."
)


def _check_frames(call: str, self: Any, n_fft: int, hop_length: int, win_length: int, window: Any) -> None:
    if dtypes.of(self._array).category < dtypes.FLOATING:
        raise RuntimeError(f"{call}: expected a tensor of floating point or complex values")
    if self._array.ndim not in (1, 2):
        raise RuntimeError(f"{call}: expected a 1D or 2D tensor")
    length = self._array.shape[-1]
    if not 0 < n_fft <= length:
        raise RuntimeError(f"{call}: expected 0 < n_fft < {length}, but got n_fft={win_length}")
    if hop_length <= 0:
        raise RuntimeError(f"{call}: expected hop_length > 0, but got hop_length={hop_length}")
    if not 0 < win_length <= n_fft:
        raise RuntimeError(f"{call}: expected 0 < win_length <= n_fft, but got win_length={win_length}")
    if window is not None and window._array.shape != (win_length,):
        raise RuntimeError(
            f"{call}: expected a 1D window tensor of size equal to win_length={win_length}, but got window with size "
            f"{shape_text(window._array.shape)}"
        )


def _frames(self: Any, n_fft: int, hop_length: int) -> Any:
    """Overlapping stretches of every signal."""
    batch, length = self._array.shape
    count = 1 + (length - n_fft) // hop_length
    step, inner = self.stride()
    return REGISTRY["as_strided"](self, (batch, count, n_fft), (step, hop_length * inner, inner), None)


_COMPLEX_ONESIDED = "Cannot have onesided output if window or input is complex"


@composite("stft")
def stft(
    self: Any, n_fft: int, hop_length: Any, win_length: Any, window: Any, normalized: bool, onesided: Any, return_complex: Any,
    align_to_window: Any,
) -> Any:  # fmt: skip
    """The Fourier transforms of overlapping stretches of a signal."""
    if window is None:
        warn_once(_NO_WINDOW)
    hop_length = n_fft // 4 if hop_length is None else hop_length
    win_length = n_fft if win_length is None else win_length
    call = (
        f"stft({_tensor_text(self)}, n_fft={n_fft}, hop_length={hop_length}, win_length={win_length}, "
        f"window={_tensor_text(window, '{', '}')}, normalized={int(normalized)}, onesided={_described(onesided)}, "
        f"return_complex={_described(return_complex)}, align_to_window={_described(align_to_window)}) "
    )
    if return_complex is None and self._array.dtype.kind != "c" and (window is None or window._array.dtype.kind != "c"):
        raise RuntimeError(_NEED_COMPLEX)
    if return_complex is False:
        warn_once(_REAL_PAIRS)
    _check_frames(call, self, n_fft, hop_length, win_length, window)
    batched = self if self._array.ndim == 2 else unsqueeze(self, 0)
    frames = _frames(batched, n_fft, hop_length, win_length, window, align_to_window)
    is_complex = frames._array.dtype.kind == "c"
    if onesided and is_complex:
        raise RuntimeError(_COMPLEX_ONESIDED)
    found = _fft_c2c(frames, (2,), int(normalized), True) if is_complex else _fft_r2c(frames, (2,), int(normalized), onesided is not False)
    found.transpose_(1, 2)
    if self._array.ndim == 1:
        found.squeeze_(0)
    return REGISTRY["view_as_real"](found) if return_complex is False else found


def _frames(signals: Any, n_fft: int, hop_length: int, win_length: int, window: Any, align: Any) -> Any:
    """Overlapping stretches of every signal, times the window."""
    if win_length < n_fft:
        ones = window if window is not None else wrap(np.ones(win_length, dtypes.of(signals._array).to_real().np_dtype))
        window = _centred(ones, win_length, n_fft)
    if align:
        side = (n_fft - win_length) // 2
        signals = constant_pad_nd(signals, [side, side], 0)
    batch, length = signals._array.shape
    step, inner = signals.stride()
    count = 1 + (length - n_fft) // hop_length
    frames = REGISTRY["as_strided"](signals, (batch, count, n_fft), (step, hop_length * inner, inner), None)
    return frames if window is None else frames * window


@composite("stft.center")
def stft_center(
    self: Any, n_fft: int, hop_length: Any, win_length: Any, window: Any, center: bool, pad_mode: str, normalized: bool, onesided: Any,
    return_complex: Any, align_to_window: Any,
) -> Any:  # fmt: skip
    """stft, with the signal padded so that frame t is centred on t * hop_length."""
    if center:
        if align_to_window is not None:
            raise RuntimeError("stft align_to_window should only be set when center = false")
        ndim = self._array.ndim
        extended = reshaped(self, (*([1] * (3 - ndim)), *self._array.shape))
        padded = REGISTRY["pad"](extended, [n_fft // 2, n_fft // 2], pad_mode, None)
        self = reshaped(padded, padded._array.shape[3 - ndim :]) if ndim else reshaped(padded, ())
    return stft(self, n_fft, hop_length, win_length, window, normalized, onesided, return_complex, align_to_window)


# ---------------------------------------------------------------- istft


def _check_inverse(call: str, shape: Any, n_fft: int, hop_length: int, win_length: int, window: Any, onesided: Any) -> bool:
    """Refuse what istft cannot invert; whether half of the spectrum is given. shape: that of the real view."""
    if 0 in shape:
        raise RuntimeError(f"{call} : input tensor cannot be empty.")
    if len(shape) not in (3, 4):
        raise RuntimeError(f"{call} : expected a tensor with 3 or 4 dimensions, but got {len(shape)}")
    size = shape[-3]
    half = size != n_fft if onesided is None else onesided
    if half and size != n_fft // 2 + 1:
        raise RuntimeError(
            f"{call} : expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 + 1 when onesided=True, "
            f"but got {size}"
        )
    if not half and size != n_fft:
        raise RuntimeError(
            f"{call} : expected the frequency dimension (3rd to the last) of the input tensor to match n_fft when onesided=False, but "
            f"got {size}"
        )
    if not 0 < hop_length <= win_length:
        raise RuntimeError(f"{call} : expected 0 < hop_length <= win_length")
    if not 0 < win_length <= n_fft:
        raise RuntimeError(f"{call} : expected 0 < win_length <= n_fft")
    if window is not None and window._array.shape != (win_length,):
        raise RuntimeError(f"{call} : Invalid window shape. window has to be 1D and length of `win_length`")
    return bool(half)


def _stretches(spectrum: Any, n_fft: int, normalized: bool, half: bool, return_complex: bool, window: Any) -> Any:
    """The signals whose transforms are given, a row for every frame."""
    scale = 1 if normalized else 2
    if return_complex:
        if half:
            raise RuntimeError(_COMPLEX_ONESIDED)
        return _fft_c2c(spectrum, (2,), scale, False)
    if window is not None and window._array.dtype.kind == "c":
        raise RuntimeError("Complex windows are incompatible with return_complex=False")
    if not half:
        spectrum = slice_tensor(spectrum, 2, 0, n_fft // 2 + 1, 1)
    return _fft_c2r(spectrum, (2,), scale, n_fft)


@composite("istft")
def istft(
    self: Any, n_fft: int, hop_length: Any, win_length: Any, window: Any, center: bool, normalized: bool, onesided: Any, length: Any,
    return_complex: bool,
) -> Any:  # fmt: skip
    """The signal whose short-time Fourier transform is given (by least squares)."""
    if window is None:
        warn_once(_NO_WINDOW_BACK)
    hop_length = n_fft // 4 if hop_length is None else hop_length
    win_length = n_fft if win_length is None else win_length
    if self._array.dtype.kind != "c":
        raise RuntimeError("istft requires a complex-valued input tensor matching the output from stft with return_complex=True.")
    call = (
        f"istft({_tensor_text(self)}, n_fft={n_fft}, hop_length={hop_length}, win_length={win_length}, "
        f"window={_tensor_text(window, '{', '}')}, center={int(center)}, normalized={int(normalized)}, onesided={_described(onesided)}, "
        f"length={_described(length)}, return_complex={int(return_complex)})"
    )
    pairs = REGISTRY["view_as_real"](self.resolve_conj())
    shape = pairs._array.shape
    wrap_dim(-3, len(shape))
    if return_complex and onesided is None and shape[-3] != n_fft:
        onesided = True
    half = _check_inverse(call, shape, n_fft, hop_length, win_length, window, onesided)
    pairs = pairs if len(shape) == 4 else unsqueeze(pairs, 0)
    rows = _stretches(REGISTRY["view_as_complex"](transpose(pairs, 1, 2)), n_fft, normalized, half, return_complex, window)
    if window is None:
        window = wrap(np.ones(win_length, dtypes.of(self._array).to_real().np_dtype))
    window = _centred(window, win_length, n_fft) if win_length != n_fft else window
    found = _overlapped(call, rows, window, n_fft, hop_length, center, length)
    return found if len(shape) == 4 else REGISTRY["squeeze.dim"](found, 0)


def _overlapped(call: str, rows: Any, window: Any, n_fft: int, hop_length: int, center: bool, length: Any) -> Any:
    """The sum of overlapping rows, divided by that of the squared windows."""
    batch, count, _ = rows._array.shape
    total = n_fft + hop_length * (count - 1)
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else total - start
    signal = unfold_backward(rows * reshaped(window, (1, 1, n_fft)), (batch, total), 1, n_fft, hop_length)
    squares = REGISTRY["expand"](window * window, (1, count, n_fft), False)
    envelope = unfold_backward(squares, (1, total), 1, n_fft, hop_length)
    signal, envelope = (slice_tensor(value, 1, start, end, 1) for value in (signal, envelope))
    if (np.abs(envelope._array) < 1e-11).any():
        raise RuntimeError(f"{call} window overlap add min: 1\n[ CPUBoolType{{}} ]")
    found = signal / envelope
    if end > total:
        warn_user(
            "The length of signal is shorter than the length parameter. Result is being padded with zeros in the tail. Please check your "
            "center and hop_length settings. (Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/SpectralOps.cpp:1199.)"
        )
        found = constant_pad_nd(found, [0, end - total], 0)
    return found
