"""The report in a browser: no error, no request but for the page itself, and no scrolling sideways on a phone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None and not os.environ.get("CI"), reason="no chromium is installed"),
]

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--enable-logging=stderr",
    "--v=0",
    "--virtual-time-budget=3000",
    "--dump-dom",
]
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
POLICY = re.compile(r"<meta http-equiv=[^>]*>")
# What a page may tell of itself by its title, once everything it asks for has come or failed.
CENSUS = """<script>addEventListener("load", () => {
  const asked = performance.getEntriesByType("resource").map(one => one.name);
  document.title = `width ${document.documentElement.scrollWidth} asked ${asked.length} ${asked}`;
})</script>"""


class Served:
    """A folder served on this machine, and what was asked of it."""

    def __init__(self, folder):
        self.asked = asked = []

        class Handler(SimpleHTTPRequestHandler):
            def log_message(self, *_):
                asked.append(self.path)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def visit(self, name, tmp_path, dark=False):
        """The document as the browser has it, and what it complained about."""
        assert BROWSER, "in CI a browser must be installed"
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        address = f"http://127.0.0.1:{self.server.server_port}/{name}"
        where = [f"--user-data-dir={tmp_path / 'browser'}", scheme, OFFLINE, address]
        done = subprocess.run([BROWSER, *QUIET, *where], capture_output=True, text=True, timeout=120, check=True)
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.fixture
def served():
    opened = []

    def serve(folder):
        opened.append(Served(folder))
        return opened[-1]

    yield serve
    for one in opened:
        one.server.shutdown()
        one.server.server_close()


@pytest.mark.parametrize("name", ["humphreys-2018", "kurpiers-2018", "odd-names"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_browser_finds_no_fault_and_asks_for_nothing_else(name, dark, report, served, tmp_path):
    """With the network off there must be nothing to miss."""
    site = served(report(name))
    document, complaints = site.visit("report.html", tmp_path, dark)
    assert complaints == []
    assert site.asked == ["/report.html"]
    assert document.count("<figure") > 3


@pytest.mark.parametrize("name", ["humphreys-2018", "kurpiers-2018", "odd-names"])
def test_without_its_policy_the_page_asks_for_nothing_either_and_fits_a_phone(name, report, served, tmp_path):
    """The policy forbids asking; so a copy without it is asked what it asked for, in a frame as wide as a phone."""
    text = (report(name) / "report.html").read_text(encoding="utf-8")
    (tmp_path / "report.html").write_text(POLICY.sub(CENSUS, text), encoding="utf-8")
    document = phone(served(tmp_path), tmp_path)
    found = re.search(r"<title>width (\d+) asked (\d+)", document)
    assert found, document[:300]
    assert int(found[1]) <= 390
    assert int(found[2]) == 0, document[:300]


def test_the_browser_would_tell(served, tmp_path):
    """The tests above can fail: a fault is complained about, a picture from elsewhere counted, a wide page measured."""
    text = "<p style='width: 500px'>x<img src='https://elsewhere.invalid/x.png'><img src='y.png'><script>bad()</script>"
    (tmp_path / "report.html").write_text(f"<!DOCTYPE html><title>x</title>{CENSUS}{text}")
    site = served(tmp_path)
    _, complaints = site.visit("report.html", tmp_path)
    assert any("bad is not defined" in line for line in complaints)
    assert "/y.png" in site.asked
    document = phone(site, tmp_path)
    found = re.search(r"<title>width (\d+) asked (\d+)", document)
    assert found, document[:300]
    assert int(found[1]) >= 500
    assert int(found[2]) == 2


def phone(site, tmp_path):
    """The document around the page in a frame of 390 pixels, with the page's title."""
    done = "onload='setTimeout(() => document.title = this.contentDocument.title, 100)'"
    frame = f'<iframe src="report.html" width="390" height="900" {done}></iframe>'
    (tmp_path / "phone.html").write_text(f"<!DOCTYPE html><title>x</title>{frame}")
    return site.visit("phone.html", tmp_path)[0]
