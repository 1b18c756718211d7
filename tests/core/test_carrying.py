"""SQLite's log beside a long writing: carried over by a thread, and the connection as before."""

import time
from pathlib import Path

import pytest
from django.db import connection

from mejora.core import carrying
from mejora.core.memory import pragma
from mejora.people.models import User

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has such a log"),
]


def in_the_database(text):
    """Whether the file of the database itself holds the text: the log is another file."""
    return text.encode() in Path(str(connection.settings_dict["NAME"])).read_bytes()


def seen_within(seconds, text):
    until = time.monotonic() + seconds
    while not (found := in_the_database(text)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def test_the_log_is_carried_over_while_the_writing_goes_on():
    connection.cursor().execute("PRAGMA journal_mode = WAL")
    with carrying.beside():
        User.objects.create(email="bitacora@pais.example", name="Bitácora")

        assert seen_within(10, "bitacora@pais.example")


def test_without_it_so_few_pages_stay_in_the_log():
    connection.cursor().execute("PRAGMA journal_mode = WAL")
    User.objects.create(email="en.la.bitacora@pais.example", name="Bitácora")

    assert not seen_within(0.5, "en.la.bitacora@pais.example")


def cut_short():
    with carrying.beside():
        raise ZeroDivisionError(pragma("wal_autocheckpoint"))


def test_afterwards_the_connection_carries_over_by_itself_again():
    before = pragma("wal_autocheckpoint")

    with pytest.raises(ZeroDivisionError, match=str(carrying.MOST)):
        cut_short()

    assert pragma("wal_autocheckpoint") == before
