"""The peer's Casbin policy: one line for each role and field, about 150, in memory."""

import logging
from collections.abc import Iterable

import casbin

_MODEL = """
[request_definition]
r = sub, dom, obj, act
[policy_definition]
p = sub, dom, obj, act
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub, r.dom) && r.dom == p.dom && r.obj == p.obj && r.act == p.act
"""
_ROLES = ("training_coordinator", "hr", "chief", "agency_admin", "legal")
"""The role that is measured stands in the middle: Casbin stops at the first line that allows."""
_DENIED = {"training_coordinator": {"Officer.raceEthnicity", "Officer.sex"}}


def build_enforcer(agency: str, coordinates: Iterable[str]) -> casbin.Enforcer:
    """Let every role view every field but what it is denied."""
    logging.getLogger("casbin").setLevel(logging.ERROR)  # it would log each denial
    model = casbin.Model()
    model.load_model_from_text(_MODEL)
    enforcer = casbin.Enforcer(model)
    known = list(coordinates)
    enforcer.add_policies(
        [
            [role, agency, coordinate, "view"]
            for role in _ROLES
            for coordinate in known
            if coordinate not in _DENIED.get(role, ())
        ]
    )
    return enforcer
