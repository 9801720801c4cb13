"""Evaluation as one call: exports and labelled pictures -> how accurate."""

from collections.abc import Callable
from collections.abc import Sequence

from exporter import formats as formats_lib
from exporter import measure
from exporter import storage
import model_specs


def evaluate_exports(  # noqa: PLR0913  # All but the first go by their names.
  output_dir: storage.Location,
  *,
  images: storage.LocalPath,
  labels: storage.LocalPath | None = None,
  patterns: Sequence[str] = (),
  formats: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
  advance: Callable[[int], object] | None = None,
) -> tuple[measure.Accuracy, ...]:
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
    advance: Called with the number of pictures that all artifacts of one model
      have seen since the last call.

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
    pictures = measure.pictures_of_folders(where)
  else:
    pictures = measure.pictures_of_list(where, storage.to_path(labels))
  found = storage.find_artifacts(folder, patterns, formats, registry)
  handles = measure.classifiers(found)
  tell = advance or (lambda _: None)
  return tuple(
    measure.evaluate(handles, folder, pictures, tell, formats_lib.load)
  )
