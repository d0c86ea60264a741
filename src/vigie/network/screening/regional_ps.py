"""Regional P/S: an explosion makes less S than an earthquake, most of all at 4-10 Hz.

Per station log10 P/S of the band is compared with what an earthquake would show there
(source of a double couple, spreading and absorption of each phase: MDAC of Walter & Taylor
2001). The network's excess over earthquakes comes from maximum likelihood, in which a phase
that drowned in noise is a bound. Score = (excess of explosions - excess) / sigma; screened
out above 1.96. Assumes normal scatter, the same model error at all stations, and equal
corner frequencies of P and S. Rates on simulated events: ``docs/methods/screening.md``.
Cost: 1 ms.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.geodesy import KM_PER_DEG
from vigie.network.magnitude.likelihood import Datum, LikelihoodEstimate, estimate
from vigie.network.screening.base import Params, answer
from vigie.records import Verdict

if TYPE_CHECKING:
    from vigie.network.screening.params import RegionalParams, ScreeningParams
    from vigie.records import Amplitude, Event, Screening

_NAME = "regional_ps"
TYPE_PREFIX = "regional:"
"""Amplitudes of type ``regional:Pn`` ... carry the rms of that phase in their band."""


@dataclass(frozen=True, slots=True)
class _Ratio:
    """Excess of log10 P/S over earthquakes at one station, or a bound on it."""

    station: str
    excess: float
    bound: str
    pairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegionalPs:
    """The criterion of regional P over S."""

    name: str = _NAME

    def screen(self, event: Event, params: ScreeningParams) -> Screening:
        """Screen by P over S at regional stations."""
        p = params.regional_ps
        depth_km = event.origin.depth_km if event.origin else None
        if depth_km is not None and depth_km > p.max_depth_km:
            given: Params = {"depth_km": depth_km, "max_depth_km": p.max_depth_km}
            return answer(_NAME, Verdict.NOT_CONSIDERED, "regional_ps.too_deep", given)
        by_band = [(band_hz, _ratios(event, band_hz, p)) for band_hz in p.bands_hz]
        # A band that was measured comes before one that only has bounds.
        for kinds in (("",), ("", "<", ">")):
            for band_hz, ratios in by_band:
                if sum(r.bound in kinds for r in ratios) >= p.min_stations:
                    return _judge(ratios, band_hz, p)
        near, far = p.distance_range_deg
        given = {"near_deg": near, "far_deg": far}
        return answer(_NAME, Verdict.INSUFFICIENT_DATA, "regional_ps.no_data", given)


def _ratios(event: Event, band_hz: tuple[float, float], p: RegionalParams) -> list[_Ratio]:
    found: dict[str, _Ratio] = {}
    near, far = p.distance_range_deg
    by_station: dict[str, tuple[float, dict[str, Amplitude]]] = {}
    for detection, association in event.arrivals():
        delta = association.delta_deg
        if delta is None or not near <= delta <= far:
            continue
        amplitudes = by_station.setdefault(detection.station, (delta, {}))[1]
        for a in detection.amplitudes:
            if a.type.startswith(TYPE_PREFIX) and a.band_hz == band_hz and not a.clipped:
                amplitudes.setdefault(a.type.removeprefix(TYPE_PREFIX), a)
    for station, (delta, amplitudes) in sorted(by_station.items()):
        ratio = _station_ratio(station, delta * KM_PER_DEG, amplitudes, band_hz, p)
        if ratio is not None:
            found[station] = ratio
    return list(found.values())


def _station_ratio(
    station: str,
    distance_km: float,
    amplitudes: dict[str, Amplitude],
    band_hz: tuple[float, float],
    p: RegionalParams,
) -> _Ratio | None:
    """Average the pairs of one station; their scatter is common, so it stays that of one."""
    measured: list[tuple[str, float]] = []
    bounded: dict[str, list[tuple[str, float]]] = {"<": [], ">": []}
    for p_phase, s_phase in p.pairs:
        if p_phase not in amplitudes or s_phase not in amplitudes:
            continue
        excess = _excess(station, distance_km, amplitudes, (p_phase, s_phase), band_hz, p)
        bound = _bound(amplitudes[p_phase], amplitudes[s_phase], p.min_snr)
        if excess is None or bound is None:
            continue
        (measured if not bound else bounded[bound]).append((f"{p_phase}/{s_phase}", excess))
    for bound, chosen in (("", measured), (">", bounded[">"]), ("<", bounded["<"])):
        if chosen:
            values = [value for _, value in chosen]
            return _Ratio(
                station, sum(values) / len(values), bound, tuple(name for name, _ in chosen)
            )
    return None


def _bound(p_wave: Amplitude, s_wave: Amplitude, min_snr: float) -> str | None:
    """Say which side the ratio is bounded on; None where neither phase rose above noise."""
    p_seen = p_wave.snr is None or p_wave.snr >= min_snr
    s_seen = s_wave.snr is None or s_wave.snr >= min_snr
    if p_seen and s_seen:
        return ""
    if p_seen:
        return ">"
    return "<" if s_seen else None


def _excess(
    station: str,
    distance_km: float,
    amplitudes: dict[str, Amplitude],
    pair: tuple[str, str],
    band_hz: tuple[float, float],
    p: RegionalParams,
) -> float | None:
    p_path, s_path = p.model.path(pair[0]), p.model.path(pair[1])
    p_value, s_value = amplitudes[pair[0]].value, amplitudes[pair[1]].value
    if p_path is None or s_path is None or not (p_value > 0.0 and s_value > 0.0):
        return None
    centre_hz = math.sqrt(band_hz[0] * band_hz[1])
    expected = p.model.source_log10_ps + dict(p.model.site_log10_ps).get(station, 0.0)
    expected += p_path.log10_decay(distance_km, centre_hz)
    expected -= s_path.log10_decay(distance_km, centre_hz)
    return math.log10(p_value / s_value) - expected


def _judge(ratios: list[_Ratio], band_hz: tuple[float, float], p: RegionalParams) -> Screening:
    found = estimate([Datum(r.excess, p.model.station_sigma, r.bound) for r in ratios], z=1.645)
    given: Params = {
        "excess": found.value,
        "pairs": ", ".join(sorted({pair for r in ratios for pair in r.pairs})),
        "low_hz": band_hz[0],
        "high_hz": band_hz[1],
        "model": p.model.name,
        "z": p.z,
    }
    data = tuple(r.station for r in ratios)
    if found.bound == ">":
        # Only lower bounds: that speaks for an explosion where they lie above earthquakes.
        above = found.value > 0.0
        verdict = Verdict.NOT_SCREENED_OUT if above else Verdict.INSUFFICIENT_DATA
        return answer(_NAME, verdict, "regional_ps.bound_low", given, data=data)
    sigma = _total_sigma(found, p)
    # An upper bound of P/S stands in for the value: the truth lies further from explosions.
    score = (p.explosion_excess - found.value) / sigma
    given |= {"score": score, "sigma": sigma}
    out = score > p.z
    verdict = Verdict.SCREENED_OUT if out else Verdict.NOT_SCREENED_OUT
    code = "regional_ps.screened_out" if out else "regional_ps.not_screened_out"
    return answer(_NAME, verdict, code, given, score=score, data=data)


def _total_sigma(found: LikelihoodEstimate, p: RegionalParams) -> float:
    own = found.sigma if found.sigma is not None else p.model.station_sigma
    return math.sqrt(own**2 + p.model.calibration_sigma**2 + p.explosion_sigma**2)


REGIONAL_PS = RegionalPs()
