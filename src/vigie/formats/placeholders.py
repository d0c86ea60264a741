"""Calibrations that are most often none: 1 nm per count at 1 s.

CSS3.0 has 1 as the null of ``calib`` (Anderson et al. 1990), and many writers of GSE and IMS
messages put 1 at 1 s where they know no calibration. It may be true all the same, so it is taken,
and said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vigie.formats.base import IssueLog
    from vigie.records import Waveform

_NAMED = 8
"""So many channels are named."""


def tell_placeholders(placed: Iterable[tuple[str, Waveform]], log: IssueLog) -> None:
    """Give one notice for all waveforms whose calibration may be a placeholder.

    Parameters
    ----------
    placed : iterable of (str, Waveform)
        Waveforms with their place in the file.
    log : IssueLog
        Where the notice goes, at the place of the first of them.
    """
    suspects = [(place, w.channel) for place, w in placed if (w.calib, w.calper_s) == (1.0, 1.0)]
    if not suspects:
        return
    names = list(dict.fromkeys(f"{c.station} {c.channel}" for _, c in suspects))
    shown = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    text = (
        f"calib is 1 nm/count at 1 s for {shown}{more}: most often a placeholder, but taken as it "
        "stands. Unless it is true, amplitudes in nm are counts and magnitudes are wrong; give the "
        "response with --stations"
    )
    log.notice(suspects[0][0], "formats.calib_placeholder", text, channels=len(names))
