"""Files for tests, made on the spot: with the marks that must go, or with what must be refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pikepdf
from PIL import Image, PngImagePlugin

DEVICE = "SecretPhone 12"
AUTHOR = "作成者の名前ひみつ"
PLACE = (35.0, 41.0, 22.4)
MARKS = (DEVICE.encode(), AUTHOR.encode(), AUTHOR.encode("utf-16-be"), AUTHOR.encode("utf-16-le"), b"GPS", b"Exif")


def photo(width: int = 320, height: int = 200, *, turned: bool = True, more: bytes = b"") -> bytes:
    """A photo as a phone takes it: with its place, its device, the time, and turned on its side."""
    image = Image.new("RGB", (width, height), "white")
    image.paste((200, 30, 30), (0, 0, width // 2, height // 2))
    exif = image.getexif()
    exif[0x010F], exif[0x0110] = "SecretMaker", DEVICE
    exif[0x0132] = "2026:11:20 21:14:00"
    if turned:
        exif[0x0112] = 6
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", PLACE, "E", (139.0, 45.0, 11.0)
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif, comment=AUTHOR.encode())
    return written.getvalue() + more


def photo_of_two() -> bytes:
    """A photo that holds a second picture of the same, as many phones write them (MPO)."""
    written = io.BytesIO()
    first, second = Image.new("RGB", (200, 100), "navy"), Image.new("RGB", (50, 25), "navy")
    first.save(written, "MPO", save_all=True, append_images=[second])
    return written.getvalue()


def screenshot(width: int = 300, height: int = 200) -> bytes:
    """A PNG with notes in it."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Software", DEVICE)
    notes.add_itxt("Author", AUTHOR)
    written = io.BytesIO()
    Image.new("RGBA", (width, height), (10, 120, 130, 90)).save(written, "PNG", pnginfo=notes)
    return written.getvalue()


def moving_picture() -> bytes:
    """A GIF of two frames."""
    written = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    return written.getvalue()


def image_bomb(side: int = 50_000) -> bytes:
    """A PNG of a few kilobytes that unpacks to gigabytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack("!IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def pdf(*, password: str = "", more: bytes = b"", pages: int = 1) -> bytes:
    """A PDF with an author, a history, a script that runs at opening, an enclosed file, and a photo with its place."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(200, 200))
    made.docinfo["/Author"] = AUTHOR
    with made.open_metadata() as about:
        about["dc:creator"] = [AUTHOR]
    made.Root["/OpenAction"] = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('runs by itself')")
    )
    made.attachments["enclosed.txt"] = pikepdf.AttachedFileSpec(made, b"an enclosed file", filename="enclosed.txt")
    shown = pikepdf.Stream(made, photo(turned=False))
    shown["/Type"], shown["/Subtype"], shown["/Filter"] = (
        pikepdf.Name.XObject,
        pikepdf.Name.Image,
        pikepdf.Name.DCTDecode,
    )
    shown["/Width"], shown["/Height"], shown["/BitsPerComponent"] = 320, 200, 8
    shown["/ColorSpace"] = pikepdf.Name.DeviceRGB
    made.pages[0].obj["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=shown))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Text,
        Rect=[10, 10, 30, 30],
        T=pikepdf.String(AUTHOR),
        Contents=pikepdf.String("a remark"),
    )
    made.pages[0].obj["/Annots"] = pikepdf.Array([made.make_indirect(note)])
    written = io.BytesIO()
    locked = pikepdf.Encryption(user=password, owner=password + "owner") if password else False
    made.save(written, encryption=locked)
    return written.getvalue() + more


def unpacked(made: bytes) -> bytes:
    """A file as it is, and all that is packed in it, one after the other; what is packed twice is unpacked twice."""
    if made[:4] != b"PK\x03\x04":
        return made
    with zipfile.ZipFile(io.BytesIO(made)) as packed:
        return b"".join([made, *(name.encode() + unpacked(packed.read(name)) for name in packed.namelist())])


def large_pdf(path: Path, size: int) -> None:
    """A PDF of about this many bytes of noise, written to the disk piece by piece."""
    piece = 1024 * 1024
    offsets: list[int] = []
    with path.open("wb") as file:

        def write(number: int, body: bytes) -> None:
            offsets.append(file.tell())
            file.write(b"%d 0 obj\n" % number + body)

        file.write(b"%PDF-1.7\n")
        write(1, b"<</Type/Catalog/Pages 2 0 R>>\nendobj\n")
        write(2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n")
        write(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</I 4 0 R>>>>>>\nendobj\n")
        pieces = max(1, size // piece)
        write(
            4,
            b"<</Type/XObject/Subtype/Image/Width 1/Height 1/Filter/JPXDecode/Length %d>>\nstream\n" % (pieces * piece),
        )
        for number in range(pieces):
            file.write(zlib.crc32(b"%d" % number).to_bytes(4, "big") * (piece // 4))
        file.write(b"\nendstream\nendobj\n")
        start = file.tell()
        file.write(b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets))
        file.write(b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    f'xmlns:dc="dc"><dc:creator>{AUTHOR}</dc:creator></cp:coreProperties>'
)
FAR_AWAY = "http://tracker.example/pixel.png"
LINK = "http://help.example/page"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


_BY_SOMEBODY = {
    "word": {
        "word/document.xml": f'<w:document xmlns:w="w"><w:ins w:author="{AUTHOR}" w:date="2026"/>本文です</w:document>',
        "word/comments.xml": f'<w:comments><w:comment w:author="{AUTHOR}" w:initials="{AUTHOR}"/></w:comments>',
    },
    "excel": {
        "xl/workbook.xml": f'<workbook><x15ac:absPath url="C:\\Users\\{AUTHOR}\\"/>本文です</workbook>',
        "xl/comments1.xml": f"<comments><authors><author>{AUTHOR}</author></authors></comments>",
    },
    "powerpoint": {
        "ppt/commentAuthors.xml": f'<p:cmAuthorLst><p:cmAuthor name="{AUTHOR}" initials="x"/></p:cmAuthorLst>'
    },
}


def office(kind: str = "word", *, extra: dict[str, bytes] | None = None) -> bytes:
    """A small Word, Excel or PowerPoint file with an author in all the places where one stands."""
    main = {"word": "word/document.xml", "excel": "xl/workbook.xml", "powerpoint": "ppt/presentation.xml"}[kind]
    parts: dict[str, bytes] = {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": b"<Relationships/>",
        main: "<w:document>本文です</w:document>".encode(),
        **{name: body.encode() for name, body in _BY_SOMEBODY[kind].items()},
        "docProps/core.xml": CORE.encode(),
        "docProps/app.xml": f"<Properties><Company>{AUTHOR}</Company></Properties>".encode(),
        "docProps/thumbnail.jpeg": photo(turned=False),
        "word/media/image1.jpg": photo(turned=False),
        "word/media/image2.png": screenshot(),
        "word/_rels/document.xml.rels": (
            "<Relationships>"
            f'<Relationship Id="r1" Type="{_RELATION}/image" Target="{FAR_AWAY}" TargetMode="External"/>'
            f'<Relationship Id="r2" Type="{_RELATION}/hyperlink" Target="{LINK}" TargetMode="External"/>'
            "</Relationships>"
        ).encode(),
        **(extra or {}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in parts.items():
            packed.writestr(name, body)
    return written.getvalue()


def zip_bomb(unpacked: int = 600 * 1024 * 1024) -> bytes:
    """A Word file of some hundred kilobytes that unpacks to hundreds of megabytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr("[Content_Types].xml", b"<Types/>")
        packed.writestr("word/document.xml", b"<w/>")
        with packed.open("word/media/bomb.bin", "w", force_zip64=True) as part:
            for _ in range(unpacked // 1_000_000):
                part.write(bytes(1_000_000))
    return written.getvalue()


def old_word(*, macros: bool = False, locked: bool = False) -> bytes:
    """The outline of a Word file of before 2007."""
    names = ["EncryptedPackage"] if locked else ["WordDocument", *(["_VBA_PROJECT"] if macros else [])]
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(n.encode("utf-16-le") + bytes(64) for n in names)


def sound() -> bytes:
    """The beginning of a recording as a phone makes it (M4A)."""
    return b"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00" + bytes(5000)
