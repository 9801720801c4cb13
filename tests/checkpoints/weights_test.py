"""The choices that a user has, and what a manifest may hold."""

from exporter.checkpoints import weights


def test_synthetic_weights_are_not_a_choice_among_a_checkpoints_own():
  assert weights.WEIGHTS_CHOICES == ('auto', 'ema', 'raw')
  assert weights.SYNTHETIC not in weights.WEIGHTS_CHOICES
