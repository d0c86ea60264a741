"""Daily check sources of a detector: gain, resolution and efficiency over time, and their alarms.

The lines watched are those of the source: lines of nuclides that are no part of the natural
background, strong in one of the first measurements of the series. Germanium detectors only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.errors import VigieError, fault_text
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
from vigie.records import DetectorSystem, LineState, PhdType
from vigie.records.pulse_height import LEAST_COUNTING_S, MOST_COUNTING_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vigie.pipeline.radionuclide.gather import Gathered, Measurement
    from vigie.records import Acquisition, PulseHeight

LEAST_COUNTS = 1000.0
"""Of a line that is watched: its centroid is then known to a twentieth of its width."""


LINES_OF = 3
"""First measurements that are searched for the lines of the source."""


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


def is_check(one: Measurement) -> bool:
    """Tell whether a measurement is one of a check source."""
    return one.message is not None and one.message.type is PhdType.QUALITY_CONTROL


def detector_checks(gathered: Gathered) -> list[DetectorChecks]:
    """Return the check measurements of each detector that has some, by its name."""
    found: dict[str, list[PulseHeight]] = {}
    for one in gathered.messages:
        message = one.message
        if message is not None and is_check(one):
            found.setdefault(message.detector or message.station, []).append(message)
    return [_checks(name, _each_once(found[name])) for name in sorted(found)]


def _each_once(messages: Sequence[PulseHeight]) -> list[PulseHeight]:
    """Return one message of each measurement: the full one, then that of the longer live time.

    A message that lies in two folders, or was sent preliminary and full, is one measurement.
    """
    best: dict[object, PulseHeight] = {}
    for one in messages:
        counted = one.acquisition
        key = (_name(one), one.raw_sha256) if counted is None else counted.start_ns
        other = best.get(key)
        if other is None or _size(one) > _size(other):
            best[key] = one
    return list(best.values())


def _size(message: PulseHeight) -> tuple[bool, float]:
    counted = message.acquisition
    return message.full, 0.0 if counted is None else counted.live_time_s


def _checks(detector: str, messages: Sequence[PulseHeight]) -> DetectorChecks:
    measured, failed = _measured(messages)
    lines = _lines([message for message, _ in measured[:LINES_OF]])
    if measured and not lines:
        failed += [(_name(message), "no line of a check source in it") for message, _ in measured]
    series: dict[str, list[ControlPoint]] = {}
    missing: list[tuple[int, float]] = []
    for _, one in measured if lines else ():
        points, absent = control_values(one, lines)
        for name, point in points.items():
            series.setdefault(name, []).append(point)
        missing += [(one.start_ns, energy_kev) for energy_kev in absent]
    return DetectorChecks(
        detector=detector,
        lines=lines,
        series={name: tuple(points) for name, points in series.items()},
        trends={name: watch(points) for name, points in series.items()},
        missing=tuple(missing),
        failed=tuple(failed),
    )


def _measured(
    messages: Sequence[PulseHeight],
) -> tuple[list[tuple[PulseHeight, CheckMeasurement]], list[tuple[str, str]]]:
    """Return what can be used, oldest first, with its peaks; and what cannot, with the reason."""
    failed: list[tuple[str, str]] = []
    timed: list[tuple[Acquisition, PulseHeight]] = []
    for message in messages:
        if message.system is DetectorSystem.BETA_GAMMA:
            failed.append((_name(message), "a beta-gamma system; germanium detectors only"))
        elif message.acquisition is None or not (
            LEAST_COUNTING_S <= message.acquisition.live_time_s <= MOST_COUNTING_S
        ):
            why = "no #Acquisition" if message.acquisition is None else "no possible live time"
            failed.append((_name(message), why))
        else:
            timed.append((message.acquisition, message))
    timed.sort(key=lambda pair: pair[0].start_ns)
    measured = []
    for acquisition, message in timed:
        try:
            peaks = analyse_peaks(spectrum_of(message)).peaks
        except VigieError as error:
            failed.append((_name(message), str(error)))
            continue
        except Exception as error:  # one must not take the others with it
            failed.append((_name(message), fault_text(error)))
            continue
        one = CheckMeasurement(
            start_ns=acquisition.start_ns,
            live_time_s=acquisition.live_time_s,
            peaks=peaks,
            reference_ns=timed[0][0].start_ns,
        )
        measured.append((message, one))
    return measured, failed


def _name(message: PulseHeight) -> str:
    return message.measurement_id or message.message_id


def _lines(messages: Sequence[PulseHeight]) -> tuple[SourceLine, ...]:
    """Return the lines of the measurement that shows most: a short first day hides none."""
    return max((source_lines(message) for message in messages), key=len, default=())


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
