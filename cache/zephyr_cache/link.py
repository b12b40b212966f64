"""Putting a file of the cache somewhere else: by clone, by hard link or by copy.

A clone shares the blocks until one side is written: as cheap as a link and as safe as a copy. A
hard link is the same file: editing it in an environment edits the cache, which is why files are
checked before they are linked. A copy always works. All three keep the modification time, since
bytecode refers to it.
"""

from __future__ import annotations

import contextlib
import enum
import errno
import os
import sys

from zephyr_cache import layout
from zephyr_cache.atomic import write_new
from zephyr_cache.copying import copy, set_time

TYPE_CHECKING = False

if TYPE_CHECKING:
    from collections.abc import Container, Generator, Iterable

_NO_CLONE = frozenset(
    {errno.EOPNOTSUPP, errno.ENOTSUP, errno.EXDEV, errno.EINVAL, errno.ENOTTY, errno.ENOSYS, errno.EPERM}
)
_NO_LINK = frozenset({errno.EXDEV, errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS})
LINKS_BELOW = os.link in os.supports_dir_fd
"""Whether files can be named by their paths below open folders."""


class LinkMode(enum.Enum):
    """How bytes get from the cache to where they are used, the best first."""

    CLONE = "clone"
    HARDLINK = "hardlink"
    COPY = "copy"


class Linker:
    """Puts files of the cache at new places; one per pair of file systems is quickest.

    It starts with the mode it is given and goes down to the next one for good when the file systems
    refuse (`mode` tells where it stands). ``umask`` is the process's, read when it is not given.
    """

    def __init__(self, mode: LinkMode, *, umask: int | None = None) -> None:
        self.mode = mode
        self._umask = current_umask() if umask is None else umask
        self._owned: dict[str, bool] = {}

    def place(self, source: str, destination: str, *, executable: bool) -> LinkMode:
        """Put ``source`` at ``destination`` and say how that was done.

        The mode is 0755 or 0644 less the umask, the modification time that of ``source``. The parent
        folder must exist and nothing may be there: raises `FileExistsError`, else `OSError`.
        A hard link is made only where the file would be as wanted: same owner, same mode.
        """
        mode = (0o755 if executable else 0o644) & ~self._umask
        if self.mode is LinkMode.CLONE:
            if _clone(source, destination, mode):
                return LinkMode.CLONE

            self.mode = LinkMode.HARDLINK

        if self.mode is LinkMode.HARDLINK and self._may_link(source.rpartition("/")[0]):
            return self._link(source, destination, mode)

        copy(source, destination, mode)
        return LinkMode.COPY

    def place_all(
        self, source: str, destination: str, paths: Iterable[str], executable: Container[str]
    ) -> None:
        """Put the files at ``paths`` below the folder ``source`` at the same paths below ``destination``.

        As with `place`, for each of them; ``executable`` are the executable ones of them.
        """
        if self.mode is not LinkMode.HARDLINK or not LINKS_BELOW or not self._may_link(source):
            for path in paths:
                self.place(f"{source}/{path}", f"{destination}/{path}", executable=path in executable)

            return

        # From open folders, the kernel has only the paths below them to follow.
        with _opened(source) as origin, _opened(destination) as target:
            for path in paths:
                try:
                    os.link(path, path, src_dir_fd=origin, dst_dir_fd=target, follow_symlinks=False)
                except OSError:
                    self.place(f"{source}/{path}", f"{destination}/{path}", executable=path in executable)

    def _may_link(self, folder: str) -> bool:
        """Tell whether a file in ``folder`` would be as wanted: its mode and its owner.

        A tree is published as a whole, so a folder and the files in it have one owner: one look per
        folder is enough.
        """
        if self._umask & 0o755:
            return False

        ours = self._owned.get(folder)
        if ours is None:
            ours = self._owned[folder] = _owned_by_us(folder)

        return ours

    def _link(self, source: str, destination: str, mode: int) -> LinkMode:
        try:
            os.link(source, destination)
        except OSError as error:
            if error.errno == errno.EMLINK:
                copy(source, destination, mode)
                _renew(source, destination)
                return LinkMode.COPY

            if error.errno not in _NO_LINK:
                raise

            # The copy tells a refusal of links from a folder that cannot be written at all.
            copy(source, destination, mode)
            self.mode = LinkMode.COPY
            return LinkMode.COPY

        return LinkMode.HARDLINK


def probe(source_folder: str, destination_folder: str) -> LinkMode:
    """Try out the best mode from one folder to another, leaving nothing in either. Never raises."""
    source = f"{source_folder}/{layout.fresh_name()}"
    destination = f"{destination_folder}/.{layout.fresh_name()}"
    try:
        write_new(source, b"zephyr")
        return Linker(LinkMode.CLONE, umask=0).place(source, destination, executable=False)
    except OSError:
        return LinkMode.COPY
    finally:
        for path in (source, destination):
            with contextlib.suppress(OSError):
                os.unlink(path)


def current_umask() -> int:
    """Tell the process's umask; where the system only tells by setting it, it is set and put back."""
    with contextlib.suppress(OSError, ValueError), open("/proc/self/status", encoding="ascii") as stream:
        for line in stream:
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)

    umask = os.umask(0o022)
    os.umask(umask)
    return umask


@contextlib.contextmanager
def _opened(folder: str) -> Generator[int]:
    """Lend a descriptor of a folder."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _renew(source: str, copied: str) -> None:
    """Let the fresh copy take the place of a file in the cache that can bear no more links."""
    temporary = f"{source}.{layout.fresh_name()}"
    try:
        os.link(copied, temporary)
        os.replace(temporary, source)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)


if sys.platform == "win32":

    def _owned_by_us(_folder: str) -> bool:
        return True

else:

    def _owned_by_us(folder: str) -> bool:
        return os.stat(folder).st_uid == os.geteuid()


if sys.platform == "linux":
    import fcntl

    _FICLONE = 0x40049409

    def _clone(source: str, destination: str, mode: int) -> bool:
        origin = os.open(source, os.O_RDONLY)
        try:
            target = os.open(destination, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            try:
                fcntl.ioctl(target, _FICLONE, origin)
                set_time(target, destination, os.fstat(origin).st_mtime_ns)
            except BaseException as error:
                os.unlink(destination)
                if isinstance(error, OSError) and error.errno in _NO_CLONE:
                    return False

                raise
            finally:
                os.close(target)
        finally:
            os.close(origin)

        return True

elif sys.platform == "darwin":
    import ctypes

    _system = ctypes.CDLL(None, use_errno=True)

    def _clone(source: str, destination: str, mode: int) -> bool:
        if _system.clonefile(os.fsencode(source), os.fsencode(destination), 0) != 0:
            number = ctypes.get_errno()
            if number in _NO_CLONE:
                return False

            raise OSError(number, os.strerror(number), source, None, destination)

        os.chmod(destination, mode)
        return True

else:

    def _clone(source: str, destination: str, mode: int) -> bool:  # noqa: ARG001 - no such call here
        return False
