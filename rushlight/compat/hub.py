"""torch.hub: files from the network; repositories of models are not loaded."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tempfile
from typing import Any
from urllib.parse import urlparse

__all__ = ["download_url_to_file", "get_dir", "load_state_dict_from_url", "set_dir"]

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")
ENV_TORCH_HOME = "TORCH_HOME"
ENV_XDG_CACHE_HOME = "XDG_CACHE_HOME"
DEFAULT_CACHE_DIR = "~/.cache"
READ_DATA_CHUNK = 128 * 1024
_hub_dir: str | None = None


def _get_torch_home() -> str:
    cache = os.path.join(os.getenv(ENV_XDG_CACHE_HOME, DEFAULT_CACHE_DIR), "torch")
    return os.path.expanduser(os.getenv(ENV_TORCH_HOME, cache))


def get_dir() -> str:
    """The directory for files from the network."""
    return os.path.join(_get_torch_home(), "hub") if _hub_dir is None else _hub_dir


def set_dir(d: Any) -> None:
    """Use another directory for files from the network."""
    global _hub_dir
    _hub_dir = os.path.expanduser(d)


def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
    """Write what an address holds to a file; its SHA-256 must begin with hash_prefix."""
    from urllib.request import Request, urlopen

    dst = os.path.expanduser(dst)
    digest = hashlib.sha256()
    request = Request(url, headers={"User-Agent": "torch.hub"})
    place = os.path.dirname(dst) or None
    with urlopen(request) as source, tempfile.NamedTemporaryFile(delete=False, dir=place) as file:
        while chunk := source.read(READ_DATA_CHUNK):
            file.write(chunk)
            digest.update(chunk)
    try:
        found = digest.hexdigest()
        if hash_prefix is not None and found[: len(hash_prefix)] != hash_prefix:
            raise RuntimeError(f'invalid hash value (expected "{hash_prefix}", got "{found}")')
        shutil.move(file.name, dst)
    finally:
        if os.path.exists(file.name):
            os.remove(file.name)


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> dict[str, Any]:
    """torch.load() of what an address holds; it is kept in the directory for such files."""
    from rushlight.serialization import load as load_file

    place = os.path.join(get_dir(), "checkpoints") if model_dir is None else model_dir
    os.makedirs(place, exist_ok=True)
    name = os.path.basename(urlparse(url).path) if file_name is None else file_name
    path = os.path.join(place, name)
    if not os.path.exists(path):
        sys.stdout.write(f'Downloading: "{url}" to {path}\n')
        match = HASH_REGEX.search(name) if check_hash else None
        download_url_to_file(url, path, match.group(1) if match else None, progress=progress)
    return load_file(path, map_location=map_location, weights_only=weights_only)  # type: ignore[no-any-return]


# ---------------------------------------------------------------- repositories

MODULE_HUBCONF = "hubconf.py"
VAR_DEPENDENCY = "dependencies"


def _check_source(source: str) -> None:
    if source not in ("github", "local"):
        raise ValueError(f'Unknown source: "{source}". Allowed values: "github" | "local".')
    if source == "github":
        raise NotImplementedError("rushlight loads models of torch.hub from directories only: pass source='local'")


def _configuration(directory: str) -> Any:
    """The module hubconf.py of a directory, whose own modules it may import."""
    from importlib.util import module_from_spec, spec_from_file_location

    sys.path.insert(0, directory)
    try:
        spec = spec_from_file_location(MODULE_HUBCONF, os.path.join(directory, MODULE_HUBCONF))
        if spec is None or spec.loader is None:
            raise AssertionError("hubconf.py is no module")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(directory)
    return module


def _check_dependencies(module: Any) -> None:
    from importlib.util import find_spec

    missing = [name for name in getattr(module, VAR_DEPENDENCY, None) or () if find_spec(name) is None]
    if missing:
        raise RuntimeError(f"Missing dependencies: {', '.join(missing)}")


def _entry(module: Any, name: str) -> Any:
    if not isinstance(name, str):
        raise ValueError("Invalid input: model should be a str of function name")
    _check_dependencies(module)
    found = getattr(module, name, None)
    if found is None or not callable(found):
        raise RuntimeError(f"Cannot find callable {name} in hubconf")
    return found


def load(
    repo_or_dir: Any, model: str, *args: Any, source: str = "github", trust_repo: Any = None, force_reload: bool = False,
    verbose: bool = True, skip_validation: bool = False, **kwargs: Any,
) -> Any:  # fmt: skip
    """What the function `model` of hubconf.py in a directory returns for the arguments; only source="local"."""
    _check_source(source.lower())
    return _load_local(repo_or_dir, model, *args, **kwargs)


def _load_local(hubconf_dir: str, model: str, *args: Any, **kwargs: Any) -> Any:
    directory = os.path.expanduser(hubconf_dir)
    sys.path.insert(0, directory)
    try:
        return _entry(_configuration(directory), model)(*args, **kwargs)
    finally:
        sys.path.remove(directory)
