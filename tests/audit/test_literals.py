"""What stands in a document is digested like a variable: a value is found whichever way it was sent."""

import pytest
from graphql import parse

from louver.logging import ValueDigest
from louver.schema.literals import list_literals

DIGEST = ValueDigest(b"a key")
WHOLE = """
query Q($first: Int = 25, $x: String) @live(of: "op") {
  officers(first: 10, filter: {and: [{rank: {eq: "Whitcombe"}}, {badge: {in: [1, 2.5, true, null, $x]}}]}) {
    nodes { ...on Officer { trainings(orderBy: [HOURS_DESC]) { totalCount @skip(if: false) } ...F } }
  }
  other: officers(first: 7) { totalCount }
}
fragment F on Officer { node(id: "officer_1") { id } }
"""


def read(text):
    return list_literals(parse(text)).values


class TestListLiterals:
    def test_every_place(self):
        """Arguments of fields and directives, defaults of variables, in fragments and at any depth."""
        assert read(WHOLE) == {
            "defaults": {"first": [25]},
            "live": {"of": ["op"]},
            "officers": {
                "first": [10, 7],
                "filter": [{"and": [{"rank": {"eq": "Whitcombe"}}, {"badge": {"in": [1, 2.5, True, None, None]}}]}],
            },
            "trainings": {"orderBy": [["HOURS_DESC"]]},
            "skip": {"if": [False]},
            "node": {"id": ["officer_1"]},
        }

    @pytest.mark.parametrize("text", ["{officers{totalCount}}", "query($x:Int){officers(first:$x){totalCount}}"])
    def test_nothing_said(self, text):
        """A document without values has none: its variables are recorded by themselves."""
        assert read(text) == {}

    def test_endless_number(self):
        """A number of more digits than can be read is kept as it was written, and fails nothing."""
        assert read(f"{{officers(first: {'9' * 5000}) {{totalCount}}}}") == {"officers": {"first": ["9" * 5000]}}


class TestDigest:
    @pytest.mark.parametrize(
        ("literal", "sent"), [('"Whitcombe"', "Whitcombe"), ("7", 7), ("7.5", 7.5), ("true", True)]
    )
    def test_same_as_variable(self, literal, sent):
        """A value in the document has the digest that it would have as a variable, and is looked up by its text."""
        arguments = DIGEST.arguments(list_literals(parse(f"{{officers(x: {literal}) {{id}}}}")))
        digest = DIGEST.variables({"x": sent})["x"]
        assert arguments == {"officers": {"x": [digest]}}
        assert digest in DIGEST.forms(literal.strip('"'))

    def test_document_needs_the_key(self):
        """A document's digest cannot be computed without the key, so that no literal in it can be tried."""
        assert DIGEST.document("a" * 64) == ValueDigest(b"a key").document("a" * 64) != "a" * 64
        assert DIGEST.document("a" * 64) != ValueDigest(b"another").document("a" * 64)
