"""The templates of pages; whatever is filled in is escaped."""

import jinja2


def template(name: str) -> jinja2.Template:
    """A template of `fer_jax/show/templates`, by its file name."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("fer_jax.show", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
