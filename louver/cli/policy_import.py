"""`louver policy import`: a policy file published, by the administrator whose key is in the environment."""

from collections.abc import Mapping
from pathlib import Path

import click

from louver.authz.duties import Administered
from louver.authz.facts import AgencyFacts
from louver.authz.files import FileRole, PolicyFile
from louver.cli.administering import Acting, as_dict, as_json, change, read
from louver.cli.policy_text import read_policy_file
from louver.cli.publishing import render_version
from louver.errors import InvalidInputError
from louver.logging import Event
from louver.resolvers import policies, roles
from louver.resolvers.agency_facts import read_facts
from louver.resolvers.overlays import Draft, Overlay, require_sound
from louver.resolvers.policies import PolicyVersion

_NAME = "louver policy import"
"""What the log calls it."""


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="Why; stays beside the version.")
@click.option("--base", type=int, help="The version that you looked at, where the file does not say.")
@click.option("--json", "is_json", is_flag=True, help="Answer as JSON.")
def import_policy(*, file: Path, reason: str, base: int | None, is_json: bool) -> None:
    """Publish FILE as the whole of the agency's own policy, from the next request on.

    Roles that the file has and the agency has not are made first, by who may; none is retired.
    """
    policy_file = read_policy_file(file)
    base = policy_file.base_version if base is None else base
    if base is None:
        raise InvalidInputError("It is not known which version this was made on.", hint="give --base")
    facts = read(Administered.POLICY, _NAME, lambda acting: read_facts(acting.connection, acting.agency_id))
    missing = _find_missing_roles(policy_file, facts)
    _require_current(base, facts.version)
    if missing:
        base = _make_roles(policy_file, missing, base, reason)
    made = _publish(policy_file, base, reason, is_new=not missing)
    click.echo(as_json(as_dict(made)) if is_json else render_version(made))


def _find_missing_roles(policy_file: PolicyFile, facts: AgencyFacts) -> dict[str, FileRole]:
    for name, role in policy_file.roles.items():
        template = facts.made_roles.get(name, role.template)
        if template != role.template:
            raise InvalidInputError(
                f"The role {name} was made from {template}.", hint="a role keeps its template; choose another name"
            )
    return {name: role for name, role in policy_file.roles.items() if name not in facts.made_roles}


def _require_current(base: int, version: int) -> None:
    if base != version:
        raise InvalidInputError(
            f"The file was made on version {base}, and {version} is in force.",
            hint="export once more and bring your changes over; `louver policy diff` shows what differs",
        )


def _make_roles(policy_file: PolicyFile, missing: Mapping[str, FileRole], base: int, reason: str) -> int:
    """Make roles and answer the version that is in force then. Not one of them, unless the lines can follow."""

    async def work(acting: Acting) -> int:
        connection, agency_id = acting.connection, acting.agency_id
        facts = await read_facts(connection, agency_id)
        _require_current(base, facts.version)
        templates = {**facts.made_roles, **{name: role.template for name, role in missing.items()}}
        overlay = Overlay(agency_id, facts.version, facts.lines, templates)
        require_sound(overlay, policy_file.lines_for(agency_id))
        for name, role in missing.items():
            await roles.make_role(connection, agency_id, name, role.template, role.description, acting.stamp(reason))
        return (await read_facts(connection, agency_id)).version

    return change(Administered.ROLES, Event.ROLE_CHANGED, _NAME, work)


def _publish(policy_file: PolicyFile, base: int, reason: str, *, is_new: bool) -> PolicyVersion:
    async def work(acting: Acting) -> PolicyVersion:
        connection, agency_id = acting.connection, acting.agency_id
        lines = policy_file.lines_for(agency_id)
        facts = await read_facts(connection, agency_id)
        if not is_new and set(lines) == set(facts.lines):  # the roles that were made brought all lines with them
            return (await policies.list_versions(connection, agency_id, 1))[0]
        return await policies.publish(connection, agency_id, Draft(base, lines=lines), acting.stamp(reason))

    return change(Administered.POLICY, Event.POLICY_CHANGED, _NAME, work)
