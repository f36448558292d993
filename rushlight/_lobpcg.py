"""torch.lobpcg: a few of the largest or smallest eigenvalues of a symmetric matrix, by conjugate gradients in blocks."""

from __future__ import annotations

from typing import Any

from rushlight import linalg
from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase
from rushlight.autograd.function import Function
from rushlight.autograd.grad_mode import no_grad
from rushlight.autograd.overriding import overrides_calls
from rushlight.ops.declare import public_function

__all__ = ["lobpcg"]
_randn, _cat, _eye = (public_function("torch", name) for name in ("randn", "cat", "eye"))
_EPSILON = {dtypes.float32: 1.2e-07, dtypes.float64: 2.23e-16, dtypes.complex64: 1.2e-07, dtypes.complex128: 2.23e-16}


def lobpcg(
    A: Any, k: int | None = None, B: Any = None, X: Any = None, n: int | None = None, iK: Any = None, niter: int | None = None,
    tol: float | None = None, largest: bool | None = None, method: str | None = None, tracker: Any = None, ortho_iparams: Any = None,
    ortho_fparams: Any = None, ortho_bparams: Any = None,
) -> tuple[Any, Any]:  # fmt: skip
    """The k largest (or smallest) solutions of A x = lambda B x for symmetric A and positive definite B: (eigenvalues, eigenvectors).

    X: (m, n) first approximations, by default random ones; iK: an approximation of A's inverse; tol: the size of residuals that ends
    the search; niter: how many steps at most (negative: no bound). method "basic" and "ortho" mean the same here.
    """
    tensors = (A, B, X, iK)
    options = {
        "k": k, "B": B, "X": X, "n": n, "iK": iK, "niter": niter, "tol": tol, "largest": largest, "method": method, "tracker": tracker,
        "ortho_iparams": ortho_iparams, "ortho_fparams": ortho_fparams, "ortho_bparams": ortho_bparams,
    }  # fmt: skip
    if any(map(overrides_calls, tensors)):
        from rushlight.overrides import handle_torch_function

        return handle_torch_function(lobpcg, tensors, A, **options)  # type: ignore[no-any-return]
    if method not in (None, "basic", "ortho"):
        raise ValueError(f"method: expected 'basic' or 'ortho', got {method!r}")
    search = _Search(k, B, X, n, iK, niter, tol, True if largest is None else largest, tracker)
    if A.requires_grad or (B is not None and B.requires_grad):
        if B is not None and B.requires_grad:
            raise ValueError("Expected B to be a symmetric positive-definite matrix that does not require a gradient.")
        return LOBPCGAutogradFunction.apply((A + A.mT) / 2, search)  # type: ignore[no-any-return]
    return search.run(A)


class _Search:
    """One call's settings, and the search itself."""

    def __init__(self, k: Any, B: Any, X: Any, n: Any, iK: Any, niter: Any, tol: Any, largest: bool, tracker: Any) -> None:
        self.B, self.X, self.iK, self.largest, self.tracker = B, X, iK, largest, tracker
        self.k = (1 if X is None else X.shape[-1]) if k is None else k
        self.n = (self.k if n is None else n) if X is None else X.shape[-1]
        self.niter = 1000 if niter is None else niter
        self.tol = tol
        self.istep = 0

    def run(self, A: Any) -> tuple[Any, Any]:
        """The eigenvalues and eigenvectors of one matrix, or of each of a batch."""
        if A.dim() < 2 or A.shape[-1] != A.shape[-2]:
            raise AssertionError(f"A must be square, got shape {A.shape}")
        m, dtype = A.shape[-1], A.dtype if A.is_floating_point() or A.is_complex() else dtypes.float32
        if m < 3 * self.n:
            raise ValueError(
                f"LOBPCG algorithm is not applicable when the number of A rows (={m}) is smaller than 3 x the number of requested "
                f"eigenpairs (={self.n})"
            )
        start = _randn((*A.shape[:-1], self.n), dtype=dtype, device=A.device) if self.X is None else self.X
        with no_grad():
            if A.dim() == 2:
                return self.one(A, start, self.B, self.iK)
            batch = A.reshape(-1, m, m)
            found = [
                self.one(batch[at], _part(start, at, 2), _part(self.B, at, 2), _part(self.iK, at, 2)) for at in range(batch.shape[0])
            ]
            E, X = _cat([pair[0].unsqueeze(0) for pair in found]), _cat([pair[1].unsqueeze(0) for pair in found])
            return E.reshape(*A.shape[:-2], self.k), X.reshape(*A.shape[:-2], m, self.k)

    def one(self, A: Any, X: Any, B: Any, iK: Any) -> tuple[Any, Any]:
        """Knyazev's method: the best vectors in the span of the present ones, their residuals and the last steps, again and again."""
        tol = _EPSILON[X.dtype] ** 0.5 if self.tol is None else self.tol
        steps = None
        E, X, _ = self.ritz(A, B, X, self.n)
        scale = float(linalg.matrix_norm(A)), 1.0 if B is None else float(linalg.matrix_norm(B))
        self.istep = 0
        while True:
            self.E, self.X_, self.R = E, X, A.matmul(X) - _times(B, X) * E
            size = linalg.vector_norm(self.R, dim=0) / (linalg.vector_norm(X, dim=0) * (scale[0] + E.abs() * scale[1]))
            self.converged = int((size < tol).sum())
            if self.tracker is not None:
                self.tracker(self)
            if self.converged >= self.k and bool((size[: self.k] < tol).all()) or self.istep == self.niter:
                break
            parts = [X, self.R if iK is None else iK.matmul(self.R)] + ([] if steps is None else [steps])
            E, new, weights = self.ritz(A, B, _cat(parts, 1), self.n)
            steps = new - X.matmul(weights[: X.shape[1]])
            X = new
            self.istep += 1
        return E[: self.k], X[:, : self.k]

    def ritz(self, A: Any, B: Any, S: Any, n: int) -> tuple[Any, Any, Any]:
        """The n best eigenpairs of A within the span of S, and the weights of S's columns in them (of independent columns only)."""
        norms = linalg.vector_norm(S, dim=0).clamp(min=1e-300 if S.dtype is dtypes.float64 else 1e-30)
        U, s, Vh = linalg.svd(S / norms, full_matrices=False)
        count = max(int((s > s[0] * 1e-2 * _EPSILON[S.dtype] ** 0.5).sum()), n)
        basis = (Vh.mH[:, :count] / s[:count]) / norms.unsqueeze(1)
        Q = U[:, :count]
        if B is not None:
            inner = linalg.cholesky(Q.mH.matmul(B.matmul(Q)))
            change = linalg.inv(inner).mH
            Q, basis = Q.matmul(change), basis.matmul(change)
        inside = Q.mH.matmul(A.matmul(Q))
        values, vectors = linalg.eigh((inside + inside.mH) / 2)
        order = list(range(count))[::-1][:n] if self.largest else list(range(n))
        chosen = vectors[:, order]
        return values[order], Q.matmul(chosen), basis.matmul(chosen)


def _times(B: Any, X: Any) -> Any:
    return X if B is None else B.matmul(X)


def _part(tensor: Any, at: int, dims: int) -> Any:
    if tensor is None or tensor.dim() == dims:
        return tensor
    return tensor.reshape(-1, *tensor.shape[-dims:])[at]


class LOBPCGAutogradFunction(Function):
    """lobpcg with a gradient for A: that of the full eigenvalue problem, within the pairs that were found and outside them."""

    @staticmethod
    def forward(ctx: Any, A: TensorBase, search: _Search) -> Any:
        E, X = search.run(A)
        ctx.save_for_backward(A, E, X)
        ctx.B = search.B
        return E, X

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        A, E, X = ctx.saved_tensors
        grad_E, grad_X = grads
        total = None if grad_E is None else (X * grad_E.unsqueeze(-2)).matmul(X.mH)
        if grad_X is not None:
            m, k = A.shape[-1], X.shape[-1]
            B = _eye(m, dtype=A.dtype) if ctx.B is None else ctx.B
            columns = []
            for at in range(k):  # (A - lambda B)+ applied to the gradient of each vector
                shifted = A - E[..., at, None, None] * B
                columns.append(linalg.pinv(shifted, hermitian=True, rtol=1e-6).matmul(grad_X[..., at : at + 1]))
            inner = _cat(columns, -1).matmul(X.mH)
            part = -(inner + inner.mH) / 2
            total = part if total is None else total + part
        return total, None
