"""Our own drawings on a grid of 16, as paths: they print, need no request and take the ink around.

A drawing is a stroke unless its markup says `class="fill"`.
"""

_DISC = '<circle class="fill" cx="8" cy="8" r="7"/>'
_RING = '<circle cx="8" cy="8" r="6.2"/>'
_SQUARE = '<rect x="2" y="2" width="12" height="12" rx="1.5"/>'
_TRIANGLE = '<path class="fill" d="M8 1.2a1 1 0 0 1 .87.5l6.4 11.3a1 1 0 0 1-.87 1.5H1.6a1 1 0 0 1-.87-1.5L7.13 1.7A1 1 0 0 1 8 1.2z"/>'  # noqa: E501 - one path

ICONS = {
    "alert": _TRIANGLE + '<path class="on" d="M8 5.6v4M8 11.8v.4"/>',
    "archive": '<path d="M1.5 2.5h13v3h-13zM2.5 5.5v8h11v-8M6 8.5h4"/>',
    "arrow-down": '<path d="M8 2v12M3.5 9.5 8 14l4.5-4.5"/>',
    "arrow-left": '<path d="M14 8H2M6.5 3.5 2 8l4.5 4.5"/>',
    "arrow-right": '<path d="M2 8h12M9.5 3.5 14 8l-4.5 4.5"/>',
    "arrow-up": '<path d="M8 14V2M3.5 6.5 8 2l4.5 4.5"/>',
    "bell": '<path d="M3 12V7.5a5 5 0 0 1 10 0V12l1 .8H2zM6.5 14.8h3"/>',
    "board": '<path d="M1.5 2.5h13v11h-13zM8 2.5v11M1.5 8h13"/>',
    "calendar": '<path d="M2 3.5h12v10.5H2zM2 7h12M5 1.5v3.5M11 1.5v3.5"/>',
    "camera": '<path d="M1.5 4.5h3l1.3-2h4.4l1.3 2h3v9h-13z"/><circle cx="8" cy="8.8" r="2.6"/>',
    "chart": '<path d="M2 1.5v12.5h12.5M5.5 11V8M9 11V4.5M12.5 11V6.5"/>',
    "check": '<path d="M2.5 8.5 6.3 12.3 13.5 4"/>',
    "check-disc": _DISC + '<path class="on" d="M4.8 8.3 7.1 10.6 11.3 5.8"/>',
    "chevron-down": '<path d="m3.5 6 4.5 4.5L12.5 6"/>',
    "chevron-left": '<path d="M10 3.5 5.5 8l4.5 4.5"/>',
    "chevron-right": '<path d="m6 3.5 4.5 4.5L6 12.5"/>',
    "chevron-up": '<path d="m3.5 10.5 4.5-4.5 4.5 4.5"/>',
    "clip": '<path d="m13.8 7.2-6 6a3.5 3.5 0 0 1-5-5L9 2.1a2.4 2.4 0 0 1 3.4 3.4L6.6 11.3a1.2 1.2 0 0 1-1.7-1.7l5.2-5.2"/>',  # noqa: E501 - a drawing
    "clock": _RING + '<path d="M8 4.3V8l2.4 1.6"/>',
    "close": '<path d="m3.5 3.5 9 9M12.5 3.5l-9 9"/>',
    "closed-square": _SQUARE + '<path d="m5.3 5.3 5.4 5.4M10.7 5.3l-5.4 5.4"/>',
    "dash": '<path d="M4 8h8"/>',
    "diamond": '<path class="fill" d="m8 1.5 6.5 6.5L8 14.5 1.5 8z"/>',
    "diamond-open": '<path d="M8 2.2 13.8 8 8 13.8 2.2 8z"/>',
    "document": '<path d="M3 1.5h6.5L13 5v9.5H3zM9.5 1.5V5H13M5.5 8.5h5M5.5 11.3h5"/>',
    "dots": '<path d="M3 8h.01M8 8h.01M13 8h.01"/>',
    "download": '<path d="M8 1.5v9M4 7l4 4 4-4M2 14.2h12"/>',
    "edit": '<path d="M2 14l.8-3.4L11 2.4a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L5.4 13.2z"/>',
    "external": '<path d="M6.5 2.5h-4v11h11v-4M9.5 2.5h4v4M13.5 2.5 7.5 8.5"/>',
    "eye": '<path d="M1 8s2.5-4.5 7-4.5S15 8 15 8s-2.5 4.5-7 4.5S1 8 1 8z"/><circle cx="8" cy="8" r="2"/>',  # noqa: E501 - a drawing
    "filter": '<path d="M1.5 3h13M4 8h8M6.5 13h3"/>',
    "flag": '<path d="M3.5 15V1.5"/><path class="fill" d="M3.5 1.8 12.5 4.8 3.5 8z"/>',
    "folder": '<path d="M1.5 3h5l1.3 2h6.7v8.5h-13z"/>',
    "half": _RING + '<path class="fill" d="M8 1.8a6.2 6.2 0 0 1 0 12.4z"/>',
    "help": _RING + '<path d="M6.2 6.2A1.9 1.9 0 1 1 8 8.6v.8M8 11.7v.2"/>',
    "history": '<path d="M2 8a6 6 0 1 0 1.8-4.3L2 5.5M2 2v3.5h3.5M8 5v3.2l2.2 1.3"/>',
    "home": '<path d="M2 7.5 8 2l6 5.5V14H9.7v-4H6.3v4H2z"/>',
    "image": '<path d="M1.5 2.5h13v11h-13zM1.5 11.5l3.7-3.7 3 3 2.3-2.3 4 4"/><circle cx="10.8" cy="5.6" r="1"/>',  # noqa: E501 - a drawing
    "import": '<path d="M8 1.5v8M4.7 6.5 8 9.8l3.3-3.3M2 10.5v3.5h12v-3.5"/>',
    "info": _RING + '<path d="M8 7.3v4M8 4.6v.2"/>',
    "link": '<path d="M6.5 9.5 9.5 6.5M7 4.5l1.5-1.6a3 3 0 0 1 4.4 4.4L11.4 9M9 11.5l-1.5 1.6a3 3 0 0 1-4.4-4.4L4.6 7"/>',  # noqa: E501 - a drawing
    "list": '<path d="M6 3.5h8.5M6 8h8.5M6 12.5h8.5M1.8 3.5h1.4M1.8 8h1.4M1.8 12.5h1.4"/>',
    "lock": '<path d="M3 7h10v7.5H3zM5 7V4.8a3 3 0 0 1 6 0V7"/>',
    "mail": '<path d="M1.5 3h13v10h-13zM1.5 3.8 8 9l6.5-5.2"/>',
    "map": '<path d="M1.5 3.5 5.8 2l4.4 1.5 4.3-1.5v10.5l-4.3 1.5-4.4-1.5-4.3 1.5zM5.8 2v10.5M10.2 3.5V14"/>',  # noqa: E501 - a drawing
    "menu": '<path d="M1.5 3.5h13M1.5 8h13M1.5 12.5h13"/>',
    "minus": '<path d="M2.5 8h11"/>',
    "missing": _SQUARE + '<path d="M8 4.8v4M8 11v.3"/>',
    "money": '<path d="M11.5 4.6C10.8 3.5 9.6 3 8 3 6 3 4.7 4 4.7 5.4c0 3.5 6.8 1.6 6.8 5.1C11.5 12 10.1 13 8 13c-1.8 0-3.1-.7-3.7-1.9M8 1.2v13.6"/>',  # noqa: E501 - a drawing
    "note": '<path d="M2 2h12v8.5L10.5 14H2zM14 10.5h-3.5V14M5 5.5h6M5 8.3h4"/>',
    "people": '<circle cx="6" cy="5.2" r="2.7"/><path d="M1 14c0-3 2.2-4.7 5-4.7s5 1.7 5 4.7M10.5 2.7a2.6 2.6 0 0 1 0 5M12.6 9.8c1.5.7 2.4 2.1 2.4 4.2"/>',  # noqa: E501 - a drawing
    "person": '<circle cx="8" cy="5" r="3"/><path d="M2.3 14.5c0-3.2 2.5-5 5.7-5s5.7 1.8 5.7 5"/>',
    "phone": '<path d="M3.2 1.8h2.6l1.2 3.4-1.7 1.2a9 9 0 0 0 4.3 4.3l1.2-1.7 3.4 1.2v2.6a1.4 1.4 0 0 1-1.5 1.4A11.6 11.6 0 0 1 1.8 3.3a1.4 1.4 0 0 1 1.4-1.5z"/>',  # noqa: E501 - a drawing
    "plus": '<path d="M8 2.5v11M2.5 8h11"/>',
    "print": '<path d="M4.5 6V1.8h7V6M4.5 11.5h-3V6h13v5.5h-3M4.5 9.5h7v4.8h-7z"/>',
    "question": '<path d="M5.5 5.2A2.6 2.6 0 1 1 8 8.7v1.5M8 13v.3"/>',
    "refresh": '<path d="M14 8a6 6 0 1 1-1.8-4.3L14 5.5M14 2v3.5h-3.5"/>',
    "restore": '<path d="M3 6.5h7a3.7 3.7 0 0 1 0 7.4H6M6 3 2.5 6.5 6 10"/>',
    "return": _RING + '<path d="M11.2 8H5M7.4 5.6 5 8l2.4 2.4"/>',
    "ring": '<circle class="dashed" cx="8" cy="8" r="6.2"/>',
    "school": '<path d="M1.5 14V7L8 2.5 14.5 7v7zM6.3 14v-4h3.4v4M8 6.5v.2"/>',
    "search": '<circle cx="6.8" cy="6.8" r="4.6"/><path d="m10.3 10.3 4.2 4.2"/>',
    "send": _RING + '<path d="M4.8 8H11M8.6 5.6 11 8l-2.4 2.4"/>',
    "settings": '<path d="M1.5 4.5h7M12 4.5h2.5M1.5 11.5H4M7.5 11.5h7"/><circle cx="10.2" cy="4.5" r="1.8"/><circle cx="5.8" cy="11.5" r="1.8"/>',  # noqa: E501 - a drawing
    "sort": '<path d="M5 13V3M2.3 5.7 5 3l2.7 2.7M11 3v10M8.3 10.3 11 13l2.7-2.7"/>',
    "spinner": '<path class="spin" d="M8 1.8a6.2 6.2 0 1 1-6.2 6.2"/>',
    "star": '<path d="m8 1.8 1.9 4 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2.1.7-4.3-3.1-3 4.3-.6z"/>',
    "target": _RING + '<circle cx="8" cy="8" r="2.8"/>',
    "trash": '<path d="M2 4h12M6 4V2h4v2M3.3 4l.8 10.3h7.8L12.7 4M6.5 7v4.3M9.5 7v4.3"/>',
    "triangle": _TRIANGLE + '<path class="on" d="M8 5.6v4M8 11.8v.4"/>',
    "undo": '<path d="M2.5 6h7.5a3.8 3.8 0 0 1 0 7.6H6M5.8 2.5 2.3 6l3.5 3.5"/>',
    "unlock": '<path d="M3 7h10v7.5H3zM5 7V4.8a3 3 0 0 1 5.8-1"/>',
    "upload": '<path d="M8 11V2M4 5.8 8 1.8l4 4M2 14.2h12"/>',
}
