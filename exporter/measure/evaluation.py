"""Evaluates exports on labelled pictures; writes the figures beside them."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from concurrent import futures
import contextlib
import dataclasses
import itertools
import json

import numpy as np

from exporter import environment
from exporter import errors
from exporter import storage
from exporter.measure import accuracy
from exporter.measure import answers
from exporter.measure import classes
from exporter.measure import confusion_chart
from exporter.measure import crops
from exporter.measure import labelled
from exporter.measure import remarks
from exporter.measure import runners
import model_specs
from model_specs import versions

EVALUATION_JSON, EVALUATION_FOLDER = 'evaluation.json', 'evaluation'
_BATCH = 32
_MOST = 2**28  # Bytes of EVALUATION_JSON; an export takes less than 1 MB of it.

Advance = Callable[[int], object]  # Is told how many more pictures are done.


def classifiers(
  handles: Sequence[model_specs.Handle],
) -> tuple[model_specs.Handle, ...]:
  """The classifiers among some handles.

  Raises:
    ManifestError: There are none.
  """
  chosen = tuple(h for h in handles if h.task == versions.CLASSIFICATION)
  if not chosen:
    first = f'{handles[0]} returns features, and ' if handles else ''
    raise errors.ManifestError(
      f'{first}nothing here returns classes; name an export of '
      f'{versions.CLASSIFICATION}'
    )
  return chosen


def _logits(
  loaded: Mapping[str, runners.Loaded],
  model: model_specs.ModelSpec,
  pictures: Sequence[labelled.Labelled],
  advance: Advance,
) -> dict[str, np.ndarray]:
  """The logits of all artifacts of one model, by name.

  Each picture is read once and shown to all artifacts.
  """
  way, channels = crops.way(model), model.family.channels
  parts_of: dict[str, list[np.ndarray]] = {name: [] for name in loaded}
  with futures.ThreadPoolExecutor(environment.cores()) as pool:
    for start in range(0, len(pictures), _BATCH):
      batch = pictures[start : start + _BATCH]
      read = pool.map(
        lambda each: crops.read(each.path, model.size, way, channels), batch
      )
      images = np.stack(list(read))
      for name, each in loaded.items():
        parts_of[name].append(np.asarray(each.run(images)))
      advance(len(batch))
  return {name: np.concatenate(parts) for name, parts in parts_of.items()}


def _libraries(handle: model_specs.Handle) -> dict[str, str]:
  """The versions of what ran an artifact, by package."""
  extra = handle.kind.extra
  named = environment.packages(extra) if extra else ()
  return environment.libraries(*filter(environment.is_installed, named))


def _is_sane(name: str, logits: np.ndarray, problems: list[str]) -> bool:
  """Whether all logits are finite; if not, a line is added to `problems`."""
  bad = int(np.count_nonzero(~np.isfinite(logits).all(1)))
  if bad:
    problems.append(
      f'{name} answers {bad} of {len(logits)} pictures with NaN or infinite '
      'logits; see what `slimhub verify` says of it'
    )
  return not bad


def _file(handle: str, suffix: str) -> str:
  """The path, below the exports, of a file about one of them."""
  # Parts of handles may have a `_` and have no dot, so that each handle has a
  # file of its own.
  return f'{EVALUATION_FOLDER}/{handle.replace("/", ".")}{suffix}'


def chart_file(handle: str) -> str:
  """The path of the chart of what an export takes for what."""
  return _file(handle, '.svg')


def answers_file(handle: str) -> str:
  """The path of the table of what an export answers on each picture."""
  return _file(handle, '.csv')


def _earlier(
  output_dir: storage.Folder, asked: Collection[str]
) -> list[Mapping[str, object]]:
  """What EVALUATION_JSON says of exports that are still there.

  Args:
    output_dir: The folder or bucket of exports.
    asked: The names of those that were to be evaluated now.

  Returns:
    The figures of other exports, if these have not been replaced since.
  """
  try:
    text = storage.read_small(output_dir, EVALUATION_JSON, most=_MOST)
    listed = json.loads(text or '{}').get('accuracies', [])
    before = {each['handle']: each for each in listed}
  # It is none of this program, or damaged.
  except (
    errors.ManifestError,
    ValueError,
    AttributeError,
    TypeError,
    KeyError,
  ):
    return []
  digests = {}
  for candidate in storage.find_paths(output_dir, whole=True).candidates:
    with contextlib.suppress(errors.ManifestError):
      manifest = storage.read_manifest(output_dir, candidate.stem)
      if manifest:
        digests[manifest.handle] = manifest.digest
  return [
    each
    for name, each in before.items()
    if name not in asked
    and name in digests
    and each.get('artifact') == digests[name]
  ]


def evaluate(  # noqa: PLR0913  # The last goes by its name.
  handles: Sequence[model_specs.Handle],
  output_dir: storage.Folder,
  pictures: Sequence[labelled.Labelled],
  advance: Advance,
  load: runners.Load,
  *,
  labels_are: classes.Meaning | None = None,
) -> Iterator[accuracy.Accuracy]:
  """Evaluates exports, and in the end writes all figures beside them.

  Args:
    handles: The classifiers to evaluate, sorted by name.
    output_dir: The folder or bucket of exports.
    pictures: The pictures to evaluate on.
    advance: Called with the number of pictures that all artifacts of one model
      have seen since the last call.
    load: Loads an artifact, whatever its format is.
    labels_are: What labels are, one of classes.MEANINGS; None finds it out.

  Yields:
    The figures of one artifact after the other.

  Raises:
    PictureError: A label is not a class of a model, or a file is not a picture.
    ProofError: Some artifacts cannot be loaded, or answer with NaN or infinity;
      all others are measured then, and their figures are written.
  """
  labels = [each.label for each in pictures]
  digest = labelled.digest(pictures)
  # A label that some model does not know is an error before any picture is
  # read.
  classes_of = {str(h): classes.resolve(h, labels, labels_are) for h in handles}
  evaluated: list[accuracy.Accuracy] = []
  problems: list[str] = []
  for _, group in itertools.groupby(handles, lambda handle: handle.folder):
    of_model = list(group)
    with contextlib.ExitStack() as stack:
      loaded = runners.load_each(of_model, output_dir, load, stack, problems)
      logits = _logits(loaded, of_model[0].spec, pictures, advance)
    for handle in of_model:
      name = str(handle)
      if name not in logits or not _is_sane(name, logits[name], problems):
        continue
      setting = accuracy.Setting(
        len(pictures),
        digest,
        classes_of[name].rule,
        crops.way(handle.spec),
        _libraries(handle),
      )
      truth = [classes_of[name].numbers[label] for label in labels]
      figures = accuracy.summarize(
        name, setting, logits[name], truth, classes_of[name].names
      )
      one = dataclasses.replace(
        figures,
        remarks=remarks.remarks(handle, setting.labels, logits[name], truth),
        artifact=loaded[name].artifact,
      )
      storage.write_text(
        output_dir / answers_file(name),
        answers.render(pictures, truth, logits[name], classes_of[name].names),
      )
      evaluated.append(one)
      yield one
  for one in evaluated:
    storage.write_text(
      output_dir / chart_file(one.name), confusion_chart.render(one)
    )
  if evaluated:
    earlier = _earlier(output_dir, {str(handle) for handle in handles})
    text = accuracy.to_json(evaluated, earlier)
    storage.write_text(output_dir / EVALUATION_JSON, text)
  runners.raise_if_any(problems, 'evaluated')
