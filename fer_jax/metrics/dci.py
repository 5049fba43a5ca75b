"""Disentanglement as C. Eastwood and C. Williams define it, of links and concepts.

"A framework for the quantitative evaluation of disentangled representations", ICLR 2018. There, the
importance of each dimension of a code for each factor is the share of it in a predictor; here, of
an effective link for a concept of the picture, it is the mean square by which 100% of the link
moves a pixel of the concept: `w^2 J^2`, summed over colours. With p the shares of a link's
importance among the n concepts, its disentanglement is 1 minus the entropy of p to the base n.
Links count by their share of all importance, as in the paper, so that the few with large effects
decide; `spread` asks the same, but counts all that can be seen alike.
"""

import numpy as np
import scipy

from fer_jax.metrics.metric import Metric
from fer_jax.metrics.reading import Undefined
from fer_jax.metrics.view import View


def dci(view: View) -> float:
    """Mean disentanglement of the links, each as far as it is important.

    Args:
        view: of the model.

    Returns:
        From 0 (all concepts alike) to 1 (each link moves one concept alone).

    Raises:
        Undefined: if the picture has fewer than two concepts, or no link moves it.
    """
    count = len(view.scene.concepts)
    if count < 2:
        raise Undefined("the picture is of one piece; two parts are needed, or one and a ground")
    links = view.links
    importance = links.weights**2 * (1.0 - links.carriers) * view.concept_density
    total = importance.sum(axis=0)
    if not total.sum() > 0:
        raise Undefined("no link moves the picture")
    shares = importance / np.where(total > 0, total, 1.0)
    entropy = scipy.special.entr(shares).sum(axis=0) / np.log(count)
    return float(total @ (1.0 - entropy) / total.sum())


METRIC = Metric(
    name="dci",
    version="2",
    kind="report",
    worse="lower",
    range="0 to 1",
    calibration="0: each link moves all concepts alike; 1: each moves one concept",
    needs="a picture of two concepts, one of which may be its background",
    basis_free=True,
    reference="C. Eastwood and C. Williams, ICLR 2018",
    summary=(
        "How far links keep to one concept of the picture each, counted by the size of their "
        "effect (the disentanglement of DCI)."
    ),
    compute=dci,
)
