"""Simulated messages of a particulate station: samples, blanks, backgrounds, check sources."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.facts.nuclides import nuclide
from vigie.records import (
    Acquisition,
    Calibration,
    CalibrationPoint,
    Collection,
    DetectorSystem,
    FilterGeometry,
    PhdType,
    PulseHeight,
    Spectrum,
)
from vigie.simulate.radionuclide.hpge.response import response_of
from vigie.simulate.radionuclide.hpge.sample import SampleTruth, SimulatedCounts, simulate_counts
from vigie.simulate.radionuclide.hpge.station import (
    EPOCH_NS,
    NS_PER_S,
    TYPICAL_AIR_UBQ_M3,
    HpgeStation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

CHECK_SOURCE_BQ: dict[str, float] = {"Am-241": 800.0, "Cs-137": 300.0, "Co-60": 300.0}
CHECK_S = 1200.0
BACKGROUND_S = 6.0 * 86_400.0
DAY_NS = 86_400 * NS_PER_S


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedMessage:
    """A message and what it holds."""

    message: PulseHeight
    truth: SampleTruth


def simulate_sample(
    station: HpgeStation,
    rng: np.random.Generator,
    *,
    air_ubq_m3: Mapping[str, float] | None = None,
    filter_bq: Mapping[str, float] | None = None,
    start_ns: int = EPOCH_NS,
) -> SimulatedMessage:
    """Simulate the SAMPLEPHD of one filter.

    Parameters
    ----------
    station : HpgeStation
    rng : Generator
    air_ubq_m3 : mapping, optional
        Concentrations in uBq/m3; typical natural ones where left out.
    filter_bq : mapping, optional
        Activities that the filter had before.
    start_ns : int
        Start of the collection, ns since 1970 UTC.

    Examples
    --------
    >>> made = simulate_sample(HpgeStation(), np.random.default_rng(1))
    >>> made.message.type.value, len(made.message.gamma.counts), made.message.simulated
    ('SAMPLEPHD', 8192, True)
    """
    air = TYPICAL_AIR_UBQ_M3 if air_ubq_m3 is None else air_ubq_m3
    found = simulate_counts(station, rng, air_ubq_m3=air, filter_bq=filter_bq)
    stop = start_ns + round(station.collection_s * NS_PER_S)
    begin = stop + round(station.decay_s * NS_PER_S)
    message = _message(station, found, PhdType.SAMPLE, begin, rng)
    collection = Collection(start_ns=start_ns, stop_ns=stop, air_volume_m3=station.air_volume_m3)
    full = replace(message, collection=collection, filter=_filter(station))
    return SimulatedMessage(message=full, truth=found.truth)


def simulate_blank(
    station: HpgeStation,
    rng: np.random.Generator,
    *,
    filter_bq: Mapping[str, float] | None = None,
    start_ns: int = EPOCH_NS,
) -> SimulatedMessage:
    """Simulate the BLANKPHD of a clean filter, which may hold something all the same."""
    long = replace(station, acquisition_s=BACKGROUND_S)
    found = simulate_counts(long, rng, filter_bq=filter_bq)
    message = _message(long, found, PhdType.BLANK, start_ns, rng)
    return SimulatedMessage(message=message, truth=found.truth)


def simulate_background(
    station: HpgeStation, rng: np.random.Generator, *, start_ns: int = EPOCH_NS
) -> SimulatedMessage:
    """Simulate the DETBKPHD of the empty detector, six days."""
    long = replace(station, acquisition_s=BACKGROUND_S)
    found = simulate_counts(long, rng)
    message = _message(long, found, PhdType.DETECTOR_BACKGROUND, start_ns, rng)
    return SimulatedMessage(message=message, truth=found.truth)


def simulate_checks(
    station: HpgeStation,
    rng: np.random.Generator,
    *,
    days: int,
    gain_per_day: float = 2e-6,
    start_ns: int = EPOCH_NS,
) -> Iterator[SimulatedMessage]:
    """Simulate the daily QCPHD, with a gain that walks at random.

    Parameters
    ----------
    station : HpgeStation
    rng : Generator
    days : int
    gain_per_day : float
        Standard deviation of the relative change from one day to the next.
    start_ns : int
        Of the first.
    """
    gain = station.electronics.drift_gain
    for day in range(days):
        electronics = replace(station.electronics, drift_gain=gain)
        today = replace(station, electronics=electronics, acquisition_s=CHECK_S)
        found = simulate_counts(
            today, rng, filter_bq=_decayed(CHECK_SOURCE_BQ, day * DAY_NS / NS_PER_S)
        )
        begin = start_ns + day * DAY_NS
        message = _message(today, found, PhdType.QUALITY_CONTROL, begin, rng)
        yield SimulatedMessage(message=message, truth=found.truth)
        gain += float(rng.normal(0.0, gain_per_day))


def _decayed(activities_bq: Mapping[str, float], elapsed_s: float) -> dict[str, float]:
    return {
        name: bq * 2.0 ** (-elapsed_s / nuclide(name).half_life_s)
        for name, bq in activities_bq.items()
    }


def stated_calibration(
    station: HpgeStation, rng: np.random.Generator, calibrated_ns: int | None = None
) -> Calibration:
    """Return the calibration as a station states it: the detector's, with errors, before drift.

    Points of efficiency share one error (the source's activity) and have one each.
    """
    electronics, errors = station.electronics, station.errors
    response = response_of(station.geometry)
    energies = np.array(station.calibration_kev)
    numbers = np.arange(electronics.channels, dtype=np.float64) + electronics.first_channel
    scale = electronics.energy_kev(numbers, drifted=False)
    centroids = np.interp(energies, scale, numbers)
    inside = energies < scale[-1]
    width = station.shape.fwhm_kev(energies)
    common = 1.0 + errors.efficiency_common * rng.standard_normal()
    share = float(np.hypot(errors.efficiency_share, errors.efficiency_common))

    def points(values: object, sigmas: object) -> tuple[CalibrationPoint, ...]:
        rows = zip(energies, np.asarray(values), np.asarray(sigmas), inside, strict=True)
        return tuple(
            CalibrationPoint(energy_kev=float(e), value=float(v), sigma=float(s))
            for e, v, s, there in rows
            if there
        )

    def efficiency(true: NDArray[np.float64]) -> tuple[CalibrationPoint, ...]:
        own = 1.0 + errors.efficiency_share * rng.standard_normal(len(true))
        return points(true * common * own, true * share)

    channel_sigma = np.full(len(energies), max(errors.channel, 1e-4))
    return Calibration(
        energy=points(centroids + rng.normal(0.0, errors.channel, len(energies)), channel_sigma),
        resolution=points(
            width * (1.0 + errors.fwhm_share * rng.standard_normal(len(energies))),
            width * max(errors.fwhm_share, 1e-3),
        ),
        efficiency=efficiency(response.peak(energies)),
        total_efficiency=efficiency(response.total(energies)),
        calibrated_ns=calibrated_ns,
    )


def _message(
    station: HpgeStation,
    found: SimulatedCounts,
    kind: PhdType,
    begin_ns: int,
    rng: np.random.Generator,
) -> PulseHeight:
    calibration = stated_calibration(station, rng, begin_ns - 30 * DAY_NS)
    live = round(found.truth.live_time_s, 2)
    edges = station.electronics.edges_kev()
    gamma = Spectrum(
        counts=found.counts,
        first_channel=station.electronics.first_channel,
        start_ns=begin_ns,
        real_time_s=station.acquisition_s,
        live_time_s=live,
        calibration=calibration,
        energy_span_kev=round(float(edges[-1]), 1),
        detector=station.detector,
        simulated=True,
    )
    stamp = np.datetime64(begin_ns, "ns").astype("datetime64[s]").item()
    number = f"{stamp:%Y%m%d%H%M}"
    return PulseHeight(
        type=kind,
        station=station.station,
        detector=station.detector,
        system=DetectorSystem.PARTICULATE,
        geometry="FILTER",
        sample_id=f"00{stamp:%Y%m%d%H}11G" if kind is PhdType.SAMPLE else f"00{number}",
        measurement_id=f"{station.detector}-{stamp:%Y/%m/%d-%H:%M:%S}",
        message_id=number,
        message_source=station.station,
        acquisition=Acquisition(
            start_ns=begin_ns, real_time_s=station.acquisition_s, live_time_s=live
        ),
        gamma_calibration=calibration,
        gamma=gamma,
        simulated=True,
    )


def _filter(station: HpgeStation) -> FilterGeometry | None:
    geometry = station.geometry
    if geometry.source_radius_cm <= 0.0 or geometry.source_thickness_cm <= 0.0:
        return None
    return FilterGeometry(
        diameter_cm=2.0 * geometry.source_radius_cm, thickness_cm=geometry.source_thickness_cm
    )
