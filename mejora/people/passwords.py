"""What a password must be, in our words; the judging is Django's."""

from django.contrib.auth import password_validation as django


class MinimumLength(django.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"La contraseña debe tener al menos {self.min_length} caracteres."

    def get_help_text(self) -> str:
        return f"Al menos {self.min_length} caracteres."


class NotLikeThePerson(django.UserAttributeSimilarityValidator):
    """Unlike the name, the address and the position."""

    def get_error_message(self) -> str:
        return "La contraseña se parece demasiado a su %(verbose_name)s."


class NotCommon(django.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "Esa contraseña es muy común. Pruebe con una frase corta."


class NotOnlyDigits(django.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "La contraseña no puede ser solo números."
