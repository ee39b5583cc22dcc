"""A real WordPress on loopback, collected: Debian's package, PHP's built-in server, a MariaDB of its own.

    python tests/real/wordpress.py --install        # apt-get first; needs root
    python tests/real/wordpress.py                  # figures as JSON; about three minutes

Nothing outside a temporary folder is written but the packages. Not run by pytest: `make real` does.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from measure import Expected, a_day_passes, collect, counts, documents, figures
from publications import LINK, Publication, hidden, published

from corpus.demo.press import PDFS
from ingest.catalogue import Source

PACKAGES = ("wordpress", "wordpress-l10n", "wordpress-theme-twentytwentyone", "wordpress-theme-twentytwentythree",
            "php-cli", "php-mysql", "php-xml", "mariadb-server")  # fmt: skip
_HERE = Path(__file__).parent
_PACKAGE = Path("/usr/share/wordpress")
_PATIENCE_SECONDS = 60
_POSTS = 40
_CONFIG = """<?php
define('DB_NAME', 'essai'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '{address}'); define('WP_SITEURL', '{address}'); define('WPLANG', 'fr_FR');
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
_CLOSED_REST = """<?php
add_filter('rest_authentication_errors', fn ($held) => $held ?: new WP_Error('closed', 'closed', ['status' => 401]));
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way in which WordPress sites are set up."""

    name: str
    theme: str
    permalinks: str
    timezone: str
    rest: bool = True


VARIANTS = (
    Variant(name="blocks", theme="twentytwentythree", permalinks="/%year%/%monthnum%/%postname%/",
            timezone="Indian/Reunion"),
    Variant(name="classic", theme="twentytwentyone", permalinks="/%postname%/", timezone="Africa/Ouagadougou"),
    Variant(name="without permalinks", theme="twentytwentyone", permalinks="", timezone="America/Martinique"),
    Variant(name="REST closed", theme="twentytwentythree", permalinks="/archives/%post_id%/",
            timezone="Europe/Paris", rest=False),
)  # fmt: skip


class Site:
    """A WordPress in `folder`, answering at `address`."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self.address = address

    def order(self, first: str = "", **orders: Any) -> dict[str, Any]:
        """Give orders to wordpress.php; the posts that it made, by slug."""
        command = ["php", "-d", "display_errors=stderr", str(_HERE / "wordpress.php"), str(self._folder), first]
        done = subprocess.run(command, input=json.dumps(orders), capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"wordpress.php: {done.stderr[-2000:]} {done.stdout[-500:]}")
        made: dict[str, Any] = json.loads(done.stdout[done.stdout.index("{") :])
        return made

    def add(self, posts: list[Publication]) -> dict[str, Any]:
        """Publish."""
        file = str(next(iter(sorted(PDFS.glob("*.pdf")))))
        return self.order(posts=[asdict(one) for one in posts], link=LINK, pdf=file)

    def close_rest(self) -> None:
        """As security plugins do."""
        plugins = self._folder / "wp-content" / "mu-plugins"
        plugins.mkdir(exist_ok=True)
        (plugins / "closed.php").write_text(_CLOSED_REST, encoding="utf-8")


@contextmanager
def wordpress(variant: Variant) -> Iterator[Site]:
    """A site of its own, empty."""
    with tempfile.TemporaryDirectory(prefix="sourcier-wp-") as name, _database(Path(name)) as database:
        folder = Path(name) / "site"
        shutil.copytree(_PACKAGE, folder, ignore_dangling_symlinks=True)
        port = _free_port()
        address = f"http://127.0.0.1:{port}"
        (folder / "wp-config.php").write_text(_CONFIG.format(socket=database, address=address), encoding="utf-8")
        site = Site(folder, address)
        site.order("install", title="Le Journal d’essai", language="fr_FR")
        site.order(
            options={"template": variant.theme, "stylesheet": variant.theme, "timezone_string": variant.timezone},
            permalinks=variant.permalinks,
            delete=[{"id": number, "force": True} for number in (1, 2)],  # WordPress's own first post and page
        )
        if not variant.rest:
            site.close_rest()
        command = ["php", "-S", f"127.0.0.1:{port}", "-t", str(folder), str(_HERE / "router.php")]
        with _running(command, {"PHP_CLI_SERVER_WORKERS": "4"}):
            _until(lambda: _answers(address))
            yield site


@contextmanager
def _database(folder: Path) -> Iterator[Path]:
    """A MariaDB that only a socket in `folder` reaches."""
    data, place = folder / "db", folder / "db.sock"
    user = ["--user=root"] if os.geteuid() == 0 else []
    common = ["--no-defaults", f"--datadir={data}", *user]
    made = ["mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(made, check=True, capture_output=True)
    server = ["mariadbd", *common, f"--socket={place}", "--skip-networking", f"--pid-file={folder / 'db.pid'}"]
    ask = ["mariadb", "--no-defaults", f"--socket={place}", "-uroot", "-e"]
    with _running(server, {}):
        _until(lambda: subprocess.run([*ask, "SELECT 1"], capture_output=True, check=False).returncode == 0)
        subprocess.run([*ask, "CREATE DATABASE essai CHARACTER SET utf8mb4"], check=True)
        yield place


@contextmanager
def _running(command: list[str], more: dict[str, str]) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, env={**os.environ, **more}, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, 15)
        process.wait(_PATIENCE_SECONDS)


def _until(ready: Any) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not ready():
        if time.monotonic() > end:
            raise SystemExit("the server does not start")
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/", timeout=_PATIENCE_SECONDS) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measured(variant: Variant) -> dict[str, Any]:
    """Everything about one variant."""
    with wordpress(variant) as site, tempfile.TemporaryDirectory(prefix="sourcier-real-") as name:
        data = Path(name)
        posts, closed = published(_POSTS), hidden()
        made = site.add(posts)
        secret = site.add(closed)
        source = Source(
            name="wp", kind="wordpress", url=f"{site.address}/", publisher="Le Journal d’essai", delay_seconds=0,
            allow_private=True, hosts=(site.address.removeprefix("http://"),), selectors=MappingProxyType({}),
        )  # fmt: skip
        began = time.monotonic()
        first = collect(source, data)
        seconds = round(time.monotonic() - began, 1)
        forbidden = [one.blocks[0] for one in closed] + [one.slug for one in closed]
        forbidden += [each["link"] for each in secret.values()]
        files = [made[one.slug]["file"] for one in posts if one.pdf]
        result = figures(documents(data), [_expected(one, made) for one in posts], files, forbidden)
        again = collect(source, data)
        return {
            "variant": asdict(variant),
            "seconds": seconds,
            "first": counts(first),
            **result,
            "second_run": {**counts(again), "bodies_downloaded": len(again.downloaded)},
            "changes": _changed(site, source, data, made, posts),
        }


def _changed(site: Site, source: Source, data: Path, made: dict[str, Any], posts: list[Publication]) -> dict[str, Any]:
    """Three edits, five deletions of every sort, three additions; then two days later."""
    ids = [made[one.slug]["id"] for one in posts]
    edits = [
        {"ID": ids[0], "post_title": "Un autre titre, corrigé"},
        {"ID": ids[1], "post_content": posts[1].body.replace("Référence", "Rectificatif et référence")},
        {"ID": ids[2], "post_content": posts[2].body + "<p>Mise au point : le chiffre est connu.</p>"},
    ]
    hiding = [{"ID": ids[3], "post_status": "private"}, {"ID": ids[4], "post_status": "draft"},
              {"ID": ids[6], "post_password": "secret"}]  # fmt: skip
    deleted = [{"id": ids[7], "force": False}, {"id": ids[8], "force": True}]
    site.order(update=[*edits, *hiding], delete=deleted)
    site.add(published(3, start=_POSTS))
    noticed = collect(source, data)
    a_day_passes(data)
    later = collect(source, data)
    return {
        "asked": {"edited": len(edits), "removed": len(hiding) + len(deleted), "added": 3},
        "noticed": counts(noticed),
        "two_days_later": counts(later),
    }


def _expected(one: Publication, made: dict[str, Any]) -> Expected:
    return Expected(
        url=made[one.slug]["link"], title=one.title, published=one.date[:10], text="\n\n".join(one.blocks),
        unwanted=one.unwanted,
    )  # fmt: skip


def main() -> int:
    """Print the figures of every variant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true", help="apt-get what is needed first")
    parser.add_argument("--only", metavar="NAME", help="one variant")
    args = parser.parse_args()
    if args.install:
        subprocess.run(["apt-get", "-qq", "update"], check=True)
        apt = ["apt-get", "-qq", "install", "--yes", "--no-install-recommends", *PACKAGES]
        subprocess.run(apt, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdout=sys.stderr)
    if not (_PACKAGE / "wp-load.php").is_file():
        print(f"WordPress is missing: apt-get install {' '.join(PACKAGES)}", file=sys.stderr)  # noqa: T201
        return 2
    chosen = [one for one in VARIANTS if args.only in (None, one.name)]
    print(json.dumps([measured(one) for one in chosen], ensure_ascii=False, indent=1))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
