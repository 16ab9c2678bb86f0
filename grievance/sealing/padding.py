"""Lengths in steps: an envelope's length says little about the words in it.

Padding lies inside the cipher, so it is as safe from change as the words: a byte 0x80, then zeros
(ISO/IEC 7816-4, as libsodium's ``sodium_pad``). Above 1 kB each doubling has four steps, so a
length costs less than a quarter and 33 sizes reach to 256 kB. Padmé (Nikitin and others, "Reducing
Metadata Leakage from Encrypted Files and Communication with PURBs", PETS 2019, section 4) keeps
a number of leading bits too, but one that grows with the length: above 1 kB its steps are 64
bytes wide, and eight bytes of one more code would cross one in eight.
"""

from typing import Final

FLOOR: Final = 1024  # a power of two
_STEPS_BITS: Final = 2  # four steps from one power of two to the next
_MARK: Final = b"\x80"


def padded_size(size: int) -> int:
    """The step that ``size`` bytes fall into."""
    if size <= FLOOR:
        return FLOOR
    grain = 1 << ((size - 1).bit_length() - 1 - _STEPS_BITS)
    return -(-size // grain) * grain


def pad(plain: bytes) -> bytes:
    """``plain``, the mark, and zeros up to a step."""
    marked = plain + _MARK
    return marked.ljust(padded_size(len(marked)), b"\0")


def unpad(padded: bytes) -> bytes:
    """What ``pad`` was given. Raises ValueError for anything that ``pad`` does not make."""
    marked = padded.rstrip(b"\0")
    if not marked.endswith(_MARK) or len(padded) != padded_size(len(marked)):
        raise ValueError("not padded to a step")
    return marked[:-1]
