"""The agencies that rows are imported into: found by ORI, made where they are not there yet."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from louver.db.agencies import AgencyRow
from louver.db.codes import SubscriptionStatus
from louver.db.finding import find_agency
from louver.db.importing.mapping_file import require_ori, state_of
from louver.db.importing.rules import AgencyDefaults, AgencyRule, ImportMapping
from louver.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """The agency that the command line names: by name, id or ORI; by name and ORI where it is to be made."""

    name: str | None = None
    ori: str | None = None


NO_CHOICE = AgencyChoice()
"""For mappings that name their agencies themselves."""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency that rows go to."""

    id: UUID
    rule: AgencyRule
    is_new: bool

    @property
    def zone(self) -> ZoneInfo:
        """Where its clocks stand."""
        return ZoneInfo(self.rule.timezone)


async def resolve_agencies(
    connection: AsyncConnection, mapping: ImportMapping, choice: AgencyChoice
) -> dict[str, Agency]:
    """Find or plan the agencies, by the case-folded text of the mapping's agency column; by "" where it has none.

    Raises:
        InvalidInputError: the choice names none, or not the one with that ORI, or one that may not take these rows.
    """
    if isinstance(mapping.agencies, AgencyDefaults):
        return {"": await _find(connection, mapping, await _choose(connection, mapping.agencies, choice))}
    if choice.name or choice.ori:
        raise InvalidInputError(
            f"the mapping {mapping.name} says itself which row is of which agency", hint="leave out --agency and --ori"
        )
    found = {rule.ori: await _find(connection, mapping, rule) for rule in mapping.agencies.values()}
    return {source: found[rule.ori] for source, rule in mapping.agencies.items()}


async def insert_agency(connection: AsyncConnection, agency: Agency) -> None:
    """Put in an agency that was planned.

    Raises:
        InvalidInputError: somebody else did, since it was planned.
    """
    rule = agency.rule
    if await connection.scalar(select(AgencyRow.id).where(AgencyRow.ori == rule.ori)):
        raise InvalidInputError(f"{rule.name} was put in by somebody else meanwhile", hint="run the import again")
    row: dict[str, Any] = {
        "id": agency.id,
        "name": rule.name,
        "ori": rule.ori,
        "state": rule.state,
        "timezone": rule.timezone,
        "modules": list(rule.modules),
    }
    await connection.execute(insert(AgencyRow).values(row))


async def _find(connection: AsyncConnection, mapping: ImportMapping, rule: AgencyRule) -> Agency:
    found = (
        await connection.execute(
            select(AgencyRow.id, AgencyRow.name, AgencyRow.timezone, AgencyRow.modules, AgencyRow.status).where(
                AgencyRow.ori == rule.ori
            )
        )
    ).one_or_none()
    if found is None:
        return Agency(uuid4(), rule, is_new=True)
    if found.status is not SubscriptionStatus.ACTIVE:
        raise InvalidInputError(
            f"the subscription of {found.name} has ended, and nothing is entered any more", hint="renew it first"
        )
    if missing := sorted(mapping.modules - set(found.modules)):
        raise InvalidInputError(
            f"{found.name} does not subscribe to the module {missing[0]}", hint="subscribe to it before the import"
        )
    # Its own time zone counts, which times of the source are told in; the rest of the rule is for making it.
    return Agency(found.id, replace(rule, name=found.name, timezone=found.timezone), is_new=False)


async def _choose(connection: AsyncConnection, defaults: AgencyDefaults, choice: AgencyChoice) -> AgencyRule:
    if not (choice.name or choice.ori):
        raise InvalidInputError(
            "the mapping does not say which agency the rows are of", hint='give --agency "NAME" and --ori ORI'
        )
    if choice.ori and (complaint := require_ori(choice.ori, defaults.state)):
        raise InvalidInputError(complaint, hint="correct --ori")
    found = await find_agency(connection, choice.ori or choice.name or "")
    if found is None:
        return _plan(defaults, choice)
    if choice.ori and choice.name and choice.name.casefold() != found.name.casefold():
        raise InvalidInputError(
            f"the ORI {choice.ori} is that of {found.name}", hint="correct --ori, or leave out --agency"
        )
    return AgencyRule(found.name, found.ori, found.state, found.timezone, defaults.modules)


def _plan(defaults: AgencyDefaults, choice: AgencyChoice) -> AgencyRule:
    if not (choice.ori and choice.name):
        raise InvalidInputError("there is no such agency", hint="to make it, give both --agency and --ori")
    return AgencyRule(choice.name, choice.ori, state_of(choice.ori), defaults.timezone, defaults.modules)
