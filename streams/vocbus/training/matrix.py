"""Texts as the sparse matrix that the heads are fitted on: the model's own features, counted and smoothed."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, diags

from vocbus.pipeline.clauses import BITS, features
from vocbus.pipeline.model import SMOOTHING


def matrix(texts: Sequence[str]) -> csr_matrix:
    """One row a text, one column a feature; counts over the root of the smoothed size, as `model.value` has it."""
    found = features(texts)
    row = found.text[found.clause]
    counts = csr_matrix(
        (np.ones(len(row), np.float64), (row, found.feature)), shape=(len(texts), 1 << BITS), dtype=np.float64
    )
    counts.sum_duplicates()
    return diags(1 / np.sqrt(sizes(counts) + SMOOTHING)).dot(counts).tocsr()


def sizes(counts: csr_matrix) -> np.ndarray:
    """Features of each row."""
    return np.asarray(counts.sum(axis=1)).ravel()
