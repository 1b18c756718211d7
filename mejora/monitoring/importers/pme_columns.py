"""The 49 columns of the official table "Implementación PME", by name: order, case and accents are
free, and most may be missing. Source: the open data of 2024."""

from __future__ import annotations

# Without these a row cannot be matched, placed or dated: the file is refused.
NEEDED = {
    "RBD": ("RBD",),
    "DIMENSION": ("DIMENSION",),
    "OBJETIVO": ("OBJETIVO", "OBJETIVO_ESTRATEGICO"),
    "NOM_ACTIVIDAD": ("NOM_ACTIVIDAD", "NOMBRE_ACTIVIDAD"),
    "FECHA_INICIO": ("FECHA_INICIO",),
    "FECHA_TERMINO": ("FECHA_TERMINO",),
}
PLANS = (
    *("PLAN_CONVIV", "PLAN_CIUDAD", "PLAN_PISE", "PLAN_PLFDPD", "PLAN_PSAG", "PLAN_INCLUS"),
    "PLAN_OTRO",
)
AMOUNTS = (
    *("ESTIM_SUBV_GRAL", "ESTIM_SEP", "ESTIM_PIE", "ESTIM_MANTEN", "ESTIM_PRO_RET"),
    *("ESTIM_INTERNADO", "ESTIM_REFORZ", "ESTIM_FAEP", "ESTIM_APORT_MUN"),
)
TOTAL = "ESTIM_TOTAL"
OPTIONAL = {
    "AGNO": ("AGNO", "AÑO", "ANO"),
    "DGV_RBD": ("DGV_RBD", "DV_RBD"),
    **{
        name: (name,)
        for name in (
            *("SUBDIMENSION", "ESTRATEGIA", "DESC_ACTIVIDAD", "PROG_ASOCIADO", "RESPONSABLE"),
            *("NIV_IMPLEM", "JUST_NIV_IMPLEM", "ATE", *PLANS, *AMOUNTS, TOTAL),
        )
    },
}
# By which a file is known to be this one.
WANTED = (*NEEDED, "NIV_IMPLEM", TOTAL)
