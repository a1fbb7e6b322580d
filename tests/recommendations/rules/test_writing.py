"""What a wording leaves unsaid, on sentences as papers of working groups have them."""

import pytest

from recommendations.rules.writing import missing_parts


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("", ""),
        ("Urząd Miasta powinien otworzyć do końca 2026 r. co najmniej dwa punkty informacyjne.", ""),
        ("Otworzyć punkt informacyjny dla cudzoziemców.", "who when how"),
        ("Zalecamy gminom zatrudnienie asystentów międzykulturowych.", "when how"),
        ("Szkolić urzędników raz w roku.", "who how"),
        ("Rekomendujemy MSWiA wydanie wytycznych w ciągu sześciu miesięcy i coroczny raport o ich stosowaniu.", ""),
        ("Wspierać integrację migrantów.", "who what when how"),
        ("Należy podjąć działania na rzecz poprawy dostępności usług.", "who what when how"),
        ("Szkoła powinna zadbać o społeczność lokalną.", "what when how"),
        ("Wprowadzić do 30 czerwca jednolity formularz.", "who how"),
        ("Ministerstwo powinno opublikować liczbę wydanych decyzji.", "when"),
        ("Wojewoda ma skrócić czas oczekiwania o 50% do 2027 roku.", ""),
        ("Przetłumaczyć strony urzędów na 4 języki.", "who when"),
        ("W 2016 r. zmienić ustawę o cudzoziemcach.", "who how"),
        ("Gmina zatrudni pięciu tłumaczy.", "when"),
        ("Starosta powinien co kwartał publikować sprawozdanie.", ""),
    ],
)
def test_what_is_unsaid_is_named_and_what_is_said_is_not(text: str, missing: str) -> None:
    assert " ".join(missing_parts(text)) == missing


def test_an_addressee_beside_the_wording_says_who() -> None:
    assert "who" not in missing_parts("Szkolić urzędników.", has_addressee=True)
