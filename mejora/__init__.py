"""Mejora: school improvement plans, from the classroom to the country."""

VERSION = "0.3.0"
