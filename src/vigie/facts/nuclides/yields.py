"""Fission yields: how many atoms of a nuclide one fission makes.

The numbers stand in ``fission_yields.csv`` beside this file, made by
``builders/build_fission_yields.py`` from two evaluations, ENDF/B-VIII.1 and JEFF-3.3; their
differences (10 to 30 % for isomers of xenon) say more of what is known than either's errors.

*Independent*: made by the fission itself. *Cumulative*: all that ever comes, with what decays
of precursors bring; the sum over a chain would count twice. Fissile nuclides: U-235, U-238,
Pu-239. Spectra: ``thermal`` (0.0253 eV; not of U-238), ``fast`` (0.5 MeV in ENDF/B, 0.4 MeV in
JEFF), ``14MeV`` (not of Pu-239 in JEFF).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from vigie.errors import UnknownModelError
from vigie.facts.nuclides.names import normal_name

DEFAULT_EVALUATION = "ENDF/B-VIII.1"
"""England and Rider's yields, on which published ratio lines of radioxenon rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FissionYield:
    """Atoms of a nuclide per fission, with standard errors."""

    nuclide: str
    independent: float
    independent_sigma: float
    cumulative: float
    cumulative_sigma: float


def fission_yields(
    fissile: str, spectrum: str, *, evaluation: str = DEFAULT_EVALUATION
) -> dict[str, FissionYield]:
    """Return the yields of all nuclides of the table, by name.

    Parameters
    ----------
    fissile : str
        ``U-235``, ``U-238`` or ``Pu-239``.
    spectrum : str
        ``thermal``, ``fast`` or ``14MeV``.
    evaluation : str
        ``ENDF/B-VIII.1`` or ``JEFF-3.3``.

    Raises
    ------
    UnknownModelError
        The evaluation has no such yields.

    Examples
    --------
    >>> round(fission_yields("U-235", "thermal")["I-131"].cumulative, 4)
    0.0289
    """
    key = (evaluation, normal_name(fissile), spectrum)
    if key not in _tables():
        raise UnknownModelError(
            kind="set of fission yields",
            name=" ".join(key),
            known=", ".join(" ".join(one) for one in _tables()),
        )
    return dict(_tables()[key])


def yield_sets() -> tuple[tuple[str, str, str], ...]:
    """Return all sets: evaluation, fissile nuclide, spectrum."""
    return tuple(_tables())


@cache
def _tables() -> dict[tuple[str, str, str], dict[str, FissionYield]]:
    text = (files("vigie.facts.nuclides") / "fission_yields.csv").read_text(encoding="ascii")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    found: dict[tuple[str, str, str], dict[str, FissionYield]] = {}
    for row in rows:
        key = (row["evaluation"], row["fissile"], row["spectrum"])
        found.setdefault(key, {})[row["nuclide"]] = FissionYield(
            nuclide=row["nuclide"],
            independent=float(row["independent"]),
            independent_sigma=float(row["independent_sigma"]),
            cumulative=float(row["cumulative"]),
            cumulative_sigma=float(row["cumulative_sigma"]),
        )
    return found
