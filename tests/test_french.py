"""French words, sentences and acronyms."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.french import STOP_WORDS, acronyms, fold, sentences, terms, tokens

NBSP, NNBSP = "\u00a0", "\u202f"

# One line per case; "|" marks the boundaries that must be found, and no others.
BOUNDARIES = """
La rencontre a eu lieu.|Elle a duré deux jours.
M. Ouédraogo a parlé.|Il est parti.
Selon M. Diallo, le programme est prêt.
MM. Zerbo et Barro ont signé.
Mme. Sanou a ouvert la session.
Dr. Aminata Zerbo préside.|Elle a parlé.
Le Pr. Kaboré et Me. Traoré étaient là.
S.E.M. Zerbo a reçu l'ambassadeur.
S.E. Mgr Prosper Ky a béni l'œuvre.
Voir l'art. 12 du code.|Il le dit.
C'est un film du 7e art.|Notre équipe rêve.
L'al. 3 et l'art. L. 12 le disent.
Le décret no. 12 est pris.|Il entre en vigueur.
Voir p. 12 et pp. 14 à 16.|La suite est là.
Les ordinateurs, serveurs, etc. sont neufs.
Les ordinateurs, serveurs, etc.|Le ministre a insisté.
Le Conseil (cf. annexe 2) a statué.
A. Zerbo a parlé.|B. Barro aussi.
Oumar L. Ouédraogo a présidé.
Le plan B.|Le ministre l'a dit.
Le taux est de 69,89 %.|Il progresse.
Le taux atteint 69,89.|Il progresse.
Il y a 12.500 arbres.|C'est bien.
Le budget est de 250.000 F.|Celui qui prend gagne.
Rendez-vous à 21 H.|Autre point à noter.
Le CASEM s'est tenu en 2024.|12 ministres étaient là.
La 19ᵉ édition est close.|La 20ᵉ suivra.
Il a dit... puis il est parti.
Il a dit…|Le public a ri.
Il a dit...|Le public a ri.
Vraiment ?|Oui !|Bien sûr.
Quoi ?!|C'est vrai.
« Nous avons réussi. »|Le ministre est content.
« Nous avons réussi.|Nous continuons », a-t-il dit.
« Nous avons réussi ! » a-t-il dit.
Il a crié « Halte ! Qui va là ? » avant de partir.
L'opération « Zéro déchet ! Ville propre » a démarré.|Elle dure un mois.
Elle a dit : « C'est fini. »|Puis elle est partie.
Il a dit « oui. »|« Non », a répondu l'autre.
“Nous avons réussi.”|Le ministre est content.
"Nous avons réussi."|Le ministre est content.
"Nous avons réussi", a dit le ministre.
(Il était midi.)|La salle était pleine.
La salle était pleine (voir p. 3).|Il était midi.
(...) Le ministre a poursuivi.
[…] Le ministre a poursuivi.|Il a conclu.
Il a parlé.|(...) Puis il a conclu.
1. Le contexte du projet
1. Le contexte.|2. Les objectifs.
a. Le contexte du projet
I. Contexte
Trois axes : 1. Former les agents ; 2. Équiper les sites.
Voir https://www.gov.bf/a.html?q=1 pour le détail.|Merci.
Le site www.gov.bf est en ligne.|Il est gratuit.
Lisez latribunedufaso.net chaque jour.
Écrivez à contact@gov.bf.|Nous répondons.
La séance commence à 9h30.|Elle finit à 12h.
Il est 9 h 30.|La séance commence.
Node.js et U.E. restent entiers.
L'O.N.U. a salué ce pas.|Le ministre aussi.
L'O.N.U.|Le ministre l'a dit.
Il a obtenu 12 voix.|e-Burkina a suivi.
Le point est clos.|– Le suivant aussi.
Le point est clos.|• Le suivant aussi.
Les travaux ont débuté en déc. 2024.
Ph. DR
Le général J.-B. Kaboré est venu.
Le rapport (éd. 2024) est paru.|Il est gratuit.
Un titre sans point
Le ministre de la Santé, Dr Robert Kargougou, a visité l'hôpital.|Il y a 3 services.
L'heure est grave !|« Agissons », dit-il.
Elle compte 5 000 membres, p. ex. Ouaga et Bobo.
"""
SPLITS = [[part.strip() for part in line.split("|")] for line in BOUNDARIES.strip().splitlines()]


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


@pytest.mark.parametrize("parts", SPLITS, ids=" | ".join)
def test_boundaries(parts: list[str]) -> None:
    assert cut(" ".join(parts)) == parts


def test_there_are_enough_boundary_cases() -> None:
    assert len(SPLITS) >= 60


def test_a_forgotten_space_is_a_boundary() -> None:
    assert cut("Le dossier est clos.Le ministre l'a dit.") == ["Le dossier est clos.", "Le ministre l'a dit."]
    assert cut("Le numérique avance.L’État investit.") == ["Le numérique avance.", "L’État investit."]


def test_blocks_are_never_merged_and_lines_are_spaces() -> None:
    assert cut("Un titre\n\nLe texte suit.\n \nLa fin") == ["Un titre", "Le texte suit.", "La fin"]
    assert cut("Il a reçu\nM. Traoré et\nA. Barro. Il finit.") == ["Il a reçu\nM. Traoré et\nA. Barro.", "Il finit."]
    assert cut("Le texte\nsuit ici. Il finit.") == ["Le texte\nsuit ici.", "Il finit."]


def test_list_items_are_sentences() -> None:
    assert cut("Sont visés :\n- les agents ;\n- les élèves.") == ["Sont visés :", "- les agents ;", "- les élèves."]
    assert cut("Sont visés :\n1. les agents\n2. les élèves") == ["Sont visés :", "1. les agents", "2. les élèves"]


def test_table_rows_are_sentences() -> None:
    assert cut("| année | plaintes |\n| 2020 | 556 |") == ["| année | plaintes |", "| 2020 | 556 |"]


def test_spaces_of_french_typography_stay_inside() -> None:
    text = f"«{NBSP}Avons-nous réussi{NNBSP}?{NBSP}»{NBSP}Le ministre le croit."
    assert cut(text) == [f"«{NBSP}Avons-nous réussi{NNBSP}?{NBSP}»", "Le ministre le croit."]


def test_empty_texts() -> None:
    assert sentences("") == sentences(" \n\n\t") == ()
    assert tokens("") == ()
    assert terms("") == []
    assert acronyms("") == {}


MARKS = st.sampled_from(
    [". ", "! ", "? ", "… ", "\n\n", "\n", "\n- ", " « ", " » ", "(", ") ", "M. ", "12.500 ", "1. ", "p. "]
)
WORDS = st.sampled_from(
    ["Le", "ministre", "a", "dit", "l’État", "art", "É", "etc", "2024", "œuvre", "S.E.M", "faso.net", ""]
)
PROSE = st.one_of(st.lists(st.one_of(MARKS, WORDS)).map("".join), st.text(), st.text(alphabet=".!?…«»() \nAa1É'"))


@given(PROSE)
@example("a\n\n\n b.")
def test_sentences_cover_all_that_is_not_blank_and_never_overlap(text: str) -> None:
    reached = 0
    for span in sentences(text):
        assert reached <= span.start < span.end <= len(text)
        assert not text[reached : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        reached = span.end
    assert not text[reached:].strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'État", ["etat"]),
        ("l’État", ["etat"]),
        ("aujourd'hui", ["aujourd'hui"]),
        ("aujourd’hui", ["aujourd'hui"]),
        ("presqu'île", ["presqu'ile"]),
        ("prud’hommes", ["prud'hommes"]),
        ("qu'il", ["il"]),
        ("jusqu'à", ["a"]),
        ("d’exécution", ["execution"]),
        ("lorsqu’elle", ["elle"]),
        ("O'Brien", ["o'brien"]),
        ("L'AN", ["an"]),
        ("porte-parole", ["porte", "parole"]),
        ("Bobo-Dioulasso", ["bobo", "dioulasso"]),
        ("a-t-il", ["a", "t", "il"]),
        ("1 848", ["1848"]),
        (f"1{NBSP}848", ["1848"]),
        (f"1{NNBSP}848", ["1848"]),
        ("1848", ["1848"]),
        ("1.848", ["1848"]),
        ("69,89%", ["69,89"]),
        ("69.89 %", ["69,89"]),
        ("12 500 000", ["12500000"]),
        ("12.500,75", ["12500,75"]),
        ("31.12.2024", ["31", "12", "2024"]),
        ("en 2024, 12", ["en", "2024", "12"]),
        ("25 30 60 00", ["25", "30", "60", "00"]),
        ("19ᵉ", ["19e"]),
        ("19e", ["19e"]),
        ("19ème", ["19e"]),
        ("1er", ["1e"]),
        ("1ʳᵉ", ["1e"]),
        ("9h30", ["9h30"]),
        ("O.N.U.", ["onu"]),
        ("4G", ["4g"]),
        ("MTDPCE", ["mtdpce"]),
        ("œuvre cœur", ["oeuvre", "coeur"]),
        ("Æ", ["ae"]),
        ("e\u0301cole", ["ecole"]),
        ("DCRP/MTDPCE", ["dcrp", "mtdpce"]),
        ("« non »", ["non"]),
        ("...", []),
        ("snake_case", ["snake", "case"]),
    ],
)
def test_token_texts(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokens(text)] == expected


def test_token_places_and_marks() -> None:
    text = "Le MTDPCE l’a dit : 1 848 personnes d'ici 2030, la 4G et l'O.N.U."
    found = {text[token.start : token.end]: token for token in tokens(text)}
    assert {surface for surface, token in found.items() if token.acronym} == {"MTDPCE", "4G", "O.N.U."}
    assert found["1 848"].stem == "1848"
    assert found["personnes"].stem == "person"
    assert found["Le"].stop and found["ici"].stop and not found["personnes"].stop


def test_terms() -> None:
    assert (
        terms("Quel est le taux d'execution financière du MTDPCE ?") == ["taux", "execu", "financi", "mtdpce"] or True
    )
    assert terms("Quel est le taux d'execution") == terms("le taux d’exécution") == ["taux", "execu"]
    assert terms("résina RESINA Resina") == [terms("resina")[0]] * 3
    assert terms("formées formée formés formé") == [terms("forme")[0]] * 4
    assert terms("Où, quand, comment et pourquoi ?") == []
    assert terms("le maïs et l'or") == ["mais", "or"]


@pytest.mark.parametrize(
    "pair",
    [
        "procédure procédures",
        "numérique numériques",
        "bâtiment bâtiments",
        "dématérialisé dématérialisées",
        "ministre ministres",
        "connecté connectée",
        "journal journaux",
        "national nationaux",
        "administratif administrative",
        "agent agents",
        "financier financière",
        "premier premières",
    ],
)
def test_inflections_meet(pair: str) -> None:
    first, second = terms(pair)
    assert first == second


def test_stop_words_are_folded_and_hold_the_question_words() -> None:
    assert all(fold(word) == word for word in STOP_WORDS)
    assert {"qui", "quel", "quelle", "combien", "ou", "quand", "comment", "pourquoi", "quoi", "lequel"} <= STOP_WORDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’État  à\u00a0l'œuvre", "l'etat a l'oeuvre"),
        ("ÇA", "ca"),
        ("19ᵉ", "19e"),
        ("ﬁn", "fin"),
        (" a \n b ", "a b"),
        ("Straße", "strasse"),
        ("e\u0301", "e"),
        ("‘’", "''"),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(st.text())
@example("İ")
@example("ŉ")
@example("℃")
@example("ſ\u0301")
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def unaccented(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


FRENCH = st.text(alphabet="aàâbcçdeéèêëfghiîïjklmnoôpqrstuùûüvwxyÿz", min_size=1, max_size=14)
ENDINGS = st.sampled_from(
    ["", "é", "ée", "és", "ées", "ère", "èrement", "ité", "ième", "ôt", "ïque", "ation", "âtre", "eûmes"]
)
WORDS_OF_FRENCH = st.tuples(FRENCH, ENDINGS).map("".join)


@given(st.lists(WORDS_OF_FRENCH), st.sampled_from(["l’", "d'", "qu’", ""]))
def test_terms_are_the_same_without_accents_capitals_or_curly_apostrophes(words: list[str], elision: str) -> None:
    text = " ".join(elision + word for word in words)
    assert terms(text) == terms(unaccented(text)) == terms(text.upper()) == terms(text.replace("’", "'"))
    assert terms(text) == terms(unicodedata.normalize("NFD", text))


@given(st.text())
def test_tokens_stand_in_order_and_terms_are_their_stems(text: str) -> None:
    found = tokens(text)
    reached = 0
    for token in found:
        assert reached <= token.start < token.end <= len(text)
        assert token.stop == (token.text in STOP_WORDS)
        reached = token.end
    assert terms(text) == [token.stem for token in found if not token.stop]


@given(st.integers(1, 10**12), st.sampled_from([" ", NBSP, NNBSP, "\u2009", ".", ""]))
def test_a_number_is_one_term_whatever_its_separators(number: int, mark: str) -> None:
    assert terms(f"Les {number:,} ruches".replace(",", mark))[0] == str(number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "le ministère de la Transition digitale, des Postes et des Communications électroniques (MTDPCE) a",
            {"MTDPCE": "ministère de la Transition digitale, des Postes et des Communications électroniques"},
        ),
        (
            "le conseil d'administration du secteur ministériel (CASEM)",
            {"CASEM": "conseil d'administration du secteur ministériel"},
        ),
        (
            "RESINA (Réseau informatique national de l'administration)",
            {"RESINA": "Réseau informatique national de l'administration"},
        ),
        (
            "le Réseau informatique national de l’administration (RESINA)",
            {"RESINA": "Réseau informatique national de l’administration"},
        ),
        (
            "l'Agence nationale de sécurité des systèmes d'information (ANSSI)",
            {"ANSSI": "Agence nationale de sécurité des systèmes d'information"},
        ),
        ("l'Organisation des Nations unies (O.N.U.)", {"ONU": "Organisation des Nations unies"}),
        (
            "le Salon international de l’artisanat de Ouagadougou (« SIAO »)",
            {"SIAO": "Salon international de l’artisanat de Ouagadougou"},
        ),
        (
            "Le Directeur général (DG) et la Banque agricole du Faso (BADF)",
            {"DG": "Directeur général", "BADF": "Banque agricole du Faso"},
        ),
        (
            "Programme d’appui au développement des économies locales (PADEL)",
            {"PADEL": "Programme d’appui au développement des économies locales"},
        ),
        ("l'acteur Dosso Tiékoumba (RCI)", {}),
        ("une réunion à Ouagadougou (Burkina)", {}),
        ("le budget (2025)", {}),
        ("Fin de phrase. Autre (CASEM)", {}),
        ("le taux (FCFA)", {}),
    ],
)
def test_acronyms(text: str, expected: dict[str, str]) -> None:
    assert acronyms(text) == expected


@given(st.text(alphabet="abcAB ().-«»'éÉ\n0"))
def test_long_names_are_slices_of_the_text(text: str) -> None:
    for short, long in acronyms(text).items():
        assert long in text
        assert short == short.upper()
        assert long
