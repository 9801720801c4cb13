"""What slimhub ships of npm is what npm has."""

from exporter.artifacts import tfjs_runtime
from tests import each
from tests.consumers import npm


@each.over('shipped', tfjs_runtime.runtime_files(), lambda each_: each_.name)
def test_every_file_is_unchanged(shipped):
  package = npm.package(shipped.package, shipped.version)
  assert shipped.file.read_bytes() == (package / shipped.path).read_bytes()
