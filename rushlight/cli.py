"""``rushlight run FILE``: run a PyTorch program or notebook on rushlight, unchanged."""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import NoReturn

from rushlight import _install
from rushlight.version import __version__

_USAGE = """\
usage: rushlight run [options] FILE.py | FILE.ipynb | - [argument ...]
       rushlight run -m MODULE [argument ...]
       rushlight --version

Runs a program in which 'import torch' means rushlight, whether or not PyTorch is installed. A notebook's exit
status is 1 if a cell failed that does not carry Jupyter's tag raises-exception.

options for notebooks:
  --output-only   print what the cells output, without their text and numbers
  --stop          end at the first cell that fails
  --save OUT      write the executed notebook to OUT
"""
_USAGE_ERROR = 2  # what python itself exits with for a command line or a file it cannot use


_OWN_FILES = (__file__, os.path.join(os.path.dirname(__file__), "_notebook.py"))


def main(arguments: list[str] | None = None) -> int:
    """The command ``rushlight``; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in ("--version", "-V"):
        print("rushlight", __version__)
        return 0
    if not given or given[0] in ("--help", "-h", "help"):
        print(_USAGE, end="")
        return 0 if given else _USAGE_ERROR
    if given[0] != "run":
        return _usage_error(f"unknown command '{given[0]}'{_meant(given[0])}")
    return _run(given[1:])


def _usage_error(message: str) -> int:
    print(f"rushlight: {message}\n\n{_USAGE}", end="", file=sys.stderr)
    return _USAGE_ERROR


def _meant(word: str) -> str:
    """What to say after an unknown command, when it looks like `run` mistyped or left out."""
    if word.lower().endswith((".py", ".ipynb")):
        return f"; to run a file: rushlight run {word}"
    near = len(word) <= 4 and len({*"run"} & {*word.lower()}) >= 2
    return " (did you mean 'run'?)" if near else ""


def _run(given: list[str]) -> int:
    """Read the options before FILE; all that follows it belongs to the program."""
    options: dict[str, str | bool] = {}
    while given and given[0].startswith("-") and given[0] not in ("-", "-m"):
        option, has_value, value = given.pop(0).partition("=")
        if option in ("--help", "-h"):
            print(_USAGE, end="")
            return 0
        if option == "--save":
            if not has_value and not given:
                return _usage_error("--save needs the name of a file")
            options["save"] = value if has_value else given.pop(0)
        elif option in ("--output-only", "--stop") and not has_value:
            options[option[2:].replace("-", "_")] = True
        else:
            return _usage_error(f"unknown option '{option}'")
    if not given:
        return _usage_error("run needs a file")
    notebook = given[0].lower().endswith(".ipynb")
    if options and not notebook:
        return _usage_error("--output-only, --stop and --save are for notebooks")
    _install.install()
    if notebook:
        return _run_notebook(given, options)
    if given[0] == "-m":
        if len(given) == 1:
            return _usage_error("-m needs the name of a module")
        return _run_module(given[1], given[2:])
    return _run_script(given)


def _run_script(given: list[str]) -> int:
    if given[0] == "-":
        source, path, directory = sys.stdin.buffer.read(), "<stdin>", ""
    else:
        path = os.path.abspath(given[0])
        directory = os.path.dirname(os.path.realpath(path))
        try:
            with open(path, "rb") as file:
                source = file.read()
        except IsADirectoryError:
            print(f"rushlight: can't find '__main__' module in '{path}'", file=sys.stderr)
            return _USAGE_ERROR
        except OSError as error:
            print(f"rushlight: can't open file '{path}': [Errno {error.errno}] {error.strerror}", file=sys.stderr)
            return _USAGE_ERROR
    _prepare_import_path(directory)
    sys.argv[:] = given
    module = _new_main_module()
    if path != "<stdin>":
        from importlib.machinery import SourceFileLoader

        module.__file__ = path
        module.__cached__ = None
        module.__loader__ = SourceFileLoader("__main__", path)
    return _guarded(lambda: exec(compile(source, path, "exec", dont_inherit=True), vars(module)))


def _run_module(name: str, arguments: list[str]) -> int:
    import runpy

    _prepare_import_path(os.getcwd())
    sys.argv[:] = ["-m", *arguments]
    _new_main_module()
    # What python -m itself calls: it sets __file__, __spec__ and argv[0], and reports a missing module.
    return _guarded(lambda: runpy._run_module_as_main(name))  # type: ignore[attr-defined]


def _run_notebook(given: list[str], options: dict[str, str | bool]) -> int:
    from rushlight import _notebook

    path = os.path.abspath(given[0])
    try:
        notebook = _notebook.read(path)
    except OSError as error:
        print(f"rushlight: can't open file '{path}': [Errno {error.errno}] {error.strerror}", file=sys.stderr)
        return _USAGE_ERROR
    except _notebook.NotANotebook as error:
        print(f"rushlight: {path} is not a notebook: {error}", file=sys.stderr)
        return _USAGE_ERROR
    save = options.get("save")
    save_path = os.path.abspath(str(save)) if save else None
    directory = os.path.dirname(os.path.realpath(path))
    _prepare_import_path(directory)
    os.chdir(directory)  # where Jupyter runs it: notebooks name their data files from there
    sys.argv[:] = given
    session = _notebook.Session(_new_main_module(), os.path.basename(path))
    failed = True

    def run() -> None:
        nonlocal failed
        try:
            failed = session.run(notebook, output_only="output_only" in options, stop="stop" in options)
        except BrokenPipeError:  # whoever read the output has had enough; python must not fail again at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        finally:
            if save_path is not None:
                _notebook.write(notebook, save_path)

    return _guarded(run) or int(failed)


def _prepare_import_path(directory: str) -> None:
    """Put the program's directory where python would, in the place of this command's own."""
    if not sys.flags.safe_path:
        sys.path[:1] = [directory]
    _install.install_for_children()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # A checkout that was found only through the directory just taken away must stay importable for child processes.
    if root not in map(os.path.abspath, sys.path):
        sys.path.append(root)


def _new_main_module() -> ModuleType:
    module = ModuleType("__main__")
    vars(module).update(__annotations__={}, __builtins__=builtins)
    sys.modules["__main__"] = module
    return module


def _guarded(program: Callable[[], object]) -> int:
    """Call the program and end as python does; what it raises is shown without this command's own frames."""
    try:
        program()
    except SystemExit:
        raise
    except KeyboardInterrupt as interrupt:
        _show(interrupt)
        _die_of(interrupt)
    except BaseException as error:
        _show(error)
        return 1
    return 0


def _show(error: BaseException) -> None:
    error.__traceback__ = without_own_frames(error.__traceback__)
    # Where pdb.pm() looks, under its name since 3.12 and its older ones.
    sys.last_exc = error
    sys.last_type, sys.last_value, sys.last_traceback = type(error), error, error.__traceback__
    sys.excepthook(type(error), error, error.__traceback__)


def _die_of(interrupt: KeyboardInterrupt) -> NoReturn:
    """Let python see an interrupt nobody caught: it cleans up and dies of the signal, which stops a shell's loop."""
    sys.excepthook = lambda *shown_already: None
    raise interrupt


def without_own_frames(traceback: TracebackType | None) -> TracebackType | None:
    """The traceback from the first frame on that is the program's, down to an import of a module that is not there."""
    while traceback is not None and traceback.tb_frame.f_code.co_filename in _OWN_FILES:
        traceback = traceback.tb_next
    _install.end_at_failed_import(traceback)
    return traceback
