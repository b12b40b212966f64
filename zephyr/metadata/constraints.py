"""What a constraint may be: it bounds a name, and asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.errors import UsageError
from zephyr.metadata.requirements import parse_root
from zephyr.model.source_words import names_a_place

if TYPE_CHECKING:
    from zephyr.metadata.requirements_file import RequirementLine


class ConstraintInvalid(UsageError):
    """Raised for a line of a constraints file that only a requirement may be."""

    id = "constraint-invalid"


def check_constraint(line: RequirementLine) -> None:
    """Raise `ConstraintInvalid` for extras, for ``-e``, and for a place whose project is not named."""
    if line.editable:
        raise _invalid("Editable requirements are not allowed as constraints", line)

    if names_a_place(line.text):
        from zephyr.model.source_syntax import parse_place

        reference = parse_place(line.text, line.origin, folder=line.folder)
        extras, named = reference.extras, reference.name or reference.filename.endswith(".whl")
    else:
        extras, named = parse_root(line.text, line.origin).requirement.extras, True

    if not named:
        raise _invalid("Unnamed requirements are not allowed as constraints", line)

    if extras:
        raise _invalid("Constraints cannot have extras", line)


def _invalid(message: str, line: RequirementLine) -> ConstraintInvalid:
    return ConstraintInvalid(
        f"{message} ({line.origin})",
        hint="Write it as in name<2 or name @ https://files.example/name-1.0.tar.gz, or require it instead.",
    )
