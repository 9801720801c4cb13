"""Markdown's parts."""

from exporter import markdown


def test_paragraphs_are_filled_and_keep_words_whole():
  url = 'https://example.org/' + 'a-b' * 30
  text = markdown.paragraph('One two.', f'[Three]({url}) four.')
  assert text == f'One two.\n[Three]({url})\nfour.'
  filled = markdown.paragraph('word ' * 40).splitlines()
  assert max(map(len, filled)) <= 80


def test_quotes_fit_too():
  lines = markdown.quote('word ' * 40).splitlines()
  assert all(line.startswith('> ') for line in lines)
  assert max(map(len, lines)) <= 80


def test_bullets():
  assert markdown.bullets(['a', 'b']) == '* a\n* b'


def test_code():
  assert markdown.code('\nx = 1\n') == '```python\nx = 1\n```'


def test_tables_align_numbers():
  text = markdown.table(('Name', 'Bytes'), [('a', '1')], numbers=['Bytes'])
  assert text == '| Name | Bytes |\n| --- | ---: |\n| a | 1 |'


def test_sections():
  assert markdown.section('Title', 'a', 'b') == '## Title\n\na\n\nb'
