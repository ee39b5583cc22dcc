"""Whether two figures that are not equal can still be one value, rounded or qualified by one of them."""

from decimal import Decimal

from rag.figures import Figure

_ABOUT = Decimal("0.05")
"""Share by which "environ" and "près de" may be off."""
_ABOVE = Decimal("0.10")
"""Share by which a value may exceed the one that "plus de" names, or fall short of "moins de"."""


def compatible(a: Figure, b: Figure) -> bool:
    """Whether a reader would take both for one value: 69,9 % and 69,89 %, "près de 500" and 497.

    Equal values with different qualifiers are compatible; so are equal values. Ranges hold what lies in them.
    """
    if a.value is None or b.value is None:
        return False
    return _covers(a, b) or _covers(b, a)


def _covers(loose: Figure, exact: Figure) -> bool:
    """Whether `loose` is a rounded or qualified way to say `exact`."""
    assert loose.value is not None and exact.value is not None
    value, said = exact.value, loose.value
    if value == said:
        return True
    if loose.high is not None:
        return said <= value <= loose.high
    size = abs(said)
    qualifier = loose.qualifier
    if qualifier in {"plus de", "au moins"}:
        return said < value <= said + size * _ABOVE
    if qualifier in {"moins de", "au plus"}:
        return said - size * _ABOVE <= value < said
    if qualifier == "près de":
        return abs(value - said) <= size * _ABOUT
    if qualifier == "environ":
        return abs(value - said) <= size * _ABOUT
    return _rounds_to(value, said)


def _rounds_to(value: Decimal, said: Decimal) -> bool:
    """Whether `said`, with fewer significant digits, is `value` rounded or cut: 12 500 for 12 487, 69,9 for 69,89.

    Counts below 1 000 and whole percentages are never taken for rounded: 104 and 100 are two values.
    """
    digits = said.normalize()
    exponent = int(digits.as_tuple().exponent)
    finer = int(value.normalize().as_tuple().exponent)
    if finer >= exponent or not said:
        return False
    if exponent >= 0 and value == value.to_integral_value() and abs(value) < 1000:
        return False
    if len(digits.as_tuple().digits) < 2:
        return False  # "5 milliards" for 5,862 milliards says too little
    step = Decimal(1).scaleb(exponent)
    return abs(value - said) < step
