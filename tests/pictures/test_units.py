import pytest

from tests.pictures.units import FORMS, Scale, scale


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("s", 0, "0 s"),
        ("s", 0.0304, "30 ms"),
        ("s", 4.26, "4.3 s"),
        ("s", 59.96, "1 min"),
        ("s", 312, "5 min 12 s"),
        ("s", 3599.7, "1 h"),
        ("s", 11520, "3 h 12 min"),
        ("s", 187_200, "2 d 4 h"),
        ("s", -90, "-1 min 30 s"),
        ("percentunit", 0.96249, "96.2 %"),
        ("percentunit", 1, "100 %"),
        ("percentunit", -1.5, "-150 %"),
        ("percentunit", -0.0, "0 %"),
        ("short", 0, "0"),
        ("short", -0.0001, "0"),
        ("short", 0.0125, "0.013"),
        ("short", 42, "42"),
        ("short", 999.5, "999.5"),
        ("short", 1234, "1.23 K"),
        ("short", 2_500_000, "2.5 M"),
        ("none", 4.258, "4.26"),
        ("none", 12345.5, "12\u202f345.50"),
        ("none", 12345, "12\u202f345"),
        ("cps", 0.25, "0.25 /s"),
    ],
)
def test_a_number_is_told_in_its_unit(unit: str, value: float, text: str) -> None:
    assert FORMS[unit](value) == text


@pytest.mark.parametrize(
    ("unit", "largest", "wanted"),
    [
        ("s", 0, Scale(1, " s")),
        ("s", 0.4, Scale(0.001, " ms")),
        ("s", 0.9, Scale(1, " s")),
        ("s", 90, Scale(1, " s")),
        ("s", 7200, Scale(3600, " h")),
        ("s", 200_000, Scale(86400, " d")),
        ("percentunit", 0.4, Scale(0.01, " %")),
        ("cps", 3, Scale(1, " /s")),
        ("short", 42_000, Scale(1000, " K")),
        ("short", 42, Scale(1, "")),
        ("none", 42_000, Scale(1, "")),
    ],
)
def test_an_axis_counts_in_what_fits_its_largest_number(
    unit: str, largest: float, wanted: Scale
) -> None:
    assert scale(unit, largest) == wanted
