"""Daily check sources of a detector: gain, resolution and efficiency over time, and their alarms.

The lines watched are those of the source: lines of nuclides that are no part of the natural
background, strong in the first measurement of the series. Germanium detectors only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.errors import VigieError
from vigie.radionuclide.judge import (
    CheckMeasurement,
    ControlPoint,
    SourceLine,
    Trend,
    control_values,
    watch,
)
from vigie.radionuclide.particulate import analyse_fitted, spectrum_of
from vigie.radionuclide.peaks import analyse_peaks
from vigie.records import LineState, PhdType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vigie.pipeline.radionuclide.gather import Gathered
    from vigie.records import PulseHeight

LEAST_COUNTS = 1000.0
"""Of a line that is watched: its centroid is then known to a twentieth of its width."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DetectorChecks:
    """Check measurements of one detector."""

    detector: str
    lines: tuple[SourceLine, ...]
    """Of the check source."""
    series: dict[str, tuple[ControlPoint, ...]]
    """Quantity (``gain``, ``fwhm_662`` ...) to its points, oldest first."""
    trends: dict[str, Trend | None]
    """None while there are too few points to know the state of control."""
    missing: tuple[tuple[int, float], ...]
    """Time of a measurement and energy of a line that it lacks."""
    failed: tuple[tuple[str, str], ...]
    """Measurement and why it could not be used."""


def detector_checks(gathered: Gathered) -> list[DetectorChecks]:
    """Return the check measurements of each detector that has some, by its name."""
    found: dict[str, list[PulseHeight]] = {}
    for one in gathered.messages:
        message = one.message
        if message is not None and message.type is PhdType.QUALITY_CONTROL:
            found.setdefault(message.detector or message.station, []).append(message)
    return [_checks(name, sorted(found[name], key=_start_ns)) for name in sorted(found)]


def _start_ns(message: PulseHeight) -> int:
    return message.acquisition.start_ns if message.acquisition is not None else 0


def _checks(detector: str, messages: Sequence[PulseHeight]) -> DetectorChecks:
    lines: tuple[SourceLine, ...] = ()
    series: dict[str, list[ControlPoint]] = {}
    missing: list[tuple[int, float]] = []
    failed: list[tuple[str, str]] = []
    for message in messages:
        try:
            peaks = analyse_peaks(spectrum_of(message))
            lines = lines or source_lines(message)
        except VigieError as error:
            failed.append((message.measurement_id or message.message_id, str(error)))
            continue
        live = message.acquisition.live_time_s if message.acquisition is not None else 0.0
        if live <= 0.0 or not lines:
            why = "no live time" if live <= 0.0 else "no line of a check source in it"
            failed.append((message.measurement_id or message.message_id, why))
            continue
        measured = CheckMeasurement(
            start_ns=_start_ns(message),
            live_time_s=live,
            peaks=peaks.peaks,
            reference_ns=_start_ns(messages[0]),
        )
        points, absent = control_values(measured, lines)
        for name, point in points.items():
            series.setdefault(name, []).append(point)
        missing += [(measured.start_ns, energy_kev) for energy_kev in absent]
    return DetectorChecks(
        detector=detector,
        lines=lines,
        series={name: tuple(points) for name, points in series.items()},
        trends={name: watch(points) for name, points in series.items()},
        missing=tuple(missing),
        failed=tuple(failed),
    )


def source_lines(message: PulseHeight) -> tuple[SourceLine, ...]:
    """Return the strong lines of the check source in a measurement, by energy.

    Raises
    ------
    CalibrationError
        There is no spectrum, or no energy calibration.
    """
    from vigie.facts.nuclides import nuclide, nuclide_list

    natural = {*nuclide_list("natural"), *nuclide_list("natural_chains")}
    analysis = analyse_fitted(message, analyse_peaks(spectrum_of(message)))
    found = {
        round(line.energy_kev, 1): SourceLine(
            energy_kev=line.energy_kev,
            # What its parent keeps falls with the parent.
            half_life_s=nuclide(one.supported_by or one.nuclide).half_life_s,
        )
        for one in analysis.nuclides
        if one.detected and one.nuclide not in natural
        for line in one.evidence
        if line.state is LineState.SEEN and (line.observed_counts or 0.0) >= LEAST_COUNTS
    }
    return tuple(found[energy_kev] for energy_kev in sorted(found))


def alarms(checks: Iterable[DetectorChecks]) -> list[tuple[str, str, Trend]]:
    """Return detector, quantity and trend of every series that left its limits."""
    return [
        (one.detector, name, trend)
        for one in checks
        for name, trend in one.trends.items()
        if trend is not None and trend.alarm_ns is not None
    ]
