package dev.kasane.app.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.kasane.core.UserException;
import dev.kasane.core.module.DenseWeight;
import dev.kasane.core.module.Weight;
import dev.kasane.core.tensor.ElementType;
import dev.kasane.core.tensor.Engines;
import dev.kasane.diffusion.base.ImageBase;
import dev.kasane.diffusion.checkpoint.BaseOptions;
import dev.kasane.diffusion.pipeline.PictureRequest;
import dev.kasane.diffusion.pipeline.Sampler;
import dev.kasane.diffusion.scheduler.SchedulerKind;
import dev.kasane.quant.cuda.DeviceKernels;
import dev.kasane.quant.cuda.Gpu;
import dev.kasane.quant.device.DeviceWeights;
import dev.kasane.testkit.MetaDevice;
import dev.kasane.text.checkpoint.TextCheckpoint;
import dev.kasane.text.model.CausalLm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is computed with, on machines that have this and lack that. */
class ComputeDeviceTest {
  private static final Gpu GPU = new Gpu("Card", 90, 8L << 30, "12.8", "12.6", null);
  private static final Machine BARE = new Machine(false, Optional.empty(), Optional.empty());
  private static final Machine EMPTY = new Machine(true, Optional.empty(), Optional.empty());
  private static final Machine NO_LIBTORCH =
      new Machine(true, Optional.of(GPU), Optional.of("libtorch for CUDA is not installed; «gpu install» does that"));
  private static final Machine WHOLE = new Machine(true, Optional.of(GPU), Optional.empty());

  private final List<String> told = new ArrayList<>();

  private record Machine(boolean hasDriver, Optional<Gpu> gpu, Optional<String> fault)
      implements ComputeDevice.Machine {
    @Override
    public Gpu.Finding find(int number) {
      return number == 0 && gpu.isPresent() ? new Gpu.Found(gpu.get(), List.of())
          : new Gpu.Missing("there is no GPU " + number, List.of());
    }

    @Override
    public Optional<String> start(Gpu gpu) {
      return fault;
    }
  }

  private ComputeDevice choose(String wish, Machine machine) {
    return ComputeDevice.choose(DeviceWish.parse(wish), Optional.empty(), told::add, machine);
  }

  private static Device deviceOf(ComputeDevice device) {
    try (NDManager manager = device.newManager()) {
      return manager.getDevice();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "cpu"})
  void withoutADriverTheCpuComputesAndNothingIsSaid(String wish) {
    assertThat(deviceOf(choose(wish, BARE))).isEqualTo(Device.cpu());
    assertThat(told).isEmpty();
  }

  @Test
  void whoWantsTheCpuIsAskedNothing() {
    assertThat(deviceOf(choose("cpu", WHOLE))).isEqualTo(Device.cpu());
    assertThat(told).isEmpty();
  }

  @Test
  void offloadingIsForAGpu() {
    assertThat(ComputeDevice.choose(DeviceWish.CPU.offloading(), Optional.empty(), told::add, WHOLE).isGpu()).isFalse();
    assertThat(told).containsExactly("«offload» changes nothing on the CPU: the base lies in the host's memory there.");
  }

  @Test
  void whatKeepsAGpuFromUseIsSaid() {
    assertThat(deviceOf(choose("auto", NO_LIBTORCH))).isEqualTo(Device.cpu());
    assertThat(deviceOf(choose("auto", EMPTY))).isEqualTo(Device.cpu());
    assertThat(told).containsExactly(
        "Computing on the CPU: libtorch for CUDA is not installed; «gpu install» does that.",
        "Computing on the CPU: there is no GPU 0.");
  }

  @ParameterizedTest
  @CsvSource({"auto, 0", "cuda, 0", "cuda:0, 0"})
  void aGpuIsUsed(String wish, int number) {
    assertThat(deviceOf(choose(wish, WHOLE))).isEqualTo(Device.gpu(number));
    assertThat(told).containsExactly("Computing on GPU 0, Card.");
  }

  @Test
  void whoWantsAGpuIsToldWhyNot() {
    assertThatThrownBy(() -> choose("cuda", NO_LIBTORCH)).isInstanceOf(UserException.class)
        .hasMessage("GPU 0 cannot be used: libtorch for CUDA is not installed; «gpu install» does that. «doctor» tells"
            + " what is there and what is missing; with «device cpu» the CPU computes.");
    assertThatThrownBy(() -> choose("cuda:7", WHOLE)).isInstanceOf(UserException.class)
        .hasMessageStartingWith("GPU 7 cannot be used: there is no GPU 7. ");
    assertThatThrownBy(() -> choose("cuda", BARE)).isInstanceOf(UserException.class);
    assertThat(told).isEmpty();
  }

  @Test
  void whatTheCpuAloneDoesIsDoneThereOrRefused() {
    Optional<String> reason = Optional.of("this is for the CPU");
    assertThat(deviceOf(ComputeDevice.choose(DeviceWish.AUTO, reason, told::add, WHOLE))).isEqualTo(Device.cpu());
    assertThat(told).containsExactly("Computing on the CPU: this is for the CPU.");
    assertThatThrownBy(() -> ComputeDevice.choose(DeviceWish.parse("cuda"), reason, told::add, WHOLE))
        .isInstanceOf(UserException.class).hasMessageContaining("this is for the CPU");
  }

  /** A base is read on the host and moved with all of its parts, after which it draws there. */
  @Test
  void aBaseIsMovedAsAWhole() {
    ComputeDevice meta = new ComputeDevice(
        MetaDevice.META, Optional.of(new ComputeDevice.Card(new DeviceKernels(null, false), () -> null)), false);
    Path golden = Path.of(System.getProperty("kasane.root"), "unet-attention/src/test/resources/golden/sd1-tiny");
    try (NDManager owner = meta.newManager();
        ImageBase base = ImageBase.open(golden, BaseOptions.none(), ElementType.BFLOAT16, QuantisedBase::read)) {
      meta.load(base, Optional.empty(), false, owner, told::add);

      assertThat(base.modules()).hasSize(3).allSatisfy(module ->
          assertThat(module.weightPlaces().values()).isNotEmpty().allSatisfy(weight ->
              assertThat(((DenseWeight) weight.get()).array().getDevice()).isEqualTo(MetaDevice.META)));
      PictureRequest request = new PictureRequest(
          "a cat", "", 1, 2, 7, 64, 64, SchedulerKind.EULER, 0, Optional.empty());
      assertThatThrownBy(() -> new Sampler(base.model()).draw(request, (done, all) -> { }))
          .as("reading the picture, the first thing that this device refuses").hasMessageContaining("out of meta");
    }
  }

  @Test
  void tiedWeightsStayTied() {
    Path golden = Path.of(System.getProperty("kasane.root"), "text-lm/src/test/resources/golden/llama-tied");
    try (NDManager host = Engines.newManager(); NDManager meta = MetaDevice.newManager()) {
      CausalLm model = TextCheckpoint.open(golden).model(ElementType.FLOAT32, host);
      int before = model.namedWeights().size();

      assertThat(DeviceWeights.move(model, meta, new DeviceKernels(null, false))).isZero();

      assertThat(model.namedWeights()).hasSize(before).hasSizeLessThan(model.weightPlaces().size());
      assertThat(model.weightPlaces().values()).extracting(Weight::own).allSatisfy(each ->
          assertThat(((DenseWeight) each).array().getDevice()).isEqualTo(MetaDevice.META));
    }
  }

  @ParameterizedTest
  @CsvSource({"auto, auto", "cpu, cpu", "cuda, cuda:0", "cuda:12, cuda:12"})
  void wordsHaveAMeaning(String word, String meant) {
    assertThat(DeviceWish.parse(word)).hasToString(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "CUDA", "cuda:", "cuda:-1", "cuda:99999", "cuda0", "mps"})
  void otherWordsHaveNone(String word) {
    assertThatThrownBy(() -> DeviceWish.parse(word)).isInstanceOf(UserException.class)
        .hasMessageContaining("'" + word + "' is no device");
  }
}
