"""Files that are not what the mapping says, and mappings that are not sound: each is told, with what to change."""

import pytest

from tests.imports.conftest import HEADER, MAPPING, ROWS

BAD_REQUEST, MISCONFIGURED = 2, 78


class TestFile:
    @pytest.mark.parametrize(
        ("header", "status", "said"),
        [
            (HEADER.replace("light", "lamp"), MISCONFIGURED, "names a column 'light' that reports.csv does not have"),
            (f"{HEADER},extra", BAD_REQUEST, "has a column 'extra' that the mapping fallowmere does not know"),
            (HEADER.replace("light", "day"), BAD_REQUEST, "has two columns 'day'"),
        ],
    )
    def test_other_columns(self, sqlite_fallowmere, header, status, said):
        """A column too few, too many or twice is an error before any row is read."""
        exit_status, text = sqlite_fallowmere.refuse(header=header)
        assert (exit_status, said in text, "hint: " in text) == (status, True, True)

    def test_not_csv(self, sqlite_fallowmere):
        """A quotation mark without its pair is told with its line."""
        assert "reports.csv, line 6: not CSV" in sqlite_fallowmere.refuse(f'{ROWS}R-3,"2024')[1]

    def test_other_encoding(self, sqlite_fallowmere):
        """A byte that is not of the encoding is told with its line; the mapping may name another encoding."""
        arguments = sqlite_fallowmere.arguments()
        path = sqlite_fallowmere.site.folder / "reports.csv"
        path.write_bytes(f"{HEADER}\n{ROWS.replace('Officer', 'Jüngling')}".encode("cp1252"))
        result = sqlite_fallowmere.site.invoke(*arguments)
        assert (result.exit_code, "line 2: not in the encoding utf-8-sig" in result.stderr) == (BAD_REQUEST, True)
        sqlite_fallowmere.site.write("fallowmere.toml", f'encoding = "cp1252"\n{MAPPING}')
        assert sqlite_fallowmere.site.run(*arguments)["outcome"] == "applied"

    def test_with_a_byte_order_mark(self, sqlite_fallowmere):
        """The mark that spreadsheets write before UTF-8 is no part of the first column's name."""
        assert sqlite_fallowmere.run(header=f"\ufeff{HEADER}")["outcome"] == "applied"

    def test_empty(self, sqlite_fallowmere):
        """A file without a header is an error."""
        arguments = sqlite_fallowmere.arguments()
        sqlite_fallowmere.site.write("reports.csv", "")
        assert "reports.csv has no header" in sqlite_fallowmere.site.invoke(*arguments).stderr

    def test_missing(self, sqlite_fallowmere):
        """A file that is not there is an error, and so is a folder or none at all where the mapping needs one."""
        mapping = sqlite_fallowmere.arguments()[1]
        (sqlite_fallowmere.site.folder / "reports.csv").unlink()
        for arguments, said in (
            (["reports-2.csv"], "reports-2.csv cannot be read"),
            (["--folder", "nowhere"], "nowhere is not a folder"),
            (["--folder", str(sqlite_fallowmere.site.folder)], "needs a file 'report', named reports*.csv"),
            ([], "needs a file 'report', named reports*.csv"),
        ):
            result = sqlite_fallowmere.site.invoke("import", mapping, *arguments)
            assert (result.exit_code, said in result.stderr) == (BAD_REQUEST, True)

    def test_given_twice(self, sqlite_fallowmere):
        """A file that is given twice would make every row twice."""
        arguments = sqlite_fallowmere.arguments()
        assert "is given twice" in sqlite_fallowmere.site.invoke(*arguments, arguments[2]).stderr

    def test_of_no_kind(self, sqlite_fallowmere):
        """A name that fits none of the mapping's files is an error; the kind can be given with the file."""
        other = sqlite_fallowmere.site.write("other.csv", "")
        result = sqlite_fallowmere.site.invoke("import", "nj-oag-uof", other)
        assert (result.exit_code, "KIND=PATH" in result.stderr) == (BAD_REQUEST, True)
        assert (
            "needs a file 'contact_origin'"
            in sqlite_fallowmere.site.invoke("import", "nj-oag-uof", f"incident={other}").stderr
        )


class TestKeys:
    def test_twice_in_a_unique_file(self, sqlite_fallowmere):
        """Where a file has one row for each, both rows with the same key are rejected."""
        unique = MAPPING.replace('name = "reports*.csv"', 'name = "reports*.csv"\nunique = true')
        result = sqlite_fallowmere.site.invoke(*sqlite_fallowmere.arguments(mapping=unique))
        assert "line 3, report_no: is the same as in line 2" in result.stdout

    def test_twice_in_different_bundles(self, sqlite_fallowmere):
        """The same key in rows that do not belong together is rejected on both sides, with the other's place."""
        result = sqlite_fallowmere.site.invoke(
            *sqlite_fallowmere.arguments(mapping=MAPPING.replace('key = ["report_no", "subject"]', 'key = ["subject"]'))
        )
        assert "line 5, subject: has the same key as reports.csv, line 2" in result.stdout
        assert "line 2, subject: has the same key as reports.csv, line 5" in result.stdout


class TestMapping:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("[agency]", "[agency", "not TOML"),
            ('source_system = "fallowmere-rms"', "", "source_system is missing"),
            ('main = "report"', 'main = "other"', "main is not one of the files"),
            ("[tables.uof_subjects]", "[tables.suspects]", "there is no table 'suspects'"),
            ("\nnumber = ", "\ncolour = ", "uof_incidents has no field 'colour'"),
            ("\nnumber = ", "\nid = ", "uof_incidents has no field 'id'"),
            ('number = "report_no"', "", "field 'number' is missing"),
            ('Day = "DAYLIGHT"', 'Day = "BRIGHT"', "'BRIGHT' is not one of our values"),
            ('values = "force"', 'values = "forces"', "there are no values 'forces'"),
            ('several = "any"', 'several = "most"', "several = 'most' is not known"),
            ('several = "any"', 'several = "join"', "several = 'join' does not suit it"),
            ('several = "any"', 'sevral = "any"', "'sevral' is not known here"),
            ('several = "any"', 'file = "people"', "there is no file 'people'"),
            ('several = "any"', 'several = "any", otherwise = "officers"', "are for another file than the row's own"),
            ('key = ["badge"]', "", "key is missing"),
            ("shared = true", "shared = 1", "shared is not true or false"),
            ("shared = true", "shared = true\nnumbered = true", "shared and numbered exclude each other"),
            ('key = ["report_no"]\n', 'key = ["report_no"]\nnumbered = true\n', "uof_incidents is numbered, and"),
            ('modules = ["UOF"]', 'modules = ["TRAINING"]', "modules lacks UOF"),
            ('modules = ["UOF"]', 'modules = ["FORCE"]', "there is no module 'FORCE'"),
            ("America/New_York", "America/Gotham", "there is no time zone 'America/Gotham'"),
            ("[agency]", "[agency]\ncolumn = 'x'", "column and choices go together"),
            ('values = "sex"', 'keywords = "topic"', "there are no keywords 'topic'"),
            ('several = "any"', 'true_if = ["x"], from_age = true', "from_age is for age_band"),
            ("badge_number = ", "first_name = ", "a row needs one of badge_number, employee_id"),
        ],
    )
    def test_unsound(self, sqlite_fallowmere, old, new, said):
        """Whatever is wrong in a mapping is found before a file is read, and told with its place."""
        assert old in MAPPING
        status, text = sqlite_fallowmere.refuse(mapping=MAPPING.replace(old, new, 1))
        assert (status, said in text, "MISCONFIGURED: fallowmere" in text) == (MISCONFIGURED, True, True)

    @pytest.mark.parametrize("ori", ["NJ01111", "nj0111100", "PA0111100"])
    def test_wrong_ori(self, sqlite_fallowmere, ori):
        """An ORI that is none, or not of the agency's state, is told."""
        choice = f'{{ source = "x", name = "X", ori = "{ori}", state = "NJ", timezone = "UTC", modules = ["UOF"] }}'
        mapping = MAPPING.replace(
            '[agency]\ntimezone = "America/New_York"\nmodules = ["UOF"]',
            f'[agency]\ncolumn = "remarks"\nchoices = [{choice}]',
        )
        status, text = sqlite_fallowmere.refuse(mapping=mapping)
        assert (status, "ORI" in text, "correct ori" in text) == (MISCONFIGURED, True, True)

    def test_unknown(self, sqlite_site):
        """A mapping that there is not is an error that names those that ship."""
        result = sqlite_site.invoke("import", "nj-oag")
        assert (result.exit_code, "nj-oag-uof, oregon-dpsst-training" in result.stderr) == (MISCONFIGURED, True)
