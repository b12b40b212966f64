"""Every option of the command line, in the groups that commands take (see `option_groups`)."""

from __future__ import annotations

from zephyr.cli.general_options import NO_EFFECT, GeneralOptions
from zephyr.cli.option_groups import OptionGroup, option
from zephyr.cli.selection_options import FormatOptions, ReleaseOptions
from zephyr.dataclass import dataclass

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Annotated, Literal

Texts = list[str] | None


@dataclass(frozen=True)
class OutputOptions(GeneralOptions):
    """How much is said, and how."""

    verbose: Annotated[
        int, option("--verbose", "-v", count=True, help="Say more; -vv and -vvv say more still.")
    ] = 0
    quiet: Annotated[
        int, option("--quiet", "-q", count=True, help="Say less; -qq says nothing but errors.")
    ] = 0
    no_progress: Annotated[bool, option("--no-progress", help="No live display, also on a terminal.")] = False
    progress_bar: Annotated[
        Literal["auto", "on", "off", "raw"],
        option("--progress-bar", help="off is --no-progress; the others show the same."),
    ] = "auto"

    @property
    def shows_progress(self) -> bool:
        """Whether a live display is wanted on a terminal."""
        return not self.no_progress and self.progress_bar != "off"


@dataclass(frozen=True)
class CacheOptions(OptionGroup):
    """Where the cache is."""

    cache_dir: Annotated[str | None, option("--cache-dir", metavar="DIR", help="The cache folder.")] = None
    no_cache: Annotated[
        bool,
        option("--no-cache", "--no-cache-dir", "-n", help="Use a temporary cache and remove it afterwards."),
    ] = False


@dataclass(frozen=True)
class TimingOptions(OptionGroup):
    """Whether it is told where the time went."""

    timings: Annotated[
        str | None,
        option(
            "--timings",
            metavar="[FILE]",
            help="Tell where the time went; --timings=FILE also as a timeline (.html) or a trace (.json).",
        ),
    ] = None


@dataclass(frozen=True)
class TargetOptions(OptionGroup):
    """Which environment is meant."""

    python: Annotated[
        str | None,
        option(
            "--python", "-p", metavar="PYTHON", help="An interpreter, a version, or an environment's folder."
        ),
    ] = None
    system: Annotated[
        bool, option("--system", help="The first Python on PATH instead of a virtual environment.")
    ] = False
    break_system_packages: Annotated[
        bool,
        option("--break-system-packages", help="Change a Python that its distributor manages (PEP 668)."),
    ] = False
    require_virtualenv: Annotated[
        bool,
        option("--require-virtualenv", "--require-venv", help="Refuse a Python outside of an environment."),
    ] = False


@dataclass(frozen=True)
class DestinationOptions(OptionGroup):
    """Schemes other than the environment's own."""

    prefix: Annotated[
        str | None,
        option("--prefix", metavar="DIR", help="Install below this folder, laid out as an environment."),
    ] = None
    target: Annotated[
        str | None,
        option("--target", "-t", metavar="DIR", help="Install the modules straight into this folder."),
    ] = None
    user: Annotated[
        bool, option("--user", help="Install into the user's own folders (PEP 370), beside the Python.")
    ] = False
    no_user: Annotated[bool, option("--no-user", hidden=True, help="Undo --user.")] = False
    root: Annotated[
        str | None, option("--root", metavar="DIR", help="Install below this folder as if it were the root.")
    ] = None


@dataclass(frozen=True)
class SourceOptions(OptionGroup):
    """Where packages come from."""

    index_url: Annotated[
        str | None,
        option(
            "--index-url", "--default-index", "--pypi-url", "-i", metavar="URL", help="The index asked last."
        ),
    ] = None
    extra_index_url: Annotated[
        Texts,
        option(
            "--extra-index-url", metavar="URL", help="An index asked before --index-url, in the order given."
        ),
    ] = None
    index: Annotated[
        Texts,
        option(
            "--index",
            metavar="[NAME=]URL",
            help="As --extra-index-url, named; its credentials: ZEPHYR_INDEX_<NAME>_USERNAME, _PASSWORD.",
        ),
    ] = None
    find_links: Annotated[
        Texts,
        option(
            "--find-links", "-f", metavar="DIR|URL", help="A folder of archives, or a page of links to some."
        ),
    ] = None
    no_index: Annotated[bool, option("--no-index", help="Ask no index, only --find-links.")] = False
    index_strategy: Annotated[
        Literal["first-index", "unsafe-best-match"],
        option("--index-strategy", help="What happens with a name that several indexes know."),
    ] = "first-index"
    offline: Annotated[bool, option("--offline", help="Use only what the cache and local folders have.")] = (
        False
    )
    refresh: Annotated[
        bool, option("--refresh", help="Ask the index again, even if its answer is still fresh.")
    ] = False


@dataclass(frozen=True)
class NetworkOptionsGroup(OptionGroup):
    """How the network is reached."""

    timeout: Annotated[
        float,
        option(
            "--timeout",
            "--default-timeout",
            metavar="SECONDS",
            help="How long a silent server is waited for.",
        ),
    ] = 30.0
    retries: Annotated[
        int, option("--retries", metavar="N", help="How often a failed request is tried again.")
    ] = 3
    proxy: Annotated[str | None, option("--proxy", metavar="URL", help="A proxy for all requests.")] = None
    no_proxy_env: Annotated[
        bool, option("--no-proxy-env", help="Leave HTTP_PROXY and the like out of account.")
    ] = False
    keyring_provider: Annotated[
        Literal["auto", "disabled", "import", "subprocess"],
        option(
            "--keyring-provider",
            help="What is asked for logins: keyring as a module, as a program, either, or nothing.",
        ),
    ] = "auto"
    cert: Annotated[
        str | None, option("--cert", metavar="FILE", help="Certificates to trust, instead of the system's.")
    ] = None
    client_cert: Annotated[
        str | None,
        option("--client-cert", metavar="FILE", help="A client certificate and its key, in one PEM file."),
    ] = None
    trusted_host: Annotated[
        Texts, option("--trusted-host", metavar="HOST", help="A host whose certificate is not checked.")
    ] = None


@dataclass(frozen=True)
class ResolverOptions(ReleaseOptions):
    """Which versions may be chosen."""

    requirement: Annotated[
        Texts,
        option("--requirement", "-r", metavar="FILE", help="Install what this requirements file lists."),
    ] = None
    constraint: Annotated[
        Texts,
        option(
            "--constraint", "-c", metavar="FILE", help="Limit versions by this file, installing none of it."
        ),
    ] = None
    no_deps: Annotated[bool, option("--no-deps", "--no-dependencies", help="Leave dependencies out.")] = False
    upgrade: Annotated[
        bool, option("--upgrade", "-U", help="Take the newest versions, also of what is installed.")
    ] = False
    upgrade_package: Annotated[
        Texts, option("--upgrade-package", "-P", metavar="NAME", help="As --upgrade, for this package.")
    ] = None
    prerelease: Annotated[
        Literal["if-necessary", "allow", "disallow", "explicit"],
        option("--prerelease", help="When pre-releases may be chosen."),
    ] = "if-necessary"
    resolution: Annotated[
        Literal["highest", "lowest", "lowest-direct"],
        option("--resolution", help="Which allowed versions are preferred."),
    ] = "highest"
    require_hashes: Annotated[
        bool, option("--require-hashes", help="Refuse whatever has no hash in a requirements file.")
    ] = False
    python_version: Annotated[
        str | None,
        option("--python-version", metavar="X.Y[.Z]", help="For this Python, instead of the environment's."),
    ] = None


@dataclass(frozen=True)
class InstallerOptions(OptionGroup):
    """How the chosen versions are installed."""

    reinstall: Annotated[
        bool, option("--reinstall", "--force-reinstall", help="Install again what is already installed.")
    ] = False
    link_mode: Annotated[
        Literal["clone", "hardlink", "copy"] | None,
        option("--link-mode", help="How files get into the environment; the best by default."),
    ] = None
    collisions: Annotated[
        Literal["warn", "error"],
        option("--collisions", help="What happens with a path that two packages bring."),
    ] = "warn"
    compile_bytecode: Annotated[
        bool,
        option(
            "--compile-bytecode/--no-compile-bytecode",
            "--compile/--no-compile",
            help="Install compiled bytecode.",
        ),
    ] = False
    dry_run: Annotated[bool, option("--dry-run", help="Only say what would be done.")] = False
    report: Annotated[
        str | None, option("--report", metavar="FILE", help="Write pip's JSON report; - for standard output.")
    ] = None
    json: Annotated[bool, option("--json", help="Tell what was done as JSON on standard output.")] = False


@dataclass(frozen=True)
class BuildingOptions(FormatOptions):
    """What may be built from source, and how."""

    no_build: Annotated[bool, option("--no-build", help="Build nothing; short for --only-binary=:all:.")] = (
        False
    )
    no_build_package: Annotated[
        Texts, option("--no-build-package", metavar="NAME", help="Build no source of this package.")
    ] = None
    no_build_isolation: Annotated[
        bool,
        option(
            "--no-build-isolation", help="Build with what the environment has, instead of in one made for it."
        ),
    ] = False
    no_build_sandbox: Annotated[
        bool, option("--no-build-sandbox", help="Let builds write anywhere this user may.")
    ] = False
    config_settings: Annotated[
        Texts,
        option(
            "--config-settings",
            "--config-setting",
            "-C",
            metavar="KEY=VALUE",
            help="Passed to build backends.",
        ),
    ] = None
    build_constraint: Annotated[
        Texts,
        option(
            "--build-constraint",
            "--build-constraints",
            "-b",
            metavar="FILE",
            help="Limit build requirements.",
        ),
    ] = None
    src: Annotated[
        str | None,
        option(
            "--src",
            "--source",
            "--source-dir",
            "--source-directory",
            metavar="DIR",
            help="Where editable repositories are checked out; src in the environment by default.",
        ),
    ] = None
    check_build_dependencies: Annotated[
        bool,
        option(
            "--check-build-dependencies",
            help="With --no-build-isolation: fail unless what builds need is installed.",
        ),
    ] = False
    use_pep517: Annotated[bool, option("--use-pep517", hidden=True, help=NO_EFFECT)] = False
    no_clean: Annotated[bool, option("--no-clean", help=NO_EFFECT)] = False
