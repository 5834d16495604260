"""A word as a dictionary knows it: what a morphological analysis hands to the rules."""

from dataclasses import dataclass

NOUN, PROPER, PERSON, PLACE, COUNTRY = "名詞", "固有名詞", "人名", "地名", "国"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the plain text: where it stands, its part of speech down to four levels, and how it is read."""

    start: int
    end: int
    parts: tuple[str, ...]
    reading: str
    is_known: bool = True

    @property
    def is_person(self) -> bool:
        """Whether the dictionary has it as a person's name."""
        return self.parts[1:3] == (PROPER, PERSON)

    @property
    def is_region(self) -> bool:
        """Whether it is the name of a place that is not a country."""
        return self.parts[1:3] == (PROPER, PLACE) and self.parts[3:4] != (COUNTRY,)

    @property
    def is_noun(self) -> bool:
        return self.parts[:1] == (NOUN,)
