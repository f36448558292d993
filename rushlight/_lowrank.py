"""torch.svd_lowrank, torch.pca_lowrank: factorizations of matrices of low rank, found from random projections."""

from __future__ import annotations

from typing import Any

from rushlight import linalg
from rushlight._core import dtypes
from rushlight.autograd.overriding import overrides_calls
from rushlight.ops.declare import public_function

__all__ = ["svd_lowrank", "pca_lowrank"]
_randn = public_function("torch", "randn")


def get_approximate_basis(A: Any, q: int, niter: int | None = 2, M: Any = None) -> Any:
    """Q with q orthonormal columns such that Q Q^H A is close to A - M (Halko, Martinsson and Tropp, 2009: algorithms 4.4 and 5.1)."""
    niter = 2 if niter is None else niter
    dtype = A.dtype if A.is_floating_point() or A.is_complex() else dtypes.float32
    random = _randn(A.shape[-1], q, dtype=dtype, device=A.device)

    def spanned(first: Any, second: Any, factor: Any) -> Any:
        product = first.matmul(factor)
        return linalg.qr(product if second is None else product - second.matmul(factor)).Q

    Q = spanned(A, M, random)
    for _ in range(niter):
        Q = spanned(A.mH, None if M is None else M.mH, Q)
        Q = spanned(A, M, Q)
    return Q


def svd_lowrank(A: Any, q: int | None = 6, niter: int | None = 2, M: Any = None) -> tuple[Any, Any, Any]:
    """U, S, V with A - M close to U diag(S) V^H, where S has q values; A is (..., m, n). Draws from the default generator.

    >>> U, S, V = torch.svd_lowrank(torch.ones(5, 4), q=1)
    >>> S
    tensor([4.4721])
    """
    tensors = (A, M)
    if any(map(overrides_calls, tensors)):
        from rushlight.overrides import handle_torch_function

        return handle_torch_function(svd_lowrank, tensors, A, q=q, niter=niter, M=M)  # type: ignore[no-any-return]
    q = 6 if q is None else q
    m, n = A.shape[-2:]
    if M is not None:
        M = M.expand(A.shape)
    if m < n:
        A, M = A.mH, None if M is None else M.mH
    Q = get_approximate_basis(A, q, niter, M)
    B = Q.mH.matmul(A)
    if M is not None:
        B = B - Q.mH.matmul(M)
    U, S, Vh = linalg.svd(B, full_matrices=False)
    V, U = Vh.mH, Q.matmul(U)
    return (V, S, U) if m < n else (U, S, V)


def pca_lowrank(A: Any, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Any, Any, Any]:
    """Principal components: U, S, V of A, whose columns are centered first; q defaults to min(6, m, n)."""
    if any(map(overrides_calls, (A,))):
        from rushlight.overrides import handle_torch_function

        return handle_torch_function(pca_lowrank, (A,), A, q=q, center=center, niter=niter)  # type: ignore[no-any-return]
    m, n = A.shape[-2:]
    if q is None:
        q = min(6, m, n)
    elif not (q >= 0 and q <= min(m, n)):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if not niter >= 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    if not center:
        return svd_lowrank(A, q, niter=niter, M=None)
    return svd_lowrank(A - A.mean(dim=(-2,), keepdim=True), q, niter=niter, M=None)
