"""Who has handed a notice over has it no more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_notices")]

    operations = [
        migrations.AddField(
            model_name="toldperson",
            name="relieved_at",
            field=models.DateTimeField(
                help_text="Since when somebody else has it in their place; being told again ends that.", null=True
            ),
        ),
    ]
