"""Progressive Multi-Channel Correlation: waves across an array, as pixels and families."""

from vigie.signal.pmcc.families import Family, FamilyParams, family_of, link_families
from vigie.signal.pmcc.params import PmccBand, PmccParams, third_octave_bands
from vigie.signal.pmcc.pixels import Pixels
from vigie.signal.pmcc.search import find_pixels

__all__ = [
    "Family",
    "FamilyParams",
    "Pixels",
    "PmccBand",
    "PmccParams",
    "family_of",
    "find_pixels",
    "link_families",
    "third_octave_bands",
]
