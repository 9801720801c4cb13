"""Makes all pages of the site, and the menu that leads to them."""

from typing import Any

from exporter import cards
from exporter.site import catalogue_page
from exporter.site import choice_page
from exporter.site import entries
from exporter.site import family_page
from exporter.site import guides
from exporter.site import home_page
from exporter.site import model_page
from exporter.site import page as page_lib

_CLIENTS = 'Where it works'


def _clients() -> str:
  about = 'Every way to use an export, and where it was tested.'
  return page_lib.join(
    page_lib.head(_CLIENTS, about), cards.clients_page_text()
  )


def pages(collection: entries.Collection) -> dict[str, str]:
  """The Markdown of every page, by its path with slashes."""
  texts = {
    page_lib.HOME: home_page.render(collection),
    page_lib.CHOICE: choice_page.render(collection),
    page_lib.CATALOGUE: catalogue_page.render(collection),
    page_lib.CLIENTS: _clients(),
    **catalogue_page.render_publishers(collection),
  }
  for page, text in guides.texts().items():
    texts[page] = guides.render(text)
  for family in collection.families():
    page = page_lib.family(family.network)
    texts[page] = family_page.render(collection, family)
  return texts | model_page.render_all(collection)


def menu(collection: entries.Collection) -> list[dict[str, Any]]:
  """The navigation of the site, in the form of MkDocs."""
  families = [
    {family.title: page_lib.family(family.network)}
    for family in collection.families()
  ]
  written = [{guides.title(text): p} for p, text in guides.texts().items()]
  return [
    {'Models': page_lib.HOME},
    {'Which one?': page_lib.CHOICE},
    {'Families': families},
    {catalogue_page.TITLE: page_lib.CATALOGUE},
    {'Guides': written},
    {_CLIENTS: page_lib.CLIENTS},
  ]
