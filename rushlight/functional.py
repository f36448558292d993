"""torch.functional: the functions whose arguments Python rearranges before the operator sees them."""

from __future__ import annotations

from typing import Any

from rushlight._core.tensor import TensorBase
from rushlight._install import elsewhere

__all__ = ["cdist", "chain_matmul", "einsum", "lu", "tensordot"]


def _operator(name: str) -> Any:
    """The function `name` with the operator's own signature."""
    from rushlight.ops.declare import public_function

    found = _OPERATORS.get(name)
    if found is None:
        found = _OPERATORS[name] = public_function("torch", name)
    return found


_OPERATORS: dict[str, Any] = {}


def _subscript(entry: Any) -> str:
    if entry is Ellipsis:
        return "..."
    if entry >= 0 and entry < 52:  # in this order, for the words of the error that a string causes
        return chr(ord("A") + entry) if entry < 26 else chr(ord("a") + entry - 26)
    raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")


def _subscripts(entries: Any) -> str:
    return "".join([_subscript(entry) for entry in entries])


def einsum(*args: Any) -> Any:
    """Sums of products: einsum("ij,jk->ik", a, b), or with lists of numbers for subscripts: einsum(a, [0, 1], b, [1, 2], [0, 2])."""
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its subscripts list"
        )
    if isinstance(args[0], TensorBase):
        equation = ",".join([_subscripts(entries) for entries in args[1::2]])
        operands = args[::2]
        if len(args) % 2:
            equation += "->" + _subscripts(args[-1])
            operands = args[:-1:2]
    else:
        equation, operands = args[0], args[1:]
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        return einsum(equation, *operands[0])
    return _operator("einsum")(equation, operands)


def _contraction(dims: Any) -> tuple[Any, Any]:
    """The dimensions of both operands that tensordot's `dims` names."""
    if isinstance(dims, TensorBase):
        if dims.numel() > 1:
            if len(dims) != 2:
                raise AssertionError(f"dims tensor must have size 2 in first dimension, got {len(dims)}")
            first, second = dims.tolist()
            return first, second
        dims = int(dims.item())
    if isinstance(dims, (tuple, list)):
        first, second = dims
        return first, second
    if dims < 0:
        raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
    return list(range(-dims, 0)), list(range(dims))


def tensordot(a: Any, b: Any, dims: Any = 2, out: Any = None) -> Any:
    """The sum of products over the last `dims` dimensions of `a` and the first of `b`, or over pairs of dimensions."""
    if not isinstance(dims, (tuple, list, TensorBase, int)):
        raise RuntimeError(
            "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, but got "
            f"dims={dims}"
        )
    if isinstance(dims, int) and dims > min(a.dim(), b.dim()):
        raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
    first, second = _contraction(dims)
    call = _operator("tensordot")
    return call(a, b, first, second) if out is None else call(a, b, first, second, out=out)


def chain_matmul(*matrices: Any, out: Any = None) -> Any:
    """The product of several matrices (deprecated: torch.linalg.multi_dot)."""
    call = _operator("chain_matmul")
    return call(matrices) if out is None else call(matrices, out=out)


def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Any:
    """The p-norm distances between every row of x1 and every row of x2."""
    modes = {"use_mm_for_euclid_dist_if_necessary": None, "use_mm_for_euclid_dist": 1, "donot_use_mm_for_euclid_dist": 2}
    if compute_mode not in modes:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    return _operator("cdist")(x1, x2, p, modes[compute_mode])


_LU = (
    "torch.lu is deprecated in favor of torch.linalg.lu_factor / torch.linalg.lu_factor_ex and will be removed in a future PyTorch "
    "release.\n"
    "LU, pivots = torch.lu(A, compute_pivots)\nshould be replaced with\nLU, pivots = torch.linalg.lu_factor(A, compute_pivots)\nand\n"
    "LU, pivots, info = torch.lu(A, compute_pivots, get_infos=True)\nshould be replaced with\n"
    "LU, pivots, info = torch.linalg.lu_factor_ex(A, compute_pivots) (Triggered internally at "
    "/__w/pytorch/pytorch/aten/src/ATen/native/BatchLinearAlgebra.cpp:2073.)"
)

def lu(A: Any, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:
    """The packed LU factorization and its pivots (deprecated: torch.linalg.lu_factor)."""
    from rushlight import linalg, return_types
    from rushlight.ops.warn import warn_once

    warn_once(_LU)
    LU, pivots, info = linalg.lu_factor_ex(A, pivot=pivot, check_errors=not get_infos)
    found = return_types._lu_with_info((LU, pivots, info)) if get_infos else (LU, pivots)
    if out is None:
        return found
    for target, value in zip(out, found):
        target.resize_as_(value).copy_(value)
    return out


def export(namespace: dict[str, Any]) -> None:
    """Put these functions into the namespace of `torch`."""
    for name in __all__:
        namespace.setdefault(name, globals()[name])


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        return elsewhere(name, __name__)
    import rushlight

    try:
        return getattr(rushlight, name)
    except AttributeError:
        return elsewhere(name, __name__)
