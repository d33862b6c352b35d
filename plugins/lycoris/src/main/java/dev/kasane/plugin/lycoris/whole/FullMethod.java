package dev.kasane.plugin.lycoris.whole;

import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.ModuleFacts;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.TargetLayer;
import java.util.Optional;
import java.util.Set;
import org.pf4j.Extension;

/** Full: the difference of a whole weight, and of the bias where the layer has one. */
@Extension
public final class FullMethod extends DifferenceMethod {
  private static final String WEIGHT = "diff";

  public FullMethod() {
    super("full", "Whole weights and biases, kept as their difference from the base: fine-tuning as an adapter.",
        WEIGHT, AdapterModule.BIAS_DIFFERENCE);
  }

  /** Some tools store normalisations under these names too. */
  @Override
  public boolean supports(TargetLayer layer) {
    return true;
  }

  @Override
  public Optional<ModuleFacts> facts(ModuleHeader saved) {
    // A bias's difference may stand beside the parameters of any method.
    return saved.has(WEIGHT) || saved.shapes().keySet().equals(Set.of(AdapterModule.BIAS_DIFFERENCE))
        ? Optional.of(ModuleFacts.of(id()).reads(saved.shapes().get(WEIGHT))) : Optional.empty();
  }
}
