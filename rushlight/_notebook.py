"""Notebooks: read them, run their cells in order as IPython does, print what Jupyter would show as plain text."""

from __future__ import annotations
import __future__

import ast
import contextvars
import io
import json
import linecache
import re
import sys
import tokenize
import traceback
from collections.abc import Callable, Iterable
from types import CodeType, ModuleType, TracebackType
from typing import Any

from rushlight._install import end_at_failed_import
from rushlight._pretty import pretty

_CO_COROUTINE = 0x80  # inspect's constant, without inspect's import time
_FUTURE_FLAGS = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
_MAGIC = re.compile(
    r"""\s*(?:[\w.,\s]+=\s*)?(?:%{1,2}\w|!)   # %magic, !command, and either as a value: files = !ls
    | \s*(?:\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$  # ?name and name?, which ask for help
    """,
    re.VERBOSE,
)
# They set up a display or a session that is not here, and print nothing in Jupyter either.
_MAGICS_WITHOUT_EFFECT = frozenset({"%matplotlib", "%config", "%load_ext", "%reload_ext", "%autoreload"})


class NotANotebook(ValueError):
    """The file is not nbformat 3 or 4."""


def read(path: str) -> dict[str, Any]:
    """The notebook in the file as nbformat 4; an nbformat 3 one is brought into that form."""
    with open(path, encoding="utf-8") as file:
        try:
            notebook = json.load(file)
        except ValueError as error:
            raise NotANotebook(f"not JSON ({error})") from None
    version = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if version == 4 and isinstance(notebook.get("cells"), list):
        return notebook
    if version == 3 and isinstance(notebook.get("worksheets"), list):
        return _from_version_3(notebook)
    raise NotANotebook(f"nbformat {version!r}, and only 3 and 4 are known")


def _from_version_3(notebook: dict[str, Any]) -> dict[str, Any]:
    cells = [_cell_from_version_3(cell) for sheet in notebook["worksheets"] for cell in sheet.get("cells", [])]
    return {"cells": cells, "metadata": notebook.get("metadata", {}), "nbformat": 4, "nbformat_minor": 0}


def _cell_from_version_3(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata", {})
    kind = cell.get("cell_type")
    if kind == "code":
        source = _joined(cell.get("input", ""))
        return {"cell_type": kind, "execution_count": None, "metadata": metadata, "outputs": [], "source": source}
    text = _joined(cell.get("source", ""))
    if kind == "heading":
        return {"cell_type": "markdown", "metadata": metadata, "source": "#" * cell.get("level", 1) + " " + text}
    return {"cell_type": kind, "metadata": metadata, "source": text}


def write(notebook: dict[str, Any], path: str) -> None:
    """Write the notebook as Jupyter lays its files out."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(notebook, file, indent=1, ensure_ascii=False)
        file.write("\n")


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


class _Tee:
    """A stream that also keeps what is written to it, as the current cell's output."""

    def __init__(self, stream: Any, name: str) -> None:
        self._stream = stream
        self._name = name
        self.outputs: list[dict[str, Any]] = []
        self.line_open = False

    def write(self, text: str) -> int:
        if text:
            self._own_output()["text"].append(text)
            self.line_open = not text.endswith("\n")
        return self._stream.write(text)

    def _own_output(self) -> dict[str, Any]:
        """The stream's current piece of the cell's output: warnings in between do not end it, a shown value does."""
        for output in reversed(self.outputs):
            if output["output_type"] != "stream":
                break
            if output["name"] == self._name:
                return output
        self.outputs.append({"name": self._name, "output_type": "stream", "text": []})
        return self.outputs[-1]

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        # All else (buffer, encoding, fileno, isatty, flush ...) is the stream's own.
        return getattr(self._stream, name)


class _Shell:
    """What ``get_ipython()`` gives: enough for programs that ask whether they run in a notebook."""

    def __init__(self, session: Session) -> None:
        self.user_ns = session.namespace
        self._session = session

    @property
    def execution_count(self) -> int:
        return self._session.count

    def run_line_magic(self, name: str, line: str) -> None:
        if f"%{name}" not in _MAGICS_WITHOUT_EFFECT:
            raise NotImplementedError(_unsupported_text(f"%{name}"))

    magic = run_line_magic


def _unsupported_text(what: str) -> str:
    kind = "shell commands" if what.startswith("!") else "this IPython syntax"
    return f"rushlight run does not support {kind}: {what.strip()}"


class Session:
    """One namespace in which the cells of a notebook run."""

    def __init__(self, module: ModuleType, name: str) -> None:
        self.name = name
        self.namespace = vars(module)
        self.count = 0
        self.context = contextvars.copy_context()
        self.loop: Any = None
        self.compiler_flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self.file_names: set[str] = set()
        self._out = sys.stdout
        self.stdout = _Tee(sys.stdout, "stdout")
        self.stderr = _Tee(sys.stderr, "stderr")
        self.inputs = [""]
        self.results: dict[int, Any] = {}
        self.recent: list[Any] = ["", "", ""]
        shell = _Shell(self)
        self.namespace.update(
            In=self.inputs, Out=self.results, _="", __="", ___="", display=self.display, get_ipython=lambda: shell
        )

    def run(self, notebook: dict[str, Any], output_only: bool = False, stop: bool = False) -> bool:
        """Run the notebook, filling in its outputs; whether any cell failed."""
        outside = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = self.stdout, self.stderr
        failed = False
        try:
            for cell in notebook["cells"]:
                source = _joined(cell.get("source", ""))
                if cell.get("cell_type") != "code":
                    if not output_only and source.strip():
                        self._out.write(source + "\n\n")
                elif source.strip() and not self._run_cell(cell, source, output_only) and not _is_meant_to_fail(cell):
                    failed = True
                    if stop:
                        break
        finally:
            sys.stdout, sys.stderr = outside
            if self.loop is not None:
                self.loop.close()
        return failed

    def _run_cell(self, cell: dict[str, Any], source: str, output_only: bool) -> bool:
        self.count += 1
        cell["execution_count"] = self.count
        cell["outputs"] = self.stdout.outputs = self.stderr.outputs = []
        if not output_only:
            self._out.write(f"In [{self.count}]:\n{source}\n\n")
        self._out.flush()  # so that what child processes print comes after it
        succeeded = True
        try:
            self._execute(source)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            succeeded = False
            self._show_error(error)
        self._end_line()
        for output in cell["outputs"]:
            if output["output_type"] == "stream":  # written in pieces, kept in lines
                output["text"] = "".join(output["text"]).splitlines(keepends=True)
        if cell["outputs"] and not output_only:
            self._out.write("\n")
        self._out.flush()
        return succeeded

    def _execute(self, source: str) -> None:
        self.inputs.append(source)
        for back, name in enumerate(("_i", "_ii", "_iii"), start=1):
            self.namespace[name] = self.inputs[-1 - back] if len(self.inputs) > back else ""
        self.namespace[f"_i{self.count}"] = source
        # Warnings count as seen by module and line number, and every cell has a line 1.
        self.namespace.pop("__warningregistry__", None)
        file_name = f"{self.name} In [{self.count}]"
        self.file_names.add(file_name)
        linecache.cache[file_name] = (len(source), None, source.splitlines(keepends=True), file_name)
        value = None
        for code in self._compile(source, file_name):
            value = self._evaluate(code)
        if value is not None and not _ends_with_semicolon(source):
            self._show_value(value)

    def _compile(self, source: str, file_name: str) -> list[CodeType]:
        """The cell's statements, and a trailing expression by itself."""
        tree = self._parse(source, file_name)
        parts: list[tuple[ast.AST, str]] = []
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr):
            tree.body.pop()
            parts.append((ast.Expression(last.value), "eval"))
        parts.insert(0, (tree, "exec"))
        codes = []
        for part, mode in parts:
            codes.append(compile(part, file_name, mode, flags=self.compiler_flags, dont_inherit=True))
            self.compiler_flags |= codes[-1].co_flags & _FUTURE_FLAGS
        return codes

    def _parse(self, source: str, file_name: str) -> ast.Module:
        """Parse Python, replacing the lines that only IPython understands as the parser stumbles on them."""
        lines = source.splitlines()
        first = next(index for index, line in enumerate(lines) if line.strip())
        if lines[first].startswith("%%"):
            lines = ["" for _ in lines[:first]] + [_statement_for(lines[first])]
        while True:
            try:
                flags = self.compiler_flags | ast.PyCF_ONLY_AST
                return compile("\n".join(lines) + "\n", file_name, "exec", flags=flags, dont_inherit=True)
            except SyntaxError as error:
                place = (error.lineno or 0) - 1
                if not (0 <= place < len(lines) and _MAGIC.match(lines[place])):
                    raise
                lines[place] = _statement_for(lines[place])

    def _evaluate(self, code: CodeType) -> Any:
        result = self.context.run(eval, code, self.namespace)
        if not code.co_flags & _CO_COROUTINE:
            return result
        if self.loop is None:
            import asyncio  # costly, and rarely needed

            self.loop = asyncio.new_event_loop()
        # The cell's own context, so that a mode set after an await stays set for the next cell.
        return self.loop.run_until_complete(self.loop.create_task(result, context=self.context))

    def _show_value(self, value: Any) -> None:
        data = self._print_plain(self.context.run(pretty, value))
        output = {"data": data, "execution_count": self.count, "metadata": {}, "output_type": "execute_result"}
        self.stdout.outputs.append(output)
        if value is self.results:  # as IPython has it: Out must not hold itself
            return
        # A program that uses one of these names for itself keeps it.
        names = ("_", "__", "___")
        untouched = all(self.namespace.get(name) is old for name, old in zip(names, self.recent, strict=True))
        self.recent = [value, *self.recent[:2]]
        if untouched:
            self.namespace.update(zip(names, self.recent, strict=True))
        self.namespace[f"_{self.count}"] = self.results[self.count] = value

    def display(self, *values: Any) -> None:
        """IPython's ``display``: the plain-text form of every value."""
        for value in values:
            data = self._print_plain(pretty(value))
            self.stdout.outputs.append({"data": data, "metadata": {}, "output_type": "display_data"})

    def _print_plain(self, text: str) -> dict[str, list[str]]:
        self._end_line()
        self._out.write(text + "\n")
        return {"text/plain": text.splitlines(keepends=True)}

    def _show_error(self, error: BaseException) -> None:
        trace = error.__traceback__
        error.__traceback__ = self._from_first_cell(trace)
        described = traceback.TracebackException.from_exception(error)
        kind = type(error)
        lines = list(described.format())
        # Jupyter's last line names the class without its module.
        for place in range(len(lines) - 1, -1, -1):
            if lines[place].startswith(f"{kind.__module__}.{kind.__qualname__}"):
                lines[place] = kind.__name__ + lines[place][len(f"{kind.__module__}.{kind.__qualname__}") :]
                break
        text = "".join(lines)
        self._end_line()
        self._out.write(text)
        output = {"ename": kind.__name__, "evalue": str(error), "output_type": "error", "traceback": text.splitlines()}
        self.stdout.outputs.append(output)

    def _from_first_cell(self, trace: TracebackType | None) -> TracebackType | None:
        """The traceback without the frames that led to the cell; none where the cell never began to run."""
        while trace is not None and trace.tb_frame.f_code.co_filename not in self.file_names:
            trace = trace.tb_next
        end_at_failed_import(trace)
        return trace

    def _end_line(self) -> None:
        if self.stdout.line_open:
            self._out.write("\n")
            self.stdout.line_open = False


def _is_meant_to_fail(cell: dict[str, Any]) -> bool:
    """Whether the cell has the tag by which Jupyter's own runners let an error pass."""
    return "raises-exception" in cell.get("metadata", {}).get("tags", ())


def _statement_for(line: str) -> str:
    """A Python statement to stand for a line that only IPython understands."""
    indent = line[: len(line) - len(line.lstrip())]
    if line.split()[0] in _MAGICS_WITHOUT_EFFECT:
        return indent + "pass"
    return f"{indent}raise NotImplementedError({_unsupported_text(line)!r})"


def _ends_with_semicolon(source: str) -> bool:
    """Whether the last token of the cell, comments aside, is a semicolon."""
    if ";" not in source:
        return False
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.DEDENT}
    last = ""
    readline: Callable[[], str] = io.StringIO(source + "\n").readline
    for token in tokenize.generate_tokens(readline):
        if token.type not in skipped:
            last = token.string
    return last == ";"
