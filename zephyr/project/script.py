"""Scripts with inline metadata (PEP 723): ``# /// script`` … ``# ///``."""

from __future__ import annotations

import os
import re

from zephyr.project.document import decoded, parse_document
from zephyr.project.errors import ScriptInvalid, ScriptMissing, ScriptWithoutMetadata
from zephyr.project.fields import Fields, Reading
from zephyr.project.finding import read_file
from zephyr.project.project import Project
from zephyr.project.reading import read_requires_python, with_tool
from zephyr.project.requirements import read_requirements

_BLOCK = re.compile(
    r"""
    ^\#[ ]///[ ](?P<kind>[a-zA-Z0-9-]+)$\s   # the first line names the kind of block
    (?P<lines>(?:^\#(?:|[ ].*)$\s)+)         # greedy: a "# ///" that is followed by more comment ends nothing
    ^\#[ ]///$
    """,
    re.MULTILINE | re.VERBOSE,
)
_BEGINNING = re.compile(r"^#[ ]///[ ]script[ \t]*$", re.MULTILINE)
_KIND = "script"


def read_script(path: str) -> Project:
    """Read the metadata of the script at ``path`` as a project without name, extras and groups.

    Raises `ScriptMissing`; `ScriptWithoutMetadata`; `ScriptInvalid` for two blocks and for what breaks
    TOML or PEP 723; `ToolZephyrInvalid`.
    """
    text = _text(path)
    block = _block(path, text)
    first_line = text.count("\n", 0, block.start("lines")) + 1
    content = "\n".join(_uncommented(line) for line in block["lines"].split("\n"))
    document = parse_document(path, content, ScriptInvalid, first_line=first_line, indent=2)
    reading = Reading(document, ScriptInvalid)
    fields = Fields(document.table, "the script block", reading)
    absolute = os.path.abspath(path)
    project = Project(
        root=os.path.dirname(absolute),
        path=absolute,
        requires_python=read_requires_python(fields),
        dependencies=read_requirements(fields, "dependencies", f"{os.path.basename(path)} dependencies"),
    )
    fields.value("tool")
    fields.warn_of_unknown_keys()

    return with_tool(project, document, reading.warnings)


def lock_path_of_script(path: str) -> str:
    """Return where the lock of a script lies: ``tools/file.py`` has ``tools/pylock.file.toml``.

    PEP 751 allows no dots in the name, so that those of the script become hyphens.
    """
    folder, file = os.path.split(path)
    name = os.path.splitext(file)[0].replace(".", "-")

    return os.path.join(folder, f"pylock.{name}.toml")


def _text(path: str) -> str:
    try:
        data = read_file(path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ScriptMissing(f"There is no script at {path}", hint="Check the path.") from error
    except OSError as error:
        raise ScriptInvalid(f"Cannot read the script {path}: {error.strerror}") from error

    return decoded(path, data, ScriptInvalid).removeprefix("\ufeff").replace("\r\n", "\n")


def _block(path: str, text: str) -> re.Match[str]:
    blocks = [block for block in _BLOCK.finditer(text) if block["kind"] == _KIND]

    if len(blocks) > 1:
        line = text.count("\n", 0, blocks[1].start()) + 1
        raise ScriptInvalid(
            f"{path} line {line}: a second script block; a script has one",
            hint="Put the metadata together in one block.",
        )

    if not blocks:
        begun = _BEGINNING.search(text)
        raise ScriptWithoutMetadata(
            f"{path} has no metadata block"
            + (
                f" that ends (it begins in line {text.count(chr(10), 0, begun.start()) + 1})" if begun else ""
            ),
            hint='Begin it with a line "# /// script", go on with TOML in comments, end it with "# ///".',
        )

    return blocks[0]


def _uncommented(line: str) -> str:
    return line[2:] if line.startswith("# ") else line[1:]
