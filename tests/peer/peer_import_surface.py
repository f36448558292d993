"""What a build for the CPU answers about devices and compilers; scripted, traced and compiled programs; one process of many."""

import warnings


def attempt(log, label, step):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            found = step()
        except Exception as error:
            found = f"{type(error).__name__}: {str(error)[:300]}"
        log(label, found)
    for entry in seen:
        log(f"{entry.category.__name__}: {str(entry.message)[:200]}")


def inside(block):
    with block:
        return "entered"


def devices(torch, log):
    for space, names in {
        "cuda": "is_available device_count is_initialized current_device get_device_name get_device_properties synchronize empty_cache "
        "memory_allocated max_memory_reserved memory_stats mem_get_info get_rng_state get_rng_state_all is_bf16_supported get_arch_list "
        "current_stream Stream Event CUDAGraph ipc_collect init is_current_stream_capturing",
        "mps": "is_available device_count synchronize empty_cache current_allocated_memory get_rng_state",
        "xpu": "is_available device_count current_device synchronize memory_allocated Stream",
        "mtia": "is_available device_count current_device synchronize",
        "accelerator": "is_available current_accelerator device_count current_device_index synchronize memory_allocated",
        "cpu": "is_available device_count current_device synchronize",
    }.items():
        for name in names.split():
            attempt(log, f"{space}.{name}", lambda space=space, name=name: getattr(getattr(torch, space), name)())
    for label, step in {
        "set_device": lambda: torch.cuda.set_device(0), "no device": lambda: torch.cuda.set_device(-1),
        "device": lambda: inside(torch.cuda.device(0)), "no device block": lambda: inside(torch.cuda.device(-1)),
        "stream": lambda: inside(torch.cuda.stream(None)), "range": lambda: inside(torch.cuda.nvtx.range("a")),
        "mark": lambda: torch.cuda.nvtx.mark("a"), "old autocast": lambda: inside(torch.cuda.amp.autocast()),
        "old scaler": lambda: torch.cuda.amp.GradScaler().is_enabled(), "cuda()": lambda: torch.ones(1).cuda(),
        "module": lambda: torch.nn.Linear(1, 1).cuda(), "to": lambda: torch.ones(1).to("cuda"),
    }.items():  # fmt: skip
        attempt(log, label, step)


def backends(torch, log):
    for name in ("cudnn", "mkldnn", "mkl", "mps", "nnpack", "openmp", "opt_einsum"):
        attempt(log, name, getattr(torch.backends, name).is_available)
    cudnn = torch.backends.cudnn
    log(cudnn.enabled, cudnn.benchmark, cudnn.deterministic, cudnn.version(), torch.backends.cuda.matmul.allow_tf32)
    with cudnn.flags(enabled=True, benchmark=True):
        log(cudnn.benchmark)
    log(cudnn.benchmark)
    attempt(log, "not a bool", lambda: setattr(cudnn, "enabled", 3))
    attempt(log, "unknown", lambda: setattr(torch.backends.cuda.matmul, "nowhere", True))
    attempt(log, "engine", lambda: setattr(torch.backends.quantized, "engine", "nowhere"))


def scripted_and_compiled(torch, log):
    def double(x: torch.Tensor, n: int = 2):
        return x * n

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(2, 2)
            self.k = 3

        def forward(self, x):
            return self.linear(x)

        @torch.jit.export
        def other(self, x):
            return x

    x = torch.ones(2, 2)
    attempt(log, "script", lambda: torch.jit.script(double)(x, 3))
    attempt(log, "module", lambda: repr(torch.jit.script(Model())))
    attempt(log, "attributes", lambda: [torch.jit.script(Model()).k, list(torch.jit.script(Model()).state_dict())])
    attempt(log, "freeze", lambda: torch.jit.freeze(Model()))
    attempt(log, "isinstance", lambda: torch.jit.isinstance([1, 2], list[int]))
    attempt(log, "fork", lambda: torch.jit.wait(torch.jit.fork(double, x)))
    log(torch.jit.is_scripting(), torch.jit.is_tracing(), torch.jit.annotate(list[int], [1]))
    log(torch.compile(double, backend="eager")(x), torch.compile(backend="eager")(double)(x), torch.compile(double, disable=True) is double)
    compiled = torch.compile(Model(), backend="eager")
    log(repr(compiled), list(compiled.state_dict()), compiled.k, compiled.training, type(compiled).__name__)
    compiled.k = 4
    log(compiled._orig_mod.k, compiled.eval()._orig_mod.training)
    attempt(log, "both", lambda: torch.compile(double, mode="default", options={}))
    log(torch.compiler.is_compiling(), torch.compiler.disable(double)(x), torch.compiler.allow_in_graph(double) is double)
    log(torch.cond(torch.tensor(True), lambda a: a + 1, lambda a: a - 1, (x,)))
    attempt(log, "pred", lambda: torch.cond(torch.tensor([True, False]), lambda a: a, lambda a: a, (x,)))
    log(torch.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 2), (torch.tensor(0), x))[1])
    log(torch.sym_max(1, 2.0), torch.sym_int(2.7), torch.sym_not(False), torch.sym_sum([1, 2]), isinstance(3, torch.SymInt))


def futures(torch, log):
    made = torch.futures.Future()
    later = made.then(lambda done: done.wait() + 1)
    log(made.done())
    made.set_result(3)
    log(made.wait(), made.value(), later.wait(), torch.futures.wait_all([made, later]))
    attempt(log, "twice", lambda: made.set_result(4))
    broken = torch.futures.Future()
    broken.set_exception(ValueError("broken"))
    attempt(log, "broken", broken.wait)


def one_process(torch, log):
    dist = torch.distributed
    x = torch.ones(2)
    for name in ("is_available", "is_initialized", "is_nccl_available", "get_rank", "get_world_size", "barrier", "destroy_process_group"):
        attempt(log, name, getattr(dist, name))
    attempt(log, "all_reduce", lambda: dist.all_reduce(x))
    attempt(log, "wrapped", lambda: torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(1, 1)))
    attempt(log, "no rank", lambda: dist.init_process_group("gloo", init_method="nowhere://x", rank=0, world_size=1))
    log(str(dist.Backend("NCCL")), str(dist.ReduceOp.SUM), str(dist.default_pg_timeout) if hasattr(dist, "default_pg_timeout") else "")
