"""The chat's own theme: paper and ink, one green, system fonts only. Colours live here and in static/style.css."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradio.themes import Base

SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif")

PAPER, CARD, INK, SOFT, LINE, ACCENT = "#faf8f4", "#ffffff", "#1e2623", "#57615c", "#e0dbd1", "#0b5c55"
DARK_PAPER, DARK_CARD, DARK_INK, DARK_SOFT = "#121716", "#1a2120", "#e9e6df", "#a5afaa"
DARK_LINE, DARK_ACCENT, DARK_ON_ACCENT = "#2f3937", "#7fd1c2", "#06211d"


def theme() -> "Base":
    """Gradio's theme variables; every pair of text and ground has a contrast of at least 4.5."""
    from gradio.themes import Base

    return Base(font=SANS, font_mono=("ui-monospace", "monospace"), text_size="lg", radius_size="md").set(
        body_background_fill=PAPER, body_background_fill_dark=DARK_PAPER,
        background_fill_primary=CARD, background_fill_primary_dark=DARK_CARD,
        background_fill_secondary=PAPER, background_fill_secondary_dark=DARK_PAPER,
        body_text_color=INK, body_text_color_dark=DARK_INK,
        body_text_color_subdued=SOFT, body_text_color_subdued_dark=DARK_SOFT,
        block_background_fill="transparent", block_background_fill_dark="transparent",
        block_border_width="0px", block_border_width_dark="0px",
        block_label_text_color=SOFT, block_label_text_color_dark=DARK_SOFT,
        block_title_text_color=SOFT, block_title_text_color_dark=DARK_SOFT,
        border_color_primary=LINE, border_color_primary_dark=DARK_LINE,
        border_color_accent=ACCENT, border_color_accent_dark=DARK_ACCENT,
        color_accent=ACCENT, color_accent_soft="#e3efec", color_accent_soft_dark="#1d3430",
        input_background_fill=CARD, input_background_fill_dark=DARK_CARD,
        input_border_color=LINE, input_border_color_dark=DARK_LINE,
        input_border_color_focus=ACCENT, input_border_color_focus_dark=DARK_ACCENT,
        input_placeholder_color=SOFT, input_placeholder_color_dark=DARK_SOFT,
        input_border_width="1px", input_radius="10px",
        link_text_color=ACCENT, link_text_color_dark=DARK_ACCENT,
        button_primary_background_fill=ACCENT, button_primary_background_fill_dark=DARK_ACCENT,
        button_primary_background_fill_hover="#08463f", button_primary_background_fill_hover_dark="#9be0d3",
        button_primary_text_color="#ffffff", button_primary_text_color_dark=DARK_ON_ACCENT,
        button_primary_border_color=ACCENT, button_primary_border_color_dark=DARK_ACCENT,
        button_primary_border_color_hover=ACCENT, button_primary_border_color_hover_dark=DARK_ACCENT,
        button_secondary_background_fill=CARD, button_secondary_background_fill_dark=DARK_CARD,
        button_secondary_background_fill_hover="#f1eee6", button_secondary_background_fill_hover_dark="#232c2a",
        button_secondary_text_color=INK, button_secondary_text_color_dark=DARK_INK,
        button_secondary_border_color=LINE, button_secondary_border_color_dark=DARK_LINE,
        shadow_drop="none", shadow_drop_lg="none", block_shadow="none", block_shadow_dark="none",
    )  # fmt: skip
