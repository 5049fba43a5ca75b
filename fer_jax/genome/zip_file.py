"""The zip that Picbreeder keeps a genome in: one XML file, whatever it is called."""

import io
import zipfile

from fer_jax.errors import GenomeError
from fer_jax.genome.xml_tree import MAX_BYTES

MEMBER = "a"
"""What Picbreeder calls the file; CPPN-X looks for no other."""

_ENTRY = b"PK\x01\x02"
_MAX_ENTRIES = 1000
_MEGABYTES = f"{MAX_BYTES // 2**20} MiB"
_DATE = (1980, 1, 1, 0, 0, 0)


def unpack(data: bytes) -> bytes:
    """The one file of a zip.

    Args:
        data: the zip's bytes.

    Returns:
        The file's content.

    Raises:
        GenomeError: if it is no zip, is damaged, encrypted or compressed in a way other than
            deflate, has not exactly one file, or holds more than `MAX_BYTES`.
    """
    # Python would make an object of each entry before one could count them.
    if data.count(_ENTRY) > _MAX_ENTRIES:
        raise GenomeError(f"the zip has more than {_MAX_ENTRIES} files; expected one XML genome")
    try:
        if not zipfile.is_zipfile(io.BytesIO(data)):
            raise GenomeError("begins like a zip file but has no end of one; it may be truncated")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if len(members) != 1:
                raise GenomeError(f"the zip has {len(members)} files; expected one XML genome")
            if members[0].flag_bits & 1:
                raise GenomeError("the zip is encrypted; unpack it, and zip it without a password")
            # Of the other methods, Python unpacks all that it has read, and that may be gigabytes.
            if members[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise GenomeError(
                    f"the zip is compressed by method {members[0].compress_type}; "
                    f"expected deflate, the usual one"
                )
            with archive.open(members[0]) as member:
                # The size that a header states may lie, so no more than the limit is ever read.
                content = member.read(MAX_BYTES + 1)
    except GenomeError:
        raise
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise GenomeError(f"is not a readable zip file: {_one_line(error)}") from None
    except Exception as error:  # zlib.error, struct.error, and what a damaged name may cause
        raise GenomeError(f"is a damaged zip file: {_one_line(error)}") from None
    if len(content) > MAX_BYTES:
        raise GenomeError(f"holds more than {_MEGABYTES} unpacked, the limit for a genome")
    return content


def pack(content: bytes) -> bytes:
    """A zip of one file, the same bytes for the same content.

    Args:
        content: what is in the file.

    Returns:
        The zip's bytes.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(MEMBER, _DATE), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
