"""torch.ops: operators by namespace, name and overload."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from rushlight import overrides
from rushlight._schema import FunctionSchema, aten

# Operators that programs and torch.library define: "ns::name" -> overload -> OpOverload.
DEFINED: dict[str, dict[str, OpOverload]] = {}


class OperatorBase:
    """What can be called by name."""

    __module__ = "torch._ops"


class HigherOrderOperator(OperatorBase):
    """An operator of functions; only what torch.cond and torch.while_loop do is there."""

    def __init__(self, name: str, *, cacheable: bool = False) -> None:
        self._name = self.__name__ = name
        self.namespace = "higher_order"

    def name(self) -> str:
        """The operator's name."""
        return self._name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"torch.ops.higher_order.{self._name} is not implemented in rushlight")


class OpOverload(OperatorBase):
    """One overload of an operator, such as torch.ops.aten.add.Tensor."""

    def __init__(self, packet: OpOverloadPacket, schema: FunctionSchema, call: Any) -> None:
        self._overloadpacket = packet
        self._schema = schema
        self._call = call
        self._overloadname = schema.overload_name or "default"
        self._opname = packet.__name__
        self._name = schema.name + (f".{schema.overload_name}" if schema.overload_name else "")
        self.namespace = schema.name.partition("::")[0]
        self.__name__ = f"{self._opname}.{self._overloadname}"
        self.__qualname__ = self._name
        self.__module__ = f"torch._ops.{self.namespace}"
        self.tags: list[Any] = []

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if overrides.has_torch_function(_leaves(args, kwargs)):
            return overrides.handle_torch_function(self, _leaves(args, kwargs), *args, **kwargs)
        _check(self._schema, args, kwargs)
        found = self._call(*args, **kwargs)
        if isinstance(found, tuple) and self.namespace == "aten":
            return list(found) if len(self._schema.returns) == 1 else tuple(found)
        return found

    @property
    def overloadpacket(self) -> OpOverloadPacket:
        """The operator."""
        return self._overloadpacket

    @property
    def op(self) -> Any:
        """The overload."""
        return self

    def name(self) -> str:
        """Such as "aten::add.Tensor"."""
        return self._name

    @property
    def is_view(self) -> bool:
        """Whether results share memory with arguments that are not written to."""
        infos = [entry.alias_info for entry in self._schema.arguments if entry.alias_info is not None]
        return any(not info.is_write for info in infos)

    def has_kernel_for_dispatch_key(self, k: Any) -> bool:
        """Whether there is a kernel for a backend."""
        return getattr(self._call, "kernels", None) is None or str(k).rpartition(".")[2] in self._call.kernels

    def redispatch(self, keyset: Any, *args: Any, **kwargs: Any) -> Any:
        """The call."""
        return self._call(*args, **kwargs)

    def __hash__(self) -> int:
        return hash(self._name)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce__(self) -> Any:
        return _found, (self._name,)

    def __repr__(self) -> str:
        return f"<OpOverload(op='{self.namespace}.{self._opname}', overload='{self._overloadname}')>"

    def __str__(self) -> str:
        return f"{self.namespace}.{self._opname}.{self._overloadname}"


class OpOverloadPacket:
    """An operator with all its overloads, such as torch.ops.aten.add."""

    __module__ = "torch._ops"

    def __init__(self, qualified_op_name: str, op_name: str) -> None:
        self._qualified_op_name = qualified_op_name
        self.__name__ = op_name
        self.__module__ = f"torch._ops.{qualified_op_name.partition('::')[0]}"
        self._dir: list[str] = []

    @property
    def _made(self) -> dict[str, OpOverload]:
        return _overloads(self)

    def overloads(self) -> list[str]:
        """The names of the overloads."""
        if self._qualified_op_name.startswith("aten::") and self._qualified_op_name not in DEFINED:
            return [name or "default" for name in aten()[self.__name__]]
        return list(self._made)

    @property
    def op(self) -> Any:
        """The operator."""
        return self

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(
                f"'{self}' can't have an overload name beginning with '__' and the underlying op '{self}' has no attribute '{key}' either."
            )
        found = self._made.get(key)
        if found is None:
            raise AttributeError(f"The underlying op of '{self}' has no overload name '{key}'")
        vars(self)[key] = found
        return found

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        if overrides.has_torch_function(_leaves(args, kwargs)):
            return overrides.handle_torch_function(self, _leaves(args, kwargs), *args, **kwargs)
        made = self._made
        if self._qualified_op_name.startswith("aten::") and self._qualified_op_name not in DEFINED:
            from rushlight._aten import call_packet

            return call_packet(self.__name__, args, kwargs)
        if len(made) == 1:
            return next(iter(made.values()))(*args, **kwargs)
        return _first_that_fits(made, args, kwargs)

    def __iter__(self) -> Any:
        return iter(self._dir)

    def __deepcopy__(self, memo: Any) -> Any:
        return self

    def __reduce__(self) -> Any:
        return _found, (self._qualified_op_name,)

    def __repr__(self) -> str:
        return f"<OpOverloadPacket(op='{self._qualified_op_name.replace('::', '.')}')>"

    def __str__(self) -> str:
        return self._qualified_op_name.replace("::", ".")


def _first_that_fits(made: dict[str, OpOverload], args: Any, kwargs: Any) -> Any:
    failures = []
    for overload in made.values():
        try:
            _check(overload._schema, args, kwargs)
        except RuntimeError as error:
            failures.append(str(error))
            continue
        return overload(*args, **kwargs)
    raise RuntimeError("\n".join(failures))


def _overloads(packet: OpOverloadPacket) -> dict[str, OpOverload]:
    name = packet._qualified_op_name
    if name in DEFINED:
        return DEFINED[name]
    if name not in _ATEN:
        from rushlight._aten import caller

        _ATEN[name] = {
            overload or "default": OpOverload(packet, FunctionSchema(text), caller(packet.__name__, overload))
            for overload, text in aten()[packet.__name__].items()
        }
    return _ATEN[name]


_ATEN: dict[str, dict[str, OpOverload]] = {}


def _leaves(args: Any, kwargs: Any) -> list[Any]:
    return [*args, *kwargs.values(), *(leaf for value in args if isinstance(value, (list, tuple)) for leaf in value)]


def _found(name: str) -> Any:
    """The operator that a pickle names."""
    space, _, rest = name.partition("::")
    packet, _, overload = rest.partition(".")
    found = getattr(getattr(OPS, space), packet)
    return getattr(found, overload) if overload else getattr(found, "default", found)


# ---------------------------------------------------------------- arguments


def _check(schema: FunctionSchema, args: Any, kwargs: Any) -> None:
    """PyTorch's errors for arguments that are missing, too many or of another type."""
    name = schema.name
    positional = [entry for entry in schema.arguments if not entry.kwarg_only]
    if len(args) > len(positional):
        raise RuntimeError(
            f"{name}() expected at most {len(positional)} argument(s) but received {len(args) + len(kwargs)} argument(s). Declaration: {schema}"
        )
    named = dict(kwargs)
    for position, entry in enumerate(schema.arguments):
        if position < len(args) and not entry.kwarg_only:
            value = args[position]
        elif entry.name in named:
            value = named.pop(entry.name)
        elif entry.has_default_value():
            continue
        else:
            raise RuntimeError(f"{name}() is missing value for argument '{entry.name}'. Declaration: {schema}")
        if entry.type.text == "Tensor" and isinstance(value, (str, list, dict, type(None))):
            raise RuntimeError(
                f"{name}() Expected a value of type 'Tensor' for argument '{entry.name}' but instead found type '{type(value).__name__}'.\n"
                f"Position: {position}\nValue: {value!r}\nDeclaration: {schema}\nCast error details: Unable to cast {value} to Tensor"
            )
    if named:
        raise RuntimeError(f"Unknown keyword argument '{next(iter(named))}' for operator '{name}'. Schema: {schema}")


# ---------------------------------------------------------------- namespaces


def _record_function_enter(name: str, args: Any = None) -> Any:
    """Begin a block that profilers show."""
    from rushlight.autograd.profiler import record_function

    return record_function(name, args).__enter__()


def _record_function_exit(handle: Any) -> None:
    """End it."""
    handle.__exit__(None, None, None)


_RECORDING = {
    "_record_function_enter": _record_function_enter,
    "_record_function_enter_new": _record_function_enter,
    "_record_function_exit": _record_function_exit,
}


class _OpNamespace(ModuleType):
    """The operators of one namespace, such as torch.ops.aten."""

    def __init__(self, name: str) -> None:
        super().__init__("torch.ops." + name)
        vars(self)["_name"] = name
        vars(self)["_dir"] = []
        self.__file__ = "torch.ops"

    def __iter__(self) -> Any:
        return iter(vars(self)["_dir"])

    def __getattr__(self, op_name: str) -> Any:
        space = vars(self)["_name"]
        if space == "profiler" and op_name in _RECORDING:
            return _RECORDING[op_name]
        if op_name in ("__origin__", "__self__", "__wrapped__", "__path__", "__all__"):
            raise AttributeError(f"Invalid attribute '{op_name}' for '_OpNamespace' '{space}'")
        if space == "mkldnn" and op_name.startswith("_is_mkldnn_"):
            return lambda *args: False  # what a build can do
        qualified = f"{space}::{op_name}"
        if qualified not in DEFINED and not (space == "aten" and op_name in aten()):
            raise AttributeError(f"'_OpNamespace' '{space}' object has no attribute '{op_name}'")
        made = OpOverloadPacket(qualified, op_name)
        setattr(self, op_name, made)
        vars(self)["_dir"].append(op_name)
        return made


class _HigherOrderNamespace(ModuleType):
    """torch.ops.higher_order."""

    def __init__(self) -> None:
        super().__init__("torch.ops.higher_order")
        self.__file__ = "torch.ops"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        import rushlight

        found = {"cond": rushlight.cond, "while_loop": rushlight.while_loop}.get(name) or HigherOrderOperator(name)
        setattr(self, name, found)
        return found


class _Ops(ModuleType):
    """torch.ops."""

    def __init__(self) -> None:
        super().__init__("torch.ops")
        self.loaded_libraries: set[str] = set()
        self.higher_order = _HigherOrderNamespace()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _OpNamespace(name)
        setattr(self, name, made)
        return made

    def import_module(self, module: str) -> None:
        """Import a module that registers operators."""
        __import__(module)

    def load_library(self, path: str) -> None:
        """Only torchvision's, which rushlight has its own operators for: libraries for PyTorch's core cannot be loaded."""
        from rushlight import _torchvision

        if _torchvision.is_library(path):
            return _torchvision.define()
        raise OSError(f"Could not load this library: {path}: rushlight cannot load libraries that are compiled for PyTorch")


OPS = _Ops()
for _cls in (OpOverload, _OpNamespace, _HigherOrderNamespace, _Ops, HigherOrderOperator):
    _cls.__module__ = "torch._ops"
