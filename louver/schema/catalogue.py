"""All declared types."""

from louver.resolvers.catalogue import Catalogue
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
