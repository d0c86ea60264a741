"""A filter's spectrum with its truth.

Decays (``emission``) times the spectrum per decay (``decay_spectrum``), plus the surroundings
(``natural``), live time, pile-up, drawn with the detector's shapes into channels, Poisson counts.
Cost: 0.1 s for 8192 channels once the spectra per decay are kept (1 to 5 s for the first).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.simulate.radionuclide.hpge.decay_spectrum import decay_spectrum
from vigie.simulate.radionuclide.hpge.emission import Emission, emission
from vigie.simulate.radionuclide.hpge.natural import Counted, bremsstrahlung, natural_counts
from vigie.simulate.radionuclide.hpge.outcome import BINS
from vigie.simulate.radionuclide.hpge.shape import draw_peaks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.simulate.radionuclide.hpge.station import HpgeStation

FloatArray = NDArray[np.float64]
CountArray = NDArray[np.int64]

LEAST_COUNTS = 1e-3
"""Peaks of less are not drawn."""
BETA_END_POINT_KEV = {"Bi-212": 2254.0, "Bi-210": 1162.0, "Tl-208": 1803.0, "Bi-214": 3272.0}
"""Of emitters whose bremsstrahlung in the filter shows."""
BREMSSTRAHLUNG_PER_DECAY = 0.012
ANNIHILATION_KEV = 510.999


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePeak:
    """A peak as it was put in."""

    energy_kev: float
    area: float
    """Expected counts."""
    source: str
    """Nuclide of the filter, ``ambient Bi-214``, ``neutron``, ``xray``, ``annihilation``, or
    ``sum Co-60`` of what summing and escape make."""
    line_kev: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTruth:
    """What a simulated spectrum holds."""

    concentration_ubq_m3: tuple[tuple[str, float], ...]
    """As put in, mean over the collection."""
    activity_bq: tuple[tuple[str, float], ...]
    """At the start of the acquisition, in the filter."""
    peaks: tuple[TruePeak, ...]
    live_time_s: float

    def activity(self, name: str) -> float:
        """Return the activity of a nuclide, 0 where it is not there."""
        return dict(self.activity_bq).get(name, 0.0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedCounts:
    """Counts with truth."""

    counts: CountArray
    expected: FloatArray
    """Mean of each channel."""
    truth: SampleTruth


def simulate_counts(
    station: HpgeStation,
    rng: np.random.Generator,
    *,
    air_ubq_m3: Mapping[str, float] | None = None,
    filter_bq: Mapping[str, float] | None = None,
) -> SimulatedCounts:
    """Simulate one acquisition.

    Parameters
    ----------
    station : HpgeStation
    rng : Generator
        Draws the counts.
    air_ubq_m3 : mapping, optional
        Mean concentrations in the collected air; none for an empty detector.
    filter_bq : mapping, optional
        Activities in the filter or of a source at the start of the acquisition.
    """
    air = dict(air_ubq_m3 or {})
    there = emission(air, dict(filter_bq or {}), station.times, station.air_volume_m3)
    filled = filter_counts(there, station)
    real = station.acquisition_s
    doppler = station.shape.annihilation_kev
    around = natural_counts(station.background, station.geometry, real, doppler)
    peaks = np.concatenate([filled.peaks, around.peaks])
    continuum = filled.continuum + around.continuum
    rate = (peaks[:, 1].sum() + continuum.sum()) / real
    live = real / (1.0 + rate * station.electronics.dead_time_s)
    kept = live / real
    lost = float(np.exp(-2.0 * rate * station.electronics.pile_up_s))
    piled = pile_up(peaks, continuum, rate * station.electronics.pile_up_s)
    peaks[:, 1] *= kept * lost
    edges = station.electronics.edges_kev()
    expected = draw_peaks(edges, peaks[peaks[:, 1] > LEAST_COUNTS], station.shape)
    expected += kept * spread(continuum * lost + piled, edges)
    expected *= station.electronics.passed(0.5 * (edges[1:] + edges[:-1]))
    sources = (*filled.sources, *around.sources)
    lines = np.concatenate([filled.lines_kev, around.lines_kev])
    truth = SampleTruth(
        concentration_ubq_m3=tuple(air.items()),
        activity_bq=there.activity_bq,
        peaks=_true_peaks(peaks, sources, lines),
        live_time_s=live,
    )
    counts = rng.poisson(expected).astype(np.int64)
    return SimulatedCounts(counts=counts, expected=expected, truth=truth)


def filter_counts(there: Emission, station: HpgeStation) -> Counted:
    """Return what the filter gives in the real time of the acquisition, without losses."""
    rows, lines = [np.empty((0, 4))], [np.empty(0)]
    sources: list[str] = []
    continuum = np.zeros(BINS)
    for name, decays in there.decays:
        if decays <= 0.0:
            continue
        found = decay_spectrum(name, station.geometry)
        table = np.zeros((len(found.counts), 4))
        table[:, 0], table[:, 1] = found.energy_kev, decays * found.counts
        broad = np.abs(found.energy_kev - ANNIHILATION_KEV) < 0.05
        table[broad, 2] = station.shape.annihilation_kev
        rows.append(table)
        lines.append(found.line_kev)
        sources += [f"sum {name}" if np.isnan(line) else name for line in found.line_kev]
        continuum += decays * found.continuum
        if name in BETA_END_POINT_KEV:
            shape = bremsstrahlung(BETA_END_POINT_KEV[name])
            continuum += decays * BREMSSTRAHLUNG_PER_DECAY * shape
    return Counted(np.concatenate(rows), tuple(sources), np.concatenate(lines), continuum)


def pile_up(peaks: FloatArray, continuum: FloatArray, chance: float) -> FloatArray:
    """Return the counts of random sums, in bins of 1 keV."""
    place = np.clip(peaks[:, 0].astype(np.int64), 0, BINS - 1)
    whole = continuum + np.bincount(place, peaks[:, 1], BINS)
    total = whole.sum()
    if total <= 0.0 or chance < 1e-7:
        return np.zeros(BINS)
    sums = np.fft.irfft(np.fft.rfft(whole, 2 * BINS) ** 2, 2 * BINS)[:BINS]
    return np.asarray(np.maximum(sums, 0.0) / total * chance)


def spread(continuum: FloatArray, edges_kev: FloatArray) -> FloatArray:
    """Return a continuum in bins of 1 keV as counts in channels."""
    below = np.concatenate([[0.0], np.cumsum(continuum)])
    return np.diff(np.interp(edges_kev, np.arange(BINS + 1.0), below))


def _true_peaks(
    peaks: FloatArray, sources: tuple[str, ...], lines: FloatArray
) -> tuple[TruePeak, ...]:
    kept = np.flatnonzero(peaks[:, 1] > 1.0)
    return tuple(
        TruePeak(
            energy_kev=float(peaks[i, 0]),
            area=float(peaks[i, 1]),
            source=sources[i],
            line_kev=None if np.isnan(lines[i]) else float(lines[i]),
        )
        for i in kept[np.argsort(peaks[kept, 0])]
    )
