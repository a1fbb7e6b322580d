"""What goes out of the house, in named columns."""
