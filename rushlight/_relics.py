"""What PyTorch took out of use but still names, and names that hardly any program needs."""

from __future__ import annotations

import os
import warnings
from typing import Any

from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase

PRIVATE_OPS = ("unique_dim",)
USE_GLOBAL_DEPS, USE_RTLD_GLOBAL_WITH_LIBTORCH = True, False
has_lapack = has_mkl = has_openmp = has_spectral = True


class FatalError(Exception):
    """What a PyTorch program cannot go on after; never raised here."""

    __module__ = "torch"


class AcceleratorError(RuntimeError):
    """The error of an accelerator, of which there are none."""

    __module__ = "torch"


class OutOfMemoryError(RuntimeError):
    """The error of an accelerator whose memory is full."""

    __module__ = "torch"


# ---------------------------------------------------------------- removed functions

_GONE = "This function was deprecated since version 1.9 and is now removed."
_EIG = """ `torch.linalg.eig` returns complex tensors of dtype `cfloat` or `cdouble` rather than real tensors mimicking complex tensors.

L, _ = torch.eig(A) should be replaced with:
L_complex = torch.linalg.eigvals(A)

and

L, V = torch.eig(A, eigenvectors=True) should be replaced with:
L_complex, V_complex = torch.linalg.eig(A)"""
_LSTSQ = """ `torch.lstsq` is deprecated in favor of `torch.linalg.lstsq`.
`torch.linalg.lstsq` has reversed arguments and does not return the QR decomposition in the returned tuple (although it returns other \
information about the problem).

To get the QR decomposition consider using `torch.linalg.qr`.

The returned solution in `torch.lstsq` stored the residuals of the solution in the last m - n columns of the returned value whenever \
m > n. In torch.linalg.lstsq, the residuals are in the field 'residuals' of the returned named tuple.

The unpacking of the solution, as in
X, _ = torch.lstsq(B, A).solution[:A.size(1)]
should be replaced with:
X = torch.linalg.lstsq(A, B).solution"""
_SOLVE = """ `torch.solve` is deprecated in favor of `torch.linalg.solve`. `torch.linalg.solve` has its arguments reversed and does not \
return the LU factorization.

To get the LU factorization see `torch.lu`, which can be used with `torch.lu_solve` or `torch.lu_unpack`.
X = torch.solve(B, A).solution should be replaced with:
X = torch.linalg.solve(A, B)"""
_SYMEIG = """ The default behavior has changed from using the upper triangular portion of the matrix by default to using the lower \
triangular portion.

L, _ = torch.symeig(A, upper=upper) should be replaced with:
L = torch.linalg.eigvalsh(A, UPLO='U' if upper else 'L')

and

L, V = torch.symeig(A, eigenvectors=True) should be replaced with:
L, V = torch.linalg.eigh(A, UPLO='U' if upper else 'L')"""
_REINFORCE = """reinforce() was removed.
Use torch.distributions instead.
See https://pytorch.org/docs/main/distributions.html

Instead of:

probs = policy_network(state)
action = probs.multinomial()
next_state, reward = env.step(action)
action.reinforce(reward)
action.backward()

Use:

probs = policy_network(state)
# NOTE: categorical is equivalent to what used to be called multinomial
m = torch.distributions.Categorical(probs)
action = m.sample()
next_state, reward = env.step(action)
loss = -m.log_prob(action) * reward
loss.backward()
"""


def eig(self: Any, eigenvectors: bool = False, *, e: Any = None, v: Any = None) -> Any:
    """Removed from PyTorch: torch.linalg.eig."""
    raise RuntimeError(_GONE + _EIG)


def lstsq(input: Any, A: Any, *, out: Any = None) -> Any:
    """Removed from PyTorch: torch.linalg.lstsq."""
    raise RuntimeError(_GONE + _LSTSQ)


def matrix_rank(input: Any, tol: Any = None, symmetric: bool = False, *, out: Any = None) -> Any:
    """Removed from PyTorch: torch.linalg.matrix_rank."""
    raise RuntimeError(
        f"{_GONE}\nPlease use the `torch.linalg.matrix_rank` function instead. The parameter 'symmetric' was renamed in "
        "`torch.linalg.matrix_rank()` to 'hermitian'."
    )


def solve(input: Any, A: Any, *, out: Any = None) -> Any:
    """Removed from PyTorch: torch.linalg.solve."""
    raise RuntimeError(_GONE + _SOLVE)


def symeig(input: Any, eigenvectors: bool = False, upper: bool = True, *, out: Any = None) -> Any:
    """Removed from PyTorch: torch.linalg.eigh."""
    raise RuntimeError(_GONE + _SYMEIG)


# ---------------------------------------------------------------- files and processes


def get_file_path(*path_components: str) -> str:
    """The path of a file, given from the folder that holds the package."""
    return os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), *path_components)


def prepare_multiprocessing_environment(path: str) -> None:
    """Nothing is to be prepared."""


def init_num_threads() -> None:
    """Nothing: each thread has its threads."""


def set_flush_denormal(mode: Any) -> bool:
    """Ask that tiny floating-point numbers count as zero. False: they never do here."""
    if not isinstance(mode, bool):
        raise RuntimeError(f"flush_denormal expects a bool, but got {type(mode).__name__}")
    return not mode


# ---------------------------------------------------------------- methods of Tensor


class RelicMethods(TensorBase):
    """What Tensor takes over (see absorb() in _tensor.py)."""

    def eig(self, eigenvectors: bool = False) -> Any:
        """Removed from PyTorch: torch.linalg.eig."""
        raise RuntimeError(_GONE + _EIG)

    def lstsq(self, other: Any) -> Any:
        """Removed from PyTorch: torch.linalg.lstsq."""
        raise RuntimeError(_GONE + _LSTSQ)

    def solve(self, other: Any) -> Any:
        """Removed from PyTorch: torch.linalg.solve."""
        raise RuntimeError(_GONE + _SOLVE)

    def symeig(self, eigenvectors: bool = False) -> Any:
        """Removed from PyTorch: torch.linalg.eigh."""
        raise RuntimeError(_GONE + _SYMEIG)

    def reinforce(self, reward: Any) -> Any:
        """Removed from PyTorch: torch.distributions."""
        raise RuntimeError(_REINFORCE)

    def lu(self, pivot: bool = True, get_infos: bool = False) -> Any:
        """The packed LU factorization and its pivots (deprecated: torch.linalg.lu_factor)."""
        from rushlight import functional

        return tuple(functional.lu(self, pivot, get_infos))

    def resize(self, *sizes: Any) -> Any:
        """A view of other sizes (deprecated: reshape)."""
        warnings.warn("non-inplace resize is deprecated", stacklevel=3)
        tensor: Any = self
        return tensor.reshape(*sizes)

    def resize_as(self, tensor: Any) -> Any:
        """A view of another tensor's sizes (deprecated: reshape_as)."""
        warnings.warn("non-inplace resize_as is deprecated", stacklevel=3)
        own: Any = self
        return own.reshape(tensor.size())

    def index(self, positions: Any, dims: Any) -> Any:
        """Fails: there are no first-class dimensions."""
        raise NotImplementedError("rushlight has no first-class dimensions (functorch.dim), which Tensor.index() needs")

    def module_load(self, other: Any, assign: bool = False) -> Any:
        """What a module that loads a state puts in this parameter's place: the parameter with other's values, or other itself."""
        own: Any = self
        return other.detach() if assign else own.copy_(other).detach()

    def record_stream(self, s: Any) -> None:
        """Fails: the CPU has no streams."""
        raise NotImplementedError("Could not run 'aten::record_stream' with arguments from the 'CPU' backend.")

    def to_sparse_coo(self) -> Any:
        """The tensor in coordinate form."""
        own: Any = self
        return own.to_sparse()

    def const_data_ptr(self) -> int:
        """The address of the first element."""
        own: Any = self
        return int(own.data_ptr())

    @property
    def grad_dtype(self) -> Any:
        """The dtype that the leaf's gradient has; None lets it have any."""
        own: Any = self
        if not own.is_leaf:
            raise RuntimeError("grad_dtype can only be accessed on leaf tensors.")
        return own.__dict__.get("_grad_dtype", dtypes.of(self._array))

    @grad_dtype.setter
    def grad_dtype(self, value: Any) -> None:
        set_grad_dtype(self, value)


def set_grad_dtype(tensor: Any, value: Any) -> None:
    """Let a leaf's gradient have another dtype than the leaf: what a backward pass adds up is converted after it."""
    if not tensor.is_leaf:
        raise RuntimeError("grad_dtype can only be set on leaf tensors.")
    if value is not None and not isinstance(value, dtypes.dtype):
        raise RuntimeError(f"grad_dtype must be a torch.dtype or None, but got {type(value).__name__}")
    present = tensor.grad
    if present is not None and value is not None and present.dtype is not value:
        names = "float", "double", "c10::Half", "c10::BFloat16"
        have = dict(zip((dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16), names)).get(present.dtype, present.dtype.name)
        raise RuntimeError(
            f"Cannot set grad_dtype to '{value.cpp}' because there is already a gradient with dtype '{have}'. Please clear the gradient "
            "(.grad = None) before changing grad_dtype, or ensure the new grad_dtype matches the existing gradient's dtype."
        )
    fields = tensor.__dict__
    fields["_grad_dtype"] = value
    if value not in (None, tensor.dtype) and "_grad_dtype_hook" not in fields and tensor.requires_grad:
        fields["_grad_dtype_hook"] = tensor.register_post_accumulate_grad_hook(_convert)


def _convert(tensor: Any) -> None:
    wanted = tensor.__dict__["_grad_dtype"]
    if wanted is not None and tensor.grad.dtype is not wanted:
        tensor.grad = tensor.grad.to(wanted)
