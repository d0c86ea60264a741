"""Which P and S of one station are of one event, and where that event was.

A group is a first P with an azimuth and the S behind it. It is formed only where little else is
possible: both are of their wave type with fair probability, P stands clear of the noise, its
azimuth is known, no other P of like strength precedes S (it could be the other's), azimuths agree
where S has one (arrays), and the slowness of P at an array is that of the distance. S that no Lg
follows may be Lg itself: beyond the crust's first arrivals that widens the distance.

Source: own rules, for the task of single-station origins in the station processing of the IDC
(StaPro: groups of local and regional P and S). Assumes a source at ``depth_km``.
Accuracy: ``docs/methods/phase-identification.md``. Cost: 10 ms per group.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vigie.errors import LocationError
from vigie.geodesy import angle_difference_deg
from vigie.records import Detection, Origin
from vigie.records.time import seconds_between
from vigie.seismic.single_station import SingleStationParams, locate_single_station

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.earth.base import Predictor
    from vigie.records import Station

P_PHASES = ("P", "Pn", "Pg")
S_PHASES = ("S", "Sn", "Sg")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupParams:
    """When P and S of one station are taken for those of one event."""

    min_snr: float = 5.0
    """Of P: weaker ones are mostly noise."""
    min_p_probability: float = 0.7
    """Of P and T together."""
    min_s_probability: float = 0.5
    max_azimuth_sigma_deg: float = 45.0
    """Of P: beyond, the place lies anywhere on a half circle."""
    max_s_minus_p_s: float = 250.0
    """About 20 deg; beyond, P and S are teleseismic."""
    rival_share: float = 1.0 / 3.0
    """Another P with this share of the SNR may be the one that S belongs to; less is coda."""
    max_departure: float = 3.0
    """Of azimuths, and of slowness from that of the distance, in standard errors."""
    location: SingleStationParams = field(
        default_factory=lambda: SingleStationParams(max_delta_deg=20.0)
    )


DEFAULT_GROUPS = GroupParams()


@dataclass(frozen=True, slots=True)
class StationOrigin:
    """An event as one station alone sees it."""

    station: str
    p: Detection
    s: Detection
    origin: Origin

    @property
    def s_minus_p_s(self) -> float:
        """Time between both."""
        return seconds_between(self.s.time_ns, self.p.time_ns)


def locate_groups(
    detections: Sequence[Detection],
    station: Station,
    predictor: Predictor,
    params: GroupParams = DEFAULT_GROUPS,
) -> tuple[StationOrigin, ...]:
    """Locate the events of which one station has P, its azimuth, and S.

    Parameters
    ----------
    detections : sequence of Detection
        Of this station, named.
    station : Station
        Where it is.
    predictor : Predictor
        Travel times.
    params : GroupParams, optional

    Returns
    -------
    tuple of StationOrigin
        In order of time.
    """
    ordered = sorted(detections, key=lambda d: d.time_ns)
    found = (
        _located(p, s, station, predictor, _with_rivals(s, ordered, params))
        for p, s in _pairs(ordered, params)
    )
    return tuple(o for o in found if o is not None and _is_consistent(o, params))


def _pairs(
    ordered: Sequence[Detection], params: GroupParams
) -> Iterator[tuple[Detection, Detection]]:
    """Yield P and S that belong together."""
    taken = -1
    for i, s in enumerate(ordered):
        if s.phase not in S_PHASES or _probability(s, "S") < params.min_s_probability:
            continue
        near = [
            d
            for d in ordered[taken + 1 : i]
            if seconds_between(s.time_ns, d.time_ns) <= params.max_s_minus_p_s
        ]
        waves = [d for d in near if d.phase in P_PHASES]
        earlier_s = any(d.phase in (*S_PHASES, "Lg") for d in near)
        first = max(waves, key=lambda d: d.snr or 0.0, default=None)
        if first is None or earlier_s:
            continue
        rivals = [
            d
            for d in waves
            if d is not first and (d.snr or 0.0) >= params.rival_share * (first.snr or 0.0)
        ]
        # Pg behind Pn is of the same event, and Pn the first P.
        if first.phase == "Pg":
            first = next((d for d in waves if d.phase == "Pn"), first)
        if all(d.phase == "Pg" or d is first for d in rivals) and _is_clear(first, params):
            taken = i
            yield first, s


def _is_clear(p: Detection, params: GroupParams) -> bool:
    return (
        p.azimuth_deg is not None
        and (p.azimuth_deg_sigma or math.inf) <= params.max_azimuth_sigma_deg
        and (p.snr or 0.0) >= params.min_snr
        and _probability(p, "PT") >= params.min_p_probability
    )


def _probability(detection: Detection, types: str) -> float:
    return sum(p for kind, p in detection.wave_type_probabilities if kind in types)


def _with_rivals(
    s: Detection, ordered: Sequence[Detection], params: GroupParams
) -> SingleStationParams:
    """Return how to locate: S may be Lg unless one follows it."""
    followed = any(
        d.phase == "Lg" and 0.0 < seconds_between(d.time_ns, s.time_ns) < params.max_s_minus_p_s
        for d in ordered
    )
    return params.location if followed else replace(params.location, s_rivals=("Lg",))


def _located(
    p: Detection,
    s: Detection,
    station: Station,
    predictor: Predictor,
    params: SingleStationParams,
) -> StationOrigin | None:
    try:
        origin = locate_single_station(p, s, station, predictor, params)
    except LocationError:
        return None
    return StationOrigin(station.code, p, s, origin)


def _is_consistent(found: StationOrigin, params: GroupParams) -> bool:
    """Tell whether azimuths agree and P is as steep as its distance asks for."""
    p, s = found.p, found.s
    if p.azimuth_deg is not None and s.azimuth_deg is not None:
        turn = abs(float(angle_difference_deg(p.azimuth_deg, s.azimuth_deg)))
        sigma = math.hypot(p.azimuth_deg_sigma or 0.0, s.azimuth_deg_sigma or 0.0)
        if turn > params.max_departure * sigma:
            return False
    departure = found.origin.associations[0].slowness_residual_s_per_deg or 0.0
    return abs(departure) <= params.max_departure * (p.slowness_s_per_deg_sigma or math.inf)
