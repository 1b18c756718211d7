"""What changes an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from mejora.people.models import Notification, User


def create_account(*, email: str, name: str, position: str, phone: str, password: str) -> User:
    """The account of somebody who showed that they read the mail of `email`.

    The caller has checked the password against the rules of the installation.
    """
    return User.objects.create_user(email, password, name=name, position=position, phone=phone)


def update_account(user: User, *, name: str, position: str, phone: str) -> User:
    """What a person says of themselves. The address is who they are here, so it stays."""
    user.name, user.position, user.phone = name, position, phone
    user.save(update_fields=["name", "position", "phone"])
    return user


@transaction.atomic
def tell(
    people: Iterable[int], title: str, *, href: str, detail: str = "", at: dt.datetime | None = None
) -> None:
    """An aviso for each of these people (keys of users) who have an account. Three queries.
    `href` is an address of this installation."""
    if not href.startswith("/") or href.startswith("//"):
        raise ValueError(f"An aviso leads within the installation: {href}")
    wanted = User.objects.filter(pk__in=set(people), has_account=True)
    keys, at = sorted(wanted.values_list("pk", flat=True)), at or timezone.now()
    told = [
        Notification(user_id=key, at=at, title=title[:160], detail=detail[:300], href=href)
        for key in keys
    ]
    if told:
        Notification.objects.bulk_create(told)
        User.objects.filter(pk__in=keys).update(unread=F("unread") + 1)


@transaction.atomic
def mark_read(user: User, pk: int | None = None) -> None:
    """One aviso of the person, or all of them; those that were read keep their moment."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if pk is not None:
        unread = unread.filter(pk=pk)
    unread.update(read_at=timezone.now())
    count_unread(User.objects.filter(pk=user.pk))


def count_unread(users: QuerySet[User]) -> None:
    """Write the count again from the avisos themselves."""
    unread = Notification.objects.filter(user=OuterRef("pk"), read_at__isnull=True).order_by()
    found = unread.values("user").annotate(n=Count("pk")).values("n")
    users.update(unread=Coalesce(Subquery(found), 0))
