"""Recurrent layers step by step, forwards and backwards, on bare arrays or on tensors.

NOTE [ Backward through time ]
A layer runs over rows: all steps' inputs below each other, sizes[t] rows for step t (fewer as shorter sequences end). The products
with the input's weights are one product for all steps. The backward pass is written out once, in terms of a `Carrier`: with arrays
it starts from the gates that the forward pass kept; when it is itself to be differentiated it runs on tensors, from gates computed
anew, and every operation is recorded.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rushlight.ops.declare import REGISTRY

Values = list[Any]


class Arrays:
    """The operations of a layer on arrays."""

    join = staticmethod(lambda parts: parts[0] if len(parts) == 1 else np.concatenate(parts))
    side = staticmethod(lambda parts: np.concatenate(parts, axis=1))
    rows = staticmethod(lambda value, first, last: value[first:last])
    product = staticmethod(lambda a, b: a.dot(b))
    turn = staticmethod(lambda value: value.T)
    tanh = staticmethod(np.tanh)
    relu = staticmethod(lambda value: np.maximum(value, 0))
    relu_back = staticmethod(lambda grad, found: grad * (found > 0))
    total = staticmethod(lambda value: np.add.reduce(value, axis=0))

    @staticmethod
    def sigmoid(value: Any) -> Any:
        found = np.negative(value)
        np.exp(found, out=found)
        np.add(found, 1, out=found)
        return np.reciprocal(found, out=found)

    @staticmethod
    def columns(value: Any, count: int) -> Values:
        size = value.shape[1] // count
        return [value[:, place * size : (place + 1) * size] for place in range(count)]


class Tensors:
    """The operations of a layer on tensors, recorded."""

    join = staticmethod(lambda parts: parts[0] if len(parts) == 1 else REGISTRY["cat"](list(parts), 0))
    side = staticmethod(lambda parts: REGISTRY["cat"](list(parts), 1))
    product = staticmethod(lambda a, b: REGISTRY["mm"](a, b))
    turn = staticmethod(lambda value: REGISTRY["t"](value))
    tanh = staticmethod(lambda value: REGISTRY["tanh"](value))
    relu = staticmethod(lambda value: REGISTRY["relu"](value))
    relu_back = staticmethod(lambda grad, found: REGISTRY["threshold_backward"](grad, found, 0))
    sigmoid = staticmethod(lambda value: REGISTRY["sigmoid"](value))
    total = staticmethod(lambda value: REGISTRY["sum.dim_IntList"](value, (0,), False))

    @staticmethod
    def rows(value: Any, first: int, last: int) -> Any:
        return value if first == 0 and last == value.shape[0] else REGISTRY["narrow"](value, 0, first, last - first)

    @staticmethod
    def columns(value: Any, count: int) -> Values:
        size = value.shape[1] // count
        return [REGISTRY["narrow"](value, 1, place * size, size) for place in range(count)]


# ---------------------------------------------------------------- cells


class LSTM:
    """Gates i, f, g, o; kept: the gates and the cell state."""

    kept, has_cell, adds_bias = 5, True, False

    @staticmethod
    def step(on: Any, gates: Any, hidden: Any, cell: Any, weight: Any, bias: Any) -> tuple[Any, Any, Values]:
        i, f, g, o = on.columns(gates + on.product(hidden, weight), 4)
        i, f, g, o = on.sigmoid(i), on.sigmoid(f), on.tanh(g), on.sigmoid(o)
        following = f * cell + i * g
        return o * on.tanh(following), following, [i, f, g, o, following]

    @staticmethod
    def back(on: Any, kept: Values, before: Any, cell: Any, grad: Any, grad_cell: Any) -> tuple[Any, Any, Any, Any]:
        i, f, g, o, following = kept
        bent = on.tanh(following)
        grad_cell = grad_cell + grad * o * (1 - bent * bent)
        gates = on.side(
            [grad_cell * g * i * (1 - i), grad_cell * cell * f * (1 - f), grad_cell * i * (1 - g * g), grad * bent * o * (1 - o)]
        )
        return gates, gates, None, grad_cell * f

    @staticmethod
    def full(on: Any, kept: Values) -> Any:
        """The hidden state before its projection."""
        return kept[3] * on.tanh(kept[4])


class GRU:
    """Gates r, z, n; kept: the gates and the hidden state's part of n."""

    kept, has_cell, adds_bias = 4, False, True

    @staticmethod
    def step(on: Any, gates: Any, hidden: Any, cell: Any, weight: Any, bias: Any) -> tuple[Any, Any, Values]:
        inner = on.product(hidden, weight)
        first, second, third = on.columns(gates, 3)
        r, z, part = on.columns(inner if bias is None else inner + bias, 3)
        r, z = on.sigmoid(first + r), on.sigmoid(second + z)
        n = on.tanh(third + r * part)
        return (hidden - n) * z + n, None, [r, z, n, part]

    @staticmethod
    def back(on: Any, kept: Values, before: Any, cell: Any, grad: Any, grad_cell: Any) -> tuple[Any, Any, Any, Any]:
        r, z, n, part = kept
        of_n = grad * (1 - z) * (1 - n * n)
        of_z = grad * (before - n) * z * (1 - z)
        of_r = of_n * part * r * (1 - r)
        return on.side([of_r, of_z, of_n]), on.side([of_r, of_z, of_n * r]), grad * z, None


class Plain:
    """h' = tanh(...); kept: h' itself."""

    kept, has_cell, adds_bias = 1, False, False

    @staticmethod
    def step(on: Any, gates: Any, hidden: Any, cell: Any, weight: Any, bias: Any) -> tuple[Any, Any, Values]:
        found = on.tanh(gates + on.product(hidden, weight))
        return found, None, [found]

    @staticmethod
    def back(on: Any, kept: Values, before: Any, cell: Any, grad: Any, grad_cell: Any) -> tuple[Any, Any, Any, Any]:
        gates = grad * (1 - kept[0] * kept[0])
        return gates, gates, None, None


class Rectified:
    """h' = relu(...); kept: h' itself."""

    kept, has_cell, adds_bias = 1, False, False

    @staticmethod
    def step(on: Any, gates: Any, hidden: Any, cell: Any, weight: Any, bias: Any) -> tuple[Any, Any, Values]:
        found = on.relu(gates + on.product(hidden, weight))
        return found, None, [found]

    @staticmethod
    def back(on: Any, kept: Values, before: Any, cell: Any, grad: Any, grad_cell: Any) -> tuple[Any, Any, Any, Any]:
        gates = on.relu_back(grad, kept[0])
        return gates, gates, None, None


# ---------------------------------------------------------------- a layer


class Layer:
    """One layer in one direction: its cell, weights, first states and the sizes of its steps."""

    def __init__(
        self, on: Any, cell: Any, weights: Values, hidden: Any, state: Any, sizes: tuple[int, ...], reverse: bool
    ) -> None:
        self.on, self.cell, self.sizes, self.reverse = on, cell, sizes, reverse
        self.w_ih, self.w_hh, self.b_ih, self.b_hh, self.w_hr = weights
        self.hidden, self.state = hidden, state
        self.starts = [0]
        for size in sizes:
            self.starts.append(self.starts[-1] + size)

    def step_rows(self, value: Any, step: int) -> Any:
        return self.on.rows(value, self.starts[step], self.starts[step + 1])

    def order(self) -> list[int]:
        steps = list(range(len(self.sizes)))
        return steps[::-1] if self.reverse else steps

    def before(self, values: Values, first: Any, step: int) -> Any:
        """The state that step `step` started from."""
        on, sizes = self.on, self.sizes
        previous = step + 1 if self.reverse else step - 1
        if previous in (-1, len(sizes)):
            return on.rows(first, 0, sizes[step])
        if sizes[previous] >= sizes[step]:
            return on.rows(values[previous], 0, sizes[step])
        return on.join([values[previous], on.rows(first, sizes[previous], sizes[step])])

    def last(self, values: Values) -> Any:
        """The state of every sequence after its last step."""
        on, sizes = self.on, self.sizes
        if self.reverse:
            return values[0]
        parts, done = [values[-1]], sizes[-1]
        for step in range(len(sizes) - 2, -1, -1):
            if sizes[step] > done:
                parts.append(on.rows(values[step], done, sizes[step]))
                done = sizes[step]
        return on.join(parts)

    def forward(self, rows: Any) -> tuple[Values, Values, list[Values]]:
        """Hidden states, cell states and what is kept, by step."""
        on, count = self.on, len(self.sizes)
        gates = on.product(rows, on.turn(self.w_ih))
        if self.b_ih is not None:
            gates = gates + (self.b_ih if self.cell.adds_bias else self.b_ih + self.b_hh)
        weight = on.turn(self.w_hh)
        hidden: Values = [None] * count
        states: Values = [None] * count
        kept: list[Values] = [[]] * count
        for step in self.order():
            state = self.before(states, self.state, step) if self.cell.has_cell else None
            found = self.cell.step(on, self.step_rows(gates, step), self.before(hidden, self.hidden, step), state, weight, self.b_hh)
            hidden[step], states[step], kept[step] = found
            if self.w_hr is not None:
                hidden[step] = on.product(hidden[step], on.turn(self.w_hr))
        return hidden, states, kept

    # ------------------------------------------------------------ backwards

    def carry(self, value: Any, final: Any, step: int) -> Any:
        """The gradient that reaches a step's state from the step after it, and from the final state where sequences end."""
        on, sizes = self.on, self.sizes
        following = step - 1 if self.reverse else step + 1
        if following in (-1, len(sizes)):
            return on.rows(final, 0, sizes[step])
        if sizes[following] >= sizes[step]:
            return on.rows(value, 0, sizes[step])
        return on.join([value, on.rows(final, sizes[following], sizes[step])])

    def first(self, value: Any, parts: Values) -> Any:
        """The gradient of the first state."""
        return self.on.join([value, *parts[::-1]])

    def backward(
        self, rows: Any, hidden: Values, states: Values, kept: list[Values], grad: Any, grad_hidden: Any, grad_state: Any
    ) -> Values:
        """The gradients of the input, the five weights, and the first states."""
        on, sizes, cell = self.on, self.sizes, self.cell
        count = len(sizes)
        of_input, of_hidden, before = [None] * count, [None] * count, [None] * count
        projected: Values = [None] * count
        flow, flow_state = None, None
        ended: Values = []
        ended_states: Values = []
        for step in self.order()[::-1]:
            flow = self.carry(flow, grad_hidden, step) + self.step_rows(grad, step)
            projected[step] = flow
            inner = flow if self.w_hr is None else on.product(flow, self.w_hr)
            before[step] = self.before(hidden, self.hidden, step)
            state = self.before(states, self.state, step) if cell.has_cell else None
            if cell.has_cell:
                flow_state = self.carry(flow_state, grad_state, step)
            of_input[step], of_hidden[step], direct, flow_state = cell.back(on, kept[step], before[step], state, inner, flow_state)
            flow = on.product(of_hidden[step], self.w_hh)
            flow = flow if direct is None else flow + direct
            following = step + 1
            if self.reverse and following < count and sizes[following] < sizes[step]:
                ended.append(on.rows(flow, sizes[following], sizes[step]))
                if cell.has_cell:
                    ended_states.append(on.rows(flow_state, sizes[following], sizes[step]))
        gates, inner_gates = on.join(of_input), on.join(of_hidden)
        weights = [on.product(on.turn(gates), rows), on.product(on.turn(inner_gates), on.join(before))]
        biases = [None, None] if self.b_ih is None else [on.total(gates), on.total(inner_gates)]
        of_projection = None
        if self.w_hr is not None:
            of_projection = on.product(on.turn(on.join(projected)), on.join([cell.full(on, entry) for entry in kept]))
        ends = (sizes[-1] if self.reverse else sizes[0]) if sizes else 0
        first_state = self.first(on.rows(flow_state, 0, ends), ended_states) if cell.has_cell else None
        return [on.product(gates, self.w_ih), *weights, *biases, of_projection, self.first(on.rows(flow, 0, ends), ended), first_state]
