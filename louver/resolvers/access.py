"""The administration of an agency's access: each change is one transaction, by somebody who may, or none at all."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from louver.authz.decisions import Permission
from louver.authz.duties import Administered
from louver.authz.principals import Membership, Principal
from louver.authz.vocabulary import Act, Reason
from louver.db.engine import begin_writing
from louver.db.failures import unavailable_on_failure
from louver.errors import AccessDeniedError
from louver.resolvers.recorded import RecordedLog
from louver.resolvers.stored import NothingStored, StoredOperations


@dataclass(frozen=True, slots=True)
class Administration:
    """Opens the store to those who administer. Everybody passes through here, at whatever door they come in."""

    engine: AsyncEngine
    log: RecordedLog
    """What was recorded, for previews."""
    stored: StoredOperations = field(default_factory=NothingStored)

    @asynccontextmanager
    async def changing(self, begin: Callable[[], Awaitable[None]]) -> AsyncGenerator[AsyncConnection]:
        """Open a transaction for a change, committed at the end and rolled back on a refusal.

        `begin` records durably that there is to be a change: nothing is changed that the log does not know of.

        Raises:
            AuditUnavailableError: the change could not be recorded.
            DatabaseUnavailableError: the store did not answer.
        """
        await begin()
        async with begin_writing(self.engine) as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncConnection]:
        """Open a connection to look.

        Raises:
            DatabaseUnavailableError: the store did not answer.
        """
        with unavailable_on_failure(is_reported=True):
            async with self.engine.connect() as connection:
                yield connection


class UnknownAgencyError(AccessDeniedError):
    """The agency that is named is none of the caller's. The log has it as a denial; to the caller it is a wrong id."""

    code = "BAD_REQUEST"


def require_right(principal: Principal, agency_id: UUID | None, duty: Administered, act: Act) -> Membership:
    """Answer the membership by which a principal may do this; without an agency named, in its only one.

    Raises:
        AccessDeniedError: it may not.
        UnknownAgencyError: it is in no such agency. Leak: one answer for a foreign one and one that does not exist.
    """
    memberships = [each for each in principal.memberships if agency_id is None or each.agency_id == agency_id]
    if agency_id is not None and not memberships:
        raise UnknownAgencyError(
            "You are in no agency with this id.", hint="leave `agencyId` out, or ask viewer for it"
        )
    if len(memberships) > 1:
        raise AccessDeniedError("You are in several agencies.", hint="name one with `agencyId`")
    for membership in memberships:
        require_duty(membership, duty, act)
        return membership
    raise _deny(Permission(duty, act, reason=Reason.ROLE))


def require_duty(membership: Membership, duty: Administered, act: Act = Act.VIEW) -> None:
    """Hold a member to a duty.

    Raises:
        AccessDeniedError: it may not.
    """
    permission = membership.rights.permit(duty, act)
    if permission.is_denied:
        raise _deny(permission)


def _deny(permission: Permission) -> AccessDeniedError:
    verb = "change" if permission.act is Act.ENTER else "read"
    details = {"coordinate": permission.coordinate, "act": permission.act, "reason": permission.reason}
    if permission.reason is Reason.SUBSCRIPTION:
        details["code"] = "SUBSCRIPTION_ENDED"
    return AccessDeniedError(
        f"You may not {verb} {permission.coordinate}.", hint="ask your agency's administrator", **details
    )
