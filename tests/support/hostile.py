"""Texts that people with bad intentions, or broken programs, send to a desk; and what of them must never come out."""

import random
import re
from collections.abc import Iterable

FRAGMENTS = (
    *(
        "\x1b]0;owned\x07",
        "\x1b]52;c;b3duZWQ=\x07",
        "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\",
        "\x1b]52;c;?",
    ),
    *(
        "\x1b[2J",
        "\x1b[6n",
        "\x1b[31;5m",
        "\x1b[?1049l",
        "\x1b[?1003l",
        "\x1b[H",
        "\x1bc",
        "\x1bP$q\x1b\\",
        "\x1b_x\x1b\\",
    ),
    *(
        "\x9b5n",
        "\x9d0;owned\x9c",
        "\x90",
        "\x85",
        "\x07",
        "\x08",
        "\x0b\x0c",
        "\r",
        "\n",
        "\r\n",
        "\t",
        "\0",
        "\x7f",
        "\x0e",
    ),
    *("[/]", "[@click=app.leave]x[/]", "[bold red]ADMIN[/]", "[[/]]", "[", "]", "\\[", "$x", "{0}", "%s", ":smile:"),
    *("\u202egnp.exe", "\u2066\u2067\u2069", "\u200f", "\u061c", "\u2028", "\u2029", "\ufeff", "\ufff9a\ufffab\ufffb"),
    *(
        "\U000e0041\U000e007f",
        "e" + "\u0301" * 40,
        "\u0301",
        "会議室",
        "한국어",
        "👩‍👩‍👧‍👦",
        "🏳️‍🌈",
        "👍🏽",
        "🇵🇱",
        "\ufe0f",
        "\u200d",
    ),
    *("\ud800", "\udfff\ud800", "\u00ad", "\u034f", "﷽", "Ａ", "ｱ", "\U0010ffff", "\ue000"),
    *(
        "<script>",
        "`ls`",
        "```\n",
        "# x",
        "![i](http://e/x)",
        "[l](javascript:x)",
        "|a|b|\n|-|-|\n",
        "> ",
        "&nbsp;",
        "<!--",
    ),
    *(
        "'; DROP TABLE ticket; --",
        '"',
        "NEAR/",
        "status:",
        "p:9",
        "-",
        "*",
        "=HYPERLINK(1)",
        "vpn",
        "printer",
        " ",
        "  ",
    ),
)

_PROGRAM = re.compile(
    r"\x1b\[[\d;]*m"  # colours
    r"|\x1b\[\d+;\d+H|\x1b\[\d+G"  # places
    r"|\x1b\[\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026|2048)[hl]|\x1b\[\?20(?:26|48)\$p"  # modes
    r"|\x1b\]22;[a-z-]*\x07"  # the mouse pointer's shape
    r"|\x1b\[>\d+u|\x1b\[<u"  # kitty's keys
)
_FOREIGN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def hostile_texts(count: int, seed: int = 1) -> list[str]:
    """So many texts of one to five fragments, the same ones for the same seed; some are words of 10,000 characters."""
    choose = random.Random(seed)
    texts = ["".join(choose.choices(FRAGMENTS, k=choose.randint(1, 5))) for _ in range(count)]
    for at in range(0, count, 997):
        texts[at] = choose.choice("aΩ会") * 10_000
    return texts


def foreign(output: bytes | bytearray | str, *, terminal: bool = False) -> list[str]:
    """What no text from outside may bring out, each with what stands around it.

    `terminal`: the sequences that the program itself sends to a terminal are its own.
    """
    text = output if isinstance(output, str) else output.decode()
    own: Iterable[str] = _PROGRAM.split(text) if terminal else [text]
    return [
        repr(part[max(0, found.start() - 20) : found.end() + 20]) for part in own for found in _FOREIGN.finditer(part)
    ]
