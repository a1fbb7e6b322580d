"""What a text page may consist of."""

from wagtail import blocks

from pagekit.blocks.heading import HeadingBlock
from pagekit.blocks.text import TextBlock


class ContentBlocks(blocks.StreamBlock):
    heading = HeadingBlock(max_length=200)
    text = TextBlock()
