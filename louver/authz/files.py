"""Policy files: an agency's own lines and roles as TOML, to be reviewed, versioned and published like any other source.

A file names no agency, so that what was tried in one can be published in another.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from louver.authz.facts import HERE, AgencyFacts
from louver.authz.lines import PolicyLine, as_domain
from louver.authz.vocabulary import Effect, Rows
from louver.errors import InvalidInputError

_FORMAT = 1
_KEYS = frozenset({"format", "base_version", "lines", "roles"})
_ROLE_KEYS = frozenset({"template", "description"})
_CELLS_MIN, _CELLS_MAX = 3, 5
_REST = (str(Rows.AGENCY), str(Effect.ALLOW))
"""What a line means that says neither rows nor effect."""
_HEADING = """\
# An agency's own access policy: what it adds to the defaults. `louver policy check FILE` says what is wrong with it.
# Each line: role, object, act, rows, effect. An object is Type.field, Type, Type.*, a field group or *.
"""


@dataclass(frozen=True, slots=True)
class FileRole:
    """A role of the agency's own."""

    template: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What one file says. Its lines are about `HERE` until they are published for an agency."""

    lines: tuple[PolicyLine, ...]
    roles: Mapping[str, FileRole] = field(default_factory=dict)
    base_version: int | None = None
    """The version that it was exported from: who changed the agency's policy since is not overwritten."""

    @classmethod
    def from_agency(cls, lines: Iterable[PolicyLine], roles: Mapping[str, FileRole], version: int) -> Self:
        """Make the file of what an agency has."""
        return cls(tuple(sorted(_move(lines, HERE))), dict(sorted(roles.items())), version)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Parse a file.

        Raises:
            InvalidInputError: it is no TOML, or not of this form. What its lines mean is for the linter to say.
        """
        try:
            content = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InvalidInputError(f"the policy file is not TOML: {error}", hint="see docs/policy.md") from error
        _require_form(content)
        roles = {name: FileRole(**role) for name, role in content.get("roles", {}).items()}
        lines = tuple(_read_line(number, line) for number, line in enumerate(content["lines"], 1))
        return cls(lines, roles, content.get("base_version"))

    def lines_for(self, agency_id: UUID) -> tuple[PolicyLine, ...]:
        """Answer the lines as an agency's."""
        return _move(self.lines, agency_id)

    def as_facts(self, agency: AgencyFacts | None = None) -> AgencyFacts:
        """Answer the agency as it would be under this file; without one, an agency that subscribes to everything."""
        templates = {name: role.template for name, role in self.roles.items()}
        base = agency or AgencyFacts(HERE)
        return AgencyFacts(
            base.agency_id,
            self.lines_for(base.agency_id),
            base.modules,
            base.subscription,
            {**base.made_roles, **templates},
            base.version,
        )

    def as_text(self) -> str:
        """Render the file."""
        base = [] if self.base_version is None else [f"base_version = {self.base_version}"]
        lines = [f"  {_quote(write_line(line))}," for line in self.lines]
        parts = [_HEADING, f"format = {_FORMAT}", *base, "lines = [", *lines, "]"]
        for name, role in self.roles.items():
            template, description = _quote(role.template), _quote(role.description)
            parts += ["", f"[roles.{name}]", f"template = {template}", f"description = {description}"]
        return "\n".join(parts) + "\n"


def write_line(line: PolicyLine) -> str:
    """Render a line as files have it, without its agency."""
    return f"{line.sub}, {line.obj}, {line.act}, {line.rows}, {line.eft}"


def _require_form(content: Mapping[str, Any]) -> None:
    unknown = sorted(set(content) - _KEYS)
    if unknown:
        raise InvalidInputError(f"a policy file has no {unknown[0]!r}", hint=f"it has {', '.join(sorted(_KEYS))}")
    if content.get("format") != _FORMAT:
        raise InvalidInputError("the policy file is not of this version's form", hint=f"write `format = {_FORMAT}`")
    lines, roles, version = content.get("lines"), content.get("roles", {}), content.get("base_version", 0)
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise InvalidInputError(
            "`lines` is not a list of lines", hint='write lines = ["role, object, act, rows, effect"]'
        )
    if not isinstance(version, int):
        raise InvalidInputError("`base_version` is not a number", hint="export the agency's policy once more")
    if not isinstance(roles, dict) or not all(map(_is_role, roles.values())):
        raise InvalidInputError("`roles` are not roles", hint='write [roles.NAME] with template = "…" below')


def _is_role(value: Any) -> bool:
    is_known = isinstance(value, dict) and "template" in value and set(value) <= _ROLE_KEYS
    return is_known and all(isinstance(each, str) for each in value.values())


def _read_line(number: int, text: str) -> PolicyLine:
    cells = [cell.strip() for cell in text.split(",")]
    if not _CELLS_MIN <= len(cells) <= _CELLS_MAX:
        raise InvalidInputError(
            f"line {number}, {text!r}, has {len(cells)} parts", hint="a line is: role, object, act[, rows[, effect]]"
        )
    sub, obj, act, rows, eft = (*cells, *_REST[len(cells) - _CELLS_MIN :])
    return PolicyLine.for_agency(HERE, sub=sub, obj=obj, act=act, rows=rows, eft=eft)


def _move(lines: Iterable[PolicyLine], agency_id: UUID) -> tuple[PolicyLine, ...]:
    return tuple(line._replace(dom=as_domain(agency_id)) for line in lines)


def _quote(text: str) -> str:
    """Write a TOML string: JSON's escapes are TOML's too, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
