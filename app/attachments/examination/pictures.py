"""Pictures: opened once, turned upright, and written anew with their dots and nothing else."""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError, WebPImagePlugin

from app.attachments.examination.findings import Findings, Refused
from models.rules.attachments import AttachmentPolicy, FileKind, FileRefusal, FileRemark

# The library loads this one only when it is told to; the others are there from the beginning.
FORMATS = ("JPEG", "PNG", "GIF", WebPImagePlugin.WebPImageFile.format)
LARGEST_OF_ITS_KIND = 4
"""So many times the usual number of dots, a photo is still taken: its format can be opened at half its size."""
CONTENT_QUALITY = 92
PREVIEW_QUALITY = 80

# The number of dots is looked at before any is unpacked; the library's own warning would only repeat that.
Image.MAX_IMAGE_PIXELS = None


def rewrite_picture(source: BinaryIO, target: BinaryIO, preview: BinaryIO, policy: AttachmentPolicy) -> Findings:
    """Write a picture anew, upright and in the usual colours, and a smaller one beside it. Raises Refused."""
    try:
        with Image.open(source, formats=FORMATS) as opened:
            shortened = _within_reason(opened, policy)
            upright = ImageOps.exif_transpose(opened)
            image = _dots_only(upright)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        # A SyntaxError is what the library raises for a header that makes no sense.
        raise Refused(FileRefusal.DAMAGED) from None
    kind = FileKind.JPEG if opened.format in {"JPEG", "MPO"} else FileKind.PNG
    _write(image, target, kind, quality=CONTENT_QUALITY)
    image.thumbnail((policy.preview_edge, policy.preview_edge))
    _write(image, preview, kind, quality=PREVIEW_QUALITY)
    remarks = (FileRemark.SMALLER,) if shortened else ()
    return Findings(kind, is_rewritten=True, is_clean=True, has_preview=True, remarks=remarks)


def _within_reason(image: Image.Image, policy: AttachmentPolicy) -> bool:
    """Whether a photo was so large that it is opened shortened; what is larger still, or moves, is refused."""
    width, height = image.size
    # A photo of a phone often holds a second, smaller picture of the same; that is no film.
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise Refused(FileRefusal.MOVING)
    if width * height <= policy.most_pixels:
        return False
    if image.format not in {"JPEG", "MPO"} or width * height > policy.most_pixels * LARGEST_OF_ITS_KIND:
        raise Refused(FileRefusal.BOMB)
    image.draft(None, (width // 2, height // 2))
    return True


def _dots_only(image: Image.Image) -> Image.Image:
    """The picture in the common colours, without anything that was written beside its dots."""
    profile = image.info.get("icc_profile")
    transparent = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    plain = image.convert("RGBA" if transparent else "L" if image.mode in {"1", "L"} else "RGB")
    if profile and plain.mode == "RGB" and image.mode == "RGB":
        plain = _in_common_colours(plain, profile)
    plain.info = {}
    return plain


def _in_common_colours(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        changed = ImageCms.profileToProfile(image, found, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return changed or image


def _write(image: Image.Image, target: BinaryIO, kind: FileKind, *, quality: int) -> None:
    # Into memory first: the library goes back in what it writes, which a sealed stream cannot.
    written = io.BytesIO()
    if kind is FileKind.JPEG:
        flat = image.convert("RGB") if image.mode not in {"RGB", "L"} else image
        flat.save(written, "JPEG", quality=quality)
    else:
        image.save(written, "PNG")
    target.write(written.getbuffer())
