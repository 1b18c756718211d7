"""Made-up files of the network, in the layouts and with the oddities of the official ones."""

HEADERS = {
    2017: "AGNO;RBD;DGV_RBD;NOM_RBD;P_JURIDICA;COD_REG_RBD;COD_PRO_RBD;COD_COM_RBD;NOM_COM_RBD;"
    "COD_DEPROV_RBD;NOM_DEPROV_RBD;COD_DEPE;COD_DEPE2;RURAL_RBD;LATITUD;LONGITUD;MATRICULA;"
    "ESTADO_ESTAB",
    2025: "AGNO;RBD;DGV_RBD;NOM_RBD;P_JURIDICA;COD_REG_RBD;NOM_REG_RBD_A;COD_PRO_RBD;COD_COM_RBD;"
    "NOM_COM_RBD;COD_DEPROV_RBD;NOM_DEPROV_RBD;COD_DEPE;COD_DEPE2;RURAL_RBD;LATITUD;LONGITUD;"
    "MAT_ENS_1;MAT_TOTAL;MATRICULA;ESTADO_ESTAB",
}
DEFAULTS = {
    "RBD": "91001",
    "DGV_RBD": "4",
    "NOM_RBD": "ESCUELA LOS ALERCES",
    "COD_REG_RBD": "13",
    "COD_COM_RBD": "13101",
    "NOM_COM_RBD": "SANTIAGO",
    "COD_DEPROV_RBD": "131",
    "COD_DEPE": "2",
    "RURAL_RBD": "0",
    "LATITUD": "-33,45694",
    "LONGITUD": "-70,64827",
    "MAT_TOTAL": "210",
    "MATRICULA": "1",
    "ESTADO_ESTAB": "1",
}


def directory(*rows, year=2025, delimiter=";", header=None):
    """`directory({"RBD": "91001", ...}, year=2017)` as text; what is not said has a sound value."""
    names = (header or HEADERS[year]).split(";")
    lines = [delimiter.join(names)]
    for number, row in enumerate(rows):
        values = {**DEFAULTS, "RBD": str(91001 + number), "DGV_RBD": "", "AGNO": str(year), **row}
        lines.append(delimiter.join(values.get(name, " ") for name in names))
    return "\n".join(lines) + "\n"


def slep_list(*rows):
    """One commune per row: `(slep, name, commune, starts, transfer)`."""
    lines = ["INICIO_FUNCIONES;AGNO_TRASPASO_EDUC;COD_SLEP;NOMBRE_SLEP;COD_COM_RBD"]
    lines += [f"{starts};{moves};{code};{name};{com}" for code, name, com, starts, moves in rows]
    return "\n".join(lines) + "\n"
