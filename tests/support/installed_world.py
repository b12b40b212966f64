"""One environment on the disk, a cache, and wheels made on the spot: a small language for install tests.

    world = InstalledWorld(tmp_path)
    world.install(world.wheel("demo", "1.0"))
    world.uninstall("demo")
    world.snapshot()

Nothing runs in the environment; its folders are those of a virtual environment.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, Any

from packaging.utils import NormalizedName, canonicalize_name

from tests.support.wheels import build_wheel
from zephyr.environments.installed import read_installed
from zephyr.install.contents import Incoming
from zephyr.install.destination import Destination
from zephyr.install.filesystem import FileSystem
from zephyr.install.opening import TransactionOptions
from zephyr.install.owned import owned_files
from zephyr.install.plan import Plan, PlanOptions, make_plan
from zephyr.install.transaction import Report, Transaction
from zephyr_cache import Cache
from zephyr_cache.link import LinkMode
from zephyr_workers.unpack import unpack_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from zephyr.model.environment import InstalledDistribution


class UnsyncedFileSystem(FileSystem):
    """Counts the syncs as steps and leaves them out: a killed process loses nothing that was written."""

    def __init__(
        self,
        before: Callable[[str, str], None] = lambda _operation, _path: None,
        *,
        refuse_folders: bool = False,
    ) -> None:
        super().__init__(before)
        self._refuse_folders = refuse_folders

    def rename_folder(self, source: str, target: str) -> None:
        """Refuse as overlay file systems do, where that was asked for."""
        if self._refuse_folders:
            self._before("rename-folder", target)
            raise OSError(18, "Invalid cross-device link", source)

        super().rename_folder(source, target)

    def write(self, path: str, data: bytes, mode: int = 0o666, *, durable: bool = False) -> None:
        """Write without syncing."""
        super().write(path, data, mode)

    def sync_folder(self, path: str) -> None:
        """Only count."""
        self._before("sync-folder", path)

    def sync_contents(self, path: str) -> None:
        """Only count."""
        self._before("sync-contents", path)


class InstalledWorld:
    """See the module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = str(folder / "environment")
        self.site = f"{self.root}/lib/python3.12/site-packages"
        self.scripts = f"{self.root}/bin"
        os.makedirs(self.site)
        os.makedirs(self.scripts)
        self.put("pyvenv.cfg", "home = /usr/bin\n")
        self.put("bin/activate", "# activate\n")
        self.cache = Cache.open(str(folder / "cache"))
        self.destination = self.destination_at(self.root)
        self.filesystem: FileSystem = UnsyncedFileSystem()

    def destination_at(self, root: str) -> Destination:
        """Return the folders of a virtual environment at ``root``."""
        site = f"{root}/lib/python3.12/site-packages"
        folders = {
            "purelib": site,
            "platlib": site,
            "scripts": f"{root}/bin",
            "headers": f"{root}/include/site/python3.12",
            "data": root,
        }

        return Destination(os.path.realpath(root), folders, f"{root}/bin/python", "posix")

    def put(self, path: str, text: str) -> str:
        """Write a user's file below the environment's root and return its path."""
        full = f"{self.root}/{path}"
        os.makedirs(os.path.dirname(full), exist_ok=True)

        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

        return full

    def put_in_site(self, path: str, text: str) -> str:
        """Write a user's file below site-packages."""
        return self.put(f"lib/python3.12/site-packages/{path}", text)

    def read(self, path: str) -> str:
        """Return the text of a file below site-packages."""
        with open(f"{self.site}/{path}", encoding="utf-8") as file:
            return file.read()

    def has(self, path: str) -> bool:
        """Tell whether anything is at a path below site-packages."""
        return os.path.lexists(f"{self.site}/{path}")

    def wheel(
        self,
        name: str,
        version: str = "1.0",
        *,
        depends: Sequence[str] = (),
        requested: bool = False,
        **parts: Any,
    ) -> Incoming:
        """Build and unpack a wheel; ``parts`` as in `build_wheel`."""
        built = build_wheel(name, version, **parts)
        path = built.write(self.folder)
        wheel = unpack_wheel(str(path), built.filename, self.cache, built.sha256)
        dependencies: tuple[NormalizedName, ...] = tuple(canonicalize_name(each) for each in depends)

        return Incoming(wheel, requested=requested, dependencies=dependencies)

    def installed(self) -> tuple[InstalledDistribution, ...]:
        """Return what is installed."""
        return read_installed((self.site,)).distributions

    def change(
        self,
        incoming: Sequence[Incoming] = (),
        remove: Sequence[str] = (),
        *,
        options: PlanOptions | None = None,
        transaction_options: TransactionOptions | None = None,
        filesystem: FileSystem | None = None,
    ) -> Report:
        """Install, replace and remove in one transaction."""
        transaction_options = transaction_options or TransactionOptions(link_mode=LinkMode.HARDLINK)

        with Transaction.begin(
            self.destination, self.cache, transaction_options, filesystem or self.filesystem
        ) as transaction:
            contents = [transaction.stage(each) for each in incoming]
            gone = {*remove, *(each.name for each in incoming)}
            leaving = [
                owned_files(each, self.destination, replaced=each.name not in remove)
                for each in self.installed()
                if each.name in gone
            ]
            staying = [each for each in self.installed() if each.name not in gone]
            situation = transaction.observe(contents, leaving, staying)

            return transaction.commit(make_plan(contents, leaving, situation, options))

    def install(self, *incoming: Incoming, **options: Any) -> Plan:
        """Install, and return the plan that was carried out."""
        return self.change(incoming, **options).plan

    def uninstall(self, *names: str, **options: Any) -> Plan:
        """Remove, and return the plan that was carried out."""
        return self.change((), names, **options).plan

    def snapshot(self) -> dict[str, tuple[str, int, str]]:
        """Return every path of the environment, its state folder aside: kind, mode, digest."""
        return snapshot(self.root)


def snapshot(root: str) -> dict[str, tuple[str, int, str]]:
    """Return kind, permission bits and SHA-256 (or link target) of everything below ``root``."""
    found: dict[str, tuple[str, int, str]] = {}

    for parent, folders, names in os.walk(root):
        if parent == root and ".zephyr" in folders:
            folders.remove(".zephyr")

        for name in [*folders, *names]:
            path = f"{parent}/{name}"
            found[path[len(root) + 1 :]] = _described(path)

    return found


def _described(path: str) -> tuple[str, int, str]:
    mode = os.lstat(path).st_mode

    if stat.S_ISLNK(mode):
        return "link", 0, os.readlink(path)

    if stat.S_ISDIR(mode):
        return "folder", stat.S_IMODE(mode), ""

    with open(path, "rb") as file:
        return "file", stat.S_IMODE(mode), hashlib.sha256(file.read()).hexdigest()
