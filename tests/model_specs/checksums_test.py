"""The published checksums, and the form of the files that hold them."""

import pathlib
import re

import pytest

import model_specs
from model_specs import checksums

_GOOD = checksums.Checksum('http://example.org/a', 3, 'sha256', 'a' * 64)


def test_the_published_file_is_what_would_be_written():
  path = pathlib.Path(checksums.__file__).with_name(checksums.FILE)
  text = path.read_text('utf-8')
  assert checksums.render(checksums.published().values()) == text


def test_what_open_model_zoo_recorded_is_known():
  known = checksums.published()
  url = model_specs.get_model('mobilenet_v2_100_224').archive_url
  assert known[url].bytes == 78_306_834
  assert known[url].digest.startswith('318084bc1b63d6d7')
  url = model_specs.get_model('mobilenet_v2_140_224').archive_url
  assert (known[url].bytes, known[url].algorithm) == (135_977_516, 'sha384')


def test_what_is_written_is_read():
  other = checksums.Checksum('http://example.org/b', 4, 'sha384', 'b' * 96)
  text = checksums.render([other, _GOOD])
  assert checksums.parse(text, 'x') == {_GOOD.url: _GOOD, other.url: other}
  assert text.index('/a\t') < text.index('/b\t')


@pytest.mark.parametrize(
  'line',
  [
    'nonsense',
    'http://example.org/a\tmany\tsha256\t' + 'a' * 64,
    'http://example.org/a\t\u0663\tsha256\t' + 'a' * 64,
    f'http://example.org/a\t{"9" * 5000}\tsha256\t' + 'a' * 64,
    'http://example.org/a\t3\tsha256\t' + 'a' * 64 + '\tmore',
  ],
)
def test_a_torn_line_is_named(line):
  text = checksums.render([_GOOD]) + line
  with pytest.raises(
    model_specs.SpecError, match=re.escape('file.tsv, line 4')
  ):
    checksums.parse(text, 'file.tsv')


@pytest.mark.parametrize(
  ('algorithm', 'digest'),
  [('sha256', 'a' * 63), ('sha256', 'G' * 64), ('md5', 'a' * 32), ('', '')],
)
def test_a_hash_is_one_that_is_known(algorithm, digest):
  with pytest.raises(model_specs.SpecError, match='sha256 in 64 digits'):
    checksums.Checksum('http://example.org/a', 3, algorithm, digest)


def test_every_known_archive_is_that_of_a_model():
  urls = {model.archive_url for model in model_specs.MODELS}
  assert not checksums.published().keys() - urls


def test_every_archive_is_asked_for_by_a_protocol_that_names_its_server():
  urls = [model.archive_url for model in model_specs.MODELS]
  assert [url for url in urls if not url.startswith('https://')] == []


def test_archives_have_names_of_their_own():
  names = [model.archive_name for model in model_specs.MODELS]
  assert len(set(names)) == len(names)
