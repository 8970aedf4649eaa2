"""Source files: which file is of which kind, what is in it, and the digest that proves it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

from louver.db.importing.rules import ImportMapping
from louver.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read, and the label of its kind in the mapping."""

    path: Path
    label: str

    @property
    def name(self) -> str:
        """Its name, as reports call it."""
        return self.path.name

    def read(self) -> tuple[bytes, str]:
        """Read the file and its SHA-256.

        Raises:
            InvalidInputError: it cannot be read.
        """
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise InvalidInputError(
                f"{self.path} cannot be read: {error.strerror}", hint="check the path and its permissions"
            ) from error
        return content, sha256(content).hexdigest()


def choose_sources(mapping: ImportMapping, files: Sequence[str], folder: Path | None = None) -> tuple[Source, ...]:
    """Choose the files: those named, as `PATH` or `KIND=PATH`; or those of a folder that have a kind's name.

    Raises:
        InvalidInputError: a file is of no kind, or a kind that is needed has no file.
    """
    sources = [_name_source(mapping, text) for text in files]
    if folder is not None:
        sources += _list_folder(mapping, folder)
    if twice := _find_twice(source.path.resolve() for source in sources):
        raise InvalidInputError(f"{twice} is given twice", hint="give it once")
    present = {source.label for source in sources}
    for file in mapping.files.values():
        if file.label not in present and not file.is_optional:
            raise InvalidInputError(
                f"the mapping {mapping.name} needs a file {file.label!r}, named {file.pattern}",
                hint=f"give it, or its folder with --folder; under another name as {file.label}=PATH",
            )
    return tuple(sources)


def _name_source(mapping: ImportMapping, text: str) -> Source:
    label, mark, rest = text.partition("=")
    if mark and label in mapping.files:
        return Source(Path(rest), label)
    path = Path(text)
    if len(mapping.files) == 1:
        return Source(path, mapping.main)
    for file in mapping.files.values():
        if fnmatch(path.name, file.pattern):
            return Source(path, file.label)
    patterns = ", ".join(f"{file.label} {file.pattern}" for file in mapping.files.values())
    raise InvalidInputError(
        f"{path.name} has the name of none of the files of {mapping.name}: {patterns}",
        hint="name the kind as KIND=PATH",
    )


def _list_folder(mapping: ImportMapping, folder: Path) -> list[Source]:
    if not folder.is_dir():
        raise InvalidInputError(f"{folder} is not a folder", hint="check --folder")
    return [
        Source(path, file.label)
        for file in mapping.files.values()
        for path in sorted(folder.iterdir())
        if path.is_file() and fnmatch(path.name, file.pattern)
    ]


def _find_twice(paths: Iterable[Path]) -> Path | None:
    seen: set[Path] = set()
    return next((path for path in paths if path in seen or seen.add(path)), None)  # type: ignore[func-returns-value]  # adds as it looks
