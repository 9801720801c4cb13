"""Makes pages of the guides in docs/ of the repository."""

import base64
from collections.abc import Mapping
import functools
import pathlib
import re

from exporter import cards
from exporter.site import page as page_lib

# It holds links to the guides in docs/ and to the pictures that they show. An
# installed package has copies of them, as it has no such folders.
_FOLDER = pathlib.Path(__file__).parent / 'guides'
# Puts pictures into the page itself, each with the text that describes it in
# the metadata of its cell.
_NOTEBOOK = """\
{%- extends 'markdown/index.md.j2' -%}
{%- block data_png -%}
![{{ cell.metadata.alt }}](data:image/png;base64,{{ output.data['image/png'] }})
{%- endblock -%}
"""
_PICTURE = re.compile(r'\]\([\w./]*/(\w+\.svg)\)')
_LINK = re.compile(r'(\]\(\w+)\.ipynb\b')
_TITLE = re.compile(r'# (.+)')


def _from_notebook(path: pathlib.Path) -> str:
  """A notebook and the output of its cells as Markdown."""
  import nbconvert

  converter = nbconvert.MarkdownExporter(raw_template=_NOTEBOOK)
  text, _ = converter.from_filename(str(path))
  return text


def _in_page(picture: re.Match[str]) -> str:
  """The end of a Markdown image, with the picture itself for its address."""
  content = base64.b64encode((_FOLDER / picture[1]).read_bytes()).decode()
  return f'](data:image/svg+xml;base64,{content})'


def _read(path: pathlib.Path) -> str:
  is_notebook = path.suffix == '.ipynb'
  text = _from_notebook(path) if is_notebook else path.read_text('utf-8')
  return _LINK.sub(r'\1.md', _PICTURE.sub(_in_page, text))


@functools.cache  # Every page mentions a guide.
def texts() -> Mapping[str, str]:
  """The Markdown of each guide, by the path of its page."""
  return {
    f'{page_lib.GUIDES}/{path.stem}.md': _read(path)
    for path in sorted(_FOLDER.iterdir())
    if path.suffix in ('.md', '.ipynb')
  }


def title(text: str) -> str:
  """The title of a guide, which is its first line."""
  match = _TITLE.match(text)
  assert match, 'a guide begins with its title'
  return match[1]


def _summary(text: str) -> str:
  """The first paragraph, as one line without Markdown."""
  _, paragraph, *_ = text.split('\n\n', 2)
  if paragraph.startswith('```'):
    return f'{title(text)}, with slimhub.'
  plain = re.sub(r'\[([^]]*)\]\([^)]*\)', r'\1', ' '.join(paragraph.split()))
  return plain.replace('`', '').rstrip(':')


def render(text: str) -> str:
  """The page of a guide."""
  return page_lib.join(page_lib.head(title(text), _summary(text)), text)


def mention(name: str, page: str) -> str:
  """How a page mentions a guide: by a link, if the site has that guide."""
  shown = cards.name_guide(name)
  target = f'{page_lib.GUIDES}/{name}.md'
  if target not in texts():
    return shown
  return f'[{shown}]({page_lib.path(page, target)})'
