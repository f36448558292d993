"""The zip archives that saved files are: written with their records aligned, read without going through zipfile's copies."""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import numpy as np

ALIGNMENT = 64
_CORRUPTED = (
    "PytorchStreamReader failed reading zip archive: not a ZIP archive. This is an internal miniz error. If you are seeing this error, "
    "there is a high likelihood that your checkpoint file is corrupted. This can happen if the checkpoint was not saved properly, was "
    "transferred incorrectly, or the file was modified after saving."
)
_HEADER = 30  # bytes of a local file header before the name


class Writer:
    """Writes records into a zip archive, uncompressed, each starting at a multiple of the alignment."""

    def __init__(self, file: Any, name: str, alignment: int, checksums: bool = True) -> None:
        self.file, self.name, self.alignment, self.checksums = _Positioned(file), name, alignment, checksums
        self.archive = zipfile.ZipFile(self.file, "w", zipfile.ZIP_STORED, allowZip64=True)

    def write(self, record: str, data: Any) -> None:
        """Add a record of bytes."""
        entry = zipfile.ZipInfo(f"{self.name}/{record}", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o600 << 16
        size = len(data) if isinstance(data, bytes) else data.nbytes
        large = 20 if size >= zipfile.ZIP64_LIMIT else 0  # zipfile adds a field of 20 bytes of its own
        start = self.file.tell() + _HEADER + len(entry.filename.encode()) + 4 + large
        padding = -start % self.alignment
        entry.extra = b"FB" + padding.to_bytes(2, "little") + b"Z" * padding
        entry.file_size = size
        with self.archive.open(entry, "w", force_zip64=bool(large)) as stream:
            stream.write(data)
            if not self.checksums:
                stream._crc = 0  # type: ignore[attr-defined]  # PyTorch writes zeros as well, and no reader of its files checks

    def close(self) -> None:
        """Write the directory."""
        self.archive.close()


class _Positioned(io.RawIOBase):
    """A file to write to, whether or not it can tell where it is."""

    def __init__(self, file: Any) -> None:
        self.target = file
        self.at = 0
        self.base = 0
        try:
            self.base = file.tell()
            self.can_seek = bool(file.seekable()) if hasattr(file, "seekable") else True
        except (AttributeError, OSError):
            self.can_seek = False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self.can_seek

    def write(self, data: Any) -> int:
        self.target.write(data)
        count = data.nbytes if hasattr(data, "nbytes") else len(data)
        self.at += count
        return count

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        if not self.can_seek:
            raise io.UnsupportedOperation("seek")
        if whence == 0:
            self.target.seek(self.base + offset)
        else:
            self.target.seek(offset, whence)
        self.at = self.target.tell() - self.base
        return self.at

    def flush(self) -> None:
        if hasattr(self.target, "flush"):
            self.target.flush()


class Reader:
    """Reads records of a zip archive."""

    def __init__(self, file: Any) -> None:
        self.file = file
        try:
            self.archive = zipfile.ZipFile(file)
        except zipfile.BadZipFile as error:
            raise RuntimeError(_CORRUPTED) from error
        names = self.archive.namelist()
        if not names:
            raise RuntimeError("PytorchStreamReader failed reading zip archive: archive does not contain any files")
        self.prefix = names[0].split("/", 1)[0] + "/" if "/" in names[0] else ""
        self.records = {name[len(self.prefix) :]: name for name in names if name.startswith(self.prefix)}

    def has(self, record: str) -> bool:
        """Whether there is such a record."""
        return record in self.records

    def _entry(self, record: str) -> Any:
        if record not in self.records:
            raise RuntimeError(f"PytorchStreamReader failed locating file {record}: file not found")
        return self.archive.getinfo(self.records[record])

    def read(self, record: str) -> bytes:
        """A record's bytes."""

        def whole(entry: Any) -> bytes:
            with self._open(entry) as stream:
                return bytes(stream.read())

        found: bytes = self._checked(record, whole)
        return found

    def _open(self, entry: Any) -> Any:
        """A record as a stream. Its checksum is not checked, as in PyTorch: it may have been written without."""
        stream: Any = self.archive.open(entry)
        stream._expected_crc = None
        return stream

    def _checked(self, record: str, read: Any) -> Any:
        try:
            return read(self._entry(record))
        except (zipfile.BadZipFile, EOFError) as error:
            raise RuntimeError(f"PytorchStreamReader failed reading file {record}: file read failed") from error

    def array(self, record: str, nbytes: int) -> Any:
        """A record as an array of bytes of its own."""
        entry = self._entry(record)
        if entry.file_size < nbytes:
            raise RuntimeError(f"PytorchStreamReader failed reading file {record}: expected {nbytes} bytes, found {entry.file_size}")
        found = np.empty(entry.file_size, np.uint8)

        def fill(entry: Any) -> None:
            with self._open(entry) as stream:
                view, at = memoryview(found), 0
                while at < entry.file_size:
                    chunk = stream.read(1 << 24)
                    if not chunk:
                        raise EOFError
                    view[at : at + len(chunk)] = chunk
                    at += len(chunk)

        self._checked(record, fill)
        return found

    def offset(self, record: str) -> int:
        """Where a record's bytes start in the file."""
        entry = self._entry(record)
        if entry.compress_type != zipfile.ZIP_STORED:
            raise RuntimeError(f"file {record} is compressed and cannot be mapped into memory")
        self.file.seek(entry.header_offset + 26)
        lengths = self.file.read(4)
        return int(entry.header_offset) + _HEADER + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")


class Mapped:
    """A file mapped into memory; writes stay private unless it is shared."""

    def __init__(self, path: str, shared: bool) -> None:
        import mmap

        with open(path, "r+b" if shared else "rb") as file:
            access = mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY
            self.map = mmap.mmap(file.fileno(), os.path.getsize(path), access=access)

    def array(self, offset: int, nbytes: int) -> Any:
        """A part of the file as an array."""
        return np.ndarray((nbytes,), np.uint8, self.map, offset) if nbytes else np.empty(0, np.uint8)
