"""Which phases have travel times, what each name means, and how bulletins else spell it.

Names and meanings follow the IASPEI standard list (Storchak, Schweitzer & Bormann 2003,
SRL 74, 761-772), with the IDC's use where the two differ:

* ``P`` and ``S`` are the **earliest** arrival of their type at any distance, as pickers and
  bulletins use them: direct, Pg, Pb or Pn at short distance, diffracted at the core beyond
  98 deg (to 105 deg). ``p`` and ``s`` are read the same way.
* ``Pg`` leaves a source in the upper crust (0-20 km) directly or turns in it; beyond the
  distance where that ray grazes the middle of the crust it goes on at the grazing slowness
  (5.8 km/s), to 20 deg, as the IASPEI definition and the IDC's windows want. From the lower
  crust it is the direct ray (strictly Pb), below the Moho the direct ray down to 60 km.
* ``Pb`` turns in the lower crust (20-35 km). ``Pn`` turns in the mantle above 410 km, or
  rises from a source above 210 km; it is the turned ray, not TauP's head wave.
* ``PKP``, ``SKS``, ``SKP``, ``PKKP``, ``PKPPKP`` without a branch are the earliest branch.
* ``Lg``, ``Rg``, ``LR``, ``LQ``, ``T``, ``H``, ``O``, ``I`` travel at one group velocity, from
  sources down to the depth that still excites them (H, O, I: depths of the GA phase table; LR,
  LQ, T: chosen), and are there only beyond a distance equal to the depth of the source:
  nearer, rays along the surface have not formed (Rayleigh waves: Lay & Wallace 1995, section 4.3).

A branch may serve several phases; a phase takes the earliest of its entries.
"""

from __future__ import annotations

from typing import NamedTuple

BRANCH, CONTINUED, DIFFRACTED, CHORD, SPEED = range(5)
"""Kinds of entries: a branch between its ends; the same and on beyond its end; only beyond
its end; a straight ray in a uniform top layer; a constant group velocity."""

ALL_KM = 800.0

MAX_DIFFRACTION_DEG = 60.0
"""So far along the core a wave is followed, as TauP does by default (Crotwell, Owens & Ritsema
1999, SRL 70, 154-160): Pdiff and Sdiff to 160 deg for a source at the surface (ak135)."""


class Entry(NamedTuple):
    """One branch as part of a phase."""

    kind: int
    branch: str
    """Name of the branch in the tables; of the wave type for CHORD; empty for SPEED."""
    min_depth_km: float = -1.0
    """Source depths min < depth <= max."""
    max_depth_km: float = ALL_KM
    max_delta_deg: float = 180.0
    speed_km_s: float = 0.0


def _first(wave: str) -> tuple[Entry, ...]:
    regional = (20, 35, 120, 210)
    return (
        Entry(CHORD, wave, max_delta_deg=25.0),
        *(Entry(CONTINUED, f"{wave}{top}", max_delta_deg=25.0) for top in regional),
        Entry(BRANCH, f"{wave}410"),
        Entry(CONTINUED, f"{wave}660", max_delta_deg=105.0),
    )


def _turned(
    prefix: str, tops: tuple[int, ...] = (0, 20, 35, 120, 210, 410, 660)
) -> tuple[Entry, ...]:
    return tuple(Entry(BRANCH, f"{prefix}{top}{run}") for top in tops for run in ("", "back"))


def _crustal(wave: str) -> dict[str, tuple[Entry, ...]]:
    from_mantle = Entry(BRANCH, f"{wave}35", 35.0, 60.0, 20.0)
    return {
        f"{wave}g": (
            Entry(CHORD, wave, max_delta_deg=20.0),
            Entry(CONTINUED, f"{wave}20", 20.0, 35.0, 20.0),
            from_mantle,
        ),
        f"{wave}b": (Entry(CONTINUED, f"{wave}20", max_delta_deg=20.0), from_mantle),
        f"{wave}n": tuple(
            Entry(CONTINUED, f"{wave}{top}", -1.0, 210.0, 25.0) for top in (35, 120, 210)
        ),
    }


def _branches(*names: str) -> tuple[Entry, ...]:
    return tuple(Entry(BRANCH, name) for name in names)


def _speed(km_s: float, max_delta_deg: float, max_depth_km: float) -> tuple[Entry, ...]:
    return (Entry(SPEED, "", -1.0, max_depth_km, max_delta_deg, km_s),)


_ALONE = (
    "PcP", "PcS", "ScP", "ScS", "PKPdf", "PKPbc", "PKPab", "PKiKP", "pPKPdf", "pPKPbc", "pPKPab",
    "sPKPdf", "sPKPbc", "sPKPab", "SKSac", "SKSdf", "SKPdf", "SKPbc", "SKPab", "SKKSac", "PKKPdf",
    "PKKPbc", "PKKPab", "PKPPKPdf", "PKPPKPbc", "PKPPKPab",
)  # fmt: skip

PHASES: dict[str, tuple[Entry, ...]] = {
    "P": _first("P"),
    "S": _first("S"),
    **_crustal("P"),
    **_crustal("S"),
    "Pdiff": (Entry(DIFFRACTED, "P660"),),
    "Sdiff": (Entry(DIFFRACTED, "S660"),),
    "PP": _turned("PP"),
    "SS": _turned("SS"),
    "pP": _turned("pP"),
    "sP": _turned("sP"),
    "sS": _turned("sS"),
    "pS": _turned("pS"),
    **{name: _branches(name) for name in _ALONE},
    "PKP": _branches("PKPdf", "PKPbc", "PKPab"),
    "pPKP": _branches("pPKPdf", "pPKPbc", "pPKPab"),
    "sPKP": _branches("sPKPdf", "sPKPbc", "sPKPab"),
    "SKS": _branches("SKSac", "SKSdf"),
    "SKP": _branches("SKPdf", "SKPbc", "SKPab"),
    "PKKP": _branches("PKKPdf", "PKKPbc", "PKKPab"),
    "PKPPKP": _branches("PKPPKPdf", "PKPPKPbc", "PKPPKPab"),
    "Lg": _speed(3.5, 40.0, 60.0),
    "Rg": _speed(3.0, 10.0, 10.0),
    "LR": _speed(3.3, 180.0, 150.0),
    "LQ": _speed(3.8, 180.0, 150.0),
    "T": _speed(1.485, 180.0, 300.0),
    "H": _speed(1.485, 180.0, 10.0),
    "O": _speed(1.485, 180.0, 10.0),
    "I": _speed(0.3, 180.0, 150.0),
}
"""Phase name to its entries."""

ALIASES: dict[str, str] = {
    "p": "P", "s": "S", "P*": "Pb", "S*": "Sb", "Pdif": "Pdiff", "Sdif": "Sdiff",
    "PKIKP": "PKPdf", "PKP1": "PKPbc", "PKP2": "PKPab", "PKPDF": "PKPdf", "PKPBC": "PKPbc",
    "PKPAB": "PKPab", "pPKIKP": "pPKPdf", "sPKIKP": "sPKPdf", "SKIKS": "SKSdf", "SKIKP": "SKPdf",
    "SKKS": "SKKSac", "PKIKKIKP": "PKKPdf", "P'": "PKP", "P'df": "PKPdf", "P'bc": "PKPbc",
    "P'ab": "PKPab", "P'P'": "PKPPKP", "P'P'df": "PKPPKPdf", "P'P'bc": "PKPPKPbc",
    "P'P'ab": "PKPPKPab", "PKP2df": "PKPPKPdf", "PKP2bc": "PKPPKPbc", "PKP2ab": "PKPPKPab",
    "L": "LR", "R": "LR", "LR1": "LR", "G": "LQ",
    # Bulletins of the telex years know no lower case.
    "PN": "Pn", "PG": "Pg", "PB": "Pb", "SN": "Sn", "SG": "Sg", "SB": "Sb", "LG": "Lg", "RG": "Rg",
    "PDIF": "Pdiff", "PDIFF": "Pdiff", "SDIF": "Sdiff", "SDIFF": "Sdiff", "PCP": "PcP",
    "PCS": "PcS", "SCP": "ScP", "SCS": "ScS",
}  # fmt: skip
"""Other spellings: IASPEI's alternate and old names, the IDC's, and those in capitals."""


def canonical(phase: str) -> str:
    """Return the name under which a phase is tabulated; unknown names come back as they are.

    Examples
    --------
    >>> canonical("PKIKP"), canonical("P*"), canonical("xx")
    ('PKPdf', 'Pb', 'xx')
    """
    return phase if phase in PHASES else ALIASES.get(phase, phase)
