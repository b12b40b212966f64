"""The options that describe another Python than the one here, as pip has them."""

from __future__ import annotations

from zephyr.cli.option_groups import OptionGroup, option
from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated

    from zephyr.environments.foreign_target import ForeignTarget


Texts = list[str] | None


@dataclass(frozen=True)
class ForeignOptions(OptionGroup):
    """For which Python on which platform files are chosen."""

    platform: Annotated[
        Texts, option("--platform", metavar="TAG", help="For this platform: win_amd64, macosx_12_0_arm64…")
    ] = None
    implementation: Annotated[
        str | None, option("--implementation", metavar="TAG", help="For this implementation: cp, pp, py…")
    ] = None
    abi: Annotated[Texts, option("--abi", metavar="TAG", help="For this ABI: cp312, abi3, none…")] = None


def foreign_target_of(options: ForeignOptions, python_version: str | None) -> ForeignTarget:
    """Return what the options describe."""
    from zephyr.environments.foreign_target import ForeignTarget

    return ForeignTarget(
        platforms=tuple(options.platform or ()),
        python_version=python_version,
        implementation=options.implementation,
        abis=tuple(options.abi or ()),
    )
