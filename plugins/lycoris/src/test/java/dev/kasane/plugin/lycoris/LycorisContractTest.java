package dev.kasane.plugin.lycoris;

import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.testkit.AdapterMethodContract;
import dev.kasane.testkit.SampleLayer;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** Every method, with its defaults and with options that change its layout. */
class LycorisContractTest {
  private static final Map<String, String> DROPOUTS = Map.of("dropout", "0.1", "rank-dropout", "0.3",
      "rank-dropout-scale", "true", "module-dropout", "0.4");

  abstract static class Contract extends AdapterMethodContract {
    private final AdapterMethod method;
    private final Map<String, String> options;

    Contract(String id, Map<String, String> options) {
      this.method = Layers.method(id);
      this.options = options;
    }

    @Override
    protected AdapterMethod method() {
      return method;
    }

    @Override
    protected Map<String, String> options() {
      return options;
    }

    @Override
    protected double perturbation() {
      return 0.6;
    }
  }

  @Nested
  class Loha extends Contract {
    Loha() {
      super("loha", Map.of());
    }
  }

  @Nested
  class LohaTucker extends Contract {
    LohaTucker() {
      super("loha", Map.of("rank", "2", "alpha", "1.5", "use-tucker", "true", "use-rslora", "true"));
    }
  }

  @Nested
  class LohaDecomposed extends Contract {
    LohaDecomposed() {
      super("loha", Map.of("rank", "2", "dora-wd", "true"));
    }

    @Override
    protected boolean isLinearInMultiplier() {
      return false;
    }
  }

  @Nested
  class LohaDropouts extends Contract {
    LohaDropouts() {
      super("loha", DROPOUTS);
    }
  }

  @Nested
  class Lokr extends Contract {
    Lokr() {
      super("lokr", Map.of());
    }
  }

  @Nested
  class LokrOfProducts extends Contract {
    LokrOfProducts() {
      super("lokr", Map.of("rank", "1", "alpha", "2", "decompose-both", "true", "unbalanced-factorization", "true"));
    }
  }

  @Nested
  class LokrTucker extends Contract {
    LokrTucker() {
      super("lokr", Map.of("rank", "1", "use-tucker", "true", "factor", "2"));
    }
  }

  @Nested
  class LokrDecomposed extends Contract {
    LokrDecomposed() {
      super("lokr", Map.of("full-matrix", "true", "dora-wd", "true", "wd-on-output", "false"));
    }

    @Override
    protected boolean isLinearInMultiplier() {
      return false;
    }
  }

  @Nested
  class Dora extends Contract {
    Dora() {
      super("dora", Map.of());
    }

    @Override
    protected boolean isLinearInMultiplier() {
      return false;
    }
  }

  @Nested
  class DoraOnInputs extends Contract {
    DoraOnInputs() {
      super("dora", Map.of("rank", "2", "wd-on-output", "false", "use-tucker", "true"));
    }

    @Override
    protected boolean isLinearInMultiplier() {
      return false;
    }
  }

  @Nested
  class Ia3 extends Contract {
    Ia3() {
      super("ia3", Map.of());
    }
  }

  @Nested
  class Ia3OnInputs extends Contract {
    Ia3OnInputs() {
      super("ia3", Map.of("train-on-input", "true"));
    }
  }

  @Nested
  class Glora extends Contract {
    Glora() {
      super("glora", Map.of("rank", "3", "use-rslora", "true"));
    }
  }

  @Nested
  class DiagOft extends Contract {
    DiagOft() {
      super("diag-oft", Map.of());
    }
  }

  @Nested
  class DiagOftBounded extends Contract {
    DiagOftBounded() {
      super("diag-oft", Map.of("rank", "2", "rescaled", "true", "constraint", "0.1"));
    }

    @Override
    protected boolean isLinearInMultiplier() {
      return false;
    }
  }

  @Nested
  class Boft extends Contract {
    Boft() {
      super("boft", Map.of());
    }
  }

  @Nested
  class BoftOfSmallBlocks extends Contract {
    BoftOfSmallBlocks() {
      super("boft", Map.of("rank", "2", "rescaled", "true", "constraint", "0.1"));
    }

    @Override
    protected boolean isLinearInMultiplier() {
      return false;
    }

    /** Four outputs are the only ones among the samples that two-wide blocks can turn. */
    @Override
    protected boolean optionsFit(SampleLayer sample) {
      return sample == SampleLayer.CONV_1X1;
    }
  }

  @Nested
  class Full extends Contract {
    Full() {
      super("full", Map.of());
    }
  }
}
