"""What start-up refuses: a field that shows nothing, or one that the policy does not classify."""

from types import SimpleNamespace

import pytest

from louver.authz.snapshot import Snapshot
from louver.db.officers import OfficerRow
from louver.errors import MisconfiguredError
from louver.resolvers.catalogue import Catalogue
from louver.resolvers.scopes import NONE_BUT_AGENCY
from louver.schema.catalogue import build_catalogue
from louver.schema.declarations import column, entity, entity_of

DECLARED = column(OfficerRow.rank, "Rank.")


def declare(doc: str | None = "A test.", **attributes):
    made = type("Officer", (), {"__doc__": doc, **attributes})
    return entity(OfficerRow, plural="officers", scopes=NONE_BUT_AGENCY)(made)


@pytest.mark.parametrize(
    "stray", ["rank", 3, None, OfficerRow.rank, lambda self: self, property(str), SimpleNamespace()]
)
def test_neither_column_nor_relation(stray):
    """An attribute that declares neither a column nor a relation fails when the class is made, and is named."""
    with pytest.raises(MisconfiguredError, match=r"Officer\.nickname declares neither a column nor a relation"):
        declare(rank=DECLARED, nickname=stray)


def test_no_description():
    """A type without a description fails when the class is made."""
    with pytest.raises(MisconfiguredError, match="Officer has no description"):
        declare(doc=None, rank=DECLARED)


def test_unclassified_field():
    """A field that the matrix does not classify fails at start-up, and says where to classify it."""
    extended = entity_of(declare(shoe_size=column(OfficerRow.badge_number, "Shoe size.")))
    catalogue = Catalogue({**build_catalogue(), "Officer": extended})
    with pytest.raises(MisconfiguredError, match=r"unclassified \['Officer\.shoeSize'\]") as raised:
        catalogue.require_classified(Snapshot.load().coordinates)
    assert "matrix.csv" in raised.value.hint


def test_unknown_coordinate():
    """A coordinate that the matrix classifies and no field shows fails at start-up."""
    with pytest.raises(MisconfiguredError, match=r"unknown \['Officer\.shoeSize'\]"):
        build_catalogue().require_classified(Snapshot.load().coordinates | {"Officer.shoeSize"})


def test_schema_and_policy_agree():
    """The schema and the policy that are shipped have the same coordinates."""
    build_catalogue().require_classified(Snapshot.load().coordinates)
