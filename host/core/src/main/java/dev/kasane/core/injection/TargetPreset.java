package dev.kasane.core.injection;

import dev.kasane.core.spi.TargetLayer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The sets of layers that users ask for by one word. */
enum TargetPreset {
  /** Query, key and value projections of every attention. */
  ATTN_QKV("attn-qkv", Names.QKV),
  /** These and the attentions' output projections: what PEFT, diffusers and kohya train by default. */
  ATTN("attn", Names.QKV, Names.OUTPUT),
  /** These and the feed-forward layers. */
  ATTN_MLP("attn-mlp", Names.QKV, Names.OUTPUT, Names.FEED_FORWARD),
  /** Every linear layer but an output head. */
  ALL_LINEAR("all-linear"),
  /** Every linear layer and convolution but an output head. */
  FULL("full");

  private final String word;
  private final List<String> suffixes;

  @SafeVarargs
  TargetPreset(String word, List<String>... suffixes) {
    this.word = word;
    this.suffixes = Stream.of(suffixes).flatMap(List::stream).toList();
  }

  String word() {
    return word;
  }

  static Optional<TargetPreset> named(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }

  boolean matches(String path, TargetLayer.Kind kind) {
    return switch (this) {
      case ALL_LINEAR -> kind == TargetLayer.Kind.LINEAR && !isHead(path);
      case FULL -> kind.isProduct() && !isHead(path);
      default -> suffixes.stream().anyMatch(suffix -> endsWith(path, suffix));
    };
  }

  /** Whether a path is the name or ends with it at a dot. */
  static boolean endsWith(String path, String name) {
    return path.equals(name) || path.endsWith("." + name);
  }

  private static boolean isHead(String path) {
    return Names.HEADS.stream().anyMatch(head -> endsWith(path, head));
  }

  /** The names of diffusers, CLIP and the Hugging Face language models, in this order. */
  private static final class Names {
    static final List<String> QKV = List.of("to_q", "to_k", "to_v", "q_proj", "k_proj", "v_proj",
        "qkv_proj", "query_key_value", "attn.c_attn", "Wqkv");
    static final List<String> OUTPUT = List.of("to_out.0", "out_proj", "o_proj", "attention.dense",
        "self_attention.dense", "self_attn.dense", "attn.c_proj");
    static final List<String> FEED_FORWARD = List.of("ff.net.0.proj", "ff.net.2", "fc1", "fc2", "gate_proj",
        "up_proj", "down_proj", "gate_up_proj", "dense_h_to_4h", "dense_4h_to_h", "mlp.c_fc", "mlp.c_proj");
    static final List<String> HEADS = List.of("lm_head", "embed_out");
  }
}
