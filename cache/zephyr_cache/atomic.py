"""Files that are there whole or not at all, and folders that go at once.

A new file is written under another name on the same file system and renamed. A folder is removed by
renaming it into the trash first. Nothing is synced here: what a power cut tears is caught by
checksums (records, manifests) and by the boot rule (trees).
"""

from __future__ import annotations

import errno
import os
import stat

from zephyr_cache import layout

# A folder that came with a container's image (overlay), a file that is open (Windows).
_UNMOVABLE = frozenset({errno.EXDEV, errno.EACCES, errno.EPERM})


def write_whole(folder: str, path: str, data: bytes, *, sync: bool = False) -> None:
    """Put ``data`` at ``path`` in one step, by way of a file in ``folder`` (same file system).

    The parent folder of ``path`` is made where it is missing. Raises `OSError`; then ``path`` is
    what it was before.
    """
    temporary = f"{folder}/{layout.fresh_name()}"
    try:
        write_new(temporary, data, sync=sync)
        _replace(temporary, path)
    except BaseException:
        try:
            os.unlink(temporary)
        except OSError:
            pass

        raise


def write_new(path: str, data: bytes, *, sync: bool = False) -> None:
    """Write a file that must not exist yet, with mode 0644 less the umask."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    try:
        remaining = memoryview(data)
        while remaining:
            remaining = remaining[os.write(descriptor, remaining) :]

        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(temporary: str, path: str) -> None:
    try:
        os.replace(temporary, path)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.replace(temporary, path)


def discard(root: str, folder: str) -> bool:
    """Remove a folder of the cache: into the trash in one step, then deleted.

    Where a folder cannot be renamed it is deleted where it is. False when it was not there (any
    more) or is there still. Raises `OSError`.
    """
    trash = f"{root}/{layout.TRASH}"
    target = f"{trash}/{layout.fresh_name()}"
    os.makedirs(trash, exist_ok=True)
    try:
        os.rename(folder, target)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno not in _UNMOVABLE:
            raise

        # Without its manifest a tree is a miss, so its files may then go one by one.
        try:
            os.unlink(f"{folder}/{layout.MANIFEST}")
        except OSError:
            pass

        remove_tree(folder)
        return not os.path.lexists(folder)

    remove_tree(target)
    return True


def remove_tree(path: str) -> None:
    """Delete a file or folder as far as that is possible; others may be deleting it too."""
    try:
        os.rmdir(path)
    except OSError:
        pass
    else:
        return  # nothing is left in most folders that were worked in

    import shutil

    for _attempt in range(2):
        shutil.rmtree(path, ignore_errors=True)
        try:
            os.unlink(path)  # a file or a link
        except OSError:
            pass

        if not os.path.lexists(path):
            return

        _let_in(path)


def _let_in(top: str) -> None:
    """Make folders writable whose mode forbids to empty them; links are not followed."""
    try:
        os.chmod(top, 0o700)
        for folder, names, _files in os.walk(top):
            for name in names:
                inner = f"{folder}/{name}"
                if stat.S_ISDIR(os.lstat(inner).st_mode):
                    os.chmod(inner, 0o700)
    except OSError:
        pass
