from django.urls import URLPattern, URLResolver, path

from mejora.network.views import advisers, contacts, imports, invitations, members, schools

app_name = "network"
urlpatterns: list[URLPattern | URLResolver] = [
    path("escuelas/", schools.school_list, name="school_list"),
    path("escuelas/<str:code>/", schools.school, name="school"),
    path("escuelas/<str:code>/llamadas/", contacts.contacts, name="contacts"),
    path("llamadas/<uuid:uid>/retirar/", contacts.remove, name="contact_remove"),
    path("llamadas/<uuid:uid>/recuperar/", contacts.restore, name="contact_restore"),
    path("sostenedores/", schools.owner_list, name="owner_list"),
    path("sostenedores/<str:key>/", schools.owner, name="owner"),
    path("asesorias/", advisers.ate_list, name="ate_list"),
    path("importar/", imports.import_list, name="import_list"),
    path("importar/nuevo/", imports.import_new, name="import_new"),
    path("importar/nomina/", imports.import_roster, name="import_roster"),
    path(
        "importar/plantilla/<slug:kind>.<slug:ending>",
        imports.import_template,
        name="import_template",
    ),
    path("importar/<int:pk>/", imports.batch, name="batch"),
    path("importar/<int:pk>/filas/<slug:cut>/", imports.batch_rows, name="batch_rows"),
    path("importar/<int:pk>/revision/<slug:cut>/", imports.batch_issues, name="batch_issues"),
    path("importar/<int:pk>/revision.csv", imports.batch_issues_csv, name="batch_issues_csv"),
    path("importar/<int:pk>/guardar/", imports.batch_land, name="batch_land"),
    path("importar/<int:pk>/descartar/", imports.batch_discard, name="batch_discard"),
    path("importar/<int:pk>/reanudar/", imports.batch_resume, name="batch_resume"),
    path("importar/<int:pk>/deshacer/", imports.batch_undo, name="batch_undo"),
    path("invitacion/<str:token>/", invitations.invitation, name="invitation"),
    path("personas/", members.members, name="members"),
    path("personas/<int:pk>/terminar/", members.end, name="membership_end"),
    path("personas/<int:pk>/deshacer/", members.restore, name="membership_restore"),
    path("personas/invitacion/<int:pk>/enviar/", members.send_again, name="invitation_send_again"),
    path("personas/invitacion/<int:pk>/retirar/", members.revoke, name="invitation_revoke"),
    path("personas/<slug:kind>/<str:code>/", members.members, name="place_members"),
    path("cambiar-de-lugar/", members.switch_place, name="switch_place"),
    path("quien-ve-que/", members.who_sees_what, name="who_sees_what"),
]
