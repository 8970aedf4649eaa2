"""Laws of what is answered, over drawn worlds, policies and callers."""

from dataclasses import replace

import pytest

from louver.authz import Act, PolicyLine, Role, Snapshot
from louver.authz.explaining import Explainer
from louver.authz.facts import AgencyFacts
from louver.authz.shipped import read_policy
from louver.authz.sights import look
from louver.errors import MisconfiguredError
from louver.proof.dice import SeededDice, pick
from louver.proof.reading import Reading
from louver.resolvers.needs import list_needs
from tests.proof.seeing import ask, cells_seen, fields_of, introduce, see

READING = (Act.VIEW, Act.VIEW_MASKED, Act.VIEW_AGGREGATE)
GROUPS = ("officer_name", "uof_occurrence", "record_core")
CEILED = {Role.PUBLIC_PORTAL, Role.SUPPORT, Role.PARTNER}


def _nodes(page):
    return page["nodes"] if page else []


def with_roles(caller, add):
    """The caller with other roles in each place."""
    return replace(caller, places=tuple(replace(place, roles=add(place.roles)) for place in caller.places))


def test_explained_is_answered(room, check_each):
    """A field is denied in an answer exactly where an explanation says so, on the rows that it says."""
    catalogue = room.workshop.schema.catalogue
    needs = list_needs(catalogue)

    def check(trial):
        for caller, _ in trial.askers:
            # Rows that a support grant names are no part of an explanation: it speaks of roles.
            alone = replace(caller, places=(replace(caller.places[0], named=None),))
            place, snapshot = alone.places[0], Snapshot.build(room.workshop.defaults, trial.lines)
            own = tuple(line for line in trial.lines if line.dom == place.agency_id.hex)
            explainer = Explainer(AgencyFacts(place.agency_id, own, place.modules, place.subscription), needs)
            rights = alone.as_principal(snapshot).memberships[0].rights
            _, notes = see(room, trial.world, trial.lines, alone)
            for entity in catalogue.values():
                if notes.get(f"Query.{entity.plural}") == "DENIED":
                    continue
                to_one = [relation.name for relation in entity.relations.values() if not relation.many]
                for coordinate in [entity.coordinate(member) for member in (*entity.columns, *to_one)]:
                    sight = look(rights, coordinate, needs[coordinate])
                    assert sight.degree.is_shown == (notes.get(coordinate) != "DENIED"), coordinate
                    explained = explainer.explain(place.roles, coordinate, scopes=place.scopes)
                    assert (explained.effect, explained.rows) == (sight.degree, sight.rows)

    check_each(check, count=12)


def test_explained_is_decided(room, check_each):
    """Of one coordinate alone: the rows explained are those decided, and those that the lines say."""

    def check(trial):
        reading = Reading([*room.workshop.defaults, *trial.lines])
        snapshot = Snapshot.build(room.workshop.defaults, trial.lines)
        for caller, _ in trial.askers:
            principal = caller.as_principal(snapshot)
            for place, membership in zip(caller.places, principal.memberships, strict=True):
                read = reading.rights_of(place)
                for coordinate in sorted(snapshot.coordinates | snapshot.types):
                    decision = membership.rights.decide(coordinate)
                    right = read.get(coordinate)
                    assert (decision.view, decision.masked) == ((right.view, right.masked) if right else ((), ())) or (
                        not right and decision.is_denied
                    )
                    sight = look(membership.rights, coordinate)
                    assert (sight.view, sight.aggregate) == (decision.view, decision.aggregate)

    check_each(check, count=20)


def test_list_node_and_nested_agree(room, check_each):
    """The same row shows the same in a list, alone by its id, and below its agency."""
    catalogue = room.workshop.schema.catalogue

    def check(trial):
        for caller, _ in trial.askers:
            seen, _ = see(room, trial.world, trial.lines, caller)
            service, key = introduce(room, trial.world, trial.lines, caller)
            nested = {}
            for name, relation in catalogue["Agency"].relations.items():
                entity = catalogue[relation.target]
                below = f"{name}(first: 50) {{ nodes {{ {fields_of(entity)} }} }}"
                agencies = _nodes(
                    ask(room, service, key, f"{{ agencies {{ nodes {{ {below} }} }} }}")["data"]["agencies"]
                )
                nested[entity.name] = {node["id"]: node for agency in agencies for node in _nodes(agency[name])}
            for name, rows in nested.items():
                assert rows.items() <= seen[name].items()
            for name, rows in seen.items():
                for row_id, node in list(rows.items())[:3]:
                    single = f"{name[0].lower()}{name[1:]}"
                    fields = fields_of(catalogue[name])
                    alone = f'{single}(id: "{row_id}") {{ {fields} }}'
                    by_node = f'node(id: "{row_id}") {{ ... on {name} {{ {fields} }} }}'
                    content = ask(room, service, key, f"{{ {alone} {by_node} }}")
                    assert content["data"] == {single: node, "node": node}

    check_each(check, count=8)


def test_a_deny_never_widens(room, check_each):
    """With one more line that forbids, nobody is shown a cell more."""
    types = sorted(room.setting.catalogue)
    objects = [*types, *(f"{name}.*" for name in types), *GROUPS, "Officer.unit", "Officer.undercoverName"]

    def check(trial):
        dice = SeededDice(trial.seed)
        for caller, _ in trial.askers:
            before = cells_seen(see(room, trial.world, trial.lines, caller)[0])
            place = pick(dice, caller.places)
            deny = PolicyLine.for_agency(
                place.agency_id,
                sub=pick(dice, place.roles),
                obj=pick(dice, objects),
                act=pick(dice, READING),
                rows="agency",
                eft="deny",
            )
            after = cells_seen(see(room, trial.world, [*trial.lines, deny], caller)[0])
            assert after <= before

    check_each(check, count=12)


def test_a_role_never_narrows(room, check_each):
    """With one more role nobody is shown a cell less, unless a line denies that role something."""

    def check(trial):
        role = pick(SeededDice(trial.seed), [str(role) for role in Role if role not in CEILED])
        lines = [line for line in trial.lines if not (line.sub == role and line.is_deny)]
        for caller, _ in trial.askers:
            before = cells_seen(see(room, trial.world, lines, caller)[0])
            more = with_roles(caller, lambda roles: tuple(dict.fromkeys((*roles, role))))
            assert before <= cells_seen(see(room, trial.world, lines, more)[0])

    check_each(check, count=12)


def test_no_roles_see_nothing(room, check_each):
    """Who has no role, or one that no line speaks of, is shown nothing at all."""

    def check(trial):
        for caller, _ in trial.askers:
            for roles in ((), ("nobody",)):
                seen, _ = see(room, trial.world, trial.lines, with_roles(caller, lambda _, roles=roles: roles))
                assert not cells_seen(seen)

    check_each(check, count=5)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        read_policy()[:-1],
        [line for line in read_policy() if line.eft == "allow"],
        [*read_policy(), read_policy()[0]._replace(rows="everything")],
        [*read_policy(), read_policy()[0]._replace(obj="Officer.noSuchField")],
        [*read_policy(), read_policy()[0]._replace(sub="")],
    ],
    ids=["empty", "a ceiling less", "no denies", "unknown rows", "unknown field", "no role"],
)
def test_a_broken_policy_is_none(lines):
    """A policy that is empty, lacks a ceiling or has a faulty line is refused as a whole: the one before stays."""
    with pytest.raises(MisconfiguredError):
        Snapshot.build(lines)
