"""From what an interpreter said to what Zephyr knows of it, and from one interpreter to its relatives.

A new environment's facts follow from its base's, and so do those of another Python version on the same
platform: neither has to be asked.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zephyr.environments.elf import read_elf
from zephyr.environments.errors import InterpreterBrokenError, InvalidPythonRequestError
from zephyr.environments.layout import (
    environment_scheme,
    executable_names,
    executable_of,
    headers_folder,
    library_name,
    read_configuration,
)
from zephyr.environments.platforms import PlatformFacts, musl_version, platform_tags
from zephyr.environments.tags import cpython_abis, generic_abi, platforms_of, wheel_tags
from zephyr.model.interpreter import Interpreter, Scheme

if TYPE_CHECKING:
    from collections.abc import Mapping


def interpreter_from_answer(answer: Mapping[str, Any]) -> Interpreter:
    """Return the facts that follow from the probe's ``answer``.

    Raises:
        InterpreterBrokenError: the answer lacks something.

    """
    try:
        return _interpreter(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise InterpreterBrokenError(
            f"{answer.get('executable', 'the interpreter')} gave an incomplete answer: {error!r}",
            hint="repair this Python, or name another with --python",
        ) from error


def _interpreter(answer: Mapping[str, Any]) -> Interpreter:
    markers: dict[str, str] = answer["markers"]
    prefix, base_prefix = answer["prefix"], answer["base_prefix"]
    minor, platform = markers["python_version"], markers["os_name"]
    implementation, free_threaded = markers["implementation_name"], answer["free_threaded"]
    paths = answer["paths"]
    is_environment = prefix != base_prefix
    base_executable = answer["executable"]

    if is_environment:
        names = executable_names(implementation, minor, platform, free_threaded=free_threaded)
        home = (read_configuration(prefix) or {}).get("home")
        base_executable = find_base(home, names) or answer["base_executable"]

    return Interpreter(
        executable=answer["executable"],
        version=markers["python_full_version"].rstrip("+"),
        implementation=implementation,
        markers=markers,
        tags=_tags(answer),
        prefix=prefix,
        base_prefix=base_prefix,
        base_executable=base_executable,
        scheme=Scheme(
            purelib=paths["purelib"],
            platlib=paths["platlib"],
            scripts=paths["scripts"],
            headers=headers_folder(prefix, minor) if is_environment else paths["include"],
            data=paths["data"],
        ),
        standard_library=paths["stdlib"],
        cache_tag=answer["cache_tag"],
        magic=answer["magic"],
        platform=platform,
        free_threaded=free_threaded,
    )


def _tags(answer: Mapping[str, Any]) -> tuple[str, ...]:
    markers: dict[str, str] = answer["markers"]
    implementation = markers["implementation_name"]
    version = version_pair(markers["python_version"])
    executable = os.path.realpath(answer["executable"])
    facts = PlatformFacts(
        platform=answer["platform"],
        system=markers["platform_system"],
        is_32bit=answer["is_32bit"],
        glibc=answer["glibc"],
        musl=musl_version(executable) if markers["platform_system"] == "Linux" else None,
        elf=read_elf(executable) if answer["is_32bit"] else None,
        macos=(answer["macos"][0], answer["macos"][1]),
        manylinux=answer["manylinux"],
    )

    if implementation == "cpython":
        debug = bool(answer["debug_hints"] if answer["debug"] is None else answer["debug"])
        abis = cpython_abis(version, debug=debug, free_threaded=answer["free_threaded"])
    else:
        abis = generic_abi(answer["extension_suffix"] or "")

    return wheel_tags(implementation, version, abis, platform_tags(facts))


def version_pair(minor: str) -> tuple[int, int]:
    """Return ``3.12`` as numbers."""
    major, _, rest = minor.partition(".")

    return int(major), int(rest)


def find_base(home: str | None, names: tuple[str, ...]) -> str | None:
    """Return the interpreter in the folder ``home``: the first of ``names`` that is there."""
    if not home:
        return None

    paths = (os.path.join(home, name) for name in names)

    return next((path for path in paths if os.path.isfile(path)), None)


def base_of(interpreter: Interpreter) -> str:
    """Return the executable that new environments lean on: the base's, links followed just far enough.

    ``pyvenv.cfg`` names the folder of this file as ``home``, and Python looks for its standard library
    from there: the folder must lie in the installation itself, not merely link into it. Within that,
    the shortest road is kept (``/opt/python/bin`` and not the version that it links to today).
    """
    path = interpreter.base_executable
    names = executable_names(
        interpreter.implementation,
        interpreter.minor,
        interpreter.platform,
        free_threaded=interpreter.free_threaded,
    )

    for _ in range(40):
        folder = os.path.dirname(path)

        if interpreter.platform == "nt" or os.path.dirname(folder) == interpreter.base_prefix:
            return find_base(folder, names) or path

        if not os.path.islink(path):
            break

        path = os.path.normpath(os.path.join(folder, os.readlink(path)))

    path = os.path.realpath(path)

    return find_base(os.path.dirname(path), names) or path


def in_environment(base: Interpreter, root: str, base_executable: str) -> Interpreter:
    """Return the facts of the environment at ``root`` (absolute) made from ``base``."""
    library = library_name(base.implementation, base.minor, free_threaded=base.free_threaded)
    platform_library = "lib64" if "/lib64/" in base.scheme.platlib else "lib"

    return replace(
        base,
        executable=executable_of(root, base.platform),
        prefix=root,
        base_executable=base_executable,
        scheme=environment_scheme(root, base.platform, library, base.minor, platform_library),
        externally_managed=None,
    )


def for_python_version(interpreter: Interpreter, version: str) -> Interpreter:
    """Return the facts of Python ``version`` (``3.9`` or ``3.9.7``) on the platform of ``interpreter``.

    Markers and tags are those of that version; the folders stay, because nothing can be installed with
    the result, only resolved for.

    Raises:
        InvalidPythonRequestError: ``version`` is not of that form.

    """
    if not re.fullmatch(r"3\.\d+(\.\d+)?((a|b|rc)\d+)?", version):
        raise InvalidPythonRequestError(
            f"--python-version {version!r} is not a Python version",
            hint="give it as X.Y or X.Y.Z, for example 3.12",
        )

    numbers = re.match(r"3\.(\d+)", version)
    minor = numbers[0] if numbers else version
    full = version if version.count(".") == 2 else version.replace(minor, f"{minor}.0", 1)
    markers = {**interpreter.markers, "python_version": minor, "python_full_version": full}

    if interpreter.implementation == "cpython":
        markers["implementation_version"] = full

    pair = version_pair(minor)
    first_abi = interpreter.tags[0].split("-")[1]

    if interpreter.implementation == "cpython":
        threaded = interpreter.free_threaded and pair >= (3, 13)
        abis = cpython_abis(pair, debug=first_abi.endswith("d"), free_threaded=threaded)
    else:
        abis = [first_abi.replace(interpreter.minor.replace(".", ""), minor.replace(".", ""), 1)]

    return replace(
        interpreter,
        version=full,
        markers=markers,
        tags=wheel_tags(interpreter.implementation, pair, abis, platforms_of(interpreter.tags)),
        cache_tag=interpreter.cache_tag.replace(
            interpreter.minor.replace(".", ""), minor.replace(".", ""), 1
        ),
    )
