"""Simulated hydrophone recordings: explosions, T phases, ships, whales, airguns, ice, in noise."""

from vigie.simulate.hydroacoustic.ranges import TESTING, TRAINING, SceneRanges
from vigie.simulate.hydroacoustic.scene import Scene, Truth, simulate_scene

__all__ = ["TESTING", "TRAINING", "Scene", "SceneRanges", "Truth", "simulate_scene"]
