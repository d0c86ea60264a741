"""Analysis of a particulate sample: from peaks to nuclides, activities and limits."""

from vigie.radionuclide.particulate.analyse import analyse_sample
from vigie.radionuclide.particulate.params import ParticulateParams

__all__ = ["ParticulateParams", "analyse_sample"]
