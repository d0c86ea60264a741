"""Names of nuclides: every spelling that is met becomes one, ``Xe-131m``.

Met in messages and libraries: ``XE-131M``, ``Xe131m``, ``131Xem``, ``131mXe``, ``Am242_m1``.
The first isomer is ``m``, the second ``m2`` (some libraries write ``n``).
"""

from __future__ import annotations

import re

from vigie.errors import UnknownNuclideError

_SYMBOLS_IN_ORDER = (
    "n H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As "
    "Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd "
    "Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am "
    "Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
)
SYMBOLS = tuple(_SYMBOLS_IN_ORDER.split())
"""Symbols of the elements by atomic number, the neutron as number 0."""

_BY_LOWER = {symbol.lower(): symbol for symbol in SYMBOLS[1:]}
_GAP = r"[\s\-_]*"
_READINGS = tuple(
    re.compile(text.replace("~", _GAP), re.ASCII)
    for text in (
        r"(?P<symbol>[a-z]{1,2})~(?P<mass>\d{1,3})~(?P<state>m[1-3]?|n|g)?",
        # Before the others, as 115In is no second isomer of iodine, nor 99Mo one of oxygen.
        r"(?P<mass>\d{1,3})~(?P<symbol>[a-z]{1,2})(?P<state>)",
        r"(?P<mass>\d{1,3})~(?P<symbol>[a-z]{1,2})~(?P<state>m[1-3]?|n|g)",
        r"(?P<mass>\d{1,3})(?P<state>m[1-3]?)~(?P<symbol>[a-z]{1,2})",
    )
)
_STATES = {"": "", "g": "", "m": "m", "m1": "m", "m2": "m2", "n": "m2", "m3": "m3"}


def normal_name(name: str) -> str:
    """Return the name of a nuclide in vigie's spelling.

    Parameters
    ----------
    name : str
        Any usual spelling, upper or lower case.

    Returns
    -------
    str
        ``Xe-131m``. Whether the table knows the nuclide is not asked.

    Raises
    ------
    UnknownNuclideError
        The text is not the name of a nuclide: no such element, or a mass that no nucleus of
        it has (``XE-1337`` of the IMS format is Xe-133 in a region of interest).

    Examples
    --------
    >>> [normal_name(text) for text in ("XE-131M", "131Xem", "Au196n", "cs137", "99mTc")]
    ['Xe-131m', 'Xe-131m', 'Au-196m2', 'Cs-137', 'Tc-99m']
    """
    text = name.strip().lower()
    for match in filter(None, (reading.fullmatch(text) for reading in _READINGS)):
        symbol, mass = match["symbol"], int(match["mass"])
        if symbol in _BY_LOWER and _possible(symbol, mass):
            return f"{_BY_LOWER[symbol]}-{mass}{_STATES[match['state'] or '']}"
    raise UnknownNuclideError(name=name, remedy="Write it like Cs-137 or Xe-131m")


def parts(name: str) -> tuple[int, int, int]:
    """Return atomic number, mass number and isomer (0 for the ground state) of a normal name.

    Examples
    --------
    >>> parts("Au-196m2")
    (79, 196, 2)
    """
    symbol, _, rest = name.partition("-")
    mass, _, state = rest.partition("m")
    isomer = (int(state) if state else 1) if "m" in rest else 0
    return SYMBOLS.index(symbol), int(mass), isomer


def _possible(symbol: str, mass: int) -> bool:
    number = SYMBOLS.index(_BY_LOWER[symbol])
    # Known nuclei: from 1.7 Z (Fe-45; 2.2 Z of heavy ones) to 3 Z (He-10: 5 Z) nucleons.
    least = number if number < 20 else 1.7 * number if number < 86 else 2.1 * number
    return least <= mass <= max(3 * number, number + 8)
