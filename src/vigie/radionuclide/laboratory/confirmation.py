"""What keeps a laboratory's result from being confirmed: its custody, and the station's result.

A result is confirmed where the log of the very sample that was analysed is whole, its seals were,
its times fit those of the collection and of the measurement, and where no nuclide of a comparison
is graded "not acceptable". No comparison is no objection: not every sample is divided.

Source: field sheet 10.2, 10.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vigie.radionuclide.laboratory.comparison import Grade
from vigie.radionuclide.laboratory.custody import confirmable
from vigie.radionuclide.laboratory.custody_times import time_blocks
from vigie.records.reason import Reason

if TYPE_CHECKING:
    from vigie.radionuclide.laboratory.split import SplitComparison
    from vigie.records.custody import CustodyLog
    from vigie.records.nuclide_result import SampleAnalysis

_NO_NAME = "–"


def against_custody(
    analysis: SampleAnalysis,
    log: CustodyLog | None,
    *,
    key: bytes | None = None,
    head: str | None = None,
) -> tuple[Reason, ...]:
    """Return what in its custody keeps a sample's result from being confirmed.

    Parameters
    ----------
    analysis : SampleAnalysis
        Of the measurement that is reported: its sample, its times.
    log : CustodyLog, optional
        None where no custody was recorded, which is an objection.
    key : bytes, optional
        Of the HMAC, where one was used.
    head : str, optional
        Last hash as kept elsewhere.
    """
    sample_id = analysis.sample_id
    sample = sample_id or _NO_NAME
    if log is None:
        return (Reason.of("custody.not_recorded", sample=sample),)
    found = confirmable(log, key=key, head=head)
    # Two samples without a name are not one sample.
    if sample_id and log.sample_id == sample_id:
        return (*found, *time_blocks(analysis, log))
    other = Reason.of("custody.other_log", sample=sample, other=log.sample_id or _NO_NAME)
    return (other, *found)


def against_comparison(sample_id: str, compared: SplitComparison | None) -> tuple[Reason, ...]:
    """Return what in its comparison keeps a portion's result from being confirmed.

    Parameters
    ----------
    sample_id : str
        Of the laboratory's analysis.
    compared : SplitComparison, optional
        None where nothing was compared.
    """
    if compared is None:
        return ()
    portion = compared.split.portion_id
    other = Reason.of("laboratory.other_portion", sample=sample_id or _NO_NAME, other=portion)
    apart = tuple(
        Reason.of("laboratory.not_acceptable", nuclide=one.nuclide, zeta=one.zeta)
        for one in compared.comparisons
        if one.grade is Grade.NOT_ACCEPTABLE
    )
    return apart if portion == sample_id else (other, *apart)
