"""Programs that the fuzzer wrote (``python tools/fuzz.py --write COUNT``), kept with PyTorch's answers."""

import fuzz


def program(statements):
    def run(torch, log):
        machine = fuzz.Machine(torch)
        log.tolerance(1e-4, 1e-5)
        for statement in statements:
            outcome = machine.execute(statement)
            log.add({"statement": statement, **outcome, "then": seen(machine, fuzz.names_in(statement))})
        log.add({"at the end": seen(machine, list(machine.tensors()))})

    return run


def seen(machine, names):
    """What the fuzzer looks at, without how floats print: that is a matter of rounding here, and tested elsewhere."""
    found = machine.observe(names)
    for tensor in found.values():
        if isinstance(tensor, dict):
            tensor.pop("print", None)
    return found


globals().update({name: program(statements) for name, statements in fuzz.kept_programs().items()})
