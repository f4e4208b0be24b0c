"""How every form is drawn: our own templates, so that `{{ form }}` comes out right."""

from django.forms.renderers import TemplatesSetting


class KitRenderer(TemplatesSetting):
    """Draws forms, fields and formsets with the templates of the kit; widgets stay Django's but for a few."""

    form_template_name = "kit/form/form.html"
    field_template_name = "kit/form/field.html"
    formset_template_name = "kit/form/formset.html"
