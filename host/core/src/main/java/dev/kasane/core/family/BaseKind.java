package dev.kasane.core.family;

import dev.kasane.core.module.Module;
import java.util.Map;

/** A kind of base model. Adapters fit only the kind that they were trained on. */
public interface BaseKind {
  /** What stands where nothing tells. */
  BaseKind UNKNOWN = new BaseKind() {
    @Override
    public String id() {
      return "unknown";
    }

    @Override
    public String title() {
      return "an unknown base";
    }
  };

  /** The name in files, in JSON and on the command line, such as {@code sd1}. */
  String id();

  /** The name for people, such as {@code Stable Diffusion 1.x}. */
  String title();

  /**
   * Whether its bases differ in their layers: without one of them an adapter's own names are all that is known. All
   * bases of another kind have the same {@link #components}.
   */
  default boolean isDiverse() {
    return false;
  }

  /** The declared module trees of its bases by component; none where they differ. */
  default Map<String, Module> components() {
    return Map.of();
  }
}
