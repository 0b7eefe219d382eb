"""Generated library with many types of faults: about 200 recordings in the tests, and any number in `make stress`."""

import itertools
import os
import socket
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from encoded_audio import RATE, encode_all, id3, sound, wav

GOOD = ""
UNDECODABLE = "^not audio that can be decoded"
EITHER = None


class Recording(NamedTuple):
    """Source and expected result: pattern of the reason, GOOD without a failure, or EITHER if decoders may differ."""

    source: object
    reason: str | None = EITHER


def make_library(folder, n):
    """Write `n` different recordings into an empty folder. Damaged files are added to reach `n`."""
    encoded = encode_all()
    write = _Writer(folder)
    library = [recording for make in SINGLE for recording in make(write, encoded)]
    return library + list(itertools.islice(damaged(write, encoded), n - len(library)))


class _Writer:
    """Writer of files with different names into a folder."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def __call__(self, name, content):
        path = self.folder / name
        with open(path, "xb") as file:
            file.write(content)
        return str(path)

    def samples(self, name, samples, rate=RATE, **options):
        path = str(self.folder / name)
        soundfile.write(path, samples, rate, **options)
        return path


def formats(write, encoded):
    """Sound without faults, in each format and sample type, also with a wrong or no file name extension."""
    for ending, content in encoded.items():
        yield Recording(write(f"sound.{ending}", content), GOOD)
    for (ending, content), other in zip(encoded.items(), [*encoded][1:] + [*encoded][:1], strict=True):
        yield Recording(write(f"{ending} named.{other}", content), GOOD)
    yield Recording(write("mp3 without extension", encoded["mp3"] + b"\n"), GOOD)
    for subtype in ("PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW", "IMA_ADPCM", "MS_ADPCM", "GSM610"):
        yield Recording(write.samples(f"{subtype}.wav", sound(), subtype=subtype), GOOD)
    for container in ("AU", "CAF", "W64", "RF64", "VOC", "NIST", "WAVEX"):
        yield Recording(write.samples(f"sound.{container.lower()}", sound(), format=container), GOOD)


def shapes(write, encoded):
    """Sound with 1 to 64 channels, and with sample rates from 1 Hz to 384 kHz."""
    for n_channels in (2, 3, 5, 6, 7, 8, 12, 16, 32, 64):
        yield Recording(write.samples(f"{n_channels} channels.wav", sound(n_channels=n_channels)), GOOD)
    yield Recording(write.samples("8 channels.flac", sound(n_channels=8)), GOOD)
    yield Recording(write.samples("16 channels.ogg", sound(n_channels=16)), GOOD)
    for rate in (2000, 4000, 8000, 11025, 12345, 16000, 32000, 48000, 88200, 96000, 176400, 192000, 384000):
        yield Recording(write.samples(f"{rate} Hz.wav", sound(rate=rate), rate), GOOD)
    for rate in (1, 100, 10**6, 2**31 - 1):
        yield Recording(write.samples(f"{rate} Hz.wav", sound(), rate))


def levels(write, encoded):
    """Samples at unusual levels, and samples whose features cannot be computed."""
    y = sound()
    at = np.arange(len(y))
    pulse = np.where(at == 9000, 0.5, 0.0)
    for name, samples, reason in (
        ("no samples", y[:0], "^no samples could be decoded"),
        ("one sample", y[:1], "^too short"),
        ("a tenth of a second", y[:2205], "^too short"),
        ("a click", pulse, "^too short"),
        ("silence", 0 * y, "^silent"),
        ("far below silence", 1e-40 * y, "^silent"),
        ("faint", 1e-5 * y, "^silent"),
        ("channels that cancel", np.stack([y, -y], axis=1), "^silent"),
        ("one NaN", np.where(at == 7, np.nan, y), "^NaN or infinite samples"),
        ("only NaN", np.full(len(y), np.nan), "^NaN or infinite samples"),
        ("one infinite", np.where(at == 7, np.inf, y), "^NaN or infinite samples"),
        ("both infinite", np.where(at % 2, np.inf, -np.inf), "^NaN or infinite samples"),
        ("as integers", y * 32768, "^samples reach"),
        ("largest floats", np.full((len(y), 2), 3e38), "^samples reach|^NaN or infinite samples"),
        ("one channel silent", np.stack([y, 0 * y], axis=1), GOOD),
        ("offset", y + 0.5, GOOD),
        ("a constant", np.full(len(y), 0.5), GOOD),
        ("clipped", np.clip(50 * y, -1, 1), GOOD),
        ("above full scale", 8 * y, GOOD),
        ("alternating", np.where(at % 2, 1.0, -1.0), GOOD),
        ("quiet", 2e-3 * y, GOOD),
        ("mostly silence", np.concatenate([0 * y, y, 0 * y]), GOOD),
    ):
        yield Recording(write.samples(f"{name}.wav", samples, subtype="FLOAT"), reason)


def headers(write, encoded):
    """Wrong headers, and tags that are damaged or larger than the sound."""
    data = (sound() * 32767).astype("<i2").tobytes()
    for name, fields in (
        ("no channels", {"n_channels": 0}),
        ("65535 channels", {"n_channels": 65535}),
        ("rate 0", {"rate": 0}),
        ("rate of 4 GHz", {"rate": 2**32 - 1}),
        ("no bits", {"bits": 0}),
        ("17 bits", {"bits": 17}),
        ("unknown coding", {"coding": 0x1234}),
        ("mp3 inside", {"coding": 0x55}),
        ("header without samples", {"n_bytes": 0}),
        ("header with 4 GB", {"n_bytes": 2**32 - 1}),
        ("odd number of bytes", {"n_bytes": 12345}),
    ):
        yield Recording(write(f"{name}.wav", wav(data, **fields)))
    tag, cover = id3(b"TIT2\0\0\0\x05\0\0\3\xff\xfe\xfd\xfc"), bytes(range(256)) * 80_000
    mp3, flac, plain = encoded["mp3"], encoded["flac"], encoded["wav"]
    chunk = b"LIST" + struct.pack("<I", len(cover)) + cover
    picture = b"\x06" + (16_000_000).to_bytes(3, "big") + cover[:16_000_000]
    for name, content, reason in (
        ("tag with invalid text.mp3", tag + mp3, GOOD),
        ("50 tags.mp3", tag * 50 + mp3, GOOD),
        ("cover of 20 MB.mp3", id3(b"APIC" + cover) + mp3, GOOD),
        ("cover of 20 MB.wav", plain[:12] + chunk + plain[12:], GOOD),
        ("cover of 16 MB.flac", flac[:42] + picture + flac[42:], EITHER),
        ("tag beyond the end.mp3", b"ID3\4\0\0\x7f\x7f\x7f\x7f" + mp3, EITHER),
        ("only a tag.mp3", tag, UNDECODABLE),
        ("only a cover.mp3", id3(b"APIC" + cover[:200_000]), UNDECODABLE),
        ("tag before.flac", tag + flac, EITHER),
        ("tag after.mp3", mp3 + b"TAG" + b"\xff" * 125, GOOD),
        ("tag after.wav", plain + b"TAG" + b"\xff" * 125, GOOD),
        ("zeros before.mp3", bytes(5000) + mp3, EITHER),
        ("zeros after.mp3", mp3 + bytes(100_000), GOOD),
        ("twice.ogg", encoded["ogg"] * 2, EITHER),
        ("twice.m4a", encoded["m4a"] * 2, EITHER),
    ):
        yield Recording(write(name, content), reason)


def no_audio(write, encoded):
    """Files without audio that occur in music folders, and playlists."""
    noise = np.random.default_rng(0).bytes(50_000)
    for name, content in (
        ("text.mp3", b"a text without audio\n" * 500),
        ("page.mp3", b"<!DOCTYPE html><html><title>404 Not Found</title></html>" * 20),
        ("table.csv", b"title,artist\na,b\n" * 500),
        ("cover.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + noise),
        ("cover.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + noise),
        ("archive.zip", b"PK\3\4" + noise),
        ("program.exe", b"MZ\x90\0" + noise),
        ("notes.mid", b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + noise[:100]),
        ("list.m3u8", f"#EXTM3U\n#EXTINF:20,\n{write.folder}/sound.mp3\n#EXT-X-ENDLIST\n".encode()),
        ("script.mp3", f"ffconcat version 1.0\nfile '{write.folder}/sound.mp3'\n".encode()),
        ("one byte.mp3", b"\xff"),
        ("zeros.mp3", bytes(50_000)),
        ("protected.m4p", b"\0\0\0\x20ftypM4P " + noise),
    ):
        yield Recording(write(name, content), UNDECODABLE)
    yield Recording(write("noise.mp3", noise))
    yield Recording(write("ones.mp3", b"\xff" * 50_000))
    yield Recording(write("empty.mp3", b""), "^empty file$")


def paths(write, encoded):
    """Links, folders, pipes and other paths that are not regular files."""
    folder, song = write.folder, write("target.flac", encoded["flac"] + b"\0")
    (folder / "folder.mp3").mkdir()
    (folder / "kept").mkdir()
    kept, locked = write("kept/read only.flac", encoded["flac"] + b"\1"), write("locked.flac", encoded["flac"] + b"\2")
    for path, mode in ((kept, 0o444), (folder / "kept", 0o555), (locked, 0)):
        os.chmod(path, mode)
    for link, target in (
        ("link.flac", song),
        ("chain.flac", "link.flac"),
        ("itself.flac", "itself.flac"),
        ("here.flac", "there.flac"),
        ("there.flac", "here.flac"),
        ("broken.flac", "gone.flac"),
        ("to a folder.flac", "kept"),
    ):
        os.symlink(target, folder / link)
    os.link(song, folder / "hard link.flac")
    yield from (Recording(str(folder / name), GOOD) for name in ("link.flac", "chain.flac", "hard link.flac"))
    yield Recording(kept, GOOD)
    yield Recording(locked, GOOD if os.access(locked, os.R_OK) else "^no permission to read the file$")  # root may
    loop = "^cannot be read: Too many levels of symbolic links$"
    yield from (Recording(str(folder / name), loop) for name in ("itself.flac", "here.flac", "there.flac"))
    yield Recording(str(folder / "broken.flac"), "^broken symbolic link$")
    yield from (Recording(str(folder / name), "^a folder$") for name in ("folder.mp3", "to a folder.flac", "."))
    os.mkfifo(folder / "pipe.mp3")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(folder, os.O_RDONLY)  # the path of a socket must be short
        listening.bind(f"/proc/self/fd/{here}/socket.mp3" if os.path.exists("/proc/self/fd") else "socket.mp3")
        os.close(here)
    for path in (folder / "pipe.mp3", folder / "socket.mp3", "/dev/null", "/dev/zero"):
        yield Recording(str(path), "^a pipe or device, not a regular file$")
    for name in ("missing.mp3", "nul\0.mp3", "no/such/folder.mp3", "\ud800.mp3"):
        yield Recording(str(folder / name), "^file not found$")
    yield Recording(str(folder / "target.flac" / "deeper.mp3"), "^cannot be read: Not a directory$")
    yield Recording(str(folder / ("long" * 100)), "^cannot be read: File name too long$")
    yield Recording("", "^no audio$")
    yield Recording(None, "^no audio$")


def names(write, encoded):
    """File names in many scripts, and with characters that cause problems."""
    for i, name in enumerate(NAMES):
        yield Recording(write(name, encoded["flac"] + bytes([3, i])), GOOD)
    yield Recording(write(os.fsdecode(b"caf\xe9 in Latin-1.flac"), encoded["flac"] + b"\4"), GOOD)
    yield Recording(write("long" * 62 + ".flac", encoded["flac"] + b"\5"), GOOD)
    deep = "/".join(["deep" * 10] * 20)
    (write.folder / deep).mkdir(parents=True)
    yield Recording(write(f"{deep}/sound.flac", encoded["flac"] + b"\6"), GOOD)


NAMES = (
    "আমার সোনার বাংলা.flac",
    "أغنية.flac",
    "שיר.flac",
    "歌 № 1.flac",
    "うた.flac",
    "노래.flac",
    "गीत.flac",
    "เพลง.flac",
    "Песня.flac",
    "Ünïcödé.flac",
    "U\u0308 apart.flac",
    "🎵👩\u200d🎤.flac",
    "𝄞.flac",
    "\u202eright to left.flac",
    "new\nline.flac",
    "tab\tand return\r.flac",
    "\x1b[31mred.flac",
    "bell\x07.flac",
    " spaces at both ends .flac ",
    "quote ' and \".flac",
    "back\\slash.flac",
    "100 %s %n {0}.flac",
    "-rf.flac",
    "~.flac",
    "$HOME;`ls`|&.flac",
    "[a-z]*?.flac",
    "#hash.flac",
    "C:.flac",
    "s3:.flac",
    "..flac",
    ".hidden",
    "no extension",
    "two.extensions.mp3.flac",
    "UPPER.FLAC",
)

SINGLE = (formats, shapes, levels, headers, no_audio, paths, names)


def damaged(write, encoded):
    """Yield an unlimited number of damaged files: truncated, reordered, with flipped bits, holes or damaged headers."""
    first = ("mp3", "ogg", "flac", "wav")  # each is truncated at every percent before another damage is repeated
    cuts = itertools.product([37 * k % 100 for k in range(1, 100)], first)
    for k in itertools.count():
        for percent, ending in itertools.islice(cuts, 2):
            content = encoded[ending]
            yield Recording(write(f"{percent} percent.{ending}", content[: len(content) * percent // 100]))
        rng = np.random.default_rng(k)
        ending = [*encoded][k % len(encoded)]
        for damage in (_flip, _hole, _behead, _shuffle):
            content = damage(bytearray(encoded[ending]), rng)
            yield Recording(write(f"{damage.__name__[1:]} {k}.{ending}", content))


def _flip(content, rng):
    """Flip between one bit and one bit per hundred bytes."""
    n = int(len(content) ** rng.uniform(0, 0.6)) + 1
    for position in rng.integers(len(content), size=n):
        content[position] ^= 1 << int(rng.integers(8))
    return content


def _hole(content, rng):
    """Overwrite a part with zeros, ones or noise."""
    start, length = rng.integers(len(content)), int(rng.integers(1, len(content) // 2))
    filling = (bytes(length), b"\xff" * length, rng.bytes(length))[rng.integers(3)]
    content[start : start + length] = filling[: len(content) - start]
    return content


def _behead(content, rng):
    """Overwrite some bytes of the header."""
    for position in rng.integers(4, 120, size=rng.integers(1, 8)):
        content[position] = rng.integers(256)
    return content


def _shuffle(content, rng):
    """Reorder, repeat and remove parts."""
    cuts = np.sort(rng.integers(len(content), size=4))
    parts = [bytes(part) for part in (content[i:j] for i, j in itertools.pairwise([0, *cuts, len(content)]))]
    return b"".join(parts[i] for i in [0, *rng.integers(len(parts), size=4)])
