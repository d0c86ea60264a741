"""Pressure of a family, on its beam: rms in the loudest band, and peaks in the family's own band.

The rms is that of the loudest pixel's band and window, as PMCC bulletins give it. The peak is the
largest pressure of the beam, zero to peak, about that window, in the band from the family's lowest
to its highest frequency, filtered without delay; peak to peak is the largest difference between
neighbouring extremes, whose distance in time is half of the period. Elements of odd gain, and such
as took no part in most of the family's pixels, are left out of the beam.

Noise is not taken off: it adds to the square of a pulse's height about its own mean square, which
the standard error holds. Accuracy: ``docs/methods/infrasound.md``. Cost: some milliseconds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigie.infrasound.beam import aligned, odd_gains
from vigie.records import Amplitude
from vigie.records.time import add_seconds
from vigie.signal.filters import BandPass

if TYPE_CHECKING:
    from vigie.infrasound.beam import Aligned, Searched
    from vigie.signal.pmcc import Family, Pixels

FloatArray = NDArray[np.float64]

BEAM_RMS, BEAM_PEAK, BEAM_PEAK_TO_PEAK = "beam:rms", "beam:max", "beam:peak_to_peak"
NOISE_WINDOWS = 2.0
"""Noise of the beam is that of so many windows before the family."""


class Pressures(NamedTuple):
    """What was measured of a family."""

    amplitudes: tuple[Amplitude, ...]
    gains: dict[str, float]
    """Of each element that could be compared, over the middle one; odd ones were left out."""
    odd: tuple[str, ...]


def pressures_of(family: Family, own: Pixels, searched: Searched) -> Pressures:
    """Return amplitudes of a family, in Pa where the calibration is known, else in counts.

    Parameters
    ----------
    family : Family
    own : Pixels
        Those of the family.
    searched : Searched
    """
    k = int(np.argmax(own.amplitude))
    window_s, middle_s = float(own.window_s[k]), float(own.time_s[k])
    inner = BandPass(float(own.low_hz[k]), float(own.high_hz[k]))
    band = BandPass(family.low_hz, family.high_hz)
    early_s = family.start_s - NOISE_WINDOWS * window_s - 2.0 * band.ring_s
    late_s = middle_s + window_s + 2.0 * band.ring_s
    slowness = (float(own.east_s_per_km[k]), float(own.north_s_per_km[k]))
    early_s = max(early_s, middle_s - 4.0 * window_s - 2.0 * band.ring_s)
    rows = aligned(searched, slowness, (early_s, late_s), inner.centre_hz)
    taking = np.array(searched.array.names)[family.members]
    keep = np.isin(rows.names, taking)
    if keep.sum() < 2 or not band.fits(rows.rate_hz):
        return Pressures((), {}, ())
    rows = rows.select(keep)
    whole = rows.cut(rows.filtered(band), (middle_s - 0.5 * window_s, middle_s + 0.5 * window_s))
    gain, odd = odd_gains(whole, 2.0 * inner.width_hz * window_s)
    good = rows.select(~odd)
    around = (
        max(middle_s - window_s, family.start_s),
        min(middle_s + window_s, family.end_s),
    )
    in_band = good.filtered(band).mean(axis=0)[None]
    noise = good.cut(in_band, (early_s, family.start_s))[0]
    noise_rms = float(np.sqrt(np.mean(noise**2))) if len(noise) else 0.0
    narrow = good.cut(
        good.filtered(inner).mean(axis=0)[None],
        (middle_s - 0.5 * window_s, middle_s + 0.5 * window_s),
    )[0]
    scale = _Scale(good, searched.start_ns, noise_rms)
    found = (
        scale.amplitude(BEAM_RMS, float(np.sqrt(np.mean(narrow**2))), middle_s, inner),
        *_peaks(scale, good.cut(in_band, around)[0], around[0], band),
    )
    names = np.array(rows.names)
    gains = {str(n): float(g) for n, g in zip(names, gain, strict=True) if math.isfinite(g)}
    return Pressures(found, gains, tuple(names[odd].tolist()))


class _Scale(NamedTuple):
    """What the amplitudes of one beam share."""

    rows: Aligned
    start_ns: int
    noise_rms: float

    def amplitude(
        self, kind: str, value: float, time_s: float, band: BandPass, half_s: float | None = None
    ) -> Amplitude:
        """Return one amplitude; peaks, which have half a period, are as unsure as the noise is."""
        share = {BEAM_PEAK: 1.0, BEAM_PEAK_TO_PEAK: math.sqrt(2.0)}.get(kind, 0.0)
        error = math.hypot(value * self.rows.sigma, share * self.noise_rms)
        return Amplitude(
            type=kind,
            value=value,
            unit="Pa" if self.rows.is_pa else "count",
            sigma=error if self.rows.is_pa else None,
            period_s=1.0 / band.centre_hz if half_s is None else 2.0 * half_s,
            time_ns=add_seconds(self.start_ns, time_s),
            band_hz=(band.low_hz, band.high_hz),
        )


def _peaks(
    scale: _Scale, beam: FloatArray, start_s: float, band: BandPass
) -> tuple[Amplitude, ...]:
    """Return the peaks of a stretch of beam."""
    inner = np.flatnonzero(np.diff(np.sign(np.diff(beam))) != 0) + 1
    if len(inner) < 2:
        return ()
    rate_hz = scale.rows.rate_hz
    top = int(np.argmax(np.abs(beam)))
    steps = np.abs(np.diff(beam[inner]))
    widest = int(np.argmax(steps))
    half_s = float(inner[widest + 1] - inner[widest]) / rate_hz
    middle_s = start_s + 0.5 * float(inner[widest] + inner[widest + 1]) / rate_hz
    return (
        scale.amplitude(BEAM_PEAK, float(np.abs(beam[top])), start_s + top / rate_hz, band, half_s),
        scale.amplitude(BEAM_PEAK_TO_PEAK, float(steps[widest]), middle_s, band, half_s),
    )
