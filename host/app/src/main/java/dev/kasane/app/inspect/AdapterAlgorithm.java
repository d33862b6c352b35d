package dev.kasane.app.inspect;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What a module's parameters say about the kind of adapter; the names are those of the community. */
enum AdapterAlgorithm {
  LORA("lora", List.of(Names.LORA_DOWN, Names.LORA_UP), List.of(Names.LORA_DOWN)),
  LOHA("loha", List.of("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"), List.of("hada_w1_b")),
  LOKR("lokr", List.of("lokr_w1(?:_a)?", "lokr_w2(?:_a)?"), List.of("lokr_w2_b", "lokr_w1_b")),
  GLORA("glora", List.of("a1\\.weight", "a2\\.weight", "b1\\.weight", "b2\\.weight"), List.of()),
  OFT("oft", List.of("oft_blocks|oft_diag|oft_[rR](?:\\..+)?"), List.of()),
  IA3("ia3", List.of("on_input|ia3_l(?:\\..+)?"), List.of()),
  FULL("full", List.of("diff"), List.of()),
  NORM("norm", List.of("w_norm"), List.of());

  private static final Pattern DORA = Pattern.compile("dora_scale|lora_magnitude_vector.*");

  private final String id;
  private final List<Pattern> needed;
  private final List<Pattern> withRank;

  AdapterAlgorithm(String id, List<String> needed, List<String> withRank) {
    this.id = id;
    this.needed = needed.stream().map(Pattern::compile).toList();
    this.withRank = withRank.stream().map(Pattern::compile).toList();
  }

  /** Spellings of LoRA's two factors: kohya's, those of diffusers, PEFT's and cloneofsimo's. */
  private static final class Names {
    static final String LORA_DOWN =
        "(?:lora_down|lora\\.down|lora_linear_layer\\.down)\\.weight|lora_A(?:\\.\\w+)?\\.weight|down";
    static final String LORA_UP =
        "(?:lora_up|lora\\.up|lora_linear_layer\\.up)\\.weight|lora_B(?:\\.\\w+)?\\.weight|up";
  }

  /** The algorithm of a module with these parameters, even if some that it needs are missing. */
  static Optional<AdapterAlgorithm> of(Map<String, StoredTensor> parameters) {
    return Arrays.stream(values())
        .filter(each -> each.needed.stream().anyMatch(name -> find(name, parameters).isPresent()))
        .findFirst();
  }

  /** The name, which is {@code dora} where a LoRA has a magnitude of its own. */
  String id(Map<String, StoredTensor> parameters) {
    boolean magnitude = find(DORA, parameters).isPresent();
    return !magnitude ? id : this == LORA ? "dora" : "dora-" + id;
  }

  /** Whether every parameter that the algorithm needs is there. */
  boolean isComplete(Map<String, StoredTensor> parameters) {
    return needed.stream().allMatch(name -> find(name, parameters).isPresent());
  }

  /** The inner dimension, where the algorithm has one. */
  OptionalLong rank(Map<String, StoredTensor> parameters) {
    return withRank.stream().map(name -> find(name, parameters)).flatMap(Optional::stream)
        .mapToLong(tensor -> tensor.size(0)).filter(rank -> rank >= 0).findFirst();
  }

  /** Whether the two factors of a LoRA have the same rank; true of everything else. */
  boolean ranksAgree(Map<String, StoredTensor> parameters) {
    if (this != LORA || !isComplete(parameters)) {
      return true;
    }
    return find(needed.get(0), parameters).orElseThrow().size(0)
        == find(needed.get(1), parameters).orElseThrow().size(1);
  }

  private static Optional<StoredTensor> find(Pattern name, Map<String, StoredTensor> parameters) {
    return parameters.entrySet().stream().filter(entry -> name.matcher(entry.getKey()).matches())
        .map(Map.Entry::getValue).findFirst();
  }
}
