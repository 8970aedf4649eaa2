"""`viewer`: who is asking, as Louver knows it."""

import strawberry

from louver.authz.principals import Principal


@strawberry.type(description="What the caller is in one agency.")
class ViewerMembership:
    """One agency of the caller's."""

    agency_id: strawberry.ID = strawberry.field(description="Id of the agency.")
    roles: list[str] = strawberry.field(description="Roles held there.")
    officer_id: strawberry.ID | None = strawberry.field(description="Id of the caller's own officer record, if any.")


@strawberry.type(description="Who is asking.")
class Viewer:
    """The caller."""

    label: str = strawberry.field(description="Name of the person, or prefix of the key.")
    kind: str = strawberry.field(description="What stands behind the request: a person or a key.")
    purpose: str = strawberry.field(description="The purpose that is recorded beside every access.")
    policy_version: str = strawberry.field(description="Version of the access policy that decides.")
    memberships: list[ViewerMembership] = strawberry.field(description="What the caller is in each agency.")


def build_viewer(principal: Principal) -> Viewer:
    """Show a principal to itself."""
    return Viewer(
        label=principal.label,
        kind=str(principal.kind),
        purpose=principal.purpose,
        policy_version=principal.memberships[0].rights.policy_version if principal.memberships else "",
        memberships=[
            ViewerMembership(
                agency_id=strawberry.ID(f"agency_{membership.agency_id.hex}"),
                roles=sorted(membership.rights.roles),
                officer_id=strawberry.ID(f"officer_{membership.officer_id.hex}") if membership.officer_id else None,
            )
            for membership in principal.memberships
        ],
    )
