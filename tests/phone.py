"""MediaPipe, which apps read LiteRT files with; it needs graphics libraries."""

from ctypes import util
import pathlib
from typing import Any

import numpy as np
import pytest

# What MediaPipe and its OpenCV load -> Debian's package of it.
_LIBRARIES = {'EGL': 'libegl1', 'GL': 'libgl1', 'GLESv2': 'libgles2'}
_MISSING = [p for name, p in _LIBRARIES.items() if not util.find_library(name)]

needed = pytest.mark.skipif(
  bool(_MISSING),
  reason=f'MediaPipe needs what is missing; run: apt-get install {_MISSING}',
)


def _options(path: pathlib.Path) -> Any:
  from mediapipe.tasks import python as tasks

  return tasks.BaseOptions(model_asset_path=str(path))


def _image(picture: np.ndarray) -> Any:
  import mediapipe

  return mediapipe.Image(mediapipe.ImageFormat.SRGB, picture)


def classify(path: pathlib.Path, picture: np.ndarray) -> Any:
  """The best category of a picture's bytes, by nothing but the file."""
  from mediapipe.tasks.python import vision

  options = vision.ImageClassifierOptions(
    base_options=_options(path), max_results=1
  )
  with vision.ImageClassifier.create_from_options(options) as classifier:
    (head,) = classifier.classify(_image(picture)).classifications
  return head.categories[0]


def embed(path: pathlib.Path, picture: np.ndarray) -> np.ndarray:
  """The features of a picture's bytes, by nothing but the file."""
  from mediapipe.tasks.python import vision

  options = vision.ImageEmbedderOptions(base_options=_options(path))
  with vision.ImageEmbedder.create_from_options(options) as embedder:
    (head,) = embedder.embed(_image(picture)).embeddings
  return head.embedding


def schema() -> Any:
  """What MediaPipe's people generated from metadata_schema.fbs."""
  from mediapipe.tasks.metadata import metadata_schema_py_generated

  return metadata_schema_py_generated
