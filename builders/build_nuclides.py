"""Build the table of nuclides that vigie ships.

    python -m builders.build_nuclides SITE_PACKAGES

where SITE_PACKAGES is the library folder of an environment in which
``requirements/nuclear-data.txt`` is installed (2.4 GB; for this builder only). Writes
``src/vigie/facts/nuclides/nuclides.json``. What is taken from where: ``_nuclides_choice``.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from builders._nuclides_chosen import STABLE_S, chosen
from builders._nuclides_decay2012 import read as read_library
from builders._nuclides_ensdf import Scheme, schemes
from builders._nuclides_row import Sources, row
from builders._nuclides_states import States, states
from builders._nuclides_vacancies import k_shells

from vigie.facts.nuclides.names import parts

TARGET = Path(__file__).parents[1] / "src" / "vigie" / "facts" / "nuclides" / "nuclides.json"

VERSION = "2026.1"
"""Of the table; to be raised with every change of a number."""

SOURCES = {
    "ensdf": (
        "Evaluated Nuclear Structure Data File, National Nuclear Data Center, Brookhaven, as "
        "shipped by paceENSDF 0.6.3 (A. M. Hurst, BSD licence)"
    ),
    "decay_2012": (
        "UK decay data library decay_2012 of FISPACT-II, UK Atomic Energy Authority, as shipped "
        "by actigamma 0.1.5 (Apache-2.0 licence)"
    ),
}

CONVENTION = (
    "Lines belong to the nuclide that emits them, per decay of it. l: energy keV, its error, "
    "photons per decay, error, kind (g gamma, x X-ray, a annihilation), source. b: daughter, "
    "fraction, mode, source. c: gate keV, coincident keV, probability per decay, longest "
    "half-life between (s), kind of the second. t: half-life s, error. beta: end point keV, "
    "intensity, error, positron. e: electron keV, intensity, error. s: sources. r: choices."
)


def main(site_packages: Path) -> None:
    """Write the table and say what is in it."""
    sources = _read(site_packages)
    rows: dict[str, dict[str, Any]] = {}
    wanted, todo = chosen(), list(chosen())
    missing = [name for name in wanted if name not in sources.library]
    while todo:
        name = todo.pop(0)
        known = sources.library.get(name)
        if name in rows or known is None or (known.half_life_s > STABLE_S and name not in wanted):
            continue
        rows[name] = row(name, sources)
        todo += [branch[0] for branch in rows[name].get("b", ()) if branch[0] != "SF"]
    _write(dict(sorted(rows.items(), key=lambda item: parts(item[0]))))
    print(f"{len(rows)} nuclides, {TARGET.stat().st_size} bytes; not in decay_2012: {missing}")


def _read(site_packages: Path) -> Sources:
    library = read_library(site_packages)
    everything = list(schemes(site_packages))
    known = states(library, everything)
    by_parent: dict[str, list[Scheme]] = defaultdict(list)
    level_lives: dict[str, tuple[float, float | None]] = {}
    for scheme in everything:
        name = known.of_half_life(scheme.parent, scheme.half_life_s)
        if name:
            by_parent[name].append(scheme)
        _note_lives(scheme, known, level_lives)
    return Sources(
        library=library,
        schemes=by_parent,
        states=known,
        shells=k_shells(site_packages),
        level_lives=level_lives,
    )


def _note_lives(
    scheme: Scheme, known: States, level_lives: dict[str, tuple[float, float | None]]
) -> None:
    for place, name in known.isomers(scheme).items():
        level = scheme.levels[place]
        if level.half_life_s:
            level_lives.setdefault(name, (level.half_life_s, level.half_life_sigma_s))


def _write(rows: dict[str, dict[str, Any]]) -> None:
    head = {"version": VERSION, "convention": CONVENTION, "sources": SOURCES}
    # One nuclide per line, so that a change of the table can be read as a difference.
    lines = ",\n".join(
        f"{json.dumps(name)}:{json.dumps(one, separators=(',', ':'))}" for name, one in rows.items()
    )
    start = json.dumps(head, indent=0).removesuffix("\n}")
    TARGET.write_text(start + ',\n"nuclides":{\n' + lines + "\n}}\n", encoding="ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
