"""Layouts of OCI images: one image for each artifact, its number in the tag.

The images are plain ones of files below /models, and not artifacts of a type of
their own: those are what every Kubernetes mounts as a volume, what KServe
serves by oci://, and what Docker copies from. Each has a manifest for each
processor, as runtimes refuse images of other ones, even of data alone.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import json
import pathlib
import re
import shlex

from exporter import environment
from exporter import errors
from exporter import markdown
from exporter import storage
from exporter.publishing import content
from exporter.publishing import layer as layer_lib
from exporter.publishing import rewiring
from exporter.publishing import upload as upload_lib

_TYPE = 'application/vnd.oci.image.'
_INDEX, _MANIFEST = f'{_TYPE}index.v1+json', f'{_TYPE}manifest.v1+json'
_CONFIG, _LAYER = f'{_TYPE}config.v1+json', f'{_TYPE}layer.v1.tar'
_KEY = 'org.opencontainers.image.'
_PROCESSORS = ('amd64', 'arm64')
# The registry that is meant where none is named.
_REGISTRY = 'docker.io'
_PART = r'[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*'
_NAME = re.compile(rf'{_PART}/{_PART}')
_EXPECTED = (
  'registries take small letters and digits, with . or _ or __ or dashes '
  'between two of them'
)


def _created() -> dict[str, str]:
  """The annotation with the time at which the images were made.

  It is empty unless SOURCE_DATE_EPOCH names a time, as the same exports must
  give the same images.

  Raises:
    ExportError: SOURCE_DATE_EPOCH is no time.
  """
  then = environment.source_date()
  return {'created': then.strftime('%Y-%m-%dT%H:%M:%SZ')} if then else {}


def _annotations(item: storage.Item) -> dict[str, str]:
  handle, model = item.handle, item.handle.spec
  values = {
    'title': str(handle),
    'description': markdown.plain(rewiring.describe(item).summary),
    'version': f'{handle.number}',
    'vendor': handle.publisher,
    'licenses': model.license,
    'source': '' if model.own else model.family.checkpoints_url,
    **_created(),
  }
  return {f'{_KEY}{key}': value for key, value in values.items() if value}


def _tag(item: storage.Item) -> str:
  """The number of the version, and the format of a converted file."""
  kind = item.handle.kind
  more = f'-{kind.group}-{kind.name}' if kind.is_converted else ''
  return f'{item.handle.number}{more}'


def _descriptor(
  media_type: str, blob: content.Content, **more: object
) -> dict[str, object]:
  return {
    'mediaType': media_type,
    'digest': f'sha256:{blob.sha256}',
    'size': blob.bytes,
    **more,
  }


def _blob(value: Mapping[str, object]) -> content.Content:
  return content.of_data(json.dumps(value, ensure_ascii=False).encode())


class _Image:
  """The blobs of the image of one artifact."""

  def __init__(self, item: storage.Item):
    self._annotations = _annotations(item)
    layers = (layer_lib.layer(item), layer_lib.beside(item))
    self._layers = [each for each in layers if each]
    self.blobs = [*self._layers]
    self.descriptor = _descriptor(
      _INDEX,
      self._add(
        {
          'schemaVersion': 2,
          'mediaType': _INDEX,
          'manifests': [*map(self._manifest, _PROCESSORS)],
          'annotations': self._annotations,
        }
      ),
      annotations={f'{_KEY}ref.name': _tag(item)},
    )

  def _add(self, value: Mapping[str, object]) -> content.Content:
    blob = _blob(value)
    self.blobs.append(blob)
    return blob

  def _manifest(self, processor: str) -> dict[str, object]:
    """The descriptor of the manifest for a processor."""
    platform = {'architecture': processor, 'os': 'linux'}
    config = self._add(
      {
        **_created(),
        **platform,
        'config': {'Labels': self._annotations},
        'rootfs': {
          'type': 'layers',
          'diff_ids': [f'sha256:{each.sha256}' for each in self._layers],
        },
      }
    )
    manifest = self._add(
      {
        'schemaVersion': 2,
        'mediaType': _MANIFEST,
        'config': _descriptor(_CONFIG, config),
        'layers': [_descriptor(_LAYER, each) for each in self._layers],
        'annotations': self._annotations,
      }
    )
    return _descriptor(_MANIFEST, manifest, platform=platform)


class ImageLayout(upload_lib.Upload):
  """A folder of images that become one repository of a registry."""

  def __init__(self, name: str, items: Iterable[storage.Item], account: str):
    super().__init__(name, items)
    self._account = account

  def files(self) -> content.Files:
    """The index, and all that it leads to, each blob once."""
    upload_lib.check_name(self.name, _NAME, _EXPECTED)
    images = [_Image(item) for item in self.items]
    index = {
      'schemaVersion': 2,
      'mediaType': _INDEX,
      'manifests': [image.descriptor for image in images],
    }
    blobs = {
      f'blobs/sha256/{blob.sha256}': blob
      for image in images
      for blob in image.blobs
    }
    version = {'imageLayoutVersion': '1.0.0'}
    return {**blobs, 'oci-layout': _blob(version), 'index.json': _blob(index)}

  def commands(self, folder: pathlib.Path) -> tuple[str, ...]:
    """The upload of each image by skopeo.

    Raises:
      PublishError: Skopeo would misread the path.
    """
    if ':' in f'{folder}':
      raise errors.PublishError(
        f'{folder} has a colon, behind which skopeo expects a tag; name '
        'another folder with --to'
      )
    account = self._account or f'{_REGISTRY}/{self.items[0].handle.publisher}'
    name = f'{account}/{self.name.rpartition("/")[2]}'
    return tuple(
      shlex.join(
        [
          'skopeo',
          'copy',
          '--all',
          f'oci:{folder}:{_tag(item)}',
          f'docker://{name}:{_tag(item)}',
        ]
      )
      for item in self.items
    )


def image_layouts(
  items: Iterable[storage.Item], account: str
) -> Iterator[ImageLayout]:
  """A layout for each model and task, with images of all versions and formats.

  Args:
    items: The exports.
    account: The registry and namespace; if it is empty, that of the publisher
      on Docker Hub.
  """
  for group in upload_lib.grouped(items, lambda item: item.handle.folder):
    handle = group[0].handle
    name = f'{handle.publisher}/{upload_lib.repository(handle)}'
    yield ImageLayout(name, group, account)
