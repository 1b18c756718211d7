"""Made-up data for trying Mejora: a SLEP with sixty schools, or a whole country.

Everything here is invented and marked `is_sample`; its accounts sign in only where the server is
reachable from the same machine alone (`settings.SAMPLE_SIGN_IN`).
"""

from typing import NamedTuple

from mejora.people import accounts

PASSWORD = accounts.SAMPLE_PASSWORD


class Account(NamedTuple):
    email: str
    name: str
    role: str
    place: str


ACCOUNTS = (
    Account(
        "marcela.fuentealba@losmaitenes.example",
        "Marcela Fuentealba Riquelme",
        "Directora",
        "Escuela Básica Los Maitenes",
    ),
    Account(
        "rodrigo.cayul@losmaitenes.example",
        "Rodrigo Cayul Antilao",
        "Encargado PME",
        "Escuela Básica Los Maitenes",
    ),
    Account(
        "daniela.huenchumil@losmaitenes.example",
        "Daniela Huenchumil Pardo",
        "Docente, responsable de dos acciones",
        "Escuela Básica Los Maitenes",
    ),
    Account(
        "patricia.olivares@cordilleraazul.example",
        "Patricia Olivares Sáez",
        "Directora ejecutiva",
        "SLEP Cordillera Azul",
    ),
    Account(
        "ignacio.barra@deprov.example",
        "Ignacio Barra Molina",
        "Supervisor",
        "Deprov Cordillera",
    ),
    Account(
        "soledad.manriquez@asesoria.example",
        "Soledad Manríquez Toro",
        "Asesora técnica",
        "SLEP Cordillera Azul",
    ),
    Account(
        "elisa.navarro@aulaabierta.example",
        "Elisa Navarro Pinto",
        "Consultora ATE",
        "Escuela Básica Los Maitenes",
    ),
    Account(
        "andres.villagra@nivelcentral.example",
        "Andrés Villagra Cifuentes",
        "Analista",
        "Chile",
    ),
    Account(
        "administracion@mejora.example",
        "Claudia Inostroza Vera",
        "Administradora",
        "Chile",
    ),
)
COUNTRY_ACCOUNTS = ACCOUNTS[-2:]  # the ones that `sample national` has
SECRETARIAT = "Secretaría de Educación de Valle Sereno"
SAMANES = "Institución Educativa Los Samanes"
# Those of the made-up Secretaría in Colombia, by the key of what they do there.
SECRETARIAT_ACCOUNTS = {
    "leader": Account(
        "lider@valle-sereno.example",
        "Luz Marina Cárdenas Rueda",
        "Líder de calidad educativa",
        SECRETARIAT,
    ),
    "professional": Account(
        "profesional@valle-sereno.example",
        "Jairo Andrés Pinzón Ortiz",
        "Profesional de mejoramiento",
        SECRETARIAT,
    ),
    "operative": Account(
        "tecnico@valle-sereno.example",
        "Yuly Tatiana Gómez Vargas",
        "Técnica operativa de calidad",
        SECRETARIAT,
    ),
    "head": Account(
        "rectora@lossamanes.example", "Martha Cecilia Beltrán Duarte", "Rectora", SAMANES
    ),
    "planner": Account(
        "coordinador@lossamanes.example",
        "Óscar Iván Rincón Acevedo",
        "Coordinador académico, líder del PMI",
        SAMANES,
    ),
    "teacher": Account(
        "docente@lossamanes.example", "Adriana Milena Suárez Peña", "Docente", SAMANES
    ),
    "country": Account(
        "administracion@colombia.example", "Hernando Lozano Mejía", "Administrador", "Colombia"
    ),
}
