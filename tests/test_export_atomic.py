"""Output is whole or absent, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from geometry.export.atomic import PREFIX, SUFFIX, OutputError, atomic, sweep
from geometry.export.behind import Behind


def write(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write a small file."""
    with atomic(path, force=force) as out:
        out.write(data)


def test_writes_at_offsets_and_leaves_only_the_file(tmp_path: Path) -> None:
    with atomic(tmp_path / "a.bin") as out:
        out.write(b"0123456789")
        out.write_at(2, b"AB")
        assert out.size == 10
        assert not (tmp_path / "a.bin").exists()
    assert (tmp_path / "a.bin").read_bytes() == b"01AB456789"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_existing_file_is_kept_without_force(tmp_path: Path) -> None:
    write(tmp_path / "a", b"old")
    with pytest.raises(OutputError, match="--force"):
        write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    write(tmp_path / "a", b"new", force=True)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 1


def test_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    def race() -> None:
        with atomic(tmp_path / "a") as out:
            out.write(b"new")
            (tmp_path / "a").write_bytes(b"other")

    with pytest.raises(OutputError, match="exists"):
        race()
    assert (tmp_path / "a").read_bytes() == b"other"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("force", [False, True])
def test_places_that_cannot_be_written(tmp_path: Path, force: bool) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "loop").symlink_to("loop")
    wanted = {
        tmp_path: "directory",
        tmp_path / "no" / "a": "does not exist",
        tmp_path / "fifo": "pipe",
        Path("/dev/full"): "device",
        tmp_path / "file" / "a": "not a directory|part of the path",
        tmp_path / ("x" * 300): "too long",
        Path("/"): "names no file",
        tmp_path / "nul\0": "null",
    }
    for path, words in wanted.items():
        with pytest.raises(OutputError, match=words):
            write(path, b"x", force=force)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["fifo", "file", "loop"]


@pytest.mark.parametrize("name", ["-x", "a b", "塔.stl", "x" * 255])
def test_odd_names(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, b"x")
    assert (tmp_path / name).read_bytes() == b"x"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_any_exception_leaves_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    write(tmp_path / "a", b"old")

    def fail() -> None:
        with atomic(tmp_path / "a", force=True) as out:
            out.write(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def test_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """A size limit on the process fails a write half-way, as a full disk does."""
    code = f"""
import resource, signal
from geometry.export.atomic import OutputError, atomic
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    with atomic({str(tmp_path / "a")!r}) as out:
        for _ in range(20): out.write(bytes(100_000))
except OutputError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "cannot write" in said
    assert list(tmp_path.iterdir()) == []


def test_mode_follows_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "a", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", b"new", force=True)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_killed_writer_leaves_the_old_file_and_its_rest_is_swept(tmp_path: Path) -> None:
    write(tmp_path / "a", b"old")
    code = f"""
import time
from geometry.export.atomic import atomic
with atomic({str(tmp_path / "a")!r}, force=True) as out:
    out.write(b"half"); print("ready", flush=True); time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        assert sweep(tmp_path, settled=0) == 0, "a file being written is not stray"
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert (tmp_path / "a").read_bytes() == b"old"
    (stray,) = tmp_path.glob(f"{PREFIX}*{SUFFIX}")
    assert sweep(tmp_path) == 0, "a fresh file may not be locked yet"
    os.utime(stray, (time.time() - 60, time.time() - 60))
    assert sweep(tmp_path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_sweep_of_no_directory() -> None:
    assert sweep("/no/such/place") == 0


def test_two_writers_make_one_whole_file(tmp_path: Path) -> None:
    threads = [threading.Thread(target=write, args=(tmp_path / "a", bytes([i]) * 300_000), kwargs={"force": True}) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    data = (tmp_path / "a").read_bytes()
    assert len(data) == 300_000
    assert len(set(data)) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_shows_before_the_work(tmp_path: Path) -> None:
    code = f"""
import resource, signal
from geometry.export.atomic import OutputError, atomic
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    with atomic({str(tmp_path / "a")!r}) as out:
        out.reserve(2_000_000)
        print("went on")
except OutputError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "cannot write" in said
    assert "went on" not in said
    assert list(tmp_path.iterdir()) == []


def test_what_was_reserved_and_not_written_is_given_back(tmp_path: Path) -> None:
    with atomic(tmp_path / "a") as out:
        out.reserve(1_000_000)
        out.write(b"x" * 1000)
    assert (tmp_path / "a").read_bytes() == b"x" * 1000


def test_a_reservation_that_the_system_cannot_make_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, offset: int, size: int) -> None:
        raise OSError(errno.EOPNOTSUPP, "not here")

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with atomic(tmp_path / "a") as out:
        out.reserve(10)
        out.write(b"x")
    monkeypatch.delattr(os, "posix_fallocate")
    with atomic(tmp_path / "b") as out:
        out.reserve(10)
        out.write(b"x")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"x"


@pytest.mark.parametrize("size", [1, 1 << 24])
def test_what_fails_behind_comes_out_and_nothing_is_left(tmp_path: Path, size: int) -> None:
    done: list[int] = []

    def fail() -> None:
        raise OutputError("no more")

    def write_three() -> None:
        with atomic(tmp_path / "a") as out, Behind() as behind:
            behind.do(size, out.write, b"1")
            behind.do(size, fail)
            behind.do(size, done.append, 3)

    with pytest.raises(OutputError, match="no more"):
        write_three()
    assert done == []
    assert list(tmp_path.iterdir()) == []


def test_work_behind_is_done_in_order_before_the_block_ends() -> None:
    done: list[int] = []
    with Behind() as behind:
        for number in range(20):
            behind.do((number % 3) << 20, done.append, number)
    assert done == list(range(20))


def test_an_interrupt_waits_for_what_is_under_way(tmp_path: Path) -> None:
    done: list[int] = []

    def slow() -> None:
        time.sleep(0.05)
        done.append(1)

    def interrupted() -> None:
        with Behind() as behind:
            behind.do(1 << 24, slow)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert done == [1], "the file is closed after its last write"


def test_an_interrupt_right_after_the_birth_of_the_file_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(descriptor: int) -> bool:
        assert len(list(tmp_path.iterdir())) == 1
        raise KeyboardInterrupt

    monkeypatch.setattr("geometry.export.atomic._lock", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == []
