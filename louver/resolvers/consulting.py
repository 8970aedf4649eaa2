"""What a plan asked of rights, and what it was told: whoever would be told the same may have the same plan."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import NamedTuple

from louver.authz.decisions import Decision, Permission
from louver.authz.vocabulary import Act
from louver.resolvers.standings import Decides, Standpoint


class Question(NamedTuple):
    """Of one standpoint, by its place: what is seen of a coordinate, or whether an act may be done there."""

    place: int
    coordinate: str
    act: Act | None = None


class Inquiry:
    """Standpoints whose rights write down what they are asked, until it ends.

    Leak: what is not written down may differ between those who share a plan. So nothing else of the rights can be
    asked, nothing can be asked after the end, and of a decision neither the lines nor the version are told.
    """

    def __init__(self, standpoints: Sequence[Standpoint]) -> None:
        self.standpoints = [
            replace(standpoint, rights=_Consulted(standpoint.rights, place, self))
            for place, standpoint in enumerate(standpoints)
        ]
        self._asked: dict[Question, None] = {}
        self._is_over = False

    def note(self, question: Question) -> None:
        """Write a question down."""
        if self._is_over:
            raise RuntimeError("a plan asked for rights after it was built")
        self._asked[question] = None

    def end(self) -> tuple[Question, ...]:
        """Answer all that was asked, in the order of the first time."""
        self._is_over = True
        return tuple(self._asked)


class _Consulted:
    """Rights within an inquiry."""

    __slots__ = ("_inquiry", "_place", "_rights")

    def __init__(self, rights: Decides, place: int, inquiry: Inquiry) -> None:
        self._rights = rights
        self._place = place
        self._inquiry = inquiry

    def decide(self, coordinate: str) -> Decision:
        """See Decides."""
        self._inquiry.note(Question(self._place, coordinate))
        return replace(self._rights.decide(coordinate), lines=(), policy_version="")

    def permit(self, coordinate: str, act: Act) -> Permission:
        """See Decides."""
        self._inquiry.note(Question(self._place, coordinate, act))
        return replace(self._rights.permit(coordinate, act), lines=(), policy_version="")


def answer(standpoints: Sequence[Standpoint], questions: Sequence[Question]) -> tuple[Hashable, ...]:
    """Answer what each question tells a plan."""
    return tuple([_answer(standpoints[place].rights, coordinate, act) for place, coordinate, act in questions])


def _answer(rights: Decides, coordinate: str, act: Act | None) -> Hashable:
    if act is not None:
        permission = rights.permit(coordinate, act)
        return permission.rows, permission.reason
    decision = rights.decide(coordinate)
    return decision.view, decision.masked, decision.aggregate, decision.mask, decision.reason
