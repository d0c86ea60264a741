"""What association left out, in words."""

from __future__ import annotations

from vigie.products.skipped import skipped_lines
from vigie.records import Detection


def test_reasons_are_words_with_the_stations() -> None:
    found = [
        Detection(id=str(k), station=f"S{k:02d}", time_ns=k, author="", analysis="")
        for k in range(14)
    ]
    skipped = [(str(k), "unknown_station") for k in range(10)]
    skipped += [("10", "phase_LR"), ("11", "phase_N"), ("12", "phase_N"), ("13", "of_tomorrow")]
    assert skipped_lines(found, skipped) == [
        (
            "detections left out: 10, of S00, S01, S02, S03, S04, S05, S06, S07 and 2 more: "
            "no coordinates are known of the station; give them with --stations FILE"
        ),
        "detections left out: 2, of S11, S12: judged to be noise",
        "detections left out: 1, of S10: LR is not used to find events",
        "detections left out: 1, of S13: of_tomorrow",
    ]
