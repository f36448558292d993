"""Run programs of this directory: `python _run.py torch|rushlight OUTDIR REPEATS PROGRAM...`; times and all that each printed go to OUTDIR/PROGRAM.json."""

import contextlib
import importlib.util
import io
import json
import os
import signal
import sys
import time
import traceback
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = int(os.environ.get("PACKAGES_LIMIT", "300"))  # seconds for one program


def declare_operators(torch):
    """torchvision asks for two of its compiled operators while it is imported; they load only beside the build of PyTorch they are for."""
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library


def out_of_time(*_):
    raise TimeoutError(f"more than {LIMIT} seconds")


def quiet(stream):
    return contextlib.redirect_stdout(stream), contextlib.redirect_stderr(io.StringIO())


def run(program, repeats):
    result = {"error": "", "import": 0.0, "run": 0.0, "output": ""}
    printed = io.StringIO()
    stack = contextlib.ExitStack()
    signal.alarm(LIMIT)
    try:
        for context in quiet(printed):
            stack.enter_context(context)
        start = time.process_time()
        spec = importlib.util.spec_from_file_location(program, os.path.join(HERE, program + ".py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[program] = module
        spec.loader.exec_module(module)
        result["import"] = time.process_time() - start
        module.run()
        result["output"] = printed.getvalue()
        times = []
        for _ in range(repeats):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                start = time.process_time()
                module.run()
                times.append(time.process_time() - start)
        result["run"] = min(times, default=0.0)
    except BaseException as error:
        result["output"] = result["output"] or printed.getvalue()
        result["error"] = f"{type(error).__name__}: {error}"
        result["traceback"] = traceback.format_exc()
    finally:
        signal.alarm(0)
        stack.close()
    return result


def main(which, out, repeats, *programs):
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, out_of_time)
    if which == "rushlight":
        import rushlight

        rushlight.install()
    import torch

    torch.set_num_threads(1)
    kept = declare_operators(torch) if which == "torch" else None  # rushlight has its own
    os.makedirs(out, exist_ok=True)
    for program in programs:
        result = run(program, int(repeats))
        with open(os.path.join(out, program + ".json"), "w", encoding="utf-8") as file:
            json.dump(result, file)
        print(which, program, f"import {result['import']:.1f} run {result['run']:.3f}", result["error"][:300], flush=True)
    del kept
    os._exit(0)  # some packages leave threads behind


if __name__ == "__main__":
    main(*sys.argv[1:])
