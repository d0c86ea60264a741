"""Ms:mb: an earthquake makes larger surface waves than an explosion of the same mb.

Score = (Ms - mb + 0.64) / sigma (Selby, Marshall & Bowers 2012); see ``MsMbParams`` for
sigma. The IDC's own score is score/1.96 - 1, above 0 where the event is screened out.
Maximum-likelihood magnitudes are preferred. Assumes that Ms and mb err independently and
normally. An upper bound of Ms can only speak for an explosion, never for an earthquake.
Rates on simulated events: ``docs/methods/screening.md``. Cost: 10 us.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.network.screening.base import Params, answer
from vigie.records import Verdict

if TYPE_CHECKING:
    from vigie.network.screening.params import MsMbParams, ScreeningParams
    from vigie.records import Event, Magnitude, Screening

_NAME = "ms_mb"


@dataclass(frozen=True, slots=True)
class MsMb:
    """The criterion Ms:mb."""

    name: str = _NAME

    def screen(self, event: Event, params: ScreeningParams) -> Screening:
        """Screen by Ms against mb."""
        p = params.ms_mb
        mb = _preferred(event, ("mbmle", "mb"))
        if mb is None or mb.bound:
            return answer(_NAME, Verdict.INSUFFICIENT_DATA, "ms_mb.no_mb", {})
        refusal = _not_applicable(event, mb, p)
        if refusal is not None:
            return refusal
        ms = _preferred(event, ("msmle", "Ms"))
        if ms is None:
            return answer(_NAME, Verdict.INSUFFICIENT_DATA, "ms_mb.no_ms", {"mb": mb.value})
        return _judge(mb, ms, p)


def _not_applicable(event: Event, mb: Magnitude, p: MsMbParams) -> Screening | None:
    depth_km = event.origin.depth_km if event.origin else None
    if depth_km is not None and depth_km > p.max_depth_km:
        given: Params = {"depth_km": depth_km, "max_depth_km": p.max_depth_km}
        return answer(_NAME, Verdict.NOT_CONSIDERED, "ms_mb.too_deep", given)
    if mb.value < p.min_mb:
        given = {"mb": mb.value, "min_mb": p.min_mb}
        return answer(_NAME, Verdict.NOT_CONSIDERED, "ms_mb.too_small", given)
    return None


def _preferred(event: Event, types: tuple[str, ...]) -> Magnitude | None:
    """Return the first magnitude of the first type there is; a value before a bound."""
    found = [m for type_ in types for m in event.preferred_magnitudes if m.type == type_]
    finite = [m for m in found if math.isfinite(m.value)]
    return next((m for m in finite if not m.bound), finite[0] if finite else None)


def _sigma(magnitude: Magnitude, scatter: float) -> float:
    """Return the standard error, never below what the scatter of its stations allows.

    That of the depth is left out: the criterion asks whether the event can be an explosion, and
    at the surface, where that would be, mb has no error of depth.
    """
    n = magnitude.n_stations
    measured = [s for s in magnitude.stations if s.defining and not s.bound]
    # Silent stations hold the value down but do not sharpen it as a reading does.
    n_heard = len(measured) or n or 1
    whole, of_depth = magnitude.sigma or 0.0, magnitude.sigma_from_depth or 0.0
    of_readings = math.sqrt(max(whole**2 - of_depth**2, 0.0))
    return max(scatter / math.sqrt(n_heard), of_readings)


def _judge(mb: Magnitude, ms: Magnitude, p: MsMbParams) -> Screening:
    ms_sigma = p.ms_scatter if ms.bound else _sigma(ms, p.ms_scatter)
    sigma = math.hypot(p.mb_sigma_factor * _sigma(mb, p.mb_scatter), ms_sigma)
    score = (ms.value - mb.value + p.offset) / sigma
    given: Params = {
        "ms": ms.value,
        "mb": mb.value,
        "ms_type": ms.type,
        "mb_type": mb.type,
        "sigma": sigma,
        "score": score,
        "idc_score": score / p.z - 1.0,
        "offset": p.offset,
        "z": p.z,
    }
    data = tuple(f"{s.type}:{s.station}" for m in (mb, ms) for s in m.stations if s.defining)
    if ms.bound == "<":
        # The bound already stands at 95 %: where it lies below the line, Ms lies lower still.
        below = score < 0.0
        verdict = Verdict.NOT_SCREENED_OUT if below else Verdict.INSUFFICIENT_DATA
        code = "ms_mb.bound_explosion" if below else "ms_mb.bound_no_help"
        return answer(_NAME, verdict, code, given, score=score if below else None, data=data)
    if ms.n_stations is not None and ms.n_stations < p.min_ms_stations:
        given |= {"n": float(ms.n_stations), "needed": float(p.min_ms_stations)}
        code = "ms_mb.few_stations"
        return answer(_NAME, Verdict.INSUFFICIENT_DATA, code, given, score=score, data=data)
    if score > p.z:
        code, verdict = "ms_mb.screened_out", Verdict.SCREENED_OUT
    else:
        code, verdict = "ms_mb.not_screened_out", Verdict.NOT_SCREENED_OUT
    return answer(_NAME, verdict, code, given, score=score, data=data)


MS_MB = MsMb()
