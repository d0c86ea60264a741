"""Analysis of a particulate sample: from peaks to nuclides, activities and limits."""

from vigie.radionuclide.particulate.analyse import analyse_fitted, analyse_sample
from vigie.radionuclide.particulate.params import ParticulateParams
from vigie.radionuclide.particulate.sample import spectrum_of

__all__ = ["ParticulateParams", "analyse_fitted", "analyse_sample", "spectrum_of"]
