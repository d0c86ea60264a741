"""Network magnitudes of an event: the plain mean, and maximum likelihood.

Source of the mean: International Data Centre (unweighted, standard error). Source of the
likelihood: ``vigie.network.magnitude.likelihood``. To both standard errors that of the depth is
added (``vigie.network.magnitude.depth``). The plain mean is biased high for small
events, since only stations where the signal is by chance large detect them.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vigie.network.magnitude.depth import depth_law, sigma_from_depth
from vigie.network.magnitude.likelihood import Datum, estimate
from vigie.network.magnitude.scales import MagnitudeParams, Scale
from vigie.network.magnitude.station import StationNoise, station_magnitudes
from vigie.records import Event, Magnitude, StationMagnitude

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def size_event(
    event: Event, noise: Iterable[StationNoise] = (), params: MagnitudeParams | None = None
) -> tuple[Magnitude, ...]:
    """Return the magnitudes of an event.

    Parameters
    ----------
    event : Event
        Its preferred origin's associations give phases and distances; its detections give
        amplitudes (types ``A5/2``, ``SBSNR``, ``ALR``, or ``amplitude_nm`` with
        ``period_s``).
    noise : iterable of StationNoise
        Noise at predicted arrivals of working stations that did not detect.
    params : MagnitudeParams, optional
        Scales and station corrections.

    Returns
    -------
    tuple of Magnitude
        ``mb``, ``ML`` and ``Ms`` where a station measured them; ``mbmle`` and ``msmle``
        where silent or clipped stations say more than the mean does. A magnitude that
        rests on silence alone is an upper bound (``bound`` is ``<``).

    Examples
    --------
    >>> size_event(Event(id="1", origins=()))
    ()
    """
    params = params or MagnitudeParams()
    origin = event.origin
    if origin is None:
        return ()
    noise = tuple(noise)
    law = depth_law(origin, params.default_depth_sigmas_km)
    found: list[Magnitude] = []
    for scale in params.scales:
        stations = station_magnitudes(event, scale, params, noise)
        own = network_magnitudes(stations, scale, bound_z=params.bound_z)
        if own:
            more = sigma_from_depth(stations, scale, max(origin.depth_km or 0.0, 0.0), law)
            found += [_with_depth(m, more) for m in own]
    return tuple(replace(m, origin_id=origin.id) for m in found)


def _with_depth(magnitude: Magnitude, sigma: float) -> Magnitude:
    """Add the standard error that comes from the depth; a bound has none."""
    if magnitude.sigma is None:
        return magnitude
    return replace(magnitude, sigma=math.hypot(magnitude.sigma, sigma), sigma_from_depth=sigma)


def network_magnitudes(
    stations: Sequence[StationMagnitude], scale: Scale, *, bound_z: float = 1.645
) -> tuple[Magnitude, ...]:
    """Return the mean and the maximum-likelihood magnitude of one scale.

    Stations that have no finite value are left out; ``station_magnitudes`` says why.
    """
    checked = tuple(s for s in stations if math.isfinite(s.value))
    usable = [s for s in checked if s.defining]
    mean = _mean([s for s in usable if not s.bound], scale)
    found = []
    if mean is not None:
        found.append(replace(mean, stations=tuple(s for s in checked if s.bound != "<")))
    if scale.mle_type and any(s.bound for s in usable):
        found.append(_most_likely(usable, checked, scale, bound_z))
    return tuple(found)


def _mean(measured: Sequence[StationMagnitude], scale: Scale) -> Magnitude | None:
    if not measured:
        return None
    values = np.array([s.value for s in measured])
    n = len(values)
    # One station has no spread of its own: the scale's scatter stands in.
    spread = float(np.std(values, ddof=1)) if n > 1 else scale.scatter
    return Magnitude(
        type=scale.type,
        value=float(np.mean(values)),
        sigma=spread / math.sqrt(n),
        n_stations=n,
    )


def _most_likely(
    usable: Sequence[StationMagnitude],
    checked: tuple[StationMagnitude, ...],
    scale: Scale,
    bound_z: float,
) -> Magnitude:
    data = [
        Datum(
            s.value,
            _scatter(s, scale),
            s.bound,
            scale.miss_probability if s.bound == "<" else 0.0,
        )
        for s in usable
    ]
    found = estimate(data, z=bound_z, scatter_prior=scale.scatter_prior)
    return Magnitude(
        type=scale.mle_type or scale.type,
        value=found.value,
        sigma=found.sigma,
        n_stations=len(usable),
        bound=found.bound,
        stations=tuple(replace(s, type=scale.mle_type or scale.type) for s in checked),
    )


def _scatter(station: StationMagnitude, scale: Scale) -> float:
    own = scale.threshold_sigma if station.bound == "<" else station.sigma or 0.0
    return math.hypot(scale.scatter, own)
