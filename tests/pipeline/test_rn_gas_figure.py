"""The figure of a germanium gas sample shows the spectrum with its fit."""

from __future__ import annotations

import numpy as np
from tests.radionuclide.noble_gas.support_germanium import xenon_message

from vigie.cli.noblegas import drawings
from vigie.pipeline.radionuclide.gather import Gathered, Measurement
from vigie.pipeline.radionuclide.run import analyse_all


def test_a_germanium_sample_is_drawn_with_its_xenon() -> None:
    message = xenon_message(3, in_cell_bq={"Xe-133": 0.3})
    (one,) = analyse_all(Gathered(measurements=[Measurement("a.phd", message=message)])).samples
    assert one.gas is not None
    spectrum = one.gas.spectrum
    assert spectrum is not None
    assert len(spectrum.windows_kev) == 5
    curve = spectrum.curve
    inside = np.isfinite(curve.fitted)
    # The fit holds the counts of its windows, and without xenon it lacks the rays alone.
    assert np.isclose(curve.fitted[inside].sum(), curve.counts[inside].sum(), rtol=0.02)
    ray = np.abs(curve.energy_kev - 81.0) < 1.5
    found = one.analysis.nuclide("Xe-133")
    assert found is not None
    assert found.detected
    assert (curve.fitted - curve.continuum)[ray].sum() > 500.0
    beside = np.abs(curve.energy_kev - 75.0) < 1.0
    assert np.allclose(curve.fitted[beside], curve.continuum[beside], rtol=0.02)
    drawn = drawings(one)
    (figure,) = drawn["spectrum"]
    titles = [axes.get_title(loc="left") for axes in figure.figure.axes]
    assert "Xe-133 81.0" in titles
    assert "Xe-133m 233.2" in titles
