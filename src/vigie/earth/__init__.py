"""The solid Earth: travel times of each phase, corrections, attenuation."""
