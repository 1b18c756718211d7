"""Made-up tables of actions in the official layout, with the oddities of the real one."""

HEADER = [
    *("AGNO", "RBD", "DGV_RBD", "NOM_RBD", "COD_REG_RBD", "NOM_REG_RBD_A", "COD_PRO_RBD"),
    *("COD_COM_RBD", "NOM_COM_RBD", "COD_DEPROV_RBD", "NOM_DEPROV_RBD", "COD_DEPE", "COD_DEPE2"),
    *("SLEP", "NOMBRE_SLEP", "RURAL_RBD", "CONVENIO_SEP", "CLASIFICACION_SEP", "PORC_BEN"),
    *("DIMENSION", "SUBDIMENSION", "OBJETIVO", "ESTRATEGIA", "NOM_ACTIVIDAD", "DESC_ACTIVIDAD"),
    *("FECHA_INICIO", "FECHA_TERMINO", "PROG_ASOCIADO", "RESPONSABLE", "NIV_IMPLEM"),
    *("JUST_NIV_IMPLEM", "ATE", "PLAN_CONVIV", "PLAN_CIUDAD", "PLAN_PISE", "PLAN_PLFDPD"),
    *("PLAN_PSAG", "PLAN_INCLUS", "PLAN_OTRO", "ESTIM_SUBV_GRAL", "ESTIM_SEP", "ESTIM_PIE"),
    *("ESTIM_MANTEN", "ESTIM_PRO_RET", "ESTIM_INTERNADO", "ESTIM_REFORZ", "ESTIM_FAEP"),
    *("ESTIM_APORT_MUN", "ESTIM_TOTAL"),
]
AMOUNTS = [name for name in HEADER if name.startswith("ESTIM_")]
DEFAULTS = {
    "AGNO": "2024",
    "DIMENSION": "Gestión Pedagógica",
    "SUBDIMENSION": "Gestión curricular",
    "OBJETIVO": "Fortalecer la comprensión lectora",
    "ESTRATEGIA": "Acompañamiento al aula",
    "DESC_ACTIVIDAD": "Se observan clases y se conversa sobre ellas.",
    "FECHA_INICIO": "2024-03-04",
    "FECHA_TERMINO": "2024-12-13",
    "PROG_ASOCIADO": "SEP",
    "RESPONSABLE": "Jefatura UTP",
    "NIV_IMPLEM": "Implementación completa: 100%",
    "ATE": "No",
    **dict.fromkeys(AMOUNTS, "0"),
    "ESTIM_SEP": "8000000.0",
    "ESTIM_TOTAL": "8000000",
}


def table(*rows, delimiter=",", header=None, end="\n"):
    """`table({"RBD": "90001"}, …)` as text: what is not said has a sound value, what the official
    file leaves out is one space."""
    names = header or HEADER
    lines = [delimiter.join(names)]
    for number, row in enumerate(rows, 1):
        values = {**DEFAULTS, "NOM_ACTIVIDAD": f"Taller de lectura {number}", **row}
        lines.append(delimiter.join(values.get(name, " ") for name in names))
    return end.join(lines) + end
