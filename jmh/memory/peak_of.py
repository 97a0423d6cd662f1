#!/usr/bin/env python3
"""Measures from outside what memory a command takes, as peak.py does: the peak of its process, and what of it is anonymous
and what is mapped from files. Linux only; needs nothing but Python.

    mvn -B -DskipTests package
    JAVA_HOME=... python3 jmh/memory/peak_of.py jmh/large_regression.sh cg 50000 64 5
"""
import sys
import time

from peak import MB, peak

start = time.monotonic()
peaks = peak(sys.argv[1:], None)
print(f"{' '.join(sys.argv[1:])}: {time.monotonic() - start:.0f} s, peak {peaks['VmHWM'] / MB:.0f} MB"
      f" (anonymous {peaks['RssAnon'] / MB:.0f}, files {peaks['RssFile'] / MB:.0f})")
