"""Renders the pages of a hub, from cards, and its index for programs."""

from collections.abc import Iterable
import functools
import html

import markdown_it

import exporter
from exporter import markdown
from exporter import results
from exporter import storage
from exporter.hub import comments

# What browsers load for a page: nothing but its own style.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
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
  """Renders Markdown as a whole HTML page.

  Comments, which a card has for programs, are left out. Other HTML is shown as
  text, so that no browser obeys it.
  """
  reader = markdown_it.MarkdownIt('commonmark', {'html': False}).enable('table')
  comments.leave_out(reader)
  body = reader.render(text)
  return (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    f'<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n'
    f'</head>\n<body>\n{body}</body>\n</html>\n'
  )


def _size(count: int) -> str:
  return f'{count / 1e6:.1f} MB'


def _title(manifest: storage.Manifest) -> str:
  kind = storage.kind_of(manifest)
  if kind.is_converted:
    return kind.title
  return 'The model, as tensorflow_hub loads it (`.tar.gz`)'


def card(
  manifest: storage.Manifest, text: str, conversions: Iterable[storage.Manifest]
) -> str:
  """The page of an artifact that is a folder.

  Args:
    manifest: The manifest of the artifact.
    text: Its card, in Markdown.
    conversions: The manifests of what the artifact was converted to.

  Returns:
    HTML whose links are relative, so that they work at any address of a hub.
  """
  folder, _, number = manifest.handle.rpartition('/')
  rows = [
    (
      f'[{_title(each)}]({storage.download_path(each).removeprefix(f"{folder}/")})',
      _size(each.bytes),
    )
    for each in (manifest, *conversions)
  ]
  how = markdown.paragraph(
    'The address of this page loads the model: give it to `hub.load`,',
    '`hub.KerasLayer` or, if it is a TF1 module, `hub.Module`.',
  )
  is_loaded = not storage.kind_of(manifest).is_converted
  return to_html(
    manifest.handle,
    '\n\n'.join(
      (
        *([how] if is_loaded else []),
        markdown.table(('Download', 'Unpacked'), rows, ('Unpacked',)),
        f'What it is made of, and its proof: [{number}.json]({number}.json)',
        text,
      )
    ),
  )


def index(
  manifests: Iterable[storage.Manifest],
  left_out: Iterable[results.Result] = (),
) -> dict[str, object]:
  """The list of exports that programs read at /index.json.

  Args:
    manifests: Those of the exports.
    left_out: What lies at the path of an export and cannot be used.
  """
  return {
    'slimhub': exporter.__version__,
    'exports': [
      {
        'handle': manifest.handle,
        'format': manifest.format,
        'weights': manifest.weights.kind,
        'bytes': manifest.bytes,
        'download': storage.download_path(manifest),
      }
      for manifest in manifests
    ],
    # Without the reasons, which name folders of the machine.
    'left_out': [each.name for each in left_out],
  }


def index_page(manifests: Iterable[storage.Manifest]) -> str:
  """The front page, a table of all exports."""
  rows = [
    (
      markdown.link(manifest.handle, manifest.handle)
      if not storage.kind_of(manifest).is_converted
      else markdown.text(manifest.handle),
      markdown.text(manifest.format),
      _size(manifest.bytes),
      markdown.link('download', storage.download_path(manifest)),
    )
    for manifest in manifests
  ]
  header = ('Handle', 'Format', 'Size', '')
  text = f'# Models\n\n{markdown.table(header, rows, ("Size",))}'
  return to_html('Models', text)
