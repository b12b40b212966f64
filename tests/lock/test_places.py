from __future__ import annotations

import ntpath
import os

import pytest

from zephyr.lock.errors import PathUnportable
from zephyr.lock.places import Place, place_of, portable_address, public_address, relative_path

FOLDER = "/home/someone/app"


@pytest.mark.parametrize(
    ("path", "relative"),
    [
        ("/home/someone/app", "."),
        ("/home/someone/app/a/b", "a/b"),
        ("/home/lib", "../../lib"),
        ("/", "../../.."),
    ],
)
def test_a_path_is_told_from_the_folder_of_the_lock(path: str, relative: str) -> None:
    assert relative_path(path, FOLDER) == relative


def test_a_name_that_is_not_text_cannot_be_kept() -> None:
    with pytest.raises(PathUnportable, match="cannot be written into a lock"):
        relative_path("/home/\udcff", FOLDER)


def test_another_drive_cannot_be_reached_from_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "path", ntpath)
    monkeypatch.setattr(os, "sep", "\\")

    assert relative_path("C:\\work\\lib", "C:\\work\\app") == "../lib"

    with pytest.raises(PathUnportable):
        relative_path("D:\\lib", "C:\\work\\app")


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://user:pa@ss@files.example/a@b", "https://files.example/a@b"),
        ("git+https://token@git.example/x", "git+https://git.example/x"),
        ("ssh://git@git.example/x", "ssh://git@git.example/x"),
        ("git+ssh://git@git.example/x", "git+ssh://git@git.example/x"),
        ("ssh://git:secret@git.example/x", "ssh://git.example/x"),
        ("ssh://someone@git.example/x", "ssh://git.example/x"),
        ("./lib", "./lib"),
    ],
)
def test_a_password_does_not_stay_in_an_address(url: str, public: str) -> None:
    assert public_address(url) == public


def test_a_place_is_an_address_or_a_path() -> None:
    assert place_of("https://u@files.example/a", FOLDER) == Place(url="https://files.example/a")
    assert place_of("file:///home/someone/app/a%20b", FOLDER) == Place(path="a b")
    assert place_of("/home/someone/lib", FOLDER) == Place(path="../lib")
    assert portable_address("file:///home/someone/app/a%20b", FOLDER) == "a b"
