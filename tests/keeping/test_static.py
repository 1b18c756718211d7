from pathlib import Path

from mejora.keeping import static


def test_static_files_are_collected_once_for_each_state_of_their_sources(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("p { color: red }")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    from django.contrib.staticfiles import finders

    finders.get_finder.cache_clear()
    try:
        assert static.collect() is True
        assert static.collect() is False

        (source / "b.css").write_text("p { color: blue }")
        assert static.collect() is True
        assert Path(settings.STATIC_ROOT / "b.css").is_file()
    finally:
        finders.get_finder.cache_clear()
