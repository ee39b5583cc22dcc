"""A site that does everything wrong at once: the run ends, stays small, and every refusal stands in the report."""

import gzip
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from builders import ROOT
from collecting import article
from loopback import Loopback, Reply, drop_connection

MB = 1_000_000
HREFS = {
    "bombe": "too_large",
    "gros": "too_large",
    "sans-fin": "redirects",
    "interne": "host",
    "metadonnees": "host",
    "goutte": "timeout",
    "court": "network",
    "coupe": "network",
}
COLLECT = """
import json, re, sys
from pathlib import Path
from corpus.archive import Archive
from corpus.store import Store
from ingest.catalogue import load
from ingest.fetch import Fetcher, Limits
from ingest.run import run
from loopback import FakeClock

class Hurried(FakeClock):
    def monotonic(self):
        import time
        return time.monotonic()

data = Path(sys.argv[2])
limits = Limits(total_seconds=2.0, read_seconds=2.0)
fetcher = Fetcher("Sourcier/0.1", clock=Hurried(), limits=limits)
with Store.open(data, create=True, write=True) as store, fetcher:
    *_, done = run(load(Path(sys.argv[1])), store, Archive(data), fetcher, clock=FakeClock())
    kept = {d.id: d.text for d in store.current()}
# not ru_maxrss: it begins with the size of the process that started this one
peak = int(re.search(r"VmHWM:[^0-9]+([0-9]+)", Path("/proc/self/status").read_text())[1]) / 1000
print(json.dumps({"report": done.report.to_dict(), "kept": kept,
                  "peak": peak}))
"""


def test_a_site_that_does_everything_wrong(tmp_path: Path) -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not stop.wait(0.05):
            handler.wfile.write(b".")

    def big(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(50):
            handler.wfile.write(b"x" * MB)

    def short(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<html>")

    with Loopback() as site:
        names = [name for pair in zip(HREFS, [f"bon{n}" for n in range(len(HREFS))], strict=True) for name in pair]
        links = "".join(f"<a class=l href=/{name}>{name}</a>" for name in [*names, "charset"])
        many = "".join(f"<a class=l href=/lien{number}>n</a>" for number in range(10_000))
        site.answers |= {f"/bon{number}": article(f"Bon {number}") for number in range(len(HREFS))}
        site.answers |= {
            "/robots.txt": Reply(status=404),
            "/liste": Reply(f"<html>{links}{many}</html>".encode(), headers={"Content-Type": "text/html"}),
            "/bombe": Reply(gzip.compress(bytes(300 * MB), 9), headers={"Content-Encoding": "gzip"}),
            "/sans-fin": Reply(status=302, headers={"Location": "/sans-fin"}),
            "/interne": Reply(status=302, headers={"Location": "http://127.0.0.1:1/admin"}),
            "/metadonnees": Reply(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
            "/charset": Reply(article("Accents é").body, headers={"Content-Type": "text/html; charset=klingon-8"}),
            "/bombe.xml": Reply(
                b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
                b"<urlset><url><loc>&b;</loc></url></urlset>"
            ),
            "/boucle.xml": Reply(
                f"<sitemapindex><sitemap><loc>{site.address}/boucle.xml</loc></sitemap></sitemapindex>".encode()
            ),
        }
        site.raw |= {"/goutte": drip, "/gros": big, "/court": short, "/coupe": drop_connection}
        entries = [("liste", "listing", "/liste", "max_pages = 40\n[source.selectors]\nitem = 'a.l'"),
                   ("bombe", "sitemap", "/bombe.xml", ""), ("boucle", "sitemap", "/boucle.xml", "")]  # fmt: skip
        catalogue = tmp_path / "c.toml"
        catalogue.write_text(
            "".join(
                f'[[source]]\nname = "{name}"\nkind = "{kind}"\nurl = "{site.address}{path}"\nallow_private = true\n'
                f"delay_seconds = 0\n{more}\n"
                for name, kind, path, more in entries
            ),
            encoding="utf-8",
        )
        done = subprocess.run(
            [sys.executable, "-c", COLLECT, catalogue, tmp_path / "data"], capture_output=True, text=True, check=True,
            timeout=300, env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        )  # fmt: skip
        stop.set()
    said = json.loads(done.stdout)
    listed, bomb, loop = said["report"]["sources"]
    why = {problem["url"].rsplit("/", 1)[1]: problem["reason"] for problem in listed["problems"]}
    assert {name: why.get(name) for name in HREFS} == HREFS
    assert listed["found"] == 40  # of ten thousand
    assert listed["new"] == len(HREFS) + 1
    assert any("Accents é" in text for text in said["kept"].values())
    assert bomb["failed"] == {"bad_listing": 1}
    assert (loop["found"], loop["new"]) == (0, 0)
    assert said["peak"] < 500
