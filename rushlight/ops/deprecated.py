"""What PyTorch says when a deprecated operator is called; once in a process, unless set_warn_always(True) was called."""

from __future__ import annotations

from rushlight.ops.warn import warn_once

_SOON = "and will be removed in a future PyTorch release."
_WHERE = " (Triggered internally at /__w/pytorch/pytorch/aten/src/ATen/native/{}.)"
_TEXTS = {  # name -> (text, where PyTorch says it)
    "cholesky": (
        f"torch.cholesky is deprecated in favor of torch.linalg.cholesky {_SOON}\nL = torch.cholesky(A)\nshould be replaced with\n"
        "L = torch.linalg.cholesky(A)\nand\nU = torch.cholesky(A, upper=True)\nshould be replaced with\nU = torch.linalg.cholesky(A).mH\n"
        "This transform will produce equivalent results for all valid (symmetric positive definite) inputs.",
        "BatchLinearAlgebra.cpp:1765",
    ),
    "lu": (
        f"torch.lu is deprecated in favor of torch.linalg.lu_factor / torch.linalg.lu_factor_ex {_SOON}\n"
        "LU, pivots = torch.lu(A, compute_pivots)\nshould be replaced with\nLU, pivots = torch.linalg.lu_factor(A, compute_pivots)\nand\n"
        "LU, pivots, info = torch.lu(A, compute_pivots, get_infos=True)\nshould be replaced with\n"
        "LU, pivots, info = torch.linalg.lu_factor_ex(A, compute_pivots)",
        "BatchLinearAlgebra.cpp:2073",
    ),
    "lu_solve": (
        f"torch.lu_solve is deprecated in favor of torch.linalg.lu_solve{_SOON}\nNote that torch.linalg.lu_solve has its arguments "
        "reversed.\nX = torch.lu_solve(B, LU, pivots)\nshould be replaced with\nX = torch.linalg.lu_solve(LU, pivots, B)",
        "BatchLinearAlgebra.cpp:2230",
    ),
    "qr": (
        f"torch.qr is deprecated in favor of torch.linalg.qr {_SOON}\nThe boolean parameter 'some' has been replaced with a string "
        "parameter 'mode'.\nQ, R = torch.qr(A, some)\nshould be replaced with\n"
        "Q, R = torch.linalg.qr(A, 'reduced' if some else 'complete')",
        "BatchLinearAlgebra.cpp:2505",
    ),
    "triangular_solve": (
        f"torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangular{_SOON}\ntorch.linalg.solve_triangular has its "
        "arguments reversed and does not return a copy of one of the inputs.\nX = torch.triangular_solve(B, A).solution\n"
        "should be replaced with\nX = torch.linalg.solve_triangular(A, B).",
        "BatchLinearAlgebra.cpp:2273",
    ),
    "chain_matmul": (
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot instead, which "
        "accepts a list of two or more tensors rather than multiple parameters.",
        "LinearAlgebra.cpp:1102",
    ),
    "where": (
        "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version of PyTorch. Use a "
        "boolean condition instead.",
        "TensorCompare.cpp:621",
    ),
    "masked_scatter": (
        "masked_scatter_ received a mask with dtype torch.uint8, this behavior is now deprecated,please use a mask with dtype torch.bool "
        "instead.",
        "TensorAdvancedIndexing.cpp:3130",
    ),
    "index_reduce": ("index_reduce() is in beta and the API may change at any time.", "TensorAdvancedIndexing.cpp:1523"),
    "cross": (
        "Using torch.cross without specifying the dim arg is deprecated.\nPlease either pass the dim explicitly or simply use "
        "torch.linalg.cross.\nThe default value of dim will change to agree with that of linalg.cross in a future release.",
        "Cross.cpp:63",
    ),
}


def deprecated(name: str) -> None:
    """Say that an operator is deprecated."""
    text, where = _TEXTS[name]
    warn_once(text + _WHERE.format(where))
