"""The section of a card on the other names that a model is known by."""

from collections.abc import Callable

from exporter import markdown
from exporter.cards import record
import model_specs
from model_specs import aliases

_GUIDE = 'from_kaggle'


def _rows(handle: model_specs.Handle) -> list[tuple[str, str]]:
  """Rows of a table: a client, and a name by which it asks for the artifact."""
  rows = [('kagglehub', f'{name}') for name in aliases.of_kaggle(handle)]
  if not handle.kind.is_converted:
    rows += [
      ('tensorflow_hub', f'{aliases.TFHUB_URL}/{name}')
      for name in aliases.of_tfhub(handle)
      if name != str(handle)
    ]
  return [(client, markdown.literal(name)) for client, name in rows]


def _namesakes(handle: model_specs.Handle) -> tuple[str, ...]:
  """The same network elsewhere, as blocks of Markdown."""
  namesakes = aliases.namesakes(handle.spec)
  if handle.kind.is_converted or not namesakes:
    return ()
  items = [f'[`{n.name}`]({n.url}), {n.collection}' for n in namesakes]
  return (
    'The same network in other collections, which may have other weights:',
    markdown.bullets(items),
  )


def also_known_as(
  handle: model_specs.Handle,
  mention: Callable[[str], str] = record.name_guide,
) -> record.Section:
  """The names that programs and people may have for an artifact.

  Args:
    handle: The handle or the converted file.
    mention: How a guide is mentioned, by its name in docs/.
  """
  how = markdown.paragraph(
    'Programs that ask for it by these names get it from `slimhub serve`, or '
    'from a cache that `slimhub seed_cache` filled, without a change to '
    f'them. {mention(_GUIDE)} shows how.'
  )
  table = markdown.table(('Who asks', 'Name'), _rows(handle))
  return record.Section('Also known as', (how, table, *_namesakes(handle)))
