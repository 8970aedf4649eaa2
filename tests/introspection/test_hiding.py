"""Mode `hide`: what a caller may not know of answers as what does not exist, byte for byte, wherever it is named."""

import re

import orjson

from louver.authz.vocabulary import DeniedMode
from tests.introspection.places import Places
from tests.introspection.test_exact import introspect, list_members

HIDE = DeniedMode.HIDE


def make_up(name: str) -> str:
    """A name of the same length and letter case that is nowhere in the schema."""
    letters = "QZ" if name.isupper() else "qz"
    return "".join(letters[index % 2] for index in range(len(name)))


class Answers:
    """What one caller is answered, asked once: names of one length have the same stand-in, and it the same answer."""

    def __init__(self, desk, who) -> None:
        self._desk = desk
        self._who = who
        self._known: dict[tuple[str, bytes], bytes] = {}

    async def find_differences(self, places, name: str) -> list:
        """The places where a name that is hidden is answered otherwise than one that does not exist."""
        made_up, found = make_up(name), []
        for place in places:
            hidden, wanted = await self._get(place, name), await self._get(place, made_up)
            if re.sub(rf"\b{name}\b", made_up, hidden.decode()) != wanted.decode():
                found.append((place.label, name, hidden, wanted))
        return found

    async def _get(self, place, name: str) -> bytes:
        query, variables = place.query(name), place.variables(name)
        asked = (query, orjson.dumps(variables))
        if asked not in self._known:
            self._known[asked] = orjson.dumps(await self._desk.ask(self._who, query, variables, HIDE))
        return self._known[asked]


async def test_members(desk, caller):
    """Fields, input fields and enum values."""
    types = await introspect(desk, caller)
    shown = {f"{name}.{member}" for name, named in types.items() for member in list_members(named)}
    places, schema = Places(desk.schema.graphql, shown), desk.schema.graphql
    answers, differences, count = Answers(desk, caller), [], 0
    for owner, named in schema.type_map.items():
        members = getattr(named, "fields", None) or getattr(named, "values", None) or {}
        for member in members:
            if not owner.startswith("__") and owner in types and f"{owner}.{member}" not in shown:
                asked = places.of_member(owner, member)
                count += len(asked)
                differences += await answers.find_differences(asked, member)
    assert differences == []
    assert count > 0


async def test_types(desk, caller):
    """Types in conditions, variables and descriptions."""
    types = await introspect(desk, caller)
    places, answers = Places(desk.schema.graphql, set()), Answers(desk, caller)
    hidden = [name for name in desk.schema.graphql.type_map if name not in types]
    differences = [each for name in hidden for each in await answers.find_differences(places.of_type(name), name)]
    assert differences == []
    assert hidden


BY_ID = (
    "query ($id: ID!) { node(id: $id) { id __typename } }",
    "query ($id: ID!) { agencies(filter: { id: { eq: $id } }) { totalCount } }",
    "query ($id: ID!) { agencies(filter: { not: { units: { some: { id: { in: [$id] } } } } }) { totalCount } }",
    "query ($id: ID!) { agency(id: $id) { id } course(id: $id) { id } }",
)


async def test_ids(desk, caller):
    """The prefix of an id, which is a type's name, tells nothing in a filter, as a node, or where another is meant."""
    types = await introspect(desk, caller)
    differences = []
    for name in desk.schema.catalogue.keys() - types.keys():
        for query in BY_ID:
            prefixes = (name.lower(), make_up(name.lower()))
            answers = [await desk.ask(caller, query, {"id": f"{prefix}_{'0' * 32}"}, HIDE) for prefix in prefixes]
            if answers[0] != answers[1]:
                differences.append((name, query, answers))
    assert differences == []
