package dev.kasane.quant.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kasane.core.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NVRTC compiles without a GPU: where there is one, every kernel file must pass it. */
class KernelCompilerTest {
  @TempDir
  private Path cache;

  @ParameterizedTest
  @EnumSource(KernelFile.class)
  void everyFileCompilesForOldAndNewGpus(KernelFile file) {
    Nvrtc nvrtc = nvrtc();
    // NVRTC learns of GPUs as they appear: 10.0 and 12.0 came with CUDA 12.8.
    List<Integer> known = Stream.of(75, 80, 90, 100, 120).filter(nvrtc::compilesFor).toList();
    assertThat(known).contains(75, 80, 90);
    for (int capability : known) {
      byte[] program = new KernelCompiler(nvrtc, "sm_" + capability, "12.0", cache).program(file);
      assertThat(program).startsWith(0x7f, 'E', 'L', 'F');
    }
  }

  @Test
  void aProgramIsCompiledOnce() throws IOException {
    KernelCompiler compiler = new KernelCompiler(nvrtc(), "sm_80", "12.0", cache);
    byte[] first = compiler.program(KernelFile.OPTIMIZER);
    try (Stream<Path> files = Files.list(cache)) {
      Path kept = files.toList().get(0);
      assertThat(Files.readAllBytes(kept)).isEqualTo(first);
      Files.write(kept, new byte[] {1, 2, 3});
    }
    assertThat(compiler.program(KernelFile.OPTIMIZER)).containsExactly(1, 2, 3);
  }

  @Test
  void whatIsRefusedComesWithTheCompilersWords() {
    Nvrtc nvrtc = nvrtc();
    assertThatThrownBy(() -> nvrtc.compile("bad.cu", "extern \"C\" __global__ void k() { nonsense; }", "sm_80"))
        .isInstanceOf(UserException.class).hasMessageContaining("bad.cu").hasMessageContaining("nonsense");
  }

  private static Nvrtc nvrtc() {
    Optional<NvrtcFiles> files = NvrtcFiles.find();
    Assumptions.assumeTrue(files.isPresent(), "no NVRTC here; name its folder in " + NvrtcFiles.FOLDER_VARIABLE);
    return Nvrtc.open(files.get());
  }
}
