"""The peer: stock Strawberry, SQLAlchemy's ORM, aiodataloader, and a permission class that asks Casbin for every field.

STOCK_MODE=value: `enforce` for every value. STOCK_MODE=cached: each request keeps its decisions, and Strawberry keeps
parsed and validated documents. It trusts two headers for who asks, and writes no log.
"""

import logging
import os
import socket
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.websockets import WebSocket
from stock_loading import Loaders, find_officer, list_officers
from stock_policy import build_enforcer
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.permission import BasePermission

IS_CACHED = os.environ["STOCK_MODE"] == "cached"
AGENCY = UUID(os.environ["STOCK_AGENCY"])


class MayView(BasePermission):
    """Asks Casbin whether the caller's role may view the field."""

    message = "You may not see this field."

    def has_permission(self, source: Any, info: strawberry.Info, **_: Any) -> bool:  # noqa: ARG002 - the base's name
        """Decide, remembering it where the mode says so."""
        coordinate = f"{info._raw_info.parent_type.name}.{info.field_name}"  # noqa: SLF001 - it has no public name
        context = info.context
        if not IS_CACHED:
            return enforcer.enforce(context["role"], context["agency"], coordinate, "view")
        decisions = context["decisions"]
        if coordinate not in decisions:
            decisions[coordinate] = enforcer.enforce(context["role"], context["agency"], coordinate, "view")
        return decisions[coordinate]


def guarded() -> Any:
    """A field that is read from the row, if the policy allows."""
    return strawberry.field(permission_classes=[MayView])


@strawberry.type
class Course:
    """A course."""

    id: UUID = guarded()
    code: str | None = guarded()
    title: str | None = guarded()
    sponsor: str | None = guarded()


@strawberry.type
class Training:
    """A training record."""

    id: UUID = guarded()
    completed_on: date | None = guarded()
    status: str | None = guarded()
    score: float | None = guarded()
    passed: bool | None = guarded()
    instructor: str | None = guarded()
    provider: str | None = guarded()
    location: str | None = guarded()
    certificate_number: str | None = guarded()

    @strawberry.field(permission_classes=[MayView])
    def hours(root) -> float | None:  # noqa: N805 - Strawberry's way: the row is the root
        """Clock hours."""
        return None if root.hours_hundredths is None else root.hours_hundredths / 100

    @strawberry.field(permission_classes=[MayView])
    async def course(root, info: strawberry.Info) -> Course | None:  # noqa: N805 - see hours
        """The course."""
        return await info.context["loaders"].courses.load(root.course_id)


@strawberry.type
class Officer:
    """An officer."""

    id: UUID = guarded()
    badge_number: str | None = guarded()
    employee_id: str | None = guarded()
    first_name: str | None = guarded()
    last_name: str | None = guarded()
    title: str | None = guarded()
    rank: str | None = guarded()
    hire_date: date | None = guarded()
    employment_status: str | None = guarded()
    work_email: str | None = guarded()
    work_phone: str | None = guarded()
    race_ethnicity: str | None = guarded()
    sex: str | None = guarded()

    @strawberry.field(permission_classes=[MayView])
    async def trainings(root, info: strawberry.Info, first: int) -> list[Training] | None:  # noqa: N805 - see hours
        """The first training records."""
        return await info.context["loaders"].trainings(first).load(root.id)


@strawberry.type
class Query:
    """What can be read."""

    @strawberry.field(permission_classes=[MayView])
    async def officer(self, info: strawberry.Info, id: UUID) -> Officer | None:  # noqa: A002 - the argument's name
        """The officer with this id."""
        return await find_officer(UUID(info.context["agency"]), id)

    @strawberry.field(permission_classes=[MayView])
    async def officers(self, info: strawberry.Info, first: int) -> list[Officer] | None:
        """The first officers of the agency."""
        return await list_officers(UUID(info.context["agency"]), first)


schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache] if IS_CACHED else [])


def list_coordinates() -> Sequence[str]:
    """Every field of every type."""
    types = {name: schema.get_type_by_name(name) for name in ("Query", "Officer", "Training", "Course")}
    convert = schema.config.name_converter.get_graphql_name
    return [f"{name}.{convert(field)}" for name, kind in types.items() for field in kind.fields]


enforcer = build_enforcer(str(AGENCY), list_coordinates())


class App(GraphQL[dict[str, Any], None]):
    """Strawberry's ASGI application with a context for each request."""

    async def get_context(
        self,
        request: Request | WebSocket,
        response: Response | WebSocket,  # noqa: ARG002 - the base's name
    ) -> dict[str, Any]:
        """Believe the headers."""
        agency = request.headers["x-agency"]
        return {"role": request.headers["x-role"], "agency": agency, "decisions": {}, "loaders": Loaders(UUID(agency))}


def main() -> None:
    """Serve on a free port, and say which."""
    logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL)  # it would print each denial's traceback
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/graphql", flush=True)
    app = Starlette(routes=[Mount("/", App(schema, graphql_ide=None))])
    config = uvicorn.Config(app, loop="uvloop", http="httptools", ws="none", access_log=False, log_level="warning")
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
