"""A card is data until it is written: its order and headings as Markdown."""

from exporter.cards import record

_PART = record.Section('Part', ('* a', 'b'))
_SECTION = record.Section('Whole', ('Text.', '| table |'), (_PART,))


def test_a_section_has_its_blocks_and_then_its_parts():
  assert _SECTION.to_markdown() == (
    '## Whole\n\nText.\n\n| table |\n\n#### Part\n\n* a\n\nb'
  )


def test_the_heading_of_a_part_may_be_another():
  assert '\n\n### Part\n\n' in _SECTION.to_markdown('###')


def test_a_card_begins_with_what_it_is_of():
  card = record.Card(
    'Module x',
    'It does.',
    (_PART, record.Section('Last')),
    ('> Beware.',),
    {'task': 'a', 'format': 'b'},
  )
  assert card.to_markdown() == (
    '# Module x\nIt does.\n\n<!-- task: a -->\n<!-- format: b -->\n\n'
    '> Beware.\n\n## Part\n\n* a\n\nb\n\n## Last\n'
  )


def test_what_a_card_does_not_have_leaves_no_gap():
  card = record.Card('File x', 'It is.', (record.Section('Usage', ('A.',)),))
  assert card.to_markdown() == '# File x\nIt is.\n\n## Usage\n\nA.\n'
