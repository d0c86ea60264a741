"""Level schemes of decays whose photons come together: for true-coincidence summing.

Sources: ENSDF (Brookhaven) as carried by paceENSDF 0.6.3 (BSD), written by
``builders/build_cascades.py``. Feeding of a level is the balance of transitions out of and into it,
so that intensities add up to those measured. Levels hold what the gamma rays need and no more:
transitions below 2e-5 per decay are left out.
"""

from vigie.facts.cascades.table import Cascade, Level, Transition, cascades, cascades_version

__all__ = ["Cascade", "Level", "Transition", "cascades", "cascades_version"]
