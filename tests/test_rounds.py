"""Rounds that outlive a run: budgets, nights, busy sites, kill -9; several hosts; what is withdrawn, and when."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from collecting import article, collect, listing, source
from loopback import FakeClock, Loopback, Reply, Request, drop_connection, page

from corpus.archive import Archive
from corpus.errors import DiskFull
from corpus.store import Store
from evals.crawl import kill
from ingest.catalogue import Source
from ingest.fetch import Fetcher
from ingest.run import by_host, run

NAMES = tuple("abcdef")


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback() as server:
        server.answers["/robots.txt"] = Reply(status=404)
        server.answers["/"] = listing(*NAMES)
        for name in NAMES:
            server.answers[f"/{name}"] = article(f"Titre {name}")
        yield server


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    with Store.open(data, create=True, write=True) as opened:
        yield opened


def asked(site: Loopback) -> Counter[str]:
    """Pages asked for so far, the listing left out."""
    return Counter(path for path in site.paths if path != "/")


# Rounds.


def test_a_budget_is_spread_over_runs_and_no_page_is_asked_for_twice(site: Loopback, store: Store, data: Path) -> None:
    stops = []
    for _ in range(3):
        events, report = collect(store, data, source(site), budget=2)
        (one,) = report.sources
        stops.append((one.new, one.resumed, one.waiting, one.stopped))
    assert stops == [(2, 0, 4, "budget"), (2, 2, 2, "budget"), (2, 4, 0, "")]
    assert asked(site) == {f"/{name}": 1 for name in NAMES}
    assert site.paths.count("/") == 1  # the listing was read a moment ago
    assert [event.detail for event in events if event.what == "resumed"] == ["2"]
    collect(store, data, source(site))  # a new round
    assert asked(site) == {f"/{name}": 2 for name in NAMES}


def test_an_old_listing_is_read_again_for_what_is_new(site: Loopback, store: Store, data: Path) -> None:
    collect(store, data, source(site, pages_per_run=4), day=1)
    site.answers["/"] = listing("neuf", *NAMES)
    site.answers["/neuf"] = article("Neuf")
    _, report = collect(store, data, source(site), day=3)
    assert report.total("new") == 3
    assert asked(site) == {f"/{name}": 1 for name in (*NAMES, "neuf")}


def test_sites_are_left_alone_outside_their_hours(site: Loopback, store: Store, data: Path) -> None:
    nightly = source(site, hours="22-06")
    _, report = collect(store, data, nightly, time="21:59")
    assert (report.sources[0].stopped, site.requests) == ("hours", [])
    _, report = collect(store, data, nightly, time="23:00")
    assert report.total("new") == len(NAMES)


def test_the_night_ends_in_the_middle_of_a_run(site: Loopback, store: Store, data: Path) -> None:
    clock = FakeClock("2026-11-22T05:59:00Z")

    def last_one(request: Request) -> Reply:
        clock.time = "2026-11-22T06:00:00Z"
        return article("Titre b")

    site.answers["/b"] = last_one
    with Fetcher("Sourcier/0.1", clock=clock) as fetcher:
        *_, done = run([source(site, hours="22-06")], store, Archive(data), fetcher, clock=clock)
    assert done.report is not None
    (one,) = done.report.sources
    assert (one.new, one.waiting, one.stopped) == (2, 4, "hours")


def test_a_site_that_asks_for_time_gets_it(site: Loopback, store: Store, data: Path) -> None:
    site.answers["/b"] = Reply(status=503, headers={"Retry-After": "86400"})
    _, report = collect(store, data, source(site))
    assert (report.total("new"), report.sources[0].waiting, report.sources[0].stopped) == (1, 4, "busy")
    assert set(asked(site)) == {"/a", "/b"}
    _, report = collect(store, data, source(site))  # it is not in the way of the others
    assert (report.total("new"), report.sources[0].stopped) == (4, "")


def test_a_site_that_does_not_answer_is_given_up_and_taken_up_again(site: Loopback, store: Store, data: Path) -> None:
    many = [f"p{number}" for number in range(12)]
    site.answers["/"] = listing(*many)
    for name in many:
        site.raw[f"/{name}"] = drop_connection
    _, report = collect(store, data, source(site))
    assert (report.total("failed"), report.sources[0].waiting, report.sources[0].stopped) == (5, 7, "unreachable")
    for name in many:
        del site.raw[f"/{name}"]
        site.answers[f"/{name}"] = article(name)
    _, report = collect(store, data, source(site))
    assert (report.total("new"), report.sources[0].waiting) == (7, 0)


def test_after_kills_the_round_goes_on_where_it_was() -> None:
    result = kill(pages=40, kills=2, seed=3)
    assert (result.lost, result.twice) == (0, 0)
    assert list(result.kept) == sorted(result.kept)


# Several hosts.


def other(site: Loopback, name: str, **values: Any) -> Source:
    return replace(source(site, **values), name=name)


def test_hosts_are_collected_side_by_side(site: Loopback, store: Store, data: Path) -> None:
    """Each of two sites answers only once the other has been asked: one after the other, both would time out."""
    met = threading.Barrier(2, timeout=20)

    def together(request: Request) -> Reply:
        met.wait()
        return listing("a")

    with Loopback() as second:
        second.answers["/robots.txt"] = Reply(status=404)
        site.answers["/"] = second.answers["/"] = together
        second.answers["/a"] = article("Autre")
        events, report = collect(store, data, other(site, "un"), other(second, "deux"))
    assert [one.name for one in report.sources] == ["un", "deux"]
    assert report.total("new") == 2
    assert {document.id for document in store.current()} == {"un/a", "deux/a"}
    assert Counter(event.what for event in events)["ended"] == 2


def test_sources_of_one_host_wait_for_each_other() -> None:
    def at(name: str, *hosts: str) -> Source:
        return Source(name=name, kind="rss", url="http://x/", hosts=hosts)

    sources = [at("a", "x.bf", "www.x.bf"), at("b", "y.bf"), at("c", "www.y.bf", "z.bf"), at("d", "z.bf"), at("e")]
    assert [[one.name for one in group] for group in by_host(sources)] == [["a"], ["b", "c", "d"], ["e"]]


def test_what_stops_one_thread_stops_them_all(site: Loopback, data: Path) -> None:
    class Full(Archive):
        def write(self, **_: Any) -> bool:
            raise DiskFull("full", path=str(data))

    with Store.open(data, create=True, write=True) as store, Loopback() as second:
        second.answers["/robots.txt"] = Reply(status=404)
        second.answers["/"] = listing("a")
        clock = FakeClock()
        with Fetcher("Sourcier/0.1", clock=clock) as fetcher, pytest.raises(DiskFull):
            list(run([other(site, "un"), other(second, "deux")], store, Full(data), fetcher, clock=clock))


def test_a_stopped_run_of_several_hosts_is_said_to_be_interrupted(site: Loopback, store: Store, data: Path) -> None:
    with Loopback() as second, Fetcher("Sourcier/0.1", clock=FakeClock()) as fetcher:
        second.answers["/robots.txt"] = Reply(status=404)
        second.answers["/"] = listing("a")
        events = run([other(site, "un"), other(second, "deux")], store, Archive(data), fetcher, clock=FakeClock())
        while next(events).what != "stored":
            pass
        events.close()
    assert store.runs()[0]["interrupted"] is True
    collect(store, data, other(site, "un"), other(second, "deux"))
    assert sum(document.source == "un" for document in store.current()) == len(NAMES)


# What is withdrawn.


def rest(site: Loopback, *names: str, modified: str = "2025-03-27T10:00:00") -> None:
    """The site is a WordPress with these posts."""
    posts = [
        {"id": 1, "link": f"{site.address}/{name}", "date": "2025-03-27T09:00:00", "modified": modified,
         "title": {"rendered": f"Titre {name}"}, "status": "publish", "type": "post", "content": {"protected": False}}
        for name in names
    ]  # fmt: skip
    fields = "id,link,date,modified,title,status,type,content.protected,categories,_links.wp:attachment"
    site.answers[f"/wp-json/wp/v2/posts?per_page=100&page=1&_fields={fields}"] = Reply(
        json.dumps(posts).encode(), headers={"Content-Type": "application/json", "X-WP-TotalPages": "1"}
    )


def test_what_a_whole_listing_names_no_longer_is_withdrawn_a_day_later(
    site: Loopback, store: Store, data: Path
) -> None:
    blog = site.source("wordpress")
    rest(site, *NAMES)
    collect(store, data, blog, day=1)
    rest(site, *NAMES[1:])  # no longer listed; the page still answers
    assert collect(store, data, blog, day=2)[1].total("gone") == 1
    assert collect(store, data, blog, day=2, time="23:00")[1].total("withdrawn") == 0
    assert collect(store, data, blog, day=3)[1].total("withdrawn") == 1
    assert store.withdrawals() == {"site/a": "2026-11-03T10:00:00Z"}
    rest(site, *NAMES)
    _, report = collect(store, data, blog, day=4)
    assert (report.total("restored"), store.withdrawals()) == (1, {})


def test_an_address_that_leads_to_another_publication_now_is_gone_not_edited(
    site: Loopback, store: Store, data: Path
) -> None:
    """WordPress redirects the address of a deleted post to the one whose name is nearest."""
    collect(store, data, source(site), day=1)
    before = store.get("site/a")
    site.answers["/a"] = Reply(status=301, headers={"Location": "/b"})
    site.answers["/"] = listing(*NAMES[1:])
    _, report = collect(store, data, source(site), day=2)
    assert (report.total("edited"), report.total("gone")) == (0, 1)
    assert collect(store, data, source(site), day=2, time="23:00")[1].total("withdrawn") == 0
    assert collect(store, data, source(site), day=3)[1].total("withdrawn") == 1
    assert (store.get("site/a"), len(store.versions("site/a"))) == (before, 1)


def test_what_is_closed_by_a_password_and_listed_no_longer_is_withdrawn(
    site: Loopback, store: Store, data: Path
) -> None:
    blog = site.source("wordpress")
    rest(site, *NAMES)
    collect(store, data, blog, day=1)
    rest(site, *NAMES[1:])
    site.answers["/a"] = page("<form>Mot de passe :<input type=password></form>")
    found = [collect(store, data, blog, day=day)[1] for day in (2, 4)]
    assert [(one.total("gone"), one.total("withdrawn"), one.total("failed")) for one in found] == [(1, 0, 1), (0, 1, 1)]


def test_what_is_closed_by_a_password_and_still_listed_is_withdrawn_too(
    site: Loopback, store: Store, data: Path
) -> None:
    collect(store, data, source(site), day=1)
    site.answers["/a"] = page("<article><form class=post-password-form><input type=password></form></article>")
    found = [collect(store, data, source(site), day=day)[1] for day in (2, 4)]
    assert [(one.total("gone"), one.total("withdrawn"), one.total("failed")) for one in found] == [(1, 0, 0), (0, 1, 0)]
    site.answers["/a"] = article("Titre a")
    assert collect(store, data, source(site), day=5)[1].total("restored") == 1


def test_a_listing_that_lost_most_of_its_names_withdraws_nothing(site: Loopback, store: Store, data: Path) -> None:
    blog = site.source("wordpress")
    rest(site, *NAMES)
    collect(store, data, blog, day=1)
    rest(site, "a")
    for day in (2, 4):
        events, report = collect(store, data, blog, day=day)
        assert [event.detail for event in events if event.what == "alarm"] == ["1/6"]
        assert (report.total("withdrawn"), report.total("gone")) == (0, 0)


def test_a_list_of_the_latest_withdraws_nothing_by_itself(site: Loopback, store: Store, data: Path) -> None:
    collect(store, data, source(site), day=1)
    site.answers["/"] = listing("f")
    for day in (2, 4):
        assert collect(store, data, source(site), day=day)[1].total("gone") == 0
    site.answers["/"] = listing(*NAMES[1:])
    for day in (6, 8):
        _, report = collect(store, data, source(site, complete=True), day=day)
    assert report.total("withdrawn") == 1


def test_a_clock_that_is_wrong_withdraws_nothing(site: Loopback, store: Store, data: Path) -> None:
    collect(store, data, source(site), day=1)
    gone = Reply(status=404, headers={"Date": "Sun, 01 Nov 2026 12:00:00 GMT"})
    site.answers["/a"] = gone
    assert collect(store, data, source(site), day=1)[1].total("gone") == 1
    _, report = collect(store, data, source(site), day=20)  # the machine says the 20th, the site the 1st
    assert (report.total("withdrawn"), report.sources[0].alarms) == (0, {"clock": 1})
    site.answers["/a"] = Reply(status=410)
    assert collect(store, data, source(site), day=3)[1].total("withdrawn") == 1


def test_a_clock_set_back_starts_the_day_again(site: Loopback, store: Store, data: Path) -> None:
    collect(store, data, source(site), day=20)
    del site.answers["/a"]
    collect(store, data, source(site), day=20)
    assert collect(store, data, source(site), day=2)[1].total("withdrawn") == 0
    assert collect(store, data, source(site), day=4)[1].total("withdrawn") == 1


def test_a_date_to_come_is_an_alarm(site: Loopback, store: Store, data: Path) -> None:
    body = article("Demain").body.replace(b"<h1>", b"<time datetime=2031-01-05>5 janvier 2031</time><h1>")
    site.answers["/a"] = Reply(body, headers={"Content-Type": "text/html"})
    _, report = collect(store, data, source(site, selectors={"item": "a.l", "date": "time"}))
    assert store.get("site/a").published == "2031-01-05"
    assert report.sources[0].alarms == {"future_date": 1}


# What has not changed.


def test_a_page_whose_stamp_has_not_moved_is_not_asked_for(site: Loopback, store: Store, data: Path) -> None:
    blog = site.source("wordpress")
    rest(site, "a", "b")
    collect(store, data, blog, day=1)
    _, report = collect(store, data, blog, day=2)
    assert (report.total("unchanged"), report.total("new"), asked(site)["/a"]) == (2, 0, 1)
    rest(site, "a", "b", modified="2025-03-28T10:00:00")
    site.answers["/a"] = article("Titre a, corrigé")
    _, report = collect(store, data, blog, day=3)
    assert (report.total("edited"), report.total("unchanged"), asked(site)["/a"]) == (1, 1, 2)


def test_stamps_are_not_believed_for_ever(site: Loopback, store: Store, data: Path) -> None:
    blog = site.source("wordpress")
    rest(site, "a")
    collect(store, data, blog, day=1)
    clock = FakeClock("2026-12-24T10:00:00Z")
    site.answers["/a"] = article("Corrigé sans le dire")
    with Fetcher("Sourcier/0.1", clock=clock) as fetcher:
        *_, done = run([blog], store, Archive(data), fetcher, clock=clock)
    assert done.report is not None and done.report.total("edited") == 1
