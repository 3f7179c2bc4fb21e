"""XML: transfer files that are damaged, made to overfill the memory, or to fetch what is not theirs."""

from faults.clean import Clean
from faults.fault import FaultyFile, Must, refused, whole

UNSAFE = "not safe to read"


def _declared(declared: str, body: str = "<Header/>") -> bytes:
    return f'<?xml version="1.0"?>\n<!DOCTYPE CTfile [{declared}]>\n<CTfile>{body}</CTfile>'.encode()


LAUGHS = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + place)} "{f"&{chr(97 + place)};" * 10}">' for place in range(9))


def _deep(clean: Clean) -> bytes:
    return b"<CTfile>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</CTfile>"


FAULTS = [
    FaultyFile("transfer.xml", "Nothing is wrong.", lambda clean: clean.ctf.encode(), whole(), of="ctf"),
    FaultyFile("laughs.xml", "A billion laughs.", lambda clean: _declared(LAUGHS, "&j;"), refused(UNSAFE)),
    FaultyFile(
        "quadratic.xml",
        "One long entity, many times.",
        lambda clean: _declared(f'<!ENTITY a "{"x" * 50_000}">', "&a;" * 50_000),
        refused(UNSAFE),
    ),
    FaultyFile(
        "fetching.xml",
        "An entity that fetches a file of this computer.",
        lambda clean: _declared('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
        refused(UNSAFE),
    ),
    FaultyFile(
        "dtd.xml",
        "A document type from elsewhere.",
        lambda clean: clean.ctf.replace("<CTfile>", '<!DOCTYPE CTfile SYSTEM "http://an.invalid/a.dtd"><CTfile>').encode(),
        refused(UNSAFE),
    ),
    FaultyFile(
        "utf_7.xml",
        "UTF-7, in which signs can be hidden.",
        lambda clean: clean.ctf.replace("UTF-8", "utf-7").encode("utf-7"),
        refused("XML"),
    ),
    FaultyFile(
        "transfer_utf_16.xml",
        "UTF-16.",
        lambda clean: clean.ctf.replace("UTF-8", "UTF-16").encode("utf-16"),
        whole(),
        of="ctf",
    ),
    FaultyFile(
        "wrongly_declared.xml",
        "Declared as UTF-8, saved as Windows-1252.",
        lambda clean: clean.ctf.encode("cp1252"),
        refused("is damaged or cut off"),
        of="ctf",
    ),
    FaultyFile("cut_off.xml", "Cut off.", lambda clean: clean.ctf.encode()[:1_000], refused("is damaged or cut off"), of="ctf"),
    FaultyFile("deep.xml", "Elements 100,000 deep.", _deep, refused("too deep")),
    FaultyFile(
        "many.xml", "A million elements.", lambda clean: b"<CTfile>" + b"<a/>" * 1_000_001 + b"</CTfile>", refused("too many")
    ),
    FaultyFile("without_pupils.xml", "A transfer file without pupils.", lambda clean: b"<CTfile/>", refused("without pupils")),
    FaultyFile(
        "other_root.xml",
        "XML that is something else.",
        lambda clean: b'<?xml version="1.0"?><rss><channel/></rss>',
        refused("XML that is no transfer file"),
    ),
    FaultyFile(
        "hostile_name.xml",
        "A pupil whose name is a formula.",
        lambda clean: clean.ctf.replace("Noël’s", "=1+1").encode(),
        Must(first={"surname": "=1+1"}),
        of="ctf",
    ),
]
