package dev.kasane.quant.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuTest {
  @Test
  void eitherThereIsAGpuOrAReason(@TempDir Path cache) {
    Gpu.Finding finding = Gpu.find(cache);
    if (finding instanceof Gpu.Missing missing) {
      assertThat(missing.reason()).isNotBlank();
    } else {
      assertThat(((Gpu.Found) finding).gpu().name()).isNotBlank();
    }
  }
}
