"""torch.library: operators that programs define, in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight import _ops
from rushlight._library.custom_ops import CustomOpDef as CustomOpDef, custom_op as custom_op
from rushlight._library.infer_schema import infer_schema as infer_schema
from rushlight._library.kernels import Kernels, fake_for
from rushlight._schema import FunctionSchema

__all__ = [
    "Library", "impl", "define", "fallthrough_kernel", "impl_abstract", "register_autocast", "register_fake", "register_torch_dispatch",
    "register_vmap", "get_ctx", "get_kernel", "custom_op", "triton_op", "wrap_triton", "infer_schema",
]  # fmt: skip

_owners: dict[str, Library] = {}
_libraries: list[Library] = []  # those that are made here live on
_KEYS = {"cpu": "CPU", "cuda": "CUDA", "xpu": "XPU", "meta": "Meta", "default": "CompositeExplicitAutograd", "types": "CPU"}


def fallthrough_kernel() -> None:
    """For Library.impl: nothing at this key."""
    raise NotImplementedError("fallthrough_kernel() should never be called.")


class Library:
    """Operators of a namespace: kind "DEF" makes it, "FRAGMENT" adds to it, "IMPL" gives kernels to its operators."""

    __module__ = "torch.library"

    def __init__(self, ns: str, kind: str, dispatch_key: str = "") -> None:
        if kind not in ("IMPL", "DEF", "FRAGMENT"):
            raise ValueError(f"Unsupported kind: {kind}")
        if ns in ("prim",) and kind in ("DEF", "FRAGMENT"):
            raise ValueError(f"{ns} is a reserved namespace. Please try creating a library with another name.")
        if kind == "DEF":
            if ns in _owners or ns == "aten":
                raise RuntimeError(
                    f"Only a single TORCH_LIBRARY can be used to register the namespace {ns}; please put all of your definitions in a single "
                    "TORCH_LIBRARY block.  If you were trying to specify implementations, consider using TORCH_LIBRARY_IMPL (which can be "
                    "duplicated).  If you really intended to define operators for a single namespace in a distributed way, you can use "
                    "TORCH_LIBRARY_FRAGMENT to explicitly indicate this"
                )
            _owners[ns] = self
        self.ns, self.kind, self.dispatch_key = ns, kind, dispatch_key
        self._defined: list[str] = []

    def __repr__(self) -> str:
        return f"Library(kind={self.kind}, ns={self.ns}, dispatch_key={self.dispatch_key})>"

    def define(self, schema: str, alias_analysis: str = "", *, tags: Any = ()) -> str:
        """Add an operator; returns its name."""
        parsed = FunctionSchema(f"{self.ns}::{schema}")
        overload = parsed.overload_name or "default"
        known = _ops.DEFINED.setdefault(parsed.name, {})
        if overload in known:
            raise RuntimeError(
                f"Tried to register an operator ({parsed}) with the same name and overload name multiple times. Each overload's schema should "
                "only be registered with a single call to def()."
            )
        name = parsed.name.partition("::")[2]
        packet = next((entry.overloadpacket for entry in known.values()), None) or getattr(getattr(_ops.OPS, self.ns), name)
        known[overload] = _ops.OpOverload(packet, parsed, Kernels(parsed))
        known[overload].tags = list(tags) if isinstance(tags, (list, tuple)) else [tags]
        self._defined.append(f"{parsed.name}|{overload}")
        return name

    def impl(self, op_name: Any, fn: Any, dispatch_key: str = "", *, with_keyset: bool = False, allow_override: bool = False) -> None:
        """Give an operator its function for a dispatch key."""
        if not callable(fn):
            raise TypeError(f"Input function is required to be a callable but found type {type(fn)}")
        key = dispatch_key or self.dispatch_key or "CompositeImplicitAutograd"
        overload = _overload(op_name, self.ns)
        if not isinstance(overload._call, Kernels):
            raise NotImplementedError(f"rushlight cannot replace the kernels of PyTorch's own operators ({overload})")
        if with_keyset:
            plain = fn
            fn = lambda *args, **kwargs: plain(None, *args, **kwargs)
        overload._call.kernels[key] = fn

    def fallback(self, fn: Any, dispatch_key: str = "", *, with_keyset: bool = False) -> None:
        """Not available: kernels for all operators."""
        raise NotImplementedError("Library.fallback is not implemented in rushlight")

    def _register_fake(self, op_name: str, fn: Any, _stacklevel: int = 1, *, allow_override: bool = False) -> None:
        fake_for(_overload(op_name, self.ns), fn)

    def _destroy(self) -> None:
        for entry in self._defined:
            name, overload = entry.split("|")
            _ops.DEFINED.get(name, {}).pop(overload, None)
            if not _ops.DEFINED.get(name, True):
                del _ops.DEFINED[name]
                vars(getattr(_ops.OPS, self.ns)).pop(name.partition("::")[2], None)
        self._defined.clear()
        if _owners.get(self.ns) is self:
            del _owners[self.ns]


class _scoped_library:
    """A Library that is undone at the end of a block."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.library = Library(*args, **kwargs)

    def __enter__(self) -> Library:
        return self.library

    def __exit__(self, *error: object) -> None:
        self.library._destroy()


def _overload(op: Any, ns: str | None = None) -> Any:
    """The OpOverload that a name, an operator or a CustomOpDef means."""
    if isinstance(op, CustomOpDef):
        return op._opoverload
    if isinstance(op, _ops.OpOverload):
        return op
    if isinstance(op, _ops.OpOverloadPacket):
        return op.default
    if "::" in op:
        ns, _, op = op.partition("::")
    if ns is None:
        raise ValueError(f"Expected `namespace::name`, got {op}")
    name, _, overload = op.partition(".")
    packet = getattr(getattr(_ops.OPS, ns), name, None)
    found = None if packet is None else getattr(packet, overload or "default", None)
    if found is None:
        raise RuntimeError(f"Could not find schema for {ns}::{op}")
    return found


def _split(qualname: str) -> tuple[str, str]:
    ns, separator, name = qualname.partition("::")
    if not separator:
        raise ValueError(
            f'Expected qualname to be of the form "namespace::name", but got {qualname}. The qualname passed to the torch.library APIs must '
            "consist of a namespace and a name, e.g. aten::sin"
        )
    return ns, name


def define(qualname: str, schema: Any = None, *, lib: Library | None = None, tags: Any = ()) -> Any:
    """Define the operator `qualname`, of a schema such as "(Tensor x) -> Tensor"."""
    if isinstance(qualname, Library):  # the old form: a decorator
        library, given = qualname, schema
        name = library.define(given, tags=tags)
        return lambda function: (library.impl(name, function), function)[1]
    ns, name = _split(qualname)
    if lib is None:
        lib = Library(ns, "FRAGMENT")
        _libraries.append(lib)
    lib.define(name + schema, tags=tags)
    return None


def impl(qualname: Any, types: Any = None, func: Any = None, *, lib: Library | None = None) -> Any:
    """Give an operator its function for device types ("cpu", "default") or a dispatch key; also a decorator."""
    if isinstance(qualname, Library):  # the old form: impl(lib, name, dispatch_key="")
        library, name, key = qualname, types, func or ""
        return lambda function: (library.impl(name, function, key), function)[1]
    overload = _overload(qualname)
    keys = [types] if isinstance(types, str) else list(types)

    def register(function: Any) -> Any:
        for key in keys:
            overload._call.kernels[_KEYS.get(key, key)] = function
        return function

    if func is None:
        return register
    register(func)
    return None


def register_kernel(op: Any, device_types: Any, func: Any = None, /, *, lib: Library | None = None) -> Any:
    """Give an operator its function for device types; also a decorator."""
    if isinstance(op, CustomOpDef):
        return op.register_kernel(device_types, func)
    return impl(_overload(op), "default" if device_types is None else device_types, func)


def register_fake(op: Any, func: Any = None, /, *, lib: Library | None = None, _stacklevel: int = 1, allow_override: bool = False) -> Any:
    """Give an operator the function that computes without values, for tensors on "meta"; also a decorator."""

    def register(function: Any) -> Any:
        fake_for(_overload(op), function)
        return function

    return register if func is None else register(func)


impl_abstract = register_fake


def register_autograd(
    op: Any, backward: Callable[..., Any], /, *, setup_context: Callable[..., Any] | None = None, lib: Library | None = None
) -> None:
    """Give an operator its backward: backward(ctx, *grads) after setup_context(ctx, inputs, output)."""
    overload = _overload(op)
    if overload._schema.is_mutable:
        raise RuntimeError(f"Cannot register autograd formula for non-functional operator {overload} with schema {overload._schema}. ")
    overload._call.autograd = (backward, setup_context)


def register_torch_dispatch(op: Any, torch_dispatch_class: Any, func: Any = None, /, *, lib: Library | None = None) -> Any:
    """Remembered; there is no __torch_dispatch__."""
    register = lambda function: (_overload(op)._call.dispatchers.__setitem__(torch_dispatch_class, function), function)[1]
    return register if func is None else register(func)


def register_vmap(op: Any, func: Any = None, /, *, lib: Library | None = None) -> Any:
    """Give an operator its batching rule: func(info, in_dims, *args) returns (result, out_dims)."""

    def register(function: Any) -> Any:
        _overload(op)._call.vmap = function
        return function

    return register if func is None else register(func)


def register_autocast(op: Any, device_type: str, cast_inputs: Any, /, *, lib: Library | None = None) -> None:
    """Cast the floating-point tensors among an operator's inputs inside of autocast(device_type)."""
    if device_type not in ("cpu", "cuda", "xpu"):
        raise ValueError(f"Unknown device type: {device_type}")
    _overload(op)._call.autocast[device_type] = cast_inputs


def get_ctx() -> Any:
    """Not available: what fake functions ask for symbolic sizes."""
    raise RuntimeError(
        "get_ctx() can only be called inside of the fake implementation of an operator that is traced; rushlight does not trace"
    )


def get_kernel(op: Any, dispatch_key: Any) -> Any:
    """The function of an operator for a dispatch key."""
    return _overload(op)._call.kernels[str(dispatch_key).rpartition(".")[2]]


def triton_op(name: str, fn: Any = None, /, *, mutates_args: Any, schema: str | None = None) -> Any:
    """custom_op(): there is no Triton."""
    return custom_op(name, fn, mutates_args=mutates_args, schema=schema)


def wrap_triton(triton_kernel: Any, /) -> Any:
    """Not available: there is no Triton."""
    raise RuntimeError("wrap_triton only works on functions annotated with triton.jit or triton.autotune")


def opcheck(op: Any, args: Any, kwargs: Any = None, **options: Any) -> dict[str, str]:
    """Run an operator, on the example and on "meta", and check what it returns against its schema."""
    from rushlight._library.checks import opcheck as check

    return check(_overload(op), args, kwargs or {}, **options)
