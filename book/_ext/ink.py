"""How code looks: in the ink of the text, because colour means something in this book."""

from pygments.style import Style
from pygments.token import Comment, Keyword, Operator, String, Token


class Ink(Style):  # type: ignore[misc]
    """Keywords are bold, comments slanted, and nothing is coloured."""

    background_color = "transparent"
    styles = {  # noqa: RUF012 - the name and type that pygments asks for
        Token: "",
        Comment: "italic",
        Keyword: "bold",
        Operator.Word: "bold",
        String.Doc: "italic",
    }
