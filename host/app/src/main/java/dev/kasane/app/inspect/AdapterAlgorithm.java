package dev.kasane.app.inspect;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What a module's parameters say about the kind of adapter; the names are those of the community. The first
 * whose sign occurs is the module's: LoRA before {@code full}, because one module may have both.
 */
enum AdapterAlgorithm {
  ADALORA("adalora", List.of("lora_E(?:\\.\\w+)?"), List.of("lora_E(?:\\.\\w+)?")),
  LORA("lora", List.of(Names.LORA_DOWN, Names.LORA_UP), List.of(Names.LORA_DOWN)),
  LOHA("loha", List.of("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"), List.of("hada_w1_b")),
  LOKR("lokr", List.of("lokr_w1(?:_a)?", "lokr_w2(?:_a)?"), List.of("lokr_w2_b", "lokr_w1_b")),
  GLORA("glora", List.of(Names.GLORA_A1, "a2\\.weight", "b1\\.weight", "b2\\.weight"),
      List.of(Names.GLORA_A1)),
  DIAG_OFT("diag-oft", List.of("oft_blocks|oft_diag"), List.of()),
  OFT("oft", List.of("oft_[rR](?:\\..+)?"), List.of()),
  BOFT("boft", List.of("boft_R(?:\\..+)?"), List.of()),
  IA3("ia3", List.of("on_input|ia3_l(?:\\..+)?"), List.of()),
  VERA("vera", List.of("vera_lambda_b(?:\\..+)?", "vera_lambda_d(?:\\..+)?"), List.of()),
  FULL("full", List.of("diff(?:_b)?"), List.of()),
  NORM("norm", List.of("w_norm"), List.of()),
  /** Weights in the place of the base's, of which an update has no other parameters. */
  WHOLE("whole", List.of("weight|bias|set_weight"), List.of());

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
    static final String LORA_DOWN = "(?:lora_down|lora\\.down|lora_linear_layer\\.down)\\.weight"
        + "|lora_A(?:(?:\\.\\w+)?\\.weight)?|lora_embedding_A(?:\\.\\w+)?|down";
    static final String LORA_UP = "(?:lora_up|lora\\.up|lora_linear_layer\\.up)\\.weight"
        + "|lora_B(?:(?:\\.\\w+)?\\.weight)?|lora_embedding_B(?:\\.\\w+)?|up";
    static final String GLORA_A1 = "a1\\.weight";
  }

  /** The algorithm of a module with these parameters, even if some that it needs are missing. */
  static Optional<AdapterAlgorithm> of(Map<String, StoredTensor> parameters) {
    return Arrays.stream(values())
        .filter(each -> each.needed.stream().anyMatch(name -> find(name, parameters).isPresent()))
        .findFirst();
  }

  /**
   * The name: {@code locon} for a LoRA of a spatial convolution, {@code boft} for stacked OFT blocks,
   * {@code dora} or {@code dora-loha} where there is a magnitude beside the direction.
   */
  String id(Map<String, StoredTensor> parameters) {
    String plain = this == LORA && isSpatial(parameters) ? "locon"
        : this == DIAG_OFT && isStacked(parameters) ? BOFT.id : id;
    boolean magnitude = find(DORA, parameters).isPresent();
    return !magnitude ? plain : this == LORA ? "dora" : "dora-" + plain;
  }

  private boolean isSpatial(Map<String, StoredTensor> parameters) {
    return parameters.containsKey("lora_mid.weight")
        || find(needed.get(0), parameters).filter(down -> down.size(2) > 1).isPresent();
  }

  private static boolean isStacked(Map<String, StoredTensor> parameters) {
    StoredTensor blocks = parameters.get("oft_blocks");
    return blocks != null && blocks.shape().size() == 4;
  }

  /** Whether every parameter that the algorithm needs is there. */
  boolean isComplete(Map<String, StoredTensor> parameters) {
    return needed.stream().allMatch(name -> find(name, parameters).isPresent());
  }

  /** The inner dimension, where the algorithm has one. */
  OptionalLong rank(Map<String, StoredTensor> parameters) {
    return withRank.stream().map(name -> find(name, parameters)).flatMap(Optional::stream)
        .mapToLong(this::rankOf).filter(rank -> rank >= 0).findFirst();
  }

  /** GLoRA's first factor was once stored the other way round; its rank is the shorter side. */
  private long rankOf(StoredTensor tensor) {
    return this == GLORA ? Math.min(tensor.size(0), tensor.size(1)) : tensor.size(0);
  }

  /** Whether the two factors of a LoRA have the same rank; true of everything else. */
  boolean ranksAgree(Map<String, StoredTensor> parameters) {
    if (this != LORA || !isComplete(parameters)) {
      return true;
    }
    StoredTensor down = find(needed.get(0), parameters).orElseThrow();
    StoredTensor up = find(needed.get(1), parameters).orElseThrow();
    return down.size(0) == up.size(1);
  }

  /** Whether the factors have as many axes as factors of a layer have: two, or four for a convolution. */
  boolean axesFit(Map<String, StoredTensor> parameters) {
    return this != LORA || needed.stream().map(name -> find(name, parameters)).flatMap(Optional::stream)
        .allMatch(factor -> factor.shape().size() == 2 || factor.shape().size() == 4);
  }

  private static Optional<StoredTensor> find(Pattern name, Map<String, StoredTensor> parameters) {
    return parameters.entrySet().stream().filter(entry -> name.matcher(entry.getKey()).matches())
        .map(Map.Entry::getValue).findFirst();
  }
}
