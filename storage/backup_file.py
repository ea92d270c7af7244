"""The file that a backup is kept in: one page that says what it is, then the database as it was.

Must not know how a database is copied: it frames bytes, proves them whole and takes them out again.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from storage.errors import StorageError

HEADER = 4096
"""Bytes before the database's own: `tail -c +4097 FILE` is what lies in it."""
_MAGIC = b"E2A-BACKUP 1\n"
_PIECE = 1 << 20
_SYNCED_EVERY = 4 * _PIECE
"""Little at a time: one long flush at the end would hold up the server's own."""
_MODE = 0o600


class BackupError(StorageError):
    """The backup cannot be made or used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup is: `database` is sqlite or postgresql, `revision` its schema's."""

    database: str
    revision: str
    made_at: str
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A backup that is asked for: where to, whether over another one, and when (RFC 3339)."""

    file: Path
    force: bool
    made_at: str


def keep(wanted: Wanted, dump: Callable[[Path], Manifest]) -> Manifest:
    """Has the database dumped into a file that is nobody else's, and frames what came.

    Raises:
        BackupError: there is such a file already.
    """
    with _beside(wanted.file, force=wanted.force) as part:
        raw = part.with_suffix(".raw")
        try:
            new_private(raw)
            return pack(dump(raw), raw, part)
        finally:
            raw.unlink(missing_ok=True)


def new_private(file: Path) -> None:
    """An empty file that only its owner can read."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE))


@contextmanager
def _beside(file: Path, *, force: bool) -> Iterator[Path]:
    """A path in the same folder that becomes `file`, whole and for its owner only, or nothing.

    Raises:
        BackupError: there is such a file already.
    """
    if file.exists() and not force:
        raise _exists(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    rest = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        new_private(rest)
        yield rest
        if force:
            rest.replace(file)
        else:
            try:
                os.link(rest, file)  # unlike a rename it does not take the place of another file
            except FileExistsError as error:
                raise _exists(file) from error
        sync_folder(file.parent)
    finally:
        rest.unlink(missing_ok=True)


def _exists(file: Path) -> BackupError:
    return BackupError(f"{file} exists already; choose another name or add --force")


def sync_folder(folder: Path) -> None:
    """Makes a rename last."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def pack(manifest: Manifest, content: Path, into: Path) -> Manifest:
    """Writes the header and the content, on disk when it returns; the manifest then knows both."""
    digest, size = hashlib.sha256(), 0
    with content.open("rb") as source, into.open("wb") as target:
        target.write(bytes(HEADER))
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
            if size % _SYNCED_EVERY == 0:
                os.fdatasync(target.fileno())
        values = {**asdict(manifest), "size": size, "sha256": digest.hexdigest()}
        target.seek(0)
        target.write((_MAGIC + json.dumps(values).encode() + b"\n").ljust(HEADER, b" "))
        target.flush()
        os.fsync(target.fileno())
    return Manifest(**values)


def read_manifest(file: Path) -> Manifest:
    """What a file says that it is.

    Raises:
        BackupError: it is no backup, cut off, or of a later form.
    """
    with file.open("rb") as source:
        head = source.read(HEADER)
        size = os.fstat(source.fileno()).st_size - HEADER
    if not head.startswith(_MAGIC[:11]):
        message = f"{file} is no backup of E2A; make one with: e2a backup {file.name}"
        raise BackupError(message)
    if not head.startswith(_MAGIC):
        message = f"{file} was made by a newer version of E2A; restore it with that version"
        raise BackupError(message)
    try:
        manifest = Manifest(**json.loads(head[len(_MAGIC) :]))
    except (ValueError, TypeError) as error:
        raise _damaged(file) from error
    if size != manifest.size:
        message = f"{file} is cut off or damaged: {size} bytes of {manifest.size}; use another one"
        raise BackupError(message)
    return manifest


def unpack(file: Path, manifest: Manifest, into: Path) -> None:
    """Writes the content to a file that only its owner can read.

    Raises:
        BackupError: a byte of it is not as it was.
    """
    handle = os.open(into, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, _MODE)
    with file.open("rb") as source, os.fdopen(handle, "wb") as target:
        source.seek(HEADER)
        digest = _copied(source, target.write)
        target.flush()
        os.fsync(target.fileno())
    if digest != manifest.sha256:
        raise _damaged(file)


def _copied(source: IO[bytes], write: Callable[[bytes], object]) -> str:
    digest = hashlib.sha256()
    while piece := source.read(_PIECE):
        digest.update(piece)
        write(piece)
    return digest.hexdigest()


def _damaged(file: Path) -> BackupError:
    return BackupError(f"{file} is damaged: its checksum does not fit; use another one")
