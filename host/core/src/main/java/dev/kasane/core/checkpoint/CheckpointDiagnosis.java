package dev.kasane.core.checkpoint;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Says what a set of tensor names most likely is, so that a wrong file is called by its name. */
public final class CheckpointDiagnosis {
  private record Sign(Predicate<Collection<String>> shows, String meaning) {}

  // The order matters: what is special comes before what it contains.
  private static final List<Sign> SIGNS = List.of(
      new Sign(Collection::isEmpty, "a file without tensors"),
      new Sign(anyContains("lora_", "hada_w", "lokr_w", "oft_blocks", ".dora_scale", "oft_diag"),
          "an adapter (LoRA or kin), which goes on top of a base model and is none itself"),
      new Sign(anyContains("string_to_param", "emb_params"),
          "a textual inversion embedding, which goes on top of a base model and is none itself"),
      new Sign(anyContains(".quant_state.bitsandbytes", ".absmax", ".weight.SCB", ".SCB"),
          "already quantised with bitsandbytes; take the full-precision edition, Kasane quantises it itself"),
      new Sign(anyContains(".qweight", ".qzeros"),
          "already quantised (GPTQ or AWQ); take the full-precision edition, Kasane quantises it itself"),
      new Sign(anyContains("control_model.", "controlnet_cond_embedding", "controlnet_down_blocks"),
          "a ControlNet"),
      new Sign(anyContains("conditioner.embedders.", "add_embedding.", "diffusion_model.label_emb."),
          "Stable Diffusion XL, another architecture than Stable Diffusion 1 or 2"),
      new Sign(anyContains("double_blocks.", "single_transformer_blocks."),
          "FLUX, another architecture than Stable Diffusion 1 or 2"),
      new Sign(anyContains("joint_blocks.", "context_embedder."),
          "Stable Diffusion 3, another architecture than Stable Diffusion 1 or 2"),
      new Sign(anyContains("model.diffusion_model."),
          "a Stable Diffusion checkpoint in its original names (one file for all parts)"),
      new Sign(anyContains("first_stage_model.", "decoder.up_blocks.", "decoder.up."),
          "an autoencoder (VAE)"),
      new Sign(anyContains("down_blocks.", "input_blocks."), "a U-Net"),
      new Sign(anyContains("cond_stage_model.", "text_model.encoder."), "a CLIP text encoder"),
      new Sign(anyContains("model.layers.", "transformer.h.", "gpt_neox.layers."), "a language model"));

  private CheckpointDiagnosis() {}

  private static Predicate<Collection<String>> anyContains(String... parts) {
    return names -> names.stream().anyMatch(name -> List.of(parts).stream().anyMatch(name::contains));
  }

  /**
   * What the tensors with these names are.
   *
   * @param names the names of all tensors
   * @return a phrase that completes "it looks like …", or nothing where no sign is known
   */
  public static Optional<String> describe(Collection<String> names) {
    return SIGNS.stream().filter(sign -> sign.shows().test(names)).map(Sign::meaning).findFirst();
  }
}
