"""Laboratory samples: portions by their identification, comparison of results, custody."""

from vigie.radionuclide.laboratory.comparison import (
    Comparison,
    Grade,
    Measured,
    compare,
    compare_own,
    grade,
    to_reference,
)
from vigie.radionuclide.laboratory.confirmation import against_comparison, against_custody
from vigie.radionuclide.laboratory.custody import (
    append,
    confirmable,
    entry_hash,
    from_json,
    to_json,
    verify,
)
from vigie.radionuclide.laboratory.split import IMPOSSIBLE, Split, SplitComparison, compare_split
from vigie.radionuclide.laboratory.srid import (
    SampleReference,
    is_portion_of,
    parse_srid,
    split_srids,
)
from vigie.radionuclide.laboratory.volumes import volume_relative

__all__ = [
    "IMPOSSIBLE",
    "Comparison",
    "Grade",
    "Measured",
    "SampleReference",
    "Split",
    "SplitComparison",
    "against_comparison",
    "against_custody",
    "append",
    "compare",
    "compare_own",
    "compare_split",
    "confirmable",
    "entry_hash",
    "from_json",
    "grade",
    "is_portion_of",
    "parse_srid",
    "split_srids",
    "to_json",
    "to_reference",
    "verify",
    "volume_relative",
]
