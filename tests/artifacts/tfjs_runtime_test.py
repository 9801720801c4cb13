"""TensorFlow.js comes with slimhub, unchanged and named."""

import hashlib

from exporter.artifacts import tfjs_runtime
from tests import source_tree


def test_every_file_is_that_of_the_table():
  shipped = tfjs_runtime.runtime_files()
  for each in shipped:
    data = each.file.read_bytes()
    assert hashlib.sha256(data).hexdigest() == each.sha256, each.name
  there = {path.name for path in tfjs_runtime.FOLDER.iterdir()}
  assert there == {each.name for each in shipped} | {'files.tsv'}


def test_scripts_come_in_the_order_in_which_they_find_each_other():
  names = [each.name for each in tfjs_runtime.runtime_files()]
  assert names[:2] == ['tf-core.min.js', 'tf-converter.min.js']


def test_the_notice_names_what_is_not_our_own():
  notice = (source_tree.ROOT / 'NOTICE').read_text('utf-8')
  for each in tfjs_runtime.runtime_files():
    assert f'{each.package} {each.version}' in notice
