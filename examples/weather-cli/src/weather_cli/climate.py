"""The climate of each city, read from the data files of this package."""

import json
from dataclasses import dataclass
from importlib.resources import files

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """A usual month: the mean temperature in °C and the days with rain."""

    name: str
    temperature: int
    rainy_days: int

    @property
    def sky(self) -> str:
        """The word that picks the icon."""
        if self.rainy_days >= 12:
            return "snow" if self.temperature <= 0 else "rain"
        return "cloud" if self.rainy_days >= 7 else "sun"


@dataclass(frozen=True)
class City:
    """A city with its twelve months."""

    name: str
    country: str
    months: tuple[Month, ...]

    def month(self, prefix: str) -> Month:
        """The month whose name begins like this."""
        matches = [month for month in self.months if month.name.startswith(prefix.lower())]
        if len(matches) != 1:
            raise LookupError(f"{prefix!r} does not name one month")
        return matches[0]


def cities() -> dict[str, City]:
    """Every city by its lower-case name."""
    known = {}
    for name, row in _data("climate.json").items():
        figures = zip(MONTHS, row["temperature"], row["rainy_days"])
        months = tuple(Month(*month) for month in figures)
        known[name.lower()] = City(name, row["country"], months)
    return known


def icons() -> dict[str, str]:
    """The icon of each sky."""
    return _data("icons.json")


def _data(name: str) -> dict:
    text = files("weather_cli").joinpath("data", name).read_text(encoding="utf-8")
    return json.loads(text)
