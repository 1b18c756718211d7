import os

from django.core.wsgi import get_wsgi_application

from mejora.core import memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mejora.settings")
application = get_wsgi_application()
memory.settle()
