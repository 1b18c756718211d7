"""Made-up files of the network, in the layouts and with the oddities of the official ones."""

import io

import xlsxwriter

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
    names = (header or HEADERS[2017 if year == 2017 else 2025]).split(";")
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


SUMMARY = {
    2016: "ïagno;rbd;dgv_rbd;nom_rbd;cod_depe;cod_depe2;rural_rbd;cod_reg_rbd;cod_pro_rbd;"
    "cod_com_rbd;nom_com_rbd;cod_deprov_rbd;nom_deprov_rbd;estado_estab;mat_si_1;mat_hom_1;"
    "mat_muj_1;mat_ens_1;mat_ens_2;mat_ens_5;mat_hom_tot;mat_muj_tot;mat_si_tot;mat_total;"
    "cur_sim_01;cur_sim_tot",
    2022: "AGNO;RBD;DGV_RBD;NOM_RBD;COD_DEPE;COD_DEPE2;RURAL_RBD;COD_REG_RBD;NOM_REG_RBD_A;"
    "COD_PRO_RBD;COD_COM_RBD;NOM_COM_RBD;COD_DEPROV_RBD;NOM_DEPROV_RBD;ESTADO_ESTAB;MAT_ENS_1;"
    "MAT_ENS_2;MAT_ENS_3;MAT_ENS_4;MAT_ENS_5;MAT_ENS_6;MAT_ENS_7;MAT_ENS_8;MAT_HOM_TOT;"
    "MAT_MUJ_TOT;MAT_SI_TOT;MAT_TOTAL;CUR_SIM_01;CUR_SIM_TOT;CUR_COMB_TOT",
}
COUNTED = {
    **{f"MAT_ENS_{n}": "0" for n in range(1, 9)},
    "MAT_ENS_1": "30",
    "MAT_ENS_2": "180",
    "MAT_HOM_TOT": "100",
    "MAT_MUJ_TOT": "110",
}


def summary(*rows, year=2022, delimiter=";"):
    """The enrolment summary: 210 pupils each unless told otherwise."""
    names = SUMMARY[2016 if year == 2016 else 2022].split(";")
    lines = [delimiter.join(names)]
    for number, row in enumerate(rows):
        values = {**DEFAULTS, **COUNTED, "RBD": str(91001 + number), "DGV_RBD": "", **row}
        values["AGNO"] = str(year)
        cells = (values.get("AGNO" if "agno" in n else n.upper(), " ") for n in names)
        lines.append(delimiter.join(cells))
    return "\n".join(lines) + "\n"


def workbook(sheets):
    """`workbook({"cdb_2018": [["RBD", …], …]})` as the bytes of an XLSX."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return content.getvalue()
