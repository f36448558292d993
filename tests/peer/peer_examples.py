"""The examples, shortened: the first twenty losses, the same keys and the same answers."""

import builtins
import sys
import types
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def example(torch, name):
    """An example as a module whose `import torch` gives the library at hand."""
    made = {}

    def imported(wanted, *arguments):
        if wanted == "torch":
            return torch
        if not (EXAMPLES / f"{wanted}.py").exists():
            return builtins.__import__(wanted, *arguments)
        if wanted not in made:
            path = EXAMPLES / f"{wanted}.py"
            made[wanted] = module = types.ModuleType(wanted)
            module.__file__ = str(path)
            module.__builtins__ = {**vars(builtins), "__import__": imported}
            sys.modules[wanted] = module  # where classes are made, their module is looked for
            try:
                exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), vars(module))
                vars(module).update(progress=range, save_plot=lambda name, draw: None)
            finally:
                del sys.modules[wanted]
        return made[wanted]

    return imported(name)


def seen(torch, log, model, losses):
    log(losses, list(model.state_dict()))
    log.tolerance(2e-3, 5e-4)
    log([value.double().abs().sum().item() for value in model.state_dict().values()])


def digits(torch, log, build):
    log.tolerance(2e-4, 2e-5)
    torch.manual_seed(0)
    module = example(torch, "digits_cnn" if build == "Network" else "digits_mlp")
    data, test = module.load()
    model = getattr(module, build)()
    losses = module.train(model, data, epochs=3, limit=20)
    seen(torch, log, model, losses)
    log(round(module.accuracy(model, *test), 1))


def digits_mlp(torch, log):
    digits(torch, log, "build")


def digits_cnn(torch, log):
    digits(torch, log, "Network")


def character_transformer(torch, log):
    log.tolerance(2e-4, 2e-5)
    torch.manual_seed(0)
    module = example(torch, "character_transformer")
    alphabet, codes = module.encode("rushes were soaked in fat, and gave light to those who could not pay for candles. " * 4)
    model = module.Transformer(len(alphabet), width=32, heads=2)
    seen(torch, log, model, module.train(model, codes, 20))
    log(module.write(model, alphabet, "rush", 20))


def gaussian_process(torch, log):
    log.tolerance(1e-7, 1e-8)
    module = example(torch, "gaussian_process")
    x, y = module.load()
    model = module.GaussianProcess()
    seen(torch, log, model, module.train(model, x[:60], y[:60], 20))
    with torch.no_grad():
        log(*model.predict(x[:60], y[:60], x[60:66]))


def neural_ode(torch, log):
    log.tolerance(2e-4, 2e-5)
    torch.manual_seed(0)
    module = example(torch, "neural_ode")
    model = module.build()
    seen(torch, log, model, module.train(model, 20))


def iris(torch, log):
    log.tolerance(1e-5, 1e-6)
    torch.manual_seed(0)
    module = example(torch, "iris")
    table, kinds = module.load()
    model = torch.nn.Linear(4, 3, dtype=torch.float64)
    seen(torch, log, model, module.train(model, table, kinds, 20))
