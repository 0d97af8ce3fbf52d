"""What links show of their targets, beside them and without asking for another page."""

from functools import cache
from pathlib import Path

from building import Page, parsed

KINDS = "dl.glossary dt[id], .math-wrapper[id], .proof[id], figure[id]"


@cache
def shown(page: Path) -> set[str]:
    """Return the places of a page that links show."""
    return {str(one["id"]) for one in parsed(page).select(KINDS)}


def test_what_a_link_leads_to_on_another_page_comes_along(page: Page) -> None:
    templates = {str(one["data-of"]): one for one in page.soup.select("template")}
    wanted = set()
    for link in page.soup.article.select("a[href*='.html#']"):
        name, _, place = str(link["href"]).partition("#")
        if "//" in name or name == f"{page.name}.html":
            continue
        if place in shown(page.path.parent / name):
            target = parsed(page.path.parent / name).find(id=place)
            said = target.find_next_sibling("dd") if target.name == "dt" else target
            if page.soup.select(".katex") or not said.select(".katex"):
                wanted.add(str(link["href"]))
    assert set(templates) == wanted
    for template in templates.values():
        assert template.get_text().strip()
        assert not template.select("[id]:not(svg *), [style], [tabindex], .headerlink, script")
