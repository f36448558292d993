"""The modes of the current context (thread or task) in one integer, and the floating-point error state of kernels."""

from __future__ import annotations

from contextvars import Context, ContextVar
from typing import Any, Final

# The mode word. GRAD and INFERENCE are the common ones; every other bit sends a call to the general path of Op.
GRAD: Final = 1
INFERENCE: Final = 2
ANOMALY: Final = 4
SAVED_HOOKS: Final = 8
FUNCTION_MODE: Final = 16
FORWARD_AD: Final = 32
VMAP: Final = 64
AUTOCAST: Final = 128
PROFILE: Final = 512
EXOTIC: Final = 764  # every bit but the first two and NO_SUBCLASS
LEVELS: Final = 96  # FORWARD_AD and VMAP: they mean nothing to tensors that are neither dual nor batched
PASSABLE: Final = 97  # LEVELS and GRAD: modes in which plain tensors take the fast paths
NO_SUBCLASS: Final = 256  # tensors' __torch_function__ is not asked; no exotic mode, but the fast paths are off

MODE: Final[ContextVar[int]] = ContextVar("rushlight_mode", default=GRAD)
get_mode: Final = MODE.get


def is_grad_enabled() -> bool:
    """True where operations are recorded."""
    return bool(get_mode() & GRAD)


def with_grad(word: int, enabled: bool) -> int:
    """The mode word `word` with gradient recording on or off."""
    return word | GRAD if enabled else word & ~GRAD


class Counter:
    """A count that only grows: the sequence numbers that order nodes."""

    def __init__(self) -> None:
        self.value: int = 0


SEQUENCE: Final = Counter()


# NOTE [ NumPy's floating-point warnings ]
# PyTorch never warns on 1/0, log(-1) or an overflow, and a user's own np.errstate must stay theirs. NumPy keeps the error state in
# a context variable; entering np.errstate costs 1 us, setting and resetting the variable 0.1 us, and running the kernel in a
# context of its own, where the variable is set once and for all, 0.02 us. A context can be entered only once at a time, so a kernel
# that calls kernels, and a second thread, take the way in between.
def _load_error_state() -> tuple[Any, Any]:
    try:
        from numpy._core.umath import _extobj_contextvar, _make_extobj
    except ImportError as error:  # a NumPy that moved its internals: say so instead of printing wrong warnings
        raise ImportError("rushlight needs NumPy >= 2.0 (the ufunc error state was not found)") from error
    return _extobj_contextvar, _make_extobj(all="ignore")


_ERROR_STATE, _IGNORE = _load_error_state()
_error_get: Final = _ERROR_STATE.get
_error_set: Final = _ERROR_STATE.set
_error_reset: Final = _ERROR_STATE.reset
QUIET: Final = Context()
run_quiet: Final = QUIET.run  # run_quiet(kernel, *args); RuntimeError when the context is in use: then call quietly()
run_quiet(_error_set, _IGNORE)


def quiet_begin() -> Any:
    """Ignore floating-point errors in this context; returns what quiet_end() needs."""
    if _error_get() is _IGNORE:
        return None
    return _error_set(_IGNORE)


def quiet_end(token: Any) -> None:
    """Give the context its own floating-point error state back."""
    if token is not None:
        _error_reset(token)


# A pass that runs code of the user's (hooks, functions of his own) ignores floating-point errors itself; such code sees the state
# that the user had before the pass.
_USERS: Final[ContextVar[Any]] = ContextVar("rushlight_users_errors", default=None)


def pass_begin() -> Any:
    """Begin a pass in the user's own context: floating-point errors are ignored but by loudly(); returns what pass_end() needs."""
    users = _error_get()
    return (_USERS.set(users), _error_set(_IGNORE))


def pass_end(tokens: Any) -> None:
    """End what pass_begin() began."""
    _USERS.reset(tokens[0])
    _error_reset(tokens[1])


def loudly(function: Any, *args: Any) -> Any:
    """function(*args) with the floating-point error state that the user had when the pass began."""
    users = _USERS.get()
    if users is None or users is _error_get():
        return function(*args)
    token = _error_set(users)
    try:
        return function(*args)
    finally:
        _error_reset(token)


def quietly(kernel: Any, values: Any) -> Any:
    """kernel(*values) with floating-point errors ignored."""
    token = quiet_begin()
    try:
        return kernel(*values)
    finally:
        quiet_end(token)
