"""Pages: what is in them, and what is not obeyed."""

from exporter.hub import page as page_lib
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import some_manifest

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/5'
)
_LITE = formats.convert(_HANDLE, kinds.converted()[0])


def test_html_in_a_card_is_shown_and_not_obeyed():
  page = page_lib.to_html(
    '<b>', 'a <script>alert(1)</script> [x](javascript:alert(1))'
  )
  assert '<title>&lt;b&gt;</title>' in page
  assert '&lt;script&gt;' in page
  assert '<script' not in page
  assert 'href="javascript' not in page


def test_a_browser_loads_nothing_for_a_page_whoever_sends_it():
  page = page_lib.to_html('x', '![far](https://example.org/seen.png)')
  head = page.partition('<body>')[0]
  policy = "default-src 'none'; style-src 'unsafe-inline'"
  assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in (
    head
  )


def test_metadata_is_left_out_and_tables_are_tables():
  page = page_lib.to_html(
    'x', '# T\n\n<!-- task: a -->\n\n| a |\n| --- |\n| 1 |'
  )
  assert 'task:' not in page
  assert '<td>1</td>' in page


def test_a_card_that_holds_html_shows_it_and_obeys_none_of_it():
  text = (
    '# Card\n\n<!-- task: a -->\n\n<script>alert(1)</script>\n\n'
    '```html\n<!-- kept -->\n<b>bold</b>\n```\n'
  )
  page = page_lib.card(some_manifest.make(_HANDLE), text, [])
  assert 'task: a' not in page
  assert '&lt;script&gt;alert(1)&lt;/script&gt;' in page
  assert '&lt;!-- kept --&gt;\n&lt;b&gt;bold&lt;/b&gt;' in page
  assert '<script' not in page
  assert '<b>' not in page


def test_links_are_relative():
  manifest = some_manifest.make(_HANDLE)
  lite = some_manifest.make(_LITE)
  page = page_lib.card(manifest, '# Card', [lite])
  assert 'href="5.tar.gz"' in page
  assert 'href="5.json"' in page
  assert 'href="/' not in page


def test_the_index_says_where_each_is():
  exports = page_lib.index([some_manifest.make(_HANDLE)])['exports']
  assert exports == [
    {
      'handle': str(_HANDLE),
      'format': 'saved_model_2',
      'weights': 'ema',
      'bytes': 1744499,
      'download': f'{_HANDLE}.tar.gz',
    }
  ]
