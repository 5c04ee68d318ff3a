"""A good part of the standard library, imported by one module; it remembers in which process that was."""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures
import csv
import email.message
import http.client
import json
import logging
import os
import unittest
import urllib.request
import xml.etree.ElementTree

IMPORTED_IN = os.getpid()
USED = (
    argparse.ArgumentParser,
    asyncio.run,
    concurrent.futures.Future,
    csv.reader,
    email.message.Message,
    http.client.HTTPConnection,
    json.loads,
    logging.getLogger,
    unittest.TestCase,
    urllib.request.urlopen,
    xml.etree.ElementTree.Element,
)
"""As modules do that derive from what they import: a lazy import of theirs does not stay one."""
