"""``zephyr config``: the user's settings file, and what is read from pip's, in pip's words.

Keys are option names. ``global.``, which pip wants in front of them, may be left out: an option of the file
is meant for every command that has it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

from zephyr.cli.context import output_of
from zephyr.cli.known_words import known_options
from zephyr.cli.option_groups import argument, command, option
from zephyr.cli.options import CacheOptions, NetworkOptionsGroup, OutputOptions, TargetOptions
from zephyr.cli.settings_file import with_option, without_option
from zephyr.errors import UsageError, ZephyrError
from zephyr.pip_options import truth
from zephyr.settings import (
    configured_options,
    pip_file_options,
    pip_files,
    refuse_unknown_options,
    user_file,
    user_file_options,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from zephyr.cli.output import Output

GLOBAL = "global."
WORDS = {"list": (), "edit": (), "get": ("name",), "set": ("name", "value"), "unset": ("name",), "debug": ()}
"""What each action is given."""


class Kind(Enum):
    """Whose files are meant; pip's words."""

    USER = "user"
    GLOBAL = "global"
    SITE = "site"


class ConfigurationError(ZephyrError):
    """Raised where an action cannot be done; exits as pip does.

    The id is ``settings-action``, ``settings-key``, ``settings-place`` or ``settings-editor``.
    """

    id = "settings-action"


@command
def config(
    output: OutputOptions,
    _target: TargetOptions,
    _cache: CacheOptions,
    _network: NetworkOptionsGroup,
    action: Annotated[
        list[str] | None,
        argument(help="list, get NAME, set NAME VALUE, unset NAME, edit or debug.", metavar="ACTION"),
    ] = None,
    editor: Annotated[
        str | None,
        option("--editor", metavar="PROGRAM", help="For edit; else VISUAL or EDITOR says which."),
    ] = None,
    user: Annotated[bool, option("--user", help="Only the user's own files.")] = False,
    whole_system: Annotated[
        bool, option("--global", help="Only pip's files for the whole system, to read.")
    ] = False,
    site: Annotated[bool, option("--site", help="Only pip's file of the environment, to read.")] = False,
) -> None:
    """Show and change settings."""
    say = output_of(output)
    verb, words = _understood(action or ())
    kind = _kind({Kind.USER: user, Kind.GLOBAL: whole_system, Kind.SITE: site})

    match verb:
        case "list":
            for name, value in sorted(_options(kind).items()):
                say.result(f"{GLOBAL}{name}={_shown(value)!r}")
        case "get":
            say.result(_shown(_got(words[0], _options(kind))))
        case "set":
            key = _key(words[0])
            value = _value(key, words[1], known_options())
            _write(with_option(_text(), key, value), kind, say)
        case "unset":
            _unset(_key(words[0]), kind, say)
        case "edit":
            _edit(editor, kind)
        case _:
            _debug(say)


def _understood(action: Sequence[str]) -> tuple[str, Sequence[str]]:
    if not action or action[0] not in WORDS:
        raise ConfigurationError(f"Need an action ({', '.join(sorted(WORDS))}) to perform.")

    verb, *words = action
    wanted = WORDS[verb]

    if len(words) != len(wanted):
        example = " ".join([verb, *(f"[{word}]" for word in wanted)])
        raise ConfigurationError(
            f"Got unexpected number of arguments, expected {len(wanted)}. "
            f'(example: "zephyr config {example}")'
        )

    return verb, words


def _kind(asked: Mapping[Kind, bool]) -> Kind | None:
    chosen = [kind for kind, is_asked in asked.items() if is_asked]

    if len(chosen) > 1:
        raise ConfigurationError(
            "Need exactly one file to operate upon (--user, --site, --global) to perform.",
            id="settings-place",
        )

    return chosen[0] if chosen else None


def _options(kind: Kind | None) -> dict[str, Any]:
    """Return what is set: altogether, or by the files of one kind."""
    if kind is None:
        return configured_options(os.environ)

    options: dict[str, Any] = {}

    for place, path in pip_files(os.environ):
        if place == kind.value:
            options |= pip_file_options(path)

    return options | (user_file_options(user_file(os.environ)) if kind is Kind.USER else {})


def _key(name: str) -> str:
    """Return the option that a key means; raises `ConfigurationError` for one of a single command."""
    section, dot, option_name = name.removeprefix("--").partition(".")

    if not dot:
        return section.replace("_", "-")

    if f"{section}." != GLOBAL:
        raise ConfigurationError(
            f"{name} is an option of {section} alone: settings are for all commands",
            hint=f"Set {GLOBAL}{option_name}, or give it on the command line.",
            id="settings-key",
        )

    return option_name.removeprefix("--").replace("_", "-")


def _got(name: str, options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an option's value
    if _key(name) not in options:
        raise ConfigurationError(f"No such key - {name}", id="settings-key")

    return options[_key(name)]


def _shown(value: Any) -> str:  # noqa: ANN401
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)  # pyright: ignore


def _value(name: str, text: str, known: Mapping[str, object]) -> Any:  # noqa: ANN401
    """Return the value as the file holds it; raises `UsageError` for an option that no command has."""
    refuse_unknown_options([name], known, os.environ)

    if known[name] == "flag":
        return truth(text, name)

    return text.split() if known[name] == "texts" else text


def _text() -> str:
    try:
        with open(user_file(os.environ), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _unset(name: str, kind: Kind | None, output: Output) -> None:
    text = without_option(_text(), name)

    if text is None:
        raise ConfigurationError(f"No such key - {GLOBAL}{name}", id="settings-key")

    _write(text, kind, output)


def _write(text: str, kind: Kind | None, output: Output) -> None:
    """Put ``text`` in the place of the user's file, by a rename; links and the file's mode stay."""
    path = _own_file(kind)
    user_file_options(path)  # a broken file is for a person to mend
    place = os.path.realpath(path)
    fresh = f"{place}.{os.getpid()}.new"
    os.makedirs(os.path.dirname(place), exist_ok=True)

    # Settings may hold logins: a new file is for its owner alone.
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)

    if os.path.exists(place):
        shutil.copymode(place, fresh)

    os.replace(fresh, place)
    output.result(f"Writing to {path}")


def _own_file(kind: Kind | None) -> str:
    if kind not in {None, Kind.USER}:
        raise ConfigurationError(
            "Only the user's settings file can be changed",
            hint="pip's own files are read, and are for pip config to change.",
            id="settings-place",
        )

    return user_file(os.environ)


def _edit(editor: str | None, kind: Kind | None) -> None:
    program = editor or os.environ.get("VISUAL") or os.environ.get("EDITOR")

    if not program:
        raise ConfigurationError(
            "Could not determine editor to use.",
            hint="Name one with --editor, or set EDITOR.",
            id="settings-editor",
        )

    path = _own_file(kind)
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)

    try:
        subprocess.run([*shlex.split(program), path], check=True)
    except FileNotFoundError as error:
        raise UsageError(f"There is no editor {program!r}", id="settings-editor") from error
    except subprocess.CalledProcessError as error:
        raise ConfigurationError(
            f"Editor Subprocess exited with exit code {error.returncode}", id="settings-editor"
        ) from error


def _debug(output: Output) -> None:
    """List where settings come from, strongest first, and what each place says."""
    output.result("env_var:")

    for name, value in sorted(os.environ.items()):
        if name.startswith(("PIP_", "ZEPHYR_")):
            output.result(f"  {name}={value!r}")

    own = user_file(os.environ)
    files = [("zephyr", own, user_file_options(own))]
    files += [(kind, path, pip_file_options(path)) for kind, path in pip_files(os.environ)]

    for kind in ("env", "global", "site", "user", "zephyr"):
        output.result(f"{kind}:")

        for place, path, options in files:
            if place == kind:
                output.result(f"  {path}, exists: {os.path.exists(path)}")

                for name, value in options.items():
                    output.result(f"    {GLOBAL}{name}: {_shown(value)}")
