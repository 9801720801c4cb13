"""The card of a LiteRT file says which batch that file takes."""

import dataclasses

import pytest

from exporter import formats
from tests import conversions_made
from tests import some_manifest


@pytest.mark.parametrize(
  ('batch', 'says'),
  [
    ('1', 'Its batch is 1, as delegates'),
    ('dynamic', 'Its batch is open.'),
    ('', 'Its batch is open.'),  # As the files of the first slimhub.
  ],
)
def test_the_card_names_the_batch_of_the_file(batch, says):
  handle = conversions_made.conversion(conversions_made.TINY, 'litert.float16')
  manifest = dataclasses.replace(some_manifest.make(handle), batch=batch)
  text = formats.of(handle).card(handle, manifest).to_markdown()
  assert says in ' '.join(text.split())
  assert text.count('Its batch is') == 1
