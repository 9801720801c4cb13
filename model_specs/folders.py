"""What the handles of each model begin with, which no two may share."""

from collections.abc import Iterable

from model_specs import checks
from model_specs import published
from model_specs import spec


def folder(model: spec.ModelSpec) -> str:
  """What the handles of a model begin with."""
  return f'{model.publisher}/{model.collection}/{model.name}'


def _place(model: spec.ModelSpec) -> str:
  """The file or folder that a model is declared in."""
  return model.own.file if model.own and model.own.file else 'model_specs/'


def _refuse_published(model: spec.ModelSpec) -> None:
  """Raises a SpecError if a model's handles may be a published model's."""
  names = [published_.name for published_ in published.MODELS]
  if model.own and model.collection == spec.COLLECTION and model.name in names:
    raise checks.SpecError(
      f'{_place(model)}: model {folder(model)} has the name of a published '
      'model, which may be exported under any publisher; expected another '
      'name, or the dataset that it was trained on'
    )


def by_folder(models: Iterable[spec.ModelSpec]) -> dict[str, spec.ModelSpec]:
  """Models by what their handles begin with; a SpecError if two share it."""
  folders: dict[str, spec.ModelSpec] = {}
  for model in models:
    _refuse_published(model)
    name = folder(model)
    if name in folders:
      where = ' and '.join(map(_place, (folders[name], model)))
      raise checks.SpecError(
        f'two specs are called {name}, in {where}; rename one'
      )
    folders[name] = model
  return folders
