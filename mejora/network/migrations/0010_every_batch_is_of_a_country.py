import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("network", "0009_a_second_country")]

    operations = [
        migrations.AlterField(
            model_name="importbatch",
            name="country",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="network.country",
            ),
        ),
    ]
