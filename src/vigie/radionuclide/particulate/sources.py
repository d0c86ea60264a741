"""What a nuclide would give in a sample: photons of all lines, per Bq at the start of the count.

Two kinds of sources. ``air``: collected in the filter, so the nuclide's descendants are there as
far as they grew from it in the filter (Bateman, ``vigie.radionuclide.decay``): Ba-140 brings the
La-140 that came since; what La-140 was in the air is a source of its own. ``present``: there
before, in the surroundings or in a sample of unknown history; with it come descendants of less
than four hours that live less than a fifth as long, in equilibrium, and what grows in the count.
Members of the natural series stand alone there, since what lies between source and detector weighs
their lines differently; the activity of each is its mean over the count, so that what a parent
adds to it in that time is in it already.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vigie.facts.nuclides import has_nuclide, nuclide, nuclide_list
from vigie.radionuclide.decay import (
    Chain,
    SampleTimes,
    chain_decays,
    chain_of,
    decay_factors,
    evolve,
)

FloatArray = NDArray[np.float64]

LONGEST_S = 3e8
"""Descendants that live longer end a chain: nothing grows through them."""
SHORT_S, SHORT_SHARE = 4.0 * 3600.0, 0.2
"""A descendant that is taken to be in equilibrium: shorter than both."""
LEAST_KEV = 25.0
SERIES = (
    "K-40",
    "Ac-228",
    "Ra-224",
    "Pb-212",
    "Bi-212",
    "Tl-208",
    "Th-234",
    "Pa-234m",
    "Ra-226",
    "Pb-214",
    "Bi-214",
    "Pb-210",
    "U-235",
    "Th-227",
    "Ra-223",
    "Rn-219",
    "Pb-211",
    "Bi-211",
)
"""Members of the natural series (and K-40) that surroundings show."""
KEPT_WITH = {"Pa-234m": ("Pa-234",)}
"""Descendants that live longer than a member, but that the same parent keeps (Th-234): else their
lines, 0.2 % of the chain's, are taken for other nuclides in spectra of much uranium."""


@dataclass(frozen=True, slots=True)
class Emitter:
    """Decays of one member of a chain."""

    name: str
    decays: float
    """In the real time of the acquisition, per Bq of the source's first nuclide at its start."""
    activity: float
    """At the start, per Bq of the first nuclide."""


@dataclass(frozen=True, slots=True)
class Source:
    """One unknown of the solution."""

    name: str
    kind: str
    """``air`` or ``present``."""
    emitters: tuple[Emitter, ...]
    factors: tuple[float, float, float] | None = None
    """K_c, K_d, K_a; of air."""

    @property
    def key(self) -> str:
        """Return a name that tells the kinds apart."""
        return self.name if self.kind == "air" else f"{self.name}*"


def library(also: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names of all nuclides that are looked for.

    Examples
    --------
    >>> {"Cs-137", "Be-7", "Ba-140"} <= set(library())
    True
    """
    lists = ("natural", "relevant", "mda")
    names = [name for one in lists for name in nuclide_list(one)] + [*SERIES, *also]
    return tuple(dict.fromkeys(name for name in names if has_nuclide(name)))


@lru_cache(maxsize=64)
def air_sources(
    times: SampleTimes, names: tuple[str, ...], half_lives: float
) -> tuple[Source, ...]:
    """Return the sources of a filter.

    Parameters
    ----------
    times : SampleTimes
    names : tuple of str
        Nuclides that may have been in the air.
    half_lives : float
        Those that have decayed for longer since the collection are left out.
    """
    found = (air_source(name, times, half_lives) for name in names)
    return tuple(one for one in found if one is not None)


def air_source(name: str, times: SampleTimes, half_lives: float = 12.0) -> Source | None:
    """Return what one nuclide of the air gives, None where it has decayed away.

    Members of the natural series that would grow from what is none (Ra-224, Pb-212 and Tl-208 from
    Th-228) are left out, as in ``present_source``: surroundings and radon bring far more of them.
    """
    facts = nuclide(name)
    if times.decay_s > half_lives * facts.half_life_s:
        return None
    chain = chain_of(name, longest_s=LONGEST_S)
    own = set(chain.names) if name in SERIES else _above_series(chain)
    found = chain_decays(chain, times, supply_per_s=(1.0,))
    rates = [nuclide(n).decay_constant_per_s if has_nuclide(n) else 0.0 for n in found.names]
    activity = found.atoms_at_start[0] * rates[0]
    rows = zip(found.names, found.decays, found.atoms_at_start, rates, strict=True)
    emitters = tuple(
        Emitter(n, decays / activity, atoms * rate / activity)
        for n, decays, atoms, rate in rows
        if decays > 0.0 and n in own
    )
    factors = decay_factors(facts.half_life_s, times)
    return Source(name, "air", emitters, (factors.collection, factors.decay, factors.acquisition))


@lru_cache(maxsize=256)
def present_source(name: str, real_time_s: float) -> Source:
    """Return what a nuclide gives that is there at the start, with its short-lived descendants.

    What grows from it during the count is its own as well: La-140 of Ba-140. Of the natural series
    each member stays as it is, kept by parents that are not seen; nor does it grow from another
    source: in a count of five days Th-228 would else bring a third of its Ra-224, Pb-212 and
    Tl-208 and stand in for them, though in surroundings it keeps them all along.
    """
    if name in SERIES:
        shares = {b.daughter: b.fraction for b in nuclide(name).branches}
        kept = [(name, 1.0), *((one, shares[one]) for one in KEPT_WITH.get(name, ()))]
        return Source(name, "present", tuple(Emitter(n, k * real_time_s, k) for n, k in kept))
    members: dict[str, float] = {name: 1.0}
    _descend(name, 1.0, nuclide(name).half_life_s, members)
    chain = chain_of(name, longest_s=LONGEST_S)
    own = _above_series(chain)
    rates = [nuclide(n).decay_constant_per_s if has_nuclide(n) else 0.0 for n in chain.names]
    rows = list(zip(chain.names, rates, strict=True))
    atoms = np.array([members.get(n, 0.0) / rate if rate else 0.0 for n, rate in rows])
    _, decays = evolve(chain, atoms, real_time_s)
    emitters = tuple(
        Emitter(n, float(count), members.get(n, 0.0))
        for n, count in zip(chain.names, decays, strict=True)
        if count > 0.0 and n in own
    )
    return Source(name, "present", emitters)


def _above_series(chain: Chain) -> set[str]:
    """Return the first member and all that follow before a member of the natural series."""
    own = {chain.names[0]}
    for parent, daughter, _ in chain.feeds:
        if chain.names[parent] in own and chain.names[daughter] not in SERIES:
            own.add(chain.names[daughter])
    return own


def _descend(name: str, activity: float, parent_s: float, members: dict[str, float]) -> None:
    for branch in nuclide(name).branches:
        if not has_nuclide(branch.daughter):
            continue
        daughter_s = nuclide(branch.daughter).half_life_s
        if daughter_s < SHORT_S and daughter_s < SHORT_SHARE * parent_s:
            # Transient equilibrium: lambda_d / (lambda_d - lambda_p).
            share = activity * branch.fraction / (1.0 - daughter_s / parent_s)
            members[branch.daughter] = members.get(branch.daughter, 0.0) + share
            _descend(branch.daughter, share, parent_s, members)
