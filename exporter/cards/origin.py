"""The sections of a card on where an artifact comes from and who may use it."""

from exporter import checkpoints
from exporter import markdown
from exporter import storage
from exporter.cards import record
import model_specs
from model_specs import checksums
from model_specs import kinds

_LICENSES_URL = 'https://spdx.org/licenses'
_TRUST = {
  checksums.PUBLISHED: 'slimhub knows this hash as that of the published one.',
  checksums.FIRST_USE: (
    'It is **trusted on first use**: nobody published a hash of this archive, '
    'so that the one that came first is taken for it.'
  ),
}


def _archive(weights: storage.Weights) -> str:
  """Where the weights came from, and why that is believed."""
  archive = weights.archive
  if archive:
    return markdown.paragraph(
      f'The weights come from the archive {markdown.literal(archive.url)}, '
      f'{archive.algorithm} {markdown.literal(archive.digest)}.',
      _TRUST[archive.trust],
    )
  if weights.kind == checkpoints.SYNTHETIC:
    return 'The weights are synthetic: they come from no archive.'
  return (
    'The checkpoint did not come out of anything published: whoever exported '
    'it answers for it.'
  )


def provenance(
  handle: model_specs.Handle, manifest: storage.Manifest | None
) -> tuple[record.Section, ...]:
  """Where an artifact comes from, and what else lies beside it."""
  if manifest is None:
    return ()
  stem = handle.stem.rpartition('/')[2]
  files = (
    f'`{stem}{kinds.PROVENANCE}`: its files, what they were made of and by '
    'which command, as an in-toto statement with SLSA provenance',
    f'`{stem}{kinds.BOM}`: the model, its licence, training data and '
    'libraries, as a bill of materials of CycloneDX',
  )
  return (
    record.Section(
      'Provenance',
      (
        _archive(manifest.weights),
        'Beside this card lie, for programs:',
        markdown.bullets(files),
      ),
    ),
  )


def licence(handle: model_specs.Handle) -> record.Section:
  """Under which licence a model is published, with a link to its text."""
  name, own = handle.spec.license, handle.spec.own
  url = own.license_url if own else f'{_LICENSES_URL}/{name}.html'
  stated = markdown.link(name, url) if url else markdown.text(name)
  text = f'The model is published under {stated}.'
  if not name:
    text = f'`{handle.publisher}` states no licence.'
  return record.Section('Licence', (markdown.paragraph(text),))
