"""How often NEAT does what."""

from dataclasses import dataclass

from fer_jax.cppn.names import ACTIVATION_NAMES


@dataclass(frozen=True)
class Rates:
    """Chances of mutations, and their sizes; hashable, so static in jit.

    One offspring is changed in one way, as in the original program of NEAT: in its structure, or in
    its activations, or else in its weights.

    Attributes:
        add_node: chance that an offspring's link is split by a new node.
        add_link: chance that it gets a new link instead.
        remove_link: chance that it loses one instead.
        mutate_activations: chance that its activations change instead.
        mutate_weights: chance that its weights move, where none of these happens.
        each_weight: chance that each of them moves then.
        replace_weight: chance that one that moves is drawn anew.
        weight_step: how far a weight moves: at most, uniformly, or as the standard deviation of a
            normal step.
        normal_step: whether the step is normal.
        weight_range: most of a weight that is drawn anew, either side of 0, uniformly.
        weight_limit: most of any weight, either side of 0.
        each_activation: chance that each hidden node takes another activation, if any do.
        activations: from which those of new nodes are drawn.
        keeps_split_link: whether a link that is split goes on counting beside the two that lead
            over the new node, whose weights are drawn anew then.
        average: chance that a child takes the mean of the weights of genes that both parents have.
        stays_disabled: chance that a gene counts no more that does not count in either parent.
        disjoint_factor: of genes that only one of two genomes has, in their distance.
        weight_factor: of the mean difference of the weights of the others.
        small_genome: links below which the number of genes does not lessen a distance.
    """

    add_node: float = 0.03
    add_link: float = 0.05
    remove_link: float = 0.0
    mutate_activations: float = 0.0
    mutate_weights: float = 0.8
    each_weight: float = 1.0
    replace_weight: float = 0.1
    weight_step: float = 0.5
    normal_step: bool = False
    weight_range: float = 3.0
    weight_limit: float = 8.0
    each_activation: float = 0.05
    activations: tuple[str, ...] = ("gaussian", "sigmoid", "sin", "cos", "identity")
    keeps_split_link: bool = False
    average: float = 0.4
    stays_disabled: float = 0.75
    disjoint_factor: float = 1.0
    weight_factor: float = 0.4
    small_genome: int = 20

    @property
    def kinds(self) -> tuple[int, ...]:
        """The activations' places in `ACTIVATION_NAMES`."""
        return tuple(ACTIVATION_NAMES.index(name) for name in self.activations)
