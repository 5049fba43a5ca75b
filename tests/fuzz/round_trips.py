"""What holds of every input, for the fuzzer and for the tests that keep its findings."""

from fer_jax.errors import GenomeError
from fer_jax.genome.files import read_bytes
from fer_jax.genome.graph import Genome, OnCycle
from fer_jax.genome.json_format import write_json
from fer_jax.genome.picbreeder_writer import write_xml, write_zip
from fer_jax.genome.xml_tree import MAX_BYTES

MAX_MESSAGE = 400


def check(data: bytes) -> Genome | None:
    """Read the bytes: a genome that comes back from every format, or one short line.

    Returns:
        The genome, or None where there is none.
    """
    genome = read(data)
    if genome is not None:
        for written in write(genome):
            if len(written) <= MAX_BYTES:
                again = read_bytes(written, genome.name)
                # The text holds everything, to the last bit of a weight.
                assert write_json(again) == write_json(genome), written[:200]
    return genome


def read(data: bytes) -> Genome | None:
    """The genome, with its cycles cut where it has some, or None after one short line."""
    genome, message = _attempt(data, "error")
    if "on_cycle=cut" in message:
        genome, message = _attempt(data, "cut")
        assert genome.cut_links if genome else "no path leads" in message, message
    return genome


def _attempt(data: bytes, on_cycle: OnCycle) -> tuple[Genome | None, str]:
    try:
        return read_bytes(data, "fuzz", on_cycle), ""
    except GenomeError as error:
        message = str(error)
    assert message, data[:200]
    assert message.isprintable(), message
    assert len(message) <= MAX_MESSAGE, message
    return None, message


def write(genome: Genome) -> list[bytes]:
    """The genome in each format that can hold it."""
    written = [write_json(genome).encode()]
    for writer in (write_zip, write_xml):
        try:
            written.append(writer(genome))
        except GenomeError as error:
            message = str(error)
            assert "which XML cannot" in message, message
    return written
