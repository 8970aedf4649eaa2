"""Invented names. Family names and streets are put together from parts, so that none is anyone's."""

from louver.db.demo.draw import Draw

_GIVEN = """
Ada Alma Anton Basil Bea Calla Cato Clem Cora Dara Desmond Edda Elias Enid Ezra Fern Flora Gil Greta Hal Hazel Ida Ilse
Ivo Jonah Juno Kit Lark Leif Linus Lotte Mabel Magnus Mina Moss Nell Noor Odell Olive Orrin Otis Pearl Perrin Quill
Ramon Reed Rhea Rosa Rufus Sable Saul Selma Silas Tamsin Theo Thora Ulla Viggo Wren Yara Zeno
"""
_FIRST_PARTS = """
Amber Ash Birch Bramble Cinder Clover Copper Dew Elder Fallow Fern Flint Glen Hazel Heron Juniper Lark Loam Marsh Mossy
Nettle Oaken Pebble Quill Rook Rush Saffron Sorrel Tallow Thistle Umber Willow Wren Yarrow
"""
_LAST_PARTS = "bank barrow croft dell fold gate ham holm loft mere moor shaw stead thorpe wick wold"
_STREETS = "Avenue Court Lane Road Street Terrace"


def draw_given_name(draw: Draw) -> str:
    """Draw a given name."""
    return draw.word(_GIVEN)


def draw_family_name(draw: Draw) -> str:
    """Draw a family name."""
    return draw.word(_FIRST_PARTS) + draw.word(_LAST_PARTS)


def draw_full_name(draw: Draw) -> str:
    """Draw a given and a family name."""
    return f"{draw_given_name(draw)} {draw_family_name(draw)}"


def draw_street_address(draw: Draw) -> str:
    """Draw a house number and a street."""
    return f"{draw.randrange(100, 9900)} {draw_family_name(draw)} {draw.word(_STREETS)}"
