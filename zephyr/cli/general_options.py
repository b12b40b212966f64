"""The options that every command of pip has, for every command of Zephyr; `OutputOptions` brings them along.

Those that have no effect here are accepted, so that command lines written for pip go on working
(docs/pip.md says which).
"""

from __future__ import annotations

from zephyr.cli.option_groups import OptionGroup, option
from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated


Texts = list[str] | None
NO_EFFECT = "Accepted for pip's sake; has no effect."


@dataclass(frozen=True)
class GeneralOptions(OptionGroup):
    """How a command talks, and what it leaves out of account."""

    no_color: Annotated[bool, option("--no-color", help="Say everything without colours.")] = False
    no_input: Annotated[bool, option("--no-input", help="Ask nothing; fail where an answer is needed.")] = (
        False
    )
    log: Annotated[
        str | None,
        option(
            "--log",
            "--log-file",
            "--local-log",
            metavar="FILE",
            help="Also append all that is said to this file.",
        ),
    ] = None
    isolated: Annotated[
        bool, option("--isolated", help="Leave settings files and pip's settings out of account.")
    ] = False
    disable_pip_version_check: Annotated[
        bool, option("--disable-pip-version-check", "--no-python-version-warning", help=NO_EFFECT)
    ] = False
    use_feature: Annotated[Texts, option("--use-feature", metavar="FEATURE", help=NO_EFFECT)] = None
    use_deprecated: Annotated[Texts, option("--use-deprecated", metavar="FEATURE", help=NO_EFFECT)] = None
    exists_action: Annotated[Texts, option("--exists-action", metavar="ACTION", help=NO_EFFECT)] = None
    resume_retries: Annotated[str | None, option("--resume-retries", metavar="N", help=NO_EFFECT)] = None
    traceback: Annotated[bool, option("--debug", help=NO_EFFECT)] = False
