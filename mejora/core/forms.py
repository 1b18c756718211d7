"""How every form field is drawn: one template, from Django's own rendering."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Looks for field and widget templates among ours first, then Django's."""

    field_template_name = "components/field.html"
