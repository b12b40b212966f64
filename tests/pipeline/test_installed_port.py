from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.support.wheels import core_metadata
from zephyr.model.artifact import Artifact, Listing
from zephyr.model.environment import InstalledDistribution
from zephyr.pipeline.installed_port import InstalledPort, Kept
from zephyr_workers.network_errors import IndexUnreachable, OfflineMissing

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.utils import NormalizedName

pytestmark = pytest.mark.anyio

DEMO = canonicalize_name("demo")
OFFERED = Artifact("demo-2.0-py3-none-any.whl", "https://files.example/demo-2.0-py3-none-any.whl")


class FakePort:
    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    async def listing(self, name: NormalizedName, /) -> Listing:
        if self.failure is not None:
            raise self.failure

        return Listing(name, (OFFERED,))

    async def metadata(self, artifact: Artifact, /) -> bytes:
        return f"of {artifact.filename}".encode()


@pytest.fixture
def installed(tmp_path: Path) -> InstalledDistribution:
    folder = tmp_path / "demo-1.0+local.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(core_metadata("demo", "1.0+local", ["dep"]))

    return InstalledDistribution(
        DEMO, "demo", Version("1.0+local"), str(tmp_path), folder.name, "pip", False, None, ("dep",)
    )


async def test_an_installed_version_is_offered_beside_those_of_the_index(
    installed: InstalledDistribution,
) -> None:
    port = InstalledPort(FakePort(), Kept({DEMO: installed}))
    listing = await port.listing(DEMO)

    assert [artifact.filename for artifact in listing.artifacts] == [
        "demo-1.0+local-py3-none-any.whl",
        OFFERED.filename,
    ]
    assert b"Requires-Dist: dep" in await port.metadata(listing.artifacts[0])
    assert await port.metadata(OFFERED) == b"of demo-2.0-py3-none-any.whl"


async def test_what_is_not_installed_is_as_the_index_has_it(installed: InstalledDistribution) -> None:
    port = InstalledPort(FakePort(), Kept({DEMO: installed}))

    assert (await port.listing(canonicalize_name("other"))).artifacts == (OFFERED,)


async def test_offline_the_installed_version_is_offered_alone(installed: InstalledDistribution) -> None:
    port = InstalledPort(FakePort(OfflineMissing("demo is not in the cache")), Kept({DEMO: installed}))

    assert [artifact.url for artifact in (await port.listing(DEMO)).artifacts] == ["installed:demo"]

    with pytest.raises(OfflineMissing):
        await port.listing(canonicalize_name("other"))


async def test_an_index_that_fails_is_an_error_all_the_same(installed: InstalledDistribution) -> None:
    port = InstalledPort(FakePort(IndexUnreachable("no answer")), Kept({DEMO: installed}))

    with pytest.raises(IndexUnreachable):
        await port.listing(DEMO)


async def test_an_installation_without_metadata_is_not_offered(installed: InstalledDistribution) -> None:
    broken = InstalledDistribution(
        DEMO, "demo", installed.version, installed.location, "gone.dist-info", None, False, None
    )

    assert (await InstalledPort(FakePort(), Kept({DEMO: broken})).listing(DEMO)).artifacts == (OFFERED,)
