package dev.kasane.diffusion.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Text encoder names as transformers writes them, with or without the root {@code text_model.} that early
 * and some late versions leave out.
 */
final class ClipNames implements PartNames {
  private static final String ROOT = "text_model.";
  private static final Set<String> BELOW_ROOT = Set.of("embeddings", "encoder", "final_layer_norm");
  /** Parts of a whole CLIP model that a U-Net does not listen to. */
  private static final Set<String> OTHER_PARTS =
      Set.of("text_projection", "logit_scale", "vision_model", "visual_projection");

  @Override
  public Optional<List<Placed>> place(String stored) {
    String head = stored.split("\\.", 2)[0];
    if (OTHER_PARTS.contains(head)) {
      return Optional.of(List.of());
    }
    if (BELOW_ROOT.contains(head)) {
      return Optional.of(List.of(Placed.as(ROOT + stored)));
    }
    return stored.startsWith(ROOT) ? Optional.of(List.of(Placed.as(stored))) : Optional.empty();
  }
}
