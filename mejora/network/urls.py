from django.urls import URLPattern, URLResolver, path

from mejora.network.views import invitations, members

app_name = "network"
urlpatterns: list[URLPattern | URLResolver] = [
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
