package dev.kasane.plugin.peft;

import dev.kasane.core.lowrank.LoraNames;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The kinds of adapter that are understood, by PEFT's {@code peft_type}. */
enum PeftType {
  /** W + scale·B·A, with or without magnitudes. */
  LORA("lora_alpha", List.of(LoraNames.DOWN, LoraNames.TABLE_A)),
  /** Hadamard product of two low-rank products. */
  LOHA("alpha", List.of("hada_w1_b")),
  /** Kronecker product, its second factor in low rank or whole. */
  LOKR("alpha", List.of("lokr_w2_b", "lokr_w1_b"));

  private static final List<Set<String>> LORA_PARAMETERS =
      List.of(Set.of(LoraNames.DOWN, LoraNames.UP, LoraNames.MAGNITUDE),
          Set.of(LoraNames.DOWN, LoraNames.UP, LoraNames.UP_BIAS));

  private final String alphaKey;
  private final List<String> rankTensors;

  PeftType(String alphaKey, List<String> rankTensors) {
    this.alphaKey = alphaKey;
    this.rankTensors = rankTensors;
  }

  /** The configuration's key for alpha. */
  String alphaKey() {
    return alphaKey;
  }

  /** The parameters whose first axis is the rank, the first that a layer has counts. */
  List<String> rankTensors() {
    return rankTensors;
  }

  static Optional<PeftType> named(String text) {
    return Arrays.stream(values()).filter(each -> each.name().equals(text)).findFirst();
  }

  static String names() {
    return Arrays.stream(values()).map(PeftType::name).collect(Collectors.joining(", "));
  }

  /** The kind that a layer's neutral parameters are, or nothing when PEFT has no such kind. */
  static Optional<PeftType> ofParameters(Set<String> names) {
    if (LORA_PARAMETERS.stream().anyMatch(each -> each.containsAll(names))
        && names.containsAll(Set.of(LoraNames.DOWN, LoraNames.UP))
        || names.equals(Set.of(LoraNames.TABLE_A, LoraNames.TABLE_B))) {
      return Optional.of(LORA);
    } else if (!names.isEmpty() && names.stream().allMatch(name -> name.matches("hada_(w[12]_[ab]|t[12])"))) {
      return Optional.of(LOHA);
    }
    boolean kronecker = !names.isEmpty()
        && names.stream().allMatch(name -> name.matches("lokr_(w[12](_[ab])?|t2)"));
    return kronecker ? Optional.of(LOKR) : Optional.empty();
  }
}
