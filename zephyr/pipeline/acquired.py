"""What an install has got: a resolution with its wheels; and all of it, where the cache has it already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass, field
from zephyr.pipeline.cached_wheels import CachedWheels
from zephyr.pipeline.direct_url import Directs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.resolution import Pin, Resolution
    from zephyr_cache import Cache
    from zephyr_workers.wheel import UnpackedWheel


@dataclass(frozen=True, slots=True)
class Acquired:
    """A resolution, and the wheels in the cache of those pins that were wanted."""

    resolution: Resolution
    pins: tuple[Pin, ...]
    """Those that were wanted."""
    wheels: Mapping[NormalizedName, UnpackedWheel]
    resolved: float
    """Seconds until the resolution was there."""
    directs: Directs = field(default_factory=Directs)


def already_cached(resolution: Resolution, pins: tuple[Pin, ...], cache: Cache) -> Acquired | None:
    """Return the wheels of ``pins``, None unless the cache has all of them and all come as wheels.

    For pins that no requirement gives hashes for: those of a lock are their artifacts' own.
    """
    cached = CachedWheels(cache, {})
    wheels: dict[NormalizedName, UnpackedWheel] = {}

    for pin in pins:
        wheel = cached.find(pin.name, pin.artifact) if pin.artifact.is_wheel else None

        if wheel is None:
            return None

        wheels[pin.name] = wheel

    return Acquired(resolution, pins, wheels, 0.0)
