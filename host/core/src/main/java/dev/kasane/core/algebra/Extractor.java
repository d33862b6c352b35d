package dev.kasane.core.algebra;

import static dev.kasane.core.algebra.AlgebraOps.ALGEBRA;
import static dev.kasane.core.tensor.Ops.OPS;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.UserException;
import dev.kasane.core.lowrank.LayerShapes;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.tensor.GradMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a LoRA of what a fine-tuned checkpoint has more than its base, layer by layer: the difference of the
 * weights, cut to a rank. Memory holds one layer at a time, and the result. The factors are those of sd-scripts'
 * {@code extract_lora_from_models}, which knows neither dynamic ranks nor layers that are left out: it also writes a
 * pair of rounding errors for each layer that does not differ.
 */
public final class Extractor {
  private final RankRule linear;
  private final RankRule convolution;
  private final double clamp;
  private final double smallest;
  private final AlgebraProgress steps;

  /**
   * @param linear rule for linear layers and 1×1 convolutions
   * @param convolution rule for larger kernels
   * @param clamp quantile to which the factors are clamped, 1 for none; sd-scripts takes 0.99
   * @param smallest layers whose weights differ nowhere by more than this are left out
   * @param steps told after each layer
   */
  public Extractor(RankRule linear, RankRule convolution, double clamp, double smallest, AlgebraProgress steps) {
    this.linear = linear;
    this.convolution = convolution;
    this.clamp = clamp;
    this.smallest = smallest;
    this.steps = steps;
  }

  /**
   * What came out.
   *
   * @param model the LoRA
   * @param layers by component and path what was kept
   * @param equal layers that do not differ and are left out
   */
  public record Extracted(AdapterModel model, Map<String, Cut> layers, List<String> equal) {
    /** The largest {@link Cut#error} of all layers. */
    public double error() {
      return layers.values().stream().mapToDouble(Cut::error).reduce(0, Verifier::worse);
    }
  }

  /**
   * A layer's difference at its rank.
   *
   * @param rank what was kept
   * @param lost share of the difference's Frobenius norm that is lost, 0 to 1
   * @param error by how much the measured distance from the difference is off from that share; 0 with a
   *     clamp, which is not measured
   */
  public record Cut(int rank, double lost, double error) {}

  /**
   * Extracts.
   *
   * @param base the checkpoint before
   * @param tuned the checkpoint after; it may lack components, not layers
   * @param metadata of the result
   * @param scope owner of the result's tensors
   * @throws UserException when the checkpoints are of different models, or alike
   */
  public Extracted extract(LayerTable base, LayerTable tuned, Map<String, String> metadata, NDManager scope) {
    List<Pair> layers = tuned.paths().entrySet().stream().flatMap(each -> each.getValue().stream()
        .map(path -> new Pair(base, tuned, each.getKey(), path))).filter(Pair::isMatrix).toList();
    int total = layers.size();
    Map<String, List<AdapterModule>> components = new LinkedHashMap<>();
    Extracted result = new Extracted(new AdapterModel(components, List.of(), metadata), new LinkedHashMap<>(),
        new ArrayList<>());
    int done = 0;
    try (GradMode off = GradMode.off()) {
      for (Pair layer : layers) {
        extract(layer, result, scope);
        steps.done(++done, total);
      }
    }
    if (result.layers().isEmpty()) {
      throw new UserException("The weights of " + tuned.name() + " do not differ from those of " + base.name()
          + " by more than " + smallest + " in any of " + total + " layers. There is nothing to extract.");
    }
    return result;
  }

  /** One layer in both checkpoints. */
  private record Pair(LayerTable base, LayerTable tuned, String component, String path) {
    String name() {
      return component + "." + path;
    }

    /** A normalisation's scale has no rank; an embedding's update would have other names, and a tied head is one. */
    boolean isMatrix() {
      return !StoredLayers.isEmbedding(path) && !tuned.isTied(component, path)
          && tuned.shape(component, path).filter(shape -> shape.dimension() > 1).isPresent();
    }

    NDArray difference(NDManager scope) {
      Shape before = base.shape(component, path).orElseThrow(() -> new UserException(tuned.name()
          + " has the layer " + name() + ", but " + base.name() + " has not. They are no base and fine-tuned"
          + " version of one model."));
      Shape after = tuned.shape(component, path).orElseThrow();
      if (!LayerShapes.haveSameNumbers(before, after)) {
        throw new UserException("Layer " + name() + " has shape " + before + " in " + base.name() + " and "
            + after + " in " + tuned.name() + ". They are different models.");
      }
      NDArray old = OPS.cast(base.weight(component, path, scope).orElseThrow(), DataType.FLOAT32);
      return OPS.cast(tuned.weight(component, path, scope).orElseThrow(), DataType.FLOAT32)
          .sub(old.reshape(after));
    }
  }

  private void extract(Pair pair, Extracted result, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      NDArray difference = pair.difference(scope);
      // A NaN compares as false with everything and must reach the decomposition, which names it.
      if (difference.size() == 0 || difference.abs().max().toFloatArray()[0] <= smallest) {
        result.equal().add(pair.name());
        return;
      }
      boolean kernel = difference.getShape().dimension() > 2 && difference.getShape().get(2) > 1;
      Truncation cut = Truncation.of(difference, kernel ? convolution : linear, clamp, scope);
      AdapterModule module = cut.update().toModule(pair.path(), false);
      module.tensors().values().forEach(tensor -> tensor.attach(owner));
      result.model().components().computeIfAbsent(pair.component(), name -> new ArrayList<>()).add(module);
      double measured = clamp < 1 ? cut.lost()
          : ALGEBRA.distance(cut.update().delta(scope, 1), difference);
      result.layers().put(pair.name(), new Cut(cut.update().rank(), cut.lost() / cut.whole(),
          Math.abs(measured - cut.lost()) / cut.whole()));
    } catch (UserException e) {
      throw e.behind("Layer " + pair.name() + " of " + pair.tuned().name() + ": ");
    }
  }
}
