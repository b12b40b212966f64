"""PEP 668's file is respected, whatever state it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zephyr.environments.managed import externally_managed

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "[externally-managed]\nError=Use apt\n 100% sure\nError-de=Nimm apt\nError-pt_BR=Use o apt\n"


def test_without_the_file_nobody_manages(tmp_path: Path) -> None:
    assert externally_managed(str(tmp_path)) is None


@pytest.mark.parametrize(
    ("language", "message"),
    [
        (None, "Use apt\n100% sure"),
        ("de_AT", "Nimm apt"),
        ("pt_BR", "Use o apt"),
        ("pt", "Use apt\n100% sure"),
        ("fr", "Use apt\n100% sure"),
    ],
)
def test_the_message_is_the_files_own(tmp_path: Path, language: str | None, message: str) -> None:
    (tmp_path / "EXTERNALLY-MANAGED").write_text(TEXT)

    assert externally_managed(str(tmp_path), language) == message


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"no section", b"[externally-managed]\n", b"[a]\n[a]\n"])
def test_a_file_without_a_message_manages_all_the_same(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "EXTERNALLY-MANAGED").write_bytes(data)

    assert externally_managed(str(tmp_path)) == ""


def test_a_file_that_cannot_be_read_manages_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "EXTERNALLY-MANAGED").mkdir()

    assert externally_managed(str(tmp_path)) == ""
