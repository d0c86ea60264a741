"""Build the table of fission yields that vigie ships.

    python -m builders.build_fission_yields SITE_PACKAGES

where SITE_PACKAGES is the library folder of an environment in which
``requirements/nuclear-data-alone.txt`` is installed with ``--no-deps``: sandy (MIT licence)
ships the sublibraries of neutron-induced fission yields of ENDF/B and JEFF as they were
released. Writes ``src/vigie/facts/nuclides/fission_yields.csv``: independent (MT 454) and
cumulative (MT 459) yields of the nuclides of the table of nuclides.
"""

from __future__ import annotations

import io
import re
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.facts.nuclides import nuclide_names
from vigie.facts.nuclides.names import SYMBOLS, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).parents[1] / "src" / "vigie" / "facts" / "nuclides" / "fission_yields.csv"

ARCHIVES = {"ENDF/B-VIII.1": "nfpy_endfb_81.tar.xz", "JEFF-3.3": "nfpy_jeff_33.tar.xz"}

FISSILE = {92235: "U-235", 92238: "U-238", 94239: "Pu-239"}

SPECTRA = {"thermal": (0.0, 1.0), "fast": (3e5, 1e6), "14MeV": (1.3e7, 1.6e7)}
"""Names of neutron energies and the ranges (eV) in which the evaluations' energies lie.

fast: 0.5 MeV in ENDF/B, 0.4 MeV in JEFF; the 2 MeV that ENDF/B has for Pu-239 is left out.
"""

LEAST = 1e-9
"""Yields per fission below which a nuclide is left out where both kinds are."""

HEAD = """\
# Fission yields per fission: independent and cumulative, with standard errors.
# ENDF/B-VIII.1 (National Nuclear Data Center, Brookhaven, August 2024): yields after T. R.
# England and B. F. Rider, LA-UR-94-3106 (1994), with standard errors of the cumulative yields
# recalculated (BNL-220804-2021-INRE). JEFF-3.3: A. J. M. Plompen et al., Eur. Phys. J. A 56
# (2020) 181. Both as shipped by sandy 1.2.0 (SCK CEN, MIT licence), MF 8, MT 454 and 459.
"""

Yields = dict[str, tuple[float, float]]
"""Yield and its standard error by nuclide."""


def main(site_packages: Path) -> None:
    """Write the table and say how long it is."""
    rows = []
    for evaluation, archive in ARCHIVES.items():
        path = site_packages / "sandy" / "appendix" / "onefile_archives" / archive
        for target, spectrum, kinds in _targets(path):
            rows += _rows(evaluation, target, spectrum, kinds)
    head = "evaluation,fissile,spectrum,nuclide,independent,independent_sigma,cumulative,"
    text = HEAD + head + "cumulative_sigma\n" + "\n".join(rows) + "\n"
    TARGET.write_text(text, encoding="ascii")
    print(f"{len(rows)} yields, {len(text)} bytes")


def _targets(archive: Path) -> Iterator[tuple[str, str, dict[int, Yields]]]:
    """Return each fissile nuclide and spectrum with its yields by MT number."""
    found: dict[tuple[str, str], dict[int, Yields]] = {}
    for section in (454, 459):
        for fissile, energy_ev, yields in _evaluations(_text(archive), section):
            for spectrum, (low, high) in SPECTRA.items():
                if low <= energy_ev <= high:
                    found.setdefault((fissile, spectrum), {})[section] = yields
    for (fissile, spectrum), kinds in found.items():
        yield fissile, spectrum, kinds


def _text(archive: Path) -> str:
    with tarfile.open(archive, "r:xz") as tar:
        members = [tar.extractfile(member) for member in tar.getmembers() if member.isfile()]
        return "".join(io.TextIOWrapper(one, "ascii").read() for one in members if one)


def _evaluations(text: str, section: int) -> Iterator[tuple[str, float, Yields]]:
    """Return fissile nuclide, neutron energy and yields of each list of an MT section."""
    mark = f" 8{section}"
    lines = [line for line in text.splitlines() if line[70:75] == mark]
    place = 0
    while place < len(lines):
        head = _numbers(lines[place])
        fissile, lists = FISSILE.get(round(head[0])), round(head[2])
        place += 1
        for _ in range(lists):
            control = _numbers(lines[place])
            length = round(control[4])
            count = -(-length // 6)
            body = [x for line in lines[place + 1 : place + 1 + count] for x in _numbers(line)]
            place += 1 + count
            if fissile:
                yield fissile, control[0], _yields(body[:length])


def _yields(body: list[float]) -> Yields:
    found: Yields = {}
    for start in range(0, len(body), 4):
        code, state, share, sigma = body[start : start + 4]
        number, mass = divmod(round(code), 1000)
        isomer = ("", "m", "m2", "m3")[round(state)]
        found[f"{SYMBOLS[number]}-{mass}{isomer}"] = (share, sigma)
    return found


def _numbers(line: str) -> list[float]:
    """Return the six numbers of an ENDF-6 record; an exponent may stand without its E."""
    fields = [line[start : start + 11].strip() for start in range(0, 66, 11)]
    return [float(re.sub(r"(?<=[0-9.])([+-][0-9])", r"e\1", one)) if one else 0.0 for one in fields]


def _rows(evaluation: str, fissile: str, spectrum: str, kinds: dict[int, Yields]) -> list[str]:
    rows = []
    for name in sorted(nuclide_names(), key=parts):
        alone, summed = kinds[454].get(name), kinds[459].get(name)
        if alone and summed and max(alone[0], summed[0]) >= LEAST:
            numbers = ",".join(f"{value:.5g}" for value in (*alone, *summed))
            rows.append(f"{evaluation},{fissile},{spectrum},{name},{numbers}")
    return rows


if __name__ == "__main__":
    main(Path(sys.argv[1]))
