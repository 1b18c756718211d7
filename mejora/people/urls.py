from django.urls import URLPattern, URLResolver, path

from mejora.people import views

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("cuenta/", views.account, name="account"),
]
