"""Runs the ``git`` program: one command at a time, with a time limit, its whole process group ended.

git stands alone in a session of its own, without a terminal and without input, so nothing that it
starts (ssh, helpers) can ask a question.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import anyio

from zephyr.dataclass import dataclass, field, replace
from zephyr_workers.git_environment import (
    SSH_COMMAND,
    chooses_ssh,
    git_environment,
    local_environment,
    secrets_of,
)
from zephyr_workers.git_errors import GitFailed, GitMissing, GitTimeout, failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyio.abc import ByteReceiveStream, Process

TIME_LIMIT = 600.0
"""Seconds for one command that meets the network."""
LOCAL_TIME_LIMIT = 300.0
"""Seconds for one command that does not."""
_POLITENESS = 2.0
"""Seconds that git has to clean up after itself when it is ended."""
_AFTER_THE_END = 1.0
"""Seconds for the last words to arrive when git has ended and something that it started has not."""
_LARGEST_OUTPUT = 64 * 1024 * 1024
_KEPT_OF_ERRORS = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said."""

    status: int
    output: bytes
    errors: str
    """The end of standard error, unredacted: only for `git_errors.failed`."""


@dataclass(frozen=True, slots=True)
class Git:
    """git, ready for one repository."""

    program: str
    shown: str
    """The repository for messages."""
    environment: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    time_limit: float = TIME_LIMIT

    @property
    def local(self) -> Git:
        """The same, for work between folders of this machine."""
        return replace(
            self,
            environment=local_environment(self.environment),
            time_limit=min(self.time_limit, LOCAL_TIME_LIMIT),
        )

    async def run(self, action: str, *arguments: str) -> bytes:
        """Run a command and return its output.

        ``action`` says what it is for ("fetch", "check out"). Raises `GitFailed` and `GitTimeout`.
        """
        answer = await self.ask(action, *arguments)

        if answer.status != 0:
            raise failed(self.shown, action, answer.status, answer.errors, self.secrets)

        return answer.output

    async def ask(self, action: str, *arguments: str) -> Answer:
        """Run a command whose failure is an answer too. Raises `GitTimeout`."""
        try:
            with anyio.fail_after(self.time_limit):
                return await self._run(arguments)
        except TimeoutError as error:
            raise GitTimeout(
                f"Git took more than {self.time_limit:g} seconds to {action} {self.shown}, and was ended.",
                hint="Try the same with git by hand: it may be waiting for a slow host or a helper.",
            ) from error

    async def _run(self, arguments: tuple[str, ...]) -> Answer:
        output, errors = bytearray(), bytearray()

        try:
            process = await anyio.open_process(
                [self.program, *arguments],
                stdin=subprocess.DEVNULL,
                env=self.environment,
                cwd=os.sep,  # in no repository, whose configuration would count
                start_new_session=sys.platform != "win32",
            )
        except OSError as error:
            raise GitMissing(f"The git program cannot be run: {error.strerror}.") from error

        async with process:
            try:
                await _listen(process, output, errors)
            except BaseException:
                await _end(process)
                raise

            status = await process.wait()

        if len(output) > _LARGEST_OUTPUT:
            raise GitFailed(f"Git said more than {_LARGEST_OUTPUT >> 20} MiB about {self.shown}.")

        return Answer(status, bytes(output), errors.decode(errors="replace"))


async def find_git(
    given: str, shown: str, environ: Mapping[str, str] | None = None, *, time_limit: float = TIME_LIMIT
) -> Git:
    """Return git for the repository at ``given``, an address with its credentials.

    Raises `GitMissing` where there is no git on the path.
    """
    environ = os.environ if environ is None else environ
    program = await anyio.to_thread.run_sync(lambda: shutil.which("git", path=environ.get("PATH")))

    if program is None:
        raise GitMissing(
            f"{shown} is a git repository, and there is no git program on the path.",
            hint="Install git, or give the address of an archive of the project.",
        )

    git = Git(program, shown, git_environment(environ, given), secrets_of(given), time_limit)

    if not given.startswith("ssh://") or chooses_ssh(environ):
        return git

    configured = await git.local.ask("read the settings for", "config", "--get", "core.sshCommand")

    if configured.status == 0:
        return git

    return replace(git, environment={**git.environment, "GIT_SSH_COMMAND": SSH_COMMAND})


async def _listen(process: Process, output: bytearray, errors: bytearray) -> None:
    """Read both streams until git has ended; a child that outlives it may hold them open."""
    assert process.stdout is not None
    assert process.stderr is not None

    async with anyio.create_task_group() as group:
        group.start_soon(_read_beginning, process.stdout, output)
        group.start_soon(_read_end, process.stderr, errors)
        await process.wait()
        group.cancel_scope.deadline = anyio.current_time() + _AFTER_THE_END


async def _read_beginning(stream: ByteReceiveStream, kept: bytearray) -> None:
    async for chunk in stream:
        if len(kept) <= _LARGEST_OUTPUT:
            kept += chunk


async def _read_end(stream: ByteReceiveStream, kept: bytearray) -> None:
    async for chunk in stream:
        kept += chunk
        del kept[:-_KEPT_OF_ERRORS]


async def _end(process: Process) -> None:
    """End git and what it has started: politely, so that it removes its lock files, then by force."""
    with anyio.CancelScope(shield=True):
        _signal(process, signal.SIGTERM)

        with anyio.move_on_after(_POLITENESS):
            await process.wait()

        if sys.platform != "win32":
            _signal(process, signal.SIGKILL)


def _signal(process: Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, number)
