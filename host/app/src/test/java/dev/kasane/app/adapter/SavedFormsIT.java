package dev.kasane.app.adapter;

import static dev.kasane.core.tensor.Ops.OPS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.TorchBridge;
import dev.kasane.app.plugins.PluginHost;
import dev.kasane.app.plugins.PluginLocations;
import dev.kasane.core.UserException;
import dev.kasane.core.injection.AdapterSet;
import dev.kasane.core.injection.Injector;
import dev.kasane.core.injection.MethodChoice;
import dev.kasane.core.injection.ModuleRestorer;
import dev.kasane.core.injection.TargetSelector;
import dev.kasane.core.module.AdaptableLayer;
import dev.kasane.core.module.Conv2d;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Embedding;
import dev.kasane.core.module.GroupNorm;
import dev.kasane.core.module.Linear;
import dev.kasane.core.module.Module;
import dev.kasane.core.spi.AdapterMethod;
import dev.kasane.core.spi.AdapterModel;
import dev.kasane.core.spi.AdapterModule;
import dev.kasane.core.spi.AdapterOptions;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.core.tensor.GradMode;
import dev.kasane.core.tensor.Ops;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What any installed method saves is read back by that method and by no other, and means what it meant. */
class SavedFormsIT {
  private static final Path ROOT = Path.of(System.getProperty("kasane.root"));
  private static final double[] STRENGTHS = {0, 0.5, 1, 1.5};
  private static final List<Map<String, String>> WAYS = List.of(Map.of(), Map.of("use-dora", "true"),
      Map.of("use-tucker", "true"), Map.of("wd-on-output", "false"), Map.of("dora-wd", "true"),
      Map.of("train-on-input", "true"), Map.of("rescaled", "true", "constraint", "0.5"));

  private static PluginHost plugins;

  @TempDir
  private Path folder;

  @BeforeAll
  static void open() {
    plugins = PluginHost.start(new PluginLocations(List.of(ROOT.resolve("host/app/target/kasane/plugins"))));
  }

  @AfterAll
  static void close() {
    plugins.close();
  }

  /** A model of one layer, the first attention's. */
  private static final class OneLayer extends Module {
    private final AdaptableLayer layer;

    OneLayer(AdaptableLayer layer) {
      this.layer = child("to_q", layer);
    }

    static OneLayer filled(AdaptableLayer layer, NDManager scope) {
      OneLayer model = new OneLayer(layer);
      model.namedWeights().values().forEach(weight ->
          weight.set(new DenseWeight(Ops.randomNormal(scope, weight.shape()))));
      assertThat(model.restorableLayers()).containsOnlyKeys("to_q");
      return model;
    }
  }

  private static void perturb(AdapterSet set, NDManager scope) {
    try (GradMode off = GradMode.off()) {
      set.trainableParameters().values().forEach(tensor ->
          tensor.addi(OPS.scale(Ops.randomNormal(scope, tensor.getShape()), 0.4)));
    }
  }

  private static List<float[]> outputs(AdapterSet set, OneLayer model, NDArray x) {
    List<float[]> all = new ArrayList<>();
    try (GradMode off = GradMode.off()) {
      for (double strength : STRENGTHS) {
        set.multiplier(strength);
        all.add(OPS.cast(model.layer.forward(x), DataType.FLOAT32).toFloatArray());
      }
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({"dora,,linear,kohya", "lora,use-dora=true,linear,kohya", "dora,wd-on-output=false,linear,kohya",
      "dora,,conv,kohya", "dora,use-tucker=true,conv,kohya", "lora,use-dora=true,conv,kohya",
      "dora,,linear,peft", "lora,use-dora=true,linear,peft",
      "dora,,linear,diffusers", "lora,use-dora=true,linear,diffusers"})
  void doraReloadedIsWhatItWasLive(String id, String option, String kind, String format) throws IOException {
    try (NDManager scope = Engines.newManager()) {
      TorchBridge.seed(7);
      boolean conv = kind.equals("conv");
      OneLayer model = OneLayer.filled(conv ? new Conv2d(6, 8, 3, 1, 1) : new Linear(6, 8, true), scope);
      NDArray x = Ops.randomNormal(scope, conv ? new Shape(2, 6, 4, 4) : new Shape(3, 6));
      AdapterMethod method = plugins.method(id);
      Map<String, String> options = option == null ? Map.of("rank", "2", "alpha", "3")
          : Map.of("rank", "2", "alpha", "3", option.split("=")[0], option.split("=")[1]);
      AdapterSet live = Injector.attachFresh("unet", model, TargetSelector.of(List.of("to_q"), List.of()),
          new MethodChoice(method, options), scope);
      perturb(live, scope);
      List<float[]> before = outputs(live, model, x);
      Path file = folder.resolve(format.equals("peft") ? "adapter" : "adapter.safetensors");
      plugins.format(format).write(live.toModel(Map.of()), file, ElementType.FLOAT32);
      live.detach();

      AdapterModel read = plugins.format(format).read(file, Map.of("unet", List.of("to_q")), scope);
      AdapterSet restored = Injector.restore(Map.of("unet", model), read, plugins.methods(), 1, scope).set();
      List<float[]> after = outputs(restored, model, x);

      assertThat(distance(before.get(0), before.get(2))).as("it does something").isGreaterThan(0.01);
      for (int i = 0; i < STRENGTHS.length; i++) {
        assertThat(distance(before.get(i), after.get(i))).as("at strength " + STRENGTHS[i]).isLessThan(1e-5);
      }
    }
  }

  /** The two rules agree at 0 and 1 and nowhere between: why a file has to say which is meant. */
  @Test
  void withoutTheWordTheStrengthMeansSomethingElse() {
    try (NDManager scope = Engines.newManager()) {
      TorchBridge.seed(7);
      OneLayer model = OneLayer.filled(new Linear(6, 8, true), scope);
      NDArray x = Ops.randomNormal(scope, new Shape(3, 6));
      AdapterMethod dora = plugins.method("dora");
      AdapterSet live = Injector.attachFresh("unet", model, TargetSelector.of(List.of("to_q"), List.of()),
          new MethodChoice(dora, Map.of("rank", "2", "alpha", "3")), scope);
      perturb(live, scope);
      List<float[]> before = outputs(live, model, x);
      AdapterModule saved = live.toModel(Map.of()).components().get("unet").get(0);
      live.detach();

      AdapterModel mute = new AdapterModel(Map.of("unet", List.of(new AdapterModule("to_q", saved.tensors(),
          Map.of(AdapterModule.ALPHA, saved.constants().get(AdapterModule.ALPHA))))), List.of(), Map.of());
      Injector.Restored restored = Injector.restore(Map.of("unet", model), mute, plugins.methods(), 1, scope);
      List<float[]> after = outputs(restored.set(), model, x);

      assertThat(restored.report().matched().get(0).method()).isEqualTo("lora");
      assertThat(distance(before.get(0), after.get(0))).isLessThan(1e-5);
      assertThat(distance(before.get(1), after.get(1))).as("at strength 0.5").isGreaterThan(0.01);
      assertThat(distance(before.get(2), after.get(2))).isLessThan(1e-5);
      assertThat(distance(before.get(3), after.get(3))).as("at strength 1.5").isGreaterThan(0.01);
    }
  }

  private static double distance(float[] one, float[] other) {
    assertThat(one).hasSameSizeAs(other);
    double most = 0;
    for (int i = 0; i < one.length; i++) {
      most = Math.max(most, Math.abs(one[i] - other[i]));
    }
    return most;
  }

  @Test
  void noTwoMethodsClaimOneModule() {
    Claims claims = claims(plugins.methods());
    assertThat(claims.wrong()).isEmpty();
    assertThat(claims.tried()).isGreaterThan(40);
  }

  /** The test above bites: a method too many is found, and one too few. */
  @Test
  void aSecondClaimAndAMissingOneAreFound() {
    List<AdapterMethod> twice = new ArrayList<>(plugins.methods());
    twice.add(new Twin(plugins.method("lora")));
    assertThat(claims(twice).wrong()).isNotEmpty()
        .allSatisfy(wrong -> assertThat(wrong).startsWith("lora ").endsWith("claimed by [lora, twin]"));

    List<AdapterMethod> forgetful = new ArrayList<>(plugins.methods());
    forgetful.removeIf(method -> method.id().equals("loha"));
    assertThat(claims(forgetful).wrong()).isNotEmpty()
        .allSatisfy(wrong -> assertThat(wrong).startsWith("loha ").endsWith("claimed by []"));
  }

  /**
   * What came of asking all methods whose each saved module is.
   *
   * @param tried how many modules
   * @param wrong those that were not claimed by their maker alone
   */
  private record Claims(int tried, List<String> wrong) {}

  /** Asks all methods about all that each saves. */
  private static Claims claims(List<AdapterMethod> methods) {
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (AdapterMethod method : plugins.methods()) {
      for (Map<String, String> way : WAYS) {
        for (AdaptableLayer layer : layers()) {
          if (method.options().stream().map(each -> each.name()).toList().containsAll(way.keySet())) {
            tried += claims(methods, method, way, layer, wrong);
          }
        }
      }
    }
    return new Claims(tried, wrong);
  }

  private static List<AdaptableLayer> layers() {
    return List.of(new Linear(6, 8, true), new Linear(8, 8, false), new Conv2d(6, 8, 3, 1, 1),
        new Conv2d(8, 16, 1, 1, 0), new GroupNorm(2, 8, 1e-5), new Embedding(11, 8));
  }

  private static int claims(List<AdapterMethod> methods, AdapterMethod maker, Map<String, String> way,
      AdaptableLayer layer, List<String> wrong) {
    try (NDManager scope = Engines.newManager(); GradMode off = GradMode.off()) {
      OneLayer.filled(layer, scope);
      if (!maker.supports(layer)) {
        return 0;
      }
      AdapterModule saved;
      try {
        saved = maker.prepare(AdapterOptions.of(maker, way)).attach(layer, scope).saved();
      } catch (UserException doesNotFit) {
        return 0;
      }
      List<String> claims = methods.stream()
          .filter(each -> layer.kind().isProduct() || each.supports(layer))
          .filter(each -> each.restore(layer, saved, scope).isPresent()).map(AdapterMethod::id).toList();
      if (!claims.equals(List.of(maker.id()))) {
        wrong.add(maker.id() + " " + way + " " + layer.kind() + " saves " + saved.parameters() + ", claimed by "
            + claims);
      }
      return 1;
    }
  }

  /** Two plugins of one mind are refused, in whichever order they are found. */
  @Test
  void twoClaimsAreRefusedByName() {
    try (NDManager scope = Engines.newManager()) {
      AdaptableLayer layer = OneLayer.filled(new Linear(6, 8, true), scope).layer;
      AdapterMethod lora = plugins.method("lora");
      AdapterModule saved = lora.prepare(AdapterOptions.of(lora, Map.of())).attach(layer, scope).saved();
      List<AdapterMethod> methods = new ArrayList<>(List.of(lora, new Twin(lora)));
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> new ModuleRestorer(methods).restore(layer, saved, scope))
            .isInstanceOf(UserException.class).hasMessageContaining("to_q").hasMessageContaining("lora")
            .hasMessageContaining("twin").hasMessageContaining("lora_down.weight");
        Collections.reverse(methods);
      }
    }
  }
}
