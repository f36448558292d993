"""torch._dynamo.eval_frame: modules and functions that PyTorch would compile."""

from __future__ import annotations

from typing import Any

from rushlight import _compile
from rushlight._dynamo.decorators import disable as disable
from rushlight.nn import Module


class OptimizedModule(Module):
    """A module that was handed to torch.compile: it calls the original."""

    __module__ = "torch._dynamo.eval_frame"

    def __init__(self, mod: Module, dynamo_ctx: Any = None) -> None:
        super().__init__()
        vars(self)["dynamo_ctx"] = dynamo_ctx
        self._modules["_orig_mod"] = mod

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        _compile.check_backend(vars(self)["dynamo_ctx"])
        return self._modules["_orig_mod"](*args, **kwargs)  # type: ignore[misc]

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The original's call."""
        return self(*args, **kwargs)

    def __reduce__(self) -> Any:
        return type(self), (self._modules["_orig_mod"], vars(self)["dynamo_ctx"])

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.__reduce__()

    @property
    def training(self) -> bool:  # type: ignore[override]
        """The original's mode."""
        return self._modules["_orig_mod"].training if "_modules" in vars(self) and "_orig_mod" in self._modules else True  # type: ignore[union-attr]

    @training.setter
    def training(self, value: bool) -> None:
        if "_modules" in vars(self) and "_orig_mod" in self._modules:
            self._modules["_orig_mod"].training = value  # type: ignore[union-attr]

    def __getattr__(self, name: str) -> Any:
        modules = vars(self).get("_modules", {})
        if name == "_orig_mod" and name in modules:
            return modules[name]
        if "_orig_mod" in modules:
            return getattr(modules["_orig_mod"], name)
        raise AttributeError(f"'OptimizedModule' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        modules = vars(self).get("_modules", {})
        if name == "training" or "_orig_mod" not in modules or name == "_orig_mod":
            if name == "_orig_mod":
                modules[name] = value
            else:
                super().__setattr__(name, value)
        else:
            setattr(modules["_orig_mod"], name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._modules["_orig_mod"], name)

    def __len__(self) -> int:
        return len(self._modules["_orig_mod"])  # type: ignore[arg-type]

    def __bool__(self) -> bool:
        return True

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._modules["_orig_mod"])})


class DisableContext:
    """What disable() makes in PyTorch; the function itself here."""

    def __call__(self, fn: Any) -> Any:
        return fn


def optimize(backend: Any = "inductor", *, nopython: bool = False, **options: Any) -> Any:
    """A decorator: the function or module, to be used as if it were compiled."""
    return lambda model: _compile.optimized(model, backend)


def optimize_assert(backend: Any, **options: Any) -> Any:
    """As optimize()."""
    return optimize(backend)


def is_dynamo_supported() -> bool:
    """False: nothing is compiled."""
    return False


def is_inductor_supported() -> bool:
    """False: nothing is compiled."""
    return False


def explain(f: Any, *args: Any, **kwargs: Any) -> Any:
    """Not available: nothing is compiled."""
    raise NotImplementedError("torch._dynamo.explain is not implemented in rushlight")


def export(f: Any, *args: Any, **kwargs: Any) -> Any:
    """Not available: nothing is captured."""
    raise NotImplementedError("torch._dynamo.export is not implemented in rushlight; torch.fx.symbolic_trace is")
