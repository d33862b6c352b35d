package dev.kasane.app.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.app.Version;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpuLockTest {
  private final GpuLock lock = GpuLock.find("Linux", "amd64").orElseThrow();

  @Test
  void isForTheLibtorchOfThisVersion() {
    assertThat(Version.current().libtorch()).startsWith(lock.libtorch());
    assertThat(lock.capabilities()).contains(70, 75, 80, 86, 90);
  }

  @Test
  void namesEveryFileToTheBit() {
    assertThat(lock.wheels().get(0).project()).isEqualTo("torch");
    assertThat(lock.wheels()).allSatisfy(wheel -> {
      assertThat(wheel.sha256()).matches("[0-9a-f]{64}");
      assertThat(wheel.file()).startsWith(wheel.project().replace('-', '_') + "-").endsWith("x86_64.whl");
      assertThat(wheel.entries()).isNotEmpty();
      assertThat(wheel.entries().keySet()).allSatisfy(name ->
          assertThat(name).matches("(torch|cusparselt|nvidia/[a-z_]+)/lib/lib[\\w-]+\\.so[.0-9]*"));
    });
    assertThat(lock.wheels()).extracting(Wheel::file).doesNotHaveDuplicates();
    assertThat(lock.files()).hasSize((int) lock.wheels().stream().mapToLong(wheel -> wheel.entries().size()).sum());
  }

  /** What the engine loads first, what a GPU's work needs, and what our kernels are compiled by. */
  @Test
  void hasWhatIsLoaded() {
    assertThat(lock.files().keySet()).extracting(name -> name.substring(name.lastIndexOf('/') + 1)).containsAll(List.of(
        "libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10.so", "libc10_cuda.so", "libcaffe2_nvrtc.so",
        "libtorch_cuda_linalg.so", "libgomp.so.1", "libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12",
        "libcudnn.so.9", "libcudnn_engines_precompiled.so.9", "libnvrtc.so.12", "libnvrtc-builtins.so.12.6",
        "libnvJitLink.so.12"));
  }

  @Test
  void thereIsNoneWhereThePackagesComputeOnTheCpu() {
    assertThat(GpuLock.find("Windows 11", "amd64")).isEmpty();
    assertThat(GpuLock.find("Mac OS X", "aarch64")).isEmpty();
    assertThat(GpuLock.find("Linux", "aarch64")).isEmpty();
  }
}
