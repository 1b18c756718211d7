"""`user add`: what it prints, how it ends, and that a refusal changes nothing."""

import argparse
import re

import pytest

from mejora.commands import user
from mejora.network.invitations import Invitation, token_hash
from tests.factories import OwnerFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def run(*words):
    parser = argparse.ArgumentParser()
    user.add_arguments(parser)
    return user.run(parser.parse_args(["add", *words]))


def test_it_prints_the_link_and_nothing_else(capsys):
    school = SchoolFactory()

    status = run("Ana@Escuela.cl", "--role", "director", "--place", f"school:{school.code}")

    out, err = capsys.readouterr()
    assert (status, err) == (0, "")
    token = re.fullmatch(r"http://127\.0\.0\.1:8000/invitacion/([^/]+)/\n", out).group(1)
    invitation = Invitation.objects.get(token_hash=token_hash(token))
    assert (invitation.email, invitation.school) == ("ana@escuela.cl", school)
    assert invitation.invited_by is None


def test_the_key_of_an_owner_has_a_colon_of_its_own(capsys):
    owner = OwnerFactory(key="slep:9777")

    assert run("ana@slep.cl", "--role", "owner", "--place", "owner:slep:9777") == 0
    assert Invitation.objects.get().owner == owner


WRONG = [
    (("ana", "--role", "director", "--place", "school:1"), 2, ["«ana» no es un correo"]),
    (("a@b.cl", "--role", "jefa", "--place", "school:1"), 2, ["El rol «jefa» no existe"]),
    (("a@b.cl", "--role", "director", "--place", "casa:1"), 2, ["El lugar «casa:1»"]),
    (("a@b.cl", "--role", "director", "--place", "school"), 2, ["El lugar «school»"]),
    (("a", "--role", "jefa", "--place", "x"), 2, ["«a» no es", "«jefa»", "«x»"]),
    (("a@b.cl", "--role", "director", "--place", "country:CL"), 3, ["director va en: school"]),
    (("a@b.cl", "--role", "director", "--place", "school:1"), 3, ["No hay ningún lugar school:1"]),
]


@pytest.mark.parametrize(("words", "status", "said"), WRONG)
def test_wrong_use_and_refused_input_end_differently(capsys, words, status, said):
    assert run(*words) == status

    out, err = capsys.readouterr()
    assert out == ""
    lines = err.strip().split("\n")
    assert len(lines) == len(said)
    assert all(part in line for part, line in zip(said, lines, strict=True))
    assert not Invitation.objects.exists()


def test_an_action_is_required(capsys):
    parser = argparse.ArgumentParser()
    user.add_arguments(parser)

    with pytest.raises(SystemExit) as end:
        parser.parse_args([])

    assert end.value.code == 2
