"""Log-in with a password: who comes in as what, what the others are told, and what is in the log."""

import pytest
from sqlalchemy import delete, select, update

from louver.db.access import MembershipRow, PersonRow
from louver.db.codes import PersonStatus
from louver.db.people import PersonSessionRow
from tests.people.browser import Browser
from tests.people.conftest import PASSWORD
from tests.world.build import identify

EMAIL = "ada.chief@alder.example"
REFUSED = "This log-in is not accepted."


def code_of(body):
    return body["errors"][0]["extensions"]["code"]


class TestLogin:
    async def test_chief_sees_as_chief(self, browser, own_served, add_person):
        """Whoever logs in as chief sees what the chief's key sees, and is told apart as a person."""
        person_id = await add_person()
        body = await browser.log_in(EMAIL, PASSWORD)
        assert body == {
            "next": None,
            "person": {"id": f"person_{person_id.hex}", "name": "Ada Brook", "email": EMAIL},
        }
        who = (await browser.ask())["data"]["viewer"]
        assert who == {
            "label": "Ada Brook",
            "kind": "person",
            "purpose": "duties as chief",
            "memberships": [{"agencyId": f"agency_{identify('alder').hex}", "roles": ["chief"], "officerId": None}],
        }
