"""The log stream: JSON lines, every library through one renderer, and no values."""

import io
import logging

import orjson
import pytest
import structlog

from louver.errors import InvalidInputError, MisconfiguredError
from louver.logging import configure_logging

SECRET = "Whitcombe-4711"


@pytest.fixture
def stream():
    """A configured stream; the configuration is undone afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    output = io.BytesIO()
    configure_logging("INFO", output)
    yield output
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def read(stream) -> list[dict]:
    return [orjson.loads(line) for line in stream.getvalue().splitlines()]


def fail(error):
    """Raise with the secret in a local variable, as a driver would have it."""
    parameters = (SECRET,)
    raise error from KeyError(*parameters)


class TestLines:
    def test_one_object_per_line(self, stream):
        """Our own events and other libraries' are JSON lines of one shape."""
        structlog.get_logger().info("service.started", port=8000)
        logging.getLogger("uvicorn.error").info("Started server process [%d]", 17)
        assert [(line["event"], line["level"]) for line in read(stream)] == [
            ("service.started", "info"),
            ("Started server process [17]", "info"),
        ]
        assert all(line["timestamp"].endswith("Z") for line in read(stream))

    def test_level(self, stream):
        """What is below the level is not said, whoever says it."""
        structlog.get_logger().debug("detail")
        logging.getLogger("uvicorn.error").debug("detail")
        assert read(stream) == []

    def test_unknown_level(self):
        """A level that does not exist is refused by the name of its setting."""
        with pytest.raises(MisconfiguredError, match="LOUVER_LOG_LEVEL"):
            configure_logging("LOUD")


class TestNoValues:
    @pytest.mark.parametrize("is_ours", [True, False])
    def test_exception_is_type_and_place(self, stream, is_ours):
        """An exception is told by type and place; its words and its locals stay out, whoever logs it."""
        say = structlog.get_logger().exception if is_ours else logging.getLogger("other").exception
        try:
            fail(ValueError(f"invalid input: {SECRET!r}"))
        except ValueError:
            say("failed")
        line = read(stream)[0]
        assert SECRET not in stream.getvalue().decode()
        assert (line["exception"]["type"], line["exception"]["cause"]) == ("builtins.ValueError", "builtins.KeyError")
        assert "test_lines.py" in line["exception"]["frames"][-1]

    def test_our_errors_speak(self, stream):
        """The message of our own errors is safe by construction, and is told."""
        structlog.get_logger().error("refused", exc_info=InvalidInputError("The page is too large."))
        assert read(stream)[0]["exception"]["message"] == "The page is too large."

    @pytest.mark.parametrize("name", ["sqlalchemy.engine", "asyncpg", "asyncio", "aiosqlite"])
    def test_foreign_arguments_are_withheld(self, stream, name):
        """Another library's arguments may be rows or parameters: its template is told, formatted text is not."""
        logging.getLogger(name).warning("parameters: %r", (SECRET,))
        formatted = f"parameters: {SECRET!r}"
        logging.getLogger(name).warning(formatted)
        template, withheld = read(stream)
        assert template["event"] == "parameters: %r"
        assert "test_lines.py" in withheld["event"]
        assert SECRET not in stream.getvalue().decode()

    def test_unknown_object_is_its_type(self, stream):
        """An object that JSON does not know is told by its type, since its repr may hold values."""
        structlog.get_logger().info("made", thing=InvalidInputError(SECRET))
        assert read(stream)[0]["thing"] == "<InvalidInputError>"
