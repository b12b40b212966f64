"""From what an interpreter said when it was asked to what Zephyr knows of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from zephyr.environments.derivation import find_base, version_pair
from zephyr.environments.elf import read_elf
from zephyr.environments.errors import InterpreterBroken
from zephyr.environments.layout import executable_names, headers_folder, read_configuration
from zephyr.environments.platforms import PlatformFacts, musl_version, platform_tags
from zephyr.environments.tags import cpython_abis, generic_abi, wheel_tags
from zephyr.model.interpreter import Interpreter, Scheme

if TYPE_CHECKING:
    from collections.abc import Mapping


def interpreter_from_answer(answer: Mapping[str, Any]) -> Interpreter:
    """Return the facts that follow from the probe's ``answer``.

    Raises:
        InterpreterBroken: the answer lacks something.

    """
    try:
        return _interpreter(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise InterpreterBroken(
            f"{answer.get('executable', 'the interpreter')} gave an incomplete answer: {error!r}",
            hint="Repair this Python, or name another with --python.",
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
