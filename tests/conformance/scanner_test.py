"""A scanner of models finds nothing in what slimhub writes."""

import shutil

import tensorflow as tf

from tests.conformance import program
from tests.conformance import programs


def _scan(folder, work):
  return program.run(programs.MODELSCAN, 'modelscan', '-p', folder, folder=work)


def test_modelscan_finds_nothing(tmp_path):
  exports = shutil.copytree(program.exports(), tmp_path / 'exports')
  ran = _scan(exports, tmp_path)
  assert ran.code == 0, ran.said
  assert 'No issues found' in ran.said
  assert 'Total Skipped: 0' not in ran.said  # Labels are no models.


def test_it_would_find_a_model_that_reads_files(tmp_path):
  model = tf.Module()
  model.call = tf.function(
    lambda: tf.io.read_file('secret'), input_signature=[]
  )
  tf.saved_model.save(model, str(tmp_path / 'evil'))
  ran = _scan(tmp_path / 'evil', tmp_path)
  assert ran.code == 1, ran.said
  assert 'ReadFile' in ran.said
