"""Discrete Fourier transforms: three operators (complex, real to complex, complex to real), and torch.fft made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight.ops.carriers import REGISTRY, real, takes_writes, wrap_like, write_part, zeros
from rushlight.ops.create import check_options, into, is_meta, made, without_data
from rushlight.ops.declare import composite, op
from rushlight.ops.padding import constant_pad_nd
from rushlight.ops.pointwise_unary import conj_physical
from rushlight.ops.shape import roll
from rushlight.ops.view import wrap_dim
from rushlight.ops.view_parts import slice_tensor

# NumPy's name for each scale, by PyTorch's number (none, by the root of n, by n) and direction.
_FORWARD = ("backward", "ortho", "forward")
_INVERSE = ("forward", "ortho", "backward")

# ---------------------------------------------------------------- the operators


def _complex_only(array: Any) -> None:
    if array.dtype.kind != "c":
        raise RuntimeError(f"Only supports complex dtypes, but found: {dtypes.of(array).cpp}")


def _check_data(array: Any) -> None:
    if not array.size:
        raise RuntimeError("MKL FFT error: Intel oneMKL DFTI ERROR: Inconsistent configuration parameters")



def _sorted(array: Any, dims: list[int], last: bool = False) -> list[int]:
    """Dimensions by falling strides (the last one stays last if asked): the order in which PyTorch lays results out."""
    rest = dims[:-1] if last else dims
    return [*sorted(rest, key=lambda dim: -array.strides[dim]), *(dims[-1:] if last else [])]


def _transform(function: Any, array: Any, dims: list[int], **settings: Any) -> Any:
    """Run one of NumPy's transforms over `dims`; other dimensions come first in memory, in the order of their strides."""
    if array.ndim == 1:
        return np.ascontiguousarray(function(array, axes=(0,), **settings))
    batch = _sorted(array, [dim for dim in range(array.ndim) if dim not in dims])
    order = [*batch, *dims]
    found = np.ascontiguousarray(function(array.transpose(order), axes=tuple(range(len(batch), len(order))), **settings))
    return found.transpose(np.argsort(order))


def _wrapped(array: Any, dim: Any) -> list[int]:
    return [wrap_dim(entry, array.ndim) for entry in dim]


@op("_fft_c2c", grad_fn="FftC2CBackward0", self=lambda grad, dim, normalization, forward: _fft_c2c(grad, dim, normalization, not forward))
def _fft_c2c(self: Any, dim: Any, normalization: int, forward: bool) -> Any:
    """The transform of complex numbers, or its inverse."""
    _complex_only(self)
    if not len(dim):
        return self.copy()
    _check_data(self)
    function, scales = (np.fft.fftn, _FORWARD) if forward else (np.fft.ifftn, _INVERSE)
    return _transform(function, self, _sorted(self, _wrapped(self, dim)), norm=scales[normalization])


def _followed_by_zeros(grad: Any, dim: int, count: int) -> Any:
    """A gradient with zeros after it, into which PyTorch writes it."""
    if not takes_writes(grad):
        after = len(grad.shape) - 1 - dim % len(grad.shape)
        return constant_pad_nd(grad, [0, 0] * after + [0, count], 0)
    shape = list(grad.shape)
    shape[dim] += count
    whole = zeros(grad, shape)
    write_part(whole, {dim: (0, grad.shape[dim])}, grad)
    return whole


def _r2c_self(grad: Any, self: Any, dim: Any, normalization: int, onesided: bool) -> Any:
    missing = self.shape[dim[-1]] - grad.shape[dim[-1]]
    if onesided and missing > 0:
        grad = _followed_by_zeros(grad, dim[-1], missing)
    return real(_fft_c2c(grad, dim, normalization, False))


@op("_fft_r2c", grad_fn="FftR2CBackward0", self=_r2c_self)
def _fft_r2c(self: Any, dim: Any, normalization: int, onesided: bool) -> Any:
    """The transform of real numbers; onesided leaves out the half that is the other's conjugate."""
    if dtypes.of(self).category == dtypes.FLOATING and self.itemsize == 2:
        raise RuntimeError(f"MKL FFT doesn't support tensors of type: {dtypes.of(self).cpp}")
    if self.dtype.kind != "f":
        raise RuntimeError(f"Only supports floating-point dtypes, but found: {dtypes.of(self).cpp}")
    if not len(dim):
        raise RuntimeError("ArrayRef: attempted to access back() of empty list")
    _check_data(self)
    dims = _sorted(self, _wrapped(self, dim), last=True)
    return _transform(np.fft.rfftn if onesided else np.fft.fftn, self, dims, norm=_FORWARD[normalization])


def _c2r_self(grad: Any, dim: Any, normalization: int) -> Any:
    half = _fft_r2c(grad, dim, normalization, True)
    doubled = grad.shape[dim[-1]] - half.shape[dim[-1]]
    if doubled <= 0:
        return half
    if takes_writes(half):
        REGISTRY["mul.Scalar"].apply_inplace([slice_tensor(half, dim[-1], 1, 1 + doubled, 1), 2])
        return half
    weights = np.ones(half.shape[dim[-1]], dtypes.of(getattr(grad, "_array", grad)).np_dtype)
    weights[1 : 1 + doubled] = 2
    shape = [1] * len(half.shape)
    shape[dim[-1]] = -1
    return half * wrap_like(grad, weights.reshape(shape))


@op("_fft_c2r", grad_fn="FftC2RBackward0", writes=1, self=_c2r_self)
def _fft_c2r(self: Any, dim: Any, normalization: int, last_dim_size: int) -> Any:
    """The real numbers whose onesided transform is given."""
    _complex_only(self)
    _check_data(self)
    dims = _wrapped(self, dim)
    if len(dims) > 1:
        self = _fft_c2c.kernel(self, dims[:-1], normalization, False)
    norm = _INVERSE[normalization]
    return _transform(lambda array, axes: np.fft.irfft(array, last_dim_size, axes[0], norm), self, dims[-1:])


# ---------------------------------------------------------------- arguments


def _promoted(self: Any, require_complex: bool = False) -> Any:
    """The tensor in a dtype that transforms take."""
    dtype = wanted = dtypes.of(self._array)
    if dtype.category < dtypes.FLOATING:
        wanted = dtypes.get_default_dtype()
    if wanted.itemsize == 2:
        raise RuntimeError(f"Unsupported dtype {wanted.cpp}")
    if require_complex and not wanted.is_complex:
        wanted = wanted.to_complex()
    return self if wanted is dtype else REGISTRY["_to_copy"](self, dtype=wanted)


def _real_only(name: str, self: Any) -> None:
    if self._array.dtype.kind == "c":
        raise RuntimeError(f"{name} expects a real{'-valued' if name.endswith('n') else ''} input tensor, but got {self.dtype.cpp}")


def _scale(norm: str | None, forward: bool) -> int:
    """PyTorch's number for a way to normalize."""
    if norm is None or norm == "backward":
        return 0 if forward else 2
    if norm == "ortho":
        return 1
    if norm == "forward":
        return 2 if forward else 0
    raise RuntimeError(f'Invalid normalization mode: "{norm}"')


def _dimension(self: Any, dim: int) -> int:
    if not self._array.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return wrap_dim(dim, self._array.ndim)


def _check_points(count: int) -> None:
    if count < 1:
        raise RuntimeError(f"Invalid number of data points ({count}) specified")


def _resized(self: Any, dims: Any, sizes: Any) -> Any:
    """The tensor cut, or padded with zeros, to sizes of dimensions."""
    ndim = self._array.ndim
    pad = [0] * (2 * ndim)
    for dim, size in zip(dims, sizes):
        _check_points(size)
        present = self._array.shape[dim]
        if size < present:
            self = slice_tensor(self, dim, 0, size, 1)
        elif size > present:
            pad[2 * (ndim - 1 - dim) + 1] = size - present
    return constant_pad_nd(self, pad, 0) if any(pad) else self


def _arguments(self: Any, s: Any, dim: Any) -> tuple[list[int], list[int]]:
    """The sizes and dimensions that the n-dimensional transforms mean."""
    shape = self._array.shape
    if dim is not None:
        dims = [_dimension(self, entry) for entry in dim]
        if len(set(dims)) < len(dims):
            raise RuntimeError("FFT dims must be unique")
    if s is None:
        dims = list(range(len(shape))) if dim is None else dims
        sizes = [shape[entry] for entry in dims]
    else:
        if dim is not None and len(dims) != len(s):
            raise RuntimeError("When given, dim and shape arguments must have the same length")
        if len(s) > len(shape):
            raise RuntimeError(f"Got shape with {len(s)} values but input tensor only has {len(shape)} dimensions.")
        dims = list(range(len(shape) - len(s), len(shape))) if dim is None else dims
        sizes = [shape[entry] if size == -1 else size for entry, size in zip(dims, s)]
    for size in sizes:
        _check_points(size)
    return sizes, dims


def _some_dims(name: str, dims: Any) -> None:
    if not dims:
        raise RuntimeError(f"{name} must transform at least one axis")


# ---------------------------------------------------------------- one dimension


def _complex_1d(self: Any, n: Any, dim: int, norm: Any, forward: bool) -> Any:
    self = _promoted(self, True)
    dim = _dimension(self, dim)
    if n is None:
        _check_points(self._array.shape[dim])
    else:
        self = _resized(self, [dim], [n])
    return _fft_c2c(self, (dim,), _scale(norm, forward), forward)


def _from_real_1d(name: str, self: Any, n: Any, dim: int, norm: Any, forward: bool, onesided: bool) -> Any:
    _real_only(name, self)
    self = _promoted(self)
    dim = _dimension(self, dim)
    if n is None:
        _check_points(self._array.shape[dim])
    else:
        self = _resized(self, [dim], [n])
    found = _fft_r2c(self, (dim,), _scale(norm, forward), onesided)
    return found if forward else REGISTRY["_conj"](found)


def _to_real_1d(self: Any, n: Any, dim: int, norm: Any, forward: bool) -> Any:
    self = _promoted(self, True)
    dim = _dimension(self, dim)
    if n is None:
        n = 2 * (self._array.shape[dim] - 1)
        _check_points(n)
    else:
        _check_points(n)
        self = _resized(self, [dim], [n // 2 + 1])
    if forward:
        self = REGISTRY["_conj"](self)
    return _fft_c2r(self, (dim,), _scale(norm, forward), n)


def _declare_1d(name: str, run: Any) -> None:
    composite(f"fft_{name}")(run)


def _either(name: str, forward: bool) -> None:
    def run(self: Any, n: Any, dim: int, norm: Any) -> Any:
        if self._array.dtype.kind == "c":
            return _complex_1d(self, n, dim, norm, forward)
        return _from_real_1d(name, self, n, dim, norm, forward, False)

    _declare_1d(name, run)


_either("fft", True)
_either("ifft", False)
_declare_1d("rfft", lambda self, n, dim, norm: _from_real_1d("rfft", self, n, dim, norm, True, True))
_declare_1d("ihfft", lambda self, n, dim, norm: _from_real_1d("ihfft", self, n, dim, norm, False, True))
_declare_1d("irfft", lambda self, n, dim, norm: _to_real_1d(self, n, dim, norm, False))
_declare_1d("hfft", lambda self, n, dim, norm: _to_real_1d(self, n, dim, norm, True))

# ---------------------------------------------------------------- several dimensions


def _complex_nd(forward: bool) -> Any:
    def run(self: Any, s: Any, dim: Any, norm: Any) -> Any:
        self = _promoted(self, True)
        sizes, dims = _arguments(self, s, dim)
        return _fft_c2c(_resized(self, dims, sizes), tuple(dims), _scale(norm, forward), forward)

    return run


def _rfftn(self: Any, s: Any, dim: Any, norm: Any) -> Any:
    _real_only("rfftn", self)
    self = _promoted(self)
    sizes, dims = _arguments(self, s, dim)
    _some_dims("rfftn", dims)
    return _fft_r2c(_resized(self, dims, sizes), tuple(dims), _scale(norm, True), True)


def _real_size(name: str, self: Any, s: Any, dim: Any) -> tuple[Any, list[int], int]:
    """The input of a transform to real numbers, its dimensions, and the size of the last one in the result."""
    self = _promoted(self, True)
    sizes, dims = _arguments(self, s, dim)
    _some_dims(name, dims)
    last = 2 * (self._array.shape[dims[-1]] - 1) if s is None or s[-1] == -1 else s[-1]
    _check_points(last)
    sizes[-1] = last // 2 + 1
    return _resized(self, dims, sizes), dims, last


def _irfftn(self: Any, s: Any, dim: Any, norm: Any) -> Any:
    self, dims, last = _real_size("irfftn", self, s, dim)
    return _fft_c2r(self, tuple(dims), _scale(norm, False), last)


def _hfftn(self: Any, s: Any, dim: Any, norm: Any) -> Any:
    self, dims, last = _real_size("hfftn", self, s, dim)
    scale = _scale(norm, True)
    if len(dims) > 1:
        self = _fft_c2c(self, tuple(dims[:-1]), scale, True)
    return _fft_c2r(REGISTRY["_conj"](self), (dims[-1],), scale, last)


def _ihfftn(self: Any, s: Any, dim: Any, norm: Any) -> Any:
    self = _promoted(self)
    sizes, dims = _arguments(self, s, dim)
    _some_dims("ihfftn", dims)
    scale = _scale(norm, False)
    found = _fft_r2c(_resized(self, dims, sizes), (dims[-1],), scale, True)
    if len(dims) == 1:
        return REGISTRY["_conj"](found)
    return _fft_c2c(conj_physical(found), tuple(dims[:-1]), scale, False)


for _name, _run in (
    ("fft", _complex_nd(True)), ("ifft", _complex_nd(False)), ("rfft", _rfftn), ("irfft", _irfftn), ("hfft", _hfftn), ("ihfft", _ihfftn),
):  # fmt: skip
    composite(f"fft_{_name}n", f"fft_{_name}2")(_run)

# ---------------------------------------------------------------- frequencies and shifts


def _frequencies(name: str, numbers: Any) -> None:
    """A factory of `numbers(n)` divided by n * d."""

    def run(n: Any, d: Any, out: Any, dtype: Any, layout: Any, device: Any, pin_memory: Any, requires_grad: Any) -> Any:
        check_options(layout, pin_memory)
        target = dtypes.of(out._array) if out is not None else dtype or dtypes.get_default_dtype()
        if target.category < dtypes.FLOATING:
            raise RuntimeError(f"{name} requires a floating point or complex dtype")
        if target.is_complex:
            raise NotImplementedError(f"\"arange_cpu\" not implemented for '{target.cpp}'")
        with np.errstate(all="ignore"):
            length, values = numbers(n)
            if length < 0:
                raise RuntimeError(f"Trying to create tensor with negative dimension {length}: [{length}]")
            if is_meta(device):
                return made(without_data((length,), target.np_dtype), requires_grad, True)
            factor = np.float64(1.0) / (n * np.float64(d))
            wide = np.float32 if target.itemsize < 8 else np.float64
            array = (values(length).astype(wide) * wide(factor)).astype(target.np_dtype)
        return into(out, array, requires_grad) if out is not None else made(array, requires_grad)

    run.takes_out = True  # type: ignore[attr-defined]
    composite(f"fft_{name}")(run)


_frequencies("fftfreq", lambda n: (n, lambda n: np.fft.ifftshift(np.arange(n) - n // 2)))
_frequencies("rfftfreq", lambda n: (int(n / 2) + 1, np.arange))


def _shifted(self: Any, dim: Any, by: Any) -> Any:
    dims = list(range(self._array.ndim)) if dim is None else list(dim)
    shifts = [by(self._array.shape[_dimension(self, entry)]) for entry in dims]
    return roll(self, shifts, dims)


@composite("fft_fftshift")
def fftshift(self: Any, dim: Any) -> Any:
    """Frequency 0 moved to the middle."""
    return _shifted(self, dim, lambda size: size // 2)


@composite("fft_ifftshift")
def ifftshift(self: Any, dim: Any) -> Any:
    """Frequency 0 moved back to the start."""
    return _shifted(self, dim, lambda size: (size + 1) // 2)
