"""The ids of all documents of some indices, read from a point in time."""

from collections.abc import Iterator

from elasticsearch import Elasticsearch

#: Documents of one page; the most that Elasticsearch gives by default (index.max_result_window).
_PAGE = 10_000
_KEEP_ALIVE = "2m"


def document_ids(client: Elasticsearch, pattern: str) -> Iterator[tuple[str, str]]:
    """(id, index) of every document in the indices that match, also of those written a moment ago.

    Raises ApiError or TransportError of elasticsearch-py.
    """
    client.indices.refresh(index=pattern, allow_no_indices=True)
    if not client.indices.get_alias(index=pattern, allow_no_indices=True):
        return
    pit = client.open_point_in_time(index=pattern, keep_alive=_KEEP_ALIVE)["id"]
    try:
        after = None
        while True:
            page = client.search(
                pit={"id": pit, "keep_alive": _KEEP_ALIVE},
                size=_PAGE,
                source=False,
                sort=["_shard_doc"],
                track_total_hits=False,
                search_after=after,
            )
            pit, hits = page["pit_id"], page["hits"]["hits"]
            if not hits:
                return
            for hit in hits:
                yield hit["_id"], hit["_index"]
            after = hits[-1]["sort"]
    finally:
        client.close_point_in_time(id=pit)
