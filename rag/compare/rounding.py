"""Whether two figures that are not equal can still be one value, rounded or qualified by one of them."""

from decimal import Decimal

from rag.figures import Figure

_NONE, _ABOUT, _WIDE = Decimal(0), Decimal("0.05"), Decimal("0.10")
_BOUNDS = {
    "plus de": (_NONE, _WIDE), "au moins": (_NONE, _WIDE), "moins de": (_WIDE, _NONE), "au plus": (_WIDE, _NONE),
    "près de": (_ABOUT, _ABOUT), "environ": (_ABOUT, _ABOUT),
}  # fmt: skip
"""Shares by which a value may lie below and above the one that a qualifier goes with."""


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
    below, above = _BOUNDS.get(loose.qualifier, (None, None))
    if below is None or above is None:
        return _rounds_to(value, said)
    return said - abs(said) * below <= value <= said + abs(said) * above


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
