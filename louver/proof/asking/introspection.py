"""Questions about the schema."""

from louver.proof.asking.draft import Draft
from louver.proof.dice import pick, pick_some
from louver.proof.surfaces import Surface
from louver.resolvers.catalogue import Entity

_REFERENCE = "name kind ofType { name kind ofType { name } }"
_TYPE = f"""kind name description
 fields(includeDeprecated: true) {{ name args {{ name type {{ {_REFERENCE} }} }} type {{ {_REFERENCE} }} }}
 inputFields {{ name type {{ {_REFERENCE} }} }} enumValues {{ name }} possibleTypes {{ name }} interfaces {{ name }}"""
_SUFFIXES = (
    "", "Filter", "OrderField", "Order", "Dimension", "GroupKey", "Connection", "Edge", "Aggregate", "Group", "Sums",
)  # fmt: skip


def write_introspection(draft: Draft) -> str:
    """The whole schema's names, or a few types in full."""
    draft.surfaces.add(Surface.INTROSPECTION)
    dice = draft.dice
    if pick(dice, [False, False, False, True]):
        return "{ __schema { queryType { name } mutationType { name } types { kind name } } }"
    entities = pick_some(dice, draft.catalogue.values(), 1, 3)
    names = dict.fromkeys(["Query", *(_draw_name(draft, entity) for entity in entities)])
    return "{ " + " ".join(f'{name}: __type(name: "{name}") {{ {_TYPE} }}' for name in names) + " }"


def _draw_name(draft: Draft, entity: Entity) -> str:
    return f"{entity.name}{pick(draft.dice, _SUFFIXES)}"
