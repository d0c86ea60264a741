"""Read the decay schemes of ENSDF that paceENSDF ships as JSON (BSD; ENSDF: Brookhaven)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODES = {
    "betaMinusDecay": "beta-",
    "electronCaptureBetaPlusDecay": "ec",
    "alphaDecay": "alpha",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A transition between two levels of the daughter; intensities per decay of the parent."""

    energy_kev: float
    energy_sigma_kev: float | None
    start: int
    """Index of the upper level."""
    end: int
    intensity: float
    """Photons."""
    intensity_sigma: float | None
    conversion: float
    """Internal conversion coefficient alpha: electrons per photon."""
    conversion_k: float
    """Of the K shell alone; 0 where not stated."""

    @property
    def total(self) -> float:
        """Photons and electrons."""
        return self.intensity * (1.0 + self.conversion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of the daughter."""

    energy_kev: float
    stated: str
    """The energy as ENSDF writes it: ``236.5``, ``0.0+X`` where only differences are known."""
    half_life_s: float | None
    half_life_sigma_s: float | None
    feeding: float
    """Per decay of the parent, by beta, electron capture or alpha."""
    captures_k: float
    """Vacancies of the K shell by electron capture to this level, per decay of the parent."""
    positrons: float
    """Per decay of the parent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One decay data set: parent, one mode, levels and transitions of the daughter."""

    parent: tuple[int, int]
    """Atomic and mass number."""
    parent_level: str
    """Energy as ENSDF writes it: ``0``, ``236.04``, ``0.0+X``."""
    daughter: tuple[int, int]
    mode: str
    half_life_s: float
    half_life_sigma_s: float | None
    branching: float
    normalised: bool
    """Whether intensities are per decay; False where the file has no normalisation."""
    levels: tuple[Level, ...]
    transitions: tuple[Transition, ...]
    betas: tuple[tuple[float, float, float | None, bool], ...]
    """End point (keV), intensity, its error, and whether it is of positrons."""
    path: str


def schemes(site_packages: Path) -> Iterator[Scheme]:
    """Return every data set whose parent has a half-life."""
    folder = site_packages / "paceENSDF" / "ENSDF_JSON"
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text())
        if document["parentDecay"][0]["halfLife"]:
            yield _scheme(document, path.name)


def _scheme(document: dict[str, Any], path: str) -> Scheme:
    normal = document["decaySchemeNormalization"][0]
    record = normal["normalizationRecord"][0]
    production = normal["productionNormalizationRecord"][0]
    branching = float(record["multiplerBranchingRatio"] or 1.0)
    photons = production["multiplierPhotonIntensityBranchingRatioCorrected"]
    if photons is None:
        photons = (record["multiplerPhotonIntensity"] or 1.0) * branching
    leptons = branching
    if document["decayMode"] != "alphaDecay":
        leptons *= float(record["multiplerLeptonIntensity"] or 1.0)
    half_life = document["parentDecay"][0]["halfLife"][0]
    levels = document["levelScheme"]
    return Scheme(
        parent=(document["parentAtomicNumber"], document["parentAtomicMass"]),
        parent_level=str(document["levelEnergyParentDecay"]),
        daughter=(document["daughterAtomicNumber"], document["daughterAtomicMass"]),
        mode=MODES[document["decayMode"]],
        half_life_s=float(half_life["halfLifeConverted"]),
        half_life_sigma_s=half_life["dHalfLifeConverted"] or None,
        branching=branching,
        normalised=bool(record["recordExistsNR"] or production["recordExistsPNR"]),
        levels=tuple(_level(level, leptons / 100.0) for level in levels),
        transitions=tuple(_transitions(levels, float(photons) / 100.0)),
        betas=tuple(sorted(_betas(levels, leptons / 100.0), key=lambda one: -one[1])),
        path=path,
    )


def _level(level: dict[str, Any], scale: float) -> Level:
    life = level["isomerDecay"][0] if level["isomerDecay"] else {}
    fed = captures = positrons = 0.0
    for one in level.get("betaMinusDecay") or ():
        fed += one["betaMinusIntensity"] or 0.0
    for one in level.get("alphaDecay") or ():
        fed += one["alphaIntensity"] or 0.0
    for one in level.get("betaPlusDecay") or ():
        pair = (one["electronCaptureIntensity"] or 0.0) + (one["betaPlusIntensity"] or 0.0)
        total = one["totalElectronCaptureBetaPlusIntensity"] or pair
        shells = one["calculatedAtomicShellElectronCaptureFractions"][0]
        fed += total
        captures += total * (shells["calculatedElectronCaptureFractionAtomicShellK"] or 0.0)
        positrons += one["betaPlusIntensity"] or 0.0
    return Level(
        energy_kev=_energy(level["levelEnergy"]),
        stated=str(level["levelEnergy"]),
        half_life_s=life.get("halfLifeConverted"),
        half_life_sigma_s=life.get("dHalfLifeConverted") or None,
        feeding=fed * scale,
        captures_k=captures * scale,
        positrons=positrons * scale,
    )


def _transitions(levels: list[dict[str, Any]], scale: float) -> Iterator[Transition]:
    index = {level["levelIndex"]: place for place, level in enumerate(levels)}
    for level in levels:
        for gamma in level["gammaDecay"]:
            if gamma["gammaEnergy"] is None or gamma["levelIndexFinal"] is None:
                continue
            sigma = gamma["dGammaIntensity"]
            total, shell_k = _conversion(gamma)
            yield Transition(
                energy_kev=_energy(gamma["gammaEnergy"]),
                energy_sigma_kev=gamma["dGammaEnergy"] or None,
                start=index[gamma["levelIndexInitial"]],
                end=index[gamma["levelIndexFinal"]],
                intensity=float(gamma["gammaIntensity"] or 0.0) * scale,
                intensity_sigma=sigma * scale if sigma else None,
                conversion=total,
                conversion_k=shell_k,
            )


def _conversion(gamma: dict[str, Any]) -> tuple[float, float]:
    calculated = gamma["calculatedAtomicShellConversionCoefficients"][0]
    measured = gamma["experimentalAtomicShellConversionCoefficients"][0]
    total = (
        gamma["calculatedTotalInternalConversionCoefficient"]
        or gamma["experimentalTotalInternalConversionCoefficient"]
        or 0.0
    )
    shell_k = (
        calculated["calculatedInternalConversionCoefficientAtomicShellK"]
        or measured["experimentalInternalConversionCoefficientAtomicShellK"]
        or 0.0
    )
    return float(total), min(float(shell_k), float(total))


def _betas(
    levels: list[dict[str, Any]], scale: float
) -> Iterator[tuple[float, float, float | None, bool]]:
    for level in levels:
        for kind, key, plus in (
            ("betaMinusDecay", "BetaMinus", False),
            ("betaPlusDecay", "BetaPlus", True),
        ):
            for one in level.get(kind) or ():
                name = f"{key[0].lower()}{key[1:]}Intensity"
                share, end = one[name], one[f"endPoint{key}Energy"]
                if share and end:
                    sigma = one[f"d{key}Intensity"]
                    yield end, share * scale, sigma * scale if sigma else None, plus


def _energy(stated: float | str) -> float:
    # "236.5+X" where only the offset to another level is known: X is small beside it.
    number = re.match(r"[0-9.]+", str(stated))
    return float(number[0]) if number else 0.0
