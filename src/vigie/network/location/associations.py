"""Readings of a located event as associations: phase, residuals, why one does not define."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.network.location.depth_phases import unfit_depth_phases
from vigie.network.location.phases import DEPTH_PHASES, SURFACE_WAVES
from vigie.records import Association

if TYPE_CHECKING:
    from vigie.network.location.agree import Agreement
    from vigie.network.location.linear import Rows
    from vigie.network.location.solve import Problem
    from vigie.records import Detection


def associations_of(problem: Problem, rows: Rows, agreement: Agreement) -> tuple[Association, ...]:
    """Return the association of each reading, with which of its values define the origin."""
    readings = problem.readings
    n = len(readings)
    use = agreement.use.reshape(3, n)
    unfit = unfit_depth_phases(problem, rows, agreement.fit.trial.depth_km)[:n]
    found = []
    for i in range(n):
        phase = _shown_phase(problem, rows, i, unfit=bool(unfit[i]))
        used = bool(use[0, i]), bool(use[1, i]), bool(use[2, i])
        reason = "" if use[0, i] else _why_not(problem, rows, i, unfit=bool(unfit[i]))
        found.append(association_of(rows, i, (readings.detections[i], phase), used, reason))
    return tuple(found)


def association_of(
    rows: Rows,
    i: int,
    named: tuple[Detection, str],
    used: tuple[bool, bool, bool],
    reason: str,
) -> Association:
    """Return the association of reading ``i``: detection and phase; which values are used."""
    detection, phase = named
    residual = rows.residual.reshape(3, -1)
    return Association(
        detection_id=detection.id,
        station=detection.station,
        phase=phase,
        delta_deg=_number(rows.predictions.delta_deg[i]),
        seaz_deg=_number(rows.predictions.seaz_deg[i]),
        esaz_deg=_number(rows.predictions.esaz_deg[i]),
        time_residual_s=_number(residual[0, i]),
        azimuth_residual_deg=_number(residual[1, i]),
        slowness_residual_s_per_deg=_number(residual[2, i]),
        time_defining=used[0],
        azimuth_defining=used[1],
        slowness_defining=used[2],
        weight=1.0 if used[0] else 0.0,
        time_error_s=_number(rows.sigma[i]),
        reason=reason,
    )


def _shown_phase(problem: Problem, rows: Rows, i: int, *, unfit: bool) -> str:
    reported = (problem.readings.detections[i].phase or "").strip()
    if problem.params.phases == "keep" and reported:
        return reported
    named = rows.phases[i]
    if named in DEPTH_PHASES and unfit:
        return ""
    return named


def _why_not(problem: Problem, rows: Rows, i: int, *, unfit: bool) -> str:
    name = problem.readings.phases[i]
    if not name:
        reported = (problem.readings.detections[i].phase or "").strip()
        kept = problem.params.phases == "keep" and reported
        return "unknown_phase" if kept else "not_identified"
    if not np.isfinite(rows.residual[i]):
        return "no_such_phase_there"
    if name in SURFACE_WAVES:
        return "surface_wave"
    if name in DEPTH_PHASES and unfit:
        return "unfit_depth_phase"
    limit = problem.params.big_residual_sigma
    if name in DEPTH_PHASES and abs(rows.standard[i]) <= limit:
        return "depth_held"
    return "big_residual"


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
