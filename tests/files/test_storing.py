"""Keeping a file: once per space, never a row without its bytes."""

import datetime as dt
import hashlib
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from mejora.files import checking, storing
from mejora.files.models import StoredFile
from tests.factories import UserFactory
from tests.files import making
from tests.files.making import upload


def stored():
    """Every path in the storage."""
    try:
        folders, _ = default_storage.listdir("")
    except FileNotFoundError:
        return set()
    return {f"{f}/{name}" for f in folders for name in default_storage.listdir(f)[1]}


@pytest.mark.django_db
def test_what_is_kept_is_what_its_hash_says_under_a_name_that_says_nothing():
    file = storing.accept(upload(making.photo(), "Ana Soto 4B.jpg"), space="s", by=UserFactory())

    with default_storage.open(file.path) as content:
        read = content.read()
    assert hashlib.sha256(read).hexdigest() == file.stored_sha256
    assert (file.size, file.mime) == (len(read), "image/jpeg")
    assert file.sha256 == hashlib.sha256(making.photo()).hexdigest()
    assert "Ana" not in file.path
    assert file.original_name == "Ana Soto 4B.jpg"


@pytest.mark.django_db
def test_the_same_content_is_one_file_within_a_space_and_two_across_spaces():
    first = storing.accept(upload(making.pdf(), "a.pdf"), space="school:1", by=None)
    again = storing.accept(upload(making.pdf(), "b.pdf"), space="school:1", by=None)
    other = storing.accept(upload(making.pdf(), "a.pdf"), space="school:2", by=None)

    assert first == again != other
    assert StoredFile.objects.count() == 2


@pytest.mark.django_db
def test_that_a_file_shows_people_is_said_later_and_never_taken_back(today):
    file = storing.accept(upload(making.pdf()), space="s", by=None)
    assert file.retain_until is None

    storing.accept(upload(making.pdf()), space="s", by=None, may_hold_personal_data=True)
    again = storing.accept(upload(making.pdf()), space="s", by=None)

    assert again.may_hold_personal_data
    assert again.retain_until == dt.date(2031, 9, 8)


def test_five_years_from_a_leap_day_is_a_day_that_exists():
    assert storing.retention(dt.date(2028, 2, 29)) == dt.date(2033, 2, 28)


@pytest.mark.django_db
def test_what_fails_after_the_bytes_leaves_no_bytes_behind():
    before = stored()
    checked = checking.check(upload(making.pdf(b"x")))

    def crash():
        with storing.keeping(checked, space="s") as kept, transaction.atomic():
            storing.enter(kept, by=None)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        crash()

    assert stored() == before
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_the_bytes_are_there_before_the_row():
    """A crash in between leaves an orphan, never a row without its file."""
    checked = checking.check(upload(making.pdf(b"y")))

    with storing.keeping(checked, space="s") as kept:
        assert default_storage.exists(storing.path_of(kept.uid))
        assert not StoredFile.objects.filter(uid=kept.uid).exists()
        storing.enter(kept, by=None)


@pytest.mark.django_db(transaction=True)
def test_two_phones_sending_the_same_photo_at_once_keep_one():
    content, found, barrier = making.photo(), [], threading.Barrier(2)

    def send():
        try:
            checked = checking.check(upload(content))
            with storing.keeping(checked, space="s") as kept:
                barrier.wait()
                with transaction.atomic():
                    found.append(storing.enter(kept, by=None).pk)
        finally:
            connection.close()

    before = stored()
    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 2
    assert len(set(found)) == 1
    assert len(stored() - before) == 1
