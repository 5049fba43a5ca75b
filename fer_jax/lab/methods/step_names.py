"""What a step of each method is called, where people read of it."""

GENERATIONS = ("es", "neat")
"""Methods of which a step is a generation."""


def step_name(method: str) -> str:
    """What a step is called.

    Example:
        >>> step_name("sgd"), step_name("es")
        ('step', 'generation')
    """
    return "generation" if method in GENERATIONS else "step"
