"""Write the level schemes of ``vigie.facts.cascades`` from ENSDF.

    python -m builders.build_cascades VERSION

needs paceENSDF (``requirements/nuclear-data.txt``), of which only the files of ENSDF are read. For
each nuclide of ``vigie.facts.nuclides`` the decay data sets are those whose parent has its half-
life to 5 % (the isomers of a nuclide are told apart in that way). Of a data set, photons per decay
and conversion coefficients are taken; feeding of a level is the balance of what leaves and enters.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vigie.facts.nuclides import all_nuclides, nuclide

OUT = Path(__file__).parents[1] / "src" / "vigie" / "facts" / "cascades" / "cascades.json"
SMALLEST = 2e-5
"""Transitions per decay below which a transition is left out."""
SAME_HALF_LIFE = 0.05
PER_CENT = 100.0
PRODUCT = "multiplierPhotonIntensityBranchingRatioCorrected"
SOURCES = {
    "ensdf": "Evaluated Nuclear Structure Data File, National Nuclear Data Center, Brookhaven",
    "carrier": "paceENSDF 0.6.3, BSD licence, https://github.com/AaronMHurst/pace_ensdf",
}


def folder() -> Path:
    """Return where the files of ENSDF are."""
    spec = find_spec("paceENSDF")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("paceENSDF is not installed: pip install -r requirements/nuclear-data.txt")
    return Path(spec.submodule_search_locations[0]) / "ENSDF_JSON"


def first(rows: list[dict[str, Any]], key: str) -> float:
    """Return a number of the first of a list of records, 0 where there is none."""
    return float((rows[0].get(key) if rows else 0.0) or 0.0)


def capture(level: dict[str, Any]) -> tuple[float, float]:
    """Return K vacancies and positrons per decay that feeds a level."""
    decays = level.get("betaPlusDecay") or level.get("electronCaptureBetaPlusDecay") or []
    if not decays:
        return 0.0, 0.0
    electron = float(decays[0].get("electronCaptureIntensity") or 0.0)
    positron = float(decays[0].get("betaPlusIntensity") or 0.0)
    shells = decays[0].get("calculatedAtomicShellElectronCaptureFractions") or []
    share = first(shells, "calculatedElectronCaptureFractionAtomicShellK")
    total = electron + positron
    # ENSDF states the K shell's share per decay that feeds the level, positrons included.
    return share, positron / total if total > 0.0 else 0.0


def per_hundred(norm: dict[str, Any]) -> float:
    """Return what makes photons per 100 decays of a relative intensity."""
    product = first(norm["productionNormalizationRecord"], PRODUCT)
    record = norm["normalizationRecord"]
    apart = first(record, "multiplerPhotonIntensity") * first(record, "multiplerBranchingRatio")
    return product or apart


def scheme(document: dict[str, Any]) -> dict[str, Any] | None:
    """Return levels and transitions of one data set, None where nothing comes together."""
    scale = per_hundred(document["decaySchemeNormalization"][0])
    levels = document["levelScheme"]
    steps = []
    for level in levels:
        for gamma in level.get("gammaDecay") or []:
            if gamma["levelIndexFinal"] is None or gamma["gammaIntensity"] is None:
                continue
            alpha = gamma["experimentalTotalInternalConversionCoefficient"]
            alpha = alpha or gamma["calculatedTotalInternalConversionCoefficient"] or 0.0
            shells = gamma["calculatedAtomicShellConversionCoefficients"]
            k = first(shells, "calculatedInternalConversionCoefficientAtomicShellK")
            photons = gamma["gammaIntensity"] * scale / PER_CENT
            if photons * (1.0 + alpha) >= SMALLEST:
                numbers = (gamma["gammaEnergy"], photons, alpha, k)
                steps.append((level["levelIndex"], gamma["levelIndexFinal"], *numbers))
    if not {s[0] for s in steps} & {s[1] for s in steps} and not positrons(levels, steps):
        return None
    return packed(document, steps)


def positrons(levels: list[dict[str, Any]], steps: list[tuple[Any, ...]]) -> bool:
    """Tell whether positrons come with gamma rays."""
    upper = {s[0] for s in steps}
    return any(capture(one)[1] > 0.0 for one in levels if one["levelIndex"] in upper)


def packed(document: dict[str, Any], steps: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Return a scheme with the levels that its transitions need."""
    by_index = {one["levelIndex"]: one for one in document["levelScheme"]}
    named = {s[0] for s in steps} | {s[1] for s in steps}
    used = sorted(named, key=lambda i: level_energy(by_index[i]))
    rows = []
    for index in used:
        balance = sum(s[3] * (1 + s[4]) * ((s[0] == index) - (s[1] == index)) for s in steps)
        k, positron = capture(by_index[index])
        isomer = by_index[index].get("isomerDecay") or []
        half_life = first(isomer, "halfLifeConverted") or None
        feeding = max(balance, 0.0) if any(s[0] == index for s in steps) else 0.0
        numbers = (rounded(feeding), k, rounded(positron), half_life)
        rows.append([level_energy(by_index[index]), *numbers])
    place = {index: n for n, index in enumerate(used)}
    out = [[place[s[0]], place[s[1]], s[2], *(rounded(x) for x in s[3:])] for s in steps]
    return {
        "daughter_number": document["daughterAtomicNumber"],
        "levels": rows,
        "transitions": sorted(out, key=lambda s: -s[3]),
    }


def level_energy(level: dict[str, Any]) -> float:
    """Return the energy of a level, keV; of one known but for a constant, the known part."""
    return float(str(level["levelEnergy"] or 0.0).split("+")[0] or 0.0)


def rounded(value: float) -> float:
    """Return a number to six digits."""
    return float(f"{value:.6g}")


def data_sets(name: str) -> list[dict[str, Any]]:
    """Return the decay data sets of a nuclide."""
    half_life = nuclide(name).half_life_s
    found = []
    symbol, _, mass = name.partition("-")
    for path in sorted(folder().glob(f"j_input_{symbol}{mass.split('m')[0]}_*.json")):
        document = json.loads(path.read_text("utf-8"))
        parent = document["parentDecay"][0]
        stated = first(parent["halfLife"], "halfLifeConverted")
        if abs(stated - half_life) <= SAME_HALF_LIFE * half_life:
            found.append(document)
    return found


def main(version: str) -> None:
    """Write the table."""
    table = {}
    for one in all_nuclides():
        found = [s for s in map(scheme, data_sets(one.name)) if s is not None]
        if found:
            table[one.name] = found
    head = {"version": version, "sources": SOURCES, "smallest": SMALLEST, "nuclides": table}
    OUT.write_text(json.dumps(head, separators=(",", ":")) + "\n", "utf-8")
    sys.stdout.write(f"{len(table)} nuclides, {OUT.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1])
