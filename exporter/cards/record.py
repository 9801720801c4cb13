"""A card as data: sections, and how they become Markdown."""

from collections.abc import Callable
from collections.abc import Mapping
import dataclasses

from exporter import markdown
import model_specs


@dataclasses.dataclass(frozen=True)
class Section:
  """A part of a card that has a heading of its own."""

  title: str
  blocks: tuple[str, ...] = ()  # Markdown: paragraphs, tables, lists, code.
  parts: tuple['Section', ...] = ()  # What follows under smaller headings.

  def to_markdown(self, mark_of_parts: str = '####') -> str:
    """The section as Markdown.

    Args:
      mark_of_parts: The mark of Markdown before the title of each part. The
        default skips a level, as the cards of tfhub.dev do.
    """
    blocks = [*self.blocks]
    for part in self.parts:
      blocks += [f'{mark_of_parts} {part.title}', *part.blocks]
    return markdown.section(self.title, *blocks)


@dataclasses.dataclass(frozen=True)
class Card:
  """All that a card says."""

  title: str
  summary: str  # One sentence.
  sections: tuple[Section, ...]
  notes: tuple[str, ...] = ()  # Markdown that stands before the first section.
  # Facts for the programs of tfhub.dev, which read them from comments.
  metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)

  def to_markdown(self) -> str:
    """The text of the file with the card."""
    head = f'# {self.title}\n{self.summary}'
    facts = [f'<!-- {key}: {value} -->' for key, value in self.metadata.items()]
    sections = [section.to_markdown() for section in self.sections]
    blocks = (head, '\n'.join(facts), *self.notes, *sections)
    return '\n\n'.join(filter(None, blocks)) + '\n'


def name_guide(name: str) -> str:
  """How a card outside the site mentions a guide: by its path."""
  return f'`docs/{name}.md`'


@dataclasses.dataclass(frozen=True)
class Links:
  """How a card mentions what has a page of its own, in Markdown."""

  model: Callable[[model_specs.Handle], str]
  guide: Callable[[str], str] = name_guide  # Takes its name in docs/.
