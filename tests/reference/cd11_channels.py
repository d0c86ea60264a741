"""Channels of three operational CD-1.1 data frames, and a parser just large enough to cut them out.

The frames come from SNL-GMS (BSD-3) and lie in ``../shared/data/formats/cd11``. Sums, first and
last samples were computed from them by another decoder.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

FRAMES = {
    "H04N_HA04_20180321T214200.bin": 5,
    "KEST_AS_20180403T181050.bin": 3,
    "GERES_PS19_20180402T055000.bin": 14,
}
"""File and number of channels."""

# Station, channel: number of samples, sum, first four, last three.
SAMPLES: dict[tuple[str, str], tuple[int, int, tuple[int, ...], tuple[int, ...]]] = {
    ("H04N1", "EDH"): (2500, 164797101, (65885, 65981, 65787, 65651), (66295, 66410, 66526)),
    ("H04N2", "EDH"): (2500, 162898702, (65342, 65353, 65342, 65345), (64834, 64726, 64727)),
    ("H04N3", "EDH"): (2500, 164577151, (65854, 65985, 65912, 65866), (66416, 66461, 66464)),
    ("KEST", "BHZ"): (400, -36646797, (-92822, -92908, -93013, -93076), (-89591, -89488, -89403)),
    ("KEST", "BH1"): (400, -20180533, (-66657, -66588, -66499, -66412), (-41068, -41213, -41372)),
    ("KEST", "BH2"): (400, -2580401, (-7914, -7965, -8011, -8046), (-3161, -3186, -3185)),
    ("GEC2A", "HHZ"): (800, -30151791, (-37618, -37639, -37657, -37716), (-38545, -38532, -38516)),
    ("GEC2A", "HHN"): (800, -32617899, (-39954, -39957, -39947, -39954), (-40661, -40691, -40671)),
    ("GEC2A", "HHE"): (800, -30713062, (-38825, -38815, -38828, -38852), (-39151, -39166, -39183)),
    ("GEA3", "SHZ"): (400, -15528531, (-38694, -38962, -39314, -38487), (-38245, -38948, -38948)),
    ("GED5", "SHZ"): (400, -15544266, (-38534, -38022, -39160, -39307), (-39832, -38269, -38700)),
    ("GED7", "BHZ"): (400, -16333367, (-40721, -40725, -40728, -40736), (-40911, -40916, -40917)),
    ("GED9", "SHZ"): (400, -15548730, (-39246, -38777, -38461, -39400), (-39143, -38673, -38395)),
}
SUMS: dict[tuple[str, str], int] = {
    ("GEB1", "SHZ"): -15383600,
    ("GEB2", "SHZ"): -16029447,
    ("GEC4", "SHZ"): -9846970,
    ("GEC7", "SHZ"): -16114700,
    ("GED2", "SHZ"): -6130890,
    ("GED7", "BHN"): -15310583,
    ("GED7", "BHE"): -16415080,
}
"""Channels of which only the sum is known."""

_HEADER_BYTES = 36
_CANADIAN = (1, 2)


@dataclass(frozen=True, slots=True)
class Channel:
    """One subframe: what it holds, still encoded."""

    station: str
    channel: str
    data_type: str
    is_canadian: bool
    n_samples: int
    data: bytes


def channels_of(frame: bytes) -> list[Channel]:
    """Cut the channels out of a data frame."""
    (n_channels,) = struct.unpack_from(">i", frame, _HEADER_BYTES)
    at = _HEADER_BYTES + 4 + 4 + 20
    (n_text,) = struct.unpack_from(">i", frame, at)
    at += 4 + _padded(n_text)
    channels = []
    for _ in range(n_channels):
        (length,) = struct.unpack_from(">i", frame, at)
        channels.append(_channel(frame, at + 4))
        at += 4 + length
    return channels


def _channel(frame: bytes, at: int) -> Channel:
    # Authentication offset, then the 24 bytes of the channel description.
    _, transform, _, _, station, channel, _, data_type = struct.unpack_from(
        ">BBBB5s3s2s2s", frame, at + 4
    )
    at += 4 + 24 + 20 + 4
    (n_samples, n_status) = struct.unpack_from(">ii", frame, at)
    at += 8 + _padded(n_status)
    (n_data,) = struct.unpack_from(">i", frame, at)
    return Channel(
        _text(station),
        _text(channel),
        _text(data_type),
        transform in _CANADIAN,
        n_samples,
        frame[at + 4 : at + 4 + n_data],
    )


def _padded(length: int) -> int:
    return (length + 3) // 4 * 4


def _text(value: bytes) -> str:
    return value.rstrip(b"\x00 ").decode()
