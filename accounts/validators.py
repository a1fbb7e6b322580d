"""Passwords that Polish-speaking people choose first."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Stems that, with digits and signs stripped from their ends, make up the commonest Polish passwords.
COMMON = frozenset(
    """haslo hasło polska kochamcie kochamciebie mojehaslo misiek misiaczek kasia kasiunia marcin mateusz lukasz
    karolina agnieszka zaq12wsx qwerty qwertyuiop bartek monika dupa kurwa matrix samsung komputer internet
    wiosna lato jesien zima warszawa krakow wroclaw lublin gdansk poznan administrator zmienmnie witaj
    styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien
    forum migracje rekomendacje moderator redaktor""".split()
)


class PolishCommonPasswordValidator:
    """Refuses a password that is digits only, has fewer than six different characters, or is a word of
    ``COMMON``, repeated or dressed with digits and signs."""

    def validate(self, password: str, user: object = None) -> None:
        lowered = password.lower()
        bare = "".join(letter for letter in lowered if letter.isalpha())
        repeated = any(
            word in lowered and not lowered.replace(word, "").strip("0123456789!?.#@*-_ ") for word in COMMON
        )
        if repeated or len(set(lowered)) < 6 or not bare:
            raise ValidationError(self.get_help_text(), code="password_too_common")

    def get_help_text(self) -> str:
        return _("Choose a password that is not a common Polish word with digits or signs around it.")
