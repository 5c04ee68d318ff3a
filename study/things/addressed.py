"""How a cluster's address is handed to a process that is timed: variables of its environment, of which none is ever stored."""

from __future__ import annotations

ADDRESS = "STUDY_CLUSTER"
"""`tls://HOST:PORT` or `tcp://HOST:PORT`."""
AUTHORITY, CERTIFICATE, KEY = "STUDY_CLUSTER_CA", "STUDY_CLUSTER_CERT", "STUDY_CLUSTER_KEY"
"""Files in PEM format; not there where nothing is encrypted."""
