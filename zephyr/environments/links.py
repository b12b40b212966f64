"""Links to folders: symbolic ones, and on Windows junctions, which need no privilege."""

from __future__ import annotations

import os
import sys


def is_link(path: str) -> bool:
    """Return whether ``path`` itself is a link, wherever it leads."""
    try:
        os.readlink(path)
    except (OSError, ValueError):
        return False

    return True


if sys.platform == "win32":  # pragma: no cover

    def make_link(path: str, target: str) -> None:
        """Make ``path``, which does not exist, a link to the folder ``target``; raises OSError."""
        import _winapi

        try:
            os.symlink(target, path, target_is_directory=True)
        except FileExistsError:
            raise
        except OSError:
            _winapi.CreateJunction(target, path)

else:

    def make_link(path: str, target: str) -> None:
        """Make ``path``, which does not exist, a link to the folder ``target``; raises OSError."""
        os.symlink(target, path)


def redirect_link(path: str, target: str) -> None:
    """Let the link ``path`` lead to ``target``: it is replaced in one step. Raises OSError."""
    fresh = f"{path}.{os.urandom(4).hex()}"
    make_link(fresh, target)

    try:
        os.replace(fresh, path)
    except OSError:
        os.unlink(fresh)
        raise
