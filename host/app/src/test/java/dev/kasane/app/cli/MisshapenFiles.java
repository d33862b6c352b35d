package dev.kasane.app.cli;

import dev.kasane.app.inspect.AdapterFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files whose header agrees with their data, but whose tensors fit neither one another nor, some of them, a layer of
 * Stable Diffusion 1.x.
 *
 * @param name what is wrong
 * @param inspected whether it can be seen without knowing the base or the method
 * @param tensors as {@link AdapterFiles} writes them
 */
record MisshapenFiles(String name, boolean inspected, String... tensors) {
  private static final String Q = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.";
  private static final String CONV = "lora_unet_down_blocks_0_resnets_0_conv1.";

  static Stream<MisshapenFiles> all() {
    return Stream.of(
        seen("ranks differ", Q + "lora_down.weight 640,2", Q + "lora_up.weight 320,4", Q + "alpha"),
        seen("up of one axis", Q + "lora_down.weight 1,320", Q + "lora_up.weight 320"),
        seen("up of one axis and another length", Q + "lora_down.weight 4,320", Q + "lora_up.weight 701"),
        seen("down of one axis under a core", CONV + "lora_down.weight 381", CONV + "lora_up.weight 320,2,1,1",
            CONV + "lora_mid.weight 2,2,3,3"),
        seen("rank 0", Q + "lora_down.weight 0,320", Q + "lora_up.weight 320,0"),
        seen("half of a pair", Q + "lora_down.weight 4,320"),
        seen("alpha of two numbers", Q + "lora_down.weight 4,320", Q + "lora_up.weight 320,4", Q + "alpha 2"),
        unseen("core of another rank", CONV + "lora_down.weight 2,320,1,1", CONV + "lora_up.weight 320,2,1,1",
            CONV + "lora_mid.weight 3,3,3,3"),
        unseen("core of two axes", CONV + "lora_down.weight 2,320,1,1", CONV + "lora_up.weight 320,2,1,1",
            CONV + "lora_mid.weight 4,9"),
        unseen("magnitudes of no axis", Q + "lora_down.weight 4,320", Q + "lora_up.weight 320,4",
            Q + "dora_scale 7,1"),
        unseen("second product of another size", Q + "hada_w1_a 320,2", Q + "hada_w1_b 2,320", Q + "hada_w2_a 320,2",
            Q + "hada_w2_b 2,319"),
        unseen("both sides twice", Q + "lokr_w1 4,4", Q + "lokr_w2 80,80", Q + "lokr_w2_a 80,2",
            Q + "lokr_w2_b 2,80"),
        unseen("blocks that are no squares", Q + "oft_blocks 8,40,39"),
        unseen("one layer twice", Q + "lora_down.weight 4,320", Q + "lora_up.weight 320,4",
            "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.lora_down.weight 2,320",
            "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.lora_up.weight 320,2"),
        seen("one layer under two prefixes",
            "lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight 4,768",
            "lora_te_text_model_encoder_layers_0_mlp_fc1.lora_up.weight 3072,4",
            "lora_te1_text_model_encoder_layers_0_mlp_fc1.alpha"),
        unseen("a word of three axes", Q + "lora_down.weight 4,320", Q + "lora_up.weight 320,4",
            BadFiles.WORD + " 1,2,768"),
        unseen("a word that is one number", Q + "lora_down.weight 4,320", Q + "lora_up.weight 320,4",
            BadFiles.WORD));
  }

  private static MisshapenFiles seen(String name, String... tensors) {
    return new MisshapenFiles(name, true, tensors);
  }

  private static MisshapenFiles unseen(String name, String... tensors) {
    return new MisshapenFiles(name, false, tensors);
  }

  Path write(Path folder) throws IOException {
    return AdapterFiles.writeRandom(folder.resolve("misshapen.safetensors"), tensors);
  }

  /** Whether it is a learned word that is wrong, which is for prompts and no matter of layers. */
  boolean isOfWords() {
    return name.startsWith("a word");
  }

  /** Formats that might hold them. */
  static List<String> formats() {
    return List.of("kohya", "diffusers", "peft");
  }

  @Override
  public String toString() {
    return name;
  }
}
