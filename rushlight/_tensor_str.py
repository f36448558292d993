"""How a tensor prints: ``repr(tensor)`` as PyTorch shows it, and the options that shape it.

The elements that will be shown are cut out of the array first; number style and column width come from those alone.
They are then formatted once, into a flat list of equally wide texts, and a recursion over the axes lays them out.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import compress
from typing import Any

import numpy as np

__all__ = ["PRINT_OPTS", "get_printoptions", "printoptions", "set_printoptions", "tensor_str", "wrapper_str"]

PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}
OPTION_NAMES = ("precision", "threshold", "edgeitems", "linewidth", "sci_mode")


class PrintOptions:
    """The current settings of :func:`set_printoptions`."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PRINT_OPTS = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Change how tensors print. What is not given stays, except ``sci_mode``, which goes back to automatic.

    Args:
        precision: digits after the point.
        threshold: tensors of more elements than this are summarised.
        edgeitems: elements shown at either end of a summarised axis.
        linewidth: columns after which lines wrap.
        profile: ``"default"``, ``"short"`` or ``"full"``, applied before the other arguments; other names do nothing.
        sci_mode: scientific notation always (True), never (False), or where magnitudes ask for it (None).

    Example:
        >>> set_printoptions(precision=2)
        >>> torch.tensor([1.12345])
        tensor([1.12])
    """
    settings: dict[str, Any] = {}
    if isinstance(profile, str):
        settings.update(PROFILES.get(profile, {}))
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    settings.update((name, value) for name, value in given.items() if value is not None)
    for name, value in settings.items():
        setattr(PRINT_OPTS, name, value)
    PRINT_OPTS.sci_mode = sci_mode


def get_printoptions() -> dict[str, Any]:
    """The current print options, as a dict that :func:`set_printoptions` takes as keywords."""
    return {name: getattr(PRINT_OPTS, name) for name in OPTION_NAMES}


@contextmanager
def printoptions(**kwargs: Any) -> Iterator[None]:
    """Change the print options inside a ``with`` block; takes the keywords of :func:`set_printoptions`."""
    outside = get_printoptions()
    set_printoptions(**kwargs)
    try:
        yield
    finally:
        set_printoptions(**outside)


# Numbers to texts


def _real_texts(values: np.ndarray, is_floating_point: bool) -> tuple[list[str], int]:
    """The text of each element of a flat real array, padded to the column width, and that width."""
    if is_floating_point:
        texts, width = _float_texts(values.astype(np.float64))
    else:
        texts = [str(value) for value in values.tolist()]
        width = max(map(len, texts))
    return [text.rjust(width) for text in texts], width


def _float_texts(values: np.ndarray) -> tuple[list[str], int]:
    """Unpadded texts of float64 ``values``, and the column width they call for.

    Zeros, infinities and nans choose neither style nor width, so one may stick out of its column: PyTorch's do.
    """
    counts = np.isfinite(values) & (values != 0)
    significant = values[counts]
    if significant.size == 0:
        return _format_floats(values, scientific=False, whole=True), 1
    whole = bool((significant == np.ceil(significant)).all())
    scientific = _wants_scientific(significant) if PRINT_OPTS.sci_mode is None else bool(PRINT_OPTS.sci_mode)
    texts = _format_floats(values, scientific, whole)
    return texts, max(map(len, compress(texts, counts.tolist())))


def _wants_scientific(significant: np.ndarray) -> bool:
    """Whether finite, non-zero values are too large, too small or too far apart for plain notation."""
    magnitudes = np.abs(significant)
    smallest, largest = float(magnitudes.min()), float(magnitudes.max())
    return largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4


def _format_floats(values: np.ndarray, scientific: bool, whole: bool) -> list[str]:
    if whole and not scientific:
        return [f"{value:.0f}." if math.isfinite(value) else str(value) for value in values.tolist()]
    specification = f".{PRINT_OPTS.precision}{'e' if scientific else 'f'}"
    return [format(value, specification) for value in values.tolist()]


def _complex_texts(values: np.ndarray) -> tuple[list[str], int]:
    """As :func:`_real_texts`: the two parts have their own styles, and only the real one is padded."""
    reals, real_width = _real_texts(values.real, True)
    imaginaries, imaginary_width = _real_texts(values.imag, True)
    texts = []
    for real, imaginary in zip(reals, imaginaries, strict=True):
        imaginary = imaginary.lstrip()
        sign = "" if imaginary.startswith("-") else "+"
        texts.append(f"{real}{sign}{imaginary}j")
    return texts, real_width + imaginary_width + 1


# Texts to lines


def _shown_part(array: np.ndarray) -> np.ndarray:
    """The elements that a summary shows: both edges of every long axis, the whole of the others."""
    edge = PRINT_OPTS.edgeitems

    def positions(size: int) -> list[int] | np.ndarray:
        return [*range(edge), *range(size - edge, size)] if size > 2 * edge else np.arange(size)

    return array[np.ix_(*map(positions, array.shape))]


class _Layout:
    """Puts the flat list of texts of a (perhaps summarised) array between nested brackets."""

    def __init__(self, texts: list[str], width: int, shape: tuple[int, ...], summarised: bool) -> None:
        self.texts = texts
        self.width = width
        self.edge = PRINT_OPTS.edgeitems
        self.cut = [summarised and size > 2 * self.edge for size in shape]
        self.counts = [2 * self.edge if cut else size for size, cut in zip(shape, self.cut, strict=True)]
        # How many texts one step along each axis skips.
        self.strides = [math.prod(self.counts[axis + 1 :]) for axis in range(len(shape))]

    def block(self, axis: int, start: int, indent: int) -> str:
        """The part of the array below ``axis`` whose texts begin at ``start``."""
        if axis == len(self.counts):
            return self.texts[start]
        if axis == len(self.counts) - 1:
            return self.row(start, indent)
        stride = self.strides[axis]
        blocks = [self.block(axis + 1, start + i * stride, indent + 1) for i in range(self.counts[axis])]
        if self.cut[axis]:
            blocks.insert(self.edge, "...")
        line_breaks = "\n" * (len(self.counts) - axis - 1)
        return "[" + f",{line_breaks}{' ' * (indent + 1)}".join(blocks) + "]"

    def row(self, start: int, indent: int) -> str:
        items = self.texts[start : start + self.counts[-1]]
        if self.cut[-1]:
            # An item of its own for line wrapping; the second blank before it is PyTorch's.
            items.insert(self.edge, " ...")
        per_line = max(1, math.floor((PRINT_OPTS.linewidth - indent) / (self.width + len(", "))))
        lines = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
        return "[" + f",\n{' ' * (indent + 1)}".join(lines) + "]"


def _contents(array: np.ndarray, dtype: Any, indent: int) -> str:
    """The bracketed elements of a non-empty array whose first bracket stands in column ``indent``."""
    summarised = array.size > PRINT_OPTS.threshold
    if summarised and array.ndim and not PRINT_OPTS.edgeitems:
        return "[...]"
    shown = (_shown_part(array) if summarised and array.ndim else array).reshape(-1)
    texts, width = _complex_texts(shown) if dtype.is_complex else _real_texts(shown, dtype.is_floating_point)
    return _Layout(texts, width, array.shape, summarised).block(0, 0, indent)


# What surrounds the numbers


def default_dtype_name() -> str:
    """The name of the default floating dtype, such as ``"torch.float32"``."""
    from rushlight._core import dtypes

    return str(dtypes.get_default_dtype())


def tensor_classes() -> tuple[type | None, type | None]:
    """``(Tensor, Parameter)``, whose own instances print as ``tensor(...)``; None for one that is not loaded yet."""
    package, nn = sys.modules.get("rushlight"), sys.modules.get("rushlight.nn")
    return getattr(package, "Tensor", None), getattr(nn, "Parameter", None)


def _dtype_is_implied(name: str) -> bool:
    default = default_dtype_name()
    default_complex = "torch.complex128" if default == "torch.float64" else "torch.complex64"
    return name in (default, default_complex, "torch.int64", "torch.bool")


def _grad_suffixes(t: Any) -> list[str]:
    try:
        grad_fn = t.grad_fn
    except RuntimeError:
        # A view that was changed in place in a way autograd refuses has no readable grad_fn, but must still print.
        return ["grad_fn=<Invalid>"]
    if grad_fn is not None:
        return [f"grad_fn=<{grad_fn.name().rsplit('::', 1)[-1]}>"]
    return ["requires_grad=True"] if t.requires_grad else []


def _contents_and_suffixes(t: Any, contents: str | None, indent: int) -> tuple[str, list[str]]:
    """The elements and what is told of size, dtype and device.

    - a meta tensor has no elements: device, size, and dtype unless it is the default;
    - an empty tensor does not show its size unless it is 1-d, nor hint at its dtype: only the default is left out;
    - any other shows its dtype unless the elements imply it, and its size when no edge items are to be shown.
    """
    from rushlight._core.tensor import META, settled

    array, dtype_name = settled(t._array, t._flags), str(t.dtype)
    suffixes = []
    size = f"size={tuple(array.shape)}"
    if t.device.type == "meta":
        suffixes = [f"device='{t.device}'", size]
        implied = dtype_name == default_dtype_name()
        found = "..."
    elif array.size == 0:
        suffixes = [size] if array.ndim != 1 else []
        implied = dtype_name == default_dtype_name()
        found = "[]"
    else:
        suffixes = [] if PRINT_OPTS.edgeitems else [size]
        implied = _dtype_is_implied(dtype_name)
        if contents is None and t._flags & META:  # a wrapper, whose elements only its class knows
            array = array.__class__((), array.dtype)
            array[...] = t.item() if not t.ndim else t.tolist()
        found = _contents(array, t.dtype, indent) if contents is None else ""
    if not implied:
        suffixes.append(f"dtype={dtype_name}")
    return (found if contents is None else contents), suffixes


def _join_suffixes(text: str, suffixes: list[str], indent: int, column: int | None = None) -> str:
    """Append the suffixes, each on the last line while it fits, else on a new one."""
    # Like PyTorch, start as if the last line were two columns longer than it is.
    column = len(text) - text.rfind("\n") + 1 if column is None else column
    parts = [text]
    for suffix in suffixes:
        if column + len(suffix) + 2 > PRINT_OPTS.linewidth:
            parts.append(",\n" + " " * indent + suffix)
            column = indent + len(suffix)
        else:
            parts.append(", " + suffix)
            column += len(suffix) + 2
    parts.append(")")
    return "".join(parts)


def tensor_str(t: Any, *, tensor_contents: str | None = None, tangent: Any = None) -> str:
    """What ``repr(t)`` and ``str(t)`` give; ``tensor_contents`` stands in for the printed elements.

    A dual tensor of forward mode shows its tangent.

    Example:
        >>> tensor_str(torch.tensor([1.0, 2.5], requires_grad=True))
        'tensor([1.0000, 2.5000], requires_grad=True)'
    """
    tensor_class, parameter_class = tensor_classes()
    own_class = type(t)
    plain = own_class is tensor_class or own_class is parameter_class
    is_parameter = parameter_class is not None and issubclass(own_class, parameter_class)
    prefix = "tensor(" if plain else f"{own_class.__name__}("
    from rushlight._core.tensor import SPARSE

    if t._flags & SPARSE:
        from rushlight.sparse._text import sparse_str

        text = sparse_str(t, prefix)
        return f"Parameter({text})" if is_parameter and not plain else text
    contents, suffixes = _contents_and_suffixes(t, tensor_contents, len(prefix))
    suffixes += _grad_suffixes(t)
    if tangent is None and not isinstance(getattr(t, "_tangent", None), tuple):
        tangent = getattr(t, "_tangent", None)
    if tangent is not None:
        # By format, not repr: a 0-d tangent shows as its bare number.
        suffixes.append(f"tangent={tangent}")
    text = _join_suffixes(prefix + contents, suffixes, len(prefix))
    if not plain and (is_parameter or getattr(t, "_is_param", False)):
        text = f"Parameter({text})"
    return text


def wrapper_str(kind: str, level: int, value: Any, *, bdim: int | None = None) -> str:
    """What prints for a tensor inside a function transform.

    ``kind`` is ``"BatchedTensor"`` (with the batch dimension, ``bdim``) or ``"GradTrackingTensor"``; ``value`` is the
    tensor one level further out, which may be such a wrapper itself.

    Example:
        >>> print(wrapper_str("BatchedTensor", 1, torch.ones(2), bdim=0))
        BatchedTensor(lvl=1, bdim=0, value=
            tensor([1., 1.])
        )
    """
    batch = "" if bdim is None else f"bdim={bdim}, "
    # Blank lines, which separate the blocks of a tensor, stay blank.
    lines = "\n".join(line and f"    {line}" for line in repr(value).split("\n"))
    return f"{kind}(lvl={level}, {batch}value=\n{lines}\n)"


def _tensor_str(self: Any, indent: int) -> str:
    """The values of a tensor as text, without what stands around them."""
    return _contents(self._array, self.dtype, indent)


# PyTorch's names for the parts, which packages use to print their own tensors.


def _add_suffixes(tensor_str: str, suffixes: list[str], indent: int, force_newline: bool) -> str:
    if force_newline and suffixes:
        first, *rest = suffixes
        return _join_suffixes(f"{tensor_str},\n{' ' * indent}{first}", rest, indent, indent + len(first))
    return _join_suffixes(tensor_str, suffixes, indent)


def _str_intern(inp: Any, *, tensor_contents: str | None = None) -> str:
    return tensor_str(inp, tensor_contents=tensor_contents)


_str = _str_intern
