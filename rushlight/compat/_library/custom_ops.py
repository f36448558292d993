"""torch.library.custom_op: a Python function as an operator."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from rushlight._library.infer_schema import infer_schema
from rushlight._library.kernels import Kernels, tensors_in
from rushlight._ops import DEFINED, OPS, OpOverload
from rushlight._schema import FunctionSchema

import rushlight as torch

OPDEFS: dict[str, CustomOpDef] = {}


def custom_op(
    name: str,
    fn: Callable[..., Any] | None = None,
    /,
    *,
    mutates_args: Any,
    device_types: Any = None,
    schema: str | None = None,
    tags: Any = None,
) -> Any:
    """Make an operator "namespace::name" of a function; also a decorator.

    >>> @torch.library.custom_op("mylib::twice", mutates_args=())
    ... def twice(x: torch.Tensor) -> torch.Tensor:
    ...     return x + x
    """

    def make(function: Callable[..., Any]) -> CustomOpDef:
        text = infer_schema(function, mutates_args=mutates_args) if schema is None else schema
        namespace, separator, short = name.partition("::")
        if not separator:
            raise ValueError(
                f'Expected qualname to be of the form "namespace::name", but got {name}. The qualname passed to the torch.library APIs must '
                "consist of a namespace and a name, e.g. aten::sin"
            )
        made = CustomOpDef(namespace, short, text, function, tags)
        if schema is not None:
            written = {entry.name for entry in made._schema_.arguments if entry.is_write}
            if written != set(mutates_args):
                raise ValueError(
                    f"Attempted to create a custom op with `mutates_args={mutates_args}` and `schema={schema}. The schema suggests that the op "
                    f"mutates {written} which is different from what was provided to us in `mutates_args`. Please make these consistent."
                )
        made.register_kernel(device_types)(function)
        return made

    return make if fn is None else make(fn)


class CustomOpDef:
    """An operator that a program made; it is called like the function."""

    __module__ = "torch._library.custom_ops"

    def __init__(self, namespace: str, name: str, schema: str, fn: Callable[..., Any], tags: Any = None) -> None:
        self._namespace, self._name, self._schema, self._init_fn = namespace, name, schema, fn
        self._qualname = f"{namespace}::{name}"
        self._tags = tags
        self._schema_ = FunctionSchema(self._qualname + schema)
        self._kernels = Kernels(self._schema_)
        self._kernels.custom = self
        self._disabled_kernel: set[str] = set()
        self._by_device: dict[Any, Any] = {}
        DEFINED.pop(self._qualname, None)
        vars(getattr(OPS, namespace)).pop(name, None)
        DEFINED[self._qualname] = {}
        packet = getattr(getattr(OPS, namespace), name)
        self._opoverload = DEFINED[self._qualname]["default"] = OpOverload(packet, self._schema_, self._kernels)
        OPDEFS[self._qualname] = self

    def __repr__(self) -> str:
        return f"<CustomOpDef({self._qualname})>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._opoverload(*args, **kwargs)

    def register_kernel(self, device_types: Any, fn: Callable[..., Any] | None = None, /) -> Any:
        """The function for devices ("cpu"), or for all (None); also a decorator."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            kinds = [device_types] if device_types is None or isinstance(device_types, str) else list(device_types)
            for kind in kinds:
                key = "CompositeExplicitAutograd" if kind is None else kind.upper()
                self._kernels.kernels[key] = self._checked(function, kind)
            return function

        return register if fn is None else register(fn)

    def _checked(self, function: Callable[..., Any], kind: Any) -> Callable[..., Any]:
        """A kernel whose results may not be its inputs, and that counts its writes."""

        def kernel(*args: Any, **kwargs: Any) -> Any:
            chosen = self._init_fn if kind in self._disabled_kernel else function
            result = chosen(*args, **kwargs)
            self._count_writes(args, kwargs)
            _refuse_aliases(self._name, chosen, args, kwargs, result)
            return result

        return kernel

    def _count_writes(self, args: Any, kwargs: Any) -> None:
        for position, entry in enumerate(self._schema_.arguments):
            if entry.is_write:
                value = args[position] if position < len(args) else kwargs.get(entry.name)
                for tensor in tensors_in([value]):
                    torch.autograd.graph.increment_version(tensor)

    def register_fake(self, fn: Callable[..., Any], /) -> Callable[..., Any]:
        """The function for tensors without values."""
        self._kernels.fake = fn
        return fn

    def register_autograd(self, backward: Callable[..., Any], /, *, setup_context: Callable[..., Any] | None = None) -> None:
        """The backward: backward(ctx, *grads), after setup_context(ctx, inputs, output)."""
        if self._schema_.is_mutable:
            raise RuntimeError(
                f"Cannot register autograd formula for non-functional operator {self!r} with schema {self._schema_}. Please create a functional "
                "operator and register an autograd formula for that."
            )
        self._kernels.autograd = (backward, setup_context)

    def register_vmap(self, func: Callable[..., Any] | None = None) -> Any:
        """The batching rule: func(info, in_dims, *args) returns (result, out_dims)."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self._kernels.vmap = function
            return function

        return register if func is None else register(func)

    def register_torch_dispatch(self, torch_dispatch_class: Any, fn: Callable[..., Any] | None = None, /) -> Any:
        """Remembered; there is no __torch_dispatch__."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self._kernels.dispatchers[torch_dispatch_class] = function
            return function

        return register if fn is None else register(fn)

    def register_autocast(self, device_type: str, cast_inputs: Any) -> None:
        """Cast inputs inside of autocast(device_type)."""
        self._kernels.autocast[device_type] = cast_inputs

    @contextmanager
    def set_kernel_enabled(self, device_type: str, enabled: bool = True) -> Any:
        """In a block, use or leave out the function for a device."""
        was = device_type in self._disabled_kernel
        (self._disabled_kernel.discard if enabled else self._disabled_kernel.add)(device_type)
        try:
            yield
        finally:
            (self._disabled_kernel.add if was else self._disabled_kernel.discard)(device_type)


def _refuse_aliases(name: str, function: Any, args: Any, kwargs: Any, result: Any) -> None:
    seen = {_memory(tensor) for tensor in tensors_in((args, kwargs))}
    for tensor in tensors_in([result]):
        key = _memory(tensor)
        if key is not None and key in seen:
            raise RuntimeError(
                f"{name} (with implementation in {inspect.getmodule(function)}): The output of this custom operator (1) must not also be an "
                "input to this custom operator and (2) may not alias any inputs to this custom operator or other returns. The most common way to "
                "trigger this error is if we have y = custom_op(x) and y and x are the same Tensor. Please instead return a clone of the "
                "offending output tensor(s) (e.g. return x.clone()) or refactor the custom operator to not return y."
            )
        seen.add(key)


def _memory(tensor: Any) -> Any:
    if tensor.device.type == "meta" or not tensor.numel():
        return None
    return tensor.untyped_storage().data_ptr()
