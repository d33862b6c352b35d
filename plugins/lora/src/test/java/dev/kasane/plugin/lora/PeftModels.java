package dev.kasane.plugin.lora;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.checkpoint.TensorSource;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.lowrank.LoraNames;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.text.model.CausalLm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Language models with the factors that PEFT gave them, from the golden files of {@code text-lm}. */
final class PeftModels {
  static final Path GOLDEN = Path.of(System.getProperty("kasane.root", "../.."),
      "text-lm", "src", "test", "resources", "golden");
  private static final Map<String, String> FACTORS =
      Map.of(LoraNames.DOWN, "lora_A.weight", LoraNames.UP, "lora_B.weight");

  private PeftModels() {}

  /** The factors whose names begin with a prefix, restored on the model, all of them, and trainable. */
  static AdapterSet restore(CausalLm model, TensorSource golden, String prefix, double alpha, NDManager scope) {
    List<AdapterModule> modules = new ArrayList<>();
    for (String path : model.adaptableLayers().keySet()) {
      if (golden.names().contains(prefix + path + ".lora_A.weight")) {
        modules.add(new AdapterModule(path, Map.of(
            LoraNames.DOWN, golden.read(prefix + path + ".lora_A.weight", scope),
            LoraNames.UP, golden.read(prefix + path + ".lora_B.weight", scope)), Map.of("alpha", alpha)));
      } else if (golden.names().contains(prefix + path + "." + LoraNames.TABLE_A)) {
        modules.add(new AdapterModule(path, Map.of(
            LoraNames.TABLE_A, golden.read(prefix + path + "." + LoraNames.TABLE_A, scope),
            LoraNames.TABLE_B, golden.read(prefix + path + "." + LoraNames.TABLE_B, scope)), Map.of("alpha", alpha)));
      }
    }
    Injector.Restored restored = Injector.restore(Map.of(CausalLm.COMPONENT, model),
        new AdapterModel(Map.of(CausalLm.COMPONENT, modules), List.of(), Map.of()), List.of(new LoraMethod()), 1,
        scope);
    restored.report().requireComplete();
    AdapterSet set = restored.set();
    set.trainable(true);
    assertThat(set.trainableParameters()).hasSize(
        (int) golden.names().stream().filter(key -> key.startsWith(prefix)).count());
    return set;
  }

  /** Compares the factors, or their gradients, with those whose names begin with a prefix. */
  static void compare(AdapterSet set, TensorSource golden, String prefix, boolean gradients, double tolerance) {
    set.layers().forEach(each -> each.adapter().tensors().forEach((factor, tensor) -> {
      String stored = prefix + each.layer().path() + "." + FACTORS.getOrDefault(factor, factor);
      assertThat(TinyBase.relativeError(gradients ? tensor.getGradient() : tensor,
          golden.read(stored, tensor.getManager()))).as(stored).isLessThan(tolerance);
    }));
  }
}
