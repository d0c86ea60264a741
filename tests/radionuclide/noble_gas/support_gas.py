"""What tests of noble gas share: real messages, and one small simulated cell."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from vigie.formats import Source
from vigie.formats.ims_radionuclide import FORMAT
from vigie.simulate.radionuclide.beta_gamma import (
    Campaign,
    CellResponse,
    GasTruth,
    cell_response,
    simulate_campaign,
)

if TYPE_CHECKING:
    from pathlib import Path

    from vigie.records import PulseHeight

SAMPLE, CALIBRATION = "SAMPLE20211203070613605.PHD", "SPIKE20190502222812845.PHD"


def real_message(folder: Path, name: str) -> PulseHeight:
    path = folder / "radionuclide" / "phd" / name
    (message,) = FORMAT.read(Source(name, path.read_bytes())).pulse_heights
    return message


@lru_cache(maxsize=1)
def small_response() -> CellResponse:
    return cell_response(np.random.default_rng(17), n_decays=150_000)


def campaign(truth: GasTruth | None = None, seed: int = 1) -> Campaign:
    return simulate_campaign(small_response(), truth or GasTruth(), np.random.default_rng(seed))
