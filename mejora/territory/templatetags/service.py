"""The word cloud of an objective of the Service's report."""

from django import template
from django.utils.safestring import SafeString

from mejora.territory import cloud
from mejora.territory.words import Ranked

register = template.Library()


@register.simple_tag
def word_cloud(words: Ranked) -> SafeString:
    return cloud.svg(words)
