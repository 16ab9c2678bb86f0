"""The picture that an authenticator app reads, drawn on the server as inline SVG."""

import pyotp
import segno
from markupsafe import Markup


def qr_picture(secret: str, email: str, service_name: str) -> Markup:
    """A QR code of the TOTP secret. Nothing of it leaves this answer."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=service_name)
    code = segno.make(address, error="m", micro=False)
    drawn: str = code.svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr")
    return Markup(drawn)  # noqa: S704 -- drawn by segno from modules, not from words
