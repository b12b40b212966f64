"""Compares what the choice of a version went by with what the wheels themselves say."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from zephyr.dataclass import replace
from zephyr.model.headers import lead_to_the_same
from zephyr_workers.wheel_errors import InvalidWheel, MetadataMismatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.utils import NormalizedName

    from zephyr.model.resolution import Pin
    from zephyr_workers.wheel import UnpackedWheel


def check_believed(pins: Iterable[Pin], wheels: Mapping[NormalizedName, UnpackedWheel]) -> None:
    """Refuse wheels that are not of their pin, or lead to another resolution than was believed.

    Done for every wheel on its way into an environment, also for one that has been in the cache for
    long. Raises `MetadataMismatch`, for what was built here `MetadataChanged`, and FileNotFoundError
    where another process evicted the tree.
    """
    for pin in pins:
        wheel = wheels[pin.name]
        _check_identity(pin, wheel)

        if pin.metadata is not None:
            _check_metadata(pin, pin.metadata, wheel)


def _check_identity(pin: Pin, wheel: UnpackedWheel) -> None:
    if (wheel.name, wheel.version) != (pin.name, pin.version):
        raise MetadataMismatch(
            "metadata-mismatch",
            f"it is of {wheel.name} {wheel.version}, not of {pin.name} {pin.version}",
            wheel=pin.artifact.filename,
        )


def _check_metadata(pin: Pin, believed: bytes, wheel: UnpackedWheel) -> None:
    contained = _metadata_of(wheel)

    if lead_to_the_same(believed, contained):
        return

    from zephyr_workers.build_result import check_promise
    from zephyr_workers.documents import compare_metadata

    if not pin.artifact.is_wheel:
        check_promise(believed, contained, pin.artifact.filename)
        return

    try:
        compare_metadata(believed, contained)
    except InvalidWheel as error:
        raise error.named(pin.artifact.filename) from error


def described(pins: Iterable[Pin], wheels: Mapping[NormalizedName, UnpackedWheel]) -> tuple[Pin, ...]:
    """Return the pins, with the METADATA of their wheels where they were chosen without any."""
    return tuple(
        _described(pin, wheels[pin.name]) if pin.metadata is None and pin.name in wheels else pin
        for pin in pins
    )


def _described(pin: Pin, wheel: UnpackedWheel) -> Pin:
    # Another process may have evicted the tree: what was installed of it stays installed.
    with suppress(OSError):
        return replace(pin, metadata=_metadata_of(wheel))

    return pin


def _metadata_of(wheel: UnpackedWheel) -> bytes:
    with open(f"{wheel.tree.path}/{wheel.root}/{wheel.dist_info}/METADATA", "rb") as file:
        return file.read()
