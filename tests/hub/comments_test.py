"""Comments in Markdown are not seen, and nothing else goes with them."""

import markdown_it
import pytest

from exporter.hub import comments


def _html(text: str) -> str:
  reader = markdown_it.MarkdownIt('commonmark', {'html': False})
  comments.leave_out(reader)
  return reader.render(text)


@pytest.mark.parametrize(
  ('text', 'expected'),
  [
    ('<!-- a: b -->', ''),
    ('<!-- a: b -->\n<!-- c: d -->\n', ''),
    ('<!-- one\n\ntwo -->', ''),
    ('a\n<!-- b -->\nc', '<p>a</p>\n<p>c</p>\n'),
    ('a <!-- b --> c', '<p>a  c</p>\n'),
    ('<!-- a --> b', '<p> b</p>\n'),
    ('*a<!-- b\nc -->*', '<p><em>a</em></p>\n'),
    ('> <!-- a -->\n> b', '<blockquote>\n<p>b</p>\n</blockquote>\n'),
    ('* a\n  <!-- b -->\n', '<ul>\n<li>a</li>\n</ul>\n'),
  ],
)
def test_a_comment_is_rendered_to_nothing(text, expected):
  assert _html(text) == expected


@pytest.mark.parametrize(
  'text',
  ['```\n<!-- a -->\n```', '    <!-- a -->', '`<!-- a -->`'],
)
def test_in_code_a_comment_is_shown(text):
  assert '&lt;!-- a --&gt;' in _html(text)


def test_what_is_never_closed_hides_nothing():
  assert _html('<!-- a\n\nb') == '<p>&lt;!-- a</p>\n<p>b</p>\n'
  assert _html('a <!-- b') == '<p>a &lt;!-- b</p>\n'


def test_a_comment_of_a_list_does_not_reach_out_of_it():
  assert '<p>b --&gt;</p>' in _html('* <!-- a\n\nb -->')


@pytest.mark.parametrize(
  'text',
  [
    '<script>alert(1)</script>',
    '<!-- a --><script>alert(1)</script>',
    '<!-- a --> <script>alert(1)</script> <!-- b -->',
    '<!-- a\n--> <script>alert(1)</script>',
    '<div>\n<!-- a -->\n<script>alert(1)</script>\n</div>',
    '<!-- <!-- a --> <script>alert(1)</script> -->',
    'a <img src=x onerror=alert(1)>',
    '<!doctype html>',
    '<?php echo 1 ?>',
  ],
)
def test_other_html_is_text_wherever_comments_are(text):
  body = _html(text)
  for tag in ('<script', '<img', '<div', '<!', '<?'):
    assert tag not in body
  assert '&lt;' in body
  assert ('alert(1)' in body) == ('alert(1)' in text)


@pytest.mark.parametrize(
  ('line', 'end'),
  [
    ('<!--\n', ''),
    ('<!--\n', '\n\nb --> c'),
    ('<!-- a\n\n', '\n\nb --> c'),
    ('> <!--\n', '\n\nb --> c'),
    ('* <!--\n', '\n\nb --> c'),
    ('  <!-- b\n\n', 'c\n\n-->'),
    ('a <!-- ', ''),
  ],
)
def test_many_that_are_not_closed_are_text_soon(line, end):
  """If time grew with the square of their number, these would take minutes."""
  many = 20000
  html = _html(f'* a\n\n{line * many}{end}')
  assert many - 1 <= html.count('&lt;!--') <= many
