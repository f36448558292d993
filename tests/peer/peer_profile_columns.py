"""What profiles say of memory, operations, stacks and sequence numbers."""


def memory_and_operations(torch, log):
    with torch.autograd.profiler.profile(profile_memory=True, with_flops=True, use_kineto=False) as prof:
        log(torch.autograd._profiler_enabled())
        a = torch.ones(64, 64)
        b = a @ a
        c = b + a
        c * 2
    log(torch.autograd._profiler_enabled())
    for event in prof.function_events:
        if event.name in ("aten::ones", "aten::mm", "aten::add", "aten::mul"):
            log(event.name, event.cpu_memory_usage, event.flops, event.input_shapes[:2])
    titles = prof.key_averages().table().splitlines()[1].split("  ")
    log([title.strip() for title in titles if title.strip()])


def sequence_numbers(torch, log):
    x = torch.ones(2, requires_grad=True)
    with torch.autograd.profiler.profile(use_kineto=False) as prof:
        y = x.exp()
        torch.rand(2)
        y.sum().backward()
    numbers = {event.name: event.sequence_nr for event in prof.function_events}
    log(numbers["aten::exp"] == numbers["ExpBackward0"], numbers["aten::sum"] == numbers["SumBackward0"], numbers["aten::rand"], numbers["aten::empty"])


def events_made_by_hand(torch, log):
    util = torch.autograd.profiler_util
    events = util.EventList()
    for index, (thread, start, end) in enumerate([(1, 0, 10), (1, 2, 5), (1, 3, 4), (0, 1, 2), (1, 6, 8)]):
        made = util.FunctionEvent(id=index, name="ab"[index % 2], thread=thread, start_us=start, end_us=end, node_id=0, input_shapes=[], stack=[])
        events.append(made)
    events._populate_cpu_children()
    events._tree_built = True
    log([[child.id for child in event.cpu_children] for event in events], [event.self_cpu_time_total for event in events])
    mean = events.key_averages()[0]
    log(mean.count, mean.cpu_time_total, mean.self_cpu_time_total, mean.cpu_time, mean.key)
    both = util.FunctionEventAvg()
    both.add(events[0])
    both.add(events[2])
    both.add(both)
    log(both.count, both.cpu_time_total)
    try:
        both.add(util.FunctionEvent(id=9, name="other", thread=0, start_us=0, end_us=1))
    except AssertionError:
        log("another key")


def blocks_by_operator(torch, log):
    with torch.autograd.profiler.profile(use_kineto=False) as prof:
        handle = torch.ops.profiler._record_function_enter_new("mine", None)
        torch.ones(2) * 2
        torch.ops.profiler._record_function_exit(handle)
    log([event.count for event in prof.function_events if event.name == "mine"])
