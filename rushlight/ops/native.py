"""Which native kernels stand in for operators' NumPy kernels.

A native kernel (`_kernels_*.c`) takes the arguments of the operator's own kernel. It declines what it is not made for (other dtypes,
memory in another order, empty arrays, anything to be refused), and then the NumPy kernel is called. In the pure form there are none.
"""

from __future__ import annotations

from typing import Any

from rushlight._core import loops

KERNELS = {
    # views and products
    "view": "view",
    "select.int": "select",
    "slice.Tensor": "slice",
    "transpose.int": "transpose",
    "t": "turn",
    "permute": "permute",
    "unsqueeze": "unsqueeze",
    "expand": "expand",
    "mm": "matmul",
    # reductions
    "sum": "sum",
    "sum.dim_IntList": "sum_over",
    "mean": "mean",
    "mean.dim": "mean_over",
    "max": "max",
    "min": "min",
    "amax": "max_over",
    "amin": "min_over",
    "prod": "prod",
    "prod.dim_int": "prod_over",
    "var.correction": "var_over",
    "std.correction": "std_over",
    "linalg_vector_norm": "norm_over",
}


def preferred(spec: str, kernel: Any) -> Any:
    """The kernel that an operator is to have: the native one before `kernel`, where there is one."""
    name = KERNELS.get(spec)
    return kernel if name is None else loops.kernel(name, kernel)
