import factory

from mejora.people.models import User

PASSWORD = "una frase larga 7"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"persona{n}@escuela.example")
    name = factory.Sequence(lambda n: f"Persona Número {n}")
    password = factory.django.Password(PASSWORD)
