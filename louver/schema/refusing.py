"""What of an operation its caller may not read though no plan reads it: the roots of administration."""

from collections.abc import Iterator

from graphql.execution.values import VariableValues

from louver.authz.principals import Principal
from louver.authz.vocabulary import Reason
from louver.errors import AccessDeniedError
from louver.resolvers.access import UnknownAgencyError, require_right
from louver.resolvers.notes import Denial
from louver.resolvers.requests import Request
from louver.schema.access_inputs import read_agency
from louver.schema.duties import QUERIES


def list_denied_duties(request: Request, variables: VariableValues, principal: Principal) -> Iterator[Denial]:
    """List the roots of administration that their resolvers would refuse, so that this is known before any is run."""
    for field in request.administered:
        duty = QUERIES[field.name]
        arguments = field.arguments(variables) if field.arguments else {}
        agency_id = read_agency(arguments.get("agencyId"))
        try:
            require_right(principal, agency_id, duty.administered, duty.act)
        except UnknownAgencyError:
            yield Denial(duty.administered, Reason.ROLE, (field.key,))
        except AccessDeniedError as error:
            if "reason" in error.details:  # else it lacks no right, but has to say in which agency
                yield Denial(duty.administered, error.details["reason"], (field.key,))
