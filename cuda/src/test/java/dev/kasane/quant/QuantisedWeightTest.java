package dev.kasane.quant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.spi.FrozenWeight;
import dev.kasane.testkit.QuantisedWeightContract;
import org.junit.jupiter.api.Nested;

/** Every storage keeps the contract. */
class QuantisedWeightTest {
  abstract static class Storage extends QuantisedWeightContract {
    private final QuantisationSettings settings;
    private final double error;

    Storage(QuantisationSettings.Kind kind, int block, boolean nested, double error) {
      this.settings = new QuantisationSettings(kind, block, nested);
      this.error = error;
    }

    @Override
    protected FrozenWeight quantise(NDArray dense, NDManager owner) {
      return Quantizer.quantise("weight", dense, settings, owner);
    }

    @Override
    protected double largestError() {
      return error;
    }
  }

  /** Half of NF4's widest gap. */
  @Nested
  class Nf4 extends Storage {
    Nf4() {
      super(QuantisationSettings.Kind.NF4, 64, false, 0.152);
    }
  }

  /** The scale's own error comes on top. */
  @Nested
  class Nf4Double extends Storage {
    Nf4Double() {
      super(QuantisationSettings.Kind.NF4, 64, true, 0.2);
    }
  }

  @Nested
  class Nf4WideBlocks extends Storage {
    Nf4WideBlocks() {
      super(QuantisationSettings.Kind.NF4, 4096, false, 0.152);
    }
  }

  /** Half of FP4's widest gap, from 2/3 to 1. */
  @Nested
  class Fp4 extends Storage {
    Fp4() {
      super(QuantisationSettings.Kind.FP4, 32, false, 1.0 / 6);
    }
  }

  @Nested
  class Int8 extends Storage {
    Int8() {
      super(QuantisationSettings.Kind.INT8, 64, false, 0.5 / 127);
    }
  }
}
