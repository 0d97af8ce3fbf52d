"""What pages offer because of a repository, and that they offer nothing of it without one."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sphinx.errors import ExtensionError

import notebooks
import repository


@pytest.fixture
def configure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], None]]:
    """Return a function that writes a configuration with these addresses."""

    def write(url: str = "", mail: str = "", environment: str = "") -> None:
        text = f"repository:\n  url: {url!r}\n  mail: {mail!r}\n"
        (tmp_path / "_config.yml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(repository, "ROOT", tmp_path)
        monkeypatch.setenv("REPOSITORY", environment)
        repository.configured.cache_clear()

    yield write
    repository.configured.cache_clear()


def test_without_addresses_there_is_nothing(configure: Callable[..., None]) -> None:
    configure()
    assert repository.report("Tanh", "tanh.html", "1.0") == ""
    assert repository.opened("tanh") == {}
    assert "raise FileNotFoundError" in notebooks.installing("", "a.whl", drawing=False)


def test_a_repository_takes_errors_with_their_place_and_opens_notebooks(
    configure: Callable[..., None],
) -> None:
    configure("https://github.com/some/one/", "a@example.org")
    link = urlsplit(repository.report("\N{LEFT DOUBLE QUOTATION MARK}A & B?", "b/tanh.html", "1.0"))
    assert link._replace(query="").geturl() == "https://github.com/some/one/issues/new"
    assert parse_qs(link.query) == {
        "title": ["Error on \N{LEFT DOUBLE QUOTATION MARK}A & B?"],
        "body": ["b/tanh.html\nVersion 1.0\n\n"],
    }
    assert all("/some/one/" in place for place in repository.opened("tanh").values())
    from_git = notebooks.installing("", "a.whl", drawing=False)
    assert "backcheck @ git+https://github.com/some/one" in from_git
    assert "FileNotFoundError" not in from_git
    from_site = notebooks.installing("https://example.org/", "a.whl", drawing=False)
    assert "https://example.org/notebooks/a.whl" in from_site
    for code in (from_git, from_site):
        compile(code.replace("%pip", "pass #"), "cell", "exec")


def test_what_publishes_the_book_says_where_it_is(configure: Callable[..., None]) -> None:
    configure("https://github.com/some/one", environment="https://codeberg.org/an/other")
    assert repository.configured()[0] == "https://codeberg.org/an/other"
    assert repository.opened("tanh") == {}


def test_errors_go_to_an_address_for_mail_where_there_is_no_repository(
    configure: Callable[..., None],
) -> None:
    configure(mail="a@example.org")
    link = urlsplit(repository.report("Tanh", "tanh.html", "1.0"))
    assert (link.scheme, link.path) == ("mailto", "a@example.org")
    assert parse_qs(link.query)["body"] == ["tanh.html\nVersion 1.0\n\n"]


@pytest.mark.parametrize("given", [("github.com/a/b", ""), ("https://github.com", ""), ("", "a")])
def test_what_is_no_address_is_refused_in_a_sentence(
    configure: Callable[..., None], given: tuple[str, str]
) -> None:
    configure(*given)
    with pytest.raises(ExtensionError, match=r"is needed\.$"):
        repository.configured()
