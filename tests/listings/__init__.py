"""Listing pages drawn by lot: in import order, so that lots stay the same."""
from . import korean, east, systems, papers, fresh  # noqa: F401
from .invent import ALL  # noqa: F401
