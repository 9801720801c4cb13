"""What a flag takes, and what it says of the rest."""

import argparse
import pathlib
import sys

import pytest

from exporter.cli import flag_values


@pytest.mark.parametrize(
  ('read', 'text', 'value'),
  [
    (flag_values.mirror, 'http://host/a/', 'http://host/a'),
    (flag_values.mirror, 'https://me:pw@host:8080', 'https://me:pw@host:8080'),
    (flag_values.mirror, 'file:///data/archives', 'file:///data/archives'),
    (flag_values.seconds, '0.5', 0.5),
    (flag_values.count, '0', 0),
    (flag_values.positive, '3', 3),
    (flag_values.jobs, 'auto', None),
    (flag_values.jobs, '2', 2),
    (flag_values.publisher, 'acme-2', 'acme-2'),
    (flag_values.port, '0', 0),
    (flag_values.hub, 'https://tfhub.dev/', 'https://tfhub.dev'),
    (flag_values.path, '~/x', pathlib.Path.home() / 'x'),
    (flag_values.program, sys.executable, sys.executable),
  ],
)
def test_a_good_word(read, text, value):
  assert read(text) == value


@pytest.mark.parametrize(
  ('read', 'text', 'expected'),
  [
    (flag_values.mirror, '/data/archives', 'http://, https:// or file:///'),
    (flag_values.mirror, 'ftp://host', 'http://, https:// or file:///'),
    (flag_values.mirror, 'http://', 'http://, https:// or file:///'),
    (flag_values.mirror, 'file://host/a', 'http://, https:// or file:///'),
    (flag_values.mirror, '', 'http://, https:// or file:///'),
    (flag_values.seconds, '0', 'seconds above 0'),
    (flag_values.seconds, 'nan', 'seconds above 0'),
    (flag_values.seconds, 'inf', 'seconds above 0'),
    (flag_values.seconds, 'soon', 'seconds above 0'),
    (flag_values.count, '-1', '0 to 1000'),
    (flag_values.positive, '0', '1 to 1000'),
    (flag_values.jobs, 'many', '1 to 1000'),
    (flag_values.publisher, 'Acme', 'lower-case'),
    (flag_values.port, '65536', '0 to 65535'),
    (flag_values.port, '-1', '0 to 65535'),
    (flag_values.hub, 'tfhub.dev', 'http:// or https://'),
    (flag_values.hub, 'file:///a', 'http:// or https://'),
    (flag_values.program, 'no-such-program', 'which is no program'),
  ],
)
def test_a_wrong_word_is_told_what_was_expected(read, text, expected):
  with pytest.raises(argparse.ArgumentTypeError) as raised:
    read(text)
  assert repr(text) in str(raised.value)
  assert expected in str(raised.value)
