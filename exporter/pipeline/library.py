"""Export and verification as library calls, with typed results."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import itertools
import pathlib
import shutil
from typing import TypeAlias

from exporter import checkpoints
from exporter import errors
from exporter import measure
from exporter import results as results_lib
from exporter import storage
from exporter.pipeline import batch
from exporter.pipeline import here
from exporter.pipeline import orders as orders_lib
import model_specs
from model_specs import formats as formats_lib
from model_specs import kinds

Models: TypeAlias = (
  str | model_specs.Handle | Iterable[str | model_specs.Handle]
)
OnResult: TypeAlias = Callable[[results_lib.Result], object]


def _handles(models: Models) -> Iterator[model_specs.Handle]:
  """The handles that models name; one that is named twice is there twice.

  Those that a pattern matches come in the order of the registry.
  """
  if isinstance(models, str | model_specs.Handle):
    models = (models,)
  for each in models:
    if isinstance(each, str):
      yield from model_specs.find(each)
    else:
      yield each


def _path(named: storage.LocalPath | None) -> pathlib.Path | None:
  return None if named is None else storage.to_path(named)


def _run(
  orders: Sequence[orders_lib.Order],
  engine: batch.Engine | None,
  keep_going: bool,
  on_result: OnResult | None,
  left_out: Iterable[results_lib.Result] = (),
) -> tuple[results_lib.Result, ...]:
  """Carries out orders; without `keep_going`, a failure raises its error."""
  if engine is not None and not isinstance(engine, batch.Engine):
    raise errors.OrderError(
      f'engine={engine!r}, expected None for this process or an engine, such '
      'as pipeline.Processes() or pipeline.Cluster()'
    )
  results = []
  running = batch.run_orders(orders, engine or here.InProcess())
  # Closed at once after a failure, so that the workers end and the lock of the
  # output folder is released before the caller sees the error.
  with contextlib.closing(running):
    for result in itertools.chain(left_out, running):
      if on_result:
        on_result(result)
      if not keep_going:
        result.raise_if_failed()
      results.append(result)
  return tuple(results)


def export_models(  # noqa: PLR0913  # All but the first go by their names.
  models: Models,
  *,
  output_dir: storage.Location,
  checkpoint_dir: storage.LocalPath | None = None,
  weights: checkpoints.WeightsChoice = checkpoints.AUTO,
  formats: Sequence[str] = formats_lib.DEFAULT,
  representative_images: storage.LocalPath | None = None,
  litert_batch: kinds.Batch = kinds.ONE,
  require_checksums: bool = False,
  force: bool = False,
  prove: orders_lib.Prove = orders_lib.KNOWN,
  engine: batch.Engine | None = None,
  keep_going: bool = False,
  on_result: OnResult | None = None,
) -> tuple[results_lib.Result, ...]:
  """Exports models, proves and describes them, as `slimhub export` does.

  Args:
    models: Patterns of published models, such as `mobilenet_v2_100_224` or
      `mobilenet_v2_*/feature_vector/5`, or handles, also of own models.
    output_dir: Where exports go: a folder, or a URL such as s3://BUCKET/PATH.
      An export that is there already is kept if nothing of it would change.
    checkpoint_dir: Where checkpoints are; by default where `slimhub fetch`
      puts them, unless the weights are synthetic.
    weights: Which values of a checkpoint to take; `synthetic` takes seeded,
      untrained weights, and needs no checkpoint.
    formats: Any of `tf1`, `tf2`, `litert`, `onnx` and `tfjs`, or one of their
      files, such as `litert.float16`; the last three convert each TF2 handle.
    representative_images: A folder of pictures on which the ranges of
      litert.int8 are measured, or `photographs`, which are those that
      scikit-image brings.
    litert_batch: How many images a LiteRT file takes at once: `1`, which
      delegates and browsers want, or `dynamic`.
    require_checksums: Whether to refuse archives of published models whose
      checksum nobody knows, instead of trusting the first one.
    force: Whether exports that are there are replaced in any case.
    prove: `fresh` builds the networks with TF-Slim, and loads each artifact
      through TensorFlow's own loaders, also where it is known what comes of it.
    engine: What carries out the work; by default this very process.
    keep_going: Whether to go on after a failure, which is then one of the
      results instead of an error.
    on_result: Called with each result as soon as it is there.

  Returns:
    A result for each handle and converted file.

  Raises:
    SlimhubError: The first failure, unless `keep_going`; in any case if the
      arguments contradict each other or the output folder cannot be used.
    UnknownNameError: A pattern matches no published model.
  """
  handles = orders_lib.choose(
    tuple(dict.fromkeys(_handles(models))),  # Each once, in this order.
    orders_lib.words(formats),
    has_pictures=representative_images is not None,
  )
  if checkpoint_dir is None and weights != checkpoints.SYNTHETIC:
    checkpoint_dir = storage.default_checkpoint_dir()
  template = orders_lib.Order(
    orders_lib.EXPORT,
    (),
    storage.to_folder(output_dir),
    checkpoint_dir=_path(checkpoint_dir),
    weights=weights,
    require_checksums=require_checksums,
    force=force,
    prove=prove,
    pictures_dir=measure.pictures_folder(representative_images),
    litert_batch=litert_batch,
  )
  orders = orders_lib.make_orders(handles, template)
  return _run(orders, engine, keep_going, on_result)


def _program(named: str) -> str:
  """The path of a program, which may be named as PATH finds it."""
  program = shutil.which(storage.to_path(named))
  if program is None:
    raise errors.OrderError(
      f'client is {named!r}, which is no program; expected the path of a '
      'Python interpreter, or its name in PATH'
    )
  return program


def verify_exports(  # noqa: PLR0913  # All but the first go by their names.
  output_dir: storage.Location,
  *,
  patterns: Sequence[str] = (),
  formats: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
  client: str | None = None,
  prove: orders_lib.Prove = orders_lib.KNOWN,
  public_key: storage.LocalPath | None = None,
  root_certificates: storage.LocalPath | None = None,
  engine: batch.Engine | None = None,
  keep_going: bool = False,
  on_result: OnResult | None = None,
) -> tuple[results_lib.Result, ...]:
  """Proves exports again, from their files alone.

  Args:
    output_dir: Where the exports are.
    patterns: Which of them; without any, all.
    formats: In which formats; without any, in all.
    registry: Where the models of exports without a manifest are looked up.
    client: Another Python interpreter in which they are proven, too, by its
      path or its name in PATH; it needs TensorFlow 1.15 or newer.
    prove: `fresh` builds the networks with TF-Slim, and loads each artifact
      through TensorFlow's own loaders, also where it is known what comes of it.
    public_key: A file with the public key that all of them must be signed for.
    root_certificates: In its place, a file with certificates that must vouch
      for whoever signed them.
    engine: What carries out the work; by default this very process.
    keep_going: Whether to go on after a failure, which is then one of the
      results instead of an error.
    on_result: Called with each result as soon as it is there.

  Returns:
    A result for each export.

  Raises:
    SlimhubError: The first failure, unless `keep_going`; in any case if there
      is nothing to verify.
    UnknownNameError: A pattern matches no model.
  """
  folder = storage.to_folder(output_dir)
  words = None if formats is None else orders_lib.words(formats)
  orders_lib.check_list('patterns', patterns)
  exports = storage.find_artifacts(folder, patterns, words, registry)
  template = orders_lib.Order(
    orders_lib.VERIFY,
    (),
    folder,
    client=None if client is None else _program(client),
    prove=prove,
    public_key=_path(public_key),
    root_certificates=_path(root_certificates),
  )
  orders = orders_lib.make_orders(exports.usable, template)
  return _run(orders, engine, keep_going, on_result, exports.left_out)
