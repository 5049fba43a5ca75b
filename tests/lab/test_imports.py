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
