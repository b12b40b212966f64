from zephyr_perf.scenario import Scenario
from zephyr_perf.scenarios import all_scenarios
from zephyr_perf.workspace import cache_path


def named(name: str) -> Scenario:
    (found,) = [one for one in all_scenarios() if one.name == name]

    return found


def cache_of(name: str) -> str:
    return cache_path("/srv/perf", named(name), "zephyr")


def test_scenarios_that_ask_the_same_of_an_index_share_a_warm_cache() -> None:
    assert cache_of("install-warm-jupyter") == cache_of("install-anew-jupyter")


def test_what_is_compiled_first_never_finds_what_others_have_compiled() -> None:
    assert cache_of("install-first-compiled-jupyter") not in {
        cache_of("install-warm-compiled-jupyter"),
        cache_of("install-anew-compiled-jupyter"),
    }
