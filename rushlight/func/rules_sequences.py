"""Batching rules of what runs over sequences: embeddings and their bags, packed sequences, recurrent layers, ctc_loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight._core.tensor import TensorBase, wrap
from rushlight.func.batching import decomposed, front, full, loop_quietly, rank_of, rule
from rushlight.func.levels import Level
from rushlight.func.rules_nn import merged, parted
from rushlight.ops.declare import REGISTRY
from rushlight.ops.recurrent import CELLS
from rushlight.ops.recurrent_steps import Layer, Tensors

# ---------------------------------------------------------------- embeddings


@decomposed("embedding")
def _embedding(weight: Any, indices: Any, padding_idx: Any = -1, scale_grad_by_freq: Any = False, sparse: Any = False) -> Any:
    if padding_idx >= 0:  # its row has no gradient
        row = REGISTRY["select.int"](weight, 0, padding_idx)
        weight = REGISTRY["select_scatter"](weight, REGISTRY["detach"](row), 0, padding_idx)
    return REGISTRY["index.Tensor"](weight, [indices])


@decomposed("embedding_dense_backward")
def _embedding_backward(grad: Any, indices: Any, num_weights: Any, padding_idx: Any, scale_grad_by_freq: Any) -> Any:
    width = grad._array.shape[-1]
    rows, places = REGISTRY["reshape"](grad, (-1, width)), REGISTRY["reshape"](indices, (-1,))
    if padding_idx >= 0:
        keep = REGISTRY["unsqueeze"](REGISTRY["ne.Scalar"](places, padding_idx), 1)
        rows = rows * keep
    return REGISTRY["index_put"](grad.new_zeros((num_weights, width)), [places], rows, True)


# ---------------------------------------------------------------- bags of embeddings

_MAX = 2  # the mode


def _apart(value: Any, count: int, level: Level) -> Any:
    """Numbers below `count` of each example (first dimension) as numbers of all examples' things one behind the other."""
    offsets = np.arange(level.size, dtype=value._array.dtype) * count
    return value + wrap(offsets.reshape((-1, *(1,) * (value._array.ndim - 1))))


def _one_table(op: Any, values: list[Any], dims: list[Any]) -> bool:
    """Whether the bags of all examples can be those of one call: nothing counts from the end or by the index itself."""
    given = dict(zip(op.params, values))
    ranks = dict(zip(op.params, (rank_of(value, dim) if isinstance(value, TensorBase) else 0 for value, dim in zip(values, dims))))
    if given["include_last_offset"] or given["padding_idx"] >= 0 or given.get("scale_grad_by_freq") and "grad" in given:
        return False
    return not given.get("sparse") and ranks["indices"] == ranks["offsets"] == 1


@rule("_embedding_bag", "_embedding_bag_forward_only")
def _bags(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """The bags of all examples behind each other."""
    if not _one_table(op, values, dims) or rank_of(values[0], dims[0]) != 2:
        return loop_quietly(op, values, dims, level)
    found = list(values)
    indices, offsets = (full(values[place], dims[place], level) for place in (1, 2))
    bags, rows = offsets._array.shape[1], values[0]._array.shape[0] if dims[0] is None else 0
    if dims[0] is not None:
        table = front(values[0], dims[0])
        rows = table._array.shape[1]
        found[0], indices = merged(table), _apart(indices, rows, level)
    found[1], found[2] = merged(indices), merged(_apart(offsets, indices._array.shape[1], level))
    samples = op.params.index("per_sample_weights")
    if values[samples] is not None:
        found[samples] = merged(full(values[samples], dims[samples], level))
    output, bag, sizes, maxima = op.apply(found)
    if bag._array.size:
        bag = _apart(parted(bag, level.size), -bags, level)
    if values[op.params.index("mode")] == _MAX:
        maxima = _apart(parted(maxima, level.size), 0 if dims[0] is None else -rows, level)
    elif maxima._array.size:
        maxima = parted(maxima, level.size)
    found = [parted(output, level.size), bag, parted(sizes, level.size), maxima]
    return found, [0, 0 if bag._array.size else None, 0, 0 if maxima._array.size else None]


@rule("_embedding_bag_backward")
def _bags_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """Every example's gradient in a table of its own, behind each other."""
    if not _one_table(op, values, dims):
        return loop_quietly(op, values, dims, level)
    found = list(values)
    for place in op.tensor_params:
        if isinstance(values[place], TensorBase):
            found[place] = full(values[place], dims[place], level)
    grad, indices, offsets, bag, _, maxima, rows = found[:7]
    mode = values[op.params.index("mode")]
    found[1] = _apart(indices, rows, level)
    found[2] = _apart(offsets, indices._array.shape[1], level)
    found[3] = _apart(bag, grad._array.shape[1], level) if bag._array.size else bag
    found[5] = _apart(maxima, rows, level) if mode == _MAX else maxima
    for place in op.tensor_params:
        if isinstance(found[place], TensorBase):
            found[place] = merged(found[place])
    found[6] = rows * level.size
    return parted(op.apply(found), level.size), 0


@rule("_embedding_bag_per_sample_weights_backward")
def _samples_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    if not _one_table(op, values, dims):
        return loop_quietly(op, values, dims, level)
    grad, indices, offsets = (full(values[place], dims[place], level) for place in (0, 2, 3))
    table = values[1]
    if dims[1] is not None:
        table = front(table, dims[1])
        indices, table = _apart(indices, table._array.shape[1], level), merged(table)
    offsets = _apart(offsets, indices._array.shape[1], level)
    return parted(op.apply([merged(grad), table, merged(indices), merged(offsets), *values[4:]]), level.size), 0


# ---------------------------------------------------------------- packed sequences


@rule("_packed_rows", "_padded_rows")
def _packed(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    """Only the first dimensions are rearranged: the examples are counted in the last."""
    value = REGISTRY["movedim.int"](values[0], dims[0], -1)
    found = op.apply([value, *values[1:]] if op.name == "_packed_rows" else [value, (*values[1], level.size), *values[2:]])
    return found, found._array.ndim - 1


# ---------------------------------------------------------------- recurrent layers


def _steps(mode: str, input: Any, weights: Any, hidden: Any, state: Any, sizes: Any, reverse: Any) -> Any:
    """A layer step by step, by operators."""
    rows = REGISTRY["reshape"](input, (-1, input._array.shape[-1]))
    layer = Layer(Tensors, CELLS[mode], weights, hidden, state, sizes, reverse)
    outputs, states, _ = layer.forward(rows)
    found = REGISTRY["cat"](outputs, 0)
    last = layer.last(states) if layer.cell.has_cell else found.new_empty((0,))
    found = REGISTRY["reshape"](found, (*input._array.shape[:-1], found._array.shape[1]))
    return [found, layer.last(outputs), last, found.new_empty((0,))]


@decomposed("mkldnn_rnn_layer")
def _lstm(input: Any, w0: Any, w1: Any, w2: Any, w3: Any, hidden: Any, state: Any, sizes: Any, reverse: Any) -> Any:
    return _steps("lstm", input, [w0, w1, w2, w3, None], hidden, state, sizes, reverse)


@decomposed("_lstm_projected_layer")
def _projected(input: Any, w0: Any, w1: Any, w2: Any, w3: Any, w4: Any, hidden: Any, state: Any, sizes: Any, reverse: Any) -> Any:
    return _steps("lstm", input, [w0, w1, w2, w3, w4], hidden, state, sizes, reverse)


@decomposed("_rnn_layer", "_gru_layer")
def _one_state(input: Any, w0: Any, w1: Any, w2: Any, w3: Any, hidden: Any, sizes: Any, reverse: Any, mode: Any) -> Any:
    return _steps(mode, input, [w0, w1, w2, w3, None], hidden, None, sizes, reverse)


# ---------------------------------------------------------------- ctc_loss


def _samples_of_all(op: Any, values: list[Any], dims: list[Any], level: Level) -> Any:
    """log_probs, targets and lengths of all examples' samples as those of one batch; None where an example is no batch."""
    place = op.params.index("log_probs")
    source, target = (full(values[index], dims[index], level) for index in (place, place + 1))
    if source._array.ndim != 4 or target._array.ndim not in (2, 3):
        return None
    shape = source._array.shape
    source = REGISTRY["reshape"](REGISTRY["transpose.int"](source, 0, 1), (shape[1], shape[0] * shape[2], shape[3]))
    return [source, merged(target), *(list(lengths) * level.size for lengths in values[place + 2 : place + 4])]


@rule("_ctc_loss")
def _ctc(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    whole = _samples_of_all(op, values, dims, level)
    if whole is None:
        return loop_quietly(op, values, dims, level)
    return [parted(entry, level.size) for entry in op.apply([*whole, *values[4:]])], 0


@rule("_ctc_loss_backward")
def _ctc_backward(op: Any, values: list[Any], dims: list[Any], level: Level) -> tuple[Any, Any]:
    whole = _samples_of_all(op, values, dims, level)
    if whole is None:
        return loop_quietly(op, values, dims, level)
    grad, loss, alpha = (merged(full(values[place], dims[place], level)) for place in (0, 5, 6))
    found = op.apply([grad, *whole, loss, alpha, *values[7:]])
    steps, samples, labels = found._array.shape
    found = REGISTRY["reshape"](found, (steps, level.size, samples // level.size, labels))
    return REGISTRY["contiguous"](REGISTRY["transpose.int"](found, 0, 1)), 0
