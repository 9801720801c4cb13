"""Markdown's parts."""

import pytest

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


def test_somebodys_text_is_left_readable():
  for text in (
    'Five Flowers',
    '350 photographs, central crop of 87.5 % (one in ten); x86_64, R1.2-3',
    "jack-o'-lantern",
  ):
    assert markdown.text(text) == text


@pytest.mark.parametrize(
  ('text', 'inert'),
  [
    ('a\n\n## b', 'a &#35;# b'),
    ('<b> & [c](d) | `e`', r'&lt;b&gt; &amp; \[c\](d) &#124; \`e\`'),
    ('- --- + 1. 2) -1 C#', r'&#45; &#45;-- &#43; 1\. 2\) -1 C#'),
    ('_a_ b_c \\ ~~~', r'\_a\_ b_c \\ &#126;&#126;&#126;'),
    ('a\x1b[2J\u202eb', r'a\\x1b\[2J\\u202eb'),
  ],
)
def test_somebodys_text_does_nothing(text, inert):
  assert markdown.text(text) == inert


def test_a_text_is_read_again():
  text = r'<b> & &amp; \& [c](d) | `e` _f_ # - 1.'
  assert markdown.plain(markdown.text(text)) == text


def test_a_name_is_code_if_it_can_be():
  assert markdown.literal('a_b/*.pb') == '`a_b/*.pb`'
  assert markdown.literal('a`b') == r'a\`b'
  assert markdown.literal('a\n# b') == 'a &#35; b'
  assert markdown.literal('') == ''


def test_a_link_leads_where_it_says():
  link = markdown.link('[a]', 'https://a.example/b?c=d&e=(f)#g h')
  assert link == r'[\[a\]](https://a.example/b?c=d&amp;e=%28f%29#g%20h)'
