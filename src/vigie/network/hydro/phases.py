"""Phases in the water, and what the class of an arrival tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vigie.records import Detection, Technology

if TYPE_CHECKING:
    from vigie.network.hydro.params import HydroParams

WATER = frozenset({"H", "T", "O"})
"""H of a source in the water, T of one in rock, O others."""
CLASSES = ("H", "T", "N")


def is_hydro(detection: Detection) -> bool:
    """Tell whether an arrival came through the sea: by its phase, else by its technology.

    Examples
    --------
    >>> is_hydro(Detection(id="1", station="ABC", time_ns=0, phase="T"))
    True
    >>> is_hydro(Detection(id="1", station="H10N", time_ns=0, phase="P",
    ...                    technology=Technology.HYDROACOUSTIC))
    False
    """
    phase = (detection.phase or "").strip()
    if phase:
        return phase in WATER
    return detection.technology is Technology.HYDROACOUSTIC


def class_probabilities(d: Detection, params: HydroParams) -> tuple[float, float, float]:
    """Return the probabilities of H, T and N, each at least the floor."""
    stated = dict(d.class_probabilities)
    if not stated:
        rest = (1.0 - params.label_trust) / 2.0
        stated = {c: params.label_trust if c == d.phase else rest for c in CLASSES}
        if d.phase not in ("H", "T"):
            stated = dict.fromkeys(CLASSES, 1.0 / 3.0)
    values = np.array([max(stated.get(c, 0.0), 0.0) for c in CLASSES])
    values = values / max(float(values.sum()), 1e-12)
    values = params.class_floor + (1.0 - 3.0 * params.class_floor) * values
    return float(values[0]), float(values[1]), float(values[2])


def class_gains(d: Detection, params: HydroParams) -> tuple[float, float]:
    """Return the log of p(class | H) and p(class | T) over that of what is of no event.

    The classifier's probabilities hold for classes that are equally frequent, so they are in
    proportion to those of the signal given the class. An arrival that is noise gains nothing ever:
    minus infinity.
    """
    found = class_probabilities(d, params)
    if d.phase == "N" or found[2] > max(found[0], found[1]):
        return -np.inf, -np.inf
    noise = float(np.dot(found, params.noise_classes))
    return float(np.log(found[0] / noise)), float(np.log(found[1] / noise))
