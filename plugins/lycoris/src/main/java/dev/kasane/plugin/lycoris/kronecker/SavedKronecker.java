package dev.kasane.plugin.lycoris.kronecker;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.lowrank.SavedShapes;
import dev.kasane.core.lowrank.SavedTensors;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.TargetLayer;
import dev.kasane.plugin.lycoris.kronecker.Kronecker.Side;

/** Reads a Kronecker product off a file, whose shapes alone say how the layer was split. */
final class SavedKronecker {
  static final String FIRST = "lokr_w1";
  static final String SECOND = "lokr_w2";
  static final String CORE = "lokr_t2";
  private final TargetLayer layer;
  private final SavedTensors saved;

  SavedKronecker(TargetLayer layer, SavedTensors saved) {
    this.layer = layer;
    this.saved = saved;
  }

  /** The inner dimension of the sides that are products; 0 when both are whole. */
  long rank() {
    if (!saved.has(SECOND)) {
      return saved.size(SECOND + "_b", 0);
    }
    return saved.has(FIRST) ? 0 : saved.size(FIRST + "_b", 0);
  }

  Kronecker read() {
    requireOneForm(FIRST);
    requireOneForm(SECOND);
    long rows = saved.has(FIRST) ? saved.size(FIRST, 0) : saved.size(FIRST + "_a", 0);
    long columns = saved.has(FIRST) ? saved.size(FIRST, 1) : saved.size(FIRST + "_b", 1);
    if (layer.outputs() % rows != 0 || layer.inputs() % columns != 0) {
      throw new UserException("Layer " + layer.path() + ": the first side of the Kronecker product is " + rows + " by "
          + columns + ", which divides no weight of " + layer.outputs() + " by " + layer.inputs()
          + ". The adapter was made for another base model.");
    }
    return new Kronecker(first(rows, columns), second(layer.outputs() / rows, layer.inputs() / columns));
  }

  /** The shape of the layer whose weight the product is. */
  static Shape shape(SavedShapes saved) {
    boolean wholeFirst = saved.has(FIRST);
    boolean wholeSecond = saved.has(SECOND);
    boolean core = !wholeSecond && saved.has(CORE);
    long rows = (wholeFirst ? saved.size(FIRST, 0) : saved.size(FIRST + "_a", 0))
        * (wholeSecond ? saved.size(SECOND, 0) : saved.size(SECOND + "_a", core ? 1 : 0));
    String columns = wholeSecond ? SECOND : SECOND + "_b";
    long inputs = (wholeFirst ? saved.size(FIRST, 1) : saved.size(FIRST + "_b", 1)) * saved.size(columns, 1);
    return core ? saved.convolution(rows, inputs, CORE)
        : saved.isKernels(columns) ? saved.convolution(rows, inputs, columns) : saved.product(rows, inputs);
  }

  /** What a header tells of a product, or of what is left of one. */
  static ModuleFacts facts(String name, ModuleHeader saved) {
    String rows = saved.has(FIRST) ? FIRST : FIRST + "_a";
    String first = saved.has(FIRST) ? FIRST : FIRST + "_b";
    String second = saved.has(SECOND) ? SECOND : SECOND + "_b";
    boolean reads = saved.size(first, 1) > 0 && saved.size(second, 1) > 0;
    return ModuleFacts.of(name)
        .size(ModuleFacts.RANK, saved.size(saved.has(SECOND + "_b") ? SECOND + "_b" : FIRST + "_b", 0))
        .size(ModuleFacts.FACTOR, saved.size(rows, 0))
        .reads(reads ? new Shape(0, saved.size(first, 1) * saved.size(second, 1)) : null)
        .fault(!saved.hasAny(FIRST, FIRST + "_a") || !saved.hasAny(SECOND, SECOND + "_a"), ModuleFacts.INCOMPLETE);
  }

  private void requireOneForm(String name) {
    if (saved.has(name) && (saved.has(name + "_a") || saved.has(name + "_b"))) {
      throw new UserException("Layer " + layer.path() + ": the file has " + name + " whole and as a product, "
          + name + "_a and " + name + "_b; one of them is too much. The file is damaged.");
    }
  }

  private Side first(long rows, long columns) {
    if (saved.has(FIRST)) {
      return Side.whole(FIRST, saved.take(FIRST, rows, columns));
    }
    long rank = saved.size(FIRST + "_b", 0);
    return new Side(FIRST, null, saved.take(FIRST + "_a", rows, rank), saved.take(FIRST + "_b", rank, columns), null);
  }

  private Side second(long rows, long columns) {
    if (saved.has(SECOND)) {
      requireNoCore();
      return Side.whole(SECOND, saved.take(SECOND, LayerShapes.mixing(layer, rows, columns, layer.kernel())));
    }
    long rank = saved.size(SECOND + "_b", 0);
    if (saved.has(CORE)) {
      LayerShapes.requireKernel(layer, true, CORE);
      NDArray core = saved.take(CORE, rank, rank, layer.kernel(), layer.kernel());
      return new Side(SECOND, null, saved.take(SECOND + "_a", rank, rows),
          saved.take(SECOND + "_b", rank, columns), core);
    }
    NDArray b = saved.takeColumns(
        SECOND + "_b", rank, columns * LayerShapes.kernelSize(layer));
    return new Side(SECOND, null, saved.take(SECOND + "_a", rows, rank), b, null);
  }

  private void requireNoCore() {
    if (saved.has(CORE)) {
      throw new UserException("Layer " + layer.path() + ": the file has " + CORE + " beside a whole " + SECOND
          + "; only a product has a core. The file is damaged.");
    }
  }
}
