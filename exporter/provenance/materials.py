"""The bill of materials of an artifact, as CycloneDX describes models.

The library of CycloneDX has no classes for cards of models, so that the record
is made here; the tests hold it against the schema.
"""

from collections.abc import Iterator
import json
from typing import Any
import uuid

from exporter import checkpoints
from exporter import storage
from exporter.provenance import build as build_lib
from exporter.provenance import slsa
import model_specs
from model_specs import versions

_SCHEMA = 'http://cyclonedx.org/schema/bom-1.6.schema.json'
_ALGORITHMS = {'sha256': 'SHA-256', 'sha384': 'SHA-384'}
_MODEL, _CHECKPOINT = 'model', 'checkpoint'
_UNTRAINED = (
  'UNTRAINED: the weights are synthetic. It has the interface of the model and '
  'none of its accuracy; it is for tests of software alone.'
)


def _hash(algorithm: str, digest: str) -> dict[str, str]:
  return {'alg': _ALGORITHMS[algorithm], 'content': digest}


def _licenses(spec: model_specs.ModelSpec) -> list[dict[str, Any]]:
  """The licence of the model; an own one may have a name that SPDX lacks."""
  if not spec.license:
    return []
  if not spec.own:
    return [{'license': {'id': spec.license}}]
  url = {'url': spec.own.license_url} if spec.own.license_url else {}
  return [{'license': {'name': spec.license, **url}}]


def _datasets(
  spec: model_specs.ModelSpec, manifest: storage.Manifest
) -> Iterator[dict[str, Any]]:
  """What the network was trained on, and its ranges were measured on."""
  if manifest.weights.kind != checkpoints.SYNTHETIC:
    title = spec.own.dataset_title if spec.own else spec.dataset
    yield {'type': 'dataset', 'name': title}
  if manifest.pictures:
    yield {
      'type': 'dataset',
      'name': 'pictures that ranges were measured on',
      'contents': {
        'properties': [{'name': 'slimhub:sha256', 'value': manifest.pictures}]
      },
    }


def _figures(spec: model_specs.ModelSpec) -> list[dict[str, str]]:
  """The published accuracy, which is that of the trained classifier."""
  figures = spec.figures
  named = (('top-1', figures.top1_percent), ('top-5', figures.top5_percent))
  return [
    {'type': f'{name} accuracy, %', 'value': f'{value}'}
    for name, value in named
    if value is not None
  ]


def _model_card(
  handle: model_specs.Handle, manifest: storage.Manifest
) -> dict[str, Any]:
  spec = handle.spec
  is_classifier = handle.task == versions.CLASSIFICATION
  is_trained = manifest.weights.kind != checkpoints.SYNTHETIC
  card: dict[str, Any] = {
    'modelParameters': {
      'approach': {'type': 'supervised'},
      'task': f'image-{handle.task.replace("_", "-")}',
      'architectureFamily': spec.family.title,
      'modelArchitecture': spec.family.network,
      'datasets': list(_datasets(spec, manifest)),
      'inputs': [{'format': f'image, {spec.size} x {spec.size} pixels'}],
      'outputs': [{'format': 'logits' if is_classifier else 'feature vector'}],
    },
    'properties': [
      {
        'name': f'slimhub:proof:{check.name}',
        'value': f'{check.difference!r}, allowed {check.tolerance!r}',
      }
      for check in manifest.proof
    ],
  }
  figures = _figures(spec)
  if figures and is_trained and is_classifier:
    card['quantitativeAnalysis'] = {'performanceMetrics': figures}
  if not is_trained:
    card['considerations'] = {'technicalLimitations': [_UNTRAINED]}
  return card


def _files(manifest: storage.Manifest) -> list[dict[str, Any]]:
  return [
    {
      'type': 'file',
      'bom-ref': f'file:{name}',
      'name': name,
      'hashes': [_hash('sha256', sha256)],
    }
    for name, sha256 in slsa.subjects(manifest).items()
  ]


def _model(
  handle: model_specs.Handle, manifest: storage.Manifest
) -> dict[str, Any]:
  paper = handle.spec.family.paper
  licenses = _licenses(handle.spec)
  return {
    'type': 'machine-learning-model',
    'bom-ref': _MODEL,
    'publisher': handle.publisher,
    'name': manifest.handle,
    'version': f'{handle.number}',
    'description': f'{handle.spec.family.title}, as {manifest.format}',
    **({'licenses': licenses} if licenses else {}),
    'externalReferences': [
      {'type': 'documentation', 'url': paper.url, 'comment': paper.title}
    ],
    'components': _files(manifest),
    'modelCard': _model_card(handle, manifest),
  }


def _checkpoint(manifest: storage.Manifest) -> dict[str, Any]:
  weights = manifest.weights
  component: dict[str, Any] = {
    'type': 'data',
    'bom-ref': _CHECKPOINT,
    'name': weights.checkpoint,
    'properties': [
      {'name': 'slimhub:weights', 'value': weights.kind},
      {'name': 'slimhub:tensors:sha256', 'value': weights.sha256},
    ],
  }
  if archive := weights.archive:
    component['properties'].append(
      {'name': 'slimhub:archive:trust', 'value': archive.trust}
    )
    component['externalReferences'] = [
      {
        'type': 'distribution',
        'url': archive.url,
        'hashes': [_hash(archive.algorithm, archive.digest)],
      }
    ]
  return component


def _library(package: str, version: str) -> dict[str, str]:
  purl = f'pkg:pypi/{package}@{version}'
  return {
    'type': 'library',
    'bom-ref': purl,
    'name': package,
    'version': version,
    'purl': purl,
  }


def _tool(version: str, build: build_lib.Build) -> dict[str, Any]:
  tool: dict[str, Any] = {
    'type': 'application',
    'name': 'slimhub',
    'version': version,
  }
  if build.commit:
    tool['properties'] = [{'name': 'slimhub:commit', 'value': build.commit}]
  return tool


def bom(
  handle: model_specs.Handle, manifest: storage.Manifest, build: build_lib.Build
) -> str:
  """The text of VERSION.cdx.json.

  Args:
    handle: The artifact.
    manifest: Its manifest.
    build: Who makes it, and when.

  Returns:
    JSON whose serial number follows from the rest of it.
  """
  libraries = dict(manifest.libraries)
  slimhub = libraries.pop('slimhub')
  used = [_library(*each) for each in libraries.items()]
  parts = [_checkpoint(manifest), *used]
  content = {
    'metadata': {
      **({'timestamp': build.stamp} if build.stamp else {}),
      'tools': {'components': [_tool(slimhub, build)]},
      'component': _model(handle, manifest),
    },
    'components': parts,
    'dependencies': [
      {'ref': _MODEL, 'dependsOn': [part['bom-ref'] for part in parts]}
    ],
  }
  serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content))
  whole = {
    '$schema': _SCHEMA,
    'bomFormat': 'CycloneDX',
    'specVersion': '1.6',
    'serialNumber': serial.urn,
    'version': 1,
    **content,
  }
  return json.dumps(whole, indent=2) + '\n'
