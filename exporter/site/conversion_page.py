"""The page of one converted file."""

from exporter import formats
from exporter.site import collection as collection_lib
from exporter.site import entries
from exporter.site import guides
from exporter.site import page as page_lib
from exporter.site import sections
import model_specs


def render(
  conversion: model_specs.Handle,
  entry: entries.Entry,
  collection: collection_lib.Collection,
) -> str:
  """The page of a converted file."""
  page = entries.page(conversion)
  kind = conversion.kind.title
  title = f'{entries.title(conversion.spec)}: {entry.task}, {kind}'
  about = f'{title}: how to use the file, and what was proven of it.'
  text = formats.render(
    conversion,
    entry.made[str(conversion)],
    sections.speed(conversion, entry, collection),
  )
  steps = (
    (f'{conversion.origin}', entries.page(conversion.origin)),
    (conversion.kind.file, page),
  )
  _, _, body = text.partition('\n')  # The card has its own title.
  introduction, _, rest = body.partition('\n## ')
  return page_lib.join(
    page_lib.head(title, about, 'navigation'),
    sections.trail(entry, page, *steps),
    f'# {title}',
    introduction.strip(),
    sections.files([(conversion, kind)], entry, collection, page),
    sections.proof(conversion, entry),
    guides.link_mentions(f'## {rest}', page),
  )
