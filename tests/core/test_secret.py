"""The key of an installation: made once, whole, for its owner alone."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from mejora.core import secret


def test_processes_that_ask_at_once_get_one_key(tmp_path):
    path = tmp_path / "secret_key"
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda _: secret.key(path), range(64)))

    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret_key"]


def test_a_cut_while_it_is_made_leaves_no_empty_key(tmp_path, monkeypatch):
    path = tmp_path / "secret_key"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            secret.key(path)

    assert not path.exists()
    assert secret.key(path)


def test_an_emptied_key_is_refused_and_not_replaced(tmp_path):
    path = tmp_path / "secret_key"
    path.write_text("")

    with pytest.raises(RuntimeError, match="Recupérela de un respaldo"):
        secret.key(path)
    assert path.read_text() == ""
