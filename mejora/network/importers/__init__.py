"""Files of the network, brought in by stages: read and compared outside any transaction into
staging rows, looked at, then landed whole in one short write. Each kind of file has its module:
what a row must hold, how it differs from what is stored, and how it lands."""
