"""When gas comes out after an explosion: what is thought possible before any sample.

What it computes: a mixture of prompt venting, even over the first hours, and of delayed seepage,
exponential and cut at a longest delay; the probability of any interval is closed. Source: field
sheet 9 (prompt 0 to 24 h; seepage of mean 10 to 20 d, to 60 d). The weights are a choice, and
shown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vigie.errors import ParameterError

FloatArray = NDArray[np.float64]
S_PER_H, S_PER_D = 3600.0, 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayPrior:
    """Law of the delay from the event to the release.

    Raises
    ------
    ParameterError
        A number makes no sense.
    """

    prompt_weight: float = 0.5
    prompt_h: float = 24.0
    seepage_mean_d: float = 15.0
    longest_d: float = 60.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.prompt_weight <= 1.0:
            raise ParameterError(
                name="prompt_weight", value=self.prompt_weight, expected="from 0 to 1"
            )
        for name in ("prompt_h", "seepage_mean_d", "longest_d"):
            if not 0.0 < getattr(self, name) < math.inf:
                raise ParameterError(name=name, value=getattr(self, name), expected="above 0")
        if self.prompt_h > 24.0 * self.longest_d:
            raise ParameterError(
                name="prompt_h", value=self.prompt_h, expected="not beyond the longest delay"
            )

    def below(self, delay_s: ArrayLike) -> FloatArray:
        """Return the probability of a shorter delay.

        Examples
        --------
        >>> DelayPrior().below([0.0, 86400.0, 60 * 86400.0]).round(4).tolist()
        [0.0, 0.5328, 1.0]
        """
        delay = np.clip(np.asarray(delay_s, dtype=np.float64), 0.0, self.longest_d * S_PER_D)
        prompt = np.minimum(delay / (self.prompt_h * S_PER_H), 1.0)
        rate = 1.0 / (self.seepage_mean_d * S_PER_D)
        seepage = np.expm1(-rate * delay) / math.expm1(-rate * self.longest_d * S_PER_D)
        return np.asarray(self.prompt_weight * prompt + (1.0 - self.prompt_weight) * seepage)
