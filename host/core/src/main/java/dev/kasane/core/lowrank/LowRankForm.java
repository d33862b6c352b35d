package dev.kasane.core.lowrank;

import static dev.kasane.core.lowrank.LoraNames.DOWN;
import static dev.kasane.core.lowrank.LoraNames.MAGNITUDE;
import static dev.kasane.core.lowrank.LoraNames.MID;
import static dev.kasane.core.lowrank.LoraNames.TABLE_A;
import static dev.kasane.core.lowrank.LoraNames.TABLE_B;
import static dev.kasane.core.lowrank.LoraNames.UP;
import static dev.kasane.core.lowrank.LoraNames.UP_BIAS;

import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The forms in which files have a low-rank update of one layer. A module is of one form or of none, so that methods
 * that take different forms never claim the same one.
 */
public enum LowRankForm {
  /** B·A, perhaps in Tucker form. */
  PAIR(Set.of(DOWN, MID, UP), parts()),
  /** B·A with a bias of B's own. */
  PAIR_WITH_BIAS(Set.of(DOWN, MID, UP, UP_BIAS), parts()),
  /** B·A beside magnitudes; the strength scales ΔW. A file that says nothing of the strength means this. */
  SCALED_MAGNITUDES(Set.of(DOWN, UP, MAGNITUDE), parts()),
  /**
   * B·A, perhaps in Tucker form, beside magnitudes, of which the strength turns the lengths only. The file says so, or
   * it is in Tucker form, for which there is no other rule.
   */
  TURNED_MAGNITUDES(Set.of(DOWN, MID, UP, MAGNITUDE),
      Set.of(AdapterModule.TURNS_LENGTHS)),
  /** The factors of an embedding: (B·A)ᵀ. */
  TABLE(Set.of(TABLE_A, TABLE_B), parts());

  private final Set<String> tensors;
  private final Set<String> constants;

  LowRankForm(Set<String> tensors, Set<String> constants) {
    this.tensors = tensors;
    this.constants = union(constants, AdapterModule.FACTORS);
  }

  /** What of the weight a pair can have begun as. */
  private static Set<String> parts() {
    return Set.of(AdapterModule.PISSA, AdapterModule.OLORA);
  }

  private static Set<String> union(Set<String> one, Set<String> other) {
    return Stream.concat(one.stream(), other.stream()).collect(Collectors.toUnmodifiableSet());
  }

  /** The form of a module, by its names alone; one half of a pair is enough to be told what is missing. */
  public static Optional<LowRankForm> of(AdapterModule saved) {
    Set<String> names = saved.tensors().keySet();
    boolean half = names.contains(DOWN) || names.contains(UP);
    LowRankForm form;
    if (names.contains(MAGNITUDE)) {
      boolean turned = saved.constants().containsKey(AdapterModule.TURNS_LENGTHS) || names.contains(MID);
      form = turned || !half ? TURNED_MAGNITUDES : SCALED_MAGNITUDES;
    } else if (half) {
      form = names.contains(UP_BIAS) ? PAIR_WITH_BIAS : PAIR;
    } else {
      form = names.equals(TABLE.tensors) ? TABLE : null;
    }
    return Optional.ofNullable(form)
        .filter(each -> each.tensors.containsAll(names) && each.constants.containsAll(saved.constants().keySet()));
  }

  /** The names of all tensors and constants that a module of this form may have. */
  public Set<String> parameters() {
    return union(tensors, constants);
  }

  /**
   * The shape of the layer that a module of this form is for.
   *
   * @return (out, in), (out, in, k, k) or, for an embedding, (entries, width)
   * @throws UserException when a factor is missing or of no shape that a factor has
   */
  public Shape shape(AdapterModule saved) {
    SavedShapes shapes = new SavedShapes(saved);
    if (this == TABLE) {
      return new Shape(shapes.size(TABLE_A, 1), shapes.size(TABLE_B, 0));
    }
    requireFactor(saved, shapes.of(DOWN), DOWN);
    requireFactor(saved, shapes.of(UP), UP);
    return shapes.layer(shapes.size(UP, 0), shapes.size(DOWN, 1), MID, DOWN);
  }

  /** What the header of a module in any of the forms tells, or of what is left of one. */
  public static Optional<ModuleFacts> facts(ModuleHeader saved) {
    boolean table = !saved.hasAny(DOWN, UP);
    String down = table ? TABLE_A : DOWN;
    String up = table ? TABLE_B : UP;
    if (!saved.hasAny(down, up)) {
      return Optional.empty();
    }
    boolean spatial = saved.has(MID) || saved.size(down, 2) > 1;
    boolean complete = saved.hasAll(down, up);
    return Optional.of(ModuleFacts.of(saved.has(MAGNITUDE) ? "dora" : spatial ? "locon" : "lora")
        .size(ModuleFacts.RANK, saved.size(down, 0)).reads(table ? null : saved.shapes().get(down))
        .fault(!complete, ModuleFacts.INCOMPLETE)
        .fault(complete && saved.size(down, 0) != saved.size(up, 1), ModuleFacts.RANKS_DIFFER)
        .fault(Stream.of(down, up).filter(saved::has).anyMatch(name -> !isFactor(saved.shapes().get(name))),
            ModuleFacts.NO_MATRICES));
  }

  private static boolean isFactor(Shape shape) {
    return shape.dimension() == 2 || shape.dimension() == LayerShapes.KERNELS;
  }

  private static void requireFactor(AdapterModule saved, Shape shape, String name) {
    if (!isFactor(shape)) {
      throw new UserException("Layer " + saved.path() + ": " + name + " has shape " + shape
          + ", but a factor has two axes, or four for a convolution. The file is damaged.");
    }
  }
}
