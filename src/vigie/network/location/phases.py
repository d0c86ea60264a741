"""Names of phases: what a reported name means, and which phases may stand for it.

A reported name is brought to a name that the predictor knows. Bulletins write the generic
``P`` and ``S`` for whatever arrives first, so these stand for a family, of which the
member that exists at the distance is taken. Windows of distance in which a phase is
looked for are those of the GA phase table (SAIC 1998), but for P and S: the global association
looks for S no farther than 30 deg, analysts name it to the core shadow.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from vigie.earth.phases import canonical
from vigie.facts.phase_windows import PhaseWindow, windows_of

if TYPE_CHECKING:
    from vigie.earth.base import FloatArray
    from vigie.network.location.kinds import BoolArray

FAMILIES = {
    "P": ("P", "Pdiff", "PKPdf", "PKiKP"),
    "Pn": ("Pn", "P"),
    "Pg": ("Pg", "P"),
    "Pb": ("Pb", "P"),
    "Pdiff": ("Pdiff", "P", "PKPdf"),
    "PKP": ("PKP", "PKPdf", "PKiKP", "P"),
    "S": ("S", "Sdiff", "SKSac"),
    "Sn": ("Sn", "S"),
    "Sg": ("Sg", "Lg", "S"),
    "Lg": ("Lg", "Sg", "S"),
    "Sb": ("Sb", "S"),
}
"""Generic or regional name to the phases that may stand for it where it does not exist."""

SHOUTED = {"PN": "Pn", "PG": "Pg", "PB": "Pb", "SN": "Sn", "SG": "Sg", "SB": "Sb", "LG": "Lg"}
"""Names of lists in capitals."""

WINDOWS_DEG = {
    "P": (0.0, 104.0),
    "Pn": (1.0, 20.0),
    "Pg": (0.0, 10.0),
    "Pb": (0.0, 3.5),
    "Pdiff": (98.0, 120.0),
    "PKPdf": (110.0, 180.0),
    "PKPbc": (143.0, 158.0),
    "PKPab": (143.0, 178.0),
    "PKiKP": (0.0, 130.0),
    "PcP": (10.0, 75.0),
    "ScP": (10.0, 65.0),
    "PP": (25.0, 180.0),
    "pP": (10.0, 98.0),
    "sP": (10.0, 98.0),
    "S": (0.0, 100.1),
    "Sn": (1.0, 20.0),
    "Sg": (0.0, 10.0),
    "Sb": (0.0, 4.0),
    "Lg": (1.0, 20.0),
    "PKKPbc": (80.0, 128.0),
    "Sdiff": (98.0, 120.0),
    "SKSac": (61.0, 144.0),
    "ScS": (10.0, 98.0),
    "SS": (20.0, 180.0),
}
"""Distances at which a first arrival may stand for another, and beyond which nothing is looked
for; narrower where ``is_looked_for`` has to say."""

PRIORS = {
    "P": 1.0,
    "Pn": 0.8,
    "Pg": 0.4,
    "Pb": 0.1,
    "PKPdf": 0.5,
    "PKPbc": 0.5,
    "S": 0.4,
    "Sn": 0.3,
    "Sg": 0.2,
    "Sb": 0.05,
    "Lg": 0.3,
    "Pdiff": 0.3,
    "PKPab": 0.2,
    "PcP": 0.15,
    "ScP": 0.08,
    "PP": 0.08,
    "pP": 0.1,
    "sP": 0.05,
    "PKiKP": 0.03,
    "PKKPbc": 0.04,
    "SKSac": 0.15,
    "Sdiff": 0.3,
    "SS": 0.05,
    "ScS": 0.05,
}
"""How often a reading of unknown phase is this one, before its time is looked at."""

REGIONAL = frozenset({"Pn", "Pg", "Pb", "Sn", "Sg", "Sb", "Lg", "Rg"})
"""Phases of crust and uppermost mantle."""

DEPTH_PHASES = frozenset(
    {"pP", "sP", "pS", "sS"}
    | {"pPKP", "pPKPdf", "pPKPbc", "pPKPab", "sPKP", "sPKPdf", "sPKPbc", "sPKPab"}
)  # fmt: skip
"""Phases reflected above the source: they tell its depth."""

LEAST_PHASE_DEPTH_KM = 10.0
"""Depth phases of shallower events run into P (phase windows of the GA table)."""

SURFACE_WAVES = frozenset({"LR", "LQ", "Rg"})
"""Too slow and dispersed to define a location beside body waves."""
_NO_ONSET = re.compile(r"L(?![gG])|[RQG]M?$|ML[RQ]$|I[AV]|A(MB|ML|MS)|[PSps]max$")
"""Names of surface waves in older bulletins (L, LM, LRM, LmV, RM, G ...), and of amplitudes that
were read apart from an onset (IAMs_20, IVmB_BB, AML, pmax; IASPEI standard phase list)."""


def without_onset(name: str) -> str:
    """Return a phase name without the sharpness of its onset, and without capitals for small n, g.

    Analysts write iP, eP, qS for impulsive, emergent and questionable onsets.

    Examples
    --------
    >>> without_onset("eP"), without_onset("IPN"), without_onset("SKS"), without_onset("pP")
    ('P', 'Pn', 'SKS', 'pP')
    """
    bare = name[1:] if name[:1] in "iIeEqQ" and name[1:2] in ("P", "S") else name
    return SHOUTED.get(bare, bare)


def known_name(reported: str | None, known: frozenset[str]) -> str:
    """Return the predictor's name of a reported phase; empty where it has none.

    Examples
    --------
    >>> known_name("PKIKP", frozenset({"P", "PKPdf"}))
    'PKPdf'
    >>> known_name("iPg", frozenset({"P", "Pg"})), known_name("SN", frozenset({"Sn"}))
    ('Pg', 'Sn')
    >>> known_name("amp", frozenset({"P"}))
    ''
    """
    if not reported:
        return ""
    name = without_onset(reported.strip())
    for candidate in (name, canonical(name), *FAMILIES.get(canonical(name), ())):
        if candidate in known:
            return candidate
    return ""


def stand_ins(reported: str | None, known: frozenset[str]) -> tuple[str, ...]:
    """Return the phases that a reported name may stand for, the nominal one first."""
    name = (reported or "").strip()
    family = FAMILIES.get(canonical(name), ())
    first = known_name(name, known)
    return tuple(dict.fromkeys((*([first] if first else []), *(p for p in family if p in known))))


def is_shear(phase: str) -> bool:
    """Tell whether the last leg of a phase is a shear wave (``Lg`` counts as one).

    Examples
    --------
    >>> is_shear("Sn"), is_shear("ScP"), is_shear("Lg"), is_shear("PKPdf")
    (True, False, True, False)
    """
    if phase in ("Lg", "Rg"):
        return True
    legs = [letter for letter in phase if letter in "PSpsKI"]
    return bool(legs) and legs[-1] in "Ss"


@cache
def error_family(phase: str) -> str:
    """Return the group of phases that share a path, so that their model errors correlate."""
    if phase in ("P", "Pn", "Pg", "Pb", "Pdiff"):
        return "P"
    if phase in ("S", "Sn", "Sg", "Sb", "Lg", "Sdiff"):
        return "S"
    if phase.startswith("PK") and not phase.startswith("PKK"):
        return "PKP"
    return phase


def wave_type(reported: str | None) -> str:
    """Return ``P`` or ``S`` for what a reported name says of the wave, or empty."""
    if not reported or not reported.strip() or reported.strip().lower() in ("none", "unk", "tx"):
        return ""
    return "S" if is_shear(reported.strip().rstrip("gnbx*12")[:6] or reported) else "P"


def is_surface_wave(reported: str | None) -> bool:
    """Tell whether a name is of a surface wave or an amplitude, which no body wave is read as.

    Lg is a guided body wave and locates.

    Examples
    --------
    >>> [is_surface_wave(name) for name in ("LR", "LRM", "IAMs_20", "Lg", "P", "")]
    [True, True, True, False, False, False]
    """
    name = (reported or "").strip()
    return name in SURFACE_WAVES or _NO_ONSET.match(name) is not None


def is_water_reflected(reported: str | None) -> bool:
    """Tell whether a name is of a phase reflected at the sea surface, such as ``pwP``.

    It comes later than the reflection at the sea floor by the depth of the water, which
    no travel-time table knows, so it tells nothing here.

    Examples
    --------
    >>> is_water_reflected("pwP"), is_water_reflected("pP")
    (True, False)
    """
    return (reported or "").strip()[1:2] == "w"


HEAD_WAVES = ("Pn", "Sn")

CORE_DEG = 100.1
"""To where P and S are named: they graze the core at 99.6 and 100.1 deg in ak135, at 98.4 and
99.3 deg in iasp91, from sources at the surface; nearer from deep ones."""

OWN_WINDOWS = {
    "P": (
        PhaseWindow("P", 17.0, CORE_DEG, 0.0, 40.0, None),
        PhaseWindow("P", 0.0, CORE_DEG, 40.0, 800.0, None),
    ),
    "S": (
        PhaseWindow("S", 17.0, CORE_DEG, 0.0, 40.0, None),
        PhaseWindow("S", 0.0, CORE_DEG, 40.0, 800.0, None),
    ),
    "Sdiff": (PhaseWindow("Sdiff", 98.0, 120.0, 0.0, 800.0, None),),
}
"""In place of the association's windows: P, which those end at 98 deg, to the core; S as P of the
same depth; Sdiff as far as analysts read it (chosen)."""


def is_looked_for(phase: str, delta_deg: FloatArray, depth_km: float) -> BoolArray:
    """Tell at which distances a phase may be named: ``OWN_WINDOWS``, else those of ``vigie.facts``.

    A phase that no table lists may be named wherever it exists.

    Examples
    --------
    >>> is_looked_for("PP", np.array([4.3, 60.0]), 0.0).tolist()
    [False, True]
    """
    nearest, farthest = WINDOWS_DEG.get(phase, (0.0, 180.0))
    inside = np.zeros(len(delta_deg), dtype=bool)
    windows = OWN_WINDOWS.get(phase) or windows_of(phase)
    if not windows:
        return (nearest <= delta_deg) & (delta_deg <= farthest)
    for window in windows:
        if window.min_depth_km <= depth_km <= window.max_depth_km:
            # The table's Pn and Sn begin at 2 deg; they come first from 1.3 deg on in ak135, and
            # a first arrival that may not bear its name would be forced to a later one.
            begins = nearest if phase in HEAD_WAVES else window.min_delta_deg
            low = max(nearest, begins)
            high = min(farthest, window.max_delta_deg)
            inside |= (low <= delta_deg) & (delta_deg <= high)
    return inside
