"""Modules of settings, such as torch._dynamo.config: every setting of PyTorch's can be read, set and patched; none changes anything."""

from __future__ import annotations

import copy
import functools
from types import ModuleType
from typing import Any


class ConfigModule(ModuleType):
    """A module whose attributes are settings; unknown ones are refused."""

    _config: dict[str, Any]
    _defaults: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        settings = vars(self).get("_config", {})
        if name in settings:
            return settings[name]
        if any(entry.startswith(name + ".") for entry in settings):
            return _Group(self, name + ".")
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"{_torch_name(self)}.{name} does not exist")

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("__") or name not in self._config and name in vars(self):
            super().__setattr__(name, value)
        elif name in self._config:
            self._config[name] = value
        else:
            raise AttributeError(f"{_torch_name(self)}.{name} does not exist")

    def __delattr__(self, name: str) -> None:
        self._config[name] = copy.deepcopy(self._defaults[name])

    def patch(self, arg1: Any = None, arg2: Any = None, **kwargs: Any) -> _Patch:
        """Change settings in a block or a function: patch("name", value), patch({...}) or patch(name=value)."""
        if arg1 is not None and arg2 is not None:
            changes = {arg1: arg2}
        else:
            changes = dict(arg1) if arg1 is not None else kwargs
        for name in changes:
            if name not in self._config:
                raise AttributeError(f"{_torch_name(self)}.{name} does not exist")
        return _Patch(self, changes)

    def save_config(self) -> bytes:
        """All settings, pickled."""
        import pickle

        return pickle.dumps(self._config)

    def load_config(self, maybe_pickled_config: Any) -> None:
        """Take settings that save_config() or shallow_copy_dict() gave."""
        import pickle

        given = maybe_pickled_config
        self._config.update(given if isinstance(given, dict) else pickle.loads(given))

    def shallow_copy_dict(self) -> dict[str, Any]:
        """All settings."""
        return dict(self._config)

    get_config_copy = to_dict = shallow_copy_dict

    def get_hash(self) -> bytes:
        """A digest of all settings."""
        import hashlib

        return hashlib.md5(repr(sorted(self._config.items())).encode()).digest()


def _torch_name(module: ModuleType) -> str:
    return "torch" + module.__name__[len("rushlight") :]


class _Group:
    """Settings below a name, such as config.triton."""

    def __init__(self, module: ConfigModule, prefix: str) -> None:
        object.__setattr__(self, "_module", module)
        object.__setattr__(self, "_prefix", prefix)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, self._prefix + name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._module, self._prefix + name, value)


class _Patch:
    """Settings that hold in a block."""

    def __init__(self, module: ConfigModule, changes: dict[str, Any]) -> None:
        self.module, self.changes = module, changes
        self.before: list[dict[str, Any]] = []

    def __call__(self, function: Any) -> Any:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return wrapped

    def __enter__(self) -> None:
        self.before.append({name: self.module._config[name] for name in self.changes})
        self.module._config.update(self.changes)

    def __exit__(self, *error: object) -> None:
        self.module._config.update(self.before.pop())


def make_config(module: ModuleType, settings: dict[str, Any]) -> None:
    """Make a module one of settings."""
    vars(module)["_config"] = settings
    vars(module)["_defaults"] = copy.deepcopy(settings)
    module.__class__ = ConfigModule
