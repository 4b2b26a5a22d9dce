"""Where a session lies."""

import contextlib
import errno
import os
import random
import re
import threading
import time
from abc import ABC, abstractmethod

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")


def checked_name(name):
    if not _NAME.fullmatch(name):
        raise ValueError(
            "The name of a session has at most 64 letters, digits, '-', '_' and '.', and does not begin with '.'."
        )
    return name


class Store(ABC):
    """
    A lock may be lost while it is held (a process that slept, a lease that ran out); a write says so by False, and
    whoever took over sends the same Idempotency-Key.
    """

    @abstractmethod
    def lock(self, session, patience):
        """
        A context manager: waits at most patience seconds until nobody else works on the session, then raises
        TimeoutError.
        """

    @abstractmethod
    def read(self, session):
        """What is stored; None for nothing."""

    @abstractmethod
    def write(self, session, text, before):
        """Replaces what is stored if it still is before, durably. A crash leaves the old text or the new one."""


class MemoryStore(Store):
    """Sessions of one process, gone with it."""

    def __init__(self):
        self._gate = threading.Lock()
        self._locks = {}
        self._texts = {}

    @contextlib.contextmanager
    def lock(self, session, patience):
        with self._gate:
            one = self._locks.setdefault(session, threading.Lock())
        if not one.acquire(timeout=patience):
            raise TimeoutError("Somebody else holds the lock.")
        try:
            yield
        finally:
            one.release()

    def read(self, session):
        return self._texts.get(session)

    def write(self, session, text, before):
        with self._gate:
            if self._texts.get(session) != before:
                return False
            self._texts[session] = text
            return True


class FileStore(Store):
    """
    A file for each session, in a folder that only its owner can read. An operating-system lock lets one process at a
    time work on it and ends with that process; a new file is flushed before it takes the old one's place.
    """

    def __init__(self, folder):
        self._folder = os.path.abspath(os.path.expanduser(folder))

    @contextlib.contextmanager
    def lock(self, session, patience):
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        descriptor = os.open(self._path(session) + ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            until = time.monotonic() + patience
            longest = 0.004
            while not _try_lock(descriptor):
                if time.monotonic() > until:
                    raise TimeoutError("Somebody else holds the lock.")
                time.sleep(0.001 + random.random() * longest)
                longest = min(longest * 2, 0.2)
            yield
        finally:
            # Closing gives the lock back.
            os.close(descriptor)

    def read(self, session):
        try:
            with open(self._path(session), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def write(self, session, text, before):
        if self.read(session) != before:
            return False
        path = self._path(session)
        fresh = path + ".new"
        descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            if hasattr(os, "fchmod"):
                # A file that was there already keeps its mode.
                os.fchmod(descriptor, 0o600)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(fresh, path)
        _flush_folder(self._folder)
        return True

    def _path(self, session):
        return os.path.join(self._folder, checked_name(session) + ".json")


if os.name == "nt":
    import msvcrt

    def _try_lock(descriptor):
        try:
            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            return True
        except OSError:
            return False

    def _flush_folder(folder):
        pass

else:
    import fcntl

    def _try_lock(descriptor):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            return False

    def _flush_folder(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        except OSError as reason:
            # Some file systems cannot flush a folder; the file itself has been flushed.
            if reason.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise
        finally:
            os.close(descriptor)
