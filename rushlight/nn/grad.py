"""torch.nn.grad: gradients of convolutions, as functions."""

from __future__ import annotations

from typing import Any

from rushlight.nn.modules.utils import _pair, _single, _triple
from rushlight.ops.convolution import convolution_backward


def _gradient(dims: int, wanted: int) -> Any:
    """The gradient of a convolution's input (0) or weight (1)."""
    as_tuple = (_single, _pair, _triple)[dims - 1]

    def compute(input: Any, weight: Any, grad_output: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
        settings = (as_tuple(stride), as_tuple(padding), as_tuple(dilation), False, (0,), groups)
        mask = (wanted == 0, wanted == 1, False)
        return convolution_backward(grad_output, input, weight, None, *settings, mask)[wanted]

    if wanted == 0:

        def of_input(
            input_size: Any, weight: Any, grad_output: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
        ) -> Any:
            input = grad_output.new_empty(1).expand(input_size)
            return compute(input, weight, grad_output, stride, padding, dilation, groups)

        return of_input

    def of_weight(
        input: Any, weight_size: Any, grad_output: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
    ) -> Any:
        weight = grad_output.new_empty(1).expand(weight_size)
        return compute(input, weight, grad_output, stride, padding, dilation, groups)

    return of_weight


conv1d_input, conv2d_input, conv3d_input = [_gradient(dims, 0) for dims in (1, 2, 3)]
conv1d_weight, conv2d_weight, conv3d_weight = [_gradient(dims, 1) for dims in (1, 2, 3)]
