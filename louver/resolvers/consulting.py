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


class Consulted:
    """Rights that write down what they are asked.

    Leak: what is not written down may differ between those who share a plan. So nothing else of the rights can be
    asked, and of a decision neither the lines nor the version are told.
    """

    __slots__ = ("_asked", "_place", "_rights")

    def __init__(self, rights: Decides, place: int, asked: dict[Question, None]) -> None:
        self._rights = rights
        self._place = place
        self._asked = asked

    def decide(self, coordinate: str) -> Decision:
        """See Decides."""
        self._asked[Question(self._place, coordinate)] = None
        return replace(self._rights.decide(coordinate), lines=(), policy_version="")

    def permit(self, coordinate: str, act: Act) -> Permission:
        """See Decides."""
        self._asked[Question(self._place, coordinate, act)] = None
        return replace(self._rights.permit(coordinate, act), lines=(), policy_version="")


def consult(standpoints: Sequence[Standpoint]) -> tuple[list[Standpoint], dict[Question, None]]:
    """Answer the standpoints as they are to be asked, and what they were asked, in the order of the first time."""
    asked: dict[Question, None] = {}
    consulted = [
        replace(standpoint, rights=Consulted(standpoint.rights, place, asked))
        for place, standpoint in enumerate(standpoints)
    ]
    return consulted, asked


def answer(standpoints: Sequence[Standpoint], questions: Sequence[Question]) -> tuple[Hashable, ...]:
    """Answer what each question tells a plan."""
    return tuple([_answer(standpoints[place].rights, coordinate, act) for place, coordinate, act in questions])


def _answer(rights: Decides, coordinate: str, act: Act | None) -> Hashable:
    if act is not None:
        permission = rights.permit(coordinate, act)
        return permission.rows, permission.reason
    decision = rights.decide(coordinate)
    return decision.view, decision.masked, decision.aggregate, decision.mask, decision.reason
