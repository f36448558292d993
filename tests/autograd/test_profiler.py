"""Profilers: which events there are, how they nest, tables, traces, schedules; and that nothing stays switched on."""

import json
import warnings

import pytest

import rushlight as torch
from rushlight import profiler
from rushlight.autograd import profiler as autograd_profiler


def names(prof):
    return [event.name for event in prof.events()]


def profiled(run, **options):
    with profiler.profile(**options) as prof:
        run()
    return prof


def test_events_of_operators_blocks_and_nodes():
    x = torch.ones(3, requires_grad=True)

    def run():
        with profiler.record_function("mine"):
            y = torch.nn.functional.relu(x @ torch.ones(3, 3)).sum()
        y.backward()

    prof = profiled(run)
    found = names(prof)
    assert found[0] == "mine"
    for name in ("aten::ones", "aten::matmul", "aten::relu", "aten::sum", "autograd::engine::evaluate_function: SumBackward0"):
        assert name in found
    mine = prof.events()[0]
    assert "aten::matmul" in [child.name for child in mine.cpu_children]
    assert "aten::relu" in [child.name for child in mine.cpu_children]
    assert x.grad.tolist() == [3.0, 3.0, 3.0]
    assert all(event.cpu_time_total >= event.self_cpu_time_total >= 0 for event in prof.events())


def test_sums_shapes_and_table():
    prof = profiled(lambda: [torch.ones(2, 3).sin().cos() for _ in range(4)], record_shapes=True)
    averages = {entry.key: entry for entry in prof.key_averages()}
    assert averages["aten::sin"].count == 4
    assert averages["aten::sin"].cpu_time_total == pytest.approx(4 * averages["aten::sin"].cpu_time)
    by_shape = {(entry.key, str(entry.input_shapes)) for entry in prof.key_averages(group_by_input_shape=True)}
    assert ("aten::cos", "[[2, 3]]") in by_shape
    text = prof.key_averages().table(sort_by="count", row_limit=2)
    lines = text.splitlines()
    assert lines[0] == lines[2] == lines[-2]
    assert set(lines[0]) == {"-", " "}
    assert lines[1].split() == "Name Self CPU % Self CPU CPU total % CPU total CPU time avg # of Calls".split()
    assert len(lines) == 7
    assert lines[-1].startswith("Self CPU time total: ")
    assert "Input Shapes" in prof.key_averages(group_by_input_shape=True).table()
    total = prof.events().total_average()
    assert total.key == "Total"
    assert total.self_cpu_time_total == pytest.approx(prof.events().self_cpu_time_total)


def test_chrome_trace(tmp_path):
    prof = profiled(lambda: torch.ones(2).exp())
    path = tmp_path / "trace.json"
    prof.export_chrome_trace(str(path))
    events = [event for event in json.loads(path.read_text())["traceEvents"] if event["ph"] == "X"]
    assert [event["name"] for event in events] == ["aten::ones", "aten::empty", "aten::exp"]
    assert all(event["dur"] >= 0 and event["cat"] == "cpu_op" for event in events)
    assert events[0]["ts"] + events[0]["dur"] <= events[2]["ts"]


def test_schedule():
    made = []
    plan = profiler.schedule(wait=1, warmup=1, active=2, repeat=1)
    actions = [plan(step).name for step in range(6)]
    assert actions == ["NONE", "WARMUP", "RECORD", "RECORD_AND_SAVE", "NONE", "NONE"]
    with profiler.profile(schedule=plan, on_trace_ready=lambda prof: made.append((prof.step_num, names(prof)))) as prof:
        for _ in range(6):
            torch.ones(1)
            prof.step()
    assert made == [(4, ["ProfilerStep#2", "aten::ones", "aten::empty", "ProfilerStep#3", "aten::ones", "aten::empty"])]


def test_autograd_profile():
    x = torch.ones(2)
    with autograd_profiler.profile() as prof:
        x.sin()
        x.add_(1)
    assert [event.key for event in prof.function_events] == ["aten::sin", "aten::add_"]
    assert "aten::sin" in str(prof)
    assert prof.self_cpu_time_total > 0
    unfinished = autograd_profiler.profile()
    assert str(unfinished) == "<unfinished torch.autograd.profile>"
    with pytest.raises(RuntimeError, match="didn't finish running"):
        unfinished.table()
    with autograd_profiler.profile(enabled=False) as nothing:
        assert nothing is None


def test_everything_is_off_afterwards():
    with pytest.raises(ValueError, match="inside"), profiler.profile():
        raise ValueError("inside")
    from rushlight._core.state import GRAD, get_mode

    assert get_mode() == GRAD
    assert torch.overrides._len_torch_function_stack() == 0

    @profiler.record_function("named")
    def function():
        return 3

    assert function() == 3
    assert names(profiled(function)) == ["named"]


def test_emit_is_accepted():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with autograd_profiler.emit_nvtx(), autograd_profiler.emit_itt():
            torch.ones(1)
    assert len(caught) == 2
