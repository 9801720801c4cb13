"""The registry as a person or a program reads it."""

import csv
import dataclasses
import io
import json

from exporter.cli import tables
import model_specs
from model_specs import figures
from tests import some_spec_file


def test_every_handle_has_one_row_with_its_versions():
  rows = json.loads(tables.render(model_specs.find(), 'json'))
  assert len(rows) == 2 * len(model_specs.MODELS)
  first = model_specs.MODELS[0].name
  assert rows[0]['handle'] == f'google/imagenet/{first}/classification'
  assert rows[0]['versions'] == [3, 5]


def test_csv_and_json_say_the_same():
  handles = model_specs.find('mobilenet_v2_*/*/*')
  rows = json.loads(tables.render(handles, 'json'))
  csv_rows = list(csv.DictReader(io.StringIO(tables.render(handles, 'csv'))))
  assert len(rows) == len(csv_rows) == 44
  for row, line in zip(rows, csv_rows, strict=True):
    assert line['handle'] == row['handle']
    assert line['versions'] == '1,2,3,4,5'
    assert float(line['top1_percent']) == row['top1_percent']


def test_a_table_aligns_its_columns():
  lines = tables.render(
    model_specs.find('mobilenet_v1_100_*/*/5'), 'table'
  ).splitlines()
  start = lines[0].index('versions')
  assert {line[start] for line in lines[1:]} == {'5'}
  assert len({line.rindex(' ') for line in lines[1:]}) == 1


def test_a_description_names_what_decides_a_choice():
  (handle,) = model_specs.find('mobilenet_v2_100_224/classification/5')
  text = tables.describe(handle)
  for fact in ('224 x 224', 'fixed', '71.8 %', '300 M', handle.spec.checkpoint):
    assert fact in text
  assert 'litert.float32, litert.float16' in text


def test_a_tf1_version_is_said_to_have_no_other_formats():
  (handle,) = model_specs.find('mobilenet_v2_100_224/classification/3')
  assert 'not converted' in tables.describe(handle)


def test_only_formats_that_can_be_exported_are_listed():
  quantized = some_spec_file.model(network='mobilenet_v1_quant', size=224)
  text = tables.describe(list(quantized.handles())[-1])
  assert 'litert.int8' in text
  assert 'litert.float16' not in text


def test_what_is_not_known_is_not_named():
  (handle,) = model_specs.find('resnet_v1_50/classification/5')
  unknown = dataclasses.replace(handle.spec, figures=figures.Figures())
  handle = dataclasses.replace(handle, spec=unknown)
  text = tables.describe(handle)
  assert 'None' not in text
  assert 'multiplier' not in text
  assert 'MACs, parameters: not published' in text
