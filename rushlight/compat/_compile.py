"""torch.compile: programs run as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rushlight.nn import Module


def _disable_dynamo(fn: Any = None, recursive: bool = True) -> Any:
    """The function, or a decorator that returns it."""
    return (lambda function: function) if fn is None else fn


def compile(
    model: Any = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = "inductor",
    mode: str | None = None,
    options: Any = None,
    disable: bool = False,
    **more: Any,
) -> Any:
    """The function or module, to be used as if it were compiled. Backends are checked, not called.

    >>> torch.compile(lambda x: x + 1)(torch.ones(2))
    tensor([2., 2.])
    """
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    if model is None:

        def fn(model: Any) -> Any:
            if model is None:
                raise RuntimeError("Model can't be None")
            return compile(
                model, fullgraph=fullgraph, dynamic=dynamic, backend=backend, mode=mode, options=options, disable=disable, **more
            )

        return fn
    if (
        mode is not None
        and mode not in ("default", "lite", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs")
        and backend == "inductor"
    ):
        raise RuntimeError(
            f"Unrecognized mode={mode}, should be one of: default, lite, reduce-overhead, max-autotune-no-cudagraphs, max-autotune"
        )
    if disable:
        return model
    return optimized(model, backend)


def optimized(model: Any, backend: Any) -> Any:
    """A module in an OptimizedModule; a function that checks the backend when it is called."""
    if isinstance(model, Module):
        from rushlight._dynamo.eval_frame import OptimizedModule

        return OptimizedModule(model, backend)
    return _compiled(model, backend)


def _compiled(function: Callable[..., Any], backend: Any) -> Any:
    import functools

    if not callable(function):
        raise RuntimeError(f"torch.compile expects a function or module, got {type(function)}")
    if isinstance(function, type):
        return function

    @functools.wraps(function)
    def compiled(*args: Any, **kwargs: Any) -> Any:
        check_backend(backend)
        return function(*args, **kwargs)

    compiled._torchdynamo_orig_callable = function  # type: ignore[attr-defined]
    compiled.get_compiler_config = lambda: None  # type: ignore[attr-defined]
    return compiled


def check_backend(backend: Any) -> None:
    """Refuse names of backends that PyTorch does not have."""
    if isinstance(backend, str) and backend not in KNOWN and backend not in _registered:
        from rushlight._dynamo.exc import InvalidBackend

        raise InvalidBackend(name=backend)


LISTED = ["cudagraphs", "inductor", "openxla", "tvm"]
KNOWN = {*LISTED, "eager", "aot_eager", "aot_eager_decomp_partition", "eager_debug", "eager_noexcept", "aot_ts", "ts", "onnxrt",
         "aot_eager_default_partitioner", "dynamo_minifier_backend", "dynamo_accuracy_minifier_backend", "non_leaf_compile_error_TESTING_ONLY",
         "pre_dispatch_eager", "relu_accuracy_error_TESTING_ONLY", "relu_compile_error_TESTING_ONLY",
         "relu_runtime_error_TESTING_ONLY", "openxla_eval"}  # fmt: skip
_registered: dict[str, Any] = {}
