"""Azimuth and slowness of a detection at an array.

Order of work: elements on one time axis; band with the best signal-to-noise ratio; faulty
elements named and left out (``signal.array_faults``); slowness by broadband likelihood with
standard errors from aperture, coherence, timing and side lobes (``signal.slowness``).

The window begins ``lead_s`` before the onset and is longer by the time a wave needs to cross the
array. Positions and onset refer to one point: the onset is that at offset (0, 0).
Accuracy, as measured on simulations and real arrays: ``docs/methods/fk.md``.
Cost: 10 to 80 ms per detection, growing with aperture.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vigie.errors import ArrayGeometryError
from vigie.geodesy import angle_difference_deg
from vigie.records import NS_PER_S, ExcludedElement, Waveform
from vigie.seismic.array_band import aperture_km, best_band, resolved_band
from vigie.signal.array_faults import FaultParams, correlate_pairs, find_faults
from vigie.signal.array_spectra import window_spectra
from vigie.signal.elements import ElementData, element_data
from vigie.signal.filters import BandPass
from vigie.signal.fk_params import FkParams
from vigie.signal.slowness import (
    SlownessEstimate,
    SlownessParams,
    estimate_slowness,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.records import ChannelId
    from vigie.seismic.sasc import StationCorrection

FloatArray = NDArray[np.float64]

TOO_LITTLE = "% of the window has data"
"""Ends the reason of an element that is masked or pauses."""
FK_BANDS_HZ = ((0.5, 2.0), (1.0, 3.0), (1.0, 5.0), (2.0, 5.0), (4.0, 8.0))
"""Bands tried for f-k: those of the SNL-GMS PI27 configuration for f-k and detection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayParams:
    """How azimuth and slowness are measured at an array."""

    bands_hz: tuple[tuple[float, float], ...] = FK_BANDS_HZ
    lead_s: float = 1.0
    """Of the window before the onset (SNL-GMS PI27)."""
    length_s: float = 5.0
    """Of the window, without what the aperture adds (SNL-GMS PI27: 4 to 5 s)."""
    noise_s: float = 30.0
    """Length of noise before the window that chooses the band."""
    taper_fraction: float = 0.2
    """Cosine taper of the window, both ends together."""
    min_power_ratio: float = 2.0
    """Signal over noise power from which a band is used."""
    min_elements: int = 3
    min_coverage: float = 1.0
    """Share of the window that an element must cover with trusted samples."""
    slowness: SlownessParams = field(default_factory=SlownessParams)
    faults: FaultParams = field(default_factory=FaultParams)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayMeasure:
    """What an array says of one detection. Values are None where nothing could be measured."""

    azimuth_deg: float | None = None
    azimuth_deg_sigma: float | None = None
    slowness_s_per_deg: float | None = None
    slowness_s_per_deg_sigma: float | None = None
    coherence: float | None = None
    f_statistic: float | None = None
    p_value: float | None = None
    band_hz: tuple[float, float] | None = None
    window_start_ns: int | None = None
    window_length_s: float | None = None
    timing_sigma_s: float | None = None
    lobes: int = 0
    """Competing maxima of the slowness; above 1 the standard errors say so."""
    elements: tuple[str, ...] = ()
    excluded_elements: tuple[ExcludedElement, ...] = ()
    suspect_elements: tuple[str, ...] = ()
    """One of these is mistimed; which one cannot be told from this signal alone."""
    reason: str = ""
    """Why nothing was measured, where nothing was."""


def measure_array(
    waveforms: Sequence[Waveform],
    offsets_km: FloatArray,
    onset_ns: int,
    params: ArrayParams | None = None,
    correction: StationCorrection | None = None,
) -> ArrayMeasure:
    """Measure azimuth and slowness of a signal.

    Parameters
    ----------
    waveforms : sequence of Waveform
        Unfiltered records of one kind of channel, one or more segments per element. NaN
        samples are masked ones. At least ``noise_s`` before the onset is wanted.
    offsets_km : ndarray, shape (len(waveforms), 2)
        East and north of each waveform's element from the array's reference point.
    onset_ns : int
        Onset at the reference point.
    params : ArrayParams, optional
    correction : StationCorrection, optional
        Slowness-azimuth station correction, applied where it has a bin.

    Returns
    -------
    ArrayMeasure
        With ``reason`` and no values where fewer than three good elements remain, where they
        stand in line, or where the sampling rate holds none of the bands.
    """
    p = params or ArrayParams()
    if correction is not None:
        p = replace(p, slowness=replace(p.slowness, model_sigma_s_per_deg=0.0))
    start_ns, length_s = _window(np.asarray(offsets_km, dtype=np.float64), onset_ns, p)
    data = element_data(
        waveforms,
        offsets_km,
        start_ns=start_ns - round((p.noise_s + 10.0) * NS_PER_S),
        end_ns=start_ns + round((length_s + 5.0) * NS_PER_S),
    )
    measured = _measure(data, (start_ns, length_s), p)
    return measured if correction is None else _corrected(measured, correction)


def _measure(data: ElementData, window: tuple[int, float], p: ArrayParams) -> ArrayMeasure:
    """Choose elements and band; then measure."""
    names = element_names(data.channels)
    good, excluded = _usable(data, names, *window, p)
    if int(good.sum()) < p.min_elements:
        reason = f"{int(good.sum())} elements have data"
        return ArrayMeasure(excluded_elements=excluded, reason=reason)
    kept = data.select(good)
    bands = [b for b in p.bands_hz if BandPass(*b).fits(kept.rate_hz)]
    if not bands:
        reason = f"no band fits {kept.rate_hz:g} samples per second"
        return ArrayMeasure(excluded_elements=excluded, reason=reason)
    band_hz, filtered = best_band(kept, bands, window, p)
    try:
        measured = _without_faults(filtered, window, band_hz, p)
    except ArrayGeometryError as error:
        return ArrayMeasure(excluded_elements=excluded, reason=str(error))
    return replace(measured, excluded_elements=(*excluded, *measured.excluded_elements))


def _without_faults(
    filtered: ElementData, window: tuple[int, float], band_hz: tuple[float, float], p: ArrayParams
) -> ArrayMeasure:
    """Leave faulty elements out and measure with the rest."""
    names = element_names(filtered.channels)
    cut = filtered.window(*window)
    pairs = correlate_pairs(cut.samples, cut.rate_hz, cut.offsets_km, p.faults)
    faults, suspects = find_faults(pairs, p.faults)
    excluded = [ExcludedElement(names[f.element], f.text) for f in faults]
    rest = [i for i in range(len(names)) if i not in {f.element for f in faults}]
    band_hz = resolved_band(band_hz, filtered.offsets_km[rest], p)

    def measure_with(rows: list[int]) -> ArrayMeasure:
        estimate = _estimate(filtered.select(np.array(rows)), window, band_hz, p)
        return _as_measure(estimate, band_hz, window, [names[i] for i in rows])

    if not suspects:
        return replace(measure_with(rest), excluded_elements=tuple(excluded))
    measured = _one_of_several([measure_with([i for i in rest if i != s]) for s in suspects])
    listed = ", ".join(names[i] for i in suspects)
    excluded += [
        ExcludedElement(names[i], f"one of {listed} is mistimed, which one is open")
        for i in rest
        if names[i] not in measured.elements
    ]
    return replace(
        measured,
        excluded_elements=tuple(excluded),
        suspect_elements=tuple(names[i] for i in suspects),
    )


def element_names(channels: Sequence[ChannelId]) -> list[str]:
    """Return the names of elements: site codes; whole channel codes where sites repeat."""
    sites = [c.station for c in channels]
    return sites if len(set(sites)) == len(sites) else [str(c) for c in channels]


def _window(offsets_km: FloatArray, onset_ns: int, p: ArrayParams) -> tuple[int, float]:
    """Start and length of the window; a P wave (0.13 s/km at most) fits in at every element."""
    reach_s = 0.13 * float(np.max(np.linalg.norm(offsets_km, axis=1), initial=0.0))
    start_ns = onset_ns - round((p.lead_s + reach_s) * NS_PER_S)
    return start_ns, p.length_s + 2.0 * reach_s


def _usable(
    data: ElementData, names: list[str], start_ns: int, length_s: float, p: ArrayParams
) -> tuple[NDArray[np.bool_], tuple[ExcludedElement, ...]]:
    """Tell which elements have data that move in the window, and why others are left out."""
    window = data.window(start_ns, length_s)
    covered = window.coverage >= p.min_coverage - 1e-9
    moving = np.array(
        [
            bool(np.ptp(row) > 0.0) if ok else False
            for row, ok in zip(window.samples, covered, strict=True)
        ]
    )
    excluded = []
    for name, has_data, moves, share in zip(names, covered, moving, window.coverage, strict=True):
        if not has_data:
            excluded.append(ExcludedElement(name, f"{100.0 * share:.0f} {TOO_LITTLE}"))
        elif not moves:
            excluded.append(ExcludedElement(name, "dead: no variation"))
    return covered & moving, tuple(excluded)


def _estimate(
    data: ElementData, window: tuple[int, float], band_hz: tuple[float, float], p: ArrayParams
) -> SlownessEstimate:
    start_ns, length_s = window
    cut = data.window(start_ns, length_s)
    aperture = aperture_km(cut.offsets_km)
    # Delays as long as the window would wrap around in an unpadded transform.
    long_delays = aperture * p.slowness.max_s_per_km > 0.2 * length_s
    fk = FkParams(
        band_hz=band_hz,
        window_s=length_s,
        taper_fraction=p.taper_fraction,
        pad_factor=2.0 if long_delays else 1.0,
    )
    spectra = window_spectra(cut.samples, cut.rate_hz, fk, np.zeros(1, dtype=np.intp))
    return estimate_slowness(spectra, cut.offsets_km, p.slowness)


def _as_measure(
    estimate: SlownessEstimate,
    band_hz: tuple[float, float],
    window: tuple[int, float],
    elements: list[str],
) -> ArrayMeasure:
    return ArrayMeasure(
        azimuth_deg=estimate.azimuth_deg,
        azimuth_deg_sigma=estimate.azimuth_deg_sigma,
        slowness_s_per_deg=estimate.slowness_s_per_deg,
        slowness_s_per_deg_sigma=estimate.slowness_s_per_deg_sigma,
        coherence=estimate.coherence,
        f_statistic=estimate.f_statistic,
        p_value=estimate.p_value,
        band_hz=band_hz,
        window_start_ns=window[0],
        window_length_s=window[1],
        timing_sigma_s=estimate.timing_sigma_s,
        lobes=estimate.lobes,
        elements=tuple(elements),
    )


def _one_of_several(answers: list[ArrayMeasure]) -> ArrayMeasure:
    """Take the most coherent of answers that each leave out one suspect.

    The others are as possible: their departures widen the standard errors.
    """
    best = max(answers, key=lambda a: a.coherence or 0.0)
    azimuths = np.array([a.azimuth_deg for a in answers], dtype=np.float64)
    sizes = np.array([a.slowness_s_per_deg for a in answers], dtype=np.float64)
    turns = angle_difference_deg(azimuths, best.azimuth_deg or 0.0)
    changes = sizes - (best.slowness_s_per_deg or 0.0)
    turn = float(np.sqrt(np.mean(turns**2)))
    change = float(np.sqrt(np.mean(changes**2)))
    return replace(
        best,
        azimuth_deg_sigma=min(float(np.hypot(best.azimuth_deg_sigma or 0.0, turn)), 180.0),
        slowness_s_per_deg_sigma=float(np.hypot(best.slowness_s_per_deg_sigma or 0.0, change)),
    )


def _corrected(measure: ArrayMeasure, correction: StationCorrection) -> ArrayMeasure:
    """Apply a station correction to a measure without model term, and add the bin's."""
    if measure.azimuth_deg is None or measure.slowness_s_per_deg is None:
        return measure
    applied = correction.apply(measure.azimuth_deg, measure.slowness_s_per_deg)
    azimuth_sigma = np.hypot(measure.azimuth_deg_sigma or 0.0, applied.model_azimuth_sigma_deg)
    slowness_sigma = np.hypot(
        measure.slowness_s_per_deg_sigma or 0.0, applied.model_slowness_sigma_s_per_deg
    )
    return replace(
        measure,
        azimuth_deg=applied.azimuth_deg,
        azimuth_deg_sigma=min(float(azimuth_sigma), 180.0),
        slowness_s_per_deg=applied.slowness_s_per_deg,
        slowness_s_per_deg_sigma=float(slowness_sigma),
    )
