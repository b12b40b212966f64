"""The few words of an ELF header that decide which Linux wheels an interpreter can load."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

from zephyr.dataclass import dataclass

if TYPE_CHECKING:
    from typing import BinaryIO

INTEL_32 = 3
ARM_32 = 40
ARM_ABI_VERSION_MASK = 0xFF000000
ARM_ABI_VERSION_5 = 0x05000000
ARM_HARD_FLOAT = 0x00000400
PROGRAM_INTERPRETER = 3
LONGEST_LOADER = 4096


@dataclass(frozen=True, slots=True)
class ElfHeader:
    """What an executable was built for."""

    is_32bit: bool
    is_little_endian: bool
    machine: int
    flags: int
    loader: str | None
    """The path of the dynamic loader (``PT_INTERP``), None in a static executable."""

    @property
    def is_intel_32(self) -> bool:
        """Whether this is an i686 executable."""
        return self.is_32bit and self.is_little_endian and self.machine == INTEL_32

    @property
    def is_arm_hard_float(self) -> bool:
        """Whether this is an armhf executable: the only 32-bit ARM that manylinux covers."""
        return (
            self.is_32bit
            and self.is_little_endian
            and self.machine == ARM_32
            and self.flags & ARM_ABI_VERSION_MASK == ARM_ABI_VERSION_5
            and bool(self.flags & ARM_HARD_FLOAT)
        )


def read_elf(path: str) -> ElfHeader | None:
    """Return the header of the file at ``path``, None when it cannot be read or is no sound ELF file."""
    try:
        with open(path, "rb") as file:
            return _header(file)
    except (OSError, ValueError, IndexError, OverflowError, struct.error):
        return None


def _header(file: BinaryIO) -> ElfHeader | None:
    identification = file.read(16)

    if identification[:4] != b"\x7fELF" or identification[4] not in {1, 2}:
        return None

    is_32bit, is_little_endian = identification[4] == 1, identification[5] == 1
    order = "<" if is_little_endian else ">"
    header = struct.Struct(order + ("HHIIIIIHHH" if is_32bit else "HHIQQQIHHH"))
    _, machine, _, _, table, _, flags, _, entry_size, entries = header.unpack(file.read(header.size))
    program = struct.Struct(order + ("IIIII" if is_32bit else "IIQQQQ"))
    loader = None

    for index in range(entries):
        file.seek(table + entry_size * index)
        kind, *rest = program.unpack(file.read(program.size))

        if kind == PROGRAM_INTERPRETER:
            offset, size = (rest[0], rest[3]) if is_32bit else (rest[1], rest[4])
            file.seek(offset)
            loader = os.fsdecode(file.read(min(size, LONGEST_LOADER)).rstrip(b"\0"))
            break

    return ElfHeader(is_32bit, is_little_endian, machine, flags, loader)
