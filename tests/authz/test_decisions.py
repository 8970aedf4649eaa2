"""How roles combine, what closes a field whatever the roles, and how a denial is explained."""

import pytest

from louver.authz import Snapshot

NAME = "Officer.firstName"


class TestCombination:
    """Several roles at once."""

    def test_union(self, snapshot, rights_of):
        """Two roles see what either sees."""
        decision = rights_of(snapshot, "officer", "auditor").decide(NAME)
        assert (decision.view, decision.masked) == ({"own", "chain"}, {"agency"})

    def test_deny_beats_allow(self, snapshot, rights_of):
        """A deny for one role of the set forbids it to the whole set, whatever the rows."""
        decision = rights_of(snapshot, "chief", "officer", "public_portal").decide(NAME)
        assert decision.is_denied
        assert decision.lines == (
            "p, public_portal, *, Officer.*, view, agency, deny",
            "p, public_portal, *, Officer.*, view_masked, agency, deny",
        )

    def test_unknown_role_adds_nothing(self, snapshot, rights_of):
        """A role that no line names neither grants nor forbids."""
        names = ("chief", "no_such_role")
        both, alone = (rights_of(snapshot, *roles).decide(NAME) for roles in (names, names[:1]))
        assert both == alone

    def test_no_role_sees_nothing(self, snapshot, rights_of):
        """An empty role set is denied everything."""
        rights = rights_of(snapshot)
        assert all(rights.decide(coordinate).is_denied for coordinate in snapshot.coordinates | snapshot.types)


class TestIdentity:
    """Names that the matrix does not list."""

    @pytest.mark.parametrize("role", ["chief", "hr", "officer", "public_portal"])
    @pytest.mark.parametrize("field", ["id", "__typename"])
    @pytest.mark.parametrize("type_name", ["Officer", "UofIncident", "UofInvolvement"])
    def test_follows_the_type(self, snapshot, rights_of, role, field, type_name):
        """Who reaches the row sees its id and type."""
        rights = rights_of(snapshot, role)
        field_decision, type_decision = rights.decide(f"{type_name}.{field}"), rights.decide(type_name)
        assert (field_decision.view, field_decision.aggregate) == (type_decision.view, type_decision.aggregate)
        assert field_decision.coordinate == f"{type_name}.{field}"

    @pytest.mark.parametrize(
        "coordinate", ["Officer.ssn", "Nothing", "Nothing.id", "", "*", "Officer.*", "officer_name", "Officer.id.id"]
    )
    def test_unknown_is_denied(self, snapshot, rights_of, coordinate):
        """What is not classified is denied, names that stand for several coordinates included."""
        decision = rights_of(snapshot, "chief", "agency_admin").decide(coordinate)
        assert (decision.is_denied, decision.reason, decision.aggregate) == (True, "ROLE", set())


class TestReasons:
    """What a denial is put down to."""

    @pytest.mark.parametrize(
        ("role", "coordinate", "conditions", "reason"),
        [
            ("chief", NAME, {"subscription": "CANCELLED"}, "SUBSCRIPTION"),
            ("chief", "UofIncident", {"subscription": "EXPIRED", "modules": (), "scopes": ()}, "SUBSCRIPTION"),
            ("chief", "Officer.ssn", {"subscription": "CANCELLED"}, "SUBSCRIPTION"),
            ("chief", "UofIncident", {"modules": (), "scopes": ()}, "MODULE"),
            ("public_portal", "UofSubject.sex", {"modules": ()}, "MODULE"),
            ("public_portal", NAME, {"scopes": ["Unit.*"]}, "KEY_SCOPE"),
            ("public_portal", NAME, {}, "CEILING"),
            ("auditor", "Officer.workEmail", {}, "ROLE"),
            ("chief", NAME, {}, None),
            ("agency_admin", NAME, {"subscription": "CANCELLED"}, None),
            ("chief", NAME, {"modules": ()}, None),
        ],
    )
    def test_first_that_holds_is_told(
        self, snapshot, rights_of, role, coordinate, conditions, reason
    ):  # pytest passes by name
        """Subscription, then module, then key scope, then ceiling, then role."""
        decision = rights_of(snapshot, role, **conditions).decide(coordinate)
        assert decision.reason == reason

    @pytest.mark.parametrize("conditions", [{"subscription": "CANCELLED"}, {"modules": ()}, {"scopes": ()}])
    def test_a_closed_gate_closes_aggregates(self, snapshot, rights_of, conditions):
        """What closes a field whatever the roles closes its aggregates and masks too."""
        decision = rights_of(snapshot, "chief", "auditor", **conditions).decide("UofIncident.offenseCodes")
        assert {*decision.view, *decision.masked, *decision.aggregate, *decision.lines} == set()

    def test_an_agencys_own_deny_is_no_ceiling(self, rights_of, line):
        """A deny that the agency wrote is told as ROLE: the agency can lift it."""
        snapshot = Snapshot.load([line("chief", NAME, eft="deny")])
        assert rights_of(snapshot, "chief").decide(NAME).reason == "ROLE"


class TestKeyScope:
    """What a key was issued for."""

    @pytest.mark.parametrize("scope", ["Officer.firstName", "officer_name", "Officer.*", "*"])
    def test_opens_fields_and_their_type(self, snapshot, rights_of, scope):
        """A coordinate, a group, a whole type or all: each opens the field and the type's rows."""
        rights = rights_of(snapshot, "chief", scopes=[scope])
        assert not any(rights.decide(c).is_denied for c in (NAME, "Officer", "Officer.id"))

    def test_leaves_the_rest_closed(self, snapshot, rights_of):
        """A scope opens nothing beside itself."""
        rights = rights_of(snapshot, "chief", scopes=["Officer.firstName"])
        closed = {c for c in snapshot.coordinates | snapshot.types if rights.decide(c).is_denied}
        assert closed == (snapshot.coordinates | snapshot.types) - {NAME, "Officer"}

    @pytest.mark.parametrize("scopes", [[], ["Officer.ssn"], ["no_such_group"]])
    def test_a_scope_that_names_nothing_opens_nothing(self, snapshot, rights_of, scopes):
        """An empty or outdated scope is not the same as no scope."""
        rights = rights_of(snapshot, "chief", scopes=scopes)
        assert all(rights.decide(c).reason in {"KEY_SCOPE", "ROLE"} for c in snapshot.coordinates)

    def test_never_widens(self, snapshot, rights_of):
        """A key sees no more than its role, even if its scope names more."""
        decision = rights_of(snapshot, "hr", scopes=["*"]).decide("UofIncident.summary")
        assert decision.reason == "ROLE"


class TestFingerprint:
    """What plans are cached by."""

    def test_is_shared_between_agencies(self, snapshot, rights_of, agency_id, other_agency_id):
        """Agencies that changed nothing share fingerprints, so plans are shared too."""
        one, other = (rights_of(snapshot, "chief", agency_id=each) for each in (agency_id, other_agency_id))
        assert one is other

    @pytest.mark.parametrize(
        "conditions", [{"scopes": ["Officer.*"]}, {"modules": ()}, {"subscription": "CANCELLED"}, {"roles": ("hr",)}]
    )
    def test_differs_with_what_decides(self, snapshot, rights_of, conditions):
        """A difference that a decision depends on is a difference of the fingerprint."""
        roles = conditions.pop("roles", ("chief",))
        assert rights_of(snapshot, *roles, **conditions).fingerprint != rights_of(snapshot, "chief").fingerprint

    def test_differs_with_the_overlay_and_only_there(self, snapshot, rights_of, line, agency_id, other_agency_id):
        """An agency's own line changes that agency's fingerprint and policy version, and no other's."""
        changed = Snapshot.load([line("chief", NAME, eft="deny")])
        for each, is_same in ((agency_id, False), (other_agency_id, True)):
            before, after = (rights_of(which, "chief", agency_id=each) for which in (snapshot, changed))
            assert (before.fingerprint == after.fingerprint) is is_same
            assert (before.policy_version == after.policy_version) is is_same
