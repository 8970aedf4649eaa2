"""The schema as text for one set of roles: what they may know of, with everybody's rights beside each field."""

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    ConstDirectiveNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ListValueNode,
    NameNode,
    ObjectTypeDefinitionNode,
    StringValueNode,
    TypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from louver.authz.rights import Rights
from louver.authz.sights import Degree, Needs, look
from louver.resolvers.needs import list_needs
from louver.resolvers.standings import Standing
from louver.resolvers.viewpoint import Viewpoint
from louver.schema.roots import LouverSchema
from louver.schema.visibility import Visibility

DEFINITION = '''
"""
Which roles see a field; where none is named for anything, nobody does. A field without it is seen by all of them.
"""
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
_ARGUMENTS = {Degree.VISIBLE: "view", Degree.MASKED: "masked", Degree.AGGREGATE: "aggregate"}


def print_for(schema: LouverSchema, viewpoint: Viewpoint, everybody: Mapping[str, Rights]) -> str:
    """Print what a viewpoint may know of; `everybody` are the roles whose rights stand in the directives."""
    document = parse(schema.as_sdl(), no_location=True)
    visibility = schema.visibilities.build(viewpoint)
    printed = visit(document, _Printer(visibility, _Signs(list_needs(schema.catalogue), everybody)))
    return f"{print_ast(printed)}\n{DEFINITION}"


def view_as(schema: LouverSchema, rights: Rights, viewpoint_of: Any) -> Viewpoint:
    """Look at the schema with these rights, in whichever agency."""
    raise NotImplementedError


class _Signs:
    """Writes the directive of a field."""
