"""The command ``weather``."""

import click
from rich.console import Console
from rich.table import Table

from weather_cli import __version__
from weather_cli.climate import City, cities, icons


@click.command()
@click.argument("city", required=False)
@click.option("-m", "--month", help="Only this month, for example `july` or `jul`.")
@click.option("-l", "--list", "list_cities", is_flag=True, help="List the cities.")
@click.version_option(__version__, prog_name="weather")
def main(city, month, list_cities):
    """Show what the weather is usually like in CITY."""
    known = cities()
    if list_cities or city is None:
        for place in known.values():
            click.echo(f"{place.name}, {place.country}")
        return
    place = known.get(city.lower())
    if place is None:
        names = ", ".join(each.name for each in known.values())
        raise click.BadParameter(f"{city} is not known here; try one of {names}", param_hint="CITY")
    if month is None:
        Console().print(_year(place))
        return
    try:
        usual = place.month(month)
    except LookupError as error:
        raise click.BadParameter(str(error), param_hint="--month") from error
    icon = icons()[usual.sky]
    click.echo(f"{icon} {place.name} in {usual.name.title()}: {usual.temperature} °C, {usual.rainy_days} days with rain")


def _year(place: City) -> Table:
    table = Table(title=f"A year in {place.name}")
    table.add_column("Month")
    table.add_column("°C", justify="right")
    table.add_column("Rain", justify="right")
    table.add_column("Sky", justify="center")
    picture = icons()
    for month in place.months:
        table.add_row(month.name.title(), str(month.temperature), f"{month.rainy_days} d", picture[month.sky])
    return table
