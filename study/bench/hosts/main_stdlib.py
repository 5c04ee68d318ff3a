"""A main module that imports a good part of the standard library, as command lines and services do."""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures
import csv
import email.message
import http.client
import json
import logging
import sys
import unittest
import urllib.request
import xml.etree.ElementTree

from study.bench.hosts import lives

if __name__ == "__main__":
    lives.main(sys.argv[1:])
