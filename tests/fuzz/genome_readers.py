"""Coverage-guided fuzzing of the genome readers, with atheris. pytest does not run it.

    python -m pip install atheris
    python -m tests.fuzz.genome_readers CORPUS -max_total_time=600

CORPUS is a folder; an empty one is filled with the embedded genomes in every format. What follows
goes to libFuzzer, whose help is `-help=1`. A finding is kept as `crash-...` or `timeout-...` in the
working folder: give its path in place of CORPUS to see it again, and turn it into a test.

Whatever the bytes, a reader gives a genome, or says in one short line why it does not. A genome
that was read is written in every format, and each has to give the same genome back.
"""

import sys
import tempfile
from pathlib import Path

OPTIONS = ("-max_len=65536", "-timeout=2", "-rss_limit_mb=1024", "-print_final_stats=1")

_WORDS = """
activation affinity angle bias bookends branch brightness buttons cache color color-label
colorButton cos count cppn-data d data fer-jax format gaussian genome hidden hue id identifier
identity in ink label label_colors link links marking name node nodes original-weight
original_weight out relu role saturation sigmoid sin source tanh target text type version weight
x y 1e400 -0.0 NaN Infinity null true "fer_jax genome" <!DOCTYPE <!ENTITY <![CDATA[ &#13; ]]>
utf-16 utf-32 PK
"""


def main() -> None:
    import atheris

    with atheris.instrument_imports():
        from tests.fuzz.round_trips import check
        from fer_jax.genome.zip_file import pack, unpack  # isort: skip

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        """Of a zip, mostly the file inside, since a checksum guards it."""
        if data[:2] == b"PK" and seed % 8:
            try:
                return pack(atheris.Mutate(unpack(data), max_size))
            except Exception:  # it is no zip any more
                pass
        return atheris.Mutate(data, max_size)

    corpus = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    if corpus and not corpus[0].exists():
        corpus[0].mkdir(parents=True)
    if corpus and corpus[0].is_dir() and not any(corpus[0].iterdir()):
        fill(corpus[0])
    arguments = [sys.argv[0], *OPTIONS, f"-dict={dictionary()}", *sys.argv[1:]]
    atheris.Setup(arguments, check, custom_mutator=mutate)
    atheris.Fuzz()


def fill(corpus: Path) -> None:
    """Put the embedded genomes into a folder, in every format."""
    from fer_jax.genome.files import load_genome, save_genome
    from fer_jax.genome.library import embedded_names

    for name in embedded_names():
        for suffix in (".json", ".zip", ".xml"):
            save_genome(load_genome(name), corpus / f"{name}{suffix}")


def dictionary() -> str:
    """The path of a new file with the words that the formats know, as libFuzzer reads it."""
    with tempfile.NamedTemporaryFile("w", suffix=".dict", delete=False) as file:
        for word in _WORDS.split():
            escaped = word.replace("\\", "\\\\").replace('"', '\\"')
            file.write(f'"{escaped}"\n')
    return file.name


if __name__ == "__main__":
    main()
