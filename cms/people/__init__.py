"""The screens of the administrators for people: who they are, what they may do, and how they get in and out."""
