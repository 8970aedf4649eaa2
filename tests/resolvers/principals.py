"""Principals of several roles and agencies, which no key can have yet, put to a server's own gateway."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from louver.authz import DeniedMode, Membership, Principal, PrincipalKind, Snapshot
from tests.access.asking import PLURALS
from tests.server import Server
from tests.world.build import PATROL_OFFICER, SERGEANT, identify
from tests.world.policy import fields_of
from tests.world.shown import RELATIONS
from tests.world.store import CYCLE

JSON = dict[str, Any]
SNAPSHOT = Snapshot.load()


def join(agency: str, *roles: str, scopes: tuple[str, ...] | None = None, snapshot: Snapshot = SNAPSHOT) -> Membership:
    """Make a membership; a supervisor leads the patrol as its sergeant, an officer is one of the patrol's."""
    rights = snapshot.rights(identify(agency), roles, scopes=scopes, modules=["TRAINING", "UOF"], subscription="ACTIVE")
    officer = SERGEANT if "supervisor" in roles else PATROL_OFFICER if "officer" in roles else None
    units = frozenset({identify(agency, "unit", "patrol")} if "supervisor" in roles else ())
    officer_id = None if officer is None else identify(agency, "officer", officer)
    cycle = CYCLE if "post_auditor" in roles else None
    return Membership(identify(agency), rights, units, officer_id, trainings_cycle=cycle)


@dataclass(frozen=True, slots=True)
class Asker:
    """One principal and the server it asks."""

    server: Server
    principal: Principal

    @classmethod
    def of(cls, server: Server, *memberships: Membership) -> "Asker":
        """Make a person of these memberships."""
        person = Principal(PrincipalKind.PERSON, UUID(int=7), "somebody", tuple(memberships), "tests")
        return cls(server, person)

    async def ask(self, query: str, variables: JSON | None = None) -> JSON:
        """Execute an operation, without HTTP."""
        gateway = self.server.service.endpoint._gateway
        answer = await gateway.execute(query, variables, None, self.principal, DeniedMode.ERRORS)
        body = {"data": answer.data, "errors": answer.errors, "extensions": answer.extensions}
        return orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z))

    async def list(self, type_name: str, arguments: str = "first: 1000") -> dict[str, JSON]:
        """All rows of a type with their own fields, by id; none where the type is closed."""
        query = f"{{ page: {PLURALS[type_name]}({arguments}) {{ nodes {{ {selection(type_name)} }} }} }}"
        page = (await self.ask(query))["data"]["page"]
        return {node["id"]: node for node in (page or {"nodes": ()})["nodes"]}


def selection(type_name: str) -> str:
    """The id and all classified fields of a type that are no links."""
    fields = (field for field in fields_of(type_name) if f"{type_name}.{field}" not in RELATIONS)
    return "id " + " ".join(fields)
