package dev.kasane.plugin.lora;

import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.testkit.AdapterMethodContract;
import java.util.Map;
import org.junit.jupiter.api.Nested;

class LoraContractTest {
  @Nested
  class WithDefaults extends AdapterMethodContract {
    @Override
    protected AdapterMethod method() {
      return new LoraMethod();
    }
  }

  @Nested
  class WithEveryOption extends AdapterMethodContract {
    @Override
    protected AdapterMethod method() {
      return new LoraMethod();
    }

    @Override
    protected Map<String, String> options() {
      return Map.of("rank", "3", "alpha", "2.5", "use-rslora", "true", "init", "gaussian", "dropout", "0.1",
          "hidden-dropout", "0.2", "rank-dropout", "0.3", "module-dropout", "0.4");
    }
  }

  @Nested
  class WithMagnitudes extends AdapterMethodContract {
    @Override
    protected AdapterMethod method() {
      return new LoraMethod();
    }

    @Override
    protected Map<String, String> options() {
      return Map.of("rank", "3", "alpha", "2.5", "use-dora", "true", "dropout", "0.1", "hidden-dropout", "0.2");
    }
  }
}
