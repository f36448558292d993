"""The layers of the package point one way, and importing it pulls in nothing heavy."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parent.parent / "rushlight"
# A module may import from its own layer and from lower ones. What stands first in its name below `rushlight.` decides.
# The lowest layer is what depends on nothing; the handle of a hook is there, for its name must be utils.hooks.
LAYERS = [
    {"version", "__future__", "_mypyc", "_install", "_class_names", "return_types", "utils.hooks", "utils._pytree", "utils._pytree_text"},
    {"_core", "_objects"},
    {"ops", "_generator"},
    {"autograd", "func", "nn", "linalg", "fft", "special"},
]
HIGHEST_LAYER = len(LAYERS)
MODULES = sorted(SOURCE.rglob("*.py"))
FORBIDDEN_ANYWHERE = {"torch"}
LINES_PER_FILE = 600


def module_name(path: Path) -> str:
    parts = ("rushlight", *path.relative_to(SOURCE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def layer(module: str) -> int:
    parts = module.split(".")[1:]
    names = {".".join(parts[:1]), ".".join(parts[:2])}
    return next((rank for rank, members in enumerate(LAYERS) if names & members), HIGHEST_LAYER)


def for_type_checkers_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def imported_modules(path: Path) -> Iterator[tuple[int, str]]:
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    return imports_in(path.read_text(encoding="utf-8"), package)


def imports_in(source: str, package: list[str]) -> Iterator[tuple[int, str]]:
    """Line and absolute name of everything imported anywhere in the source, functions included."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if for_type_checkers_only(node):
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*start, *([node.module] if node.module else [])])
            # `from rushlight import ops` imports rushlight.ops
            bare = module == "rushlight"
            yield from ((node.lineno, f"{module}.{alias.name}" if bare else module) for alias in node.names)
        waiting.extend(ast.iter_child_nodes(node))


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_module_imports_only_its_own_and_lower_layers(path: Path) -> None:
    own = layer(module_name(path))
    wrong = [
        f"{path.name}:{line} imports {name}"
        for line, name in imported_modules(path)
        if name.split(".")[0] in FORBIDDEN_ANYWHERE or (name.split(".")[0] == "rushlight" and layer(name) > own)
    ]
    assert not wrong


def test_compositions_do_not_import_numpy() -> None:
    files = [*(SOURCE / "ops").glob("composite*.py"), SOURCE / "ops" / "composite"]
    modules = [path for place in files for path in ([place] if place.suffix else place.glob("*.py"))]
    imports = [name for path in modules for _, name in imported_modules(path)]
    assert not [name for name in imports if name.split(".")[0] == "numpy"]


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_file_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_PER_FILE


def test_import_pulls_in_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, numpy; before = set(sys.modules); import rushlight; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    import rushlight

    # Elsewhere than in the source tree, so that the package tested here is the one that is looked at.
    environment = {**os.environ, "PYTHONPATH": str(Path(rushlight.__file__).parent.parent)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    heavy = {"torch", "scipy", "ml_dtypes", "inspect", "dataclasses", "IPython", "pytest", "numba", "asyncio"}
    assert not heavy.intersection(done.stdout.split())


def test_public_modules_are_attributes_of_the_package() -> None:
    import rushlight

    entries = {path.relative_to(SOURCE).with_suffix("").parts[0] for path in MODULES}
    missing = [name for name in sorted(entries) if not name.startswith("_") and not hasattr(rushlight, name)]
    assert not set(missing) - {"cli"}


def test_a_wrong_import_would_be_noticed() -> None:
    source = "def late():\n    from rushlight import nn\n    from ..nn import x\n    import torch.nn\n"
    names = {name for _, name in imports_in(source, ["rushlight", "ops"])}
    assert names == {"rushlight.nn", "torch.nn"}
    assert layer("rushlight.nn") > layer("rushlight.ops") > layer("rushlight._core") > layer("rushlight.version")
    assert layer("rushlight.optim") > layer("rushlight.nn")
