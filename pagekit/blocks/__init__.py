"""The blocks of text pages, one file per kind."""

from pagekit.blocks.content import ContentBlocks
from pagekit.blocks.heading import HeadingBlock
from pagekit.blocks.text import TextBlock

__all__ = ["ContentBlocks", "HeadingBlock", "TextBlock"]
