"""How accurate exports are on labelled pictures -> figures, and their cards."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from concurrent import futures
import contextlib
import itertools

import numpy as np

from exporter import environment
from exporter import errors
from exporter import storage
from exporter.measure import accuracy
from exporter.measure import classes
from exporter.measure import confusion_chart
from exporter.measure import crops
from exporter.measure import labelled
from exporter.measure import runners
import model_specs
from model_specs import versions

EVALUATION_JSON, EVALUATION_CHARTS = 'evaluation.json', 'evaluation'
_BATCH = 32

Advance = Callable[[int], object]  # By so many pictures.


def classifiers(
  handles: Sequence[model_specs.Handle],
) -> tuple[model_specs.Handle, ...]:
  """Those of some handles that have classes.

  Raises:
    ManifestError: None has any.
  """
  found = tuple(h for h in handles if h.task == versions.CLASSIFICATION)
  if not found:
    raise errors.ManifestError(
      f'{handles[0]} gives features, and nothing here gives classes; name an '
      f'export of {versions.CLASSIFICATION}'
    )
  return found


def _logits(
  handles: Sequence[model_specs.Handle],
  output_dir: storage.Folder,
  pictures: Sequence[labelled.Labelled],
  advance: Advance,
) -> dict[str, np.ndarray]:
  """What the artifacts of one model make of the pictures, read once."""
  model = handles[0].spec
  how = crops.way(model)
  found: dict[str, list[np.ndarray]] = {str(handle): [] for handle in handles}
  with contextlib.ExitStack() as stack:
    runs = {}
    for handle in handles:
      place = storage.place(output_dir, handle)
      artifact = stack.enter_context(storage.local_copy(place.artifact))
      runs[str(handle)] = runners.load(handle, artifact, environment.cores())
    pool = stack.enter_context(futures.ThreadPoolExecutor(environment.cores()))
    for at in range(0, len(pictures), _BATCH):
      part = pictures[at : at + _BATCH]
      read = pool.map(lambda p: crops.read(p.path, model.size, how), part)
      images = np.stack(list(read))
      for name, run in runs.items():
        found[name].append(np.asarray(run(images)))
      advance(len(part))
  return {name: np.concatenate(parts) for name, parts in found.items()}


def _check(name: str, logits: np.ndarray) -> None:
  bad = int(np.count_nonzero(~np.isfinite(logits).all(1)))
  if bad:
    raise errors.ProofError(
      f'{name} answers {bad} of {len(logits)} pictures with NaN or infinite '
      'logits; see what `slimhub verify` says of it'
    )


def _keep(found: accuracy.Accuracy, output_dir: storage.Folder) -> None:
  """Writes the picture of one artifact's confusions."""
  name = f'{found.name.replace("/", "_")}.svg'
  storage.write_text(
    output_dir / EVALUATION_CHARTS / name, confusion_chart.render(found)
  )


def evaluate(
  handles: Sequence[model_specs.Handle],
  output_dir: storage.Folder,
  pictures: Sequence[labelled.Labelled],
  advance: Advance,
) -> Iterator[accuracy.Accuracy]:
  """Evaluates exports; at the end writes what was found beside them.

  Args:
    handles: Classifiers, sorted by name.
    output_dir: Where they are.
    pictures: What to show them.
    advance: Told how many pictures more were seen by all of one model.

  Yields:
    The figures of one artifact.

  Raises:
    PictureError: A label is no class of a model, or a file is no picture.
    ManifestError: An export has no readable manifest.
    ProofError: An artifact cannot be loaded, or answers with NaN.
  """
  labels = [each.label for each in pictures]
  digest = labelled.digest(pictures)
  # All are asked before the first picture is shown to any.
  known = {str(h): classes.resolve(h, labels) for h in handles}
  found = []
  for _, group in itertools.groupby(handles, lambda handle: handle.folder):
    of_model = list(group)
    logits = _logits(of_model, output_dir, pictures, advance)
    for handle in of_model:
      name = str(handle)
      _check(name, logits[name])
      setting = accuracy.Setting(
        len(pictures),
        digest,
        known[name].rule,
        crops.way(handle.spec),
        environment.libraries(),
      )
      numbers = [known[name].numbers[label] for label in labels]
      one = accuracy.summarize(
        name, setting, logits[name], numbers, known[name].names
      )
      found.append(one)
      yield one
  for one in found:
    _keep(one, output_dir)
  storage.write_text(output_dir / EVALUATION_JSON, accuracy.to_json(found))


def evaluate_exports(  # noqa: PLR0913  # All but the first go by their names.
  output_dir: storage.Location,
  *,
  images: storage.LocalPath,
  labels: storage.LocalPath | None = None,
  patterns: Sequence[str] = (),
  formats: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
  advance: Advance | None = None,
) -> tuple[accuracy.Accuracy, ...]:
  """Measures the accuracy of classifiers, as `slimhub evaluate` does.

  Args:
    output_dir: Where exports are; evaluation.json and the pictures of what is
      taken for what are written there.
    images: A folder of pictures: one folder a class, or what `labels` names.
    labels: A file with a line PATH LABEL for each picture, paths below
      `images`.
    patterns: Which exports; without any, all that have classes.
    formats: Of which formats, such as `tf2`; without any, all.
    registry: What is known of own models whose exports have no manifest.
    advance: Told how many pictures more were seen by all of one model.

  Returns:
    The figures of each artifact, sorted by handle.

  Raises:
    PictureError: There are no pictures, or a label is no class of a model.
    ManifestError: There are no such exports.
    ProofError: An artifact cannot be loaded, or answers with NaN.
    UnknownNameError: A pattern matches no model.
  """
  folder, where = storage.to_folder(output_dir), storage.to_path(images)
  if labels is None:
    pictures = labelled.pictures_of_folders(where)
  else:
    pictures = labelled.pictures_of_list(where, storage.to_path(labels))
  found = storage.find_artifacts(folder, patterns, formats, registry)
  return tuple(
    evaluate(classifiers(found), folder, pictures, advance or (lambda _: None))
  )
