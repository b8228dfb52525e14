"""What is fitted: linear heads, one a decision, over the features of the model.

Deterministic: equal rows give equal weights. The solvers are liblinear's coordinate descent, single threaded, with a
fixed seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVR

from vocbus.pipeline.model import COARSER
from vocbus.training.corpus import Row
from vocbus.training.matrix import matrix

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Kind of decision → label that rows have for it.
LABEL = {"complaint": "COMPLAINT", "feedback": "FEEDBACK", "sales": "SALES_SIGNAL", "inquiry": "INQUIRY"}
#: Inverse strength of the regularisation.
FREEDOM = 1.0
#: What a row of public text counts beside one of the project's own corpus or of a person's correction, by its source.
#: Most of these sources are narrow and would pull the heads toward their own way of speaking.
PUBLIC = {"telemarketing_cn": 1.0, "bitext_cs": 0.5, "fin_eva_ant_insurance": 0.5}
OTHER_PUBLIC = 0.1
#: Talk that has nothing to do with a bank, so that it is taken for nothing.
ELSEWHERE = frozenset({"clinc150", "massive_zh"})
_SEED = 20261124


@dataclass(frozen=True)
class Head:
    """A fitted head: weights of the features and the offset, in log odds (a regression: in its own unit)."""

    weights: Floats
    offset: float

    def __call__(self, rows: csr_matrix) -> Floats:
        return np.asarray(rows.dot(self.weights)).ravel() + self.offset


def classify_head(rows: csr_matrix, yes: Flags, weight: Floats, freedom: float = FREEDOM) -> Head:
    """A logistic regression of yes and no."""
    if not yes.any() or yes.all():
        return Head(np.zeros(rows.shape[1]), -6.0 if not yes.any() else 6.0)
    fitted = LogisticRegression(C=freedom, solver="liblinear", dual=True, random_state=_SEED, max_iter=4000, tol=1e-4)
    fitted.fit(rows, yes, sample_weight=weight)
    return Head(fitted.coef_[0], float(fitted.intercept_[0]))


def regress_head(rows: csr_matrix, target: Floats) -> Head:
    """A linear regression of a number."""
    fitted = LinearSVR(
        C=FREEDOM / 10, epsilon=0.1, loss="squared_epsilon_insensitive", dual=True, random_state=_SEED, max_iter=4000
    )
    fitted.fit(rows, target)
    return Head(fitted.coef_, float(np.ravel(fitted.intercept_)[0]))


@dataclass(frozen=True)
class Sheet:
    """Rows ready for fitting: their features, and what each counts."""

    rows: Sequence[Row]
    features: csr_matrix
    weight: Floats

    def flags(self, head: str) -> tuple[Flags, Flags]:
        """Of a kind or a polarity: which rows say yes, and which say anything."""
        if head in LABEL:
            label = LABEL[head]
            return (
                np.array([label in row.labels for row in self.rows], bool),
                np.array([label in row.known for row in self.rows], bool),
            )
        return (
            np.array([row.polarity == head.upper() for row in self.rows], bool),
            np.array([row.polarity is not None for row in self.rows], bool),
        )


def importance(own: csr_matrix) -> Floats:
    """What a feature weighs before it is fitted: the logarithm of how rare it is, lest common ones drown others."""
    documents = np.asarray((own != 0).sum(axis=0)).ravel()
    rarity: Floats = np.maximum(np.log((own.shape[0] + 1) / (documents + 1)), 0.5)
    return rarity


def sheet(own: Sequence[Row], public: Sequence[Row]) -> tuple[Sheet, Floats]:
    """All rows, the project's own first, and the importance of the features, by which weights are to be multiplied."""
    rows = [*own, *public]
    counts = matrix([row.text for row in rows])
    scale = importance(counts[: len(own)])
    weight = np.array([1.0] * len(own) + [_counts(row) for row in public])
    return Sheet(rows, counts.dot(diags(scale)).tocsr(), weight), scale


def _counts(row: Row) -> float:
    if row.tier == "human" or (row.source in ELSEWHERE and not row.labels and len(row.known) == len(LABEL)):
        return 1.0
    return PUBLIC.get(row.source, OTHER_PUBLIC)


def fitted(data: Sheet, head: str) -> Head:
    """A head of a kind or polarity on all rows."""
    yes, known = data.flags(head)
    return classify_head(data.features[known], yes[known], data.weight[known])


def coarser(features: csr_matrix) -> csr_matrix:
    """The same rows over the features that details are told from."""
    entries = features.tocoo()
    shape = (features.shape[0], features.shape[1] >> COARSER)
    return csr_matrix((entries.data, (entries.row, entries.col >> COARSER)), shape=shape)
