from __future__ import annotations

from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.wheels import core_metadata
from zephyr.cli.report import installation_report, metadata_as_json
from zephyr.model.artifact import Artifact
from zephyr.model.resolution import Pin


def test_a_pin_is_reported_as_pip_does() -> None:
    metadata = core_metadata("Demo", "1.0", ["dep>=2", "other"], {"x": ["more"]}, ">=3.8").encode()
    artifact = Artifact(
        "demo-1.0-py3-none-any.whl", "https://files.example/demo.whl", {"sha256": "ab"}, yanked="bad"
    )
    pin = Pin(canonicalize_name("demo"), Version("1.0"), artifact, "main", metadata, requested=True)

    report = installation_report([pin], {"python_version": "3.12"})

    assert report["version"] == "1"
    assert report["environment"] == {"python_version": "3.12"}
    (item,) = report["install"]
    assert item["download_info"] == {
        "url": "https://files.example/demo.whl",
        "archive_info": {"hash": "sha256=ab", "hashes": {"sha256": "ab"}},
    }
    assert (item["is_direct"], item["is_yanked"], item["requested"]) == (False, True, True)
    assert item["metadata"]["name"] == "Demo"
    assert item["metadata"]["requires_dist"] == ["dep>=2", "other", "more ; extra == 'x'"]
    assert item["metadata"]["requires_python"] == ">=3.8"


def test_metadata_is_read_as_utf_8_in_headers_and_body() -> None:
    fields = metadata_as_json("Name: a\nAuthor-Email: Zoë <z@host.example>\n\nGrüße\n".encode())

    assert fields["author_email"] == "Zoë <z@host.example>"
    assert fields["description"] == "Grüße\n"


def test_keywords_are_a_list_and_the_body_is_the_description() -> None:
    document = b"Metadata-Version: 2.1\nName: a\nVersion: 1\nKeywords: one, two\n\nHello.\n"

    assert metadata_as_json(document) == {
        "metadata_version": "2.1",
        "name": "a",
        "version": "1",
        "keywords": ["one", "two"],
        "description": "Hello.\n",
    }
