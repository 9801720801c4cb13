"""The functions that build each network, by the name that specs use."""

from collections.abc import Callable
from collections.abc import Mapping

from exporter.networks import inception
from exporter.networks import inception_resnet_v2
from exporter.networks import inception_v4
from exporter.networks import layers
from exporter.networks import mobilenet_edgetpu
from exporter.networks import mobilenet_v1
from exporter.networks import mobilenet_v2
from exporter.networks import mobilenet_v3
from exporter.networks import nasnet
from exporter.networks import plain
from exporter.networks import pnasnet
from exporter.networks import resnet
from exporter.networks import small

BUILDERS: dict[str, Callable[..., layers.Outputs]] = {
  **inception.BUILDERS,
  'inception_resnet_v2': inception_resnet_v2.build,
  'inception_v4': inception_v4.build,
  'mobilenet_edgetpu': mobilenet_edgetpu.build,
  'mobilenet_v1': mobilenet_v1.build,
  'mobilenet_v1_quant': mobilenet_v1.build_quantized,
  **mobilenet_v2.BUILDERS,
  **mobilenet_v3.BUILDERS,
  **nasnet.BUILDERS,
  **plain.BUILDERS,
  **pnasnet.BUILDERS,
  **resnet.BUILDERS,
  **small.BUILDERS,
}
# For the networks that have a depth multiplier: a function from the multiplier
# to the widths of the kernels that depend on it.
WIDTHS: dict[str, Callable[[float], dict[str, int]]] = {
  'mobilenet_edgetpu': mobilenet_edgetpu.widths,
  'mobilenet_v1': mobilenet_v1.widths,
  'mobilenet_v1_quant': mobilenet_v1.widths,
  **mobilenet_v2.WIDTHS,
  **mobilenet_v3.WIDTHS,
}
# For the networks whose variables depend on the size of images: a function from
# the shapes of variables to that size, or to None if they are of no size.
SIZES: dict[str, Callable[[Mapping[str, tuple[int, ...]]], int | None]] = {
  **small.SIZES,
}
