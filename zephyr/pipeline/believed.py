"""Compares what the resolution went by with what the wheels themselves say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zephyr_workers.build_result import check_promise
from zephyr_workers.documents import compare_metadata
from zephyr_workers.wheel_errors import InvalidWheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.resolution import Pin
    from zephyr_workers.wheel import UnpackedWheel


def check_believed(pins: Iterable[Pin], wheels: Mapping[NormalizedName, UnpackedWheel]) -> None:
    """Refuse wheels whose METADATA leads to another resolution than the one that was believed.

    Done for every wheel on its way into an environment, also for one that has been in the cache for
    long. Raises `MetadataMismatch`, for what was built here `MetadataChanged`, and FileNotFoundError
    where another process evicted the tree.
    """
    for pin in pins:
        wheel = wheels[pin.name]

        with open(f"{wheel.tree.path}/{wheel.root}/{wheel.dist_info}/METADATA", "rb") as file:
            contained = file.read()

        if not pin.artifact.is_wheel:
            check_promise(pin.metadata, contained, pin.artifact.filename)
            continue

        try:
            compare_metadata(pin.metadata, contained)
        except InvalidWheel as error:
            raise error.named(pin.artifact.filename) from error
