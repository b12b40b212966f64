"""Options that name what to install by files of a project, beside requirements files."""

from __future__ import annotations

from zephyr.cli.option_groups import OptionGroup, option
from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated


Texts = list[str] | None


@dataclass(frozen=True)
class InputOptions(OptionGroup):
    """What of a project and of scripts is asked for."""

    group: Annotated[
        Texts,
        option(
            "--group",
            metavar="[PATH:]NAME",
            help="What this dependency group requires; of ./pyproject.toml, or of the one at PATH.",
        ),
    ] = None
    extra: Annotated[
        Texts, option("--extra", metavar="NAME", help="With this extra of what -r pyproject.toml names.")
    ] = None
    all_extras: Annotated[
        bool, option("--all-extras", help="With all extras of what -r pyproject.toml names.")
    ] = False
    requirements_from_script: Annotated[
        Texts,
        option(
            "--requirements-from-script",
            metavar="FILE",
            help="What this script's inline metadata requires (PEP 723).",
        ),
    ] = None
    no_require_hashes: Annotated[
        bool,
        option("--no-require-hashes", help="Check the hashes that are given, without requiring any."),
    ] = False
