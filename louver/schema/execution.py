"""Where graphql-core hands over to the read plans: a completed root is taken as it is."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLResolveInfo
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


@dataclass(frozen=True, slots=True)
class Completed:
    """Response data that a plan has completed; nothing below it is executed again."""

    data: Any


class PlannedExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, which leaves what is completed alone."""

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        """Complete a value, unless a plan did."""
        if type(result) is Completed:
            return result.data
        return super().complete_value(return_type, field_details_list, info, path, result, *rest)


async def read_root(_source: Any, info: GraphQLResolveInfo[Any], **_arguments: Any) -> Completed:
    """Resolve a planned root field: its arguments went into the plan."""
    return Completed(await info.context.read(info.path.key))
