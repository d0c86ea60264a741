"""Calibrations that are most often none: 1 nm per count at 1 s.

They stay in the records, so that nothing is lost on the way to another file, but no amplitude in
nm is made of them (``Waveform.calib_is_placeholder``), and that is said.
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
    """Give one notice for all waveforms whose calibration is a placeholder.

    Parameters
    ----------
    placed : iterable of (str, Waveform)
        Waveforms with their place in the file.
    log : IssueLog
        Where the notice goes, at the place of the first of them.
    """
    suspects = [(place, w.channel) for place, w in placed if w.calib_is_placeholder]
    if not suspects:
        return
    names = list(dict.fromkeys(f"{c.station} {c.channel}" for _, c in suspects))
    shown = ", ".join(names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    text = (
        f"calib is 1 nm/count at 1 s for {shown}{more}: most often a placeholder, so amplitudes "
        "stay in counts and make no magnitude; give the response with --stations"
    )
    log.notice(suspects[0][0], "formats.calib_placeholder", text, channels=len(names))
