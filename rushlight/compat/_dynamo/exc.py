"""torch._dynamo.exc: errors of PyTorch's compiler, for programs that catch them."""

from __future__ import annotations

from typing import Any


class TorchDynamoException(RuntimeError):
    """The base of the compiler's errors."""


class InternalTorchDynamoError(TorchDynamoException):
    """Never raised here."""


class ResumePrologueTracingError(TorchDynamoException):
    """Never raised here."""


class RestartAnalysis(TorchDynamoException):
    """Never raised here."""


class SkipFrame(TorchDynamoException):
    """Never raised here."""


class TorchRuntimeError(TorchDynamoException):
    """Never raised here."""


class InvalidBackend(TorchDynamoException):
    """A name of no backend."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Invalid backend: {name!r}, see `torch._dynamo.list_backends()` for available backends.")


class ResetRequired(TorchDynamoException):
    """Never raised here."""


class BackendCompilerFailed(TorchDynamoException):
    """Never raised here."""


class Unsupported(TorchDynamoException):
    """Never raised here."""


class FailOnRecompileLimitHit(TorchDynamoException):
    """Never raised here."""


class RecompileError(TorchDynamoException):
    """Never raised here."""


class ArgsMismatchError(Unsupported):
    """Never raised here."""


class AttributeMutationError(Unsupported):
    """Never raised here."""


class CondOpArgsMismatchError(ArgsMismatchError):
    """Never raised here."""


class UserError(Unsupported):
    """Never raised here."""

    def __init__(self, error_type: Any = None, msg: str = "", case_name: str | None = None) -> None:
        super().__init__(msg)
        self.error_type, self.message = error_type, msg


class UncapturedHigherOrderOpError(Unsupported):
    """Never raised here."""


class IncorrectUsage(Exception):
    """Never raised here."""


for _value in list(globals().values()):
    if isinstance(_value, type) and issubclass(_value, Exception):
        _value.__module__ = "torch._dynamo.exc"
