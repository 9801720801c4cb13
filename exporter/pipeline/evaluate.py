"""Measures how accurate exports are on labelled pictures, in one call."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence

from exporter import cards as cards_lib
from exporter import eager
from exporter import errors
from exporter import formats as formats_lib
from exporter import measure
from exporter import storage
from exporter.pipeline import orders
import model_specs


def write_cards(
  handles: Iterable[model_specs.Handle],
  folder: storage.Folder,
  accuracies: Iterable[measure.Accuracy],
) -> None:
  """Writes figures on the cards of the exports that they are of.

  Args:
    handles: All exports that were to be measured.
    folder: Where they are.
    accuracies: The figures of some of them.

  Raises:
    ExportError: Some cards are not written; it says which, and why.
  """
  figures = {each.name: each for each in accuracies}
  with storage.hold(folder):  # No export is replaced meanwhile.
    cards_lib.write_each(
      (handle for handle in handles if str(handle) in figures),
      lambda handle: cards_lib.write_accuracy(
        handle, folder, figures[str(handle)], formats_lib.describe
      ),
    )


def evaluate_exports(  # noqa: PLR0913  # All but the first go by their names.
  output_dir: storage.Location,
  *,
  images: storage.LocalPath,
  labels: storage.LocalPath | None = None,
  labels_are: measure.Meaning | None = None,
  patterns: Sequence[str] = (),
  formats: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
  cards: bool = False,
  advance: Callable[[int], object] | None = None,
) -> tuple[measure.Accuracy, ...]:
  """Measures the accuracy of classifiers, as `slimhub evaluate` does.

  Args:
    output_dir: Where exports are. evaluation.json, tables of all answers and
      charts of which classes are mistaken for which are written there.
    images: A folder of pictures: with a folder for each class, or with the
      pictures that `labels` names.
    labels: A file with a line PATH LABEL for each picture, with paths below
      `images`.
    labels_are: What the labels are, `names` or `numbers` of classes, if both
      would fit.
    patterns: Which exports; without any, all classifiers.
    formats: In which formats, such as `tf2`; without any, in all.
    registry: Where the models of exports without a manifest are looked up.
    cards: Whether the figures are written on the cards of the exports, too.
    advance: Called with the number of pictures that all artifacts of one model
      have seen since the last call.

  Returns:
    The figures of each artifact, sorted by handle.

  Raises:
    PictureError: There are no pictures, or a label is no class of a model.
    ExportError: Some cards are not written; it says which, and why.
    ManifestError: There are no such exports.
    OrderError: `labels_are` or one of `formats` is no such word.
    ProofError: Some artifacts cannot be loaded, or answer with NaN. The others
      are measured all the same.
    UnknownNameError: A pattern matches no model.
  """
  if labels_are is not None:
    errors.check_word('labels_are', labels_are, measure.MEANINGS)
  folder, where = storage.to_folder(output_dir), storage.to_path(images)
  if labels is None:
    pictures = measure.pictures_of_folders(where)
  else:
    pictures = measure.pictures_of_list(where, storage.to_path(labels))
  words = None if formats is None else orders.words(formats)
  orders.check_list('patterns', patterns)
  exports = storage.find_artifacts(folder, patterns, words, registry)
  for left_out in exports.left_out:
    left_out.raise_if_failed()
  handles = measure.classifiers(exports.usable)
  tell = advance or (lambda _: None)
  found = measure.evaluate(
    handles, folder, pictures, tell, formats_lib.load, labels_are=labels_are
  )
  accuracies: list[measure.Accuracy] = []
  failure: errors.ProofError | None = None
  try:
    for each in eager.each(found):
      accuracies.append(each)
  # Some exports failed; the figures of all others are there.
  except errors.ProofError as caught:
    failure = caught
  if cards:
    write_cards(handles, folder, accuracies)
  if failure:
    raise failure
  return tuple(accuracies)
