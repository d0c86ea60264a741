"""Quality flags: both sides of each limit, and what cannot be checked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.radionuclide.support_samples import NS_PER_H, START_NS, peak, result, sample

from vigie.errors import ParameterError
from vigie.radionuclide.judge import SampleContext, default_limits, load_limits, sample_flags
from vigie.radionuclide.judge.flags import FlagLimit, check
from vigie.radionuclide.judge.quantities import gas_quantities, particulate_quantities
from vigie.radionuclide.judge.recipe import shipped
from vigie.records import (
    Acquisition,
    Collection,
    DetectorSystem,
    Histogram,
    PhdType,
    PulseHeight,
    Spectrum,
    XenonProcessing,
)

LIMITS = default_limits()


def message(**changes: object) -> PulseHeight:
    """Return a sample message of FRP31 with ordinary times."""
    made = PulseHeight(
        type=PhdType.SAMPLE,
        station="FRP31",
        detector="FRP31_001",
        system=DetectorSystem.PARTICULATE,
        collection=Collection(
            start_ns=START_NS, stop_ns=START_NS + 24 * NS_PER_H, air_volume_m3=20_000.0
        ),
        acquisition=Acquisition(
            start_ns=START_NS + 48 * NS_PER_H, real_time_s=84_000.0, live_time_s=83_900.0
        ),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


# Every limit with the last value that passes and the first that does not, by the table of the
# field sheet (6.1, 6.2), not by the file under test.
EDGES = {
    "particulate": {
        "collection_time": [(21.6, 21.59), (26.4, 26.41)],
        "acquisition_time": [(20.0, 19.99)],
        "decay_time": [(24.0, 24.01)],
        "arrival_time": [(72.0, 72.01)],
        "previous_sample": [(24.0, 24.1)],
        "flow_rate": [(500.1, 500.0)],
        "ba140_mdc": [(29.99, 30.0)],
        "k40_position": [(2.999, 3.0)],
        "gain_difference": [(0.99e-4, 1e-4)],
        "be7_fwhm": [(1.699, 1.7)],
        "activation_products": [(0.0, 1.0)],
        "live_ratio": [(0.9, 0.899), (1.0, 1.001)],
    },
    "noble_gas": {
        "xenon_volume": [(0.43, 0.4299)],
        "xenon_volume_low": [(0.301, 0.3)],
        "collection_time": [(4.0, 3.99), (25.0, 25.01)],
        "collection_too_long": [(24.0, 24.01)],
        "acquisition_time": [(4.0, 3.99), (25.0, 25.01)],
        "response_time": [(48.0, 48.01)],
        "processing_time": [(0.01, 0.0)],
        "gas_background_interval": [(0.01, 0.0)],
        "live_ratio": [(0.9, 0.899), (1.0, 1.001)],
        "gain_drift": [(0.0099, 0.01)],
        "coincidence_share": [(1.0, 1.001)],
        "memory_fraction": [(0.499, 0.5)],
        "volume_ratio": [(0.85, 0.849), (1.15, 1.151)],
        "volume_trend": [(0.5, 0.499), (1.5, 1.501)],
        "missing_blocks": [(0.0, 1.0)],
    },
}


@pytest.mark.parametrize(
    ("technology", "name"), [(t, n) for t, names in EDGES.items() for n in names]
)
def test_each_limit_passes_on_one_side_and_fails_on_the_other(technology: str, name: str) -> None:
    limit = getattr(LIMITS, technology)[name]
    for good, bad in EDGES[technology][name]:
        assert check({name: limit}, {name: good})[0].passed is True, good
        assert check({name: limit}, {name: bad})[0].passed is False, bad
    assert check({name: limit}, {name: None})[0].passed is None
    assert check({name: limit}, {name: float("nan")})[0].passed is None
    assert limit.source


def test_every_flag_of_the_package_has_its_edges_here() -> None:
    assert set(LIMITS.particulate) == set(EDGES["particulate"])
    assert set(LIMITS.noble_gas) == set(EDGES["noble_gas"])


def test_an_ordinary_sample_passes_all_that_can_be_checked() -> None:
    analysis = sample(result("Ba-140", 0.0, critical_level=5.0), peaks=(peak(1460.8), peak(477.6)))
    context = SampleContext(
        received_ns=START_NS + 71 * NS_PER_H,
        previous_stop_ns=START_NS,
        gain_kev=0.33001,
        reference_gain_kev=0.33,
        k40_channel=1460.8 / 0.33 + 0.02,
        k40_channel_sigma=0.05,
    )
    flags = sample_flags(message(), analysis, context, activation=("Co-60",))
    assert [f.name for f in flags if f.passed is not True] == []
    assert {f.name: f.value for f in flags}["flow_rate"] == pytest.approx(833.33, abs=0.01)


def test_what_was_not_told_is_not_checked() -> None:
    bare = message(collection=None, acquisition=None)
    flags = sample_flags(bare, sample(), activation=())
    unchecked = {f.name for f in flags if f.passed is None}
    assert unchecked == set(LIMITS.particulate) - {"activation_products"}


def test_no_previous_sample_fails_where_the_history_is_known() -> None:
    context = SampleContext(previous_known=True)
    flags = sample_flags(message(), sample(), context, activation=())
    (flag,) = [f for f in flags if f.name == "previous_sample"]
    assert flag.passed is False
    assert flag.value is None


def test_the_acquisition_flag_looks_at_the_acquisition() -> None:
    # The IDC's routine of 2009 tests the collection time under this name.
    short = message(acquisition=Acquisition(start_ns=START_NS, real_time_s=3.0, live_time_s=3.0))
    quantities = particulate_quantities(short, sample(), SampleContext(), activation=())
    assert quantities["acquisition_time"] == pytest.approx(3.0 / 3600.0)


def test_activation_products_are_counted_where_detected() -> None:
    found = sample(result("Co-60", 5.0), result("Cs-134", 0.1), result("Cs-137", 9.0))
    quantities = particulate_quantities(
        message(), found, SampleContext(), activation=("Co-60", "Cs-134")
    )
    assert quantities["activation_products"] == 1.0


def test_gas_quantities_of_the_sheet() -> None:
    # The SAMPLEPHD of 13.1: 0.99533 cm3 against 22.347414 m3 with a yield of 0.61685.
    gas = message(
        system=DetectorSystem.BETA_GAMMA,
        collection=Collection(
            start_ns=START_NS, stop_ns=START_NS + 12 * NS_PER_H, air_volume_m3=22.347414
        ),
        processing=XenonProcessing(
            volume_cm3=0.99533, volume_sigma_cm3=0.08659, recovery=0.61685, recovery_sigma=0.05367
        ),
        gamma=Spectrum(counts=np.full(4, 100)),
        histogram=Histogram(counts=np.full((2, 2), 25), gamma_span_kev=700.0, beta_span_kev=900.0),
    )
    context = SampleContext(
        gas_background_start_ns=START_NS + 30 * NS_PER_H,
        reported_ns=START_NS + 50 * NS_PER_H,
        usual_xenon_cm3=1.0,
        gain_drift=-0.004,
    )
    found = gas_quantities(gas, context)
    assert found["xenon_volume"] == pytest.approx(1.08192)
    assert found["volume_ratio"] == pytest.approx(11.4406 / 13.7851, rel=1e-4)
    assert found["gas_background_interval"] == 18.0
    assert found["response_time"] == 38.0
    assert found["coincidence_share"] == 0.25
    assert found["gain_drift"] == 0.004
    # beta, regions, efficiencies and ratios of regions, five calibration curves.
    assert found["missing_blocks"] == 9.0
    flags = {
        f.name: f.passed
        for f in sample_flags(gas, sample(technology="noble_gas"), context, activation=())
    }
    assert flags["volume_ratio"] is False
    assert flags["memory_fraction"] is None


def test_a_flag_that_does_not_exist_is_refused() -> None:
    text = shipped("limits.toml").replace("[particulate.flow_rate]", "[particulate.flowrate]")
    with pytest.raises(ParameterError, match="flowrate: is no flag"):
        sample_flags(message(), sample(), limits=load_limits(text), activation=())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("below = 30.0", "belw = 30.0", "particulate.ba140_mdc = belw: is an unknown key"),
        ("below = 30.0", 'below = "30"', "Expected `float | null`"),
        ("below = 30.0", "", "one bound per side"),
        ("below = 30.0", "below = 30.0\nmost = 30.0", "one bound per side"),
        ('version = "1.0"', "", "version: must be given"),
        ("below = 30.0", "below = = 30", "must be TOML"),
    ],
)
def test_a_wrong_recipe_is_refused(old: str, new: str, told: str) -> None:
    text = shipped("limits.toml").replace(old, new, 1)
    with pytest.raises(ParameterError, match=told.replace("|", r"\|")):
        load_limits(text)


def test_an_inner_bound_is_exclusive_where_it_says_so() -> None:
    limit = FlagLimit(unit="", source="test", above=1.0, below=2.0)
    assert [limit.holds(v) for v in (1.0, 1.5, 2.0, float("nan"))] == [False, True, False, False]
