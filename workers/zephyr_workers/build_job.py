"""One build under way: its folder, its log and the hooks of its backend. Blocking, for threads."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import signal
from typing import TYPE_CHECKING, Any

from zephyr_cache.locks import FileLock
from zephyr_workers.build_backend import Backend
from zephyr_workers.build_errors import BuildError, BuildFailed, SandboxFailed
from zephyr_workers.build_folder import BuildFolder, make_build_folder, remove_build_folder
from zephyr_workers.build_launcher import REFUSED
from zephyr_workers.build_log import BuildLog
from zephyr_workers.build_process import Command, Stopped, run_command
from zephyr_workers.build_result import check_wheel_name
from zephyr_workers.build_variables import build_variables, secret_values
from zephyr_workers.containment import containment_level, is_contained, writable_paths
from zephyr_workers.diagnosis import diagnose, this_system

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping, Sequence

    from zephyr_workers.build_backend import Kind, Runner
    from zephyr_workers.build_process import Stop
    from zephyr_workers.build_settings import BuildOptions
    from zephyr_workers.sources import SourceTree

_LOCK_PAUSE = 0.05
"""Seconds between two attempts to build where somebody else builds."""


class BuildJob:
    """A build of ``source``; its methods are called one after the other, `close` whatever happens.

    ``python`` is the interpreter that has the backend: the builder sets it before the first hook.
    """

    def __init__(
        self,
        source: SourceTree,
        kind: Kind,
        settings: Mapping[str, Any],
        options: BuildOptions,
        logs: str,
    ) -> None:
        self.source = source
        self.python = ""
        self._kind: Kind = kind
        self._settings = settings
        self._options = options
        self._logs = logs
        self._environment = dict(os.environ if options.variables is None else options.variables)
        self._folder: BuildFolder | None = None
        self._log: BuildLog | None = None
        self._lock: FileLock | None = None
        self._keep_log = False

    @property
    def folder(self) -> BuildFolder:
        """The folder, once it is made."""
        assert self._folder is not None

        return self._folder

    @property
    def log(self) -> BuildLog:
        """The log, once it is begun."""
        assert self._log is not None

        return self._log

    def open(self, stop: Stop) -> None:
        """Make the folder and begin the log; wait until nobody else builds in the same place.

        Raises `BuildFailed` when there is no room for them.
        """
        name = re.sub(r"[^\w.-]+", "-", os.path.basename(self.source.shown.rstrip("/")))[-80:]
        path = os.path.join(self._logs, f"{name}-{secrets.token_hex(4)}.log")

        try:
            os.makedirs(self._logs, mode=0o700, exist_ok=True)
            self._wait_for_place(stop)
            self._log = BuildLog(path, (*secret_values(self._environment), *self._options.secrets))
            self._folder = make_build_folder(
                self.source.folder, parent=self._options.work, in_place=self._kind == "editable"
            )
        except OSError as error:
            raise BuildFailed(
                f"No folder can be made to build {self.source.shown} in: {error.strerror or error}.",
                hint="Make room, or set TMPDIR to a folder with room.",
            ) from error

        self.log.note(f"building {self.source.shown}")
        self.log.note(f"containment: {containment_level(sandbox=self._options.sandbox)}, network open")

    def _wait_for_place(self, stop: Stop) -> None:
        if self._kind != "editable":
            return

        place = hashlib.sha256(os.fsencode(os.path.realpath(self.source.folder))).hexdigest()
        lock = FileLock(os.path.join(self._logs, f"{place[:32]}.lock"))

        while not lock.acquire():
            if stop.woken.wait(_LOCK_PAUSE):
                raise Stopped(f"The build of {self.source.shown} was stopped.")

        self._lock = lock

    def close(self) -> None:
        """Remove the folder, and the log unless the build failed."""
        if self._lock is not None:
            self._lock.release(remove=True)

        if self._folder is not None:
            remove_build_folder(self._folder.root)

        if self._log is not None:
            self._log.close()

            if not self._keep_log:
                with contextlib.suppress(OSError):
                    os.unlink(self._log.path)

    def requirements(self, stop: Stop) -> tuple[str, ...]:
        """Return what ``[build-system]`` requires; nothing is run."""
        with self._explained():
            return self._backend(stop).requirements

    def further_requirements(self, stop: Stop) -> tuple[str, ...]:
        """Return what the backend wants on top."""
        with self._explained():
            return self._backend(stop).further_requirements(self._kind, self._settings)

    def metadata(self, stop: Stop) -> bytes | None:
        """Return METADATA as the backend prepares it, None when it has no hook for that."""
        with self._explained():
            return self._backend(stop).metadata(self._kind, self.folder.result, self._settings)

    def build(self, destination: str, tags: Collection[str], stop: Stop) -> str:
        """Return the path of the wheel, which is now in the folder ``destination`` and fits ``tags``."""
        with self._explained():
            name = self._backend(stop).build(self._kind, self.folder.result, self._settings)
            check_wheel_name(name, self.source, tags)

        os.makedirs(destination, exist_ok=True)

        return str(shutil.move(os.path.join(self.folder.result, name), os.path.join(destination, name)))

    @contextlib.contextmanager
    def _explained(self) -> Generator[None]:
        """Add to an error of this build what its log tells, and keep that."""
        try:
            yield
        except Stopped:
            raise
        except BuildError as error:
            cause = diagnose(self.log.recent, this_system())
            hints = (cause, error.hint, f"The whole log is {self.log.path}")
            error.message = self.log.redacted(error.message)
            error.args = (error.message,)
            error.hint = "\n".join(hint for hint in hints if hint)
            error.details = tuple(self.log.redacted(line) for line in error.details) or self.log.tail()
            self._keep_log = True
            raise

    def _backend(self, stop: Stop) -> Backend:
        return Backend(self.folder.source, self.python, self._runner(stop), self.source.shown)

    def _runner(self, stop: Stop) -> Runner:
        """Return what runs one hook: ``python``, a script, the hook's name, the folder for its answer."""

        def run(
            cmd: Sequence[str],
            cwd: str | None = None,
            extra_environ: Mapping[str, str] | None = None,
        ) -> None:
            command = self._command(cmd, cwd or self.folder.source, extra_environ or {})
            self.log.note(" ".join(cmd[:3]))

            try:
                status = run_command(command, self.source.shown, self.log, self._options.limits, stop)
            except OSError as error:
                raise BuildFailed(
                    f"{cmd[0]} cannot be run to build {self.source.shown}: {error.strerror or error}."
                ) from error

            if status:
                raise self._failed(cmd[2], status)

        return run

    def _command(self, arguments: Sequence[str], folder: str, extra: Mapping[str, str]) -> Command:
        own = self.folder
        writable: tuple[str, ...] | None = None

        if is_contained(sandbox=self._options.sandbox):
            writable = writable_paths((own.root, own.source, arguments[-1]), self._environment)

        variables = build_variables(
            self._environment, python=self.python, home=own.home, temporary=own.temporary
        )

        return Command(tuple(arguments), folder, {**variables, **extra}, writable, own.root)

    def _failed(self, hook: str, status: int) -> BuildError:
        if status == REFUSED and "cannot be confined" in " ".join(self.log.tail(1)):
            return SandboxFailed(
                f"The build of {self.source.shown} cannot be confined to its own folders on this system.",
                hint="Build without that with --no-build-sandbox, if you trust the project.",
            )

        return BuildFailed(f"The build of {self.source.shown} failed: {hook} {how_it_ended(status)}.")


def how_it_ended(status: int) -> str:
    """Say what an exit status means; negative is the signal that ended the process."""
    if status >= 0:
        return f"ended with exit status {status}"

    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"

    killer = " (the system may have run out of memory)" if name == "SIGKILL" else ""

    return f"was ended by {name}{killer}"
