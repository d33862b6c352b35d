package dev.kasane.text.model;

import dev.kasane.core.UserException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The functions between the layers of a feed-forward. */
public enum Activation {
  /** x·σ(x). */
  SILU("silu", "swish"),
  /** The exact (erf) GELU. */
  GELU("gelu"),
  /** GELU by the hyperbolic tangent (Hendrycks & Gimpel 2016, section 2). */
  GELU_TANH("gelu_pytorch_tanh", "gelu_new", "gelu_fast"),
  /** max(x, 0). */
  RELU("relu"),
  /** x·σ(1.702 x). */
  QUICK_GELU("quick_gelu");

  private final List<String> names;

  Activation(String... names) {
    this.names = List.of(names);
  }

  /**
   * The activation of a configuration's word.
   *
   * @param name the word
   * @param origin the file, for messages
   * @throws UserException when the word means none
   */
  public static Activation named(String name, String origin) {
    return Arrays.stream(values()).filter(each -> each.names.contains(name)).findFirst()
        .orElseThrow(() -> new UserException(origin + ": the activation is '" + name + "'; this engine knows "
            + Arrays.stream(values()).flatMap(each -> each.names.stream()).collect(Collectors.joining(", "))
            + "."));
  }
}
