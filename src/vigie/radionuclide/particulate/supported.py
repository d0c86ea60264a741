"""Results of daughters that are there because their parent keeps them.

Activity: of the daughter at the start of the acquisition. Concentration, its error, L_C and MDC: of
the parent that keeps it, by the lines of the daughter, converted with the parent's K_c and K_d. By
itself the daughter would have decayed as its own half-life says: limits converted with that are of
something else (I-132 of a day ago, 2.3 h: 13 half-lives) and could exceed what is found.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from vigie.facts.nuclides import nuclide
from vigie.radionuclide.particulate.evidence import line_evidence
from vigie.radionuclide.particulate.quantities import concentration_factor, probability
from vigie.records import LineState, NuclideResult, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from vigie.radionuclide.particulate.identify import Identified
    from vigie.radionuclide.particulate.limits import NuclideLimit
    from vigie.radionuclide.particulate.quantities import Quantities
    from vigie.radionuclide.particulate.sources import Emitter, Source
    from vigie.records import LineEvidence


def supported_results(
    quantities: Quantities, limit: Callable[[Source, str], NuclideLimit | None]
) -> list[NuclideResult]:
    """Return nuclides that are there because what was collected decays to them.

    Parameters
    ----------
    quantities : Quantities
    limit : callable
        Returns of a parent and the name of a daughter the limits of the daughter's lines, in Bq
        of the parent; None where it has none.
    """
    from vigie.radionuclide.particulate.sources import library

    found = quantities.found
    out = []
    listed = set(library())
    for index in np.flatnonzero(found.detected):
        source = found.sources[int(index)]
        for emitter in source.emitters[1:]:
            if emitter.name not in listed or emitter.activity <= 0.0:
                continue
            evidence = tuple(
                one for one, name in _with_emitters(found, int(index)) if name == emitter.name
            )
            seen = any(one.state in (LineState.SEEN, LineState.SHARED) for one in evidence)
            if not seen:
                continue
            held = limit(source, emitter.name)
            made = _supported(source, emitter, (held, evidence), quantities)
            # Below its critical level nothing is stated as found: the parent alone is.
            if made.critical_level is None or (made.concentration or 0.0) >= made.critical_level:
                out.append(made)
    return out


def _with_emitters(found: Identified, index: int) -> list[tuple[LineEvidence, str]]:
    evidence = line_evidence(found, index)
    table = found.table
    own = np.flatnonzero(table.source == index)
    names = {float(table.energy_kev[i]): table.emitter[i] for i in own}
    return [(one, names[one.energy_kev]) for one in evidence]


def _supported(
    source: Source,
    emitter: Emitter,
    seen: tuple[NuclideLimit | None, tuple[LineEvidence, ...]],
    quantities: Quantities,
) -> NuclideResult:
    """Return a daughter's activity; concentration and limits are those of what its parent keeps."""
    found, name, share = quantities.found, emitter.name, emitter.activity
    limit, evidence = seen
    index = [one.key for one in found.sources].index(source.key)
    own = [k for k, one in enumerate(found.sources) if one.name == name and found.solution.kept[k]]
    activity = share * float(found.solution.amount[index])
    variance = share**2 * float(quantities.total[index, index])
    for k in own:
        activity += float(found.solution.amount[k])
        variance += float(quantities.total[k, k]) + 2.0 * share * float(quantities.total[k, index])
    known = not quantities.unknown
    sigma = sqrt(max(variance, 0.0))
    per_bq, unit = concentration_factor(source, quantities)
    airborne = known and unit != "Bq"
    stated = limit if airborne else None
    return NuclideResult(
        nuclide=name,
        method="peaks",
        activity_bq=activity if known else None,
        activity_sigma_bq=sigma if known else None,
        concentration=activity / share * per_bq if airborne else None,
        uncertainty=sigma / share * per_bq if airborne else None,
        unit=unit if known else "Bq",
        critical_level=stated.critical_bq * per_bq if stated else None,
        mdc=stated.mdc_bq * per_bq if stated else None,
        detected=True,
        probability=probability(found, index),
        evidence=evidence,
        mdc_line_kev=stated.line_kev if stated else None,
        half_life_s=nuclide(name).half_life_s,
        supported_by=source.name,
        decay_factors=source.factors,
        remarks=(Reason.of("particulate.kept_by", parent=source.name, nuclide=name),),
    )
