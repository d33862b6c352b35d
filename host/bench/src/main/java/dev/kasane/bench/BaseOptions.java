package dev.kasane.bench;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.kasane.core.family.BaseModel.Quantisable;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.quant.QuantisationSettings;
import dev.kasane.quant.Quantizer;
import dev.kasane.quant.format.BlockSize;
import picocli.CommandLine.Option;

/** How a benchmark's base is held; use it as a mixin. */
public final class BaseOptions {
  @Option(names = "--dtype", defaultValue = "float32", description = "float32, bfloat16 or float16.")
  private String precision;

  @Option(names = "--base-type", description = "nf4, fp4 or int8: how the base is quantised.")
  private String storage;

  /** The type of dense weights and of the computation. */
  public DataType type() {
    return ElementType.named(precision).dataType();
  }

  /** Whether the base is in few bits. */
  public boolean isQuantised() {
    return storage != null;
  }

  /** Quantises a loaded base where that is asked for. */
  public void quantise(Quantisable base, NDManager owner) {
    if (isQuantised()) {
      var settings = new QuantisationSettings(QuantisationSettings.Kind.named(storage), BlockSize.USUAL, false);
      Quantizer.quantise(base.root(), settings, base.layers(), owner);
    }
  }

  @Override
  public String toString() {
    return isQuantised() ? precision + ", base in " + storage : precision;
  }
}
