"""The papers of models as BibTeX, for those who cite them."""

import re

from exporter import markdown
import model_specs

_TITLE = 'Cite'
_SPECIAL = re.compile(r'([&%$#_])')


def _text(words: str) -> str:
  """Words in which TeX sees no command."""
  return _SPECIAL.sub(r'\\\1', words)


def bibtex(family: model_specs.Family) -> str:
  """The entry of the paper of a family."""
  paper = family.paper
  first, *_ = paper.authors.split(', ')
  name = re.sub('[^a-z]', '', first.split()[-1].lower())
  fields = {
    'author': _text(' and '.join(paper.authors.split(', '))),
    # Double braces keep BibTeX from changing capitals.
    'title': f'{{{_text(paper.title)}}}',
    'year': f'{paper.year}',
    'url': paper.url,
  }
  lines = [f'  {key} = {{{value}}},' for key, value in fields.items()]
  key = f'{name}{paper.year}{family.network.replace("_", "")}'
  return '\n'.join((f'@misc{{{key},', *lines, '}'))


def section(family: model_specs.Family) -> str:
  """The section of a page, with a button that copies the entry."""
  return markdown.section(_TITLE, f'```bibtex\n{bibtex(family)}\n```')
