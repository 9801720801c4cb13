"""The results of the clients: read, written, held to their form."""

from importlib import resources

import pytest

from exporter.cards import client_results
from exporter.cards import recorded
from tests.cards import some_result

_RESULT = some_result.make(versions=(4, 5))
_BROKEN = some_result.make(use='adam', result="broken: KeyError: 'a\tb'")


def test_what_is_written_is_read():
  text = client_results.TABLE.render([_RESULT, _BROKEN])
  assert client_results.TABLE.parse(text) == (_RESULT, _BROKEN)


def test_a_result_says_whether_and_why():
  assert (_RESULT.works, _RESULT.reason) == (True, '')
  assert (_BROKEN.works, _BROKEN.reason) == (False, "KeyError: 'a\tb'")


def test_a_failure_of_ours_cannot_be_written():
  with pytest.raises(recorded.RecordedError, match=r"infer: .* 'failed: x'"):
    some_result.make(result='failed: x')


def test_other_columns_are_refused():
  text = client_results.TABLE.render([_RESULT]).replace('keras', 'kitten', 1)
  with pytest.raises(recorded.RecordedError, match=r'the columns are .*kitten'):
    client_results.TABLE.parse(text)


def test_the_committed_file_is_in_its_own_form():
  results = client_results.load_clients()
  assert len(set(results)) == len(results) > 100
  path = resources.files('exporter.cards') / client_results.TABLE.file
  assert client_results.TABLE.render(results) == path.read_text('utf-8')


def test_every_version_and_format_was_tried():
  tried_versions = {
    number
    for result in client_results.load_clients()
    for number in result.versions
  }
  assert tried_versions == {1, 2, 3, 4, 5}
