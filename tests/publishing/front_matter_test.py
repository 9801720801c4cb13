"""Front matter, read by Hugging Face's own reader."""

import huggingface_hub
import pytest

from exporter.publishing import front_matter

_ODD = (
  'yes',
  'No',
  'null',
  '1.0',
  '007',
  '2020-01-01',
  '',
  ' x ',
  'a: b',
  'a #b',
  '- a',
  '---',
  "it's",
  '"q"',
  'back\\slash',
  'a\nb',
  '{a}',
  '*a',
  '&a',
  '!a',
  '%a',
  'Grüße 🌷',
  '0x10',
  '~',
  'on',
)


def _read(facts):
  text = f'{front_matter.front_matter(facts)}\n# A card\n'
  return huggingface_hub.ModelCard(text)


@pytest.mark.parametrize('value', _ODD)
def test_a_text_stays_that_text(value):
  card = _read({'license': 'mit', 'tags': [value, 'x'], 'odd': value})
  assert card.data.to_dict()['odd'] == value
  assert card.data.tags == [value, 'x']
  assert card.text == '\n# A card\n'


def test_what_is_within_others_stays_there():
  facts = {
    'library_name': 'tf-keras',
    'a': {'b': [{'c': 1, 'd': ['e']}, {'f': {'g': 0.5}}], 'h': True},
    'last': 'x',
  }
  assert _read(facts).data.to_dict() == facts


def test_each_fact_is_a_line():
  text = front_matter.front_matter({'license': 'mit', 'tags': ['a', 'b']})
  assert text == '---\nlicense: "mit"\ntags: ["a", "b"]\n---\n'
