package dev.kasane.core.checkpoint;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.module.Weight;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares what a model declares with what a checkpoint holds, before any value is read. */
final class CheckpointFit {
  private static final int LISTED = 10;

  private final Map<String, Weight> declared;
  private final TensorSource source;
  private final List<String> missing = new ArrayList<>();
  private final List<String> surplus = new ArrayList<>();
  private final List<String> misfits = new ArrayList<>();

  CheckpointFit(Map<String, Weight> declared, TensorSource source) {
    this.declared = declared;
    this.source = source;
    Set<String> stored = source.names();
    declared.forEach((name, weight) -> {
      if (stored.contains(name)) {
        compare(name, weight.shape());
      } else {
        missing.add(name);
      }
    });
    stored.stream().filter(name -> !declared.containsKey(name) && !HarmlessSurplus.contains(name))
        .forEach(surplus::add);
  }

  private void compare(String name, Shape expected) {
    Shape found = source.shape(name);
    if (!found.equals(expected)) {
      misfits.add(name + " has " + found + " where " + expected + " belongs");
    } else if (!source.dtype(name).isFloatingPoint()) {
      misfits.add(name + " is stored as " + source.dtype(name) + " where floating-point values belong");
    }
  }

  /**
   * @throws UserException that lists everything when anything does not fit
   */
  void require() {
    if (missing.isEmpty() && surplus.isEmpty() && misfits.isEmpty()) {
      return;
    }
    List<String> details = new ArrayList<>();
    add(details, "of the model's " + declared.size() + " weights missing", missing);
    add(details, "of the file's " + source.names().size() + " tensors without a place in the model",
        surplus);
    add(details, "with another shape or type", misfits);
    diagnosis().ifPresent(text -> details.add("It looks like " + text + "."));
    throw new UserException(where() + " does not fit the model.", details, null);
  }

  /** The files that the tensors come from, or what was opened where none of them is of use. */
  private String where() {
    Set<String> files = new LinkedHashSet<>();
    source.names().forEach(name -> files.add(source.origin(name)));
    return files.size() == 1 ? files.iterator().next() : source.location();
  }

  private static void add(List<String> details, String what, List<String> names) {
    if (!names.isEmpty()) {
      details.add("  " + names.size() + " " + what + ": "
          + String.join(", ", names.subList(0, Math.min(LISTED, names.size())))
          + (names.size() > LISTED ? " and " + (names.size() - LISTED) + " more" : ""));
    }
  }

  /** What the file is, unless that is just what the model is. */
  private Optional<String> diagnosis() {
    Optional<String> model = CheckpointDiagnosis.describe(declared.keySet());
    return inputChannels().or(() ->
        CheckpointDiagnosis.describe(source.names()).filter(text -> !Optional.of(text).equals(model)));
  }

  /** A U-Net that reads more than the four latent channels is of another trade. */
  private Optional<String> inputChannels() {
    String name = "conv_in.weight";
    boolean both = declared.containsKey(name) && source.names().contains(name);
    if (!both || source.shape(name).dimension() != 4) {
      return Optional.empty();
    }
    return switch ((int) source.shape(name).get(1)) {
      case 9 -> Optional.of("an inpainting model (latents, mask and masked latents: 9 input channels)");
      case 8 -> Optional.of("an instruct-pix2pix model (latents and picture: 8 input channels)");
      case 5 -> Optional.of("a depth-conditioned model (latents and depth: 5 input channels)");
      default -> Optional.empty();
    };
  }
}
