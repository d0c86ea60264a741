"""Pulse-height data written and read again: identical in every field, for any record."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.errors import UnwritableError
from vigie.formats import Contents, Source
from vigie.formats.ims_radionuclide import FORMAT
from vigie.formats.ims_radionuclide._assemble import singles
from vigie.formats.ims_radionuclide._spectrum import Axis
from vigie.records import (
    NOT_CALIBRATED,
    Acquisition,
    Calibration,
    CalibrationPoint,
    CertificateLine,
    Collection,
    DetectorSystem,
    FilterGeometry,
    Histogram,
    InterferenceRatio,
    PhdType,
    PulseHeight,
    RegionEfficiency,
    RegionLimits,
    XenonProcessing,
)
from vigie.testing import radionuclide_examples as rn

words = st.text("ABCXYZabc0189_-./", min_size=1, max_size=31).filter(
    lambda w: w.upper() not in {"0", "-", "NA", "N/A", "NONE"}
)
ids = st.one_of(st.just(""), words)
codes = st.text("ABCDEFGHXYZ0123456789_", min_size=1, max_size=9)
numbers = st.floats(-1e12, 1e12) | st.floats(0.0, 1.0) | st.integers(-5, 5000).map(float)
positive = st.floats(1e-9, 1e9)
maybe = st.none() | numbers
times = st.integers(631152000 * 10**9, 4102444799 * 10**9)
lines = (
    st.text("abc d#123 éü(", max_size=20)
    .map(str.rstrip)
    .filter(lambda line: not line.lstrip().lower().startswith(("#", "stop")))
)
comments = st.lists(lines, max_size=4).map(lambda one: "\n".join(one).strip("\n"))


def points(*, mode: bool = False) -> st.SearchStrategy[tuple[CalibrationPoint, ...]]:
    one = st.builds(
        CalibrationPoint, energy_kev=numbers, value=numbers, sigma=maybe,
        mode=st.sampled_from(["", "C", "B"]) if mode else st.just(""),
    )  # fmt: skip
    return st.lists(one, max_size=3).map(tuple)


gammas = st.builds(
    Calibration, energy=points(), resolution=points(), efficiency=points(),
    total_efficiency=points(), calibrated_ns=st.none() | times,
)  # fmt: skip
betas = st.builds(Calibration, energy=points(mode=True), resolution=points(), efficiency=points())
processings = st.none() | st.builds(
    XenonProcessing, volume_cm3=numbers, volume_sigma_cm3=maybe, recovery=numbers,
    recovery_sigma=maybe, bottle_id=ids,
)  # fmt: skip
regions = st.lists(
    st.builds(RegionLimits, roi=st.integers(1, 20), beta_low=numbers, beta_high=numbers,
              gamma_low=numbers, gamma_high=numbers),
    max_size=3, unique_by=lambda one: one.roi,
).map(tuple)  # fmt: skip
efficiencies = st.lists(
    st.builds(RegionEfficiency, nuclide=st.sampled_from(["Xe-133", "Xe-131m", "Pb-214"]),
              roi=st.integers(1, 12), efficiency=numbers, sigma=maybe),
    max_size=4,
).map(tuple)  # fmt: skip
ratios = st.lists(
    st.builds(InterferenceRatio, name=words.filter(lambda w: w[0].isalpha()),
              roi_high=st.integers(1, 10), roi_low=st.integers(1, 10), ratio=numbers, sigma=maybe),
    max_size=3, unique_by=lambda one: (one.name, one.roi_high, one.roi_low),
).map(tuple)  # fmt: skip
certificates = st.lists(
    st.sampled_from([
        CertificateLine(nuclide="Xe-133", text="XE-133 5.2 D 3700 B 2.5"),
        CertificateLine(nuclide="", text="3700 2020/01/01 00:00:00 B"),
    ]), max_size=2,
).map(tuple)  # fmt: skip


@st.composite
def messages(draw: st.DrawFn) -> PulseHeight:
    """Return any message that the format can hold."""
    gamma_calibration = draw(gammas)
    beta_calibration = draw(betas)
    holds = beta_calibration.energy or beta_calibration.resolution or beta_calibration.efficiency
    beta_calibration = (
        replace(beta_calibration, calibrated_ns=gamma_calibration.calibrated_ns)
        if holds
        else NOT_CALIBRATED
    )
    message_id = draw(ids)
    message = PulseHeight(
        type=draw(st.sampled_from(list(PhdType))),
        station=draw(codes),
        detector=draw(codes),
        system=draw(st.sampled_from([one for one in DetectorSystem if one])),
        geometry=draw(st.lists(codes, max_size=2).map(" ".join)),
        full=draw(st.booleans()),
        sample_id=draw(ids),
        measurement_id=draw(ids),
        detector_background_id=draw(ids),
        gas_background_id=draw(ids),
        transmitted_ns=draw(st.none() | times),
        message_id=message_id,
        message_source=draw(ids) if message_id else "",
        comment=draw(comments),
        collection=draw(
            st.none() | st.builds(Collection, start_ns=times, stop_ns=times, air_volume_m3=numbers)
        ),
        acquisition=draw(
            st.none()
            | st.builds(Acquisition, start_ns=times, real_time_s=numbers, live_time_s=numbers)
        ),
        processing=draw(processings),
        filter=draw(
            st.none() | st.builds(FilterGeometry, diameter_cm=numbers, thickness_cm=numbers)
        ),
        gamma_calibration=gamma_calibration,
        beta_calibration=beta_calibration,
        regions=draw(regions),
        region_channels=draw(regions),
        coincidence_efficiencies=draw(efficiencies),
        ratios=draw(ratios),
        certificate=draw(certificates),
        simulated=draw(st.booleans()),
    )
    spans = draw(st.tuples(positive, positive))
    sizes = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    axes = [
        Axis(rng.integers(0, 10**9, size), int(rng.integers(2)), span)
        for size, span in zip(sizes, spans, strict=True)
    ]
    histogram = Histogram(
        counts=rng.integers(0, 3, sizes), gamma_span_kev=spans[0], beta_span_kev=spans[1]
    )
    parts = draw(st.tuples(st.booleans(), st.booleans()))
    whole = singles(
        message,
        axes[0] if parts[0] else None,
        axes[1] if parts[0] else None,
        histogram if parts[0] and parts[1] else None,
    )
    # A message of filters has no blocks of coincidences: they would tell another system.
    filters = whole.system is DetectorSystem.PARTICULATE
    paired = filters and has_coincidences(whole)
    return replace(whole, system=DetectorSystem.BETA_GAMMA) if paired else whole


def has_coincidences(message: PulseHeight) -> bool:
    """Tell whether a message has what only systems of coincidences write."""
    beta = message.beta_calibration
    told = (beta.energy, beta.resolution, message.regions, message.region_channels)
    counted = (message.beta, message.histogram)
    return any((*told, message.coincidence_efficiencies, *(one is not None for one in counted)))


def written(*some: PulseHeight) -> bytes:
    (data,) = FORMAT.write(Contents(pulse_heights=some)).values()
    return data


@pytest.mark.slow
@settings(max_examples=100, derandomize=True)
@given(messages())
def test_any_record_comes_back_the_same(message: PulseHeight) -> None:
    data = written(message)
    contents = FORMAT.read(Source("x.phd", data))
    (again,) = contents.pulse_heights
    assert again.same_as(message)
    assert written(again) == data


@pytest.mark.slow
@settings(max_examples=15, derandomize=True)
@given(st.lists(messages(), min_size=2, max_size=3))
def test_several_records_in_one_file(some: list[PulseHeight]) -> None:
    found = FORMAT.read(Source("x.phd", written(*some))).pulse_heights
    assert len(found) == len(some)
    assert all(a.same_as(b) for a, b in zip(found, some, strict=True))


def test_a_written_message_is_plain() -> None:
    text = written(rn.noble_gas_sample()).decode()
    lines_ = text.split("\n")
    assert lines_[0] == "BEGIN IMS2.0"
    assert "#Header 3" in lines_
    assert text.endswith("\nSTOP\n")
    assert "\r" not in text
    assert "  " not in text
    start = lines_.index("#g_Spectrum")
    assert lines_[start + 1] == "40 720"
    assert [line.split()[0] for line in lines_[start + 2 : start + 5]] == ["0", "5", "10"]
    assert all(len(line.split()) == 6 for line in lines_[start + 2 : start + 10])
    assert "XE-13310 10 " in text


FILTER = rn.particulate_sample()
GAS = rn.noble_gas_sample()


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (replace(FILTER, station=""), "code of the station"),
        (replace(FILTER, detector="A B"), "'A B' as the code of the detector"),
        (replace(FILTER, system=DetectorSystem.UNKNOWN), "Say P, B or G"),
        (replace(FILTER, comment="a\nSTOP"), "which would end or change it"),
        (replace(FILTER, comment="#Collection"), "which would end or change it"),
        (replace(FILTER, comment="a\x00b"), "which would end or change it"),
        (replace(FILTER, comment="\ud800"), "Leave the character out"),
        (replace(FILTER, message_id=""), "Give the message an id"),
        (
            replace(FILTER, gamma_calibration=Calibration(energy_coefficients_kev=(0.0, 1.0))),
            "points of the curve",
        ),
        (
            replace(GAS, beta_calibration=replace(GAS.beta_calibration, calibrated_ns=None)),
            "two times of calibration",
        ),
        (replace(GAS, processing=XenonProcessing(bottle_id="17")), "without volume or yield"),
        (
            replace(
                GAS,
                histogram=Histogram(
                    counts=np.ones((40, 32), np.int64), gamma_span_kev=1.0, beta_span_kev=2.0
                ),
            ),
            "other spans than those of the singles",
        ),
        (
            replace(GAS, certificate=(CertificateLine(nuclide="", text="#x"),)),
            "begins with a word",
        ),
    ],
)
def test_what_a_message_has_no_place_for_is_refused(message: PulseHeight, told: str) -> None:
    with pytest.raises(UnwritableError, match=told):
        written(message)


def test_nothing_to_write_is_refused() -> None:
    with pytest.raises(UnwritableError, match="nothing"):
        FORMAT.write(Contents())
