"""Imports of CSV files by a mapping: read, checked, brought together and written, all or nothing."""

from louver.db.importing.agencies import AgencyChoice
from louver.db.importing.mapping_file import find_mapping, list_shipped, read_mapping
from louver.db.importing.rejections import Rejection, as_csv
from louver.db.importing.reports import AgencyReport, ImportReport, Outcome
from louver.db.importing.rows import Inspect
from louver.db.importing.rules import ImportMapping
from louver.db.importing.run import ImportOptions, run_import
from louver.db.importing.sources import Source, choose_sources
from louver.db.importing.works import Progress

__all__ = [
    "AgencyChoice",
    "AgencyReport",
    "ImportMapping",
    "ImportOptions",
    "ImportReport",
    "Inspect",
    "Outcome",
    "Progress",
    "Rejection",
    "Source",
    "as_csv",
    "choose_sources",
    "find_mapping",
    "list_shipped",
    "read_mapping",
    "run_import",
]
