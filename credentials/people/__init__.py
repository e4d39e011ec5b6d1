"""Persons and the identifiers by which statements name them. Pure."""
