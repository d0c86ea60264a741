"""Which source is taken where they differ, and what is said of it in the table.

* Half-lives: decay_2012 where ENSDF agrees to 0.2 % or within its standard error, else ENSDF,
  whose evaluations are later. Standard errors from ENSDF.
* Gamma lines: ENSDF (energies, intensities, errors); decay_2012 where ENSDF has no normalised
  data set, where it leaves out a line of the isomeric transition or a strong line, and for the
  nuclides of ``LIBRARY_LINES``.
* X-rays, Auger and conversion electrons: decay_2012.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from builders._nuclides_decay2012 import Library, Line
    from builders._nuclides_ensdf import Scheme

AGREE = 0.002
"""Relative difference of half-lives below which the sources count as one."""

LIBRARY_HALF_LIVES = frozenset({"Xe-131m", "Xe-133m", "Xe-133", "Xe-135"})
"""decay_2012 is what FOI-R--3451--SE (2012) uses to 0.2 %, and stations with it."""

LIBRARY_LINES = {
    "Sr-85": "ENSDF states 514.0 keV to 4 %, decay_2012 to 0.04 %",
    "I-126": "the data sets of ENSDF lack the normalisation of their modes",
}
"""Nuclides whose intensities are those of decay_2012, and why."""

NEAR_KEV = 1.5
"""Two sources' energies of one line differ by less (decay_2012 rounds some to 1 keV)."""


def half_life(
    name: str, library: Library, schemes: Sequence[Scheme], level: tuple[float, float | None] | None
) -> tuple[float, float | None, str, str]:
    """Return half-life, standard error (s), source, and what is to be remarked."""
    if schemes:
        other: tuple[float, float | None] | None = (
            schemes[0].half_life_s,
            schemes[0].half_life_sigma_s,
        )
    else:
        other = level
    if other is None:
        return library.half_life_s, None, "decay_2012", ""
    life, sigma = other
    difference = abs(library.half_life_s / life - 1.0)
    remark = ""
    if difference > AGREE:
        remark = f"half-life: {life:.6g} s (ensdf), {library.half_life_s:.6g} s (decay_2012)"
    close = difference <= max(AGREE, (sigma or 0.0) / life)
    if close or name in LIBRARY_HALF_LIVES or not schemes:
        return library.half_life_s, sigma, "decay_2012", remark
    return life, sigma, "ensdf", remark


def gamma_lines(
    name: str, library: Library, own: Sequence[Line], listed: Sequence[Line], isomer: bool
) -> tuple[list[tuple[Line, str]], list[str]]:
    """Return the lines with their sources, and what is to be remarked.

    ``own`` are the lines of ENSDF that do not follow an isomer, ``listed`` all of them.
    """
    if name in LIBRARY_LINES:
        remark = [f"intensities: decay_2012; {LIBRARY_LINES[name]}"]
        return [(line, "decay_2012") for line in library.gammas], remark
    lines = [(line, "ensdf") for line in own]
    remarks: list[str] = []
    for line in library.gammas:
        strength = nearby(listed, line[0])
        if not strength and (isomer or line[2] >= 0.01 or not listed):
            lines.append((line, "decay_2012"))
    remarks += _differences(library.gammas, own)
    return lines, remarks


def nearby(lines: Iterable[Line], energy_kev: float) -> float:
    """Return the summed intensity of lines close to an energy."""
    return sum(line[2] for line in lines if abs(line[0] - energy_kev) < NEAR_KEV)


def _differences(library: Sequence[Line], own: Sequence[Line]) -> list[str]:
    """Say where the strongest lines differ by more than 3 %."""
    strongest = max((line[2] for line in own), default=0.0)
    found: list[str] = []
    for energy, _, share, _ in library:
        ours = nearby(own, energy)
        if share < max(0.01, 0.1 * strongest) or not ours:
            continue
        if abs(ours / nearby(library, energy) - 1.0) > 0.03:
            found.append(f"{energy:.1f} keV: {ours:.4g} (ensdf), {share:.4g} (decay_2012)")
    return found[:4]


def merged(lines: Iterable[Line]) -> list[Line]:
    """Add up lines of one energy (placed twice in a scheme)."""
    table: dict[float, Line] = {}
    for energy, energy_sigma, share, sigma in lines:
        before = table.get(energy)
        if before:
            both = [one**2 for one in (before[3], sigma) if one]
            share, sigma = share + before[2], sum(both) ** 0.5 or None
        table[energy] = (energy, energy_sigma, share, sigma)
    return sorted(table.values(), key=lambda line: -line[2])


def branching(name: str, schemes: Sequence[Scheme]) -> Mapping[str, float]:
    """Return the branching of each data set by its path, mended where ENSDF's file lacks it."""
    found = {one.path: MENDED.get((name, one.mode), one.branching) for one in schemes}
    if sum(found.values()) > 1.02:
        # A weak mode for which the file states no branching counts as 1 in it.
        found = {one.path: found[one.path] if one.normalised else 0.0 for one in schemes}
    return found


MENDED = {
    ("Hg-197m", "ec"): 0.086,
    ("At-219", "beta-"): 0.03,
}
"""Branchings that a data set lacks: the sum of its feedings, and what its other mode leaves."""

ONLY_DAUGHTER = {
    "Th-234": "Pa-234m",
    "U-240": "Np-240m",
    "Tc-97": "Mo-97",
}
"""Nuclides with one daughter where the data set does not say so.

The levels of Pa-234 and Np-240 are known up to an unknown offset only, and the transitions in
the files end in the wrong ones; all of them lead to the isomer. Tc-97 has no data set.
"""
