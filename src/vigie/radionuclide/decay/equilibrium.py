"""Daughters in equilibrium with a parent, and the lines that a parent shows through them.

What it computes: the activity of each descendant over that of the parent once the transient
is over, for descendants that live shorter than the parent:

    a_d = lambda_d / (lambda_d - lambda_p) x sum over parents i of d of a_i f_id,   a_p = 1

(lambda decay constants, f branches). Source: the slowest mode of the decay matrix (Bateman,
Proc. Camb. Phil. Soc. 15 (1910) 423). Assumes that the parent alone was there long enough, and
nothing was lost on the way; ``chain`` and ``sample`` need neither. A descendant that lives
longer than the parent is in no equilibrium and is left out with all that it feeds.

Convention of lines: the library gives each line to its emitter. Here a line is per decay of
the parent, with the emitter and the factor named, so that 661.657 keV is 0.851 per decay of
Cs-137. Accuracy as measured: 1e-9 against the exact chain after 40 half-lives of the daughter.
Cost as measured: docs/methods/decay.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from vigie.errors import NoEquilibriumError
from vigie.facts.nuclides import LineKind, nuclide
from vigie.radionuclide.decay.chain import chain_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportedLine:
    """A line of a parent or of a daughter that it keeps in equilibrium."""

    energy_kev: float
    intensity: float
    """Photons per decay of the parent."""
    intensity_sigma: float | None
    emitter: str
    factor: float
    """Activity of the emitter over that of the parent; 1 for the parent itself."""
    kind: LineKind


@lru_cache(maxsize=1024)
def equilibrium_activities(parent: str) -> dict[str, float]:
    """Return the activities of parent and descendants over that of the parent.

    Parameters
    ----------
    parent : str
        In any spelling.

    Returns
    -------
    dict of str to float
        The parent first (1.0); descendants that are in no equilibrium are missing.

    Raises
    ------
    UnknownNuclideError
        The table does not hold the parent.

    Examples
    --------
    >>> {name: round(share, 4) for name, share in equilibrium_activities("Ba-140").items()}
    {'Ba-140': 1.0, 'La-140': 1.1514}
    """
    chain = chain_of(nuclide(parent).name)
    rate = chain.decay_constants_per_s[0]
    shares = {0: 1.0}
    for place, own in enumerate(chain.decay_constants_per_s):
        fed = sum(
            shares[start] * fraction
            for start, end, fraction in chain.feeds
            if end == place and start in shares
        )
        if fed > 0.0 and own > rate:
            shares[place] = fed * own / (own - rate)
    return {chain.names[place]: share for place, share in shares.items()}


def equilibrium_factor(parent: str, daughter: str) -> float:
    """Return the activity of a daughter over that of its parent in equilibrium.

    Raises
    ------
    NoEquilibriumError
        The daughter does not descend from the parent, or something on the way lives longer
        than the parent.
    UnknownNuclideError
        The table does not hold one of them.

    Examples
    --------
    >>> round(equilibrium_factor("Zr-95", "Nb-95"), 3)
    2.205
    """
    proper = nuclide(daughter).name
    shares = equilibrium_activities(parent)
    if proper not in shares:
        raise NoEquilibriumError(parent=nuclide(parent).name, daughter=proper)
    return shares[proper]


@lru_cache(maxsize=1024)
def supported_lines(parent: str, *, least: float = 1e-4) -> tuple[SupportedLine, ...]:
    """Return the lines of a nuclide and of the daughters that it keeps, strongest first.

    Parameters
    ----------
    parent : str
    least : float
        Photons per decay of the parent below which a line is left out.

    Raises
    ------
    UnknownNuclideError
        The table does not hold the parent.

    Examples
    --------
    >>> line = supported_lines("Cs-137")[0]
    >>> line.emitter, line.energy_kev, round(line.intensity, 3)
    ('Ba-137m', 661.657, 0.851)
    """
    found = [
        SupportedLine(
            energy_kev=line.energy_kev,
            intensity=line.intensity * factor,
            intensity_sigma=None if line.intensity_sigma is None else line.intensity_sigma * factor,
            emitter=emitter,
            factor=factor,
            kind=line.kind,
        )
        for emitter, factor in equilibrium_activities(parent).items()
        for line in nuclide(emitter).lines
        if line.intensity * factor >= least
    ]
    return tuple(sorted(found, key=lambda line: -line.intensity))
