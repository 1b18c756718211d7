"""Addresses that leave the product come from the settings."""

import socket

import pytest

from mejora.core import links


@pytest.mark.parametrize(
    ("origin", "host", "expected"),
    [
        ("https://mejora.example.cl", "127.0.0.1", "https://mejora.example.cl/x/"),
        ("", "127.0.0.1", "http://127.0.0.1:8000/x/"),
        ("", "::1", "http://[::1]:8000/x/"),
        ("", "10.1.2.3", "http://10.1.2.3:8000/x/"),
        ("", "0.0.0.0", "http://escuela:8000/x/"),
        ("", "::", "http://escuela:8000/x/"),
    ],
)
def test_an_address_has_the_host_that_people_reach(settings, monkeypatch, origin, host, expected):
    monkeypatch.setattr(socket, "gethostname", lambda: "escuela")
    settings.ORIGIN, settings.HOST, settings.PORT = origin, host, 8000

    assert links.absolute("/x/") == expected
