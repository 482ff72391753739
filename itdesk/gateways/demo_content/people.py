"""The demo desk's staff and requesters."""

from dataclasses import dataclass

from itdesk.domain.people import Role
from itdesk.domain.text import fold


@dataclass(frozen=True, slots=True)
class DemoTechnician:
    """A member of staff, in every team whose name or title has one of the words in `knows`.

    `skills` are categories and how well they are known, none for whoever is fit for everything; `capacity` None: as
    much as everybody.
    """

    login: str
    name: str
    level: int
    knows: tuple[str, ...]
    role: Role = Role.TECHNICIAN
    site: str = "Gdańsk"
    skills: tuple[tuple[str, int], ...] = ()
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class DemoRequester:
    """Somebody who asks for help."""

    name: str
    department: str
    site: str

    @property
    def login(self) -> str:
        """`marta.kowalska`."""
        return ".".join(fold(self.name).replace("'", "").split())

    @property
    def email(self) -> str:
        """An address of a domain that nobody can have."""
        return f"{self.login}@example.com"

    @property
    def vip(self) -> bool:
        """Whether they are of those who are helped first."""
        return self.department == "Management"


TECHNICIANS = (
    DemoTechnician("anna", "Anna Zielińska", 2, ("network",), skills=(("network", 4),)),
    DemoTechnician(
        "jonas",
        "Jonas Lindqvist",
        2,
        ("network", "infrastructure", "server"),
        skills=(("hardware.server", 4), ("network", 3), ("storage", 4)),
    ),
    DemoTechnician(
        "bjorn",
        "Bjørn Halvorsen",
        3,
        ("network", "infrastructure"),
        Role.TEAM_LEAD,
        "Bergen",
        (("network", 5), ("storage", 3)),
        capacity=10,
    ),
    DemoTechnician(
        "petra",
        "Petra Horváthová",
        2,
        ("security", "identity", "access"),
        Role.TEAM_LEAD,
        skills=(("access", 5), ("email", 3), ("security", 4)),
        capacity=12,
    ),
    DemoTechnician(
        "elif", "Elif Yıldız", 2, ("security", "identity", "access"), skills=(("access", 3), ("security", 5))
    ),
    DemoTechnician(
        "mei",
        "Mei Tanaka",
        2,
        ("workplace", "field", "device"),
        site="Rotterdam",
        skills=(("hardware", 3), ("printing", 5), ("telephony", 2)),
        capacity=16,
    ),
    DemoTechnician(
        "kwame",
        "Kwame Mensah",
        2,
        ("workplace", "field", "device"),
        Role.TEAM_LEAD,
        skills=(("hardware", 5), ("printing", 2), ("software", 3), ("telephony", 4)),
        capacity=12,
    ),
    DemoTechnician(
        "sofia",
        "Sofía Ruiz",
        2,
        ("application", "software"),
        Role.TEAM_LEAD,
        "Valencia",
        (("email", 3), ("software", 4), ("storage", 2)),
        capacity=12,
    ),
    DemoTechnician(
        "radek",
        "Radek Dvořák",
        3,
        ("application", "software"),
        skills=(("email", 4), ("software", 5), ("storage", 4)),
    ),
    DemoTechnician("tariq", "Tariq Mansour", 1, ("service", "first line")),
    DemoTechnician("ines", "Inês Carvalho", 1, ("service", "first line"), Role.TEAM_LEAD, capacity=10),
    DemoTechnician(
        "luca",
        "Luca Ferraro",
        1,
        ("onboarding", "purchas", "office"),
        skills=(("people", 4), ("purchase", 4)),
        capacity=16,
    ),
)

PUSHED = "mei"
"""Of her team's tickets each gets its person when it arrives."""

SUPERVISOR = DemoTechnician("ingrid", "Ingrid Vestergaard", 2, (), Role.SUPERVISOR)

REQUESTERS = tuple(
    DemoRequester(name, department, site)
    for department, site, names in (
        ("Finance", "Gdańsk", "Marta Kowalska, Piotr Zawadzki, Yasmin Haddad, Olena Bondarenko"),
        ("Finance", "Rotterdam", "Willem de Graaf, Fatima El Amrani"),
        ("Sales", "Gdańsk", "Tomasz Wrona, Agnieszka Lis, Chidi Okafor"),
        ("Sales", "Valencia", "Pablo Navarro, Lucía Ferrer, Carmen Ortega"),
        ("Sales", "Bergen", "Nora Eide, Sindre Aasen"),
        ("Legal", "Rotterdam", "Saskia Vermeulen, Hugo Janssens, Priya Raman"),
        ("HR", "Gdańsk", "Joanna Mazur, Emre Kaya, Beatriz Sousa"),
        ("Marketing", "Valencia", "Elena Morales, Jordi Puig, Aoife Byrne"),
        ("Engineering", "Gdańsk", "Michał Sikora, Wojciech Król, Anastasia Petrova, Dimitris Papadakis"),
        ("Engineering", "Bergen", "Ingeborg Dahl, Lars Myhre, Kofi Asante"),
        ("Warehouse", "Rotterdam", "Ruud van Dijk, Stefan Bakker, Miriam Osei, Jeroen Smit"),
        ("Production", "Gdańsk", "Zbigniew Baran, Halina Pawlak, Andrij Koval"),
        ("Customer care", "Valencia", "Marisol Vega, Iker Etxeberria, Giulia Conti, Rosa Prieto"),
        ("Customer care", "Gdańsk", "Karolina Duda, Thi Lan Nguyen, Bartosz Wilk"),
        ("Purchasing", "Rotterdam", "Anouk Visser, Hassan Yılmaz, Eszter Nagy"),
        ("Quality", "Gdańsk", "Grażyna Król, Rahul Menon"),
        ("Management", "Gdańsk", "Katarzyna Wolska, Henrik Sandberg"),
        ("Facilities", "Gdańsk", "Jacek Borowski, Ewa Malinowska"),
        ("Research", "Bergen", "Solveig Strand, Amadou Diallo, Jana Novotná"),
        ("Works council", "Gdańsk", "Danuta Jabłońska, Mehmet Arslan"),
    )
    for name in names.split(", ")
)
