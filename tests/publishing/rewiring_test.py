"""Cards whose snippets download what they load."""

from exporter.publishing import rewiring
from tests import code_blocks
from tests import some_exports
from tests.publishing import some_uploads


def test_each_snippet_downloads_and_nothing_else_changes(tmp_path):
  exports = some_uploads.make(tmp_path)
  item = some_uploads.items(exports)[some_exports.TF2]
  card = rewiring.describe(item)
  sections = [
    rewiring.rewire(s, item, 'far', "far.get('x')") for s in card.sections
  ]
  before = '\n'.join(section.to_markdown() for section in card.sections)
  after = '\n'.join(section.to_markdown() for section in sections)
  blocks = code_blocks.find(after, 'python')
  assert len(blocks) > 5
  for block in blocks:
    assert block.startswith('import far\n')
    assert "\npath = far.get('x')\n" in block
  there = f"path = 'exports/{some_exports.TF2}'"
  assert after == before.replace(there, "path = far.get('x')").replace(
    '```python\n', '```python\nimport far\n'
  )


def test_the_card_is_made_of_the_manifest_and_not_of_the_text(tmp_path):
  exports = some_uploads.make(tmp_path)
  (exports / f'{some_exports.TF2}.md').write_text('# Click here')
  item = some_uploads.items(exports)[some_exports.TF2]
  assert 'Click' not in rewiring.describe(item).to_markdown()
