"""Reads requirements and constraints files (pip's documented format) into frozen values.

Understood: comments, line continuations, ``${VARIABLE}``, nested ``-r`` and ``-c``, ``--hash``, and the
options that choose sources and formats. A file's bytes are UTF-8 (with or without a byte order
mark) or UTF-16 with one. Relative paths are relative to the file that names them.
"""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from zephyr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMMENT = re.compile(r"(^|\s+)#.*$")
_VARIABLE = re.compile(r"\$\{([A-Z0-9_]+)\}")
_OPTION_AFTER_REQUIREMENT = re.compile(r"\s+(?=--[a-z])")
_MAXIMUM_DEPTH = 32

_WITH_VALUE = {
    "-r": "requirement",
    "--requirement": "requirement",
    "-c": "constraint",
    "--constraint": "constraint",
    "-e": "editable",
    "--editable": "editable",
    "-i": "index-url",
    "--index-url": "index-url",
    "--pypi-url": "index-url",
    "--extra-index-url": "extra-index-url",
    "-f": "find-links",
    "--find-links": "find-links",
    "--only-binary": "only-binary",
    "--no-binary": "no-binary",
    "--trusted-host": "trusted-host",
    "--use-feature": "use-feature",
}
_WITHOUT_VALUE = {
    "--no-index": "no-index",
    "--pre": "pre",
    "--prefer-binary": "prefer-binary",
    "--require-hashes": "require-hashes",
}


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """One requirement as written, with where it stands."""

    text: str
    origin: str
    """``requirements.txt line 3``."""
    hashes: tuple[str, ...] = ()
    """``sha256:…`` values of its ``--hash`` options."""
    folder: str = "."
    """What relative paths in it are relative to."""
    editable: bool = False
    """Asked for with ``-e``."""


@dataclass(frozen=True, slots=True)
class RequirementsFile:
    """Everything one file, with the files that it includes, asks for."""

    requirements: tuple[RequirementLine, ...] = ()
    constraints: tuple[RequirementLine, ...] = ()
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Option name without dashes to its values in order; a flag without value has ``("",)``."""

    def joined(self, other: RequirementsFile) -> RequirementsFile:
        """Return both files' contents, this one's first."""
        options = dict(self.options)

        for name, values in other.options.items():
            options[name] = (*options.get(name, ()), *values)

        return RequirementsFile(
            (*self.requirements, *other.requirements), (*self.constraints, *other.constraints), options
        )


def read_requirements_file(
    path: str, environ: Mapping[str, str], *, constraint: bool = False
) -> RequirementsFile:
    """Read ``path`` and what it includes; with ``constraint`` its requirements become constraints.

    Raises `UsageError` (``requirements-file``) naming file and line for a file that cannot be read, a
    line that is not understood and files that include each other.
    """
    return _read(path, environ, constraint=constraint, chain=())


def _read(
    path: str, environ: Mapping[str, str], *, constraint: bool, chain: tuple[str, ...]
) -> RequirementsFile:
    real = os.path.realpath(path)

    if real in chain or len(chain) >= _MAXIMUM_DEPTH:
        shown = " -> ".join(os.path.basename(item) for item in (*chain, real))
        raise _error(f"Requirements files include each other: {shown}")

    result = RequirementsFile()
    folder = os.path.dirname(path) or "."

    for number, line in _logical_lines(_text(path), environ):
        origin = f"{path} line {number}"
        parsed = _parse_line(line, origin, folder)

        for key in ("requirement", "constraint"):
            for included in parsed.options.get(key, ()):
                parsed = parsed.joined(
                    _read(
                        os.path.join(folder, included),
                        environ,
                        constraint=constraint or key == "constraint",
                        chain=(*chain, real),
                    )
                )

        result = result.joined(parsed)

    if constraint:
        result = replace(result, requirements=(), constraints=(*result.constraints, *result.requirements))

    return result


def _error(message: str, hint: str | None = None) -> UsageError:
    return UsageError(message, hint=hint, id="requirements-file")


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise _error(
            f"Cannot read the requirements file {path}: {error.strerror}",
            "Check the path; a relative one begins in the current folder.",
        ) from error

    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"

    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _error(
            f"{path} is not valid UTF-8 (byte {error.start})", "Save the file as UTF-8 and try again."
        ) from error


def _logical_lines(text: str, environ: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Yield (number of the first physical line, line) with continuations joined and comments gone."""
    pending = ""
    first = 0

    for number, physical in enumerate(text.splitlines(), 1):
        first = first or number

        if physical.endswith("\\") and not physical.lstrip().startswith("#"):
            pending += physical[:-1].rstrip() + " "
            continue

        line = _COMMENT.sub("", pending + physical).strip()
        start, first, pending = first, 0, ""

        if line:
            yield start, _VARIABLE.sub(lambda match: environ.get(match[1], match[0]), line)

    if pending.strip():
        yield first, _COMMENT.sub("", pending).strip()


def _parse_line(line: str, origin: str, folder: str) -> RequirementsFile:
    if line.startswith("-"):
        options = _parse_options(line, origin, folder)
        editables = [RequirementLine(text, origin, (), folder, True) for text in options.pop("editable", ())]

        return RequirementsFile(requirements=tuple(editables), options=options)

    text, *rest = _OPTION_AFTER_REQUIREMENT.split(line)
    hashes: list[str] = []

    for option in rest:
        name, _, value = option.strip().replace(" ", "=", 1).partition("=")

        if name == "--hash" and ":" in value:
            hashes.append(value.strip())
        elif name not in {"--config-settings", "--config-setting", "--global-option"}:
            raise _error(f"{origin}: cannot understand {option.strip()!r}")

    return RequirementsFile(requirements=(RequirementLine(text.strip(), origin, tuple(hashes), folder),))


def _parse_options(line: str, origin: str, folder: str) -> dict[str, tuple[str, ...]]:
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise _error(f"{origin}: {error}") from error

    options: dict[str, tuple[str, ...]] = {}
    queue = list(words)

    while queue:
        word = queue.pop(0)
        name, equals, value = word.partition("=")

        if len(word) > 2 and word[:2] in _WITH_VALUE and not word.startswith("--"):
            name, equals, value = word[:2], "=", word[2:].lstrip("=")

        if name in _WITHOUT_VALUE and not equals:
            options[_WITHOUT_VALUE[name]] = ("",)
            continue

        if name not in _WITH_VALUE:
            raise _error(f"{origin}: unknown option {name}", "Remove it, or give it on the command line.")

        if not equals:
            if not queue:
                raise _error(f"{origin}: {name} needs a value")

            value = queue.pop(0)

        key = _WITH_VALUE[name]

        if key == "find-links" and "://" not in value:
            value = os.path.join(folder, value)

        options[key] = (*options.get(key, ()), value)

    return options
