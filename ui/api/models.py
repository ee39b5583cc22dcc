"""The shapes of the REST door, for its OpenAPI description. Field names are the public surface; words are French.

Answers keep whatever `Answer.to_dict` carries: members that are not described here pass through.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from ui.filters import FILTERS, chosen

Day = Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
MOST = 100
"""Items on one page of a list, at most; and of passages, how far a list goes."""
FURTHEST = 1_000_000
"""Publications that can be passed over."""
FOLLOWED = 5
"""Questions that a follow-up may name, at most; with 500 characters each, an address holds them still."""
_EXAMPLE = "Quel est le taux d’exécution physique de la Transition digitale au 31 décembre 2024 ?"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class Filtered(_Strict):
    """Ce qui restreint une question."""

    as_of: Day | None = Field(None, description="Ne voir que ce qui était publié ce jour-là.", examples=["2025-04-01"])
    since: Day | None = Field(None, description="Publié ce jour-là ou après.", examples=["2024-01-01"])
    until: Day | None = Field(None, description="Publié ce jour-là ou avant.", examples=["2025-12-31"])
    ministry: str | None = Field(
        None, max_length=200, description="Ministère, en entier ou en partie.", examples=["Transition digitale"]
    )
    publisher: str | None = Field(
        None, max_length=200, description="Éditeur, en entier ou en partie.", examples=["sidwaya.info"]
    )
    kind: str | None = Field(None, max_length=200, description="Genre de publication.", examples=["casem"])

    def filters(self) -> dict[str, str | None]:
        """As the desk takes them."""
        return chosen({name: getattr(self, name) for name in FILTERS})


class Question(Filtered):
    """Une question et ses filtres."""

    after: list[Annotated[str, Field(max_length=500)]] = Field(
        default_factory=list,
        max_length=FOLLOWED,
        description="Les questions d’avant, la plus ancienne d’abord, dont celle-ci est la suite (« et en 2023 ? »).",
        examples=[["Quel est le taux d’exécution physique de la Transition digitale au 30 juin 2025 ?"]],
    )
    question: str = Field(
        description="La question, en français ; le réglage « max_question_chars » borne sa longueur (2000 signes).",
        examples=[_EXAMPLE],
    )


class Lookup(Filtered):
    """Une recherche de passages."""

    question: str = Field(
        description="Ce que l’on cherche, en français, de la même longueur qu’une question.", examples=[_EXAMPLE]
    )
    limit: int = Field(10, ge=1, le=MOST, description="Passages par page.")
    offset: int = Field(0, ge=0, le=MOST, description="Passages à sauter.")


class Claims(_Strict):
    """Un texte à vérifier."""

    text: str = Field(
        description="Une phrase ou un paragraphe ; chaque phrase est une affirmation.",
        examples=["Au 31 décembre 2024, l’exécution physique des activités s’établit à 88,02 %."],
    )
    as_of: Day | None = Field(None, description="Ne voir que ce qui était publié ce jour-là.")
    ministry: str | None = Field(None, max_length=200, description="Ministère, en entier ou en partie.")


class Listing(Filtered):
    """Une liste de publications."""

    words: str | None = Field(None, max_length=200, description="Mots du titre, du ministère ou de l’éditeur.")
    limit: int = Field(20, ge=1, le=MOST, description="Publications par page.")
    offset: int = Field(0, ge=0, le=FURTHEST, description="Publications à sauter.")


class Citation(_Open):
    """L’endroit d’une citation : `texte[start:end] == quote`, en points de code."""

    doc: str = Field(description="Identifiant de la publication.", examples=["latribune/casem-mtdpce-2025-03-tribune"])
    url: str
    title: str
    publisher: str
    ministry: str
    published: str | None = Field(description="Date de publication, entière ou réduite au mois ou à l’année.")
    page: int | None = Field(description="Page, à partir de 1, pour un PDF.")
    start: int = Field(description="Premier caractère de la citation dans le texte de la publication.")
    end: int = Field(description="Caractère qui suit la citation.")
    quote: str = Field(description="La citation, mot pour mot.")


class Sentence(_Open):
    """Une phrase de la réponse et ce qui la prouve."""

    text: str
    citations: list[Citation]


class Passage(_Open):
    """Un passage trouvé, le meilleur d’abord."""

    rank: int
    score: float
    doc: str
    start: int
    end: int
    text: str
    url: str
    title: str
    publisher: str
    ministry: str
    published: str | None
    page: int | None


class Searched(_Open):
    """Ce qui a été parcouru."""

    documents: int = Field(description="Nombre de publications.")
    passages: int
    latest: str | None = Field(description="Date de la publication la plus récente.")
    generation: str = Field(description="Génération de l’index.")


class Reply(_Open):
    """Une réponse. « answered » : les phrases répondent ; « partial » : une partie manque ; « abstained » : le corpus
    ne répond pas, et `evidence` donne les passages voisins, qui ne sont pas une réponse."""

    question: str
    status: str = Field(description="answered, partial ou abstained.", examples=["answered"])
    text: str
    sentences: list[Sentence]
    evidence: list[Passage]
    as_of: str | None
    corpus: Searched
    confidence: float = Field(description="De 0 à 1.")
    conflicts: list[dict[str, Any]] = Field(description="Autres valeurs publiées de la même mesure, citées et datées.")
    permalink: str = Field(description="Adresse permanente de la question et de ses filtres, à lire sans JavaScript.")


class Passages(BaseModel):
    """Une page de passages."""

    items: list[Passage]
    limit: int
    offset: int
    next: str | None = Field(description="Adresse de la page suivante, s’il y en a une.")


class Verdict(_Open):
    """Le sort d’une affirmation."""

    claim: str
    status: str = Field(description="confirmed, contradicted ou not_found.", examples=["contradicted"])
    value: str | None = Field(description="La valeur publiée qui confirme ou contredit.")
    claimed: str | None = Field(description="La valeur affirmée.")
    quotes: list[Citation]


class Verdicts(BaseModel):
    """Une affirmation par phrase du texte."""

    items: list[Verdict]


class Card(BaseModel):
    """Une publication, sans son texte."""

    id: str
    number: int = Field(description="Numéro de la version courante.")
    captured: str = Field(description="Moment où cette version a été lue (ISO 8601, UTC).")
    url: str
    title: str
    publisher: str
    ministry: str
    kind: str
    published: str | None
    modified: str | None


class Cards(BaseModel):
    """Une page de publications, la plus récente d’abord."""

    items: list[Card]
    total: int
    limit: int
    offset: int
    next: str | None = Field(description="Adresse de la page suivante, s’il y en a une.")


class KeptVersion(BaseModel):
    """Une version gardée."""

    number: int
    captured: str
    digest: str = Field(description="SHA-256 de tout ce qu’un lecteur peut voir changer.")


class Original(BaseModel):
    """Le fichier d’origine, tel qu’il a été récupéré."""

    url: str
    fetched: str = Field(description="Moment de la récupération (ISO 8601, UTC).")
    digest: str = Field(description="SHA-256 du fichier.")
    kept: bool = Field(description="Vrai si le fichier est dans l’archive.")


class Document(BaseModel):
    """Une publication, dans une de ses versions."""

    id: str
    url: str
    title: str
    publisher: str
    ministry: str
    kind: str
    published: str | None
    modified: str | None
    source: str
    pages: list[int] = Field(description="Premier caractère de chaque page d’un PDF.")
    text: str
    version: KeptVersion
    versions: list[KeptVersion] = Field(description="Toutes les versions, la plus ancienne d’abord.")
    indexed_version: int | None = Field(description="La version où les réponses sont prises ; null si aucune.")
    withdrawn: str | None = Field(description="Moment du retrait ; null si la publication est en ligne.")
    original: Original | None


class Status(BaseModel):
    """L’état du corpus, de l’index et de la dernière collecte."""

    version: str = Field(description="Version de Sourcier.")
    corpus: dict[str, Any]
    index: dict[str, Any]
    last_run: dict[str, Any] | None
    sources: list[dict[str, Any]] = Field(
        description="Chaque source collectée\u00a0: ses sept derniers jours de collecte, sa dernière visite réussie, "
        "ses alarmes\u00a0; comme « sourcier status --json »."
    )
    alarms: int = Field(description="Nombre d’alarmes, toutes sources réunies.", examples=[0])
    receipts: dict[str, Any] | None = Field(description="Clé publique qui signe les reçus, si elle existe.")


class Health(BaseModel):
    """Le service répond."""

    status: str = Field(examples=["ok"])


class FieldProblem(BaseModel):
    """Un champ incorrect."""

    field: str
    detail: str


class Problem(_Open):
    """Une erreur (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Demande impossible"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["La question est vide\u00a0: écrivez quelques mots."])
    code: str | None = Field(None, description="Nom stable de l’erreur, pour un programme.", examples=["QuestionError"])
    errors: list[FieldProblem] | None = Field(None, description="Les champs incorrects, s’il y en a.")
