"""The schema as text for a role set: what it may know of, and beside each protected field which roles see it."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from graphql import (
    REMOVE,
    ConstArgumentNode,
    ConstDirectiveNode,
    ConstListValueNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    NameNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    StringValueNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from louver.authz.facts import AgencyRights
from louver.authz.principals import Membership
from louver.authz.rights import Rights
from louver.authz.sights import Degree, Needs, Sight, look
from louver.resolvers.dialects import SqliteSpeech
from louver.resolvers.needs import list_needs
from louver.resolvers.standings import standings_of
from louver.resolvers.viewpoint import Viewpoint
from louver.schema.visibility import Visibility

if TYPE_CHECKING:
    # The schema has roots that print it.
    from louver.schema.roots import LouverSchema

DIRECTIVE = '''
"""Which roles see a field; one without it is seen by every role."""
directive @access(
  """Roles that see the value, on some rows at least."""
  view: [String!]
  """Roles that see what the mask leaves of it."""
  masked: [String!]
  """What stands in for a masked value."""
  mask: String
  """Roles that see it in aggregates alone."""
  aggregate: [String!]
) on FIELD_DEFINITION
'''
_ARGUMENTS = {"view": Degree.VISIBLE, "masked": Degree.MASKED, "aggregate": Degree.AGGREGATE}

AnyDefinition = (
    EnumTypeDefinitionNode
    | InputObjectTypeDefinitionNode
    | InterfaceTypeDefinitionNode
    | ObjectTypeDefinitionNode
    | ScalarTypeDefinitionNode
)


def print_for(schema: "LouverSchema", agency: AgencyRights, roles: Collection[str]) -> str:
    """Print the schema as somebody with these roles in the agency introspects it."""
    visibility = find_visibility(schema, Membership(agency.facts.agency_id, agency.find(roles)))
    everybody = {role: agency.find([role]) for role in agency.facts.roles}
    return f"{print_shown(schema, visibility, everybody)}{DIRECTIVE}"


def find_visibility(schema: "LouverSchema", membership: Membership) -> Visibility:
    """Find what somebody may know of the schema."""
    # It does not depend on the engine.
    return schema.visibilities.build(
        Viewpoint([each.standpoint for each in standings_of([membership])], schema.catalogue, SqliteSpeech())
    )


def print_shown(schema: "LouverSchema", visibility: Visibility, roles: Mapping[str, Rights] | None = None) -> str:
    """Print the part of the schema that is shown, and beside each field which of the roles see it."""
    document = parse(schema.as_sdl(), no_location=True)
    return f"{print_ast(visit(document, _Printer(visibility, list_needs(schema.catalogue), roles or {})))}\n"


class _Printer(Visitor):
    """Leaves out what is not shown, and adds the directives."""

    def __init__(self, visibility: Visibility, needs: Mapping[str, Needs], everybody: Mapping[str, Rights]) -> None:
        super().__init__()
        self._visibility = visibility
        self._needs = needs
        self._everybody = everybody

    def enter_object_type_definition(self, node: ObjectTypeDefinitionNode, *_: Any) -> Any:
        return self._limited(node, "fields")

    def enter_interface_type_definition(self, node: InterfaceTypeDefinitionNode, *_: Any) -> Any:
        return self._limited(node, "fields")

    def enter_input_object_type_definition(self, node: InputObjectTypeDefinitionNode, *_: Any) -> Any:
        return self._limited(node, "fields")

    def enter_enum_type_definition(self, node: EnumTypeDefinitionNode, *_: Any) -> Any:
        return self._limited(node, "values")

    def enter_scalar_type_definition(self, node: ScalarTypeDefinitionNode, *_: Any) -> Any:
        return None if self._visibility.shows(node.name.value) else REMOVE

    def _limited(self, node: AnyDefinition, members: str) -> Any:
        owner = node.name.value
        if not self._visibility.shows(owner):
            return REMOVE
        shown = [each for each in getattr(node, members) if self._visibility.shows(f"{owner}.{each.name.value}")]
        return _changed(node, **{members: tuple(self._signed(owner, each) for each in shown)})

    def _signed(self, owner: str, member: Any) -> Any:
        coordinate = f"{owner}.{member.name.value}"
        if not isinstance(member, FieldDefinitionNode) or coordinate not in self._needs:
            return member
        sights = {role: look(rights, coordinate, self._needs[coordinate]) for role, rights in self._everybody.items()}
        directive = _write_directive(sights)
        return member if directive is None else _changed(member, directives=(directive,))


def _write_directive(sights: Mapping[str, Sight]) -> ConstDirectiveNode | None:
    found = {
        name: [role for role, sight in sights.items() if sight.degree is each] for name, each in _ARGUMENTS.items()
    }
    if len(found["view"]) == len(sights):
        return None
    arguments = [_argument(name, _list(roles)) for name, roles in found.items() if roles]
    mask = next((sights[role].mask for role in found["masked"]), None)
    if mask is not None:
        arguments.append(_argument("mask", StringValueNode(value=str(mask))))
    return ConstDirectiveNode(name=NameNode(value="access"), arguments=tuple(arguments))


def _argument(name: str, value: Any) -> ConstArgumentNode:
    return ConstArgumentNode(name=NameNode(value=name), value=value)


def _list(texts: Iterable[str]) -> ConstListValueNode:
    return ConstListValueNode(values=tuple(StringValueNode(value=text) for text in texts))


def _changed(node: Any, **values: Any) -> Any:
    return type(node)(**{**{key: getattr(node, key) for key in node.keys}, **values})
