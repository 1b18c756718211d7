"""A Secretaría's cycle of technical assistance (D02.03): from the needs of its schools to the
yearly report of irregularities."""
