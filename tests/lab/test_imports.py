"""What importing the command's modules must not do."""

from tests.fresh_process import run_python


def test_importing_the_command_starts_no_device():
    # Else each run would have one device, however many cores there are.
    code = """
        import fer_jax, fer_jax.cli, fer_jax.lab.launch.sweep, fer_jax.show.report
        import fer_jax.validation.bench
        import jax

        fer_jax.use_all_cores(2)
        assert len(jax.devices()) == 2, jax.devices()
    """
    run_python(code)


def test_a_run_starts_without_what_it_needs_later_if_at_all():
    # Each takes as long as a short run's first steps.
    code = """
        import sys
        import fer_jax.lab.launch.sweep

        later = {"scipy.optimize", "scipy.ndimage", "scipy.stats", "scipy.fft", "dm_pix", "evosax"}
        later |= {"matplotlib", "skimage", "sklearn", "ray", "submitit", "wandb", "jinja2"}
        assert not later & set(sys.modules), sorted(later & set(sys.modules))
    """
    run_python(code)
