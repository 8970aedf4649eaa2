"""All declared types."""

from collections.abc import Mapping
from functools import cache

from louver.authz.sights import Needs
from louver.resolvers.catalogue import Catalogue
from louver.resolvers.needs import list_needs
from louver.schema.agencies import Agency, Unit
from louver.schema.declarations import entity_of
from louver.schema.officers import Officer
from louver.schema.trainings import Course, Training
from louver.schema.uof import UofIncident, UofInvolvement, UofSubject


def build_catalogue() -> Catalogue:
    """Collect the declarations."""
    declared = (Agency, Unit, Officer, Course, Training, UofIncident, UofInvolvement, UofSubject)
    entities = [entity_of(declaration) for declaration in declared]
    return Catalogue({entity.name: entity for entity in entities})


@cache
def read_needs() -> Mapping[str, Needs]:
    """List what each coordinate takes to be seen, once."""
    return list_needs(build_catalogue())
