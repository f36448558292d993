"""Functions that are no Ops here but operators in PyTorch, offered to those who take operators over.

See NOTE [ Who takes operators over ] in _dispatching.py. Programs reach these functions by routes; once a mode or a class with a
__torch_dispatch__ appears, the routes lead through here.
"""

from __future__ import annotations

from typing import Any

from rushlight import _objects
from rushlight._core.function import SOURCE
from rushlight._core.op import Op, records
from rushlight._core.origin import wrote
from rushlight._core.state import GRAD, MODE, get_mode
from rushlight._core.tensor import DISPATCH, TensorBase, wants_grad
from rushlight._dispatching import OFF, STACK, arranged, ask, overload_of, tensors_among
from rushlight.ops import declare, examples

_FACTORIES = (
    "zeros ones full empty.memory_format scalar_tensor empty_strided empty_permuted zeros_like ones_like empty_like full_like new_zeros "
    "new_ones new_full new_empty new_empty_strided eye eye.m arange arange.start arange.start_step range linspace logspace rand "
    "rand.generator randn randn.generator randint randint.generator randint.low randint.low_generator randperm randperm.generator "
    "rand_like randn_like randint_like randint_like.low_dtype normal.float_float tril_indices triu_indices hann_window "
    "hann_window.periodic hamming_window hamming_window.periodic blackman_window blackman_window.periodic bartlett_window "
    "bartlett_window.periodic kaiser_window kaiser_window.periodic fft_fftfreq fft_rfftfreq"
)
_WRITES = (  # those that write in their own way; the others come by as the Ops that they record
    "resize_ resize_as_ set_ eq_.Scalar eq_.Tensor ne_.Scalar ne_.Tensor lt_.Scalar lt_.Tensor le_.Scalar le_.Tensor gt_.Scalar "
    "gt_.Tensor ge_.Scalar ge_.Tensor clamp_ clamp_.Tensor"
)
_OTHERS = (
    "clamp clamp.Tensor equal allclose div.Tensor_mode div.Scalar_mode nonzero is_same_size is_pinned smooth_l1_loss _is_all_true "
    "_is_any_true"
)
_OFFERED = frozenset(f"{_FACTORIES} {_WRITES} {_OTHERS}".split())
_MADE = frozenset(_FACTORIES.split())
_WRITTEN = frozenset(_WRITES.split())
_LIFTED = frozenset(("tensor", "new_tensor"))


def offer_routes() -> None:
    """Lead the routes of such functions through here, those that are loaded and those to come."""
    for namespace, name, routes in declare.LOADED:
        _lead(namespace, name, routes)
    following = SOURCE.routes

    def load(namespace: str, name: str) -> Any:
        routes = following(namespace, name)
        _lead(namespace, name, routes)
        return routes

    SOURCE.routes = load
    examples.LEVELS.scalar = _scalar
    examples.LEVELS.implied = _implied


def _lead(namespace: str, name: str, routes: Any) -> None:
    parser = None
    for index, route in enumerate(routes):
        full = route.overload
        if isinstance(route.target, Op) or route.in_place or route.order is not None or full not in _OFFERED and full not in _LIFTED:
            continue
        if full in _LIFTED:
            route.redirect(_lifting(route.target))
            continue
        parser = parser or SOURCE.parser(namespace, name)
        names = ["self" if entry == "input" and not place else entry for place, entry in enumerate(parser.parameters(index))]
        if namespace == "method" and names[:1] != ["self"]:
            names.insert(0, "self")
        if "out" in names and route.out >= 0:
            names.remove("out")
        func = overload_of(*full.partition(".")[::2])
        if func is not None:
            route.redirect(_offering(route.target, func, full, names))


def _concerned(values: Any) -> bool:
    return not OFF.get() and (bool(STACK.get()) or any(tensor._flags & DISPATCH for tensor in tensors_among(values)))


def _lifting(target: Any) -> Any:
    """torch.tensor: what was made of data is offered as a fresh constant."""

    def lifted(*values: Any) -> Any:
        if not STACK.get() or OFF.get():
            return target(*values)
        made = target(*values)
        asks, made._requires_grad = made._requires_grad, False
        found = ask(overload_of("lift_fresh", ""), (made,), {})
        return found.requires_grad_() if asks else found

    return lifted


def _offering(target: Any, func: Any, full: str, names: list[str]) -> Any:
    def offered(*values: Any) -> Any:
        if not _concerned(values):
            return target(*values)
        classes = any(tensor._flags & DISPATCH for tensor in tensors_among(values))
        recorded = records(get_mode()) and any(wants_grad(tensor) for tensor in tensors_among(values))
        if full in _WRITTEN and classes and values[0]._flags & DISPATCH and not recorded:
            return _write(func, values, names)
        if recorded and classes and full not in _MADE:
            return target(*values)  # its parts are recorded
        given = dict(zip(names, values))
        if given.get("out") is not None:
            return target(*values)
        asks = given.pop("requires_grad", False)
        if full in _MADE:
            _options(given, func)
        args, kwargs = arranged(func._schema, given)
        if "device" in kwargs and full in _MADE:
            kwargs["pin_memory"] = given["pin_memory"]
        word = get_mode()
        if full in _MADE:
            MODE.set(word & ~GRAD)
        try:
            found = ask(func, args, kwargs)
        finally:
            MODE.set(get_mode() & ~GRAD | word & GRAD)
        return found.requires_grad_() if asks and isinstance(found, TensorBase) else found

    return offered


def _options(given: dict[str, Any], func: Any) -> None:
    """A factory's options as PyTorch's functions fill them in."""
    wanted = {entry.name for entry in func._schema.arguments}
    if given.get("layout") is _objects.strided:
        given["layout"] = None
    if given.get("dtype") is None:
        given.pop("dtype", None)
    if "pin_memory" in wanted:
        given["pin_memory"] = bool(given.get("pin_memory"))
    if "device" in wanted and "self" not in given:
        device = given.get("device")
        given["device"] = _objects.context_device() or _objects.CPU if device is None else device


def _write(func: Any, values: Any, names: list[str]) -> Any:
    """An in-place operator on a tensor that takes it over."""
    target = values[0]
    args, kwargs = arranged(func._schema, dict(zip(names, values)))
    word = get_mode()
    MODE.set(word & ~GRAD)
    try:
        ask(func, args, kwargs)
    finally:
        MODE.set(get_mode() & ~GRAD | word & GRAD)
    wrote(target, func._opname)
    return target


def _scalar(tensor: Any) -> Any:
    """item(), by those who take operators over; NotImplemented where nobody is concerned."""
    if not _concerned((tensor,)):
        return NotImplemented
    return ask(overload_of("_local_scalar_dense", ""), (tensor,), {})


def _implied(tensor: Any) -> Any:
    """The gradient 1 of a scalar; NotImplemented where nobody is concerned."""
    if not _concerned((tensor,)):
        return NotImplemented
    word = get_mode()
    MODE.set(word & ~GRAD)
    try:
        return ask(overload_of("ones_like", ""), (tensor,), {"pin_memory": False, "memory_format": _objects.preserve_format})
    finally:
        MODE.set(word)
