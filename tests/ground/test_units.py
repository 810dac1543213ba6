"""Units at the door."""

import math

import pytest

from bellpush.ground.units import COMMON, readable, registry, si


@pytest.mark.parametrize(("unit", "symbol"), [(unit, symbol) for unit in COMMON for symbol in COMMON[unit]])
def test_the_table_of_frequent_units_agrees_with_pint(unit, symbol):
    """The table exists for speed alone; a slip in it would shift every result by powers of ten."""
    units = registry()
    by_pint = units.Quantity(1.0, units.parse_units(symbol)).to(unit).magnitude
    assert math.isclose(si(f"1 {symbol}", unit), by_pint, rel_tol=1e-14)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [("5.5 us", "s", 5.5e-6), ("5.5us", "s", 5.5e-6), (" 1e3  ms ", "s", 1.0), (".5 s", "s", 0.5),
     ("2 min", "s", 120.0), ("0.2 dB/km", "dB/m", 2e-4), ("180 deg", "rad", math.pi), ("5 1/s", "Hz", 5.0),
     ("2e5 km/s", "m/s", 2e8)],
)  # fmt: skip
def test_text_with_a_unit_is_an_si_number(text, unit, number):
    """What people write in papers is what they can write in a file."""
    assert si(text, unit) == pytest.approx(number, rel=1e-15)


def test_decimal_prefixes_do_not_round():
    """0.1 + rounding here would change the job hash between `100 ms` and `0.1 s`."""
    assert si("100 ms", "s") == si("0.1 s", "s") == si("100000 us", "s") == 0.1


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [("5", "s", 'is 5 without a unit. Write "5 s"'), ("0.2", "dB/m", 'Write "0.2 dB/km"'),
     ("NaN s", "s", "must be a number with a unit"), ("9**9**9 s", "s", "must be a number with a unit"),
     ("1e999 s", "s", "must be finite"), ("5 m", "s", "must be given in s"), ("65 rad/us", "Hz", "must be given in Hz"),
     ("5 parsec", "s", "unknown unit"),
     ("10 Us", "s", 'Did you mean "10 us"?'), ("5 s**9", "s", "must be a number with a unit"),
     ("", "s", "must be a number"), ("1 " + 100 * "s", "s", "must be a number with a unit"),
     ("5 __import__('os')", "s", "must be a number with a unit")],
)  # fmt: skip
def test_what_is_no_such_quantity_is_refused_with_an_example(text, unit, says):
    """Nothing is evaluated and nothing is guessed: a guess would be a wrong number in a paper."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        si(text, unit)
    assert says in str(refused.value)
    assert '"' in str(refused.value), "an example is given"


@pytest.mark.parametrize("number", [5.5e-6, 0.1, 999.9999, 1e-300, 1e300, 0.0, -2e-3])
def test_readable_numbers_read_back(number):
    """What an error message shows can be typed again."""
    assert si(readable(number, "s", digits=12), "s") == pytest.approx(number, rel=1e-11)
