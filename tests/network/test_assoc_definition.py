"""Event-definition criteria as configuration."""

import pytest

from vigie.errors import ParameterError, UnknownModelError
from vigie.network.definition import assess, load_definition
from vigie.records import Association, Site, Station


def seismic(code: str, *, treaty: str | None = None, n_sites: int = 0) -> Station:
    sites = tuple(
        Site(code=f"{code}{k}", latitude=0.0, longitude=0.0, elevation_m=0.0)
        for k in range(n_sites)
    )
    return Station(
        code=code, latitude=0.0, longitude=0.0, elevation_m=0.0, treaty_code=treaty, sites=sites
    )


def time_of(station: Station, phase: str, *, directed: bool = False) -> tuple[Association, Station]:
    association = Association(
        detection_id=f"{station.code}{phase}",
        station=station.code,
        phase=phase,
        time_defining=True,
        azimuth_defining=directed,
        slowness_defining=directed,
    )
    return association, station


# Three primary times and one array with azimuth and slowness: 3 + 0.4 + 0.4 (recalled IDC weights).
def test_weights_of_three_stations_with_one_array_sum_to_three_point_eight() -> None:
    array = seismic("ARR", treaty="PS01", n_sites=9)
    others = [seismic("AAA", treaty="PS02"), seismic("BBB", treaty="AS001")]
    observed = [time_of(array, "P", directed=True), *(time_of(s, "P") for s in others)]
    sel = assess(load_definition("sel"), observed, treaty_network=True)
    assert sel.weight == pytest.approx(3.8)
    assert sel.met
    reb = assess(load_definition("reb"), observed, treaty_network=True)
    assert reb.failed == ("min_weight", "min_primary_stations")


def test_a_time_that_does_not_define_counts_nothing() -> None:
    station = seismic("AAA")
    association = Association(detection_id="1", station="AAA", phase="P")
    assert assess(load_definition("default"), [(association, station)]).n_stations == 0


def test_unknown_names_and_keys_are_refused() -> None:
    with pytest.raises(UnknownModelError, match="default, sel, reb"):
        load_definition("leb")
    with pytest.raises(ParameterError, match="min_wieght"):
        load_definition("mine", "[mine]\nmin_wieght = 3\n[mine.weights]\n" + WEIGHTS)


WEIGHTS = "\n".join(
    f"{name} = 1.0"
    for name in (
        "primary_time",
        "secondary_time",
        "array_azimuth",
        "array_slowness",
        "three_component_azimuth",
        "three_component_slowness",
        "hydroacoustic_time",
        "infrasound_time",
        "infrasound_azimuth",
    )
)
