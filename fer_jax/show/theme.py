"""How pictures look: the colours of a light and a dark form, the marker of each method.

Every picture exists in a light and a dark form, so that a page can follow its reader's setting.
Methods keep their colour and marker everywhere. The colours are those of Okabe and Ito ("Color
universal design", 2008), lightened where the ground is dark, and markers repeat what they say.
"""

from dataclasses import dataclass
from types import MappingProxyType

MARKERS = MappingProxyType(
    {"genome": "D", "sgd": "o", "es": "s", "neat": "^", "open_ended": "v", "other": "P"}
)
"""The marker of each method, by its name; "other" for any unknown one."""

_LIGHT_METHODS = MappingProxyType(
    {
        "genome": "#0072B2",
        "sgd": "#D55E00",
        "es": "#009E73",
        "neat": "#CC79A7",
        "open_ended": "#8B6F00",
        "other": "#666666",
    }
)
_DARK_METHODS = MappingProxyType(
    {
        "genome": "#56B4E9",
        "sgd": "#F28E4B",
        "es": "#2FC79E",
        "neat": "#E3A0C6",
        "open_ended": "#F0E442",
        "other": "#A8ADB5",
    }
)


@dataclass(frozen=True)
class Theme:
    """The colours of one form of a picture.

    Attributes:
        name: "light" or "dark".
        ground: behind everything.
        panel: behind a group of rows.
        ink: text.
        faint: secondary text.
        line: grids and frames.
        alarm: what went wrong.
        novel: the frame of a novel map.
        methods: the colour of each method, by its name; "other" for any unknown one.

    Example:
        >>> LIGHT.method_color("genome"), LIGHT.method_color("mine") == LIGHT.method_color("other")
        ('#0072B2', True)
    """

    name: str
    ground: str
    panel: str
    ink: str
    faint: str
    line: str
    alarm: str
    novel: str
    methods: MappingProxyType[str, str]

    def method_color(self, method: str) -> str:
        """The colour in which a method is always drawn."""
        return self.methods.get(method, self.methods["other"])


LIGHT = Theme(
    name="light",
    ground="#FFFFFF",
    panel="#F4F6F8",
    ink="#1B1F24",
    faint="#5E6873",
    line="#DDE2E8",
    alarm="#B42318",
    novel="#12A150",
    methods=_LIGHT_METHODS,
)
DARK = Theme(
    name="dark",
    ground="#151A21",
    panel="#1C232C",
    ink="#E8ECF1",
    faint="#98A3B0",
    line="#323C48",
    alarm="#FF8A7A",
    novel="#35D07F",
    methods=_DARK_METHODS,
)
THEMES = (LIGHT, DARK)


def method_marker(method: str) -> str:
    """The marker with which a method is always drawn.

    Example:
        >>> method_marker("genome"), method_marker("sgd")
        ('D', 'o')
    """
    return MARKERS.get(method, MARKERS["other"])
