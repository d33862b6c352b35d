package dev.kasane.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorCommandTest {
  private final CommandHarness kasane = new CommandHarness();

  @TempDir
  private Path cache;

  @Test
  void namesTheEngineTheDecoderAndTheGpuOrTheReasonWhyThereIsNone() throws IOException {
    assertThat(kasane.run("doctor", "--json", "--kernel-cache", cache.toString())).isZero();

    JsonNode json = new ObjectMapper().readTree(kasane.out());
    assertThat(json.at("/engine/libtorch").asText()).isNotBlank();
    assertThat(json.at("/cpuDecoders").has(json.at("/cpuDecoder").asText())).isTrue();
    assertThat(json.at("/gpu").isEmpty()).isNotEqualTo(json.at("/noGpu").asText().isEmpty());
    assertThat(json.at("/gpuSteps").findValuesAsText("name")).contains("driver", "NVRTC", "libtorch for CUDA");
    assertThat(json.at("/gpuSteps")).allSatisfy(step -> assertThat(step.at("/text").asText()).isNotBlank());
    assertThat(json.at("/kernels").isEmpty()).isEqualTo(json.at("/gpu").isEmpty());
  }

  @Test
  void tellsPeople() {
    assertThat(kasane.run("doctor", "--kernel-cache", cache.toString())).isZero();

    assertThat(kasane.out()).contains("Engine", "libtorch", "billion values a second", "chosen", "GPU", "driver  ",
        "NVRTC  ", "libtorch for CUDA  ");
  }
}
