"""The work of translators in the admin: the board, the screen of one translation, PO files."""
