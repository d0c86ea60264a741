"""Which lines disturb which: interferences computed from the table of nuclides.

For a wanted line, every line of other nuclides within a window of energies and above a
fraction of an intensity: natural ones within 4.5 keV (they come in any sample and the flank
of a strong line reaches far), man-made ones within 3 keV (about 2 FWHM of a station's
detector), and lines that neutrons excite, within 3 keV. Windows and thresholds are those of
the field sheet's table (IDC experience: SnT2025 contribution 5961), so that it is generated,
not copied. Lines of a nuclide's own descendants do not count: they belong to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from vigie.facts.nuclides.lists import from_listed, nuclide_list
from vigie.facts.nuclides.neutrons import neutron_lines
from vigie.facts.nuclides.records import LineKind
from vigie.facts.nuclides.table import has_nuclide, nuclide


@dataclass(frozen=True, slots=True, kw_only=True)
class InterferenceParams:
    """What counts as an interference. Defaults: see the head of this module."""

    natural_kev: float = 4.5
    artificial_kev: float = 3.0
    neutron_kev: float = 3.0
    least_natural: float = 5e-4
    """Photons per decay of a natural nuclide; its activity in air exceeds the wanted ones'."""
    least_artificial: float = 1e-2
    """Photons per decay of a man-made nuclide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interference:
    """A line close to a wanted one."""

    energy_kev: float
    emitter: str
    """The nuclide; for neutrons the reaction."""
    intensity: float | None
    """Photons per decay of the nuclide that heads its chain; None for neutrons."""
    origin: str
    """``natural``, ``artificial`` or ``neutron``."""
    offset_kev: float
    """Its energy minus that of the wanted line."""


DEFAULTS = InterferenceParams()


def interferences(
    name: str, energy_kev: float, params: InterferenceParams = DEFAULTS
) -> tuple[Interference, ...]:
    """Return the lines that disturb a line of a nuclide, nearest first.

    Parameters
    ----------
    name : str
        The wanted nuclide, in any spelling.
    energy_kev : float
        Energy of its line.
    params : InterferenceParams

    Raises
    ------
    UnknownNuclideError
        The table does not hold the nuclide.

    Examples
    --------
    >>> found = interferences("Cs-137", 661.657)
    >>> [(one.emitter, one.offset_kev) for one in found if one.origin == "natural"]
    [('Bi-214', 3.789)]
    """
    proper = nuclide(from_listed(name)).name
    own = family(proper)
    found = [
        Interference(
            energy_kev=energy,
            emitter=emitter,
            intensity=intensity,
            origin=origin,
            offset_kev=round(energy - energy_kev, 4),
        )
        for energy, emitter, intensity, origin in _lines(params)
        if emitter not in own and abs(energy - energy_kev) <= _window(origin, params)
    ]
    return tuple(sorted(found, key=lambda one: abs(one.offset_kev)))


LONG_LIFE_S = 1e9
"""Descendants that live longer (30 years) are not met with the nuclide that feeds them."""


@lru_cache(maxsize=512)
def family(name: str) -> dict[str, float]:
    """Return a nuclide and the descendants that come with it, with their decays per decay.

    Shares follow from the branches alone: what the chain gives in the end, not what is there
    at a time. Descendants that live over 30 years end it.

    Parameters
    ----------
    name : str
        In vigie's spelling.

    Examples
    --------
    >>> family("Pb-212")
    {'Pb-212': 1.0, 'Bi-212': 1.0, 'Po-212': 0.6406, 'Tl-208': 0.3594}
    """
    found = {name: 1.0}
    todo = {name: 1.0}
    while todo:
        parent, share = todo.popitem()
        for branch in nuclide(parent).branches:
            daughter = branch.daughter
            if has_nuclide(daughter) and nuclide(daughter).half_life_s < LONG_LIFE_S:
                part = share * branch.fraction
                found[daughter] = found.get(daughter, 0.0) + part
                todo[daughter] = todo.get(daughter, 0.0) + part
    return found


@lru_cache(maxsize=8)
def _lines(params: InterferenceParams) -> tuple[tuple[float, str, float | None, str], ...]:
    natural = _shares(nuclide_list("natural_chains"), in_chains=True)
    artificial = _shares(
        nuclide_list("relevant") + nuclide_list("artificial_other"), in_chains=False
    )
    rows: list[tuple[float, str, float | None, str]] = []
    for shares, origin, least in (
        (natural, "natural", params.least_natural),
        (artificial, "artificial", params.least_artificial),
    ):
        rows += [
            (line.energy_kev, name, float(f"{line.intensity * share:.4g}"), origin)
            for name, share in shares.items()
            for line in nuclide(name).lines
            if line.kind is LineKind.GAMMA and line.intensity * share >= least
            if origin == "natural" or name not in natural
        ]
    rows += [(line.energy_kev, line.reaction, None, "neutron") for line in neutron_lines()]
    return tuple(rows)


def _shares(members: tuple[str, ...], *, in_chains: bool) -> dict[str, float]:
    """Return decays of members and their descendants per decay of what heads their chain.

    ``in_chains`` says that members that others feed are there by those only.
    """
    fed = {one for member in members for one in family(member) if one != member}
    found = {member: 1.0 for member in members if not (in_chains and member in fed)}
    for head in tuple(found):
        for name, share in family(head).items():
            found[name] = max(found.get(name, 0.0), share)
    return found


def _window(origin: str, params: InterferenceParams) -> float:
    return {
        "natural": params.natural_kev,
        "artificial": params.artificial_kev,
        "neutron": params.neutron_kev,
    }[origin]
