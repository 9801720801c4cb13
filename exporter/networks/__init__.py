"""The TF-Slim networks, rebuilt: one file each, found by the spec's name."""

from exporter.networks import mobilenet_v1
from exporter.networks import mobilenet_v2
from exporter.networks.outputs import Outputs

BUILDERS = {
  'mobilenet_v1': mobilenet_v1.build,
  'mobilenet_v2': mobilenet_v2.build,
}

__all__ = ['BUILDERS', 'Outputs']
