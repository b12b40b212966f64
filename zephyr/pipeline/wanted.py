"""Which wheels of a resolution a command wants, and who waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from zephyr.model.environment import InstalledDistribution
    from zephyr.model.resolution import Pin, Resolution
    from zephyr.pipeline.direct_url import Directs
    from zephyr_workers.wheel import UnpackedWheel


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the chosen wheels are to be fetched."""

    pick: Callable[[Resolution, Directs], tuple[Pin, ...]]
    """The pins whose wheels are needed."""
    is_likely: Callable[[NormalizedName, Version], bool]
    """Whether the wheel of a version that was decided on would be needed."""
    kept: Mapping[NormalizedName, InstalledDistribution] = field(
        default_factory=dict["NormalizedName", "InstalledDistribution"]
    )
    """What is installed and may stay as it is."""
    resolution: Resolution | None = None
    """A resolution that is there already: then only wheels are fetched."""
    on_wheel: Callable[[Pin, UnpackedWheel, Directs], None] | None = None
    """Called, by any thread, with each wheel as soon as it is there."""
