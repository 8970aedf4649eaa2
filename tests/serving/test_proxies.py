"""Who is believed about where a request comes from."""

import pytest

from louver.errors import InvalidInputError, MisconfiguredError
from louver.serving.proxies import TrustedProxies, client_address
from tests.serving.raw import Guarded, guarding

PROXIES = "127.0.0.0/8, ::1 10.0.0.0/8"


def resolve(headers: dict[str, str], peer: str = "127.0.0.1", proxies: str = PROXIES) -> tuple[str | None, str]:
    """Answer address and scheme as the application sees them."""
    scope = {"client": (peer, 9), "scheme": "http", "headers": [(k.encode(), v.encode()) for k, v in headers.items()]}
    TrustedProxies(proxies).resolve(scope)
    return client_address(scope), scope["scheme"]


@pytest.mark.parametrize(
    ("headers", "address", "scheme"),
    [
        ({}, "127.0.0.1", "http"),
        ({"x-forwarded-for": "203.0.113.9"}, "203.0.113.9", "http"),
        ({"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}, "203.0.113.9", "https"),
        ({"x-forwarded-for": "203.0.113.9:4711"}, "203.0.113.9", "http"),
        ({"x-forwarded-for": "[2001:db8::7]:4711"}, "2001:db8::7", "http"),
        ({"x-forwarded-for": "2001:DB8:0::7"}, "2001:db8::7", "http"),
        ({"x-forwarded-for": "::ffff:203.0.113.9"}, "203.0.113.9", "http"),
        ({"x-forwarded-for": "1.2.3.4, 203.0.113.9"}, "203.0.113.9", "http"),
        ({"x-forwarded-for": "1.2.3.4, 203.0.113.9, 10.0.0.7"}, "203.0.113.9", "http"),
        ({"x-forwarded-for": "10.0.0.8, 10.0.0.7"}, "10.0.0.8", "http"),
        ({"x-forwarded-for": "203.0.113.9, unknown"}, None, "http"),
        ({"x-forwarded-for": "1.2.3.4; DROP"}, None, "http"),
        ({"x-forwarded-for": "203.0.113.9" + ",10.0.0.7" * 2_000}, None, "http"),
        ({"x-forwarded-proto": "https"}, None, "https"),
        ({"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https, http"}, "203.0.113.9", "http"),
        ({"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "HTTPS"}, "203.0.113.9", "https"),
        ({"forwarded": "for=203.0.113.9;proto=https"}, "203.0.113.9", "https"),
        ({"forwarded": 'For="[2001:db8::7]:80"; Proto=https;by=10.0.0.7'}, "2001:db8::7", "https"),
        ({"forwarded": "for=1.2.3.4;proto=https, for=203.0.113.9;proto=http"}, "203.0.113.9", "http"),
        ({"forwarded": "for=203.0.113.9;proto=https, for=10.0.0.7;proto=http"}, "203.0.113.9", "http"),
        ({"forwarded": 'for="1.2.3.4, for=203.0.113.9"'}, None, "http"),
        ({"forwarded": "for=_hidden;proto=https"}, None, "https"),
        ({"forwarded": "proto=https"}, None, "https"),
        (
            {
                "forwarded": "for=203.0.113.9;proto=https",
                "x-forwarded-for": "203.0.113.9",
                "x-forwarded-proto": "https",
            },
            "203.0.113.9",
            "https",
        ),
    ],
)
def test_listed(headers, address, scheme):
    """The last that is no proxy of ours is the client; what stands before it may be made up."""
    assert resolve(headers) == (address, scheme)


@pytest.mark.parametrize(("peer", "proxies"), [("203.0.113.5", PROXIES), ("127.0.0.1", ""), ("10.0.0.9", "10.0.0.8")])
def test_unlisted(peer, proxies):
    """From anybody else the headers are only text."""
    told = {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https", "forwarded": "for=1.2.3.4"}
    assert resolve(told, peer, proxies) == (peer, "http")


def test_mapped_peer():
    """An IPv4 client of a listener for both kinds is known by its IPv4 address, and trusted by it."""
    assert resolve({}, "::ffff:203.0.113.5") == ("203.0.113.5", "http")
    assert resolve({"x-forwarded-for": "203.0.113.9"}, "::ffff:10.0.0.9") == ("203.0.113.9", "http")


@pytest.mark.parametrize("forwarded", ["for=1.2.3.4", "for=203.0.113.9;proto=https", "for="])
def test_contradiction(forwarded):
    """A proxy sets one kind of header and passes the other on: where they differ, one is the client's own."""
    with pytest.raises(InvalidInputError):
        resolve({"x-forwarded-for": "203.0.113.9", "forwarded": forwarded})


@pytest.mark.parametrize("text", ["10.0.0.1/8", "proxy.example", "10.0.0.0/33", "*"])
def test_senseless_list(text):
    """A list that cannot be read keeps the server from starting; nobody is trusted by mistake."""
    with pytest.raises(MisconfiguredError, match="LOUVER_TRUSTED_PROXIES"):
        TrustedProxies(text)


GET = b"GET /graphql HTTP/1.1\r\nHost: x\r\n"
SAFE = {
    "content-security-policy": "default-src 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class TestHttp:
    async def test_seen(self):
        """The application sees the client, and is told of TLS at the proxy; only then browsers are held to it."""
        async with guarding(PROXIES) as guarded, guarded.connected() as wire:
            await wire.send(GET + b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n\r\n" + GET + b"\r\n")
            secure, plain = await wire.answer(), await wire.answer()
        assert secure.body == b"203.0.113.9 https 0"
        assert secure.headers["strict-transport-security"] == "max-age=31536000"
        assert plain.body == b"127.0.0.1 http 0"
        assert "strict-transport-security" not in plain.headers
        assert plain.headers.items() >= SAFE.items()

    async def test_contradiction(self):
        """It is refused, as GraphQL."""
        async with guarding(PROXIES) as guarded:
            answer = await guarded.ask(GET + b"X-Forwarded-For: 1.1.1.1\r\nForwarded: for=2.2.2.2\r\n\r\n")
            assert (answer.status, answer.code) == (400, "BAD_REQUEST")
            assert answer.headers.items() >= SAFE.items()

    async def test_refusals_too(self, guarded: Guarded):
        """What never became a request carries the headers that make a browser careful, too."""
        answer = await guarded.ask(b"nonsense\r\n\r\n")
        assert answer.headers.items() >= SAFE.items()


class TestTlsRequired:
    @pytest.mark.parametrize(
        ("proxies", "headers", "status"),
        [
            ("", b"", 200),
            ("", b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n", 403),
            (PROXIES, b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n", 200),
            (PROXIES, b"X-Forwarded-For: 203.0.113.9\r\n", 403),
            (PROXIES, b"X-Forwarded-For: 127.0.0.1\r\n", 403),
            (PROXIES, b"X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: http\r\n", 403),
        ],
    )
    async def test_on_this_machine(self, proxies, headers, status):
        """What did not leave the machine is answered; what a proxy here passes on must have come to it over TLS."""
        async with guarding(proxies, is_tls_required=True) as guarded, guarded.connected() as wire:
            await wire.send(GET + headers + b"\r\n")
            answer = await wire.answer()
            assert answer.status == status
            assert status == 200 or answer.code == "ACCESS_DENIED"
            assert (guarded.seen == []) is (status == 403)
