"""Louver: a GraphQL gateway that answers, masks or withholds every field by role."""

__version__ = "0.1.0"
