"""Decays of each nuclide while a sample is counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vigie.errors import ParameterError
from vigie.facts.nuclides import normal_name, nuclide
from vigie.radionuclide.decay import chain_decays, chain_of, evolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vigie.radionuclide.decay import SampleTimes

LONGEST_S = 3e8
"""Descendants that live longer do not grow to anything in a sample's life."""
PER_MICRO = 1e-6


@dataclass(frozen=True, slots=True)
class Emission:
    """What decays during an acquisition."""

    decays: tuple[tuple[str, float], ...]
    """By nuclide, in the real time of the acquisition."""
    activity_bq: tuple[tuple[str, float], ...]
    """At the start of the acquisition."""


def emission(
    air_ubq_m3: Mapping[str, float],
    filter_bq: Mapping[str, float],
    times: SampleTimes,
    air_volume_m3: float,
) -> Emission:
    """Return the decays of all nuclides in a filter, and their activities.

    Parameters
    ----------
    air_ubq_m3 : mapping
        Mean concentration during the collection, of nuclides that are in the air; what grows from
        them in the filter comes by itself.
    filter_bq : mapping
        Activity in the filter at the start of the acquisition, of what is there before.
    times : SampleTimes
    air_volume_m3 : float

    Raises
    ------
    UnknownNuclideError
        The table does not hold a nuclide.
    ParameterError
        A concentration is negative.
    """
    for name, value in (*air_ubq_m3.items(), *filter_bq.items()):
        if not value >= 0.0:
            raise ParameterError(name=name, value=value, expected="an amount of 0 or more")
    decays: dict[str, float] = {}
    activity: dict[str, float] = {}
    for name, concentration in air_ubq_m3.items():
        chain = chain_of(name, longest_s=LONGEST_S)
        rate = nuclide(name).decay_constant_per_s
        collected = concentration * PER_MICRO * air_volume_m3
        supply = collected / (times.collection_s * rate)
        found = chain_decays(chain, times, supply_per_s=(supply,))
        for member, number, atoms in zip(
            found.names, found.decays, found.atoms_at_start, strict=True
        ):
            _add(decays, activity, member, number, atoms)
    for name, becquerel in filter_bq.items():
        chain = chain_of(name, longest_s=LONGEST_S)
        begun = np.zeros(len(chain.names))
        begun[0] = becquerel / nuclide(name).decay_constant_per_s
        _, numbers = evolve(chain, begun, times.acquisition_s)
        for place, member in enumerate(chain.names):
            _add(decays, activity, member, float(numbers[place]), float(begun[place]))
    return Emission(tuple(decays.items()), tuple(activity.items()))


def _add(
    decays: dict[str, float], activity: dict[str, float], name: str, number: float, atoms: float
) -> None:
    proper = normal_name(name)
    decays[proper] = decays.get(proper, 0.0) + number
    rate = nuclide(proper).decay_constant_per_s
    activity[proper] = activity.get(proper, 0.0) + atoms * rate
