"""Answers a command from its memo: what it said last time, if nothing that it looked at has changed since.

This runs before anything else of Zephyr, so it imports only what every interpreter has loaded or built in.
`zephyr.memo.recording` writes memos; docs/memo.md says why they may be believed. A memo that is missing,
damaged or of another make is no answer, and never an error.

A memo is a record of the cache (see `zephyr_cache.records`) under a digest of the question. Its data are
the SipHash of the rest (8 bytes), then by marshal: a second digest of the question, the times in seconds
since 1970 from and until which it holds, the witnesses (path, how it is looked at, its status), and what
was printed (descriptor, bytes). Like a ``.pyc`` it is as trustworthy as the folder that it lies in.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from _imp import source_hash

TYPE_CHECKING = False  # that of typing costs more than all the rest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TextIO

VERBS = ("install", "lock", "sync", "venv")
HELP = frozenset({"-h", "--help"})
"""What is worth tracing: the commands that may find nothing to do, and help."""
BUCKET = "memos-v1"
CHANGES = "changes-v1"
OFF = "ZEPHYR_NO_MEMO"

VARIABLES = frozenset(
    {"CI", "COLUMNS", "FORCE_COLOR", "HOME", "LANG", "NETRC", "NO_COLOR", "PATH", "TERM", "TMPDIR"}
)
PREFIXES = ("CONDA_", "LC_", "PIP_", "PYENV_", "PYTHON", "SSL_CERT_", "VIRTUAL_ENV", "XDG_", "ZEPHYR_")
SUFFIXES = ("_CA_BUNDLE", "_PROXY", "_proxy")
"""The variables, and how their names begin and end, that may matter for what a command does or says."""

NOT_FOLLOWED = 1
"""How to look: at a link itself, not at what it leads to."""
IDENTITY = 2
"""How to look: which folder it is, whatever is in it."""

_stat = os.stat
"""The call itself: while a run is traced, another stands in `os` (see `zephyr.memo.hearing`)."""

NAME, CHECK, BODY, CHANGE = range(4)
"""Keys of the hash, one for each use."""
_KEY_LENGTH = 16
_DATA = len(b"zephyr-record 1\n") + 32 + 4 + _KEY_LENGTH

Status = int | tuple[int, ...]
"""What the system says of a path, or the number of its error."""
Witness = tuple[str, int, Status]
Said = tuple[int, bytes]
Memo = tuple[bytes, float, float, list[Witness], list[Said]]

if TYPE_CHECKING:
    Repeat = Callable[[list[str], tuple[Any, ...], Callable[[str], bool]], int | None]
    """Makes a change again for a command of these words, and returns the exit code, None where nothing was
    done. The function tells whether the environment is as it was, its private folder left aside."""


def answered(words: list[str], run: Callable[[list[str]], int], repeat: Repeat) -> int:
    """Return what ``run(words)`` returns; where it would say the same as before, say so and exit.

    Where it would change an environment as before, let ``repeat`` do that (see `zephyr.memo.change`).
    """
    question = question_of(words)

    if question is None:
        return run(words)

    if _told_again(words, question):
        # Nothing is to be put away, and an interpreter takes longer to do so than all of this took.
        os._exit(0)

    if os.path.lexists(change_path(words, question)):
        from zephyr.memo.change import done_again

        code = done_again(words, question, repeat)

        if code is not None:
            os._exit(code)

    from zephyr.memo.recording import recorded

    return recorded(words, question, run)


def question_of(words: list[str]) -> bytes | None:
    """Return all that tells one command from another but for files; None for one that is not remembered.

    There may be secrets in it: it is only ever hashed.
    """
    if os.name != "posix" or os.environ.get(OFF) or not (verb_of(words) in VERBS or asks_for_help(words)):
        return None

    try:
        folder = os.getcwd()
        streams = [
            f"{stream.encoding} {stream.errors} {_width(stream)}" if stream is not None else ""
            for stream in (sys.stdin, sys.stdout, sys.stderr)
        ]
    except (OSError, ValueError):
        return None  # the folder is gone, or a stream is closed

    variables = [f"{name}={value}" for name, value in os.environ.items() if matters(name)]
    system = os.uname()
    around = (
        __file__,
        sys.executable,
        sys.version,
        str(sys.flags),
        f"{system.sysname} {system.release} {system.version} {system.machine}",
        f"{os.getuid()} {os.geteuid()} {os.getegid()} {os.getgroups()}",
        folder,
    )

    return "\0".join([*words, "", *sorted(variables), "", *streams, *around]).encode(errors="surrogateescape")


def verb_of(words: list[str]) -> str:
    """Return the command that ``words`` begin with, empty for none."""
    first, second, *_ = (*words, "", "")

    return second if first == "pip" else first


def asks_for_help(words: list[str]) -> bool:
    """Tell whether help may be all that is asked for."""
    return words[:1] == ["help"] or not HELP.isdisjoint(words)


def _width(stream: TextIO) -> int:
    """Return the columns of the terminal that ``stream`` is, 0 for none; raises `OSError`."""
    return os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0


def matters(variable: str) -> bool:
    """Tell whether an environment variable is part of the question."""
    return variable in VARIABLES or variable.startswith(PREFIXES) or variable.endswith(SUFFIXES)


def cache_folder(words: list[str]) -> str:
    """Return the cache's folder as words and variables name it; a settings file may name another."""
    folder = os.environ.get("ZEPHYR_CACHE_DIR", "")

    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word == "--":
            break

        if word == "--cache-dir":
            folder = following
        elif word.startswith("--cache-dir="):
            folder = word.partition("=")[2]

    if folder:
        return folder

    usual = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"

    return os.path.expanduser(f"{os.environ.get('XDG_CACHE_HOME', '').strip() or usual}/zephyr")


def memo_key(question: bytes) -> str:
    """Return the key of a question's memo, which is the name of its file too."""
    return source_hash(NAME, question).hex()


def memo_path(words: list[str], question: bytes) -> str:
    """Return the file that a question's memo is kept in."""
    key = memo_key(question)

    return f"{cache_folder(words)}/{BUCKET}/{key[:2]}/{key}"


def change_key(question: bytes) -> str:
    """Return the key of what a question's command has changed."""
    return source_hash(CHANGE, question).hex()


def change_path(words: list[str], question: bytes) -> str:
    """Return the file that it is kept in."""
    key = change_key(question)

    return f"{cache_folder(words)}/{CHANGES}/{key[:2]}/{key}"


def packed(question: bytes, made: float, until: float, witnesses: list[Witness], said: list[Said]) -> bytes:
    """Return the data of a memo."""
    memo: Memo = (source_hash(CHECK, question), made, until, witnesses, said)
    body = marshal.dumps(memo)

    return source_hash(BODY, body) + body


def status_of(path: str, how: int) -> Status:
    """Return what the system says of ``path``; never raises `OSError`."""
    try:
        found = _stat(path, follow_symlinks=not how & NOT_FOLLOWED)
    except OSError as error:
        return error.errno or -1

    if how & IDENTITY:
        return found.st_mode, found.st_ino, found.st_dev

    return (
        found.st_mtime_ns,
        found.st_ctime_ns,
        found.st_size,
        found.st_mode,
        found.st_ino,
        found.st_dev,
    )


def _told_again(words: list[str], question: bytes) -> bool:
    """Say what the memo says, if there is one and it holds."""
    try:
        said = _still_true(question, own_record(memo_path(words, question)))

        for descriptor, text in said or ():
            print_bytes(descriptor, text)
    except (OSError, ValueError, EOFError, TypeError):
        return False

    return said is not None


def _still_true(question: bytes, data: bytes | memoryview) -> list[Said] | None:
    """Return what a memo has to say, None if it is damaged or does not hold."""
    if bytes(data[:8]) != source_hash(BODY, data[8:]):
        return None

    memo: Memo = marshal.loads(data[8:])  # noqa: S302 - what this user wrote, and whole
    check, made, until, witnesses, said = memo

    return said if hold(question, check, made, until, witnesses) else None


def hold(question: bytes, check: bytes, made: float, until: float, witnesses: list[Witness]) -> bool:
    """Tell whether a memo is that of the question, in its time, and all witnesses are as they were."""
    if check != source_hash(CHECK, question) or not made <= time.time() < until:
        return False

    return all(status_of(path, how) == status for path, how, status in witnesses)


def own_record(path: str) -> memoryview:
    """Return the data of a record of the user's; of a file that belongs to somebody else none."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    try:
        status = os.fstat(descriptor)

        content = os.read(descriptor, status.st_size) if status.st_uid == os.geteuid() else b""

        return memoryview(content)[_DATA:]
    finally:
        os.close(descriptor)


def print_bytes(descriptor: int, data: bytes) -> None:
    """Write all of ``data``."""
    while data:
        data = data[os.write(descriptor, data) :]
