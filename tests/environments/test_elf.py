"""Executables are recognised, everything else is not one."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.environments.test_platforms import elf_with_loader
from zephyr.environments.elf import ElfHeader, read_elf

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux executables are ELF files for sure")
def test_the_running_interpreter_is_an_elf_file() -> None:
    header = read_elf(os.path.realpath(sys.executable))

    assert header is not None
    assert header.is_32bit == (sys.maxsize <= 2**32)
    assert header.is_little_endian == (sys.byteorder == "little")


def test_the_loader_is_read(tmp_path: Path) -> None:
    (tmp_path / "python").write_bytes(elf_with_loader("/lib/ld-musl-x86_64.so.1"))
    header = read_elf(str(tmp_path / "python"))

    assert header is not None
    assert (header.machine, header.loader) == (62, "/lib/ld-musl-x86_64.so.1")


def test_no_file_and_other_files_are_none(tmp_path: Path) -> None:
    (tmp_path / "script").write_text("#!/bin/sh\n")

    assert read_elf(str(tmp_path / "script")) is None
    assert read_elf(str(tmp_path / "absent")) is None
    assert read_elf(str(tmp_path)) is None


@given(cut=some.integers(0, 150), position=some.integers(4, 119), value=some.integers(0, 255))
def test_damage_never_raises(
    tmp_path_factory: pytest.TempPathFactory, cut: int, position: int, value: int
) -> None:
    data = bytearray(elf_with_loader("/lib/ld-musl-x86_64.so.1"))
    data[position] = value
    path = tmp_path_factory.mktemp("elf") / "python"
    path.write_bytes(data[:cut])

    assert read_elf(str(path)) is None or isinstance(read_elf(str(path)), ElfHeader)


def test_machines_of_32_bits_are_told_apart() -> None:
    intel = ElfHeader(is_32bit=True, is_little_endian=True, machine=3, flags=0, loader=None)
    arm = ElfHeader(is_32bit=True, is_little_endian=True, machine=40, flags=0x05000400, loader=None)
    soft = ElfHeader(is_32bit=True, is_little_endian=True, machine=40, flags=0x05000200, loader=None)

    assert [each.is_intel_32 for each in (intel, arm, soft)] == [True, False, False]
    assert [each.is_arm_hard_float for each in (intel, arm, soft)] == [False, True, False]
