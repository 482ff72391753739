"""The demo desk's staff and requesters."""

from dataclasses import dataclass

from itdesk.domain.people import Role
from itdesk.domain.text import fold


@dataclass(frozen=True, slots=True)
class DemoTechnician:
    """A member of staff; `knows` are words of the team names and titles that this person fits, best first."""

    login: str
    name: str
    level: int
    knows: tuple[str, ...]
    role: Role = Role.TECHNICIAN
    site: str = "Gdańsk"


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


TECHNICIANS = (
    DemoTechnician("anna", "Anna Zielińska", 2, ("network", "infrastructure")),
    DemoTechnician("jonas", "Jonas Lindqvist", 2, ("server", "infrastructure", "system", "network"), Role.TEAM_LEAD),
    DemoTechnician("petra", "Petra Horváthová", 2, ("access", "identity", "security", "application"), Role.TEAM_LEAD),
    DemoTechnician("tariq", "Tariq Mansour", 1, ("application", "collaboration", "software", "service")),
    DemoTechnician("mei", "Mei Tanaka", 1, ("workplace", "field", "client", "hardware", "device"), site="Rotterdam"),
    DemoTechnician("luca", "Luca Ferraro", 1, ("service", "desk", "support")),
    DemoTechnician("ines", "Inês Carvalho", 1, ("service", "desk", "support"), Role.TEAM_LEAD),
    DemoTechnician("elif", "Elif Yıldız", 2, ("security", "identity", "access")),
    DemoTechnician("kwame", "Kwame Mensah", 2, ("workplace", "field", "client", "hardware"), Role.TEAM_LEAD),
    DemoTechnician("bjorn", "Bjørn Halvorsen", 3, ("network", "infrastructure"), Role.TEAM_LEAD, "Bergen"),
    DemoTechnician("sofia", "Sofía Ruiz", 2, ("application", "business", "software"), Role.TEAM_LEAD, "Valencia"),
    DemoTechnician("radek", "Radek Dvořák", 3, ("server", "infrastructure", "system", "application")),
)

SUPERVISOR = DemoTechnician("ingrid", "Ingrid Vestergaard", 2, ("service", "desk"), Role.SUPERVISOR)

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
