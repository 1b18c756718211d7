from django.urls import URLPattern, URLResolver, path

from mejora.people import views

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("cuenta/", views.account, name="account"),
    path("avisos/", views.notifications, name="notifications"),
    path("avisos/leidos/", views.all_read, name="notifications_read"),
    path("avisos/<int:pk>/", views.open_notification, name="notification"),
]
