"""What every network hands back."""

from typing import NamedTuple

import tensorflow as tf


class Outputs(NamedTuple):
  """The tensors of one built network."""

  logits: tf.Tensor  # [batch, num_classes]
  # Which endpoint holds the features, [batch, 1, 1, num_features], or without
  # the 1s.
  pooled: str
  endpoints: dict[str, tf.Tensor]  # In TF-Slim's names, without the scope.
