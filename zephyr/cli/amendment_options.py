"""Options that say what of the requirements counts, whether they are installed or locked."""

from __future__ import annotations

from zephyr.cli.option_groups import OptionGroup, option
from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated

Texts = list[str] | None


@dataclass(frozen=True)
class AmendmentOptions(OptionGroup):
    """What is put in the place of requirements, and what is left out."""

    only_deps: Annotated[
        bool, option("--only-deps", "--only-dependencies", help="Take what these need, not themselves.")
    ] = False
    override: Annotated[
        Texts,
        option(
            "--override",
            "--overrides",
            metavar="FILE",
            help="Requirements that stand in for all others of their names.",
        ),
    ] = None
    exclude: Annotated[
        Texts, option("--exclude", metavar="NAME", help="Leave this package out, whoever requires it.")
    ] = None
    ignore_requires_python: Annotated[
        bool, option("--ignore-requires-python", help="Take also what says that it is not for this Python.")
    ] = False
