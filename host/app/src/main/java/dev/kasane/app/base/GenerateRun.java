package dev.kasane.app.base;

import ai.djl.ndarray.NDManager;
import dev.kasane.core.family.BaseModel;
import dev.kasane.quant.QuantisationSettings;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** A run that makes something with a model of whichever family: the one place that knows the order of its steps. */
public final class GenerateRun {
  private GenerateRun() {}

  /**
   * What is made with what.
   *
   * @param base opens the base
   * @param device where to compute
   * @param storage in how many bits the base is held; nothing for as it is stored
   * @param work checks against the base, which has no weights yet, everything that was typed
   */
  public record Request<M extends BaseModel>(
      Supplier<M> base, DeviceWish device, Optional<QuantisationSettings> storage, Function<M, Work> work) {}

  /** What remains to be done once the base has its weights. */
  @FunctionalInterface
  public interface Work {
    /**
     * Attaches the adapters and makes what was asked for.
     *
     * @param scope owner of what is loaded beside the base
     */
    void run(NDManager scope);
  }

  /**
   * Makes everything. Nothing heavy starts before everything that was typed has been checked.
   *
   * @param tell shows a line to the user
   */
  public static <M extends BaseModel> void run(Request<M> request, Consumer<String> tell) {
    ComputeDevice device = ComputeDevice.choose(request.device(), Optional.empty(), tell);
    try (M base = request.base().get()) {
      Work work = request.work().apply(base);
      try (NDManager scope = device.newManager()) {
        device.load(base, request.storage(), false, scope, tell);
        work.run(scope);
      }
    }
  }
}
