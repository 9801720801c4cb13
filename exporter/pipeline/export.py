"""Exports a model: makes artifacts of its checkpoint, proves, delivers them."""

from collections.abc import Iterator
import functools
import pathlib

from exporter import checkpoints
from exporter import environment
from exporter import errors
from exporter import formats
from exporter import measure
from exporter import networks
from exporter import provenance
from exporter import results
from exporter import storage
from exporter.pipeline import changes
from exporter.pipeline import decision
from exporter.pipeline import once
from exporter.pipeline import orders
import model_specs


def _read(
  order: orders.Order,
) -> tuple[checkpoints.Checkpoint, checkpoints.Reading]:
  """Reads the weights, and keeps what the next run must know of them as a memo.

  There is no memo if somebody has changed the files meanwhile.
  """
  request = order.model, order.checkpoint_dir, order.weights
  causes = checkpoints.causes(*request)
  checkpoint = checkpoints.read_checkpoint(
    order.model,
    checkpoint_dir=order.checkpoint_dir,
    weights=order.weights,
    require_checksum=order.require_checksums,
  )
  weights = storage.Weights(
    checkpoint.name, checkpoint.sha256, checkpoint.kind, checkpoint.archive
  )
  reading = checkpoints.Reading(weights, checkpoint.has_classifier)
  is_known = (
    causes and storage.read_memo(checkpoints.Reading, causes) == reading
  )
  if causes and not is_known and causes == checkpoints.causes(*request):
    storage.write_memo(causes, reading)
  return checkpoint, reading


class _Model:
  """The checkpoint and the networks, which all handles of a model share."""

  def __init__(self, order: orders.Order):
    spec, afresh = order.model, order.prove == orders.FRESH
    sources = networks.sources(spec, afresh=afresh)
    checkpoint, self.reading = _read(order)
    self.weights = self.reading.weights
    self.warning = checkpoint.warning
    self.original = formats.Original(
      spec,
      sources,
      checkpoint.tensors,
      self.weights,
      checkpoint.frozen_graph,
      order.pictures_dir,
      batch=order.litert_batch,
      afresh=afresh,
    )

  def pictures_digest(self, handle: model_specs.Handle) -> str:
    """The hash of the pictures that ranges are measured on; empty if none."""
    pictures = self.original.pictures_for(handle)
    return '' if pictures is None else measure.pictures_digest(pictures)


def _prove(
  handle: model_specs.Handle,
  format_: formats.Format,
  model: _Model,
  artifact: pathlib.Path,
  batch: str,
) -> storage.Manifest:
  """Proves an artifact that was just written, and returns its manifest.

  Raises:
    ProofError: It does not compute what its network does, or its files say what
      is not so.
  """
  # The hashes are taken before the proof, so that they are of what is proven.
  files = storage.hash_files(artifact)
  manifest = storage.Manifest(
    handle=str(handle),
    format=handle.format,
    spec=handle.fingerprint,
    weights=model.weights,
    files=files,
    proof=format_.prove(handle, artifact, model.original),
    libraries=environment.libraries(*format_.packages),
    pictures=model.pictures_digest(handle),
    batch=batch,
    model=storage.spec_table(handle),
  )
  untrue = formats.untrue(format_.claims(handle, manifest, artifact))
  if untrue:
    raise errors.ProofError(
      f'{handle} says of itself what is not so, and is not delivered; report '
      'it, as slimhub has just written it\n  ' + '\n  '.join(untrue)
    )
  return manifest


class _Lazily:
  """The model of an order, read once it is needed."""

  def __init__(self, order: orders.Order):
    self.model = once.once(functools.partial(_Model, order))

  def reading(self, *_: object) -> checkpoints.Reading:
    """What reading the checkpoint told."""
    return self.model().reading

  def pictures(self, handle: model_specs.Handle, _: storage.Manifest) -> str:
    """The hash of the pictures that ranges are measured on; '' if none."""
    return self.model().pictures_digest(handle)


def _export(
  handle: model_specs.Handle, lazily: _Lazily, order: orders.Order
) -> results.Result:
  """Exports a handle, unless what is in place can be kept."""
  build = provenance.this_build()
  decided = decision.decide(handle, order, lazily)
  if isinstance(decided, results.Result):
    return decided
  format_, model = formats.of(handle), lazily.model()
  replaced = f'replaced: {"; ".join(decided)}' if decided else ''
  with storage.stage(order.output_dir) as folder:
    staged = storage.Place(
      folder / (handle.kind.file or 'artifact'),
      folder / 'manifest.staged',
      folder / 'card.staged',
    )
    format_.write(handle, model.original, staged.artifact)
    with storage.syncing(staged.artifact, order.output_dir):
      manifest = _prove(
        handle, format_, model, staged.artifact, order.batch(handle)
      )
    bom = provenance.bom(handle, manifest, build)
    texts = (
      format_.card(handle, manifest).to_markdown(),
      provenance.statement(handle, manifest, build, bom),
      bom,
      manifest.to_json(),
    )
    for path, text in zip(staged.said, texts, strict=True):
      path.write_text(text, encoding='utf-8')
    may_replace = order.force or bool(decided)
    storage.deliver(handle, staged, order.output_dir, may_replace)
  notes = (
    replaced,
    format_.note(model.original),
    model.warning,
    changes.left_behind(handle, order, manifest)
    if may_replace or handle.kind.is_converted
    else '',
  )
  reason = '; '.join(filter(None, notes))
  return results.Result(
    str(handle), results.EXPORTED, reason, bytes=manifest.bytes
  )


def run(order: orders.Order) -> Iterator[results.Result]:
  """Exports the handles of one model, and yields each result when it is there.

  If one handle fails, the others are still exported. If the checkpoint cannot
  be read, every handle that needs it fails.
  """
  lazily = _Lazily(order)
  for handle in order.handles:
    work = functools.partial(_export, handle, lazily, order)
    yield results.attempt(str(handle), work)
