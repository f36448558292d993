"""lstm, gru, rnn_tanh, rnn_relu: a fused operator for each layer and direction, and the public forms over them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rushlight._core import dtypes, loops
from rushlight._core.state import AUTOCAST, FORWARD_AD, GRAD, MODE, VMAP, get_mode
from rushlight._core.tensor import TensorBase, wrap
from rushlight.ops.carriers import array_of, wrap_like
from rushlight.ops.declare import REGISTRY, composite, op
from rushlight.ops.normalization_kernels import only, widened
from rushlight.ops.recurrent_steps import GRU, LSTM, Arrays, Layer, Plain, Rectified, Tensors
from rushlight.ops.view import size_at
from rushlight.ops.warn import warn_once

CELLS = {"lstm": LSTM, "gru": GRU, "rnn_tanh": Plain, "rnn_relu": Rectified}
# All steps of a layer in C, which numbers the cells in this order: None where they decline, and always in the pure form.
_native, _native_backward = loops.helper("recurrent"), loops.helper("recurrent_backward")
_MODES = {mode: number for number, mode in enumerate(CELLS)}


def _rows(steps: Any) -> Any:
    """All steps below each other, also where there are none."""
    return steps.reshape((math.prod(steps.shape[:-1]), steps.shape[-1]))


def _run_native(mode: str, layer: Layer, rows: Any) -> Any:
    """Outputs of all steps and what the backward pass needs, where all sequences have one length; None where NumPy has to do it."""
    if rows.dtype.char != "f" or layer.w_hr is not None or layer.sizes[0] != layer.sizes[-1] or _native is loops.nothing:
        return None
    gates = rows.dot(layer.w_ih.T)
    if layer.b_ih is not None:
        gates += layer.b_ih if layer.cell.adds_bias else layer.b_ih + layer.b_hh
    bias = np.zeros(gates.shape[1], gates.dtype) if layer.b_hh is None else layer.b_hh
    return _native(_MODES[mode], len(layer.sizes), layer.reverse, layer.hidden, layer.state, gates, layer.w_hh, bias)


def _native_gradients(mode: str, layer: Layer, rows: Any, output: Any, work: Any, grads: Any) -> Any:
    """What Layer.backward() gives, likewise."""
    if rows.dtype.char != "f" or layer.w_hr is not None or layer.sizes[0] != layer.sizes[-1]:
        return None
    steps, batch, reverse = len(layer.sizes), layer.sizes[0], layer.reverse
    output = output.reshape(rows.shape[0], output.shape[-1])
    plain = [None if grad is None else np.ascontiguousarray(grad) for grad in grads]
    found = _native_backward(_MODES[mode], steps, reverse, layer.hidden, layer.state, output, work, layer.w_hh, *plain)
    if found is None:
        return None
    gates, inner, hidden, state = found
    before = np.concatenate([output[batch:], layer.hidden] if reverse else [layer.hidden, output[:-batch]])
    biases = [None, None]
    if layer.b_ih is not None:
        total = Arrays.total(gates)
        biases = [total, total.copy() if inner is gates else Arrays.total(inner)]
    weights = [gates.T.dot(rows), inner.T.dot(before)]
    return [gates.dot(layer.w_ih), *weights, *biases, None, hidden, state if layer.cell.has_cell else None]


def _run(mode: str, input: Any, weights: Any, hidden: Any, state: Any, sizes: Any, reverse: bool) -> Any:
    """A layer's outputs, final states, and what its backward pass needs, all steps below each other."""
    cell = CELLS[mode]
    for value in (*weights, hidden, state):
        if value is not None and value.dtype != input.dtype:
            raise RuntimeError(f"expected all tensors of {mode} to have the same dtype, but got {input.dtype} and {value.dtype}")
    rows = _rows(np.ascontiguousarray(widened(input)))
    if rows.shape[1] != weights[0].shape[1]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows.shape[0]}x{rows.shape[1]} and {weights[0].shape[1]}x{weights[0].shape[0]})"
        )
    if hidden.shape[0] != sizes[0]:
        raise RuntimeError(
            f"The size of tensor a ({hidden.shape[0]}) must match the size of tensor b ({sizes[0]}) at non-singleton dimension 0"
        )
    layer = Layer(Arrays, cell, [widened(value) for value in weights], widened(hidden), widened(state), sizes, reverse)
    native = _run_native(mode, layer, rows)
    if native is not None:
        found, work = native
        outputs, states = _by_step(layer, found), _by_step(layer, work[:, -found.shape[1] :])
        work = work if cell.kept > 1 else found[:0]
    else:
        outputs, states, kept = layer.forward(rows)
        found = np.concatenate(outputs)
        work = np.concatenate([np.concatenate(entry, axis=1) for entry in kept]) if cell.kept > 1 else found[:0]
    kind = input.dtype
    results = [found.reshape(*input.shape[:-1], found.shape[1]), np.array(layer.last(outputs))]
    results.append(np.array(layer.last(states)) if cell.has_cell else np.empty(0, found.dtype))
    return [*[value.astype(kind, copy=False) for value in results], work]


def _zeros_for(grads: Any, output: Any, hidden: Any, state: Any) -> list[Any]:
    """The gradients of output and final states, zeros for those that are not there."""
    found = []
    for grad, like in zip(grads, (output, hidden, state)):
        made = None if like is None else wrap_like(like, np.zeros(like.shape, array_of(like).dtype)) if grad is None else grad
        found.append(made)
    return found


def _gradients(
    mode: str, grads: Any, input: Any, weights: Any, hidden: Any, state: Any, output: Any, work: Any, sizes: Any, reverse: bool
) -> list[Any]:
    """The gradients of input, weights (five, with None) and first states."""
    cell = CELLS[mode]
    recorded = isinstance(input, TensorBase) and get_mode() & (GRAD | VMAP | FORWARD_AD)  # else no gradient is batched or dual
    grads = _zeros_for(grads, output, hidden, state)
    if recorded:
        rows = _rows(input)
        layer = Layer(Tensors, cell, weights, hidden, state, sizes, reverse)
        outputs, states, kept = layer.forward(rows)
        flat = _rows(grads[0])
        found = layer.backward(rows, outputs, states, kept, flat, grads[1], grads[2])
        found[0] = found[0].reshape(input.shape)
        return found
    kind = array_of(input).dtype
    plain = [None if value is None else widened(array_of(value)) for value in (input, *weights, hidden, state, output, work, *grads)]
    rows = _rows(np.ascontiguousarray(plain[0]))
    layer = Layer(Arrays, cell, plain[1:6], plain[6], plain[7], sizes, reverse)
    found = _native_gradients(mode, layer, rows, plain[8], plain[9], plain[10:13])
    if found is not None:
        found[0] = found[0].reshape(input.shape)
        return [None if value is None else wrap_like(input, value.astype(kind, copy=False)) for value in found]
    outputs = _by_step(layer, _rows(plain[8]))
    kept = [Arrays.columns(entry, cell.kept) for entry in _by_step(layer, plain[9])] if cell.kept > 1 else [[entry] for entry in outputs]
    states = [entry[4] for entry in kept] if cell.has_cell else []
    found = layer.backward(rows, outputs, states, kept, _rows(plain[10]), plain[11], plain[12])
    found[0] = found[0].reshape(input.shape)
    return [None if value is None else wrap_like(input, value.astype(kind, copy=False)) for value in found]


def _by_step(layer: Layer, rows: Any) -> list[Any]:
    return [layer.step_rows(rows, step) for step in range(len(layer.sizes))]


# ---------------------------------------------------------------- the operators

_OUTPUTS = ("result0", "result1", "result2", "result3")


def _lstm_formula(
    grads: Any, input: Any, weight0: Any, weight1: Any, weight2: Any, weight3: Any, hx_: Any, cx_: Any, result0: Any, result3: Any,
    sizes: Any, reverse: Any, output_mask: Any,
) -> Any:  # fmt: skip
    weights = [weight0, weight1, weight2, weight3, None]
    found = _gradients("lstm", grads, input, weights, hx_, cx_, result0, result3, sizes, reverse)
    return only([*found[:5], found[6], found[7]], output_mask)


@op(
    "mkldnn_rnn_layer", tensors=("input", "weight0", "weight1", "weight2", "weight3", "hx_", "cx_"), outputs=_OUTPUTS,
    **{"input, weight0, weight1, weight2, weight3, hx_, cx_": _lstm_formula},
)  # fmt: skip
def lstm_layer(
    input: Any, weight0: Any, weight1: Any, weight2: Any, weight3: Any, hx_: Any, cx_: Any, sizes: Any, reverse: Any
) -> Any:
    """One direction of one LSTM layer."""
    return _run("lstm", input, [weight0, weight1, weight2, weight3, None], hx_, cx_, sizes, reverse)


def _projected_formula(
    grads: Any, input: Any, weight0: Any, weight1: Any, weight2: Any, weight3: Any, weight4: Any, hx_: Any, cx_: Any, result0: Any,
    result3: Any, sizes: Any, reverse: Any, output_mask: Any,
) -> Any:  # fmt: skip
    weights = [weight0, weight1, weight2, weight3, weight4]
    return only(_gradients("lstm", grads, input, weights, hx_, cx_, result0, result3, sizes, reverse), output_mask)


@op(
    "_lstm_projected_layer", tensors=("input", "weight0", "weight1", "weight2", "weight3", "weight4", "hx_", "cx_"), outputs=_OUTPUTS,
    **{"input, weight0, weight1, weight2, weight3, weight4, hx_, cx_": _projected_formula},
)  # fmt: skip
def lstm_projected_layer(
    input: Any, weight0: Any, weight1: Any, weight2: Any, weight3: Any, weight4: Any, hx_: Any, cx_: Any, sizes: Any, reverse: Any
) -> Any:
    """One direction of one LSTM layer whose hidden states are projected."""
    return _run("lstm", input, [weight0, weight1, weight2, weight3, weight4], hx_, cx_, sizes, reverse)


def _one_state_formula(
    grads: Any, input: Any, weight0: Any, weight1: Any, weight2: Any, weight3: Any, hx_: Any, result0: Any, result3: Any, sizes: Any,
    reverse: Any, mode: Any, output_mask: Any,
) -> Any:  # fmt: skip
    weights = [weight0, weight1, weight2, weight3, None]
    found = _gradients(mode, grads, input, weights, hx_, None, result0, result3, sizes, reverse)
    return only([*found[:5], found[6]], output_mask)


def _one_state_layer(
    input: Any, weight0: Any, weight1: Any, weight2: Any, weight3: Any, hx_: Any, sizes: Any, reverse: Any, mode: Any
) -> Any:
    """One direction of one layer of GRU or RNN."""
    return _run(mode, input, [weight0, weight1, weight2, weight3, None], hx_, None, sizes, reverse)


# Two operators, for autocast tells them apart.
rnn_layer, gru_layer = [
    op(
        name, tensors=("input", "weight0", "weight1", "weight2", "weight3", "hx_"), outputs=_OUTPUTS, grad_fn="RnnLayerBackward0",
        **{"input, weight0, weight1, weight2, weight3, hx_": _one_state_formula},
    )(_one_state_layer)
    for name in ("_rnn_layer", "_gru_layer")
]  # fmt: skip


def _layer(mode: str, input: Any, weights: Any, hidden: Any, state: Any, sizes: Any, reverse: bool) -> Any:
    if mode != "lstm":
        return (gru_layer if mode == "gru" else rnn_layer)(input, *weights[:4], hidden, sizes, reverse, mode)
    if weights[4] is not None:
        return lstm_projected_layer(input, *weights, hidden, state, sizes, reverse)
    return lstm_layer(input, *weights[:4], hidden, state, sizes, reverse)


# ---------------------------------------------------------------- layers upon layers


def _weights(params: Any, has_biases: bool, projected: bool) -> list[list[Any]]:
    """The parameters of each layer and direction: two weights, two biases, a projection; None for what is not there."""
    stride = (4 if has_biases else 2) + (1 if projected else 0)
    if len(params) % stride:
        raise RuntimeError("got an incorrect number of RNN parameters")
    found = []
    for start in range(0, len(params), stride):
        part = list(params[start : start + stride])
        biases = part[2:4] if has_biases else [None, None]
        found.append([*part[:2], *biases, part[-1] if projected else None])
    return found


def _stacked(
    mode: str, input: Any, hidden: Any, state: Any, params: Any, sizes: Any, has_biases: bool, num_layers: int, dropout: float,
    train: bool, bidirectional: bool,
) -> Any:  # fmt: skip
    """All layers: the last one's outputs, and the final states of every layer and direction."""
    projected = state is not None and hidden.shape[2] != state.shape[2]
    weights = _weights(params, has_biases, projected)
    directions = 2 if bidirectional else 1
    if hidden.shape[0] < num_layers * directions:
        raise RuntimeError("Expected more hidden states in stacked_rnn")
    if len(weights) < num_layers * directions:
        raise RuntimeError("Expected more weights in stacked_rnn" if len(weights) % directions == 0 else _slice_text(len(weights)))
    select = REGISTRY["select.int"]
    last_hidden, last_states = [], []
    for layer in range(num_layers):
        outputs = []
        for direction in range(directions):
            place = layer * directions + direction
            cell = None if state is None else select(state, 0, place)
            found = _layer(mode, input, weights[place], select(hidden, 0, place), cell, sizes, direction == 1)
            outputs.append(found[0])
            last_hidden.append(found[1])
            last_states.append(found[2])
        input = outputs[0] if directions == 1 else REGISTRY["cat"](outputs, input.ndim - 1)
        if dropout and train and layer < num_layers - 1:
            input = REGISTRY["dropout"](input, dropout, True)
    stack = REGISTRY["stack"]
    return (input, stack(last_hidden, 0), *([] if state is None else [stack(last_states, 0)]))


def _slice_text(count: int) -> str:
    return f"ArrayRef: invalid slice, N = {4 * count}; M = {4 * count}; size = {4 * count}"


def _padded(
    mode: str, input: Any, hidden: Any, state: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any,
    bidirectional: Any, batch_first: Any,
) -> Any:  # fmt: skip
    turn = REGISTRY["transpose.int"]
    size_at(input.shape, 1)
    rows = turn(input, 0, 1) if batch_first else input
    sizes = (rows.shape[1],) * rows.shape[0]
    if not sizes:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    found = _stacked(mode, rows, hidden, state, params, sizes, has_biases, num_layers, dropout, train, bidirectional)
    return (turn(found[0], 0, 1), *found[1:]) if batch_first else found


def _sizes_of(batch_sizes: Any) -> tuple[int, ...]:
    return tuple([int(size) for size in batch_sizes._array])


def _declare_one_state(mode: str) -> None:
    @composite(f"{mode}.input")
    def padded(
        input: Any, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any
    ) -> Any:
        return _padded(mode, input, hx, None, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)

    @composite(f"{mode}.data")
    def packed(
        data: Any, batch_sizes: Any, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any
    ) -> Any:
        sizes = _sizes_of(batch_sizes)
        return _stacked(mode, data, hx, None, params, sizes, has_biases, num_layers, dropout, train, bidirectional)


for _mode in ("gru", "rnn_tanh", "rnn_relu"):
    _declare_one_state(_mode)


def _two_states(hx: Any) -> Any:
    if len(hx) != 2:
        raise RuntimeError("lstm expects two hidden states")
    return hx


@composite("lstm.input")
def lstm(
    input: Any, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any, batch_first: Any
) -> Any:
    """Layers of LSTM over padded sequences."""
    hidden, state = _two_states(hx)
    if hidden.ndim > 2 and state.ndim > 2 and hidden.shape[2] != state.shape[2] and input.dtype in (dtypes.float32, dtypes.bfloat16):
        warn_once("LSTM with projections is not supported with oneDNN. Using default implementation.")
    return _padded("lstm", input, hidden, state, params, has_biases, num_layers, dropout, train, bidirectional, batch_first)


@composite("lstm.data")
def lstm_packed(
    data: Any, batch_sizes: Any, hx: Any, params: Any, has_biases: Any, num_layers: Any, dropout: Any, train: Any, bidirectional: Any
) -> Any:
    """Layers of LSTM over packed sequences."""
    hidden, state = _two_states(hx)
    sizes = _sizes_of(batch_sizes)
    token = MODE.set(get_mode() & ~AUTOCAST)  # autocast knows oneDNN's layers, which take no packed sequences
    try:
        return _stacked("lstm", data, hidden, state, params, sizes, has_biases, num_layers, dropout, train, bidirectional)
    finally:
        MODE.reset(token)


# ---------------------------------------------------------------- cells


def _check_cell(input: Any, hidden: Any, w_ih: Any, w_hh: Any, number: int = 0) -> None:
    size_at(input.shape, 1)
    if input.shape[1] != w_ih.shape[1]:
        raise RuntimeError(f"input has inconsistent input_size: got {input.shape[1]} expected {w_ih.shape[1]}")
    if input.shape[0] != size_at(hidden.shape, 0):
        raise RuntimeError(f"Input batch size {input.shape[0]} doesn't match hidden{number} batch size {hidden.shape[0]}")
    size_at(hidden.shape, 1)
    if hidden.shape[1] != w_hh.shape[1]:
        raise RuntimeError(f"hidden{number} has inconsistent hidden_size: got {hidden.shape[1]}, expected {w_hh.shape[1]}")


def _parts(value: Any, count: int) -> Any:
    if not value.shape[1]:  # split() would not know how many
        return REGISTRY["unsafe_split_with_sizes"](value, [0] * count, 1)
    return REGISTRY["unsafe_split.Tensor"](value, value.shape[1] // count, 1)


@composite("lstm_cell")
def lstm_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """One step of an LSTM: the new hidden and cell states."""
    if len(hx) != 2:
        raise RuntimeError("lstm_cell expects two hidden states")
    _check_cell(input, hx[0], w_ih, w_hh)
    _check_cell(input, hx[1], w_ih, w_hh, 1)
    linear, sigmoid, tanh = REGISTRY["linear"], REGISTRY["sigmoid"], REGISTRY["tanh"]
    i, f, g, o = _parts(linear(hx[0], w_hh, b_hh) + linear(input, w_ih, b_ih), 4)
    state = sigmoid(f) * hx[1] + sigmoid(i) * tanh(g)
    return sigmoid(o) * tanh(state), state


@composite("gru_cell")
def gru_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """One step of a GRU: the new hidden state."""
    _check_cell(input, hx, w_ih, w_hh)
    linear, sigmoid, tanh = REGISTRY["linear"], REGISTRY["sigmoid"], REGISTRY["tanh"]
    outer = _parts(linear(input, w_ih, b_ih), 3)
    inner = _parts(linear(hx, w_hh, b_hh), 3)
    reset, update = sigmoid(inner[0] + outer[0]), sigmoid(inner[1] + outer[1])
    new = tanh(outer[2] + inner[2] * reset)
    return (hx - new) * update + new


def _plain_cell(name: str, input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    _check_cell(input, hx, w_ih, w_hh)
    linear = REGISTRY["linear"]
    return REGISTRY[name](linear(hx, w_hh, b_hh) + linear(input, w_ih, b_ih))


@composite("rnn_tanh_cell")
def rnn_tanh_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """tanh(w_ih @ input + b_ih + w_hh @ hx + b_hh)."""
    return _plain_cell("tanh", input, hx, w_ih, w_hh, b_ih, b_hh)


@composite("rnn_relu_cell")
def rnn_relu_cell(input: Any, hx: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None) -> Any:
    """relu(w_ih @ input + b_ih + w_hh @ hx + b_hh)."""
    return _plain_cell("relu", input, hx, w_ih, w_hh, b_ih, b_hh)


# ---------------------------------------------------------------- packed sequences


def _places(sizes: Any) -> tuple[Any, Any]:
    """The step and the sequence of each row of a packed tensor."""
    sizes = np.asarray(sizes)
    steps = np.repeat(np.arange(sizes.size), sizes)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1])) if sizes.size else sizes
    return steps, np.arange(steps.size) - np.repeat(starts, sizes)


@op(
    "_packed_rows", kind="internal", grad_fn="PackPaddedSequenceBackward0",
    self=lambda grad, sizes, self_sym_sizes: _unpack(grad, self_sym_sizes, sizes),
)  # fmt: skip
def _pack(self: Any, sizes: Any) -> Any:
    """The rows of the steps that sequences have, below each other."""
    return self[_places(sizes)]


@op("_padded_rows", kind="internal", grad_fn="PadPackedSequenceBackward0", self=lambda grad, sizes: _pack(grad, sizes))
def _unpack(self: Any, shape: Any, sizes: Any, value: Any = 0.0) -> Any:
    """Packed rows in their places of a padded tensor."""
    found = np.full(shape, value, self.dtype)
    found[_places(sizes)] = self
    return found


@op(
    "_pack_padded_sequence.steps", tensors=("input", "lengths"), outputs=("result0", "result1"), pack=tuple,
    input=lambda grad, input_sym_sizes, result1, batch_first: _pack_backward(grad, input_sym_sizes, result1, batch_first),
)  # fmt: skip
def _pack_steps(input: Any, lengths: Any, batch_first: Any) -> Any:
    if batch_first:
        input = input.swapaxes(0, 1)
    sizes = np.array([(lengths > step).sum() for step in range(int(lengths[0]))], np.int64)
    return input[_places(sizes[: input.shape[0]])], sizes  # a length beyond the input's adds steps without rows


def _pack_backward(grad: Any, shape: Any, sizes: Any, batch_first: bool) -> Any:
    turned = (shape[1], shape[0], *shape[2:]) if batch_first else shape
    steps = tuple(array_of(sizes).tolist())
    if len(steps) > turned[0]:
        raise IndexError(f"select(): index {turned[0]} out of range for tensor of size {list(turned)} at dimension 0")
    found = _unpack(grad, turned, steps)
    return REGISTRY["transpose.int"](found, 0, 1) if batch_first else found


def _check_lengths(input: Any, lengths: Any, batch_first: bool) -> None:
    values = lengths._array
    if values.ndim != 1 or lengths.dtype.name != "int64":
        raise RuntimeError(f"'lengths' argument should be a 1D CPU int64 tensor, but got {values.ndim}D cpu {lengths.dtype.cpp} tensor")
    if not input._array.size:
        raise RuntimeError("Cannot pack empty tensors.")
    batch = input.shape[0 if batch_first else 1]
    if values.size != batch:
        raise RuntimeError(f"Expected `len(lengths)` to be equal to batch_size, but got {values.size} (batch_size={batch})")
    if (values <= 0).any():
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if (values[1:] > values[:-1]).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to "
            "pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability."
        )


@composite("_pack_padded_sequence")
def pack_padded_sequence(input: Any, lengths: Any, batch_first: Any) -> Any:
    """The rows of padded sequences (longest first) without the padding, and how many sequences each step has."""
    _check_lengths(input, lengths, batch_first)
    return _pack_steps(input, lengths, batch_first)


@composite("_pad_packed_sequence")
def pad_packed_sequence(data: Any, batch_sizes: Any, batch_first: Any, padding_value: Any, total_length: Any) -> Any:
    """Padded sequences of packed ones, and their lengths."""
    sizes = batch_sizes._array
    length = sizes.size
    if total_length > 0:
        if total_length < length:
            raise RuntimeError(
                "Expected total_length to be at least the length of the longest sequence in input, but got total_length="
                f"{total_length} and max sequence length being {length}"
            )
        length = total_length
    shape = (length, int(sizes[0]), *data.shape[1:])
    found = _unpack(data, shape, tuple(sizes.tolist()), padding_value)
    lengths = np.array([(sizes > place).sum() for place in range(int(sizes[0]))], np.int64)
    return REGISTRY["transpose.int"](found, 0, 1) if batch_first else found, wrap(lengths)
