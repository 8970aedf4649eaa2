"""What is to be done for each agency: its bundles, and what they become."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from louver.db.importing.agencies import Agency
from louver.db.importing.bundles import Bundle
from louver.db.importing.filling import draft_bundle
from louver.db.importing.merging import BundledDrafts, find_clashes
from louver.db.importing.rules import ImportMapping

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""
_STRIDE = 500


@dataclass(slots=True)
class Work:
    """What is to be done for one agency."""

    agency: Agency
    drafted: BundledDrafts = field(default_factory=list)

    @property
    def sound(self) -> BundledDrafts:
        """The bundles without a fault, and what they become."""
        return [(bundle, drafts) for bundle, drafts in self.drafted if not bundle.faults]

    @property
    def rows_read(self) -> int:
        """How many source rows are this agency's."""
        return sum(bundle.rows_count for bundle, _ in self.drafted)

    @property
    def rows_rejected(self) -> int:
        """How many of them are not put in."""
        return sum(bundle.rows_count for bundle, _ in self.drafted if bundle.faults)


def plan_works(
    mapping: ImportMapping, agencies: Mapping[str, Agency], bundles: list[Bundle], progress: Progress
) -> list[Work]:
    """Draft what becomes of each bundle, agency by agency; what is wrong is added to the bundles' faults."""
    works = {agency.id: Work(agency) for agency in agencies.values()}
    for place, bundle in enumerate(bundles):
        if place % _STRIDE == 0:
            progress("checking rows", place, len(bundles))
        agency = _find_agency(mapping, agencies, bundle)
        if agency is not None:
            drafts = [] if bundle.faults else draft_bundle(mapping, bundle, agency.zone)
            works[agency.id].drafted.append((bundle, drafts))
    for work in works.values():
        find_clashes(work.drafted)
    return [work for work in works.values() if work.drafted]


def count_rejected(bundles: Iterable[Bundle]) -> int:
    """Count the source rows that are not put in."""
    return sum(bundle.rows_count for bundle in bundles if bundle.faults)


def _find_agency(mapping: ImportMapping, agencies: Mapping[str, Agency], bundle: Bundle) -> Agency | None:
    if mapping.agency_column is None:
        return agencies[""]
    found = None
    for row in bundle.rows.get(mapping.main, ()):
        agency = agencies.get(row.cells.get(mapping.agency_column, "").casefold())
        if agency is None or found not in {None, agency}:
            bundle.faults.append(row.reject(mapping.agency_column, "is not one agency that the mapping names"))
            return None
        found = agency
    return found
