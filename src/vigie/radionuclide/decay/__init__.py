"""Decay: correction factors, chains, equilibrium, ages."""

from vigie.radionuclide.decay.chain import Chain, chain_of, linear_chain
from vigie.radionuclide.decay.chronometer import (
    Age,
    activity_ratio,
    age_from_ratio,
    equilibrium_limit,
)
from vigie.radionuclide.decay.equilibrium import (
    SupportedLine,
    equilibrium_activities,
    equilibrium_factor,
    supported_lines,
)
from vigie.radionuclide.decay.factors import (
    DecayFactors,
    SampleTimes,
    acquisition_factor,
    collection_factor,
    decay_factor,
    decay_factors,
)
from vigie.radionuclide.decay.parent_time import parent_daughter_time
from vigie.radionuclide.decay.sample import ChainDecays, chain_decays, evolve

__all__ = [
    "Age",
    "Chain",
    "ChainDecays",
    "DecayFactors",
    "SampleTimes",
    "SupportedLine",
    "acquisition_factor",
    "activity_ratio",
    "age_from_ratio",
    "chain_decays",
    "chain_of",
    "collection_factor",
    "decay_factor",
    "decay_factors",
    "equilibrium_activities",
    "equilibrium_factor",
    "equilibrium_limit",
    "evolve",
    "linear_chain",
    "parent_daughter_time",
    "supported_lines",
]
