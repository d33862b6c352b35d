package dev.kasane.plugin.kohya;

import ai.djl.ndarray.NDArray;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names under which layers are written, as kohya's scripts do: diffusers' block names for Stable
 * Diffusion 1.x and 2.x, the original block names for XL.
 */
final class WrittenNames {
  private static final Pattern DEEPER = Pattern.compile(".*\\.transformer_blocks\\.[1-9].*|add_embedding\\..*");
  private static final long XL_CONTEXT_WIDTH = 2048;

  private final boolean secondEncoder;
  private final OriginalNames originals;

  /**
   * @param components all parts in the file: with two text encoders the prefix counts them
   * @param xl whether the base is Stable Diffusion XL
   */
  WrittenNames(Set<String> components, boolean xl) {
    secondEncoder = components.contains(Prefixes.TEXT_ENCODER_2);
    originals = xl ? OriginalNames.ofXl() : null;
  }

  /** The names for a model; its metadata, parts and shapes tell whether it is for XL. */
  static WrittenNames of(AdapterModel model) {
    Set<String> components = model.components().keySet();
    List<AdapterModule> unet = model.components().getOrDefault(Prefixes.UNET, List.of());
    return new WrittenNames(components, components.contains(Prefixes.TEXT_ENCODER_2)
        || model.metadata().getOrDefault("ss_base_model_version", "").startsWith("sdxl")
        || unet.stream().anyMatch(WrittenNames::isXl));
  }

  private static boolean isXl(AdapterModule module) {
    return DEEPER.matcher(module.path()).matches() || readsWideContext(module);
  }

  private static boolean readsWideContext(AdapterModule module) {
    NDArray down = module.tensors().get(LoraNames.DOWN);
    return module.path().endsWith("attn2.to_k") && Objects.nonNull(down) && down.getShape().dimension() > 1
        && down.getShape().get(1) == XL_CONTEXT_WIDTH;
  }

  /**
   * The name of a layer.
   *
   * @param component the part of the model
   * @param path the layer's dotted path in it
   * @throws UserException for a part that such files cannot hold
   */
  String of(String component, String path) {
    return switch (component) {
      case Prefixes.UNET -> "lora_unet_" + Prefixes.flattened(block(path));
      case Prefixes.TEXT_ENCODER ->
          (secondEncoder ? "lora_te1_" : "lora_te_") + Prefixes.flattened(Prefixes.rooted(path));
      case Prefixes.TEXT_ENCODER_2 -> "lora_te2_" + Prefixes.flattened(Prefixes.rooted(path));
      default -> throw new UserException("A kohya file holds adapters for a U-Net and its text encoders, not"
          + " for '" + component + "'. Save in another format.");
    };
  }

  private String block(String path) {
    return originals == null ? path : originals.of(path).orElse(path);
  }
}
