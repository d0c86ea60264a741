"""What the daily check source says of a detector: gain, resolution, efficiency proxy.

The quantities of one quality-control message (QCPHD), from its fitted peaks. Series of them go to
``trends``. Names: ``gain`` (keV per channel), ``offset`` (keV), ``centroid_<keV>`` (channel),
``fwhm_<keV>`` (keV) and ``rate_<keV>`` (counts per second of live time, decay-corrected to the
reference time: proportional to the efficiency as long as the source stays where it is).

A line that has no peak of its own is left out and its name returned: a missing line of a
check source is itself an alarm. So is a line more than 20 half-lives from the reference time: a
millionth of it would be left, and a peak there is of something else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.radionuclide.judge.trends import ControlPoint
from vigie.records.nuclide_result import Peak

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_LN2 = math.log(2.0)
MOST_HALF_LIVES = 20.0
"""From the reference time, beyond which a line says nothing of the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A line of the check source."""

    energy_kev: float
    half_life_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckMeasurement:
    """One counting of the check source."""

    start_ns: int
    live_time_s: float
    peaks: tuple[Peak, ...]
    reference_ns: int
    """Time to which rates are decay-corrected; one for the whole series."""


def control_values(
    measured: CheckMeasurement, lines: Sequence[SourceLine], *, tolerance_kev: float = 2.0
) -> tuple[Mapping[str, ControlPoint], tuple[float, ...]]:
    """Return the quantities of one counting, and the energies of lines missing or long decayed.

    Parameters
    ----------
    measured : CheckMeasurement
    lines : sequence of SourceLine
        Of the check source.
    tolerance_kev : float
        A peak so near a line is that line's; the largest of several.
    """
    found: list[tuple[SourceLine, Peak]] = []
    missing = []
    for line in lines:
        near = [p for p in measured.peaks if abs(p.energy_kev - line.energy_kev) <= tolerance_kev]
        if near and _there(line, measured):
            found.append((line, max(near, key=lambda p: p.area)))
        else:
            missing.append(line.energy_kev)
    points: dict[str, ControlPoint] = {}
    for line, peak in found:
        points.update(_of_line(line, peak, measured))
    # Two lines may share a peak; no scale goes through one place.
    if len({peak.channel for _, peak in found}) > 1:
        points.update(_scale(found, measured.start_ns))
    return points, tuple(missing)


def _there(line: SourceLine, measured: CheckMeasurement) -> bool:
    elapsed_s = abs(measured.start_ns - measured.reference_ns) / 1e9
    return elapsed_s <= MOST_HALF_LIVES * line.half_life_s


def _of_line(line: SourceLine, peak: Peak, measured: CheckMeasurement) -> dict[str, ControlPoint]:
    name, at = f"{line.energy_kev:.0f}", measured.start_ns
    elapsed_s = (at - measured.reference_ns) / 1e9
    grown = math.exp(_LN2 * elapsed_s / line.half_life_s) / measured.live_time_s
    return {
        f"centroid_{name}": ControlPoint(time_ns=at, value=peak.channel, sigma=peak.channel_sigma),
        f"fwhm_{name}": ControlPoint(time_ns=at, value=peak.fwhm_kev),
        f"rate_{name}": ControlPoint(
            time_ns=at, value=peak.area * grown, sigma=peak.area_sigma * grown
        ),
    }


def _scale(found: Sequence[tuple[SourceLine, Peak]], at: int) -> dict[str, ControlPoint]:
    """Return gain and offset of the line through all centroids, weighted by their errors."""
    weights = [1.0 / max(p.channel_sigma, 1e-6) ** 2 for _, p in found]
    total = sum(weights)
    channel = sum(w * p.channel for w, (_, p) in zip(weights, found, strict=True)) / total
    energy = sum(w * s.energy_kev for w, (s, _) in zip(weights, found, strict=True)) / total
    spread = sum(w * (p.channel - channel) ** 2 for w, (_, p) in zip(weights, found, strict=True))
    cross = sum(
        w * (p.channel - channel) * (s.energy_kev - energy)
        for w, (s, p) in zip(weights, found, strict=True)
    )
    gain = cross / spread
    sigma = gain / math.sqrt(spread)
    return {
        "gain": ControlPoint(time_ns=at, value=gain, sigma=sigma),
        "offset": ControlPoint(time_ns=at, value=energy - gain * channel),
    }
