"""Facts of nuclides: decay data, lists, lines of neutrons, fission yields; each with its source."""

from vigie.facts.nuclides.lists import (
    NuclideList,
    describe_list,
    from_listed,
    list_names,
    listed_as,
    lists_version,
    nuclide_list,
)
from vigie.facts.nuclides.names import normal_name
from vigie.facts.nuclides.records import (
    BetaBranch,
    Branch,
    Coincidence,
    ElectronLine,
    GammaLine,
    LineKind,
    Nuclide,
)
from vigie.facts.nuclides.table import (
    all_nuclides,
    has_nuclide,
    nuclide,
    nuclide_names,
    table_sources,
    table_version,
)

__all__ = [
    "BetaBranch",
    "Branch",
    "Coincidence",
    "ElectronLine",
    "GammaLine",
    "LineKind",
    "Nuclide",
    "NuclideList",
    "all_nuclides",
    "describe_list",
    "from_listed",
    "has_nuclide",
    "list_names",
    "listed_as",
    "lists_version",
    "normal_name",
    "nuclide",
    "nuclide_list",
    "nuclide_names",
    "table_sources",
    "table_version",
]
