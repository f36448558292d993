"""Calls of modules that have hooks."""

from __future__ import annotations

import warnings
from typing import Any

from rushlight.nn._torch import Tensor
from rushlight.nn.modules import module as hooked
from rushlight.nn.modules._wrapped_hook import _WrappedHook


class Call:
    """One call of a module that has hooks."""

    def __init__(self, module: Any, args: Any, kwargs: Any) -> None:
        self.module, self.args, self.kwargs = module, args, kwargs
        self.result: Any = None
        self.called: set[int] = set()

    def run(self) -> Any:
        module = self.module
        full, partial = module._get_backward_hooks()
        before = module._get_backward_pre_hooks()
        self.run_pre_hooks()
        backward = None
        if full or before:
            from rushlight.nn.modules._backward_hook import BackwardHook

            backward = BackwardHook(module, full, before)
            self.args = backward.setup_input_hook(self.args)
        self.result = module.forward(*self.args, **self.kwargs)
        for hook_id, hook in (*hooked._global_forward_hooks.items(), *module._forward_hooks.items()):
            if hook_id in module._forward_hooks_always_called or hook_id in hooked._global_forward_hooks_always_called:
                self.called.add(hook_id)
            self.run_hook(hook_id, hook)
        if backward is not None:
            if not isinstance(self.result, (Tensor, tuple)):
                warnings.warn(
                    "For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but received "
                    f"{type(self.result)}",
                    stacklevel=4,
                )
            self.result = backward.setup_output_hook(self.result)
        if partial:
            self.hang_on_node(partial)
        return self.result

    def run_pre_hooks(self) -> None:
        module = self.module
        for hook_id, hook in (*hooked._global_forward_pre_hooks.items(), *module._forward_pre_hooks.items()):
            if hook_id in module._forward_pre_hooks_with_kwargs:
                found = hook(module, self.args, self.kwargs)
                if found is None:
                    continue
                if not (isinstance(found, tuple) and len(found) == 2):
                    raise RuntimeError(f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {found}.")
                self.args, self.kwargs = found
            else:
                found = hook(module, self.args)
                if found is not None:
                    self.args = found if isinstance(found, tuple) else (found,)

    def run_hook(self, hook_id: int, hook: Any) -> None:
        module = self.module
        if hook_id in module._forward_hooks_with_kwargs or hook_id in hooked._global_forward_hooks_with_kwargs:
            found = hook(module, self.args, self.kwargs, self.result)
        else:
            found = hook(module, self.args, self.result)
        if found is not None:
            self.result = found

    def hang_on_node(self, hooks: list[Any]) -> None:
        """Hooks of the older kind see the node of the first output."""
        first = self.result
        while not isinstance(first, Tensor):
            first = next(value for value in first.values() if isinstance(value, Tensor)) if isinstance(first, dict) else first[0]
        node = first.grad_fn
        if node is not None:
            for hook in hooks:
                node.register_hook(_WrappedHook(hook, self.module))
            self.module._maybe_warn_non_full_backward_hook(self.args, self.result, node)

    def finish_after_error(self) -> None:
        """Run the hooks that are always called and were not yet; their own errors become warnings."""
        kinds = (
            ("global module", hooked._global_forward_hooks, hooked._global_forward_hooks_always_called),
            ("module", self.module._forward_hooks, self.module._forward_hooks_always_called),
        )
        for kind, hooks, always in kinds:
            for hook_id, hook in hooks.items():
                if hook_id not in always or hook_id in self.called:
                    continue
                try:
                    self.run_hook(hook_id, hook)
                except Exception as error:
                    warnings.warn(
                        f"{kind} forward hook with ``always_call=True`` raised an exception that was silenced as another error was "
                        f"raised in forward: {error}",
                        stacklevel=4,
                    )
