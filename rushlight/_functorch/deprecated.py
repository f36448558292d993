"""torch._functorch.deprecated: what `functorch` gives, which says that torch.func has it now."""

from __future__ import annotations

import functools
import warnings
from typing import Any

from rushlight import func as _func
from rushlight._functorch import make_functional as _models


def get_warning(api: str, new_api: str | None = None, replace_newlines: bool = False) -> str:
    """What the use of a name of functorch's warns of."""
    return (
        f"We've integrated functorch into PyTorch. As the final step of the integration, `functorch.{api}` is deprecated as of PyTorch 2.0 "
        f"and will be deleted in a future version of PyTorch >= 2.3. Please use `{new_api or f'torch.func.{api}'}` instead; see the "
        "PyTorch 2.0 release notes and/or the `torch.func` migration guide for more details https://pytorch.org/docs/main/func.migrating.html"
    )


def warn_deprecated(api: str, new_api: str | None = None) -> None:
    """Give get_warning() to the caller of a function of functorch's."""
    warnings.warn(get_warning(api, new_api, replace_newlines=True), FutureWarning, stacklevel=3)


def _old(function: Any, new_api: str | None = None) -> Any:
    """A function of torch.func under its old name."""
    name = function.__name__

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        warn_deprecated(name, new_api)
        return function(*args, **kwargs)

    called.__module__ = "torch._functorch.deprecated"
    return called


vmap = _old(_func.vmap, "torch.vmap")
grad = _old(_func.grad)
grad_and_value = _old(_func.grad_and_value)
vjp = _old(_func.vjp)
jvp = _old(_func.jvp)
jacrev = _old(_func.jacrev)
jacfwd = _old(_func.jacfwd)
hessian = _old(_func.hessian)
functionalize = _old(_func.functionalize)
make_functional = _old(_models.make_functional, "torch.func.functional_call")
make_functional_with_buffers = _old(_models.make_functional_with_buffers, "torch.func.functional_call")
combine_state_for_ensemble = _old(_models.combine_state_for_ensemble, "torch.func.stack_module_state")
