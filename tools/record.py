"""Record PyTorch's answers to the programs of tests/peer: ``python tools/record.py [WORD ...]``.

A word picks the files whose name has it. A program must run through on PyTorch: errors that are meant are logged with
``log.error``. An answer that only differs within the tolerance is left as it is, so that recordings do not churn.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "peer"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import harness
import torch


def record(path: Path) -> int:
    """Write the file's recording; the number of programs that stopped with an error."""
    before = harness.read_recording(path)
    answers, failures = {}, 0
    for program in harness.load_programs(path):
        if program.name in before and not harness.as_recorded(program, torch):
            answers[program.name] = before[program.name]
            continue
        log = program.run(torch)
        last = log.entries[-1] if log.entries else {"program stopped": "nothing was logged", "text": ""}
        if isinstance(last, dict) and "program stopped" in last:
            failures += 1
            line = log.lines[-1] if log.lines else program.line
            print(f"{path.name}:{line} {program.name}: {last['program stopped']}: {last['text']}")
            continue
        old = before.get(program.name, [])
        answers[program.name] = log.entries if list(harness.compare_logs(old, log.entries)) else old
    written = harness.write_recording(path, answers, torch.__version__.split("+")[0])
    print(f"{written.name}: {len(answers)} programs, {written.stat().st_size / 1e3:.0f} kB")
    return failures


def main(words: list[str]) -> int:
    if torch.__name__ != "torch" or hasattr(torch, "rushlight_version") or "rushlight" in torch.__version__:
        print("this must run on PyTorch itself")
        return 1
    harness.warm_up(torch)
    files = [path for path in harness.program_files() if not words or any(word in path.name for word in words)]
    return min(sum([record(path) for path in files]), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
