"""torch.backends.openmp."""


def is_available() -> bool:
    """True, as for PyTorch's wheels."""
    return True
