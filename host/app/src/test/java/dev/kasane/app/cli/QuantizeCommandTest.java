package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kasane.core.safetensors.DType;
import dev.kasane.core.safetensors.SafetensorsFile;
import dev.kasane.core.safetensors.SafetensorsWriter;
import dev.kasane.core.safetensors.TensorDeclaration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeCommandTest {
  private final CommandHarness kasane = new CommandHarness();

  @TempDir
  private Path folder;
  private Path base;
  private Path out;

  @BeforeEach
  void writeBase() throws IOException {
    base = folder.resolve("base.safetensors");
    out = folder.resolve("out.safetensors");
    float[] values = new float[64 * 128];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    SafetensorsWriter.write(base, List.of(
        TensorDeclaration.ofFloats("up.weight", DType.F32, new long[] {64, 128}, values),
        TensorDeclaration.ofFloats("down.weight", DType.F32, new long[] {64, 128}, values)), Map.of());
  }

  @Test
  void saysWhatAParameterCosts() throws IOException {
    assertThat(kasane.run("quantize", base.toString(), out.toString(), "--type", "nf4", "--skip", "down")).isZero();
    assertThat(kasane.out()).contains("1 linear layers in nf4", "bytes a number");
    try (SafetensorsFile file = SafetensorsFile.open(out)) {
      assertThat(file.tensors().keySet()).containsExactlyInAnyOrder("down.weight", "up.weight", "up.weight.absmax",
          "up.weight.quant_map", "up.weight.quant_state.bitsandbytes__nf4");
    }
  }

  @Test
  void wrongUsageIsExitCodeTwo() {
    assertThat(kasane.run("quantize", base.toString(), out.toString(), "--type", "nf5")).isEqualTo(2);
    assertThat(kasane.err()).contains("'nf5'", "nf4, fp4, int8");
    assertThat(kasane.run("quantize", base.toString(), out.toString(), "--type", "fp4", "--block-size", "100"))
        .isEqualTo(2);
    assertThat(kasane.err()).contains("block size of 100");
    assertThat(kasane.run("quantize", base.toString(), out.toString(), "--type", "int8", "--double-quant"))
        .isEqualTo(2);
    assertThat(kasane.err()).contains("one scale a row");
    assertThat(out).doesNotExist();
  }

  @Test
  void whatCannotBeDoneIsExitCodeOne() {
    assertThat(kasane.run("quantize", folder.resolve("none").toString(), out.toString(), "--type", "nf4"))
        .isEqualTo(1);
    assertThat(kasane.err()).contains("There is no file or folder");
  }
}
