"""The results of the clients: read, written, held to their form."""

import dataclasses
from importlib import resources

import pytest

from exporter import clients

_RESULT = clients.Result(
  environment='today',
  client='hub.KerasLayer',
  python='3.11',
  tensorflow='2.21.0',
  tensorflow_hub='0.16.1',
  keras='2.21.0',
  format='saved_model_2',
  versions=(4, 5),
  use='infer',
  result='ok',
)
_BROKEN = dataclasses.replace(
  _RESULT, use='adam', versions=(5,), result="broken: KeyError: 'a\tb'"
)


def test_what_is_written_is_read():
  text = clients.render([_RESULT, _BROKEN])
  assert clients.parse(text) == (_RESULT, _BROKEN)


def test_a_result_says_whether_and_why():
  assert (_RESULT.works, _RESULT.reason) == (True, '')
  assert (_BROKEN.works, _BROKEN.reason) == (False, "KeyError: 'a\tb'")


def test_a_failure_of_ours_cannot_be_written():
  with pytest.raises(clients.ClientsError, match=r"infer: .* 'failed: x'"):
    dataclasses.replace(_RESULT, result='failed: x')


def test_other_columns_are_refused():
  text = clients.render([_RESULT]).replace('keras', 'kitten', 1)
  with pytest.raises(clients.ClientsError, match=r'the columns are .*kitten'):
    clients.parse(text)


def test_the_committed_file_is_in_its_own_form():
  results = clients.load()
  assert len(set(results)) == len(results) > 100
  path = resources.files('exporter') / clients.FILE
  assert clients.render(results) == path.read_text('utf-8')


def test_every_version_and_format_was_tried():
  seen = {number for result in clients.load() for number in result.versions}
  assert seen == {1, 2, 3, 4, 5}
