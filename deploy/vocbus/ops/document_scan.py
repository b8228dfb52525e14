"""All documents of some indices, read from a point in time."""

from collections.abc import Iterator, Mapping
from typing import Any

from elasticsearch import Elasticsearch

#: Documents of one page; the most that Elasticsearch gives by default (index.max_result_window).
_PAGE = 10_000
_KEEP_ALIVE = "2m"


def scan(
    client: Elasticsearch,
    pattern: str,
    *,
    query: Mapping[str, Any] | None = None,
    source: bool | Mapping[str, Any] = False,
    page: int = _PAGE,
) -> Iterator[Mapping[str, Any]]:
    """Hits of the indices that match, also of documents written a moment ago: `_id`, `_index` and, unless `source` is
    False, `_source`, whole or as {"includes": […]} has it. `page` is how many are asked for at once.

    Raises ApiError or TransportError of elasticsearch-py.
    """
    client.indices.refresh(index=pattern, allow_no_indices=True)
    if not client.indices.get_alias(index=pattern, allow_no_indices=True):
        return
    pit = client.open_point_in_time(index=pattern, keep_alive=_KEEP_ALIVE)["id"]
    try:
        after = None
        while True:
            found = client.search(
                pit={"id": pit, "keep_alive": _KEEP_ALIVE},
                size=page,
                query=query,
                source=source,
                sort=["_shard_doc"],
                track_total_hits=False,
                search_after=after,
            )
            pit, hits = found["pit_id"], found["hits"]["hits"]
            if not hits:
                return
            yield from hits
            after = hits[-1]["sort"]
    finally:
        client.close_point_in_time(id=pit)
