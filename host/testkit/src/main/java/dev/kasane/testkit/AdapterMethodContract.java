package dev.kasane.testkit;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Merger;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.lowrank.NarrowUpdate;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOption;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.spi.LayerAdapter;
import dev.kasane.core.spi.LiveUpdate.Phase;
import dev.kasane.core.spi.ModuleHeader;
import dev.kasane.core.spi.TargetLayer.Kind;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/**
 * What every adapter method holds to. A subclass gives the method and, where it wants, options.
 *
 * <p>A layer that the method does not support must be refused in words, and at least one must be supported.
 */
public abstract class AdapterMethodContract {
  private static final String UNKNOWN_OPTION = "no-such-option";

  /** The method under test. */
  protected abstract AdapterMethod method();

  /** Options to test it with; the defaults when empty. */
  protected Map<String, String> options() {
    return Map.of();
  }

  /** How far the live path may be from ΔW, relative to the larger of the two outputs. */
  protected double tolerance() {
    return 1e-5;
  }

  /** How far parameters are moved from their start; more for a product of many, whose effect would be small. */
  protected double perturbation() {
    return 0.3;
  }

  /** Whether twice the multiplier means twice ΔW. */
  protected boolean isLinearInMultiplier() {
    return true;
  }

  /**
   * Whether the options can be used on a layer that the method supports; a method that splits a layer's
   * outputs into blocks cannot split every number of them.
   */
  protected boolean optionsFit(SampleLayer sample) {
    return true;
  }

  private AdaptedSample attached(SampleLayer sample, DataType type) {
    return optionsFit(sample) ? AdaptedSample.attach(sample, type, choice()) : null;
  }

  private AdaptedSample fresh(SampleLayer sample, DataType type) {
    AdaptedSample adapted = attached(sample, type);
    if (adapted == null) {
      AdaptedSample.requireRefusal(sample, choice());
      throw new TestAbortedException(method().id() + " refuses " + sample + ", as it must");
    }
    return adapted;
  }

  /** Normalisations and embeddings are adapted like other layers, or refused. */
  @ParameterizedTest
  @EnumSource(OtherLayer.class)
  void adaptsOtherKindsOrRefusesThem(OtherLayer layer) {
    layer.check(method(), method().prepare(AdapterOptions.of(method(), options())));
  }

  private AdaptedSample perturbed(SampleLayer sample, DataType type) {
    AdaptedSample adapted = fresh(sample, type);
    adapted.perturb(perturbation());
    return adapted;
  }

  private MethodChoice choice() {
    return new MethodChoice(method(), options());
  }

  @Test
  void supportsSomeLayer() {
    boolean any = false;
    for (SampleLayer sample : SampleLayer.values()) {
      try (AdaptedSample adapted = attached(sample, DataType.FLOAT32)) {
        any |= adapted != null;
      }
    }
    assertThat(any).as("some sample layer is supported").isTrue();
  }

  @Test
  void namesAndDocumentsItself() {
    assertThat(method().id()).matches("[a-z][a-z0-9-]*");
    assertThat(method().description()).endsWith(".");
    assertThat(method().options()).extracting(AdapterOption::name).doesNotHaveDuplicates()
        .allMatch(name -> name.matches("[a-z][a-z0-9-]*"));
    assertThat(method().options()).extracting(AdapterOption::description)
        .allMatch(text -> text.length() > 10 && text.endsWith("."));
  }

  @Test
  void defaultOptionsAreValid() {
    assertThat(new MethodChoice(method(), Map.of()).options().values()).hasSameSizeAs(method().options());
    assertThat(choice().options().values()).hasSameSizeAs(method().options());
  }

  @Test
  void refusesAnUnknownOption() {
    assertThatThrownBy(() -> AdapterOptions.of(method(), Map.of(UNKNOWN_OPTION, "1")))
        .isInstanceOf(UserException.class).hasMessageContaining(UNKNOWN_OPTION);
  }

  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void freshAdapterChangesNoBit(SampleLayer sample) {
    try (AdaptedSample adapted = fresh(sample, DataType.FLOAT32)) {
      assertThat(adapted.adapter().layer()).isSameAs(adapted.layer());
      assertThat(adapted.output()).containsExactly(adapted.baseOutput());
      assertThat(adapted.delta(1).abs().max().toFloatArray()[0]).isZero();
      adapted.adapter().tensors().forEach((name, tensor) -> {
        assertThat(Ops.typeOf(tensor)).as(name).isEqualTo(DataType.FLOAT32);
        assertThat(TorchBridge.requiresGradient(tensor)).as(name + " is trained").isTrue();
      });
    }
  }

  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void liveIsTheLayerWithDelta(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.FLOAT32); GradMode off = GradMode.off()) {
      float[] live = adapted.output();
      assertThat(distance(live, adapted.baseOutput())).as("adapted differs from base").isGreaterThan(1e-3);
      NDArray delta = adapted.delta(1);
      assertThat(delta.getShape()).isEqualTo(adapted.layer().weight().shape());
      NDArray expected = adapted.update(1);
      NDArray update = adapted.adapter().forward(adapted.x(), 1, Phase.INFERENCE);
      assertClose(update.toFloatArray(), expected.toFloatArray());
      assertClose(live, OPS.addScaled(expected, adapted.base(), 1).toFloatArray());
    }
  }

  /** A method that names its update as products of two matrices runs by them alone in some places. */
  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void productsAreTheWholeUpdate(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.FLOAT32); GradMode off = GradMode.off()) {
      NarrowUpdate.of(adapted.adapter(), -0.7, Phase.INFERENCE).ifPresent(products -> {
        assertThat(adapted.layer().kind()).as("only linear layers have such products").isEqualTo(Kind.LINEAR);
        assertClose(products.stream().map(each -> OPS.scale(each.up().matMul(each.down()), each.factor()))
            .reduce(NDArray::add).orElseThrow().toFloatArray(), adapted.delta(-0.7).toFloatArray());
        assertThat(adapted.adapter().biasDelta(adapted.x().getManager(), 1)).isEmpty();
      });
    }
  }

  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void multiplierScalesDelta(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.FLOAT32); GradMode off = GradMode.off()) {
      adapted.set().multiplier(0);
      assertThat(adapted.output()).containsExactly(adapted.baseOutput());
      assertThat(adapted.delta(0).abs().max().toFloatArray()[0]).as("ΔW at strength 0").isZero();
      adapted.set().multiplier(-0.7);
      NDArray delta = adapted.delta(-0.7);
      NDArray expected = OPS.addScaled(adapted.update(-0.7), adapted.base(), 1);
      assertClose(adapted.output(), expected.toFloatArray());
      if (isLinearInMultiplier()) {
        assertClose(OPS.scale(adapted.delta(1), -0.7).toFloatArray(), delta.toFloatArray());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void mergedIsLiveAndComesApartAgain(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.FLOAT32); GradMode off = GradMode.off()) {
      float[] live = adapted.output();
      float[] base = adapted.baseOutput();
      adapted.set().multiplier(1);
      try (Merger merger = Merger.merge(List.of(adapted.set()), adapted.scope())) {
        assertThat(adapted.set().isAttached()).isFalse();
        assertClose(adapted.output(), live);
        assertThat(distance(adapted.output(), base)).isGreaterThan(1e-3);
      }
      assertThat(adapted.output()).containsExactly(live);
      adapted.set().detach();
      assertThat(adapted.output()).containsExactly(base);
    }
  }

  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void savedIsRestored(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.FLOAT32); GradMode off = GradMode.off()) {
      // Both as what is only used: libtorch chooses another order of sums for what can be trained.
      adapted.set().trainable(false);
      LayerAdapter before = adapted.adapter();
      AdapterModule saved = new AdapterModule(adapted.layer().path(), before.tensors(), before.constants());
      LayerAdapter after = method().restore(adapted.layer(), saved, adapted.scope()).orElseThrow();
      assertThat(after.layer()).isSameAs(adapted.layer());
      assertThat(after.constants()).isEqualTo(before.constants());
      assertThat(List.copyOf(after.tensors().keySet())).isEqualTo(List.copyOf(before.tensors().keySet()));
      before.tensors().forEach((name, tensor) -> {
        assertThat(after.tensors().get(name).toFloatArray()).as(name).containsExactly(tensor.toFloatArray());
        assertThat(after.tensors().get(name)).as(name + " is a copy").isNotSameAs(tensor);
      });
      NDArray update = after.forward(adapted.x(), 1, Phase.INFERENCE);
      assertThat(update.toFloatArray()).containsExactly(
          before.forward(adapted.x(), 1, Phase.INFERENCE).toFloatArray());
    }
  }

  /** A layer of the shape that the tensors tell takes them, so a file can be checked without its base model. */
  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void theShapeThatSavedTensorsTellTakesThem(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.FLOAT32); GradMode off = GradMode.off()) {
      AdapterModule saved = adapted.adapter().saved();
      method().shapeOf(saved).map(shape -> SampleLayer.declared(shape, adapted.layer().hasBias())).ifPresent(layer ->
          assertThat(method().restore(layer, saved, adapted.scope())).isPresent());
      AdapterModule foreign = new AdapterModule(
          saved.path(), Map.of("foreign_method.weight", adapted.x()), Map.of());
      assertThat(method().shapeOf(foreign)).isEmpty();
    }
  }

  /** A file can be told from its header: what the method saves is its own, complete and without a fault. */
  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void headersTellWhatItSaves(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.FLOAT32)) {
      AdapterModule saved = adapted.adapter().saved();
      Map<String, Shape> shapes = new LinkedHashMap<>();
      saved.tensors().forEach((name, tensor) -> shapes.put(name, tensor.getShape()));
      saved.constants().keySet().forEach(name -> shapes.put(name, new Shape()));
      if (method().parameters().isEmpty()) {
        assertThat(method().facts(new ModuleHeader(shapes))).as("who names no parameters claims no header").isEmpty();
      } else {
        assertThat(method().parameters()).containsAll(shapes.keySet());
        assertThat(method().facts(new ModuleHeader(shapes))).get()
            .satisfies(facts -> assertThat(facts.faults()).isEmpty())
            .satisfies(facts -> assertThat(facts.name()).isNotBlank());
      }
      assertThat(method().facts(new ModuleHeader(Map.of("foreign_method.weight", new Shape(2, 2))))).isEmpty();
    }
  }

  @Test
  void leavesOtherMethodsAlone() {
    for (SampleLayer sample : SampleLayer.values()) {
      try (AdaptedSample adapted = attached(sample, DataType.FLOAT32)) {
        if (adapted != null) {
          NDArray weight = adapted.scope().ones(adapted.layer().weight().shape());
          AdapterModule foreign = new AdapterModule(
              adapted.layer().path(), Map.of("foreign_method.weight", weight), Map.of());
          assertThat(method().restore(adapted.layer(), foreign, adapted.scope())).isEmpty();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void gradientsReachEveryParameter(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.FLOAT32); GradMode on = GradMode.on()) {
      NDArray y = adapted.layer().forward(adapted.x());
      TorchBridge.backward(y, Ops.randomNormal(adapted.scope(), y.getShape()));
      adapted.adapter().tensors().forEach((name, tensor) -> {
        float largest = tensor.getGradient().abs().max().toFloatArray()[0];
        assertThat(largest).as("gradient of " + name).isFinite().isPositive();
      });
    }
  }

  /** Nothing is made on the host by mistake, and nothing read in a step. */
  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void computesWhereTheLayerLies(SampleLayer sample) {
    fresh(sample, DataType.FLOAT32).close();
    try (NDManager meta = MetaDevice.newManager(); GradMode on = GradMode.on()) {
      SampleLayer.Model model = sample.model(meta, DataType.FLOAT32);
      AdapterSet set = AdaptedSample.attach(model, choice(), meta);
      NDArray y = model.layer().forward(sample.input(meta, DataType.FLOAT32));
      TorchBridge.backward(y, meta.ones(y.getShape()));
      LayerAdapter adapter = set.layers().get(0).adapter();
      adapter.tensors().forEach((name, tensor) -> assertThat(TorchBridge.gradient(tensor, meta)).as(name).get()
          .extracting(NDArray::getDevice).isEqualTo(MetaDevice.META));
      try (GradMode off = GradMode.off()) {
        assertThat(adapter.weightDelta(meta, 0.5).getDevice()).isEqualTo(MetaDevice.META);
        set.phase(Phase.TRAINING);
        set.multiplier(0.7);
        assertThat(model.layer().forward(sample.input(meta, DataType.BFLOAT16)).getDevice()).isEqualTo(MetaDevice.META);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void computesInBfloat16(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.BFLOAT16); GradMode off = GradMode.off()) {
      NDArray y = adapted.layer().forward(adapted.x());
      assertThat(Ops.typeOf(y)).isEqualTo(DataType.BFLOAT16);
      NDArray expected = OPS.addScaled(adapted.update(1), adapted.base(), 1);
      // bfloat16 keeps eight bits, and a few roundings follow one another.
      assertThat(distance(floats(y), floats(expected))).isLessThan(0.03);
      assertThat(distance(floats(y), adapted.baseOutput())).isGreaterThan(0.03);
    }
  }

  @ParameterizedTest
  @EnumSource(SampleLayer.class)
  void trainingPhaseIsRepeatedByTheSeed(SampleLayer sample) {
    try (AdaptedSample adapted = perturbed(sample, DataType.FLOAT32); GradMode off = GradMode.off()) {
      adapted.set().phase(Phase.TRAINING);
      TorchBridge.seed(11);
      float[] first = adapted.output();
      TorchBridge.seed(11);
      assertThat(adapted.output()).containsExactly(first);
    }
  }

  private static float[] floats(NDArray y) {
    return OPS.cast(y, DataType.FLOAT32).toFloatArray();
  }

  private void assertClose(float[] actual, float[] expected) {
    assertThat(distance(actual, expected)).as("relative distance").isCloseTo(0, within(tolerance()));
  }

  /** The largest difference relative to the largest value. */
  private static double distance(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double largest = 1e-12;
    for (int i = 0; i < actual.length; i++) {
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }
}
