"""How calls of operators that programs defined find their functions."""

from __future__ import annotations

from typing import Any

import rushlight as torch
from rushlight._core.state import get_mode
from rushlight.utils import _pytree as pytree


def fake_for(overload: Any, function: Any) -> None:
    """Give an operator the function for tensors without values."""
    if not isinstance(overload._call, Kernels):
        raise RuntimeError(f"register_fake(...): the operator {overload} already has a kernel")
    overload._call.fake = function


def has_kernel(kernels: dict[str, Any], key: str) -> bool:
    """Whether there is a function for a key."""
    return key in kernels or "CompositeExplicitAutograd" in kernels or "CompositeImplicitAutograd" in kernels


def tensors_in(values: Any) -> list[Any]:
    """The tensors among arguments, also in lists."""
    return [leaf for leaf in pytree.tree_leaves(values) if isinstance(leaf, torch.Tensor)]


class _Offer:
    """What `_dispatching` puts here: (schema, args, kwargs) -> what those who take operators over make of a call, or NotImplemented."""

    ask: Any = None


class Kernels:
    """The functions of one operator, by dispatch key."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self.kernels: dict[str, Any] = {}
        self.fake: Any = None
        self.autograd: Any = None
        self.vmap: Any = None
        self.autocast: dict[str, Any] = {}
        self.dispatchers: dict[Any, Any] = {}
        self.custom: Any = None  # the CustomOpDef

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._cast(args, kwargs)
        tensors = tensors_in((args, kwargs))
        if self.vmap is not None and any(getattr(tensor, "_batch", None) is not None for tensor in tensors):
            return self._batched(args, kwargs)
        records = torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors)
        if records and self.autograd is not None or records and self.custom is not None:
            from rushlight._library.recording import run_recorded

            return run_recorded(self, args, kwargs)
        for key in ("AutogradCPU", "Autograd") if records or get_mode() else ():
            if key in self.kernels:
                return self.kernels[key](*args, **kwargs)
        return self.compute(args, kwargs)

    def compute(self, args: Any, kwargs: Any) -> Any:
        """The call below autograd."""
        if _Offer.ask is not None:
            found = _Offer.ask(self.schema, args, kwargs)
            if found is not NotImplemented:
                return found
        tensors = tensors_in((args, kwargs))
        if any(tensor.device.type == "meta" for tensor in tensors):
            function = self.fake or self.kernels.get("Meta") or (None if self.custom is not None else self._composite())
            if function is None:
                raise self._no_fake()
        else:
            function = self.kernels.get("CPU") or self._composite()
            if function is None:
                raise NotImplementedError(
                    f"Could not run '{self.schema.name}' with arguments from the 'CPU' backend. This could be because the operator doesn't "
                    "exist for this backend, or was omitted during the selective/custom build process (if using custom build)."
                )
        return function(*args, **kwargs)

    def _composite(self) -> Any:
        return self.kernels.get("CompositeExplicitAutograd") or self.kernels.get("CompositeImplicitAutograd")

    def _no_fake(self) -> Exception:
        name = self.schema.name.partition("::")[2]
        if self.custom is not None:
            return RuntimeError(
                f"There was no fake impl registered for {self.custom!r}. This is necessary for torch.compile/export/fx tracing to work. Please "
                f"use `{name}.register_fake` to add an fake impl."
            )
        return NotImplementedError(
            f"{self.schema.name}: attempted to run this operator with Meta tensors, but there was no fake impl or Meta kernel registered for "
            "this operator. You may have run into this message while using an operator with PT2 compilation APIs (torch.compile/torch.export); "
            "in order to use this operator with those APIs you'll need to add a fake impl. Please see the following for next steps:  "
            "https://pytorch.org/tutorials/advanced/custom_ops_landing_page.html"
        )

    def _cast(self, args: Any, kwargs: Any) -> tuple[Any, Any]:
        wanted = self.autocast.get("cpu")
        if wanted is None or not torch.is_autocast_enabled("cpu"):
            return args, kwargs
        cast = lambda leaf: leaf.to(wanted) if leaf.is_floating_point() and leaf.dtype is not torch.float64 else leaf
        return pytree.tree_map_only(torch.Tensor, cast, (args, kwargs))  # type: ignore[no-any-return]

    def _batched(self, args: Any, kwargs: Any) -> Any:
        """The innermost level of vmap, by the operator's own rule."""

        class Batched(torch.autograd.Function):
            generate_vmap_rule = False

            @staticmethod
            def forward(*given: Any) -> Any:
                return self.compute(given, kwargs)

            @staticmethod
            def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
                """Nothing is saved."""

            @staticmethod
            def vmap(info: Any, in_dims: Any, *given: Any) -> Any:
                return self.vmap(info, in_dims, *given, **kwargs)

        return Batched.apply(*args)
