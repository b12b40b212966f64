"""The lines of a requirements file, taken apart (pip's documented format): pure, one line at a time.

A line is a requirement with options of its own, or options for the whole file. Long options may be cut
short where that leaves no doubt, as on pip's command line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass
from zephyr.errors import UsageError
from zephyr.memo.trace import forego
from zephyr.model.index import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMMENT = re.compile(r"(^|\s+)#.*$")
_WHOLE_COMMENT = re.compile(r"\s*#")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_OPTIONS_BEGIN = re.compile(r"(?:^|\s+)(?=-)")

_WITH_VALUE = {
    "--requirement": "requirement",
    "-r": "requirement",
    "--constraint": "constraint",
    "-c": "constraint",
    "--editable": "editable",
    "-e": "editable",
    "--index-url": "index-url",
    "-i": "index-url",
    "--pypi-url": "index-url",
    "--extra-index-url": "extra-index-url",
    "--find-links": "find-links",
    "-f": "find-links",
    "--only-binary": "only-binary",
    "--no-binary": "no-binary",
    "--all-releases": "all-releases",
    "--only-final": "only-final",
    "--trusted-host": "trusted-host",
    "--use-feature": "use-feature",
    "--hash": "hash",
    "--config-settings": "config-settings",
    "--config-setting": "config-settings",
    "-C": "config-settings",
}
_WITHOUT_VALUE = {
    "--no-index": "no-index",
    "--pre": "pre",
    "--prefer-binary": "prefer-binary",
    "--require-hashes": "require-hashes",
    "--no-require-hashes": "no-require-hashes",
}
_KNOWN = _WITH_VALUE | _WITHOUT_VALUE
_STRONG = ("sha256", "sha384", "sha512")


class RequirementsFileInvalid(UsageError):
    """Raised for a requirements file that cannot be read, or a line of it that is not understood."""

    id = "requirements-file"
    exit_code = 1  # as pip's


@dataclass(frozen=True, slots=True)
class Option:
    """One option, by its long name without dashes."""

    name: str
    value: str = ""
    """Empty for a flag."""


def logical_lines(text: str, environ: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Yield (number of the first physical line, line): continued lines joined, without comments.

    ``${NAME}`` is replaced where ``environ`` has something for it; names are of upper-case letters,
    digits and underscores. A comment that fills its line ends a continuation, and is never continued.
    """
    pending = ""
    first = 0

    for number, physical in enumerate(text.splitlines(), 1):
        first = first or number
        is_comment = _WHOLE_COMMENT.match(physical) is not None

        if physical.endswith("\\") and not is_comment:
            pending += physical.rstrip("\\")
            continue

        yield from _plain(first, pending + (" " if is_comment else "") + physical, environ)
        first, pending = 0, ""

    yield from _plain(first, pending, environ)


def _plain(number: int, line: str, environ: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    line = _COMMENT.sub("", line).strip()

    if line:
        yield number, _VARIABLE.sub(lambda match: _value(match, environ), line)


def _value(variable: re.Match[str], environ: Mapping[str, str]) -> str:
    forego()  # a memo knows nothing of a variable that has any name

    return environ.get(variable[1]) or variable[0]


def parse_line(line: str, origin: str) -> tuple[str, tuple[Option, ...]]:
    """Return the requirement as it is written (empty where there is none) and the options of a line.

    Raises `RequirementsFileInvalid`, with ``origin``, for options that there are not in these files or
    that are given wrongly.
    """
    begin = _OPTIONS_BEGIN.search(line)

    if begin is None:
        return line, ()

    import shlex

    try:
        words = shlex.split(line[begin.end() :])
    except ValueError as error:
        raise RequirementsFileInvalid(f"{origin}: {error}") from error

    return line[: begin.start()], tuple(_options(words, origin))


def _options(words: list[str], origin: str) -> Iterator[Option]:
    queue = iter(words)

    for word in queue:
        name, value = _taken_apart(word, origin)
        option = _KNOWN[name]

        if name in _WITHOUT_VALUE and value is not None:
            raise RequirementsFileInvalid(f"{origin}: {name} takes no value")

        if name in _WITH_VALUE and value is None:
            value = next(queue, None)

            if value is None:
                raise RequirementsFileInvalid(f"{origin}: {name} needs a value")

        yield Option(option, _checked(option, value or "", origin))


def _taken_apart(word: str, origin: str) -> tuple[str, str | None]:
    """Return the name of an option in full, and the value that is joined to it (None without one)."""
    if not word.startswith("-"):
        raise RequirementsFileInvalid(
            f"{origin}: {without_credentials(word)!r} stands after options, where nothing is read",
            hint="Give it a line of its own, or put quotes around a value with spaces.",
        )

    if not word.startswith("--"):
        name, value = word[:2], word[2:].removeprefix("=") or None
    else:
        name, equals, text = word.partition("=")
        name, value = _in_full(name), text if equals else None

    if name not in _KNOWN:
        raise RequirementsFileInvalid(
            f"{origin}: unknown option {name}", hint=_nearest(name) or "Give it on the command line."
        )

    return name, value


def _in_full(name: str) -> str:
    begun = [known for known in _KNOWN if known.startswith(name)]

    return begun[0] if name not in _KNOWN and len({_KNOWN[known] for known in begun}) == 1 else name


def _nearest(name: str) -> str | None:
    import difflib

    found = difflib.get_close_matches(name, _KNOWN, n=1)

    return f"Is {found[0]} meant?" if found else None


def _checked(option: str, value: str, origin: str) -> str:
    if option == "hash":
        return _checked_hash(value, origin)

    if option == "config-settings" and not value.partition("=")[1]:
        raise RequirementsFileInvalid(f"{origin}: --config-settings is {value!r}, KEY=VALUE was expected")

    return value


def _checked_hash(value: str, origin: str) -> str:
    algorithm, colon, digest = value.partition(":")

    if not colon:
        raise RequirementsFileInvalid(
            f"{origin}: --hash is {value!r}, the name of an algorithm and a digest were expected",
            hint="Write it as --hash=sha256:0123abcd…",
        )

    if algorithm not in _STRONG:
        raise RequirementsFileInvalid(
            f"{origin}: --hash is of {algorithm}, which proves nothing;"
            f" allowed hash algorithms for --hash are {', '.join(_STRONG)}.",
            hint="Give the sha256 of the file.",
        )

    return f"{algorithm}:{digest.lower()}"
