"""torch.utils._cxx_pytree needs the package optree; rushlight has its own trees in torch.utils._pytree only."""

raise ImportError(
    "torch.utils._cxx_pytree depends on `optree>=0.13.0`, which is an optional dependency of PyTorch. To use it, please upgrade your "
    "optree package via `python3 -m pip install --upgrade optree`"
)
