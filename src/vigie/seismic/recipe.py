"""Recipes: the parameters with which a seismic station is processed.

One frozen dataclass of dataclasses, plain values only, so a recipe reads and writes as TOML
and compares and hashes. ``default_recipe`` chooses the filter bank by sampling rate and use.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from vigie.errors import ParameterError
from vigie.seismic.amplitude import A52Params
from vigie.seismic.array_measure import ArrayParams
from vigie.seismic.detection_beams import BeamSetParams
from vigie.seismic.polarization_measure import PolarizationRecipe
from vigie.seismic.s_params import SAfterPParams
from vigie.seismic.sbsnr import SbsnrParams
from vigie.seismic.steps import StepParams
from vigie.seismic.wave_type import WaveTypeParams
from vigie.signal.detectors import StaLtaParams
from vigie.signal.filters import BandPass
from vigie.signal.onset import OnsetParams
from vigie.signal.quality import QualityParams

Use = Literal["any", "teleseismic", "regional", "local"]
"""What a station listens for."""

BANDS = {
    "teleseismic": ((0.5, 1.5), (0.7, 2.0), (1.0, 3.0), (1.5, 3.0), (2.0, 4.0), (1.0, 5.0)),
    "regional": ((0.7, 2.0), (1.0, 3.0), (1.0, 5.0), (2.0, 4.0), (2.0, 8.0), (4.0, 8.0)),
    "local": ((1.0, 5.0), (2.0, 5.0), (2.0, 8.0), (4.0, 8.0), (4.0, 16.0), (8.0, 16.0)),
}
"""Corners in Hz, from the bank that public GMS configurations use (order 3), with the higher
bands that regional signals need."""


CODA_STA_LTA = StaLtaParams(sta_s=1.0, lta_s=4.0, lta_gap_s=0.5, min_lta_s=3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerParams:
    """When a detector's output is a signal, and when several outputs are one signal."""

    threshold: float = 3.0
    """Amplitude ratio STA/LTA (root mean squares) that starts a trigger."""
    release: float = 1.5
    """Ratio that ends it."""
    beam_threshold: float = 3.7
    """For array beams: there are dozens, each with its own chance of a false trigger."""
    horizontal_threshold: float = 3.5
    """For the horizontal channels."""
    coda_threshold: float = 5.0
    """For the detector that compares with the last seconds only."""
    coda_min_product: float = 1.5
    """That detector needs this bandwidth times STA length."""
    short_noise_exponent: float = 0.15
    """The threshold grows with (full / present length of the LTA) to this power."""
    group_s: float = 4.0
    """Triggers of other bands and channels that follow within this belong to the same signal."""
    active_s: float = 10.0
    """A trigger that goes on collects others for so long."""
    separation_s: float = 2.0
    """Onsets closer than this are one."""
    coda_raise: float = 0.35
    """In coda the threshold is raised by this times log10 of the former signal's SNR ..."""
    coda_decay_s: float = 60.0
    """... and the raise decays with this time."""
    end_ratio: float = 1.5
    """A signal lasts until its STA falls below this times the noise before it."""
    max_duration_s: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRecipe:
    """All parameters of the processing of one seismic station."""

    name: str = "default"
    bands: tuple[BandPass, ...] = tuple(BandPass(*c) for c in BANDS["regional"])
    """Filter bank of vertical channels and beams."""
    horizontal_bands: tuple[BandPass, ...] = (
        BandPass(0.7, 2.0),
        BandPass(1.0, 3.0),
        BandPass(2.0, 4.0),
    )
    """Filter bank of horizontal channels (S); empty: none."""
    sta_lta: StaLtaParams = field(default_factory=StaLtaParams)
    coda_sta_lta: StaLtaParams = CODA_STA_LTA
    """Windows that find an onset within the coda of another signal."""
    trigger: TriggerParams = field(default_factory=TriggerParams)
    step: StepParams = field(default_factory=StepParams)
    """Second onsets within a signal."""
    s_after_p: SAfterPParams = field(default_factory=SAfterPParams)
    """S on the horizontals, seconds after P."""
    onset: OnsetParams = field(default_factory=OnsetParams)
    quality: QualityParams = field(default_factory=QualityParams)
    a52: A52Params = field(default_factory=A52Params)
    sbsnr: SbsnrParams = field(default_factory=SbsnrParams)
    array: ArrayParams = field(default_factory=ArrayParams)
    beams: BeamSetParams = field(default_factory=BeamSetParams)
    polarization: PolarizationRecipe = field(default_factory=PolarizationRecipe)
    wave_type: WaveTypeParams = field(default_factory=WaveTypeParams)

    def __post_init__(self) -> None:
        if not self.bands:
            raise ParameterError(name="bands", value="none", expected="give at least one band")

    @property
    def history_s(self) -> float:
        """Record before an instant that its detections depend on."""
        noise_s = self.a52.noise_length_s + self.a52.noise_gap_s + 10.0
        detector_s = self.sta_lta.lta_s + self.sta_lta.lta_gap_s + self.sta_lta.sta_s
        return self.trigger.max_duration_s + max(noise_s, detector_s) + 60.0

    @property
    def lookahead_s(self) -> float:
        """Record after an instant that is needed before its detections are final."""
        return self.trigger.max_duration_s + self.trigger.active_s + 10.0


def carries_a_band(rate_hz: float) -> bool:
    """Tell whether short-period signals can be seen at a sampling rate at all (4 Hz and more)."""
    return any(BandPass(*c).fits(rate_hz) for name in BANDS for c in BANDS[name])


def default_recipe(rate_hz: float, use: Use = "any") -> StationRecipe:
    """Return the recipe for a station of this sampling rate.

    Parameters
    ----------
    rate_hz : float
        Highest sampling rate of its vertical channels.
    use : {"any", "teleseismic", "regional", "local"}
        What to listen for; "any" takes the bands of all, as far as the rate carries them.

    Raises
    ------
    ParameterError
        Unknown use, or a rate at which no band fits.
    """
    if use != "any" and use not in BANDS:
        raise ParameterError(
            name="use", value=use, expected=f"one of any, {', '.join(sorted(BANDS))}"
        )
    corners = (
        sorted({c for name in ("teleseismic", "regional") for c in BANDS[name]})
        if use == "any"
        else BANDS[use]
    )
    bands = tuple(b for b in (BandPass(*c) for c in corners) if b.fits(rate_hz))
    if not bands:
        raise ParameterError(
            name="rate_hz", value=rate_hz, expected="a rate that carries the lowest band (4 Hz)"
        )
    horizontal = tuple(b for b in StationRecipe().horizontal_bands if b.fits(rate_hz))
    return StationRecipe(name=use, bands=bands, horizontal_bands=horizontal)
