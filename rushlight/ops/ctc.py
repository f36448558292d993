"""ctc_loss: the likelihood of label sequences, summed over their alignments with the steps of the input."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core import dtypes
from rushlight._core.tensor import TensorBase, wrap
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.pointwise import no_derivative

_WHERE = "(while checking arguments for ctc_loss_allocate_outputs)"


def _check(log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int) -> None:
    if log_probs.ndim != 3:
        raise RuntimeError(
            f"Expected 3-dimensional tensor, but got {log_probs.ndim}-dimensional tensor for argument #1 'log_probs' {_WHERE}"
        )
    if log_probs.size == 0:
        raise RuntimeError("log_probs tensor must not be empty")
    if targets.ndim not in (1, 2):
        raise RuntimeError(f"Expected 1 to 2 dimensions, but got {targets.ndim}-dimensional tensor for argument #2 'targets' {_WHERE}")
    steps, batch, labels = log_probs.shape
    if not 0 <= blank < labels:
        raise RuntimeError("blank must be in label range")
    for name, lengths in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        if len(lengths) != batch:
            raise RuntimeError(f"{name} must be of size batch_size")
    for name, lengths, most in (("target_lengths", target_lengths, None), ("input_lengths", input_lengths, steps)):
        for length in lengths:
            if length < 0:
                raise RuntimeError(f"Expected {name} to have value at least 0, but got value {length} {_WHERE}")
            if most is not None and length > most:
                raise RuntimeError(f"Expected {name} to have value at most {most}, but got value {length} {_WHERE}")
        if name == "target_lengths":
            _check_targets(targets, lengths)


def _check_targets(targets: Any, lengths: Any) -> None:
    if targets.ndim == 1 and targets.shape[0] != sum(lengths):
        raise RuntimeError(
            f"Expected tensor to have size {sum(lengths)} at dimension 0, but got size {targets.shape[0]} for argument #2 'targets' "
            f"{_WHERE}"
        )
    if targets.ndim == 2 and targets.shape[1] < max(lengths):
        raise RuntimeError(
            f"Expected tensor to have size at least {max(lengths)} at dimension 1, but got size {targets.shape[1]} for argument #2 "
            f"'targets' {_WHERE}"
        )


class _Alignment:
    """The labels of each sample with blanks before, between and after them, as one matrix; what lies behind a sample's end is blank."""

    def __init__(self, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: int) -> None:
        batch = log_probs.shape[1]
        self.rows = np.arange(batch)
        self.steps = np.asarray(input_lengths, np.int64)
        self.sizes = np.asarray(target_lengths, np.int64)
        self.labels = np.full((batch, 2 * int(self.sizes.max(initial=0)) + 1), blank, np.int64)
        start = 0
        for row, size in enumerate(target_lengths):
            self.labels[row, 1 : 2 * size : 2] = targets[row, :size] if targets.ndim == 2 else targets[start : start + size]
            start += size
        self.inside = np.arange(self.labels.shape[1]) <= 2 * self.sizes[:, None]
        # Where a blank may be left out: between labels that differ.
        self.skips = np.zeros(self.labels.shape, bool)
        self.skips[:, 2:] = self.labels[:, 2:] != self.labels[:, :-2]
        wide = log_probs.astype(np.float64, copy=False)
        self.emitted = np.where(self.inside, np.take_along_axis(wide, self.labels[None].repeat(len(wide), 0), 2), -np.inf)

    def ends(self) -> tuple[Any, Any]:
        """The last place of each sample, and the one before (the same where there is none)."""
        last = 2 * self.sizes
        return last, np.maximum(last - 1, 0)


def _shifted(values: Any, by: int) -> Any:
    """The values `by` places further on, -inf where none were."""
    found = np.full_like(values, -np.inf)
    if by > 0:
        found[:, by:] = values[:, :-by]
    else:
        found[:, :by] = values[:, -by:]
    return found


def _forward(known: _Alignment) -> tuple[Any, Any]:
    """The logarithms of the probabilities of all beginnings, and the negative ones of the whole."""
    alpha = np.full_like(known.emitted, -np.inf)
    alpha[0, :, :2] = known.emitted[0, :, :2]
    for step in range(1, len(alpha)):
        before = alpha[step - 1]
        reached = np.logaddexp(before, _shifted(before, 1))
        reached = np.where(known.skips, np.logaddexp(reached, _shifted(before, 2)), reached)
        alpha[step] = np.where((step < known.steps)[:, None], reached + known.emitted[step], -np.inf)
    last, second = known.ends()
    final = alpha[np.maximum(known.steps - 1, 0), known.rows]
    total = np.where(
        known.sizes > 0, np.logaddexp(final[known.rows, last], final[known.rows, second]), final[known.rows, last]
    )
    nothing = np.where(known.sizes == 0, 0.0, -np.inf)
    return alpha, -np.where(known.steps == 0, nothing, total)


def _backward(known: _Alignment) -> Any:
    """The logarithms of the probabilities of all endings."""
    beta = np.full_like(known.emitted, -np.inf)
    last, second = known.ends()
    skips = np.zeros_like(known.skips)
    skips[:, :-2] = known.skips[:, 2:]
    for step in range(len(beta) - 1, -1, -1):
        if step + 1 < len(beta):
            after = beta[step + 1]
            reached = np.logaddexp(after, _shifted(after, -1))
            beta[step] = np.where(skips, np.logaddexp(reached, _shifted(after, -2)), reached) + known.emitted[step]
        ending = known.rows[known.steps == step + 1]
        beta[step, ending] = -np.inf
        for place in (last, second):
            beta[step, ending, place[ending]] = known.emitted[step, ending, place[ending]]
    return beta


@op(
    "_ctc_loss_backward", tensors=("grad", "log_probs", "targets", "neg_log_likelihood", "log_alpha"), grad_fn="NotImplemented",
    **{"grad, log_probs": no_derivative("_ctc_loss_backward")},
)  # fmt: skip
def ctc_loss_backward(
    grad: Any, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, neg_log_likelihood: Any, log_alpha: Any,
    blank: Any, zero_infinity: Any = False,
) -> Any:  # fmt: skip
    """The gradient of ctc_loss: what the model gives each label at each step, less what the alignments give it."""
    known = _Alignment(log_probs, targets, input_lengths, target_lengths, blank)
    with np.errstate(all="ignore"):
        alpha, loss = _forward(known)
        both = alpha + _backward(known)
        peak = both.max(axis=2, keepdims=True)
        peak = np.where(np.isfinite(peak), peak, 0)
        found = np.zeros(log_probs.shape)
        labels = np.broadcast_to(known.labels, both.shape)
        steps = np.arange(len(both))[:, None, None]
        np.add.at(found, (steps, known.rows[None, :, None], labels), np.exp(both - peak))
        share = np.exp(np.log(found) + peak + loss[None, :, None] - log_probs)
        result = (np.exp(log_probs) - share) * grad[None, :, None]
    result[np.arange(len(result))[:, None] >= known.steps] = 0
    if zero_infinity:
        result[:, np.isinf(loss)] = 0
    return result.astype(log_probs.dtype)


@op(
    "_ctc_loss", tensors=("log_probs", "targets"), outputs=("result0", "result1"), pack=tuple, grad_fn="CtcLossBackward0",
    log_probs=lambda grad, log_probs, targets, input_lengths, target_lengths, result0, result1, blank, zero_infinity: ctc_loss_backward(
        grad, log_probs, targets, input_lengths, target_lengths, result0, result1, blank, zero_infinity
    ),
)  # fmt: skip
def ctc_loss_parts(
    log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: Any = 0, zero_infinity: Any = False
) -> Any:
    """The loss of each sample, and what the backward pass takes from its computation."""
    if dtypes.of(log_probs).name not in ("float32", "float64"):
        raise NotImplementedError(f"\"ctc_loss_cpu\" not implemented for '{dtypes.of(log_probs).cpp}'")
    _check(log_probs, targets, input_lengths, target_lengths, blank)
    known = _Alignment(log_probs, targets, input_lengths, target_lengths, blank)
    with np.errstate(all="ignore"):
        alpha, loss = _forward(known)
    return loss.astype(log_probs.dtype), np.ascontiguousarray(alpha.transpose(1, 0, 2)).astype(log_probs.dtype)


@composite("ctc_loss.IntList", "ctc_loss.Tensor")
def ctc_loss(
    log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: Any = 0, reduction: Any = 1, zero_infinity: Any = False
) -> Any:
    """ctc_loss of a batch, or of one sample, reduced."""
    lengths = []
    for name, values in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        if isinstance(values, TensorBase):
            if values._array.dtype.kind not in "iu":
                raise RuntimeError(f"{name} must be integral")
            values = [int(value) for value in values._array.reshape(-1)]
        lengths.append(list(values))
    batched = log_probs.dim() == 3
    loss = ctc_loss_parts(log_probs if batched else log_probs.unsqueeze(1), targets, *lengths, blank, zero_infinity)[0]
    if zero_infinity:
        infinite = loss == float("inf")
        loss = REGISTRY["where.self"](infinite, wrap(np.zeros((), loss._array.dtype)), loss)
    if reduction == 1:
        sizes = wrap(np.maximum(np.asarray(lengths[1]), 1).astype(loss._array.dtype))
        return (loss / sizes).mean()
    if reduction == 2:
        return loss.sum()
    return loss if batched else loss.squeeze(0)
