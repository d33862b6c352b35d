# The objective of language models. See LanguageObjective.java.

# features (rows, tokens, width), places in rows * tokens. Returns (places, width).
def at_places(self, features: Tensor, places: Tensor) -> Tensor:
  return torch.index_select(torch.flatten(features, 0, 1), 0, places)

# Mean cross-entropy of scores (places, vocabulary) against targets (places), computed in float32.
def cross_entropy(self, scores: Tensor, targets: Tensor) -> Tensor:
  return torch.nll_loss(torch.log_softmax(scores, 1, 6), targets, None, 1, -100)
