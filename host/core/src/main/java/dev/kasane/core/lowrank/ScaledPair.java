package dev.kasane.core.lowrank;

import static dev.kasane.core.lowrank.LoraNames.DOWN;
import static dev.kasane.core.lowrank.LoraNames.MID;
import static dev.kasane.core.lowrank.LoraNames.TABLE_A;
import static dev.kasane.core.lowrank.LoraNames.TABLE_B;
import static dev.kasane.core.lowrank.LoraNames.UP;
import static dev.kasane.core.lowrank.LowRankOps.LOW_RANK;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A low-rank update: ΔW = scale · up · down, both factors as float32 matrices.
 *
 * <p>An embedding's factors have names of their own and lie the other way around: ΔW = scale · (B·A)ᵀ.
 *
 * <p>A convolution's kernel lies in {@code down}, flattened; a Tucker core is multiplied into it, which
 * changes neither ΔW nor the rank.
 *
 * @param down (rank, in·k·k)
 * @param up (out, rank)
 * @param scale alpha / rank
 * @param shape of ΔW: (out, in) or (out, in, k, k)
 */
public record ScaledPair(NDArray down, NDArray up, double scale, Shape shape) {
  /**
   * Reads a module that is LoRA and nothing else.
   *
   * @param scope owner of the factors
   * @return nothing when it has tensors or constants of another method, such as a DoRA scale
   * @throws UserException when the factors do not fit one another
   */
  public static Optional<ScaledPair> of(AdapterModule module, NDManager scope) {
    if (!isOf(module)) {
      return Optional.empty();
    }
    if (isTable(module)) {
      return Optional.of(ofTable(module, scope));
    }
    NDArray down = floats(module, DOWN, scope);
    NDArray up = floats(module, UP, scope);
    requireFit(module, down.getShape(), up.getShape());
    Shape shape = down.getShape();
    NDArray rows = matrix(down);
    if (module.tensors().containsKey(MID)) {
      NDArray mid = floats(module, MID, scope);
      requireCore(module, mid.getShape(), shape);
      shape = new Shape(shape.get(0), shape.get(1), mid.getShape().get(2), mid.getShape().get(3));
      rows = LOW_RANK.foldCore(scope, mid, rows);
    }
    long[] sizes = shape.getShape().clone();
    sizes[0] = up.getShape().get(0);
    long rank = down.getShape().get(0);
    return Optional.of(new ScaledPair(rows, matrix(up), module.alpha(rank) / rank, new Shape(sizes)));
  }

  private static ScaledPair ofTable(AdapterModule module, NDManager scope) {
    NDArray a = floats(module, TABLE_A, scope);
    NDArray b = floats(module, TABLE_B, scope);
    Shape rows = a.getShape();
    Shape width = b.getShape();
    if (rows.dimension() != 2 || width.dimension() != 2 || rows.get(0) != width.get(1) || rows.size() == 0) {
      throw new UserException("Layer " + module.path() + ": " + TABLE_A + " of shape " + rows + " and " + TABLE_B
          + " of shape " + width + " do not belong together: expected (rank, entries) and (width, rank). The file is"
          + " damaged.");
    }
    return new ScaledPair(LOW_RANK.turned(scope, b), LOW_RANK.turned(scope, a), module.alpha(rows.get(0)) / rows.get(0),
        new Shape(rows.get(1), width.get(0)));
  }

  /** Whether a module is LoRA of a table of rows, by its names alone. */
  public static boolean isTable(AdapterModule module) {
    return LowRankForm.of(module).filter(form -> form == LowRankForm.TABLE).isPresent();
  }

  /** Whether a module is LoRA and nothing else, by its names alone. */
  public static boolean isOf(AdapterModule module) {
    Set<String> names = module.tensors().keySet();
    return !module.isPartOfWeight() && LowRankForm.of(module).filter(form -> form == LowRankForm.TABLE
        || form == LowRankForm.PAIR && names.containsAll(Set.of(DOWN, UP))).isPresent();
  }

  private static NDArray floats(AdapterModule module, String name, NDManager scope) {
    NDArray stored = module.tensors().get(name);
    if (!Ops.typeOf(stored).isFloating()) {
      throw new UserException("Layer " + module.path() + ": " + name + " is stored as "
          + Ops.typeOf(stored) + ", expected floating-point numbers.");
    }
    NDArray own = stored.duplicate();
    own.attach(scope);
    return OPS.cast(own, DataType.FLOAT32);
  }

  private static NDArray matrix(NDArray factor) {
    long rows = factor.getShape().get(0);
    return factor.reshape(rows, factor.size() / Math.max(1, rows));
  }

  private static void requireFit(AdapterModule module, Shape down, Shape up) {
    boolean sound = isFactor(down) && isFactor(up) && up.get(1) == down.get(0)
        && (up.dimension() == 2 || up.get(2) == 1 && up.get(3) == 1);
    if (!sound) {
      throw new UserException("Layer " + module.path() + ": " + DOWN + " of shape " + down + " and " + UP
          + " of shape " + up + " do not belong together: expected (rank, in) and (out, rank), or"
          + " (rank, in, k, k) and (out, rank, 1, 1). The file is damaged.");
    }
  }

  private static boolean isFactor(Shape shape) {
    return (shape.dimension() == 2 || shape.dimension() == LayerShapes.KERNELS) && shape.size() > 0;
  }

  private static void requireCore(AdapterModule module, Shape mid, Shape down) {
    boolean sound = mid.dimension() == LayerShapes.KERNELS && mid.get(0) == down.get(0) && mid.get(1) == down.get(0)
        && down.dimension() == LayerShapes.KERNELS && down.get(2) == 1 && down.get(3) == 1;
    if (!sound) {
      throw new UserException("Layer " + module.path() + ": " + MID + " of shape " + mid + " does not lie"
          + " between factors of rank " + down.get(0) + ": expected (rank, rank, k, k), and 1x1 factors.");
    }
  }

  /** Width of the detour. */
  public int rank() {
    return Math.toIntExact(down.getShape().get(0));
  }

  /** factor · ΔW in {@link #shape}. */
  public NDArray delta(NDManager scope, double factor) {
    return product(scope, scale * factor);
  }

  /** factor · up · down in {@link #shape}, whatever the scale. */
  public NDArray product(NDManager scope, double factor) {
    return LOW_RANK.delta(scope, down, up, shape, factor);
  }

  /**
   * The same update for a file: factors in the layer's layout, and alpha. The factors may be shared.
   *
   * @param path the layer's path
   * @param table whether the layer is a table of rows
   */
  public AdapterModule toModule(String path, boolean table) {
    boolean convolution = shape.dimension() == LayerShapes.KERNELS;
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    if (table) {
      tensors.put(TABLE_A, LOW_RANK.turned(up.getManager(), up));
      tensors.put(TABLE_B, LOW_RANK.turned(down.getManager(), down));
      return new AdapterModule(path, tensors, Map.of(AdapterModule.ALPHA, scale * rank()));
    }
    tensors.put(DOWN, convolution ? down.reshape(rank(), shape.get(1), shape.get(2), shape.get(3)) : down);
    tensors.put(UP, convolution ? up.reshape(shape.get(0), rank(), 1, 1) : up);
    // An alpha of 0 would mean the rank.
    return new AdapterModule(path, tensors,
        scale == 0 ? Map.of(AdapterModule.SCALE, 0.0) : Map.of(AdapterModule.ALPHA, scale * rank()));
  }
}
