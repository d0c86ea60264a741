"""Decay: correction factors, chains, equilibrium, ages."""

from vigie.radionuclide.decay.chain import Chain, chain_of, linear_chain
from vigie.radionuclide.decay.factors import (
    DecayFactors,
    SampleTimes,
    acquisition_factor,
    collection_factor,
    decay_factor,
    decay_factors,
)
from vigie.radionuclide.decay.sample import ChainDecays, chain_decays, evolve

__all__ = [
    "Chain",
    "ChainDecays",
    "DecayFactors",
    "SampleTimes",
    "acquisition_factor",
    "chain_decays",
    "chain_of",
    "collection_factor",
    "decay_factor",
    "decay_factors",
    "evolve",
    "linear_chain",
]
