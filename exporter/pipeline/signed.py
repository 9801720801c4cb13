"""Whether exports are signed, where a VERIFY takes only those that are."""

from typing import NamedTuple

from exporter import errors
from exporter import provenance
from exporter import results
from exporter import storage
from exporter.pipeline import orders
import model_specs
from model_specs import kinds


class Signed(NamedTuple):
  """What holds the signatures of an export."""

  signature: bytes  # Of the files of the artifact.
  statement: bytes  # On its provenance; it names the bill of materials.


def read(
  handle: model_specs.Handle,
  order: orders.Order,
  export: storage.Export | None,
) -> Signed:
  """Reads the signatures of an export that is signed as a whole.

  What they are worth is not checked here.

  Raises:
    SignatureError: There is none, or a file is gone that is signed with it.
  """
  signature = export.read_beside(kinds.SIGNATURE) if export else None
  place = storage.place(order.output_dir, handle)
  if export is None or signature is None:
    raise errors.SignatureError(
      f'{handle} is not signed: there is no {place.signature}; take it from '
      'whoever signs, or leave out the flag that asks for it'
    )
  if missing := provenance.missing(export):
    paths = ', '.join(f'{place.signature.with_name(name)}' for name in missing)
    raise errors.SignatureError(
      f'{handle} is not signed as a whole: there is no {paths}, which is '
      'signed, too; take all of it from whoever signs'
    )
  # If the file vanished since the check above: no signature is of an empty
  # statement.
  statement = export.read_beside(kinds.PROVENANCE) or b''
  return Signed(signature, statement)


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
    read(handle, order, export)
  except errors.SignatureError as error:
    return results.Result(
      str(handle), results.FAILED, str(error), error=type(error)
    )
  return None
