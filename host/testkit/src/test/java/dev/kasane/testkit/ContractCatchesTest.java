package dev.kasane.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.kasane.core.lowrank.NarrowProduct;
import dev.kasane.core.lowrank.NarrowUpdate;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.PreparedMethod;
import dev.kasane.core.spi.TargetLayer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The contract's negative controls: methods with one fault each must fail it. */
class ContractCatchesTest {
  @Test
  void scaleAppliedTwiceInMerging() {
    AdapterMethodContract contract = contractFor(adapter -> new Faulty(adapter) {
      @Override
      public NDArray forward(NDArray x, double multiplier, Phase phase) {
        return adapter.forward(x, multiplier * multiplier * 0.5, phase);
      }
    });
    assertThatThrownBy(() -> contract.liveIsTheLayerWithDelta(SampleLayer.LINEAR))
        .isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> contract.mergedIsLiveAndComesApartAgain(SampleLayer.CONV_3X3))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void adapterThatDoesNothing() {
    AdapterMethodContract contract = contractFor(adapter -> new Faulty(adapter) {
      @Override
      public NDArray weightDelta(NDManager scope, double multiplier) {
        return adapter.weightDelta(scope, 0);
      }
    });
    assertThatThrownBy(() -> contract.liveIsTheLayerWithDelta(SampleLayer.LINEAR))
        .isInstanceOf(AssertionError.class).hasMessageContaining("adapted differs from base");
    assertThatThrownBy(() -> contract.gradientsReachEveryParameter(SampleLayer.CONV_1X1))
        .isInstanceOf(AssertionError.class).hasMessageContaining("gradient of factors");
  }

  @Test
  void productsThatAreNotTheUpdate() {
    AdapterMethodContract contract = contractFor(WrongProducts::new);
    assertThatThrownBy(() -> contract.productsAreTheWholeUpdate(SampleLayer.LINEAR))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void parametersThatAreNotSaved() {
    AdapterMethodContract contract = contractFor(adapter -> new Faulty(adapter) {
      @Override
      public Map<String, NDArray> tensors() {
        return Map.of();
      }
    });
    assertThatThrownBy(() -> contract.savedIsRestored(SampleLayer.LINEAR)).isInstanceOf(Exception.class);
  }

  @Test
  void layersThatItCannotHandle() {
    AdapterMethodContract contract = contractFor(new FaultyMethod(UnaryOperator.identity()) {
      @Override
      public boolean supports(TargetLayer layer) {
        return true;
      }

      @Override
      public PreparedMethod prepare(AdapterOptions options) {
        return (layer, scope) -> {
          if (layer.kind() == TargetLayer.Kind.NORM) {
            throw new IndexOutOfBoundsException("1");
          }
          return super.prepare(options).attach(layer, scope);
        };
      }
    });
    assertThatThrownBy(() -> contract.adaptsOtherKindsOrRefusesThem(OtherLayer.NORM))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void refusalWithoutWords() {
    AdapterMethodContract contract = contractFor(new FaultyMethod(UnaryOperator.identity()) {
      @Override
      public boolean supports(TargetLayer layer) {
        return false;
      }

      @Override
      public String refusal(TargetLayer layer) {
        return "";
      }
    });
    assertThatThrownBy(() -> contract.adaptsOtherKindsOrRefusesThem(OtherLayer.NORM))
        .isInstanceOf(AssertionError.class).hasMessageContaining("refusal of faulty");
    assertThatThrownBy(() -> contract.freshAdapterChangesNoBit(SampleLayer.LINEAR))
        .isInstanceOf(AssertionError.class).hasMessageContaining("refusal of faulty");
  }

  @Test
  void optionsThatDoNotFitAndAreTaken() {
    AdapterMethodContract contract = new AdapterMethodContract() {
      @Override
      protected AdapterMethod method() {
        return new OutputScaling();
      }

      @Override
      protected boolean optionsFit(SampleLayer sample) {
        return false;
      }
    };
    assertThatThrownBy(() -> contract.freshAdapterChangesNoBit(SampleLayer.LINEAR))
        .isInstanceOf(AssertionError.class).hasMessageContaining("output-scaling on LINEAR");
  }

  private static AdapterMethodContract contractFor(AdapterMethod method) {
    return new AdapterMethodContract() {
      @Override
      protected AdapterMethod method() {
        return method;
      }
    };
  }

  private static AdapterMethodContract contractFor(UnaryOperator<LayerAdapter> fault) {
    return contractFor(new FaultyMethod(fault));
  }

  private static class FaultyMethod implements AdapterMethod {
    private static final OutputScaling SOUND = new OutputScaling();

    private final UnaryOperator<LayerAdapter> fault;

    FaultyMethod(UnaryOperator<LayerAdapter> fault) {
      this.fault = fault;
    }

    @Override
    public String id() {
      return "faulty";
    }

    @Override
    public String description() {
      return "Fails.";
    }

    @Override
    public List<AdapterOption> options() {
      return List.of();
    }

    @Override
    public PreparedMethod prepare(AdapterOptions options) {
      return (layer, scope) -> fault.apply(SOUND.prepare(options).attach(layer, scope));
    }

    @Override
    public Optional<LayerAdapter> restore(TargetLayer layer, AdapterModule saved, NDManager scope) {
      return SOUND.restore(layer, saved, scope);
    }
  }

  private static class Faulty implements LayerAdapter {
    private final LayerAdapter sound;

    Faulty(LayerAdapter sound) {
      this.sound = sound;
    }

    @Override
    public TargetLayer layer() {
      return sound.layer();
    }

    @Override
    public NDArray weightDelta(NDManager scope, double multiplier) {
      return sound.weightDelta(scope, multiplier);
    }

    @Override
    public Map<String, NDArray> tensors() {
      return sound.tensors();
    }
  }

  private static final class WrongProducts extends Faulty implements NarrowUpdate {
    WrongProducts(LayerAdapter sound) {
      super(sound);
    }

    @Override
    public Optional<List<NarrowProduct>> products(double multiplier, Phase phase) {
      NDArray weight = layer().weight().materialise(null);
      NDArray square = weight.getManager().ones(new Shape(weight.getShape().get(0), weight.getShape().get(0)));
      return Optional.of(List.of(new NarrowProduct(weight, square, multiplier)));
    }
  }
}
