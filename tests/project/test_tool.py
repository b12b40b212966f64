"""The [tool.zephyr] table, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zephyr.model.universal import Activation, ActivationKind
from zephyr.project.errors import ToolZephyrInvalid
from zephyr.project.source_table import GitSource, IndexSource, PathSource, UrlSource
from zephyr.project.tool import DeclaredIndex, TargetEntry, ZephyrTable

if TYPE_CHECKING:
    from tests.project.conftest import Folder
    from zephyr.errors import ZephyrError

REST = "[project.optional-dependencies]\ncpu = []\ngpu = []\n[dependency-groups]\ndev = []\n[tool.zephyr]\n"


def table(folder: Folder, text: str) -> ZephyrTable:
    project = folder.demo(REST + text)
    assert project.warnings == ()

    return project.tool


def refusal(folder: Folder, text: str) -> ZephyrError:
    refusal = folder.demo_refusal(REST + text)
    assert isinstance(refusal, ToolZephyrInvalid)
    assert refusal.id == "tool-zephyr-invalid"

    return refusal


def test_without_the_table_everything_is_left_open(folder: Folder) -> None:
    assert folder.demo("").tool == ZephyrTable()


def test_requirements_and_names_are_read(folder: Folder) -> None:
    read = table(
        folder,
        """
        constraints = ["numpy <2"]
        overrides = ["idna==3.4; os_name=='nt'"]
        excludes = ["Left_Pad"]
        no-build = [":all:"]
        no-binary = ["Lxml"]
        only-binary = ["numpy"]
        """,
    )

    assert read.constraints == ("numpy<2",)
    assert read.overrides == ('idna==3.4; os_name == "nt"',)
    assert read.excludes == ("left-pad",)
    assert read.no_build == {":all:"}
    assert read.no_binary == {"lxml"}
    assert read.only_binary == {"numpy"}


def test_choices_are_read(folder: Folder) -> None:
    read = table(
        folder,
        """
        pre-releases = "explicit"
        resolution = "lowest-direct"
        package = false
        environments = { location = "project" }
        """,
    )

    assert (read.pre_releases, read.resolution, read.package) == ("explicit", "lowest-direct", False)
    assert read.environment_location == "project"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"7 days"', "7 days"),
        ('"2026-01-01"', "2026-01-01"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00+00:00"),
    ],
)
def test_exclude_newer_is_a_text_or_a_date_of_toml(folder: Folder, written: str, read: str) -> None:
    assert table(folder, f"exclude-newer = {written}").exclude_newer == read


def test_targets_are_tables_or_markers(folder: Folder) -> None:
    text = """targets = [
        { python = ">=3.11", platform = "linux-x86_64" }, { platform = "windows-x86_64" }, "os_name=='nt'"
    ]"""

    assert table(folder, text).targets == (
        TargetEntry(">=3.11", "linux-x86_64"),
        TargetEntry(platform="windows-x86_64"),
        TargetEntry(marker='os_name == "nt"'),
    )


def test_conflicts_are_sets_of_extras_and_groups(folder: Folder) -> None:
    assert table(folder, 'conflicts = [[{extra = "CPU"}, {extra = "gpu"}, {group = "dev"}]]').conflicts == (
        (
            Activation(ActivationKind.EXTRA, "cpu"),
            Activation(ActivationKind.EXTRA, "gpu"),
            Activation(ActivationKind.GROUP, "dev"),
        ),
    )


def test_default_groups_are_a_list_or_all(folder: Folder) -> None:
    assert table(folder, 'default-groups = ["Dev"]').default_groups == ("dev",)
    assert table(folder, "default-groups = []").default_groups == ()
    assert table(folder, 'default-groups = "all"').default_groups == "all"
    assert table(folder, "").default_groups is None


def test_indexes_and_mirrors_are_read_in_order(folder: Folder) -> None:
    read = table(
        folder,
        """
        mirror = { "https://index.example/simple/" = "https://mirror.example/simple/" }
        index = [
            { name = "gpu", url = "https://gpu.example/simple/", explicit = true },
            { url = "file:///srv/simple/", default = true },
        ]
        """,
    )

    assert read.mirrors == {"https://index.example/simple/": "https://mirror.example/simple/"}
    assert read.indexes == (
        DeclaredIndex("https://gpu.example/simple/", "gpu", explicit=True),
        DeclaredIndex("file:///srv/simple/", default=True),
    )


def test_sources_are_places_or_indexes(folder: Folder) -> None:
    read = table(
        folder,
        """
        index = [{ name = "gpu", url = "https://gpu.example/simple/" }]
        [tool.zephyr.sources]
        Torch = [
            { index = "gpu", marker = "sys_platform=='linux'" },
            { url = "https://files.example/torch.zip", subdirectory = "x", marker = "os_name=='nt'" },
        ]
        lib = { path = "../lib", editable = true }
        tool = { git = "git+https://git.example/tool.git", tag = "v1", subdirectory = "python" }
        """,
    )

    assert read.sources == {
        "torch": (
            IndexSource("gpu", 'sys_platform == "linux"'),
            UrlSource("https://files.example/torch.zip", "x", 'os_name == "nt"'),
        ),
        "lib": (PathSource("../lib", editable=True),),
        "tool": (GitSource("https://git.example/tool.git", "v1", "python"),),
    }


def test_unknown_keys_are_warnings_with_the_nearest_known(folder: Folder) -> None:
    warnings = folder.demo(
        """
        [tool.zephyr]
        resoluton = "highest"
        environments = { locaton = "central" }
        targets = [{ pyhton = ">=3.11", platform = "linux-x86_64" }]
        conflicts = []
        index = [{ url = "https://gpu.example/simple/", defualt = true }]
        colour = "blue"
        [tool.zephyr.sources]
        lib = { url = "https://files.example/lib.zip", sub-directory = "x" }
        """
    ).warnings
    said = [warning.partition(": ")[2] for warning in warnings]

    assert sorted(said) == [
        "there is no key 'colour' in [tool.zephyr]. It is ignored.",
        "there is no key 'defualt' in entry 1 of tool.zephyr.index. Is default meant?",
        "there is no key 'locaton' in [tool.zephyr.environments]. Is location meant?",
        "there is no key 'pyhton' in entry 1 of tool.zephyr.targets. Is python meant?",
        "there is no key 'resoluton' in [tool.zephyr]. Is resolution meant?",
        "there is no key 'sub-directory' in [tool.zephyr.sources.lib]. Is subdirectory meant?",
    ]
    assert any(warning.startswith(f"{folder.path / 'pyproject.toml'} line 6: ") for warning in warnings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('constraints = "numpy"', "constraints in [tool.zephyr] is 'numpy', a list of texts was expected"),
        ('overrides = ["a b"]', "an entry of overrides in [tool.zephyr] is 'a b', a requirement (PEP 508)"),
        ('excludes = ["a b"]', "an entry of excludes in [tool.zephyr] is 'a b', the name of a package was"),
        ("no-build = true", "no-build in [tool.zephyr] is true, a list of texts was expected"),
        ('no-build = [":none:"]', "is ':none:', the name of a package or :all: was expected"),
        ('pre-releases = "alow"', "is 'alow', one of if-necessary, allow, disallow, explicit was expected"),
        ("resolution = 3", "resolution in [tool.zephyr] is a number, a text was expected"),
        ('package = "no"', "package in [tool.zephyr] is 'no', true or false was expected"),
        ('environments = "central"', "environments in [tool.zephyr] is 'central', a table was expected"),
        ('environments = { location = "here" }', "is 'here', one of central, project was expected"),
        ('exclude-newer = "soon"', "exclude-newer in [tool.zephyr] is 'soon', a date or an age was expected"),
        ("exclude-newer = 10:00:00", "exclude-newer in [tool.zephyr] is the date 10:00:00"),
        ("targets = [3]", "entry 1 of targets in [tool.zephyr] is a number, a table was expected"),
        ("targets = [{}]", "entry 1 of tool.zephyr.targets must have python, platform, or both"),
        ('targets = [{python = "3.11"}]', "python in entry 1 of tool.zephyr.targets is '3.11', a range"),
        ('targets = ["linux"]', "is 'linux', an environment marker or a table was expected"),
        ('conflicts = [{extra = "cpu"}]', "entry 1 of conflicts in [tool.zephyr] is a table, a list of"),
        ('conflicts = [[{extra = "cpu"}]]', "entry 1 of conflicts in [tool.zephyr] needs two"),
        ('conflicts = [[{extra = "cpu"}, {extra = "CPU"}]]', "needs two extras or groups"),
        ('conflicts = [[{extra = "cpu", group = "dev"}]]', "must name one extra or one group in each table"),
        ('conflicts = [["cpu", "gpu"]]', "entry 1 of conflicts in [tool.zephyr] is 'cpu', a table was"),
        ('default-groups = "dev"', "is 'dev', a list of groups or \"all\" was expected"),
        ("index = {}", "index in [tool.zephyr] is a table, a list of tables"),
        ("index = [{}]", "entry 1 of tool.zephyr.index needs url"),
        ('index = [{url = "gpu.example/simple"}]', "url in entry 1 of tool.zephyr.index is"),
        ('index = [{url = "https://"}]', "the URL of an index (https://…) was expected"),
        ('index = [{url = "https://[x/"}]', "the URL of an index (https://…) was expected"),
        ('index = [{url = "https://a.example/", explicit = true}]', "is explicit and has no name"),
        (
            'index = [{name = "a", url = "https://a.example/", explicit = true, default = true}]',
            "cannot be explicit and the default index too",
        ),
        (
            'index = [{name = "a", url = "https://a.example/"}, {name = "a", url = "https://b.example/"}]',
            "two indexes in [tool.zephyr] are called 'a'",
        ),
        (
            'index = [{url = "https://a.example/", default = true}, {url = "file:///b/", default = true}]',
            "two indexes in [tool.zephyr] are the default one",
        ),
        ('mirror = {"here" = "https://a.example/"}', "the key in [tool.zephyr.mirror] is 'here'"),
        (
            'mirror = {"https://a.example/" = "there"}',
            "https://a.example/ in [tool.zephyr.mirror] is 'there'",
        ),
        ('sources = {"a b" = {path = "."}}', "'a b' in [tool.zephyr.sources] is not the name of a package"),
        ('sources = {a = {path = "."}, A = {path = "."}}', "[tool.zephyr.sources] has two sources for a"),
        ('sources = {a = "../a"}', "a in [tool.zephyr.sources] is '../a', a table was expected"),
        ("sources = {a = {}}", "must have one of index, path, git, url; it has none of them"),
        ('sources = {a = {path = "x", url = "y"}}', "it has path and url"),
        ('sources = {a = [{path = "x"}, {path = "y"}]}', "lists sources that nothing tells apart"),
        ("sources = {a = []}", "lists sources that nothing tells apart"),
        ('sources = {a = {path = "x", marker = "linux"}}', "marker in [tool.zephyr.sources.a] is 'linux'"),
        ('sources = {a = {path = "x", editable = "yes"}}', "is 'yes', true or false was expected"),
        ('sources = {a = {git = "https://g.example/a", rev = "x", tag = "y"}}', "by rev and tag"),
        ('sources = {a = {git = "git.example/a"}}', "an address with its scheme (https://…) was expected"),
        ('sources = {a = {git = "https://g.example/a", rev = ""}}', "[tool.zephyr.sources.a] needs rev"),
    ],
)
def test_what_was_expected_is_said(folder: Folder, text: str, message: str) -> None:
    assert message in refusal(folder, text).message


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('conflicts = [[{extra = "cpuu"}, {extra = "gpu"}]]', "names the extra 'cpuu'", "Is cpu meant?"),
        ('conflicts = [[{group = "cpu"}, {extra = "gpu"}]]', "names the group 'cpu'", "It has dev."),
        ('default-groups = ["deb"]', "names the group 'deb'", "Is dev meant?"),
        (
            'index = [{name = "gpu", url = "https://a.example/"}]\nsources = {a = {index = "gpuu"}}',
            "[tool.zephyr.sources.a] names the index 'gpuu', which is not declared",
            "Is gpu meant?",
        ),
        ('pre-releases = "allowed"', "pre-releases in [tool.zephyr]", "Is allow meant?"),
    ],
)
def test_a_name_that_does_not_exist_gets_the_nearest(
    folder: Folder, text: str, message: str, hint: str
) -> None:
    found = refusal(folder, text)

    assert message in found.message
    assert found.hint == hint


@pytest.mark.parametrize(
    "text",
    [
        'index = [{url = "ftp://me:s3cret@a.example/"}]',
        'mirror = {"https://me:s3cret@a.example/" = ""}',
        'mirror = {"https://me:s3cret@a.example/" = "there"}',
        'mirror = {"https://me:s3cret@a.example/" = 3}',
        'mirror = {"ftp://me:s3cret@a.example/" = 3}',
        'sources = {a = {url = "//me:s3cret@a.example/a.whl"}}',
        'sources = {a = {git = "me:s3cret@a.example/a"}}',
        'index = [{url = "me:s3cret@a.example/simple/"}]',
        'overrides = ["a @@ https://me:s3cret@a.example/a.whl"]',
    ],
)
def test_a_password_in_an_address_is_not_shown(folder: Folder, text: str) -> None:
    found = refusal(folder, text)

    assert "s3cret" not in f"{found.message} {found.hint}"


def test_extras_that_are_not_known_yet_are_believed(folder: Folder) -> None:
    project = folder.demo(
        """
        dynamic = ["optional-dependencies"]
        [tool.zephyr]
        conflicts = [[{extra = "cpu"}, {extra = "gpu"}]]
        """
    )

    assert len(project.tool.conflicts) == 1


def test_a_table_of_another_type_is_refused(folder: Folder) -> None:
    assert "zephyr in [tool] is true, a table was expected" in folder.refusal("[tool]\nzephyr = true").message
