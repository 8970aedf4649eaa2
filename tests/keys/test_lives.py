"""The life of a key after it was issued: rotated, changed, used from somewhere, revoked."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from louver.authz.addresses import admits, parse_network
from louver.db.tables import ApiKeyRow
from tests.policy.asking import change, changed, list_records, refused
from tests.world.build import identify
from tests.world.store import key_of

QUERY = "{ officers(first: 2) { nodes { badgeNumber rank } } }"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class TestRotated:
    async def test_both_work_until_the_old_one_ends(self, desk):
        """Old and new key are answered alike during the overlap; after it the old one is not accepted."""
        old = await desk.issue(allowedAddresses=["127.0.0.0/8"], ratePerMinute=60, safelist="log", deniedMode="hide")
        new = await changed(desk, "rotateKey", prefix=old["key"]["prefix"], overlapHours=2)
        answers = [await desk.ask(each["secret"], QUERY) for each in (old, new)]
        assert answers[0] == answers[1]
        assert answers[0]["data"]["officers"]["nodes"]
        await desk.write(update(ApiKeyRow).where(ApiKeyRow.prefix == old["key"]["prefix"]).values(expires_at=LONG_AGO))
        statuses = [(await desk.post(each["secret"], QUERY)).status_code for each in (old, new)]
        assert statuses == [401, 200]

    async def test_like_the_old_one(self, desk):
        """The new key has all of the old one's limits and its length of life; the old one ends with the overlap."""
        old = (await desk.issue(allowedAddresses=["::1", "10.0.0.0/8"], costPerMinute=500, deniedMode="reject"))["key"]
        new = (await changed(desk, "rotateKey", prefix=old["prefix"], overlapHours=2))["key"]
        own = {"prefix", "createdAt", "expiresAt", "replaces", "calls", "lastUsedAt", "lastUsedAddress"}
        assert {name: new[name] for name in new.keys() - own} == {name: old[name] for name in old.keys() - own}
        assert (new["replaces"], lasting(new)) == (old["prefix"], lasting(old))
        listed = await desk.ask(key_of("agency_admin").text, "{ apiKeys(first: 2) { prefix expiresAt } }")
        ends = next(each["expiresAt"] for each in listed["data"]["apiKeys"] if each["prefix"] == old["prefix"])
        assert datetime.fromisoformat(ends) - datetime.fromisoformat(new["createdAt"]) == timedelta(hours=2)

    async def test_one_of_two_at_once(self, desk):
        """Of two who rotate a key at the same time one gets a new key, and the other is told."""
        prefix = (await desk.issue())["key"]["prefix"]
        bodies = await asyncio.gather(*(change(desk, "rotateKey", prefix=prefix) for _ in range(2)))
        assert sorted("errors" in body for body in bodies) == [False, True]

    async def test_no_longer_than_any(self, desk):
        """A key that was made to last for ever is followed by one that lasts as long as any may."""
        old = (await desk.issue())["key"]["prefix"]
        await desk.write(update(ApiKeyRow).where(ApiKeyRow.prefix == old).values(created_at=LONG_AGO))
        assert lasting((await changed(desk, "rotateKey", prefix=old))["key"]) == timedelta(days=366)

    async def test_recorded_with_both(self, desk):
        """The record of a rotation names the old key and the new one."""
        old = (await desk.issue())["key"]["prefix"]
        new = (await changed(desk, "rotateKey", prefix=old))["key"]["prefix"]
        record = (await list_records(desk.folder))[-1]
        assert record["event"] == "key.rotated"
        assert {f"ApiKey/{old}", f"ApiKey/{new}"} <= set(record["coordinates"]["returned"])

    async def test_not_twice_nor_for_ever(self, desk):
        """A key is rotated once, the overlap has an end, and what is over is not rotated."""
        old = (await desk.issue())["key"]["prefix"]
        for hours, words in ((721, "30 days (720 hours) at most"), (-1, "at most"), (10**9, "at most")):
            assert words in (await refused(desk, "rotateKey", prefix=old, overlapHours=hours))["message"]
        assert "1 to 366" in (await refused(desk, "rotateKey", prefix=old, days=367))["message"]
        await changed(desk, "rotateKey", prefix=old, overlapHours=0)
        assert "the key is expired" in (await refused(desk, "rotateKey", prefix=old))["message"]
        other = (await desk.issue())["key"]["prefix"]
        await changed(desk, "rotateKey", prefix=other)
        assert "rotated before" in (await refused(desk, "rotateKey", prefix=other))["message"]

    @pytest.mark.parametrize("holder", ["chief", "support", "agency_admin"])
    async def test_3_2_nobody_elses(self, served, holder):
        """An administrator gets no new key by which a person or the vendor's support is known: not even the own."""
        error = await refused(served, "rotateKey", prefix=key_of(holder).prefix)
        assert (error["code"], "acts for a person" in error["message"]) == ("ACCESS_DENIED", True)

    async def test_3_4_not_of_another_agency(self, served):
        """Another agency's key is answered as one that is not there."""
        answers = [
            await refused(served, name, prefix=prefix)
            for name in ("rotateKey", "changeKey", "revokeKey")
            for prefix in (key_of("foreign chief").prefix, "0" * 12)
        ]
        assert len({str(each) for each in answers}) == 1


class TestChanged:
    async def test_limits_are_set_and_taken_away(self, desk):
        """What is named is changed from the next request on, null takes it away, and the rest stays."""
        made = await desk.issue(ratePerMinute=5, costPerMinute=7)
        prefix = made["key"]["prefix"]
        assert (await changed(desk, "changeKey", prefix=prefix)) == made["key"]
        limits = {"allowedAddresses": ["192.0.2.0/24"], "ratePerMinute": None}
        key = await changed(desk, "changeKey", prefix=prefix, **limits)
        assert (key["allowedAddresses"], key["ratePerMinute"], key["costPerMinute"]) == (["192.0.2.0/24"], None, 7)
        assert (await desk.post(made["secret"], QUERY)).status_code == 401
        await changed(desk, "changeKey", prefix=prefix, allowedAddresses=None)
        assert (await desk.post(made["secret"], QUERY)).status_code == 200

    async def test_scopes_are_narrowed_alone(self, desk):
        """Scopes are narrowed; wider ones, with more names or with more verbs, are refused."""
        made = await desk.issue(scopes=[{"names": ["Officer.badgeNumber", "Officer.rank"], "verbs": ["view"]}])
        prefix = made["key"]["prefix"]
        for scope in (
            {"names": ["Officer.*"], "verbs": ["view"]},
            {"names": ["Officer.rank"]},
            {"names": ["Officer.rank"], "verbs": ["view", "export"]},
        ):
            error = await refused(desk, "changeKey", prefix=prefix, scopes=[scope])
            assert (error["code"], error["reason"]) == ("ACCESS_DENIED", "KEY_SCOPE")
        narrow = {"names": ["Officer.badgeNumber"], "verbs": ["view_aggregate"]}
        await changed(desk, "changeKey", prefix=prefix, scopes=[narrow])
        assert (await desk.ask(made["secret"], QUERY))["data"] == {"officers": None}
        for scopes in ([], None):
            assert (await refused(desk, "changeKey", prefix=prefix, scopes=scopes))["code"] == "BAD_REQUEST"


class TestRevoked:
    async def test_10_3_at_the_next_request(self, desk):
        """A revoked key is out at its next request, and the log says who revoked which."""
        made = await desk.issue()
        revoked = await changed(desk, "revokeKey", prefix=made["key"]["prefix"])
        assert (revoked["state"], revoked["revokedBy"]) == ("revoked", f"key {key_of('agency_admin').prefix}")
        assert (await desk.post(made["secret"], QUERY)).status_code == 401
        again = await changed(desk, "revokeKey", prefix=made["key"]["prefix"])
        assert again == revoked
        events = {record["event"]: record for record in await list_records(desk.folder)}
        assert f"ApiKey/{made['key']['prefix']}" in events["key.revoked"]["coordinates"]["returned"]
        assert events["auth.failed"]["reason"] == "KEY_REVOKED"

    async def test_never_the_last_administrators(self, desk):
        """The last administrator's key is not revoked, nor narrowed to where nobody could take it back."""
        prefix = key_of("agency_admin").prefix
        for name, order in (("revokeKey", {}), ("changeKey", {"scopes": [{"names": ["Officer.*"]}]})):
            error = await refused(desk, name, prefix=prefix, **order)
            assert (error["code"], error["reason"]) == ("ACCESS_DENIED", "LAST_ADMINISTRATOR")
        assert (await desk.post(key_of("agency_admin").text, QUERY)).status_code == 200

    async def test_a_key_without_an_end_is_over(self, own_desk):
        """A key that has no expiry, however it came to that, is not accepted."""
        await own_desk.write(update(ApiKeyRow).where(ApiKeyRow.id == identify("key", "chief")).values(expires_at=None))
        assert (await own_desk.post(key_of("chief").text, QUERY)).status_code == 401


class TestAddresses:
    async def test_from_elsewhere(self, desk):
        """From an address that is not on its list a key is refused; where from is in the log, and not in the answer."""
        made = await desk.issue(allowedAddresses=["192.0.2.0/24", "2001:db8::/32"])
        response = await desk.post(made["secret"], QUERY)
        assert (response.status_code, "address" in response.text) == (401, True)
        assert not [secret for secret in ("192.0.2", "2001", "127.0.0.1") if secret in response.text]
        record = (await list_records(desk.folder))[-1]
        assert (record["event"], record["reason"], record["address"]) == ("auth.failed", "KEY_ADDRESS", "127.0.0.1")

    @pytest.mark.parametrize(
        ("network", "address", "is_admitted"),
        [
            ("10.0.0.0/8", "10.255.0.1", True),
            ("10.0.0.0/8", "11.0.0.1", False),
            ("10.0.0.0/8", "::ffff:10.1.2.3", True),
            ("10.0.0.0/8", "::ffff:11.1.2.3", False),
            ("::ffff:10.0.0.0/104", "10.1.2.3", True),
            ("192.0.2.7", "192.0.2.7", True),
            ("192.0.2.7", "192.0.2.8", False),
            ("2001:db8::/32", "2001:db8:1::1", True),
            ("2001:db8::/32", "2001:db9::1", False),
            ("2001:DB8::1", "2001:db8:0:0::1", True),
            ("2001:db8::/32", "10.0.0.1", False),
            ("fe80::/10", "fe80::1%eth0", True),
            ("10.0.0.0/8", None, False),
            ("10.0.0.0/8", "", False),
            ("10.0.0.0/8", "10.0.0.1, 192.0.2.1", False),
            ("10.0.0.0/8", "/run/louver.sock", False),
        ],
    )
    def test_in_a_network(self, network, address, is_admitted):
        """An address is in a network whichever way either is written; what is no address is in none."""
        assert admits([parse_network(network)], address) is is_admitted

    def test_in_a_list_that_nobody_can_read(self):
        """A list with something in it that is no network admits nobody."""
        assert not admits(["10.0.0.0/8", "the office"], "10.0.0.1")


def lasting(key):
    return datetime.fromisoformat(key["expiresAt"]) - datetime.fromisoformat(key["createdAt"])


async def test_own_budget(desk):
    """A key's own budget, of a minute, is held; two minutes may meet within the test."""
    key = (await desk.issue(ratePerMinute=1))["secret"]
    statuses = [(await desk.post(key, "{ viewer { label } }")).status_code for _ in range(4)]
    assert (statuses[0], set(statuses)) == (200, {200, 429})
