"""Write rushlight/ops/contents_table.py, which file declares which operators: ``python tools/contents.py``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from textwrap import fill
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "rushlight" / "ops" / "contents_table.py"
APART = {"foreach", "inference"}  # imported by what asks for them


def declared() -> dict[str, set[str]]:
    """file -> names of the operators that its code declares while it is imported, which happens here: in a process of its own."""
    bare = ModuleType("rushlight")
    bare.__path__ = [str(ROOT / "rushlight")]
    sys.modules["rushlight"] = bare  # the registry comes first, the package that fills it afterwards
    declare = import_module("rushlight.ops.declare")
    found: dict[str, set[str]] = {}

    def note(registry: Any, spec: str, made: Any) -> None:
        frame: Any = sys._getframe(1)
        while frame.f_code.co_name != "<module>" or not frame.f_globals["__name__"].startswith("rushlight."):
            frame = frame.f_back
        found.setdefault(frame.f_globals["__name__"].rpartition(".")[2], set()).add(spec.partition(".")[0])
        dict.__setitem__(registry, spec, made)

    declare.Registry.__setitem__ = note
    del sys.modules["rushlight"]
    for path in sorted(TABLE.parent.glob("[!_]*.py")):
        if path.stem not in APART:
            import_module(f"rushlight.ops.{path.stem}")
    return found


def text(found: dict[str, set[str]]) -> str:
    """The file's text."""
    lines = ['"""Which file declares which operators. Written by tools/contents.py."""', "", "FILES = {"]
    for file, names in sorted(found.items()):
        words = fill(" ".join(sorted(names)), 126, break_long_words=False, break_on_hyphens=False).split("\n")
        if len(words) == 1 and len(file) + len(words[0]) < 126:
            lines.append(f'    "{file}": "{words[0]}",')
        else:
            lines += [f'    "{file}":', *[f'        "{line} "' for line in words[:-1]], f'        "{words[-1]}",']
    return "\n".join([*lines, "}", ""])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    TABLE.write_text(text(declared()), encoding="utf-8")
