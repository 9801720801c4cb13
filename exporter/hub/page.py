"""What a hub says of its exports: the index, and cards as HTML pages."""

from collections.abc import Iterable
import functools
import html

import markdown_it

import exporter
from exporter import markdown
from exporter import storage
from exporter.hub import comments

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem;
  margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
table, pre { display: block; overflow-x: auto; border-collapse: collapse; }
th, td { border: 1px solid #8886; padding: 0.2rem 0.6rem; }
pre { background: #8882; padding: 0.6rem; }
"""


@functools.lru_cache(256)  # A page is asked for more often than it changes.
def to_html(title: str, text: str) -> str:
  """A page of some Markdown.

  Comments, which a card has for programs, are left out; other HTML is shown as
  text, and nothing in it is obeyed.
  """
  reader = markdown_it.MarkdownIt('commonmark', {'html': False}).enable('table')
  comments.leave_out(reader)
  body = reader.render(text)
  return (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    f'<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n'
    f'</head>\n<body>\n{body}</body>\n</html>\n'
  )


def _size(count: int) -> str:
  return f'{count / 1e6:.1f} MB'


def _title(made: storage.Manifest) -> str:
  kind = storage.kind_of(made)
  if kind.is_converted:
    return kind.title
  return 'The model, as tensorflow_hub loads it (`.tar.gz`)'


def card(
  made: storage.Manifest, text: str, conversions: Iterable[storage.Manifest]
) -> str:
  """The page of a model that tensorflow_hub loads.

  Args:
    made: Its manifest.
    text: Its card.
    conversions: The manifests of what it was converted to.

  Returns:
    HTML whose links are relative: they hold wherever the hub is.
  """
  folder, _, number = made.handle.rpartition('/')
  rows = [
    (
      f'[{_title(each)}]({storage.download_path(each).removeprefix(f"{folder}/")})',
      _size(each.bytes),
    )
    for each in (made, *conversions)
  ]
  return to_html(
    made.handle,
    '\n\n'.join(
      (
        markdown.paragraph(
          'The address of this page loads the model: give it to `hub.load`,',
          '`hub.KerasLayer` or, if it is a TF1 module, `hub.Module`.',
        ),
        markdown.table(('Download', 'Unpacked'), rows, ('Unpacked',)),
        f'What it is made of, and its proof: [{number}.json]({number}.json)',
        text,
      )
    ),
  )


def index(whole: Iterable[storage.Manifest]) -> dict[str, object]:
  """What programs may read of a hub."""
  return {
    'slimhub': exporter.__version__,
    'exports': [
      {
        'handle': made.handle,
        'format': made.format,
        'weights': made.weights.kind,
        'bytes': made.bytes,
        'download': storage.download_path(made),
      }
      for made in whole
    ],
  }


def index_page(whole: Iterable[storage.Manifest]) -> str:
  """The front page."""
  rows = [
    (
      f'[{made.handle}]({made.handle})'
      if not storage.kind_of(made).is_converted
      else made.handle,
      made.format,
      _size(made.bytes),
      f'[download]({storage.download_path(made)})',
    )
    for made in whole
  ]
  header = ('Handle', 'Format', 'Size', '')
  text = f'# Models\n\n{markdown.table(header, rows, ("Size",))}'
  return to_html('Models', text)
