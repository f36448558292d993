"""Versions as PEP 440 orders them."""

from __future__ import annotations

import functools
import math
import re
from typing import Any

__all__ = ["VERSION_PATTERN", "InvalidVersion", "Version", "parse"]
VERSION_PATTERN = (
    r"v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?P<pre>[-_.]?(?P<pre_l>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_n>[0-9]+)?)?"
    r"(?P<post>-(?P<post_n1>[0-9]+)|[-_.]?(?P<post_l>post|rev|r)[-_.]?(?P<post_n2>[0-9]+)?)?"
    r"(?P<dev>[-_.]?(?P<dev_l>dev)[-_.]?(?P<dev_n>[0-9]+)?)?(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?"
)
_LETTERS = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}


class InvalidVersion(ValueError):
    """A text that is no version."""


@functools.total_ordering
class Version:
    """A version; versions compare in the order of their releases."""

    def __init__(self, version: str) -> None:
        match = re.fullmatch(rf"\s*{VERSION_PATTERN}\s*", version, re.IGNORECASE)
        if match is None:
            raise InvalidVersion(f"Invalid version: {version!r}")
        self._text = version.strip()
        part = match.group
        self.epoch = int(part("epoch") or 0)
        self.release = tuple(int(entry) for entry in part("release").split("."))
        letter = (part("pre_l") or "").lower()
        self.pre = (_LETTERS.get(letter, letter), int(part("pre_n") or 0)) if letter else None
        self.post = int(part("post_n1") or part("post_n2") or 0) if part("post") else None
        self.dev = int(part("dev_n") or 0) if part("dev") else None
        self.local = part("local").lower().replace("-", ".").replace("_", ".") if part("local") else None
        self._key = self._sort_key()

    def _sort_key(self) -> Any:
        release = list(self.release)
        while len(release) > 1 and release[-1] == 0:
            release.pop()
        final = ("z", 0)  # after every pre-release
        pre: Any = self.pre if self.pre is not None else ("", 0) if self.post is None and self.dev is not None else final
        local = tuple((1, int(entry), "") if entry.isdigit() else (0, 0, entry) for entry in (self.local or "").split(".") if entry)
        return self.epoch, release, pre, -1 if self.post is None else self.post, math.inf if self.dev is None else self.dev, local

    @property
    def major(self) -> int:
        """The first number."""
        return self.release[0]

    @property
    def minor(self) -> int:
        """The second number."""
        return self.release[1] if len(self.release) > 1 else 0

    @property
    def micro(self) -> int:
        """The third number."""
        return self.release[2] if len(self.release) > 2 else 0

    @property
    def base_version(self) -> str:
        """The release alone, as text."""
        return (f"{self.epoch}!" if self.epoch else "") + ".".join(map(str, self.release))

    @property
    def public(self) -> str:
        """The version without what follows a plus sign."""
        return str(self).partition("+")[0]

    @property
    def is_prerelease(self) -> bool:
        """Whether it comes before a release."""
        return self.dev is not None or self.pre is not None

    @property
    def is_devrelease(self) -> bool:
        """Whether it is a state of development."""
        return self.dev is not None

    def __str__(self) -> str:
        text = self.base_version + ("" if self.pre is None else f"{self.pre[0]}{self.pre[1]}")
        text += "" if self.post is None else f".post{self.post}"
        text += "" if self.dev is None else f".dev{self.dev}"
        return text + ("" if self.local is None else f"+{self.local}")

    def __repr__(self) -> str:
        return f"<Version('{self}')>"

    def __hash__(self) -> int:
        return hash(str(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._key == other._key

    def __lt__(self, other: Any) -> Any:
        return self._key < other._key if isinstance(other, Version) else NotImplemented


def parse(version: str) -> Version:
    """The version that a text names."""
    return Version(version)
