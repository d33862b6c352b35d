package dev.kasane.text.family;

import dev.kasane.core.ModelConfig;
import dev.kasane.text.model.DecoderConfig;
import java.util.List;
import java.util.stream.IntStream;

/** Qwen 2 and 2.5 (Yang et al. 2024): Llama with biases on queries, keys and values. */
final class Qwen2Family implements Family {
  @Override
  public List<String> architectures() {
    return List.of("Qwen2ForCausalLM");
  }

  @Override
  public List<String> modelTypes() {
    return List.of("qwen2");
  }

  @Override
  public DecoderConfig read(ModelConfig json) {
    return new LlamaLike("qwen2", true, false, windows(json)).read(json);
  }

  /** A window, if one is used at all, begins at a certain layer. */
  private static List<Integer> windows(ModelConfig json) {
    if (!json.flag("use_sliding_window", false)) {
      return LlamaLike.noWindows(json);
    }
    int window = json.integer("sliding_window", 4096);
    List<String> types = json.texts("layer_types");
    double first = json.number("max_window_layers", 28);
    return IntStream.range(0, json.integer("num_hidden_layers"))
        .mapToObj(layer -> LayerTypes.isWindowed(types, layer, layer >= first) ? window : 0).toList();
  }
}
