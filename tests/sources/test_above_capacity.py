"""Storages above what the lake holds: a stated capacity may be years old, and a gauge may slip."""

from collections import Counter

import pytest

from shared_data import needs_shared
from sources.lake_record import DAY, FIRST, STORAGE, reading
from sources.recorded_lakes import recorded
from waterbalance.forecast.readings import Trust
from waterbalance.network.component import component_types
from waterbalance.network.network import Network
from waterbalance.sources.quality.capacity import FAR_ABOVE
from waterbalance.sources.quality.check import checked
from waterbalance.sources.quality.settings import SeriesQuality

LAKE = Network.of([component_types()["reservoir"](name="lake", capacity=100e6)])
POOL = Network.of([component_types()["reservoir"](name="lake", capacity=100e6, flood_pool=20e6)])
ALONE = {"default": SeriesQuality.model_validate(dict.fromkeys(("repeated", "days", "unit", "known", "dead")))}

RELIABLE, DOUBTFUL, UNRELIABLE = Trust


def trusts(*values: float, network: Network = LAKE, days: tuple[int, ...] | None = None) -> list[Trust]:
    read = [
        reading(STORAGE, "m3", FIRST + day * DAY, value * 1e6)
        for day, value in zip(days or range(len(values)), values, strict=True)
    ]
    return [each.trust for each in checked(read, {}, network)]


def test_of_itself_a_storage_is_used_up_to_a_tenth_above() -> None:
    assert [trusts(value)[0] for value in (101.9, 102.1, 109.9, 110.1)] == [RELIABLE, DOUBTFUL, DOUBTFUL, UNRELIABLE]


def test_from_a_twentieth_above_it_is_told() -> None:
    lines = [checked([reading(STORAGE, "m3", FIRST, value)], {}, LAKE)[0].why[0] for value in (104.9e6, 105.1e6)]
    assert [FAR_ABOVE in line for line in lines] == [False, True]


def test_a_lake_that_has_risen_there_is_believed_and_a_jump_is_not() -> None:
    assert trusts(108, 112, 116, 120, 124, 126) == [DOUBTFUL] * 5 + [UNRELIABLE]
    assert trusts(99, 112, 113, 109, 112) == [RELIABLE, UNRELIABLE, UNRELIABLE, DOUBTFUL, DOUBTFUL]


def test_it_goes_on_over_two_days_that_nobody_read_and_not_over_three() -> None:
    assert trusts(108, 112, days=(0, 3))[1] is DOUBTFUL
    assert trusts(108, 112, days=(0, 4))[1] is UNRELIABLE


def test_what_earlier_nights_believed_counts_and_what_they_did_not_does_not() -> None:
    tonight = [reading(STORAGE, "m3", FIRST + DAY, 112e6)]
    for before, trust in ((108e6, DOUBTFUL), (113e6, UNRELIABLE)):
        past = checked([reading(STORAGE, "m3", FIRST, before)], {}, LAKE)
        assert checked(tonight, {}, LAKE, past=past)[0].trust is trust


def test_a_flood_pool_is_there_to_be_filled() -> None:
    assert [trusts(value, network=POOL)[0] for value in (121, 129, 131)] == [DOUBTFUL, DOUBTFUL, UNRELIABLE]
    (each,) = checked([reading(STORAGE, "m3", FIRST, 124e6)], {}, POOL)
    assert FAR_ABOVE not in each.why[0]


@needs_shared
@pytest.mark.parametrize(
    ("lake", "above", "told", "lost"),
    [
        ("zengwen", 41, 2, 0),
        ("wushantou", 9, 7, 4),
        ("nanhua", 32, 7, 0),
        ("agongdian", 26, 67, 1),
        ("chengcing", 7, 6, 2),
        ("jingmian", 33, 10, 2),
        ("baihe", 21, 31, 132),
        ("fengshan", 0, 0, 0),
        ("mudan", 0, 0, 0),
        ("meinong", 0, 0, 0),
    ],
)
def test_twelve_years_of_ten_lakes(lake: str, above: int, told: int, lost: int) -> None:
    """Doubtful, doubtful and told, not used. Agongdian rose to 1.25 of its capacity in 2021, and stayed for two months.

    Wushantou rose by a fifth in a day in the floods of 2013 and 2018: four days are lost that were probably true. Baihe's stated
    capacity of 2010 was wrong, as it held up to 1.67 of it.
    """
    found = [each for each in checked(recorded(lake), ALONE, Network.of([])) if each.quantity == "storage" and each.why]
    count = Counter((each.trust, FAR_ABOVE in each.why[0]) for each in found)
    assert (count[DOUBTFUL, False], count[DOUBTFUL, True], count[UNRELIABLE, True]) == (above, told, lost)
    assert sum(count.values()) == above + told + lost
