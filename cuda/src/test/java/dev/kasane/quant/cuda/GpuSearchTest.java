package dev.kasane.quant.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.ptr.IntByReference;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers and cards as they are found elsewhere: a driver of this test's own answers in the real one's place. */
class GpuSearchTest {
  private static final int CAPABILITY_MAJOR = 75;

  @TempDir
  private Path cache;

  private final Map<String, Integer> results = new HashMap<>();
  private int version = 12040;
  private int cards = 1;
  private int capability = 90;

  private Object answer(String function, Object[] arguments) {
    switch (function) {
      case "cuDriverGetVersion" -> ((IntByReference) arguments[0]).setValue(version);
      case "cuDeviceGetCount" -> ((IntByReference) arguments[0]).setValue(cards);
      case "cuDeviceGet" -> ((IntByReference) arguments[0]).setValue((int) arguments[1]);
      case "cuDeviceGetName" -> System.arraycopy("A card".getBytes(), 0, (byte[]) arguments[0], 0, 6);
      case "cuDeviceGetAttribute" -> ((IntByReference) arguments[0]).setValue(
          (int) arguments[1] == CAPABILITY_MAJOR ? capability / 10 : capability % 10);
      case "cuInit" -> { }
      default -> throw new UnsatisfiedLinkError("no " + function);
    }
    return results.getOrDefault(function, 0);
  }

  private Gpu.Finding find(int number) {
    CudaDriver.Api api = (CudaDriver.Api) Proxy.newProxyInstance(getClass().getClassLoader(),
        new Class<?>[] {CudaDriver.Api.class}, (proxy, method, arguments) ->
            method.getName().equals("cuGetErrorString") ? 1 : answer(method.getName(), arguments));
    return new GpuSearch(() -> new CudaDriver(api), number).look(cache);
  }

  private void assertMissing(Gpu.Finding finding, String name, String... words) {
    assertThat(finding).isInstanceOf(Gpu.Missing.class);
    List<Gpu.Step> missing = finding.steps().stream().filter(step -> !step.there()).toList();
    assertThat(missing.get(0).name()).isEqualTo(name);
    assertThat(missing.get(0).text()).contains(words).isEqualTo(((Gpu.Missing) finding).reason());
    // NVRTC is looked for whatever the driver says.
    assertThat(finding.steps()).extracting(Gpu.Step::name).contains("driver", "NVRTC");
  }

  @Test
  void onThisMachineThereIsAGpuOrAReason() {
    Gpu.Finding finding = GpuSearch.find(cache);
    assertThat(finding.steps()).isNotEmpty().allSatisfy(step -> assertThat(step.text()).isNotBlank());
    if (finding instanceof Gpu.Missing missing) {
      assertThat(missing.reason()).isNotBlank();
    } else {
      assertThat(((Gpu.Found) finding).gpu().name()).isNotBlank();
    }
  }

  /** A driver that loads leaves traces, or nobody would find it. */
  @Test
  void aDriverThatLoadsLeavesTraces() {
    boolean driver = GpuSearch.find(cache).steps().get(0).there();

    assertThat(GpuSearch.hasDriver() || !driver).isTrue();
  }

  @Test
  void noDriver() {
    assertMissing(new GpuSearch(() -> {
      throw new UnsatisfiedLinkError("libcuda.so.1");
    }, 0).look(cache), "driver", "there is no NVIDIA driver here");
  }

  @Test
  void aDriverThatDoesNotStart() {
    results.put("cuInit", 100);
    assertMissing(find(0), "driver", "does not start: error 100");
  }

  @Test
  void tooOldADriver() {
    version = 11080;
    assertMissing(find(0), "driver", "too old: it runs CUDA 11.8 at most, and 12.0 or newer is needed");
  }

  @Test
  void noCardAndNotThatCard() {
    cards = 0;
    assertMissing(find(0), "card", "finds no GPU");
    cards = 1;
    assertMissing(find(7), "card", "there is no GPU 7; the NVIDIA driver finds 1, counted from 0");
  }

  @Test
  void tooOldACard() {
    capability = 61;
    assertMissing(find(0), "card", "A card has compute capability 6.1, and 7.0 or newer is needed");
  }

  @Test
  void aCardThatTheCompilerDoesNotKnowYet() {
    Assumptions.assumeTrue(NvrtcFiles.find().isPresent(), "no NVRTC here");
    capability = 990;
    assertMissing(find(0), "NVRTC", "compiles nothing for compute capability 99.0", NvrtcFiles.FOLDER_VARIABLE);
  }

  @Test
  void whatIsThereIsTold() {
    assertThat(find(0).steps().subList(0, 2)).containsExactly(new Gpu.Step("driver", true, "CUDA 12.4"),
        new Gpu.Step("card", true, "A card, compute capability 9.0"));
  }

  @Test
  void aDriverThatLacksAFunctionIsTooOld() {
    // Only where there is a compiler does the search come to the functions that are missing here.
    Gpu.Finding finding = find(0);
    assertThat(finding).isInstanceOf(Gpu.Missing.class);
    assertThat(((Gpu.Missing) finding).reason()).containsAnyOf("there is no NVRTC", "too old: no cu");
  }
}
