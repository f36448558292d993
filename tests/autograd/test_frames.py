"""Debuggers, pytest and tracebacks read the variables of frames: also of functions whose code watch() exchanged."""

import pytest

import rushlight as torch
from rushlight import overrides


def test_variables_of_watched_functions_can_be_read() -> None:
    overrides.get_testing_overrides()
    with pytest.raises(NotImplementedError) as caught:
        torch.quantized_gru([[1]], [1.0], (3,))
    trace, names = caught.value.__traceback__, []
    while trace is not None:
        names.append(dict(trace.tb_frame.f_locals).keys())
        trace = trace.tb_next
    assert any("_watched" in each for each in names)
