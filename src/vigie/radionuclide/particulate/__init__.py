"""Analysis of a particulate sample: from peaks to nuclides, activities and limits."""

from vigie.radionuclide.particulate.analyse import (
    analyse_fitted,
    analyse_sample,
    spectrum_of,
)
from vigie.radionuclide.particulate.params import ParticulateParams

__all__ = ["ParticulateParams", "analyse_fitted", "analyse_sample", "spectrum_of"]
