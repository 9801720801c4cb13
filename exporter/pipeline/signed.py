"""Whether exports are signed, where a VERIFY takes only those that are."""

from exporter import errors
from exporter import results
from exporter import storage
from exporter.pipeline import orders
import model_specs
from model_specs import kinds


def read_signature(
  handle: model_specs.Handle,
  order: orders.Order,
  export: storage.Export | None,
) -> bytes:
  """Reads an export's signature; raises a SignatureError if it has none."""
  signature = export.read_beside(kinds.SIGNATURE) if export else None
  if signature is None:
    raise errors.SignatureError(
      f'{handle} is not signed: there is no '
      f'{storage.place(order.output_dir, handle).signature}; take it from '
      'whoever signs, or leave out the flag that asks for it'
    )
  return signature


def refuse(
  handle: model_specs.Handle, order: orders.Order
) -> results.Result | None:
  """The result for an export that fails before any of its files is read."""
  if not order.asks_for_signatures:
    return None
  export = storage.find_export(order.output_dir, handle.stem)
  if export is None:
    return None
  try:
    read_signature(handle, order, export)
  except errors.SignatureError as error:
    return results.Result(
      str(handle), results.FAILED, str(error), error=type(error)
    )
  return None
