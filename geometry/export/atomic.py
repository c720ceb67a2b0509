"""Output files that are complete or absent: a temporary file in the same directory, fsync, then one rename."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = ".megastructure-"
SUFFIX = ".part"
_SETTLED = 10.0  # seconds: a younger temporary file may belong to a writer that has not locked it yet

_ADVICE = {
    errno.ENOSPC: "the disk is full; free some space or choose another disk",
    errno.EDQUOT: "your disk quota is used up; free some space or choose another disk",
    errno.EFBIG: "the file grew larger than this disk or your limits allow; choose another disk",
    errno.EACCES: "you may not write there; choose another directory",
    errno.EPERM: "you may not write there; choose another directory",
    errno.EROFS: "that disk is read-only; choose another directory",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.ENOENT: "its directory does not exist; create it first",
    errno.ENOTDIR: "part of the path is a file, not a directory; correct the path",
}


class OutputError(Exception):
    """The file could not be written; the message says what, where and what to do. Nothing was left behind."""


class LimitError(Exception):
    """What was asked for does not fit the file format; found out before a byte was written."""


class Cancelled(Exception):  # noqa: N818  nothing went wrong
    """The user cancelled; no file was left behind."""


def _refusal(path: Path, error: OSError) -> OutputError:
    advice = _ADVICE.get(error.errno or 0, f"{error.strerror or error}; check the path and the disk".lower())
    return OutputError(f"cannot write '{path}': {advice}")


class Output:
    """An open temporary file. Writes go at the end or at an offset; failures are OutputError."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor = descriptor
        self._path = path
        self.size = 0
        """Bytes up to the end of what was written."""

    @property
    def folder(self) -> Path:
        """Where the file will be, links followed."""
        return Path(os.path.realpath(self._path)).parent

    def reserve(self, size: int) -> None:
        """Claim disk for `size` bytes, where the system can: a full disk shows before the work, and writing goes faster.

        What is not written by the end is given back."""
        if not hasattr(os, "posix_fallocate"):
            return
        try:
            os.posix_fallocate(self._descriptor, 0, size)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise _refusal(self._path, error) from error

    def finish(self) -> None:
        """Cut off what was reserved and not written; make the bytes last."""
        try:
            if os.fstat(self._descriptor).st_size > self.size:
                os.ftruncate(self._descriptor, self.size)
            os.fsync(self._descriptor)
        except OSError as error:
            raise _refusal(self._path, error) from error

    def write(self, data: object) -> None:
        """Append anything with a buffer."""
        self.write_at(self.size, data)

    def write_at(self, offset: int, data: object) -> None:
        """Write anything with a buffer at an offset in bytes."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        try:
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            while view:
                done = os.write(self._descriptor, view)
                view, offset = view[done:], offset + done
        except OSError as error:
            raise _refusal(self._path, error) from error
        self.size = max(self.size, offset)


def _reject(target: Path, shown: Path, force: bool) -> None:
    if not target.name:
        raise OutputError(f"cannot write '{shown}': it names no file; add a file name")
    try:
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise _refusal(shown, error) from error
    if stat.S_ISDIR(mode):
        raise OutputError(f"cannot write '{shown}': it is a directory; add a file name")
    if not stat.S_ISREG(mode):
        raise OutputError(f"cannot write '{shown}': it is a device or a pipe, not a file; choose a file name")
    if not force:
        raise OutputError(f"cannot write '{shown}': it exists; choose another name or use --force to replace it")


def _lock(descriptor: int) -> bool:
    """Hold the file for as long as this process lives; False when another process holds it. Always true without flock."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
    return True


def _create(temporary: Path, target: Path, shown: Path) -> int:
    try:
        if len(os.fsencode(target.name)) > os.pathconf(target.parent, "PC_NAME_MAX"):
            raise OSError(errno.ENAMETOOLONG, "name too long")
        descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        raise _refusal(shown, error) from error
    _lock(descriptor)
    return descriptor


def _publish(temporary: Path, target: Path, shown: Path, force: bool) -> None:
    """Give the file its name in one step; without `force` never over another that appeared meanwhile."""
    if not force:
        try:
            os.link(temporary, target)
        except FileExistsError:
            _reject(target, shown, force)
        except OSError:  # a filesystem without hard links: look, then rename
            _reject(target, shown, force)
        else:
            temporary.unlink()
            return
    os.replace(temporary, target)


def _sync_directory(directory: Path) -> None:
    """Make the new name last through a power cut, where the system lets a directory be synced."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def atomic(path: str | os.PathLike[str], *, force: bool = False) -> Iterator[Output]:
    """Open `path` for writing so that it appears whole when the block ends and not at all when it raises.

    A link is followed; a file that exists is refused without `force`; the mode follows the umask. Raises OutputError.
    """
    shown = Path(path)
    if "\0" in str(shown):
        raise OutputError(f"cannot write {str(shown)!r}: the name holds a null character; choose another name")
    target = Path(os.path.realpath(shown))
    _reject(target, shown, force)
    temporary = target.with_name(f"{PREFIX}{secrets.token_hex(8)}{SUFFIX}")
    try:  # the name is known before the file is: an interrupt right after its birth must leave nothing either
        descriptor = _create(temporary, target, shown)
        try:
            out = Output(descriptor, shown)
            yield out
            out.finish()
        finally:
            os.close(descriptor)
        try:
            _publish(temporary, target, shown, force)
        except OSError as error:
            raise _refusal(shown, error) from error
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_directory(target.parent)


def sweep(directory: str | os.PathLike[str], *, settled: float = _SETTLED) -> int:
    """Remove the temporary files that killed writers left in a directory; those still being written are locked and stay.

    Returns how many went. A directory that cannot be read holds none."""
    gone = 0
    try:
        strays = sorted(Path(directory).glob(f"{PREFIX}*{SUFFIX}"))
    except OSError:
        return 0
    for stray in strays:
        with suppress(OSError):
            gone += _sweep_one(stray, settled)
    return gone


def _sweep_one(stray: Path, settled: float) -> int:
    descriptor = os.open(stray, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        if time.time() - os.fstat(descriptor).st_mtime < settled or not _lock(descriptor):
            return 0
        stray.unlink()
        return 1
    finally:
        os.close(descriptor)
