"""Documents that people print and file: typeset by Typst, as PDF/UA."""
