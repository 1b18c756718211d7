"""The parts of allauth that are in use, under Spanish addresses and allauth's names.

Nothing else of allauth is reachable: in particular nobody adds addresses to an account, because an
address is only believed when its owner opened the link of an invitation.
"""

from allauth.account import views as allauth
from django.urls import path, re_path

from mejora.people import views

urlpatterns = [
    path("entrar/", views.sign_in, name="account_login"),
    path("salir/", allauth.logout, name="account_logout"),
    path("por-invitacion/", views.by_invitation, name="account_signup"),
    path("contrasena/", views.change_password, name="account_change_password"),
    path("recuperar/", allauth.password_reset, name="account_reset_password"),
    path("recuperar/enviado/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^recuperar/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "recuperar/listo/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
]
